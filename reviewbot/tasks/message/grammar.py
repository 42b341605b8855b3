"""The grammar of commit messages: headers as Conventional Commits 1.0 has them, the blank line, the footers."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

#: The types that most projects know, by the names that the convention gives them.
TYPES = ("feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert")
#: A subject is never longer, whatever a table or a log says.
MOST = 72
BREAKING = "BREAKING CHANGE: "
#: Characters of a message that are read: no log has more to teach.
_READ = 20_000

#: `,` and `#` stand in scopes of real projects, blanks and brackets do not.
SCOPE = r"[\w.,/#@:+-]{1,60}"
_HEADER = re.compile(rf"([A-Za-z][\w-]{{0,30}})(?:\(({SCOPE})\))?(!)?: (\S.*)")
_FOOTER = re.compile(r"(BREAKING[ -]CHANGE|[A-Za-z][A-Za-z0-9]{0,30}(?:-[A-Za-z0-9]{1,30}){0,5})(?:: | #)(\S.*)")
_MERGE = re.compile(r"(?i:merge) (?:(?i:branch|remote-tracking branch|pull request|tag|commit)\b|\S+ into \S)")
_REVERT = re.compile(r'Revert "')
_AUTOSQUASH = re.compile(r"(?:fixup|squash|amend)! ")
#: An issue that opens a subject; no comment of git's begins like that.
_NUMBER = re.compile(r"#\d+[ :]")
#: What `git commit --verbose` puts below the message, and is no part of it.
_SCISSORS = re.compile(r"^# -+ >8 -+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Header:
    """`type(scope)!: description`"""

    type: str
    scope: str
    breaking: bool
    description: str

    def __str__(self) -> str:
        scope = f"({self.scope})" if self.scope else ""
        return f"{self.type}{scope}{'!' if self.breaking else ''}: {self.description}"


def header(line: str) -> Header | None:
    """A line as a header, None for one that is none."""
    found = _HEADER.fullmatch(line)
    return None if found is None else Header(found[1], found[2] or "", found[3] is not None, found[4].rstrip())


def cleaned(message: str) -> str:
    """What git takes of the text that an editor gives back: no comments, no blanks at the ends of lines."""
    text = message[:_READ]
    if cut := _SCISSORS.search(text):
        text = text[: cut.start()]
    rows = text.split("\n")
    kept = [line for at, line in enumerate(rows) if not line.startswith("#") or (at == 0 and _NUMBER.match(line))]
    lines = [line.rstrip() for line in kept]
    return "\n".join(lines).strip("\n")


def subject(message: str) -> str:
    """The first line of a message."""
    return cleaned(message).partition("\n")[0]


def is_merge(message: str) -> bool:
    return _MERGE.match(message) is not None


def is_autosquash(message: str) -> bool:
    """Whether a rebase will fold it into another commit."""
    return _AUTOSQUASH.match(message) is not None


def is_gits_own(message: str) -> bool:
    """Whether git has worded it: merges, reverts, and what a rebase folds away."""
    return is_merge(message) or is_autosquash(message) or _REVERT.match(message) is not None


def fault(message: str, types: Collection[str] = TYPES) -> str:
    """What of a message is not as the convention has it, "" for a valid one. Types are valid in any case."""
    first, *rest = cleaned(message).split("\n")
    if not first.strip():
        return "empty"
    read = header(first)
    if read is None:
        return "no `type: description`"
    if read.type.lower() not in {one.lower() for one in types}:
        return "unknown type"
    if rest and rest[0].strip():
        return "no blank line before the body"
    return ""


def is_footer(line: str) -> bool:
    return _FOOTER.fullmatch(line) is not None


def footers(body: str) -> tuple[tuple[str, str], ...]:
    """The footers of a body: the lines of its last paragraph, where its first line is one."""
    paragraph = body.strip().rpartition("\n\n")[2]
    lines = paragraph.split("\n")
    if not _FOOTER.fullmatch(lines[0]):
        return ()
    return tuple((found[1], found[2]) for found in map(_FOOTER.fullmatch, lines) if found is not None)
