"""What doctor says of each backend: what it is, whether it answers, whether this run may use it. No prompt is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from reviewbot.cli import adapters
from reviewbot.core import catalogue, guards, regions
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Traits
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.policy import Policy
from reviewbot.core.routing import route
from reviewbot.core.summary import counted
from reviewbot.core.text import clipped, visible
from reviewbot.errors import ConfigError, NotReviewedError, UsageError

Row = tuple[str, str]

#: Seconds that a server has to say what it is. A model in this process is read from its file first.
SECONDS = 10.0
#: What is to be changed here, not there; any other failure is one of the server or the way to it.
_OURS = frozenset({
    Failure.UNAUTHORIZED, Failure.NO_KEY, Failure.NO_MODEL, Failure.WRONG_MODEL, Failure.NOT_LOCAL,
    Failure.NOT_INSTALLED, Failure.REDIRECTED,
})  # fmt: skip
_ADVICE = {
    Failure.UNREACHABLE: "is it running, and is this its address?",
    Failure.REDIRECTED: "give the address that it leads to, if that is yours",
    Failure.NOT_LOCAL: "it would send prompts to ollama.com; start Ollama with OLLAMA_NO_CLOUD=1",
    Failure.NO_MODEL: "load it there, or name one that is there",
    Failure.WRONG_MODEL: "its digest is another than the operator's file has",
}
#: The state of a socket that waits for connections, in /proc/net/tcp.
_LISTENS = "0A"


class Standing(NamedTuple):
    """One backend as doctor found it. `code` is an exit code."""

    endpoint: Endpoint
    rows: tuple[Row, ...]
    warnings: tuple[str, ...]
    code: int
    may_be_used: bool


def examined(
    endpoints: Sequence[Endpoint], keys: Mapping[str, str], policy: Policy, *, in_ci: bool, today: date
) -> tuple[Standing, ...]:
    """All backends at the same time, in the operator's order."""

    def examine(endpoint: Endpoint) -> Standing:
        return _standing(endpoint, keys, policy, in_ci, today)

    if not endpoints:
        return ()
    with ThreadPoolExecutor(len(endpoints)) as pool:
        return tuple(pool.map(examine, endpoints))


def summed(standings: Sequence[Standing]) -> str:
    """How many there are and how many may be used."""
    free = sum(standing.may_be_used for standing in standings)
    return f"{counted(len(standings), 'backend')}, {free} may be used"


def routes(endpoints: Sequence[Endpoint]) -> Iterator[Row]:
    """Who reads files of which label; labels with the same readers together."""
    found: dict[tuple[str, ...], list[Label]] = {}
    for label in ASSIGNABLE:
        found.setdefault(tuple(endpoint.name for endpoint in route(label, endpoints)), []).append(label)
    for names, labels in found.items():
        readers = ", then ".join(names) or "nobody; such files get checks only"
        yield "route", f"{', '.join(map(str, labels))}: {readers}"


def _standing(endpoint: Endpoint, keys: Mapping[str, str], policy: Policy, in_ci: bool, today: date) -> Standing:
    unwanted = guards.refused(endpoint, policy, in_ci=False)
    traits, said, code = (None, "not asked", 0) if unwanted else _asked(endpoint, keys)
    why = unwanted or guards.refused(endpoint, policy, traits, in_ci=in_ci)
    rows = (
        (endpoint.name, _summary(endpoint)),
        *([("  key", _key(endpoint, keys))] if endpoint.key_env else []),
        ("  server", said),
        *_facts(endpoint, traits, today),
        ("  may be used", f"no: {why}" if why else _permission(endpoint, traits)),
    )
    code = max(code, ConfigError.exit_code if why and not unwanted else 0)
    return Standing(endpoint, rows, tuple(_exposed(endpoint, traits)), code, not why)


def _permission(endpoint: Endpoint, traits: Traits | None) -> str:
    in_ci = guards.unlicensed(endpoint, traits, in_ci=True)
    return f"yes, but not in CI: {in_ci}" if in_ci else "yes"


def _asked(endpoint: Endpoint, keys: Mapping[str, str]) -> tuple[Traits | None, str, int]:
    """What the server says of its model, the same in words, and an exit code."""
    if problem := adapters.missing(endpoint, keys):
        return None, f"not asked: {problem}", ConfigError.exit_code
    seconds = endpoint.seconds if endpoint.kind == "llamacpp" else min(SECONDS, endpoint.seconds)
    try:
        traits = adapters.connected(endpoint, keys).describe(time.monotonic() + seconds, lambda size: None)
    except UsageError as error:
        return None, f"not asked: {error}", error.exit_code
    except BackendError as error:
        advice = _ADVICE.get(error.failure)
        ours = error.failure in _OURS
        return None, f"{error}{f': {advice}' if advice else ''}", (ConfigError if ours else NotReviewedError).exit_code
    return traits, "answers, and has the model" + (f"; version {_short(traits.version)}" if traits.version else ""), 0


