"""Rust: expressions of a type at its edges, the usual one first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reviewbot.tasks.scaffold.conditions import Spelling
from reviewbot.tasks.scaffold.literals import grown

#: Types inside types, and the length of one.
DEEPEST, WIDEST = 3, 120
_BITS = {"8": 8, "16": 16, "32": 32, "64": 64, "128": 128}
_WHOLE = re.compile(r"([iu])(8|16|32|64|128|size)")
_TEXTS = ('"a"', '""', '" a b "', '"\\u{e9}\\u{4e16}"')
_KNOWN = {
    "f32": ("1.5", "0.0", "-1.5"), "f64": ("1.5", "0.0", "-1.5"), "bool": ("true", "false"),
    "char": ("'a'", "' '", "'\\u{4e16}'"), "()": ("()",), "&str": _TEXTS,
    "String": tuple(f"{one}.to_string()" for one in _TEXTS), "&[u8]": ('b"a"', 'b""'),
    "Duration": ("std::time::Duration::from_secs(1)", "std::time::Duration::ZERO"),
    "&Path": ('std::path::Path::new("a")',), "PathBuf": ('std::path::PathBuf::from("a")',),
    "impl Into<String>": _TEXTS, "impl AsRef<str>": _TEXTS, "impl ToString": _TEXTS,
}  # fmt: skip
_HELD = {
    "HashMap": "std::collections::", "BTreeMap": "std::collections::", "HashSet": "std::collections::",
    "BTreeSet": "std::collections::", "VecDeque": "std::collections::",
    "Box": "", "Rc": "std::rc::", "Arc": "std::sync::",
}  # fmt: skip
_GENERIC = re.compile(r"(?:std::\w{1,20}::|core::\w{1,20}::)?([A-Z]\w{0,60})<(.{1,100})>", re.ASCII)
_ARRAY = re.compile(r"\[(.{1,80}); ?(\d)\]", re.ASCII)
_ITERATED = re.compile(r"impl (Into)?Iterator<Item ?= ?(.{1,80})>", re.ASCII)
_LIST = re.compile(r"(&(?:mut )?)?(vec!)?\[([^\[\]]{0,200})\]")


@dataclass(frozen=True, slots=True)
class Types:
    """The public types that a file declares."""

    #: Expressions that make one: variants without fields, `Limits::default()`.
    made: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: What each derives.
    derived: Mapping[str, frozenset[str]] = field(default_factory=dict)


def plain(text: str) -> str:
    """A type without lifetimes and doubled blanks."""
    text = " ".join(re.sub(r"'\w+\s?,?", "", text, flags=re.ASCII).split())
    return text.replace("<>", "").replace("& ", "&").replace("< ", "<").removeprefix("std::string::")


def parts(text: str) -> tuple[str, ...]:
    """`A, B<C, D>` at its outermost commas."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += letter in "<([{"
        depth -= letter in ">)]}" and text[at - 1 : at] not in ("-", "=")
        if letter == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    return tuple(one.strip() for one in (*found, text[start:]) if one.strip())


def shows(text: str, types: Types, trait: str, deep: int = 0) -> bool:
    """Whether a type has Debug or PartialEq, as far as its own file and the standard library tell."""
    text = plain(text)
    if len(text) > WIDEST or deep > DEEPEST:
        return False
    if _WHOLE.fullmatch(text) or (text in _KNOWN and not text.startswith("impl")) or text == "str":
        return True
    if text in types.derived:
        return trait in types.derived[text]
    if text.startswith("&"):
        return shows(text[1:].removeprefix("mut "), types, trait, deep + 1)
    if (found := _GENERIC.fullmatch(text)) is not None:
        return found[1] in (*_HELD, "Option", "Vec", "Result") and _all(found[2], types, trait, deep)
    if text[:1] + text[-1:] in ("()", "[]"):
        return _all(text[1:-1].partition(";")[0], types, trait, deep)
    return False


def _all(text: str, types: Types, trait: str, deep: int) -> bool:
    return all(shows(one, types, trait, deep + 1) for one in parts(text))


def fits(kind: str, value: str) -> bool:
    """Whether a value that a condition asks for is one of the type."""
    if re.fullmatch(r"-?\d.*", value):
        return kind[:1] in "iuf" and not (value[0] == "-" and kind[:1] == "u") and ("." in value) == (kind[:1] == "f")
    if value.startswith('"'):
        return kind == "&str" if not value.endswith(")") else kind == "String"
    return value != "None" or kind.startswith("Option<")


def values(text: str, types: Types, *, calm: bool = True, deep: int = 0) -> tuple[str, ...]:
    """Expressions of a type, () where a test cannot make any. `calm` leaves out those that loops would run with."""
    text = plain(text)
    if len(text) > WIDEST or deep > DEEPEST:
        return ()
    if (whole := _WHOLE.fullmatch(text)) is not None:
        signed = whole[1] == "i"
        most = f"{text}::MAX" if whole[2] == "size" else str(2 ** (_BITS[whole[2]] - signed) - 1)
        return ("1", "0", *(["-1"] if signed else []), *([] if calm else [most]))
    if text in _KNOWN:
        return _KNOWN[text]
    if text in types.made:
        return tuple(types.made[text][:3])
    return tuple(_built(text, types, calm, deep + 1))


def _built(text: str, types: Types, calm: bool, deep: int) -> Iterator[str]:
    """References, tuples, arrays, collections."""
    mark = "&mut " if text.startswith("&mut ") else "&" if text.startswith("&") else ""
    inner = text[len(mark) :]
    if mark:
        held = inner[1:-1] if inner[:1] == "[" and inner[-1:] == "]" and ";" not in inner else ""
        made = _lists("[", held, types, calm, deep) if held else values(inner, types, calm=calm, deep=deep)
        yield from (f"{mark}{one}" for one in made)
    elif text[:1] == "(" and text[-1:] == ")":
        columns = [values(one, types, calm=calm, deep=deep) for one in parts(text[1:-1])]
        end = "," if len(columns) == 1 else ""
        for at in (0, 1) if columns and all(columns) else ():
            yield f"({', '.join(column[min(at, len(column) - 1)] for column in columns)}{end})"
    elif (array := _ARRAY.fullmatch(text)) is not None:
        for one in values(array[1], types, calm=calm, deep=deep)[:2]:
            yield f"[{', '.join([one] * int(array[2]))}]"
    elif (run := _ITERATED.fullmatch(text)) is not None:
        yield from (one if run[1] else f"{one}.into_iter()" for one in _lists("vec![", run[2], types, calm, deep)[:-1])
    elif (found := _GENERIC.fullmatch(text)) is not None:
        yield from _generic(found[1], found[2], types, calm, deep)


def _generic(name: str, inner: str, types: Types, calm: bool, deep: int) -> Iterator[str]:
    if name == "Vec":
        yield from _lists("vec![", inner, types, calm, deep)
    elif name in ("HashSet", "BTreeSet", "VecDeque", "HashMap", "BTreeMap"):
        pair = f"({inner})" if name.endswith("Map") else inner
        for one in _lists("[", pair, types, calm, deep):
            yield f"{_HELD[name]}{name}::from({one})" if one != "[]" else f"{_HELD[name]}{name}::new()"
    elif name == "Option" or name in _HELD:
        maker = "Some" if name == "Option" else f"{_HELD[name]}{name}::new"
        yield from (f"{maker}({one})" for one in values(inner, types, calm=calm, deep=deep)[:2])
        yield from ["None"] if name == "Option" and values(inner, types, calm=calm, deep=deep) else []


def _lists(opening: str, inner: str, types: Types, calm: bool, deep: int) -> tuple[str, ...]:
    """One, several and none."""
    held = values(inner, types, calm=calm, deep=deep)
    few = dict.fromkeys(", ".join(held[:many]) for many in (1, 3))
    return (*(f"{opening}{one}]" for one in few), f"{opening}]") if held else ()


def _sized(example: str, length: int) -> str | None:
    """A text, vector or slice with so many elements like the first of the example."""
    found = _LIST.fullmatch(example)
    if found is not None and 0 <= length <= 40:
        item = (parts(found[3]) or ("",))[0]
        return f"{found[1] or ''}{found[2] or ''}[{', '.join([item] * length)}]" if item or not length else None
    if example.endswith(".to_string()"):
        text = grown(example.removesuffix(".to_string()"), length)
        return f"{text}.to_string()" if text is not None else None
    return grown(example, length) if example.startswith('"') else None


SPELLING = Spelling("None", "true", "false", sized=_sized)
