from __future__ import annotations

from importlib.util import find_spec

from reviewbot.cli.counting import count
from reviewbot.core.tokens import estimate
from tests.requirements import require


def test_without_the_wish_tokens_are_estimated() -> None:
    assert count(exact=False) is estimate


def test_codestrals_own_tokenizer_counts_fewer_than_the_estimate_and_whatever_it_is_given() -> None:
    require(find_spec("mistral_common"), "mistral-common: make .venv/test")
    exact = count(exact=True)
    text = "def total(rows: list[int]) -> int:\n    return sum(rows) / len(rows)\n" * 20
    assert 200 < exact(text) <= estimate(text)
    assert (exact(""), exact("\ud800") > 0) == (0, True)
