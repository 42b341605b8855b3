from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.nodes import MAX_NODES, BrokenError, Node, NodesError, compose, walk

DOCUMENT = """\
on: [push, pull_request]
jobs:
  test:
    steps:
      - run: |
          make
          make test
      - uses: a/b@v1   # comment
"""


def test_a_value_is_found_under_its_keys_with_its_line() -> None:
    root = compose(DOCUMENT)[0]
    steps = root.get("jobs", "test", "steps")
    assert steps is not None
    run, uses = (step.get(name) for step, name in zip(steps.items, ("run", "uses"), strict=True))
    assert run is not None
    assert uses is not None
    assert (run.line, run.last, run.text) == (5, 7, "make\nmake test\n")
    assert (uses.line, uses.last, uses.text) == (8, 8, "a/b@v1")


def test_words_that_yaml_makes_truths_of_stay_words() -> None:
    assert [name for name, _, _ in compose("on: yes\nno: 1\n")[0].entries()] == ["on", "no"]


def test_every_document_has_a_root() -> None:
    assert [root.line for root in compose("a: 1\n---\nb: 2\n")] == [1, 3]


def test_an_alias_is_the_node_it_names() -> None:
    root = compose("a: &x {k: v}\nb: *x\n")[0]
    assert root.get("b") is root.get("a")


@pytest.mark.parametrize("text", ["a: *missing", "&a [*a]", "a: &a {b: *a}"])
def test_an_alias_of_nothing_finished_is_empty(text: str) -> None:
    assert any(node.text is None and not node.items and not node.pairs for node in walk(compose(text)))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 'x\n", 2),
        ("a: b: c\n", 1),
        ("- a\nb: 1\n", 2),
        ("a: \x01", None),
    ],
)
def test_what_is_no_yaml_is_broken_at_a_line(text: str, line: int | None) -> None:
    with pytest.raises(BrokenError) as caught:
        compose(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "a: b\n" * MAX_NODES, "---\n" * MAX_NODES,
        "x" * 600_000, "".join(f"{' ' * depth}a:\n" for depth in range(900)), "[" * 900 + "a," * 100_000,
    ],
    ids=["lists", "maps", "dashes", "keys", "pairs", "documents", "length", "blocks", "wide lists"],
)  # fmt: skip
def test_what_is_too_much_is_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(NodesError) as caught:
        compose(text)
    assert not isinstance(caught.value, BrokenError)
    assert time.perf_counter() - started < 5


def test_an_alias_bomb_is_walked_once() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 40))
    assert len(list(walk(compose(f"l0: &l0 [x]\n{levels}")))) < 200


def test_bytes_that_are_no_text_stand_for_no_syntax() -> None:
    assert [name for name, _, _ in compose("a\udce9: 1\nb: \ud800\n")[0].entries()] == ["a\ufffd", "b"]


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`?, \n\t\udce9\x00é", max_size=60))
def test_any_text_is_yaml_or_refused(text: str) -> None:
    try:
        roots = compose(text)
    except NodesError:
        return
    lines = text.count("\n") + 1
    assert all(1 <= node.line <= node.last <= lines + 1 for node in walk(roots) if isinstance(node, Node))
