"""What of Go files gets a scaffold, and with which calls."""

from __future__ import annotations

import pytest

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.languages import go
from reviewbot.tasks.scaffold.suites import Target
from tests.readings import diff


def targets(text: str, path: str = "pkg/x.go", old: str | None = None) -> list[Target]:
    return list(go.targets(Syntax(diff(path, old, text))))


def target(text: str) -> Target:
    (found,) = targets(f"package x\n\n{text}\n")
    return found


def arguments(text: str, name: str) -> list[str]:
    return list(dict.fromkeys(dict(case.arguments)[name] for case in go.cases(target(text))))


CLAMP = """\
func Clamp(value, low, high int) (int, error) {
	if low > high {
		return 0, errors.New("low is above high")
	}
	if value < low {
		return low, nil
	}
	return value, nil
}"""


def test_exported_functions_and_methods_of_exported_types_are_targets() -> None:
    text = (
        "package x\n\nfunc A() int { return 1 }\nfunc b() {}\ntype S struct{}\nfunc (s *S) C() {}\nfunc (s S) d() {}\n"
    )
    assert [one.id for one in targets(text)] == ["pkg/x.go::A", "pkg/x.go::S.C"]


@pytest.mark.parametrize(
    "code",
    [
        "func G[T any](x T) T { return x }",
        "type S[T any] struct{}\nfunc (x S[T]) A() {}",
        "func A(a, b, c, d, e, f, g, h, i int) {}",
        "func A(tt tt) {}",
    ],
)
def test_what_a_test_cannot_call_simply_is_a_target_without_calls(code: str) -> None:
    assert [go.cases(one) for one in targets(f"package x\n\n{code}\n")] == [()]


@pytest.mark.parametrize("code", ["type s struct{}\nfunc (x s) A() {}", "func a() {}"])
def test_what_is_not_exported_is_no_target(code: str) -> None:
    assert targets(f"package x\n\n{code}\n") == []


@pytest.mark.parametrize(
    "path", ["pkg/x_test.go", "vendor/pkg/x.go", "testdata/x.go", "pkg/x_windows.go", "pkg/api.pb.go"]
)
def test_files_of_tests_samples_others_and_one_system_have_none(path: str) -> None:
    assert targets("package x\n\nfunc A() {}\n", path) == []


@pytest.mark.parametrize(
    "head", ["//go:build linux\n\npackage x", "// +build cgo\n\npackage x", 'package x\n\nimport "C"']
)
def test_a_file_with_constraints_has_none(head: str) -> None:
    assert targets(f"{head}\n\nfunc A() {{}}\n") == []


def test_only_what_changed_is_a_target() -> None:
    old = "package x\n\nfunc A() int { return 1 }\n\nfunc B() int {\n\treturn 2\n}\n"
    assert [one.name for one in targets(old.replace("return 2", "return 3"), old=old)] == ["B"]


def test_an_error_is_told_from_the_result_before_it() -> None:
    found = target("func A() (int, error) { return 1, nil }")
    assert (found.returns, found.traits["error"], found.traits["results"]) == ("int", "yes", "1")
    assert target("func A() (n int, s string) { return }").traits["comparable"] == "no"
    assert target("func A() error { return nil }").traits["comparable"] == "yes"


def test_a_guard_gives_calls_that_meet_it_and_raise() -> None:
    found = go.cases(target(CLAMP))
    raising = [dict(case.arguments) for case in found if case.raises]
    assert raising and all(int(row["low"]) > int(row["high"]) for row in raising)
    assert [case.raises for case in found] == sorted(case.raises for case in found), "those that raise come last"


def test_what_meets_two_guards_is_told_by_the_first() -> None:
    first, second = "if m == 1 { return 0, nil }", 'if n < 0 { return 0, errors.New("a") }'
    found = go.cases(target(f"func A(n, m int) (int, error) {{ {first}; {second}; return n, nil }}"))
    raised = {case.arguments: case.raises for case in found}
    assert raised[("n", "-1"), ("m", "1")] == ""


