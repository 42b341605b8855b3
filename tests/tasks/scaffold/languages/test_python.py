from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.frameworks import pytest as pytest_framework
from reviewbot.tasks.scaffold.frameworks import unittest as unittest_framework
from reviewbot.tasks.scaffold.languages import python
from reviewbot.tasks.scaffold.planning import parses
from reviewbot.tasks.scaffold.suites import Case, Suite, Target
from tests.readings import diff
from tests.tasks.scaffold.python_targets import EXAMPLES, Example

FRAMEWORKS = (pytest_framework, unittest_framework)


def targets(new: str, old: str | None = None, path: str = "pkg/x.py") -> tuple[Target, ...]:
    return tuple(python.targets(Syntax(diff(path, old, new))))


def names(new: str, old: str | None = None, path: str = "pkg/x.py") -> list[str]:
    return [target.name for target in targets(new, old, path)]


def only(new: str) -> Target:
    (target,) = targets(new)
    return target


def rows(new: str) -> dict[str, str]:
    """Of the one target the names of its cases, with what they raise."""
    return {case.name: case.raises for case in python.cases(only(new))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def a(): return 1\nasync def b(): return 1\n", ["a", "b"]),
        ("def _a(): return 1\n", []),
        ("__all__ = ['b']\ndef a(): return 1\ndef b(): return 1\n", ["b"]),
        ("__all__ = ['_a']\ndef _a(): return 1\n", ["_a"]),
        ("__all__ = x + y\ndef a(): return 1\n", ["a"]),
        ("def a():\n    def b(): return 1\n    return b\n", ["a"]),
        ("if __name__ == '__main__':\n    def a(): return 1\n", []),
        ("class A:\n    def a(self): return 1\n    def _b(self): return 1\n    def __len__(self): return 1\n", ["A.a"]),
        ("class _A:\n    def a(self): return 1\n", []),
        ("class A:\n    class B:\n        def a(self): return 1\n", []),
        ("class A:\n    @property\n    def a(self): return 1\n    @a.setter\n    def a(self, v): pass\n", ["A.a"]),
        ("class A(Protocol):\n    def a(self): ...\n", []),
        ("class A:\n    @abstractmethod\n    def a(self): ...\n    def b(self): return 1\n", []),
        ("class A(Enum):\n    B = 1\n    def a(self): return 1\n", []),
        ("@dataclass\nclass A:\n    b: int\n", ["A"]),
        ("class A(NamedTuple):\n    b: int\n", ["A"]),
        ("class A(Exception):\n    pass\n", []),
        ("async def a():\n    yield 1\n", ["a"]),
        ("@overload\ndef a(): ...\n@app.command()\ndef b(): return 1\n@pytest.fixture\ndef c(): return 1\n", []),
        ("app = Flask(__name__)\n@app.route('/a')\ndef a(): return ''\n", ["a"]),
        ("@router.get('/a')\ndef a(): return ''\n", ["a"]),
    ],
)
def test_what_a_test_can_call_is_a_target(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "path", ["tests/x.py", "pkg/test_x.py", "docs/x.py", "vendor/x.py", "setup.py", "pkg/conftest.py", "x.pyi"]
)
def test_files_that_nobody_tests_have_no_targets(path: str) -> None:
    assert names("def a(): return 1\n", path=path) == []


