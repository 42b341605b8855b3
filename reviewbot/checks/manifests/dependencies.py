"""What a manifest asks for: every dependency with its specification and its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from reviewbot.core import toml
from reviewbot.core.diff import split_lines
from reviewbot.core.nodes import NodesError, compose
from reviewbot.core.tables import Lines, Place, lines

#: More of them are not looked at.
MAX_DEPENDENCIES = 5_000


@dataclass(frozen=True, slots=True)
class Dependency:
    """One line of a manifest. `spec` is what it says of version and source, without what a lock does not record."""

    name: str
    spec: str
    line: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    kind: str
    dependencies: tuple[Dependency, ...]
    #: Commands that run when the package is installed.
    scripts: tuple[Dependency, ...] = ()


_REQUIREMENTS = re.compile(
    r"(^|[-_./])(requirements|constraints)([-_.\w]{0,60})\.(txt|in)$|(^|/)requirements/[^/]+\.(txt|in)$"
)
KINDS = {"package.json": "npm", "pyproject.toml": "python", "Pipfile": "pipfile", "Cargo.toml": "cargo",
         "go.mod": "go", "Gemfile": "gem", "composer.json": "composer"}  # fmt: skip


def kind_of(path: str) -> str | None:
    """The ecosystem of a manifest by its name."""
    known = KINDS.get(PurePosixPath(path).name)
    return known or ("requirements" if _REQUIREMENTS.search(path.lower()) else None)


def read(path: str, text: str | None) -> Manifest | None:
    """The manifest of that name; None for any other file and for what cannot be read."""
    kind = kind_of(path)
    if kind is None or text is None:
        return None
    if kind in ("npm", "composer"):
        return _json(kind, text)
    if kind in ("python", "pipfile", "cargo"):
        return _toml(kind, text)
    found = {"go": _go, "gem": _gems, "requirements": _requirements}[kind](text)
    return Manifest(kind, tuple(found))


_JSON_SECTIONS = {
    "npm": ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "overrides", "resolutions"),
    "composer": ("require", "require-dev"),
}
_INSTALL = {"npm": ("preinstall", "install", "postinstall"), "composer": ()}


def _json(kind: str, text: str) -> Manifest | None:
    try:
        # Nearly all JSON is YAML, whose reader knows the lines.
        roots = compose(text.replace("\t", " "))
    except NodesError:
        return None
    if not roots:
        return None
    root = roots[0]
    found = []
    for section in _JSON_SECTIONS[kind]:
        held = root.get(section)
        for name, key, value in held.entries() if held is not None else ():
            found.append(Dependency(name, value.text or "", key.line, section))
    scripts = root.get("scripts")
    commands = [
        Dependency(name, value.text, key.line)
        for name, key, value in (scripts.entries() if scripts is not None else ())
        if name in _INSTALL[kind] and value.text
    ]
    return Manifest(kind, tuple(found), tuple(commands))


def _toml(kind: str, text: str) -> Manifest | None:
    try:
        document = toml.load(text)
    except toml.BrokenError:
        return None
    if document is None:
        return None
    places = _python(document) if kind == "python" else _tables(document, _sections(kind, document))
    known = lines(text)
    return Manifest(kind, tuple(_dependency(kind, place, value, known) for place, value in places)[:MAX_DEPENDENCIES])


def _python(document: dict[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Lists of requirements (PEP 621, PEP 735) and Poetry's tables."""
    project = _at(document, "project")
    lists: list[tuple[Place, Any]] = [(("project", "dependencies"), project.get("dependencies"))]
    for folder in (("project", "optional-dependencies"), ("dependency-groups",), ("tool", "pdm", "dev-dependencies")):
        lists += [((*folder, name), value) for name, value in _at(document, *folder).items()]
    lists.append((("tool", "uv", "dev-dependencies"), _at(document, "tool", "uv").get("dev-dependencies")))
    for place, value in lists:
        for number, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, str):
                yield (*place, number), item
    groups = _at(document, "tool", "poetry", "group")
    sections: list[tuple[str, ...]] = [("tool", "poetry", "dependencies"), ("tool", "poetry", "dev-dependencies")]
    sections += [("tool", "poetry", "group", name, "dependencies") for name in groups]
    yield from _tables(document, sections)


