"""Phrases: a verb, and what it is done to in more words and in fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewbot.tasks.message import names
from reviewbot.tasks.message.words import Mood, conjugated


@dataclass(frozen=True, slots=True)
class Phrase:
    """A verb in the imperative and what follows it, from long to short."""

    verb: str
    objects: tuple[str, ...]

    def said(self, mood: Mood) -> tuple[str, ...]:
        verb = conjugated(self.verb, mood)
        return tuple(f"{verb} {one}" for one in self.objects)


def listings(found: Sequence[str], before: str = "") -> tuple[str, ...]:
    """A list that names three of them, two, one, or says no more than how many they are."""
    return (*(before + names.listed(found, most) for most in (3, 2, 1)), f"{before}{len(found)} names")
