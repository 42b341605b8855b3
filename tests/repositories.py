"""Real git repositories, made in a temporary folder in a few milliseconds a commit."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin", "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}  # fmt: skip


@dataclass(frozen=True)
class Work:
    """A repository with a work tree; branch `main`."""

    path: Path

    @classmethod
    def at(cls, path: Path, *arguments: str) -> Work:
        path.mkdir(parents=True, exist_ok=True)
        work = cls(path)
        work.git("init", "-q", "-b", "main", *arguments)
        return work

    def git(self, *arguments: str | bytes, stdin: bytes = b"") -> str:
        run = subprocess.run(["git", *arguments], cwd=self.path, env=ENVIRONMENT, input=stdin, capture_output=True)
        if run.returncode:
            raise AssertionError(f"git {arguments!r}: {run.stderr.decode(errors='replace')}")
        return run.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file; `name` may hold surrogate escapes for bytes that are not UTF-8."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content)

    def commit(self, message: str = "change", **files: str | bytes) -> str:
        """Commit the whole work tree and return the commit's id."""
        for name, content in files.items():
            self.write(name, content)
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
