"""The backend whose answers are given."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from reviewbot.backends.scripted import Answer, Scripted
from reviewbot.core import tokens
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Excerpt, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.ports import Backend

ENDPOINT = Endpoint("demo", "openai", "scripted", Label.RESTRICTED, window=8192)


def prompt(text: str = "a = 1", suffix: str | None = None) -> Prompt:
    hole = None if suffix is None else Excerpt(suffix, Label.INTERNAL, "a.py")
    return Prompt("Review.", (Excerpt(text, Label.INTERNAL, "a.py"),), suffix=hole)


def unseen(size: int) -> None:
    """A departure that nobody writes down."""


def soon() -> float:
    return time.monotonic() + 20


def test_answers_come_in_order_and_the_last_repeats() -> None:
    model: Backend = Scripted(ENDPOINT, ["a", Reply("b", 1, 2), "c"])
    assert [model.complete(prompt(), soon(), unseen).text for _ in range(4)] == ["a", "b", "c", "c"]


def test_a_function_answers_by_the_prompt() -> None:
    model = Scripted(ENDPOINT, lambda question: question.text[::-1])
    assert model.complete(prompt("abc"), soon(), unseen).text == "cba"


def test_a_reply_is_the_same_every_time() -> None:
    replies = {Scripted(ENDPOINT, ["fine"]).complete(prompt("a", "b"), soon(), unseen) for _ in range(3)}
    count = tokens.estimate("Review.") + tokens.estimate("ab")
    assert replies == {Reply("fine", count, tokens.estimate("fine"), 0.0, 0.0)}


def test_a_failure_is_a_new_one_each_time() -> None:
    given = BackendError(Failure.RATE_LIMITED, status=429, retry_after=3.0)
    model, errors = Scripted(ENDPOINT, [given]), []
    for _ in range(2):
        with pytest.raises(BackendError) as caught:
            model.complete(prompt(), soon(), unseen)
        errors.append(caught.value)
    assert len({id(error) for error in (given, *errors)}) == 3
    assert {(error.failure, error.status, error.retry_after) for error in errors} == {(Failure.RATE_LIMITED, 429, 3.0)}


def test_it_departs_before_it_answers_with_more_bytes_than_the_prompt() -> None:
    order: list[object] = []

    def answer(question: Prompt) -> Answer:
        order.append(question.text)
        return "fine"

    model = Scripted(ENDPOINT, answer)
    model.complete(prompt("\u00e9\udc80" * 100), soon(), order.append)
    model.complete(prompt("x" * 100, "y" * 100), soon(), order.append)
    sizes = [size for size in order if isinstance(size, int)]
    assert order[1::2] == ["\u00e9\udc80" * 100, "x" * 100] and sizes[0] > 300 and sizes[1] > 200


def test_a_departure_that_is_refused_ends_the_call_and_takes_no_answer() -> None:
    def departing(size: int) -> None:
        raise OSError("the disk is full")

    model = Scripted(ENDPOINT, ["a", "b"])
    with pytest.raises(OSError, match="disk"):
        model.complete(prompt(), soon(), departing)
    with pytest.raises(OSError, match="disk"):
        model.describe(soon(), departing)
    assert model.complete(prompt(), soon(), unseen).text == "a"


def test_it_is_described_once_by_the_operators_window() -> None:
    sizes: list[int] = []
    model = Scripted(ENDPOINT, ["a"])
    assert {model.describe(soon(), sizes.append) for _ in range(3)} == {Traits(window=8192, fim=True)}
    assert sizes == [0]


def test_after_the_deadline_nothing_departs() -> None:
    sizes: list[int] = []
    model = Scripted(ENDPOINT, ["a"])
    for call in (lambda: model.complete(prompt(), 0.0, sizes.append), lambda: model.describe(0.0, sizes.append)):
        with pytest.raises(BackendError, match="timeout"):
            call()
    assert sizes == []


def test_no_answer_is_given_twice_to_several_threads() -> None:
    model = Scripted(ENDPOINT, [str(number) for number in range(200)])
    with ThreadPoolExecutor(16) as pool:
        texts = list(pool.map(lambda _: model.complete(prompt(), soon(), unseen).text, range(200)))
    assert len(set(texts)) == 200


def test_without_answers_there_is_no_backend() -> None:
    with pytest.raises(ValueError, match="answers"):
        Scripted(ENDPOINT, [])


def test_without_holes_it_says_so_and_nothing_of_one_departs() -> None:
    model, sizes = Scripted(ENDPOINT, ["fine"], fim=False), list[int]()
    assert model.describe(soon(), unseen) == Traits(window=8192, fim=False)
    with pytest.raises(BackendError) as caught:
        model.complete(prompt(suffix="b"), soon(), sizes.append)
    assert (caught.value.failure, sizes) == (Failure.BAD_REQUEST, [])
    assert model.complete(prompt(), soon(), sizes.append).text == "fine" and len(sizes) == 1


def test_what_is_given_after_a_stop_is_no_part_of_the_reply() -> None:
    question = Prompt("", (Excerpt("a", Label.PUBLIC, "a.py"),), stop=("\n", ";"))
    model = Scripted(ENDPOINT, ["1; 2\n3", Reply("4\n5", 7, 8)])
    assert model.complete(question, soon(), unseen).text == "1"
    assert model.complete(question, soon(), unseen) == Reply("4", 7, 8)
