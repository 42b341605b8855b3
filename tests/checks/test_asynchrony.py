from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import asynchrony
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.checks.facts import (
    ENDINGS,
    Row,
    ends_on_deep_nesting,
    is_told_from_old,
    places,
    said,
    soups,
    stays_linear,
)  # fmt: skip
from tests.readings import found, reading

NOT_AWAITED, MISSING, FOR_EACH = "async/not-awaited", "async/await-missing", "async/foreach"
EXECUTOR, BLOCKING, FLOATING = "async/executor", "async/blocking", "async/floating"
TASK, VOID = "async/task-dropped", "async/void"
HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
PAY = "async def pay(x):\n    await bank(x)\n"
ALLOWED = "async function allowed(u) { return await ask(u); }\n"

FOUND: list[Row] = [
    ("a.py", PAY + "async def f():\n    pay(1)\n", [(NOT_AWAITED, 4)]),
    ("a.py", PAY + "def f():\n    pay(1)\n", [(NOT_AWAITED, 4)]),
    ("a.py", "async def f():\n    asyncio.sleep(1)\n", [(NOT_AWAITED, 2)]),
    ("a.py", "class A:\n  async def pay(self):\n    pass\n  def f(self):\n    self.pay()\n", [(NOT_AWAITED, 5)]),
    ("a.py", PAY + "async def f():\n    if pay(1):\n        g()\n", [(MISSING, 4)]),
    ("a.py", PAY + "async def f():\n    assert not pay(1)\n", [(MISSING, 4)]),
    ("a.ts", ALLOWED + "if (allowed(u)) {\n  open();\n}\n", [(MISSING, 2)]),
    ("a.js", ALLOWED + "const shown = allowed(u) && secret;\n", [(MISSING, 2)]),
    ("a.js", ALLOWED + "if (!allowed(u)) {}\n", [(MISSING, 2)]),
    ("a.js", "const ok = users.filter(async (u) => ask(u));\n", [(MISSING, 1)]),
    ("a.tsx", "if (users.some(async (u) => ask(u))) {}\n", [(MISSING, 1)]),
    ("a.js", "users.forEach(async (u) => {\n  await tell(u);\n});\n", [(FOR_EACH, 1)]),
    ("a.ts", "users\n  .filter(Boolean)\n  .forEach(async function (u) {\n  await tell(u);\n});\n", [(FOR_EACH, 3)]),
    ("a.js", "new Promise(async (done) => {\n  done(await f());\n});\n", [(EXECUTOR, 1)]),
    ("a.py", "async def f():\n    time.sleep(1)\n", [(BLOCKING, 2)]),
    ("a.py", "from time import sleep\nasync def f():\n    sleep(1)\n", [(BLOCKING, 3)]),
    ("a.py", "async def f():\n    requests.get(url, timeout=9)\n", [(BLOCKING, 2)]),
    ("a.rs", "async fn f() {\n    std::thread::sleep(d);\n}\n", [(BLOCKING, 2)]),
    ("a.cs", "class A { async Task F() {\n Thread.Sleep(1);\n} }\n", [(BLOCKING, 2)]),
    ("a.ts", ALLOWED + "async function f() {\n  allowed(1);\n}\n", [(FLOATING, 3)]),
    ("a.js", "class A { async pay() {}\n async f() {\n  this.pay();\n } }\n", [(FLOATING, 3)]),
    ("a.py", "async def f():\n    asyncio.create_task(g())\n", [(TASK, 2)]),
    ("a.cs", "class A {\n async void Pay(int amount) { await F(amount); }\n}\n", [(VOID, 2)]),
]  # fmt: skip

