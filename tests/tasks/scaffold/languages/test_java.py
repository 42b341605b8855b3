"""What of Java files gets a scaffold, and with which calls."""

from __future__ import annotations

import pytest

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.languages import java
from reviewbot.tasks.scaffold.suites import Surroundings, Target
from tests.readings import diff

PATH = "src/main/java/com/acme/Foo.java"


def targets(text: str, path: str = PATH, old: str | None = None) -> list[Target]:
    return list(java.targets(Syntax(diff(path, old, text))))


def target(members: str, imports: str = "") -> Target:
    (found,) = targets(f"package com.acme;\n{imports}\npublic class Foo {{\n{members}\n}}\n")
    return found


def arguments(members: str, name: str, imports: str = "") -> list[str]:
    return list(dict.fromkeys(dict(case.arguments)[name] for case in java.cases(target(members, imports))))


def test_public_methods_of_the_public_class_are_targets() -> None:
    text = (
        "package a;\npublic class Foo {\n  public int a() { return 1; }\n  int b() { return 1; }\n"
        "  private int c() { return 1; }\n  public static void d() {}\n}\n"
        "class Bar {\n  public int e() { return 1; }\n}\n"
    )
    assert [one.name for one in targets(text)] == ["Foo.a", "Foo.d"]


@pytest.mark.parametrize(
    "members",
    [
        "public <T> T a(T x) { return x; }",
        "public int a(int x[]) { return 1; }",
        "private Foo() {}\npublic int a() { return 1; }",
        "public Foo(Service s) {}\npublic int a() { return 1; }",
    ],
)
def test_what_a_test_cannot_call_simply_is_a_target_without_calls(members: str) -> None:
    assert [java.cases(one) for one in targets(f"package a;\npublic class Foo {{\n{members}\n}}\n")] == [()]


def test_what_takes_a_type_of_another_file_is_a_target_without_calls() -> None:
    record = "public record Coupon(Money off) {\n  public boolean free() { return off == null; }\n}\n"
    assert [(one.name, java.cases(one)) for one in targets(record)] == [("Coupon.free", ())]
    found = planning.suites(diff(PATH, None, record), Surroundings(frozenset({PATH})), lambda _: True)
    assert list(found) == [planning.Unsuited(f"{PATH}::Coupon.free", "what it takes cannot be made by a test alone")]


GUARDED = """\
public class Price {
    private final String unit;
    public Price(int amount, String unit) {
        this.unit = unit;
        if (!List.of("EUR", "USD").contains(unit)) throw new IllegalArgumentException(unit);
        if (amount < 2) throw new IllegalArgumentException();
    }
    public int twice(String unit) { if (!unit.equals("m")) throw new IllegalStateException(); return 1; }
}
"""


def test_constructors_and_usual_calls_get_what_their_guards_let_through() -> None:
    (found,) = targets(GUARDED)
    calls = java.cases(found)
    assert {case.construction for case in calls} == {(("amount", "2"), ("unit", '"EUR"'))}
    assert (calls[0].name, calls[0].arguments, calls[0].raises) == ("usual arguments", (("unit", '"m"'),), "")
    assert "IllegalStateException" in {case.raises for case in calls}


def test_the_short_constructor_of_a_record_has_guards_too() -> None:
    guard = 'if (!unit.equals("EUR")) throw new IllegalArgumentException();'
    (found,) = targets(f"public record P(String unit) {{ public P {{ {guard} }} public int a() {{ return 1; }} }}\n")
    assert java.cases(found)[0].construction == (("unit", '"EUR"'),)


def test_a_constructor_that_always_throws_leaves_no_call() -> None:
    guards = 'if (x.equals("a")) throw new A(); if (!x.equals("a")) throw new B();'
    assert java.cases(target(f"public Foo(String x) {{ {guards} }}\npublic int a() {{ return 1; }}")) == ()


def test_no_path_is_the_current_folder() -> None:
    assert arguments("public void a(String outDir) { }", "outDir") == ['"a"', '" a b "', "null"]


def test_an_abstract_class_has_calls_of_static_methods_only() -> None:
    text = "public abstract class Foo {\n  public int a() { return 1; }\n  public static int b() { return 1; }\n}\n"
    assert [one.name for one in targets(text) if java.cases(one)] == ["Foo.b"]


def test_records_and_enums_are_made_as_they_are() -> None:
    (record,) = targets("public record P(int x, String y) {\n  public int sum() { return x; }\n}\n")
    assert record.traits["construct"] == "new P"
    assert java.cases(record)[0].construction == (("x", "1"), ("y", '"a"'))
    (enum,) = targets("public enum M {\n  A, B;\n  public int code() { return 1; }\n}\n")
    assert enum.traits["construct"] == "M.A"


@pytest.mark.parametrize("path", ["src/test/java/a/Foo.java", "src/main/java/a/FooTest.java", "vendor/a/Foo.java"])
def test_files_of_tests_and_others_have_none(path: str) -> None:
    assert targets("package a;\npublic class Foo { public int a() { return 1; } }\n", path) == []


