"""Scaffolds of Go under `go test`."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.tasks.scaffold.planning import rendered
from reviewbot.trials.commands import Ground, MissingToolError
from reviewbot.trials.toolchains import gotest
from tests.requirements import require
from tests.trials.toolchains.trees import Trial, filled, suites, trial, which

CODE = """\
package mathx

import (
	"errors"
	"time"
)

type Level int

const (
	Low Level = iota
	High
)

type Stack struct{ items []int }

func NewStack(size int) *Stack { return &Stack{make([]int, 0, size)} }

func (s *Stack) Push(v int, more ...int) int {
	s.items = append(append(s.items, v), more...)
	return len(s.items)
}

func Clamp(value, low, high int) (int, error) {
	if low > high {
		return 0, errors.New("low is above high")
	}
	if value < low {
		return low, nil
	}
	return value, nil
}

func Must(name string) []string {
	if name == "" {
		panic("no name")
	}
	return []string{name}
}

func Check(d time.Duration, l Level, m map[string]int, e error) error { return e }

func Split(s string) (string, int) { return s, len(s) }

func Touch(names []string, at *Stack) { at.items[0] = len(names) }
"""
FILES = {"go.mod": "module example.com/m\n\ngo 1.19\n", "mathx/x.go": CODE}
WRITTEN = {"value is 0 and low is 1": "1", "usual arguments": "1", "low is 0": "1"}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require(which("go"), "go is not installed")
    return tmp_path_factory.mktemp("go")


@pytest.fixture
def repository(scratch: Path, tmp_path: Path) -> Trial:
    return trial(gotest, tmp_path, FILES, scratch)


def test_every_scaffold_is_found_runs_and_waits_for_its_expectations(repository: Trial) -> None:
    found = suites(FILES, "mathx/x.go")
    assert [one.target.name for one in found] == ["NewStack", "Stack.Push", "Clamp", "Must", "Check", "Split", "Touch"]
    placed = repository.write({one.path: rendered(one) for one in found})
    for one in found:
        collected, ran = placed.collect(one.path), placed.run(one.path)
        assert (collected.ok, ran.ok) == (True, True), collected.output + ran.output
        assert f"Test{one.target.name.replace('.', '_')}\n" in collected.output
        assert "to be written: " in ran.output


RAISING = """\
package mathx

func Initial(name string) string { return string(name[0]) }

func Long(name string) []byte { return make([]byte, 100/len(name)*10) }
"""


def test_a_call_that_panics_skips_as_one_that_returns_does(repository: Trial) -> None:
    files = {**FILES, "mathx/y.go": RAISING}
    placed = repository.write(files)
    found = suites(files, "mathx/y.go")
    assert len(found) == 2
    for suite in found:
        assert not any(case.is_written for case in suite.cases)
        ran = placed.write({suite.path: rendered(suite)}).run(suite.path)
        assert ran.ok, ran.output
        assert ran.output.count("    --- SKIP: ") == len(suite.cases) and "    --- PASS: " not in ran.output
        assert f"to be written: {suite.target.name} panics: runtime error: " in ran.output
        # Each with no more than two hundred characters of what it saw.
        assert max(map(len, ran.output.split("\n"))) < 270


UNMADE = """\
package mathx

type Price struct{ rate int }

func NewPrice(rate int) *Price {
	check(rate)
	return &Price{rate}
}

func (p *Price) Total(count int) int {
	if count < 0 {
		panic("count")
	}
	return count
}

func check(rate int) { panic("rate") }
"""


def test_what_panics_before_the_call_is_no_panic_of_the_call(repository: Trial) -> None:
    files = {**FILES, "mathx/price.go": UNMADE}
    (suite,) = (one for one in suites(files, "mathx/price.go") if one.target.called == "Total")
    assert "panic" in {case.raises for case in suite.cases}
    placed = repository.write({**files, suite.path: rendered(suite)})
    assert not placed.run(suite.path).ok
    right = placed.write({"mathx/price.go": UNMADE.replace('panic("rate")', "")})
    assert (ran := right.run(suite.path)).ok, ran.output


SERVED = """\
package mathx

import "net/http"

type Clock interface{ Now() int64 }

func Serve(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.URL.Path + r.Method)) }

func Late(clock Clock, w http.ResponseWriter) bool { return clock == nil }
"""


def test_a_handler_is_given_what_it_can_answer(repository: Trial) -> None:
    files = {**FILES, "mathx/served.go": SERVED}
    found = suites(files, "mathx/served.go")
    assert [one.target.name for one in found] == ["Serve", "Late"]
    for suite in found:
        ran = repository.write({**files, suite.path: rendered(suite)}).run(suite.path)
        assert ran.ok and "panics" not in ran.output, ran.output


def test_right_expectations_pass_and_a_mutant_fails(repository: Trial) -> None:
    (suite,) = (one for one in suites(FILES, "mathx/x.go") if one.target.name == "Clamp")
    placed = repository.write({suite.path: rendered(filled(suite, WRITTEN))})
    assert placed.run(suite.path).ok
    mutant = placed.write({"mathx/x.go": CODE.replace("return low, nil", "return value, nil")}).run(suite.path)
    assert not mutant.ok and "--- FAIL: TestClamp/value_is_0_and_low_is_1" in mutant.output


def test_an_error_and_a_panic_that_do_not_come_fail(repository: Trial) -> None:
    made = {one.target.name: one for one in suites(FILES, "mathx/x.go")}
    for name, guard in {"Clamp": "low > high", "Must": 'name == ""'}.items():
        placed = repository.write({made[name].path: rendered(made[name])})
        assert placed.run(made[name].path).ok
        assert not placed.write({"mathx/x.go": CODE.replace(guard, f"false && {guard}")}).run(made[name].path).ok
        repository.write(FILES)


def test_tests_outside_the_package_run_too(repository: Trial) -> None:
    others = {**FILES, "mathx/a_test.go": 'package mathx_test\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n'}
    found = suites(others, "mathx/x.go")
    placed = repository.write(others).write({one.path: rendered(one) for one in found})
    assert {one.module for one in found} == {"example.com/m/mathx"}
    assert placed.run(found[2].path).ok


def test_what_does_not_compile_is_not_found(repository: Trial) -> None:
    placed = repository.write({"mathx/x_test.go": "package mathx\n\nfunc TestA(t *testing.T) {}\n"})
    assert not placed.collect("mathx/x_test.go").ok


def test_without_go_the_tool_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingToolError, match="go"):
        gotest.running(Ground(tmp_path, lambda _: None, frozenset(), tmp_path), "x_test.go")
