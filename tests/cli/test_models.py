"""The models of a run: who takes part, who does not and why, and every byte of asking them who they are."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reviewbot.cli import models
from reviewbot.cli.ledgers import LedgerError, RunLedger
from reviewbot.core.endpoints import Endpoint, Kind, Limits, Operator
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.errors import ConfigError
from reviewbot.pipeline import Models
from tests.pipeline.desks import Refusing
from tests.pipeline.runs import Kept
from tests.readings import POLICY
from tests.servers import faulty
from tests.servers.faulty import Faulty
from tests.servers.shapes import descriptions, line

PULL = PullRequest("a" * 40, "b" * 40, "a" * 40, (), (), 7)
MODEL = "qwen2.5-coder:7b"


def at(url: str, name: str = "local", kind: Kind = "ollama", *, model: str = MODEL, clearance: Label = Label.INTERNAL,
       share: int = 100, key_env: str = "", window: int | None = None) -> Endpoint:  # fmt: skip
    return Endpoint(name, kind, model, clearance, (url,), key_env, window, share=share)


def loaded(*endpoints: Endpoint, environ: Mapping[str, str] | None = None, policy: Policy = POLICY,
           kept: Kept | Refusing | None = None, limits: Limits | None = None, pull: PullRequest = PULL,
           began: float | None = None) -> Models:  # fmt: skip
    said = Operator(endpoints, limits or Limits(30), source="operator.toml")
    ledger = RunLedger(b"key", kept or Kept())
    return models.loaded(said, environ or {}, policy, pull, ledger, time.monotonic() if began is None else began)


def names(found: Models) -> list[str]:
    return [reader.endpoint.name for reader in found.readers]


def test_each_server_says_what_it_is_and_the_ledger_has_the_bytes_of_the_question() -> None:
    kept = Kept()
    with Faulty(dialect="ollama", models=(MODEL,)) as one, Faulty(dialect="ollama", models=(MODEL,)) as two:
        found = loaded(at(one.url, "one"), at(two.url, "two"), kept=kept)
        sums = {name: sum(line.bytes_out for line in kept.lines if line.sink == name) for name in ("one", "two")}
        assert sums == {"one": one.body_bytes, "two": two.body_bytes}
        assert (one.asked, two.asked) == ([], [])
    assert names(found) == ["one", "two"]
    assert all(reader.endpoint.window and reader.endpoint.digest for reader in found.readers)
    assert {(line.kind, line.label, line.status) for line in kept.lines} == {("egress", "public", "describe")}


def test_nobody_is_asked_where_the_ledger_takes_no_line() -> None:
    with Faulty(dialect="ollama", models=(MODEL,)) as server:
        with pytest.raises(LedgerError):
            loaded(at(server.url), kept=Refusing(0))
        assert server.body_bytes == 0


def test_one_that_does_not_answer_now_stays() -> None:
    with faulty.closed_port() as url:
        found = loaded(at(url, window=9000), limits=Limits(0.3))
    assert [(reader.endpoint.name, reader.endpoint.window) for reader in found.readers] == [("local", 9000)]
    assert found.notices == ()


def test_a_backend_whose_key_is_empty_is_left_out_and_one_whose_key_is_missing_is_an_error() -> None:
    with Faulty(dialect="openai") as server:
        keyed = at(server.url, "keyed", "openai", key_env="SOME_KEY")
        found = loaded(keyed, environ={"SOME_KEY": ""})
        assert (names(found), server.connections) == ([], 0)
        assert found.notices == ("keyed is not used: SOME_KEY is empty, as secrets are in pull requests of forks",)
        with pytest.raises(ConfigError, match="SOME_KEY is not set"):
            loaded(keyed)
        assert names(loaded(keyed, environ={"SOME_KEY": "k"})) == ["keyed"]
        assert server.requests[0].headers["authorization"] == "Bearer k"


def test_a_share_decides_by_the_number_of_the_pull_request_and_is_said() -> None:
    with Faulty(dialect="ollama", models=(MODEL,)) as server:
        none = loaded(at(server.url, share=0))
        assert (names(none), server.connections) == ([], 0)
        assert none.notices == ("local takes no part in this pull request: its share is 0 %",)
        for number in (1, 2, 3):
            parts = {tuple(names(loaded(at(server.url, share=50), pull=replace(PULL, number=number)))) for _ in "xx"}
            assert len(parts) == 1


def test_what_the_policy_or_the_licence_forbids_is_not_asked_and_is_said() -> None:
    with Faulty(dialect="ollama", models=("codestral:22b",)) as server:
        licensed = at(server.url, model="codestral:22b")
        assert names(loaded(licensed)) == ["local"]
        asked = server.connections
        found = loaded(licensed, environ={"CI": "true"})
        assert (names(found), server.connections) == ([], asked)
        assert found.notices[0].startswith("local is not used: the licence of codestral:22b (MNPL-0.1) forbids")
    far = Endpoint("far", "openai", "m", Label.INTERNAL, ("https://llm.example.org",))
    found = loaded(far, policy=replace(POLICY, region="local"))
    assert (names(found), found.notices) == ([], ("far is not used: the policy wants no hosted model",))


def test_a_licence_that_only_the_server_knows_counts_too() -> None:
    said = descriptions("ollama", ("ours:7b",))
    said["/api/show"] |= {"license": "For research: a Non-Production License"}
    acts = [faulty.status(200, line(said[path])) for path in ("/api/version", "/api/show", "/api/tags")]
    for environ, taken in (({}, ["local"]), ({"CI": "true"}, [])):
        with Faulty(dialect="ollama", models=("ours:7b",), describing=tuple(acts)) as server:
            found = loaded(at(server.url, model="ours:7b"), environ=environ)
        assert names(found) == taken
        assert [notice.partition(" (")[0] for notice in found.notices] == [
            "local is not used: the licence of ours:7b"
        ] * (not taken)


def test_the_runs_time_counts_from_its_beginning() -> None:
    with Faulty(dialect="ollama", models=(MODEL,)) as server:
        now = time.monotonic()
        assert loaded(at(server.url), began=now - 10).deadline == now + 20
        over = loaded(at(server.url), began=now - 100)
        assert (names(over), over.deadline < now) == (["local"], True)


def test_a_run_without_models_has_none() -> None:
    assert names(loaded()) == []


def test_a_plan_goes_by_the_windows_that_are_known_without_asking() -> None:
    said = Operator((at("http://127.0.0.1:1", "small", window=5000, clearance=Label.PUBLIC),
                     at("http://127.0.0.1:1", "large", window=90_000, clearance=Label.INTERNAL)))  # fmt: skip
    found = models.windows(said)
    assert [found.of(label) for label in ASSIGNABLE] == [5000, 90_000, 32_768, 32_768]
    assert models.windows(Operator()).of(Label.PUBLIC) == 32_768


def test_the_operators_document_is_found_as_the_command_line_names_it(tmp_path: Path) -> None:
    import argparse

    (tmp_path / "o.toml").write_text('[[backend]]\nname = "a"\nkind = "ollama"\nmodel = "m"\nclearance = "public"\n')
    arguments = argparse.Namespace(operator=str(tmp_path / "o.toml"), offline=False, repo=None)
    assert [one.name for one in models.operator(arguments, {}).endpoints] == ["a"]
