"""What GitLab says is read as it is, and whatever else a server says is read as nothing, without an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.forges.gitlab import reading
from reviewbot.forges.gitlab.bodies import Refs

ME = 9
NAMES = (
    "id", "notes", "author", "username", "body", "position", "system", "resolvable", "resolved", "sha", "title",
    "diff_refs", "base_sha", "start_sha", "head_sha", "visibility", "state", "access_level", "note",
)  # fmt: skip
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 99), st.floats(), st.text(max_size=5), st.just("a" * 40)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    ), max_leaves=20,
)  # fmt: skip
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=6)


def note(id: int, by: int = ME, **more: Any) -> dict[str, object]:
    return {"id": id, "body": f"note {id}", "author": {"id": by, "username": f"user{by}"}, "system": False, **more}


def discussion(*notes: dict[str, object], id: str = "d1") -> dict[str, object]:
    return {"id": id, "individual_note": False, "notes": list(notes)}


AT: dict[str, Any] = {"position": {"new_path": "a.py", "new_line": 1}, "resolvable": True, "resolved": False}


@settings(max_examples=300, deadline=None)
@given(st.lists(objects, max_size=4), objects)
def test_anything_may_be_said(discussions: list[dict[str, object]], said: dict[str, object]) -> None:
    talk = reading.talk(discussions, ME)
    assert all(one.notes[0].own for one in talk.threads)
    assert all(note.id.isdigit() for note in (*talk.notes, *(note for one in talk.threads for note in one.notes)))
    assert reading.ids(discussions) >= {note.id for note in talk.notes}
    assert reading.head(said).sha in ("", "a" * 40)
    assert reading.visibility(said) in ("public", "internal", "private")
    assert reading.draft(said).id >= 0
    assert reading.may_write(said, 1) in (True, False)
    assert reading.own_note(said, ME) is None or reading.number(said["id"]) > 0


@settings(max_examples=300, deadline=None)
@given(objects)
def test_nobody_but_the_bot_is_the_bot(said: dict[str, object]) -> None:
    """Nor where nobody knows who the bot is, and an author is missing too."""
    assert reading.own_note(said, 0) is None
    by = said.get("author")
    if not (isinstance(by, dict) and by.get("id") == ME):
        assert reading.own_note(said, ME) is None


@pytest.mark.parametrize("id", ["../../../user", "..", "d/1", "", "d?x", 7, None])
def test_an_id_that_would_lead_elsewhere_is_no_thread(id: object) -> None:
    said = {**discussion(note(1, **AT)), "id": id}
    assert reading.talk([said], ME).threads == ()


@pytest.mark.parametrize(("states", "resolved"), [
    ([(True, True)], True), ([(True, False)], False), ([(True, True), (True, False)], False),
    ([(True, True), (False, False)], True), ([(False, True)], False),
])  # fmt: skip
def test_a_thread_is_resolved_when_all_that_can_be_is(states: list[tuple[bool, bool]], resolved: bool) -> None:
    notes = [note(n, **{**AT, "resolvable": able, "resolved": done}) for n, (able, done) in enumerate(states, 1)]
    assert reading.talk([discussion(*notes)], ME).threads[0].resolved is resolved


def test_what_the_service_says_itself_is_no_note() -> None:
    assert reading.talk([discussion(note(1, system=True))], ME).notes == ()


def test_notes_come_in_the_order_in_which_they_were_written() -> None:
    """A discussion stands where it began, whenever it was answered."""
    said = [discussion(note(1), note(5)), discussion(note(2), id="d2"), discussion(note(4), id="d3")]
    assert [one.id for one in reading.talk(said, ME).notes] == ["1", "2", "4", "5"]


@pytest.mark.parametrize(("member", "may"), [
    ({"id": 3, "access_level": 30}, True), ({"id": 3, "access_level": 50, "state": "active"}, True),
    ({"id": 3, "access_level": 29}, False), ({"id": 4, "access_level": 50}, False), ({"id": 3}, False), ({}, False),
    ({"id": 3, "access_level": 50, "state": "blocked"}, False), ({"id": 3, "access_level": True}, False),
    ({"id": 3, "access_level": "50"}, False),
])  # fmt: skip
def test_only_an_active_developer_may_write(member: dict[str, object], may: bool) -> None:
    assert reading.may_write(member, 3) is may


def test_a_head_has_its_commits_or_none() -> None:
    shas = {"base_sha": "b" * 40, "start_sha": "c" * 64, "head_sha": "a" * 40}
    assert reading.head({"sha": "a" * 40, "title": "T", "diff_refs": shas}) == reading.Head(
        "a" * 40, "T", Refs("b" * 40, "c" * 64, "a" * 40)
    )
    assert reading.head({"sha": "HEAD", "diff_refs": {**shas, "base_sha": "x"}}) == reading.Head("", "", None)
