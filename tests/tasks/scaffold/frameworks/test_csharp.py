"""xUnit; what is written is parsed and not compiled, for no .NET is on the machines that these tests ran on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.frameworks import projects, xunit
from reviewbot.tasks.scaffold.languages import csharp
from reviewbot.tasks.scaffold.suites import Suite, Surroundings, Target
from tests.readings import diff
from tests.tasks.scaffold.frameworks.hostile_ruby_csharp_php import NASTY, comments, nasty, plain, skeleton

TEXT = """\
using Shop.Errors;
namespace Shop.Core;
public class Box
{
    public Box(int size) { }
    public int Put(int count)
    {
        if (count < 0) throw new ArgumentOutOfRangeException(nameof(count));
        return count;
    }
}
"""
SOURCE, TESTS = "src/Shop/Shop.csproj", "tests/Shop.Tests/Shop.Tests.csproj"
TESTED = """<Project><ItemGroup><PackageReference Include="xunit" Version="2.9.0" />
<ProjectReference Include="..\\..\\src\\Shop\\Shop.csproj" /></ItemGroup></Project>"""


def target(text: str = TEXT, path: str = "src/Shop/Core/Box.cs") -> Target:
    return next(iter(csharp.targets(Syntax(diff(path, None, text)))))


def around(*paths: str, tested: str = TESTED, **texts: str) -> Surroundings:
    known = {SOURCE: "<Project/>", TESTS: tested, **texts}
    return Surroundings(frozenset([*known, *paths]), known)


def suite(module: str = "Shop.Tests.Core", found: Target | None = None) -> Suite:
    one = found or target()
    return Suite(one, "xunit", "tests/Shop.Tests/Core/BoxTests.cs", module, csharp.cases(one), "1a2b3c4d5e")


def test_a_test_class_is_written_in_the_way_of_the_second_version() -> None:
    one = suite()
    usual, *_, raising = one.cases
    cases = (
        usual,
        replace(usual, name="count is -2", expected="-2"),
        replace(usual, name="none", expected="null"),
        raising,
    )
    assert (
        xunit.render(replace(one, cases=cases))
        == """\
// Scaffold by reviewbot for src/Shop/Core/Box.cs::Box.Put (1a2b3c4d5e)
using System;
using Shop.Core;
using Shop.Errors;
using Xunit;

namespace Shop.Tests.Core
{
    using Box = global::Shop.Core.Box;

    public class BoxTests
    {
        [Fact(Skip = "to be written: usual arguments")]
        public void UsualArguments()
        {
            new Box(1).Put(1);
        }

        [Fact]
        public void CountIsMinus2()
        {
            Assert.Equal(-2, new Box(1).Put(1));
        }

        [Fact]
        public void None()
        {
            Assert.Null(new Box(1).Put(1));
        }

        [Fact]
        public void ThrowsArgumentOutOfRangeExceptionWhereCountIsMinus1()
        {
            var on = new Box(1);
            Assert.Throws<ArgumentOutOfRangeException>(() => on.Put(-1));
        }
    }
}
"""
    )


def test_a_test_of_the_third_version_skips_itself() -> None:
    one = suite("Shop.Tests v3 scoped")
    assert (
        xunit.render(replace(one, cases=one.cases[:1]))
        == """\
// Scaffold by reviewbot for src/Shop/Core/Box.cs::Box.Put (1a2b3c4d5e)
using System;
using Shop.Core;
using Shop.Errors;
using Xunit;

namespace Shop.Tests;

using Box = global::Shop.Core.Box;

