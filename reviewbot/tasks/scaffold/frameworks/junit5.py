"""JUnit 5: a plain `@Test` a case, for parameters need an artifact of their own that many builds lack."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from reviewbot.core.text import visible
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks.titles import titles
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings, Target

NAME = "junit5"
_MANIFESTS = ("pom.xml", "build.gradle", "build.gradle.kts")
_JUPITER = re.compile(
    r"org\.junit\.jupiter|junit-jupiter|junit-bom|spring-boot-starter-test|quarkus-junit5|useJUnitPlatform"
)
_PACKAGE = re.compile(r"^\s{0,20}package\s{1,20}([\w.]{1,300})\s{0,20};", re.MULTILINE | re.ASCII)
_TEXT = r"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'"
_CLASS = re.compile(rf"{_TEXT}|(?<![\w.@])([A-Z]\w*)", re.ASCII)
_MAIN = ("src/main/java", "src/test/java")
_UNWRITTEN = """\
    /** What the call returns or throws is to be written down; until then the test skips. */
    private static void unwritten(ThrowingSupplier<?> call) {
        String seen;
        try {
            seen = String.format("it returned %.200s", call.get());
        } catch (Throwable thrown) {
            seen = String.format("it threw %.200s", thrown);
        }
        assumeTrue(false, "to be written: " + seen);
    }"""


def weight(around: Surroundings, path: str) -> int:
    """Its name in the nearest manifests, or in what tests import."""
    folders = PurePosixPath(path).parents
    manifests = (around.texts.get(str(folder / name), "") for folder in folders for name in _MANIFESTS)
    if any(one.endswith(".java") and "org.junit.jupiter" in text for one, text in around.texts.items()):
        return 3
    return 2 if any(_JUPITER.search(text) for text in manifests) else 0


def places(target: Target, around: Surroundings) -> Sequence[str]:
    folder = str(PurePosixPath(target.path).parent)
    inside = target.traits.get("package", "").replace(".", "/")
    root = folder.removesuffix(inside).rstrip("/") if inside and f"/{folder}".endswith(f"/{inside}") else folder
    roots = [f"{root.removesuffix(_MAIN[0])}{_MAIN[1]}"] if f"/{root}".endswith(f"/{_MAIN[0]}") else _roots(around)
    # Beside the target only where no build keeps tests apart.
    built = any(str(one / name) in around.paths for one in PurePosixPath(target.path).parents for name in _MANIFESTS)
    folders = [str(PurePosixPath(one) / inside) for one in roots] + ([] if built else [folder])
    owner, ending = naming.safe(target.owner), _ending(around)
    called = naming.safe(target.called)
    names = [owner, f"{owner}{called[:1].upper()}{called[1:]}", f"{owner}{called[:1].upper()}{called[1:]}Scaffold"]
    return list(dict.fromkeys(str(PurePosixPath(one) / f"{name}{ending}.java") for one in folders for name in names))


def module(target: Target, path: str, around: Surroundings) -> str:
    """The class; tests are of its package."""
    return ".".join(filter(None, (target.traits.get("package", ""), target.owner)))


def render(suite: Suite) -> str:
    # Java reads \\u anywhere, comments included; an even number of backslashes begins none.
    heading = visible(f"Scaffold by reviewbot for {suite.target.id} ({suite.blob})").replace("\\", "\\\\")
    tests = list(_tests(suite))
    if any(not case.is_written for case in suite.cases):
        tests.append(_UNWRITTEN)
    body = "\n\n".join(tests)
    package = suite.target.traits.get("package", "")
    head = [f"// {heading}", f"package {package};" if package else "", *_imports(suite, body)]
    name = naming.safe(PurePosixPath(suite.path).stem)
    return "\n\n".join(filter(None, head)) + f"\n\nclass {name} {{\n{body}\n}}\n"


def _ending(around: Surroundings) -> str:
    """`FooTest` or, where that is usual, `FooTests`."""
    endings = Counter("Tests" if one.endswith("Tests.java") else "Test" for one in around.paths if
                      one.endswith(("Test.java", "Tests.java")))  # fmt: skip
    return endings.most_common(1)[0][0] if endings else "Test"


def _roots(around: Surroundings) -> list[str]:
    """Folders above the packages of existing tests, the one with most first."""
    found: Counter[str] = Counter()
    for path, text in around.texts.items():
        package = _PACKAGE.search(text) if path.endswith(".java") and "org.junit" in text else None
        folder, inside = str(PurePosixPath(path).parent), package[1].replace(".", "/") if package else ""
        if inside and f"/{folder}".endswith(f"/{inside}"):
            found[folder.removesuffix(inside).rstrip("/")] += 1
    return [root for root, _ in found.most_common(3)]


def _imports(suite: Suite, body: str) -> Iterator[str]:
    traits = suite.target.traits
    listed = traits.get("imports", "").split("\n")
    known = {one.rpartition(".")[2]: one for one in listed if one}
    used = {found[1] for found in _CLASS.finditer(body) if found[1]}
    jupiter = {"Test": "org.junit.jupiter.api.Test", "DisplayName": "org.junit.jupiter.api.DisplayName"}
    if "ThrowingSupplier<" in body:
        jupiter["ThrowingSupplier"] = "org.junit.jupiter.api.function.ThrowingSupplier"
    rows = {known[one] for one in used & known.keys()} | set(jupiter.values())
    rows |= {f"{one}.*" for one in traits.get("wildcards", "").split("\n") if one}
    calls = {"assertArrayEquals": "Assertions", "assertEquals": "Assertions", "assertThrows": "Assertions",
             "assumeTrue": "Assumptions"}  # fmt: skip
    statics = [f"org.junit.jupiter.api.{owner}.{name}" for name, owner in calls.items() if f" {name}(" in body]
    yield "\n".join(f"import static {one};" for one in statics)
    yield "\n".join(f"import {one};" for one in sorted(rows))


def _tests(suite: Suite) -> Iterator[str]:
    target = suite.target
    named = titles((case.name for case in suite.cases), naming.pascal)
    for case, title in zip(suite.cases, named, strict=True):
        name = naming.safe(target.called) + title
        # What makes the object may throw too, and the call stands in a lambda that may.
        told = target.traits.get("throws", "Exception") if case.expected is not None else "Exception"
        throws = f" throws {told}" if case.expected is not None or (case.raises and _is_made(target)) else ""
        yield "\n".join((
            "    @Test", f"    @DisplayName({naming.literal(case.name)})", f"    void {name}(){throws} {{",
            *(f"        {line}" for line in _body(suite, case)), "    }",
        ))  # fmt: skip


def _body(suite: Suite, case: Case) -> Iterator[str]:
    target = suite.target
    result, on = target.traits.get("result", ""), _on(target, case)
    called = f"{target.called}({', '.join(text for _, text in case.arguments)})"
    if case.expected is not None:
        yield f"{result} want = {case.expected};"
        yield f"{'assertArrayEquals' if result.endswith('[]') else 'assertEquals'}(want, {on}.{called});"
    elif case.raises and _is_made(target):
        # Apart: what makes the object may throw the same.
        yield f"{target.owner} on = {on};"
        yield f"assertThrows({case.raises}.class, () -> on.{called});"
    elif case.raises:
        yield f"assertThrows({case.raises}.class, () -> {on}.{called});"
    elif target.returns:
        yield f"unwritten(() -> {on}.{called});"
    elif target.traits.get("static"):
        yield "unwritten(() -> {"
        yield f"    {on}.{called};"
        yield '    return "what it does";'
        yield "});"
    else:
        yield "unwritten(() -> {"
        yield f"    {target.owner} on = {on};"
        yield f"    on.{called};"
        yield "    return on;"
        yield "});"


def _is_made(target: Target) -> bool:
    """Whether the method is called on something that a constructor makes."""
    return not target.traits.get("static") and target.traits.get("construct", "").startswith("new ")


def _on(target: Target, case: Case) -> str:
    """What the method is called on."""
    if target.traits.get("static"):
        return target.owner
    made = target.traits.get("construct", "")
    return f"{made}({', '.join(text for _, text in case.construction)})" if made.startswith("new ") else made
