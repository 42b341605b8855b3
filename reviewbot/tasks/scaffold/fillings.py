"""What may stand in a hole: one expression that is a value and does nothing, and that leaves the rest as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, dotted, unwrapped
from reviewbot.core.grammars import is_python, parse
from reviewbot.core.symbols import text_of
from reviewbot.core.text import is_odd
from reviewbot.tasks.scaffold.constructing import constructs, owned, words
from reviewbot.tasks.scaffold.values import (
    CONSTANTS,
    FRAMES,
    INTEGERS,
    KINDS,
    MEMBERS,
    NAMES,
    ROOMS,
    TOKENS,
    UNSTEADY,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node

#: Characters of a filling, and of a suite that one is tried in.
MOST, _SUITE = 200, 200_000
#: Closers and separators that a model says again after its filling, at most.
_REPEATED = 6
_LEADING = re.compile(r"={1,3}(?![=>])\s*")
#: Operators that make much of little: `*` does of texts and lists, in some languages.
_GROWING = frozenset({"*", "<<"})
_REPEATING = ("python", "ruby")
#: An integer that is large, whatever its base, and all digits of the sizes of arrays.
_LARGE, _ROOM = re.compile(r"[0-9a-f]{5}"), 4
#: Keys of Go's literals that are worked out.
_COMPUTED = frozenset({
    "binary_expression", "unary_expression", "call_expression", "selector_expression", "type_conversion_expression",
    "parenthesized_expression", "float_literal", "imaginary_literal",
})  # fmt: skip
#: What no value has and parsers of several languages see differently: Ruby's and PHP's commands in backticks.
_SHELLS = {"ruby": "`", "php": "`", "java": "\\u"}
#: A macro that is a list.
_LIST = re.compile(r"\bvec!\s*(?=\[)")
#: What is an owner of a name, or a name that is given to a value, and no value itself.
_LABELS = frozenset({
    "type", "name", "key", "function", "constructor", "method", "field", "property", "attribute", "macro", "element",
    "package", "label", "scope", "path", "receiver", "module", "qualifier", "prefix", "rank", "type_arguments",
})  # fmt: skip


def accepted(language: str, prefix: str, reply: str, suffix: str, called: str) -> str | None:
    """The filling in a reply if it may stand between prefix and suffix, else None. `called` is the target's name."""
    if language not in FRAMES or len(prefix) + len(suffix) > _SUITE:
        return None
    own = owned(language, parse(language, f"{prefix}X{suffix}").root_node, called)
    for filling in _cleaned(reply):
        kind = _value(language, filling, called, own)
        if kind and _fits(language, prefix, filling, suffix, kind):
            return filling
    return None


def _cleaned(reply: str) -> Iterator[str]:
    """The reply without what models put around an expression, the longest first."""
    text = reply.strip()
    if leading := _LEADING.match(text):
        text = text[leading.end() :]
    for _ in range(_REPEATED + 1):
        if not text or len(text) > MOST or any(map(is_odd, text)):
            return
        yield text
        if text[-1] not in ",;)]}":
            return
        text = text[:-1].rstrip()


def _value(language: str, filling: str, called: str, own: frozenset[str]) -> str:
    """The kind of expression that it is by itself, "" where it is none, is more than one, or does something."""
    if _SHELLS.get(language, "\n") in filling:
        return ""
    before, after = FRAMES[language]
    text = _LIST.sub("", filling) if language == "rust" else filling
    root = parse(language, before + text + after).root_node
    node = _spanning(root, len(before.encode()), text)
    if node is None or root.has_error or not _does_nothing(language, node, called, own):
        return ""
    return node.type if _is_small(language, node) else ""


def _is_small(language: str, root: Node) -> bool:
    """Whether machines have room for it: what calls, sizes and operators are given is little."""
    operators, room, large, named = list[str](), 0, False, False
    stack = [(root, False)]
    while stack:
        node, in_call = stack.pop()
        in_call = in_call or node.type in CALLS
        if in_call and (node.type == "range" or (node.type in INTEGERS and _is_large(node))):
            return False  # a range may have no end, or one far away
        for size in _sizes(node):
            if size.type not in INTEGERS or _is_large(size):
                return False
            room += size.end_byte - size.start_byte if node.type in ROOMS else 0
        operators += [node.type] if node.type in _GROWING else []
        large = large or node.type == "float" or (node.type in INTEGERS and _is_large(node))
        named = named or node.type in NAMES
        stack += [(child, in_call) for child in node.children]
    if room > _ROOM:
        return False
    if "<<" not in operators and (language not in _REPEATING or not set(text_of(root)) & set("\"'[(%")):
        return True
    return not operators or (len(operators) == 1 and not large and not named)


