"""Which backends a run may not use whatever their clearance: licence, region, retention. Pure; says why in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reviewbot.core import regions
from reviewbot.core.catalogue import is_cloud, known, license_of
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import Traits
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy
from reviewbot.core.text import clipped, visible

#: Models to name where another one may not be used: free weights, and hosted without retention.
_FREE = "devstral-small-2 or qwen2.5-coder:7b"
_STANDARD = "codestral-2508"


class Demands(NamedTuple):
    """What a policy asks of hosted models."""

    region: regions.Region | None = None
    zero_retention: bool = False


class Usable(NamedTuple):
    """The backends that a run may use, in the operator's order, and a notice of each of the others."""

    endpoints: tuple[Endpoint, ...]
    notices: tuple[str, ...] = ()


def demands(policy: Policy) -> Demands:
    """Those of the policy and of what the pull request adds to it; one that cannot be read might ask for anything."""
    if policy.failure:
        return Demands("local", True)
    asked = (policy,) if policy.tightened is None else (policy, policy.tightened)
    return Demands(regions.strictest(one.region for one in asked), any(one.zero_retention for one in asked))


def usable(endpoints: Sequence[Endpoint], policy: Policy, *, in_ci: bool) -> Usable:
    """Those that may be used, by what is known before any server is asked."""
    found = [(endpoint, refused(endpoint, policy, in_ci=in_ci)) for endpoint in endpoints]
    return Usable(
        tuple(endpoint for endpoint, why in found if not why),
        tuple(f"{endpoint.name} is not used: {why}" for endpoint, why in found if why),
    )


def refused(endpoint: Endpoint, policy: Policy, traits: Traits | None = None, *, in_ci: bool) -> str:
    """Why this run may not use a backend, "" where it may. `traits` is None before its server is asked."""
    reasons = (_misplaced(endpoint), unwanted(endpoint, demands(policy)), unlicensed(endpoint, traits, in_ci=in_ci))
    return next(filter(None, reasons), "")


def unlicensed(endpoint: Endpoint, traits: Traits | None = None, *, in_ci: bool) -> str:
    """Why the licence of its weights forbids the use, "" where it does not. A review in CI is production."""
    found = license_of(endpoint, traits)
    if found is None or not found.forbids_production or endpoint.license or not in_ci:
        return ""
    model = visible(clipped(endpoint.model or "its model", 100))
    return (
        f"the licence of {model} ({found.name}) forbids production use, and CI is that: with an agreement of yours "
        f'write license = "attested: ...", or use a model with a free licence ({_FREE})'
    )


def unwanted(endpoint: Endpoint, asked: Demands) -> str:
    """Why the policy does not want a backend, "" where it does. What is the operator's own is never unwanted."""
    if endpoint.is_local:
        return ""
    return next(filter(None, (*_elsewhere(endpoint, asked), _kept(endpoint, asked))), "")


def _misplaced(endpoint: Endpoint) -> str:
    """The reader of the operator's document refuses these as well."""
    if endpoint.kind in ("ollama", "openai") and is_cloud(endpoint.model):
        return "it is a cloud model: its prompts go to ollama.com"
    if endpoint.clearance > Label.INTERNAL and not endpoint.is_loopback and not endpoint.attested:
        return f"cleared for {endpoint.clearance}, its address is not on this machine and not attested"
    return ""


def _elsewhere(endpoint: Endpoint, asked: Demands) -> Iterator[str]:
    if asked.region is None:
        return
    if asked.region == "local":
        yield "the policy wants no hosted model"
    for url in endpoint.urls:
        stands = regions.of(url) or endpoint.region
        if stands != asked.region:
            place = "nobody says where it stands" if not stands else f"its address is of region {stands}"
            yield f"the policy wants region {asked.region}: {place}{_remedy(url, asked.region)}"
    if not endpoint.urls:
        yield f"the policy wants region {asked.region}: nobody says where it stands"


def _remedy(url: str, region: str) -> str:
    if regions.is_mistral(url):
        return f"; use https://api.{region}.mistral.ai"
    return f'; write region = "{region}" if it is there'


def _kept(endpoint: Endpoint, asked: Demands) -> str:
    if not asked.zero_retention:
        return ""
    model = known(endpoint)
    if model is not None and model.retention == "standard":
        return ""
    if model is not None and model.retention == "labs":
        return f"the policy wants zero retention, which experimental models cannot have: use {_STANDARD}"
    return f"the policy wants zero retention, and nobody says that this model can have it: use {_STANDARD}"
