"""What a tree entry is rather than what it says: links, modes, submodules, programs, names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from reviewbot.checks.entries import binaries, links, modules, names
from reviewbot.core.diff import Blob
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.ports import Reading

EXECUTABLE = Rule(
    "entries/executable", Severity.LOW, "Executable bit",
    "A shell or a hook runs it as a program.", 0.9,
)  # fmt: skip
TYPE = Rule(
    "entries/type", Severity.MEDIUM, "The entry becomes another kind of thing",
    "What used to read the file now meets something else at its path.", 0.95,
)  # fmt: skip
RULES = (links.SYMLINK, EXECUTABLE, TYPE, modules.SUBMODULE, binaries.BINARY, binaries.LARGE, binaries.LFS,
         names.COLLISION, names.NAME)  # fmt: skip

_SCRIPTS = frozenset({".sh", ".bash", ".zsh", ".fish", ".py", ".rb", ".pl", ".php", ".js", ".mjs", ".cjs", ".ts",
                      ".lua", ".ps1", ".bat", ".cmd", ".awk", ".tcl", ".r", ".groovy", ".command", ".run"})  # fmt: skip


def check(reading: Reading) -> Iterator[Finding]:
    yield from links.check(reading)
    yield from _type(reading)
    yield from _mode(reading)
    yield from modules.check(reading)
    yield from binaries.check(reading)
    yield from names.check(reading)


def _type(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    if file.change == "typechange":
        yield at(TYPE, file, None, title=f"{_kind(file.old)} becomes {_kind(file.new).lower()}")


def _kind(blob: Blob) -> str:
    return "A link" if blob.is_symlink else "A submodule" if blob.is_submodule else "A file"


def _mode(reading: Reading) -> Iterator[Finding]:
    old, new = reading.file.old, reading.file.new
    if new.is_executable and not old.is_executable:
        script = _is_script(reading.file.path, new)
        severity = Severity.INFO if script else Severity.MEDIUM if new.absence == "binary" else Severity.LOW
        body = EXECUTABLE.reason if script else "It does not begin like a script: was it meant?"
        yield at(EXECUTABLE, reading.file, None, title="Becomes executable", body=body, severity=severity)
    elif old.is_executable and new.mode == "100644" and (new.text or "").startswith("#!"):
        yield at(EXECUTABLE, reading.file, None, title="Script loses its executable bit",
                 body="What calls it by its path no longer can.")  # fmt: skip


def _is_script(path: str, blob: Blob) -> bool:
    return (blob.text or "").startswith("#!") or PurePosixPath(path).suffix.lower() in _SCRIPTS
