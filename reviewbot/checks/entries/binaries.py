"""What cannot be read as text: programs, large files, and pointers to large files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from reviewbot.core.diff import Blob
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.paths import is_sample
from reviewbot.core.tree import above
from reviewbot.ports import Reading

BINARY = Rule(
    "entries/binary", Severity.MEDIUM, "Program without its source",
    "Nobody can review what it does: build it, or fetch it by its checksum.", 0.9,
)  # fmt: skip
LARGE = Rule(
    "entries/large", Severity.LOW, "Large file",
    "Every clone carries it for ever, also after it is removed.", 0.95,
)  # fmt: skip
LFS = Rule(
    "entries/lfs", Severity.MEDIUM, "Large-file pointer",
    "Who checks it out gets something else than was meant.", 0.9,
)  # fmt: skip

#: Bytes from which a file is large, and from which very large.
LARGE_FROM = 1024 * 1024
HUGE_FROM = 10 * LARGE_FROM
_PROGRAMS = frozenset({
    ".exe", ".dll", ".so", ".dylib", ".jar", ".war", ".ear", ".class", ".dex", ".apk", ".aab", ".ipa", ".wasm", ".pyc",
    ".pyo", ".pyd", ".o", ".a", ".lib", ".obj", ".ko", ".sys", ".msi", ".deb", ".rpm", ".pkg", ".dmg", ".node", ".com",
    ".scr", ".efi", ".nupkg", ".whl", ".egg", ".gem", ".crx", ".xpi", ".vsix", ".snap", ".appimage",
})  # fmt: skip
_LIBRARY = re.compile(r"\.so(\.\d+){1,4}$")
_POINTER = re.compile(r"version https://git-lfs\.github\.com/spec/v1\n(ext-\d-\w+ [^\n]{1,200}\n){0,9}"
                      r"oid sha256:[0-9a-f]{64}\nsize \d{1,18}\n?")  # fmt: skip
_POINTER_START = "version https://git-lfs.github.com/spec/"


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    if not file.new.exists or file.new.is_symlink or file.new.is_submodule or file.new.id == file.old.id:
        return
    program = file.new.absence == "binary" and is_program(file.path, file.new)
    if program:
        title = BINARY.title if not file.old.exists else "Program replaced without its source"
        yield at(BINARY, file, None, title=title, severity=Severity.LOW if is_sample(file.path) else None)
    if file.new.size >= LARGE_FROM and file.old.size < LARGE_FROM and file.change != "renamed":
        severity = Severity.MEDIUM if file.new.size >= HUGE_FROM else LARGE.severity
        yield at(LARGE, file, None, title=f"{LARGE.title}: {file.new.size / LARGE_FROM:,.1f} MiB", severity=severity)
    yield from _pointers(reading)


def is_program(path: str, blob: Blob) -> bool:
    """By its name; a binary without a suffix by its mode."""
    name = PurePosixPath(path.lower())
    plain = not name.suffix and blob.is_executable
    return name.suffix in _PROGRAMS or plain or _LIBRARY.search(name.name) is not None


def _pointers(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    attributes = [f"{folder}/.gitattributes".lstrip("/") for folder in above(file.path)]
    was, now = (_is_pointer(side) for side in (file.old, file.new))
    if _is_broken(file.new):
        if _is_broken(file.old):
            return
        line = min(file.changed_numbers("new"), default=None)
        yield at(LFS, file, line, title="Large-file pointer that cannot be read",
                 body="It lacks its hash or its size: a checkout leaves it in place of the file.")  # fmt: skip
    elif was and not now and reading.tree.changed.isdisjoint(attributes):
        yield at(LFS, file, None, title="Large file committed in place of its pointer",
                 body="The attributes still send it to the large-file store: it always looks changed.")  # fmt: skip


def _is_broken(blob: Blob) -> bool:
    return blob.size < 1024 and (blob.text or "").startswith(_POINTER_START) and not _is_pointer(blob)


def _is_pointer(blob: Blob) -> bool:
    return blob.text is not None and len(blob.text) < 4096 and _POINTER.fullmatch(blob.text) is not None
