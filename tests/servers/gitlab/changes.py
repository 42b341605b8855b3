"""The change as GitLab sees it: diffs between two commits of a real repository, read live."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.repositories import ENVIRONMENT
from tests.servers.gitlab.wire import Json

#: What Gitaly compares with: files are renamed from 30 % of equal lines on.
DIFF = ("diff", "--full-index", "--find-renames=30%", "--no-color", "--no-ext-diff", "--no-textconv")
WHOLE = 10_000_000
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_SECTION = re.compile(rb"^diff --git ", re.MULTILINE)
_BODY = re.compile(r"^(?:@@ |Binary files )", re.MULTILINE)


@dataclass(frozen=True)
class Refs:
    """The three commits of a version of a merge request."""

    base: str
    #: Tip of the target branch when the version was made.
    start: str
    head: str

    @property
    def view(self) -> Json:
        return {"base_sha": self.base, "head_sha": self.head, "start_sha": self.start}


@dataclass(frozen=True)
class Line:
    """A line of a diff: its numbers, None where a side lacks it, and both running counters, which a line code has."""

    old: int | None
    new: int | None
    counters: tuple[int, int]

    @property
    def kind(self) -> str:
        """`new` is added, `old` is removed, "" is unchanged."""
        return "new" if self.old is None else "old" if self.new is None else ""


@dataclass(frozen=True)
class FileDiff:
    old_path: str
    new_path: str
    a_mode: str
    b_mode: str
    #: As git has it: A, D, M, R, T.
    status: str
    #: From the first hunk on; "" where no text changed.
    diff: str

    @property
    def is_new(self) -> bool:
        return self.status == "A"

    @property
    def is_deleted(self) -> bool:
        return self.status == "D"

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        found: list[Line] = []
        old = new = 0
        for text in self.diff.split("\n"):
            if hunk := _HUNK.match(text):
                old, new = int(hunk[1]), int(hunk[2])
            elif text.startswith(" "):
                found.append(Line(old, new, (old, new)))
                old, new = old + 1, new + 1
            elif text.startswith("+"):
                found.append(Line(None, new, (old, new)))
                new += 1
            elif text.startswith("-"):
                found.append(Line(old, None, (old, new)))
                old += 1
        return tuple(found)

    def at(self, old: int | None, new: int | None) -> Line | None:
        return next((line for line in self.lines if (line.old, line.new) == (old, new)), None)


class Repository:
    """A git repository, of which only objects and branches are read."""

    def __init__(self, path: Path) -> None:
        self.folder = _run(["git", "-C", str(path), "rev-parse", "--absolute-git-dir"]).decode().strip()
        self._files: dict[tuple[str, ...], tuple[FileDiff, ...]] = {}
        self._bases: dict[tuple[str, str], str] = {}

    def git(self, *arguments: str) -> bytes:
        """Without the work tree, so that its attributes mean nothing, as on a server."""
        bare = ("-c", "core.bare=true", "-c", "core.quotePath=false")
        return _run(["git", f"--git-dir={self.folder}", *bare, *arguments])

    def text(self, *arguments: str) -> str:
        return self.git(*arguments).decode(errors="replace")

    def refs(self, target: str, source: str) -> Refs:
        start, head = self.text("rev-parse", f"{target}^{{commit}}", f"{source}^{{commit}}").split()
        if (start, head) not in self._bases:
            self._bases[start, head] = self.text("merge-base", start, head).strip()
        return Refs(self._bases[start, head], start, head)

    def has(self, commit: str) -> bool:
        try:
            self.git("cat-file", "-e", f"{commit}^{{commit}}")
        except subprocess.CalledProcessError:
            return False
        return True

    def blob(self, commit: str, path: str) -> bytes | None:
        try:
            return self.git("cat-file", "blob", f"{commit}:{path}")
        except subprocess.CalledProcessError:
            return None

    def patch(self, refs: Refs) -> bytes:
        return self.git(*DIFF, refs.base, refs.head)

    def commits(self, refs: Refs) -> list[Json]:
        """Newest first."""
        form = "%x01%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
        log = self.text("log", f"--format={form}", f"{refs.base}..{refs.head}")
        return [_commit(entry.split("\0")) for entry in log.split("\x01")[1:]]

    def files(self, old: str, new: str, *paths: str, context: int = 3) -> tuple[FileDiff, ...]:
        """What changed; with paths, what a comparison of nothing but these finds."""
        key = (old, new, str(context), *paths)
        if key not in self._files:
            only = ("--", *(f":(literal){path}" for path in paths)) if paths else ()
            raw = self.git(*DIFF, "--raw", "-z", "--abbrev=40", old, new, *only)
            patch = self.git(*DIFF, f"-U{context}", old, new, *only)
            self._files[key] = tuple(_files(raw, patch))
        return self._files[key]


def _run(arguments: list[str]) -> bytes:
    return subprocess.run(arguments, env=ENVIRONMENT, check=True, capture_output=True).stdout


def _files(raw: bytes, patch: bytes) -> list[FileDiff]:
    found: list[FileDiff] = []
    sections = iter(_SECTION.split(patch)[1:])
    fields = iter(raw.decode(errors="replace").split("\0")[:-1])
    for field in fields:
        a_mode, b_mode, _, _, status = field.lstrip(":").split()
        old = next(fields)
        new = next(fields) if status[0] in "RC" else old
        section = next(sections).decode(errors="replace")
        if status == "T":  # in a patch a file is removed and another made
            section = next(sections).decode(errors="replace")
        begin = _BODY.search(section)
        diff = section[begin.start() :] if begin else ""
        found.append(FileDiff(old, new, a_mode, b_mode, status[0], diff))
    return found


def _commit(fields: list[str]) -> Json:
    sha, parents, author, author_email, authored, committer, committer_email, committed, message = fields
    return {
        "id": sha, "short_id": sha[:8], "title": message.partition("\n")[0], "message": message.rstrip("\n") + "\n",
        "created_at": committed, "parent_ids": parents.split(), "author_name": author, "author_email": author_email,
        "authored_date": authored, "committer_name": committer, "committer_email": committer_email,
        "committed_date": committed, "trailers": {}, "web_url": "",
    }  # fmt: skip
