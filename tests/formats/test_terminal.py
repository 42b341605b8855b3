"""The terminal report: whole outputs, and nothing in it that a terminal or a build server obeys."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from rich.cells import cell_len

from reviewbot.core.labels import Label
from reviewbot.core.report import Record, Report
from reviewbot.core.summary import WITHHELD, published
from reviewbot.formats.terminal import (
    MOST_COMMITS,
    MOST_FILES,
    MOST_FULL,
    MOST_SAID,
    MOST_SCAFFOLDS,
    MOST_SHORT,
    _plain,
    render,
)
from tests.formats.golden import same
from tests.formats.samples import (
    BY_MODELS,
    DRAFTED,
    DRAFTS,
    EMPTY,
    FILES,
    MODELLED,
    QUIET,
    SHORT,
    USUAL,
    file,
    finding,
    hostile_reports,
    large,
    report,
)


@pytest.mark.parametrize(("name", "width"), [("terminal.txt", 100), ("terminal-80.txt", 80)])
def test_the_usual_report(name: str, width: int) -> None:
    same(name, render(USUAL, width=width))


def test_a_report_by_models() -> None:
    same("terminal-models.txt", render(MODELLED))


@pytest.mark.parametrize(("name", "width"), [("terminal-drafts.txt", 100), ("terminal-drafts-60.txt", 60)])
def test_a_report_with_drafts(name: str, width: int) -> None:
    same(name, render(DRAFTED, width=width))


def test_a_report_by_models_where_the_reader_may_see_less() -> None:
    same("terminal-models-short.txt", render(SHORT))


def test_the_head_of_a_ledger_in_many_parts_is_never_cut() -> None:
    names = ", ".join(f"artifacts/ledgers/shard-{number}-of-8/ledger.jsonl" for number in range(1, 9))
    assert "5e7a" * 16 in render(replace(MODELLED, ledger=Record(names, 160, "5e7a" * 16)))


def test_the_usual_report_in_colour() -> None:
    same("terminal.ansi", render(USUAL, colour=True))


def test_colour_changes_no_text() -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", render(USUAL, colour=True))
    assert [line.rstrip() for line in plain.split("\n")] == render(USUAL).split("\n")


@settings(max_examples=60, deadline=None)
@given(hostile_reports())
def test_hostile_texts_are_visible_and_fit(shown: Report) -> None:
    text = render(shown, width=80)
    assert all(character == "\n" or character.isprintable() for character in text)
    assert max(map(cell_len, text.split("\n"))) <= 80
    squeezed = "".join(text.split())
    for item in published(shown).findings:
        assert "".join(_plain(item.title).split()) in squeezed


@settings(max_examples=60, deadline=None)
@given(hostile_reports())
def test_no_line_is_a_command_of_a_build_server(shown: Report) -> None:
    commands = re.compile(r"##(\[|vso\[|teamcity\[)|^\s*::(error|warning|set-output|stop-commands)", re.M | re.I)
    for width in (40, 100):
        assert commands.search(render(shown, width=width)) is None


def test_a_command_is_spelled_out_and_code_is_not() -> None:
    assert _plain("::error::x ##[error]x ##vso[x]") == ":\\x3aerror::x #\\x23[error]x #\\x23vso[x]"
    assert _plain("::add-mask::x ::Stop-Commands::x") == ":\\x3aadd-mask::x :\\x3aStop-Commands::x"
    assert _plain("std::vector<T>::size_type ## title") == "std::vector<T>::size_type ## title"


def test_the_last_lines_say_how_it_was_read_and_why_this_exit_code() -> None:
    endings = {name: render(shown).rstrip().split("\n")[-2:] for name, shown in
               {"quiet": QUIET, "empty": EMPTY, "models": BY_MODELS, "usual": USUAL}.items()}  # fmt: skip
    assert endings == {
        "quiet": ["neutral  checked, no model; no findings", "exit code 0: nothing at or above critical"],
        "empty": ["neutral  nothing changed; no findings", "exit code 0: nothing at or above critical"],
        "models": ["success  reviewed; 1 medium", "exit code 0: nothing at or above critical"],
        "usual": ["failure  incomplete: 1 file could not be read; 1 critical, 3 high, 1 medium, 1 low",
                  "exit code 3: 1 file could not be read, 1 finding at or above critical"],
    }  # fmt: skip


def test_what_is_cut_is_counted() -> None:
    text = render(large(MOST_FILES + 5, 3, MOST_FULL + 10))
    assert "\n  and 5 more files\n" in text
    assert "\nand 10 more findings: --output review.html shows all\n" in text
    folded = large(3, 3, MOST_SHORT + 2)
    folded = replace(folded, findings=tuple(replace(item, posted="summary") for item in folded.findings))
    assert "\nand 2 more findings: " in render(folded)


def test_one_file_that_was_read_needs_no_table() -> None:
    assert "internal" not in render(report(FILES[:1], ()))
    assert "internal  skipped" in render(report(FILES[4:5], ()))


def test_of_what_is_withheld_there_is_one_line_and_no_count() -> None:
    items = [finding("calls/sql", "x.py", 1, posted="withheld"), finding("debug/left", "x.py", 1)]
    one, two = (render(report([file("x.py", None, "x\n")], found)) for found in (items, [*items, items[0]]))
    assert one == two
    assert WITHHELD in one
    assert "SQL" not in one


def test_a_command_that_would_be_cut_wrapped_or_spelled_out_is_not_shown() -> None:
    first = DRAFTS.rewordings[0]
    (command,) = first.commands
    shown = {(command,): True, ("git commit --amend -m '" + "x" * 90 + "'",): False,
             ("git commit -m 'a\nb'",): False, ("echo \u202e",): False, (command,) * 4: False}  # fmt: skip
    for commands, is_shown in shown.items():
        drafts = replace(DRAFTS, rewordings=(replace(first, commands=commands),))
        text = render(replace(DRAFTED, drafts=drafts))
        assert (commands[0][:20] in text) is is_shown
        assert ("has the commands" in text) is not is_shown


def test_long_messages_and_many_drafts_are_cut_and_counted() -> None:
    message = replace(DRAFTS.messages[1], body="\n".join(f"line {number}" for number in range(MOST_SAID + 3)))
    drafts = replace(DRAFTS, messages=(message,), rewordings=DRAFTS.rewordings * 6, scaffolds=DRAFTS.scaffolds * 4)
    text = render(replace(DRAFTED, drafts=drafts))
    assert "\n  … 3 more lines\n" in text
    assert f"\n  and {12 - MOST_COMMITS} more commits: --output review.html shows all\n" in text
    assert f"\n  and {12 - MOST_SCAFFOLDS} more scaffolds: --output review.html shows all\n" in text


def test_targets_without_a_scaffold_are_counted_where_there_is_none_at_all() -> None:
    text = render(replace(DRAFTED, drafts=replace(DRAFTS, messages=(), rewordings=(), scaffolds=())))
    assert "\n\n  no scaffold for 2 targets\n\n" in text


def test_nothing_of_a_draft_that_may_not_be_shown_is_there() -> None:
    text = render(replace(DRAFTED, comments=Label.INTERNAL))
    assert "look accounts up by number" in text
    for hidden in ("floor", "Fees.", "test_core", "2 commits", "2 targets"):
        assert hidden not in text
