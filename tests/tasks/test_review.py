"""What a model is asked and what is made of its reply: our words are fixed, its words are data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.diff import Line
from reviewbot.core.findings import Dropped, Finding, Location, Severity
from reviewbot.core.labels import ASSIGNABLE, Label, join
from reviewbot.core.passages import Material, Passage
from reviewbot.core.plan import Job, Part
from reviewbot.tasks import review
from tests.materials import HOSTILE, job, material, materials

SOME = settings(max_examples=100, deadline=None)
APP = material("def f(x):\n    return x\n", "def f(x):\n    return eval(x)\n    # \u202e\n", asked=["Look\n twice."])
JOB = job(APP, material("a\n", "b\n", "lib/b.py"))
CLAIM = {"path": "src/app.py", "line": 2, "quote": "    return eval(x)", "kind": "security", "severity": "high",
         "title": "A value is run as code.", "body": "Who chooses it runs any code.",
         "suggestion": "    return int(x)"}  # fmt: skip
FOUND = Finding(
    "model/security", "hosted", Severity.HIGH, review.CLAIMED, Location("src/app.py", "new", 2, 2),
    "A value is run as code", "Who chooses it runs any code.", suggestion="    return int(x)", label=Label.INTERNAL,
)  # fmt: skip


def read(reply: str) -> tuple[tuple[Finding, ...], tuple[Dropped, ...]]:
    return review.read(reply, JOB, Label.INTERNAL, "hosted")


def claims(**changes: object) -> str:
    return json.dumps({"findings": [CLAIM | changes]})


# What is asked


@SOME
@given(st.lists(materials(), min_size=1, max_size=3), st.booleans(), st.sampled_from(["en", "fr", "pt-BR"]))
def test_a_prompt_has_the_label_of_its_strictest_file_and_our_words_unchanged(
    given_materials: list[Material], again: bool, language: str
) -> None:
    asked = review.prompt(job(*given_materials), language, again)
    assert asked.label == join(*(one.label for one in given_materials))
    assert (asked.system, asked.schema) == (review.SYSTEM, review.SCHEMA)
    assert asked.text.startswith("### ")
    assert asked.text.count(review.AGAIN) == again


@SOME
@given(st.sampled_from(ASSIGNABLE), st.text(max_size=30) | st.sampled_from(HOSTILE))
def test_what_the_team_asks_is_one_line_with_the_label_of_its_job(label: Label, text: str) -> None:
    one = replace(job(replace(APP, label=label, instructions=(text,))), label=label)
    *_, asked = review.prompt(one).excerpts
    assert asked.label == label
    assert asked.text.startswith("The team asks:")
    assert len(asked.text.splitlines()) == 1


def test_a_prompt_is_files_then_the_team_then_the_language_then_the_second_asking() -> None:
    asked = review.prompt(JOB, "fr", again=True)
    assert [excerpt.text.split()[0] for excerpt in asked.excerpts] == ["###", "###", "The", "Write", "Your"]
    assert [excerpt.origin for excerpt in asked.excerpts] == ["src/app.py", "lib/b.py", "policy", "policy", "reviewbot"]
    assert asked.max_tokens == JOB.reply


def test_what_two_files_of_a_job_are_asked_for_is_said_once() -> None:
    twice = job(APP, replace(APP, path="b.py"))
    assert review.prompt(twice).text.count("Look twice.") == 1


def test_our_words_say_what_the_rows_are() -> None:
    """A model is trained on these forms: they change in both places or in none."""
    for words in (
        "`12 + code` was added",
        "`12 - code`",
        "`12   code`",
        "`@`",
        "`...` stands for lines",
        "already reported",
    ):
        assert words in review.SYSTEM
    text = review.prompt(JOB).text
    assert text.startswith("### src/app.py (modified)\n1   def f(x):\n2 -     return x\n2 +     return eval(x)\n")


def test_every_member_that_is_asked_for_is_bounded() -> None:
    for schema, member in ((review.SCHEMA, "findings"), (review.VERDICTS, "verdicts")):
        listed = schema["properties"][member]  # type: ignore[index]
        assert listed["maxItems"] == review.MOST
        for one in listed["items"]["properties"].values():
            assert one["type"] == "integer" or "maxLength" in one or "enum" in one


# What comes back


def test_a_reply_as_asked_for_is_read() -> None:
    assert read(claims()) == ((FOUND,), ())


def test_no_defect_is_an_answer() -> None:
    assert read('{"findings": []}') == ((), ())
    assert read("[]") == ((), ())
    assert read("```json\n[]\n```") == ((), ())


@pytest.mark.parametrize("reply", [
    "```json\n{}\n```", "Here is what I found:\n{}", "{}\nI hope this helps.", "I looked at [1] and [] and {{x}}.\n{}",
    "{}\n{{\"note\": \"done\"}}", "<think>is {{\"a\": []}} fine? [2]</think>{}", "\ufeff{}",
    "{{\"result\": {}}}", "{}}}}}",
    "In `rows[0]` and `rows[1]` and `{{}}`{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}{{}}\n{}",
])  # fmt: skip
def test_what_stands_around_the_object_does_not_count(reply: str) -> None:
    assert read(reply.format(claims())) == ((FOUND,), ())


def test_all_objects_of_a_reply_count() -> None:
    """Who thinks aloud writes an empty one first: taking it would hide what follows."""
    two = claims(kind="logic")
    found, dropped = read('{"findings": []}\n' + claims() + "\n" + two)
    assert [finding.rule for finding in found] == ["model/security", "model/logic"]
    assert dropped == ()


def test_a_list_of_claims_alone_is_read() -> None:
    assert read(json.dumps([CLAIM])) == ((FOUND,), ())
    assert read(f"```\n{json.dumps([CLAIM])}\n```") == ((FOUND,), ())


def test_a_comma_too_many_and_a_line_break_in_a_text_are_forgiven() -> None:
    reply = claims().replace("}]}", ",},]}").replace("runs any", "runs\nany")
    (found,), dropped = read(reply)
    assert (found.body, dropped) == ("Who chooses it runs\nany code.", ())
    assert read(claims(body='x, } and ", ]')[:-3] + ", }]}")[0][0].body == 'x, } and ", ]'


@pytest.mark.parametrize("reply", [
    "", " ", "No defects found.", "null", "true", "7", "{}", '{"finding": []}', '{"findings": {}}',
    '{"findings": null}',
    "[1, 2]",
    "See [] above.", '["x"]', "[[]]", "{'findings': []}", '{"findings": [', claims()[:-2], claims()[:40],
    "{" * 5000, "[" * 100_000,
    '{"findings":' * 5000, "{\"a\":" * 100_000, '"' * 1000, "\ud800", "[] and []", "```json\n```",
    '{"findings": [{"line": ' + "9" * 5000 + "}]}",
])  # fmt: skip
def test_a_reply_without_the_object_is_no_review(reply: str) -> None:
    with pytest.raises(review.UnreadableError):
        read(reply)


def test_more_than_was_asked_for_is_dropped_and_counted() -> None:
    reply = json.dumps({"findings": [CLAIM] * (review.MOST + 3)})
    found, dropped = read(reply)
    assert (len(found), [one.reason for one in dropped]) == (review.MOST, ["more than asked for: 3"])


@pytest.mark.parametrize("item", [
    None, 1, "x", [], {}, [CLAIM], CLAIM | {"quote": 7}, CLAIM | {"severity": "purple"}, CLAIM | {"severity": 3},
    CLAIM | {"title": ""}, CLAIM | {"title": " \n"}, CLAIM | {"title": "..."}, CLAIM | {"title": None},
    CLAIM | {"quote": {"text": "x"}}, {**CLAIM, "severity": None}, {k: v for k, v in CLAIM.items() if k != "quote"},
])  # fmt: skip
def test_a_claim_that_is_not_as_asked_for_is_dropped_and_the_others_stay(item: object) -> None:
    found, dropped = read(json.dumps({"findings": [CLAIM, item]}))
    assert found == (FOUND,)
    assert [one.reason for one in dropped] == ["not as asked for"]


@pytest.mark.parametrize("line", [
    "NaN", "Infinity", "-1", "true", "false", "null", '"x"', "[]", "{}", "2.0", '"2"', "9" * 400, "1e999", "2.5",
    '"' + "9" * 5000 + '"', '"²"',
])  # fmt: skip
def test_a_line_is_a_hint_whatever_it_is(line: str) -> None:
    assert read(claims(line="L").replace('"L"', line)) == ((FOUND,), ())


def test_what_is_no_number_is_no_hint() -> None:
    _, (dropped,) = read(claims(line=True, quote="nowhere"))
    assert dropped.line is None
    _, (dropped,) = read(claims(line=10**9, quote="nowhere"))
    assert dropped.line is None
    _, (dropped,) = read(claims(line="12", quote="nowhere"))
    assert dropped.line == 12


@pytest.mark.parametrize(("changes", "attribute", "value"), [
    ({"severity": "CRITICAL"}, "severity", Severity.CRITICAL),
    ({"severity": " Blocker "}, "severity", Severity.CRITICAL),
    ({"severity": "major"}, "severity", Severity.HIGH), ({"severity": "warning"}, "severity", Severity.MEDIUM),
    ({"severity": "nit"}, "severity", Severity.LOW), ({"kind": "Security"}, "rule", "model/security"),
    ({"kind": "style"}, "rule", "model/logic"), ({"kind": 3}, "rule", "model/logic"), ({"body": None}, "body", ""),
    ({"body": ["a", "b"]}, "body", "a\nb"), ({"quote": ["    return eval(x)"]}, "location", FOUND.location),
    ({"suggestion": None}, "suggestion", None), ({"suggestion": ""}, "suggestion", None),
    ({"suggestion": 7}, "suggestion", None),
    ({"suggestion": " \n"}, "suggestion", None), ({"path": None}, "location", FOUND.location),
    ({"title": "a\n  b.."}, "title", "a b"), ({"body": "\ud800x"}, "body", "\\u{d800}x"),
])  # fmt: skip
def test_members_are_read_as_they_are_meant(changes: dict[str, object], attribute: str, value: object) -> None:
    (found,), dropped = read(claims(**changes))
    assert (getattr(found, attribute), dropped) == (value, ())


def test_long_texts_are_cut_and_say_so() -> None:
    (found,), _ = read(claims(title="t" * 5000, body="b" * 5000))
    assert len(found.title) < review.TITLE + 40
    assert len(found.body) < review.BODY + 40
    assert "more characters" in found.title


def test_a_quote_that_was_not_shown_drops_its_claim_with_the_reason() -> None:
    found, dropped = read(claims(quote="return exec(x)"))
    assert found == ()
    assert dropped == (
        Dropped("A value is run as code", "src/app.py", 2, "its quote is absent", Label.INTERNAL, "hosted"),
    )


@pytest.mark.parametrize(("changes", "why"), [
    ({"quote": "return eval"}, "a piece of a line"), ({"quote": "2 -     return x", "line": 2}, "the old side"),
    ({"suggestion": "x = 1\n" * 900}, "too long"),
])  # fmt: skip
def test_a_suggestion_that_replaces_no_whole_lines_is_said_in_prose(changes: dict[str, object], why: str) -> None:
    (found,), _ = read(claims(**changes))
    assert found.suggestion is None, why
    assert "\nSuggested: " in found.body
    assert len(found.body) < review.BODY + review.SUGGESTION + 60


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*CLAIM, "findings", "x"]), inner, max_size=4)
), max_leaves=12)  # fmt: skip


@SOME
@given(st.lists(st.builds(lambda change: CLAIM | change if isinstance(change, dict) else change, JSON), max_size=15),
       st.text(max_size=20))  # fmt: skip
def test_every_item_of_a_reply_is_a_finding_or_dropped(items: list[object], around: str) -> None:
    try:
        found, dropped = read(around.replace("{", "").replace('"', "") + json.dumps({"findings": items}))
    except review.UnreadableError:
        assert items
        return
    assert len(found) + len(dropped) == min(len(items), review.MOST + 1)
    assert all(finding.label == Label.INTERNAL and finding.origin == "hosted" for finding in found)


@SOME
@given(JSON | st.text())
def test_any_reply_is_read_or_refused(value: object) -> None:
    try:
        found, dropped = read(value if isinstance(value, str) else json.dumps(value))
    except review.UnreadableError:
        return
    assert isinstance(found, tuple)
    assert isinstance(dropped, tuple)


# The second asking


def test_claims_stand_below_the_code_that_they_are_about() -> None:
    second = replace(FOUND, location=Location("lib/b.py", "old", 1, 1), title="x\n### y", body="a\nClaim 3: b")
    asked = review.verify(JOB, [FOUND, second], Label.CONFIDENTIAL)
    assert asked.system == review.VERIFY
    assert asked.label == Label.CONFIDENTIAL
    assert asked.text.endswith(
        "Claim 1: src/app.py:2 (new side) A value is run as code. Who chooses it runs any code.\n"
        "Claim 2: lib/b.py:1 (old side) x ### y. a Claim 3: b\n"
    )
    assert review.verify(JOB, [FOUND], Label.INTERNAL).text.count("### ") == 1


def test_a_renamed_file_is_shown_with_claims_about_its_old_side() -> None:
    one = job(material("a\ngone(1)\n", "a\n", "new.py", old_path="old.py"))
    (found,), _ = review.read(claims(path="new.py", quote="gone(1)"), one, Label.INTERNAL, "hosted")
    assert found.location == Location("old.py", "old", 2, 2)
    assert "gone(1)" in review.verify(one, [found], Label.INTERNAL).text


@pytest.mark.parametrize(("verdicts", "judged"), [
    ([(1, "holds"), (2, "refuted")], {0: "holds", 1: "refuted"}), ([(2, "Refuted ")], {1: "refuted"}), ([], {}),
    ([("1", "confirmed"), (2.0, "uncertain")], {0: "holds", 1: "unsure"}), ([(True, "refuted")], {}),
    ([(0, "refuted")], {}),
    ([(3, "refuted"), (-1, "refuted"), (10**30, "refuted"), (None, "holds")], {}), ([(1, "maybe"), (1, None)], {}),
    ([(1, "refuted"), (1, "holds")], {0: "unsure"}), ([(1, "refuted"), (1, "refuted")], {0: "refuted"}),
    ([(1, "refuted"), (1, "holds"), (1, "refuted")], {0: "unsure"}),
])  # fmt: skip
def test_a_verdict_counts_for_the_claim_it_names(verdicts: list[tuple[object, object]], judged: dict[int, str]) -> None:
    reply = json.dumps({"verdicts": [{"claim": claim, "verdict": said, "reason": "r"} for claim, said in verdicts]})
    found = review.judged(f"So:\n```json\n{reply}\n```", [FOUND, FOUND])
    assert {number: verdict for number, (verdict, _) in found.items()} == judged


def test_a_verdict_that_is_none_refutes_nothing() -> None:
    with pytest.raises(review.UnreadableError):
        review.judged("All are refuted.", [FOUND])


def test_every_shown_line_can_be_quoted_in_its_job() -> None:
    two = Part(APP, (Passage((Line(None, 90, "    later(x)"),)),))
    halves = Job("internal-1", Label.INTERNAL, (Part(APP, APP.lean), two), 900)
    (found,), _ = review.read(claims(quote="later(x)", line=90), halves, Label.INTERNAL, "hosted")
    assert found.location.line == 90
