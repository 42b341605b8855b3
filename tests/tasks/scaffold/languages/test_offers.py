"""What calls of Python and JavaScript are given: values that come by guards, that end loops, and at both ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.languages import javascript, python
from reviewbot.tasks.scaffold.planning import Unsuited, suites
from reviewbot.tasks.scaffold.suites import Case, Surroundings
from tests.readings import diff

Calls = Callable[[str], tuple[Case, ...]]


def of_python(text: str) -> tuple[Case, ...]:
    (target,) = python.targets(Syntax(diff("pkg/a.py", None, text)))
    return python.cases(target)


def of_typescript(text: str) -> tuple[Case, ...]:
    (target,) = javascript.targets(Syntax(diff("src/a.ts", None, text)))
    return javascript.cases(target)


def offered(cases: tuple[Case, ...], name: str) -> set[str]:
    return {value for case in cases for key, value in case.arguments if key == name}


BASKET = """\
class Basket:
    def __init__(self, currency, limit: int):
        if currency not in ("EUR", "USD"):
            raise ValueError(currency)
        if limit < 10:
            raise KeyError(limit)
        self.items = []
    def add(self, price: Decimal):
        if price <= 0:
            raise ValueError(price)
        self.items.append(price)
"""
BASKET_TS = """\
export class Basket {
  constructor(currency: string, limit: number) {
    if (!["EUR", "USD"].includes(currency)) { throw new RangeError("currency"); }
    if (limit < 10) throw new TypeError("limit");
  }
  add(price: number): number {
    if (price <= 0) throw new RangeError("price");
    return price;
  }
}
"""


@pytest.mark.parametrize(("calls", "text"), [(of_python, BASKET), (of_typescript, BASKET_TS)])
def test_a_constructor_is_given_what_its_guards_let_by(calls: Calls, text: str) -> None:
    found = calls(text)
    assert {case.construction for case in found} == {(("currency", '"EUR"'), ("limit", "10"))}
    assert {bool(case.raises) for case in found} == {False, True}


@pytest.mark.parametrize(("calls", "text"), [
    (of_python, BASKET.replace("currency not in", "True or currency not in")),
    (of_typescript, BASKET_TS.replace("limit < 10", "limit < 10 || limit >= 10")),
])  # fmt: skip
def test_what_no_argument_makes_has_no_cases(calls: Calls, text: str) -> None:
    assert calls(text) == ()


LEVEL = """\
def log(level: str, count: int) -> int:
    if level != "low" and level != "high":
        raise ValueError(level)
    return count
