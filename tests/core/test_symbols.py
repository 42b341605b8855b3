from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.symbols import MAX_CLIMB, MAX_PARSED, Syntax, line_of, text_of, walk
from tests.readings import diff


def syntax(new: str | None, old: str | None = None, path: str = "a.py") -> Syntax:
    return Syntax(diff(path, old, new))


def test_only_nodes_that_overlap_a_changed_line_are_touched() -> None:
    touched = syntax("f()\ng()\nh()\n", "f()\nh()\n").touched()
    assert [text_of(node) for node in touched.of("call")] == ["g()"]
    assert touched.lines == {2}


def test_the_old_side_has_its_own() -> None:
    assert [text_of(node) for node in syntax("f()\n", "f()\ng()\n").touched("old").of("call")] == ["g()"]


def test_a_side_without_changed_lines_has_no_nodes() -> None:
    touched = syntax("f()\n", "f()\ng()\n").touched()
    assert (touched.kinds, touched.root, touched.rows()) == ({}, None, [])


def test_what_is_no_code_symlinks_and_too_large_is_not_parsed() -> None:
    assert syntax("f()\n", path="a.txt").new is None
    assert syntax("x\n" * MAX_PARSED).new is None
    assert Syntax(diff("a.py", None, "b.py", new_mode="120000")).new is None


def test_ancestors_lead_up_and_end() -> None:
    touched = syntax("class A:\n    def f(self):\n        g()\n").touched()
    (call,) = touched.of("call")
    assert [node.type for node in touched.ancestors(call)][-1] == "module"
    deep = syntax("(" * 2000 + "f()" + ")" * 2000).touched()
    (call,) = deep.of("call")
    assert len(list(deep.ancestors(call))) == MAX_CLIMB


def test_begins_is_told_by_the_first_line() -> None:
    touched = syntax("f(\n    2)\n", "f(\n    1)\n").touched()
    (call,) = touched.of("call")
    assert not touched.begins(call)


@given(st.text(st.sampled_from("f()\n é\t{};"), max_size=60))
def test_rows_are_the_lines_of_the_file_wherever_the_root_begins(text: str) -> None:
    touched = syntax(text, path="a.js").touched()
    if touched.root is None:
        return
    lines = text.split("\n")
    for row, line in enumerate(touched.rows()):
        assert line.strip() == "" or (line.strip() == lines[row].strip() and len(line) == len(lines[row]))


def test_walking_keeps_the_order_and_stops_at_what_it_is_told() -> None:
    tree = syntax("f(g())\ndef h():\n    k()\n").new
    assert tree is not None
    assert [text_of(node) for node in walk(tree.root_node, "call")] == ["f(g())", "g()", "k()"]
    stop = frozenset({"function_definition"})
    assert [text_of(node) for node in walk(tree.root_node, "call", stop=stop)] == ["f(g())", "g()"]
    assert [line_of(node) for node in walk(tree.root_node, "function_definition", stop=stop)] == [2]


def test_a_text_above_the_limit_is_empty() -> None:
    tree = syntax("name\n").new
    assert tree is not None
    assert (text_of(tree.root_node.named_children[0], 4), text_of(tree.root_node.named_children[0], 3)) == ("name", "")
    assert text_of(None) == ""
