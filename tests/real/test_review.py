"""One merged review of a mixed pull request: a real Ollama reads what is restricted, Mistral's API the rest."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.cli import main
from tests.cli.mixed import KEYS, POLICY, operator, review
from tests.real.test_reviewer import BEFORE, LAST, MEAN
from tests.repositories import Work
from tests.servers import gateway, reviewer
from tests.servers.engines import Engine, llama_with, ollama_with
from tests.servers.gateway import Gateway
from tests.servers.relay import before

WINDOW = 4096
#: A defect in what is internal, and another in what is restricted: line 15 of each.
CHANGED = {"api/stats.py": MEAN, "ledger/rows.py": LAST}


@pytest.fixture(scope="module")
def hosted() -> Iterator[Gateway]:
    """Mistral's API in front of a model that reviews."""
    with llama_with(reviewer.MODEL, window=WINDOW) as engine, gateway.serve(engine.url) as served:
        yield served


@pytest.fixture(scope="module")
def local() -> Iterator[Engine]:
    """A real Ollama with a model that reviews."""
    with ollama_with(reviewer.MODEL, reviewer.TEMPLATE, window=WINDOW) as engine:
        yield engine


@pytest.fixture
def change(tmp_path: Path) -> Work:
    work = Work.at(tmp_path / "work")
    work.commit(**{".reviewbot.toml": POLICY, **dict.fromkeys(CHANGED, BEFORE)})
    work.git("checkout", "-q", "-b", "feature")
    work.commit(**{name: BEFORE + added for name, added in CHANGED.items()})
    return work


def document(folder: Path, hosted: str, local: str) -> str:
    models = ("hosted", "mistral", hosted, "internal"), ("local", "ollama", local, "restricted")
    return operator(folder, *models, more=f"window = {WINDOW}\n")


def test_each_file_is_read_by_the_model_that_is_cleared_for_it_and_each_defect_is_found(
    tmp_path: Path, change: Work, hosted: Gateway, local: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with before(hosted.url) as mistral, before(local.url) as ollama:
        outcome = review(change, document(tmp_path, mistral.url, ollama.url), tmp_path, "--fail-on", "none")
    assert [(file["path"], file["outcome"], file["route"]) for file in outcome.report["files"]] == [
        ("api/stats.py", "reviewed", "hosted"), ("ledger/rows.py", "reviewed", "local"),
    ]  # fmt: skip
    found = [(item["path"], item["line"], item["origin"], item["title"], item["posted"], item["confidence"])
             for item in outcome.report["findings"]]  # fmt: skip
    assert sorted(found) == [
        ("api/stats.py", 15, "hosted", reviewer.DEFECTS["mean"].title, "inline", 0.75),
        ("ledger/rows.py", 15, "local", reviewer.DEFECTS["bound"].title, "inline", 0.75),
    ]
    assert (outcome.code, outcome.report["status"], outcome.report["conclusion"]) == (0, "reviewed", "success")
    assert not any(b"rows[len(rows)]" in body for body in mistral.bodies)
    assert any(b"rows[len(rows)]" in body for body in ollama.bodies)
    assert outcome.announced("hosted") == mistral.body_bytes > 0
    assert outcome.announced("local") == ollama.body_bytes > 0
    digests = {line["model_digest"] for line in outcome.ledger if line["sink"] == "local" and line["kind"] == "egress"}
    assert hashlib.sha256(reviewer.MODEL.read_bytes()).hexdigest() not in digests  # Ollama's own: that of its manifest
    assert any(len(digest) == 64 for digest in digests)
    capsys.readouterr()
    head = outcome.report["ledger"]["head"]
    assert main(["audit", "verify", str(tmp_path / "ledger.jsonl"), "--head", head], KEYS) == 0
    assert head in capsys.readouterr().out


def test_the_same_review_in_three_phases_and_two_shards(
    tmp_path: Path, change: Work, hosted: Gateway, local: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    models = document(tmp_path, hosted.url, local.url)
    plan, report = str(tmp_path / "plan.json"), tmp_path / "report.json"
    at = ["--repo", str(change.path), "--base", "main", "--head", "feature", "--operator", models]
    assert main(["plan", *at, "--output", plan], {}) == 0
    replies = []
    for shard in ("1/2", "2/2"):
        replies.append(str(tmp_path / f"reply{shard[0]}.json"))
        ledger = str(tmp_path / f"ledger{shard[0]}.jsonl")
        argv = ["ask", plan, "--operator", models, "--output", replies[-1], "--shard", shard, "--ledger", ledger]
        assert main(argv, KEYS) == 0
    assert main(["publish", plan, *replies, "--operator", models, "--output", str(report)], {}) == 0
    capsys.readouterr()
    whole = review(change, models, tmp_path)
    assert [item["id"] for item in json.loads(report.read_text())["findings"]] == [
        item["id"] for item in whole.report["findings"]
    ]
    assert main(["audit", "verify", str(tmp_path / "ledger1.jsonl"), str(tmp_path / "ledger2.jsonl")], {}) == 0


def test_a_file_of_weights_is_a_model_in_this_process(tmp_path: Path, change: Work) -> None:
    models = tmp_path / "operator.toml"
    table = {"name": "local", "kind": "llamacpp", "url": str(reviewer.MODEL), "clearance": "restricted"}
    lines = [f'{key} = "{value}"' for key, value in table.items()]
    models.write_text("\n".join(["[[backend]]", *lines, f"window = {WINDOW}"]))
    argv = ["review", "--repo", str(change.path), "--base", "main", "--head", "feature", "--operator", str(models),
            "--offline", "--fail-on", "none"]  # fmt: skip
    plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}  # no build system: its log would show less
    run = subprocess.run([sys.executable, "-m", "reviewbot", *argv], capture_output=True, text=True, env=plain)
    assert (run.returncode, run.stderr) == (0, "")
    assert "2 reviewed by local" in run.stdout
    assert "1 high, 1 medium" in run.stdout
