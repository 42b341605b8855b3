"""`python -m bench.messages DATA [REPOSITORY ...]`: the tables of docs/messages.md, from commits that people wrote."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewbot import git
from reviewbot.core.diff import NOTHING, Blob, ChangeKind, DiffError, FileDiff, Hunk, parse_hunks
from reviewbot.core.labels import Label
from reviewbot.core.paths import is_pipeline, is_test
from reviewbot.tasks.message import grammar
from reviewbot.tasks.message.composing import composed
from reviewbot.tasks.message.convention import Convention, learned

_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$")
_NAMES = re.compile(r"^diff --git a/(.*) b/(.*)$")


#: Commits of a repository that are measured, of how many that are read, and messages before each that it learns from.
COMMITS, READ, LOG = 150, 600, 200
#: Who wrote no message: robots, and what git words by itself.
_ROBOT = re.compile(r"\[bot\]|dependabot|renovate|pre-commit-ci|^update (dependency|all) |^release |v?\d+\.\d+\.\d+$")


@dataclass(frozen=True, slots=True)
class Row:
    """One commit as its author wrote it, and its change."""

    project: str
    subject: str
    type: str
    scope: str
    files: tuple[FileDiff, ...]


def rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield Row(row["repo"], row["subject_no_pr"], row["type"], row["scope"] or "", tuple(diffs(row["diff"])))


def diffs(patch: str) -> Iterator[FileDiff]:
    """The files of a patch that may be cut; the sides are what its hunks show, each line at its number."""
    for part in re.split(r"^(?=diff --git )", patch, flags=re.MULTILINE)[1:]:
        head, mark, body = part.partition("\n@@ ")
        lines = head.split("\n")
        names = _NAMES.match(lines[0])
        if names is None:
            continue
        yield _file(names[1], names[2], lines[1:], _hunks(f"@@ {body}" if mark else ""))


def _file(old: str, new: str, head: Sequence[str], hunks: tuple[Hunk, ...]) -> FileDiff:
    change: ChangeKind = "modified"
    for line in head:
        for start, kind in _KINDS.items():
            if line.startswith(start):
                change = kind
    sides = (
        NOTHING if change == "added" else _side(hunks, True),
        NOTHING if change == "deleted" else _side(hunks, False),
    )
    return FileDiff(change, new, old, *sides, hunks)


_KINDS: dict[str, ChangeKind] = {
    "new file": "added", "deleted file": "deleted", "rename from": "renamed", "copy from": "copied",
}  # fmt: skip


def _side(hunks: Iterable[Hunk], old: bool) -> Blob:
    rows: list[str] = []
    for line in (line for hunk in hunks for line in hunk.lines):
        number = line.old if old else line.new
        if number is not None:
            rows += [""] * (number - 1 - len(rows)) + [line.text]
    text = "".join(f"{row}\n" for row in rows)
    return Blob("0" * 40, "100644", len(text.encode("utf-8", "replace")), text)


def _hunks(body: str) -> tuple[Hunk, ...]:
    """The hunks; of a patch that was cut, the last one is as long as its lines are."""
    try:
        return parse_hunks(body)
    except DiffError:
        return parse_hunks(_mended(body))


def _mended(body: str) -> str:
    out: list[list[str]] = []
    for line in body.split("\n"):
        if _HUNK.match(line):
            out.append([line])
        elif out and line[:1] in ("+", "-", " ", "\\") and line:
            out[-1].append(line)
    return "".join(_announced(lines) for lines in out)


def _announced(lines: list[str]) -> str:
    found = _HUNK.match(lines[0])
    old, new = (sum(line[0] in marks for line in lines[1:]) for marks in ("- ", "+ "))
    if found is None or not old + new:
        return ""
    return "\n".join([f"@@ -{found[1]},{old} +{found[2]},{new} @@{found[3]}", *lines[1:]]) + "\n"


def main(folder: Path, repositories: Sequence[Path] = ()) -> int:
    headers(folder / "commit-headers.jsonl.gz")
    print("\n| commits | rows | types | by the convention's defaults | by paths | always `fix` | valid | scopes |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    found = list(rows(folder / "commits-dev.jsonl.gz"))
    subjects = [row.subject for row in found]
    logs = [[subjects[m] for m, one in enumerate(found) if m != n and one.project == row.project]
            for n, row in enumerate(found)]  # fmt: skip
    report("all four", found, logs)
    for project in dict.fromkeys(row.project for row in found):
        own = [n for n, row in enumerate(found) if row.project == project]
        report(project, [found[n] for n in own], [logs[n] for n in own])
    for repository in repositories:
        report(repository.resolve().name, *history(repository))
    return 0


def report(name: str, found: Sequence[Row], logs: Sequence[Sequence[str]]) -> None:
    """One line: from the change of each row and the other messages of its project a message is made."""
    conventions = [learned(log) for log in logs]
    made = [composed(row.files, convention, Label.INTERNAL) for row, convention in zip(found, conventions, strict=True)]
    plain = [composed(row.files, Convention(), Label.INTERNAL) for row in found]
    types, defaults = ([_type(message.subject) for message in messages] for messages in (made, plain))
    valid = [not grammar.fault(message.text, convention.types) and len(message.subject) <= grammar.MOST
             for message, convention in zip(made, conventions, strict=True)]  # fmt: skip
    print(f"| {name} | {len(found)} | {_share(found, types)} | {_share(found, defaults)} | "
          f"{_share(found, [by_paths(row.files) for row in found])} | {_share(found, ['fix'] * len(found))} | "
          f"{sum(valid)}/{len(valid)} | {_scopes(found, [one.subject for one in made], conventions)} |")  # fmt: skip


def _type(subject: str) -> str:
    read = grammar.header(subject)
    return read.type if read is not None else ""


def _share(found: Sequence[Row], types: Sequence[str]) -> str:
    right = sum(row.type == said for row, said in zip(found, types, strict=True))
    return f"{right / max(1, len(found)):.3f}"


def _scopes(found: Sequence[Row], subjects: Sequence[str], conventions: Sequence[Convention]) -> str:
    """Of the rows whose scope the rest of the log has, how many got it; of those without one, how many got none."""
    known = named = bare = left = 0
    for row, subject, convention in zip(found, subjects, conventions, strict=True):
        read = grammar.header(subject)
        said = read.scope.lower() if read is not None else ""
        if not row.scope:
            bare, left = bare + 1, left + (not said)
        elif row.scope.lower() in {one.lower() for one in convention.scopes}:
            known, named = known + 1, named + (said == row.scope.lower())
    return f"{named}/{known} named, {left}/{bare} left out"


def by_paths(files: Sequence[FileDiff]) -> str:
    """What paths alone say of a change: documents, tests, pipelines, manifests, else a feature."""
    paths = [file.path for file in files]
    for said, holds in (
        ("docs", lambda path: path.endswith((".md", ".rst", ".txt")) or path.startswith("docs/")),
        ("test", is_test),
        ("ci", is_pipeline),
        ("build", lambda path: path.endswith(("package.json", "pyproject.toml", "go.mod", "Cargo.toml", ".lock"))),
    ):
        if all(map(holds, paths)):
            return said
    return "feat"


def headers(path: Path) -> None:
    """The grammar against messages that two other projects call valid or not."""
    right: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name, wanted, said = _judged(row)
            counts[name] += 1
            right[name] += wanted is None or wanted == said
            if wanted is not None and wanted != said:
                print(f"  {name}: {row['message']!r} is {wanted}, not {said}: {row['note']}")
    print(", ".join(f"{name}: {right[name]} of {counts[name]}" for name in counts if name != "set aside"),
          f"and {counts['set aside']} set aside")  # fmt: skip


def _judged(row: dict[str, Any]) -> tuple[str, bool | None, bool]:
    """Which question a row asks, its answer (None: ours differs on purpose, see docs/messages.md), and ours."""
    message, note, wanted = row["message"], row["note"], row["valid"]
    told = note.endswith("expected True")
    if note.startswith("test_has_autosquash_prefix"):
        return "autosquash", told, grammar.is_autosquash(message)
    if note.startswith("test_is_merge_commit"):
        return "merges", told, grammar.is_merge(message)
    if note.startswith("test_is_conventional"):
        return "headers", told, not grammar.fault(message)
    if wanted is None or ("scope_not_optional" in note and "empty" not in note):
        return "set aside", None, False
    types = (*grammar.TYPES, "bump") if row["source"].startswith("commitizen") else grammar.TYPES
    return "headers", wanted, not grammar.fault(message, types)


def history(repository: Path) -> tuple[list[Row], list[list[str]]]:
    """Commits of a repository whose messages people wrote by the convention, each with the messages before it."""
    found: list[Row] = []
    logs: list[list[str]] = []
    with git.opened(repository) as repo:
        commits = git.history(repo, git.resolve(repo, "HEAD"), READ + LOG)
        for number, commit in enumerate(commits[:READ]):
            read = grammar.header(commit.subject)
            if len(found) == COMMITS or read is None or len(commit.parents) != 1 or _ROBOT.search(read.description):
                continue
            if read.type in grammar.TYPES:
                files = git.changes(repo, commit.parents[0], commit.id)
                found.append(Row(repository.name, commit.subject, read.type, read.scope, files))
                logs.append([one.message for one in commits[number + 1 : number + 1 + LOG]])
    return found, logs


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), [Path(path) for path in sys.argv[2:]]))
