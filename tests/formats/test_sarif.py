"""SARIF that the official schema accepts, and that says what was not read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from reviewbot.core.report import Report
from reviewbot.formats.sarif import plain, render, uri
from tests.formats.samples import (
    BY_MODELS,
    EMPTY,
    MODELLED,
    RULES,
    SHORT,
    USUAL,
    finding,
    hostile_path,
    hostile_reports,
    large,
    report,
)

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text())
VALIDATOR = Draft7Validator(SCHEMA)


def run(shown: Report) -> dict[str, Any]:
    (only,) = json.loads(render(shown))["runs"]
    return dict(only)


def results(shown: Report) -> dict[str, dict[str, Any]]:
    return {result["ruleId"]: result for result in run(shown)["results"]}


@pytest.mark.parametrize("shown", [USUAL, EMPTY, BY_MODELS, MODELLED, SHORT, large(4, 3, 9)])
def test_reports_are_valid(shown: Report) -> None:
    VALIDATOR.validate(json.loads(render(shown)))


@settings(max_examples=25, deadline=None)
@given(hostile_reports())
def test_hostile_reports_are_valid_ascii(shown: Report) -> None:
    text = render(shown)
    VALIDATOR.validate(json.loads(text))
    assert re.fullmatch(r"[\n -~]*", text)


def test_every_rule_that_ran_is_described_and_results_point_at_theirs() -> None:
    rules = run(USUAL)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run(USUAL)["results"])
    assert run(BY_MODELS)["tool"]["driver"]["rules"][-1]["id"] == "null/deref"


def test_severities_keep_their_order() -> None:
    assert {name: result["level"] for name, result in results(USUAL).items()} == {
        "credentials/added": "error", "calls/sql": "error", "config/unparsable": "error", "move/zone": "error",
        "exceptions/swallowed": "warning", "debug/left": "note",
    }  # fmt: skip


def test_lines_are_those_of_the_new_side() -> None:
    places = {name: result["locations"][0]["physicalLocation"] for name, result in results(USUAL).items()}
    assert places["exceptions/swallowed"]["region"] == {"startLine": 9, "endLine": 10}
    assert "region" not in places["move/zone"]


def test_a_removed_line_is_named_and_points_into_no_file_that_lacks_it() -> None:
    removed = results(USUAL)["debug/left"]
    assert "region" not in removed["locations"][0]["physicalLocation"]
    assert removed["message"]["text"].startswith("Debug output removed (removed line 3).")


def test_a_suggestion_is_a_fix_of_whole_lines() -> None:
    (fix,) = results(USUAL)["calls/sql"]["fixes"]
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 8, "endLine": 8}
    assert replacement["insertedContent"]["text"].endswith("fetchone()")


def test_what_was_not_read_is_notified() -> None:
    (invocation,) = run(USUAL)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    notified = [(note["level"], note["message"]["text"][:15]) for note in invocation["toolExecutionNotifications"]]
    assert notified == [("warning", "The head's poli"), ("note", "skipped: binary"), ("error", "failed: git obj")]


def test_what_is_withheld_from_the_forge_is_not_in_it() -> None:
    shown = report((), [finding("calls/sql", "x.py", 1, posted="withheld"), finding("debug/left", "x.py", 1)])
    assert list(results(shown)) == ["debug/left"]


def test_what_a_model_says_is_a_result_with_its_origin_and_a_fix() -> None:
    found = results(MODELLED)["model/logic"]
    assert (found["properties"]["origin"], found["rank"]) == ("hosted", 90.0)
    (fix,) = found["fixes"]
    assert fix["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "        return found or NOBODY"}


def test_above_the_clearance_of_comments_there_is_no_result_no_file_and_no_account() -> None:
    text = render(SHORT)
    assert not [word for word in ("ledger", "fees", "MINIMUM", '"restricted"', "5e7a", "tokens") if word in text]
    notes = run(SHORT)["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"][:20] for note in notes] == ["local is not used fo", "failed: hosted: rate"]
    assert run(SHORT)["invocations"][0]["exitCode"] == 3


@given(hostile_path)
def test_a_path_is_a_reference_below_the_root_and_keeps_its_bytes(path: str) -> None:
    reference = uri(path)
    assert unquote_to_bytes(reference) == path.encode("utf-8", "surrogateescape")
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]*", reference)
    assert ":" not in urljoin("file:///r/", reference).removeprefix("file:")


def test_dots_do_not_climb() -> None:
    assert uri("../../etc/passwd") == "%2E%2E/%2E%2E/etc/passwd"


@given(st.text(st.sampled_from("[](){}ab \n"), max_size=20))
def test_a_message_holds_no_link(text: str) -> None:
    assert "](" not in plain(text)