def test_a_package_named_data_is_no_folder_of_samples() -> None:
    text = "package com.acme.data;\npublic class Foo { public int a() { return 1; } }\n"
    assert len(targets(text, "src/main/java/com/acme/data/Foo.java")) == 1
    assert targets(text, "samples/com/acme/data/Foo.java") == []


def test_of_overloads_the_first_is_the_target_and_gets_no_bare_null() -> None:
    text = "public class Foo {\n  public int a(String x) { return 1; }\n  public int a(int[] x) { return 1; }\n}\n"
    (found,) = targets(text)
    assert "null" not in [dict(case.arguments)["x"] for case in java.cases(found)]
    (inherited,) = targets("public class Foo extends Bar {\n  public int a(String x) { return 1; }\n}\n")
    assert "null" not in [dict(case.arguments)["x"] for case in java.cases(inherited)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("int", ["1", "0", "-1", "2147483647"]),
        ("long", ["1L", "0L", "-1L", "9223372036854775807L"]),
        ("short", ["(short) 1", "(short) 0", "(short) -1", "(short) 32767"]),
        ("boolean", ["true", "false"]),
        ("Boolean", ["true", "false", "null"]),
        ("String", ['"a"', '""', '" a b "', '"\\u00e9\\u4e16"', "null"]),
        ("int[]", ["new int[] {1}", "new int[] {1, 0}", "new int[] {}", "null"]),
        ("Mode", ["Foo.Mode.A", "Foo.Mode.B", "null"]),
        (
            "List<Long>",
            [
                "new ArrayList<>(Arrays.asList(1L))",
                "new ArrayList<>(Arrays.asList(1L, 0L))",
                "new ArrayList<>()",
                "null",
            ],
        ),
        ("Map<String, Integer>", ['new HashMap<>(Collections.singletonMap("a", 1))', "new HashMap<>()", "null"]),
        ("Optional<String>", ['Optional.of("a")', "Optional.empty()"]),
        ("int...", ["new int[] {1}", "new int[] {1, 0}", "new int[] {}"]),
    ],
)
def test_values_are_at_the_edges_of_their_types(kind: str, expected: list[str]) -> None:
    assert arguments(f"public enum Mode {{ A, B }}\npublic void a({kind} x) {{ }}", "x") == expected


@pytest.mark.parametrize("kind", ["Service", "List<Service>", "T[]", "Map<String>"])
def test_a_parameter_that_cannot_be_made_leaves_no_call(kind: str) -> None:
    assert java.cases(target(f"public void a({kind} x) {{ }}")) == ()


def test_a_list_of_another_library_is_not_the_platforms() -> None:
    assert java.cases(target("public void a(List<String> x) { }", "import io.vavr.List;")) == ()


def test_guards_raise_what_they_throw() -> None:
    found = java.cases(
        target(
            "public static int a(String s, int n) {\n Objects.requireNonNull(s);\n"
            ' if (n < 0) {\n throw new IllegalArgumentException("n");\n }\n if (s.isEmpty()) return 0;\n return n;\n}'
        )
    )
    raised = {case.raises: dict(case.arguments) for case in found if case.raises}
    assert raised["NullPointerException"]["s"] == "null"
    assert raised["IllegalArgumentException"]["n"] == "-1"
    assert [case.raises for case in found if dict(case.arguments)["s"] == '""'] == [""]


def test_a_unicode_escape_of_the_source_is_never_an_argument() -> None:
    found = java.cases(target('public static int a(String s) { if (s.equals("\\u0022")) { return 1; } return 2; }'))
    assert [text for case in found for _, text in case.arguments if "0022" in text] == []


def test_a_type_declared_inside_is_named_with_its_class() -> None:
    found = target("public enum Mode { A }\npublic Mode a(Mode x) { return x; }")
    assert (found.traits["result"], found.traits["comparable"]) == ("Foo.Mode", "yes")


@pytest.mark.parametrize(
    ("path", "test", "named"),
    [
        (
            "src/test/java/com/acme/FooTest.java",
            "package com.acme;\nclass FooTest { void t() { new Foo().a(); } }",
            True,
        ),
        (
            "src/test/java/b/FooTest.java",
            "package b;\nimport com.acme.Foo;\nclass FooTest { void t() { new Foo().a(); } }",
            True,
        ),
        ("src/test/java/b/FooTest.java", "package b;\nclass FooTest { void t() { new Foo().a(); } }", False),
        (
            "src/test/java/com/acme/FooTest.java",
            'package com.acme;\n// Foo a\nclass Bar { String s = "Foo a"; }',
            False,
        ),
        ("src/main/java/com/acme/Bar.java", "package com.acme;\nclass Bar { void t() { new Foo().a(); } }", False),
    ],
)
def test_a_test_names_what_it_can_reach_and_uses(path: str, test: str, named: bool) -> None:
    assert java.names(test, path, target("public int a() { return 1; }")) is named


def test_what_ends_the_process_is_never_called() -> None:
    assert java.cases(target("public void a() { System.exit(1); }")) == ()
