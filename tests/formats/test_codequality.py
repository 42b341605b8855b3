"""Code Quality entries as GitLab reads them."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings

from reviewbot.core.report import Report
from reviewbot.formats.codequality import render
from tests.formats.golden import same
from tests.formats.samples import FEES_NEW, FEES_OLD, MODELLED, SHORT, USUAL, file, finding, hostile_reports, report


def entries(shown: Report) -> list[dict[str, Any]]:
    return list(json.loads(render(shown)))


def test_the_whole_report() -> None:
    same("gl-code-quality-report.json", render(USUAL))


def test_a_report_by_models_has_what_comments_may_show() -> None:
    assert [(entry["check_name"], entry["severity"]) for entry in entries(MODELLED)] == [
        ("credentials/added", "blocker"), ("model/security", "blocker"), ("model/logic", "critical"),
        ("calls/sql", "critical"),
    ]  # fmt: skip
    assert [entry["check_name"] for entry in entries(SHORT)] == ["credentials/added", "model/logic", "calls/sql"]


@settings(max_examples=100)
@given(hostile_reports())
def test_hostile_reports_have_what_gitlab_needs(shown: Report) -> None:
    text = render(shown)
    assert re.fullmatch(r"[\n -~]*", text)
    for entry in json.loads(text):
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["lines"]["begin"] >= 1
        assert entry["location"]["path"]
        assert not set(entry["description"]) & set("\n\r\x1b\u202e")


def test_fingerprints_differ_where_findings_are_equal() -> None:
    shown = report((), [finding("debug/left", "x.py", line, quote="print()") for line in (1, 9)])
    assert len({entry["fingerprint"] for entry in entries(shown)}) == 2


def test_a_removed_line_stands_where_it_was_taken_from() -> None:
    moved = file("api/fees.py", FEES_OLD, FEES_NEW, old_path="ledger/fees.py", change="renamed")
    shown = report([moved], [finding("debug/left", "ledger/fees.py", 3, side="old")])
    (entry,) = entries(shown)
    assert entry["location"] == {"path": "api/fees.py", "lines": {"begin": 2}}


def test_what_is_withheld_from_the_forge_is_not_in_it() -> None:
    assert entries(report((), [finding("debug/left", "x.py", 1, posted="withheld")])) == []
