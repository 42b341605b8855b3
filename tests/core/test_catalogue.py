"""The catalogue: which model a name is, what is known of it, and what a server's own word changes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core import catalogue
from reviewbot.core.catalogue import AS_OF, HOLES, HOSTED, LOCAL_WINDOW, PRICES, WEIGHTS, WINDOW, completed, known
from reviewbot.core.endpoints import Endpoint, Kind
from reviewbot.core.exchange import Traits
from reviewbot.core.labels import Label

PAGE = Path(__file__).parents[2] / "docs/models.md"
LOOPBACK = ("http://127.0.0.1:8000",)


def hosted(model: str = "codestral-2508", url: str = "https://api.mistral.ai", window: int | None = None) -> Endpoint:
    return Endpoint("hosted", "mistral", model, Label.INTERNAL, (url,), "MISTRAL_API_KEY", window)


def local(model: str, kind: Kind = "ollama", window: int | None = None) -> Endpoint:
    return Endpoint("local", kind, model, Label.RESTRICTED, LOOPBACK, window=window)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("codestral:22b", "MNPL-0.1"), ("codestral", "MNPL-0.1"), ("codestral:22b-v0.1-q4_0", "MNPL-0.1"),
        ("mistralai/Codestral-22B-v0.1", "MNPL-0.1"), ("hf.co/bartowski/Codestral-22B-v0.1-GGUF:Q4_K_M", "MNPL-0.1"),
        ("my-codestral", "MNPL-0.1"), ("registry.example.org/team/codestral:latest", "MNPL-0.1"),
        ("mamba-codestral-7B-v0.1", "Apache-2.0"), ("devstral-small-2:24b", "Apache-2.0"),
        ("devstral:24b", "Apache-2.0"), ("devstral-2:123b", "modified MIT"),
        ("Devstral-Small-2507-Q4_K_M", "Apache-2.0"),
        ("qwen2.5-coder:7b", "Apache-2.0"), ("qwen2.5-coder:3b", "Qwen Research License"),
        ("Qwen/Qwen2.5-Coder-3B-Instruct", "Qwen Research License"), ("Qwen/Qwen2.5-Coder-32B", "Apache-2.0"),
        ("qwen3-coder:30b", "Apache-2.0"), ("deepseek-coder-v2:16b", "DeepSeek License"), ("llama3", None), ("", None),
    ],
)  # fmt: skip
def test_weights_are_known_by_the_names_that_people_give_them(model: str, name: str | None) -> None:
    for kind in ("ollama", "openai", "llamacpp"):
        found = catalogue.license_of(local(model, kind))
        assert (found and found.name) == name


def test_the_same_name_is_another_model_where_mistral_serves_it() -> None:
    assert catalogue.license_of(hosted("codestral-2508")) is None
    gateway = Endpoint("x", "openai", "codestral-latest", Label.INTERNAL, ("https://api.mistral.ai/v1",))
    model = known(gateway)
    assert model is not None
    assert model.retention == "standard"


@pytest.mark.parametrize(
    ("said", "forbids"),
    [
        ("Mistral AI Non-Production License\n", True), ("MNPL", True), ("cc-by-nc: non-commercial", True),
        ("Research License", True), ("apache-2.0", False), ("GPL-3.0: you may convey it noncommercially", False),
        ("", False), ("MIT", False),
    ],
)  # fmt: skip
def test_a_licence_that_the_server_shows_can_only_be_stricter(said: str, forbids: bool) -> None:
    found = catalogue.license_of(local("somebodys-model"), Traits(license=said))
    assert bool(found and found.forbids_production) == forbids
    for free in ("Apache-2.0", ""):
        codestral = catalogue.license_of(local("codestral:22b"), Traits(license=free))
        assert codestral is not None
        assert codestral.forbids_production


@pytest.mark.parametrize(
    ("endpoint", "traits", "window"),
    [
        (hosted(), None, 128_000), (hosted(), Traits(window=256_000), 256_000),
        (hosted(window=64_000), Traits(window=256_000), 64_000), (hosted(window=64_000), Traits(window=32_000), 32_000),
        (hosted(window=64_000), None, 64_000), (hosted("no-such-model"), None, WINDOW),
        (local("codestral:22b"), None, 32_768), (local("qwen3-coder:30b"), Traits(window=262_144), LOCAL_WINDOW),
        (local("qwen3-coder:30b", window=100_000), Traits(window=262_144), 100_000),
        (local("qwen3-coder:30b", "openai"), Traits(window=262_144), 262_144), (local("x", "openai"), None, WINDOW),
    ],
)  # fmt: skip
def test_the_window_is_the_operators_then_the_servers_then_the_lists(
    endpoint: Endpoint, traits: Traits | None, window: int
) -> None:
    assert completed(endpoint, traits).window == window


@given(st.none() | st.integers(1024, 10**7), st.none() | st.integers(1, 10**7), st.sampled_from(("ollama", "openai")))
def test_no_window_is_above_what_the_server_says(own: int | None, said: int | None, kind: Kind) -> None:
    window = completed(local("codestral:22b", kind, own), Traits(window=said)).window
    assert window is not None
    assert said is None or window <= said
    assert own is None or window <= own


def test_prices_are_the_operators_then_the_lists_then_the_dearest() -> None:
    def price(endpoint: Endpoint) -> tuple[float | None, float | None]:
        whole = completed(endpoint)
        return whole.price_in, whole.price_out

    assert price(hosted()) == (0.30, 0.90)
    assert price(hosted(url="https://api.eu.mistral.ai")) == (0.33, 0.99)
    assert price(hosted("no-such-model")) == PRICES
    assert price(local("codestral:22b")) == price(local("no-such-model")) == (0.0, 0.0)
    own = Endpoint("x", "ollama", "m", Label.INTERNAL, LOOPBACK, price_in=1.0, price_out=2.0)
    assert price(own) == (1.0, 2.0)


def test_no_hosted_model_is_dearer_than_the_price_of_an_unknown_one() -> None:
    assert (max(model.price_in for model in HOSTED), max(model.price_out for model in HOSTED)) == PRICES


@pytest.mark.parametrize(
    ("name", "is_cloud"),
    [
        ("gpt-oss:120b-cloud", True), ("gemma4:cloud", True), ("GEMMA4:CLOUD", True), ("x/cloud", True),
        ("x:cloud ", True), ("codestral:22b", False), ("cloudy:7b", False), ("cloud-native-coder:7b", False),
        ("", False),
    ],
)  # fmt: skip
def test_a_cloud_model_is_known_by_its_name(name: str, is_cloud: bool) -> None:
    assert catalogue.is_cloud(name) == is_cloud


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("0.17.1", []), ("0.33.0", []), ("v1.0.0", []), ("0.17.0", ["CVE-2026-7482"]),
        ("0.17.1-rc2", ["CVE-2026-7482"]), ("0.9.9", ["CVE-2026-7482"]),
        ("0.1.28", ["CVE-2026-7482", "CVE-2024-28224"]), ("", []), ("main", []),
    ],
)  # fmt: skip
def test_a_server_that_is_too_old_has_known_holes(version: str, numbers: list[str]) -> None:
    assert [hole.number for hole in catalogue.holes("ollama", version)] == numbers
    assert list(catalogue.holes("openai", version)) == []


def test_every_row_has_its_day_and_a_hosted_one_its_retention() -> None:
    assert {model.as_of for model in (*HOSTED, *WEIGHTS)} == {AS_OF}
    assert all(model.retention and model.license is None and model.price_out for model in HOSTED)
    assert all(model.retention is None and model.license and not model.price_out for model in WEIGHTS)
    assert all(isinstance(hole.as_of, date) for hole in HOLES)


def rows() -> str:
    """The page's tables of models and holes, from the catalogue."""
    said = ["| served by Mistral | window | fills holes | retention | $ in, out per million | retires |",
            "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for model in HOSTED:
        said.append(f"| {_names(model.pattern)} | {model.window:,} | {_yes(model.fim)} | {model.retention} "
                    f"| {model.price_in:.2f}, {model.price_out:.2f} | {model.retires or ''} |")  # fmt: skip
    said += ["", "| weights | window | fills holes | licence | in CI |", "| --- | --- | --- | --- | --- |"]
    for model in WEIGHTS:
        assert model.license is not None
        permitted = "only if attested" if model.license.forbids_production else "yes"
        said.append(f"| {_names(model.pattern)} | {model.window:,} | {_yes(model.fim)} | {model.license.name} "
                    f"| {permitted} |")  # fmt: skip
    said += ["", "| server | hole | closed in | | as of |", "| --- | --- | --- | --- | --- |"]
    for hole in HOLES:
        fixed = ".".join(map(str, hole.fixed))
        said.append(f"| {hole.kind} | [{hole.number}]({hole.source}) | {fixed} | {hole.effect} | {hole.as_of} |")
    return "\n".join(said)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _names(pattern: str) -> str:
    """A pattern as people write names: `a-(b|c)` is two, `.*` is an asterisk."""
    plain = pattern.replace("(?:.*[^a-z])?", "").replace("(?!\\d{3})", "").replace("[:-]", "-").replace("\\.", ".")
    names: list[str] = []
    for part in re.split(r"\|(?![^(]*\))", plain):
        inner = re.search(r"\((?:\?:)?([^)]*)\)", part)
        names += [part.replace(inner[0], one) for one in inner[1].split("|")] if inner else [part]
    return ", ".join(f"`{name.replace('.*', '*')}`" for name in names)


def test_the_page_has_every_row_and_its_day() -> None:
    text = PAGE.read_text()
    found = re.search(r"<!-- catalogue.*?-->\n(.*?)<!-- end of catalogue -->", text, re.DOTALL)
    assert found is not None
    assert found[1].strip() == rows()
    assert f"as of {AS_OF}" in text