def test_a_panic_is_told_from_an_error() -> None:
    found = go.cases(target('func A(s string) string { if s == "" { panic("empty") }; return s }'))
    assert [case.raises for case in found if dict(case.arguments)["s"] == '""'] == ["panic"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("int", ["1", "0", "-1", "2147483647"]),
        ("uint8", ["1", "0", "255"]),
        ("bool", ["true", "false"]),
        ("string", ['"a"', '""', '" a b "', '"\\u00e9\\u4e16"']),
        ("[]int", ["[]int{1}", "[]int{1, 0, -1}", "[]int{}", "nil"]),
        ("map[string]bool", ['map[string]bool{"a": true}', "map[string]bool{}", "nil"]),
        ("*S", ["new(S)", "nil"]),
        ("S", ["S{}"]),
        ("Level", ["Low", "High"]),
        ("Name", ['Name("a")', 'Name("")', 'Name(" a b ")', 'Name("\\u00e9\\u4e16")']),
        ("Other", ["*new(Other)"]),
        ("Clock", ["nil"]),
        ("http.ResponseWriter", ["httptest.NewRecorder()"]),
        ("*http.Request", ['httptest.NewRequest("GET", "/", nil)']),
        ("big.Int", ["*new(big.Int)"]),
        ("...string", ['[]string{"a"}', '[]string{"a", "", " a b "}', "[]string{}", "nil"]),
    ],
)
def test_values_are_at_the_edges_of_their_types(kind: str, expected: list[str]) -> None:
    declared = "type S struct{}\ntype Level int\nconst (\n\tLow Level = iota\n\tHigh\n)\ntype Name string\n"
    declared += "type Clock interface{ Now() int }\n"
    assert arguments(f"{declared}func A(x {kind}) {{}}", "x") == expected


@pytest.mark.parametrize("kind", ["chan int", "func()", "[3]func()", "F", "struct{ a int }"])
def test_a_parameter_that_cannot_be_made_leaves_no_call(kind: str) -> None:
    assert go.cases(target(f"type F func()\nfunc A(x {kind}) {{}}")) == ()


def test_a_loop_is_not_run_to_the_greatest_number_nor_a_recursion_below_zero() -> None:
    assert "2147483647" not in arguments("func A(n int) { for i := 0; i < n; i++ {} }", "n")
    assert arguments("func A(n int) int { return A(n - 1) }", "n") == ["1", "0"]


def test_a_negative_number_is_given_to_no_unsigned_parameter() -> None:
    assert "-1" not in arguments("func A(n uint) (int, error) { if n < 0 { return 0, nil }; return 1, nil }", "n")


def test_a_constructor_is_used_where_there_is_one() -> None:
    text = "package x\n\ntype S struct{}\nfunc NewS(size int) *S { return nil }\nfunc (s *S) A() {}\n"
    found = targets(text)[1]
    assert found.traits["constructor"] == "NewS"
    assert {case.construction for case in go.cases(found)} == {(("newSize", "1"),)}


@pytest.mark.parametrize(
    ("path", "test", "named"),
    [
        ("pkg/x_test.go", "package x\nfunc TestClamp(t *testing.T) { Clamp(1, 2, 3) }", True),
        ("pkg/y_test.go", "package x_test\nfunc TestIt(t *testing.T) { x.Clamp(1, 2, 3) }", True),
        (
            "e2e/y_test.go",
            'package e\nimport "example.com/m/pkg"\nfunc TestIt(t *testing.T) { pkg.Clamp(1, 2, 3) }',
            True,
        ),
        ("other/y_test.go", "package y\nfunc TestIt(t *testing.T) { Clamp(1, 2, 3) }", False),
        ("pkg/x_test.go", 'package x\n// Clamp\nfunc TestIt(t *testing.T) { f("Clamp") }', False),
        ("pkg/y.go", "package x\nfunc f() { Clamp(1, 2, 3) }", False),
    ],
)
def test_a_test_names_what_it_can_reach_and_uses(path: str, test: str, named: bool) -> None:
    assert go.names(test, path, target(CLAMP)) is named


def test_a_method_is_named_with_its_type_only() -> None:
    found = target("type S struct{}\nfunc (s *S) Push() {}")
    assert go.names("package x\nfunc TestQ(t *testing.T) { q.Push() }", "pkg/q_test.go", found) is False
    assert go.names("package x\nfunc TestQ(t *testing.T) { NewS().Push() }", "pkg/q_test.go", found) is True


def test_a_constructor_gets_what_its_guards_let_through() -> None:
    text = (
        "package x\n\ntype S struct{}\nfunc NewS(size int, unit string) *S {\n\tif size < 2 {\n\t\tpanic(size)\n\t}\n"
        '\tif unit != "m" && unit != "km" {\n\t\tpanic(unit)\n\t}\n\treturn nil\n}\nfunc (s *S) A() {}\n'
    )
    assert {case.construction for case in go.cases(targets(text)[1])} == {(("newSize", "2"), ("newUnit", '"m"'))}


def test_no_path_is_the_current_folder() -> None:
    text = 'import "x/fs"\nfunc A(dir string, at []string, to fs.Path, file fs.Path) {{}}'
    assert go.cases(target(text.replace("{{}}", "{}"))) == ()
    assert arguments("func A(dir string) {}", "dir") == ['"a"', '" a b "']


def test_what_ends_the_process_is_never_called() -> None:
    assert go.cases(target("func A() { os.Exit(1) }")) == ()
