"""llama.cpp in this process, on a model made on the spot. What all engines do alike is in tests/real."""

from __future__ import annotations

import hashlib
import io
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.backends import gguf
from reviewbot.backends.llamacpp import LlamaCpp
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Traits
from reviewbot.core.labels import Label
from tests.backends.asking import failed, prompt, soon, unseen
from tests.requirements import require
from tests.servers import tiny

ROOT = Path(__file__).parents[2]
#: A child asks one question of a file, for so many seconds, with these lines before and after.
CHILD = """
import sys
from tests.backends.test_llamacpp import backend
from tests.backends.asking import prompt, soon, unseen
from reviewbot.core.exchange import BackendError
from pathlib import Path
{before}
try:
    backend(Path(sys.argv[1])).complete(prompt(schema=None, tokens=100_000), soon({seconds}), unseen)
except BackendError as error:
    print(error)
"""


@pytest.fixture(autouse=True)
def _library() -> None:
    require(find_spec("xllamacpp"), "xllamacpp: pip install reviewbot[llamacpp]")


def backend(file: Path, **more: Any) -> LlamaCpp:
    return LlamaCpp(Endpoint("local", "llamacpp", "codestral-tiny", Label.RESTRICTED, (str(file),), **more))


def child(file: Path, seconds: float, before: str = "") -> list[str]:
    return [sys.executable, "-c", CHILD.format(seconds=seconds, before=before), str(file)]


# ---- the file ---------------------------------------------------------------------------------------------------


def test_a_file_is_described_by_its_head_and_its_digest(tiny_gguf: Path) -> None:
    sizes: list[int] = []
    traits = backend(tiny_gguf).describe(soon(), sizes.append)
    assert sizes == [] and re.fullmatch(r"\d+\.\d+\.\d+", traits.version)
    assert traits == Traits(window=4096, fim=True, license="apache-2.0", quantization="F16", version=traits.version,
                            digest=hashlib.sha256(tiny_gguf.read_bytes()).hexdigest())  # fmt: skip


def test_a_pin_is_the_beginning_of_the_digest(tiny_gguf: Path) -> None:
    digest = hashlib.sha256(tiny_gguf.read_bytes()).hexdigest()
    for pin in (digest, f"sha256:{digest[:12]}", digest[:12].upper()):
        assert backend(tiny_gguf, digest=pin).complete(prompt(), soon(), unseen).text
    sizes: list[int] = []
    for pin in (digest[1:], f"{digest}0"):
        other = backend(tiny_gguf, digest=pin)
        assert failed(lambda other=other: other.complete(prompt(), soon(), sizes.append)).failure is Failure.WRONG_MODEL  # type: ignore[misc]
    assert sizes == []


def test_a_file_that_is_no_longer_the_one_that_was_read_is_asked_nothing(tmp_path: Path) -> None:
    file = tiny.write(tmp_path / "a.gguf")
    model, sizes = backend(file), list[int]()
    model.describe(soon(), unseen)
    tiny.write(tmp_path / "b.gguf", seed=2).replace(file)
    for _ in range(2):
        assert failed(lambda: model.complete(prompt(), soon(), sizes.append)).failure is Failure.WRONG_MODEL
    assert sizes == []


@pytest.mark.parametrize("data", [b"", b"GGUF", b"junk" * 100, b"GGUF\x03\0\0\0" + b"\0" * 16])
def test_what_is_no_model_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(data)
    for file in (tmp_path / "a.gguf", tmp_path / "nowhere", tmp_path):
        assert failed(lambda file=file: backend(file).describe(soon(), unseen)).failure is Failure.NO_MODEL  # type: ignore[misc]


