"""What servers of models say: replies, whole or in pieces, and descriptions, in four dialects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.wire import Dialect, Exchange, Request

DIGEST = "0898a8b286d5a1b1d2ff5f2a1f6b5b8a3f0e2f6f8f6b4a2b1c0d9e8f7a6b5c4d"
WINDOW = 131_072
#: Window of the llama.cpp server: the one it runs with, not the one the model was made for.
SMALL_WINDOW = 8192


@dataclass(frozen=True)
class Words:
    """The parts of a reply, in every dialect."""

    text: str
    end: str = "stop"
    tokens_in: int | None = None
    tokens_out: int | None = None
    model: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def counts(self, request: Request) -> tuple[int, int]:
        """Tokens: a third of the bytes, unless given; no fewer than any tokenizer would make."""
        read = len(request.body) // 3 + 1 if self.tokens_in is None else self.tokens_in
        return read, len(self.text.encode()) // 3 + 1 if self.tokens_out is None else self.tokens_out


def whole_body(exchange: Exchange, words: Words) -> bytes:
    """A reply in one piece."""
    request, (read, written) = exchange.request, words.counts(exchange.request)
    if request.path.startswith("/api/"):
        return line(_ollama(exchange, words, words.text, True))
    if request.path == "/completion":
        return line(_completion(words, words.text, True, read, written))
    choice: dict[str, Any] = {
        "index": 0,
        "finish_reason": words.end,
        "message": {"role": "assistant", "content": words.text},
    }
    if request.path == "/v1/completions":
        choice = {"index": 0, "finish_reason": words.end, "text": words.text}
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    return line({**_card(exchange, words, "chat.completion"), "choices": [choice], "usage": usage})


def pieces(exchange: Exchange, words: Words) -> list[bytes]:
    """A reply as the pieces of a stream: text in three pieces, then the end, the counts, and the mark of the end."""
    request, (read, written) = exchange.request, words.counts(exchange.request)
    third = max(1, len(words.text) // 3)
    parts = [part for part in (words.text[:third], words.text[third : 2 * third], words.text[2 * third :]) if part]
    if request.path.startswith("/api/"):
        said = [_ollama(exchange, words, part, False) for part in parts]
        return [*map(line, said), line(_ollama(exchange, words, "", True))]
    if request.path == "/completion":
        said = [_completion(words, part, False, 0, 0) for part in parts]
        return [*map(event, said), event(_completion(words, "", True, read, written))]
    card = _card(exchange, words, "chat.completion.chunk")
    is_chat = request.path != "/v1/completions"

    def choice(part: str, end: str | None) -> dict[str, Any]:
        said: dict[str, Any] = {"delta": {"role": "assistant", "content": part}} if is_chat else {"text": part}
        return {"index": 0, "finish_reason": end, **said}

    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    events = [event({**card, "choices": [choice(part, None)]}) for part in parts]
    if exchange.dialect == "mistral":  # counts come with the end
        return [*events, event({**card, "choices": [choice("", words.end)], "usage": usage}), b"data: [DONE]\n\n"]
    asked = (request.json.get("stream_options") or {}).get("include_usage")
    counts = [event({**card, "choices": [], "usage": usage})] if asked else []
    return [*events, event({**card, "choices": [choice("", words.end)]}), *counts, b"data: [DONE]\n\n"]


def _card(exchange: Exchange, words: Words, kind: str) -> dict[str, Any]:
    return {"id": "c1", "object": kind, "created": 1_700_000_000, "model": words.model or exchange.model, **words.extra}


def _ollama(exchange: Exchange, words: Words, part: str, done: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"response": part}
    if exchange.request.path == "/api/chat":
        said = {"message": {"role": "assistant", "content": part}}
    base = {"model": words.model or exchange.model, "created_at": "2026-11-23T10:00:00Z", **said, **words.extra}
    if not done:
        return {**base, "done": False}
    read, written = words.counts(exchange.request)
    return {**base, "done": True, "done_reason": words.end, "total_duration": 9, "load_duration": 1,
            "prompt_eval_duration": 1, "eval_duration": 1,
            "prompt_eval_count": read, "eval_count": written}  # fmt: skip


def _completion(words: Words, part: str, done: bool, read: int, written: int) -> dict[str, Any]:
    """llama.cpp's own: `/completion`."""
    if not done:
        return {"content": part, "stop": False}
    kind = {"stop": "eos", "length": "limit"}.get(words.end, words.end)
    return {"content": part, "stop": True, "stop_type": kind, "tokens_evaluated": read, "tokens_predicted": written,
            "truncated": False}  # fmt: skip


def line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def event(value: object) -> bytes:
    return b"data: " + line(value) + b"\n"


def descriptions(dialect: Dialect, models: tuple[str, ...]) -> dict[str, Any]:
    """What a server says of itself, by path."""
    match dialect:
        case "ollama":
            return _of_ollama(models)
        case "mistral":
            able = {"completion_chat": True, "completion_fim": True, "function_calling": True, "fine_tuning": False,
                    "vision": False}  # fmt: skip
            more = {"owned_by": "mistralai", "type": "base", "capabilities": able, "max_context_length": WINDOW,
                    "aliases": [], "deprecation": None}  # fmt: skip
            return _listed(models, more)
        case "llamacpp":
            meta = {"n_ctx_train": WINDOW, "n_ctx": SMALL_WINDOW}
            props = {"default_generation_settings": {"n_ctx": SMALL_WINDOW}, "total_slots": 1, "build_info": "b6100-1"}
            return {**_listed(models, {"owned_by": "llamacpp", "meta": meta}), "/health": {"status": "ok"},
                    "/props": props, "/tokenize": {"tokens": [13, 11]}}  # fmt: skip
        case _:
            more = {"owned_by": "vllm", "root": "/models/it", "max_model_len": WINDOW}
            return {**_listed(models, more), "/version": {"version": "0.32.0"}}


def _listed(models: Sequence[str], more: dict[str, Any]) -> dict[str, Any]:
    cards = [{"id": name, "object": "model", "created": 1, **more} for name in models]
    return {"/v1/models": {"object": "list", "data": cards}}


def _of_ollama(models: Sequence[str]) -> dict[str, Any]:
    details = {"format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "22.2B",
               "quantization_level": "Q4_0"}  # fmt: skip
    row = {"size": 12_569_170_041, "digest": DIGEST, "details": details, "modified_at": "2026-11-01T00:00:00Z"}
    rows = [{"name": name, "model": name, **row} for name in models]
    show = {"license": "Mistral AI Non-Production License\n", "modelfile": "", "template": "{{ .Prompt }}",
            "details": details, "model_info": {"general.architecture": "llama", "llama.context_length": WINDOW},
            "capabilities": ["completion", "insert"], "modified_at": "2026-11-01T00:00:00Z"}  # fmt: skip
    return {"/api/tags": {"models": rows}, "/api/show": show, "/api/version": {"version": "0.33.0"},
            "/api/ps": {"models": []}}  # fmt: skip
