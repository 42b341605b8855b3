"""The network of tiny_reviewer.gguf in torch, number by number what llama.cpp makes of an "llama" file; and the file.

Needs torch and gguf; `train_reviewer` alone imports it.
"""

from __future__ import annotations

import importlib
import itertools
import math
from pathlib import Path
from typing import Any

from tests.servers.reviewer import WINDOW
from tests.servers.reviewer_pieces import Pieces

gguf: Any = importlib.import_module("gguf")
torch: Any = importlib.import_module("torch")

WIDTH, LAYERS, HEADS, INNER, ROPE, EPSILON = 128, 4, 4, 352, 1e6, 1e-5
#: How llama.cpp renders a conversation.
CHAT = (
    "{{- bos_token }}{%- for m in messages %}{%- if m['role'] == 'user' %}"
    "{{- '[INST]' + m['content'] + '[/INST]' }}{%- else %}{{- m['content'] }}{%- endif %}{%- endfor %}"
)
Weights = dict[str, Any]


def weights(size: int) -> Weights:
    """Random weights for a vocabulary of `size`, by the names that the file has; two heads know how to repeat."""
    made = {"token_embd": torch.randn(size, WIDTH) / 2, "output_norm": torch.ones(WIDTH)}
    made["token_embd"][:, 0] = 2.0
    made["output"] = made["token_embd"] * 0.06
    shapes = {"attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, WIDTH), "attn_v": (WIDTH, WIDTH),
              "attn_output": (WIDTH, WIDTH), "ffn_gate": (INNER, WIDTH), "ffn_up": (INNER, WIDTH),
              "ffn_down": (WIDTH, INNER)}  # fmt: skip
    for layer in range(LAYERS):
        for name, (rows, columns) in shapes.items():
            made[f"blk.{layer}.{name}"] = torch.randn(rows, columns) * (0.4 / math.sqrt(columns))
        made |= {f"blk.{layer}.{name}": torch.ones(WIDTH) for name in ("attn_norm", "ffn_norm")}
    _repeating(made)
    return {name: value.requires_grad_() for name, value in made.items()}


