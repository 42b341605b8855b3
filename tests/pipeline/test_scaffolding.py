"""Suites of many files: no more than one run makes, and the rest is named without being read."""

from __future__ import annotations

from reviewbot.core.diff import FileDiff
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy
from reviewbot.pipeline.scaffolding import MOST, scaffold_jobs
from reviewbot.tasks.scaffold.planning import MORE
from reviewbot.tasks.scaffold.suites import Surroundings
from tests.readings import diff


def files(number: int, functions: int = 1) -> list[FileDiff]:
    text = "".join(f"def f{at}(value: int) -> int:\n    return value + {at}\n\n\n" for at in range(functions))
    return [diff(f"pkg/m{at}.py", None, text) for at in range(number)]


def made(changed: list[FileDiff]) -> tuple[list[str], list[tuple[str, str]]]:
    around = Surroundings(frozenset(file.path for file in changed))
    found, refused = scaffold_jobs(changed, around, Label.INTERNAL, Policy((), Label.INTERNAL, "base", "a" * 64))
    assert len({one.suite.path for one in found}) == len(found)
    return [one.suite.target.path for one in found], [(name, why) for name, why, _ in refused]


def test_one_run_makes_so_many_and_names_the_first_file_that_it_did_not_look_at() -> None:
    changed = [*files(MOST + 3), diff("README.md", "a\n", "b\n"), diff("tests/test_x.py", None, "x = 1\n")]
    found, refused = made(changed)
    assert found == [file.path for file in changed[:MOST]]
    assert refused == [(f"pkg/m{MOST}.py and 2 other files", f"{MORE}: not looked at")]


def test_one_file_that_is_left_is_named_alone_and_none_where_no_file_can_have_targets() -> None:
    assert made(files(MOST + 1))[1] == [(f"pkg/m{MOST}.py", f"{MORE}: not looked at")]
    assert made([*files(MOST), diff("README.md", "a\n", "b\n")])[1] == []


def test_what_a_file_has_beyond_is_named_function_by_function() -> None:
    found, refused = made(files(1, MOST + 2))
    assert len(found) == MOST
    assert refused == [(f"pkg/m0.py::f{at}", MORE) for at in (MOST, MOST + 1)]
