"""Regions: what an address says, and demands that only grow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.regions import Region, is_mistral, of, strictest

ASKED: st.SearchStrategy[Region | None] = st.sampled_from((None, "eu", "us", "local"))


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://api.eu.mistral.ai", "eu"), ("https://api.us.mistral.ai/v1", "us"),
        ("https://api.mistral.ai", "global"), ("https://codestral.mistral.ai", "global"),
        ("https://mistral.ai", "global"), ("https://API.EU.MISTRAL.AI", "eu"),
        ("https://api.eu.mistral.ai.example.org", None), ("https://notmistral.ai", None),
        ("https://example.org/api.eu.mistral.ai", None), ("http://127.0.0.1:8000", None),
    ],
)  # fmt: skip
def test_only_the_host_of_an_address_says_where_it_stands(url: str, region: str | None) -> None:
    assert of(url) == region
    assert is_mistral(url) == (region is not None)


def test_two_regions_leave_no_hosted_model() -> None:
    assert strictest(["eu", "us"]) == "local"
    assert strictest(["eu", None, "eu"]) == "eu"
    assert strictest([None]) is None
    assert strictest([]) is None


@given(st.lists(ASKED), st.lists(ASKED))
def test_another_demand_never_takes_one_back(some: list[Region | None], more: list[Region | None]) -> None:
    before, after = strictest(some), strictest([*some, *more])
    assert before is None or after in (before, "local")
    assert strictest([before, strictest(more)]) == after
