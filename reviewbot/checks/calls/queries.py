"""SQL statements put together from values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.calls.rules import SQL
from reviewbot.checks.calls.values import foreign, parts_of
from reviewbot.core.expressions import NAME, Call
from reviewbot.core.scopes import Scopes
from reviewbot.core.sightings import Sighting
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_RUNS = re.compile(
    r"(?i)^(execute\w*|exec|query\w*|raw\w*|\$?(query|execute)rawunsafe|executemany|executescript|prepare\w*|read_sql\w*|"
    r"create(native)?query|find_by_sql|select_(all|one|value|rows)|exec_query|exec(sql|context)|fromsqlraw|executesqlraw\w*|"
    r"(my|ms)?sqli?_query|pg_query|sqlite_query|mysql_query|mysqli_query|sqlcommand|npgsqlcommand|mysqlcommand|sqlitecommand|"
    r"oledbcommand|selectraw|whereraw|get_results|get_row|get_var)$"
)
#: Arguments that may hold the statement: a context or a connection can stand before it.
_PLACES = 2
_STATEMENT = re.compile(
    r"(?is)^\s*(select\b.{0,2000}\bfrom\b|insert\s+(or\s+\w+\s+)?into\b|update\b.{0,300}\bset\b|delete\s+from\b|replace\s+into\b|"
    r"merge\s+into\b|with\s+\w+\s+as\b|call\s+\w|exec\s+\w)"
)
#: The text before a value: there a value stands, where elsewhere a table or a column may.
_BEFORE_VALUE = re.compile(r"(?i)(=|<>|<|>|\b(i?like|between|rlike|match|against))\s*[(%]*\s*$|'[%\w\s.-]{0,40}$")
#: Names that say the value is itself a piece of a statement, or a list of placeholders.
_PIECE = re.compile(r"(?i)sql|quer|clause|where|column|field|table|placeholder|param|marks?$|bind|schema|cond|subsel|stmt|order|expr|interval|prefix")


def look(call: Call, scopes: Scopes) -> Iterator[Sighting]:
    if not _RUNS.search(call.last):
        return
    for argument in call.arguments[:_PLACES]:
        yield from statement(call, argument, scopes)


def statement(call: Call, node: Node, scopes: Scopes) -> Iterator[Sighting]:
    """A statement with a value where a parameter belongs."""
    parts = parts_of(node, call, scopes)
    if parts is None or not _STATEMENT.search(_text(parts)):
        return
    for index, value in foreign(parts, call, scopes):
        if _in_value_place(parts, index) and not _PIECE.search(text_of(value, NAME) or "sql"):
            yield Sighting(SQL, (node, call.node, value), call.last)
            return


def _text(parts: list[str | Node]) -> str:
    return "".join(part if isinstance(part, str) else "x" for part in parts)[:4000]


def _in_value_place(parts: list[str | Node], index: int) -> bool:
    before = "".join(part if isinstance(part, str) else "x" for part in parts[:index])[-200:]
    if _BEFORE_VALUE.search(before):
        # An odd number of quotes before it: inside a text. An even one after a sign: a bare value.
        return True
    values = before.lower().rfind("values")
    return values >= 0 and re.search(r"[(,]\s*$", before[values:]) is not None
