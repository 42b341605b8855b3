"""Repositories to measure on: real source text, namely the standard library this Python came with."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_AUTHOR = b"Bench <bench@example.org> 1767225600 +0000"


def repository(directory: Path, files: int) -> Path:
    """A bare repository: `main` holds 600 modules, `feature` changes `files` of them in three places each."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    sources = sorted(
        path for path in stdlib.rglob("*.py") if 2_000 < path.stat().st_size < 60_000 and "test" not in path.parts
    )
    texts = {path.relative_to(stdlib).as_posix(): path.read_bytes() for path in sources[:600]}
    changed = {path: _edited(text) for path, text in list(texts.items())[:files]}
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(directory)], check=True)
    stream = b"".join((*_commit(b"main", b"", texts), *_commit(b"feature", b"from refs/heads/main\n", changed)))
    subprocess.run(["git", f"--git-dir={directory}", "fast-import", "--quiet"], input=stream, check=True)
    return directory


def _edited(text: bytes) -> bytes:
    lines = text.split(b"\n")
    for place in (len(lines) // 4, len(lines) // 2, 3 * len(lines) // 4):
        lines[place:place] = [b"# changed", b"# in three places"]
    return b"\n".join(lines)


def _commit(branch: bytes, parent: bytes, files: dict[str, bytes]) -> Iterator[bytes]:
    yield b"commit refs/heads/%s\ncommitter %s\ndata 1\nx\n%s" % (branch, _AUTHOR, parent)
    for path, text in files.items():
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text)
