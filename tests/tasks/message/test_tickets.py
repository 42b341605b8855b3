"""A ticket goes before what a subject says, behind its type, and never makes it too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.tasks.message import opened
from reviewbot.tasks.message.grammar import MOST, header


@pytest.mark.parametrize(("subject", "ticket", "expected"), [
    ("add x", "ABC-1: ", "ABC-1: add x"),
    ("feat: add x", "ABC-1: ", "feat: ABC-1: add x"),
    ("feat(api)!: add x", "[ABC-1] ", "feat(api)!: [ABC-1] add x"),
    ("feat: add x", "", "feat: add x"),
    (f"feat: {'x' * 60}", "ABC-123456: ", f"feat: {'x' * 60}"),
])  # fmt: skip
def test_a_ticket_goes_before_what_a_subject_says(subject: str, ticket: str, expected: str) -> None:
    assert opened(subject, ticket) == expected


@given(st.text(max_size=MOST), st.text(max_size=MOST))
def test_no_subject_grows_beyond_its_bound_or_loses_its_type(subject: str, ticket: str) -> None:
    found, was = opened(subject, ticket), header(subject)
    assert len(found) <= max(MOST, len(subject))
    assert was is None or found.startswith(subject[: len(subject) - len(was.description)])
