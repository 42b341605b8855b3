"""The operator's document, or the variables that stand for one, to frozen values. Opens no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address
from pathlib import PurePath
from urllib.parse import urlsplit

from pydantic import ValidationError

from reviewbot.config.documents import first_problem, load
from reviewbot.config.keys import BackendTable, LimitsTable, OperatorTable, normal
from reviewbot.core import catalogue, regions, tables
from reviewbot.core.endpoints import MISTRAL_URL, Endpoint, Limits, Operator, is_loopback
from reviewbot.core.labels import Label, parse
from reviewbot.errors import ConfigError

#: Where Ollama listens if nobody says otherwise.
OLLAMA_URL = "http://127.0.0.1:11434"
#: Variables that stand for a document.
KEY, LOCAL_URL, LOCAL_MODEL, LOCAL_KIND = (
    "MISTRAL_API_KEY", "REVIEWBOT_LOCAL_URL", "REVIEWBOT_LOCAL_MODEL", "REVIEWBOT_LOCAL_KIND",
)  # fmt: skip
_HOSTED = Endpoint("hosted", "mistral", "codestral-2508", Label.INTERNAL, (MISTRAL_URL,), KEY)
_LOCAL_MODEL = "codestral:22b"
#: The last part of a host that a resolver may take for a number, and so for an address.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)


class _WrongError(ValueError):
    """A backend that cannot be; `key` is the one to change."""

    def __init__(self, key: str, problem: str) -> None:
        self.key, self.problem = key, problem
        super().__init__(problem)


def read(name: str, data: bytes) -> Operator:
    """An operator document by its bytes; `name` is how it is cited. Raises ConfigError with key and line."""
    table, lines = load(name, data, OperatorTable, "give a [[backend]], or remove it")
    limits = table.limits or LimitsTable()
    endpoints: list[Endpoint] = []
    for number, backend in enumerate(table.backend):
        try:
            endpoint = _endpoint(backend, limits.concurrency)
            if any(other.name == endpoint.name for other in endpoints):
                raise _WrongError("name", "two backends have this name")
        except _WrongError as error:
            line = lines.of(("backend", number, error.key))
            raise ConfigError(name, error.problem, key=f"backend.{error.key}", line=line) from None
        endpoints.append(endpoint)
    return Operator(
        endpoints=tuple(endpoints),
        limits=Limits(limits.seconds, limits.calls, limits.cost_usd, limits.exact_tokens),
        comments=parse(table.comments.clearance) if table.comments else Label.RESTRICTED,
        source=name,
    )


def from_variables(environ: Mapping[str, str]) -> Operator:
    """What variables say where there is no document; one that is empty says nothing. Raises ConfigError by name."""
    endpoints = [_HOSTED] if environ.get(KEY, "").strip() else []
    if url := environ.get(LOCAL_URL, ""):
        kind = environ.get(LOCAL_KIND) or "ollama"
        model = environ.get(LOCAL_MODEL) or (_LOCAL_MODEL if kind == "ollama" else "")
        endpoints.append(_local(kind, url, model))
    return Operator(tuple(endpoints))


def _local(kind: str, url: str, model: str) -> Endpoint:
    """The backend `local`: cleared for all that leaves nothing behind, where it is on this machine."""
    names = {"url": LOCAL_URL, "model": LOCAL_MODEL, "kind": LOCAL_KIND}
    values = {"name": "local", "kind": kind, "url": url, "model": model, "clearance": "internal"}
    try:
        if kind not in ("ollama", "openai", "llamacpp"):
            raise _WrongError("kind", "must be ollama, openai or llamacpp")
        endpoint = _endpoint(BackendTable.model_validate(values), LimitsTable().concurrency)
    except ValidationError as error:
        place, problem = first_problem(error, tables.Lines({}))
        raise ConfigError("environment", problem, key=names[str(place[0])]) from None
    except _WrongError as error:
        raise ConfigError("environment", error.problem, key=names.get(error.key, LOCAL_URL)) from None
    return replace(endpoint, clearance=Label.RESTRICTED) if endpoint.is_loopback else endpoint


def _endpoint(table: BackendTable, concurrency: int) -> Endpoint:
    """The endpoint, its addresses in their one form. Raises _WrongError."""
    urls = _urls(table)
    model = table.model or (PurePath(urls[0]).stem if table.kind == "llamacpp" else "")
    endpoint = Endpoint(
        name=table.name, kind=table.kind, model=model, clearance=parse(table.clearance), urls=urls,
        key_env=table.key_env or "", window=table.window, price_in=table.price_in, price_out=table.price_out,
        share=table.share, license=table.license or "", attested=table.attested,
        concurrency=table.concurrency or concurrency, seconds=table.seconds, slow=table.slow,
        digest=(table.digest or "").removeprefix("sha256:"), region=table.region or "",
    )  # fmt: skip
    for key, problem in (*_misfits(endpoint), *_stray(endpoint, "url" if table.urls is None else "urls")):
        raise _WrongError(key, problem)
    return endpoint


def _urls(table: BackendTable) -> tuple[str, ...]:
    """The addresses, or the file, that the backend names or that its kind has by itself. Raises _WrongError."""
    if table.urls is not None and table.kind != "openai":
        raise _WrongError("urls", "several addresses are for kind openai; any other has one url")
    if table.urls is not None and table.url is not None:
        raise _WrongError("urls", "url or urls, not both")
    given = table.urls or [table.url or {"mistral": MISTRAL_URL, "ollama": OLLAMA_URL}.get(table.kind, "")]
    if given == [""]:
        raise _WrongError("url", f"is missing: kind {table.kind} has none by itself")
    if table.kind == "llamacpp":
        if not PurePath(given[0]).is_absolute():
            raise _WrongError("url", "kind llamacpp needs the path of a GGUF file, from the root")
        return tuple(given)
    try:
        return tuple(dict.fromkeys(map(normal, given)))
    except ValueError as error:
        raise _WrongError("url" if table.urls is None else "urls", str(error)) from None


def _misfits(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """Keys that the kind of backend needs and does not have, or has and cannot use."""
    kind = endpoint.kind
    if kind in ("mistral", "ollama") and not endpoint.model:
        yield "model", "is missing"
    if kind in ("ollama", "openai") and catalogue.is_cloud(endpoint.model):
        yield "model", "a cloud model: Ollama sends its prompts to ollama.com"
    if kind == "mistral" and not endpoint.key_env:
        yield "key_env", "is missing: it is the name of the variable that has the key"
    if kind in ("ollama", "llamacpp") and endpoint.key_env:
        yield "key_env", f"kind {kind} sends no key"
    if kind in ("mistral", "openai") and endpoint.digest:
        yield "digest", f"kind {kind} has no digest to compare with"


def _stray(endpoint: Endpoint, key: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the addresses, which stand at `key`, and with what they are trusted with."""
    if endpoint.kind == "llamacpp":
        return
    for url in endpoint.urls:
        if problem := _address(endpoint, url):
            yield key, problem
        here = regions.of(url)
        if here and endpoint.region and endpoint.region != here:
            yield "region", f"the address is Mistral's {here} one; use https://api.{endpoint.region}.mistral.ai"
    if endpoint.clearance > Label.INTERNAL and not endpoint.is_loopback and not endpoint.attested:
        yield "clearance", "above internal, an address that is not on this machine needs attested = true"


def _address(endpoint: Endpoint, url: str) -> str | None:
    """Why this backend cannot have this address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        _ = parts.port
        address = ip_address(host) if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) else None
    except ValueError:
        return "no such host or port"
    if endpoint.kind == "ollama" and (host == "ollama.com" or host.endswith(".ollama.com")):
        return "kind ollama is for servers of yours, and ollama.com is none"
    if parts.scheme == "https" or is_loopback(url):
        return None
    if not endpoint.attested or not endpoint.is_local:
        return "plain http to another machine: use https, or attested = true for a local model on a network of yours"
    return "plain http to a public address: use https" if address is not None and address.is_global else None
