"""Backends from endpoints: only what is used is imported, and what is missing is said before anything is asked."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from reviewbot.backends.retrying import Retrying
from reviewbot.cli import adapters
from reviewbot.core.endpoints import Endpoint, Kind, Operator
from reviewbot.core.labels import Label
from reviewbot.errors import ConfigError
from tests.servers.faulty import MODEL, Dialect, Faulty

ROOT = Path(__file__).parents[2]
HOSTED = Endpoint("hosted", "mistral", MODEL, Label.INTERNAL, ("http://127.0.0.1:9",), "MISTRAL_API_KEY")
LOCAL = Endpoint("local", "ollama", MODEL, Label.RESTRICTED, ("http://127.0.0.1:9",))
GPU = Endpoint("gpu", "openai", MODEL, Label.RESTRICTED, ("http://127.0.0.1:9",))
KEYS = {"MISTRAL_API_KEY": "k"}


def test_there_is_a_backend_for_each_endpoint_in_the_operators_order() -> None:
    made = adapters.backends(Operator((LOCAL, HOSTED, GPU)), KEYS, math.inf)
    assert [backend.endpoint for backend in made] == [LOCAL, HOSTED, GPU]
    assert all(isinstance(backend, Retrying) for backend in made)
    assert adapters.backends(Operator(), {}, math.inf) == ()


@pytest.mark.parametrize(("kind", "dialect"), [("mistral", "mistral"), ("ollama", "ollama"), ("openai", "openai")])
def test_each_kind_speaks_to_its_server(kind: Kind, dialect: Dialect) -> None:
    with Faulty(dialect=dialect) as server:
        operator = Operator((replace(HOSTED, kind=kind, urls=(server.url,), key_env="K" if kind != "ollama" else ""),))
        (backend,) = adapters.backends(operator, {"K": "secret", "OTHER": "x"}, math.inf)
        assert backend.describe(time.monotonic() + 10, lambda size: None).window == 131_072
        sent = {request.headers.get("authorization") for request in server.requests}
    assert sent == ({None} if kind == "ollama" else {"Bearer secret"})


def test_a_key_that_is_not_set_is_named_before_anything_is_asked() -> None:
    with pytest.raises(ConfigError) as error:
        adapters.backends(Operator((LOCAL, HOSTED), source="ops.toml"), {}, math.inf)
    assert str(error.value) == "ops.toml: backend hosted: MISTRAL_API_KEY is not set, and its key belongs there"


def test_a_backend_that_names_no_key_gets_none_of_another() -> None:
    with Faulty(dialect="openai") as server:
        (backend,) = adapters.backends(Operator((replace(GPU, urls=(server.url,)),)), {"": "x", **KEYS}, math.inf)
        backend.describe(time.monotonic() + 10, lambda size: None)
        assert {request.headers.get("authorization") for request in server.requests} == {None}


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True,
                          check=True).stdout.strip()  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "loaded"), [("mistral", "mistralai,tenacity"), ("ollama", "ollama,tenacity"), ("openai", "tenacity")]
)
def test_only_the_library_that_is_used_is_imported(kind: Kind, loaded: str) -> None:
    program = f"""
import math, sys
from reviewbot.cli import adapters
from reviewbot.core.endpoints import Endpoint, Operator
from reviewbot.core.labels import Label
libraries = ("mistralai", "ollama", "tenacity", "xllamacpp", "github", "gitlab")
assert not set(libraries) & set(sys.modules)
adapters.backends(Operator((Endpoint("x", {kind!r}, "m", Label.INTERNAL, ("http://127.0.0.1:9",)),)), {{}}, math.inf)
print(",".join(sorted(set(libraries) & set(sys.modules))))
"""
    assert run(program) == loaded


def test_a_library_that_is_not_installed_is_named_with_its_extra() -> None:
    """In an interpreter that cannot find them."""
    program = """
import math, sys
from reviewbot.cli import adapters
from reviewbot.core.endpoints import Endpoint, Operator
from reviewbot.core.labels import Label
from reviewbot.errors import ConfigError
for library in ("mistralai", "ollama", "httpx", "xllamacpp"):
    sys.modules[library] = None
for kind in ("mistral", "ollama", "openai", "llamacpp"):
    try:
        adapters.backends(Operator((Endpoint("x", kind, "m", Label.INTERNAL, ("/m.gguf",)),)), {}, math.inf)
    except ConfigError as error:
        print(error)
"""
    assert run(program).splitlines() == [
        "environment: backend x: kind mistral needs mistralai: pip install 'mistralai'",
        "environment: backend x: kind ollama needs ollama: pip install 'ollama'",
        "environment: backend x: kind openai needs httpx: pip install 'httpx'",
        "environment: backend x: kind llamacpp needs xllamacpp: pip install 'reviewbot[llamacpp]'",
    ]


def test_a_library_that_does_not_load_is_one_line() -> None:
    program = """
import math, sys
from reviewbot.cli import adapters
from reviewbot.core.endpoints import Endpoint, Operator
from reviewbot.core.labels import Label
from reviewbot.errors import UsageError
sys.modules["mistralai.client"] = None
try:
    adapters.backends(Operator((Endpoint("x", "mistral", "m", Label.INTERNAL, ("http://127.0.0.1:9",)),)), {}, math.inf)
except UsageError as error:
    print(error)
"""
    assert run(program) == "kind mistral needs mistralai, which cannot be loaded: pip install 'mistralai'"


def test_every_kind_has_an_adapter() -> None:
    assert set(adapters.ADAPTERS) == {"mistral", "ollama", "openai", "llamacpp"}


def test_ahead_of_time_only_what_can_be_used_is_imported() -> None:
    """Of a backend whose key is not set nothing is loaded, nor of one whose library is not there."""
    program = """
import sys
from reviewbot.cli import adapters
from reviewbot.core.endpoints import Endpoint, Operator
from reviewbot.core.labels import Label
local = Endpoint("local", "ollama", "m", Label.RESTRICTED, ("http://127.0.0.1:9",))
hosted = Endpoint("hosted", "mistral", "m", Label.INTERNAL, ("http://127.0.0.1:9",), "KEY")
adapters.preloaded(Operator((hosted, local)), {}).join()
print("ollama" in sys.modules, "mistralai" in sys.modules)
adapters.preloaded(Operator((hosted, local)), {"KEY": "k"}).join()
print("mistralai" in sys.modules)
"""
    assert run(program) == "True False\nTrue"
