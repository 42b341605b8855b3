"""Plan, ask and publish as jobs of their own: the same review, each with its own secrets and no others'."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewbot.cli import main
from tests.cli.mixed import CANARY, no_findings, operator, repository
from tests.repositories import Work
from tests.servers import faulty
from tests.servers.faulty import Faulty

MODEL = "codestral:tiny"


class Phases:
    """A repository, an operator's document with two models, and the three commands."""

    def __init__(self, folder: Path, hosted: str, local: str | None) -> None:
        self.folder = folder
        self.work: Work = repository(folder / "work")
        backends = [("hosted", "ollama", hosted, "internal")]
        backends += [] if local is None else [("local", "ollama", local, "restricted")]
        self.document = operator(folder, *backends)

    def plan(self, *options: str, environ: dict[str, str] | None = None) -> int:
        return main(["plan", "--repo", str(self.work.path), "--base", "main", "--head", "feature", "--operator",
                     self.document, "--output", self.path("plan.json"), *options], {**(environ or {})})  # fmt: skip

    def ask(self, *options: str, reply: str = "reply.json", environ: dict[str, str] | None = None) -> int:
        return main(["ask", self.path("plan.json"), "--operator", self.document, "--output", self.path(reply),
                     *options], environ or {})  # fmt: skip

    def publish(self, *replies: str, options: tuple[str, ...] = ()) -> tuple[int, dict[str, Any]]:
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        code = main(["publish", self.path("plan.json"), *map(self.path, replies), "--operator", self.document,
                     "--output", str(report), *options], {})  # fmt: skip
        return code, json.loads(report.read_text()) if report.exists() else {}

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text()


@pytest.fixture
def servers() -> Iterator[tuple[Faulty, Faulty]]:
    """A hosted and a local model that find nothing."""
    with (Faulty(faulty.reply(no_findings()), dialect="ollama", models=(MODEL,)) as hosted,
          Faulty(faulty.reply(no_findings()), dialect="ollama", models=(MODEL,)) as local):  # fmt: skip
        yield hosted, local


@pytest.fixture
def phases(tmp_path: Path, servers: tuple[Faulty, Faulty]) -> Phases:
    return Phases(tmp_path, servers[0].url, servers[1].url)


def prompts(server: Faulty) -> list[str]:
    return ["".join(message["content"] for message in request.json["messages"][1:]) for request in server.asked]


