"""The operator's document: taken word for word, or refused with key and line and without the value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.config import operator
from reviewbot.core.endpoints import Endpoint, Limits, Operator
from reviewbot.core.labels import Label
from reviewbot.errors import ConfigError

#: The operator's file of the public interface, word for word.
EXAMPLE = """\
[[backend]]                      # in order of preference; a label picks the first that is cleared for it
name = "hosted"
kind = "mistral"                 # mistral | ollama | openai (vLLM, llama.cpp server, any compatible) | llamacpp (GGUF in process)
model = "codestral-2508"
clearance = "internal"
key_env = "MISTRAL_API_KEY"      # the name of the variable, never the key
# url = "https://api.eu.mistral.ai"      region, gateway or a test server
# window = 128000  price_in = 0.30  price_out = 0.90  share = 100    # tokens; per million tokens; percent of pull requests (rollout)
# license = "attested: contract 4711"    # needed where the model's licence forbids production use

[[backend]]
name = "local"
kind = "ollama"
url = "http://127.0.0.1:11434"
model = "codestral:22b"
clearance = "restricted"
# attested = true                # needed for a clearance above internal when url is not loopback

[limits]                         # all optional
seconds = 240                    # wall clock of the whole run
calls = 200
cost_usd = 1.00
concurrency = 4                  # per backend; `concurrency = 1` on a backend overrides

[comments]
clearance = "restricted"         # what may be posted on this forge
"""  # noqa: E501 (as it is)
HOSTED = Endpoint("hosted", "mistral", "codestral-2508", Label.INTERNAL, ("https://api.mistral.ai",), "MISTRAL_API_KEY")
LOCAL = Endpoint("local", "ollama", "codestral:22b", Label.RESTRICTED, ("http://127.0.0.1:11434",))
HERE = {"REVIEWBOT_LOCAL_URL": "http://127.0.0.1:11434"}
CANARY = "sk-canary-4f9a"


def read(text: str) -> Operator:
    return operator.read("ops.toml", text.encode())


def backend(**keys: object) -> str:
    """A document of one backend, by default a valid one; None leaves a key out."""
    values = {"name": "x", "kind": "openai", "url": "http://127.0.0.1:8000", "clearance": "internal"} | keys
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None]
    return "\n".join(["[[backend]]", *lines])


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')


def endpoint(**keys: object) -> Endpoint:
    return read(backend(**keys)).endpoints[0]


def problem(text: str) -> str:
    with pytest.raises(ConfigError) as error:
        read(text)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix("ops.toml")


def test_the_documented_example_is_read_word_for_word() -> None:
    assert read(EXAMPLE) == Operator((HOSTED, LOCAL), Limits(240.0, 200, 1.0), Label.RESTRICTED, "ops.toml")


def test_every_key_arrives() -> None:
    text = """[[backend]]
