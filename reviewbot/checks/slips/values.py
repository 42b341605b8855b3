"""Defaults that are made once, keys written twice, assertions of a tuple."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.slips.operators import squeezed
from reviewbot.checks.slips.rules import ASSERT, FROZEN, KEY, MUTABLE
from reviewbot.core.expressions import NAME
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import home
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import NUMBERS, STRINGS
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Longer functions, and those of more parameters, are not searched for what they do with a default (bytes).
LONGEST, MOST = 20_000, 50
_MUTABLE = frozenset(
    {"list", "dictionary", "set", "list_comprehension", "dictionary_comprehension", "set_comprehension"}
)
_MAKERS = re.compile(r"^((collections\.)?(defaultdict|OrderedDict|deque|Counter)|list|dict|set|bytearray)\(")
#: Defaults that are shared on purpose, and say so.
_SHARED = re.compile(r"(?i)cache|memo|^_|seen")
_ONCE = re.compile(r"^((datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|monotonic)|timezone\.now|"
                   r"(uuid\.)?uuid[14]|random\.(random|randint|choice))\(")  # fmt: skip
_CHANGES = (r"\.(append|add|update|extend|insert|pop|popitem|remove|discard|setdefault|clear|sort|reverse)\b|"
            r"\[[^\[\]\n]{0,80}\]\s{0,4}[-+*|]?=[^=]|\s{0,4}[+|]=")  # fmt: skip
#: Kinds of a key that is one value: literals everywhere, names in Python only.
_KEYS = frozenset({"property_identifier", "hash_key_symbol", "simple_symbol", *STRINGS, *NUMBERS})
_NAMES = frozenset({"identifier", "attribute"})


def look(touched: Touched) -> Iterator[Sighting]:
    if touched.language == "python":
        for node in touched.of("default_parameter", "typed_default_parameter"):
            yield from _default(touched, node)
        for node in touched.of("assert_statement"):
            yield from _asserted(node)
    for node in touched.of("dictionary", "object", "hash", "array_creation_expression"):
        yield from _repeated(touched, node)


def _default(touched: Touched, node: Node) -> Iterator[Sighting]:
    value, name = node.child_by_field_name("value"), text_of(node.child_by_field_name("name"), NAME)
    if value is None or not name or _SHARED.search(name):
        return
    text = text_of(value, NAME)
    if value.type == "call" and _ONCE.search(text):
        yield Sighting(FROZEN, (value, node), squeezed(node))
    elif value.type in _MUTABLE or (value.type == "call" and _MAKERS.search(text)):
        function = home(touched, node)
        crowd = touched.parent(node)
        body = ""
        if function is not None and crowd is not None and crowd.named_child_count <= MOST:
            body = text_of(function.child_by_field_name("body"), LONGEST)
        word = rf"(?<![\w.]){re.escape(name)}"
        if body.strip() == "..." or re.search(rf"(?m)^\s*{re.escape(name)}\s*=[^=]", body):
            return
        escapes = rf"(return|yield|=)\s+{re.escape(name)}\s*$"
        changed = re.search(rf"{word}({_CHANGES})", body) or re.search(rf"(?m){escapes}", body)
        yield Sighting(MUTABLE, (value, node), squeezed(node), severity=None if changed else Severity.LOW)


def _asserted(node: Node) -> Iterator[Sighting]:
    """A literal message behind a comma; a tuple of one, or of values to compare, may be meant."""
    parts = node.named_children
    if len(parts) == 1 and parts[0].type == "tuple" and parts[0].named_child_count:
        yield Sighting(ASSERT, (node, parts[0]), squeezed(node))


def _repeated(touched: Touched, node: Node) -> Iterator[Sighting]:
    seen: dict[str, tuple[Node, str]] = {}
    for pair in node.named_children:
        if pair.type in ("comment", "ERROR"):
            continue
        key, value = _pair(pair)
        if key is None:
            # A spread in between may bring the key, and the second one is there to win.
            seen = {} if "spread" in pair.type or "splat" in pair.type or "unpack" in pair.type else seen
            continue
        if key.type not in _KEYS and not (touched.language == "python" and key.type in _NAMES):
            continue
        text = _key(key)
        if text and text in seen:
            first, other = seen[text]
            equal = squeezed(value) == other != ""
            yield Sighting(KEY, (pair, key, first), text, severity=Severity.LOW if equal else None)
        seen[text] = pair, squeezed(value)


def _pair(node: Node) -> tuple[Node | None, Node | None]:
    if node.type == "pair":
        return node.child_by_field_name("key"), node.child_by_field_name("value")
    if node.type == "array_element_initializer" and node.named_child_count == 2:
        return node.named_children[0], node.named_children[1]
    return None, None


def _key(node: Node) -> str:
    """A name and a string of that name are one key in JavaScript; elsewhere the text tells them apart."""
    text = text_of(node, NAME)
    if any(child.type in ("interpolation", "template_substitution") for child in node.named_children[:20]):
        return ""
    return text.strip("\"'") if node.type in ("property_identifier", "string", "encapsed_string") else text
