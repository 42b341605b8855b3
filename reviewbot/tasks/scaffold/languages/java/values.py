"""Java: expressions of a type at its edges, the usual one first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reviewbot.tasks.scaffold.conditions import Spelling
from reviewbot.tasks.scaffold.literals import grown

#: Types inside types, and the length of one.
DEEPEST, WIDEST = 2, 120
_WHOLE = {"int": ("", "", 31), "long": ("", "L", 63), "short": ("(short) ", "", 15), "byte": ("(byte) ", "", 7)}
_BOXED = {"Integer": "int", "Long": "long", "Short": "short", "Byte": "byte", "Double": "double", "Float": "float",
          "Boolean": "boolean", "Character": "char"}  # fmt: skip
_KNOWN = {
    "double": ("1.5", "0.0", "-1.5"), "float": ("1.5f", "0.0f", "-1.5f"), "boolean": ("true", "false"),
    "char": ("'a'", "' '", "'\\u4e16'"),
}  # fmt: skip
_TEXTS = ('"a"', '""', '" a b "', '"\\u00e9\\u4e16"')
#: What these names stand for; a file that imports another of the name means that one.
_CLASSES = {
    "String": ("java.lang", _TEXTS), "CharSequence": ("java.lang", _TEXTS), "Object": ("java.lang", ('"a"', "1")),
    "BigDecimal": ("java.math", ("BigDecimal.ONE", "BigDecimal.ZERO", 'new BigDecimal("-1.5")')),
    "BigInteger": ("java.math", ("BigInteger.ONE", "BigInteger.ZERO", 'new BigInteger("-1")')),
    "Duration": ("java.time", ("Duration.ofSeconds(1)", "Duration.ZERO", "Duration.ofSeconds(-1)")),
    "LocalDate": ("java.time", ("LocalDate.of(2024, 2, 29)", "LocalDate.of(2023, 12, 31)")),
    "LocalDateTime": ("java.time", ("LocalDateTime.of(2024, 2, 29, 0, 0)",)),
    "Instant": ("java.time", ("Instant.EPOCH", "Instant.ofEpochSecond(1)")),
    "Locale": ("java.util", ("Locale.ROOT",)), "UUID": ("java.util", ("new UUID(0L, 1L)",)),
}  # fmt: skip
_LISTS = {
    "List": "ArrayList",
    "Collection": "ArrayList",
    "ArrayList": "ArrayList",
    "Set": "HashSet",
    "HashSet": "HashSet",
}
#: The packages of what expressions here name.
PACKAGES = {
    **{name: package for name, (package, _) in _CLASSES.items() if package != "java.lang"},
    **dict.fromkeys(("ArrayList", "HashSet", "HashMap", "Arrays", "Collections", "Optional", "List", "Set", "Map",
                     "Collection"), "java.util"), "Iterable": "java.lang",
}  # fmt: skip
VALUES = frozenset({*_WHOLE, *_KNOWN, *_BOXED, *_CLASSES, *_LISTS, "Map", "Optional"}) - {"Object", "CharSequence"}
_GENERIC = re.compile(r"([A-Z]\w*)<([^<>]{1,60}(?:<[^<>]{1,40}>)?)>", re.ASCII)
_SIZED = re.compile(
    r"(new (?:ArrayList|HashSet)<>\(Arrays\.asList\(|new \w{1,40}\[\] \{)([^(){}]{1,60})(\)\)|\})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Types:
    """What a file says of names: imports (full names), constants of its enums, expressions that make its classes."""

    imports: Mapping[str, str] = field(default_factory=dict)
    enums: Mapping[str, Sequence[str]] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)

    def means(self, name: str, package: str) -> bool:
        """Whether the simple name is that of the platform's class."""
        return self.imports.get(name, f"{package}.{name}") == f"{package}.{name}"