name = "gpu-1"
kind = "openai"
model = "m"
clearance = "confidential"
urls = ["https://a.example.org/v1/", "HTTPS://B.example.org:8443"]
key_env = "GPU_KEY"
attested = true
region = "eu"
license = "attested: contract 4711"
window = 65536
price_in = 1
price_out = 2.5
share = 25
concurrency = 7
seconds = 30
slow = 9.5
"""
    assert read(text).endpoints == (
        Endpoint(
            "gpu-1", "openai", "m", Label.CONFIDENTIAL, ("https://a.example.org/v1", "https://b.example.org:8443"),
            "GPU_KEY", 65536, 1.0, 2.5, 25, "attested: contract 4711", True, 7, 30.0, 9.5, "", "eu",
        ),
    )  # fmt: skip
    assert endpoint(kind="ollama", model="m", digest="sha256:0898a8b286d5").digest == "0898a8b286d5"


def test_concurrency_is_the_backends_own_before_that_of_all() -> None:
    limits = "\n[limits]\nconcurrency = 9\n"
    assert read(backend(concurrency=1) + limits).endpoints[0].concurrency == 1
    assert read(backend() + limits).endpoints[0].concurrency == 9
    assert endpoint().concurrency == 4


def test_what_is_not_said_is_the_default() -> None:
    assert read('[comments]\nclearance = "public"') == Operator((), Limits(), Label.PUBLIC, "ops.toml")
    assert endpoint(kind="mistral", url=None, model="m", key_env="K").urls == ("https://api.mistral.ai",)
    assert endpoint(kind="ollama", url=None, model="m").urls == ("http://127.0.0.1:11434",)
    gguf = endpoint(kind="llamacpp", url="/models/Codestral-22B.gguf")
    assert (gguf.model, gguf.is_loopback, gguf.hosts) == ("Codestral-22B", True, ("in process",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": it says nothing: give a [[backend]]"),
        (backend(name="Big"), ":2: backend.name: must be a short name"),
        (backend(name=None), ":1: backend.name: is missing"),
        (backend(clearance=None), ":1: backend.clearance: is missing"),
        (backend(clearance="secret"), ":5: backend.clearance: must be one of"),
        (backend(kind="bedrock"), ":3: backend.kind: must be one of"),
        (backend(key=CANARY), ":6: backend.key: unknown key"),
        (backend(key_env=CANARY), ":6: backend.key_env: must be a variable's name, in capitals, never a key"),
        (backend() + "\n" + backend(), ":7: backend.name: two backends have this name"),
        (backend(share=101), ":6: backend.share: "), (backend(share=-1), ":6: backend.share: "),
        (backend(window=100), ":6: backend.window: "), (backend(concurrency=0), ":6: backend.concurrency: "),
        (backend() + "\nprice_in = nan", ":6: backend.price_in: "), (backend(price_in=-0.1), ":6: backend.price_in: "),
        (backend() + "\nseconds = inf", ":6: backend.seconds: "), (backend(seconds=0), ":6: backend.seconds: "),
        (backend(attested="yes"), ":6: backend.attested: must be true or false"),
        (backend(license="yes"), ':6: backend.license: must begin with "attested: "'),
        (backend(license="attested: "), ":6: backend.license: "),
        (backend(digest="0898a8b286d5"), ":6: backend.digest: kind openai has no digest to compare with"),
        (backend(kind="ollama", model="m", digest="xyz"), ":7: backend.digest: must be at least eight"),
        (backend(kind="ollama"), ":1: backend.model: is missing"),
        (backend(kind="mistral", model="m"), ":1: backend.key_env: is missing"),
        (backend(kind="ollama", model="m", key_env="K"), ":7: backend.key_env: kind ollama sends no key"),
        (backend(kind="ollama", model="gpt-oss:120b-cloud"), ":6: backend.model: a cloud model"),
        (backend(url=None), ":1: backend.url: is missing: kind openai has none by itself"),
        (backend(urls=["http://127.0.0.1:1"]), ":6: backend.urls: url or urls, not both"),
        (backend(kind="ollama", model="m", url=None, urls=["http://127.0.0.1:1"]), ":6: backend.urls: several"),
        (backend(url=None, urls=[]), ":5: backend.urls: must not be empty"),
        (backend(kind="llamacpp", url="model.gguf"), ":4: backend.url: kind llamacpp needs the path"),
        (backend(region="eu", kind="mistral", model="m", key_env="K", url="https://api.us.mistral.ai"),
         ":6: backend.region: the address is Mistral's us one; use https://api.eu.mistral.ai"),
        (backend(clearance="restricted", url="https://llm.example.org"),
         ":5: backend.clearance: above internal, an address that is not on this machine needs attested = true"),
        (backend(clearance="confidential", url=None, urls=["http://127.0.0.1:1", "https://llm.example.org"]),
         ":4: backend.clearance: above internal"),
        ("[limits]\ncalls = -1", ":2: limits.calls: "), ("[limits]\nseconds = 0", ":2: limits.seconds: "),
        ("[limits]\ncost_usd = inf", ":2: limits.cost_usd: "), ("[limits]\ncost = 1", ":2: limits.cost: unknown key"),
        ('[comments]\nclearance = "secret"', ":2: comments.clearance: must be one of"),
        ("[policy]\nx = 1", ":1: policy: unknown key"), ("backend = 1", ":1: backend: must be an array"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key_and_line(text: str, said: str) -> None:
    assert problem(text).startswith(said)
    assert CANARY not in problem(text)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("llm.example.org", "begins with https:// or http://"), ("ftp://llm.example.org", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"), ("https://", "an address needs a host"),
        (f"https://{CANARY}@llm.example.org", "no user or password"), ("https://u@llm.example.org", "no user"),
        (f"https://llm.example.org/v1?key={CANARY}", "no query"), ("https://llm.example.org/#x", "no query"),
        ("https://llm.example.org\\\\@evil.example", "no user"), ("https://llm..example.org:0", "not an address"),
        ("https://llm.example.org:99999", "no such host or port"), ("https://[::1", "not an address"),
        ("https://2130706433.1", "no such host"), ("https://0x7f000001", "no such host"),
        ("https://еxample.org", "plain ASCII"), ("https://llm.example.org/a b", "not an address"),
        (" https://llm.example.org", "white space around it"), ("https://llm.example.org/\\u200b", "not seen"),
        ("http://llm.example.org", "plain http to another machine"), ("http://10.0.0.1:8000", "plain http to another"),
        ("http://127.0.0.1.example.org", "plain http to another machine"),
        ("http://localhost.example.org", "plain http to another machine"),
    ],
)  # fmt: skip
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str, said: str) -> None:
    assert said in problem(backend(url=url))
    assert CANARY not in problem(backend(url=url))


def test_plain_http_needs_the_operators_word_and_a_network_of_theirs() -> None:
    assert endpoint(url="http://10.0.0.1:8000", attested=True).is_local
    assert endpoint(url="http://gpu.internal:8000", attested=True).is_local
    assert "plain http to a public address" in problem(backend(url="http://8.8.8.8", attested=True))
    mistral = backend(kind="mistral", model="m", key_env="K", url="http://api.mistral.ai", attested=True)
    assert "plain http to another machine" in problem(mistral)


@pytest.mark.parametrize("url", ["https://ollama.com", "https://api.ollama.com"])
def test_ollama_is_for_servers_of_ones_own(url: str) -> None:
    assert "kind ollama is for servers of yours" in problem(backend(kind="ollama", model="m", url=url))


def test_a_credential_in_a_wrong_place_is_refused_and_not_repeated() -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    for text in (backend(model=token), backend(license=f"attested: {token}")):
        assert "it looks like a credential" in problem(text)
        assert token not in problem(text)


def test_no_variable_gives_no_backend() -> None:
    assert operator.from_variables({}) == Operator()
    assert operator.from_variables({"MISTRAL_API_KEY": " ", "REVIEWBOT_LOCAL_URL": ""}) == Operator()


def test_variables_give_the_documented_backends() -> None:
    environ = {"MISTRAL_API_KEY": "k", "REVIEWBOT_LOCAL_URL": "http://127.0.0.1:11434"}
    assert operator.from_variables(environ) == Operator((HOSTED, LOCAL))
    environ |= {"REVIEWBOT_LOCAL_KIND": "openai", "REVIEWBOT_LOCAL_MODEL": "m"}
    assert operator.from_variables(environ).endpoints[1] == replace(LOCAL, kind="openai", model="m")
    gguf = operator.from_variables({"REVIEWBOT_LOCAL_URL": "/m/a.gguf", "REVIEWBOT_LOCAL_KIND": "llamacpp"})
    assert gguf.endpoints == (replace(LOCAL, kind="llamacpp", model="a", urls=("/m/a.gguf",)),)


def test_a_local_address_by_a_variable_that_is_not_this_machine_reads_up_to_internal() -> None:
    away = operator.from_variables({"REVIEWBOT_LOCAL_URL": "https://llm.example.org"}).endpoints[0]
    assert (away.clearance, away.attested, away.is_local) == (Label.INTERNAL, False, False)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"REVIEWBOT_LOCAL_URL": "llm"}, "REVIEWBOT_LOCAL_URL: an address begins with"),
        ({"REVIEWBOT_LOCAL_URL": f"https://{CANARY}@x.org"}, "REVIEWBOT_LOCAL_URL: no user or password"),
        (HERE | {"REVIEWBOT_LOCAL_KIND": "mistral"}, "REVIEWBOT_LOCAL_KIND: must be ollama, openai or llamacpp"),
        (HERE | {"REVIEWBOT_LOCAL_MODEL": "a\nb"}, "REVIEWBOT_LOCAL_MODEL: signs in it that are not seen"),
        (HERE | {"REVIEWBOT_LOCAL_MODEL": "x:cloud"}, "REVIEWBOT_LOCAL_MODEL: a cloud model"),
        ({"REVIEWBOT_LOCAL_URL": "http://llm.example.org"}, "REVIEWBOT_LOCAL_URL: plain http"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        operator.from_variables(environ)
    assert str(error.value).startswith(f"environment: {said}")
    assert CANARY not in str(error.value)


@given(st.text("htps:/[]@?#.%\\ 01ax-é", max_size=30))
def test_an_address_that_is_taken_is_in_its_one_form(url: str) -> None:
    escaped = url.replace("\\", "\\\\")
    try:
        taken = endpoint(url=escaped, attested=True).urls[0]
    except ConfigError as error:
        assert "\n" not in str(error)
        return
    assert taken.startswith(("http://", "https://"))
    assert not set(taken) & set("@?#\\ %")
    assert endpoint(url=taken, attested=True).urls[0] == taken


@given(
    st.sampled_from(("mistral", "ollama", "openai")),
    st.sampled_from(("public", "internal", "confidential", "restricted")),
    st.sampled_from(("http://127.0.0.1:1", "https://[::1]", "http://localhost", "https://api.mistral.ai",
                     "https://10.0.0.1", "https://llm.example.org", "https://127.0.0.1.example.org")),
    st.booleans(),
)  # fmt: skip
def test_only_this_machine_or_the_operators_word_reads_above_internal(
    kind: str, clearance: str, url: str, attested: bool
) -> None:
    key = {"key_env": "K"} if kind == "mistral" else {}
    try:
        taken = endpoint(kind=kind, model="m", clearance=clearance, url=url, attested=attested, **key)
    except ConfigError:
        return
    assert taken.clearance <= Label.INTERNAL or taken.is_loopback or attested
