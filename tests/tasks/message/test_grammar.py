"""The grammar of commit messages: what is a header, what is a footer, and what git words by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.tasks.message.grammar import (
    TYPES,
    Header,
    cleaned,
    fault,
    footers,
    header,
    is_autosquash,
    is_gits_own,
    is_merge,
)

VALID = [
    "feat: x", "fix(api)!: drop x", "docs(a/b.c-d_e,f#1): x", "FIX: any case", "feat: später\n\nWhy.\n",
    "feat: x\n# a comment of the editor\n", "chore(@scope/name): x",
]  # fmt: skip
FAULTS = [
    ("", "empty"), ("\n# only a comment\n", "empty"), ("feat x", "no `type: description`"),
    ("feat(): x", "no `type: description`"), ("feat (a): x", "no `type: description`"),
    ("feat(a b): x", "no `type: description`"), ("feat:x", "no `type: description`"),
    ("feat: ", "no `type: description`"), ("feat!(a): x", "no `type: description`"),
    ("(a): x", "no `type: description`"),
    ("custom: x", "unknown type"), ("feat: x\nbody", "no blank line before the body"),
]  # fmt: skip


@pytest.mark.parametrize("message", VALID)
def test_what_the_convention_allows_is_valid(message: str) -> None:
    assert fault(message) == ""


@pytest.mark.parametrize(("message", "problem"), FAULTS)
def test_what_it_does_not_allow_is_said(message: str, problem: str) -> None:
    assert fault(message) == problem


def test_a_project_has_types_of_its_own() -> None:
    assert fault("bump: 1.0") == "unknown type"
    assert fault("bump: 1.0", (*TYPES, "bump")) == ""


def test_a_header_is_read_in_its_parts() -> None:
    assert header("feat(api,cli)!: add x: y") == Header("feat", "api,cli", True, "add x: y")
    assert str(Header("feat", "", False, "x")) == "feat: x"


def test_what_git_adds_below_a_message_is_no_part_of_it() -> None:
    message = "feat: x\n\nWhy. \n# ------------------------ >8 ------------------------\ndiff --git a/f b/f\n"
    assert cleaned(message) == "feat: x\n\nWhy."


def test_an_issue_that_opens_a_subject_is_no_comment() -> None:
    assert cleaned("#12 Add total\n\nWhy.\n#13 gone\n") == "#12 Add total\n\nWhy."
    assert cleaned("# Please enter\n#\n") == cleaned("#12") == ""


def test_footers_are_the_last_paragraph() -> None:
    body = "Note: this is prose.\n\nRefs: #1\nBREAKING CHANGE: x is gone\nReviewed-by: a"
    assert footers(body) == (("Refs", "#1"), ("BREAKING CHANGE", "x is gone"), ("Reviewed-by", "a"))
    assert footers("Only prose here.\nRefs: #1") == ()


@pytest.mark.parametrize(
    "message", ["Merge branch 'a' into b", "merge branch 'a'", "Merge pull request #1 from x/y", "Merge tag 'v1'",
                "Merge origin/a into b", 'Revert "feat: x"', "fixup! feat: x", "squash! a", "amend! a"],
)  # fmt: skip
def test_what_git_words_is_told_from_what_people_do(message: str) -> None:
    assert is_gits_own(message)


def test_its_look_alikes_are_peoples_own() -> None:
    assert not any(map(is_merge, ("MergeSort", "fix: merge a into b", "merged a into b")))
    assert not any(map(is_autosquash, ("squash!", " squash! a", "squash!: a")))
    assert not is_gits_own("revert: a")


@given(st.text(max_size=200))
def test_any_text_is_judged_and_a_valid_one_has_a_header(message: str) -> None:
    if fault(message) == "":
        assert header(cleaned(message).split("\n")[0]) is not None


@given(st.sampled_from(TYPES), st.from_regex(r"[a-z./_-]{1,10}", fullmatch=True), st.booleans(), st.text(min_size=1))
def test_a_header_that_is_written_is_read_as_it_was(type_: str, scope: str, breaking: bool, said: str) -> None:
    said = " ".join(said.split())
    if said and "\n" not in said:
        assert header(str(Header(type_, scope, breaking, said))) == Header(type_, scope, breaking, said)
