"""What of Rust files gets a scaffold, and with which calls."""

from __future__ import annotations

import pytest

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.languages import rust
from reviewbot.tasks.scaffold.suites import Target
from tests.readings import diff


def targets(text: str, path: str = "src/x.rs", old: str | None = None) -> list[Target]:
    return list(rust.targets(Syntax(diff(path, old, text))))


def target(text: str) -> Target:
    (found,) = targets(text + "\n")
    return found


def arguments(text: str, name: str) -> list[str]:
    return list(dict.fromkeys(dict(case.arguments)[name] for case in rust.cases(target(text))))


def test_public_functions_and_methods_of_types_that_can_be_made_are_targets() -> None:
    text = (
        "pub fn a() {}\nfn b() {}\npub(crate) fn c() {}\npub struct S;\n"
        "impl S {\n    pub fn d(&self) {}\n    fn e() {}\n}\n"
        "pub struct N { x: i32 }\nimpl N {\n    pub fn f(&self) {}\n    pub fn g() {}\n}\n"
        "impl Clone for S {\n    fn clone(&self) -> S { S }\n}\n"
    )
    assert [one.name for one in targets(text)] == ["a", "S.d", "N.f", "N.g"]
    assert [one.name for one in targets(text) if rust.cases(one)] == ["a", "S.d", "N.g"]


@pytest.mark.parametrize(
    "code",
    [
        "pub fn a<T>(x: T) {}",
        "pub async fn a() {}",
        "pub unsafe fn a() {}",
        "pub struct S<T>(T);\nimpl<T> S<T> { pub fn a(&self) {} }",
        "pub struct S<T>(T);\nimpl S<i32> { pub fn a() {} }",
        "pub struct S(i32);\nimpl S { pub fn a(&self) {} }",
    ],
)
def test_what_a_test_cannot_call_simply_is_a_target_without_calls(code: str) -> None:
    assert [rust.cases(one) for one in targets(f"{code}\n")] == [()]


@pytest.mark.parametrize(
    "code",
    ["#[cfg(unix)]\npub fn a() {}", "struct S;\nimpl S { pub fn a(&self) {} }", "mod inner { pub fn a() {} }"],
)
def test_what_no_test_can_see_is_no_target(code: str) -> None:
    assert targets(f"{code}\n") == []


def test_a_type_with_lifetimes_is_made_like_any_other() -> None:
    made = "pub fn new(name: &'a str) -> Basket<'a> { Basket { name } }"
    text = f"pub struct Basket<'a> {{ name: &'a str }}\nimpl<'a> Basket<'a> {{\n {made}\n pub fn add(&self) {{}}\n}}\n"
    assert [(one.name, bool(rust.cases(one))) for one in targets(text)] == [("Basket.new", True), ("Basket.add", True)]


def test_new_gets_what_its_guards_let_through() -> None:
    made = 'pub fn new(unit: &str) -> Self { assert!(["EUR", "USD"].contains(&unit)); S }'
    (_, found) = targets(f"pub struct S;\nimpl S {{\n {made}\n pub fn a(&self) {{}}\n}}\n")
    assert rust.cases(found)[0].construction == (("new_unit", '"EUR"'),)


def test_no_path_is_the_current_folder() -> None:
    assert arguments("pub fn a(path: &str) {}", "path") == ['"a"', '" a b "']
    assert '""' in arguments("pub fn a(text: &str) {}", "text")


def test_lifetimes_are_no_parameters_of_types() -> None:
    assert target("pub fn a<'a>(x: &'a str) -> &'a str { x }").parameters[0].type == "&str"


def test_what_the_tests_of_its_own_file_name_is_no_target() -> None:
    tests = "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn t() { a(); }\n}\n"
    text = f"pub fn a() {{}}\npub fn b() {{}}\n{tests}"
    assert [one.name for one in targets(text)] == ["b"]


@pytest.mark.parametrize("path", ["tests/x.rs", "benches/x.rs", "examples/x.rs", "vendor/x/src/lib.rs"])
def test_files_of_tests_samples_and_others_have_none(path: str) -> None:
    assert targets("pub fn a() {}\n", path) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("i32", ["1", "0", "-1", "2147483647"]),
        ("u64", ["1", "0", "18446744073709551615"]),
        ("usize", ["1", "0", "usize::MAX"]),
        ("bool", ["true", "false"]),
        ("&str", ['"a"', '""', '" a b "', '"\\u{e9}\\u{4e16}"']),
        ("&[i32]", ["&[1]", "&[1, 0, -1]", "&[]"]),
        ("Vec<u8>", ["vec![1]", "vec![1, 0, 255]", "vec![]"]),
        ("&mut Vec<u8>", ["&mut vec![1]", "&mut vec![1, 0, 255]", "&mut vec![]"]),
        ("Option<i8>", ["Some(1)", "Some(0)", "None"]),
        ("(i8, bool)", ["(1, true)", "(0, false)"]),
        ("[bool; 2]", ["[true, true]", "[false, false]"]),
        ("Mode", ["Mode::Fast", "Mode::Slow"]),
        ("&Limits", ["&Limits::default()"]),
        ("impl Into<String>", ['"a"', '""', '" a b "', '"\\u{e9}\\u{4e16}"']),
        (
            "HashMap<String, i8>",
            [
                'std::collections::HashMap::from([("a".to_string(), 1)])',
                'std::collections::HashMap::from([("a".to_string(), 1), ("".to_string(), 0)])',
                "std::collections::HashMap::new()",
            ],
        ),
    ],
)
def test_values_are_at_the_edges_of_their_types(kind: str, expected: list[str]) -> None:
    declared = "pub enum Mode { Fast, Slow, Other(i32) }\n#[derive(Default)]\npub struct Limits { x: i32 }\n"
    assert arguments(f"{declared}pub fn a(x: {kind}) {{}}", "x") == expected


