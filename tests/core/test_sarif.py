"""SARIF of several linters: what is read of it, and that nothing in it is believed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label
from reviewbot.core.remarks import Remark, project
from reviewbot.core.sarif import MAX_LOG, notices, parse
from reviewbot.errors import ConfigError
from reviewbot.formats import sarif as ours
from tests.core.changes import internal, pull
from tests.formats.samples import USUAL
from tests.readings import diff

DATA = Path(__file__).parent / "data"
JOBS = """\
import subprocess
import yaml


def load(path, seen=[]):
    with open(path) as stream:
        seen.append(yaml.load(stream))
    return seen


def run(command):
    return subprocess.call(command, shell=True)  # nosec


def total(rows):
    return summ(rows)
"""
CART = """\
export function total(items) {
  let sum = 0;
  for (const item of items) {
    if (item.price = 0) continue;
    sum += item.price;
  }
  // eslint-disable-next-line no-undef
  return round(sum);
}
"""
SHOP = pull(diff("app/jobs.py", None, JOBS), diff("web/cart.js", None, CART))


def result(line: int = 1, uri: str = "a.py", text: str = "Bad.", **more: Any) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}
    return {"ruleId": "R1", "message": {"text": text}, "locations": [place], **more}


def run(*results: dict[str, Any], name: str = "Tool", rules: list[dict[str, Any]] | None = None, **more: Any) -> Any:
    return {"tool": {"driver": {"name": name, "rules": rules or []}}, "results": list(results), **more}


def log(*runs: dict[str, Any]) -> bytes:
    return json.dumps({"version": "2.1.0", "runs": list(runs)}).encode()


def only(*results: dict[str, Any], **more: Any) -> Remark:
    (remark,) = parse("x.sarif", log(run(*results, **more))).remarks
    return remark


def severity(rule: dict[str, Any] | None = None, **more: Any) -> Severity:
    rules = [{"id": "R1", **rule}] if rule else []
    return only(result(**more), rules=rules).severity


def told(name: str) -> list[tuple[str, int | None, str]]:
    remarks = parse(name, (DATA / name).read_bytes()).remarks
    return sorted(
        (finding.rule, finding.location.line, str(finding.severity))
        for finding in project(remarks, SHOP, internal).findings
    )


def test_logs_of_real_tools_become_findings_on_the_lines_they_name() -> None:
    assert told("ruff.sarif") == [
        ("ruff/B006", 5, "medium"), ("ruff/F821", 16, "medium"), ("ruff/S506", 7, "medium"),
        ("ruff/S602", 12, "medium"),
    ]  # fmt: skip
    assert told("bandit.sarif") == [
        ("bandit/B404", 1, "low"),
        ("bandit/B506", 7, "medium"),
        ("bandit/B602", 12, "high"),
    ]
    assert told("eslint.sarif") == [("eslint/no-cond-assign", 4, "high"), ("eslint/no-undef", 8, "info")]


def test_our_own_reports_are_read_back() -> None:
    shown = [one for one in USUAL.findings if one.location.side == "new"]
    told = parse("ours.sarif", ours.render(USUAL).encode()).remarks
    back = {(one.rule, one.path, one.line, one.end_line) for one in told}
    assert back >= {(one.rule, one.location.path, one.location.line, one.location.end_line) for one in shown}
    assert {one.rule: one.severity for one in told} == {one.rule: one.severity for one in USUAL.findings}
    assert {one.rule: one.confidence for one in told} == pytest.approx(
        {one.rule: one.confidence for one in USUAL.findings}
    )


def test_a_level_is_a_severity_and_a_score_wins() -> None:
    assert [severity(level=level) for level in ("error", "warning", "note", "none", "odd", None)] == [
        Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO, Severity.MEDIUM, Severity.MEDIUM,
    ]  # fmt: skip
    assert severity({"defaultConfiguration": {"level": "error"}}) == Severity.HIGH
    scores = [
        severity({"properties": {"security-severity": score}}, level="note") for score in ("9.0", 8.9, "4", 0.1, "0.0")
    ]
    assert scores == [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO]


@pytest.mark.parametrize("score", ["nan", "inf", "-1", "11", "high", None, True, [9], "9" * 400, 10**400])
def test_what_is_no_score_says_nothing(score: object) -> None:
    assert severity({"properties": {"security-severity": score}}, level="error") == Severity.HIGH


def test_a_result_that_is_no_failure_is_information_or_nothing() -> None:
    kinds = ("pass", "notApplicable", "open", "informational")
    log_ = log(run(*(result(n, kind=kind) for n, kind in enumerate(kinds, 1)), result(5), result(6, level="error")))
    read = parse("x.sarif", log_)
    assert [(one.line, str(one.severity)) for one in read.remarks] == [
        (3, "info"),
        (4, "info"),
        (5, "medium"),
        (6, "high"),
    ]
    assert (read.read, read.put_aside) == (6, 2)


def test_what_was_there_before_and_what_the_operator_suppressed_is_put_aside() -> None:
    results = [
        result(1, baselineState="unchanged"), result(2, baselineState="absent"), result(3, baselineState="new"),
        result(4, suppressions=[{"kind": "external"}]),
        result(5, suppressions=[{"kind": "external", "status": "rejected"}]),
        result(6, suppressions=[{"kind": "external", "status": "underReview"}], baselineState="updated"),
    ]  # fmt: skip
    assert [one.line for one in parse("x.sarif", log(run(*results))).remarks] == [3, 5, 6]


def test_a_comment_in_the_change_silences_nothing() -> None:
    remark = only(result(suppressions=[{"kind": "inSource"}], level="error"))
    assert remark.severity == Severity.INFO


def test_a_rule_is_found_by_index_by_id_by_family_and_in_extensions() -> None:
    rules = [{"id": "R0"}, {"id": "R1", "shortDescription": {"text": "About R1"}}]
    more = [{"name": "pack", "rules": [{"id": "P1", "shortDescription": {"text": "About P1"}}]}]
    tool = {"tool": {"driver": {"name": "Code QL", "rules": rules}, "extensions": more}}
    results = [
        {**result(1, text=""), "ruleIndex": 1}, result(2, text=""), {**result(3, text=""), "ruleId": "R1/part"},
        {**result(4, text=""), "ruleId": "P1"},
        {**result(5, text=""), "ruleId": None, "rule": {"index": 0, "toolComponent": {"index": 0}}},
        {**result(6, text=""), "ruleId": None, "rule": {"index": 0, "toolComponent": {"name": "pack"}}},
        {**result(7, text=""), "ruleId": None, "ruleIndex": 99},
    ]  # fmt: skip
    told = parse("x.sarif", log({**tool, "results": results})).remarks
    assert [(one.rule, one.message) for one in told] == [
        ("R1", "About R1"), ("R1", "About R1"), ("R1/part", "About R1"), ("P1", "About P1"), ("P1", "About P1"),
        ("P1", "About P1"), ("unnamed", ""),
    ]  # fmt: skip
    assert {one.tool for one in told} == {"code-ql"}


def test_a_message_is_filled_in_and_its_markup_is_not_read() -> None:
    rules = [{"id": "R1", "messageStrings": {"default": {"text": "{0} flows to {1}, {{not}} {2}"}}}]
    by_id = {**result(), "message": {"id": "default", "arguments": ["a", "b"]}}
    assert only(by_id, rules=rules).message == "a flows to b, {not} {2}"
    linked = "This depends on [a value](1), see [docs](https://example.org/x) and f(x)[0](y)."
    assert only(result(text=linked)).message == "This depends on a value, see docs and f(x)0."
    assert only({**result(), "message": {"markdown": "**no**"}}).message == ""


def test_arguments_cannot_swell_a_message() -> None:
    swollen = {**result(), "message": {"text": "{0}" * 100_000, "arguments": ["x" * 100_000]}}
    assert len(only(swollen).message) < 2_000_000


BASES: dict[str, Any] = {
    "originalUriBaseIds": {
        "%SRCROOT%": {"description": {"text": "the checkout"}}, "HOME": {"uri": "file:///home/runner/"},
        "WORK": {"uri": "work/shop/", "uriBaseId": "HOME"}, "SRC": {"uri": "src", "uriBaseId": "%SRCROOT%"},
        "A": {"uri": "x/", "uriBaseId": "B"}, "B": {"uri": "y/", "uriBaseId": "A"},
    },
    "artifacts": [{"location": {"uri": "from/index.py"}}, {}],
}  # fmt: skip


@pytest.mark.parametrize(("uri", "base", "path"), [
    ("a.py", None, "a.py"), ("./src//a.py", None, "src/a.py"), ("src/../a.py", None, "a.py"),
    ("src\\win.py", None, "src/win.py"), ("odd%5Cname.py", None, "odd\\name.py"), ("caf%C3%A9.py", None, "café.py"),
    ("caf%E9.py", None, "caf\udce9.py"), ("100%.py", None, "100%.py"), ("a%20b.py", "%SRCROOT%", "a b.py"),
    ("a.py", "UNKNOWN", "a.py"), ("a.py", "SRC", "src/a.py"), ("a.py", "WORK", "/home/runner/work/shop/a.py"),
    ("file:///repo/a.py", "WORK", "/repo/a.py"), ("file://host/share/a.py", None, "/share/a.py"),
    ("file:/repo/a.py", None, "/repo/a.py"), ("file:///C:/repo/a.py", None, "/C:/repo/a.py"),
    ("C:\\repo\\a.py", None, "/C:/repo/a.py"), ("/repo/a.py", None, "/repo/a.py"),
])  # fmt: skip
def test_a_location_is_a_path(uri: str, base: str | None, path: str) -> None:
    one = result()
    one["locations"][0]["physicalLocation"]["artifactLocation"] = {"uri": uri, "uriBaseId": base}
    assert only(one, **BASES).path == path


@pytest.mark.parametrize("location", [
    {"uri": "https://example.org/a.py"}, {"uri": "javascript:alert(1)"}, {"uri": "data:text/plain,x"}, {"uri": ""}, {},
    {"uri": "../a.py"}, {"uri": "a/../../b.py"}, {"uri": "%2e%2e/a.py"}, {"uri": "."}, {"index": 1}, {"index": 9},
    {"index": -1}, {"uri": "d/" * 200 + "a.py"}, {"uri": "a" * 5000}, {"uri": "a" * 3000, "uriBaseId": "A"},
])  # fmt: skip
def test_what_is_no_file_of_a_checkout_is_put_aside(location: dict[str, Any]) -> None:
    one = result()
    one["locations"][0]["physicalLocation"]["artifactLocation"] = location
    bases = {**BASES, "originalUriBaseIds": {"A": {"uri": "x" * 2000, "uriBaseId": "A"}}}
    read = parse("x.sarif", log(run(one, {**result(), "locations": []}, **bases)))
    assert (read.remarks, read.put_aside) == ((), 2)


def test_a_location_may_point_into_the_artifacts_and_bases_may_go_in_circles() -> None:
    one = result()
    one["locations"][0]["physicalLocation"]["artifactLocation"] = {"index": 0}
    assert only(one, **BASES).path == "from/index.py"
    one["locations"][0]["physicalLocation"]["artifactLocation"] = {"uri": "a.py", "uriBaseId": "A"}
    assert only(one, **BASES).path.endswith("y/x/a.py")


def test_the_other_files_of_a_result_are_kept() -> None:
    def at(uri: str) -> dict[str, Any]:
        return {"physicalLocation": {"artifactLocation": {"uri": uri}}}

    one = result(
        relatedLocations=[at("r.py")], codeFlows=[{"threadFlows": [{"locations": [{"location": at("s.py")}]}]}]
    )
    one["locations"].append(at("l.py"))
    assert only(one).also == ("l.py", "r.py", "s.py")


def test_a_tool_that_did_not_get_through_is_named() -> None:
    log_ = log(run(result(), invocations=[{"executionSuccessful": False}]), run(name="Fine", invocations=[{}]))
    assert parse("x.sarif", log_).unfinished == ("tool",)


def test_the_run_says_what_came_of_each_log() -> None:
    first = parse("a.sarif", log(run(result(1, "web/cart.js"), result(1, "gone.js"), result(99, "web/cart.js"))))
    aside = run(result(1, "web/cart.js"), result(kind="pass"), invocations=[{"executionSuccessful": False}])
    second, empty = parse("b\n.sarif", log(aside)), parse("c.sarif", log(run()))
    done = project((*first.remarks, *second.remarks), SHOP, internal)
    assert len(done.findings) == 1
    assert list(notices([first, second, empty], replace(done, over_limit=1234))) == [
        "a.sarif: 3 results, 1 on changed lines, 1 on files that the head does not have",
        "b\\n.sarif: 2 results, 1 on changed lines, 1 put aside",
        "b\\n.sarif: tool says that it did not get through",
        "c.sarif: 0 results, 0 on changed lines",
        "1,234 more findings of linters are left out",
    ]


@pytest.mark.parametrize(("data", "message"), [
    (b"", "x.sarif:1: not JSON: EOF while parsing a value"),
    (b"{\n\n]", "x.sarif:3: not JSON: key must be a string"),
    (b"[" * 100_000, "x.sarif:1: not JSON: recursion limit exceeded"),
    (b'{"version": "2.1.0"}', "x.sarif: runs: is missing"),
    (b'{"version": "2.0.0", "runs": []}', "x.sarif: version: SARIF 2.0.0; only 2.1.0 is read"),
    (b'{"version": "2.1.0", "runs": [{"results": []}]}', "x.sarif: runs[0].tool: is missing"),
    ('{"version": "2.1.0", "runs": []}'.encode("utf-16"), "x.sarif: UTF-16 or UTF-32; SARIF is UTF-8"),
    ('{"version": "2.1.0"}'.encode("utf-16-le"), "x.sarif: UTF-16 or UTF-32; SARIF is UTF-8"),
    (b'{\n"version": "\xff"}', "x.sarif:2: not UTF-8"),
    (b" " * (MAX_LOG + 1), "x.sarif: larger than 32 MiB"),
    (log(run(result(level=3))), "x.sarif: runs[0].results[0].level: should be a valid string"),
    (log(run(result("SECRET"))),  # type: ignore[arg-type]
     "x.sarif: runs[0].results[0].locations[0].physicalLocation.region.startLine: should be a valid integer"),
])  # fmt: skip
def test_what_is_wrong_is_one_line_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse("x.sarif", data)
    assert str(raised.value) == message


def test_a_byte_order_mark_and_nulls_are_accepted() -> None:
    nulls = {**result(), "ruleIndex": None, "level": None, "suppressions": None, "codeFlows": None}
    assert len(parse("x.sarif", b"\xef\xbb\xbf" + log(run(nulls, invocations=None, artifacts=None))).remarks) == 1
    assert parse("x.sarif", log({**run(), "results": None})).remarks == ()


def test_names_are_made_harmless() -> None:
    hostile = "\x1b[31m<b>\u202e::error::\n" + "x" * 10_000
    remark = only({**result(), "ruleId": hostile}, name=hostile)
    assert remark.tool == "31m-b-error-" + "x" * 28
    assert remark.rule.startswith("31m-b-::error::-xxx") and len(remark.rule) <= 100
    assert only({**result(), "ruleId": "\u202e"}, name="\n").tool == "linter"


SAMPLES = [(DATA / name).read_bytes() for name in ("ruff.sarif", "bandit.sarif", "eslint.sarif")]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("%SRCROOT%"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["uri", "index", "text", "id", "level", "rules", "results", "region", "startLine"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real log in which a few values are others."""
    document = json.loads(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        node = document
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and node[key] and draw(st.integers(0, 4)):
                node = node[key]
                continue
            node[key] = draw(JUNK)
            break
    return json.dumps(document).encode()


@settings(deadline=None, max_examples=120)
@given(
    mutated()
    | st.binary(max_size=200)
    | st.builds(lambda log, n: log[:n], st.sampled_from(SAMPLES), st.integers(0, 6000))
)
def test_any_document_is_read_or_refused_by_name(data: bytes) -> None:
    try:
        remarks = parse("x.sarif", data).remarks
    except ConfigError as error:
        assert str(error).startswith("x.sarif") and "\n" not in str(error)
        return
    for finding in project(remarks, SHOP, internal).findings:
        added = SHOP.files[finding.location.path == "web/cart.js"].changed_numbers("new")
        assert finding.location.line is None or finding.location.line in added
        assert finding.label == Label.PUBLIC or finding.label == Label.INTERNAL
