from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.frameworks import pytest as pytest_framework
from reviewbot.tasks.scaffold.frameworks import python_layout, unittest
from reviewbot.tasks.scaffold.holes import HOLE
from reviewbot.tasks.scaffold.languages import python
from reviewbot.tasks.scaffold.suites import Case, Framework, Suite, Surroundings, Target
from tests.readings import diff
from tests.tasks.scaffold.python_targets import CLAMP, STACK

FRAMEWORKS: dict[str, Framework] = {"pytest": pytest_framework, "unittest": unittest}
BOTH = pytest.mark.parametrize("framework", FRAMEWORKS)
SCALE = """\
def scale(value: float, factor: float) -> float:
    if factor < 0:
        raise ValueError("factor")
    return value * factor
"""
FLASK = (
    "app = Flask(__name__)\n@app.route('/items/<int:item>/<kind>', methods=['POST'])\n"
    "def show(item, kind):\n    return ''\n"
)


def target(text: str, path: str = "pkg/x.py") -> Target:
    return next(iter(python.targets(Syntax(diff(path, None, text)))))


def suite(text: str, framework: str, expected: tuple[str, ...] = (), module: str = "pkg.x") -> Suite:
    """The suite of the first target, its first cases expecting these."""
    found = target(text)
    told = dict(enumerate(expected))
    cases = tuple(replace(one, expected=told.get(at)) for at, one in enumerate(python.cases(found)))
    return Suite(found, framework, "tests/test_x.py", module, cases, "1a2b3c4d5e")


def rendered(text: str, framework: str, expected: tuple[str, ...] = ()) -> str:
    return FRAMEWORKS[framework].render(suite(text, framework, expected))


PYTEST = """\
# Scaffold by reviewbot for pkg/x.py::scale (1a2b3c4d5e)
import pytest

from pkg.x import scale


@pytest.mark.parametrize(
    ("value", "factor", "expected"),
    [
        pytest.param(1.5, 1.5, pytest.approx(2.25), id="usual arguments"),
        pytest.param(1.5, 0.0, 0, id="factor is 0.0"),
    ],
)
def test_scale_returns(value, factor, expected):
    assert scale(value, factor) == expected


@pytest.mark.parametrize(
    ("value", "factor"),
    [
        pytest.param(1.5, -1.0, id="factor is -1.0"),
        pytest.param(1.5, -1.5, id="factor is -1.5"),
    ],
)
def test_scale_raises(value, factor):
    with pytest.raises(ValueError):
        scale(value, factor)


@pytest.mark.parametrize(
    ("value", "factor"),
    [
        pytest.param(1.5, 1.0, id="factor is 1.0"),
        pytest.param(0.0, 1.5, id="value is 0.0"),
        pytest.param(-1.5, 1.5, id="value is -1.5"),
    ],
)
def test_scale_is_to_be_written(value, factor):
    try:
        result = repr(scale(value, factor))
    except (Exception, SystemExit) as error:
        pytest.skip(f"to be written: it raised {error!r:.200}")
    pytest.skip(f"to be written: it returned {result:.200}")
"""

UNITTEST = """\
# Scaffold by reviewbot for pkg/x.py::scale (1a2b3c4d5e)
import unittest

from pkg.x import scale


class ScaleTest(unittest.TestCase):
    def test_returns(self):
        rows = [
            ("factor is 0.0", {"value": 1.5, "factor": 0.0}, 0),
        ]
        for name, arguments, expected in rows:
            with self.subTest(name):
                self.assertEqual(scale(**arguments), expected)

    def test_returns_nearly(self):
        rows = [
            ("usual arguments", {"value": 1.5, "factor": 1.5}, 2.25),
        ]
        for name, arguments, expected in rows:
            with self.subTest(name):
                self.assertAlmostEqual(scale(**arguments), expected)

    def test_raises(self):
        rows = [
            ("factor is -1.0", {"value": 1.5, "factor": -1.0}),
            ("factor is -1.5", {"value": 1.5, "factor": -1.5}),
        ]
        for name, arguments in rows:
            with self.subTest(name), self.assertRaises(ValueError):
                scale(**arguments)

    def test_is_to_be_written(self):
        rows = [
            ("factor is 1.0", {"value": 1.5, "factor": 1.0}),
            ("value is 0.0", {"value": 0.0, "factor": 1.5}),
            ("value is -1.5", {"value": -1.5, "factor": 1.5}),
        ]
        for name, arguments in rows:
            with self.subTest(name):
                try:
                    result = repr(scale(**arguments))
                except (Exception, SystemExit) as error:
                    self.skipTest(f"to be written: it raised {error!r:.200}")
                self.skipTest(f"to be written: it returned {result:.200}")
"""


@pytest.mark.parametrize(("framework", "whole"), [("pytest", PYTEST), ("unittest", UNITTEST)])
def test_a_suite_is_written_as_its_framework_has_it(framework: str, whole: str) -> None:
    assert rendered(SCALE, framework, ("2.25", "0")) == whole


