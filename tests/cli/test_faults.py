"""Whatever a server does: the right exit code, conclusion and reason, in time, and every byte on the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.mixed import CANARY, Outcome, no_findings, operator, repository, review
from tests.servers import faulty
from tests.servers.faulty import Act, Faulty

#: Seconds that a run may take, where time is what ends it and elsewhere; and what it may take beyond them.
SHORT, LONG, GRACE = 1.2, 15.0, 3.0
#: Every fault, and why a file was not read then.
FAULTS: tuple[tuple[Callable[[], Act], str], ...] = (
    (faulty.unauthorized, "key refused"), (faulty.limited, "rate limited"),
    (lambda: faulty.limited("1"), "rate limited"), (lambda: faulty.limited("3600"), "rate limited"),
    (faulty.busy, "server busy"), (faulty.echo, "server error"),
    (faulty.error_in_200, "server error"), (faulty.cut, "connection broken"), (faulty.dropped, "connection broken"),
    (faulty.drip, "timeout"), (faulty.hang, "timeout"), (faulty.page, "reply not understood"),
    (faulty.oversize, "reply too large"), (faulty.shortened, "cut short"), (faulty.void, "reply not understood"),
    (lambda: faulty.reply("I would rather not."), "reply not understood"),
)  # fmt: skip
#: What the ledger says of a call to the hosted model where it is not that: Mistral's API tells no error in a reply, and
#: a reply that came whole is `ok` for the ledger whatever it says.
OTHERWISE = {"error-in-200": "reply not understood", "reply": "ok", "void": "ok"}


def _limit(act: Act) -> float:
    return SHORT if act.name in ("hang", "drip-body") else LONG


def failing(work_folder: Path, tmp_path: Path, act: Act, who: str) -> tuple[Outcome, Faulty, Faulty, float]:
    """A review in which one of the two models fails at every prompt, and no other may stand in for it."""
    hosted = Faulty(
        act if who == "hosted" else faulty.reply(no_findings()), dialect="mistral", models=("codestral-2508",)
    )
    local = Faulty(act if who == "local" else faulty.reply(no_findings()), dialect="ollama", models=("codestral:tiny",))
    work = repository(work_folder)
    with hosted, local:
        models = ("hosted", "mistral", hosted.url, "internal"), ("local", "ollama", local.url, "restricted")
        document = operator(tmp_path, *models, limits=f"seconds = {_limit(act)}")
        start = time.monotonic()
        outcome = review(work, document, tmp_path)
        seconds = time.monotonic() - start
    return outcome, hosted, local, seconds


@pytest.mark.parametrize("made, reason", FAULTS, ids=[made().name for made, _ in FAULTS])
def test_a_restricted_file_fails_with_its_local_model_and_goes_nowhere_else(
    made: Callable[[], Act], reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outcome, hosted, local, seconds = failing(tmp_path / "work", tmp_path, made(), "local")
    assert (outcome.code, outcome.report["exit_code"], outcome.report["status"]) == (3, 3, "partial")
    assert outcome.report["conclusion"] in ("neutral", "failure")
    file = outcome.file("ledger/core.py")
    assert (file["outcome"], file["route"], file["reason"]) == ("failed", None, f"local: {reason}")
    assert outcome.file("api/app.py")["route"] == "hosted"
    assert not any(CANARY.encode() in request.body for request in hosted.requests)
    assert CANARY not in capfd.readouterr().err
    assert (outcome.announced("hosted"), outcome.announced("local")) == (hosted.body_bytes, local.body_bytes)
    assert seconds < _limit(made()) + GRACE


@pytest.mark.parametrize("made, reason", FAULTS, ids=[made().name for made, _ in FAULTS])
def test_an_internal_file_falls_back_to_the_local_model(made: Callable[[], Act], reason: str, tmp_path: Path) -> None:
    outcome, hosted, local, seconds = failing(tmp_path / "work", tmp_path, made(), "hosted")
    file = outcome.file("api/app.py")
    if reason == "timeout":  # it has used up the run's time
        assert (outcome.code, file["outcome"]) == (3, "failed")
        assert file["reason"].startswith("hosted: timeout; local: ")
    else:
        assert (outcome.code, file["outcome"], file["route"]) == (0, "reviewed", "local")
        replies = {line["status"] for line in outcome.ledger if line["kind"] == "reply" and line["sink"] == "hosted"}
        assert replies == {OTHERWISE.get(made().name, reason)}
    assert outcome.file("ledger/core.py")["route"] == "local"
    assert (outcome.announced("hosted"), outcome.announced("local")) == (hosted.body_bytes, local.body_bytes)
    assert seconds < _limit(made()) + GRACE


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_the_other_server_hears_nothing(code: int, tmp_path: Path) -> None:
    with Faulty(dialect="ollama") as evil:
        outcome, _, local, _ = failing(
            tmp_path / "work", tmp_path, faulty.redirect(evil.url + "/api/chat", code), "local"
        )
        assert (outcome.code, outcome.file("ledger/core.py")["reason"]) == (3, "local: redirect refused")
        assert (evil.connections, evil.received) == (0, 0)
    assert outcome.announced("local") == local.body_bytes


def test_nobody_listens(tmp_path: Path) -> None:
    work = repository(tmp_path / "work")
    with faulty.closed_port() as url:
        outcome = review(work, operator(tmp_path, ("local", "ollama", url, "restricted")), tmp_path)
    assert (outcome.code, outcome.report["conclusion"], outcome.report["status"]) == (3, "neutral", "failed")
    assert {file["reason"] for file in outcome.report["files"]} == {"local: unreachable"}
    assert outcome.announced("local") == 0


def test_with_no_model_cleared_files_are_checked_and_strict_is_an_exit_code(tmp_path: Path) -> None:
    work = repository(tmp_path / "work")
    with Faulty(faulty.reply(no_findings()), dialect="mistral", models=("codestral-2508",)) as hosted:
        document = operator(tmp_path, ("hosted", "mistral", hosted.url, "internal"))
        outcome = review(work, document, tmp_path)
        strict = review(work, document, tmp_path, "--strict")
    file = outcome.file("ledger/core.py")
    assert (file["outcome"], file["reason"]) == ("checked", "no model is cleared for restricted text")
    assert (outcome.code, outcome.report["status"], outcome.report["conclusion"]) == (0, "reviewed", "neutral")
    assert strict.code == 4
    denied = [line for line in outcome.ledger if line["kind"] == "deny"]
    assert [(line["label"], line["bytes_out"], line["inputs"][0]["origin"]) for line in denied] == [
        ("restricted", 0, "ledger/core.py")
    ]
    assert CANARY not in repr(outcome.ledger)


def test_a_missing_key_is_named_before_anything_is_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from reviewbot.cli import main

    work = repository(tmp_path / "work")
    with Faulty(dialect="mistral") as hosted:
        document = operator(tmp_path, ("hosted", "mistral", hosted.url, "internal"))
        code = main(
            ["review", "--repo", str(work.path), "--base", "main", "--head", "feature", "--operator", document], {}
        )
        assert (code, hosted.received) == (2, 0)
    assert "MISTRAL_API_KEY is not set" in capsys.readouterr().err
