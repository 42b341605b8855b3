"""Sensitivity labels: a total order, its join, and the one rule that lets text flow to a sink."""

from __future__ import annotations

from enum import IntEnum


class Label(IntEnum):
    """How sensitive a text is. SECRET is a credential: no sink is cleared for it."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    RESTRICTED = 3
    SECRET = 4

    def __str__(self) -> str:
        return self.name.lower()


#: The labels a policy may give and a sink may be cleared for.
ASSIGNABLE = (Label.PUBLIC, Label.INTERNAL, Label.CONFIDENTIAL, Label.RESTRICTED)


def join(*labels: Label) -> Label:
    """The strictest of the labels; PUBLIC for none (the empty text is public)."""
    return max(labels, default=Label.PUBLIC)


def permits(clearance: Label, label: Label) -> bool:
    """Whether a sink with this clearance may receive text with this label."""
    return label <= clearance and label < Label.SECRET


def parse(name: str) -> Label:
    """The assignable label of that name. Raises ValueError for any other word."""
    for label in ASSIGNABLE:
        if str(label) == name:
            return label
    raise ValueError(f"unknown label {name!r}; one of {', '.join(map(str, ASSIGNABLE))}")
