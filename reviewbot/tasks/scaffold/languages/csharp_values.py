"""What a C# test may give a parameter, by its type."""

from __future__ import annotations

import re

_WHOLE = ("1", "0", "-1", "2")
_PLAIN = {
    **dict.fromkeys(("int", "short", "sbyte"), _WHOLE), "long": ("1L", "0L", "-1L", "2L"),
    **dict.fromkeys(("uint", "ulong", "byte", "ushort"), ("1", "0", "2")), "double": ("1.5", "0.0", "-1.0"),
    "float": ("1.5f", "0f", "-1f"), "decimal": ("1.5m", "0m", "-1m"), "bool": ("true", "false"),
    "char": ("'a'", "' '"), "string": ('"abc"', '""', '"a b"'), "object": ("new object()",), "Guid": ("Guid.Empty",),
    "DateTime": ("new DateTime(2024, 2, 29)",), "TimeSpan": ("TimeSpan.FromSeconds(1)", "TimeSpan.Zero"),
    "CancellationToken": ("CancellationToken.None",), "Uri": ('new Uri("https://example.org/")',),
}  # fmt: skip
_NUMBERS = re.compile(r"-?\d[\d_.]{0,30}[A-Za-z]{0,2}", re.ASCII)
_UNSIGNED = frozenset({"uint", "ulong", "byte", "ushort"})
_LISTS = re.compile(r"(?:List|IList|IEnumerable|ICollection|IReadOnlyList|IReadOnlyCollection)<(.{1,60})>")
_MAPS = re.compile(r"(?:Dictionary|IDictionary|IReadOnlyDictionary)<(.{1,80})>")


def values(kind: str) -> tuple[str, ...]:
    """Values of a type; none for one that a test cannot make without help."""
    if kind.endswith("?"):
        return (*values(kind[:-1]), "null")
    if kind.endswith("[]") and kind[:-2] in _PLAIN:
        return (f"new {kind} {{ {', '.join(_PLAIN[kind[:-2]][:2])} }}", f"new {kind} {{ }}")
    if (listed := _LISTS.fullmatch(kind)) and listed[1] in _PLAIN:
        return (f"new List<{listed[1]}> {{ {', '.join(_PLAIN[listed[1]][:2])} }}", f"new List<{listed[1]}>()")
    if (mapped := _MAPS.fullmatch(kind)) and all(one in _PLAIN for one in mapped[1].split(",")):
        return (f"new Dictionary<{mapped[1]}>()",)
    return _PLAIN.get(kind, ())


def fits(kind: str, value: str) -> bool:
    """Whether the compiler takes a value that a condition suggests."""
    plain = kind.removesuffix("?")
    if value == "null":
        return kind.endswith("?") or plain == "string"
    if plain in ("string", "bool"):
        return value.startswith('"') if plain == "string" else value in ("true", "false")
    if plain in _PLAIN and _NUMBERS.fullmatch(_PLAIN[plain][0]):
        return _NUMBERS.fullmatch(value) is not None and not (plain in _UNSIGNED and value.startswith("-"))
    return value in values(kind)
