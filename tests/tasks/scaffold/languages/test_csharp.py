from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.languages import csharp
from reviewbot.tasks.scaffold.suites import Target
from tests.readings import diff

SHOP = """\
using System;
using Shop.Errors;
using static System.Math;

namespace Shop.Core;

public static class Money
{
    public static async Task<int> Clamp(int value, string? name = null, params int[] rest)
    {
        if (value < 0) throw new ArgumentOutOfRangeException(nameof(value));
        ArgumentNullException.ThrowIfNull(name);
        return value;
    }

    public static int Swap(ref int x) => x;
    public static T Same<T>(T x) => x;
    internal static int Hidden() => 1;
}

public record Price(int Amount, string Unit = "EUR")
{
    public int Twice() => Amount * 2;
    public override string ToString() => Unit;
}

public class Box
{
    public Box(int size, string name) { }
    public Box(int size) { }
    public void Put(uint count) { if (count == 0) return; }
    public class Lid { public bool Open(List<string> names) => true; }
}

public class Once { private Once() { } public int Used() => 1; public static Once Get() => new(); }
public abstract class Shape { public int Area() => 1; }
public class Cell<T> { public T Get() => default; }
class Inner { public int F() => 1; }
"""


def targets(new: str, old: str | None = None, path: str = "src/Shop/Money.cs") -> list[Target]:
    return list(csharp.targets(Syntax(diff(path, old, new))))


def by_name(source: str) -> dict[str, Target]:
    return {target.name: target for target in targets(source)}


def test_public_methods_of_public_types_that_a_test_can_make_are_targets() -> None:
    unmade = ["Money.Swap", "Money.Same", "Once.Used", "Cell.Get"]
    found = by_name(SHOP)
    assert sorted(found) == sorted(["Money.Clamp", "Price.Twice", "Box.Put", "Box.Lid.Open", "Once.Get", *unmade])
    assert [name for name, target in found.items() if not csharp.cases(target)] == unmade


def test_constructors_and_usual_calls_get_what_their_guards_let_through() -> None:
    (target,) = targets("""public class Price {
    public Price(int amount, string unit) {
        Amount = amount;
        if (unit != "EUR" && unit != "USD") throw new ArgumentException(unit);
    }
    public int Of(string unit) { if (unit != "m") throw new ArgumentException(unit); return 1; }
}""")
    calls = csharp.cases(target)
    assert {case.construction for case in calls} == {(("amount", "1"), ("unit", '"EUR"'))}
    assert (calls[0].name, calls[0].arguments, calls[0].raises) == ("usual arguments", (("unit", '"m"'),), "")


def test_no_path_is_the_current_folder() -> None:
    (target,) = targets("public class A { public int F(string path, string text, string[] dirs) { return 1; } }")
    given = [dict(case.arguments) for case in csharp.cases(target)]
    assert {one["dirs"] for one in given} == {'new string[] { "abc", "text" }', "new string[] { }"}
    assert {one["path"] for one in given} == {'"abc"', '"a b"'} and '""' in {one["text"] for one in given}


def test_namespaces_of_both_kinds_and_usings_are_read() -> None:
    found = by_name(SHOP)
    assert found["Box.Lid.Open"].traits["namespace"] == "Shop.Core"
    assert found["Money.Clamp"].traits["usings"] == "System Shop.Errors"
    nested = "namespace A.B { namespace C { public class D { public int F() => 1; } } }"
    assert by_name(nested)["D.F"].traits["namespace"] == "A.B.C"


def test_the_simplest_public_constructor_is_taken() -> None:
    found = by_name(SHOP)
    assert [one.name for one in found["Box.Put"].constructor] == ["size"]
    assert [(one.name, one.default) for one in found["Price.Twice"].constructor] == [
        ("Amount", None),
        ("Unit", '"EUR"'),
    ]
    assert found["Once.Get"].constructor == ()


def test_a_task_is_awaited_and_guards_are_read() -> None:
    clamp = by_name(SHOP)["Money.Clamp"]
    assert clamp.is_async and clamp.returns == "Task<int>"
    raising = [(case.raises, dict(case.arguments)) for case in csharp.cases(clamp)]
    negative = [row["value"] for raises, row in raising if raises == "ArgumentOutOfRangeException"]
    assert negative and all(value.startswith("-") for value in negative)
    assert {row.get("name") for raises, row in raising if raises == "ArgumentNullException"} == {"null"}
    named = [raises for raises, row in raising if row["name"] != "null" and row["value"] >= "0"]
    assert named and set(named) == {""}


def test_no_value_is_given_that_its_type_refuses() -> None:
    (target,) = targets(
        "public class A { public int F(uint x, int y) { if (x < 0 || y == null) return 1; return 2; } }"
    )
    values = {pair for case in csharp.cases(target) for pair in case.arguments}
    assert ("x", "-1") not in values and ("y", "null") not in values and ("x", "0") in values


@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        ("long", "1L"), ("decimal", "1.5m"), ("int[]", "new int[] { 1, 0 }"), ("char", "'a'"), ("bool?", "true"),
        ("IReadOnlyList<string>", 'new List<string> { "abc", "" }'),
        ("Dictionary<string, int>", "new Dictionary<string,int>()"), ("CancellationToken", "CancellationToken.None"),
    ],
)  # fmt: skip
def test_a_value_is_of_its_type(kind: str, usual: str) -> None:
    (target,) = targets(f"public class A {{ public int F({kind} x) => 1; }}")
    assert csharp.cases(target)[0].arguments == (("x", usual),)


def test_a_type_that_a_test_cannot_make_has_no_cases() -> None:
    (target,) = targets("public class A { public int F(IClock clock) => 1; }")
    assert csharp.cases(target) == ()


def test_what_returns_nothing_cannot_be_compared() -> None:
    for returns, comparable in (("void", False), ("Task", False), ("Task<int>", True), ("int", True)):
        (target,) = targets(f"public class A {{ public {returns} F() {{ }} }}")
        assert {case.comparable for case in csharp.cases(target)} == {comparable}


def test_only_what_changed_is_a_target() -> None:
    old = "public class A {\n  public int F() => 1;\n  public int G() => 1;\n}\n"
    assert [target.name for target in targets(old.replace("G() => 1", "G() => 2"), old)] == ["A.G"]


@pytest.mark.parametrize("path", ["tests/A.cs", "src/ATests.cs", "src/A.g.cs", "samples/A.cs"])
def test_tests_samples_and_generated_files_have_none(path: str) -> None:
    assert targets("public class A { public int F() => 1; }", path=path) == []


def test_a_test_names_a_method_by_its_class() -> None:
    twice = by_name(SHOP)["Price.Twice"]
    assert csharp.names("class T { void F() { new Price(1).Twice(); } }", "tests/T.cs", twice)
    assert not csharp.names("// new Price(1).Twice()", "tests/T.cs", twice)
    assert not csharp.names("class T { void F() { new Price(1).Twice(); } }", "src/T.cs", twice)


def test_deep_and_wide_files_are_read_in_linear_time() -> None:
    assert targets("namespace A { " * 3000 + "}" * 3000) == []
    many = "".join(f"public int F{number}(int x) => x;\n" for number in range(2000))
    assert len(targets(f"public class A {{ {many} }}")) == 2000


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("public int F(x)\n{if<throw new A;}\"'?:|,=&"), max_size=80))
def test_any_text_is_read(source: str) -> None:
    for target in targets("public class A { " + source):
        csharp.cases(target)
