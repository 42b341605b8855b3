"""Two servers of models in a process of their own, as fast as they are told to be: `python -m bench.servers`.

The first line of output has their ports, `mistral` and `ollama`. A line of input is a Pace; the answer to it is a line
with what came in since the one before. A reply begins in the middle of its time and is streamed. Times are readings of
`time.monotonic()`, which on one machine all processes share.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from tests.servers.shapes import descriptions, event, line

MODELS = {"mistral": "codestral-2508", "ollama": "codestral:22b"}
_CHATS = ("/v1/chat/completions", "/api/chat")
_ADDED = re.compile(r"^(\d+) \+ (.*\w.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pace:
    """How servers answer: seconds of a reply, replies at the same time, and whether each has a finding."""

    latency: float = 0.0
    slots: int = 4
    #: By how much of `latency` the slowest reply is longer than the quickest.
    uneven: float = 0.0
    finds: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for text: what was read, when it came, when the first piece of its reply left and when the last."""

    server: str
    text: str
    body_bytes: int
    came: float
    first: float
    ended: float

    @property
    def is_checking(self) -> bool:
        """Whether it is about findings of a reply before."""
        return "Claim 1: " in self.text


@dataclass
class _Server:
    """What is known of one of them."""

    dialect: str
    pace: Pace
    free: asyncio.Semaphore
    asked: list[Asked] = field(default_factory=list)
    begun: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._one(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client is gone
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        came = time.monotonic()
        size = re.search(r"content-length: (\d+)", head)
        body = await reader.readexactly(int(size[1]) if size else 0)
        path = head.split(" ")[1]
        if path not in _CHATS:
            said = descriptions("ollama" if self.dialect == "ollama" else "mistral", (MODELS[self.dialect],))
            data = line(said.get(path, {}))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
                         % (len(data), data))  # fmt: skip
            return
        asked = json.loads(body)
        text = "\n".join(message["content"] for message in asked["messages"])
        pieces = self._pieces(_reply(text) if self.pace.finds else '{"findings": []}', asked["model"], len(body))
        async with self.free:
            self.begun += 1
            began, length = time.monotonic(), self.pace.latency * (1 + self.pace.uneven * (self.begun % 10) / 9)
            kind = b"application/x-ndjson" if self.dialect == "ollama" else b"text/event-stream"
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ntransfer-encoding: chunked\r\n\r\n" % kind)
            await _until(began + length / 2)
            first = time.monotonic()
            writer.write(b"%x\r\n%b\r\n" % (len(pieces[0]), pieces[0]))
            await _until(began + length)
            writer.write(b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces[1:]) + b"0\r\n\r\n")
        self.asked.append(Asked(self.dialect, text, len(body), came, first, time.monotonic()))

    def _pieces(self, text: str, model: str, read: int) -> list[bytes]:
        """A reply as lines of Ollama, or as events of Mistral. Tokens are a third of the bytes."""
        read, written = read // 3 + 1, len(text) // 3 + 1
        if self.dialect == "ollama":
            said = {"model": model, "created_at": "2026-01-01T00:00:00Z"}
            end = {"done": True, "done_reason": "stop", "prompt_eval_count": read, "eval_count": written}
            return [line({**said, "message": {"role": "assistant", "content": text}, "done": False}),
                    line({**said, "message": {"role": "assistant", "content": ""}, **end})]  # fmt: skip
        card: dict[str, Any] = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": model}
        usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
        both = [{"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": end}
                for content, end in ((text, None), ("", "stop"))]  # fmt: skip
        return [event({**card, "choices": both[:1]}), event({**card, "choices": both[1:], "usage": usage}),
                b"data: [DONE]\n\n"]  # fmt: skip


async def _until(moment: float) -> None:
    left = moment - time.monotonic()
    if left > 0:
        await asyncio.sleep(left)


def _reply(text: str) -> str:
    """A finding at the first added line that has a word in it; a second asking confirms it."""
    if "Claim 1: " in text:
        return json.dumps({"verdicts": [{"claim": 1, "verdict": "holds", "reason": "It does."}]})
    found = _ADDED.search(text)
    if found is None:
        return '{"findings": []}'
    path = re.findall(r"^### (\S+) \(", text[: found.start()], re.MULTILINE)[-1]
    return json.dumps({"findings": [
        {"path": path, "line": int(found[1]), "quote": found[2], "kind": "logic", "severity": "medium",
         "title": "This goes wrong", "body": "With nothing in it, it does.", "suggestion": ""}]})  # fmt: skip


async def _serve() -> None:
    servers = [_Server(dialect, Pace(), asyncio.Semaphore(1)) for dialect in MODELS]
    listening = [await asyncio.start_server(server, "127.0.0.1", 0) for server in servers]
    ports = [one.sockets[0].getsockname()[1] for one in listening]
    print(json.dumps(dict(zip(MODELS, ports, strict=True))), flush=True)
    while said := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps([asdict(one) for server in servers for one in server.asked]), flush=True)
        for server in servers:
            server.pace, server.asked, server.begun = Pace(**json.loads(said)), [], 0
            server.free = asyncio.Semaphore(server.pace.slots)


class Servers:
    """The two, as the process that measures sees them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        #: By dialect.
        self.ports: dict[str, int] = json.loads(self._read())

    def paced(self, pace: Pace) -> Self:
        """From now on so; what came in before is forgotten."""
        self._said(pace)
        return self

    def asked(self) -> list[Asked]:
        """What came in since the last word to them, in the order of coming."""
        return sorted((Asked(**one) for one in self._said(Pace())), key=lambda one: one.came)

    def _said(self, pace: Pace) -> list[dict[str, Any]]:
        if self._process.stdin is None:
            raise SystemExit("the servers hear nothing")
        self._process.stdin.write(json.dumps(asdict(pace)) + "\n")
        self._process.stdin.flush()
        found: list[dict[str, Any]] = json.loads(self._read())
        return found

    def _read(self) -> str:
        said = self._process.stdout.readline() if self._process.stdout else ""
        if not said:
            raise SystemExit("the servers ended")
        return said


@contextmanager
def started() -> Iterator[Servers]:
    """Both servers, until the end of the block."""
    argv = [sys.executable, "-m", "bench.servers"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Servers(process)
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(_serve())
