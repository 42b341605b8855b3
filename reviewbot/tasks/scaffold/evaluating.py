"""What a condition's tree comes to where names stand for values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reviewbot.tasks.scaffold.literals import MAX_MADE, UNKNOWN, Sized, Unknown, Value, kin
from reviewbot.tasks.scaffold.parsing import Expression

_LENGTH = frozenset({"len", "length", "size", "count", "strlen", "mb_strlen", "sizeof"})
_EMPTY = frozenset({"empty", "empty?", "is_empty", "isempty", "isnullorempty"})
#: Calls and members that ask for a length only.
MEASURES = _LENGTH | _EMPTY
_NONE = frozenset({"nil?", "is_none", "is_null", "isnull"})
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TYPES = {
    "int": (int,), "float": (float,), "str": (str,), "bool": (bool,), "list": (Sized,), "tuple": (Sized,),
    "dict": (Sized,),
}  # fmt: skip
_TYPEOF = {"truth": "boolean", "number": "number", "text": "string", "list": "object"}
_CHANGED: Mapping[str, Callable[[str], str]] = {
    "strip": str.strip, "trim": str.strip, "lower": str.lower, "tolowercase": str.lower, "downcase": str.lower,
    "to_lowercase": str.lower, "tolower": str.lower, "upper": str.upper, "touppercase": str.upper, "upcase": str.upper,
    "to_string": str, "tostring": str, "as_str": str,
}  # fmt: skip
#: `%w[a b].include?(x)`, `List.of("a", "b").contains(x)`, `in_array($x, ['a', 'b'])`.
_HOLDS = frozenset({"include?", "includes", "contains", "in_array"})
_LISTED = frozenset({"of", "aslist"})
_STARTS = frozenset({"startswith", "starts_with", "start_with?"})
_ENDS = frozenset({"endswith", "ends_with", "end_with?"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What names stand for, and of which kinds the empty ones are false: languages disagree."""

    values: Mapping[str, Value]
    falsy: frozenset[str]


def is_true(value: Value, falsy: frozenset[str]) -> bool | None:
    """Whether a condition of this value is met."""
    if isinstance(value, Unknown):
        return None
    if value is None or isinstance(value, bool):
        return bool(value)
    return kin(value) not in falsy or bool(value.length if isinstance(value, Sized) else value)


def evaluated(tree: Expression, setting: Setting) -> Value:
    """UNKNOWN wherever something that matters is."""
    match tree.kind:
        case "value":
            return tree.value
        case "name":
            return setting.values.get(tree.text, UNKNOWN)
        case "list":
            return Sized(len(tree.parts))
        case "not":
            truth = is_true(evaluated(tree.parts[0], setting), setting.falsy)
            return UNKNOWN if truth is None else not truth
        case "and" | "or":
            return _joined(tree, setting)
        case "compare":
            return _chain(tree, setting)
        case "arithmetic":
            return _arithmetic(tree.text, *(evaluated(part, setting) for part in tree.parts))
        case "call":
            return _called(tree, setting)
    return UNKNOWN


def _joined(tree: Expression, setting: Setting) -> Value:
    truths = [is_true(evaluated(part, setting), setting.falsy) for part in tree.parts]
    deciding = tree.kind == "or"
    for truth in truths:
        if truth is None:
            return UNKNOWN  # what comes before the deciding one might raise
        if truth is deciding:
            return deciding
    return not deciding


def _chain(tree: Expression, setting: Setting) -> Value:
    values = [evaluated(part, setting) for part in tree.parts]
    for at, sign in enumerate(tree.operators):
        if sign in ("in", "not in"):
            outcome = _held(values[at], tree.parts[at + 1], setting)
        else:
            outcome = _compared(sign, values[at], values[at + 1])
        if outcome is None:
            return UNKNOWN
        if outcome is (sign == "not in"):
            return False
    return True


def _held(value: Value, holder: Expression, setting: Setting) -> bool | None:
    is_list = holder.kind == "list"
    if not (is_list or (holder.kind == "call" and holder.text.lower() in _LISTED)) or isinstance(
        value, Unknown | Sized
    ):
        return None
    items = [evaluated(part, setting) for part in (holder.parts if is_list else holder.parts[1:])]
    return None if any(isinstance(item, Unknown | Sized) for item in items) else value in items


def _compared(sign: str, left: Value, right: Value) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if sign in _COMPARED:
        if kin(left) == kin(right) == "number" and isinstance(left, int | float) and isinstance(right, int | float):
            return _COMPARED[sign](left, right)
        return None
    if isinstance(left, Sized) and isinstance(right, Sized):
        same = False if left != right else None if left.length else True
    else:
        same = kin(left) == kin(right) and left == right
    negated = sign in ("!=", "!==", "is not")
    return None if same is None else same is not negated


def _arithmetic(sign: str, left: Value, right: Value) -> Value:
    if not (kin(left) == kin(right) == "number") or not isinstance(left, int | float):
        return UNKNOWN
    if not isinstance(right, int | float) or max(abs(left), abs(right)) > MAX_MADE * MAX_MADE:
        return UNKNOWN
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "%" if right > 0 and left >= 0:  # languages disagree on the rest of a negative number
            return left % right
    return UNKNOWN


def _called(tree: Expression, setting: Setting) -> Value:
    name, parts = tree.text.lower(), tree.parts
    values = [evaluated(part, setting) for part in parts]
    if not values:
        return UNKNOWN
    if name in _HOLDS and len(parts) >= 2:
        holder, value = (parts[1], values[0]) if name == "in_array" else (parts[0], values[1])
        held = _held(value, holder, setting)
        return UNKNOWN if held is None else held
    if name == "isinstance" and len(parts) == 2:
        return _is_instance(values[0], parts[1])
    if name == "typeof":
        return _TYPEOF.get(kin(values[0]), UNKNOWN)
    if name in ("equals", "eq") and len(values) == 2:
        outcome = _compared("==", *values)
        return UNKNOWN if outcome is None else outcome
    if name in _STARTS | _ENDS and len(values) == 2:
        text, end = values
        if isinstance(text, str) and isinstance(end, str):
            return text.startswith(end) if name in _STARTS else text.endswith(end)
        return UNKNOWN
    return _asked(name, values[-1])


def _asked(name: str, value: Value) -> Value:
    """Of one value its length, whether it is empty or nothing, or a text changed a little."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if name in _NONE or name == "is_some":
        return (value is None) is (name in _NONE)
    if isinstance(value, str) and name in _CHANGED:
        return _CHANGED[name](value)
    length = len(value) if isinstance(value, str) else value.length if isinstance(value, Sized) else None
    if value is None and name == "isnullorempty":
        length = 0
    if length is None:
        return UNKNOWN
    return length if name in _LENGTH else length == 0 if name in _EMPTY else UNKNOWN


def _is_instance(value: Value, asked: Expression) -> Value:
    wanted = [part.text for part in (asked.parts if asked.kind == "list" else (asked,))]
    if isinstance(value, Unknown | Sized) or any(name not in _TYPES for name in wanted):
        return UNKNOWN
    return value is not None and isinstance(value, tuple(kind for name in wanted for kind in _TYPES[name]))
