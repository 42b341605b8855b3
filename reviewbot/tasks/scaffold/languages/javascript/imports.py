"""Which module a specifier names, and whether a test names a target."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath

from reviewbot.core.grammars import language_of
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.suites import Target

_CODE = re.compile(r"\.(?:d\.ts|[cm]?[jt]sx?)$")
#: Aliases of the folder that the sources are in, as bundlers and tsconfig.json usually have them.
_ALIASES = ("@/", "~/", "#/", "#", "src/")


def stem(path: str) -> str:
    """A path without what a specifier may leave out: its ending, and the `index` of a folder."""
    bare = _CODE.sub("", path)
    return bare.removesuffix("/index") if bare != "index" else ""


def reached(specifier: str, test: str) -> str:
    """The stem that a relative specifier leads to from the file at `test`; "" for any other or one that leads out."""
    if not specifier.startswith((".", "/")):
        return ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(test), specifier))
    return "" if path.startswith(("..", "/")) else stem(path) if path != "." else "."


def leads_to(specifier: str, test: str, path: str) -> bool:
    """Whether a specifier in a test names the module at `path`, relative or by an alias."""
    wanted = stem(path)
    if specifier.startswith("."):
        return reached(specifier, test) == (wanted or ".")
    alias = next((alias for alias in _ALIASES if specifier.startswith(alias)), None)
    bare = stem(specifier.removeprefix(alias)) if alias is not None else ""
    return bool(bare) and f"/{wanted}".endswith(f"/{bare}")


def is_barrel(specifier: str, test: str, path: str) -> bool:
    """Whether it names a folder above the module, whose `index` may hand its exports on."""
    folder = reached(specifier, test)
    return bool(folder) and (folder == "." or path.startswith(f"{folder}/"))


def names(test: str, path: str, target: Target) -> bool:
    """Whether a test imports the module of a target, or a folder around it, and uses its name."""
    grammar = language_of(path)
    if grammar is None:
        return False
    specifiers = naming.modules(grammar, test)
    direct = any(leads_to(one, path, target.path) for one in specifiers)
    if not direct and not any(is_barrel(one, path, target.path) for one in specifiers):
        return False
    used = naming.identifiers(grammar, test)
    exported = target.traits.get("exported", "")
    if target.owner:
        return target.called in used and (direct or target.owner in used)
    # A default export has the name that its importer likes.
    return (exported or target.called) in used or (direct and not exported)


def default_name(path: str) -> str:
    """What an importer calls the default export of a module: `httpClient` for `http-client.ts`."""
    pure = PurePosixPath(path)
    bare = _CODE.sub("", pure.name)
    return naming.camel(pure.parent.name if bare == "index" else bare)
