from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.repositories import Work
from tests.requirements import require
from tests.servers import engines, tiny
from tests.servers.engines import Engine


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """An empty repository with a work tree."""
    return Work.at(tmp_path / "work")


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights, made for 4096 tokens."""
    require(find_spec("gguf") and find_spec("mistral_common"), "gguf and mistral-common: make .venv/test")
    return tiny.write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="session")
def llama_server(tiny_gguf: Path) -> Iterator[Engine]:
    """llama.cpp's server, with `.url` and `.model`."""
    with engines.llama_with(tiny_gguf) as engine:
        yield engine


@pytest.fixture(scope="session")
def ollama_server(tiny_gguf: Path) -> Iterator[Engine]:
    """Ollama, with `.url` and `.model`; it fills holes too."""
    with engines.ollama_with(tiny_gguf, tiny.TEMPLATE, license=tiny.LICENSE) as engine:
        yield engine
