"""What is wrong with a commit message, and the lines for a shell that give the commit a better one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from reviewbot.core.diff import FileDiff
from reviewbot.core.drafts import Message
from reviewbot.core.text import encodable, visible
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.grammar import Header, cleaned, fault, header, is_gits_own
from reviewbot.tasks.message.parts import Part, parts

#: Words that say nothing of what changed, alone or with each other.
_EMPTY = frozenset({
    "a", "address", "again", "all", "and", "another", "asdf", "bar", "bug", "bugs", "change", "changed", "changes",
    "clean", "cleanup", "code", "comments", "commit", "commits", "edit", "edits", "feedback", "file", "files",
    "final", "first", "fix", "fixed", "fixes", "fixing", "fixup", "foo", "for", "improve", "improvement",
    "improvements", "initial", "issue", "issues", "it", "last", "lint", "little", "minor", "misc", "more", "my",
    "new", "now", "of", "oops", "other", "please", "pr", "quick", "refactor", "refactoring", "review", "save",
    "small", "some", "stuff", "temp", "test", "testing", "tests", "the", "thing", "things", "this", "tmp", "to",
    "todo", "try", "tweak", "tweaks", "typo", "typos", "up", "update", "updated", "updates", "updating", "various",
    "wip", "work", "working",
})  # fmt: skip
_WIP = re.compile(r"(?:wip|do not merge|dnm)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_REBASE = "git rebase --interactive --autosquash --autostash --rebase-merges"
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def problems(message: str, convention: Convention, files: Sequence[FileDiff] | None = None) -> tuple[str, ...]:
    """What is wrong with it, a few words each. With the files of the commit a type that they contradict counts."""
    text = cleaned(message)
    if is_gits_own(message):
        return ()
    if not text.strip():
        return ("empty",)
    first, *rest = text.split("\n")
    return tuple(dict.fromkeys(_problems(first, rest, convention, files)))


def _problems(
    first: str, rest: Sequence[str], convention: Convention, files: Sequence[FileDiff] | None
) -> Iterator[str]:
    read = header(first)
    said = read.description if read is not None else first
    if convention.conventional:
        wrong = fault(first, convention.types)
        yield from {"": (), "unknown type": (f"unknown type {read.type if read else ''}",)}.get(wrong, ("no type",))
    if _WIP.match(first) or _WIP.match(said):
        yield "unfinished work"
    elif all(word.lower() in _EMPTY for word in _WORD.findall(said)):
        yield "does not say what changed"
    if len(first) > convention.max_subject:
        yield f"subject of {len(first)} characters"
    if rest and rest[0].strip():
        yield "no blank line before the body"
    if first.endswith(".") and not first.endswith("..") and not convention.full_stop:
        yield "full stop at the end of the subject"
    if read is not None and convention.conventional and files:
        yield from _contradictions(read, parts(files), convention)


def _contradictions(read: Header, held: Sequence[Part], convention: Convention) -> Iterator[str]:
    """Where the type is clearly another: what is called documents changes code, and the other way round."""
    roles = {part.role for part in held if part.role not in ("lock", "asset")}
    code = [part for part in held if part.role == "code" and part.file.hunks]
    only = {"docs": "documents", "test": "tests", "ci": "CI definitions"}
    works = any(not (part.is_commented or part.is_respaced) for part in code)
    if read.type in only and read.type not in roles and roles <= {"code"} and works:
        yield f"type {read.type}, but it changes code only"
    if read.type == "style" and any(part.is_new or part.is_gone for part in code):
        yield "type style, but files come or go"
    for role, name in only.items():
        if role in convention.unused:  # the project calls them something else
            continue
        if (roles == {role} and read.type in ("feat", "perf")) or (roles == {"docs"} == {role} and read.type == "fix"):
            yield f"type {read.type}, but it changes {name} only"


def commands(commit: str, message: Message, *, is_head: bool) -> tuple[str, ...]:
    """Lines for a POSIX shell that give the commit this message and change no file; no editor is opened.

    What is not committed is kept. For an older commit those that follow it are made anew, merges as merges.
    """
    if not _COMMIT.fullmatch(commit):
        return ()
    if is_head:
        return (f"{_printed(message.text)} | git commit --amend --only --file=-",)
    amend = _printed(f"amend! {commit}\n\n{message.text}")
    return (
        f"{amend} | git commit --allow-empty --only --file=-",
        f"GIT_SEQUENCE_EDITOR=: {_REBASE} {shlex.quote(f'{commit}^')}",
    )


def _printed(text: str) -> str:
    """What prints the text, itself on one line: each of its own is a word in quotes, and moves no terminal."""
    lines = encodable(text).removesuffix("\n").split("\n")
    return " ".join(("printf '%s\\n'", *(shlex.quote(visible(line)) for line in lines)))
