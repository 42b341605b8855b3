"""The JSON report and its published schema say the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from reviewbot.core.diff import ChangeKind, Side
from reviewbot.core.drafts import Drafts, Message, Rewording, Scaffold, Stages
from reviewbot.core.findings import Posted, Severity
from reviewbot.core.labels import Label
from reviewbot.core.policy import Source
from reviewbot.core.report import Conclusion, Outcome, Report, Status
from reviewbot.formats.json import document, render
from tests.formats.samples import (
    BY_MODELS,
    DRAFTED,
    DRAFTS,
    DROPPED,
    EMPTY,
    MODELLED,
    QUIET,
    SHORT,
    USUAL,
    hostile_reports,
    large,
)

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


@pytest.mark.parametrize("report", [USUAL, EMPTY, QUIET, BY_MODELS, MODELLED, SHORT, DRAFTED, large(9, 3, 12)])
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


#: As the product's interface has it, every member there and no other.
EXAMPLE: dict[str, Any] = {
    "schema": "reviewbot.report/1", "tool": {"name": "reviewbot", "version": "1.2.3"},
    "pull_request": {"base_sha": "a" * 40, "head_sha": "b" * 40, "number": 7, "title": "Raise a"},
    "policy": {"source": "base", "sha256": "0" * 64},
    "status": "reviewed", "conclusion": "success", "exit_code": 0,
    "files": [{"path": "a.py", "old_path": None, "change": "modified", "label": "internal", "rules": ["default"],
               "route": "hosted", "outcome": "reviewed", "reason": ""}],
    "findings": [{"id": "0123456789abcdef", "rule": "model/logic", "origin": "hosted", "severity": "high",
                  "confidence": 0.9, "path": "a.py", "line": 12, "end_line": 14, "side": "new", "title": "t",
                  "body": "b", "quote": "q", "suggestion": None, "label": "internal", "posted": "inline"}],
    "message": {"subject": "Raise a", "body": "", "label": "internal", "origin": "hosted"},
    "scaffolds": [{"path": "tests/test_x.py", "target": "pkg/x.py::f", "language": "python", "content": "",
                   "stages": {"parsed": True, "collected": True, "ran": None}, "label": "internal",
                   "origin": "hosted"}],
    "usage": [{"backend": "hosted", "model": "m", "calls": 3, "tokens_in": 0, "tokens_out": 0, "cost_usd": 0.0,
               "seconds": {"p50": 0.0, "p95": 0.0, "p99": 0.0, "first_token_p95": None}}],
    "ledger": {"path": "ledger.jsonl", "entries": 3, "head": "0" * 64},
}  # fmt: skip


def test_the_example_of_the_interface_is_valid_and_what_we_write_has_all_its_members() -> None:
    VALIDATOR.validate(EXAMPLE)
    written: dict[str, Any] = json.loads(render(MODELLED))
    assert EXAMPLE.keys() <= written.keys()
    for member in ("files", "findings", "usage"):
        assert EXAMPLE[member][0].keys() <= written[member][0].keys()
    assert EXAMPLE["usage"][0]["seconds"].keys() <= written["usage"][0]["seconds"].keys()


def test_what_models_took_is_in_it_by_backend() -> None:
    read = json.loads(render(MODELLED))
    assert [(one["backend"], one["calls"], one["failed"], one["cost_usd"]) for one in read["usage"]] == [
        ("hosted", 4, 1, 0.005933), ("local", 2, 0, 0.0),
    ]  # fmt: skip
    assert read["usage"][1]["seconds"] == {
        "p50": 11.5, "p95": 14.25, "p99": 14.25, "first_token_p50": None, "first_token_p95": None, "queue_p50": 0.0,
        "queue_p95": 0.0,
    }  # fmt: skip
    assert read["ledger"] == {"path": "out/ledger.jsonl", "entries": 21, "head": "5e7a" * 16}


def test_what_was_put_aside_is_in_it_with_why_and_by_whom() -> None:
    assert [(one["title"], one["reason"], one["label"], one["origin"]) for one in document(MODELLED)["dropped"]] == [  # type: ignore[attr-defined]
        (one.title, one.reason, str(one.label), one.origin) for one in DROPPED
    ]


def test_it_is_for_the_operators_own_disk_and_has_what_comments_may_not_show() -> None:
    (withheld,) = [one for one in json.loads(render(SHORT))["findings"] if one["posted"] == "withheld"]
    assert (withheld["title"], withheld["label"]) == ("The floor can be negative", "restricted")
    assert json.loads(render(SHORT))["usage"] == json.loads(render(MODELLED))["usage"]


def test_all_that_is_offered_is_in_it_as_it_is() -> None:
    written = json.loads(render(DRAFTED))
    message, commits = written["message"], written["message"].pop("commits")
    assert message == {
        "subject": DRAFTS.messages[1].subject, "body": DRAFTS.messages[1].body, "label": "restricted",
        "origin": "local", "notice": "",
    }  # fmt: skip
    assert [(one["sha"], one["subject"], tuple(one["problems"]), one["message"]["subject"], tuple(one["commands"]))
            for one in commits] == [(one.commit, one.subject, one.problems, one.message.subject, one.commands)
                                    for one in DRAFTS.rewordings]  # fmt: skip
    assert [(one["path"], one["framework"], one["content"], one["unwritten"], tuple(one["notices"]))
            for one in written["scaffolds"]] == [(one.path, one.framework, one.content, one.unwritten, one.notices)
                                                 for one in DRAFTS.scaffolds]  # fmt: skip
    assert [one["stages"] for one in written["scaffolds"]] == [
        {"parsed": True, "collected": None, "ran": None, "killed": None},
        {"parsed": True, "collected": True, "ran": True, "killed": True},
        {"parsed": True, "collected": True, "ran": False, "killed": None},
    ]
    assert [(one["target"], one["reason"], one["label"]) for one in written["refused"]] == [
        (target, reason, str(label)) for target, reason, label in DRAFTS.refused
    ]


def test_without_drafts_there_is_no_message_and_no_scaffold() -> None:
    written = json.loads(render(USUAL))
    assert (written["message"], written["scaffolds"], written["refused"]) == (None, [], [])


def test_no_draft_about_a_credential_is_in_it() -> None:
    secret = replace(DRAFTS, messages=tuple(replace(one, label=Label.SECRET) for one in DRAFTS.messages),
                     scaffolds=(replace(DRAFTS.scaffolds[0], label=Label.SECRET),))  # fmt: skip
    written = json.loads(render(replace(DRAFTED, drafts=secret)))
    assert (written["message"], written["scaffolds"]) == (None, [])


def test_no_text_of_a_draft_is_more_than_utf8_can_hold() -> None:
    odd = "\udce9"
    message = Message(odd, odd, Label.PUBLIC, odd, odd)
    made = Drafts(messages=(message,), rewordings=(Rewording(odd, odd, (odd,), message, (odd,)),),
                  scaffolds=(Scaffold(odd, odd, odd, odd, odd, Stages(True), Label.PUBLIC, odd, 1, (odd,)),),
                  refused=((odd, odd, Label.PUBLIC),))  # fmt: skip
    text = render(replace(EMPTY, drafts=made))
    assert "\\udce9" not in text
    assert text.count('"\\\\xe9"') == 21
