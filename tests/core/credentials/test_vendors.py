"""Tokens of a vendor's shape, in any surroundings, and what only begins like one."""

from __future__ import annotations

import pytest

from tests.core.credentials.samples import ALNUM, BASE64, HEX, LOWER, drawn, texts, uuid, values

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SHAPES = {
    "aws-access-key": "AK" + "IA" + drawn(16, UPPER),
    "github-token": "gh" + "p_" + drawn(36),
    "gitlab-token": "gl" + "pat-" + drawn(20),
    "gitlab-runner-token": "GR" + "1348941" + drawn(20),
    "slack-token": "xo" + "xb-" + drawn(12, "123456789") + "-" + drawn(24),
    "slack-webhook": "hooks.slack.com/ser" + "vices/" + drawn(44),
    "stripe-key": "sk_" + "live_" + drawn(24),
    "google-key": "AI" + "za" + drawn(35),
    "google-secret": "GOC" + "SPX-" + drawn(28),
    "openai-key": "sk-" + "proj-" + drawn(48),
    "anthropic-key": "sk-" + "ant-api03-" + drawn(93),
    "huggingface-token": "hf" + "_" + drawn(34),
    "npm-token": "np" + "m_" + drawn(36),
    "pypi-token": "pypi-" + "AgEIcHlwaS5vcmc" + drawn(80),
    "sendgrid-key": "SG" + "." + drawn(22) + "." + drawn(43),
    "shopify-token": "shp" + "at_" + drawn(32, HEX),
    "digitalocean-token": "dop" + "_v1_" + drawn(64, HEX),
    "databricks-token": "da" + "pi" + drawn(32, HEX),
    "vault-token": "hv" + "s." + drawn(24),
    "heroku-key": "HR" + "KU-" + uuid(),
    "planetscale-token": "pscale" + "_pw_" + drawn(43),
    "telegram-token": drawn(9, "123456789") + ":A" + drawn(34),
    "twilio-key": "S" + "K" + drawn(32, HEX),
    "mailchimp-key": drawn(32, HEX) + "-us" + "7",
    "azure-devops-token": drawn(76) + "AZ" + "DO" + drawn(4),
    "azure-client-secret": drawn(3) + "8" + "Q~" + drawn(34),
    "terraform-token": drawn(14) + ".atlas" + "v1." + drawn(67),
    "json-web-token": "ey" + "J" + drawn(20) + ".ey" + "J" + drawn(40) + "." + drawn(43),
    "password-hash": "$" + "2b$12$" + drawn(53),
    "age-secret-key": "AGE-SEC" + "RET-KEY-1" + drawn(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
}  # fmt: skip
AROUND = (
    "{}",
    "x = '{}'",
    '"{}",',
    "<t>{}</t>",
    "a\\n{}",
    "?a=1&b={}&c",
    "{}\r",
    "({})",
    "- {} # nosec",
    "é{}é",
)


@pytest.mark.parametrize(("kind", "token"), SHAPES.items(), ids=SHAPES)
def test_a_token_is_found_whole_in_any_surroundings(kind: str, token: str) -> None:
    for around in AROUND:
        assert (kind, token) in texts(around.format(token)), around


@pytest.mark.parametrize(("kind", "token"), SHAPES.items(), ids=SHAPES)
def test_a_token_is_found_in_a_lock_file_and_under_a_harmless_name(kind: str, token: str) -> None:
    assert (kind, token) in texts(f"color: {token}\n", "yarn.lock")


@pytest.mark.parametrize("text", [
    "xo" + "xb-your-bot-token",
    "xo" + "xp-1234-1234-" + drawn(32, HEX),
    "gh" + "p_" + "x" * 36,
    "gh" + "p_" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "AK" + "IA" + "IOSFODNN7EXAMPLE",
    "AI" + "za" + "a" * 35,
    "prefixgh" + "p_" + drawn(36),
    "gh" + "p_" + drawn(20),
    "https://example.org/API-" + drawn(32, "ABCDEF0123456789"),
    "data:image/png;base64," + drawn(2000, BASE64),
    drawn(40, HEX), drawn(64, HEX), uuid(),
], ids=range(13))  # fmt: skip
def test_what_only_looks_like_a_token_is_left_alone(text: str) -> None:
    assert values(text) == []


def test_of_two_shapes_that_begin_alike_the_longer_literal_names_the_kind() -> None:
    assert texts("sk-" + "or-v1-" + drawn(64, HEX))[0][0] == "openrouter-key"


def test_alphabets_are_wide_enough_for_these_tests() -> None:
    assert len(set(drawn(60, LOWER))) > 20
    assert len(set(drawn(60, ALNUM))) > 20
