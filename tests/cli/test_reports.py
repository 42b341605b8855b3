"""Where a report goes: every file that can be written, one page for whoever watches, and a log that tells little."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from reviewbot.cli import reports
from reviewbot.errors import UsageError
from tests.formats.samples import MODELLED, USUAL


def test_formats_are_known_before_anything_is_done_and_the_terminal_needs_none() -> None:
    names = ["a.json", "-", "b.md", "c.html", "d.sarif", "gl-code-quality-report.json", "e.prom"]
    assert [name for name, _ in reports.renderers(names)] == [name for name in names if name != "-"]
    with pytest.raises(UsageError, match=r"c\.docx: no format has this name"):
        reports.renderers(["a.json", "c.docx"])


@pytest.mark.parametrize(("exit_code", "is_bad", "code"), [(0, False, 0), (0, True, 2), (1, True, 2), (3, True, 3)])
def test_a_report_that_cannot_be_written_loses_no_other_and_the_larger_code_counts(
    tmp_path: Path, exit_code: int, is_bad: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = replace(USUAL, exit_code=exit_code)
    names = [*(["/no/such/folder/a.md"] if is_bad else []), str(tmp_path / "b.md"), str(tmp_path / "c.json")]
    assert reports.publish(shown, reports.renderers(names), {}, whole=False) == code
    said = capsys.readouterr()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.md", "c.json"]
    assert said.err.count("\n") == int(is_bad)
    assert said.out.startswith("reviewbot ")


def test_a_log_that_many_can_read_has_what_is_internal_and_whoever_asks_gets_the_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for environ, whole in (({"CI": "true"}, False), ({"GITHUB_ACTIONS": "true"}, False), ({"GITLAB_CI": "1"}, False),
                           ({"CI": "true"}, True), ({}, False)):  # fmt: skip
        reports.publish(USUAL, [], environ, whole=whole)
        out = capsys.readouterr().out
        is_whole = whole or not environ
        assert ("ledger/core.py" in out) is is_whole
        assert ("SELECT" in out or "select name, cents" in out) is is_whole
        assert ("::group::" in out) is ("GITHUB_ACTIONS" in environ)
        assert ("section_start" in out) is ("GITLAB_CI" in environ)


def test_the_log_names_no_model_no_ledger_and_nothing_that_was_put_aside(capsys: pytest.CaptureFixture[str]) -> None:
    reports.publish(MODELLED, [], {"CI": "true"}, whole=False)
    out = capsys.readouterr().out
    assert "ledger head" not in out
    assert "tokens in" not in out
    assert "refuted" not in out
    reports.publish(MODELLED, [], {}, whole=False)
    assert "ledger head" in capsys.readouterr().out


@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_a_file_has_the_mode_it_is_written_with(tmp_path: Path, mode: int) -> None:
    old = os.umask(0o022)
    try:
        assert reports.written(str(tmp_path / "x"), "é\n", mode) == ""
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == mode & ~0o022
    assert (tmp_path / "x").read_bytes() == "é\n".encode()


def test_what_was_in_a_file_before_is_gone(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a longer text\n")
    reports.written(str(tmp_path / "x"), "b\n")
    assert (tmp_path / "x").read_text() == "b\n"


@pytest.mark.parametrize(("name", "why"), [
    ("a\0b", "a\\x00b: cannot be written: no such name"), ("/dev/full", "/dev/full: cannot be written: No space left"),
    ("/no/such/x", "/no/such/x: cannot be written: No such file or directory"),
    ("/\x1b[2J\n/x", "/\\x1b[2J\\n/x: cannot be written: No such file"), ("/", "/: cannot be written: Is a directory"),
])  # fmt: skip
def test_why_a_file_cannot_be_written_is_one_line(name: str, why: str) -> None:
    said = reports.written(name, "text")
    assert said.startswith(why)
    assert said.isprintable()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    assert "cannot be written" in reports.written(str(tmp_path / "link"), "text")
    assert (tmp_path / "precious").read_text() == "precious"
