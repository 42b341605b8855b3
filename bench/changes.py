"""Changes to measure models on: real source text under three labels, changed as people change it; and git's own view.

The text is the standard library that this Python came with. Two statements and a check replace one, functions are new,
comments go; of forty changed files one is new, one is gone and one has another name. Every one of them parses.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

#: A changed line as git and a prompt know it: path, number (of the new side; removed: of the old), mark, text.
Row = tuple[str, int, str, str]

POLICY = b"""\
default = "internal"
[[rule]]
label = "restricted"
paths = ["ledger/**"]
reason = "the core ledger"
[[rule]]
label = "public"
paths = ["site/**"]
"""
RESTRICTED = "ledger/"
#: What nobody has to read, a generated file: it is in every change of thirty files and more.
LOCK = "package-lock.json"
_FOLDERS = ("api", "site", RESTRICTED.rstrip("/"), "jobs", "store")
_MODULES, _NEW = 420, 20
_AUTHOR = b"Bench <bench@example.org> 1767225600 +0000"
_ASSIGNED = re.compile(r"( +)(\w+) = ([^#]+)")
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Change:
    """A bare repository: `main` holds 400 modules, `feature` changes some. What git says of it."""

    repository: Path
    #: Files that a model should read, and their changed lines.
    files: int
    rows: frozenset[Row]
    #: Characters of `git diff` of these files.
    size: int


def made(directory: Path, files: int) -> Change:
    """A change of `files` files, always the same on the same Python."""
    texts = {f"{_FOLDERS[number % len(_FOLDERS)]}/{path}": text for number, (path, text) in enumerate(_modules())}
    base, rest = dict(list(texts.items())[:-_NEW]), iter(list(texts.items())[-_NEW:])
    head: dict[str, str | None] = {}
    names = iter(base.items())
    for number in range(files - (files >= 30)):
        path, text = next(names)
        changed = _edited(text, Random(number))  # noqa: S311
        match number % 40:
            case 7:
                head |= [next(rest)]
            case 11:
                head[path] = None
            case 16:
                head |= {path: None, path.replace(".py", "_now.py"): changed}
            case _:
                head[path] = changed
    locked = {LOCK: _lock(0)}
    if files >= 30:
        head[LOCK] = _lock(1)
    _written(directory, {".reviewbot.toml": POLICY.decode()} | locked | base, head)
    return Change(directory, files - (files >= 30), frozenset(_rows(_diff(directory, "-U0"))), len(_diff(directory)))


def _modules() -> Iterator[tuple[str, str]]:
    stdlib = Path(sysconfig.get_path("stdlib"))
    # Tables of encodings are copies of each other, and a copy has few changed lines.
    unfit = {"test", "tests", "site-packages", "encodings"}
    paths = [path for path in stdlib.rglob("*.py") if not unfit & set(path.parts)]
    texts = ((path, path.read_bytes()) for path in sorted(paths) if 2_000 < path.stat().st_size < 60_000)
    plain = [(path.relative_to(stdlib).as_posix(), text.decode()) for path, text in texts if text.isascii()]
    # Not in the order of their names: neighbours are alike.
    Random(1).shuffle(plain)  # noqa: S311
    yield from plain[:_MODULES]


def _edited(text: str, random: Random) -> str:
    """The text with one to six places changed."""
    lines = text.splitlines()
    for _ in range(random.choice((1, 1, 2, 3, 4, 6))):
        for _ in range(200):  # not every place can be changed
            edited = _changed(lines, random.randrange(len(lines)), random)
            if edited is not None and _parses(edited):
                lines = edited
                break
    return "\n".join(lines) + "\n"


def _changed(lines: list[str], at: int, random: Random) -> list[str] | None:
    line = lines[at]
    if match := _ASSIGNED.fullmatch(line):
        indent, name, value = match.groups()
        new = [f"{indent}found = {value}", f"{indent}if found is None:", f'{indent}    raise ValueError("no {name}")',
               f"{indent}{name} = found"]  # fmt: skip
        return lines[:at] + new[: random.choice((1, 4, 4))] + lines[at + 1 :]
    if line.startswith(("def ", "class ")) and not lines[at - 1].strip():
        body = [f"    part{number} = values[{number}] * scale + {number}" for number in range(random.randrange(2, 25))]
        return [*lines[:at], f"def _scaled_{at}(values, scale):", *body, "    return part0", "", "", *lines[at:]]
    if line.strip().startswith("#"):
        return lines[:at] + lines[at + random.randrange(1, 3) :]
    return None


def _parses(lines: list[str]) -> bool:
    try:
        ast.parse("\n".join(lines))
    except SyntaxError:
        return False
    return True


def _lock(version: int) -> str:
    held = ",\n".join(f'  "package{number}": {{"version": "{version}.{number}.0"}}' for number in range(400))
    return f"{{\n{held}\n}}\n"


def _written(directory: Path, base: Mapping[str, str], head: Mapping[str, str | None]) -> None:
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(directory)], check=True)
    whole = {path: text.encode() for path, text in base.items()}
    changed = {path: None if text is None else text.encode() for path, text in head.items()}
    stream = b"".join((*_commit(b"main", b"", whole), *_commit(b"feature", b"from refs/heads/main\n", changed)))
    subprocess.run(["git", f"--git-dir={directory}", "fast-import", "--quiet"], input=stream, check=True)


def _commit(branch: bytes, parent: bytes, files: Mapping[str, bytes | None]) -> Iterator[bytes]:
    yield b"commit refs/heads/%s\ncommitter %s\ndata 1\nx\n%s" % (branch, _AUTHOR, parent)
    for path, text in files.items():
        if text is None:
            yield b"D %s\n" % path.encode()
        else:
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text)


def _diff(directory: Path, *options: str) -> str:
    argv = ["git", f"--git-dir={directory}", "diff", "-M", "--no-color", *options, "main", "feature", "--",
            f":(exclude){LOCK}"]  # fmt: skip
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def _rows(diff: str) -> Iterator[Row]:
    """The changed lines of a diff without context."""
    path, old, new, is_heading = "", 0, 0, True
    for line in diff.splitlines():
        hunk = _HUNK.match(line)
        if line.startswith("diff --git "):
            is_heading = True
        elif is_heading and line.startswith(("--- ", "+++ ")):
            path = path if line[4:] == "/dev/null" else line[6:]
        elif hunk:
            is_heading, old, new = False, int(hunk[1]), int(hunk[2])
        elif not is_heading and line.startswith("-"):
            yield path, old, "-", line[1:]
            old += 1
        elif not is_heading and line.startswith("+"):
            yield path, new, "+", line[1:]
            new += 1