"""
LEVEL_TS = """\
export function log(level: %s, count: number): number {
  if (level !== "low" && level !== "high") throw new RangeError(level);
  return count;
}
"""


@pytest.mark.parametrize(("calls", "text"), [
    (of_python, LEVEL), (of_python, LEVEL.replace("level: str", "level")), (of_typescript, LEVEL_TS % "string"),
    (of_typescript, LEVEL_TS % "Imported"),
])  # fmt: skip
def test_usual_arguments_come_by_the_guards_and_only_what_differs_raises(calls: Calls, text: str) -> None:
    usual, *others = calls(text)
    assert dict(usual.arguments)["level"] in ('"low"', '"high"')
    assert not usual.raises
    raising = [dict(case.arguments) for case in others if case.raises]
    assert all(row["level"] not in ('"low"', '"high"') for row in raising)
    assert all("never" not in value for case in others for _, value in case.arguments)


def test_a_constructor_that_raises_is_a_case_only_where_it_is_told_from_its_method() -> None:
    text = (
        "class A:\n    def __init__(self, n: int):\n        if n < 0:\n            raise {}\n        self.n = n\n"
        "    def f(self):\n        if self.n == 5:\n            raise KeyError\n        return self.n\n"
    )
    told = {dict(case.construction)["n"]: case.raises for case in of_python(text.format("ValueError"))}
    assert (told["-1"], told["5"]) == ("ValueError", "KeyError")
    alike = {dict(case.construction)["n"]: case.raises for case in of_python(text.format("KeyError"))}
    assert "-1" not in alike
    assert alike["5"] == "KeyError"


COUNTED: Mapping[str, tuple[Calls, str, set[str]]] = {
    "python-until": (of_python, "def f(n):\n    while n != 0:\n        n -= 1\n    return n\n", {"1", "0"}),
    "python-until-one": (
        of_python,
        "def f(n: int):\n    while n != 1:\n        n = n // 2 if n % 2 == 0 else 3 * n + 1\n    return n\n",
        {"1", "2", "3"},
    ),
    "python-recursion": (
        of_python, "def f(n):\n    if n == 0:\n        return 1\n    return n * f(n - 1)\n", {"1", "0"}
    ),
    "python-step": (
        of_python, "def f(n: float):\n    at = 0\n    while at < 9:\n        at += n\n    return at\n", {"2.0"}
    ),
    "python-base": (
        of_python, "def f(n: int):\n    at = 9\n    while at:\n        at //= n\n    return at\n", {"3"}
    ),
    "typescript-until": (
        of_typescript, "export function f(n: number) { while (n !== 0) { n--; } return n; }\n", {"1", "0"}
    ),
    "typescript-for": (
        of_typescript, "export function f(n: number) { for (let i = 0; i !== n; i++) { g(); } return n; }\n", {"1", "2"}
    ),
    "typescript-recursion": (
        of_typescript, "export const f = (n: number): number => (n === 0 ? 1 : n * f(n - 1));\n", {"1", "0"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_a_loop_is_given_only_what_it_ends_with(name: str) -> None:
    calls, text, expected = COUNTED[name]
    found = offered(calls(text), "n")
    assert found
    assert found <= expected


def test_what_is_only_looked_at_in_a_loop_keeps_its_values() -> None:
    text = "def f(n: int, at: int):\n    while at > 0:\n        at -= 1\n        print(n)\n    return n\n"
    assert "-1" in offered(of_python(text), "n")
    assert "-1" not in offered(of_python(text), "at")


@pytest.mark.parametrize(("calls", "text"), [
    (of_python, "def f(percent: int):\n    if percent < 0 or percent > 100:\n        raise ValueError\n    return 1\n"),
    (of_python, "def f(percent: int):\n    if not 0 <= percent <= 100:\n        raise ValueError\n    return 1\n"),
    (of_typescript, "export function f(percent: number) { if (percent < 0 || percent > 100) throw new Error();\n"
                    "return 1; }\n"),
])  # fmt: skip
def test_both_ends_of_a_range_are_tried_on_both_sides(calls: Calls, text: str) -> None:
    found = {dict(case.arguments)["percent"]: bool(case.raises) for case in calls(text)}
    assert (found["-1"], found["0"], found["100"], found["101"]) == (True, False, False, True)


@pytest.mark.parametrize("name", ["max", "percent", "limit", "total", "count"])
def test_a_number_may_be_negative_in_typescript(name: str) -> None:
    assert "-1" in offered(of_typescript(f"export function f({name}: number) {{ return {name}; }}\n"), name)


def test_a_decimal_is_one_case_however_it_is_written() -> None:
    text = "def f(price: Decimal):\n    if price < 0:\n        raise ValueError\n    return 1\n"
    found = {dict(case.arguments)["price"]: case.raises for case in of_python(text)}
    assert found['Decimal("-1")'] == "ValueError"
    assert found['Decimal("0")'] == ""
    assert {"0", "-1"}.isdisjoint(found)


MANY = ", ".join(f"p{at}" for at in range(20))


@pytest.mark.parametrize(("path", "text"), [
    ("pkg/a.py", "async def f():\n    yield 1\n"),
    ("pkg/a.py", f"class A:\n    def __init__(self, {MANY}): pass\n    def f(self): return 1\n"),
    ("pkg/a.py", f"def f({MANY}): return 1\n"),
    ("pkg/a.py", "@elsewhere.get('/a')\ndef f(): return 1\n"),
    ("pkg/a.py", "app = FastAPI()\n@app.post('/a')\ndef f(item: Item): return 1\n"),
    ("pkg/a.py", "app = FastAPI()\n@app.post('/a')\ndef f(item: int = Body(...)): return 1\n"),
    ("pkg/a.py", "@dataclass\nclass F(Unknown):\n    a: int\n"),
    ("src/a.ts", "export abstract class A { f() { return 1; } }\n"),
])  # fmt: skip
def test_what_cannot_be_called_is_said_to_have_no_scaffold(path: str, text: str) -> None:
    (found,) = suites(diff(path, None, text), Surroundings(frozenset({path})), lambda _: True)
    assert isinstance(found, Unsuited)
    assert found.reason == "what it takes cannot be made by a test alone"
