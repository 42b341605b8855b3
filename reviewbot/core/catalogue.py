"""What is known of models before any server is asked: dated, and only where the server itself does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from reviewbot.core.endpoints import Endpoint, Kind
from reviewbot.core.exchange import Traits
from reviewbot.core.regions import is_mistral, of

#: The day on which this list was true.
AS_OF = date(2026, 8, 21)
#: Tokens of a window of which nobody says anything.
WINDOW = 8192
#: What Ollama and a GGUF file say is what the model was trained for, not what the machine can hold: without the
#: operator's word no more than this.
LOCAL_WINDOW = 32_768
#: Dollars per million tokens of a hosted model of which nobody knows the price: those of the dearest one.
PRICES = (1.5, 7.5)
#: Mistral's regional addresses cost so much more.
_REGIONAL = 1.1

#: What Mistral may keep: `standard` can be switched off by contract (zero data retention), `labs` cannot.
Retention = Literal["standard", "labs"]


@dataclass(frozen=True, slots=True)
class License:
    name: str
    forbids_production: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """One model or one family. `pattern` is matched with the whole name, in small letters, without its owner."""

    pattern: str
    window: int
    fim: bool = False
    license: License | None = None
    #: Of weights: None, they keep nothing.
    retention: Retention | None = None
    price_in: float = 0.0
    price_out: float = 0.0
    #: The day on which Mistral stops to serve it, None where none is set.
    retires: date | None = None
    as_of: date = AS_OF


_APACHE, _MIT, _MNPL = License("Apache-2.0"), License("MIT"), License("MNPL-0.1", forbids_production=True)
_QWEN_RESEARCH = License("Qwen Research License", forbids_production=True)
_DEEPSEEK = License("DeepSeek License")
_K = 1000

#: Served by Mistral; the first that matches counts. What its API calls 128k and 256k is read as thousands: rather less.
HOSTED = (
    Model("codestral-(2508|latest)", 128 * _K, True, None, "standard", 0.30, 0.90),
    Model("codestral-2501", 128 * _K, True, None, "standard", *PRICES, date(2025, 11, 30)),
    Model("codestral-2405", 32 * _K, True, None, "standard", *PRICES, date(2025, 6, 16)),
    Model("labs-.*|devstral-small-latest", 256 * _K, False, None, "labs", 0.10, 0.30, date(2026, 3, 31)),
    Model("devstral-(2512|latest|medium-latest)", 256 * _K, False, None, "standard", 0.40, 2.00, date(2026, 7, 31)),
    Model("devstral-small-2507", 128 * _K, False, None, "standard", 0.10, 0.30, date(2026, 5, 31)),
    Model("devstral-medium-2507", 128 * _K, False, None, "standard", 0.40, 2.00, date(2026, 5, 31)),
    Model("mistral-small-(2603|latest)", 256 * _K, False, None, "standard", 0.15, 0.60),
    Model("mistral-medium-(3-5|latest)", 256 * _K, False, None, "standard", 1.50, 7.50),
    Model("mistral-large-(2512|latest)", 256 * _K, False, None, "standard", 0.50, 1.50),
)
#: Weights that one can run; tags, sizes and quantisations follow the name. Mamba Codestral is another model.
WEIGHTS = (
    Model("(?:.*[^a-z])?(?:mamba-codestral|codestral-mamba).*", 32_768, False, _APACHE),
    Model("(?:.*[^a-z])?codestral.*", 32_768, True, _MNPL),
    Model("devstral-2.*|devstral.*123b.*", 262_144, False, License("modified MIT")),
    Model("devstral-small-2(?!\\d{3}).*|devstral-small-2512.*", 262_144, False, _APACHE),
    Model("devstral.*", 131_072, False, _APACHE),
    Model("mistral-small-4.*|mistral-small-2603.*", 262_144, False, _APACHE),
    Model("qwen2\\.5-coder[:-]3b.*", 32_768, True, _QWEN_RESEARCH),
    Model("qwen2\\.5-coder.*", 32_768, True, _APACHE),
    Model("qwen3-coder.*", 262_144, False, _APACHE),
    Model("deepseek-coder-v2.*", 131_072, True, _DEEPSEEK),
)


@dataclass(frozen=True, slots=True)
class Hole:
    """A known hole of a server: in every version before `fixed`."""

    kind: Kind
    number: str
    fixed: tuple[int, int, int]
    effect: str
    as_of: date

    @property
    def source(self) -> str:
        return f"https://nvd.nist.gov/vuln/detail/{self.number}"


HOLES = (
    Hole("ollama", "CVE-2026-7482", (0, 17, 1), "whoever reaches it reads its memory, prompts too", date(2026, 11, 23)),
    Hole("ollama", "CVE-2024-28224", (0, 1, 29), "a web page reaches it by DNS rebinding", date(2026, 11, 23)),
)
_VERSION = re.compile(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(-rc)?")
#: Words of licences that forbid production use. GPL-3.0 has "noncommercially", and forbids nothing.
_FORBIDS = re.compile(r"\b(?:mnpl|non-production|non-?commercial|research licen[cs]e)\b", re.IGNORECASE)
_CLOUD = re.compile(r"(?:^|[:/-])cloud(?::|$)", re.IGNORECASE)


def known(endpoint: Endpoint) -> Model | None:
    """What the list says of a backend's model; a name it does not have is None."""
    name = endpoint.model.lower().rpartition("/")[2]
    hosted = endpoint.kind == "mistral" or any(map(is_mistral, endpoint.urls if endpoint.kind != "llamacpp" else ()))
    models = HOSTED if hosted else WEIGHTS
    return next((model for model in models if re.fullmatch(model.pattern, name, re.DOTALL)), None)