def is_value(text: str, types: Types) -> bool:
    """Whether `equals` of a type, or of what an array of it holds, compares contents."""
    words = re.findall(r"\w+", text.removesuffix("[]"), re.ASCII)
    return bool(words) and "[" not in text.removesuffix("[]") and all(
        one in types.enums or (one in VALUES and types.means(one, PACKAGES.get(one, "java.lang"))) for one in words
    )  # fmt: skip


def fits(kind: str, value: str, *, bare: bool = True) -> bool:
    """Whether a value that a condition asks for is one of the type; a null only where it can be `bare`."""
    if value == "null":
        return bare and kind not in _BOXED.values()
    return kind not in ("short", "byte") or re.fullmatch(r"-?\d+", value) is None


def values(text: str, types: Types, *, calm: bool = True, deep: int = 0) -> tuple[str, ...]:
    """Expressions of a type, () where a test cannot make any. `calm` leaves out those that loops would run with."""
    if len(text) > WIDEST or deep > DEEPEST or "\n" in text:
        return ()
    if text in types.enums:
        return (*types.enums[text][:3], "null") if types.enums[text] else ()
    if text in types.made:
        return (types.made[text], "null")
    if text in _WHOLE:
        cast, suffix, bits = _WHOLE[text]
        edges = ("1", "0", "-1") if calm else ("1", "0", "-1", str(2**bits - 1))
        return tuple(f"{cast}{one}{suffix}" for one in edges)
    if text in _KNOWN:
        return _KNOWN[text]
    if text in _BOXED:
        return (*values(_BOXED[text], types, calm=calm), "null")
    if text in _CLASSES and types.means(text, _CLASSES[text][0]):
        return (*_CLASSES[text][1], "null")
    return _held(text, types, calm, deep + 1)


def _held(text: str, types: Types, calm: bool, deep: int) -> tuple[str, ...]:
    """Arrays, collections, optional values."""
    if text.endswith("..."):
        return tuple(one for one in values(f"{text[:-3]}[]", types, calm=calm, deep=deep) if one != "null")
    if text.endswith("[]"):
        inner = values(text[:-2], types, calm=calm, deep=deep)
        plain = re.fullmatch(r"\w+", text[:-2], re.ASCII)
        few = dict.fromkeys(", ".join(inner[:many]) for many in (1, 2))
        return (*(f"new {text} {{{one}}}" for one in few), f"new {text} {{}}", "null") if inner and plain else ()
    found = _GENERIC.fullmatch(text)
    if found is None or not types.means(found[1], PACKAGES.get(found[1], "")):
        return ()
    if found[1] == "Map":
        key, _, value = (part.strip() for part in found[2].partition(","))
        keys, held = values(key, types, calm=calm, deep=deep), values(value, types, calm=calm, deep=deep)
        one = f"new HashMap<>(Collections.singletonMap({keys[0]}, {held[0]}))" if keys and held else ""
        return (one, "new HashMap<>()", "null") if one else ()
    inner = values(found[2].removeprefix("? extends ").strip(), types, calm=calm, deep=deep)
    inner = tuple(one for one in inner if one != "null")
    if found[1] == "Optional":
        return (f"Optional.of({inner[0]})", "Optional.empty()") if inner else ()
    kind = _LISTS.get(found[1])
    if kind is None or not inner:
        return ()
    few = dict.fromkeys(", ".join(inner[:many]) for many in (1, 2))
    return (*(f"new {kind}<>(Arrays.asList({one}))" for one in few), f"new {kind}<>()", "null")


def _sized(example: str, length: int) -> str | None:
    """A list or array with so many elements like the first of the example."""
    found = _SIZED.fullmatch(example)
    if found is None:
        return grown(example, length) if example.startswith('"') else None
    item = found[2].split(",")[0].strip()
    if length == 0 and found[1].startswith("new ArrayList"):
        return "new ArrayList<>()"
    return f"{found[1]}{', '.join([item] * length)}{found[3]}" if 0 < length <= 40 else None


SPELLING = Spelling("null", "true", "false", sized=_sized)
