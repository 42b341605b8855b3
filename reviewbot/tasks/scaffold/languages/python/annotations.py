"""Values for a parameter of Python: by its annotation, its default or its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reviewbot.tasks.scaffold.harmless import harmless
from reviewbot.tasks.scaffold.literals import kin, read
from reviewbot.tasks.scaffold.naming import words
from reviewbot.tasks.scaffold.splitting import split
from reviewbot.tasks.scaffold.suites import Parameter

#: What stands for a value that nobody can make from a signature: whoever writes the test puts one there.
OPEN = "..."
#: Longer annotations are not read; deeper ones are open.
MAX_ANNOTATION, MAX_DEPTH = 300, 6
#: Values of one parameter.
MOST = 5

_WHOLE = ("1", "0", "-1")
_REAL = ("1.5", "0.0", "-1.5")
_TEXT = ('"abc"', '""', '" a B "')
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "int": _WHOLE, "float": _REAL, "str": _TEXT, "bool": ("True", "False"), "bytes": ('b"abc"', 'b""'),
    "complex": ("1j", "0j"), "None": ("None",), "Any": ("1", '"abc"', "None"), "object": ("1", '"abc"', "None"),
    "datetime": ("datetime(2024, 2, 29, 12, 30)", "datetime(1970, 1, 1)"),
    "date": ("date(2024, 2, 29)", "date(1970, 1, 1)"),
    "time": ("time(12, 30)", "time(0, 0)"), "timedelta": ("timedelta(seconds=1)", "timedelta(0)"),
    "Decimal": ('Decimal("1.5")', 'Decimal("0")', 'Decimal("-1")'), "Fraction": ("Fraction(1, 2)", "Fraction(0)"),
    "Path": ('Path("a.txt")',), "PurePath": ('PurePath("a.txt")',),
    "PurePosixPath": ('PurePosixPath("a.txt")',),
    "UUID": ("UUID(int=1)",), "Hashable": ("1", '"abc"'), "Number": _WHOLE, "Real": _REAL, "LiteralString": _TEXT,
    "bytearray": ('bytearray(b"abc")', "bytearray()"), "range": ("range(3)", "range(0)"),
    "PathLike": ('"a.txt"',), "StrPath": ('"a.txt"',), "AnyStr": _TEXT, "SupportsInt": _WHOLE, "SupportsFloat": _REAL,
}  # fmt: skip
_LISTS = frozenset({"list", "List", "Sequence", "MutableSequence", "Iterable", "Collection", "Reversible", "Container"})
_SETS = frozenset({"set", "Set", "AbstractSet", "MutableSet", "frozenset", "FrozenSet"})
_MAPS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "DefaultDict", "OrderedDict"})
_SHELLS = frozenset({"Final", "ClassVar", "Annotated", "Required", "NotRequired", "InitVar", "type_check_only"})
_NAMED_AFTER: Mapping[tuple[str, ...], str] = {
    _WHOLE: """
        n k i j x y z num number count size index idx length limit offset width height depth level step port age year
        month day total amount min max low high lower upper start stop end minimum maximum value a b c
    """,
    _REAL: "ratio rate price factor weight score seconds duration timeout percent fraction",
    _TEXT: """
        name text s string word line title path filename label key prefix suffix message msg content body url uri email
        slug pattern separator sep delimiter raw source token query char letter left right
        file folder dir directory root dest destination src location
    """,
    ("[1, 2]", "[]", "[1]"): """
        items values list lst array numbers nums seq sequence elements rows data args xs iterable points entries results
        collection
    """,
    ('["a", "b"]', "[]", '["a"]'): "words names lines texts keys tags parts strings tokens paths fields",
    ('{"a": 1}', "{}"): "mapping dictionary dict config options settings params kwargs headers metadata payload counts",
    ("True", "False"): "flag enabled strict verbose force reverse recursive",
    ("lambda *_: None",): "func function callback fn predicate handler",
}
_NAMED = {word: values for values, listed in _NAMED_AFTER.items() for word in listed.split()}
_MIXED = ("1", '"abc"', "None")
_HEAD = re.compile(r"[\w.]{1,100}")
_MEMBER = re.compile(r"""-?\d{1,18}|True|False|None|(["'])[^"'\\\n{}]{0,60}\1""")


@dataclass(frozen=True, slots=True)
class _Reader:
    #: By name of a class of the same file, expressions that make one.
    classes: Mapping[str, Sequence[str]]

    def values(self, annotation: str, depth: int = 0) -> tuple[str, ...]:
        """Expressions of a type, the usual one first; none where there is no telling."""
        text = annotation.strip()
        if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
            text = text[1:-1].strip()
        if depth > MAX_DEPTH or not text:
            return ()
        members = split(text, "|")
        if len(members) > 1:
            return self._either(members, depth)
        head = _HEAD.match(text)
        if head is None:
            return ()
        name, inner = head[0].rpartition(".")[2], text[head.end() :].strip()
        if not inner:
            return self._bare(name)
        if not (inner.startswith("[") and inner.endswith("]")):
            return ()
        return self._filled(name, split(inner[1:-1], ","), depth + 1)

    def _bare(self, name: str) -> tuple[str, ...]:
        if name in self.classes:
            return tuple(self.classes[name])
        if name in _LISTS | _SETS | _MAPS | {"tuple", "Tuple", "Callable", "Iterator", "Generator"}:
            return self._filled(name, [], 0)
        is_variable = len(name) <= 2 and name.isupper()
        return _WHOLE if is_variable else _PLAIN.get(name, ())

    def _either(self, members: Sequence[str], depth: int) -> tuple[str, ...]:
        """The values of the first, then the usual one of each other."""
        offered = [values for member in members if (values := self.values(member, depth + 1))]
        plain = [values for values in offered if values != ("None",)] or offered
        last = ["None"] if ("None",) in offered else []
        rest = [values[0] for values in plain[1:]]
        return tuple(dict.fromkeys([*(plain[0] if plain else ()), *rest, *last]))

    def _filled(self, name: str, inner: Sequence[str], depth: int) -> tuple[str, ...]:
        match name:
            case "Optional":
                return self._either([*inner[:1], "None"], depth)
            case "Union":
                return self._either(inner, depth)
            case "Literal":
                return tuple(item.strip() for item in inner if _MEMBER.fullmatch(item.strip()))
            case "Callable":
                result = self.values(inner[-1], depth) if len(inner) > 1 else ()
                return (f"lambda *_: {result[0]}" if result else "lambda *_: None",)
            case "type" | "Type":
                return tuple(item.strip() for item in inner if item.strip() in ("int", "str", "float", "bool"))
            case "tuple" | "Tuple":
                return self._tuple(inner, depth)
        if name in _SHELLS:
            return self.values(inner[0], depth) if inner else ()
        return self._many(name, [self.values(item, depth) for item in inner if item.strip()])

    def _tuple(self, inner: Sequence[str], depth: int) -> tuple[str, ...]:
        if not inner or inner[-1].strip() == "...":
            item = self.values(inner[0], depth) if inner else _WHOLE
            return (f"({item[0]}, {item[-1]})", "()", f"({item[0]},)") if item else ()
        items = [self.values(item, depth) for item in inner]
        if not all(items):
            return ()
        comma = "," if len(items) == 1 else ""
        return tuple(f"({', '.join(item[min(at, len(item) - 1)] for item in items)}{comma})" for at in range(2))

    def _many(self, name: str, inner: Sequence[Sequence[str]]) -> tuple[str, ...]:
        if not all(inner):
            return ()
        if name in _MAPS:
            key, value = (inner[0], inner[1]) if len(inner) == 2 else (('"a"',), ("1",))
            return f"{{{key[0]}: {value[0]}}}", "{}"
        item = inner[0] if inner else _WHOLE
        distinct = list(dict.fromkeys([item[0], *item[1:2]]))
        if name in ("Iterator", "Generator", "AsyncIterator"):
            return (f"iter([{', '.join(distinct)}])", "iter([])") if name != "AsyncIterator" else ()
        if name in _SETS:
            kind = "frozenset" if name in ("frozenset", "FrozenSet") else ""
            filled = f"{{{', '.join(distinct)}}}"
            return (f"frozenset({filled})", "frozenset()") if kind else (filled, "set()")
        return (f"[{', '.join(distinct)}]", "[]", f"[{item[0]}]") if name in _LISTS else ()


def valued(classes: Mapping[str, Sequence[str]]) -> Callable[[Parameter], tuple[str, ...]]:
    """For each parameter the expressions that a test gives it: the usual one first, OPEN where there is none."""
    reader = _Reader(classes)

    def values(parameter: Parameter) -> tuple[str, ...]:
        if parameter.type:
            short = parameter.type if len(parameter.type) <= MAX_ANNOTATION else ""
            found = reader.values(short)
        else:
            found = _untyped(parameter)
        short_ones = dict.fromkeys(value for value in found if len(value) <= MAX_ANNOTATION)
        closed = harmless(parameter, short_ones)[:MOST]
        return closed or ((OPEN,) if parameter.default is None else ())

    return values


def _untyped(parameter: Parameter) -> tuple[str, ...]:
    default = read(parameter.default or "")
    match kin(default):
        case "number":
            return _REAL if isinstance(default, float) else _WHOLE
        case "text":
            return _TEXT
        case "truth":
            return "True", "False"
        case "list" if parameter.default:
            return {"{": ('{"a": 1}', "{}"), "(": ("(1, 2)", "()")}.get(parameter.default[0], ("[1, 2]", "[]"))
    by_name = next((_NAMED[word] for word in reversed(words(parameter.name)) if word in _NAMED), None)
    if by_name is None and parameter.name.startswith(("is_", "has_")):
        return "True", "False"
    return by_name or _MIXED