def completed(endpoint: Endpoint, traits: Traits | None = None) -> Endpoint:
    """The endpoint with a window and prices: the server's word within the operator's, else this list, else a guess."""
    model, traits = known(endpoint), traits or Traits()
    return replace(
        endpoint,
        window=_window(endpoint, traits, model),
        price_in=_price(endpoint, endpoint.price_in, model.price_in if model else None, PRICES[0]),
        price_out=_price(endpoint, endpoint.price_out, model.price_out if model else None, PRICES[1]),
    )


def _window(endpoint: Endpoint, traits: Traits, model: Model | None) -> int:
    if traits.window and endpoint.window:
        return min(traits.window, endpoint.window)
    found = endpoint.window or traits.window or (model.window if model else WINDOW)
    capped = endpoint.kind in ("ollama", "llamacpp") and not endpoint.window
    return min(found, LOCAL_WINDOW) if capped else found


def _price(endpoint: Endpoint, said: float | None, listed: float | None, dearest: float) -> float:
    """The operator's own machines cost nothing by the token, unless the operator says otherwise."""
    if said is not None:
        return said
    if endpoint.is_local:
        return 0.0
    regional = any(of(url) in ("eu", "us") for url in endpoint.urls)
    return round((dearest if listed is None else listed) * (_REGIONAL if regional else 1), 6)


def license_of(endpoint: Endpoint, traits: Traits | None = None) -> License | None:
    """The licence of weights: the stricter of what the list and the server say. None where neither says any."""
    model = known(endpoint)
    listed = model.license if model else None
    if listed is not None and listed.forbids_production:
        return listed
    if traits is not None and _FORBIDS.search(traits.license):
        return License("its own licence", forbids_production=True)
    return listed


def is_cloud(model: str) -> bool:
    """Whether Ollama would send the prompts of a model of that name away: `x:cloud`, `x:120b-cloud`."""
    return _CLOUD.search(model.strip()) is not None


def holes(kind: str, version: str) -> Iterator[Hole]:
    """The known holes of a server; a version that it does not say has none to tell."""
    found = _VERSION.match(version)
    if found is None:
        return
    here = tuple(map(int, found.groups()[:3]))
    yield from (hole for hole in HOLES if hole.kind == kind and (here, not found[4]) < (hole.fixed, True))
