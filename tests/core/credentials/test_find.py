"""What holds for every text: hits lie in lines, masks hide values, surroundings change nothing, cost is linear."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.credentials import Hit, find, fingerprint, fingerprints, grouped, masked, sites, value_of
from tests.core.credentials.samples import PASSWORD, TOKEN, drawn, hits, pem, values

LINES = (
    f"password = '{PASSWORD}'", f"token: {TOKEN}", "gh" + "p_" + drawn(36), f"https://me:{PASSWORD}@x.test/", pem(3),
    pem(2, end="\\n"), f'{{"secret": "{drawn(24)}", "key": "{drawn(32)}"}}', f"x_token = '{TOKEN}' # gitleaks:allow",
)  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(LINES),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("=:'\"\\ \n\r\t-<>{}()@/$", max_size=12),
    st.sampled_from(["\udc80", "é", "\u2028", "password", "token = ", "BEGIN", "\r\n", "\n"]),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
def test_every_hit_lies_within_its_line_and_hits_do_not_overlap(text: str) -> None:
    lines = text.split("\n")
    last = (0, 0)
    for hit in find(text, "a.txt"):
        assert 0 <= hit.start < hit.end <= len(lines[hit.line - 1])
        assert (hit.line, hit.start) >= last
        last = (hit.line, hit.end)


@given(TEXTS)
def test_a_masked_line_has_no_value_in_it_and_stays_one_line(text: str) -> None:
    lines = text.split("\n")
    found = list(find(text, "a.txt"))
    for number, line in enumerate(lines, 1):
        here = [hit for hit in found if hit.line == number]
        after = masked(line, here)
        assert "\n" not in after
        assert after.count("⟦") == line.count("⟦") + len(here)
        assert len(after) == len(line) + sum(len(hit.kind) + 2 - (hit.end - hit.start) for hit in here)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), min_size=1, max_size=5))
def test_overlapping_and_equal_hits_hide_all_that_any_of_them_covers(places: list[tuple[int, int]]) -> None:
    line = "".join(chr(0x4E00 + n) for n in range(64))
    hits = [Hit(1, start, start + size, "kind") for start, size in places]
    covered = {n for hit in hits for n in range(hit.start, hit.end)}
    kept = "".join(sign for n, sign in enumerate(line) if n not in covered)
    assert masked(line, [*hits, *hits]).replace("⟦kind⟧", "") == kept


@given(TEXTS)
def test_parts_are_numbered_from_nought_in_the_order_of_lines(text: str) -> None:
    for parts in grouped(find(text, "a.txt")):
        assert [hit.part for hit in parts] == list(range(len(parts)))
        assert [hit.line for hit in parts] == sorted({hit.line for hit in parts})


@given(st.sampled_from(LINES), st.lists(st.text(string.ascii_lowercase + " ", max_size=20), max_size=5))
def test_lines_of_prose_around_change_nothing_but_the_line_number(line: str, prose: list[str]) -> None:
    before = "".join(f"{words}\n" for words in prose)
    alone = values(line)
    assert alone
    assert values(before + line + "\n" + before) == alone


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_ends_of_lines_change_nothing(line: str) -> None:
    assert values(line.replace("\n", "\r\n") + "\r\n") == values(line) != []


@pytest.mark.parametrize(
    "comment", ["# nosec", "# gitleaks:allow", "// pragma: allowlist secret", "# kingfisher:ignore"]
)
def test_a_comment_of_the_author_silences_nothing(comment: str) -> None:
    assert values(f"{comment}\npassword = '{PASSWORD}'  {comment}\n", "a.py") == [PASSWORD]


@pytest.mark.parametrize("path", ["tests/test_a.py", "spec/a_spec.rb", "docs/a.md", "a.py", "examples/.env", ""])
def test_no_directory_is_silenced(path: str) -> None:
    assert values(f"password = '{PASSWORD}'", path) == [PASSWORD]


def test_a_value_far_out_on_a_long_line_has_its_columns() -> None:
    (hit,) = hits("x" * 100_000 + f" password='{PASSWORD}' " + "y" * 100_000)
    assert (hit.line, hit.start, hit.end - hit.start) == (1, 100_011, len(PASSWORD))


def test_characters_of_many_bytes_before_a_value_do_not_shift_it() -> None:
    assert values(f"naïve 🎉 \u2028 = 1; password = '{PASSWORD}'") == [PASSWORD]


def test_the_same_text_without_candidates_has_no_hits() -> None:
    assert hits("") == hits("\n" * 1000) == hits("def add(a, b):\n    return a + b\n") == []


FLOODS = ("gh" + "p_{}\n", "password=kq" + "{}zx\n", "-----BEGIN PRIV" + "ATE KEY-----{}\n", "a://b:kqzx{}@c\n",
          "AK" + "IA{}\n", "ey" + "JhbGciOiJIUzI1NiIs.eyJhbGciOiJIUzI1NiIs{}\n", "{}aaa1" + "Q~\n")  # fmt: skip


@pytest.mark.parametrize("flood", FLOODS, ids=range(len(FLOODS)))
def test_a_text_of_nothing_but_candidates_is_one_credential_from_a_point_on(
    flood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "MOST", 100)
    text = "".join(flood.format(number) for number in range(300))
    found = list(find(text, "a.txt"))
    assert {hit.line for hit in found} >= set(range(102, 301))


def test_shapes_are_tried_on_bounded_windows_only() -> None:
    from reviewbot.core.credentials import assignments, blocks, places, shapes

    sources = [pattern for *_, pattern in shapes.SHAPES] + [pattern for _, pattern in shapes.OPEN]
    sources += [part for row in shapes.MIDDLES for part in (row[1], row[3])]
    sources += ["".join(row[1:]) for row in places._PLACES]
    sources += [assignments._SITE.pattern, assignments._BARE.pattern, assignments._LINE.pattern, blocks._LINE.pattern]
    for source in sources:
        # Nested repetition is what makes a backtracking engine slow: no group that repeats holds a repetition.
        assert not re.search(r"\([^()]*[+*}][^()]*\)(?:[+*]|\{\d*,\})", source), source


def test_a_fingerprint_depends_on_the_key_and_the_value_alone() -> None:
    first = f"a = 1\npassword = '{PASSWORD}'\n"
    moved = f'# a comment\n\n    db_password: "{PASSWORD}"\n'
    other = f"password = '{PASSWORD}x'\n"

    def named(key: bytes, text: str) -> str:
        return fingerprint(key, text, list(find(text, "a.py")))

    assert re.fullmatch("[0-9a-f]{32}", named(b"key", first))
    assert named(b"key", first) == named(b"key", moved)
    assert len({named(b"key", first), named(b"other", first), named(b"key", other)}) == 3


def test_a_fingerprint_of_a_key_over_lines_is_that_of_all_its_lines() -> None:
    text = pem(4)
    whole, cut = list(find(text, "k")), list(find(text, "k"))[:3]
    assert fingerprint(b"k", text, whole) != fingerprint(b"k", text, cut)
    assert value_of(text.split("\n"), whole) == "\n".join(text.split("\n")[1:5])
    assert fingerprint(b"k", text.replace("\n", "\r\n"), whole) == fingerprint(b"k", text, whole)


def test_the_fingerprints_of_a_text_are_those_of_its_credentials() -> None:
    text = f"password = '{PASSWORD}'\n{pem(3)}\ntoken = '{TOKEN}'\n"
    named = list(fingerprints(b"k", text, find(text, "a.py")))
    assert [len(parts) for _, parts in named] == [1, 3, 1]
    assert all(name == fingerprint(b"k", text, parts) for name, parts in named)


def test_a_hit_shows_nothing_of_the_value() -> None:
    assert PASSWORD not in repr(hits(f"password = '{PASSWORD}'"))
