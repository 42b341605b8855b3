"""All patterns or all words of a policy as one RE2 set: a single pass in linear time, whatever they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import re2  # type: ignore[import-untyped]
from pathspec.patterns.gitignore.base import GitIgnorePatternError
from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

from reviewbot.core.spellings import path_key, pattern_skeleton, text_key

#: Memory that a set may take. The limits of config.py keep every valid document far below it.
MEMORY = 64 * 1024 * 1024
#: Longer paths are not matched: no checkout has them on every system.
MAX_PATH = 1024
#: Matches everything: a set that runs out of memory answers "nothing matches", and then this lacks too.
_SENTINEL = ""
#: An escaped sign, or the beginning of a negated class that does not leave out the slash, as git's always do.
_CLASS = re.compile(r"\\.|\[\^(?!/\])")


class MatchError(ValueError):
    """It cannot be told what matches."""


class Matcher:
    """Which of several owners, known by number, a text matches."""

    def __init__(self, expressions: Iterable[tuple[int, str]], memory: int = MEMORY) -> None:
        options = re2.Options()
        options.log_errors = False
        options.never_capture = True
        options.max_mem = memory
        self._set = re2.Set.SearchSet(options)
        self._owners = [-1]
        #: Why it matches nothing and never will: "" where it can tell.
        self.problem = ""
        try:
            self._set.Add(_SENTINEL)
            for owner, expression in expressions:
                self._owners.append(owner)
                self._set.Add(expression)
            self._set.Compile()
        except (re2.error, GitIgnorePatternError):
            self.problem = "the patterns are too large together"

    def __bool__(self) -> bool:
        return len(self._owners) > 1

    def owners(self, text: str) -> frozenset[int]:
        """The owners of what matches. Raises MatchError where memory does not suffice to tell."""
        if self.problem:
            raise MatchError(self.problem)
        if not self:
            return frozenset()
        found = {self._owners[index] for index in self._set.Match(text) or ()}
        if -1 not in found:
            raise MatchError("no memory left to match")
        return frozenset(found - {-1})


def paths(patterns: Iterable[tuple[int, str]]) -> Matcher:
    """A matcher of `path_key` and `skeleton` spellings by gitignore lines, as `lines` or `plain` spells them."""
    return Matcher((owner, regex) for owner, line in patterns for regex in _regex(line))


def words(literals: Iterable[tuple[int, str]]) -> Matcher:
    """A matcher of `text_key` spellings by words, wherever they stand."""
    return Matcher((owner, re2.escape(text_key(literal))) for owner, literal in literals)


def _regex(line: str) -> Iterator[str]:
    regex, _ = GitIgnoreBasicPattern.pattern_to_regex(line)
    if regex is not None:
        yield _CLASS.sub(lambda match: "[^/" if match[0] == "[^" else match[0], regex)


def plain(pattern: str) -> tuple[str, ...]:
    """The gitignore line of a pattern and nothing more: for rules that lower a label."""
    line = path_key(pattern)
    # To git this means folders below the folder, to pathspec all that is below it.
    return (f"{line}*/" if line.endswith("/**/") else line,)


def lines(pattern: str) -> tuple[str, ...]:
    """The gitignore lines that a pattern stands for, in every spelling: for rules that raise a label.

    A pattern for what is in a folder (`a/b/**`, `a/b/*`, `a/b/`) covers the folder's name itself too,
    be it a file, a link or a submodule, and everything below.
    """
    both = dict.fromkeys((path_key(pattern), pattern_skeleton(pattern)))
    return tuple(dict.fromkeys(line for spelled in both for line in (spelled, *_entry(spelled))))


def _entry(pattern: str) -> tuple[str, ...]:
    entry = pattern.rstrip("/")
    while entry.endswith(("/**", "/*")):
        entry = entry[: entry.rindex("/")]
    if not entry.strip("*/"):
        # Nothing but stars: what lies below the folders that match, which `*` at the end leaves out.
        return (f"{pattern}/**",) if pattern.endswith("/*") else ()
    if entry == pattern:
        return ()
    # A slash that is not the last sign anchors a pattern to the root: what is cut off must not set it loose.
    anchored = "/" in pattern.rstrip("/") and "/" not in entry
    return (f"/{entry}",) if anchored else (entry,)
