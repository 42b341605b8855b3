"""One merged review of a mixed pull request: a real Ollama reads what is restricted, Mistral's API the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.cli import main
from tests.cli.mixed import CANARY, KEYS, Outcome, operator, repository, review
from tests.repositories import Work
from tests.servers.engines import Engine
from tests.servers.gateway import Gateway
from tests.servers.relay import Relay, before


def mixed(tmp_path: Path, ollama: Engine, gateway: Gateway, *options: str) -> tuple[Outcome, Relay, Relay, Work]:
    work = repository(tmp_path / "work")
    with before(gateway.url) as hosted, before(ollama.url) as local:
        document = operator(tmp_path, ("hosted", "mistral", hosted.url, "internal"),
                            ("local", "ollama", local.url, "restricted"))  # fmt: skip
        outcome = review(work, document, tmp_path, *options)
    return outcome, hosted, local, work


def test_each_file_is_read_by_the_model_that_is_cleared_for_it(
    tmp_path: Path, ollama_server: Engine, mistral_gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome, hosted, local, _ = mixed(tmp_path, ollama_server, mistral_gateway)
    # Random weights answer by the schema and find nothing that exists: what is tested is the way, not the sense.
    routes = {file["path"]: (file["outcome"], file["route"]) for file in outcome.report["files"]}
    assert routes == {"api/app.py": ("reviewed", "hosted"), "docs/guide.md": ("reviewed", "hosted"),
                      "ledger/core.py": ("reviewed", "local")}  # fmt: skip
    assert outcome.report["status"] == "reviewed"
    assert not any(CANARY.encode() in body for body in hosted.bodies)
    assert any(CANARY.encode() in body for body in local.bodies)
    assert {usage["backend"] for usage in outcome.report["usage"]} == {"hosted", "local"}
    assert outcome.announced("hosted") == hosted.body_bytes > 0
    assert outcome.announced("local") == local.body_bytes > 0
    digests = {line["model_digest"] for line in outcome.ledger if line["kind"] == "egress" and line["status"] == ""}
    assert any(len(digest) == 64 for digest in digests), "the local model's digest is that of its weights"
    capsys.readouterr()
    head = outcome.report["ledger"]["head"]
    assert main(["audit", "verify", str(tmp_path / "ledger.jsonl"), "--head", head], KEYS) == 0
    assert head in capsys.readouterr().out


def test_the_same_review_in_three_phases_and_two_shards(
    tmp_path: Path, ollama_server: Engine, mistral_gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    work = repository(tmp_path / "work")
    document = operator(tmp_path, ("hosted", "mistral", mistral_gateway.url, "internal"),
                        ("local", "ollama", ollama_server.url, "restricted"))  # fmt: skip
    plan, report = str(tmp_path / "plan.json"), tmp_path / "report.json"
    at = ["--repo", str(work.path), "--base", "main", "--head", "feature", "--operator", document]
    assert main(["plan", *at, "--output", plan], {}) == 0
    replies = []
    for shard in ("1/2", "2/2"):
        replies.append(str(tmp_path / f"reply{shard[0]}.json"))
        ledger = str(tmp_path / f"ledger{shard[0]}.jsonl")
        argv = ["ask", plan, "--operator", document, "--output", replies[-1], "--shard", shard, "--ledger", ledger]
        assert main(argv, KEYS) == 0
    assert main(["publish", plan, *replies, "--output", str(report)], {}) == 0
    capsys.readouterr()
    assert '"status": "reviewed"' in report.read_text()
    assert main(["audit", "verify", str(tmp_path / "ledger1.jsonl"), str(tmp_path / "ledger2.jsonl")], {}) == 0


def test_a_llama_server_reads_what_is_restricted(tmp_path: Path, llama_server: Engine) -> None:
    work = repository(tmp_path / "work")
    with before(llama_server.url) as local:
        document = operator(tmp_path, ("local", "openai", local.url, "restricted"))
        text = Path(document).read_text().replace("codestral:tiny", llama_server.model)
        Path(document).write_text(text)
        outcome = review(work, document, tmp_path)
    assert (outcome.code, outcome.report["conclusion"]) == (0, "success")
    assert outcome.announced("local") == local.body_bytes > 0


def test_a_file_of_weights_is_a_model_in_this_process(tmp_path: Path, tiny_gguf: Path) -> None:
    work = repository(tmp_path / "work")
    document = tmp_path / "operator.toml"
    document.write_text(
        f'[[backend]]\nname = "local"\nkind = "llamacpp"\nurl = "{tiny_gguf}"\nclearance = "restricted"\n'
    )
    argv = ["review", "--repo", str(work.path), "--base", "main", "--head", "feature", "--operator", str(document),
            "--offline", "--fail-on", "none"]  # fmt: skip
    run = subprocess.run([sys.executable, "-m", "reviewbot", *argv], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert "3 reviewed by local" in run.stdout