def _sizes(node: Node) -> Sequence[Node]:
    """What says how long an array is: in its type, or as the place of an element in it."""
    if node.type == "array_type":
        length = node.child_by_field_name("length")
        return [] if length is None else [length]
    if node.type in ROOMS:
        return node.named_children
    key = unwrapped(node.named_children[0]) if node.type == "keyed_element" else None
    return [key] if key is not None and (key.type in INTEGERS or key.type in _COMPUTED) else []


def _is_large(number: Node) -> bool:
    text = text_of(number).lower().replace("_", "")
    return "." not in text and _LARGE.search(text) is not None


def _spanning(root: Node, at: int, text: str) -> Node | None:
    """The one named node that is this text."""
    end = at + len(text.encode())
    node = root.named_descendant_for_byte_range(at, end)
    return node if node is not None and (node.start_byte, node.end_byte) == (at, end) else None


def _does_nothing(language: str, root: Node, called: str, own: frozenset[str]) -> bool:
    stack = [(root, False)]
    while stack:
        node, is_label = stack.pop()
        if not _is_harmless(language, node, is_label, called, own):
            return False
        if node.type == "pair" and len(node.named_children) < 2:
            return False  # Ruby's `{a:}` is the variable `a`
        stack += _parts(node)
    return True


def _parts(node: Node) -> Iterator[tuple[Node, bool]]:
    """The children, each with whether it is a label: a part of a name, or what a value is given to."""
    for number, child in enumerate(node.children):
        if node.type == "initializer_expression" and child.type == "assignment_expression":  # C#'s `{ A = 1 }`
            sides = child.named_children
            yield from zip(sides, (True, False), strict=False)
        else:
            yield child, node.type in MEMBERS or node.field_name_for_child(number) in _LABELS


def _is_harmless(language: str, node: Node, is_label: bool, called: str, own: frozenset[str]) -> bool:
    if not node.is_named:
        return node.type in TOKENS
    if node.type not in KINDS:
        return False
    if node.type in CALLS:
        return constructs(language, node, called, own)
    if node.type in NAMES or node.type in MEMBERS:
        name = dotted(node)
        if any("__" in part for part in name.split(".")):
            return False
        return is_label or _is_constant(language, name, called)
    return True


def _is_constant(language: str, name: str, called: str) -> bool:
    """A name that languages give to what never changes: no variable of the test, no property that is computed."""
    last = name.rpartition(".")[2]
    if last == called or words(name) & UNSTEADY:
        return False
    return _is_capital(last) or name in CONSTANTS.get(language, ())


def _is_capital(name: str) -> bool:
    return name[:1].isupper()


def _fits(language: str, prefix: str, filling: str, suffix: str, kind: str) -> bool:
    """Whether it is the same between the two, and all around it is as with a plain name in its place."""
    text = prefix + filling + suffix
    at = len(prefix.encode("utf-8", "replace"))
    root, plain = parse(language, text).root_node, parse(language, f"{prefix}X{suffix}").root_node
    if root.has_error or (language == "python" and not is_python(text)):
        return False
    end = at + len(filling.encode())
    node, around = _spanning(root, at, filling), root.named_descendant_for_byte_range(at, end)
    # The tokens of a macro are not parsed: there it is what it is by itself.
    is_token = around is not None and around.type == "token_tree"
    if not is_token and (node is None or node.type != kind):
        return False
    return _shape(root, at, end) == _shape(plain, at, at + 1)


def _shape(root: Node, at: int, end: int) -> list[tuple[str, int, int]] | None:
    """Every node that is not inside the hole, by its distances to it; None where one is half inside."""
    shape, stack = [], [root]
    while stack:
        node = stack.pop()
        first, last = node.start_byte, node.end_byte
        if at <= first and last <= end:
            continue
        if first < at < last < end or at < first < end < last:
            return None
        shape.append((node.type, min(first - at, 0) or max(first - end, 0), min(last - at, 0) or max(last - end, 0)))
        stack += node.children
    return shape