@BOTH
@pytest.mark.parametrize("text", [SCALE, CLAMP, STACK, FLASK])
def test_a_hole_stands_in_the_text_once(framework: str, text: str) -> None:
    for at in range(2):
        written = rendered(text, framework, ("1.5",) * at + (HOLE,))
        assert written.count(HOLE) == 1
        ast.parse(written)


@BOTH
def test_truths_are_told_by_identity_where_all_are(framework: str) -> None:
    sign = {"pytest": " is expected", "unittest": "assertIs("}[framework]
    assert sign in rendered("def f(x: int):\n    return x\n", framework, ("None", "True", "False"))
    assert "pytest.approx" not in rendered("def f(x: int):\n    return x\n", framework, ("None", "3"))


@BOTH
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("async def f(x: int) -> int:\n    return x\n", ["import asyncio", "asyncio.run(f("]),
        ("def f(x: Decimal) -> int:\n    yield x\n", ["from decimal import Decimal", "from itertools import islice"]),
        ("def test_it(x: int):\n    return x\n", ["import test_it as under_test", "under_test("]),
        ("class TestBed:\n    def f(self): return 1\n", ["import TestBed as Subject", "Subject().f()"]),
        ("class A:\n    def __init__(self): self.n = 0\n    def f(self):\n        if not self.n:\n"
         "            raise IndexError\n        return 1\n",
         ["subject = A()", "aises(IndexError):", "        subject.f()"]),
        ("class A:\n    @staticmethod\n    def f(x: int): return 1\n", ["A.f("]),
        ("class A:\n    @property\n    def f(self): return 1\n", ["repr(A().f)"]),
        ("class A:\n    def __init__(self, a: int): pass\n    def f(self, x: int): return 1\n", ["A(a=1).f("]),
        (f"class A:\n    def __init__(self, {'a' * 60}: int): pass\n    def f(self, x: int): return 1\n",
         ["subject = A("]),
        ("def f(x, /, y): return 1\n", ["f("]),
        ("def f(request, /): return 1\n", ["f(*arguments)", "(1,)"]),
        ("def f(*, key: int): return 1\n", ["f("]),
        ("from .e import Bad\ndef f(x: int):\n    if x < 0:\n        raise Bad\n    return x\n",
         ["from pkg.x import Bad, f"]),
        ("def f(request: int): return 1\n", ["f(**arguments)"]),
        ("@dataclass\nclass A:\n    b: int\n", ["import asdict", "asdict(A("]),
        (FLASK, ["from pkg.x import app", "app.test_client().post(", '"/items/1/abc"']),
        ("api = FastAPI()\n@api.get('/a')\ndef f(): return 1\n",
         ["from fastapi.testclient import TestClient", "TestClient(api).get("]),
    ],
)  # fmt: skip
def test_a_target_is_called_as_its_kind_is(framework: str, text: str, lines: list[str]) -> None:
    written = rendered(text, framework)
    assert [line for line in lines if line not in written] == []
    ast.parse(written)


BASKET = """\
class Basket:
    def __init__(self, currency: str):
        if currency != "EUR":
            raise ValueError(currency)
        self.items = []
    def add(self, price: int):
        if price < 0:
            raise ValueError(price)
        self.items.append(price)
    @property
    def size(self):
        return len(self.items)
"""


@BOTH
def test_only_the_call_may_raise_and_nothing_is_looked_at_after_it(framework: str) -> None:
    written = rendered(BASKET, framework)
    block = written[: written.index("is_to_be_written")].splitlines()
    (at,) = (at for at, line in enumerate(block) if "aises(ValueError):" in line)
    assert block[at - 1].strip() == 'subject = Basket(currency="EUR")'
    assert block[at + 1].strip() == f"subject.add({'price' if framework == 'pytest' else '**arguments'})"
    assert "subject.size" not in written[: written.index("is_to_be_written")]


@BOTH
@pytest.mark.parametrize(
    ("router", "lines"),
    [
        ("a = Blueprint('a', __name__, url_prefix='/api')\n@a.get('/b/<int:x>')\n",
         ["from flask import Flask", "served = Flask(__name__)", "served.register_blueprint(a)",
          "served.test_client().get(", '"/api/b/1"']),
        ("a = APIRouter(prefix='/api')\n@a.delete('/b/{x}')\n",
         ["from fastapi import FastAPI", "served = FastAPI()", "served.include_router(a)",
          "TestClient(served).delete(", '"/api/b/1"']),
        ("a = APIRouter()\n@a.get('/b')\n@a.delete('/b')\n",
         ["TestClient(served).request(", '"GET", "/b?x=1"', '"DELETE", "/b?x=1"']),
        ("a = Flask(__name__)\n@a.route('/b/<int:x>', methods=['GET', 'PUT'])\n",
         ["a.test_client().open(", '"GET", "/b/1"', '"PUT", "/b/1"']),
    ],
)  # fmt: skip
def test_a_router_is_asked_through_an_application_and_by_each_method(
    framework: str, router: str, lines: list[str]
) -> None:
    written = rendered(f"{router}def f(x: int): return ''\n", framework)
    assert [line for line in lines if line not in written] == []
    ast.parse(written)


