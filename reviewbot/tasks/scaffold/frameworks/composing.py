"""What composer.json says of a PHP package: which folder holds which namespace, and what is loaded without asking."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_LARGEST = 200_000
_NAMESPACE = re.compile(r"(?:[A-Za-z_]\w{0,99}\\){1,15}", re.ASCII)
_MARKS = ("composer.json", "phpunit.xml", "phpunit.xml.dist")


@dataclass(frozen=True, slots=True)
class Package:
    """A composer.json; folders end with a slash and begin at the package, namespaces end with a backslash."""

    sources: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)
    #: Files and folders that are loaded or known as a whole.
    loaded: tuple[str, ...] = ()


def top(path: str, paths: frozenset[str]) -> str:
    """The folder of the nearest composer.json or phpunit.xml up the tree, with its slash; "" for the root."""
    folder = path.rpartition("/")[0]
    while folder:
        if any(f"{folder}/{name}" in paths for name in _MARKS):
            return f"{folder}/"
        folder = folder.rpartition("/")[0]
    return ""


def package(text: str) -> Package:
    """An empty one for what is not JSON."""
    try:
        read = json.loads(text) if len(text) <= _LARGEST else None
    except (ValueError, RecursionError):
        read = None
    main, dev = _object(read, "autoload"), _object(read, "autoload-dev")
    listed = [*_list(main.get("files")), *_list(main.get("classmap"))]
    return Package(dict(_folders(main)), dict(_folders(dev)), tuple(listed))


def _object(read: object, key: str) -> dict[str, object]:
    found = read.get(key) if isinstance(read, dict) else None
    return found if isinstance(found, dict) else {}


def _list(found: object) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _folders(section: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in _object(section, "psr-4").items():
        for folder in [value] if isinstance(value, str) else _list(value):
            plain = folder.removeprefix("./").strip("/")
            if _NAMESPACE.fullmatch(name) and ".." not in plain.split("/"):
                yield (f"{plain}/" if plain else ""), name