def _summary(endpoint: Endpoint) -> str:
    where = f"in {endpoint.urls[0]}" if endpoint.kind == "llamacpp" else f"at {', '.join(endpoint.hosts)}"
    share = "" if endpoint.share == 100 else f", {endpoint.share} % of pull requests"
    attested = ", attested" if endpoint.attested else ""
    region = "" if endpoint.is_local else f", region {_region(endpoint)}"
    model = endpoint.model or "the first model it lists"
    return f"{model}, {endpoint.kind} {where}{attested}{region}, reads up to {endpoint.clearance}{share}"


def _region(endpoint: Endpoint) -> str:
    """Where a hosted model stands, by its addresses or else by the operator's word."""
    return ", ".join(dict.fromkeys(regions.of(url) or endpoint.region or "unknown" for url in endpoint.urls))


def _key(endpoint: Endpoint, keys: Mapping[str, str]) -> str:
    return f"{endpoint.key_env} is {'set' if endpoint.key_env in keys else 'not set'}"


def _facts(endpoint: Endpoint, traits: Traits | None, today: date) -> Iterator[Row]:
    """What is known of the model, by its server and by the catalogue."""
    model, whole = catalogue.known(endpoint), catalogue.completed(endpoint, traits)
    holes = traits.fim if traits else bool(model and model.fim)
    parts = [f"window {whole.window:,} tokens", "fills holes in code" if holes else "chat only"]
    if traits and traits.quantization:
        parts.append(_short(traits.quantization))
    if traits and traits.digest:
        parts.append(f"digest {_short(traits.digest)[:19]}{' (pinned)' if endpoint.digest else ''}")
    yield "  model", ", ".join(parts)
    if whole.price_in or whole.price_out:
        yield "  price", f"{whole.price_in:g} and {whole.price_out:g} dollars per million tokens read and written"
    if endpoint.kind != "mistral":
        yield "  licence", _license(endpoint, traits)
    if end := _retirement(model, traits, today):
        yield "  retirement", end


def _license(endpoint: Endpoint, traits: Traits | None) -> str:
    found = catalogue.license_of(endpoint, traits)
    if found is None:
        said = f"it says {_short(traits.license)}, which" if traits and traits.license else "not known, and"
        return f"{said} this program cannot judge"
    if not found.forbids_production:
        return found.name
    return f"{found.name}, which forbids production use; {visible(endpoint.license) or 'nothing is attested'}"


def _retirement(model: catalogue.Model | None, traits: Traits | None, today: date) -> str:
    if traits and traits.deprecation:
        return _short(traits.deprecation)
    if model is None or model.retires is None:
        return ""
    return f"{model.retires}{', which is past' if model.retires <= today else ''}, as of {model.as_of}"


def _exposed(endpoint: Endpoint, traits: Traits | None) -> Iterator[str]:
    """What is dangerous about a server: known holes, and who else may reach it."""
    for hole in catalogue.holes(endpoint.kind, traits.version if traits else ""):
        fixed = ".".join(map(str, hole.fixed))
        yield f"{endpoint.name}: {hole.number}: {hole.effect}. Update it to {fixed} or newer ({hole.source})."
    if endpoint.kind != "ollama":
        return
    for url in endpoint.urls:
        parts = urlsplit(url)
        if not endpoint.is_loopback:
            how = "its prompts are not encrypted on the way. " if parts.scheme == "http" else ""
            yield (
                f"{endpoint.name}: it is not on this machine, and Ollama asks nobody for a password: {how}"
                "Let no one else reach it."
            )
        elif traits and _listens_everywhere(parts.port or (443 if parts.scheme == "https" else 80)):
            yield (
                f"{endpoint.name}: it listens on every address of this machine, and asks nobody for a password. "
                "Start it with OLLAMA_HOST=127.0.0.1."
            )


def _listens_everywhere(port: int) -> bool:
    """Whether something here takes connections to that port at any address; False where it cannot be told."""
    for name in ("tcp", "tcp6"):
        try:
            lines = Path("/proc/net", name).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            address, _, number = fields[1].partition(":")
            if fields[3] == _LISTENS and int(number, 16) == port and not int(address, 16):
                return True
    return False


def _short(text: str) -> str:
    """Words of a server, on one line and not many."""
    return visible(clipped(" ".join(text.split()), 60))
