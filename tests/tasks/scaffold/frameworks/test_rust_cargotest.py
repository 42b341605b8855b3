"""Where tests of Rust go, and how they are written."""

from __future__ import annotations

import pytest

from reviewbot.tasks.scaffold.frameworks import cargotest
from reviewbot.tasks.scaffold.planning import Unsuited, rendered
from reviewbot.tasks.scaffold.planning import suites as planned
from reviewbot.tasks.scaffold.suites import Suite, Surroundings
from tests.readings import diff
from tests.trials.toolchains.trees import filled, suites

CARGO = '[package]\nname = "my-shapes"\nversion = "0.1.0"\nedition = "2021"\n'
LIBRARY = {"Cargo.toml": CARGO, "src/lib.rs": "pub mod x;\n"}
CODE = "pub fn clamp(n: i32) -> i32 {\n    n\n}\n"


def suite(code: str = CODE, others: dict[str, str] = LIBRARY, path: str = "src/x.rs") -> Suite:
    (found,) = suites({**others, path: code}, path)
    return found


def refused(others: dict[str, str], path: str) -> str:
    files = {**others, path: CODE}
    (found,) = planned(diff(path, None, CODE), Surroundings(frozenset(files), others), lambda _: True)
    return found.reason if isinstance(found, Unsuited) else ""


def test_the_file_stands_among_the_crates_integration_tests() -> None:
    assert (suite().path, suite().module) == ("tests/x.rs", "my_shapes::x")
    member = {"Cargo.toml": '[workspace]\nmembers = ["a"]\n', "a/Cargo.toml": CARGO, "a/src/lib.rs": "pub mod x;\n"}
    assert suite(others=member, path="a/src/x.rs").path == "a/tests/x.rs"


def test_a_taken_name_is_told_apart_by_the_target() -> None:
    assert suite(others={**LIBRARY, "tests/x.rs": ""}).path == "tests/x_clamp.rs"


def test_what_stands_at_the_root_of_the_crate_is_named_by_itself() -> None:
    found = suite(others={"Cargo.toml": CARGO}, path="src/lib.rs")
    assert (found.path, found.module) == ("tests/clamp.rs", "my_shapes")


@pytest.mark.parametrize(("path", "module"), [("src/a/b.rs", "my_shapes::a::b"), ("src/a/mod.rs", "my_shapes::a")])
def test_folders_are_modules(path: str, module: str) -> None:
    assert suite(others={"Cargo.toml": CARGO, "src/lib.rs": "pub mod a;\n"}, path=path).module == module


def test_a_library_of_another_name_is_called_by_it() -> None:
    assert suite(others={**LIBRARY, "Cargo.toml": f'{CARGO}[lib]\nname = "shapes"\n'}).module == "shapes::x"


@pytest.mark.parametrize(
    ("root", "module"),
    [
        ("mod x;\npub use x::clamp;\n", "my_shapes"),
        ("mod x;\npub use crate::x::{other, clamp};\n", "my_shapes"),
        ("mod x;\npub use self::x::*;\n", "my_shapes"),
    ],
)
def test_what_the_root_passes_on_is_named_there(root: str, module: str) -> None:
    assert suite(others={"Cargo.toml": CARGO, "src/lib.rs": root}).module == module


@pytest.mark.parametrize(
    ("others", "path"),
    [
        ({"Cargo.toml": CARGO, "src/lib.rs": "mod x;\n"}, "src/x.rs"),
        ({"Cargo.toml": CARGO, "src/main.rs": "mod x;\n"}, "src/x.rs"),
        ({"Cargo.toml": CARGO, "src/lib.rs": ""}, "src/bin/x.rs"),
        ({"Cargo.toml": f"{CARGO}[lib]\nproc-macro = true\n", "src/lib.rs": "pub mod x;\n"}, "src/x.rs"),
    ],
)
def test_what_no_other_crate_can_reach_has_no_module(others: dict[str, str], path: str) -> None:
    assert refused(others, path) == "no test can import it from there"


def test_a_crate_that_lists_its_tests_has_no_place_for_one() -> None:
    assert (
        refused({**LIBRARY, "Cargo.toml": f"{CARGO}autotests = false\n"}, "src/x.rs")
        == "every place for a test is taken"
    )


def test_weight_follows_the_manifest_and_the_tests() -> None:
    weights = [
        cargotest.weight(Surroundings(frozenset(paths)), "src/x.rs")
        for paths in (["src/x.rs"], ["src/x.rs", "Cargo.toml"], ["src/x.rs", "Cargo.toml", "tests/y.rs"])
    ]
    assert weights == sorted(set(weights)) and weights[0] == 0


def test_what_is_not_written_is_ignored_and_fails_when_it_is_run() -> None:
    text = rendered(suite())
    assert '#[ignore = "to be written"]\nfn clamp_n_is_0() {' in text
    assert 'catch_unwind(|| format!("{:?}", clamp(0)));\n    todo!("to be written: {:?}", got);' in text


def test_an_expectation_lands_as_it_is_and_once() -> None:
    text = rendered(filled(suite(), {"n is 0": "REVIEWBOT_HOLE"}))
    assert text.count("REVIEWBOT_HOLE") == 1 and "assert_eq!(clamp(0), REVIEWBOT_HOLE);" in text
    fails = suite("pub fn clamp(n: i32) -> Result<i32, std::io::Error> {\n    Ok(n)\n}\n")
    assert "assert_eq!(clamp(0).ok(), Some(REVIEWBOT_HOLE));" in rendered(filled(fails, {"n is 0": "REVIEWBOT_HOLE"}))


def test_types_of_the_file_are_imported_where_they_are_used() -> None:
    code = "pub enum Mode { A }\npub enum Other { B }\npub fn clamp(m: Mode) -> i32 {\n    1\n}\n"
    assert "use my_shapes::x::{Mode, clamp};\n" in rendered(suite(code))
