"""What a forge's answer means, without any forge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.forges.failures import asked_wait, refusal


@pytest.mark.parametrize(("value", "seconds"), [
    ("7", 7.0), ("0.5", 0.5), (" 3 ", 3.0), ("-1", None), ("1e9", None), ("9999999999", None), ("soon", None),
    ("Mon, 01 Jan 1990 00:00:00 GMT", 0.0), ("Mon, 99 Jan 1990 00:00:00 GMT", None), ("\u0663", None),
])  # fmt: skip
def test_how_long_to_wait_is_a_number_of_seconds_or_unsaid(value: str, seconds: float | None) -> None:
    assert asked_wait({"retry-after": value}) == seconds


def test_a_date_to_wait_for_is_the_time_until_then() -> None:
    at = datetime.now(UTC) + timedelta(seconds=500)
    for headers in (
        {"retry-after": at.strftime("%a, %d %b %Y %H:%M:%S GMT")},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(at.timestamp()))},
        {"ratelimit-remaining": "0", "ratelimit-reset": str(int(at.timestamp()))},
    ):
        waits = asked_wait(headers)
        assert waits is not None and 400 < waits <= 500


def test_a_limit_that_is_not_spent_is_not_waited_for() -> None:
    assert asked_wait({"x-ratelimit-remaining": "9", "x-ratelimit-reset": "99999999999"}) is None
    assert asked_wait({"x-ratelimit-reset": "99999999999"}) is None


_NAMES = st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-reset"])
_VALUES = st.one_of(st.just("0"), st.text(max_size=80), st.text("0123456789 :,-+GMTJanMon.", max_size=40))


@given(st.integers(300, 1000), st.dictionaries(_NAMES, _VALUES), st.binary(max_size=40))
def test_whatever_a_forge_says_is_one_failure_with_no_wait_below_nothing(
    status: int, headers: dict[str, str], content: bytes
) -> None:
    error = refusal(status, headers, content)
    assert error.status == status and error.kind in ("rejected", "limited", "unknown")
    assert error.wait is None or error.wait >= 0
    assert (error.kind == "unknown") == (status >= 500)
