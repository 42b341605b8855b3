"""`cargo test`: an integration test of a library, for what stands in a file of its own sees no more of a crate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from reviewbot.core import toml
from reviewbot.core.text import visible
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks.titles import titles
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings, Target

NAME = "cargotest"
#: Why a test is ignored: `cargo test -- --include-ignored` runs it, and it fails with these words.
UNWRITTEN = "to be written"
#: Longer lines are broken by rustfmt.
_WIDE = 95
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_WORD = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|(?<![\w.])([A-Za-z_]\w*)(?!\s{0,3}!)", re.ASCII)


def weight(around: Surroundings, path: str) -> int:
    manifest = _manifest(path, around)
    if manifest is None:
        return 0
    tests = f"{PurePosixPath(manifest).parent / 'tests'}/".removeprefix("./")
    return 3 if any(one.startswith(tests) and one.endswith(".rs") for one in around.paths) else 1


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """`tests/x.rs` in the folder of the manifest, the only one that cargo looks into."""
    manifest = _manifest(target.path, around)
    if manifest is None or _table(_read(manifest, around), "package").get("autotests") is False:
        return ()
    path = PurePosixPath(target.path)
    stem = path.parent.name if path.stem == "mod" else path.stem
    called = naming.snake(naming.safe(target.name.replace(".", "_"))) or "it"
    stems = [*([] if stem in ("lib", "main") else [naming.safe(stem)]), *(
        called if stem in ("lib", "main") else f"{naming.safe(stem)}_{called}", f"{called}_scaffold")]  # fmt: skip
    folder = PurePosixPath(manifest).parent / "tests"
    return [
        str(folder / f"{one}.rs") for one in dict.fromkeys(stems) if str(folder / one / "main.rs") not in around.paths
    ]


def module(target: Target, path: str, around: Surroundings) -> str:
    """`a_crate::shapes::round`; "" where the crate is no library, or a module on the way is not public."""
    manifest = _manifest(target.path, around)
    read = _read(manifest, around) if manifest is not None else {}
    package, library = _table(read, "package").get("name"), _table(read, "lib")
    top = PurePosixPath(manifest or "").parent
    root = str(top / str(library.get("path", "src/lib.rs")))
    name = library.get("name") or (package.replace("-", "_") if isinstance(package, str) else "")
    if root not in around.paths or library.get("proc-macro") is True or not _NAME.fullmatch(str(name)):
        return ""
    sources = PurePosixPath(root).parent
    if target.path == root:
        return str(name)
    if not target.path.startswith(f"{sources}/"):
        return ""
    inside = PurePosixPath(target.path).relative_to(sources).with_suffix("")
    steps = [*inside.parts[:-1], *([] if inside.name == "mod" else [inside.name])]
    if inside.parts[0] in ("main", "bin") or not all(_NAME.fullmatch(one) for one in steps):
        return ""
    return _public(str(name), steps, around.texts.get(root), target)


def render(suite: Suite) -> str:
    target = suite.target
    names = titles((case.name for case in suite.cases), naming.snake)
    called = naming.snake(naming.safe(target.called)) or "it"
    body = "\n\n".join("\n".join(_test(target, case, f"{called}_{name}"))
                       for case, name in zip(suite.cases, names, strict=True))  # fmt: skip
    own = {target.owner or target.called, *target.traits.get("own", "").split()}
    used = {found[1] for found in _WORD.finditer(body) if found[1]} & own
    needed = sorted(used | {target.owner or target.called})
    imported = needed[0] if len(needed) == 1 else f"{{{', '.join(needed)}}}"
    heading = visible(f"Scaffold by reviewbot for {target.id} ({suite.blob})")
    return f"// {heading}\n\nuse {suite.module}::{imported};\n\n{body}\n"


def _public(name: str, steps: Sequence[str], root: str | None, target: Target) -> str:
    """By the root of the crate, where its text is known: a public module, or one whose names it passes on."""
    if root is None or not steps:
        return "::".join((name, *steps))
    first = re.escape(steps[0])
    if re.search(rf"^\s{{0,20}}pub mod {first}\b", root, re.MULTILINE):
        return "::".join((name, *steps))
    passed = re.search(rf"^\s{{0,20}}pub use (?:crate::|self::)?{first}::([^;]{{1,500}});", root, re.MULTILINE)
    wanted = {target.owner or target.called, "*"}
    return name if passed and len(steps) == 1 and wanted & set(re.findall(r"\w+|\*", passed[1])) else ""


def _manifest(path: str, around: Surroundings) -> str | None:
    """The nearest Cargo.toml above that is of a package."""
    for folder in PurePosixPath(path).parents:
        found = str(folder / "Cargo.toml")
        if found in around.paths and "package" in (_read(found, around) or {"package": {}}):
            return found
    return None


def _read(path: str, around: Surroundings) -> Mapping[str, Any]:
    try:
        return toml.load(around.texts.get(path, "")) or {}
    except toml.BrokenError:
        return {}


def _table(read: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = read.get(key)
    return found if isinstance(found, dict) else {}


def _test(target: Target, case: Case, name: str) -> Iterator[str]:
    yield "#[test]"
    if not case.is_written:
        yield f'#[ignore = "{UNWRITTEN}"]'
    if _panics_as_a_whole(target, case):
        yield "#[should_panic]"
    yield f"fn {name}() {{"
    yield from (f"    {line}" for line in _body(target, case))
    yield "}"


def _panics_as_a_whole(target: Target, case: Case) -> bool:
    """Not where something is made before the call, which may panic too."""
    return case.raises == "panic" and not target.traits.get("self")


def _body(target: Target, case: Case) -> Iterator[str]:
    made, called = _on(target, case)
    fails = target.traits.get("result") == "yes"
    if not case.is_written:
        shown = [*made, _shown(target, called)]
        short = f"let got = std::panic::catch_unwind(|| {shown[0]});"
        if len(shown) == 1 and len(short) <= _WIDE and not shown[0].endswith(";"):
            yield short
        else:
            yield "let got = std::panic::catch_unwind(|| {"
            yield from (f"    {line}" for line in shown)
            yield "});"
        yield f'todo!("{UNWRITTEN}: {{:?}}", got);'
        return
    yield from made
    if case.expected is not None:
        wanted = f"Some({case.expected})" if fails else case.expected
        yield f"assert_eq!({called}{'.ok()' if fails else ''}, {wanted});"
    elif case.raises == "panic" and made:
        yield "let got = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {"
        yield f"    {called};" if target.traits.get("unit") else f"    let _ = {called};"
        yield "}));"
        yield "assert!(got.is_err());"
    elif case.raises == "panic":
        yield f"{called};" if target.traits.get("unit") else f"let _ = {called};"
    else:
        yield f"assert!({called}.is_err());"


def _shown(target: Target, called: str) -> str:
    """What an unwritten test says of the call, as far as it can be printed."""
    if target.traits.get("unit"):
        return f"{called};"
    if target.traits.get("debug"):
        known = not target.traits.get("result") or target.traits.get("error")
        return f'format!("{{:?}}", {called}{"" if known else ".ok()"})'
    return f"let _ = {called};"


def _on(target: Target, case: Case) -> tuple[list[str], str]:
    """What stands before the call, and the call."""
    given = ", ".join(text for _, text in case.arguments)
    on = target.traits.get("self", "")
    if not on:
        return [], f"{target.owner + '::' if target.owner else ''}{target.called}({given})"
    maker = target.traits.get("construct", "")
    made = f"{maker}({', '.join(text for _, text in case.construction)})" if maker.endswith("::new") else maker
    return [f"let {'mut ' if on == '&mut self' else ''}on = {made};"], f"on.{target.called}({given})"
