"""What is true of every check of code: it tells new from old, stands on changed lines, never fails and ends."""

from __future__ import annotations

import gc
import time
from itertools import pairwise

from hypothesis import strategies as st

from reviewbot.core.findings import Severity
from reviewbot.ports import Check
from tests.checks.anchors import anchored
from tests.readings import found, reading

#: A row of a table: a path, its text, and what is to be found in it: rule and line.
Row = tuple[str, str, list[tuple[str, int]]]

ENDINGS = ("py", "js", "ts", "tsx", "go", "java", "rs", "c", "cpp", "cs", "rb", "php")
_HEADS = ("<?php", "package ")
_DEEP = (
    "(", "[", "{", "if (a) {", "if a {", "try {", "try {} catch (e) {", "f(async () => {", "x ? ", "a && ", "not ", "!",
    "it('a', () => {", "class A { void f() {", "begin\n", "if a\n", "{ return; {", "} else if (a) {", "else ",
)  # fmt: skip


def said(check: Check, path: str, text: str, old: str | None = None) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in anchored(check, reading(path, text, old))]


def places(check: Check, path: str, text: str, old: str | None = None) -> list[tuple[str, int | None]]:
    return sorted(found(check, path, text, old), key=str)


def moved(path: str, text: str) -> tuple[str, str]:
    """Two texts of the same lines: the code at the top, and at the bottom."""
    head, _, rest = text.partition("\n") if text.startswith(_HEADS) else ("", "", text)
    mark = "#" if path.endswith((".py", ".rb")) else "//"
    # A blank line at its end: a comment right above code may explain it.
    between = "".join(f"{mark} {number}\n" for number in range(text.count("\n") + 40)) + "\n"
    return f"{head}\n{rest}{between}", f"{head}\n{between}{rest}"


def indented(path: str, text: str) -> str:
    """The same code one level deeper."""
    head, _, rest = text.partition("\n") if text.startswith(_HEADS) else ("", "", text)
    deeper = "".join(f"    {line}\n" if line else "\n" for line in rest.rstrip("\n").split("\n"))
    return f"{head}\n" + ("if deeper:\n" + deeper if path.endswith(".py") else deeper)


def is_told_from_old(check: Check, path: str, text: str) -> None:
    """Found where it is new; not where it was there, was moved or went one level deeper."""
    assert found(check, path, text)
    before, after = moved(path, text)
    lines = text.rstrip("\n").split("\n")
    assert lines[-1] in {line.text for line in reading(path, after, before).file.added}
    assert found(check, path, after, before) == []
    assert found(check, path, indented(path, text), text) == []
    assert found(check, path, text + "\n\n", text) == []


#: Texts of pieces that checks look for, put together any way.
def soups(pieces: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(
        st.sampled_from((*pieces, "\n", " ", "(", ")", "{", "}", ":", ";", "x", "\0", "é\U0001f600", "'"))
    ).map("".join)


def ends_on_deep_nesting(check: Check, folder: str = "") -> None:
    """No recursion, no quadratic climb."""
    for ending in ENDINGS:
        for piece in _DEEP:
            start = time.monotonic()
            list(check.check(reading(f"{folder}a.{ending}", piece * (5_000 // len(piece)))))
            assert time.monotonic() - start < 5, (ending, piece)


def stays_linear(check: Check, path: str, piece: str, sizes: tuple[int, int] = (500, 4000)) -> None:
    """Eight times the text may take twenty times as long, not sixty-four."""
    for _ in range(3):  # one of them is not disturbed by whatever else goes on
        times = [_seconds(check, path, piece * size) for size in sizes]
        if all(after < 0.2 + before * 20 for before, after in pairwise(times)):
            return
    raise AssertionError(times)


def _seconds(check: Check, path: str, text: str) -> float:
    """Of a check; what a collection of all the tests' garbage takes is none of its own."""
    gc.disable()
    try:
        start = time.perf_counter()
        list(check.check(reading(path, text)))
        return time.perf_counter() - start
    finally:
        gc.enable()
