"""Real engines for the tests: llama.cpp's server out of a wheel, and Ollama out of `.ollama/` (see `ollama.sh`).

    with llama_with(FILE) as engine: ...                # any GGUF file; `window=` and `slots=` to choose
    with ollama_with(FILE, TEMPLATE) as engine: ...     # `name=`, `license=`, `window=` to choose

Both listen on a free port of 127.0.0.1 and end with the block. The fixtures `llama_server` and `ollama_server` serve a
model of `tests.servers.tiny` for the whole session. Where an engine is not installed the test says so and is skipped,
and fails in CI. Nothing of the environment reaches them.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx

from tests.requirements import require

ROOT = Path(__file__).parents[2]
OLLAMA = ROOT / ".ollama"
#: Seconds for an engine to stand.
_START = 30.0


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine. `model` is the name of what it serves, `window` its tokens, `pid` its own process."""

    url: str
    model: str
    window: int
    pid: int
    #: What it says while it runs.
    log: Path


@contextmanager
def llama_with(file: Path, *, model: str = "codestral-tiny", window: int = 2048, slots: int = 1) -> Iterator[Engine]:
    """llama.cpp's server with a GGUF file: `window` tokens in each of the `slots` it writes in at the same time."""
    require(find_spec("xllamacpp"), "xllamacpp: pip install reviewbot[llamacpp]")
    program = [sys.executable, str(Path(__file__).with_name("llama.py")), str(file), model, str(window), str(slots)]
    with _running(program, {}, r"^listening (http://\S+)$") as (url, pid, log):
        yield Engine(url, model, window, pid, log)


@contextmanager
def ollama_with(
    file: Path, template: str, *, name: str = "codestral:tiny", license: str = "", window: int = 2048
) -> Iterator[Engine]:
    """Ollama with one model, made of a GGUF file and a template; `window` where a request is silent."""
    require((OLLAMA / "ready").exists(), "a real Ollama: make engines")
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "OLLAMA_HOST": "127.0.0.1:0", "OLLAMA_MODELS": folder, "HOME": folder, "OLLAMA_NUM_PARALLEL": "1",
            "OLLAMA_CONTEXT_LENGTH": str(window), "GIN_MODE": "release", "PATH": os.defpath,
            "LD_LIBRARY_PATH": f"{OLLAMA}/lib:{OLLAMA}/bin",
        }  # fmt: skip
        # Not the launcher beside it, which starts a second process and ends without it.
        program = [str(OLLAMA / "bin/ollama-lib"), "serve"]
        with _running(program, environment, r"Listening on (127\.0\.0\.1:\d+) ") as (address, pid, log):
            add_model(f"http://{address}", file, template, name, license)
            yield Engine(f"http://{address}", name, window, pid, log)


def add_model(url: str, file: Path, template: str, name: str, license: str = "") -> None:
    """One more model for a running Ollama."""
    data = file.read_bytes()
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    order = {
        "model": name, "files": {"model.gguf": digest}, "template": template, "license": license, "stream": False,
        "parameters": {"num_thread": 1, "stop": ["[INST]", "[/INST]", "[PREFIX]", "[SUFFIX]"]},
    }  # fmt: skip
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
        client.post(f"/api/blobs/{digest}", content=data).raise_for_status()
        client.post("/api/create", json=order).raise_for_status()


@contextmanager
def _running(program: Sequence[str], environment: Mapping[str, str], told: str) -> Iterator[tuple[str, int, Path]]:
    """A program that says where it listens, in words that `told` matches; it and its children end with the block."""
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(environment),
                                   cwd="/", start_new_session=True)  # fmt: skip
        try:
            yield _told(process, Path(log.name), told), process.pid, Path(log.name)
        finally:
            _end(process)


def _told(process: subprocess.Popen[bytes], log: Path, told: str) -> str:
    until = time.monotonic() + _START
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(told, log.read_text("utf-8", "replace"), re.MULTILINE):
            return found[1]
        time.sleep(0.01)
    raise RuntimeError(f"{process.args!r} does not listen:\n{log.read_text('utf-8', 'replace')}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and what it has started: all are of its own group."""
    for deadly, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, deadly)
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return
