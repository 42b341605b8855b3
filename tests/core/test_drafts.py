"""Drafts: what a sink may show of them, and the stage that a scaffold failed first."""

from __future__ import annotations

from itertools import product

import pytest

from reviewbot.core.drafts import Drafts, Message, Rewording, Scaffold, Stages
from reviewbot.core.labels import ASSIGNABLE, Label


def message(label: Label, subject: str = "feat: add x") -> Message:
    return Message(subject, "", label)


def drafts() -> Drafts:
    """One of each kind for every label, and a message that rests on the name of the branch."""
    return Drafts(
        tuple(map(message, ASSIGNABLE)), message(Label.INTERNAL, "ABC-1: add x"),
        tuple(Rewording("c" * 40, "wip", (), message(label)) for label in ASSIGNABLE),
        tuple(Scaffold("t.py", "x.py::f", "python", "pytest", "", Stages(True), label) for label in ASSIGNABLE),
        tuple(("x.py::g", "why", label) for label in ASSIGNABLE), ("message",),
    )  # fmt: skip


@pytest.mark.parametrize("clearance", ASSIGNABLE)
def test_a_sink_is_shown_what_it_is_cleared_for_and_nothing_above(clearance: Label) -> None:
    found = drafts().cleared(clearance)
    labels = [label for label in ASSIGNABLE if label <= clearance]
    assert [one.label for one in found.messages] == labels
    assert [one.message.label for one in found.rewordings] == labels
    assert [one.label for one in found.scaffolds] == labels
    assert [label for _, _, label in found.refused] == labels
    assert found.tasks == ("message",)


def test_what_rests_on_the_branch_is_for_who_may_know_everything_whatever_its_label() -> None:
    assert {clearance: drafts().cleared(clearance).whole is not None for clearance in ASSIGNABLE} == {
        Label.PUBLIC: False, Label.INTERNAL: False, Label.CONFIDENTIAL: False, Label.RESTRICTED: True}  # fmt: skip


def test_the_message_is_the_one_that_tells_most() -> None:
    assert drafts().message == message(Label.INTERNAL, "ABC-1: add x")
    assert drafts().cleared(Label.INTERNAL).message == message(Label.INTERNAL)
    assert Drafts().message is None


def test_a_message_is_as_git_takes_it() -> None:
    assert message(Label.PUBLIC).text == "feat: add x\n"
    assert Message("feat: add x", "- one\n- two", Label.PUBLIC).text == "feat: add x\n\n- one\n- two\n"


@pytest.mark.parametrize(("parsed", "collected", "ran", "killed"),
                         list(product((True, False), *[(True, False, None)] * 3)))  # fmt: skip
def test_the_stage_that_failed_first_is_named(
    parsed: bool, collected: bool | None, ran: bool | None, killed: bool | None
) -> None:
    stages = {"parsed": parsed, "collected": collected, "ran": ran, "killed": killed}
    failed = [name for name, passed in stages.items() if passed is False]
    assert Stages(parsed, collected, ran, killed).failed == (failed[0] if failed else "")
