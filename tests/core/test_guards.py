"""Guards: who may not be used whatever their clearance, why, and how to comply."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot import config
from reviewbot.core import guards
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import Traits
from reviewbot.core.guards import Demands, refused
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.policy import Policy
from tests.policies import DOCUMENTS, POLICIES, policy

ANY = policy('default = "internal"')
HOSTED = Endpoint("hosted", "mistral", "codestral-2508", Label.INTERNAL, ("https://api.mistral.ai",), "KEY")
EU = replace(HOSTED, name="eu", urls=("https://api.eu.mistral.ai",))
CODESTRAL = Endpoint("local", "ollama", "codestral:22b", Label.RESTRICTED, ("http://127.0.0.1:11434",))
ENDPOINTS = st.builds(
    Endpoint,
    st.just("x"),
    st.sampled_from(("mistral", "ollama", "openai", "llamacpp")),
    st.sampled_from(("codestral-2508", "labs-x", "codestral:22b", "devstral:24b", "x:cloud", "?")),
    st.sampled_from(ASSIGNABLE),
    st.sampled_from((
        ("https://api.mistral.ai",), ("https://api.eu.mistral.ai",), ("http://127.0.0.1:1",), ("https://llm.example.org",),
        ("http://127.0.0.1:1", "https://llm.example.org"),
    )),
    attested=st.booleans(),
    region=st.sampled_from(("", "eu", "us")),
    license=st.sampled_from(("", "attested: x")),
)  # fmt: skip


def test_codestrals_weights_are_refused_in_ci_and_the_reason_says_how_to_comply() -> None:
    assert refused(CODESTRAL, ANY, in_ci=False) == ""
    why = refused(CODESTRAL, ANY, in_ci=True)
    for word in ("codestral:22b", "MNPL-0.1", 'license = "attested: ...', "devstral-small-2"):
        assert word in why
    assert refused(replace(CODESTRAL, license="attested: contract 4711"), ANY, in_ci=True) == ""
    assert refused(HOSTED, ANY, in_ci=True) == ""
    assert refused(replace(CODESTRAL, model="devstral-small-2:24b"), ANY, in_ci=True) == ""


def test_the_models_that_a_refusal_names_are_permitted() -> None:
    for model in ("devstral-small-2", "qwen2.5-coder:7b"):
        assert model in refused(CODESTRAL, ANY, in_ci=True)
        assert refused(replace(CODESTRAL, model=model), ANY, in_ci=True) == ""
    wanted = policy("zero_retention = true")
    assert "codestral-2508" in refused(replace(HOSTED, model="labs-x"), wanted, in_ci=True)
    assert refused(HOSTED, wanted, in_ci=True) == ""


def test_another_name_does_not_hide_the_licence_that_the_server_shows() -> None:
    renamed = replace(CODESTRAL, model="house-model")
    assert refused(renamed, ANY, in_ci=True) == ""
    assert "its own licence" in refused(renamed, ANY, Traits(license="Mistral AI Non-Production License"), in_ci=True)


@pytest.mark.parametrize(
    ("endpoint", "region", "said"),
    [
        (HOSTED, "eu", "its address is of region global; use https://api.eu.mistral.ai"),
        (EU, "us", "its address is of region eu; use https://api.us.mistral.ai"),
        (HOSTED, "local", "no hosted model"), (EU, "local", "no hosted model"), (EU, "eu", ""),
        (replace(HOSTED, urls=("https://llm.example.org",)), "eu", 'nobody says where it stands; write region = "eu"'),
        (replace(HOSTED, urls=("https://llm.example.org",), region="eu"), "eu", ""),
        (replace(HOSTED, region="eu"), "eu", "its address is of region global"),
        (replace(HOSTED, urls=(EU.urls[0], HOSTED.urls[0])), "eu", "its address is of region global"),
        (replace(HOSTED, urls=()), "eu", "nobody says where it stands"),
        (replace(HOSTED, urls=("http://127.0.0.1:1",)), "local", "no hosted model"),
        (CODESTRAL, "eu", ""), (CODESTRAL, "local", ""),
        (replace(CODESTRAL, urls=("https://gpu.example.org",), attested=True), "local", ""),
        (replace(CODESTRAL, urls=("https://gpu.example.org",)), "local", "no hosted model"),
    ],
)  # fmt: skip
def test_a_region_takes_out_what_stands_elsewhere(endpoint: Endpoint, region: str, said: str) -> None:
    endpoint = replace(endpoint, clearance=Label.INTERNAL)
    why = refused(endpoint, policy(f'region = "{region}"'), in_ci=False)
    assert said in why
    assert bool(said) == bool(why)


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        (HOSTED, ""), (EU, ""), (CODESTRAL, ""), (replace(HOSTED, model="labs-devstral-small-2512"), "experimental"),
        (replace(HOSTED, model="devstral-small-latest"), "experimental"), (replace(HOSTED, model="?"), "nobody says"),
        (Endpoint("x", "openai", "qwen3-coder", Label.INTERNAL, ("https://llm.example.org",)), "nobody says"),
    ],
)  # fmt: skip
def test_zero_retention_takes_out_what_cannot_have_it(endpoint: Endpoint, said: str) -> None:
    assert refused(endpoint, ANY, in_ci=False) == ""
    why = refused(endpoint, policy("zero_retention = true"), in_ci=False)
    assert said in why
    assert bool(said) == bool(why)


def test_a_clearance_above_internal_needs_this_machine_or_the_operators_word() -> None:
    away = replace(CODESTRAL, urls=("https://gpu.example.org",))
    assert "not attested" in refused(away, ANY, in_ci=False)
    assert refused(replace(away, attested=True), ANY, in_ci=False) == ""
    assert refused(replace(away, clearance=Label.INTERNAL), ANY, in_ci=False) == ""
    assert "ollama.com" in refused(replace(CODESTRAL, model="gemma4:cloud"), ANY, in_ci=False)


def test_a_refused_backend_is_taken_out_with_a_notice_and_the_order_stays() -> None:
    found = guards.usable((HOSTED, CODESTRAL, EU), policy('region = "eu"'), in_ci=True)
    assert found.endpoints == (EU,)
    assert [notice.partition(":")[0] for notice in found.notices] == ["hosted is not used", "local is not used"]
    assert all("\n" not in notice for notice in found.notices)


def test_a_policy_that_cannot_be_read_leaves_no_hosted_model() -> None:
    broken = config.failed(ANY, "broken")
    assert guards.demands(broken) == Demands("local", True)
    assert guards.usable((HOSTED, EU, CODESTRAL), broken, in_ci=False).endpoints == (CODESTRAL,)


def test_what_the_head_asks_for_counts_beside_what_the_base_does() -> None:
    head = config.tightened(policy('region = "eu"'), [config.read("head", b"zero_retention = true")])
    assert guards.demands(head) == Demands("eu", True)
    assert refused(HOSTED, config.tightened(ANY, [config.read("head", b'region = "eu"')]), in_ci=False)
    assert (
        guards.demands(config.tightened(policy('region = "eu"'), [config.read("h", b'region = "us"')])).region
        == "local"
    )


@given(ENDPOINTS, POLICIES, st.lists(DOCUMENTS, max_size=2), st.booleans())
def test_a_pull_request_can_take_backends_out_and_bring_none_back(
    endpoint: Endpoint, base: Policy, head: list[config.Document], in_ci: bool
) -> None:
    if refused(endpoint, base, in_ci=in_ci):
        assert refused(endpoint, config.tightened(base, head), in_ci=in_ci)


@given(ENDPOINTS, POLICIES)
def test_ci_and_a_servers_own_words_only_take_out(endpoint: Endpoint, base: Policy) -> None:
    if refused(endpoint, base, in_ci=False):
        assert refused(endpoint, base, in_ci=True)
    if refused(endpoint, base, in_ci=True):
        assert refused(endpoint, base, Traits(license="MIT"), in_ci=True)


@given(ENDPOINTS)
def test_what_local_leaves_is_the_operators_own(endpoint: Endpoint) -> None:
    if not refused(endpoint, policy('region = "local"'), in_ci=False):
        assert endpoint.is_local
        assert endpoint.is_loopback or endpoint.attested
