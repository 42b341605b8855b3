"""Verbs of commit messages: what we begin a subject with, in the mood that a project writes in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

#: Verbs that tell a mood, and their share of the words that open subjects.
_FEW, _SHARE = 3, 0.25

Mood = Literal["imperative", "past", "present"]

#: Imperative, past and third person of the verbs that open subjects; ours are among them.
_FORMS = """
add added adds | allow allowed allows | apply applied applies | avoid avoided avoids | bump bumped bumps | change
changed changes | check checked checks | clean cleaned cleans | clarify clarified clarifies | convert converted
converts | copy copied copies | correct corrected corrects | create created creates | define defined defines | delete
deleted deletes | deprecate deprecated deprecates | describe described describes | disable disabled disables |
document documented documents | drop dropped drops | enable enabled enables | ensure ensured ensures | expand expanded
expands | export exported exports | expose exposed exposes | extend extended extends | extract extracted extracts |
fix fixed fixes | format formatted formats | guard guarded guards | handle handled handles | ignore ignored ignores |
implement implemented implements | improve improved improves | include included includes | increase increased
increases | introduce introduced introduces | make made makes | merge merged merges | migrate migrated migrates | move
moved moves | pin pinned pins | prevent prevented prevents | refactor refactored refactors | reduce reduced reduces |
reformat reformatted reformats | release released releases | remove removed removes | rename renamed renames | replace
replaced replaces | require required requires | resolve resolved resolves | restore restored restores |
restructure restructured restructures | return
returned returns | revert reverted reverts | rewrite rewrote rewrites | simplify simplified simplifies | skip skipped
skips | split split splits | support supported supports | switch switched switches | test tested tests | tidy tidied
tidies | unify unified unifies | update updated updates | upgrade upgraded upgrades | use used uses | validate
validated validates
"""
FORMS: dict[str, tuple[str, str, str]] = {
    forms[0]: (forms[0], forms[1], forms[2]) for forms in (group.split() for group in _FORMS.split("|"))
}
_ORDER: tuple[Mood, Mood, Mood] = ("present", "past", "imperative")
#: Of a form that serves twice (`split`) the imperative counts.
_MOODS: dict[str, tuple[str, Mood]] = {
    form: (verb, mood) for verb, forms in FORMS.items() for form, mood in zip(reversed(forms), _ORDER, strict=True)
}


def conjugated(verb: str, mood: Mood) -> str:
    """The verb in a mood; one that is not known stays as it is."""
    imperative, past, present = FORMS.get(verb, (verb, verb, verb))
    return {"imperative": imperative, "past": past, "present": present}[mood]


def mood_of(word: str) -> Mood | None:
    """The mood of a word that opens a subject, None where it tells none."""
    found = _MOODS.get(word.lower())
    return None if found is None else found[1]


def restated(text: str, mood: Mood) -> str:
    """The text with its first word in that mood, where it is a verb that we know."""
    word, blank, rest = text.partition(" ")
    found = _MOODS.get(word.lower())
    if found is None or not blank or found[1] == mood:
        return text
    verb = conjugated(found[0], mood)
    return f"{verb.capitalize() if word[:1].isupper() else verb}{blank}{rest}"


def prevailing(words: Sequence[str]) -> Mood:
    """The mood of most of the words that tell one; the imperative where hardly any does: they may be no English."""
    counts = Counter(mood for mood in map(mood_of, words) if mood is not None)
    if counts.total() < max(_FEW, len(words) * _SHARE):
        return "imperative"
    return max(counts, key=lambda mood: (counts[mood], mood == "imperative"))
