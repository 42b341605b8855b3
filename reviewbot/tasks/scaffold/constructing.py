"""Which calls make a value: those of the tables, and those that the test makes itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, Call, call_of, unwrapped
from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold.constructors import (
    CALLED,
    CLOCKS,
    CREATED,
    EXACT,
    HOLDERS,
    HOLDING,
    HOMES,
    IMPORTS,
    METHODS,
    MODULAR,
    PLAIN,
    SIZED,
)  # fmt: skip
from reviewbot.tasks.scaffold.values import REACHING, UNSTEADY

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME = re.compile(r"[^\W\d]\w*[!?]?")
#: Of what texts work out: a large exponent, or one that is hidden.
_POWER = re.compile(r"e[+-]?\d{4}|\\", re.IGNORECASE)


def constructs(language: str, node: Node, called: str, own: frozenset[str]) -> bool:
    """Whether a call makes a value and does nothing else. `own` is what `owned` says of the test."""
    call = call_of(node)
    arguments = node.child_by_field_name("arguments")
    if arguments is not None and arguments.type == "template_string":
        return False
    owner, _, last = call.name.rpartition(".")
    if not _NAME.fullmatch(last) or called in call.name.split("."):
        return False
    if last in METHODS.get(language, ()) and owner and not (owner[0].isalpha() or owner[0] == "_"):
        return not call.arguments
    name = _short(language, call.name)
    if name not in _known(language, node) and not _is_variant(language, name):
        return name in own or (last[:1].isupper() and f"{owner}." in own and _is_plain(name))
    return _is_small(language, name, call)


def _known(language: str, node: Node) -> frozenset[str]:
    return CREATED.get(language, frozenset()) if _creates(node) else CALLED[language]


def _creates(node: Node) -> bool:
    return node.type in ("new_expression", "object_creation_expression")


def _short(language: str, name: str) -> str:
    """A name without type arguments and the standard module that it is of."""
    if ".<" in name:
        name = f"{name.partition('.<')[0]}.{name.rpartition('>.')[2]}"
    home = next((one for one in HOMES.get(language, ()) if name.startswith(f"{one}.")), "")
    short = name.removeprefix(f"{home}.") if home else name
    return short if home and short in CALLED[language] | CREATED.get(language, frozenset()) else name


def _is_variant(language: str, name: str) -> bool:
    """Rust's `Some(1)` and `Shape::Circle(1)`, which run nothing."""
    *owners, last = name.split(".")
    return language == "rust" and len(owners) < 2 and last[:1].isupper() and not words(name) & REACHING


def _is_small(language: str, name: str, call: Call) -> bool:
    """Whether it is the same everywhere and takes no more room than what it is given."""
    given = [unwrapped(one) for one in (*call.arguments, *call.keywords.values())]
    if name in CLOCKS.get(language, ()) and not given and _creates(call.node):
        return False
    if name in SIZED:
        return all(map(_holds, given))
    if name in EXACT:
        text = text_of(call.node, 400).replace("_", "")
        return all(one.type in PLAIN for one in given) and not _POWER.search(text)
    return True


def _holds(node: Node) -> bool:
    if node.type in CALLS and not _creates(node):
        return call_of(node).name.partition(".")[0] in HOLDERS
    return node.type in HOLDING


def _is_plain(name: str) -> bool:
    return not words(name) & (REACHING | UNSTEADY)


def words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORDS.findall(name))


def owned(language: str, root: Node, called: str) -> frozenset[str]:
    """Names of what a test constructs itself, and of classes that one import brings with the target.

    Where the target is called as a module's, `module.` is among them: its classes are. Texts and comments do not count.
    """
    found, stack = set[str](), [root]
    while stack:
        node = stack.pop()
        stack += node.children
        if node.type in CALLS:
            found.update(_made(language, node, called))
        elif node.type in IMPORTS:
            names = frozenset(_leaves(node))
            found.update(name for name in names if called in names and name[:1].isupper())
    return frozenset(filter(_is_plain, found))


def _made(language: str, node: Node, called: str) -> Iterator[str]:
    name = call_of(node).name
    owner, _, last = name.rpartition(".")
    if not all(map(_NAME.fullmatch, name.split("."))):
        return
    if owner and last == called and language in MODULAR:
        yield f"{owner}."
    if language in CREATED:
        constructed = _creates(node)
    elif language == "go":
        constructed = last.startswith("New")
    else:
        constructed = last == "new" if language in ("ruby", "rust") else last[:1].isupper()
    if constructed:
        yield name


def _leaves(node: Node) -> Iterator[str]:
    stack = [node]
    while stack:
        one = stack.pop()
        stack += one.children
        if one.type == "identifier":
            yield text_of(one)
