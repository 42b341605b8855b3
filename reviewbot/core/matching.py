"""All patterns or all words of a policy as one RE2 set: a single pass in linear time, whatever they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import re2  # type: ignore[import-untyped]
from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

from reviewbot.core.spellings import path_key, skeleton, text_key

#: Memory that a set may take. The limits of config.py keep every valid document far below it.
MEMORY = 64 * 1024 * 1024
#: Longer paths are not matched (git itself stops at 4096 bytes on most systems).
MAX_PATH = 4096
#: Matches everything: a set that runs out of memory answers "nothing matches", and then this lacks too.
_SENTINEL = ""
_FOREIGN_END = re.compile(r"/\*\*?$")


class MatchError(ValueError):
    """It cannot be told what matches."""


class Matcher:
    """Which of several owners, known by number, a text matches."""

    def __init__(self, expressions: Iterable[tuple[int, str]], memory: int = MEMORY) -> None:
        """Raises MatchError where the expressions are too large together."""
        options = re2.Options()
        options.log_errors = False
        options.never_capture = True
        options.max_mem = memory
        self._set = re2.Set.SearchSet(options)
        self._owners = [-1]
        try:
            self._set.Add(_SENTINEL)
            for owner, expression in expressions:
                self._set.Add(expression)
                self._owners.append(owner)
            self._set.Compile()
        except re2.error as error:
            raise MatchError("the patterns are too large together") from error

    def __bool__(self) -> bool:
        return len(self._owners) > 1

    def owners(self, text: str) -> frozenset[int]:
        """The owners of what matches. Raises MatchError where memory does not suffice to tell."""
        if not self:
            return frozenset()
        found = {self._owners[index] for index in self._set.Match(text) or ()}
        if -1 not in found:
            raise MatchError("no memory left to match")
        return frozenset(found - {-1})


def paths(patterns: Iterable[tuple[int, str]]) -> Matcher:
    """A matcher of `path_key` and `skeleton` spellings by gitignore patterns."""
    return Matcher((owner, regex) for owner, pattern in patterns for regex in _regexes(pattern))


def words(literals: Iterable[tuple[int, str]]) -> Matcher:
    """A matcher of `text_key` spellings by words, wherever they stand."""
    return Matcher((owner, re2.escape(text_key(literal))) for owner, literal in literals)


def _regexes(pattern: str) -> Iterator[str]:
    for line in lines(pattern):
        regex, _ = GitIgnoreBasicPattern.pattern_to_regex(line)
        if regex is not None:
            yield regex


def lines(pattern: str) -> tuple[str, ...]:
    """The gitignore lines that a pattern stands for, in every spelling.

    A pattern for what is in a folder (`a/b/**`, `a/b/*`, `a/b/`) covers the folder's name itself too,
    be it a file, a link or a submodule, and everything below.
    """
    both = dict.fromkeys((path_key(pattern), skeleton(pattern)))
    return tuple(dict.fromkeys(line for spelled in both for line in (spelled, *_entry(spelled))))


def _entry(pattern: str) -> tuple[str, ...]:
    entry = pattern.rstrip("/")
    while entry.endswith(("/**", "/*")):
        entry = entry[: entry.rindex("/")]
    if entry == pattern or not entry.strip("*/"):
        return ()
    # A slash that is not the last sign anchors a pattern to the root: what is cut off must not set it loose.
    anchored = "/" in pattern.rstrip("/") and "/" not in entry
    return (f"/{entry}",) if anchored else (entry,)
