"""Metrics that a Prometheus parser reads."""

from __future__ import annotations

from hypothesis import given, settings
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from reviewbot.core.report import Report
from reviewbot.formats.openmetrics import render
from tests.formats.samples import BY_MODELS, EMPTY, USUAL, hostile_reports


def samples(report: Report) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels, read back from the text."""
    families = list(text_string_to_metric_families(render(report)))  # type: ignore[no-untyped-call]
    return {(item.name, frozenset(item.labels.items())): item.value for family in families for item in family.samples}


def value(report: Report, name: str, **labels: str) -> float:
    return samples(report)[name, frozenset(labels.items())]


def test_files_are_counted_by_outcome_and_label() -> None:
    assert value(USUAL, "reviewbot_files", outcome="checked", label="restricted") == 2
    assert value(USUAL, "reviewbot_files", outcome="failed", label="internal") == 1
    assert value(EMPTY, "reviewbot_files", outcome="failed", label="secret") == 0


def test_findings_are_counted_by_severity() -> None:
    assert value(USUAL, "reviewbot_findings", severity="high") == 3
    assert value(EMPTY, "reviewbot_findings", severity="high") == 0


def test_the_run_is_told() -> None:
    assert value(USUAL, "reviewbot_exit_code") == 3
    facts = {"version": "1.2.3", "status": "partial", "conclusion": "failure", "policy_source": "base"}
    assert value(USUAL, "reviewbot_run_info", **facts) == 1


def test_readers_are_counted() -> None:
    assert value(BY_MODELS, "reviewbot_routed_files", route="hosted") == 1
    assert value(BY_MODELS, "reviewbot_routed_files", route="local") == 1


@settings(max_examples=100)
@given(hostile_reports())
def test_hostile_reports_can_be_read_and_lines_add_up(report: Report) -> None:
    assert render(report).endswith("\n# EOF\n")
    read = samples(report)
    lines = sum(number for (name, _), number in read.items() if name == "reviewbot_changed_lines")
    assert lines == sum(file.added + file.removed for file in report.files)
    assert sum(number for (name, _), number in read.items() if name == "reviewbot_files") == len(report.files)