@pytest.mark.parametrize("kind", ["Unknown", "Vec<Unknown>", "impl Fn(i32) -> i32", "&dyn Any", "Box<dyn Error>"])
def test_a_parameter_that_cannot_be_made_leaves_no_call(kind: str) -> None:
    assert rust.cases(target(f"pub fn a(x: {kind}) {{}}")) == ()


def test_guards_tell_errors_panics_and_values_apart() -> None:
    found = rust.cases(
        target(
            'pub fn a(n: i32, m: i32) -> Result<i32, String> {\n assert!(m != 0, "m, of all");\n'
            ' if n < 0 {\n return Err("n".into());\n }\n if n == 0 {\n return Ok(0);\n }\n Ok(n)\n}'
        )
    )
    raised = {case.raises: dict(case.arguments) for case in found if case.raises}
    assert raised["panic"]["m"] == "0"
    assert raised["Err"] == {"n": "-1", "m": "1"}
    assert {case.raises for case in found if dict(case.arguments) == {"n": "0", "m": "1"}} == {""}


def test_a_condition_at_the_end_is_a_guard_too() -> None:
    found = rust.cases(
        target('pub fn a(n: i32) -> Result<i32, String> {\n if n < 0 { Err("n".into()) } else { Ok(n) }\n}')
    )
    assert [dict(case.arguments)["n"] for case in found if case.raises == "Err"] == ["-1"]


def test_a_negative_number_is_given_to_no_unsigned_parameter() -> None:
    assert arguments("pub fn a(n: u32) -> i32 { if n < 1 { return 0; } 1 }", "n") == ["1", "0", "4294967295"]


@pytest.mark.parametrize(
    ("kind", "comparable", "debug"),
    [
        ("Mode", "yes", "yes"),
        ("Vec<Mode>", "yes", "yes"),
        ("Opaque", "no", ""),
        ("Result<Mode, Opaque>", "yes", "yes"),
        ("Option<Half>", "no", "yes"),
        ("impl Iterator<Item = i32>", "no", ""),
        ("()", "no", "yes"),
        ("Other", "no", ""),
    ],
)
def test_what_can_be_compared_and_shown_is_known_from_its_derives(kind: str, comparable: str, debug: str) -> None:
    declared = (
        "#[derive(Debug, PartialEq)]\npub enum Mode { A }\n#[derive(Debug)]\npub struct Half;\npub struct Opaque;\n"
    )
    traits = target(f"{declared}pub fn a() -> {kind} {{ todo!() }}").traits
    assert (traits["comparable"], traits["debug"]) == (comparable, debug)


def test_new_makes_what_a_method_is_called_on() -> None:
    made = "pub fn new(size: usize) -> Self { S { x: size } }"
    text = f"pub struct S {{ x: usize }}\nimpl S {{\n {made}\n pub fn a(&mut self) {{}}\n}}\n"
    found = targets(text)[1]
    assert (found.traits["construct"], found.traits["self"]) == ("S::new", "&mut self")
    assert rust.cases(found)[0].construction == (("new_size", "1"),)


@pytest.mark.parametrize(
    ("path", "test", "named"),
    [
        ("tests/x.rs", "use k::x::clamp;\n#[test]\nfn t() { clamp(1); }", True),
        ("src/y.rs", "fn f() {}\n#[cfg(test)]\nmod tests { fn t() { crate::x::clamp(1); } }", True),
        ("src/y.rs", "fn f() { crate::x::clamp(1); }", False),
        ("tests/x.rs", '// clamp\n#[test]\nfn t() { f("clamp"); }', False),
    ],
)
def test_a_test_names_what_it_uses(path: str, test: str, named: bool) -> None:
    assert rust.names(test, path, target("pub fn clamp(n: i32) {}")) is named


def test_a_test_of_another_crate_names_nothing() -> None:
    (found,) = targets("pub fn clamp(n: i32) {}\n", "crates/a/src/x.rs")
    assert rust.names("fn t() { clamp(1); }", "crates/b/tests/x.rs", found) is False
    assert rust.names("fn t() { clamp(1); }", "crates/a/tests/x.rs", found) is True


def test_what_ends_the_process_is_never_called() -> None:
    assert rust.cases(target("pub fn a() { std::process::exit(1) }")) == ()
