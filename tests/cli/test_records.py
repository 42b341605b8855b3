"""The ledger of a command: there before anything leaves, ended with what the run came to, and signed where asked."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from reviewbot import pipeline
from reviewbot.cli import main, records
from reviewbot.core.answers import Answer, Answers
from reviewbot.core.labels import Label
from reviewbot.core.ledger import GENESIS, Entry
from reviewbot.errors import NotReviewedError, UsageError
from tests.cli.test_signing import KEY, PUBLIC_KEY
from tests.formats.samples import USUAL
from tests.pipeline.test_concluding import planned, simple


def arguments(ledger: str | None = None, key: str | None = None) -> argparse.Namespace:
    return argparse.Namespace(ledger=ledger, sign_key=key)


def test_without_a_file_there_is_a_chain_and_no_name() -> None:
    asked = arguments()
    with records.opened(asked, {}) as ledger:
        ledger.append(Entry("decision", "", Label.PUBLIC))
        report = records.ended(USUAL, planned(), (), ledger, asked, {})
    assert report.ledger is not None
    assert (report.ledger.path, report.ledger.entries) == ("", 2)
    assert report.ledger.head not in ("", GENESIS)
    assert replace(report, ledger=None) == USUAL


def test_the_last_line_says_what_the_run_came_to(tmp_path: Path) -> None:
    asked = arguments(str(tmp_path / "ledger.jsonl"))
    plan = planned(simple("docs/a.py"), simple(), simple("ledger/b.py"))
    jobs = plan.jobs or ()
    answers = Answers((Answer(jobs[0].name, "hosted"), Answer(jobs[1].name, "", "busy"),
                       Answer(jobs[2].name, "", "nobody", denied=True)))  # fmt: skip
    report = pipeline.concluded(plan, [answers])
    with records.opened(asked, {}) as ledger:
        ledger.append(Entry("decision", "", Label.PUBLIC))
        ledger.append(Entry("egress", "hosted", Label.PUBLIC, bytes_out=42))
        report = records.ended(report, plan, [answers], ledger, asked, {})
    last = json.loads((tmp_path / "ledger.jsonl").read_text().splitlines()[-1])
    assert (last["kind"], last["status"]) == ("end", "partial")
    assert last["totals"] == {"seen": 3, "decided": 1, "reviewed": 1, "withheld": 1, "bytes_out": {"hosted": 42}}
    assert report.ledger is not None
    assert main(["audit", "verify", str(tmp_path / "ledger.jsonl"), "--head", report.ledger.head], {}) == 0


def test_a_ledger_goes_on_in_the_same_file_and_its_inputs_compare_under_one_key(tmp_path: Path) -> None:
    from reviewbot.core.exchange import Excerpt

    asked, names = arguments(str(tmp_path / "ledger.jsonl")), []
    for environ in ({"REVIEWBOT_KEY": "k"}, {"REVIEWBOT_KEY": "k"}, {"REVIEWBOT_KEY": "other"}, {}):
        with records.opened(asked, environ) as ledger:
            ledger.append(Entry("decision", "", Label.PUBLIC, inputs=(Excerpt("text", Label.PUBLIC, "a"),)))
            records.ended(USUAL, planned(), (), ledger, asked, environ)
        names.append(json.loads((tmp_path / "ledger.jsonl").read_text().splitlines()[-2])["inputs"][0]["hmac"])
    assert len((tmp_path / "ledger.jsonl").read_text().splitlines()) == 8
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_there_is_nothing_to_sign_without_a_file() -> None:
    with pytest.raises(UsageError, match="--sign-key: without --ledger"), records.opened(arguments(None, "env:X"), {}):
        raise AssertionError("opened")


@pytest.mark.parametrize("key", ["env:NOT_SET", "/no/such/key.pem", "env:BROKEN"])
def test_a_key_that_cannot_sign_is_said_before_anything_is_written(tmp_path: Path, key: str) -> None:
    asked = arguments(str(tmp_path / "ledger.jsonl"), key)
    with pytest.raises(UsageError), records.opened(asked, {"BROKEN": "-----BEGIN nonsense"}):
        raise AssertionError("opened")
    assert not (tmp_path / "ledger.jsonl").exists()


def test_the_head_is_signed_beside_the_ledger(tmp_path: Path) -> None:
    asked, environ = arguments(str(tmp_path / "ledger.jsonl"), "env:SIGNING"), {"SIGNING": KEY.decode()}
    with records.opened(asked, environ) as ledger:
        report = records.ended(USUAL, planned(), (), ledger, asked, environ)
    assert report.ledger is not None
    (tmp_path / "public.pem").write_bytes(PUBLIC_KEY)
    check = ["audit", "verify", asked.ledger, "--signature", f"{asked.ledger}.sig",
             "--public-key", str(tmp_path / "public.pem")]  # fmt: skip
    assert main(check, {}) == 0
    (tmp_path / "ledger.jsonl").write_bytes((tmp_path / "ledger.jsonl").read_bytes()[:-30])
    assert main(check, {}) != 0


def test_a_signature_that_cannot_be_written_is_no_clean_run(tmp_path: Path) -> None:
    asked, environ = arguments(str(tmp_path / "ledger.jsonl"), "env:SIGNING"), {"SIGNING": KEY.decode()}
    (tmp_path / "ledger.jsonl.sig").mkdir()
    with records.opened(asked, environ) as ledger, pytest.raises(NotReviewedError, match="cannot be written"):
        records.ended(USUAL, planned(), (), ledger, asked, environ)
