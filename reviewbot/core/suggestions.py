"""A model's suggestion as text that can be committed: what replaces whole lines and breaks nothing, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import gcd
from typing import TYPE_CHECKING

from reviewbot.core import credentials, toml
from reviewbot.core.diff import split_lines
from reviewbot.core.grammars import is_python, language_of, parse
from reviewbot.core.nodes import BrokenError, NodesError, compose
from reviewbot.core.passages import Material
from reviewbot.core.symbols import MAX_PARSED
from reviewbot.core.text import is_odd

if TYPE_CHECKING:
    from tree_sitter import Node

#: Lines and characters of a suggestion: a longer one is a rewrite, which nobody reads in a comment.
MOST_LINES, MOST = 60, 4000
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[\w.+-]*\s*")
_NUMBERED = re.compile(r"\s*\d{1,7} [ +](?: |$)")
#: What stands in place of a credential, and what a model makes of it.
_PLACEHOLDER = re.compile(r"[⟦⟧]|‹(?:U\+|byte )[0-9A-F]+›")
#: One of these ends a `try` in Python.
_HANDLERS = frozenset({"except_clause", "except_group_clause", "finally_clause"})
#: After these a line is indented more than the one before.
_OPENERS = (":", "{", "(", "[", "->", "=>", "do", "then", "else")


def adjusted(suggestion: str, material: Material, line: int, end_line: int) -> str | None:
    """The text that replaces exactly the new lines `line` to `end_line` of `material.text`, without a final newline.

    None where it cannot be one: it changes nothing, cannot all be seen, has a credential or the sign of one, is
    too long, or the file parsed before and would not after.
    """
    rows = split_lines(material.text)
    replaced = [row.removesuffix("\r") for row in rows[line - 1 : end_line]]
    if not 1 <= line <= end_line <= len(rows) or len(suggestion) > 2 * MOST or sum(map(len, replaced)) > MOST:
        return None
    for lines in _spellings(suggestion, replaced):
        # What is already as it should be has to stay so: it may come through here again.
        if _is_fit(lines, replaced) and next(_spellings("\n".join(lines), replaced), None) == lines:
            after = "\n".join((*rows[: line - 1], *lines, *rows[end_line:], *([""] * material.text.endswith("\n"))))
            if any(line <= hit.line < line + len(lines) for hit in credentials.find(after, material.path)):
                return None
            if not any(reads(material.text) and not reads(after) for reads in _readers(material.path)):
                return "\n".join(lines)
    return None


def _is_fit(lines: Sequence[str], replaced: Sequence[str]) -> bool:
    text = "\n".join(lines)
    return (
        bool(text.strip())
        and len(lines) <= MOST_LINES and len(text) <= MOST
        and [row.rstrip() for row in lines] != [row.rstrip() for row in replaced]
        and not _PLACEHOLDER.search(text)
        and not any(is_odd(character) and character not in "\n\t" for character in text)
    )  # fmt: skip


def _spellings(suggestion: str, replaced: Sequence[str]) -> Iterator[list[str]]:
    """The lines of a suggestion with the indentation of what they replace: the likeliest first."""
    lines = _bare(suggestion, replaced)
    # Who moves a line to another indentation says so in prose: mostly it is just lost.
    home = next((_indent(row) for row in replaced if row.strip()), None)
    if home and home.startswith(" "):
        lines = [_indent(row).expandtabs(4) + row.lstrip(" \t") for row in lines]
    first, *others = [row for row in lines if row.strip()] or [""]
    own, margin = _indent(first), _margin(lines)
    home = own if home is None else home
    if own == home:
        yield lines
    elif home.startswith("\t") and not any("\t" in _indent(row) for row in lines):
        yield _moved(_tabbed(_moved(lines, margin, "")), "", home)
    else:
        if not own and others and _is_alone(first, others, len(home)):
            yield [home + first, *lines[1:]]
        if home.endswith(own):
            yield _moved(lines, "", home.removesuffix(own))
        elif own.endswith(home) and margin.startswith(own.removesuffix(home)):
            yield _moved(lines, own.removesuffix(home), "")


def _is_alone(first: str, others: Sequence[str], lost: int) -> bool:
    """Whether only the first line lost its indentation, as where a model begins to copy at the first letter."""
    step = len(_indent(others[0]))
    if min(len(_indent(row)) for row in others) < lost:
        return False
    return step > lost or not first.rstrip().endswith(_OPENERS)


def _indent(row: str) -> str:
    return row[: len(row) - len(row.lstrip(" \t"))]


def _margin(lines: Sequence[str]) -> str:
    """The blanks that all lines begin with."""
    indents = [_indent(row) for row in lines if row.strip()]
    least, most = min(indents, default=""), max(indents, default="")
    return least[: next((at for at, sign in enumerate(least) if not most.startswith(sign, at)), len(least))]


def _moved(lines: Sequence[str], old: str, new: str) -> list[str]:
    return [new + row.removeprefix(old) if row.strip() else "" for row in lines]


def _tabbed(lines: Sequence[str]) -> list[str]:
    """Indentation by blanks as one by tabs."""
    step = gcd(*(len(_indent(row)) for row in lines if row.strip()))
    unit = step if step in (2, 4, 8) else 4
    return ["\t" * (len(_indent(row)) // unit) + row[len(_indent(row)) // unit * unit :] for row in lines]


def _bare(suggestion: str, replaced: Sequence[str]) -> list[str]:
    """The lines without what models put around and before them, and without blank ones at the ends."""
    fenced = any(map(_FENCE.fullmatch, replaced))
    lines = _trimmed(suggestion.replace("\r\n", "\n").split("\n"))
    while True:
        inner = lines
        if not fenced and lines and _FENCE.fullmatch(lines[0]):
            inner = inner[1:]
        if not fenced and inner and _FENCE.fullmatch(inner[-1]):
            inner = inner[:-1]
        inner = _trimmed(_unmarked(inner, replaced))
        if inner == lines:
            return lines
        lines = inner


def _trimmed(lines: Sequence[str]) -> list[str]:
    filled = [number for number, row in enumerate(lines) if row.strip()]
    return [row.rstrip(" \t") for row in lines[filled[0] : filled[-1] + 1]] if filled else []


def _unmarked(lines: Sequence[str], replaced: Sequence[str]) -> list[str]:
    """The lines without a prompt's numbers or a diff's `+`, where every line has them and the code has none."""
    filled = [row for row in lines if row.strip()]
    if filled and all(map(_NUMBERED.match, filled)) and not any(map(_NUMBERED.match, replaced)):
        return [_NUMBERED.sub("", row, count=1) for row in lines]
    marks = {row[0] for row in filled}
    known = any(row.lstrip().startswith(("+", "-")) for row in replaced)
    counted = any(row.startswith(("++", "--")) for row in filled)
    patch = "+" in marks and marks <= {"+", "-", " "} and marks != {"+", " "}
    return _unpatched(lines) if patch and not known and not counted else list(lines)


def _unpatched(lines: Sequence[str]) -> list[str]:
    """The new side of a diff."""
    return [row[1:] for row in lines if not row.startswith("-")]


def _readers(path: str) -> Iterator[Callable[[str], bool]]:
    """Whether a text is what its name says, as far as anybody here can tell: grammars forgive what Python does not."""
    language = language_of(path)
    if language is None:
        yield partial(_reads, path.rpartition(".")[2].lower())
        return
    yield partial(_parses, language)
    if language == "python":
        yield _is_python


def _parses(language: str, text: str) -> bool:
    if len(text) > MAX_PARSED:
        return True
    root = parse(language, text).root_node
    return not root.has_error and (language != "python" or _is_even(root))


def _is_python(text: str) -> bool:
    return len(text) > MAX_PARSED or is_python(text)


def _reads(kind: str, text: str) -> bool:
    try:
        if kind == "json":
            json.loads(text, parse_int=str, parse_float=str)
        elif kind == "toml":
            toml.load(text)
        elif kind in ("yaml", "yml"):
            compose(text)
    except (json.JSONDecodeError, toml.BrokenError, BrokenError):
        return False
    except (NodesError, RecursionError):
        pass  # more than is read: nobody knows
    return True


def _is_even(root: Node) -> bool:
    """False for what Python's grammar forgives and Python does not: a block that is empty or at two indentations."""
    stack = [root]
    while stack:
        node = stack.pop()
        stack += node.named_children
        if node.type == "try_statement" and not any(child.type in _HANDLERS for child in node.named_children):
            return False
        if node.type in ("module", "block"):
            statements = [child for child in node.named_children if child.type != "comment"]
            columns = {
                after.start_point[1] for before, after in zip([None, *statements], statements, strict=False)
                if before is None or before.end_point[0] != after.start_point[0]
            }  # fmt: skip
            if len(columns) > 1 or (node.type == "block" and not statements):
                return False
    return True
