"""A ticket at the head of a subject that somebody else wrote."""

from __future__ import annotations

from reviewbot.tasks.message.grammar import MOST, header


def opened(subject: str, ticket: str) -> str:
    """The subject with the ticket before what it says; without it where there is no room."""
    found = header(subject)
    start = "" if found is None else subject[: len(subject) - len(found.description)]
    said = f"{start}{ticket}{subject[len(start) :]}"
    return said if len(said) <= MOST else subject
