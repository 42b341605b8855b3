"""Backends for the operator's endpoints. An adapter and its library are imported only where one of them is used."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import Any, NamedTuple

from reviewbot.core.endpoints import Endpoint, Kind, Operator
from reviewbot.errors import ConfigError, UsageError
from reviewbot.ports import Backend


class Adapter(NamedTuple):
    """Where the class of a kind of backend is, and the library without which it cannot work."""

    module: str
    name: str
    library: str
    #: What to install where the library is missing.
    package: str
    takes_key: bool = False


ADAPTERS: Mapping[Kind, Adapter] = {
    "mistral": Adapter("mistral", "Mistral", "mistralai", "mistralai", takes_key=True),
    "ollama": Adapter("ollama", "Ollama", "ollama", "ollama"),
    "openai": Adapter("openai_compatible", "OpenAICompatible", "httpx", "httpx", takes_key=True),
    "llamacpp": Adapter("llamacpp", "LlamaCpp", "xllamacpp", "reviewbot[llamacpp]"),
}


def backends(operator: Operator, keys: Mapping[str, str], ends: float) -> tuple[Backend, ...]:
    """One backend for each endpoint, in the operator's order; each tries again until the run ends.

    `keys` is by variable, `ends` a reading of `time.monotonic()`. Raises ConfigError for a key that is not set or a
    library that is not installed, UsageError for one that does not load: give it only endpoints that the run may use.
    """
    for endpoint in operator.endpoints:
        if problem := missing(endpoint, keys):
            raise ConfigError(operator.source or "environment", problem, key=f"backend {endpoint.name}")
    from reviewbot.backends.retrying import Retrying

    return tuple(Retrying(connected(endpoint, keys), ends=ends) for endpoint in operator.endpoints)


def preloaded(operator: Operator, keys: Mapping[str, str]) -> Thread:
    """A thread that imports what the operator's backends need, while git is waited for. To be joined before a fork."""
    kinds = {endpoint.kind for endpoint in operator.endpoints if not missing(endpoint, keys)}

    def load() -> None:
        for kind in sorted(kinds):
            # What goes wrong here goes wrong again, and is told, where the backend is made.
            with suppress(ImportError):
                import_module(f"reviewbot.backends.{ADAPTERS[kind].module}")

    thread = Thread(target=load, daemon=True)
    thread.start()
    return thread


def missing(endpoint: Endpoint, keys: Mapping[str, str]) -> str:
    """What a backend needs and this machine does not have, "" for nothing."""
    if endpoint.key_env and endpoint.key_env not in keys:
        return f"{endpoint.key_env} is not set, and its key belongs there"
    adapter = ADAPTERS[endpoint.kind]
    if find_spec(adapter.library) is None:
        return f"kind {endpoint.kind} needs {adapter.library}: pip install '{adapter.package}'"
    return ""


def connected(endpoint: Endpoint, keys: Mapping[str, str]) -> Backend:
    """The backend of one endpoint, each call tried once. Raises UsageError where its library cannot be loaded."""
    adapter = ADAPTERS[endpoint.kind]
    try:
        module: Any = import_module(f"reviewbot.backends.{adapter.module}")
    except ImportError as error:
        if (error.name or "").startswith("reviewbot"):
            raise
        raise UsageError(
            f"kind {endpoint.kind} needs {adapter.library}, which cannot be loaded: pip install '{adapter.package}'"
        ) from None
    made = getattr(module, adapter.name)
    key = keys.get(endpoint.key_env, "") if endpoint.key_env else ""
    arguments = (endpoint, key) if adapter.takes_key else (endpoint,)
    backend: Backend = made(*arguments)
    return backend
