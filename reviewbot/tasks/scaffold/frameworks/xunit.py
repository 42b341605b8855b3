"""xUnit: a test class of one method, in the test project as the source stands in its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewbot.core.text import is_odd, visible
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.arguments import in_order
from reviewbot.tasks.scaffold.frameworks import projects
from reviewbot.tasks.scaffold.frameworks.titles import titles
from reviewbot.tasks.scaffold.suites import Case, Parameter, Suite, Surroundings, Target

NAME = "xunit"
_WORD = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)
_SPACE = re.compile(r"[A-Za-z_]\w{0,99}(?:\.[A-Za-z_]\w{0,99}){0,15}", re.ASCII)
#: Words of a module: a test may skip itself; the namespace is that of the file as a whole.
_THIRD, _SCOPED = "v3", "scoped"
#: Types of values that a string can be made of: not `void`, no task of nothing, no reference, pointer or span.
_SHOWN = re.compile(r"(?!(?:void|(?:Value)?Task)$|(?:ref|scoped)\b)(?![^\n]{0,500}(?:Span<|\*))[^\n]{1,500}")
#: What a value or type needs to be named so.
_NEEDED = (
    ("System", re.compile(r"\b(Guid|DateTime|TimeSpan|Uri|\w{0,60}Exception)\b")),
    ("System.Collections.Generic", re.compile(r"\b(List|Dictionary)<")),
    ("System.Threading", re.compile(r"\bCancellationToken\b")),
    ("System.Threading.Tasks", re.compile(r"\basync Task\b")),
)  # fmt: skip


def weight(around: Surroundings, path: str) -> int:
    """How surely the file at `path` is tested with it."""
    return 5 if projects.tester(path, around) is not None else 0


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """In the test project, best first; none beside the target, for its own project does not know xunit."""
    project = projects.tester(target.path, around)
    if project is None:
        return ()
    tests = [one for one in around.paths if one.startswith(project.folder) and one.endswith(".cs")]
    short = sum(one.endswith("Test.cs") for one in tests) > sum(one.endswith("Tests.cs") for one in tests)
    suffix = "Test.cs" if short else "Tests.cs"
    owner, called = naming.safe(target.owner.rpartition(".")[2]), naming.pascal(target.called)
    stems = (owner, f"{owner}{called}", f"{naming.safe(naming.pascal(target.owner))}{called}")
    folder = projects.within(target.path, around)
    return tuple(dict.fromkeys(f"{project.folder}{folder}{stem}{suffix}" for stem in stems))


def module(target: Target, path: str, around: Surroundings) -> str:
    """The namespace of the test, and words of how it is written; "" where no project of xunit is."""
    project = projects.tester(target.path, around)
    if project is None or any(is_odd(sign) for sign in target.path + path):
        return ""
    near = sorted(one for one in around.texts if one.startswith(project.folder) and one.endswith(".cs"))
    written = [projects.namespace(around.texts[one]) for one in near]
    folder = path.rpartition("/")[0]
    same = next((projects.namespace(around.texts[one])[0] for one in near if one.rpartition("/")[0] == folder), "")
    below = [part for part in folder.removeprefix(project.folder.rstrip("/")).split("/") if _WORD.fullmatch(part)]
    space = same or ".".join([project.namespace, *below])
    scoped = any(whole for _, whole in written)
    if not _SPACE.fullmatch(space) or not _WORD.fullmatch(_class(path)):
        return ""
    return " ".join([space, *[_THIRD] * project.is_third, *[_SCOPED] * scoped])


def _class(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".cs")


def render(suite: Suite) -> str:
    """The whole file."""
    target = suite.target
    space, *words = suite.module.split(" ")
    short = target.owner.rpartition(".")[2]
    known = target.traits.get("namespace", "")
    alias = f"using {short} = global::{known + '.' if known else ''}{target.owner};"
    body = ["", f"public class {_class(suite.path)}", "{", *_methods(suite, _THIRD in words), "}"]
    wanted = {name for name, shape in _NEEDED if shape.search("\n".join(body))} | {"Xunit"}
    wanted |= set(filter(_SPACE.fullmatch, [*target.traits.get("usings", "").split(" "), known]))
    # System comes first, as the compiler's own style has it.
    lines = [f"using {name};" for name in sorted(wanted, key=lambda name: (name.split(".")[0] != "System", name))]
    if _SCOPED in words:
        inside = ["", f"namespace {space};", "", alias, *body]
    else:
        inside = ["", f"namespace {space}", "{", *(f"    {line}".rstrip() for line in (alias, *body)), "}"]
    return "\n".join([f"// Scaffold by reviewbot for {visible(target.id)} ({suite.blob})", *lines, *inside, ""])


def _methods(suite: Suite, skips: bool) -> Iterator[str]:
    told = [f"throws {case.raises} where {case.name}" if case.raises else case.name for case in suite.cases]
    result = "async Task" if suite.target.is_async else "void"
    for number, (case, title) in enumerate(zip(suite.cases, titles(told, naming.pascal), strict=True)):
        if number:
            yield ""
        reason = naming.literal(f"to be written: {visible(case.name)}")
        # Version 2 has no way to skip from within: a test that says nothing is not run, yet it has to compile.
        yield "    [Fact]" if case.is_written or skips else f"    [Fact(Skip = {reason})]"
        yield f"    public {result} {title if title[0].isalpha() else f'Case{title}'}()"
        yield "    {"
        body = _unwritten(suite.target, case) if skips and not case.is_written else _body(suite.target, case)
        yield from (f"        {line}" for line in body)
        yield "    }"


def _unwritten(target: Target, case: Case) -> Iterator[str]:
    """Calls, and skips with what it saw: outside the `try`, for skipping is an exception too."""
    waited = _waited(target, case)
    yield from ("string seen;", "try", "{")
    if _SHOWN.fullmatch(target.returns):
        yield f"    var result = {waited};"
        yield '    seen = $"it returned {result}";'
    else:
        yield f"    {waited};"
        yield '    seen = "it returned";'
    yield from ("}", "catch (Exception thrown)", "{")
    yield '    seen = $"it threw {thrown.GetType()}: {thrown.Message}";'
    yield "}"
    yield 'Assert.Skip("to be written: " + (seen.Length > 200 ? seen.Substring(0, 200) : seen));'


def _waited(target: Target, case: Case) -> str:
    return f"{'await ' if target.is_async else ''}{_call(target, case)}"


def _body(target: Target, case: Case) -> Iterator[str]:
    call, waited = _call(target, case), _waited(target, case)
    expected = (case.expected or "").strip()
    if case.raises:
        if "static" not in target.traits:  # apart, for what makes the object may throw the same
            yield f"var on = {_on(target, case)};"
            call = _call(target, case, "on")
        thrown = f"{call}.AsTask()" if target.returns.startswith("ValueTask") else call
        yield (f"await Assert.ThrowsAsync<{case.raises}>(() => {thrown});" if target.is_async
               else f"Assert.Throws<{case.raises}>(() => {call});")  # fmt: skip
    elif case.expected is None:
        yield f"{waited};"
    elif expected in ("null", "true", "false"):
        yield f"Assert.{expected.capitalize()}({waited});"
    else:
        yield f"Assert.Equal({case.expected}, {waited});"


def _call(target: Target, case: Case, on: str = "") -> str:
    return f"{on or _on(target, case)}.{target.called}({_given(target.parameters, case.arguments)})"


def _on(target: Target, case: Case) -> str:
    """The class, or what is made of it."""
    short = target.owner.rpartition(".")[2]
    return short if "static" in target.traits else f"new {short}({_given(target.constructor, case.construction)})"


def _given(parameters: Sequence[Parameter], row: Iterable[tuple[str, str]]) -> str:
    return ", ".join(text for _, text in in_order(parameters, dict(row)))
