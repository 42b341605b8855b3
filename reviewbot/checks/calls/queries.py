"""SQL statements put together from values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.calls.options import Option
from reviewbot.checks.calls.rules import SQL
from reviewbot.checks.calls.values import foreign, is_request, parts_of
from reviewbot.core.expressions import CALLS, Call, call_of, dotted
from reviewbot.core.scopes import Scopes
from reviewbot.core.sightings import Sighting

if TYPE_CHECKING:
    from tree_sitter import Node

_RUNS = re.compile(
    r"(?i)^(execute\w*|exec|query\w*|raw\w*|\$?(query|execute)rawunsafe|executemany|executescript|prepare\w*|read_sql\w*|"
    r"create(native)?query|find_by_sql|select_(all|one|value|rows)|exec_query|exec(sql|context)|fromsqlraw|sqlqueryraw|"
    r"(my|ms)?sqli?_query|pg_query|sqlite_query|mysql_query|mysqli_query|sqlcommand|npgsqlcommand|mysqlcommand|sqlitecommand|"
    r"oledbcommand|get_results|get_row|get_var)$"
)
#: These take an interpolated string apart and bind its values.
_BINDS = re.compile(r"(?i)^(executesql|executesqlasync|\w*interpolated(async)?|fromsql|sqlquery)$")
#: These take a piece of a statement.
_PIECES = {
    "ruby": re.compile(r"^(where|having|find_by_sql|joins|rewhere|exists\?|delete_by|destroy_by)$"),
    "php": re.compile(r"^(where|orWhere|having|select)Raw$"),
}
#: Arguments that may hold the statement: a context or a connection can stand before it.
_PLACES = 2
_STATEMENT = re.compile(
    r"(?is)^\s*(select\b.{0,2000}\bfrom\b|insert\s+(or\s+\w+\s+)?into\b|update\b.{0,300}\bset\b|delete\s+from\b|replace\s+into\b|"
    r"merge\s+into\b|with\s+\w+\s+as\b|call\s+\w|exec\s+\w)"
)
#: The text before a value: there a value stands, where elsewhere a table or a column may.
_BEFORE_VALUE = re.compile(r"(?i)(=|<>|<|>|\b(i?like|between|rlike|match|against))\s*[(%]*\s*$|'[%\w\s.-]{0,40}$")
_IN_VALUES = re.compile(r"[(,]\s*$")
#: Names that say the value is itself a piece of a statement, or a list of placeholders.
_PIECE = re.compile(
    r"(?i)sql|quer|clause|where|column|(^|_)cols?$|field|table|placeholder|param|marks?$|bind|schema|cond|subsel|stmt|"
    r"order|expr|interval|prefix|join$"
)


def look(call: Call, language: str, scopes: Scopes) -> Iterator[Sighting]:
    piece = _PIECES.get(language)
    if piece is not None and piece.search(call.last):
        yield from statement(call, call.argument(0), scopes, whole=False)
    elif _RUNS.search(call.last) and not (language == "csharp" and _BINDS.search(call.last)):
        for argument in call.arguments[:_PLACES]:
            yield from statement(call, argument, scopes)


def option(found: Option, scopes: Scopes) -> Iterator[Sighting]:
    """`command.CommandText = $"…"`, and the same in an initializer."""
    if found.name.rpartition(".")[2] == "CommandText":
        yield from statement(Call(found.node, "CommandText"), found.value, scopes)


def statement(call: Call, node: Node | None, scopes: Scopes, *, whole: bool = True) -> Iterator[Sighting]:
    """A statement (or a piece of one) with a value where a parameter belongs."""
    parts = parts_of(node, call, scopes)
    if parts is None or node is None or (whole and not _STATEMENT.search(_text(parts))):
        return
    for index, value in foreign(parts, call, scopes):
        if _in_value_place(parts, index) and (is_request(value) or not _PIECE.search(_last(value))):
            yield Sighting(SQL, (node, call.place, value), call.last)
            return


def _last(node: Node) -> str:
    """The end of a name, which says what it holds: `user.name`, `name(…)`."""
    name = call_of(node).name if node.type in CALLS else dotted(node)
    return name.rpartition(".")[2] or "sql"


def _text(parts: list[str | Node]) -> str:
    return "".join(part if isinstance(part, str) else "x" for part in parts)[:4000]


def _in_value_place(parts: list[str | Node], index: int) -> bool:
    before = _text(parts[:index])[-200:]
    if _BEFORE_VALUE.search(before):
        return True
    values = before.lower().rfind("values")
    return values >= 0 and _IN_VALUES.search(before[values:]) is not None
