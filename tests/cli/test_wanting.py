"""What drafting takes of a repository is read from git alone, within bounds, each text with its label."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewbot import git
from reviewbot.cli import wanting
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, Rule
from reviewbot.forges import local
from reviewbot.pipeline import Wanted
from tests.repositories import Work

RULES = (Rule(Label.RESTRICTED, ("ledger/**",), (), "core", "x", 1),
         Rule(Label.CONFIDENTIAL, (), ("iban",), "words", "x", 2))  # fmt: skip
POLICY = Policy(RULES, Label.INTERNAL, "base", "a" * 64)


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = Work.at(tmp_path / "work")
    made.commit("feat: one\n\nWhy.", **{"ledger/test_core.py": "import ledger\n", "tests/test_a.py": "import a\n",
                                        "tests/test_b.py": "IBAN = 1\n", "package.json": "{}", "a.py": "a = 1\n",
                                        "node_modules/x/package.json": "{}"})  # fmt: skip
    made.git("checkout", "-q", "-b", "feature/ABC-1")
    made.commit("wip", **{"a.py": "a = 2\n"})
    return made


def asked(work: Work, *tasks: str, environ: Mapping[str, str] | None = None) -> Wanted:
    with git.opened(work.path) as repo:
        return wanting.wanted(repo, local.load(repo, "main", "HEAD"), POLICY, tasks, environ or {}, ("a.py",))


def test_for_a_review_nothing_more_is_read(work: Work) -> None:
    assert asked(work, "review") == Wanted(True, None, None, ("a.py",))


def test_messages_are_learned_from_the_log_of_the_base_and_the_commits_are_those_of_the_change(work: Work) -> None:
    history = asked(work, "message").history
    assert history is not None
    assert (history.before, history.branch) == (("feat: one\n\nWhy.",), "feature/ABC-1")
    assert [(step.message, [file.path for file in step.files]) for step in history.steps] == [("wip", ["a.py"])]


@pytest.mark.parametrize("name", ["GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"])
def test_in_ci_the_branch_is_the_one_that_ci_names(work: Work, name: str) -> None:
    history = asked(work, "message", environ={name: "feature/XYZ-9"}).history
    assert history is not None and history.branch == "feature/XYZ-9"


def test_a_merge_has_no_files_of_its_own(work: Work) -> None:
    work.git("checkout", "-q", "-b", "side", "main")
    work.commit("side", **{"s.py": "s = 1\n"})
    work.git("checkout", "-q", "feature/ABC-1")
    work.git("merge", "-q", "--no-edit", "side")
    history = asked(work, "message").history
    assert history is not None
    assert {step.is_merge: len(step.files) for step in history.steps} == {True: 0, False: 1}


def test_tests_and_manifests_are_read_with_their_labels_the_lowest_first(work: Work) -> None:
    tests = asked(work, "scaffold").tests
    assert tests is not None
    assert {text.origin: text.label for text in tests} == {
        "package.json": Label.INTERNAL, "tests/test_a.py": Label.INTERNAL, "tests/test_b.py": Label.CONFIDENTIAL,
        "ledger/test_core.py": Label.RESTRICTED,
    }  # fmt: skip
    assert tests[-1].origin == "ledger/test_core.py"


def test_a_text_that_is_too_large_is_left_out(work: Work) -> None:
    work.commit(**{"tests/test_large.py": "x = 1\n" * (wanting.MAX_TEXT // 6 + 1)})
    tests = asked(work, "scaffold").tests
    assert tests is not None and "tests/test_large.py" not in {text.origin for text in tests}


def test_a_change_of_one_commit_is_read_once(work: Work) -> None:
    with git.opened(work.path) as repo:
        pull = local.load(repo, "main", "feature/ABC-1")
        history = wanting.wanted(repo, pull, POLICY, ("message",), {}).history
    assert history is not None
    assert [step.files is pull.files for step in history.steps] == [True]
