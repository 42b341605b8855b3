"""Tokens that say themselves what they are: the shapes that vendors give to their credentials.

A literal that every such token has is looked for in one pass over the text; only where it stands is the
whole shape tried. Every shape is bounded, and none of its parts can match what the next one does in more
than one way, so a trial costs a constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import re2  # type: ignore[import-untyped]

from reviewbot.core.credentials.hits import Span
from reviewbot.core.credentials.values import entropy

_HEX32, _HEX40, _HEX64 = "[0-9a-f]{32}", "[0-9a-f]{40}", "[0-9a-f]{64}"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_W, _A = r"[\w-]", "[A-Za-z0-9]"
#: kind, the literals that begin it, what follows them.
_SHAPES = (
    ("1password-token", "ops_eyJ", "[A-Za-z0-9+/_-]{200,2000}={0,3}"),
    ("adafruit-key", "aio_", f"{_A}{{28}}"),
    ("adobe-secret", "p8e-", f"{_A}{{32}}"),
    ("age-secret-key", "AGE-SECRET-KEY-1 age-secret-key-1", "[A-Za-z0-9]{58}"),
    ("alibaba-key-id", "LTAI", f"{_A}{{12,30}}"),
    ("anthropic-key", "sk-ant-", f"[a-z]{{3,8}}[0-9]{{2}}-{_W}{{60,140}}"),
    ("artifactory-token", "AKCp", f"{_A}{{60,80}}"),
    ("artifactory-token", "cmVmd", f"{_A}{{59}}"),
    ("atlassian-token", "ATATT3 ATCTT3 ATBB", r"[\w=-]{28,220}"),
    ("aws-access-key", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}"),
    ("aws-access-key", "A3T", "[A-Z0-9]{17}"),
    ("aws-bedrock-key", "ABSK bedrock-api-key-", "[A-Za-z0-9+/]{60,300}={0,2}"),
    ("brevo-key", "xkeysib- xsmtpsib-", f"{_HEX64}-{_A}{{16}}"),
    ("buildkite-token", "bkua_ bkct_", _HEX40),
    ("circleci-token", "CCIPAT_ CCIPRJ_", r"[\w-]{30,80}"),
    ("clojars-token", "CLOJARS_ clojars_", f"{_A}{{60}}"),
    ("cloudflare-origin-key", "v1.0-", "[0-9a-f]{24}-[0-9a-f]{146}"),
    ("cloudflare-token", "cfut_ cfat_ cfk_", f"{_W}{{40,60}}"),
    ("contentful-token", "CFPAT-", f"{_W}{{43}}"),
    ("databricks-token", "dapi", "[0-9a-f]{32}(?:-[0-9]{1,2})?"),
    ("defined-networking-token", "dnkey-", r"[a-z0-9=_-]{26}-[a-z0-9=_-]{52}"),
    ("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", _HEX64),
    ("discord-webhook", "discord.com/api/webhooks/ discordapp.com/api/webhooks/", rf"[0-9]{{15,22}}/{_W}{{60,90}}"),
    ("docker-token", "dckr_pat_ dckr_oat_", f"{_W}{{27,40}}"),
    ("doppler-token", "dp.", rf"(?:pt|ct|st|sa|scim|audit)\.(?:[a-z0-9_-]{{2,35}}\.)?{_A}{{40,44}}"),
    ("duffel-token", "duffel_live_ duffel_test_", r"[\w=-]{43}"),
    ("dynatrace-token", "dt0c01. dt0s01. dt0s02. dt0s16.", r"[A-Za-z0-9]{8,24}\.[A-Za-z0-9]{64}"),
    ("easypost-key", "EZAK EZTK", f"{_A}{{54}}"),
    ("endorlabs-key", "endr+", f"[A-Za-z0-9-]{{16}}"),
    ("facebook-token", "EAAM EAAC EAAG EAAB", f"{_A}{{90,250}}"),
    ("figma-token", "figd_ figo_ figr_ figoh_ figor_", f"{_W}{{36,60}}"),
    ("flutterwave-key", "FLWSECK_TEST- FLWSECK- FLWPUBK_TEST-", "[0-9a-h]{32}-X|(?:FLWSECK_TEST-)?[a-h0-9]{12,32}"),
    ("flyio-token", "fo1_", f"{_W}{{43}}"),
    ("flyio-token", "fm1a_ fm1r_ fm2_", "[A-Za-z0-9+/]{100,1500}={0,3}"),
    ("frameio-token", "fio-u-", r"[\w=-]{64}"),
    ("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", f"{_A}{{36,251}}"),
    ("github-token", "github_pat_", r"\w{70,90}"),
    ("gitlab-token", "glpat- gldt- glrt- glrtr- glptt- glft- glsoat- glffct- gloas- glagent- glimt- glwt-",
     rf"{_W}{{20,300}}(?:\.[0-9a-z]{{2}}\.?[0-9a-z]{{7,9}})?"),
    ("gitlab-token", "glcbt-", rf"[A-Za-z0-9]{{1,5}}_{_W}{{20}}"),
    ("gitlab-runner-token", "GR1348941", f"{_W}{{20}}"),
    ("gitlab-session", "_gitlab_session=", "[0-9a-z]{32}"),
    ("google-key", "AIza", f"{_W}{{35}}"),
    ("google-secret", "GOCSPX-", f"{_W}{{28}}"),
    ("google-token", "ya29.", f"{_W}{{30,400}}"),
    ("google-refresh-token", "1//0", f"{_W}{{40,120}}"),
    ("grafana-key", "eyJrIjoi", "[A-Za-z0-9+/]{60,400}={0,3}"),
    ("grafana-token", "glc_", "[A-Za-z0-9+/]{32,400}={0,3}"),
    ("grafana-token", "glsa_", f"{_A}{{32}}_[0-9A-Fa-f]{{8}}"),
    ("groq-key", "gsk_", f"{_A}{{52}}"),
    ("harness-token", "pat. sat.", rf"{_W}{{22}}\.{_A}{{24}}\.{_A}{{20}}"),
    ("heroku-key", "HRKU-", f"AA{_W}{{50,64}}|{_UUID}"),
    ("hubspot-token", "pat-na1- pat-na2- pat-eu1-", _UUID),
    ("huggingface-token", "hf_ api_org_", "[A-Za-z0-9]{34,40}"),
    ("infracost-key", "ico-", f"{_A}{{32}}"),
    ("intra42-secret", "s-s4t2ud- s-s4t2af-", _HEX64),
    ("langsmith-key", "lsv2_pt_ lsv2_sk_", f"{_HEX32}_[0-9a-f]{{10}}"),
    ("launchdarkly-key", "sdk- mob- api-", _UUID),
    ("linear-token", "lin_api_ lin_oauth_", f"{_A}{{40,64}}"),
    ("mapbox-token", "pk. sk.", rf"{_A}{{60,90}}\.{_W}{{22}}"),
    ("netlify-token", "nfp_", f"{_A}{{36,40}}"),
    ("newrelic-key", "NRAK- NRRA- NRSP-", "[A-Z0-9a-z]{27,42}"),
    ("newrelic-key", "NRJS-", "[0-9a-f]{19}"),
    ("newrelic-key", "NRII-", "[A-Za-z0-9-]{32}"),
    ("notion-token", "ntn_", f"[0-9]{{11}}{_A}{{32,36}}"),
    ("notion-token", "secret_", f"{_A}{{43}}"),
    ("npm-token", "npm_", f"{_A}{{36}}"),
    ("nvidia-key", "nvapi-", f"{_W}{{60,80}}"),
    ("octopus-key", "API-", "[A-Z0-9]{25,32}"),
    ("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", f"{_W}{{40,200}}"),
    ("openai-key", "sk-", f"{_A}{{20}}T3BlbkFJ{_A}{{20}}|{_A}{{48}}|{_HEX32}"),
    ("openrouter-key", "sk-or-v1-", _HEX64),
    ("openshift-token", "sha256~", f"{_W}{{43}}"),
    ("perplexity-key", "pplx-", f"{_A}{{40,64}}"),
    ("pinecone-key", "pcsk_", r"\w{40,90}"),
    ("plaid-token", "access-sandbox- access-development- access-production-", _UUID),
    ("planetscale-token", "pscale_pw_ pscale_tkn_ pscale_oauth_", r"[\w=.-]{32,64}"),
    ("posthog-key", "phx_ phs_", f"{_A}{{43,48}}"),
    ("postman-key", "PMAK-", "[0-9a-f]{24}-[0-9a-f]{34}"),
    ("prefect-key", "pnu_", f"{_A}{{36}}"),
    ("pulumi-token", "pul-", _HEX40),
    ("pypi-token", "pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw", f"{_W}{{50,1000}}"),
    ("razorpay-key", "rzp_live_ rzp_test_", f"{_A}{{14}}"),
    ("readme-key", "rdme_", "[a-z0-9]{70}"),
    ("replicate-token", "r8_", f"{_A}{{37}}"),
    ("rubygems-key", "rubygems_", "[0-9a-f]{48}"),
    ("scalingo-token", "tk-us-", f"{_W}{{48}}"),
    ("sendgrid-key", "SG.", r"(?:[\w-]{20,24}\.[\w-]{39,50}|[\w=.-]{66})"),
    ("sentry-token", "sntrys_eyJ", "[A-Za-z0-9+/_]{80,500}={0,2}_[A-Za-z0-9+/]{43}"),
    ("sentry-token", "sntryu_", _HEX64),
    ("settlemint-token", "sm_pat_ sm_sat_ sm_aat_", f"{_A}{{16}}"),
    ("shippo-token", "shippo_live_ shippo_test_", _HEX40),
    ("shopify-token", "shpat_ shpca_ shppa_ shpss_ shpua_ shptka_", "[0-9a-fA-F]{32}"),
    ("slack-token", "xoxb- xoxa- xoxp- xoxe- xoxo- xoxr- xoxs- xoxc- xoxd-", r"[\w%-]{10,300}"),
    ("slack-token", "xoxe.xoxb-1- xoxe.xoxp-1-", f"{_W}{{100,250}}"),
    ("slack-token", "xapp-", r"[0-9]-[A-Za-z0-9]{5,20}-[0-9]{5,20}-[a-z0-9]{20,100}"),
    ("slack-webhook", "hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/",
     r"[A-Za-z0-9+/]{40,60}"),
    ("sonar-token", "squ_ sqp_ sqa_", _HEX40),
    ("sourcegraph-token", "sgp_", rf"(?:(?:[0-9a-fA-F]{{16}}|local)_)?[0-9a-fA-F]{{40}}"),
    ("sourcegraph-token", "slk_", _HEX64),
    ("square-token", "sq0atp- sq0csp- EAAA", f"{_W}{{22,64}}"),
    ("stripe-key", "sk_live_ rk_live_ sk_test_ rk_test_ sk_prod_ rk_prod_", f"{_A}{{10,110}}"),
    ("stripe-webhook-secret", "whsec_", "[A-Za-z0-9+/]{32,64}={0,2}"),
    ("supabase-token", "sbp_", _HEX40),
    ("supabase-secret", "sb_secret_", f"{_W}{{31,60}}"),
    ("tailscale-key", "tskey-", rf"[a-z]{{2,12}}-{_A}{{8,24}}-{_A}{{20,48}}"),
    ("teams-webhook", ".webhook.office.com/webhookb2/", rf"{_UUID}@{_UUID}/IncomingWebhook/{_HEX32}/{_UUID}"),
    ("trello-token", "ATTA", f"{_A}{{60,76}}"),
    ("twitter-token", "AAAAAAAAAAAAAAAAAAAAA", "[A-Za-z0-9%]{60,110}"),
    ("typeform-token", "tfp_", r"[\w=.-]{59}"),
    ("vault-token", "hvs. hvb. hvr.", f"{_W}{{24,300}}"),
    ("xai-key", "xai-", f"{_A}{{70,90}}"),
    ("yandex-token", "AQVN", f"{_W}{{35,38}}"),
    ("zapier-webhook", "hooks.zapier.com/hooks/catch/", r"[0-9]{4,12}/[a-z0-9]{5,12}"),
)  # fmt: skip
#: What has its literal in the middle or none at all: tried by RE2 over the whole text, the value in the group.
_OPEN = (
    ("1password-key", r"\b(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3})\b"),
    ("airtable-token", r"\b(pat[A-Za-z0-9]{14}\.[0-9a-f]{64})\b"),
    ("beamer-token", r"\b(b_[a-z0-9=_-]{44})\b"),
    ("cargo-token", r"\b(cio[A-Za-z0-9]{32})\b"),
    ("clickhouse-key", r"\b(4b1d[A-Za-z0-9]{38})\b"),
    ("dropbox-token", r"\b(sl\.[A-Za-z0-9_-]{130,200})"),
    ("gocardless-token", r"\b(live_[A-Za-z0-9_=-]{40})(?:$|[^\w-])"),
    ("lob-key", r"\b((?:live|test)_(?:pub_[0-9a-f]{31}|[0-9a-f]{35}))\b"),
    ("mailgun-key", r"\b((?:pub)?key-[0-9a-f]{32})\b"),
    ("nuget-key", r"\b(oy2[a-z0-9]{43})\b"),
    ("twilio-key", r"\b((?:SK|AC)[0-9a-f]{32})\b"),
    ("yandex-token", r"\b(t1\.[A-Za-z0-9_-]{20,200}={0,2}\.[A-Za-z0-9_-]{86}={0,2})"),
    ("azure-client-secret", r"(?:^|[^\w~.-])([\w~.-]{3}\dQ~[\w~.-]{31,34})(?:$|[^\w~.-])"),
    ("azure-devops-token", r"\b([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b"),
    ("azure-storage-key", r"(?:AccountKey|SharedAccessKey|SharedSecretValue)=([A-Za-z0-9+/]{42,86}={1,2})"),
    ("azure-sas", r"[?&;]sig=([A-Za-z0-9%+/]{40,120}(?:%3[Dd]|=))"),
    ("azure-key", r"\b([A-Za-z0-9+/]{39,76}(?:\+ACR|\+ASt|AzSe|AzFu|APIM|ACDb|\+AMC|AIoT|AzCa)[A-Za-z0-9+/]{4,8}={0,2})"),
    ("discord-token", r"\b([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})(?:$|[^\w-])"),
    ("mailchimp-key", r"\b([0-9a-f]{32}-us[0-9]{1,2})\b"),
    ("mailgun-key", r"\b([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b"),
    ("maxmind-key", r"\b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)\b"),
    ("telegram-token", r"\b([0-9]{8,10}:A[A-Za-z0-9_-]{34})(?:$|[^\w-])"),
    ("terraform-token", r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})"),
    ("json-web-token", r"\b(ey[A-Za-z0-9][A-Za-z0-9_-]{14}[A-Za-z0-9_-]*\.ey[A-Za-z0-9_\\/-]{15}[A-Za-z0-9_\\/-]*(?:\.[A-Za-z0-9_\\/-]*={0,2})?)"),
    ("password-hash", r"(\$(?:1|5|6|7|y|gy|2[abxy]|apr1|argon2(?:id|i|d)|pbkdf2-sha(?:256|512)|scrypt)\$[./A-Za-z0-9$=,+-]{20,200})"),
    ("softlayer-key", r"api\.softlayer\.com/soap/v3(?:\.[0-9])?/([a-z0-9]{64})\b"),
)  # fmt: skip
_WINDOW = 2200


def spans(text: str, raw: bytes) -> Iterator[Span]:
    """Every token of a known shape. `raw` is the text with one byte for each character."""
    for found in _literals().finditer(raw):
        yield from _shaped(text, found.start(), found[0].decode("ascii"))
    for found in _open().finditer(raw):
        index = (found.lastindex or 1) - 1
        start, end = found.span(index + 1)
        if _plausible(text[start:end]):
            yield Span(start, end, _OPEN[index][0], 0.9)


def _shaped(text: str, start: int, literal: str) -> Iterator[Span]:
    if not _begins(text, start):
        return
    after = start + len(literal)
    for kind, shape in _by_literal()[literal]:
        found = _compiled(shape).match(text, after, after + _WINDOW)
        if found is not None and _plausible(found[0]):
            yield Span(start, found.end(), kind, 0.95)
            return


def _begins(text: str, start: int) -> bool:
    """Nothing of a word before it; the letter of an escape (`\\n`) or the digits of one (`%3D`) are no word."""
    if start == 0 or not text[start - 1].isalnum():
        return True
    return (start > 1 and text[start - 2] == "\\" and text[start - 1] in "nrtbf") or (start > 2 and text[start - 3] == "%")


def _plausible(value: str) -> bool:
    """False for placeholders: few different characters, or a series."""
    low = value.lower()
    return entropy(low) > 2.6 and "example" not in low and "abcdefghij" not in low and "xxxx" not in low


@cache
def _by_literal() -> dict[str, tuple[tuple[str, str], ...]]:
    table: dict[str, tuple[tuple[str, str], ...]] = {}
    for kind, literals, shape in _SHAPES:
        for literal in literals.split():
            table[literal] = (*table.get(literal, ()), (kind, shape))
    return table


@cache
def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(f"(?:{shape})(?![A-Za-z0-9])", re.ASCII)


@cache
def _literals() -> Any:
    # The longest first: of two literals that begin alike the more telling one is tried.
    return _alternatives(re2.escape(literal) for literal in sorted(_by_literal(), key=len, reverse=True))


@cache
def _open() -> Any:
    return _alternatives(pattern for _, pattern in _OPEN)


def _alternatives(patterns: Iterable[str]) -> Any:
    """One RE2 pattern over bytes; it is linear whatever the text."""
    return re2.compile("|".join(patterns).encode("ascii"))
