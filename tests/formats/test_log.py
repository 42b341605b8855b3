"""What a CI log is shown: nothing of any file, and no command but ours."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from reviewbot.core.findings import Severity, identify
from reviewbot.core.labels import Label
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report, assemble
from reviewbot.formats.log import Service, render
from tests.formats.golden import same
from tests.formats.samples import DRAFTED, DRAFTS, MODELLED, POLICY, SHORT, USUAL, file, finding, hostile_reports

#: As the runner reads a line (actions/runner, ActionCommand.cs): trimmed, then `::name`, or `##[name` anywhere.
COMMAND = re.compile(r"(?i)^::(error|warning|notice|debug|group|endgroup|echo|(add|remove|set|save|stop)-\w+)\b|"
                     r"##(\[|vso\[|teamcity\[)")  # fmt: skip
OURS = re.compile(r"^::(group|endgroup|error|warning|notice)(::| file=)")


@pytest.mark.parametrize("service", ["", "actions", "gitlab"])
def test_the_whole_log(service: Service) -> None:
    same(f"log-{service or 'plain'}.txt", render(USUAL, service))


@pytest.mark.parametrize("service", ["", "actions", "gitlab"])
def test_the_whole_log_of_a_review_by_models(service: Service) -> None:
    text = render(MODELLED, service)
    same(f"log-models-{service or 'plain'}.txt", text)
    assert text == render(SHORT, service)


@pytest.mark.parametrize("service", ["", "actions", "gitlab"])
def test_nothing_above_internal_is_in_it_and_no_word_of_a_model(service: Service) -> None:
    text = render(MODELLED, service)
    assert not [word for word in ("ledger", "fees", "restricted", "row that is missing", "NOBODY", "5e7a", "tokens",
                                  "refuted", "floor") if word in text]  # fmt: skip
    assert "model/logic" in text


@pytest.mark.parametrize("high", range(7))
def test_what_is_annotated_depends_on_nothing_above_internal(high: int) -> None:
    """Comments that may show everything have few places, and restricted findings may take them all."""
    rows = "".join(f"{number}\n" for number in range(9))
    files = [file("low.py", None, rows), file("high.py", None, rows, label=Label.RESTRICTED)]
    low = [finding("a/a", "low.py", line, severity=Severity.LOW) for line in (1, 2, 3)]
    above = [finding("a/b", "high.py", line + 1, severity=Severity.CRITICAL, label=Label.RESTRICTED)
             for line in range(high)]  # fmt: skip
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, ())
    shown = assemble(pull, POLICY, files, identify([*low, *above]), None)
    assert render(shown, "actions").count("\n::notice ") == 3


@pytest.mark.parametrize("service", ["", "actions", "gitlab"])
def test_no_line_of_any_file_is_in_it(service: Service) -> None:
    text = render(USUAL, service)
    lines = {line.text.strip() for file in USUAL.files for hunk in file.hunks for line in hunk.lines}
    assert [line for line in lines if len(line) > 3 and line in text] == []
    assert [finding.body for finding in USUAL.findings if finding.body and finding.body in text] == []


@settings(max_examples=200, deadline=None)
@given(hostile_reports())
def test_a_runner_finds_our_commands_and_no_others(report: Report) -> None:
    for service in ("", "gitlab", "actions"):
        text = render(report, service)
        found = [line for line in re.split(r"[\n\r]", text) if COMMAND.search(line.strip())]
        assert [line for line in found if service != "actions" or not OURS.match(line)] == []


@settings(max_examples=100, deadline=None)
@given(hostile_reports())
def test_an_annotation_has_the_properties_we_gave_it(report: Report) -> None:
    for line in render(report, "actions").split("\n"):
        if match := re.match(r"::(?:error|warning|notice) ([^:]*)::", line):
            keys = [pair.partition("=")[0] for pair in match[1].split(",")]
            assert keys in (["file", "title"], ["file", "title", "line", "endLine"])


@pytest.mark.parametrize("service", ["", "actions", "gitlab"])
def test_of_drafts_there_are_counts_and_only_of_what_a_log_may_show(service: Service) -> None:
    text = render(DRAFTED, service)
    lines = [line for line in text.split("\n") if line.startswith("draft: ")]
    assert lines == ["draft: a commit message", "draft: better messages for 1 commit", "draft: 2 test scaffolds",
                     "draft: no test scaffold for 1 target"]  # fmt: skip
    assert [line for line in text.split("\n") if line not in lines] == render(MODELLED, service).split("\n")


def test_a_stage_that_failed_is_counted() -> None:
    scaffold = replace(DRAFTS.scaffolds[2], label=Label.PUBLIC)
    text = render(replace(DRAFTED, drafts=replace(DRAFTS, scaffolds=(scaffold,))))
    assert "\ndraft: 1 test scaffold, 1 of which failed a stage\n" in text