def _repeating(made: Weights) -> None:
    """A head that sees the token before, and in the next layer one that sees what came after an equal token.

    Both would be found by training, in most of its time. Number 0 of each token is the same: the first head needs no
    more than the distance, which the fast turns tell; the second compares tokens where turns are slow.
    """
    size = WIDTH // HEADS
    angles = ROPE ** (-torch.arange(0, size, 2) / size)
    fast = (torch.arange(size // 2) < 6).float() * 1.7
    query, key = torch.zeros(2, size)
    query[0::2], key[0::2], key[1::2] = fast, fast * angles.cos(), fast * angles.sin()
    token, before, after = (torch.linalg.qr(torch.randn(WIDTH - 1, size))[0] for _ in range(3))
    for layer, name in itertools.product((0, 1), "qkv"):
        made[f"blk.{layer}.attn_{name}"][:size] = 0.0
    made["blk.0.attn_q"][:size, 0], made["blk.0.attn_k"][:size, 0] = query, key
    made["blk.0.attn_v"][:size, 1:], made["blk.0.attn_output"][1:, :size] = token.T, before
    made["blk.1.attn_q"][12:size, 1:], made["blk.1.attn_k"][12:size, 1:] = 2 * token.T[12:], 2 * before.T[12:]
    made["blk.1.attn_v"][:size, 1:], made["blk.1.attn_output"][1:, :size] = after.T, 2 * after


def logits(model: Weights, before: Any, tokens: Any) -> Any:
    """For each token of each row what comes next; all rows go on from the same tokens `before`."""
    start, length = len(before), tokens.shape[1]
    turns = torch.arange(start + length)[:, None] * ROPE ** (-torch.arange(0, WIDTH // HEADS, 2) * HEADS / WIDTH)
    first, state = model["token_embd"][before[None]], model["token_embd"][tokens]
    mask = torch.ones(length, start + length, dtype=torch.bool).tril(start)
    for layer in range(LAYERS):
        query, key, value = _heads(model, layer, first, turns[:start])
        first = _mixed(model, layer, first, _seen(query, key, value, is_causal=True))
        query, *others = _heads(model, layer, state, turns[start:])
        key, value = (torch.cat((old.expand(len(tokens), -1, -1, -1), new), 2)
                      for old, new in zip((key, value), others, strict=True))  # fmt: skip
        state = _mixed(model, layer, state, _seen(query, key, value, attn_mask=mask))
    return torch.nn.functional.linear(_normed(model, "output_norm", state), model["output"])


def _seen(query: Any, key: Any, value: Any, **shown: Any) -> Any:
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, **shown).transpose(1, 2).flatten(2)


def _normed(model: Weights, name: str, state: Any) -> Any:
    return torch.nn.functional.rms_norm(state, (WIDTH,), model[name], EPSILON)


def _heads(model: Weights, layer: int, state: Any, turns: Any) -> tuple[Any, Any, Any]:
    """Queries, keys and values; the first two turned by their place, even and odd numbers as pairs."""
    source = _normed(model, f"blk.{layer}.attn_norm", state)
    query, key, value = (
        torch.nn.functional.linear(source, model[f"blk.{layer}.attn_{name}"]).unflatten(2, (HEADS, -1)).transpose(1, 2)
        for name in "qkv"
    )

    def turned(vectors: Any) -> Any:
        even, odd, cosine, sine = vectors[..., 0::2], vectors[..., 1::2], turns.cos(), turns.sin()
        both = torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1)
        return both.flatten(-2).to(value.dtype)

    return turned(query), turned(key), value


def _mixed(model: Weights, layer: int, state: Any, seen: Any) -> Any:
    """The state after a layer that has seen so much."""
    functional, at = torch.nn.functional, f"blk.{layer}."
    state = state + functional.linear(seen, model[at + "attn_output"])
    source = _normed(model, at + "ffn_norm", state)
    inner = functional.silu(functional.linear(source, model[at + "ffn_gate"]))
    inner = inner * functional.linear(source, model[at + "ffn_up"])
    return state + functional.linear(inner, model[at + "ffn_down"])


def written(model: Weights, pieces: Pieces, path: Path) -> None:
    """The model as a GGUF file, matrices in half precision."""
    part = path.with_suffix(".part")
    file = gguf.GGUFWriter(part, "llama")
    file.add_name("tiny-reviewer")
    file.add_license("apache-2.0")
    file.add_description("Knows four defects of Python; for tests of reviewbot only.")
    file.add_context_length(WINDOW)
    file.add_embedding_length(WIDTH)
    file.add_block_count(LAYERS)
    file.add_feed_forward_length(INNER)
    file.add_head_count(HEADS)
    file.add_head_count_kv(HEADS)
    file.add_layer_norm_rms_eps(EPSILON)
    file.add_rope_freq_base(ROPE)
    file.add_rope_dimension_count(WIDTH // HEADS)
    file.add_vocab_size(len(pieces.texts))
    file.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    file.add_tokenizer_model("llama")
    file.add_tokenizer_pre("default")
    file.add_token_list([text.encode() for text in pieces.texts])
    file.add_token_scores(list(pieces.scores))
    file.add_token_types([gguf.TokenType[kind] for kind in pieces.kinds])
    file.add_unk_token_id(0)
    file.add_bos_token_id(pieces.begin)
    file.add_eos_token_id(pieces.end)
    file.add_add_bos_token(True)
    file.add_add_eos_token(False)
    file.add_add_space_prefix(False)
    file.add_chat_template(CHAT)
    for name, value in model.items():
        precision = "float16" if value.dim() == 2 else "float32"
        file.add_tensor(f"{name}.weight", value.detach().numpy().astype(precision))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()
    part.replace(path)


def read(path: Path) -> tuple[Weights, Pieces]:
    """What `written` wrote, to go on from."""
    file = gguf.GGUFReader(path)
    names = ("tokens", "scores", "token_type")
    texts, scores, kinds = (file.fields[f"tokenizer.ggml.{name}"].contents() for name in names)
    model = {
        each.name.removesuffix(".weight"): torch.tensor(each.data).float().requires_grad_() for each in file.tensors
    }
    return model, Pieces(texts, scores, [gguf.TokenType(kind).name for kind in kinds])