OLD = '''\
class A:
    """Doc."""

    def a(self):
        """Doc."""
        return 1  # one

    def b(self):
        return 2
'''


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("return 2", "return 3", ["A.b"]), ("# one", "# two", ["A.a"]),
        ('        """Doc."""', '        """Words."""', []),
        ('class A:\n    """Doc."""', 'class A:\n    """Words."""', []),
        ("\n\n    def b", "\n\n    # words\n    def b", []),
        ("def a(self)", "def a(self, c=1)", ["A.a"]), ("    def b", "    @staticmethod\n    def b", ["A.b"]),
    ],
)  # fmt: skip
def test_only_changed_code_makes_a_target(before: str, after: str, expected: list[str]) -> None:
    assert before in OLD
    assert names(OLD.replace(before, after), OLD) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x: int):\n    if x < 0:\n        raise ValueError(x)\n    return x\n", {"x is -1": "ValueError"}),
        ("def f(x: int):\n    if x >= 0:\n        return x\n    raise ValueError\n", {"x is -1": "ValueError"}),
        ("def f(x: int):\n    if x > 0:\n        return 1\n    elif x == 0:\n        raise KeyError(x)\n    return 2\n",
         {"x is 0": "KeyError"}),
        ("def f(s: str):\n    s = s.strip()\n    if not s:\n        raise ValueError\n    return s\n",
         {"s is empty": "ValueError"}),
        ("from .errors import Bad\ndef f(x: int):\n    if x == 3:\n        raise Bad(x)\n    return x\n",
         {"x is 3": "Bad"}),
        ("from . import errors\ndef f(x: int):\n    if x == 3:\n        raise errors.Bad(x)\n    return x\n",
         {"x is 3": "errors.Bad"}),
        ("class A:\n    def __init__(self, n: int):\n        self.n = n\n    def f(self):\n        if self.n < 0:\n"
         "            raise ValueError\n        return self.n\n", {"n is -1": "ValueError"}),
        ("class A:\n    def __init__(self):\n        self.n = []\n    def f(self):\n        if not self.n:\n"
         "            raise IndexError\n        return self.n\n", {"no arguments": "IndexError"}),
        ("@dataclass\nclass A:\n    n: int\n    def __post_init__(self):\n        if self.n < 0:\n"
         "            raise ValueError\n", {"n is -1": "ValueError"}),
    ],
)  # fmt: skip
def test_a_guard_that_arguments_meet_is_a_case_that_raises(text: str, expected: dict[str, str]) -> None:
    assert {name: raised for name, raised in rows(text).items() if raised} == expected


@pytest.mark.parametrize(
    "body",
    [
        "    x = convert(x)\n    if x < 0:\n        raise ValueError\n",
        "    x += 5\n    if x < 0:\n        raise ValueError\n",
        "    with lock:\n        if x < 0:\n            raise ValueError\n",
        "    try:\n        pass\n    finally:\n        x = 3\n    if x < 0:\n        raise ValueError\n",
        "    if x < 0 and LIMIT:\n        raise ValueError\n",
        "    if x < 0:\n        raise error\n",
        "    if x < 0:\n        raise Unknown\n",
        "    if x < 0:\n        from a import Bad\n        raise Bad\n",
        "    if x < 0:\n        return 0\n    if x < 0:\n        raise ValueError\n",
        "    for y in x:\n        if x < 0:\n            raise ValueError\n",
        "    def g():\n        raise ValueError\n",
    ],
)
def test_nothing_is_said_to_raise_that_is_not_certain(body: str) -> None:
    assert set(rows(f"def f(x: int):\n{body}    return x\n").values()) == {""}


@pytest.mark.parametrize(
    ("constructor", "raised"),
    [
        ("self, n: int", {"IndexError"}), ("self, n: Unknown", {""}), ("self, *parts", {""}),
    ],
)  # fmt: skip
def test_nothing_is_said_of_an_instance_that_may_not_exist(constructor: str, raised: set[str]) -> None:
    text = f"class A:\n    def __init__({constructor}):\n        prepare()\n    def f(self, x: int):\n"
    found = rows(f"{text}        if x < 0:\n            raise IndexError\n        return 1\n")
    assert set(found.values()) - {""} == set(raised) - {""}


def test_a_decorator_may_change_what_is_raised() -> None:
    guard = "def f(x: int):\n    if x < 0:\n        raise ValueError\n    return x\n"
    assert "ValueError" in rows(guard).values()
    assert "ValueError" not in rows(f"@retry\n{guard}").values()


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("x: int", ["1", "0", "-1"]), ("x: float", ["1.5", "0.0", "-1.5"]), ("x: bool", ["True", "False"]),
        ("x: str | None", ['"abc"', '""', '" a B "', "None"]), ("x: Optional[bytes]", ['b"abc"', 'b""', "None"]),
        ("x: Literal['a', 2]", ["'a'", "2"]), ("x: list[str]", ['["abc", ""]', "[]", '["abc"]']),
        ("x: dict[str, int]", ['{"abc": 1}', "{}"]), ("x: tuple[int, str]", ['(1, "abc")', '(0, "")']),
        ("x: tuple[int, ...]", ["(1, -1)", "()", "(1,)"]), ("x: Callable[[int], bool]", ["lambda *_: True"]),
        ("x: 'int'", ["1", "0", "-1"]),
        ("x: Iterator[int]", ["iter([1, 0])", "iter([])"]),
        ("x: Decimal", ['Decimal("1.5")', 'Decimal("0")', 'Decimal("-1")']),
        ("x: Path", ['Path("a.txt")']), ("x: T", ["1", "0", "-1"]), ("x: Unknown", ["..."]),
        ("x: list[Unknown]", ["..."]), ("count", ["1", "0", "-1"]), ("file_name", ['"abc"', '" a B "']),
        ("user_ids_list", ["[1, 2]", "[]", "[1]"]), ("is_ok", ["True", "False"]), ("q", ["1", '"abc"', "None"]),
    ],
)  # fmt: skip
def test_a_parameter_is_given_edge_values_of_its_type_or_name(parameter: str, expected: list[str]) -> None:
    found = python.cases(only(f"def f({parameter}): return x\n"))
    assert [dict(case.arguments).popitem()[1] for case in found] == expected


