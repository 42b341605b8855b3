"""Scaffolds of Rust under `cargo test`."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.tasks.scaffold.planning import rendered
from reviewbot.trials.commands import Ground, MissingToolError
from reviewbot.trials.toolchains import cargotest
from tests.requirements import require
from tests.trials.toolchains.trees import Trial, filled, suites, trial, which

CODE = """\
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq)]
pub enum Mode { Fast, Slow, Other(i32) }

pub struct Opaque;

pub fn clamp(value: i32, low: i32, high: i32) -> Result<i32, String> {
    if low > high {
        return Err("low is above high".into());
    }
    if value < low {
        return Ok(low);
    }
    Ok(value.min(high))
}

pub fn head<'a>(text: &'a str, count: usize) -> Option<&'a str> {
    text.get(..count)
}

pub fn ratio(a: u32, b: u32) -> u32 {
    assert!(b != 0, "b is 0");
    a / b
}

pub fn name(text: String, mode: Mode, at: &[u8], all: Vec<Option<i64>>, map: &HashMap<String, f64>) -> Mode {
    if text.is_empty() {
        panic!("no text: {:?} {:?} {:?}", at, all, map);
    }
    mode
}

pub fn hide(x: &mut Vec<i32>, o: Opaque) -> Opaque {
    x.push(1);
    o
}

pub fn parse(text: &str) -> Result<i32, Opaque> {
    text.parse().map_err(|_| Opaque)
}

pub struct Stack { items: Vec<i32> }

impl Stack {
    pub fn new(size: usize) -> Self { Stack { items: Vec::with_capacity(size) } }
    pub fn push(&mut self, value: i32) -> usize { self.items.push(value); self.items.len() }
    pub fn peek(&self) -> Option<&i32> { self.items.last() }
    pub fn into_items(self) -> Vec<i32> { self.items }
    pub fn clear(&mut self) { self.items.clear() }
}
"""
FILES = {
    "Cargo.toml": '[package]\nname = "my-shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod x;\n",
    "src/x.rs": CODE,
}
WRITTEN = {"value is 0 and low is 1": "1", "usual arguments": "1", "low is 0": "1"}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require(which("cargo") and which("cc"), "cargo, or a linker, is not installed")
    return tmp_path_factory.mktemp("cargo")


@pytest.fixture
def repository(scratch: Path, tmp_path: Path) -> Trial:
    return trial(cargotest, tmp_path, FILES, scratch)


def test_every_scaffold_is_found_runs_and_waits_for_its_expectations(repository: Trial) -> None:
    found = suites(FILES, "src/x.rs")
    assert [one.target.name for one in found] == [
        "clamp",
        "head",
        "ratio",
        "name",
        "hide",
        "parse",
        "Stack.new",
        "Stack.push",
        "Stack.peek",
        "Stack.into_items",
        "Stack.clear",
    ]
    placed = repository.write({one.path: rendered(one) for one in found})
    for one in found:
        collected, ran = placed.collect(one.path), placed.run(one.path)
        assert (collected.ok, ran.ok) == (True, True), collected.output + ran.output
        first = "usual_arguments" if one.target.parameters else "no_arguments"
        assert f"{one.target.called}_{first}: test" in collected.output
        assert "not yet implemented: to be written: " in ran.output


UNMADE = """\
pub struct Price { rate: u32 }

impl Price {
    pub fn new(rate: u32) -> Self { Price { rate: check(rate) } }

    pub fn total(&mut self, count: i32) -> i32 {
        assert!(count >= 0);
        self.rate as i32 + count
    }
}

fn check(rate: u32) -> u32 { panic!("{}", rate) }
"""


def test_what_panics_before_the_call_is_no_panic_of_the_call(repository: Trial) -> None:
    files = {**FILES, "src/lib.rs": "pub mod x;\npub mod price;\n", "src/price.rs": UNMADE}
    (suite,) = (one for one in suites(files, "src/price.rs") if one.target.called == "total")
    assert "panic" in {case.raises for case in suite.cases}
    placed = repository.write({**files, suite.path: rendered(suite)})
    assert not placed.run(suite.path).ok
    right = placed.write({"src/price.rs": UNMADE.replace('panic!("{}", rate)', "rate")})
    assert (ran := right.run(suite.path)).ok, ran.output


LENT = """\
pub struct Basket<'a> { names: Vec<&'a str> }

