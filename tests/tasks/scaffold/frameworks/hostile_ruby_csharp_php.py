"""Names that would like to be code, and what of a file is code."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from reviewbot.core.grammars import parse
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.suites import Case, Suite

#: What ends strings, comments, lines and languages, and what puts code into strings.
PIECES = (
    '"', "'", "\\", "#{exit 3}", "#$0", "#@a", "${x}", "$x", "{$x}", "?>", "<?php", "*/", "/*", "//", "#", "\n", "\r",
    "\0", "\u2028", "\u0085", "\u202e", "\udc80", "é", "coding: utf-16", "-*- coding: x -*-", "__END__", "=begin",
    "\n__END__\n", "\n=begin\n", "%", "`id`", "{0}", "{", "}", "@", "\\u000a", "\\u0022", "a", " ", "=", ":", "1",
)  # fmt: skip
NASTY = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
_TEXT = frozenset({
    "comment", "string_content", "escape_sequence", "string_literal_content", "identifier", "name", "string_fragment",
})  # fmt: skip


def plain(suite: Suite) -> Suite:
    """The same suite with names that nobody minds."""
    cases = (replace(case, name=f"case {number}") for number, case in enumerate(suite.cases))
    return replace(suite, target=replace(suite.target, path="lib/a.x"), cases=tuple(cases))


def nasty(suite: Suite, path: str, names: list[str]) -> Suite:
    cases: list[Case] = [replace(case, name=name) for case, name in zip(suite.cases, names, strict=False)]
    return replace(suite, target=replace(suite.target, path=path), cases=(*cases, *suite.cases[len(cases) :]))


def skeleton(language: str, text: str) -> list[str]:
    """Every token that is code, in order, names left out; and that there is no error among them."""
    root = parse(language, text).root_node
    assert not root.has_error, text
    return [node.type for node in walk(root) if node.type not in _TEXT]


def comments(language: str, text: str) -> list[str]:
    return [text_of(node) for node in walk(parse(language, text).root_node, "comment")]
