"""What all documents of configuration share: bytes to a table of known keys, or one line with key and line."""

from __future__ import annotations

import codecs
import re
import tomllib
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from reviewbot.core import credentials, tables
from reviewbot.core.text import clipped, visible
from reviewbot.errors import ConfigError

#: Bytes of a document.
MAX_DOCUMENT = 64 * 1024
#: A dotted key of so many parts is an attack: tomllib takes memory by their square. Linear: nothing is tried twice.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""", re.ASCII)
#: No key of ours is that long and has a digit.
_TOKEN = re.compile(r"(?=\S*\d)[\w+/=-]{20,}")

_Table = TypeVar("_Table", bound=BaseModel)


def load(name: str, data: bytes, model: type[_Table], wanted: str) -> tuple[_Table, tables.Lines]:
    """The document as its table, and where its keys stand; `wanted` is what an empty one lacks. Raises ConfigError."""
    text = _decoded(name, data)
    values = _parsed(name, text)
    if not values:
        raise ConfigError(name, f"it says nothing: {wanted}")
    try:
        return model.model_validate(values), tables.lines(text)
    except ValidationError as error:
        raise _invalid(name, tables.lines(text), error) from None


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MAX_DOCUMENT:
        raise ConfigError(name, f"larger than {MAX_DOCUMENT // 1024} KiB")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(name, "not UTF-8", line=data.count(b"\n", 0, error.start) + 1) from None


def _parsed(name: str, text: str) -> dict[str, object]:
    if long := _LONG_KEY.search(text):
        raise ConfigError(name, "a key of too many parts", line=text.count("\n", 0, long.start()) + 1)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _malformed(name, text, str(error)) from None
    except RecursionError:
        raise ConfigError(name, "nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise ConfigError(name, "a value that is too large") from error


def _malformed(name: str, text: str, message: str) -> ConfigError:
    """tomllib's message with its line; for a key that is given twice, which and where."""
    if message.startswith("Cannot "):
        duplicate = tables.lines(text).duplicate
        if duplicate is not None:
            return ConfigError(name, "given twice", key=dotted(duplicate[0]), line=duplicate[1])
    match = re.search(r" \(at line (\d{1,9}), column \d{1,9}\)$", message)
    problem = message[: match.start()] if match else message.removesuffix(" (at end of document)")
    return ConfigError(name, visible(clipped(problem, 200)), line=int(match[1]) if match else text.count("\n") + 1)


_PROBLEMS = {
    "extra_forbidden": "unknown key", "missing": "is missing", "string_type": "must be a string",
    "list_type": "must be an array", "int_type": "must be a whole number", "model_type": "must be a table",
    "model_attributes_type": "must be a table", "dict_type": "must be a table", "too_short": "must not be empty",
    "string_too_short": "must not be empty", "date_type": "must be a date without quotes: 2027-01-31",
    "bool_type": "must be true or false", "float_type": "must be a number", "finite_number": "must be a number",
}  # fmt: skip


def _invalid(name: str, lines: tables.Lines, error: ValidationError) -> ConfigError:
    place, problem = first_problem(error, lines)
    return ConfigError(name, problem, key=dotted(place), line=lines.of(place))


def first_problem(error: ValidationError, lines: tables.Lines) -> tuple[tables.Place, str]:
    """Where a document is first wrong, and how. What it has as values stays out: the message may go to a log."""
    problems = [(tuple(entry["loc"]), entry) for entry in error.errors(include_url=False)]
    place, entry = min(problems, key=lambda problem: lines.of(problem[0]) or 0)
    context = entry.get("ctx", {})
    problem = _PROBLEMS.get(entry["type"]) or {
        "literal_error": f"must be one of {context.get('expected', '')}", "value_error": str(context.get("error", "")),
        "string_pattern_mismatch": f"does not match {context.get('pattern', '')}",
    }.get(entry["type"], entry["msg"].lower())  # fmt: skip
    return place, problem


def dotted(place: tables.Place) -> str:
    """The key as a log may show it: a token where a key belongs is none the less a token."""
    key = visible(clipped(".".join(_TOKEN.sub("⟦token⟧", key) for key in place if isinstance(key, str)), 100))
    return credentials.masked(key, tuple(credentials.find(key, "")))
