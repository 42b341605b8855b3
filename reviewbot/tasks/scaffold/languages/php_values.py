"""What a PHP test may give a parameter, by its types, else by its default and its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.tasks.scaffold.suites import Parameter

KINDS = {
    "int": ("1", "0", "-1", "2"), "integer": ("1", "0", "-1", "2"), "float": ("1.5", "0.0", "-1.0"),
    "string": ("'abc'", "''", "'a b'"), "bool": ("true", "false"), "array": ("[1, 2, 3]", "[]"),
    "iterable": ("[1, 2, 3]", "[]"), "null": ("null",), "true": ("true",), "false": ("false",),
    "object": ("new \\stdClass()",), "\\stdclass": ("new \\stdClass()",),
    **dict.fromkeys(("\\datetimeinterface", "\\datetimeimmutable"), ("new \\DateTimeImmutable('2024-02-29')",)),
    "\\datetime": ("new \\DateTime('2024-02-29')",),
}  # fmt: skip
#: A type that is an interface as far as its name tells: PHPUnit makes a stub of it.
INTERFACE = re.compile(r"\\?(?:[A-Za-z_]\w{0,99}\\){0,15}[A-Za-z]\w{0,99}Interface", re.ASCII)
_DEFAULTS = (
    (re.compile(r"-?\d[\d_]*\Z", re.ASCII), "int"), (re.compile(r"-?\d[\d_]*\.\d+\Z", re.ASCII), "float"),
    (re.compile(r"[\"']"), "string"), (re.compile(r"\[|array\("), "array"), (re.compile(r"(?i)(true|false)\Z"), "bool"),
)  # fmt: skip
_NAMES = (
    (re.compile(r"^(is|has|with|enabled?|force|strict)([A-Z_]|$)|[fF]lag$"), "bool"),
    (re.compile(r"(?i)(name|text|str|string|title|path|key|word|line|url|email|message|label|slug|code|prefix|suffix)$"),
     "string"),
    (re.compile(r"(?i)(list|array|arr|values|items|numbers|elements|rows|names|words|options|params|ids)$"), "array"),
)  # fmt: skip


def examples(parameter: Parameter) -> Sequence[str]:
    """Values of its types, or of what default and name say of one without."""
    types = [word.strip() for word in parameter.type.lstrip("?").split("|") if word.strip()]
    if not types or parameter.type.lower() == "mixed":
        default = (parameter.default or "").strip()
        kind = next((kind for shape, kind in _DEFAULTS if shape.match(default)), "")
        types = [kind or next((kind for shape, kind in _NAMES if shape.search(parameter.name)), "int")]
    nothing = ["null"] if parameter.type.startswith("?") else []
    values = [value for word in types for value in KINDS.get(word.lower(), _stub(word))] + nothing
    return tuple(dict.fromkeys(values))


def _stub(kind: str) -> tuple[str, ...]:
    return (f"$this->createStub({kind}::class)",) if INTERFACE.fullmatch(kind) else ()


def fits(kind: str, value: str) -> bool:
    """Whether a value that a condition suggests is one of its type."""
    types = {word.strip().lower() for word in kind.lstrip("?").split("|")}
    if not types - {""} or "mixed" in types:
        return True
    if value == "null":
        return kind.startswith("?") or "null" in types
    shapes = {word for shape, word in _DEFAULTS if shape.match(value)}
    return bool(types & shapes) or (shapes == {"int"} and "float" in types) or value in KINDS.get(kind.lower(), ())
