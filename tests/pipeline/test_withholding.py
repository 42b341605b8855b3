"""What a review withholds, and what of a change it can never lose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot import checks, pipeline
from reviewbot.core import credentials
from reviewbot.core.diff import Absence, FileDiff
from reviewbot.core.findings import Finding, Location, Severity
from reviewbot.core.labels import Label
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report
from reviewbot.core.style import Accepted
from tests.readings import POLICY, diff

TOKEN = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
KEY = b"operator"


def review(*files: FileDiff, **more: object) -> Report:
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, files, tuple(file.path for file in files))
    return pipeline.review(pull, POLICY, checks=checks.ALL, evidence=pipeline.Evidence(**more))  # type: ignore[arg-type]


def test_a_credential_above_a_hunk_is_not_in_the_hunks_header() -> None:
    old = f'TOKEN = "{TOKEN}"\n' + "".join(f"    x{n} = {n}\n" for n in range(20))
    file = diff("a.py", old, old.replace("x19 = 19", "x19 = 20"))
    file = replace(file, hunks=tuple(replace(hunk, section=f'TOKEN = "{TOKEN}"') for hunk in file.hunks))
    assert TOKEN not in repr(review(file))
    plain = diff("b.py", "def f():\n    a = 1\n", "def f():\n    a = 2\n")
    plain = replace(plain, hunks=tuple(replace(hunk, section="def f():") for hunk in plain.hunks))
    assert review(plain).files[0].hunks[0].section == "def f():"


@pytest.mark.parametrize("side", ["added", "removed", "context"])
def test_a_credential_is_withheld_wherever_it_stands_in_a_hunk(side: str) -> None:
    line = f'TOKEN = "{TOKEN}"\n'
    old, new = {"added": ("a\n", f"a\n{line}"), "removed": (f"a\n{line}", "a\n"), "context": (line, line + "b\n")}[side]
    report = review(diff("a.py", old, new))
    assert TOKEN not in repr(report)
    assert report.files[0].hunk_labels == (Label.SECRET,)
    assert [line.text for hunk in report.files[0].hunks for line in hunk.lines if "⟦" in line.text]


def test_another_tools_finding_is_quoted_from_the_withheld_hunks() -> None:
    file = diff("a.py", None, f'TOKEN = "{TOKEN}"\n')
    theirs = Finding(
        "ruff/S105",
        "check:ruff",
        Severity.LOW,
        0.5,
        Location("a.py", "new", 1, 1),
        "Password",
        quote=TOKEN,
        label=Label.INTERNAL,
    )
    report = review(file, reported=(theirs,))
    assert TOKEN not in repr(report)
    (finding,) = report.findings
    assert finding.rule == "credentials/added"
    assert "ruff" in finding.body


def test_an_accepted_credential_blocks_nothing_and_is_still_withheld() -> None:
    file = diff("a.py", None, f'TOKEN = "{TOKEN}"\n')
    text = file.new.text or ""
    name = credentials.fingerprint(KEY, text, tuple(credentials.find(text, "a.py")))
    accepted = replace(POLICY, accepted=(Accepted(name, date(2099, 1, 1), "a test key"),))
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, (file,), ("a.py",))
    report = pipeline.review(pull, accepted, checks=checks.ALL, evidence=pipeline.Evidence(key=KEY))
    (finding,) = report.findings
    assert (finding.severity, report.exit_code) == (Severity.INFO, 0)
    assert "a test key" in finding.body
    assert TOKEN not in repr(report)
    # Another key makes another name: nobody can accept for somebody else.
    other = pipeline.review(pull, accepted, checks=checks.ALL, evidence=pipeline.Evidence(key=b"other"))
    assert other.findings[0].severity == Severity.CRITICAL


def test_with_a_key_a_finding_says_how_to_accept_it_and_without_one_it_does_not() -> None:
    file = diff("a.py", None, f'TOKEN = "{TOKEN}"\n')
    assert "Fingerprint" in review(file, key=KEY).findings[0].body
    assert "ingerprint" not in review(file).findings[0].body


@pytest.mark.parametrize("absence", [absence for absence in get_args(Absence) if absence not in ("", "none")])
def test_what_could_not_be_read_is_never_called_checked_without_a_word(absence: Absence) -> None:
    file = diff("a.bin", "a\n", "b\n")
    file = replace(file, new=replace(file.new, text=None, absence=absence), hunks=())
    (reported,) = review(file).files
    assert reported.outcome != "checked" or absence == "submodule"
    assert reported.reason or absence == "submodule"


TEXTS = st.lists(
    st.sampled_from(["a = 1\n", "\n", "import os\n", f'k = "{TOKEN}"\n', "é\u2028\n", "x\r\n"]), max_size=8
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.none() | TEXTS, st.none() | TEXTS), max_size=4))
def test_every_changed_path_is_in_the_report_once(sides: list[tuple[str | None, str | None]]) -> None:
    files = [diff(f"f{n}.py", old, new) for n, (old, new) in enumerate(sides) if old is not None or new is not None]
    report = review(*files)
    assert [file.path for file in report.files] == [file.path for file in files]
    assert {finding.location.path for finding in report.findings} <= {file.path for file in files}
    assert TOKEN not in repr(report)


def test_no_number_of_decoys_pushes_out_what_blocks() -> None:
    decoys = "".join(f'api_token_{n} = "k0Zx9-{n}Lq7vB2mW{n}pT4"\n' for n in range(8))
    report = review(diff("tests/test_app.py", None, f'{decoys}GH = "{TOKEN}"\n'))
    assert report.exit_code == 1
    assert max(finding.severity for finding in report.findings) == Severity.CRITICAL


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".reviewbot.toml", f"{TOKEN} = 1\n"),
        (".gitmodules", f'[submodule "a"]\n\tpath = a\n\turl = https://example.org/{TOKEN}/a\n'),
        ("Dockerfile", f"FROM example/{TOKEN}:latest\n"),
        (".github/workflows/a.yml", f"on: push\njobs:\n  a:\n    steps:\n      - uses: a/b@{TOKEN}\n"),
        ("package.json", f'{{"dependencies": {{"a": "git+https://{TOKEN}@example.org/a"}}}}\n'),
    ],
)
def test_what_a_check_says_has_no_credential_either(path: str, text: str) -> None:
    assert TOKEN not in repr(review(diff(path, None, text)))


def test_a_finding_keeps_the_label_it_was_made_with_and_one_of_a_higher_label_changes_none_below() -> None:
    file = diff("a.py", None, "import os\nos.system(f'ls {name}')\n")
    theirs = Finding("semgrep/subprocess-shell", "check:semgrep", Severity.LOW, 0.5, Location("a.py", "new", 2, 2), "x",
                     label=Label.CONFIDENTIAL)  # fmt: skip
    both = review(file, reported=(theirs,)).findings
    assert {(one.rule, one.label) for one in both} == {
        ("calls/shell", Label.INTERNAL), ("semgrep/subprocess-shell", Label.CONFIDENTIAL),
    }  # fmt: skip
    assert [one for one in both if one.label == Label.INTERNAL] == list(review(file).findings)
    other = replace(theirs, rule="semgrep/other", location=Location("a.py", "new", 1, 1))
    assert {finding.label for finding in review(file, reported=(other,)).findings} == {
        Label.INTERNAL,
        Label.CONFIDENTIAL,
    }


def test_a_quote_is_clipped() -> None:
    line = f"<<<<<<< {'x' * 5000}\n=======\n>>>>>>> b\n"
    (finding,) = review(diff("a.py", "\n", line)).findings[:1]
    assert len(finding.quote) < 1100


@pytest.mark.parametrize(
    ("path", "outcome"), [("run.sh", "failed"), (".env.local", "failed"), ("a.js", "failed"), ("logo.png", "skipped")]
)
def test_a_text_does_not_become_unread_by_a_nul(path: str, outcome: str) -> None:
    file = diff(path, None, "")
    file = replace(file, new=replace(file.new, text=None, absence="binary"))
    report = review(file)
    assert (report.files[0].outcome, report.exit_code) == (outcome, 3 if outcome == "failed" else 0)
    assert report.status == ("failed" if outcome == "failed" else "partial")


def test_vendored_code_is_said_to_be_skipped() -> None:
    report = review(diff("vendor/a.py", None, f'eval(x)\nTOKEN = "{TOKEN}"\n'))
    assert report.files[0].outcome == "skipped"
    assert [finding.rule for finding in report.findings] == ["credentials/added"]


@pytest.mark.parametrize("path", ["a.py", ".github/workflows/a.yml"])
def test_padding_hides_nothing(path: str) -> None:
    (file,) = review(diff(path, None, "# padding of a kilobyte\n" * 60_000)).files
    assert (file.outcome, "too large to be parsed" in file.reason) == ("failed", True)


def test_no_line_of_a_longer_remark_has_a_credential() -> None:
    theirs = Finding(
        "t/x", "check:t", Severity.LOW, 0.5, Location("a.py", "new", 1, 1), "x", f"first\nthen {TOKEN} and\nlast"
    )
    (finding,) = review(diff("a.py", None, "a = 1\n"), reported=(theirs,)).findings
    assert finding.body == "first\nthen ⟦github-token⟧ and\nlast"


@pytest.mark.parametrize("again", [f"# {TOKEN}", f'login("{TOKEN}")', f'print("{TOKEN}", "{TOKEN}")'])
def test_a_credential_that_was_recognised_once_is_withheld_wherever_else_it_stands(again: str) -> None:
    value = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz8q1LmNoP"
    again = again.replace(TOKEN, value)
    key = f'aws_secret_access_key = "{value}"\n'
    for file in (
        diff("a.py", None, f"{key}{again}\n"),
        diff("a.py", key, f"{again}\n"),
        diff("a.py", f"{again}\n", key),
    ):
        assert value not in repr(review(file))