@pytest.mark.parametrize("tasks", ["review", "review,message,scaffold"])
def test_the_three_phases_say_what_one_review_says(
    phases: Phases, tasks: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert phases.plan("--tasks", tasks) == 0
    assert capsys.readouterr().out == "3 files, 2 parts to ask about, 1 finding of checks\n"
    assert phases.ask("--ledger", phases.path("ledger.jsonl")) == 0
    assert capsys.readouterr().out == "2 parts: 0 not answered, 0 no model is cleared for\n"
    code, parted = phases.publish("reply.json")
    main(["review", "--repo", str(phases.work.path), "--base", "main", "--head", "feature", "--operator",
          phases.document, "--output", phases.path("whole.json"), "--tasks", tasks], {})  # fmt: skip
    whole = json.loads(phases.text("whole.json"))
    assert code == whole["exit_code"]
    assert (whole["message"] is not None, bool(whole["scaffolds"])) == (("message" in tasks), ("scaffold" in tasks))
    for report in (parted, whole):
        report.pop("ledger")
        for usage in report["usage"]:
            usage.pop("seconds")
    assert parted == whole


def test_a_plan_needs_no_key_and_asks_nobody(phases: Phases, servers: tuple[Faulty, Faulty], tmp_path: Path) -> None:
    assert phases.plan() == 0
    assert [server.connections for server in servers] == [0, 0]
    text = phases.text("plan.json")
    assert CANARY in text, "what is asked is in it: it is as sensitive as the change"
    keyed = operator(tmp_path, ("hosted", "mistral", servers[0].url, "internal"))
    assert main(["plan", "--repo", str(phases.work.path), "--base", "main", "--head", "feature", "--operator", keyed],
                {"MISTRAL_API_KEY": "very-secret-key"}) == 0  # fmt: skip


def test_publishing_asks_nobody(tmp_path: Path) -> None:
    with Faulty(faulty.reply(no_findings()), dialect="ollama", models=(MODEL,)) as server:
        made = Phases(tmp_path, server.url, server.url)
        assert (made.plan(), made.ask()) == (0, 0)
        before = server.connections
        assert made.publish("reply.json")[0] == 0
        assert server.connections == before


@pytest.mark.parametrize(("path", "who"), [("api/app.py", 0), ("ledger/core.py", 1), ("docs/guide.md", 0)])
def test_what_is_explained_is_what_is_sent(
    phases: Phases, servers: tuple[Faulty, Faulty], path: str, who: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert phases.plan("--explain", path) == 0
    head, text = capsys.readouterr().out.split("\n", 1)
    assert phases.ask() == 0
    (sent,) = prompts(servers[who])
    assert text.strip("\n") in sent
    assert text.startswith(f"### {path} (modified)\n")
    assert head == {"api/app.py": "internal-1, internal, with 1 other file:",
                    "docs/guide.md": "internal-1, internal, with 1 other file:",
                    "ledger/core.py": "restricted-1, restricted, with 0 other files:"}[path]  # fmt: skip
    assert text.count("### ") == 1


def test_in_ci_nothing_is_explained(phases: Phases, capsys: pytest.CaptureFixture[str]) -> None:
    assert phases.plan("--explain", "ledger/core.py", environ={"CI": "true"}) == 2
    said = capsys.readouterr()
    assert (said.out, CANARY in said.err, said.err.count("\n")) == ("", False, 1)
    assert not (phases.folder / "plan.json").exists()


def test_the_log_of_a_build_counts_nothing_that_is_labelled_above_it(
    phases: Phases, capsys: pytest.CaptureFixture[str]
) -> None:
    ci = {"CI": "true"}
    assert (phases.plan(environ=ci), phases.ask(environ=ci)) == (0, 0)
    assert capsys.readouterr().out == (
        "2 files, 1 part to ask about, 1 finding of checks\n1 part: 0 not answered, 1 no model is cleared for\n"
    )


def test_a_file_that_nobody_would_see_is_explained_by_why(phases: Phases, capsys: pytest.CaptureFixture[str]) -> None:
    phases.work.write("x.png", b"\x89PNG\0")
    phases.work.commit(**{"go.sum": "a\n"})
    assert phases.plan("--explain", "go.sum") == 0
    assert capsys.readouterr().out == (
        "no model would see go.sum: it is checked, a list of locked versions: read by checks alone\n"
    )
    assert phases.plan("--explain", "x.png") == 0
    assert capsys.readouterr().out == "no model would see x.png: it is skipped, binary\n"
    assert phases.plan("--explain", "no/such\x1b[2J") == 2
    assert capsys.readouterr().err == "reviewbot: no/such\\x1b[2J: not among the changed files\n"


@pytest.mark.parametrize(("act", "code"), [(faulty.reply(no_findings()), 0), (faulty.unauthorized(), 3)])
def test_asking_writes_what_it_has_and_says_by_its_code_whether_all_was_answered(
    tmp_path: Path, act: faulty.Act, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with (Faulty(faulty.reply(no_findings()), dialect="ollama", models=(MODEL,)) as hosted,
          Faulty(act, dialect="ollama", models=(MODEL,)) as local):  # fmt: skip
        made = Phases(tmp_path, hosted.url, local.url)
        made.plan()
        capsys.readouterr()
        assert made.ask() == code
        assert f"2 parts: {int(code == 3)} not answered" in capsys.readouterr().out
    assert made.publish("reply.json")[0] == code
    files = {file["path"]: file["outcome"] for file in json.loads(made.text("report.json"))["files"]}
    assert files["api/app.py"] == "reviewed"
    assert files["ledger/core.py"] == ("failed" if code else "reviewed")


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 4)])
def test_where_no_model_is_cleared_strict_is_an_exit_code_in_both_phases(
    tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    with Faulty(faulty.reply(no_findings()), dialect="ollama", models=(MODEL,)) as hosted:
        made = Phases(tmp_path, hosted.url, None)
        made.plan()
        assert made.ask(*options) == code
        assert not any(CANARY in prompt for prompt in prompts(hosted))
    published, report = made.publish("reply.json", options=options)
    assert (published, report["exit_code"], report["conclusion"]) == (code, code, "neutral")


def test_of_unanswered_and_denied_the_larger_code_counts(tmp_path: Path) -> None:
    with Faulty(faulty.unauthorized(), dialect="ollama", models=(MODEL,)) as hosted:
        made = Phases(tmp_path, hosted.url, None)
        made.plan()
        assert (made.ask(), made.ask("--strict")) == (3, 4)


def test_shards_of_one_plan_make_one_report_and_one_ledger_in_parts(
    phases: Phases, capsys: pytest.CaptureFixture[str]
) -> None:
    phases.plan()
    ledgers = [phases.path(f"ledger-{number}.jsonl") for number in (1, 2, 3)]
    for number, ledger in enumerate(ledgers, 1):
        assert phases.ask("--shard", f"{number}/3", "--ledger", ledger, reply=f"reply-{number}.json") == 0
    code, report = phases.publish("reply-1.json", "reply-2.json", "reply-3.json")
    assert (code, {file["outcome"] for file in report["files"]}) == (0, {"reviewed"})
    lines = [json.loads(line) for ledger in ledgers for line in Path(ledger).read_text().splitlines()]
    decided = sorted(line["inputs"][0]["origin"] for line in lines if line["kind"] == "decision")
    assert decided == ["api/app.py", "docs/guide.md", "ledger/core.py"]
    assert report["ledger"]["entries"] == len(lines)
    capsys.readouterr()
    assert main(["audit", "verify", *ledgers, "--head", report["ledger"]["head"]], {}) == 0
    assert main(["audit", "verify", *ledgers, "--head", "0" * 64], {}) != 0


def test_a_shard_that_is_not_there_leaves_its_files_unread(phases: Phases) -> None:
    phases.plan()
    assert phases.ask("--shard", "1/2", reply="one.json") == 0
    code, report = phases.publish("one.json")
    files = {file["path"]: (file["outcome"], file["reason"]) for file in report["files"]}
    assert code == 3
    assert files["ledger/core.py"] == ("failed", "the answers to a part of it are not here")
    assert files["api/app.py"] == ("reviewed", "")


def test_the_bytes_of_each_shards_ledger_are_those_its_servers_got(
    phases: Phases, servers: tuple[Faulty, Faulty]
) -> None:
    phases.plan()
    phases.ask("--ledger", phases.path("ledger.jsonl"))
    sums = {"hosted": 0, "local": 0}
    for line in map(json.loads, phases.text("ledger.jsonl").splitlines()):
        if line["kind"] == "egress":
            sums[line["sink"]] += line["bytes_out"]
    assert sums == {"hosted": servers[0].body_bytes, "local": servers[1].body_bytes}


def test_whoever_adds_up_the_ends_of_all_shards_has_every_file_that_was_decided(phases: Phases) -> None:
    phases.work.commit(**{"go.sum": "a\n"})
    phases.plan()
    totals = []
    for number in (1, 2):
        phases.ask("--shard", f"{number}/2", "--ledger", phases.path(f"{number}.jsonl"), reply=f"{number}.json")
        totals.append(json.loads(phases.text(f"{number}.jsonl").splitlines()[-1])["totals"])
    assert [(one["seen"], one["decided"]) for one in totals] == [(3, 3), (1, 1)]


def test_a_document_that_the_change_may_have_brought_is_refused_where_models_are_asked(
    phases: Phases, servers: tuple[Faulty, Faulty], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    phases.plan()
    phases.work.commit(**{"models.toml": Path(phases.document).read_text()})
    phases.document = str(phases.work.path / "models.toml")
    monkeypatch.chdir(phases.work.path)
    assert phases.ask() == 2
    assert "the repository under review tracks it" in capsys.readouterr().err
    assert [server.connections for server in servers] == [0, 0]


def test_a_plan_whose_replies_are_lost_is_published_as_not_read(phases: Phases) -> None:
    phases.plan()
    code, report = phases.publish()
    assert (code, report["status"], report["conclusion"]) == (3, "failed", "neutral")
    assert {file["reason"] for file in report["files"]} == {"the answers to a part of it are not here"}
    assert (report["usage"], report["ledger"]) == ([], None)
    assert [finding["origin"] for finding in report["findings"]] == ["check:calls"]
    assert {file["route"] for file in report["files"]} == {None}


def test_the_gate_of_the_plan_is_that_of_the_report(phases: Phases) -> None:
    phases.plan("--fail-on", "low")
    phases.ask()
    assert phases.publish("reply.json")[0] == 1
    phases.plan("--fail-on", "none")
    phases.ask()
    assert phases.publish("reply.json")[0] == 0


def test_what_comments_may_show_is_the_operators_word_when_it_is_published(
    phases: Phases, servers: tuple[Faulty, Faulty], tmp_path: Path
) -> None:
    claim = {"path": "ledger/core.py", "line": 2, "quote": f"    {CANARY} = cents / 0", "kind": "logic",
             "severity": "high", "title": "It divides by zero", "body": "Always.", "suggestion": ""}  # fmt: skip
    with Faulty(faulty.reply(json.dumps({"findings": [claim]})), faulty.reply('{"verdicts": []}'), dialect="ollama",
                models=(MODEL,)) as local:  # fmt: skip
        phases.document = operator(tmp_path, ("hosted", "ollama", servers[0].url, "internal"),
                                   ("local", "ollama", local.url, "restricted"))  # fmt: skip
        phases.plan()
        assert phases.ask() == 0
    for comments, posted in (("restricted", "summary"), ("internal", "withheld")):
        text = Path(phases.document).read_text().partition("[comments]")[0]
        Path(phases.document).write_text(f'{text}\n[comments]\nclearance = "{comments}"\n')
        _, report = phases.publish("reply.json", options=("--output", phases.path("r.md")))
        said = [one["posted"] for one in report["findings"] if one["origin"] == "local"]
        assert said == [posted], comments
        assert ("divides by zero" in phases.text("r.md")) is (posted != "withheld")


@pytest.mark.parametrize("change", ["plan", "reply", "twice", "swapped"])
def test_files_that_do_not_belong_together_are_one_line_and_exit_2(
    phases: Phases, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    phases.plan()
    phases.ask()
    replies = ["reply.json"]
    if change == "plan":
        Path(phases.path("plan.json")).write_text(phases.text("plan.json").replace("internal-1", "internal-2"))
    elif change == "reply":
        Path(phases.path("reply.json")).write_text(phases.text("reply.json")[:-40])
    elif change == "twice":
        replies *= 2
    else:
        replies = ["plan.json"]
    capsys.readouterr()
    code, report = phases.publish(*replies)
    said = capsys.readouterr()
    assert (code, report, said.out) == (2, {}, "")
    assert said.err.startswith("reviewbot: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "1/", "/2", "-1/2", "a/b", "1/1001", "1/2/3", ""])
def test_a_part_that_is_none_is_refused(tmp_path: Path, shard: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "plan.json", "--output", "x", f"--shard={shard}"], {}) == 2
    assert capsys.readouterr().err == "reviewbot: ask: argument --shard: not as 2/8 is: a part, and of how many\n"


def test_where_a_reply_cannot_be_written_nobody_is_asked(phases: Phases, servers: tuple[Faulty, Faulty]) -> None:
    phases.plan()
    assert phases.ask(reply="no/such/folder.json") == 2
    assert phases.ask("--ledger", phases.path("reply.json")) == 2
    assert [server.connections for server in servers] == [0, 0]


def test_a_ledger_that_cannot_be_opened_lets_nobody_be_asked(phases: Phases, servers: tuple[Faulty, Faulty]) -> None:
    phases.plan()
    assert phases.ask("--ledger", phases.path("no/such/ledger.jsonl")) == 2
    assert [server.connections for server in servers] == [0, 0]
    assert not (phases.folder / "reply.json").exists()