impl<'a> Basket<'a> {
    pub fn new(name: &'a str) -> Self { Basket { names: vec![name] } }
    pub fn add(&mut self, name: &'a str) -> usize { self.names.push(name); self.names.len() }
}
"""


def test_a_type_that_borrows_is_made_like_any_other(repository: Trial) -> None:
    files = {**FILES, "src/lib.rs": "pub mod x;\npub mod basket;\n", "src/basket.rs": LENT}
    found = suites(files, "src/basket.rs")
    assert [one.target.name for one in found] == ["Basket.new", "Basket.add"]
    for suite in found:
        ran = repository.write({**files, suite.path: rendered(suite)}).run(suite.path)
        assert ran.ok and "not yet implemented: to be written: " in ran.output, ran.output


def test_right_expectations_pass_and_a_mutant_fails(repository: Trial) -> None:
    suite = suites(FILES, "src/x.rs")[0]
    placed = repository.write({suite.path: rendered(filled(suite, WRITTEN))})
    assert placed.run(suite.path).ok
    mutant = placed.write({"src/x.rs": CODE.replace("return Ok(low)", "return Ok(value)")}).run(suite.path)
    assert not mutant.ok and "test clamp_value_is_0_and_low_is_1 ... FAILED" in mutant.output


def test_an_error_and_a_panic_that_do_not_come_fail(repository: Trial) -> None:
    made = {one.target.name: one for one in suites(FILES, "src/x.rs")}
    for name, code in {
        "clamp": CODE.replace("low > high", "false"),
        "ratio": CODE.replace("b != 0", "true || b != 0"),
        "name": CODE.replace("text.is_empty()", "false"),
    }.items():
        placed = repository.write({made[name].path: rendered(made[name])})
        # Without its assertion a division by zero panics all the same.
        mutant = code.replace("a / b", "a.checked_div(b).unwrap_or(0)")
        assert placed.run(made[name].path).ok
        assert not placed.write({"src/x.rs": mutant}).run(made[name].path).ok
        repository.write(FILES)


def test_what_does_not_compile_is_not_found(repository: Trial) -> None:
    placed = repository.write({"tests/x.rs": "#[test]\nfn a() { my_shapes::x::nothing(); }\n"})
    assert not placed.collect("tests/x.rs").ok and not placed.run("tests/x.rs").ok


FAILED = "running 1 test\ntest a ... FAILED\n\n---- a stdout ----\n"


@pytest.mark.parametrize(
    ("said", "code", "passed"),
    [
        ("running 1 test\ntest a ... ok\n\ntest result: ok.", 0, True),
        ("running 0 tests\n\ntest result: ok.", 0, False),
        (
            f"{FAILED}not yet implemented: to be written: Ok(1)\n\ntest result: x",
            101,
            True,
        ),
        (f"{FAILED}assertion failed\n\ntest result: x", 101, False),
        (
            "running 2 tests\ntest a ... FAILED\ntest b ... FAILED\n\n"
            "---- a stdout ----\nnot yet implemented: to be written: 1\n\n"
            "---- b stdout ----\nassertion failed\n\ntest result: x",
            101,
            False,
        ),
        ("running 2 tests\ntest a ... ok\nsignal: 6, SIGABRT", 101, False),
        (
            "running 1 test\ntest a - should panic ... FAILED\n\n"
            "---- a stdout ----\nnote: test did not panic\n\ntest result: x",
            101,
            False,
        ),
    ],
)
def test_only_what_is_to_be_written_may_fail(said: str, code: int, passed: bool) -> None:
    assert cargotest.passed(code, said) is passed


def test_without_cargo_the_tool_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingToolError, match="cargo"):
        cargotest.running(Ground(tmp_path, lambda _: None, frozenset(), tmp_path), "tests/x.rs")


def test_the_users_own_cargo_folder_is_used_for_foreign_crates_only(tmp_path: Path) -> None:
    ground = Ground(
        tmp_path, lambda name: f"/bin/{name}", frozenset({"Cargo.toml", "Cargo.lock"}), tmp_path / "scratch"
    )
    (tmp_path / "Cargo.lock").write_text('[[package]]\nname = "k"\n')
    assert cargotest.running(ground, "tests/x.rs").environment["CARGO_HOME"] == str(tmp_path / "scratch/cargo")
