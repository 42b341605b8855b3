"""Names in source texts and names for what is generated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewbot.core.expressions import COMMENTS, NAME, call_of
from reviewbot.core.grammars import parse
from reviewbot.core.strings import STRINGS
from reviewbot.core.strings import literal as written
from reviewbot.core.symbols import MAX_PARSED, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_SAFE = 60
#: What is inside of these is text, but for what is put into a string.
_SILENT = COMMENTS | {
    "string_content",
    "string_fragment",
    "heredoc_content",
    "regex",
    "jsx_text",
    "interpreted_string_literal_content",
    "raw_string_literal_content",
    "string_literal_content",
    "multiline_string_fragment",
}
_IMPORTS = frozenset({
    "import_statement", "import_from_statement", "export_statement", "import_spec", "import_declaration",
    "use_declaration", "using_directive", "namespace_use_declaration", "future_import_statement",
})  # fmt: skip
_CALLED = frozenset({"require", "import", "require_relative", "load", "importlib.import_module", "jest.requireActual"})
_PATHS = frozenset({
    "dotted_name", "relative_import", "scoped_identifier", "identifier", "qualified_name", "scoped_use_list",
    "namespace_use_clause", "use_wildcard", "use_as_clause", "aliased_import",
})  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@lru_cache(maxsize=4096)  # every target asks the same tests
def identifiers(language: str, text: str) -> frozenset[str]:
    """Every name in a text, as its grammar reads it: no word of a comment or a string."""
    if len(text) > MAX_PARSED:
        return frozenset()
    leaves = walk(parse(language, text).root_node, stop=_SILENT)
    names = (text_of(leaf, NAME) for leaf in leaves if not leaf.child_count and leaf.type not in _SILENT)
    return frozenset(name.lstrip("$@:#") for name in names if name and not name.isspace())


@lru_cache(maxsize=4096)
def modules(language: str, text: str) -> tuple[str, ...]:
    """What the imports of a text name, in order: `./x`, `pkg/x`, `pkg.x`, `crate::x`."""
    if len(text) > MAX_PARSED:
        return ()
    root = parse(language, text).root_node
    found = (name for node in walk(root, *_IMPORTS, "call", "call_expression") for name in _named(node))
    return tuple(dict.fromkeys(filter(None, found)))


def _named(node: Node) -> Iterator[str]:
    if node.type in ("call", "call_expression"):
        call = call_of(node)
        if call.name in _CALLED:
            yield written(call.argument(0)) or ""
        return
    # `from . import x` has x for a module of its own as likely as for a name in one.
    origin = node.child_by_field_name("module_name")
    above = text_of(origin, NAME)
    if above:
        yield above
    for child in node.named_children[:100]:
        if child.type in STRINGS:
            yield written(child) or ""
        elif child.type in _PATHS and child != origin:
            yield from _path(child, above)


def _path(node: Node, above: str) -> Iterator[str]:
    if node.type == "aliased_import":
        node = node.child_by_field_name("name") or node
    name = text_of(node, NAME * 10)
    if above:
        yield f"{above}{name}" if above.endswith(".") else f"{above}.{name}"
    else:
        yield name


def words(name: str) -> tuple[str, ...]:
    """`parseHTTPHeader_2` as parse, http, header, 2."""
    return tuple(word.lower() for word in _WORDS.findall(name[:NAME]))


def snake(name: str) -> str:
    return "_".join(words(name))


def camel(name: str) -> str:
    head, tail = (words(name) or ("",))[0], words(name)[1:]
    return head + "".join(word.capitalize() for word in tail)


def pascal(name: str) -> str:
    return "".join(word.capitalize() for word in words(name))


def safe(name: str) -> str:
    """An identifier of every language that reminds of a name."""
    kept = re.sub(r"[^A-Za-z0-9_]+", "_", name[:NAME]).strip("_")[:MAX_SAFE] or "it"
    return f"_{kept}" if kept[0].isdigit() else kept


def literal(value: str, quote: str = '"') -> str:
    """A string literal in ASCII that Python, JavaScript, Go, Java and C# read alike, but for surrogates in Go."""
    return quote + "".join(_escaped(letter, quote) for letter in value) + quote


def _escaped(letter: str, quote: str) -> str:
    if letter in _ESCAPES or letter == quote:
        return _ESCAPES.get(letter, f"\\{letter}")
    if letter.isascii() and letter.isprintable():
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
