"""Where a report goes: files by their names, and the terminal or a log."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reviewbot.cli.environment import in_ci
from reviewbot.core.report import Report
from reviewbot.core.text import harmless, visible
from reviewbot.errors import NotReviewedError, UsageError
from reviewbot.formats import Render, renderer

#: What a file may be to others, as far as whoever runs this lets it.
_MODE = 0o666


def renderers(names: Sequence[str], ledger: str | None = None) -> list[tuple[str, Render]]:
    """Each file with its format, before anything is done. Raises UsageError for a name of none, or of the ledger."""
    kept = () if ledger is None else (Path(ledger).absolute(), Path(f"{ledger}.sig").absolute())
    for name in names:
        if Path(name).absolute() in kept:
            raise UsageError(f"{visible(name)}: it is the ledger, which a report must not replace")
    return [(name, renderer(name)) for name in names if name != "-"]


def writable(names: Iterable[str]) -> None:
    """Raises UsageError for a file that cannot be written: better now than when everything was sent and paid for."""
    for name in names:
        path = Path(name)
        try:
            problem = (
                "it is a link" if path.is_symlink()
                else "it is a folder" if path.is_dir()
                else "no such folder" if not path.parent.is_dir()
                else "not permitted" if not os.access(path if path.exists() else path.parent, os.W_OK)
                else ""
            )  # fmt: skip
        except ValueError:  # a NUL in the name
            problem = "no such name"
        if problem:
            raise UsageError(f"{visible(name)}: cannot be written: {problem}")


def publish(report: Report, outputs: Sequence[tuple[str, Render]], environ: Mapping[str, str], *, whole: bool,
            notices: Sequence[str] = (), lost: bool = False) -> int:  # fmt: skip
    """Write every report that can be written and print one; the exit code of the run.

    `notices` are what there is to say of telling it on a forge, `lost` whether that failed.
    """
    problems = [problem for name, render in outputs if (problem := written(name, render(report)))]
    _print(report, environ, whole=whole)
    if summary := environ.get("GITHUB_STEP_SUMMARY", "") if environ.get("GITHUB_ACTIONS") else "":
        from reviewbot.formats import steps

        problem = written(summary, steps.render(report, notices), more=True)
        problems += [problem] if problem else []
    for notice in notices:
        print(f"! {harmless(notice)}")
    for problem in problems:
        print(f"reviewbot: {problem}", file=sys.stderr)
    return max(report.exit_code, UsageError.exit_code if problems else 0, NotReviewedError.exit_code if lost else 0)


def written(name: str, text: str, mode: int = _MODE, *, more: bool = False) -> str:
    """Write a file, or with `more` at its end; why it could not be, "" where it was."""
    try:
        # The name may be that of a link which the pull request brought.
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if more else os.O_TRUNC) | getattr(os, "O_NOFOLLOW", 0)
        data = text.encode("utf-8", "surrogateescape")  # before anything that is there is cut
        with open(os.open(name, flags, mode), "wb") as stream:  # noqa: PTH123 (a descriptor)
            if mode != _MODE and stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                # The file may have been there, open to everyone.
                os.chmod(stream.fileno() if os.chmod in os.supports_fd else name, mode)  # noqa: PTH101 (a descriptor)
            stream.write(data)
    except OSError as error:
        return f"{visible(name)}: cannot be written: {error.strerror}"
    except ValueError:  # a NUL in the name
        return f"{visible(name)}: cannot be written: no such name"
    return ""


def _print(report: Report, environ: Mapping[str, str], *, whole: bool) -> None:
    """Print the report: to whoever asks for it, the whole; to a CI log, which many can read, no line of any file."""
    if in_ci(environ) and not whole:
        from reviewbot.formats import log

        service: log.Service = (
            "actions" if environ.get("GITHUB_ACTIONS") else "gitlab" if environ.get("GITLAB_CI") else ""
        )
        sys.stdout.write(log.render(report, service))
        return
    from reviewbot.formats import terminal

    colour = sys.stdout.isatty() and not environ.get("NO_COLOR")
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    sys.stdout.write(terminal.render(report, width=width, colour=colour))
