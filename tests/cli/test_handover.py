"""Plans and replies between jobs of a CI system: read back as they were, or one clear line and nothing more."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.cli import handover
from reviewbot.cli.handover import Parcel
from reviewbot.core.answers import Answer, Answers, Call
from reviewbot.core.findings import Dropped, Severity
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.plan import Job, Part
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Record
from reviewbot.errors import NotReviewedError, UsageError
from reviewbot.pipeline import Plan
from tests.formats.samples import FILES, FINDINGS, POLICY, RULES, hostile_files, hostile_findings
from tests.materials import job, material, materials
from tests.policies import POLICIES

#: What git, models and people can write: any character, and bytes that are no text as Python keeps them.
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF),
               max_size=12)  # fmt: skip
PLAN = Plan(PullRequest("a" * 40, "b" * 40, "a" * 40, (), (), 7, "Raise a"), POLICY, FILES, FINDINGS, RULES,
            ("notice",), (), Severity.HIGH, (job(material("a = 1\n", "a = 2\n")),))  # fmt: skip
PARCEL = Parcel(
    Answers(
        (Answer("internal-1", "hosted", findings=FINDINGS, dropped=(Dropped("t", "p", None, "r", ASSIGNABLE[1]),),
                calls=(Call("hosted", "m", 10, 2, 0.5, 0.1, 0.0, 0.25),)),),
        ("hosted",), ("a notice",),
    ),
    (1, 1), "", Record("ledger.jsonl", 9, "0" * 64),
)  # fmt: skip


def passed(plan: Plan, folder: Path) -> Plan:
    handover.write_plan(str(folder / "plan.json"), plan)
    return handover.read_plan(str(folder / "plan.json"))[0]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    files = tuple(draw(st.lists(hostile_files(TEXT), max_size=2)))
    paths = [path for file in files for path in (file.path, file.old_path)]
    parts = tuple(
        Part(one, draw(st.sampled_from((one.lean, one.rich)))) for one in draw(st.lists(materials(), max_size=2))
    )
    jobs = draw(st.none() | st.just((Job(draw(TEXT), draw(st.sampled_from(ASSIGNABLE)), parts, 2048),)))
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, (), (), draw(st.none() | st.integers(1)), draw(TEXT))
    findings = tuple(draw(st.lists(hostile_findings(paths, TEXT), max_size=2)))
    notices, gate = tuple(draw(st.lists(TEXT, max_size=2))), draw(st.none() | st.sampled_from(Severity))
    return Plan(pull, draw(POLICIES), files, findings, RULES, notices, (), gate, jobs)


NUMBERS = st.integers(0, 10**9)
TIMES = st.floats(0, 10**6)
CALLS = st.builds(Call, TEXT, TEXT, NUMBERS, NUMBERS, TIMES, st.none() | TIMES, TIMES, TIMES, TEXT)
DROPPED = st.builds(Dropped, TEXT, TEXT, st.none() | NUMBERS, TEXT, st.sampled_from(ASSIGNABLE), TEXT)
SAID = st.lists(hostile_findings(["x"], TEXT), max_size=2).map(tuple)
ANSWERS = st.builds(Answer, TEXT, TEXT, TEXT, st.booleans(), SAID, st.lists(DROPPED, max_size=2).map(tuple),
                    st.lists(CALLS, max_size=2).map(tuple), TEXT)  # fmt: skip
PARCELS = st.builds(
    Parcel, st.builds(Answers, st.lists(ANSWERS, max_size=2).map(tuple), st.lists(TEXT, max_size=2).map(tuple),
                      st.lists(TEXT, max_size=2).map(tuple)),
    st.just((1, 1)), st.just("f" * 64), st.builds(Record, TEXT, NUMBERS, st.just("0" * 64)),
)  # fmt: skip
WHOLE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@WHOLE
@given(plans())
def test_a_plan_is_read_as_it_was_written(tmp_path: Path, plan: Plan) -> None:
    whole = replace(plan, jobs=tuple(map(_sound, range(99), plan.jobs)) if plan.jobs else plan.jobs)
    assert passed(whole, tmp_path) == whole


def _sound(number: int, job: Job) -> Job:
    """The job with a name of its own and parts of its own label, as planning makes them."""
    parts = (replace(part, material=replace(part.material, label=job.label)) for part in job.parts)
    return replace(job, name=f"{number} {job.name}", parts=tuple(parts))


def test_a_plan_whose_parts_are_not_of_their_jobs_label_is_refused(tmp_path: Path) -> None:
    part = Part(material("a = 1\n", "a = 2\n", label=Label.RESTRICTED), ())
    for jobs in ((Job("x-1", Label.INTERNAL, (part,), 9),), (Job("x-1", Label.RESTRICTED, (part,), 9),) * 2):
        handover.write_plan(str(tmp_path / "plan.json"), replace(PLAN, jobs=jobs))
        with pytest.raises(UsageError, match="its parts"):
            handover.read_plan(str(tmp_path / "plan.json"))


@WHOLE
@given(PARCELS)
def test_a_reply_is_read_as_it_was_written(tmp_path: Path, parcel: Parcel) -> None:
    handover.write_reply(str(tmp_path / "reply.json"), parcel)
    assert handover.read_replies([str(tmp_path / "reply.json")], "f" * 64) == (parcel,)


def test_what_is_written_is_ascii_on_one_line_and_the_same_every_time(tmp_path: Path) -> None:
    plan = replace(PLAN, notices=("é\u2028\udcff\x1b[2J\n",))
    assert passed(plan, tmp_path) == plan
    first = (tmp_path / "plan.json").read_bytes()
    assert first.isascii()
    assert first.count(b"\n") == 1
    passed(plan, tmp_path)
    assert (tmp_path / "plan.json").read_bytes() == first


def test_a_plan_of_megabytes_is_passed_on(tmp_path: Path) -> None:
    huge = material(None, "".join(f"value_{number} = {number}\n" for number in range(25_000)))
    plan = replace(PLAN, jobs=(job(huge),))
    assert passed(plan, tmp_path) == plan


def test_only_the_owner_reads_what_is_handed_over(tmp_path: Path) -> None:
    (tmp_path / "reply.json").touch(0o666)
    (tmp_path / "reply.json").chmod(0o666)
    old = os.umask(0)
    try:
        handover.write_plan(str(tmp_path / "plan.json"), PLAN)
        handover.write_reply(str(tmp_path / "reply.json"), PARCEL)
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"plan.json": 0o600, "reply.json": 0o600}


def reply(folder: Path, name: str = "reply.json", **changes: Any) -> str:
    """A reply to the plan `sha`, with members of the document or of its content replaced."""
    handover.write_reply(str(folder / name), replace(PARCEL, plan="f" * 64))
    document = json.loads((folder / name).read_text())
    for key, value in changes.items():
        (document if key in document else document["content"])[key] = value
    (folder / name).write_text(json.dumps(document))
    return str(folder / name)


def refused(*names: str, plan: str = "f" * 64) -> str:
    """What is said of replies that cannot be read: one line that names the file."""
    with pytest.raises(UsageError) as caught:
        handover.read_replies([*names], plan)
    assert (caught.value.exit_code, "\n" in str(caught.value)) == (2, False)
    return str(caught.value)


def test_a_reply_to_another_plan_is_refused(tmp_path: Path) -> None:
    name = reply(tmp_path)
    assert handover.read_replies([name], "f" * 64)
    assert refused(name, plan="e" * 64) == f"{name}: the answers to another plan"


def test_any_change_of_a_plan_makes_it_another(tmp_path: Path) -> None:
    handover.write_plan(str(tmp_path / "plan.json"), PLAN)
    _, sha256 = handover.read_plan(str(tmp_path / "plan.json"))
    text = (tmp_path / "plan.json").read_text()
    (tmp_path / "plan.json").write_text(text.replace("Raise a", "Raise b"))
    assert handover.read_plan(str(tmp_path / "plan.json"))[1] != sha256


def test_two_replies_for_one_shard_are_refused(tmp_path: Path) -> None:
    one, two = reply(tmp_path), reply(tmp_path, "again.json")
    assert refused(one, two) == f"{two}: a second reply for shard 1/1"


def test_replies_of_differently_many_shards_are_refused(tmp_path: Path) -> None:
    one, two = reply(tmp_path, shard=[1, 2]), reply(tmp_path, "two.json", shard=[2, 3])
    assert refused(one, two) == "the replies are of differently many shards"
    assert len(handover.read_replies([one, reply(tmp_path, "two.json", shard=[2, 2])], "f" * 64)) == 2


def test_a_plan_is_no_reply_and_a_reply_is_no_plan(tmp_path: Path) -> None:
    handover.write_plan(str(tmp_path / "plan.json"), PLAN)
    assert refused(str(tmp_path / "plan.json")).endswith("plan.json: not a file of schema reviewbot.reply/1")
    with pytest.raises(UsageError, match=r"not a file of schema reviewbot\.plan/1"):
        handover.read_plan(reply(tmp_path))


@pytest.mark.parametrize("version", ["0.0.0", "", 3, None, ["x"], "\x1b[2J\n", "9" * 5000])
def test_a_file_of_another_version_is_refused(tmp_path: Path, version: object) -> None:
    said = refused(reply(tmp_path, version=version))
    assert "made by another version of reviewbot" in said
    assert said.isprintable()
    assert len(said) < len(str(tmp_path)) + 150


@pytest.mark.parametrize("data", [
    b"", b"\0", b"\xff\xfe", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"[" * 100_000, b'{"a":' * 100_000,
    b'{"schema": "reviewbot.reply/1"}', b'{"schema": ["reviewbot.reply/1"], "version": "", "content": {}}',
    b"9" * 5000, b"\x1b[2J\n::error::x",
])  # fmt: skip
def test_what_is_no_reply_at_all_is_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "reply.json").write_bytes(data)
    assert refused(str(tmp_path / "reply.json")).endswith("reply.json: not a file of schema reviewbot.reply/1")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1, exclude_max=True))
def test_a_reply_that_was_cut_is_refused_wherever(tmp_path: Path, share: float) -> None:
    data = Path(reply(tmp_path)).read_bytes()
    (tmp_path / "cut.json").write_bytes(data[: int((len(data) - 1) * share)])
    refused(str(tmp_path / "cut.json"))


@pytest.mark.parametrize(("changes", "place"), [
    ({"content": None}, ""), ({"content": []}, ""), ({"content": {}}, "answers"), ({"answers": 3}, "answers"),
    ({"answers": {"answers": [{}]}}, "answers.answers.0.job"), ({"shard": [1]}, "shard.1"), ({"plan": 3}, "plan"),
    ({"ledger": {"path": "", "entries": "x", "head": ""}}, "ledger.entries"),
    ({"answers": {"answers": [{"job": "x", "backend": "y", "findings": [{"label": "PUBLIC"}]}]}},
     "answers.answers.0.findings.0.rule"),
])  # fmt: skip
def test_what_is_not_as_the_schema_has_it_is_named_by_its_place(
    tmp_path: Path, changes: dict[str, Any], place: str
) -> None:
    name = reply(tmp_path, **changes)
    assert refused(name) == f"{name}: {place}: not as reviewbot.reply/1 has it"


@pytest.mark.parametrize(("member", "value"), [("severity", 99), ("label", 9), ("posted", "everywhere")])
def test_a_word_that_is_none_of_ours_is_refused(tmp_path: Path, member: str, value: object) -> None:
    name = reply(tmp_path)
    document = json.loads(Path(name).read_text())
    document["content"]["answers"]["answers"][0]["findings"][0][member] = value
    Path(name).write_text(json.dumps(document))
    assert refused(name).endswith(f"answers.answers.0.findings.0.{member}: not as reviewbot.reply/1 has it")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_no_number_is_refused(tmp_path: Path, number: str) -> None:
    name = reply(tmp_path)
    text = Path(name).read_text()
    assert text.count('"seconds": 0.5') == 1
    Path(name).write_text(text.replace('"seconds": 0.5', f'"seconds": {number}'))
    assert refused(name) == f"{name}: not a file of schema reviewbot.reply/1"


@pytest.mark.parametrize(("old", "new"), [
    ('"seconds": 0.5', '"seconds": -0.5'), ('"tokens_in": 10', '"tokens_in": -10'),
    ('"tokens_in": 10', f'"tokens_in": {"9" * 4000}'), ('"cost_usd": 0.25', '"cost_usd": -1'),
    ('"confidence": 0.99', '"confidence": 99'), ('"shard": [1, 1]', '"shard": [2, 1]'),
    ('"shard": [1, 1]', '"shard": [0, 0]'), ('"shard": [1, 1]', '"shard": [1, 1001]'),
    ('"entries": 9', '"entries": -9'), ("0" * 64, "0" * 63), ("0" * 64, "0" * 63 + "\\n"), ("0" * 64, "\\u001b[2J"),
    ("0" * 64, "\\ud800"),
])  # fmt: skip
def test_a_number_that_no_asking_brings_about_is_refused(tmp_path: Path, old: str, new: str) -> None:
    name = reply(tmp_path)
    text = Path(name).read_text()
    assert old in text
    Path(name).write_text(text.replace(old, new, 1))
    assert refused(name) == f"{name}: not as reviewbot.reply/1 has it"


def test_no_text_of_a_file_that_is_refused_is_told(tmp_path: Path) -> None:
    assert "CANARY" not in refused(reply(tmp_path, shard=["CANARY", 1]))
    (tmp_path / "x.json").write_text('{"schema": "CANARY", "version": "CANARY", "content": "CANARY"}')
    assert "CANARY" not in refused(str(tmp_path / "x.json"))


def test_a_name_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert refused(str(tmp_path)).endswith("cannot be read: Is a directory")
    assert refused(str(tmp_path / "none")).endswith("cannot be read: No such file or directory")
    assert refused("a\0b") == "a\\x00b: cannot be read: no such name"
    assert refused(f"{tmp_path}/\x1b[2J\n").isprintable()


@pytest.mark.parametrize("name", ["/dev/full", "/no/such/folder/plan.json", "a\0b"])
def test_what_cannot_be_written_was_not_reviewed(name: str) -> None:
    with pytest.raises(NotReviewedError, match="cannot be written"):
        handover.write_plan(name, PLAN)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    with pytest.raises(NotReviewedError):
        handover.write_reply(str(tmp_path / "link"), PARCEL)
    assert (tmp_path / "precious").read_text() == "precious"
