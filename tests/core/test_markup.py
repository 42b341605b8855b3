"""What an attacker writes stays text: two parsers find nothing in it but words and code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.markup import brief, cell, code, fenced, inert, visible_words
from reviewbot.core.text import visible
from tests.formats.pages import RENDERERS
from tests.formats.samples import hostile_text

#: What a forge looks for in text outside of code.
#: A decimal number is none of it: a name of a host ends in letters.
FORGE = re.compile(
    r"[@#$&%~/\\<>\[\]*_^|{}`]|[!&%~]\d|\w-\d|[0-9a-f]{7}|://|www\.|\w\.[^\W\d]|[^\W\d]\.\w|\.\d+\.|\w:\w",
    re.IGNORECASE,
)
any_text = st.text(st.characters(), max_size=30) | hostile_text


def outside_code(source: str) -> str:
    """The source without its code spans, escapes and single signs, as a forge's filters see it."""
    words = re.sub(r"\\([-+=])", r"\1", re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", source))
    return re.sub(r"(?<!\S)%(?![^\s…])", "", words)


@given(any_text)
def test_prose_is_words_and_code_and_reads_as_it_was(text: str) -> None:
    for render in RENDERERS:
        page = render(inert(text))
        assert page.names <= {"p", "code"}
        assert page.others == []
        assert page.text.strip("\n").replace("`", "") == visible_words(text).replace("`", "")


@given(any_text)
def test_a_forge_finds_nothing_outside_of_code(text: str) -> None:
    assert FORGE.search(outside_code(inert(text))) is None


@given(any_text, st.integers(1, 5), st.integers(1, 40))
def test_a_brief_text_has_at_most_so_many_words_and_is_as_inert(text: str, words: int, characters: int) -> None:
    source = brief(text, words, characters)
    assert FORGE.search(outside_code(source)) is None
    whole = visible_words(text).replace("`", "")
    for render in RENDERERS:
        page = render(source)
        assert page.names <= {"p", "code"}
        shown = page.text.strip("\n").replace("`", "")
        assert shown == whole or whole.startswith(shown.removesuffix("…"))
        assert len(shown.split(" ")) <= words
        assert len(shown) <= characters + 1


@given(any_text)
def test_a_code_span_reads_as_it_was(text: str) -> None:
    for render in RENDERERS:
        page = render(f"a {code(text)} b")
        assert page.names <= {"p", "code"}
        assert page.text == f"a {visible(text)} b\n"


@given(any_text, any_text)
def test_a_table_keeps_its_cells(left: str, right: str) -> None:
    for render in RENDERERS:
        page = render(f"| a | b |\n| --- | --- |\n| {cell(left)} | {cell(right)} |\n")
        assert page.names <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
        assert [name for name, _ in page.elements].count("td") == 2
        shown = [visible(text).replace("|", "\\x7c") for text in (left, right)]
        assert [piece for piece in page.pieces if piece.strip("\n")][2:] == [text for text in shown if text]


@given(st.lists(any_text, max_size=4))
def test_a_block_of_code_ends_where_it_should(lines: list[str]) -> None:
    source = fenced((f"+{line}" for line in lines), "diff")
    for render in RENDERERS:
        page = render(f"{source}\n\nafter\n")
        assert [name for name, _ in page.elements] == ["pre", "code", "p"]
        assert page.text.startswith("".join(f"+{visible(line.replace(chr(9), '    '))}\n" for line in lines))


@given(any_text)
def test_no_line_begins_with_a_command(text: str) -> None:
    for source in (inert(text), code(text), fenced([f"+{text}"])):
        assert re.search(r"^\s*/", source, re.MULTILINE) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Everyone can use it: rotate it, then load it from a secret store.",
         "Everyone can use it: rotate it, then load it from a secret store."),
        ("The row (see api/a.py:3) is @org/x and a@b.c.", "The row (see `api/a.py:3)` is `@org/x` and `a@b.c.`"),
        ("1. one", "`1.` one"),
        ("- one", "\\- one"),
        ("Closes #1", "Closes `#1`"),
        ("see\n\n/approve", "see `/approve`"),
        ("deadbeef facade defaced", "`deadbeef` facade `defaced`"),
        ("www.evil.example or javascript:x", "`www.evil.example` or `javascript:x`"),
        ("`git push -f` (see `a b`) is `@org/x`'s.", "`git push -f` (see `a b`) is `@org/x`'s."),
        ("a`b` `c ` ` d` `e", "`` a`b` `` `c ` `` ` d` `e ``"),
        ("4,096 tokens in 1.4 s, $0.0059, at 1.2.3, 95 % 2", "4,096 tokens in 1.4 s, `$0.0059`, at `1.2.3`, 95 % 2"),
        ("codestral (22b): slow; x::, y", "codestral `(22b)`: slow; `x::,` y"),
        ("1234567,1 1.2345678 1.", "`1234567,1 1.2345678 1.`"),
        ("", ""),
    ],
)  # fmt: skip
def test_prose_stays_prose(text: str, shown: str) -> None:
    assert inert(text) == shown