def test_a_model_of_which_weights_are_missing_is_none(tiny_gguf: Path, tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(tiny_gguf.read_bytes()[:-100_000])
    model = backend(tmp_path / "a.gguf")
    assert model.describe(soon(), unseen).window == 4096
    assert failed(lambda: model.complete(prompt(), soon(), unseen)).failure is Failure.NO_MODEL


def test_a_file_without_a_template_of_its_own_is_not_talked_to(tmp_path: Path) -> None:
    model, sizes = backend(tiny.write(tmp_path / "a.gguf", template="")), list[int]()
    assert failed(lambda: model.complete(prompt(), soon(), sizes.append)).failure is Failure.BAD_REQUEST
    assert sizes == []
    assert failed(lambda: model.complete(prompt(suffix="b", tokens=2), soon(), unseen)).failure is Failure.TRUNCATED


def test_a_model_known_to_fill_no_holes_is_not_asked_to(tiny_gguf: Path) -> None:
    model = LlamaCpp(Endpoint("local", "llamacpp", "devstral-small-2507", Label.RESTRICTED, (str(tiny_gguf),)))
    assert not model.describe(soon(), unseen).fim
    assert failed(lambda: model.complete(prompt(suffix="b"), soon(), unseen)).failure is Failure.BAD_REQUEST


def test_the_head_of_a_file_is_read_as_the_formats_own_library_reads_it(tiny_gguf: Path) -> None:
    from gguf import GGUFReader, LlamaFileType

    reader = GGUFReader(tiny_gguf)
    with tiny_gguf.open("rb") as file:
        found = gguf.facts(file)
    true = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    assert found.keys() == true.keys()
    assert [name for name in found if found[name] is None] == ["tokenizer.ggml.scores", "tokenizer.ggml.token_type"]
    assert {name: true[name] for name in true if found[name] is not None} == {
        name: value for name, value in found.items() if value is not None
    }
    for kind in LlamaFileType:
        name = gguf.quantization({"general.file_type": int(kind)})
        assert name in ("", kind.name.removeprefix("MOSTLY_").removeprefix("ALL_"))


@pytest.mark.parametrize("beginning", [b"GGUX\3\0\0\0", b"GGUF\1\0\0\0"])
def test_another_format_and_its_first_version_are_not_read(beginning: bytes) -> None:
    with pytest.raises(ValueError, match="GGUF"):
        gguf.facts(io.BytesIO(beginning + b"\0" * 16))
    assert gguf.facts(io.BytesIO(b"GGUF\3\0\0\0" + b"\0" * 16)) == {}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_head_that_is_broken_anywhere_is_no_model_and_nothing_else(data: st.DataObject, tiny_gguf: Path) -> None:
    head = tiny_gguf.read_bytes()[:600]
    at = data.draw(st.integers(0, len(head) - 8))
    broken = head[:at] + data.draw(st.binary(min_size=1, max_size=8)) + head[at + 8 :]
    with pytest.raises(ValueError, match="GGUF"):
        gguf.facts(io.BytesIO(broken))


# ---- the engine -------------------------------------------------------------------------------------------------


def test_nobody_else_can_reach_the_engine(tiny_gguf: Path) -> None:
    model, before = backend(tiny_gguf), listening()
    assert model.complete(prompt(), soon(), unseen).text
    assert listening() == before


def listening() -> set[str]:
    """Addresses on which this process accepts connections: ports, and paths that are still there."""
    require(sys.platform == "linux", "/proc")
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    ours = {link.removeprefix("socket:[").removesuffix("]") for link in links}
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()]
    ports = {row[1] for row in rows if row[3] == "0A" and row[9] in ours}
    names = [row.split() for row in Path("/proc/net/unix").read_text().splitlines()]
    return ports | {row[7] for row in names if len(row) > 7 and row[6] in ours and Path(row[7]).exists()}


def test_the_engine_says_nothing(tiny_gguf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = backend(tiny_gguf)
    assert model.complete(prompt(), soon(), unseen).text
    for question in (prompt(tokens=2), prompt(suffix="b", tokens=2), prompt("word " * 9000)):
        failed(lambda question=question: model.complete(question, soon(), unseen))  # type: ignore[misc]
    (tmp_path / "a.gguf").write_bytes(tiny_gguf.read_bytes()[:-100_000])
    failed(lambda: backend(tmp_path / "a.gguf").complete(prompt(), soon(), unseen))
    assert capfd.readouterr() == ("", "")


def test_many_at_once_are_answered_one_after_the_other(tiny_gguf: Path) -> None:
    model, sizes = backend(tiny_gguf), list[int]()
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: model.complete(prompt(), soon(), sizes.append), range(6)))
    assert len({(reply.text, reply.tokens_in) for reply in replies}) == 1 and len(set(sizes)) == 1 and len(sizes) == 6


