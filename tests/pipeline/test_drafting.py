"""Commit messages and scaffolds in whole runs: who may write them, what became of a reply, and what is never shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from reviewbot.backends.scripted import Answer, Scripted
from reviewbot.core.diff import FileDiff
from reviewbot.core.drafts import OURS, Scaffold
from reviewbot.core.endpoints import Limits
from reviewbot.core.exchange import BackendError, Excerpt, Failure, Prompt
from reviewbot.core.history import History, Step
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, Rule
from reviewbot.core.summary import published
from reviewbot.pipeline import Wanted
from tests.pipeline.runs import POLICY, Run, endpoint, run, scripted
from tests.readings import diff

CANARY = "gorse_7431"
CLAMP = """\
def clamp(value: int, low: int) -> int:
    if value < low:
        raise ValueError(value)
    return value
"""
OPEN = diff("api/rates.py", None, CLAMP)
SECRET = diff("ledger/core.py", None, f"def post({CANARY}: int) -> int:\n    return {CANARY} * 2\n")
LOG = tuple(f"{kind}({scope}): say more" for kind in ("feat", "fix", "docs") for scope in ("api", "ledger", "web"))
MESSAGES = Wanted(history=History(LOG))
SCAFFOLDS = Wanted(tests=())


def said(subject: str, body: str = "") -> str:
    return json.dumps({"type": "feat", "scope": "api", "subject": subject, "body": body, "breaking": ""})


def model(*, message: str = "", filling: str = "", expression: str = "",
          fails: Failure | None = None) -> tuple[Callable[[Prompt], Answer], list[Prompt]]:  # fmt: skip
    """A model that finds nothing, and what it was asked."""
    seen: list[Prompt] = []

    def reply(prompt: Prompt) -> Answer:
        seen.append(prompt)
        properties = str((prompt.schema or {}).get("properties"))
        if "findings" in properties:
            return '{"findings": []}'
        if fails is not None:
            return BackendError(fails)
        if "subject" in properties:
            return message
        return json.dumps({"expression": expression}) if "expression" in properties else filling

    return reply, seen


def drafted(files: list[FileDiff], wanted: Wanted, *, hosted: Callable[[Prompt], Answer] | None = None,
            local: Callable[[Prompt], Answer] | None = None, policy: Policy = POLICY,
            limits: Limits | None = None, comments: Label = Label.RESTRICTED, shards: int = 1) -> Run:  # fmt: skip
    """A run with the models that are given."""
    backends = [scripted("hosted", Label.INTERNAL, hosted)] if hosted else []
    backends += [scripted("local", Label.RESTRICTED, local)] if local else []
    return run(files, backends, policy, wanted=wanted, limits=limits, comments=comments, shards=shards)


def only(found: Run) -> Scaffold:
    (scaffold,) = found.report.drafts.scaffolds
    return scaffold


# Messages


def test_without_a_model_the_message_is_made_of_the_change() -> None:
    message = drafted([OPEN], MESSAGES).report.drafts.message
    assert message is not None
    assert (message.subject, message.origin, message.label) == ("feat(api): add clamp", OURS, Label.INTERNAL)


def test_a_message_is_labelled_as_strictly_as_any_file_that_it_tells_of() -> None:
    drafts = drafted([OPEN, SECRET], MESSAGES).report.drafts
    assert [message.label for message in drafts.messages] == [Label.INTERNAL, Label.RESTRICTED]
    assert "post" not in drafts.messages[0].text


def test_a_model_writes_the_message_about_what_it_may_read() -> None:
    reply, seen = model(message=said("clamp values", "value has a low end"))
    message = drafted([OPEN], MESSAGES, hosted=reply).report.drafts.message
    assert message is not None
    assert (message.subject, message.origin) == ("feat(api): clamp values", "hosted")
    assert any("clamp" in prompt.text for prompt in seen)


def test_a_mixed_change_is_written_by_the_local_model() -> None:
    hosted, asked = model(message=said("clamp values"))
    local, _ = model(message=said("post and clamp values"))
    message = drafted([OPEN, SECRET], MESSAGES, hosted=hosted, local=local).report.drafts.message
    assert message is not None
    assert (message.subject, message.origin, message.label) == (
        "feat: post and clamp values", "local", Label.RESTRICTED)  # fmt: skip
    assert not any(CANARY in prompt.text for prompt in asked)


def test_without_a_local_model_the_hosted_one_writes_about_the_cleared_part_and_says_so() -> None:
    hosted, asked = model(message=said("clamp values"))
    message = drafted([OPEN, SECRET], MESSAGES, hosted=hosted).report.drafts.message
    assert message is not None
    assert (message.subject, message.origin, message.label) == ("feat(api): clamp values", "hosted", Label.RESTRICTED)
    assert message.notice == "hosted wrote it about what is labelled internal or below: the rest is not in it"
    assert not any(CANARY in prompt.text for prompt in asked)


@pytest.mark.parametrize("answer", ["I would rather not.", "{}", '{"subject": ""}'])
def test_a_reply_that_is_no_message_leaves_the_one_that_is_there_and_says_so(answer: str) -> None:
    report = drafted([OPEN], MESSAGES, hosted=model(message=answer)[0]).report
    assert report.drafts.message is not None
    assert (report.drafts.message.subject, report.drafts.message.origin) == ("feat(api): add clamp", OURS)
    assert report.notices == ("A draft was made without a model: hosted: reply not understood.",)


def test_a_model_that_is_down_costs_a_draft_nothing_but_its_words() -> None:
    report = drafted([OPEN], MESSAGES, hosted=model(fails=Failure.UNAUTHORIZED)[0]).report
    assert report.drafts.message is not None and report.drafts.message.origin == OURS
    assert (report.exit_code, report.status) == (0, "reviewed")


def test_a_branch_is_told_to_no_model_that_is_not_cleared_for_everything() -> None:
    log = tuple(f"ABC-{number}: say more" for number in range(9))
    wanted = Wanted(history=History(log, branch="feature/ABC-7431-rates"))
    hosted, asked = model(message=said("clamp values"))
    message = drafted([OPEN], wanted, hosted=hosted).report.drafts.message
    assert message is not None and message.subject == "ABC-7431: clamp values"
    assert not any("7431" in prompt.text for prompt in asked)
    local, heard = model(message=said("clamp values"))
    drafted([OPEN], wanted, local=local)
    assert any("7431" in prompt.text for prompt in heard)


def test_what_authors_wrote_is_shown_to_models_as_far_as_the_policy_says() -> None:
    wanted = Wanted(history=History(LOG, (Step("c" * 40, f"wip {CANARY}", (OPEN,)),)))
    hosted, asked = model(message=said("clamp values"))
    drafted([OPEN], wanted, hosted=hosted)
    assert not any(CANARY in prompt.text for prompt in asked)
    hosted, asked = model(message=said("clamp values"))
    lax = Policy(POLICY.rules, POLICY.default, "base", "ab" * 32, metadata=Label.INTERNAL)
    drafted([OPEN], wanted, hosted=hosted, policy=lax)
    assert any(CANARY in prompt.text for prompt in asked)


def test_each_poor_commit_gets_a_better_message_with_the_line_that_uses_it() -> None:
    steps = (Step("c" * 40, "wip", (OPEN,)), Step("d" * 40, "feat(api): add clamp", (OPEN,)),
             Step("e" * 40, "Merge branch 'x'", is_merge=True))  # fmt: skip
    (better,) = drafted([OPEN], Wanted(history=History(LOG, steps))).report.drafts.rewordings
    assert (better.commit, better.subject, better.message.subject) == ("c" * 40, "wip", "feat(api): add clamp")
    assert better.problems and any("--amend" in line for line in better.commands)


def test_the_better_message_of_a_commit_names_the_ticket_of_the_branch() -> None:
    log = tuple(f"ABC-{number}: say more" for number in range(9))
    wanted = Wanted(history=History(log, (Step("c" * 40, "wip", (OPEN,)),), "feature/ABC-7431-rates"))
    (better,) = drafted([OPEN], wanted).report.drafts.rewordings
    assert better.message.subject == "ABC-7431: add clamp"


def test_what_authors_wrote_is_for_nobody_who_is_not_cleared_for_everything() -> None:
    steps = (Step("c" * 40, f"wip {CANARY}", (OPEN,)),)
    report = drafted([OPEN], Wanted(history=History(LOG, steps)), comments=Label.INTERNAL).report
    assert report.drafts.rewordings != () and published(report).drafts.rewordings == ()


def test_a_credential_in_a_reply_is_withheld_from_a_message() -> None:
    token = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
    report = drafted([OPEN], MESSAGES, hosted=model(message=said("clamp values", f"clamp {token}"))[0]).report
    assert token not in repr(report.drafts)


# Scaffolds


def test_without_a_model_a_scaffold_has_every_expectation_to_be_written() -> None:
    scaffold = only(drafted([OPEN], SCAFFOLDS))
    assert (scaffold.target, scaffold.origin, scaffold.label) == ("api/rates.py::clamp", OURS, Label.INTERNAL)
    assert scaffold.unwritten > 0 and scaffold.stages.parsed and scaffold.stages.collected is None


def test_expectations_are_filled_in_one_hole_at_a_time() -> None:
    hosted, seen = model(filling="4711")
    scaffold = only(drafted([OPEN], SCAFFOLDS, hosted=hosted))
    holes = [prompt for prompt in seen if prompt.suffix is not None]
    assert (scaffold.origin, scaffold.unwritten, scaffold.notices) == ("hosted", 0, ())
    assert len(holes) == scaffold.content.count("4711") > 1
    # What was accepted stands before the next hole, and no other expectation does.
    assert [prompt.text.count("4711") for prompt in holes] == list(range(len(holes)))


def test_a_model_that_cannot_fill_in_the_middle_is_asked_by_chat_and_the_scaffold_says_so() -> None:
    reply, seen = model(expression="4711")
    backend = Scripted(endpoint("hosted", Label.INTERNAL), reply, fim=False)
    scaffold = only(run([OPEN], [backend], wanted=SCAFFOLDS))
    assert (scaffold.unwritten, scaffold.origin) == (0, "hosted")
    assert scaffold.notices == ("this model cannot fill in the middle: it was asked by chat",)
    assert not any(prompt.suffix for prompt in seen)


@pytest.mark.parametrize("filling", ["", "0), (1, 2", "clamp(1, 0)", "__import__('os')", "lambda: 0"])
def test_what_may_not_stand_there_is_left_to_a_human(filling: str) -> None:
    scaffold = only(drafted([OPEN], SCAFFOLDS, hosted=model(filling=filling)[0]))
    assert scaffold.unwritten > 0 and scaffold.origin == OURS
    assert "__import__" not in scaffold.content and scaffold.stages.parsed


def test_a_model_that_fails_on_the_way_leaves_what_it_wrote() -> None:
    given: list[Prompt] = []

    def reply(prompt: Prompt) -> Answer:
        if prompt.suffix is None:
            return '{"findings": []}'
        given.append(prompt)
        return "4711" if len(given) == 1 else BackendError(Failure.TRUNCATED)

    scaffold = only(drafted([OPEN], SCAFFOLDS, hosted=reply))
    assert scaffold.content.count("4711") == 1 and scaffold.unwritten > 0
    assert scaffold.notices == ("not every expectation was asked for: cut short",)


def test_the_scaffold_of_a_restricted_target_stays_in_its_zone_and_is_read_by_the_local_model_alone() -> None:
    hosted, asked = model(filling="1")
    local, heard = model(filling="1")
    found = drafted([OPEN, SECRET], SCAFFOLDS, hosted=hosted, local=local)
    by_target = {one.target: one for one in found.report.drafts.scaffolds}
    secret = by_target["ledger/core.py::post"]
    assert (secret.path.startswith("ledger/"), secret.label, secret.origin) == (True, Label.RESTRICTED, "local")
    assert not any(CANARY in f"{prompt.text}{prompt.suffix}" for prompt in asked)
    assert any(CANARY in prompt.text for prompt in heard if prompt.suffix is not None)
    assert [one.target for one in published(found.report, Label.INTERNAL).drafts.scaffolds] == ["api/rates.py::clamp"]


def test_where_no_test_may_stand_in_the_zone_there_is_none_and_the_report_says_so() -> None:
    rule = Rule(Label.RESTRICTED, ("ledger/core.py",), (), "core", "x", 1)
    narrow = Policy((rule,), Label.INTERNAL, "base", "a" * 64)
    drafts = drafted([SECRET], SCAFFOLDS, policy=narrow).report.drafts
    assert drafts.scaffolds == ()
    assert drafts.refused == (("ledger/core.py::post", "no test may stand inside its zone", Label.RESTRICTED),)


def test_what_a_test_names_gets_no_scaffold_unless_that_test_is_labelled_above_it() -> None:
    text = "from api.rates import clamp\n\n\ndef test_low() -> None:\n    assert clamp(1, 0) == 1\n"
    for label, number in ((Label.INTERNAL, 0), (Label.RESTRICTED, 1)):
        wanted = Wanted(tests=(Excerpt(text, label, "tests/test_rates.py"),))
        assert len(drafted([OPEN], wanted).report.drafts.scaffolds) == number


def test_a_target_with_a_credential_in_it_gets_none() -> None:
    token = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
    file = diff("api/key.py", None, f'def key(name: str) -> str:\n    token = "{token}"\n    return token + name\n')
    hosted, seen = model(filling="1")
    drafts = drafted([file], SCAFFOLDS, hosted=hosted).report.drafts
    assert (drafts.scaffolds, [why for _, why, _ in drafts.refused]) == (
        (), ["a credential stands in what would be written"])  # fmt: skip
    assert not any(token in f"{prompt.text}{prompt.suffix}" for prompt in seen)


# Both


def test_every_prompt_for_a_draft_is_on_the_ledger_before_it_leaves_with_the_label_of_its_job() -> None:
    wanted = Wanted(history=History(LOG), tests=())
    found = drafted([OPEN, SECRET], wanted, hosted=model(filling="1", message=said("clamp"))[0],
                    local=model(filling="1", message=said("post"))[0])  # fmt: skip
    sent = [line for line in found.ledger if line.kind == "egress"]
    replies = [line for line in found.ledger if line.kind == "reply"]
    assert len(sent) == len(replies) == len([call for one in found.answers.answers for call in one.calls])
    assert {line.label for line in sent if line.backend == "hosted"} == {"internal"}
    decided = [line.status for line in found.ledger if line.kind == "decision"]
    assert "message-internal: hosted, else local" in decided and "message-restricted: local" in decided


def test_in_shards_every_draft_is_asked_about_once() -> None:
    wanted = Wanted(history=History(LOG), tests=())
    hosted, seen = model(filling="1", message=said("clamp"))
    whole = drafted([OPEN], wanted, hosted=hosted)
    hosted, parts = model(filling="1", message=said("clamp"))
    cut = drafted([OPEN], wanted, hosted=hosted, shards=3)
    assert (cut.report.drafts, sorted(map(repr, parts))) == (whole.report.drafts, sorted(map(repr, seen)))


def test_drafting_takes_nothing_of_what_a_review_may_spend() -> None:
    many = [diff(f"api/m{number}.py", None, CLAMP) for number in range(9)]
    hosted, _ = model(filling="1", message=said("clamp"))
    report = drafted(many, Wanted(history=History(LOG), tests=()), hosted=hosted, limits=Limits(60, 12)).report
    assert report.status == "reviewed" and {file.outcome for file in report.files} == {"reviewed"}
    assert sum(usage.calls for usage in report.usage) <= 12


def test_without_being_wanted_nothing_is_drafted() -> None:
    drafts = drafted([OPEN], Wanted()).report.drafts
    assert (drafts.messages, drafts.scaffolds, drafts.tasks) == ((), (), ())


def test_a_run_for_drafts_alone_reviews_nothing_and_says_so() -> None:
    hosted, seen = model(message=said("clamp values"))
    report = drafted([OPEN], Wanted(review=False, history=History(LOG)), hosted=hosted).report
    assert (report.status, report.conclusion) == ("checked", "neutral")
    assert not any("findings" in str(prompt.schema) for prompt in seen)
