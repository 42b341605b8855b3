from __future__ import annotations

import pytest
from tree_sitter import Node

from reviewbot.core.grammars import parse
from reviewbot.core.strings import MAX_PARTS, built, is_constant, literal, truth
from reviewbot.core.symbols import text_of, walk


def value(language: str, code: str) -> Node:
    """The expression after the first equals sign."""
    root = parse(language, code).root_node
    at = code.index("=") + 1
    at += len(code[at:]) - len(code[at:].lstrip())
    whole = [node for node in walk(root) if node.start_byte == at and node.is_named and node.type != "expression_list"]
    return max(whole, key=lambda node: node.end_byte)


def shown(language: str, code: str) -> str | None:
    """The parts of a string, values in brackets."""
    parts = built(value(language, code))
    return None if parts is None else "".join(p if isinstance(p, str) else f"<{text_of(p)}>" for p in parts)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "q = f'a {b} c'"),
        ("python", "q = 'a ' + b + ' c'"),
        ("python", "q = 'a %s c' % b"),
        ("python", "q = 'a %(x)s c' % {'x': b}"),
        ("python", "q = 'a {} c'.format(b)"),
        ("python", "q = ('a ' f'{b}' ' c')"),
        ("javascript", "q = `a ${b} c`"),
        ("typescript", "q = 'a ' + (b) + ' c'"),
        ("go", 'package a\nvar q = fmt.Sprintf("a %s c", b)'),
        ("java", 'class A { String q = String.format("a %s c", b); }'),
        ("java", 'class A { String q = "a %s c".formatted(b); }'),
        ("rust", 'const Q: A = format!("a {} c", b);'),
        ("cpp", 'std::string q = "a " + b + " c";'),
        ("csharp", 'class A { string q = $"a {b} c"; }'),
        ("csharp", 'class A { string q = string.Format("a {0} c", b); }'),
        ("ruby", 'q = "a #{b} c"'),
        ("ruby", "q = 'a %s c' % [b]"),
    ],
)
def test_a_string_is_read_as_its_parts_in_every_language(language: str, code: str) -> None:
    assert shown(language, code) == "a <b> c"


def test_php_puts_names_into_strings() -> None:
    assert shown("php", '<?php $q = "a $b c" . $d;') == "a <$b> c<$d>"


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("q = 'a %d %s' % (b, c)", "a 0 <c>"),
        ("q = '100%% %s' % b", "100%% <b>"),
        ("q = 'a {{b}} {}'.format(c)", "a {{b}} <c>"),
        ("q = b + c", None),
        ("q = f(b)", None),
    ],
)
def test_placeholders_take_their_values(code: str, parts: str | None) -> None:
    assert shown("python", code) == parts


@pytest.mark.parametrize(
    ("code", "text"),
    [("q = 'a' 'b'", "ab"), ("q = 'a' + 'b'", None), ("q = f'a{b}'", None), ("q = b", None), ("q = ('a')", "a")],
)
def test_a_literal_is_one_string_and_nothing_else(code: str, text: str | None) -> None:
    assert literal(value("python", code)) == text


@pytest.mark.parametrize(("code", "constant"), [("q = 1", True), ("q = 'a' + 'b'", True), ("q = 'a' + b", False)])
def test_a_constant_can_only_be_one_value(code: str, constant: bool) -> None:
    assert is_constant(value("python", code)) is constant


@pytest.mark.parametrize(
    ("code", "truth_"), [("q = True", True), ("q = 0", False), ("q = None", False), ("q = b", None)]
)
def test_a_switch_is_on_off_or_unknown(code: str, truth_: bool | None) -> None:
    assert truth(value("python", code)) is truth_


def test_a_sum_of_very_many_terms_is_not_read() -> None:
    assert built(value("python", "q = 'a'" + " + x" * 1000)) is None


def test_a_string_of_very_many_parts_is_cut() -> None:
    parts = built(value("python", "q = f'" + "{a}" * 300 + "'"))
    assert parts is not None
    assert len(parts) <= MAX_PARTS
