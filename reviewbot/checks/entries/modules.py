"""Submodules: other repositories at a commit nobody sees in this change."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.core.diff import split_lines
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.text import clipped, visible
from reviewbot.ports import Reading

SUBMODULE = Rule(
    "entries/submodule", Severity.MEDIUM, "Submodule",
    "Its code is not part of this change: read the commits it moves over.", 0.95,
)  # fmt: skip

_SETTING = re.compile(r"\s*(url|path|update|branch)\s*=\s*(.*)", re.IGNORECASE)
_SECTION = re.compile(r"\s*\[submodule\s+\"(.*)\"\]\s*")


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    line = min(file.changed_numbers("new"), default=None)
    if file.new.is_submodule and not file.old.is_submodule:
        yield at(SUBMODULE, file, line, title="Submodule added")
    elif file.new.is_submodule and file.old.id != file.new.id:
        yield at(SUBMODULE, file, line, title="Submodule moved to another commit", severity=Severity.LOW)
    if file.path == ".gitmodules" and file.new.text is not None and not file.new.is_symlink:
        yield from _settings(reading, file.new.text)


def _settings(reading: Reading, text: str) -> Iterator[Finding]:
    before = {(section, key): value for _, section, key, value in _read(reading.file.old.text or "")}
    added = reading.file.changed_numbers("new")
    for line, section, key, value in _read(text):
        if line not in added or before.get((section, key)) == value:
            continue
        danger = _danger(key, value)
        if danger is not None:
            yield at(SUBMODULE, reading.file, line, title=danger, severity=Severity.HIGH,
                     body=f"{key} = {clipped(visible(value), 120)}. Old versions of git run it.")  # fmt: skip
        elif key == "url" and (section, key) in before:
            yield at(SUBMODULE, reading.file, line, title="Submodule comes from another address",
                     body=f"It was {clipped(visible(before[section, key]), 120)}. {SUBMODULE.reason}")  # fmt: skip
        elif key == "url" and value.startswith(("http://", "git://")):
            yield at(SUBMODULE, reading.file, line, title="Submodule fetched without encryption")


def _danger(key: str, value: str) -> str | None:
    if key == "update" and value.startswith("!"):
        return "Submodule that runs a command"
    if key in ("url", "path", "branch") and value.startswith("-"):
        return f"Submodule whose {key} is an option"
    if key == "url" and value.startswith(("ext::", "fd::", "file://")):
        return "Submodule from a command or file of the machine"
    if key == "path" and (value.startswith("/") or ".." in value.split("/") or "\r" in value):
        return "Submodule at a path outside the repository"
    return None


def _read(text: str) -> Iterator[tuple[int, str, str, str]]:
    section = ""
    for number, row in enumerate(split_lines(text), 1):
        if (match := _SECTION.fullmatch(row[:1000])) is not None:
            section = match[1]
        elif (match := _SETTING.fullmatch(row[:2000])) is not None:
            yield number, section, match[1].lower(), match[2].strip().strip('"')
