"""Copies into a buffer that do not know its size (C, C++)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.calls.rules import UNBOUNDED
from reviewbot.core.expressions import NAME, Call, call_of
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import Scopes, home, own
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import is_constant, literal
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_COPIES = frozenset({"strcpy", "strcat", "stpcpy", "wcscpy", "wcscat"})
#: Function: the place of its template.
_FORMATS = {"sprintf": 1, "vsprintf": 1, "scanf": 0, "fscanf": 1, "sscanf": 1}
_TEXT = re.compile(r"%[-+ #0]{0,5}l{0,2}(s|\[)")
#: What says that somebody thought of the length: the text measured, or memory made to measure.
_MEASURES = re.compile(r"(?i)^(\w*strn?len\w*|wcslen|sizeof)$")


#: The texts whose length a function asks for, by the function's id.
Measured = dict[int, frozenset[str]]


def look(call: Call, scopes: Scopes, measured: Measured) -> Iterator[Sighting]:
    name = call.name.removeprefix("std.")
    if name == "gets":
        yield Sighting(UNBOUNDED, (call.place,), name, severity=Severity.HIGH)
        return
    copied = call.arguments[1:2] if name in _COPIES else _formatted(call, name)
    if any(not is_constant(scopes.value(value, call.node)) for value in copied):
        known = _measured(call, scopes, measured)
        if not all(text_of(value, NAME) in known or is_constant(value) for value in copied):
            yield Sighting(UNBOUNDED, (call.place,), name)


def _formatted(call: Call, name: str) -> tuple[Node, ...]:
    """What takes the place of a `%s`; a scanned one has no other bound than its buffer."""
    at = _FORMATS.get(name)
    template = None if at is None else literal(call.argument(at))
    return call.arguments[at + 1 :] if at is not None and template and _TEXT.search(template) else ()


def _measured(call: Call, scopes: Scopes, measured: Measured) -> frozenset[str]:
    function = home(scopes.touched, call.node)
    if function is None:
        return frozenset()
    if function.id not in measured:
        asked = (found for found in map(call_of, own(function, "call_expression")) if _MEASURES.search(found.name))
        measured[function.id] = frozenset(text_of(argument, NAME) for found in asked for argument in found.arguments)
    return measured[function.id]