@BOTH
def test_a_url_that_would_need_quoting_is_left_out(framework: str) -> None:
    assert " a B " not in rendered(FLASK, framework)


@BOTH
def test_what_the_change_wrote_stays_inside_its_strings(framework: str) -> None:
    found = suite(SCALE, framework)
    evil = "x\"\n'; import os\\\u202e\U0001f600"
    case = Case(evil, (("value", "1"), ("factor", "2")), None)
    written = FRAMEWORKS[framework].render(replace(found, cases=(case, replace(case, name="b")), blob="1\nimport os"))
    tree = ast.parse(written)
    assert written.isascii()
    assert evil in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert "os" not in [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]


def places(path: str, *paths: str, framework: str = "pytest") -> list[str]:
    around = Surroundings(frozenset({path, *paths}))
    return list(FRAMEWORKS[framework].places(target("def clamp(x): return x\n", path), around))


@pytest.mark.parametrize(
    ("path", "others", "expected"),
    [
        ("pkg/x.py", [], ["tests/test_x.py", "pkg/test_x.py"]),
        ("x.py", [], ["tests/test_x.py", "test_x.py"]),
        ("src/pkg/x.py", ["src/pkg/y.py", "tests/test_y.py"], ["tests/test_x.py", "src/pkg/test_x.py"]),
        ("pkg/a/x.py", ["pkg/a/y.py", "tests/pkg/a/test_y.py"],
         ["tests/pkg/a/test_x.py", "tests/test_x.py", "pkg/a/test_x.py"]),
        ("pkg/a/x.py", ["pkg/b/y.py", "tests/b/test_y.py"],
         ["tests/a/test_x.py", "tests/test_x.py", "pkg/a/test_x.py"]),
        ("src/pkg/a/x.py", ["src/pkg/b/y.py", "tests/unit/b/test_y.py"],
         ["tests/unit/a/test_x.py", "tests/unit/test_x.py", "src/pkg/a/test_x.py"]),
        ("pkg/a/x.py", ["pkg/b/y.py", "pkg/b/tests/test_y.py"],
         ["pkg/a/tests/test_x.py", "pkg/a/test_x.py"]),
        ("pkg/x.py", ["pkg/y.py", "pkg/test_y.py"], ["pkg/test_x.py"]),
        ("pkg/x.py", ["pkg/y.py", "pkg/y_test.py"], ["pkg/x_test.py"]),
        ("pkg/x.py", ["tests/test_x.py"], ["tests/test_x_clamp.py", "pkg/test_x_clamp.py"]),
        ("pkg/x.py", ["tests/test_x.py", "tests/test_x_clamp.py"],
         ["tests/test_x_clamp_2.py", "pkg/test_x_clamp_2.py"]),
        ("pkg/x.py", ["tests/__init__.py", "tests/a/test_x.py", "tests/a/__init__.py"],
         ["tests/test_x.py", "pkg/test_x_clamp.py"]),
        ("a/pkg/x.py", ["a/tests/test_y.py", "b/tests/test_z.py", "b/tests/test_q.py"],
         ["a/tests/test_x.py", "a/pkg/test_x.py"]),
        ("pkg/__init__.py", [], ["tests/test_pkg.py", "pkg/test_pkg.py"]),
    ],
)  # fmt: skip
def test_a_test_goes_where_the_others_are_and_beside_its_target_at_last(
    path: str, others: list[str], expected: list[str]
) -> None:
    found = places(path, *others)
    assert found == expected


@pytest.mark.parametrize(
    ("path", "texts", "expected"),
    [
        ("pkg/x.py", {"pkg/__init__.py": ""}, "pkg.x"), ("x.py", {}, "x"), ("pkg/__init__.py", {}, "pkg"),
        ("src/pkg/x.py", {}, "pkg.x"), ("src/pkg/x.py", {"src/__init__.py": ""}, "src.pkg.x"), ("lib/x.py", {}, "x"),
        ("python/pkg/x.py", {"pyproject.toml": '[tool.pytest]\npythonpath = ["python"]\n'}, "pkg.x"),
        ("code/pkg/x.py", {"setup.py": 'setup(\n    package_dir={"": "code"},\n)\n'}, "pkg.x"),
        ("code/pkg/x.py", {"setup.cfg": "[options.packages.find]\nwhere = code\n"}, "pkg.x"),
        ("api/pkg/x.py", {"api/pyproject.toml": ""}, "pkg.x"),
        ("api/src/pkg/x.py", {"api/pyproject.toml": ""}, "pkg.x"),
        ("my-tool/x.py", {}, ""), ("pkg/class.py", {}, ""), ("my-tool/x.py", {"my-tool/setup.py": ""}, "x"),
    ],
)  # fmt: skip
def test_a_module_is_named_from_what_is_on_the_path(path: str, texts: dict[str, str], expected: str) -> None:
    around = Surroundings(frozenset({path, *texts}), texts)
    assert python_layout.module(target("def f(x): return x\n", path), around) == expected
