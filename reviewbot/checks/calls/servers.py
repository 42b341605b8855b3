"""Servers opened wider than they should be: debuggers, and answers for every site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.calls.options import Option, Row, is_on, met
from reviewbot.checks.calls.rules import DEBUGGER, ORIGINS
from reviewbot.core.expressions import NAME, Call
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import literal
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_RUN = re.compile(r"(^|\.)_?(app|application|server|socketio|flask_app|create_app\(\))\.run$|^run_simple$")
_OPTIONS = {
    "python": (
        Row(DEBUGGER, re.compile("^debug$"), is_on, _RUN),
        Row(DEBUGGER, re.compile("^use_debugger$"), is_on),
        Row(DEBUGGER, re.compile("^evalex$"), is_on),
    ),
}  # fmt: skip
#: The credentials switch beside which a list of origins may not be open.
_CREDENTIALS = re.compile(r"^(allow_credentials|supports_credentials|credentials|AllowCredentials|allowCredentials)$")
_ORIGINS = re.compile(r"^(allow_origins|allow_origin_regex|origins|origin|AllowOrigins|AllowedOrigins|AllowAllOrigins|"
                      r"AllowOriginFunc|originPatterns|allowedOriginPatterns)$")  # fmt: skip
_OPEN = re.compile(r"^(\[|\(|\{|\[\]string\{)?['\"`](\*|\.\*|\^?https\?://\.\*\$?)['\"`],?[\])}]?$|^true$|"
                   r"^(func)?\([^()]{0,60}\)(bool|=>)?\{?(return)?true;?\}?$")  # fmt: skip
#: A chain that says the same in Java and C#.
_CHAINS = {
    "java": re.compile(r"\.allowedOriginPatterns\(\"\*\"\)"),
    "csharp": re.compile(r"\.SetIsOriginAllowed\(\(?\w+\)?=>true\)"),
}
_ALLOWS = re.compile(r"(?i)\.allowcredentials\((true)?\)")
#: A chain longer than this is not read (bytes).
_CHAIN = 2000


def option(found: Option, language: str, touched: Touched) -> Iterator[Sighting]:
    yield from met(found, _OPTIONS.get(language, ()), touched)
    if _CREDENTIALS.search(found.name) and is_on(found.value):
        above = touched.parent(found.node)
        for sibling in above.named_children if above is not None and above.named_child_count < 50 else ():
            if _opens(sibling):
                yield Sighting(ORIGINS, (found.node, sibling), found.name)
                return


def _opens(pair: Node) -> bool:
    if pair.named_child_count != 2:
        return False
    key, value = pair.named_children
    text = "".join(text_of(value, NAME).split())
    return _ORIGINS.search(literal(key) or text_of(key, NAME)) is not None and _OPEN.search(text) is not None


def look(call: Call, language: str) -> Iterator[Sighting]:
    """The call at the end of a chain has the whole chain in its text: only the last of the two counts."""
    chain = _CHAINS.get(language)
    if chain is None or call.last not in (
        "allowCredentials",
        "AllowCredentials",
        "allowedOriginPatterns",
        "SetIsOriginAllowed",
    ):
        return
    text = "".join(text_of(call.node, _CHAIN).split())
    if chain.search(text) and _ALLOWS.search(text):
        yield Sighting(ORIGINS, (call.place,), "chain")
