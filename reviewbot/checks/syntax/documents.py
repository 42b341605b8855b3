"""JSON, TOML and YAML: where a text stops being what its name says, and keys that are given twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from reviewbot.core import toml
from reviewbot.core.nodes import BrokenError, Node, NodesError, compose, walk
from reviewbot.core.tables import lines

FORMATS = {
    ".json": "json", ".jsonc": "json", ".webmanifest": "json", ".geojson": "json", ".code-workspace": "json",
    ".toml": "toml", ".yml": "yaml", ".yaml": "yaml",
}  # fmt: skip
_NAMES = {"pipfile": "toml", "cargo.lock": "toml", "poetry.lock": "toml", "uv.lock": "toml", "pdm.lock": "toml",
          "composer.lock": "json", "pipfile.lock": "json", ".clang-format": "yaml", ".clang-tidy": "yaml"}  # fmt: skip
#: JSON whose readers take comments and trailing commas, by name.
_COMMENTED = re.compile(r"(?i)(^|/)(\.vscode/|\.devcontainer/)|\.jsonc$|\.code-workspace$|"
                        r"(^|/)(ts|js)config[^/]*\.json$|(^|/)(\.?(eslintrc|babelrc|swcrc|jshintrc|oxlintrc|hintrc)|devcontainer|turbo|deno|"
                        r"biome|nx|tslint|wrangler|api-extractor|launchsettings|appsettings[^/]*)\.json$")  # fmt: skip
#: One token that may hide what looks like another; every alternative ends where it fails, so matching is linear.
_JSON_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*+"?|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING = re.compile(r'"(?:[^"\\\n]|\\.)*+"?|,(?=\s*[}\]])')
_TEMPLATE = re.compile(r"(?<!\$)\{\{|\{%|<%")
#: Longer documents are not read (characters).
MAX_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a text breaks (None: it does not say where), and of what format it no longer is."""

    line: int | None
    format: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A key that a mapping has twice, at both its lines."""

    key: str
    first: int
    second: int
    #: The format allows none: its readers refuse the whole document.
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader of the format says of a text; `read` is false where none was asked."""

    read: bool
    fault: Fault | None = None
    twins: tuple[Twin, ...] = ()
    #: JSON that is none by the standard, and is one to readers that take comments and trailing commas.
    lenient: bool = False
    commented: bool = False


UNREAD = Verdict(False)


def format_of(path: str) -> str | None:
    name = PurePosixPath(path)
    return _NAMES.get(name.name.lower()) or FORMATS.get(name.suffix.lower())


def is_template(text: str) -> bool:
    """True for text that a template engine turns into the document: Helm, Jinja, ERB. `${{` is an expression."""
    return _TEMPLATE.search(text) is not None


def judge(path: str, text: str) -> Verdict:
    """Read a document by the format of its name."""
    kind = format_of(path)
    if kind is None or len(text) > MAX_TEXT:
        return UNREAD
    text = text.removeprefix("\ufeff")
    if kind == "json":
        return _json(path, text)
    return _toml(text) if kind == "toml" else _yaml(text)


def _json(path: str, text: str) -> Verdict:
    strict = _json_once(text) if text.strip() else UNREAD
    if strict.fault is None:
        return strict
    bare = _JSON_TOKEN.sub(_blank, text)
    loose = _json_once(_TRAILING.sub(_no_comma, bare))
    if _COMMENTED.search(path):
        return loose
    lenient = loose.read and loose.fault is None
    return Verdict(True, strict.fault, loose.twins, lenient=lenient, commented=bare != text)


def _json_once(text: str) -> Verdict:
    doubled: list[bool] = []

    def pairs(given: list[tuple[str, object]]) -> None:
        if len({name for name, _ in given}) < len(given):
            doubled.append(True)

    try:
        json.loads(text, object_pairs_hook=pairs, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and "\n" in text[: error.pos] and "\n" not in text[: error.pos].strip():
            return UNREAD  # one document a line
        return Verdict(True, Fault(text.count("\n", 0, error.pos) + 1, "JSON"))
    except RecursionError:
        return UNREAD
    return Verdict(True, None, tuple(_twins(text)) if doubled else ())


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else re.sub(r"[^\n]", " ", match[0])


def _no_comma(match: re.Match[str]) -> str:
    return " " if match[0] == "," else match[0]


def _toml(text: str) -> Verdict:
    try:
        return UNREAD if toml.load(text) is None else Verdict(True)
    except toml.BrokenError as error:
        known = lines(text)
        if not error.twice or known.duplicate is None:
            return Verdict(True, Fault(error.line, "TOML"))
        place, second = known.duplicate
        return Verdict(True, None, (Twin(str(place[-1]), known.known[place], second, refused=True),))


def _yaml(text: str) -> Verdict:
    try:
        roots = compose(text)
    except BrokenError as error:
        return Verdict(True, Fault(error.line, "YAML"))
    except NodesError:
        return UNREAD
    return Verdict(True, None, tuple(_doubled(roots)))


def _twins(text: str) -> Iterator[Twin]:
    """Doubled keys of JSON, whose lines YAML's reader knows: nearly all JSON is YAML."""
    try:
        roots = compose(text.replace("\t", " "))
    except NodesError:
        return
    yield from _doubled(roots)


def _doubled(roots: tuple[Node, ...]) -> Iterator[Twin]:
    for node in walk(roots):
        seen: dict[str, int] = {}
        for name, key, _ in node.entries():
            if name in seen and name != "<<":
                yield Twin(name, seen[name], key.line)
            seen.setdefault(name, key.line)
