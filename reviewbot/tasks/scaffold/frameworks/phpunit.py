"""PHPUnit: a test class of one function or method, in the folder and namespace that composer.json has for tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reviewbot.core.text import is_odd, visible
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.arguments import in_order
from reviewbot.tasks.scaffold.frameworks import composing
from reviewbot.tasks.scaffold.frameworks.composing import Package
from reviewbot.tasks.scaffold.frameworks.titles import titles
from reviewbot.tasks.scaffold.suites import Case, Parameter, Suite, Surroundings, Target

NAME = "phpunit"
_SOURCES = ("src/", "lib/", "app/")
_BELOW = ("", "Unit/", "unit/")
_CLASS = re.compile(r"[A-Z]\w{0,99}", re.ASCII)
_WORD = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)


def weight(around: Surroundings, path: str) -> int:
    """How surely the file at `path` is tested with it."""
    top = composing.top(path, around.paths)
    tests = any(one.startswith(top) and one.endswith("Test.php") for one in around.paths)
    configured = any(f"{top}{name}" in around.paths for name in ("phpunit.xml", "phpunit.xml.dist"))
    return 5 * tests + 4 * configured + 3 * ("phpunit/phpunit" in around.texts.get(f"{top}composer.json", ""))


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """Where its file may go, best first."""
    top = composing.top(target.path, around.paths)
    package = _package(around, top)
    folder, stem = _inner(target.path.removeprefix(top), package)
    tests = next(iter(package.tests), "") or "tests/"
    votes = Counter[str]()
    existing = [one.removeprefix(top) for one in around.paths if one.startswith(top) and one.endswith("Test.php")]
    for one in existing:
        votes.update(below for below in _BELOW[1:] if one.startswith(tests + below))
    below = next((name for name, count in votes.most_common(1) if 2 * count > len(existing)), "")
    called, owned = naming.pascal(target.called), naming.pascal(f"{target.owner} {target.called}")
    stems = [f"{stem}Test", f"{stem}{called}Test", f"{stem}{owned}Test"]
    near = target.path.rpartition("/")[0]
    last = (f"{near}/" if near else "") + f"{stem}{called}Test.php"
    return (*dict.fromkeys(f"{top}{tests}{below}{folder}{one}.php" for one in stems), last)


def _package(around: Surroundings, top: str) -> Package:
    return composing.package(around.texts.get(f"{top}composer.json", ""))


def _inner(path: str, package: Package) -> tuple[str, str]:
    """Of a source file its folder below its sources, with a slash, and the name of its class."""
    known = sorted((*filter(None, package.sources), *_SOURCES), key=len, reverse=True)
    below = next((path.removeprefix(folder) for folder in known if path.startswith(folder)), path)
    folder, slash, name = below.rpartition("/")
    stem = name.removesuffix(".php")
    return folder + slash, stem if _CLASS.fullmatch(stem) else naming.pascal(naming.safe(stem)) or "It"


def module(target: Target, path: str, around: Surroundings) -> str:
    r"""`\` and the namespace of the test, then on a line of its own the file that nothing else loads."""
    if any(is_odd(sign) for sign in target.path + path) or not _CLASS.fullmatch(_class(path)):
        return ""
    top = composing.top(target.path, around.paths)
    package = _package(around, top)
    source, test = target.path.removeprefix(top), path.removeprefix(top)
    namespace = _namespace(test, package.tests) or _namespace(test, package.sources)
    return f"\\{namespace}" if _is_loaded(target, source, package) else f"\\{namespace}\n{_relative(path, target.path)}"


def _class(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".php")


def _namespace(path: str, folders: Mapping[str, str]) -> str:
    for folder, name in sorted(folders.items(), key=lambda pair: -len(pair[0])):
        parts = path.removeprefix(folder).split("/")[:-1]
        if path.startswith(folder) and all(_WORD.fullmatch(part) for part in parts):
            return "\\".join([name.rstrip("\\"), *parts])
    return ""


def _is_loaded(target: Target, source: str, package: Package) -> bool:
    """By composer: a class by its folder, a function by its file."""
    if any(source == one or source.startswith(one.rstrip("/") + "/") for one in package.loaded):
        return True
    space = target.traits.get("namespace", "")
    named = space and _namespace(source, package.sources) == space
    return bool(named and target.owner == _class(source))


def _relative(path: str, wanted: str) -> str:
    here, there = path.split("/")[:-1], wanted.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join(["", *([".."] * (len(here) - shared)), *there[shared:]])


def render(suite: Suite) -> str:
    """The whole file."""
    namespace, _, required = suite.module.partition("\n")
    lines = ["<?php", f"// Scaffold by reviewbot for {_commented(suite.target.id)} ({suite.blob})", ""]
    lines += ["declare(strict_types=1);", ""]
    lines += [f"namespace {namespace[1:]};", ""] if namespace[1:] else []
    lines += ["use PHPUnit\\Framework\\TestCase;", ""]
    lines += [f"require_once __DIR__ . {string(required)};", ""] if required else []
    return "\n".join([*lines, f"final class {_class(suite.path)} extends TestCase", "{", *_methods(suite), "}", ""])


def _commented(text: str) -> str:
    """A comment of one line ends where PHP does."""
    return visible(text).replace("?>", "? >")


def string(text: str) -> str:
    """A literal in single quotes, in which nothing is put in."""
    return "'" + visible(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _methods(suite: Suite) -> Iterator[str]:
    told = [
        f"throws {_raised(suite.target, case)} where {case.name}" if case.raises else case.name for case in suite.cases
    ]
    for number, (case, title) in enumerate(zip(suite.cases, titles(told, naming.pascal), strict=True)):
        if number:
            yield ""
        yield from (f"    public function test{title}(): void", "    {")
        yield from (f"        {line}" for line in _body(suite.target, case))
        yield "    }"


def _body(target: Target, case: Case) -> Iterator[str]:
    if case.raises:
        on = _on(target, case)
        if on.startswith("(new "):  # apart, for what makes the object may throw the same
            yield f"$on = {on[1:-1]};"
            on = "$on"
        yield f"$this->expectException({_raised(target, case)}::class);"
        yield f"{_call(target, case, on)};"
    elif case.expected is not None:
        same = "assertEquals" if case.expected.lstrip().startswith("new ") else "assertSame"
        yield f"$this->{same}({case.expected}, {_call(target, case)});"
    else:
        # What PHPUnit itself throws is thrown outside the `try`.
        yield "try {"
        yield f"    $result = var_export({_call(target, case)}, true);"
        yield "} catch (\\Throwable $thrown) {"
        yield "    $result = get_class($thrown) . ': ' . $thrown->getMessage();"
        yield "    $this->markTestIncomplete('to be written: it threw ' . mb_substr($result, 0, 200));"
        yield "}"
        yield "$this->markTestIncomplete('to be written: it returned ' . mb_substr($result, 0, 200));"


def _raised(target: Target, case: Case) -> str:
    return target.traits.get(f"raises {case.raises}", case.raises)


def _call(target: Target, case: Case, on: str = "") -> str:
    on, given = on or _on(target, case), _given(target.parameters, case.arguments)
    mark = "" if not target.owner else "::" if "static" in target.traits else "->"
    return f"{on}{mark}{target.called}({given})"


def _on(target: Target, case: Case) -> str:
    """What stands before the call: a namespace, a class, or an object that is made."""
    space = target.traits.get("namespace", "")
    full = f"\\{space}\\{target.owner}" if space else f"\\{target.owner}"
    if not target.owner or "static" in target.traits:
        return full
    return f"(new {full}({_given(target.constructor, case.construction)}))"


def _given(parameters: Sequence[Parameter], row: Iterable[tuple[str, str]]) -> str:
    return ", ".join(text for _, text in in_order(parameters, dict(row)))
