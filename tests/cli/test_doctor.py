"""Doctor says what is here, and what in the environment is dangerous, without showing any value."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.cli import main
from reviewbot.cli.doctor import DANGEROUS, OBEYED
from tests.repositories import Work


def said(capsys: pytest.CaptureFixture[str], folder: Path, environ: dict[str, str] | None = None) -> str:
    assert main(["doctor", "--repo", str(folder)], environ or {}) == 0
    return capsys.readouterr().out


def test_a_clean_environment_has_no_warning(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(a="1\n")
    out = said(capsys, work.path)
    assert "warning" not in out
    assert "no .reviewbot.toml at refs/heads/main, the default pack" in out


@pytest.mark.parametrize("name", [*DANGEROUS, *OBEYED])
def test_a_dangerous_variable_is_named_without_its_value(
    work: Work, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    out = said(capsys, work.path, {name: "canary"})
    assert f"warning       {name} is set: it " in out
    assert "canary" not in out


def test_only_what_cannot_be_ignored_is_to_be_unset(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Unset it" in said(capsys, work.path, {"PYTHONPATH": "/x"})
    assert "reviewbot ignores it" in said(capsys, work.path, {"GIT_DIR": "/x"})


def test_an_invalid_policy_is_named_with_its_line(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{".reviewbot.toml": 'default = "internal"\nunknown = 1\n'})
    assert ".reviewbot.toml:2: unknown: unknown key" in said(capsys, work.path)


def test_the_repositorys_own_policy_is_counted(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{".reviewbot.toml": '[[rule]]\nlabel = "restricted"\npaths = ["a/**"]\n'})
    assert "policy        .reviewbot.toml at refs/heads/main and the default pack" in said(capsys, work.path)


def test_a_folder_that_is_no_repository_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not a git repository" in said(capsys, tmp_path)


def test_no_git_on_the_path_is_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor", "--repo", str(tmp_path)], {}) == 2
    assert "not found: install git" in capsys.readouterr().out


def test_a_git_of_the_current_folder_is_not_run(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").write_text(f"#!/bin/sh\ntouch {tmp_path}/mark\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    assert main(["doctor", "--repo", str(work.path)], {}) == 0
    assert not (tmp_path / "mark").exists()
    assert "not run" in capsys.readouterr().out
