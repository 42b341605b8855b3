"""`dotnet test` by its documentation: command lines and answers; no .NET is on the machines that these tests ran on."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.trials.commands import Ground, MissingToolError
from reviewbot.trials.toolchains import xunit

PROJECT = "tests/Shop.Tests/Shop.Tests.csproj"
LISTED = "The following Tests are available:\n    Shop.Tests.MoneyTests.XIs0\n"


def ground(tmp_path: Path, *programs: str, paths: tuple[str, ...] = (PROJECT,)) -> Ground:
    return Ground(tmp_path, {one: f"/bin/{one}" for one in programs}.get, frozenset(paths), tmp_path / "scratch")


def test_the_nearest_project_is_tested_without_a_restore_for_one_class(tmp_path: Path) -> None:
    command = xunit.running(ground(tmp_path, "dotnet"), "tests/Shop.Tests/Money/MoneyTests.cs")
    assert command.folder == "tests/Shop.Tests"
    assert command.argv == (
        "/bin/dotnet", "test", "./Shop.Tests.csproj", "--no-restore", "--filter", "FullyQualifiedName~.MoneyTests.",
    )  # fmt: skip
    assert command.environment["DOTNET_CLI_HOME"].startswith(str(tmp_path))


def test_tests_are_listed_and_not_run(tmp_path: Path) -> None:
    assert "--list-tests" in xunit.collecting(ground(tmp_path, "dotnet"), "tests/Shop.Tests/MoneyTests.cs").argv
    assert xunit.collected(0, LISTED)
    assert not xunit.collected(1, LISTED)
    assert not xunit.collected(0, "The following Tests are available:\n")


def test_a_filter_holds_a_name_and_no_expression(tmp_path: Path) -> None:
    command = xunit.running(ground(tmp_path, "dotnet"), "tests/Shop.Tests/A|B(c)=d.cs")
    assert command.argv[-1] == "FullyQualifiedName~.A\\|B\\(c\\)\\=d."


def test_skipped_tests_pass_and_none_do_not() -> None:
    assert xunit.passed(0, "Skipped! - Failed:     0, Passed:     0, Skipped:     3, Total:     3")
    assert not xunit.passed(1, "Failed!  - Failed:     1, Passed:     0")
    assert not xunit.passed(0, "No test matches the given testcase filter `FullyQualifiedName~.A.`")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for call in (xunit.collecting, xunit.running):
        with pytest.raises(MissingToolError, match=r"^dotnet$"):
            call(ground(tmp_path), "tests/Shop.Tests/MoneyTests.cs")
        with pytest.raises(MissingToolError, match="project"):
            call(ground(tmp_path, "dotnet", paths=()), "tests/Shop.Tests/MoneyTests.cs")
