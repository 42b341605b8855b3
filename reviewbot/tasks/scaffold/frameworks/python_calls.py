"""How Python tests call a target, whatever framework they are written in: imports, rows and the call itself."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewbot.core.text import visible
from reviewbot.tasks.scaffold.naming import safe
from reviewbot.tasks.scaffold.splitting import split
from reviewbot.tasks.scaffold.suites import Case, Suite, Target

#: As formatters of Python have it.
WIDTH = 88
#: A longer expression that makes an instance has a line of its own.
MAX_INLINE = 40
#: Stands for an expectation while somebody writes it.
HOLE = "REVIEWBOT_HOLE"
_LIBRARY = {
    "Decimal": "decimal", "Fraction": "fractions", "Path": "pathlib", "PurePath": "pathlib", "PurePosixPath": "pathlib",
    "UUID": "uuid", "datetime": "datetime", "date": "datetime", "time": "datetime", "timedelta": "datetime",
    "islice": "itertools", "asdict": "dataclasses", "asyncio": "", "attrs": "",
}  # fmt: skip
#: Names that a test uses for itself.
_RESERVED = frozenset({
    "pytest", "unittest", "TestClient", "expected", "exception", "arguments", "result", "error", "subject", "name",
    "request", "url", "self", "repr", "Exception", "SystemExit", *_LIBRARY,
})  # fmt: skip
_STRINGS = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_SAFE_URL = re.compile(r"-?\d+(\.\d+)?|[\"']([\w.-]{1,40})[\"']")
_FLOAT = re.compile(r"-?\d[\d_]*\.\d*(e-?\d+)?")
_PLACE = re.compile(r"<(?:\w+(?:\([^()<>]*\))?:)?(\w+)>|\{(\w+)(?::\w+)?\}")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """The statements before a call, and an expression of what is asserted."""

    before: tuple[str, ...]
    value: str


def given(target: Target, case: Case) -> Pairs:
    """What differs from case to case: arguments, those of the constructor where the call takes none, or a URL."""
    if target.kind == "endpoint":
        return (("url", _url(target.traits.get("route", ""), dict(case.arguments))),)
    return case.construction if is_built(target) else case.arguments


def is_built(target: Target) -> bool:
    """Whether the cases differ in what the constructor takes."""
    return not target.parameters and bool(target.constructor)


def is_by_place(target: Target) -> bool:
    """Whether what differs from case to case has no names for the call."""
    return target.kind == "endpoint" or (bool(target.traits.get("positional")) and not is_built(target))


def reachable(suite: Suite) -> tuple[Case, ...]:
    """The cases that a call can be written for: not those of a URL that would have to be quoted."""
    if suite.target.kind != "endpoint":
        return suite.cases
    return tuple(case for case in suite.cases if all(_SAFE_URL.fullmatch(value) for _, value in case.arguments))


def _url(route: str, arguments: Mapping[str, str]) -> str:
    filled = _PLACE.sub(lambda match: arguments.get(match[1] or match[2], "1").strip("\"'"), route)
    return quoted(filled)


def imported(target: Target) -> str:
    """The name that a test imports; of a method that of its class."""
    return target.traits.get("app", "") if target.kind == "endpoint" else target.owner or target.called


def local(target: Target) -> str:
    """What the test calls it: another name where that is the test's own, or would be taken for a test."""
    name = imported(target)
    clashes = name in _RESERVED or name.lower().startswith("test") or name.startswith("pytest_")
    return ("Subject" if name[:1].isupper() else "under_test") if clashes else name


def called(suite: Suite, arguments: str) -> Call:
    """The call with these arguments in their place."""
    target, name = suite.target, local(suite.target)
    if target.kind == "endpoint":
        client = f"{name}.test_client()" if target.traits.get("client") == "flask" else f"TestClient({name})"
        return Call((), f"{client}.{target.traits.get('method', 'get')}({arguments}).status_code")
    shape = target.traits.get("shape", "function")
    before: tuple[str, ...] = ()
    if target.kind == "method" and shape in ("method", "property"):
        fixed = arguments if is_built(target) else _spelled(suite.cases[0].construction if suite.cases else ())
        made = f"{name}({fixed})"
        if target.traits.get("observed") or len(made) > MAX_INLINE:
            pieces = split(fixed, ",") if fixed else []
            before = tuple(bracketed(f"subject = {name}(", [piece.strip() for piece in pieces], ")", 0, WIDTH - 16))
        name = "subject" if before else made
    taken = "" if is_built(target) else arguments
    call = name if target.kind != "method" else f"{name}.{target.called}"
    call += "" if shape == "property" else f"({taken})"
    call = f"asyncio.run({call})" if target.is_async else call
    observed = target.traits.get("observed", "")
    if observed:
        return Call((*before, call), observed.replace("{}", "subject"))
    return Call(before, target.traits.get("result", "{}").replace("{}", call))


