"""Other people's patches, read as we read git's: `python -m bench.patches FOLDER`.

FOLDER holds patch files and `manifest.json`, which says of each what `git apply --numstat` counts (or its error). A
patch that git can count is made real: its old side is committed, git applies it, and the range is read as in a review.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reviewbot import git
from reviewbot.core.diff import DiffError, Hunk, parse_hunks
from reviewbot.objects import decoded, encoded

_HEADER = re.compile(r"@@ -(?:\d+)(?:,(\d+))? \+(?:\d+)(?:,(\d+))? @@")
_LIKE_OURS = ("--numstat", "-z", "--text", "-M", "-C", "--find-copies-harder", "--no-ext-diff", "--no-textconv")
#: A hunk further down is not made real (lines).
_FAR = 1_000_000
Row = tuple[int | None, int | None, str]


def main(folder: Path) -> int:
    """Print how each patch fared; 1 where one was read otherwise than git counts it."""
    outcomes: Counter[str] = Counter()
    for entry in json.loads((folder / "manifest.json").read_text()):
        text = decoded((folder / entry["file"]).read_bytes())
        rows = [(added, removed, path) for added, removed, path in entry.get("git_apply_numstat", ())]
        outcome = _counted(text, rows) if rows else _refused(text)
        outcomes[outcome] += 1
        if outcome.startswith("WRONG"):
            print(f"  {entry['file']}: {outcome}")
    for outcome, number in outcomes.most_common():
        print(f"{number:4} {outcome}")
    return any(outcome.startswith("WRONG") for outcome in outcomes)


def parts(text: str) -> Iterator[str]:
    """The hunks of each file of a patch, cut where the counts of a hunk are used up and a new header follows."""
    held: list[str] = []
    old = new = 0
    for line in text.split("\n"):
        header = _HEADER.match(line)
        if (old > 0 or new > 0) or (line.startswith("\\") and held):
            held.append(line)
            old -= line[:1] in (" ", "-", "")
            new -= line[:1] in (" ", "+", "")
        elif header:
            old, new = int(header[1] or 1), int(header[2] or 1)
            held.append(line)
        elif held:
            yield "\n".join(held) + "\n"
            held = []
    if held:
        yield "\n".join(held) + "\n"


def _refused(text: str) -> str:
    """git has no counts: it must be read as hunks, or refused by our own error and no other."""
    try:
        found = [hunk for part in parts(text) for hunk in parse_hunks(part)]
    except DiffError:
        return "no patch to git: refused by name"
    return f"no patch to git: {'read as hunks' if found else 'has no hunks'}"


def _counted(text: str, rows: list[Row]) -> str:
    try:
        files = [parse_hunks(part) for part in parts(text)]
    except DiffError as error:
        return f"WRONG: refused ({error})"
    lines = [line for hunks in files for hunk in hunks for line in hunk.lines]
    ours = sum(line.old is None for line in lines), sum(line.new is None for line in lines)
    gits = sum(row[0] or 0 for row in rows), sum(row[1] or 0 for row in rows)
    if ours != gits:
        return f"WRONG: {ours} lines added and removed, git counts {gits}"
    if len(files) != len([row for row in rows if row[0] or row[1]]):
        return "counted alike (cannot be made real: files and hunks do not pair up)"
    if any(hunk.old_start > _FAR for hunks in files for hunk in hunks):
        return "counted alike (cannot be made real: it begins beyond a million lines)"
    return _real(text, rows, files)


def _real(text: str, rows: list[Row], files: list[tuple[Hunk, ...]]) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run(folder, "init", "-q")
        changed = [row for row in rows if row[0] or row[1]]
        for (_, _, path), hunks in zip(changed, files, strict=True):
            if any(line.old for hunk in hunks for line in hunk.lines):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(encoded(before(hunks)))
        run(folder, "add", "-A", "-f")
        run(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "old", "--allow-empty")
        applied = run(folder, "apply", "--index", "--unidiff-zero", "--whitespace=nowarn", "-", stdin=encoded(text))
        if applied.returncode:
            return "counted alike (cannot be made real: git does not apply it to what it shows of the old side)"
        run(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "new")
        with git.opened(folder) as repo:
            read = git.changes(repo, git.resolve(repo, "HEAD~1"), git.resolve(repo, "HEAD"))
        ours = Counter((len(file.added), len(file.removed), encoded(file.path)) for file in read)
        gits = Counter(numbers(run(folder, "diff", *_LIKE_OURS, "HEAD~1", "HEAD").stdout))
    return "made real by git and read alike" if ours == gits else f"WRONG: read {ours - gits}, git counts {gits - ours}"


def numbers(numstat: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The rows of `--numstat -z`: added, removed, new path."""
    fields = iter(numstat.split(b"\0")[:-1])
    for row in fields:
        added, removed, path = row.split(b"\t", 2)
        if not path:
            _, path = next(fields), next(fields)
        yield int(added) if added != b"-" else 0, int(removed) if removed != b"-" else 0, path


def before(hunks: tuple[Hunk, ...]) -> str:
    """An old side with the hunks' lines at their places, and lines of our own between them."""
    out: list[str] = []
    for hunk in hunks:
        start = hunk.old_start - (1 if hunk.old_count else 0)
        out += [f"filler {number}\n" for number in range(len(out), start)]
        out += [line.text + ("\n" if line.newline else "") for line in hunk.lines if line.old is not None]
    return "".join(out)


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=False)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
