"""The rules of the house that an import graph cannot hold, as functions over syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

#: Rooms without effects of any kind.
PURE = ("reviewbot/core/", "reviewbot/checks/", "reviewbot/tasks/", "reviewbot/formats/", "reviewbot/config/")
EFFECTS = frozenset({
    "os", "io", "subprocess", "time", "random", "secrets", "logging", "threading", "multiprocessing", "concurrent",
    "asyncio", "socket", "ssl", "http", "urllib", "shutil", "tempfile", "glob", "sys", "signal", "ctypes", "importlib",
    "httpx", "httpx2", "requests",
})  # fmt: skip
#: Names that are pure where the module is not.
ALLOWED = {
    "pathlib": {"PurePath", "PurePosixPath"},
    "urllib.parse": {"quote", "unquote", "urlsplit"},
    "io": {"StringIO"},
}
BUILTINS = frozenset({"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"})
#: The one importer of each library.
OWNERS = {
    "unidiff": "reviewbot/core/diff.py",
    "pathspec": "reviewbot/core/",
    "tenacity": "reviewbot/backends/retrying.py",
    "mistralai": "reviewbot/backends/mistral.py",
    "ollama": "reviewbot/backends/ollama.py",
    "github": "reviewbot/forges/github",
    "gitlab": "reviewbot/forges/gitlab",
    "requests": "reviewbot/forges/",
}
#: Where a prompt may leave the process.
ASKERS = frozenset({"reviewbot/pipeline/asking.py", "reviewbot/backends/retrying.py"})
JUNK = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "misc"})

MAX_FUNCTION, MAX_CLASS, MAX_FILE = 60, 150, 260


def violations(path: str, source: str) -> list[str]:
    """What a file of the package does that it may not, one line each."""
    tree = ast.parse(source)
    return [
        *_sizes(path, source, tree),
        *_names(path),
        *(problem for node in ast.walk(tree) for problem in _node(path, node)),
    ]


def _names(path: str) -> Iterator[str]:
    for part in PurePosixPath(path).with_suffix("").parts:
        if part in JUNK:
            yield f"{path}: a room named {part}"


def _sizes(path: str, source: str, tree: ast.Module) -> Iterator[str]:
    if source.count("\n") > MAX_FILE:
        yield f"{path}: {source.count(chr(10))} lines"
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > (MAX_CLASS if isinstance(node, ast.ClassDef) else MAX_FUNCTION):
            yield f"{path}: {node.name} has {length} lines"


def _node(path: str, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield from _import(path, alias.name, None)
        case ast.ImportFrom(module=module, names=names, level=0) if module:
            for alias in names:
                yield from _import(path, module, alias.name)
        case ast.ImportFrom():
            yield f"{path}: relative import"
        case _:
            yield from _deed(path, node)


def _deed(path: str, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ExceptHandler(type=None) | ast.ExceptHandler(type=ast.Name(id="Exception" | "BaseException")):
            if path != "reviewbot/cli/__init__.py":
                yield f"{path}: catches everything"
        case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv"):
            if not path.startswith("reviewbot/cli/"):
                yield f"{path}: reads the environment"
        case ast.Call(func=ast.Attribute(attr="complete")):
            if path not in ASKERS:
                yield f"{path}: asks a model"
        case ast.Call(func=ast.Name(id=name)) if name in BUILTINS and path.startswith(PURE):
            yield f"{path}: calls {name}"
        case ast.Call(func=ast.Name(id="exec" | "eval" | "__import__" as name)):
            yield f"{path}: calls {name}"


def _import(path: str, module: str, name: str | None) -> Iterator[str]:
    top = module.split(".")[0]
    owner = OWNERS.get(top)
    if owner is not None and not path.startswith(owner):
        yield f"{path}: imports {top}, which is {owner}'s"
    allowed = ALLOWED.get(module, set())
    if path.startswith(PURE) and (top in EFFECTS or module == "pathlib") and name not in allowed:
        yield f"{path}: imports {module}, an effect"
