"""Metrics that a Prometheus parser reads."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from reviewbot.core.labels import Label
from reviewbot.core.report import Report, status_of
from reviewbot.core.summary import published
from reviewbot.formats.openmetrics import render
from tests.formats.samples import BY_MODELS, DRAFTED, EMPTY, MODELLED, USUAL, hostile_reports


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


def test_what_models_did_is_measured_by_backend() -> None:
    assert value(MODELLED, "reviewbot_calls", backend="hosted", outcome="answered") == 3
    assert value(MODELLED, "reviewbot_calls", backend="hosted", outcome="failed") == 1
    assert value(MODELLED, "reviewbot_tokens", backend="local", direction="in") == 2048
    assert value(MODELLED, "reviewbot_tokens", backend="local", direction="out") == 0
    assert value(MODELLED, "reviewbot_cost_usd", backend="hosted") == 0.005933
    assert value(MODELLED, "reviewbot_call_seconds", backend="hosted", quantile="0.5") == 1.42
    assert value(MODELLED, "reviewbot_call_seconds", backend="local", quantile="0.99") == 14.25
    assert value(MODELLED, "reviewbot_first_token_seconds", backend="hosted", quantile="0.95") == 0.82
    assert value(MODELLED, "reviewbot_queue_seconds", backend="hosted", quantile="0.95") == 0.21
    assert value(MODELLED, "reviewbot_routed_files", route="hosted+local") == 1


def test_what_was_not_measured_is_not_said() -> None:
    found = samples(MODELLED)
    assert not [labels for name, labels in found
                if name == "reviewbot_first_token_seconds" and ("backend", "local") in labels]  # fmt: skip
    assert not [name for name, _ in samples(EMPTY) if name.startswith(("reviewbot_call", "reviewbot_tokens"))]


@settings(max_examples=100)
@given(hostile_reports())
def test_every_call_is_counted_once_whatever_a_backend_is_called(report: Report) -> None:
    calls = sum(number for (name, _), number in samples(report).items() if name == "reviewbot_calls")
    assert calls == sum(one.calls for one in published(report).usage)


@settings(max_examples=100)
@given(hostile_reports())
def test_hostile_reports_can_be_read_and_lines_add_up(report: Report) -> None:
    assert render(report).endswith("\n# EOF\n")
    read = samples(report)
    lines = sum(number for (name, _), number in read.items() if name == "reviewbot_changed_lines")
    assert lines == sum(file.added + file.removed for file in published(report).files)
    assert sum(number for (name, _), number in read.items() if name == "reviewbot_files") == len(
        published(report).files
    )


def test_what_a_forge_may_not_show_is_not_counted() -> None:
    short = replace(USUAL, comments=Label.INTERNAL)
    assert value(short, "reviewbot_files", outcome="checked", label="restricted") == 0
    low = tuple(file for file in USUAL.files if file.label <= Label.INTERNAL)
    said = tuple(one for one in USUAL.findings if one.label <= Label.INTERNAL)
    assert render(replace(short, status=status_of(low))) == render(replace(short, files=low, findings=said))


def test_drafts_are_counted_by_kind_and_scaffolds_by_stage_as_far_as_they_may_be_shown() -> None:
    kinds = ("message", "rewording", "scaffold", "refused")
    short = replace(DRAFTED, comments=Label.INTERNAL)
    assert [value(DRAFTED, "reviewbot_drafts", kind=kind) for kind in kinds] == [1, 2, 3, 2]
    assert [value(short, "reviewbot_drafts", kind=kind) for kind in kinds] == [1, 1, 2, 1]
    assert [value(EMPTY, "reviewbot_drafts", kind=kind) for kind in kinds] == [0, 0, 0, 0]
    states = ("passed", "failed", "untried")
    assert [value(DRAFTED, "reviewbot_scaffolds", stage="ran", state=state) for state in states] == [1, 1, 1]
    assert [value(short, "reviewbot_scaffolds", stage="ran", state=state) for state in states] == [1, 0, 1]
    assert value(EMPTY, "reviewbot_scaffolds", stage="killed", state="passed") == 0
