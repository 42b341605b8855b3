"""The imports of a Python test: what its calls and its cases name."""

from __future__ import annotations

from collections.abc import Iterable

from reviewbot.tasks.scaffold.frameworks.python_calls import (
    LIBRARY,
    NAMES,
    called,
    first_part,
    imported,
    is_builtin,
    local,
    reachable,
    uses,
)
from reviewbot.tasks.scaffold.frameworks.python_lines import WIDTH
from reviewbot.tasks.scaffold.suites import Suite

_APPLICATIONS = {"flask": "Flask", "fastapi": "FastAPI"}


def imports(suite: Suite, framework: str) -> list[str]:
    """The lines of the imports, sorted as formatters sort them."""
    target = suite.target
    call = called(suite, "")
    used = {*uses(suite), *NAMES.findall(" ".join((*call.before, call.value)))}
    library = {name for name in used if name in LIBRARY and name != local(target)}
    plain = sorted({name for name in library if not LIBRARY[name] and name != "attrs"})
    groups: dict[str, set[str]] = {}
    for name in library - {"asyncio", "attrs"}:
        groups.setdefault(LIBRARY[name], set()).add(name)
    standard = [f"import {name}" for name in sorted([*plain, *(["unittest"] if framework == "unittest" else [])])]
    standard += [f"from {module} import {_listed(names)}" for module, names in sorted(groups.items())]
    third = [f"import {name}" for name in sorted({"attrs"} & library | {"pytest"} & {framework})]
    client = target.traits.get("client", "")
    third += [f"from {client} import {_APPLICATIONS[client]}"] if target.traits.get("router") else []
    third += ["from fastapi.testclient import TestClient"] if client == "fastapi" else []
    return [line for block in (standard, third, [_own(suite, used)]) if block for line in (*block, "")]


def _own(suite: Suite, used: Iterable[str]) -> str:
    """What the test takes from the module of the target."""
    target = suite.target
    classes = {key.removeprefix("value:") for key in target.traits if key.startswith("value:")} & set(used)
    raised = {first_part(case.raises) for case in reachable(suite) if case.raises and not is_builtin(case.raises)}
    others = sorted((classes | raised) - {imported(target)})
    name = imported(target) if local(target) == imported(target) else f"{imported(target)} as {local(target)}"
    members = sorted([*others, name], key=_order)
    line = f"from {suite.module} import {', '.join(members)}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"from {suite.module} import (", *(f"    {member}," for member in members), ")"])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=_order))


def _order(name: str) -> tuple[int, str]:
    return 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name
