"""Patterns and words: git's own answer where git has one, stricter where it has a hole, never more than linear."""

from __future__ import annotations

import subprocess
import unicodedata

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from reviewbot.core import matching
from reviewbot.core.schema import RuleTable
from reviewbot.core.spellings import path_key, skeleton, text_key
from tests.repositories import ENVIRONMENT, Work


def covers(pattern: str, path: str) -> bool:
    """As a rule that raises a label covers it."""
    matcher = matching.paths((0, line) for line in matching.lines(pattern))
    return bool(matcher.owners(path_key(path)) | matcher.owners(skeleton(path)))


def plainly(pattern: str, path: str) -> bool:
    """As a rule that lowers the default covers it."""
    return bool(matching.paths((0, line) for line in matching.plain(pattern)).owners(path_key(path)))


@pytest.mark.parametrize(
    ("pattern", "covered", "left"),
    [
        ("*.pem", ["a.pem", "x/y/A.PEM", "dir.pem/inside"], ["a.pem.txt", "apem"]),
        ("ledger/**", ["ledger/a", "ledger/a/b", "LEDGER/a"], ["x/ledger/a", "ledgers/a"]),
        ("/ledger", ["ledger", "ledger/a"], ["x/ledger"]),
        ("ledger", ["ledger", "x/ledger", "x/ledger/y"], ["ledgers", "aledger"]),
        ("infra/prod", ["infra/prod", "infra/prod/x"], ["x/infra/prod", "infra/production"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/z"], ["a/xb", "b"]),
        ("**/b", ["b", "x/b", "x/y/b"], ["xb"]),
        ("a?c", ["abc", "aéc", "a c"], ["ac", "a/c", "abbc"]),
        ("a[-_]b", ["a-b", "a_b"], ["ab", "a.b"]),
        ("mt[1-9][0-9]*", ["MT103", "mt940.txt"], ["mt0", "mtx"]),
        ("a[!x]b", ["ayb"], ["axb", "a/b"]),
        (r"\#a", ["#a"], ["a"]),
        (r"a\*b", ["a*b"], ["axb", "ab", "a/b"]),
        (r"a\[b", ["a[b"], ["ab"]),
        ("straße", ["STRASSE", "x/Straße"], ["strase"]),
    ],
)
def test_a_pattern_covers_what_it_says_in_any_case(pattern: str, covered: list[str], left: list[str]) -> None:
    assert [path for path in covered if not covers(pattern, path)] == []
    assert [path for path in left if covers(pattern, path)] == []


@pytest.mark.parametrize("pattern", ["a/b/**", "a/b/*", "a/b/", "/a/b/**/", "a/b/**/*", "A/B/*/"])
def test_a_pattern_for_a_folder_covers_its_name_and_everything_below(pattern: str) -> None:
    assert all(covers(pattern, path) for path in ("a/b", "a/b/c", "a/b/c/d"))
    assert not any(covers(pattern, path) for path in ("a", "a/bc", "x/a/b", "b"))


@pytest.mark.parametrize("pattern", ["/*", "*/*", "*/*/*", "**", "*", "/**", "**/*"])
def test_a_pattern_of_stars_covers_everything_below_what_it_matches(pattern: str) -> None:
    assert covers(pattern, "a/b/c/d/e")


def test_a_rule_that_lowers_a_label_covers_nothing_it_does_not_say() -> None:
    assert plainly("docs/**", "docs/a")
    assert plainly("docs/**", "Docs/a")
    assert not plainly("docs/**", "docs")
    assert not plainly("/*", "a/b")
    assert not plainly("a/**/", "a/b")
    assert plainly("a/**/", "a/b/c")
    assert not plainly("dоcs/**", "docs/a")  # the pattern's о is Cyrillic


ATOMS = ["a", "b", "ab", "*", "?", "**", "[ab]", "[!a]", "[a-b]", "a*", "*b", "a?", "B"]
PATTERNS = st.builds(
    lambda start, middle, end: start + "/".join(middle) + end,
    st.sampled_from(["", "/"]),
    st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)
PATHS = (
    "a", "b", "ab", "ba", "A", "c", "a/a", "a/b", "b/a", "a/c", "c/a", "ab/b", "a/a/a", "a/b/c", "c/ab/b", "a/b/a/b",
    "c/c/c/a",
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PATTERNS)
def test_patterns_mean_what_they_mean_to_git(work: Work, pattern: str) -> None:
    try:
        RuleTable(label="public", paths=[pattern])
    except ValidationError:
        assume(False)
    work.write("excludes", pattern + "\n")
    flags = ("-c", f"core.excludesFile={work.path / 'excludes'}", "-c", "core.ignoreCase=true")
    run = subprocess.run(["git", *flags, "check-ignore", "--no-index", "-z", "-v", "-n", "--stdin"], cwd=work.path,
                         env=ENVIRONMENT, input="\0".join(PATHS).encode() + b"\0", capture_output=True)  # fmt: skip
    rows = run.stdout.decode().split("\0")
    assert len(rows) == 4 * len(PATHS) + 1, run.stderr
    ignored = {rows[n + 3] for n in range(0, len(rows) - 3, 4) if rows[n + 2] == pattern}
    assert ignored <= {path for path in PATHS if covers(pattern, path)}
    plain = {path for path in PATHS if plainly(pattern, path)}
    # A star at the end stops at the name there, and git at the folder: what is below needs no pattern to it.
    assert plain <= ignored if pattern.endswith("*") else plain == ignored


@given(st.text("abcAB/.*é", min_size=1, max_size=8), st.text("abcAB/.é", min_size=1, max_size=8))
def test_case_and_normal_form_do_not_count(pattern: str, path: str) -> None:
    decomposed = unicodedata.normalize("NFD", path)
    assert covers(pattern, path) == covers(pattern.upper(), path.lower()) == covers(pattern, decomposed)


def test_words_are_found_anywhere_in_any_case_and_by_their_letters_alone() -> None:
    words = matching.words([(0, "PatientId"), (1, "a.b"), (2, "IBAN"), (3, "MSH|^~\\&")])
    assert words.owners(text_key("x = patientID_2")) == {0}
    assert words.owners(text_key("aXb")) == set()
    assert words.owners(text_key("A.B\niban")) == {1, 2}
    assert words.owners(text_key("msh|^~\\&|")) == {3}


def test_patterns_that_are_too_large_together_tell_nothing() -> None:
    matcher = matching.Matcher(((0, "[^/]{900}" * 5) for _ in range(50)), memory=256 * 1024)
    assert matcher.problem
    with pytest.raises(matching.MatchError):
        matcher.owners("a")


def test_a_line_that_is_no_pattern_tells_nothing() -> None:
    with pytest.raises(matching.MatchError):
        matching.paths([(0, "a\\")]).owners("a")


def test_no_patterns_match_nothing() -> None:
    assert matching.paths([]).owners("a") == set()


def test_the_worst_patterns_meet_the_longest_path() -> None:
    """A backtracking matcher needs hours for one of these."""
    patterns = [(n, line) for n in range(125) for line in matching.lines(f"*{n}*a*b*c*d*e*f")]
    names = ("a" * matching.MAX_PATH, "0123456789abcde" * (matching.MAX_PATH // 15), "a/" * (matching.MAX_PATH // 2))
    assert [matching.paths(patterns).owners(name) for name in names] == [set()] * 3
