"""Reports to render: a usual one, an empty one, a large one, and any number of hostile ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from hypothesis import strategies as st

from reviewbot.core.answers import Usage
from reviewbot.core.diff import ChangeKind, Hunk, Line
from reviewbot.core.drafts import OURS, Drafts, Message, Rewording, Scaffold, Stages
from reviewbot.core.findings import Dropped, Finding, Location, Posted, Rule, Severity, identify, rank
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.policy import Policy
from reviewbot.core.policy import Rule as Sensitivity
from reviewbot.core.report import Conclusion, FileReport, Outcome, Record, Report, Status
from reviewbot.core.text import visible
from tests.readings import hunks

POLICY = Policy(
    rules=(
        Sensitivity(Label.RESTRICTED, ("ledger/**",), (), "core ledger", ".reviewbot.toml", 5),
        Sensitivity(Label.CONFIDENTIAL, (), ("iban",), "account numbers", "finance", 21),
    ),
    default=Label.INTERNAL, source="base", sha256="5f0c" * 16,
)  # fmt: skip
RULES = (
    Rule("credentials/added", Severity.CRITICAL, "Credential in the change",
         "Everyone who can read the repository can use it: rotate it, then load it from a secret store.", 0.9),
    Rule("calls/sql", Severity.HIGH, "SQL built by formatting",
         "Who controls the value controls the query: pass it as a parameter.", 0.9),
    Rule("exceptions/swallowed", Severity.MEDIUM, "Swallowed exception", "The failure leaves no trace.", 0.9),
    Rule("config/unparsable", Severity.HIGH, "No longer parses", "The base version did; this one does not.", 0.99),
    Rule("move/zone", Severity.HIGH, "Left a restricted zone", "Its owner should agree.", 0.9),
    Rule("debug/left", Severity.LOW, "Debug output left in", "It writes to standard output in production.", 0.7),
)  # fmt: skip

LEDGER_OLD = """\
class Ledger:
    def post(self, debit, credit, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.journal.append((debit, credit, amount))
"""
API_OLD = """\
import sqlite3


def account(connection, number):
    return connection.execute("select name, cents from account where number = ?", (number,)).fetchone()
"""
API_NEW = """\
import sqlite3

TOKEN = "⟦github-token⟧"


def account(connection, number):
    try:
        return connection.execute(f"select name, cents from account where number = '{number}'").fetchone()
    except Exception:
        pass
"""
FEES_OLD = """\
def fee(amount, tier):
    rate = RATES.get(tier, DEFAULT)
    print("fee", amount, tier)
    return max(amount * rate, FLOOR)
"""
FEES_NEW = FEES_OLD.replace('    print("fee", amount, tier)\n', "").replace("FLOOR", "MINIMUM")


def file(path: str, old: str | None, new: str | None, *, label: Label = Label.INTERNAL,
         rules: tuple[str, ...] = ("default",), old_path: str | None = None, change: ChangeKind | None = None,
         outcome: Outcome = "checked", route: str | None = None, reason: str = "",
         warnings: tuple[str, ...] = ()) -> FileReport:  # fmt: skip
    """A file of a report from its two texts; None is a side that is not there."""
    kind: ChangeKind = change or ("added" if old is None else "deleted" if new is None else "modified")
    return FileReport(path, old_path or path, kind, label, rules, warnings, route, outcome, reason,
                      hunks(old or "", new or ""))  # fmt: skip


def finding(rule: str, path: str, line: int | None, *, title: str = "", body: str = "", quote: str = "",
            side: Literal["new", "old"] = "new", end: int | None = None, origin: str = "",
            label: Label = Label.INTERNAL, severity: Severity | None = None, suggestion: str | None = None,
            posted: Posted = "inline") -> Finding:  # fmt: skip
    """A finding by one of RULES, or by one that nobody knows."""
    known = next((item for item in RULES if item.id == rule), Rule(rule, Severity.MEDIUM, rule, ""))
    return Finding(
        rule, origin or f"check:{rule.split('/')[0]}", known.severity if severity is None else severity,
        known.confidence, Location(path, side, line, line if end is None else end), title or known.title,
        body or known.reason, quote, suggestion, label, posted,
    )  # fmt: skip


def report(files: Sequence[FileReport], findings: Sequence[Finding], *, status: Status = "checked",
           conclusion: Conclusion = "neutral", exit_code: int = 0, title: str = "Speed up accounts",
           notices: tuple[str, ...] = (), policy: Policy = POLICY) -> Report:  # fmt: skip
    ranked = tuple(sorted(identify(findings), key=rank))
    return Report("8d12c3a0b1" * 4, "f31b0d77e2" * 4, 7, title, policy, status, conclusion, exit_code,
                  tuple(files), ranked, notices, RULES, Severity.CRITICAL, version="1.2.3")  # fmt: skip


FILES = (
    file("api/accounts.py", API_OLD, API_NEW),
    file("api/fees.py", FEES_OLD, FEES_NEW, label=Label.RESTRICTED, rules=(".reviewbot.toml:5",),
         old_path="ledger/fees.py", change="renamed"),
    file("api/settings.json", '{"timeout": 30, "retries": 2}\n', '{"timeout": 30, "retries": 2,}\n'),
    file("docs/guide.md", "# Guide\n", "# Guide\n\nSee the example.\n", label=Label.PUBLIC),
    file("docs/logo.png", None, None, outcome="skipped", reason="binary", change="modified"),
    file("ledger/core.py", LEDGER_OLD, LEDGER_OLD.replace("<= 0", "< 0"), label=Label.RESTRICTED,
         rules=(".reviewbot.toml:5", "finance:21")),
    file("vendor/blob.bin", None, None, outcome="failed", change="added",
         reason="git object is missing: a partial clone? fetch without --filter"),
)  # fmt: skip
FINDINGS = (
    finding("credentials/added", "api/accounts.py", 3, title="Credential in the change: github-token",
            quote='TOKEN = "⟦github-token⟧"'),
    finding("calls/sql", "api/accounts.py", 8,
            suggestion="        return connection.execute(QUERY, (number,)).fetchone()",
            quote="        return connection.execute(f\"select name, cents from account where number = '{number}'\")"
                  ".fetchone()"),
    finding("exceptions/swallowed", "api/accounts.py", 9, end=10, quote="    except Exception:\n        pass",
            posted="summary"),
    finding("config/unparsable", "api/settings.json", 1, quote='{"timeout": 30, "retries": 2,}'),
    finding("move/zone", "api/fees.py", None, label=Label.RESTRICTED, posted="summary"),
    finding("debug/left", "ledger/fees.py", 3, side="old", label=Label.RESTRICTED, posted="summary",
            title="Debug output removed", quote='    print("fee", amount, tier)'),
)  # fmt: skip

USUAL = report(FILES, FINDINGS, status="partial", conclusion="failure", exit_code=3,
               notices=("The head's policy is looser than the base's: the base's applies.",))  # fmt: skip
EMPTY = report((), ())
QUIET = report((FILES[0], FILES[3]), ())
BY_MODELS = report(
    (replace(FILES[0], outcome="reviewed", route="hosted"), replace(FILES[5], outcome="reviewed", route="local")),
    (finding("null/deref", "api/accounts.py", 8, origin="hosted", title="The row may be None", body="No row: None."),),
    status="reviewed", conclusion="success",
)  # fmt: skip

USAGE = (
    Usage("hosted", "codestral-2508", 4, 1, 18_240, 512, 0.0059328, 1.42, 3.9, 3.9, 0.31, 0.82, 0.0, 0.21),
    Usage("local", "codestral:22b", 2, 0, 2048, 0, 0.0, 11.5, 14.25, 14.25, None, None, 0.0, 0.0),
)
DROPPED = (
    Dropped("The query may be empty", "api/accounts.py", 8, "refuted: `execute` never returns None", Label.INTERNAL,
            "hosted"),
    Dropped("Rounding differs", "ledger/core.py", 3, "its quote is absent", Label.RESTRICTED, "local"),
    Dropped("SQL is built from text", "api/accounts.py", 8, "another finding says it", Label.INTERNAL, "hosted"),
)  # fmt: skip
#: A run with two models: one file read by both, one not wholly, one that nobody was cleared for.
MODELLED = replace(
    report(
        (replace(FILES[0], outcome="reviewed", route="hosted"),
         replace(FILES[1], outcome="reviewed", route="hosted+local",
                 reason="what was found could not be verified: timeout"),
         replace(FILES[2], outcome="failed", reason="hosted: rate limited; local: server busy"),
         FILES[3], replace(FILES[5], reason="no model is cleared for restricted text")),
        (finding("model/logic", "api/accounts.py", 8, origin="hosted", title="A row that is missing becomes a crash",
                 body="For a number that no account has `fetchone` is None.", severity=Severity.HIGH,
                 quote="        return connection.execute(...)", suggestion="        return found or NOBODY"),
         finding("model/security", "api/fees.py", 4, origin="local", title="The floor can be negative",
                 body="MINIMUM is read from the request.", severity=Severity.CRITICAL, label=Label.RESTRICTED,
                 quote="    return max(amount * rate, MINIMUM)"),
         *FINDINGS[:2]),
        status="partial", conclusion="failure", exit_code=3,
        notices=("local is not used for 2 files: its share is 50 %",),
    ),
    usage=USAGE, dropped=DROPPED, ledger=Record("out/ledger.jsonl", 21, "5e7a" * 16),
)  # fmt: skip
_TESTS = '''\
"""Tests of `api/accounts.py::account`."""

import pytest

from api.accounts import account


@pytest.mark.parametrize("number", ["", "0", "' or 1=1 --"])
def test_account_of(number: str) -> None:
    found = account(connection(), number)
    pytest.skip(f"what is expected of {found!r}?")
'''
#: Messages of two labels, a commit with a poor message, scaffolds that came near and far.
DRAFTS = Drafts(
    messages=(
        Message("fix(api): look accounts up by number", "", Label.INTERNAL,
                notice="It tells a part of the change only."),
        Message("fix(api)!: no account is None, fees have a floor of their own",
                "A number that no account has was a crash, and whoever controlled it controlled the query.\n\n"
                "BREAKING CHANGE: `fee` takes MINIMUM from the settings.", Label.RESTRICTED, "local"),
    ),
    rewordings=(
        Rewording("0a1b2c3d4e" * 4, "wip", ("says nothing",),
                  Message("feat(api): read the token from the module", "", Label.INTERNAL),
                  ("git commit --amend -m 'feat(api): read the token from the module'",)),
        Rewording("9f8e7d6c5b" * 4, "Fees.", ("too short", "ends with a full stop"),
                  Message("refactor(fees): name the floor", "It was a number.", Label.RESTRICTED, "local"),
                  ("git rebase --interactive 9f8e7d6c5b~1", "git commit --amend -m 'refactor(fees): name the floor'")),
    ),
    scaffolds=(
        Scaffold("tests/api/test_accounts.py", "api/accounts.py::account", "python", "pytest", _TESTS, Stages(True),
                 Label.INTERNAL, unwritten=3),
        Scaffold("api/fees_test.go", "api/fees.go::Fee", "go", "go test",
                 "package api\n\nfunc TestFee(t *testing.T) {\n\tFee(0)\n}\n",
                 Stages(True, True, True, True), Label.INTERNAL, "hosted", notices=("asked by fill-in-the-middle",)),
        Scaffold("tests/ledger/test_core.py", "ledger/core.py::Ledger.post", "python", "pytest",
                 "def test_post():\n    1 / 0\n", Stages(True, True, False), Label.RESTRICTED, "local", 1,
                 ("ZeroDivisionError: division by zero",)),
    ),
    refused=(("api/main.py::main", "no test can reach it", Label.INTERNAL),
             ("ledger/core.py::close", "no model is cleared for it", Label.RESTRICTED)),
)  # fmt: skip
DRAFTED = replace(MODELLED, drafts=DRAFTS)
#: The same where comments may show what is internal and no more.
SHORT = replace(
    MODELLED, comments=Label.INTERNAL,
    findings=tuple(replace(item, posted="withheld") if item.label > Label.INTERNAL else item
                   for item in MODELLED.findings),
)  # fmt: skip


def large(files: int, lines: int, findings: int) -> Report:
    """`files` files of `lines` added lines each, with `findings` findings spread over them."""
    text = "".join(f"    value_{number} = compute(value_{number}, {number})  # step\n" for number in range(lines))
    made = [
        file(f"src/part{number // 20:02}/module_{number:03}.py", None, text, label=ASSIGNABLE[number % 4])
        for number in range(files)
    ]
    found = [
        finding(RULES[number % 6].id, made[number * files // max(findings, 1)].path, 1 + number % lines, quote="x")
        for number in range(findings)
    ]
    return report(made, found)


#: What names, titles and quotes try: markup, links, mentions, references, commands, escapes, invisible characters.
PAYLOADS = (
    "<img src=x onerror=\"window.owned=1\">", "</script><script>window.owned=1</script>", "javascript:window.owned=1",
    "\"onmouseover=window.owned=1 x=\"", "'><svg/onload=window.owned=1>", "{{7*7}}", "${jndi:x}", "&lt;b&gt;&#64;",
    "-->", "]]>", "![x](https://evil.example/p.png)", "[x](https://evil.example)", "[x]: https://evil.example",
    "<https://evil.example>", "https://evil.example/p", "www.evil.example", "ftp://evil.example", "a@evil.example",
    "mailto:a@evil.example", "@org/security", "@admin", "#1", "Closes #1", "fixes: org/private#7", "GH-1", "!12", "&12",
    "%12", "~label", "$12", "0123456789abcdef0123456789abcdef01234567",
    "org/repo@0123456789abcdef0123456789abcdef01234567", "[[wiki]]", "/approve", "\n/merge", "\r\n/MERGE",
    "\n\r/rebase", " /close", "`", "``", "```", "````", "~~~", "\n```\n/approve\n```", "# title", "* item", "- item",
    "1. item", "> quote", "| a | b |", "---", "***bold***", "_em_", "~~gone~~", ":tada:", "[^1]", "$x$", "$$x$$",
    "<!-- c -->", "<details>", "</details>", "<summary>", "\\", "\\[", "|", "\\|", "`@org/x`", "(`/close`).", "`#1`'s",
    "`a b`", "::error::owned",
    "::set-output name=x::y", "##[error]owned", "##vso[task.complete]", "%0A::error::x", "\n::error::x", "\x1b[31m",
    "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\x00", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\U000e0041",
    "\ufe0f", "\u2028", "\xa0", "\ud800", "\udce9", "\t", "\x0c", "\x85", "é", "日本", "🦀", "a/b.py", "x",
)  # fmt: skip
_payload = st.sampled_from(PAYLOADS)
hostile_text = _payload | st.tuples(_payload, _payload).map("".join) | st.text(st.characters(), max_size=6)
#: What git can hold: any bytes but NUL, decoded with `surrogateescape`.
hostile_path = hostile_text.map(
    lambda text: text.replace("\0", "").encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape") or "x"
)


@st.composite
def hostile_files(draw: st.DrawFn, text: st.SearchStrategy[str] = hostile_text) -> FileReport:
    texts = draw(st.lists(text, max_size=3))
    rows = tuple(Line(None, number, line, draw(st.booleans())) for number, line in enumerate(texts, 1))
    hunk = Hunk(0, 0, 1, len(rows), draw(text), rows)
    path = draw(hostile_path)
    return FileReport(
        path, draw(hostile_path), draw(st.sampled_from(get_args(ChangeKind))), draw(st.sampled_from(ASSIGNABLE)),
        tuple(draw(st.lists(text, max_size=2))), tuple(draw(st.lists(text, max_size=1))),
        draw(st.none() | text), draw(st.sampled_from(get_args(Outcome))), draw(text), (hunk,) if rows else (),
    )  # fmt: skip


@st.composite
def hostile_findings(draw: st.DrawFn, paths: Sequence[str], text: st.SearchStrategy[str] = hostile_text) -> Finding:
    line = draw(st.none() | st.integers(1, 4))
    place = Location(draw(st.sampled_from([*paths, "gone"])), draw(st.sampled_from(["new", "old"])), line, line)
    return Finding(
        draw(text), draw(text), draw(st.sampled_from(Severity)), draw(st.floats(0, 1)), place, draw(text), draw(text),
        draw(text), draw(st.none() | text), draw(st.sampled_from(ASSIGNABLE)), draw(st.sampled_from(get_args(Posted))),
    )  # fmt: skip


_count, _seconds = st.integers(0, 10**12), st.floats(0, 10**6)
hostile_dropped = st.builds(Dropped, hostile_text, hostile_text, st.none() | st.integers(0, 10**7), hostile_text,
                            st.sampled_from(ASSIGNABLE), hostile_text)  # fmt: skip


@st.composite
def hostile_usage(draw: st.DrawFn) -> Usage:
    """What a backend did that has any name: numbers are ours."""
    failed, answered, tokens = draw(_count), draw(_count), draw(_count)
    first, times = draw(st.none() | _seconds), draw(_seconds)
    return Usage(
        draw(hostile_text), draw(hostile_text), failed + answered, failed, tokens, tokens, draw(_seconds), times, times,
        times, first, first, times, times,
    )  # fmt: skip


_labels = st.sampled_from(ASSIGNABLE)
_stage = st.none() | st.booleans()
_lines = st.lists(hostile_text, max_size=3).map("\n".join)
hostile_messages = st.builds(Message, hostile_text, _lines, _labels, st.just(OURS) | hostile_text, hostile_text)
_texts = st.lists(hostile_text, max_size=2).map(tuple)
hostile_drafts = st.builds(
    Drafts,
    messages=st.lists(hostile_messages, max_size=2).map(tuple),
    whole=st.none() | hostile_messages,
    rewordings=st.lists(st.builds(Rewording, hostile_text, hostile_text, _texts, hostile_messages, _texts),
                        max_size=2).map(tuple),
    scaffolds=st.lists(st.builds(Scaffold, hostile_path, hostile_text, hostile_text, hostile_text, _lines,
                                 st.builds(Stages, st.booleans(), _stage, _stage, _stage), _labels,
                                 st.just(OURS) | hostile_text, st.integers(0, 10**6), _texts), max_size=2).map(tuple),
    refused=st.lists(st.tuples(hostile_text, hostile_text, _labels), max_size=2).map(tuple),
)  # fmt: skip


@st.composite
def hostile_reports(draw: st.DrawFn) -> Report:
    """Reports whose every text is chosen by an attacker."""
    files = draw(st.lists(hostile_files(), max_size=3, unique_by=lambda item: item.path))
    paths = [path for item in files for path in (item.path, item.old_path)]
    findings = draw(st.lists(hostile_findings(paths), max_size=3))
    made = report(
        files, findings, title=draw(hostile_text), notices=tuple(draw(st.lists(hostile_text, max_size=2))),
        policy=replace(POLICY, failure=draw(st.sampled_from(["", "x"]) | hostile_text)),
        status=draw(st.sampled_from(get_args(Status))), conclusion=draw(st.sampled_from(get_args(Conclusion))),
        exit_code=draw(st.sampled_from([0, 1, 3, 4])),
    )  # fmt: skip
    return replace(
        made, usage=tuple(draw(st.lists(hostile_usage(), max_size=2, unique_by=lambda one: visible(one.backend)))),
        dropped=tuple(draw(st.lists(hostile_dropped, max_size=2))), comments=draw(st.sampled_from(ASSIGNABLE)),
        drafts=draw(st.just(Drafts()) | hostile_drafts),
        ledger=draw(st.none() | st.builds(Record, hostile_text, st.integers(0, 10**9), st.just("0f" * 32))),
    )  # fmt: skip