def test_classes_of_the_same_file_are_made() -> None:
    text = (
        "class Color(Enum):\n    RED = 1\n    GREEN = 2\n    BLUE = 3\nclass Loud:\n    def __init__(self): boom()\n"
        "@dataclass\nclass Box:\n    size: int\n    color: Color = Color.RED\n"
        "def f(color: Color, box: Box, loud: Loud): return 1\n"
    )
    assert targets(text)[-1].traits["value:Color"] == "Color.RED\nColor.BLUE"
    case = python.cases(targets(text)[-1])[0]
    assert dict(case.arguments) == {"color": "Color.RED", "box": "Box(size=1)", "loud": "..."}
    assert not case.comparable


def test_a_record_takes_its_fields() -> None:
    text = (
        "@dataclass\nclass A:\n    a: int\n    b: list[int] = field(default_factory=list)\n"
        "    c: int = field(init=False)\n    d: ClassVar[int] = 3\n    e: int = field(default=4)\n"
        "    f: int = field(repr=False)\n    g = 3\n"
    )
    assert [(one.name, one.default) for one in only(text).parameters] == [
        ("a", None), ("b", "…"), ("e", "4"), ("f", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decorator", "route", "method", "types"),
    [
        ("@app.route('/a/<int:x>/<y>', methods=['GET', 'PUT'])", "/a/<int:x>/<y>", "get",
         ['Literal["GET", "PUT"]', "int", "str"]),
        ("@app.route('/a', methods=['PUT'])", "/a", "put", []),
        ("@app.delete(path='/a/{y}')", "/a/{y}", "delete", ["str"]),
        ("@app.post('/a/{x:path}')", "/a/{x:path}", "post", ["str"]),
    ],
)  # fmt: skip
def test_an_endpoint_is_asked_by_its_route_and_method(
    decorator: str, route: str, method: str, types: list[str]
) -> None:
    target = only(f"app = Flask(__name__)\n{decorator}\ndef f(x, y, other=None): return ''\n")
    assert (target.kind, target.traits["route"], target.traits["method"]) == ("endpoint", route, method)
    assert [one.type for one in target.parameters] == types


@pytest.mark.parametrize(
    ("text", "comparable"),
    [
        ("def f(x: int) -> int: return x\n", True), ("def f(x: int): return x\n", True),
        ("def f(x: int): print(x)\n", False),
        ("def f(x: int) -> None: return None\n", False), ("def f(x: int) -> Response: return g(x)\n", False),
        ("def f(x: int) -> dict[str, int | None]: return {}\n", True), ("def f(x: int):\n    yield x\n", True),
        ("@contextmanager\ndef f(x: int):\n    yield x\n", False), ("def f(x: Unknown) -> int: return 1\n", False),
        ("class A:\n    def f(self, x: int): self.x = x\n", False),
        ("class A(Base):\n    def f(self) -> int: return 1\n", False),
    ],
)  # fmt: skip
def test_nobody_is_asked_for_what_one_expression_cannot_say(text: str, comparable: bool) -> None:
    assert {case.comparable for case in python.cases(only(text))} == {comparable}


def test_what_a_method_did_is_seen_in_its_instance() -> None:
    text = "class A:\n    def add(self, x: int) -> None: self.x = x\n    def __len__(self): return 1\n"
    assert only(text).traits["observed"] == "len({})"
    assert all(case.comparable for case in python.cases(only(text)))


@pytest.mark.parametrize(
    ("test", "named"),
    [
        ("from pkg.x import clamp\nclamp(1)\n", True), ("import pkg.x\npkg.x.clamp(1)\n", True),
        ("from pkg import x\nx.clamp(1)\n", True), ("from pkg import clamp\nclamp(1)\n", True),
        ("import pkg\npkg.clamp(1)\n", True), ("from ..x import clamp\nclamp(1)\n", True),
        ("import src.pkg.x as y\ny.clamp(1)\n", True), ("from pkg.x import other\n# clamp\n'clamp'\n", False),
        ("from other import clamp\nclamp(1)\n", False), ("from pkg import other\nother.clamp(1)\n", False), ("", False),
        ("from pkg.x import slug\nslug('clamp')\n", False),
    ],
)  # fmt: skip
def test_a_test_names_what_it_imports_and_uses(test: str, named: bool) -> None:
    target = targets("def clamp(x): return x\n", path="src/pkg/x.py")[0]
    assert python.names(test, "tests/test_x.py", target) is named


def test_a_test_names_an_endpoint_by_its_route() -> None:
    target = only("app = FastAPI()\n@app.get('/items/{item}')\ndef show(item: int): return 1\n")
    assert python.names("client.get('/items/3')\n", "tests/test_x.py", target)
    assert not python.names("client.get('/other')\n", "tests/test_x.py", target)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_example_has_cases_that_a_model_can_write(example: Example) -> None:
    found = python.cases(example.chosen())
    assert 3 <= len(found) <= 12
    assert any(case.comparable and not case.is_written for case in found)


NAMES = st.sampled_from(
    ["x", "request", "expected", "self", "ﬁ", "naïve", "test", "pytest", "asyncio", "__x", "result", "f"]
)
TYPES = st.sampled_from(
    ["int", "str", "'a\\'b'", "list[", "]", "Literal['\\n']", "dict[str, '\"']", "X | None", "(", "Foo", "T", ""]
)
DEFAULTS = st.sampled_from(["", "1", "'\\''", '"""\n"""', "None", "[]", "f'{x}'", "lambda: 1", "(1,)"])


@st.composite
def functions(draw: st.DrawFn) -> str:
    given = draw(st.lists(st.tuples(NAMES, TYPES, DEFAULTS), max_size=5, unique_by=lambda one: one[0]))
    written = [
        f"{name}{f': {kind}' if kind else ''}{f' = {default}' if default else ''}" for name, kind, default in given
    ]
    if draw(st.booleans()):
        written.insert(draw(st.integers(0, len(written))), draw(st.sampled_from(["*", "/", "*args", "**kw"])))
    condition = draw(
        st.sampled_from(["x < 0", "not x", "x == '\\''", "x == '\"'", "x is None", "len(x) > 99", "x in ('a', 1)"])
    )
    text = f"def {draw(NAMES)}({', '.join(written)}):\n    if {condition}:\n        raise ValueError\n    return 1\n"
    if draw(st.booleans()):
        rows = text.replace("(", "(self, ", 1).split("\n")
        text = "class request:\n" + "\n".join(f"    {row}" for row in rows)
    return text


@settings(max_examples=150)
@given(functions() | st.text(max_size=80), st.text(max_size=20))
def test_no_source_makes_a_suite_that_does_not_parse(text: str, blob: str) -> None:
    for target in targets(text):
        cases = python.cases(target)
        written = tuple(Case(one.name, one.arguments, "1.5", one.raises, one.construction) for one in cases)
        for framework in FRAMEWORKS:
            for chosen in (cases, written):
                assert parses(
                    "python", framework.render(Suite(target, framework.NAME, "test_x.py", "pkg.x", chosen, blob))
                )


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n" + "".join(f"    def a{n}(self, x): return x\n" for n in range(3000)),
        "class A:\n    def __init__(self):\n        x = '" + "a" * 200_000 + "'\n"
        + "".join(f"    def a{n}(self): return 1\n" for n in range(300)),
        "def f(x):\n" + "    if x < 0: pass\n" * 5000,
        "def f(x):\n    return " + "(" * 3000 + "x" + ")" * 3000 + "\n",
        "def f(x: " + "list[" * 3000 + "int" + "]" * 3000 + "): return x\n",
        "".join(f"@dataclass\nclass A{n}:\n    a: A{n - 1}\n    b: A{n - 1}\n" for n in range(200)),
        "def f(" + ", ".join(f"x{n}" for n in range(5000)) + "): return x\n",
        "if x: pass\n" * 20_000,
    ],
    ids=["methods", "constructor", "conditions", "parentheses", "annotation", "records", "parameters", "statements"],
)  # fmt: skip
def test_hostile_code_takes_little_time(text: str) -> None:
    begin = time.process_time()
    for target in targets(text):
        assert len(python.cases(target)) <= 12
    assert time.process_time() - begin < 5
