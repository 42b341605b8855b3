"""From a changed file to suites: what gets one, where it may stand, and why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from reviewbot.core.text import is_odd
from reviewbot.tasks.scaffold.manifests import tells
from reviewbot.tasks.scaffold.planning import Unsuited, filled, holes, parses, rendered, suites
from reviewbot.tasks.scaffold.suites import Suite, Surroundings
from tests.readings import diff

CODE = """\
def clamp(value: int, low: int) -> int:
    if value < low:
        raise ValueError(value)
    return value


def double(count: int) -> int:
    return count * 2
"""
TEST = "from shop.limits import clamp\n\n\ndef test_low() -> None:\n    assert clamp(1, 0) == 1\n"


def made(code: str = CODE, texts: Mapping[str, str] | None = None, old: str | None = None,
         is_place: Callable[[str], bool] = lambda path: True,
         path: str = "shop/limits.py") -> list[Suite | Unsuited]:  # fmt: skip
    known = texts or {}
    around = Surroundings(frozenset({path, "shop/__init__.py", *known}), known)
    return list(suites(diff(path, old, code), around, is_place))


def targets(found: list[Suite | Unsuited]) -> list[str]:
    return [one.target.id if isinstance(one, Suite) else f"no {one.target}" for one in found]


def test_every_new_public_function_gets_a_suite_in_a_file_of_its_own() -> None:
    found = made()
    assert targets(found) == ["shop/limits.py::clamp", "shop/limits.py::double"]
    assert len({one.path for one in found if isinstance(one, Suite)}) == 2


def test_what_a_test_names_gets_none_and_a_word_in_a_remark_names_nothing() -> None:
    assert targets(made(texts={"tests/test_a.py": TEST})) == ["shop/limits.py::double"]
    remark = "import shop.limits\n# clamp is tested elsewhere\nTEXT = 'clamp'\n"
    assert len(made(texts={"tests/test_a.py": remark})) == 2


def test_only_what_changed_gets_one() -> None:
    assert targets(made(old=CODE.replace("count * 2", "count * 3"))) == ["shop/limits.py::double"]


def test_the_first_place_that_may_be_is_taken_and_where_none_may_be_the_reason_is_given() -> None:
    beside = [one for one in made(is_place=lambda path: path.startswith("shop/")) if isinstance(one, Suite)]
    assert [one.path.startswith("shop/") for one in beside] == [True, True]
    assert {one.reason for one in made(is_place=lambda path: False) if isinstance(one, Unsuited)} == {
        "no test may stand inside its zone"}  # fmt: skip


def test_no_file_that_exists_is_a_place() -> None:
    taken = {"tests/test_limits.py": "x = 1\n", "tests/test_limits_clamp.py": "x = 1\n"}
    found = [one for one in made(texts=taken) if isinstance(one, Suite)]
    assert found and not {one.path for one in found} & taken.keys()


@pytest.mark.parametrize("code", ["def broken(:\n", "", "x = 1\n", "def _hidden(x: int) -> int:\n    return x\n"])
def test_code_that_does_not_parse_or_has_nothing_public_gets_none(code: str) -> None:
    assert made(code) == []


def test_a_language_that_nobody_speaks_gets_none() -> None:
    assert made("int f(int x) { return x; }\n", path="shop/limits.c") == []


def test_an_expectation_lands_in_its_case_and_no_other() -> None:
    (suite, *_) = [one for one in made() if isinstance(one, Suite)]
    first, *rest = holes(suite)
    written = filled(suite, {first: "4711"})
    assert holes(written) == tuple(rest)
    assert rendered(written).count("4711") == 1 and parses("python", rendered(written))


def test_a_suite_remembers_no_more_of_the_repository_than_its_look_takes() -> None:
    texts = {f"tests/test_{number}.py": "import pytest\n" * 9000 for number in range(40)}
    (suite, *_) = [one for one in made(texts={**texts, "pyproject.toml": "[tool.pytest.ini_options]\n"})
                   if isinstance(one, Suite)]  # fmt: skip
    assert suite.around is not None
    assert sum(map(len, suite.around.texts.values())) < 100_000
    assert "pyproject.toml" in suite.around.texts


@pytest.mark.parametrize(("text", "ok"), [
    ("x = 1\n", True), ("x = 'é'\n", True), ("x = (\n", False), ("x = 'a\u202eb'\n", False), ("return 1\n", True),
    ("x = 1\r\n", False), ("def f(:\n", False),
])  # fmt: skip
def test_what_nobody_sees_or_python_cannot_read_does_not_parse(text: str, ok: bool) -> None:
    assert parses("python", text) is ok
    assert not ok or not any(is_odd(sign) for sign in text.replace("\n", ""))


@pytest.mark.parametrize(("path", "told"), [
    ("package.json", True), ("web/tsconfig.base.json", True), ("tests/test_a.py", True), ("src/a.test.ts", True),
    ("Cargo.toml", True), ("crates/a/src/lib.rs", True), ("a.py", False), ("README.md", False),
    ("tests/data.json", False),
    ("node_modules/x/package.json", False), ("conftest.py", True), ("App.Tests/App.Tests.csproj", True),
])  # fmt: skip
def test_manifests_and_tests_tell_where_scaffolds_go(path: str, told: bool) -> None:
    assert tells(path) is told
