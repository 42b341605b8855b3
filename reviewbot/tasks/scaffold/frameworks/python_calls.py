"""How Python tests call a target, whatever framework they are written in: imports, rows and the call itself."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewbot.core.text import visible
from reviewbot.tasks.scaffold.frameworks.python_lines import WIDTH, bracketed, quoted
from reviewbot.tasks.scaffold.naming import safe
from reviewbot.tasks.scaffold.splitting import split
from reviewbot.tasks.scaffold.suites import Case, Suite, Target

#: A longer expression that makes an instance has a line of its own.
MAX_INLINE = 40
#: Of an endpoint with several methods the parameter that says which.
VERB = "http_method"
#: Values that are told by identity.
SINGLE = frozenset({"None", "True", "False"})
LIBRARY = {
    "Decimal": "decimal", "Fraction": "fractions", "Path": "pathlib", "PurePath": "pathlib", "PurePosixPath": "pathlib",
    "UUID": "uuid", "datetime": "datetime", "date": "datetime", "time": "datetime", "timedelta": "datetime",
    "islice": "itertools", "asdict": "dataclasses", "asyncio": "", "attrs": "",
}  # fmt: skip
#: Names that a test uses for itself.
_RESERVED = frozenset({
    "pytest", "unittest", "TestClient", "expected", "exception", "arguments", "result", "error", "subject", "name",
    "request", "url", "self", "served", "repr", "Exception", "SystemExit", *LIBRARY,
})  # fmt: skip
_STRINGS = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')
NAMES = re.compile(r"(?<![\w.])[^\W\d]\w*")
_QUOTES = "\"'"
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
        arguments = dict(case.arguments)
        verb = arguments.pop(VERB, "")
        url = ("url", _url(target.traits.get("route", ""), arguments))
        return (("method", verb), url) if verb else (url,)
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
    places = {match[1] or match[2] for match in _PLACE.finditer(route)}
    filled = _PLACE.sub(lambda match: arguments.get(match[1] or match[2], "1").strip(_QUOTES), route)
    asked = "&".join(f"{name}={value.strip(_QUOTES)}" for name, value in arguments.items() if name not in places)
    return quoted(f"{filled}?{asked}" if asked else filled)


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
        return _asked(target, name, arguments)
    before: tuple[str, ...] = ()
    if _is_bound(target):
        fixed = arguments if is_built(target) else _spelled(suite.cases[0].construction if suite.cases else ())
        name = f"{name}({fixed})"
        if target.traits.get("observed") or len(name) > MAX_INLINE:
            before, name = _made(local(target), fixed), "subject"
    call = _call(target, name, arguments)
    observed = target.traits.get("observed", "")
    if observed:
        return Call((*before, call), observed.replace("{}", "subject"))
    return Call(before, target.traits.get("result", "{}").replace("{}", call))


def refused(suite: Suite, arguments: str, raised: str) -> Call:
    """The call where it raises: what is before it does not, and nothing is looked at afterwards."""
    target, name = suite.target, local(suite.target)
    if target.kind == "endpoint":
        return _asked(target, name, arguments)
    before: tuple[str, ...] = ()
    if _is_bound(target):
        if is_refused(target, raised):
            return Call((), f"{name}({arguments})")
        fixed = arguments if is_built(target) else _spelled(suite.cases[0].construction if suite.cases else ())
        before, name = _made(name, fixed), "subject"
    call = _call(target, name, arguments)
    lazy = target.traits.get("result", "")
    return Call(before, lazy.replace("{}", call) if "islice" in lazy else call)


def is_refused(target: Target, raised: str) -> bool:
    """Whether it is the constructor that raises, for the method itself never does."""
    return is_built(target) and _is_bound(target) and first_part(raised) not in NAMES.findall(target.source)


def _is_bound(target: Target) -> bool:
    return target.kind == "method" and target.traits.get("shape", "function") in ("method", "property")


def _made(owner: str, fixed: str) -> tuple[str, ...]:
    pieces = split(fixed, ",") if fixed else []
    return tuple(bracketed(f"subject = {owner}(", [piece.strip() for piece in pieces], ")", 0, WIDTH - 16))


def _call(target: Target, name: str, arguments: str) -> str:
    taken = "" if is_built(target) else arguments
    call = name if target.kind != "method" else f"{name}.{target.called}"
    call += "" if target.traits.get("shape") == "property" else f"({taken})"
    return f"asyncio.run({call})" if target.is_async else call


def _asked(target: Target, name: str, arguments: str) -> Call:
    """What a client gets from an application; a router is asked through one that the test makes of it."""
    is_flask = target.traits.get("client") == "flask"
    before: tuple[str, ...] = ()
    if target.traits.get("router"):
        made, joined = ("Flask(__name__)", "register_blueprint") if is_flask else ("FastAPI()", "include_router")
        before, name = (f"served = {made}", f"served.{joined}({name})"), "served"
    client = f"{name}.test_client()" if is_flask else f"TestClient({name})"
    method = target.traits.get("method", "get")
    if VERB in {one.name for one in target.parameters}:
        method = "open" if is_flask else "request"
        if is_flask:
            each = ("arguments[1]", "arguments[0]") if arguments.startswith("*") else ("url", "method")
            arguments = "{}, method={}".format(*each)
    return Call(before, f"{client}.{method}({arguments}).status_code")


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
    clash = set(names) & (own | {local(suite.target)} | set(uses(suite)))
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


def uses(suite: Suite) -> list[str]:
    """The names in what the cases give and expect, in order; words in strings are none."""
    texts = [value for case in suite.cases for _, value in (*case.arguments, *case.construction)]
    texts += [case.expected for case in suite.cases if case.expected is not None]
    bare = (_STRINGS.sub(" ", text) for text in texts)
    return list(dict.fromkeys(name for text in bare for name in NAMES.findall(text)))


def header(suite: Suite) -> str:
    blob = f" ({suite.blob})" if suite.blob else ""
    return f"# Scaffold by reviewbot for {visible(suite.target.id)}{visible(blob)}"


def title(target: Target) -> str:
    """A name for tests: `stack_push`."""
    return safe(target.name.replace(".", "_")).lower()


def is_real(expected: str) -> bool:
    """Whether it is a number that a computer may miss a little."""
    return _FLOAT.fullmatch(expected) is not None
