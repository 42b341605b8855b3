from __future__ import annotations

import pytest

from reviewbot.core.expressions import CALLS, Call, call_of, dotted
from reviewbot.core.grammars import parse
from reviewbot.core.symbols import line_of, text_of, walk


def outermost(language: str, code: str) -> Call:
    return call_of(next(walk(parse(language, code).root_node, *CALLS)))


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("python", "a.b(x)", "a.b"),
        ("javascript", "a?.b(x)", "a.b"),
        ("javascript", "new A(x)", "A"),
        ("javascript", "$(x)", "$"),
        ("typescript", "a.b<T>(x)", "a.b"),
        ("go", "package a\nvar b = c.D(x)", "c.D"),
        ("java", "class A { int b = c.d(x); }", "c.d"),
        ("java", "class A { B b = new B<C>(x); }", "B"),
        ("rust", "fn a() { b::c(x); }", "b.c"),
        ("rust", "fn a() { b!(x); }", "b!"),
        ("cpp", "void a() { b->c(x); }", "b.c"),
        ("csharp", "class A { int B = C.D<E>(x); }", "C.D"),
        ("ruby", "a.b(x)", "a.b"),
        ("php", "<?php $a->b($x);", "a.b"),
        ("php", "<?php A::b($x);", "A.b"),
        ("php", "<?php \\a($x);", "a"),
        ("php", "<?php $a($x);", "$a"),
    ],
)
def test_a_call_has_one_dotted_name_in_every_language(language: str, code: str, name: str) -> None:
    call = outermost(language, code)
    assert (call.name, len(call.arguments)) == (name, 1)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "f(x, k=1)"),
        ("ruby", "f(x, k: 1)"),
        ("csharp", "class A { int B = f(x, k: 1); }"),
        ("php", "<?php f($x, k: 1);"),
    ],
)
def test_named_arguments_are_apart_from_the_others(language: str, code: str) -> None:
    call = outermost(language, code)
    assert (len(call.arguments), [text_of(value) for value in call.keywords.values()]) == (1, ["1"])
    assert list(call.keywords) == ["k"]


def test_a_tagged_template_has_no_arguments() -> None:
    assert outermost("javascript", "sql`a ${b}`").arguments == ()


def test_a_comment_is_no_argument() -> None:
    assert len(outermost("java", "class A { int b = c(/* d */ e); }").arguments) == 1


def test_a_table_of_data_is_not_read() -> None:
    assert outermost("python", f"f({'1, ' * 501})").arguments == ()


def test_the_place_of_a_call_is_the_name_at_the_end_of_its_chain() -> None:
    assert line_of(outermost("rust", "fn f() {\n    a\n        .b()\n        .c(true);\n}").place) == 4


def test_a_long_owner_is_left_out_of_a_name() -> None:
    call = next(walk(parse("python", f"{'a' * 300}.b(x)").root_node, "call"))
    assert dotted(call.children[0]) == "….b"
