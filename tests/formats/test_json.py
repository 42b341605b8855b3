"""The JSON report and its published schema say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from reviewbot.core.diff import ChangeKind, Side
from reviewbot.core.findings import Posted, Severity
from reviewbot.core.labels import Label
from reviewbot.core.policy import Source
from reviewbot.core.report import Conclusion, Outcome, Report, Status
from reviewbot.formats.json import document, render
from tests.formats.samples import BY_MODELS, EMPTY, QUIET, USUAL, hostile_reports, large

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
#: What a run with models, drafts and a ledger writes beyond the rest.
FULL = {
    "message": {"subject": "Speed up accounts", "body": "", "label": "restricted", "origin": "local"},
    "scaffolds": [{
        "path": "tests/test_x.py", "target": "pkg/x.py::f", "language": "python", "content": "def test_f(): ...",
        "stages": {"parsed": True, "collected": True, "ran": None}, "label": "internal", "origin": "hosted",
    }],
    "usage": [{
        "backend": "hosted", "model": "codestral-2508", "calls": 3, "tokens_in": 1, "tokens_out": 2, "cost_usd": 0.1,
        "seconds": {"p50": 0.1, "p95": 0.2, "p99": 0.3, "first_token_p95": None},
    }],
    "ledger": {"path": "ledger.jsonl", "entries": 3, "head": "0" * 64},
}  # fmt: skip


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", [USUAL, EMPTY, QUIET, BY_MODELS, large(9, 3, 12)])
def test_reports_are_valid(report: Report) -> None:
    VALIDATOR.validate(json.loads(render(report)))


@settings(max_examples=50)
@given(hostile_reports())
def test_hostile_reports_are_valid_ascii(report: Report) -> None:
    text = render(report)
    VALIDATOR.validate(json.loads(text))
    assert re.fullmatch(r"[\n -~]*", text)


def test_a_full_document_is_valid() -> None:
    VALIDATOR.validate({**document(USUAL), **FULL})


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_no_key_may_lack_and_none_may_be_added(key: str) -> None:
    whole = {**document(USUAL), **FULL}
    for broken in ({name: value for name, value in whole.items() if name != key}, {**whole, "added": 1}):
        with pytest.raises(ValidationError):
            VALIDATOR.validate(broken)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (get_args(Source), SCHEMA["properties"]["policy"]["properties"]["source"]),
        (get_args(Status), SCHEMA["properties"]["status"]),
        (get_args(Conclusion), SCHEMA["properties"]["conclusion"]),
        (get_args(ChangeKind), SCHEMA["$defs"]["file"]["properties"]["change"]),
        (get_args(Outcome), SCHEMA["$defs"]["file"]["properties"]["outcome"]),
        (map(str, Severity), SCHEMA["$defs"]["finding"]["properties"]["severity"]),
        (get_args(Side), SCHEMA["$defs"]["finding"]["properties"]["side"]),
        (get_args(Posted), SCHEMA["$defs"]["finding"]["properties"]["posted"]),
        (map(str, Label), SCHEMA["$defs"]["label"]),
    ],
)
def test_the_schema_has_the_words_of_the_code(words: tuple[str, ...], place: dict[str, Any]) -> None:
    assert sorted(words) == sorted(place["enum"])


def test_the_order_is_from_the_worst() -> None:
    ranks = [Severity[item["severity"].upper()] for item in json.loads(render(USUAL))["findings"]]
    assert ranks == sorted(ranks, reverse=True)


def test_a_finding_about_a_whole_file_has_no_line() -> None:
    (whole,) = [item for item in json.loads(render(USUAL))["findings"] if item["rule"] == "move/zone"]
    assert (whole["line"], whole["end_line"]) == (None, None)
