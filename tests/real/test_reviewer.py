"""A true finding on its way: a change in a repository, the question, a real engine's answer, and the line it is at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

import pytest

from reviewbot import git
from reviewbot.backends.llamacpp import LlamaCpp
from reviewbot.backends.ollama import Ollama
from reviewbot.backends.openai_compatible import OpenAICompatible
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import Excerpt, Prompt
from reviewbot.core.findings import Finding
from reviewbot.core.labels import Label
from reviewbot.core.passages import Material, passages
from reviewbot.core.plan import Job, plan
from reviewbot.core.symbols import Syntax
from reviewbot.core.tokens import estimate
from reviewbot.ports import Backend
from reviewbot.tasks import review
from tests.backends.asking import soon, unseen
from tests.repositories import Work
from tests.servers import reviewer
from tests.servers.engines import llama_with, ollama_with
from tests.servers.reviewer_tasks import task

LABEL, WINDOW = Label.CONFIDENTIAL, 4096
BEFORE = """\
import json


def load(path):
    text = read(path)
    return json.loads(text)


def total(values):
    result = sum(values)
    return result
"""
MEAN = "\n\ndef mean(values):\n    return sum(values) / len(values)\n"
LAST = "\n\ndef last(rows):\n    return rows[len(rows)]\n"
COUNT = "\n\ndef count(rows):\n    return len(rows)\n"
DIVISION, INDEX = reviewer.DEFECTS["mean"], reviewer.DEFECTS["bound"]
Change = Callable[[str, str], Job]


@pytest.fixture(scope="module", params=["openai", "ollama", "llamacpp"])
def model(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """The model that knows four defects, behind each way to reach a local one."""
    yield from _MODELS[request.param]()


def _openai() -> Iterator[Backend]:
    with llama_with(reviewer.MODEL, model="reviewer", window=WINDOW) as engine:
        yield OpenAICompatible(Endpoint("local", "openai", "reviewer", Label.RESTRICTED, (engine.url,), window=WINDOW))


def _ollama() -> Iterator[Backend]:
    with ollama_with(reviewer.MODEL, reviewer.TEMPLATE, name="reviewer:tiny", window=WINDOW) as engine:
        yield Ollama(Endpoint("local", "ollama", "reviewer:tiny", Label.RESTRICTED, (engine.url,), window=WINDOW))


def _llamacpp() -> Iterator[Backend]:
    place = (str(reviewer.MODEL),)
    yield LlamaCpp(Endpoint("local", "llamacpp", "reviewer", Label.RESTRICTED, place, window=WINDOW))


_MODELS: Mapping[str, Callable[[], Iterator[Backend]]] = {
    "openai": _openai, "ollama": _ollama, "llamacpp": _llamacpp,
}  # fmt: skip


@pytest.fixture
def change(work: Work) -> Change:
    """The only job of a change of `stats.py` from one text to another."""

    def job(before: str, after: str) -> Job:
        base = work.commit(**{"stats.py": before})
        head = work.commit(**{"stats.py": after})
        with git.opened(work.path) as repo:
            (file,) = git.changes(repo, base, head)
        lean, rich = passages(file.hunks, file.new.lines(), Syntax(file))
        material = Material(file.path, file.old_path, file.change, LABEL, lean, rich)
        overhead = estimate(review.SYSTEM) + estimate(review.AGAIN)
        (only,) = plan([material], {LABEL: WINDOW}, overhead, estimate)
        return only

    return job


def asked(model: Backend, prompt: Prompt) -> str:
    return model.complete(prompt, soon(60), unseen).text


def reviewed(model: Backend, job: Job) -> tuple[Finding, ...]:
    """The findings of a reply of which nothing was dropped."""
    found, dropped = review.read(asked(model, review.prompt(job)), job, job.label, model.endpoint.name)
    assert dropped == ()
    return found


@pytest.mark.parametrize(("added", "defect"), [(MEAN, DIVISION), (LAST, INDEX)])
def test_a_defect_is_found_at_its_line(model: Backend, change: Change, added: str, defect: reviewer.Defect) -> None:
    job = change(BEFORE, BEFORE + added)
    (finding,) = reviewed(model, job)
    place = finding.location
    assert (place.path, place.side, place.line, place.end_line) == ("stats.py", "new", 15, 15)
    assert (finding.rule, str(finding.severity), finding.title) == (
        f"model/{defect.kind}",
        defect.severity,
        defect.title,
    )
    assert (finding.body, finding.suggestion, finding.origin) == (defect.body, None, "local")
    assert (finding.label, finding.confidence) == (LABEL, review.CLAIMED)


def test_two_defects_are_found_at_two_lines(model: Backend, change: Change) -> None:
    found = reviewed(model, change(BEFORE, BEFORE + MEAN + LAST))
    assert [(one.location.line, one.title) for one in found] == [(15, DIVISION.title), (19, INDEX.title)]


def test_a_clean_change_has_no_finding(model: Backend, change: Change) -> None:
    assert reviewed(model, change(BEFORE, BEFORE + COUNT)) == ()


def test_a_defect_that_was_there_before_is_no_finding(model: Backend, change: Change) -> None:
    assert reviewed(model, change(BEFORE + MEAN, BEFORE + MEAN + COUNT)) == ()


def test_a_second_asking_confirms_what_is_true_and_refutes_what_is_not(model: Backend, change: Change) -> None:
    job = change(BEFORE, BEFORE.replace("return result", "return result / len(values)"))
    (true,) = reviewed(model, job)
    assert true.location.line == 11
    false = replace(true, location=replace(true.location, line=10, end_line=10))
    for claims, wanted in (([true], ["holds"]), ([false], ["refuted"])):
        verdicts = review.judged(asked(model, review.verify(job, claims, LABEL)), claims)
        assert [verdicts[number][0] for number in range(len(claims))] == wanted


def test_most_reviews_never_seen_are_right_to_the_last_letter(model: Backend) -> None:
    rng = Random(-3)
    reviews = [(question, answer) for question, answer in (task(rng) for _ in range(60)) if "findings" in answer][:25]
    right = sum(
        asked(model, Prompt(review.SYSTEM, (Excerpt(question, LABEL, "made up"),), review.SCHEMA)) == answer
        for question, answer in reviews
    )
    assert right >= 21