LEFT_ALONE = [
    ("a.py", PAY + "async def f():\n    await pay(1)\n    x = pay(2)\n    return pay(3)\n"),
    ("a.py", PAY + "def f(pay):\n    pay(1)\n"),
    ("a.py", PAY + "pay = sync(pay)\npay(1)\n"),
    ("a.py", "@task\n" + PAY + "pay(1)\n"),
    ("a.py", "async def rows():\n    yield 1\ndef f():\n    rows()\n"),
    ("a.py", "class A:\n    async def pay(self):\n        pass\ndef pay():\n    pass\npay()\n"),
    ("a.py", "class A:\n  async def f(self): ...\nclass B:\n  def f(self): ...\n  def g(self):\n    self.f()\n"),
    ("a.py", "async def f():\n    await asyncio.to_thread(lambda: time.sleep(1))\ndef g():\n    time.sleep(1)\n"),
    ("a.py", "async def f():\n    task = asyncio.create_task(g())\n    group.create_task(h())\n"),
    ("a.js", ALLOWED + "allowed(1);\nfunction f() { allowed(2); }\n"),
    ("a.js", ALLOWED + "async function g() { void allowed(3); allowed(4).catch(h); }\n"),
    ("a.js", ALLOWED + "if (await allowed(u)) {}\n"),
    ("a.js", "function f(allowed) { if (allowed(u)) {} }\n" + ALLOWED),
    ("a.js", "await Promise.all(users.map(async (u) => tell(u)));\n"),
    ("a.js", "const ok = await rows.filter(async (row) => ask(row));\nfilter(async () => {});\n"),
    ("a.js", "new Promise(async (done, failed) => {\n  try { done(await f()); } catch (e) { failed(e); }\n});\n"),
    ("a.rs", "fn f() { std::thread::sleep(d); }\nasync fn g() { spawn_blocking(|| std::thread::sleep(d)).await; }\n"),
    ("a.cs", "class A { async void Clicked(object sender, EventArgs e) { }\n void F() { Thread.Sleep(1); } }\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), FOUND)
def test_what_nobody_waits_for_is_found(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    assert places(asynchrony, path, text) == expected


@pytest.mark.parametrize(("path", "text"), LEFT_ALONE)
def test_what_is_waited_for_or_not_certain_is_left_alone(path: str, text: str) -> None:
    assert found(asynchrony, path, text) == []


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text, _ in FOUND])
def test_what_was_there_moved_or_indented_is_not_new(path: str, text: str) -> None:
    is_told_from_old(asynchrony, path, text)


def test_a_dropped_await_is_new() -> None:
    old = PAY + "async def f():\n    await pay(1)\n"
    assert found(asynchrony, "a.py", old.replace("await pay", "pay"), old) == [(NOT_AWAITED, 4)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("tests/test_a.py", PAY + "async def test_f():\n    pay(1)\n", (NOT_AWAITED, HIGH)),
        ("tests/test_a.py", "async def test_f():\n    time.sleep(1)\n", (BLOCKING, Severity.INFO)),
        ("a.py", "async def f():\n    subprocess.run(['ls'])\n", (BLOCKING, LOW)),
        ("a.js", "await rows.forEach(async (row) => f(row));\n", (FOR_EACH, LOW)),
    ],
)
def test_the_severity_follows_what_is_certain(path: str, text: str, expected: tuple[str, Severity]) -> None:
    assert said(asynchrony, path, text) == [expected]


PIECES = (
    "async ", "def f():\n  ", "f()", "await ", "new Promise(", ".forEach(", "=> ", "self.", "class A", "time.sleep(1)",
    "yield", "import f", "f = ", "void ", "if ", "@d\n",
)  # fmt: skip


@given(soups(PIECES), soups(PIECES), st.sampled_from(ENDINGS))
def test_any_text_is_read_without_failing(new: str, old: str, ending: str) -> None:
    anchored(asynchrony, reading(f"a.{ending}", new, old))


def test_deep_nesting_ends() -> None:
    ends_on_deep_nesting(asynchrony)


@pytest.mark.parametrize(
    ("path", "piece"),
    [("a.py", "async def f():\n f()\n"), ("a.js", "async function f(){f()}"), ("a.js", "new Promise(async () => {")],
)
def test_time_grows_with_the_text(path: str, piece: str) -> None:
    stays_linear(asynchrony, path, piece)