def _spelled(pairs: Pairs) -> str:
    return ", ".join(f"{name}={value}" for name, value in pairs)


def held(pairs: Pairs, *, by_place: bool) -> str:
    """Arguments as one expression: a tuple, or a mapping by their names."""
    if by_place:
        return f"({', '.join(value for _, value in pairs)},)"
    return f"{{{', '.join(f'{quoted(name)}: {value}' for name, value in pairs)}}}"


def columns(suite: Suite) -> tuple[str, ...] | None:
    """The names of the arguments where every case gives the same ones and none is a name of the test's own."""
    sets = {tuple(name for name, _ in given(suite.target, case)) for case in reachable(suite)}
    if len(sets) != 1:
        return None
    names = sets.pop()
    own = _RESERVED - {"url"} if suite.target.kind == "endpoint" else _RESERVED
    clash = set(names) & (own | {local(suite.target)} | set(_uses(suite)))
    return None if clash or not all(name.isascii() for name in names) else names


def handed(suite: Suite, names: Sequence[str]) -> str:
    """The columns as arguments of the call."""
    target = suite.target
    by_name = {one.name for one in (*target.parameters, *target.constructor) if one.named}
    return ", ".join(f"{name}={name}" if name in by_name else name for name in names)


def is_builtin(name: str) -> bool:
    """Whether Python itself has an exception of this name."""
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def first_part(name: str) -> str:
    return name.partition(".")[0]


def _uses(suite: Suite) -> list[str]:
    """The names in what the cases give and expect, in order; words in strings are none."""
    texts = [value for case in suite.cases for _, value in (*case.arguments, *case.construction)]
    texts += [case.expected for case in suite.cases if case.expected is not None]
    bare = (_STRINGS.sub(" ", text) for text in texts)
    return list(dict.fromkeys(name for text in bare for name in _NAME.findall(text)))


def imports(suite: Suite, framework: str) -> list[str]:
    """The lines of the imports, sorted as formatters sort them."""
    target = suite.target
    call = called(suite, "")
    used = {*_uses(suite), *_NAME.findall(" ".join((*call.before, call.value)))}
    library = {name for name in used if name in _LIBRARY and name != local(target)}
    plain = sorted({name for name in library if not _LIBRARY[name] and name != "attrs"})
    groups: dict[str, set[str]] = {}
    for name in library - {"asyncio", "attrs"}:
        groups.setdefault(_LIBRARY[name], set()).add(name)
    standard = [f"import {name}" for name in sorted([*plain, *(["unittest"] if framework == "unittest" else [])])]
    standard += [f"from {module} import {_listed(names)}" for module, names in sorted(groups.items())]
    third = [f"import {name}" for name in sorted({"attrs"} & library | {"pytest"} & {framework})]
    third += ["from fastapi.testclient import TestClient"] if target.traits.get("client") == "fastapi" else []
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


def header(suite: Suite) -> str:
    blob = f" ({suite.blob})" if suite.blob else ""
    return f"# Scaffold by reviewbot for {visible(suite.target.id)}{visible(blob)}"


def title(target: Target) -> str:
    """A name for tests: `stack_push`."""
    return safe(target.name.replace(".", "_")).lower()


def quoted(text: str) -> str:
    """A string in ASCII as formatters write it: in double quotes where it has none."""
    written = ascii(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and not {"'", '"'} & set(text) else written


def is_real(expected: str) -> bool:
    """Whether it is a number that a computer may miss a little."""
    return _FLOAT.fullmatch(expected) is not None


def bracketed(head: str, parts: Sequence[str], closing: str, indent: int, width: int = WIDTH) -> list[str]:
    """`head` and parts on one line where they fit, else a part on each line, and so on in a mapping among them."""
    blank = " " * indent
    line = f"{blank}{head}{', '.join(parts)}{closing}"
    if len(line) <= width:
        return [line]
    inner = [row for part in parts for row in _part(part, indent + 4, width)]
    return [f"{blank}{head}", *inner, f"{blank}{closing}"]


def _part(part: str, indent: int, width: int) -> list[str]:
    if len(part) + indent < width or not (part.startswith("{") and part.endswith("}")):
        return [f"{' ' * indent}{part},"]
    return bracketed("{", [piece.strip() for piece in split(part[1:-1], ",")], "},", indent, width)
