"""How much a specification leaves open, and where it takes the package from."""

from __future__ import annotations

import re
from enum import IntEnum


class Grade(IntEnum):
    """From one version to anything; LOCAL is a part of the same project."""

    LOCAL = 0
    EXACT = 1
    COMMIT = 2
    RANGE = 3
    ANY = 4
    MOVING = 5  # a branch or tag of a repository, a file at an address


_LOCAL = re.compile(r"(workspace|file|link|portal|catalog|path|\.{1,2}/)", re.IGNORECASE)
_EXACT = {
    "npm": re.compile(r"=?\s*v?\d+\.\d+\.\d+([-+][\w.+-]*)?"),
    "composer": re.compile(r"=?v?\d+\.\d+(\.\d+){0,2}(-[\w.]+)?"),
    "python": re.compile(r"(={2,3}[^*,<>~!=]+|\d[^*,<>~!=^|]*)"),
    "cargo": re.compile(r"=\s*\d+\.\d+\.\d+\S*"),
    "go": re.compile(r"v\S+"),
    "gem": re.compile(r"=?\s*\d+(\.\w+)*"),
}
_ANY = re.compile(r"\*|x|latest|next|canary|dev-(master|main)|@dev|>=?\s*0(\.0)*", re.IGNORECASE)
_REPOSITORY = re.compile(r"(^|[\s@=])(git\+|git://|git@|ssh://|github:|gitlab:|bitbucket:|gist:|hg\+|svn\+)|"
                         r"\b(git|github|gist|bitbucket)=|^[\w-]+/[\w.-]+(#|$)|\.git(#|@|$)")  # fmt: skip
_ADDRESS = re.compile(r"(^|[\s@=])https?://", re.IGNORECASE)
_COMMIT = re.compile(r"(#|@|\brev=|\bref=)[0-9a-f]{40}\b")
_PLAIN = re.compile(r"(^|[\s@=+])(http|git)://", re.IGNORECASE)


def grade(kind: str, spec: str) -> Grade:
    """What a specification of an ecosystem allows."""
    family = {"pipfile": "python", "requirements": "python"}.get(kind, kind)
    text = spec.strip()
    if family == "npm" and text.startswith("npm:"):
        text = text.removeprefix("npm:").rpartition("@")[2]
    if _LOCAL.match(text) or "path=" in text or "workspace=" in text:
        return Grade.LOCAL
    if (family in ("npm", "cargo", "gem", "python") and _REPOSITORY.search(text)) or _ADDRESS.search(text):
        return Grade.COMMIT if _COMMIT.search(text) else Grade.MOVING
    if text == "" or _ANY.fullmatch(text):
        return Grade.ANY
    version = text.removeprefix("version=").split(" ")[0] if text.startswith("version=") else text
    return Grade.EXACT if _EXACT[family].fullmatch(version) else Grade.RANGE


def is_plain(spec: str) -> bool:
    """True for a source without encryption."""
    return _PLAIN.search(spec) is not None and "localhost" not in spec and "127.0.0.1" not in spec
