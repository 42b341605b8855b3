"""Where tests of Go go, and how they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot.tasks.scaffold.frameworks import gotest
from reviewbot.tasks.scaffold.planning import rendered
from reviewbot.tasks.scaffold.suites import Suite, Surroundings
from tests.trials.toolchains.trees import filled, suites

MOD = {"go.mod": "module example.com/m\n\ngo 1.19\n"}
CODE = 'package x\n\nimport "time"\n\ntype Kind int\n\nfunc Clamp(n int, k Kind) (int, error) {\n\treturn n, nil\n}\n'
OUTSIDE = 'package x_test\n\nimport "testing"\n\nfunc TestOther(t *testing.T) {}\n'


def suite(code: str = CODE, others: dict[str, str] = MOD, path: str = "pkg/x.go") -> Suite:
    (found,) = suites({**others, path: code}, path)
    return found


def test_the_file_stands_beside_the_target() -> None:
    assert suite().path == "pkg/x_test.go"


def test_a_taken_name_is_told_apart_by_the_target() -> None:
    assert suite(others={**MOD, "pkg/x_test.go": "package x\n"}).path == "pkg/x_clamp_test.go"


def test_a_name_that_means_one_system_is_not_taken() -> None:
    code = "package x\n\nfunc Windows() int { return 1 }\n"
    assert suite(code, {**MOD, "pkg/x_test.go": "package x\n"}).path == "pkg/x_windows_scaffold_test.go"


def test_a_test_is_of_the_package_unless_all_others_stand_outside() -> None:
    assert suite().module == "x"
    assert suite(others={**MOD, "pkg/a_test.go": OUTSIDE}).module == "example.com/m/pkg"
    mixed = {**MOD, "pkg/a_test.go": OUTSIDE, "pkg/b_test.go": "package x\n"}
    assert suite(others=mixed).module == "x"


def test_a_test_from_outside_names_the_package() -> None:
    text = rendered(suite(others={**MOD, "pkg/a_test.go": OUTSIDE}))
    assert "package x_test\n" in text and '\tx "example.com/m/pkg"\n' in text
    assert "x.Clamp(tt.n, tt.k)" in text and "k: x.Kind(1)" in text


@pytest.mark.parametrize(
    "code",
    [
        "package x\n\ntype kind int\n\nfunc A(k kind) int { return 1 }\n",
        "package main\n\nfunc A() int { return 1 }\n",
    ],
)
def test_what_no_other_package_can_name_is_tested_from_inside(code: str) -> None:
    package = code.split("\n", 1)[0].split()[1]
    assert suite(code, {**MOD, "pkg/a_test.go": OUTSIDE.replace("x_test", f"{package}_test")}).module == package


def test_weight_follows_the_manifest_and_the_tests_beside() -> None:
    weights = [
        gotest.weight(Surroundings(frozenset(paths)), "a/x.go")
        for paths in (["a/x.go"], ["a/x.go", "go.mod"], ["a/x.go", "go.mod", "a/y_test.go"])
    ]
    assert weights == sorted(set(weights)) and weights[0] == 0


def test_a_case_is_a_row_and_what_is_not_written_skips() -> None:
    text = rendered(suite())
    assert '{name: "n is 0", n: 0, k: Kind(1), unwritten: true},' in text
    assert 't.Skipf("to be written: Clamp = %.200s, %.200s", fmt.Sprint(got), fmt.Sprint(err))' in text
    assert 't.Skipf("to be written: Clamp panics: %.200s", fmt.Sprint(r))' in text


def test_only_imports_that_are_used_stand_there() -> None:
    every = {case.name: "1" for case in suite().cases}
    assert 'import (\n\t"testing"\n)' in rendered(filled(suite(), every))
    assert 'import (\n\t"fmt"\n\t"testing"\n)' in rendered(suite())
    text = rendered(filled(suite(), {"n is 0": "int(time.Second)"}))
    assert '\t"testing"\n\t"time"\n' in text


def test_values_that_are_not_plain_are_compared_deeply() -> None:
    code = "package x\n\nfunc A(n int) []int { return nil }\n"
    assert "reflect.DeepEqual(got, tt.want)" in rendered(filled(suite(code), {"n is 0": "nil"}))
    assert "if err == nil && got != tt.want" not in rendered(suite())
    assert "if got != tt.want" in rendered(filled(suite(), {"n is 0": "0"}))


def test_an_expectation_lands_as_it_is_and_once() -> None:
    text = rendered(filled(suite(others={**MOD, "pkg/a_test.go": OUTSIDE}), {"n is 0": "REVIEWBOT_HOLE"}))
    assert text.count("REVIEWBOT_HOLE") == 1 and "want: REVIEWBOT_HOLE" in text


def test_the_first_line_says_for_what_it_was_written() -> None:
    text = rendered(replace(suite(), blob="1a2b3c4d5e"))
    assert text.startswith("// Scaffold by reviewbot for pkg/x.go::Clamp (1a2b3c4d5e)\n\npackage x\n")


def test_a_name_beyond_the_basic_plane_is_written_as_go_reads_it() -> None:
    found = suite()
    case = replace(found.cases[0], name="a \U0001f600 \udc80 \u00e9")
    assert 'name: "a \\U0001f600 \\ufffd \\u00e9"' in rendered(replace(found, cases=(case,)))
