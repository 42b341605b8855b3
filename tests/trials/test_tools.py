from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reviewbot.trials.commands import Command
from reviewbot.trials.copies import Copy
from reviewbot.trials.tools import Tools


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    """Tools of a home with a bit of everything, of a PATH with one folder, and of a copy with dependencies."""
    home, modules = tmp_path / "home", tmp_path / "work/node_modules"
    for name in (".ssh/id", ".cargo/credentials.toml", ".cargo/registry/x", ".cargo/bin/cargo", ".m2/settings.xml",
                 ".m2/repository/x", ".config/gh/hosts.yml", ".nvm/versions/v20/bin/node", ".local/share/keyrings/x",
                 ".local/bin/tool", "bin/python3"):  # fmt: skip
        _program(home / name)
    _program(modules / ".bin/jest")
    _program(tmp_path / "copy/tree/bin/python3")
    return Tools(f"{home}/bin:relative:", home, Copy(tmp_path / "copy", frozenset(), (modules,)), "python")


def _program(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def _shown(tools: Tools, *argv: str, **environment: str) -> set[str]:
    """What a command sees of the home, from there."""
    found = (path.resolve() for path in tools.readable(Command(argv, environment)))
    return {str(path.relative_to(tools.home)) for path in found if path.is_relative_to(tools.home)}


def test_programs_come_from_dependencies_and_the_path(tools: Tools) -> None:
    assert tools.which("jest") == str(tools.copy.dependencies[0] / ".bin/jest")
    assert tools.which("python3") == str(tools.home / "bin/python3")


@pytest.mark.parametrize("name", ["absent", "../bin/python3", "/bin/sh", "tree/bin/python3"])
def test_a_program_of_the_tree_or_of_a_path_is_none(tools: Tools, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tools.copy.tree)
    assert tools.which(name) is None


def test_the_environment_is_little_and_points_into_the_copy(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    made = tools.environment(Command(("/opt/x/bin/go", "test"), {"GOFLAGS": "-mod=mod"}))
    assert set(made) == {
        "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "CI", "NO_COLOR", "PYTHONDONTWRITEBYTECODE", "GOFLAGS",
    }  # fmt: skip
    assert made["PATH"].split(":") == ["/opt/x/bin", f"{tools.home}/bin", "/usr/local/bin", "/usr/bin", "/bin"]
    assert Path(made["HOME"]).is_relative_to(tools.copy.home) and Path(made["TMPDIR"]).is_relative_to(tools.copy.home)


def test_of_a_home_only_what_builds_need_is_shown(tools: Tools) -> None:
    home = str(tools.home)
    assert _shown(tools, f"{home}/.cargo/bin/cargo", CARGO_HOME=f"{home}/.cargo") >= {".cargo/bin", ".cargo/registry"}
    assert ".cargo" not in _shown(tools, f"{home}/.cargo/bin/cargo", CARGO_HOME=f"{home}/.cargo")
    assert ".m2/repository" in _shown(tools, "/usr/bin/mvn", f"-Dmaven.repo.local={home}/.m2/repository")
    assert ".m2/repository" in _shown(tools, "/usr/bin/mvn", "-s", f"{home}/.m2")
    assert ".nvm/versions/v20" in _shown(tools, f"{home}/.nvm/versions/v20/bin/node")
    assert ".local/bin" in _shown(tools, f"{home}/.local/bin/tool")


@pytest.mark.parametrize(
    "value", ["", "/.ssh", "/.ssh/id", "/.config", "/.config/gh", "/.local/share/keyrings", "/.m2/settings.xml", "/.."]
)
def test_no_home_and_no_secret_of_one_is_shown(tools: Tools, value: str) -> None:
    plain = _shown(tools, "/usr/bin/x")
    assert _shown(tools, "/usr/bin/x", f"{tools.home}{value}", X=f"{tools.home}{value}") == plain
    assert _shown(tools, "/usr/bin/x", f"-Dx={tools.home}{value}") == plain


def test_a_name_of_the_tree_asks_for_nothing(tools: Tools) -> None:
    """A folder of the tree may be called `a:/root/.nvm`; a search path with it is one value."""
    place = f"{tools.copy.tree}/a:{tools.home}/.nvm"
    plain = _shown(tools, "/usr/bin/x")
    assert _shown(tools, "/usr/bin/x", place, f"a={tools.home}/.nvm", f"--x={place}", PYTHONPATH=place) == plain


def test_a_virtual_environment_brings_what_it_links_to(tools: Tools) -> None:
    if Path(sys.prefix, "pyvenv.cfg").is_file():
        found = {path.resolve() for path in tools.readable(Command((f"{sys.prefix}/bin/python",)))}
        base = Path(sys.base_prefix).resolve()
        assert Path(sys.prefix).resolve() in found
        assert base in found or base == Path("/usr")


def test_a_virtual_environment_may_be_a_copy_or_link_in_a_circle(tools: Tools) -> None:
    """As `python -m venv --copies` makes one: its interpreter is no link."""
    made, other = tools.home.parent / "copied", tools.home.parent / "other"
    for place in (made, other):
        _program(place / "bin/python")
        _program(place / "pyvenv.cfg")
    found = set(tools.readable(Command((str(made / "bin/python"),))))
    assert {made / "bin", made} <= found
    (made / "bin/python").unlink()
    (made / "bin/python").symlink_to(other / "bin/python")
    assert {made, other} <= set(tools.readable(Command((str(made / "bin/pytest"),))))
