"""What a value looks like: drawn, made of words, a sample, a reference."""

from __future__ import annotations

import pytest

from reviewbot.core.credentials import values
from tests.core.credentials.samples import ALNUM, BASE64, HEX, LOWER, drawn

WORDS = (
    "swordfish",
    "correct-horse-battery",
    "letmein",
    "administrator",
    "MySuperPassword",
    "user_accounts",
    "Kennwort",
)


@pytest.mark.parametrize("alphabet", [ALNUM, BASE64, HEX, LOWER], ids=range(4))
def test_what_a_generator_draws_looks_drawn_and_is_no_sample(alphabet: str) -> None:
    tokens = [drawn(32, alphabet, str(seed)) for seed in range(200)]
    assert not any(values.is_dummy(token) or values.is_wordy(token) for token in tokens)
    assert sum(values.randomness(token) >= 0.7 for token in tokens) >= 196


@pytest.mark.parametrize("word", WORDS)
def test_words_read_like_words_and_do_not_look_drawn(word: str) -> None:
    assert values.is_wordy(word)
    assert values.randomness(word) == 0.0


@pytest.mark.parametrize("sample", [
    "k7q9" * 5, "k" + "12345678" + "z", "Qz" + "abcdefgh" + "77", "aaaaaaaaaaaa", "your-own-token", "changeme", "xxx",
    "test1", "TODO", "example.org", "password123",
])  # fmt: skip
def test_series_repetitions_and_words_of_samples_are_samples(sample: str) -> None:
    assert values.is_dummy(sample)


@pytest.mark.parametrize("reference", [
    "$PASSWORD", "${password}", "{{ password }}", "%s", "%(password)s", "#{password}", "<password>", "env.PASSWORD",
    "vault:secret/db", "/run/secrets/db", "keys/server.pem", "get_password()", "https://x.test", "12345", "*****",
    "@password",
])  # fmt: skip
def test_what_stands_for_a_value_is_a_reference(reference: str) -> None:
    assert values.is_reference(reference)


@pytest.mark.parametrize("value", ["P@ss" + "kq7!", "kq7{zx", "$3" + "kq!7", "a/b+c=" + "kqzx7", "kq.zx.77"])
def test_a_value_with_signs_is_no_reference(value: str) -> None:
    assert not values.is_reference(value)