def test_a_departure_happens_in_the_callers_thread_once_the_engine_stands(tiny_gguf: Path) -> None:
    threads: list[threading.Thread] = []
    backend(tiny_gguf).complete(prompt(), soon(), lambda size: threads.append(threading.current_thread()))
    assert threads == [threading.current_thread()]


def test_a_deadline_that_is_over_lets_nothing_depart(tiny_gguf: Path) -> None:
    model, sizes = backend(tiny_gguf), list[int]()
    assert failed(lambda: model.complete(prompt(), soon(-1), sizes.append)).failure is Failure.TIMEOUT
    assert failed(lambda: model.describe(soon(-1), sizes.append)).failure is Failure.TIMEOUT
    time.sleep(0.1)
    assert sizes == [] and model.complete(prompt(), soon(), sizes.append).text


def test_who_waits_for_the_engine_waits_no_longer_than_its_deadline(tiny_gguf: Path) -> None:
    model, sizes = backend(tiny_gguf), list[int]()
    model.complete(prompt(), soon(), unseen)
    with ThreadPoolExecutor(1) as pool:
        endless = prompt(schema=None, tokens=100_000)
        first = pool.submit(lambda: failed(lambda: model.complete(endless, soon(0.8), sizes.append)))
        while not sizes:
            time.sleep(0.005)
        start = time.monotonic()
        assert failed(lambda: model.complete(prompt(), soon(0.1), sizes.append)).failure is Failure.TIMEOUT
        assert time.monotonic() - start < 0.7
        assert first.result().failure is Failure.TIMEOUT and len(sizes) == 1
    assert model.complete(prompt(), soon(), unseen).text


def test_a_schema_that_is_none_is_a_request_refused(tiny_gguf: Path) -> None:
    error = failed(lambda: backend(tiny_gguf).complete(prompt(schema={"type": "gorse-7431"}), soon(), unseen))
    assert error.failure is Failure.BAD_REQUEST and error.__context__ is None and error.__cause__ is None


@pytest.mark.parametrize("text", ["", "\ud800 é \0 \U0001f600", "[INST]</s>{{ x }} {prefix}"])
def test_any_text_can_be_asked(text: str, tiny_gguf: Path) -> None:
    model = backend(tiny_gguf)
    assert model.complete(prompt(text), soon(), unseen).text
    error = failed(lambda: model.complete(prompt(text, suffix=text, tokens=1), soon(), unseen))
    assert error.failure is Failure.TRUNCATED


# ---- the process ------------------------------------------------------------------------------------------------


def test_without_the_library_it_says_so(tiny_gguf: Path) -> None:
    before = "sys.modules['xllamacpp'] = None"  # which is how Python notes that a module is not there
    done = subprocess.run(child(tiny_gguf, 20, before), cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == (f"{Failure.NOT_INSTALLED}\n", "", 0)


def test_a_process_ends_well_though_a_call_was_left_behind(tiny_gguf: Path) -> None:
    done = subprocess.run(child(tiny_gguf, 0.5), cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == (f"{Failure.TIMEOUT}\n", "", 0)


def test_an_interrupt_still_ends_the_process(tiny_gguf: Path) -> None:
    before = "unseen = lambda size: print('departed', flush=True)"
    with subprocess.Popen(child(tiny_gguf, 60, before), cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None and process.stdout.readline() == "departed\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert out == "" and err.strip().endswith("KeyboardInterrupt") and process.returncode in (1, 130, -signal.SIGINT)


def test_a_failure_of_ours_is_not_an_exception_of_the_library(tiny_gguf: Path) -> None:
    def departing(size: int) -> None:
        raise BackendError(Failure.CALLS_SPENT)

    model = backend(tiny_gguf)
    assert failed(lambda: model.complete(prompt(), soon(), departing)).failure is Failure.CALLS_SPENT
    assert model.complete(prompt(), soon(), unseen).text