def _sections(kind: str, document: dict[str, Any]) -> list[tuple[str, ...]]:
    if kind == "pipfile":
        return [("packages",), ("dev-packages",)]
    plain = ("dependencies", "dev-dependencies", "build-dependencies")
    targets = _at(document, "target")
    return [
        *((name,) for name in plain),
        ("workspace", "dependencies"),
        *(("target", target, name) for target in targets for name in plain),
    ]


def _tables(document: dict[str, Any], sections: list[tuple[str, ...]]) -> Iterator[tuple[Place, Any]]:
    for section in sections:
        for name, value in _at(document, *section).items():
            yield (*section, name), value


def _at(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


#: What of a dependency's table says where it comes from.
_SOURCES = (
    "version",
    "git",
    "url",
    "path",
    "rev",
    "ref",
    "tag",
    "branch",
    "workspace",
    "registry",
    "index",
    "source",
)


def _dependency(kind: str, place: Place, value: Any, known: Lines) -> Dependency:
    line = known.of(place) or 1
    if kind == "python" and isinstance(place[-1], int):
        name, spec = requirement(value)
        return Dependency(name, spec, line, str(place[-2]))
    name = str(place[-1])
    if isinstance(value, dict):
        # Cargo: the key is a name of our own, and the lock knows the package's.
        name = value["package"] if isinstance(value.get("package"), str) else name
        spec = " ".join(f"{key}={value[key]}" for key in _SOURCES if isinstance(value.get(key), str | bool))
        spec = spec.removeprefix("version=") if spec.startswith("version=") and " " not in spec else spec
    else:
        spec = str(value)
    return Dependency(name.lower().replace("_", "-"), spec, line, str(place[-2]) if len(place) > 1 else "")


_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]{0,200})\s*(?:\[[^\]]{0,500}\])?")
_SEPARATORS = re.compile(r"[-_.]+")


def requirement(text: str) -> tuple[str, str]:
    """Name, as Python compares names, and specification of a requirement, without its marker."""
    match = _NAME.match(text)
    if match is None:
        return text.strip()[:200], ""
    spec = text[match.end() :].partition(";")[0]
    return _SEPARATORS.sub("-", match[1]).lower(), "".join(spec.split()).strip("()")


_OPTION = re.compile(r"(?<!\s)\s++--?[a-z]")
_COMMENT = re.compile(r"(^|\s)#.*")


def _requirements(text: str) -> Iterator[Dependency]:
    start, held = 0, ""
    for number, row in enumerate(split_lines(text), 1):
        start = number if not held else start
        held += row.rstrip("\r").removesuffix("\\") + " "
        if row.rstrip("\r").endswith("\\") and len(held) < 100_000:
            continue
        whole, held = _COMMENT.sub("", held).strip(), ""
        if whole and not whole.startswith("-") and _NAME.match(whole):
            bare = whole[: match.start()] if (match := _OPTION.search(whole)) else whole
            yield Dependency(*requirement(bare), start, "hashed" if "--hash" in whole else "")


_GO = re.compile(r"\s*(?:require\s+)?([\w.~-]+(?:/[\w.~@-]+)*)\s+(v\d\S*)")


def _go(text: str) -> Iterator[Dependency]:
    block = ""
    for number, row in enumerate(split_lines(text), 1):
        stripped = row.split("//")[0].strip()
        if stripped.endswith("("):
            block = stripped[:-1].strip()
        elif stripped == ")":
            block = ""
        elif (block == "require" or stripped.startswith("require ")) and (match := _GO.fullmatch(stripped)):
            yield Dependency(match[1], match[2], number, "require")


_GEM = re.compile(r"\s*gem\s*\(?\s*[\"']([\w.-]{1,200})[\"']([^#]*)")
_GEM_VERSION = re.compile(r",\s*[\"']([^\"']{1,100})[\"']")
_GEM_SOURCE = re.compile(
    r"\b(git|github|gist|bitbucket|path|branch|ref|tag|source):?\s{0,9}(?:=>)?\s{0,9}[\"']([^\"']{1,500})[\"']"
)


def _gems(text: str) -> Iterator[Dependency]:
    for number, row in enumerate(split_lines(text), 1):
        match = _GEM.match(row)
        if match is not None:
            versions = ",".join(version for version in _GEM_VERSION.findall(match[2]))
            sources = " ".join(f"{key}={value}" for key, value in _GEM_SOURCE.findall(match[2]))
            yield Dependency(match[1], f"{versions} {sources}".strip(), number, "gem")
