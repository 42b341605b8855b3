"""Suggestions as people commit them, by git, and whether what is left still parses."""

from __future__ import annotations

import ast
import json
import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.contract.placing import Told, fences
from tests.repositories import ENVIRONMENT, Work

_ZERO = "0" * 40


@dataclass(frozen=True)
class Edit:
    """What a forge offers to commit: lines of a file at the head, and what comes in their place."""

    path: str
    first: int
    last: int
    text: str
    before: bytes = field(repr=False)
    #: The file as the forge leaves it, where it is known.
    by_forge: bytes | None = field(default=None, repr=False)

    @property
    def old(self) -> list[bytes]:
        """The lines that go, with their ends."""
        return [row + b"\n" for row in self.before.split(b"\n")[:-1]][self.first - 1 : self.last] + (
            [self.before.rpartition(b"\n")[2]] if self.last > self.before.count(b"\n") else []
        )

    @property
    def new(self) -> list[bytes]:
        """The lines that come: they end as those that go, and so does the last."""
        end = b"\r\n" if self.old[0].endswith(b"\r\n") else b"\n"
        last = self.old[-1][len(self.old[-1].rstrip(b"\r\n")) :]
        rows = self.text.encode("utf-8", "surrogateescape").split(b"\n")
        return [*(row + end for row in rows[:-1]), rows[-1] + last]


def edits(told: Told) -> list[Edit]:
    """All that a forge offers, each by itself."""
    blobs = {file.path: (file.new.text or "").encode("utf-8", "surrogateescape") for file in told.pull.files}
    if told.service == "gitlab":
        return [
            Edit(one.path, one.first, one.last, one.new.rstrip("\r\n"), blobs[one.path],
                 told.server.applied(one).encode() if _is_utf8(blobs[one.path]) else None)
            for one in told.server.suggestions
        ]  # fmt: skip
    places = ((told.threads[name], text) for name, body in told.bodies.items() for text in fences(body))
    return [Edit(path, start or line, line, text, blobs[path]) for (path, _, line, start), text in places]


def _is_utf8(data: bytes) -> bool:
    return "\ufffd" not in data.decode(errors="replace")


def applied(work: Work, edits: Sequence[Edit]) -> list[bytes]:
    """The files, each with its edit and no other, as git makes them of a patch."""
    if not edits:
        return []
    names = [f"{number:06}" for number in range(len(edits))]
    blobs = b"".join(b"blob\nmark :%d\ndata %d\n%s\n" % (number, len(edit.before), edit.before)
                     for number, edit in enumerate(edits, 1))  # fmt: skip
    listed = "".join(f"get-mark :{number}\n" for number in range(1, len(edits) + 1)).encode()
    ids = _git(work, "fast-import", "--quiet", stdin=blobs + listed).decode().split()
    _git(work, "read-tree", "--empty")
    index = "".join(f"100644 {id}\t{name}\n" for id, name in zip(ids, names, strict=True))
    _git(work, "update-index", "--index-info", stdin=index.encode())
    patch = b"".join(_patch(name.encode(), edit) for name, edit in zip(names, edits, strict=True))
    _git(work, "apply", "--cached", "--unidiff-zero", "--whitespace=nowarn", "-", stdin=patch)
    out = _git(work, "cat-file", "--batch", stdin="".join(f":{name}\n" for name in names).encode())
    found = []
    for _ in names:
        head, _, out = out.partition(b"\n")
        size = int(head.split()[2])
        found.append(out[:size])
        out = out[size + 1 :]
    return found


def _patch(name: bytes, edit: Edit) -> bytes:
    old, new = edit.old, edit.new
    head = b"--- a/%s\n+++ b/%s\n@@ -%d,%d +%d,%d @@\n" % (name, name, edit.first, len(old), edit.first, len(new))
    return head + b"".join(map(_row, [b"-"] * len(old) + [b"+"] * len(new), [*old, *new]))


def _row(sign: bytes, row: bytes) -> bytes:
    return sign + row + (b"" if row.endswith(b"\n") else b"\n\\ No newline at end of file\n")


def _git(work: Work, *arguments: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(["git", *arguments], cwd=work.path, env=ENVIRONMENT, input=stdin, check=True,
                          capture_output=True).stdout  # fmt: skip


def parses(path: str, data: bytes) -> bool:
    """Whether Python reads a module, and its library a JSON file; of anything else nobody knows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if path.endswith(".py"):
                ast.parse(data)
            elif path.endswith(".json"):
                json.loads(data)
            else:
                return False
    except (SyntaxError, ValueError):
        return False
    return True