public class BoxTests
{
    [Fact]
    public void UsualArguments()
    {
        string seen;
        try
        {
            var result = new Box(1).Put(1);
            seen = $"it returned {result}";
        }
        catch (Exception thrown)
        {
            seen = $"it threw {thrown.GetType()}: {thrown.Message}";
        }
        Assert.Skip("to be written: " + (seen.Length > 200 ? seen.Substring(0, 200) : seen));
    }
}
"""
    )


@pytest.mark.parametrize(
    ("returns", "statement", "is_shown"),
    [
        ("int", "var result = Box.F(1);", True), ("Dictionary<string, int[]>?", "var result = Box.F(1);", True),
        ("Task<int>", "var result = await Box.F(1);", True), ("TaskId", "var result = Box.F(1);", True),
        ("void", "Box.F(1);", False), ("Task", "await Box.F(1);", False), ("ValueTask", "await Box.F(1);", False),
        ("ReadOnlySpan<char>", "Box.F(1);", False), ("ref int", "Box.F(1);", False), ("int*", "Box.F(1);", False),
    ],
)  # fmt: skip
def test_what_no_string_can_be_made_of_is_called_alone(returns: str, statement: str, is_shown: bool) -> None:
    one = suite("Shop.Tests v3", replace(target(), returns=returns, is_async=returns.startswith(("Task<", "ValueTask"))
                                         or returns == "Task"))  # fmt: skip
    text = xunit.render(replace(one, cases=one.cases[:1])).replace("new Box(1).Put(", "Box.F(")
    assert f"                {statement}\n                seen = " in text
    assert ("{result}" in text) is is_shown
    assert planning.parses("csharp", text)


@pytest.mark.parametrize(("returns", "thrown"), [("Task<int>", "Box.F(-1)"), ("ValueTask<int>", "Box.F(-1).AsTask()")])
def test_a_task_is_awaited(returns: str, thrown: str) -> None:
    found = target(
        f"public static class Box {{ public static async {returns} F(int x) {{ if (x < 0) throw new E(); }} }}"
    )
    one = suite(found=found)
    text = xunit.render(replace(one, cases=(replace(one.cases[0], expected="1"), one.cases[-1])))
    assert "public async Task UsualArguments()" in text and "using System.Threading.Tasks;" in text
    assert "Assert.Equal(1, await Box.F(1));" in text and f"await Assert.ThrowsAsync<E>(() => {thrown});" in text


@pytest.mark.parametrize(
    ("near", "place"),
    [
        (around(), "tests/Shop.Tests/Core/BoxTests.cs"),
        (around("tests/Shop.Tests/Core/BoxTests.cs"), "tests/Shop.Tests/Core/BoxPutTests.cs"),
        (around("tests/Shop.Tests/ATest.cs"), "tests/Shop.Tests/Core/BoxTest.cs"),
        (
            around(**{"a/Other.Tests.csproj": '<PackageReference Include="xunit" />'}),
            "tests/Shop.Tests/Core/BoxTests.cs",
        ),
    ],
)
def test_a_test_goes_into_the_project_that_refers_to_its_target(near: Surroundings, place: str) -> None:
    assert next(one for one in xunit.places(target(), near) if one not in near.paths) == place


def test_without_a_project_of_xunit_there_is_no_place() -> None:
    for near in (around(tested="<Project/>"), around(tested='<PackageReference Include="NUnit" />')):
        assert xunit.places(target(), near) == () and xunit.module(target(), "a/BoxTests.cs", near) == ""
        assert xunit.weight(near, "src/Shop/Core/Box.cs") == 0
    assert xunit.weight(around(), "src/Shop/Core/Box.cs") > 0


def test_the_namespace_is_that_of_tests_at_hand_else_of_the_project_and_folder() -> None:
    place = "tests/Shop.Tests/Core/BoxTests.cs"
    assert xunit.module(target(), place, around()) == "Shop.Tests.Core"
    sibling = {"tests/Shop.Tests/Core/ATests.cs": "namespace Shop.UnitTests;\n"}
    assert xunit.module(target(), place, around(**sibling)) == "Shop.UnitTests scoped"
    rooted = TESTED.replace("<ItemGroup>", "<RootNamespace>Own</RootNamespace><ItemGroup>")
    assert xunit.module(target(), place, around(tested=rooted)) == "Own.Core"
    third = TESTED.replace('"xunit"', '"xunit.v3"')
    assert xunit.module(target(), place, around(tested=third)) == "Shop.Tests.Core v3"


def test_the_nearest_project_holds_a_file() -> None:
    paths = ["a/A.csproj", "a/b/B.csproj", "C.csproj"]
    assert projects.nearest("a/b/c/x.cs", paths) == "a/b/B.csproj"
    assert projects.nearest("a/x.cs", paths) == "a/A.csproj"
    assert projects.nearest("z/x.cs", paths) == "C.csproj" and projects.nearest("z/x.cs", []) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("using A;\nnamespace A.B;\n", ("A.B", True)), ("namespace A.B\n{\n", ("A.B", False)),
        ("// namespace C;\nnamespace D {", ("D", False)), ("class A {}", ("", False)), ("\n" * 20_000, ("", False)),
    ],
)  # fmt: skip
def test_the_namespace_of_a_text_is_read(text: str, said: tuple[str, bool]) -> None:
    assert projects.namespace(text) == said


def test_a_hole_lands_once_as_it_is() -> None:
    one = suite()
    for number, case in enumerate(one.cases):
        if not case.is_written:
            assert xunit.render(planning.filled(one, {number: "REVIEWBOT_HOLE"})).count("REVIEWBOT_HOLE") == 1


@settings(max_examples=150, deadline=None)
@given(
    path=NASTY,
    names=st.lists(NASTY, max_size=4),
    expected=st.sampled_from([None, "1"]),
    words=st.sampled_from(["", " v3"]),
)
def test_no_name_becomes_code(path: str, names: list[str], expected: str | None, words: str) -> None:
    one = suite("Shop.Tests" + words)
    wanted = replace(one, cases=tuple(case if case.raises else replace(case, expected=expected) for case in one.cases))
    text = xunit.render(nasty(wanted, path, names))
    assert skeleton("csharp", text) == skeleton("csharp", xunit.render(plain(wanted)))
    assert len(comments("csharp", text)) == 1
