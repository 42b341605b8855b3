"""The index of restricted texts, from real repositories."""

from __future__ import annotations

import pytest

from reviewbot import git
from reviewbot.cli import evidence
from reviewbot.cli.policies import load_policies
from reviewbot.core.labels import Label
from reviewbot.core.policy import FILE, Classification, classify
from reviewbot.forges import local
from tests.repositories import Work

POLICY = (
    '[[rule]]\nlabel = "restricted"\npaths = ["ledger/**"]\n[[rule]]\nlabel = "restricted"\ncontent = ["PatientId"]\n'
)
SECRET = "".join(f"balance_{n} = post(debit_{n}, credit_{n}, amount_{n})\n" for n in range(12))
#: Enough of something else that git does not call the file a copy.
OTHER = "".join(f"def render_{n}(page): return template_{n}.fill(page, {n})\n" for n in range(60))


def verdicts(work: Work) -> tuple[dict[str, Classification], tuple[str, ...]]:
    with git.opened(work.path) as repo:
        pull = local.load(repo, "main", "feature")
        policy, _ = load_policies(repo, pull, "default")
        index, notices = evidence.load_index(repo, pull, policy)
        return {file.path: classify(policy, file, index) for file in pull.files}, notices


def branch(work: Work, base: dict[str, str | bytes], head: dict[str, str | bytes]) -> None:
    for files in ({FILE: POLICY, "a": "1\n", **base}, {"a": "2\n", **head}):
        for name, content in files.items():
            work.write(name, content)
        work.commit()
        work.git("switch", "-q", "-C", "feature")


def test_an_excerpt_of_a_file_at_the_base_has_its_label(work: Work) -> None:
    branch(work, {"ledger/core.py": SECRET}, {"docs/x.md": OTHER + SECRET[:400]})
    found, notices = verdicts(work)
    assert found["docs/x.md"].rules == ("excerpt of ledger/core.py",)
    assert (found["a"].label, notices) == (Label.INTERNAL, ())


def test_a_file_that_only_its_words_restrict_is_a_source_too(work: Work) -> None:
    branch(work, {"src/clinic.py": SECRET + "key = PatientId\n"}, {"docs/x.md": OTHER + SECRET})
    assert verdicts(work)[0]["docs/x.md"].rules == ("excerpt of src/clinic.py",)


def test_bytes_that_are_no_utf8_are_compared_as_they_are(work: Work) -> None:
    text = SECRET.replace("post", "p\udcf6st")
    branch(work, {"ledger/core.py": text}, {"docs/x.md": OTHER + text[:400]})
    assert verdicts(work)[0]["docs/x.md"].label == Label.RESTRICTED


def test_a_text_that_the_change_itself_adds_to_the_zone_is_a_source(work: Work) -> None:
    branch(work, {}, {"ledger/new.py": SECRET, "docs/x.md": OTHER + SECRET})
    assert verdicts(work)[0]["docs/x.md"].label == Label.RESTRICTED


def test_what_stands_in_the_open_already_is_no_evidence(work: Work) -> None:
    branch(work, {"ledger/core.py": SECRET, "docs/old.md": SECRET}, {"docs/x.md": OTHER + SECRET})
    assert verdicts(work)[0]["docs/x.md"].label == Label.INTERNAL


def test_what_is_not_read_is_said(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MAX_SOURCES", 10)
    monkeypatch.setattr(evidence, "MAX_SEARCHED", 10)
    branch(
        work,
        {"ledger/core.py": SECRET, "src/x.py": SECRET + "PatientId\n"},
        {"docs/y.md": OTHER + SECRET[:400]},
    )
    found, notices = verdicts(work)
    assert notices == (
        "Of the largest restricted files a copy is recognised only where the whole file is copied.",
        "2 files of the base were not searched for restricted words: no copy of them is recognised.",
    )
    assert found["docs/y.md"].label == Label.INTERNAL
