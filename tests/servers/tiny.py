"""A model made on the spot: random weights in the "llama" architecture, behind the tokenizer of Codestral 22B.

It talks nonsense, in the form that a schema asks for, and always the same nonsense: what engines do to prompts, limits
and queues is real with it. The pieces of its vocabulary come out of mistral-common; no weight comes from anywhere.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gguf import GGUFWriter

#: Ollama's template (Go), the same as the one inside the file (Jinja): the system's words before the last of the
#: user's; a hole as Codestral fills it.
TEMPLATE = (
    "{{- if .Suffix }}[SUFFIX]{{ .Suffix }}[PREFIX]{{ .Prompt }}"
    "{{- else }}{{- range $at, $one := .Messages }}"
    '{{- if eq .Role "user" }}[INST] {{ if and $.System (eq (len (slice $.Messages $at)) 1) }}{{ $.System }}\n\n'
    "{{ end }}{{ .Content }}[/INST]"
    '{{- else if eq .Role "assistant" }} {{ .Content }}</s>{{ end }}{{- end }}{{- end }}'
)
#: As Ollama keeps a licence: the whole of it.
LICENSE = "Apache License\nVersion 2.0, January 2004\n\n1. Definitions. and so on\n"
JINJA = (
    "{{- bos_token }}{%- for one in messages %}"
    "{%- if one.role == 'user' %}{{- '[INST] ' }}"
    "{%- if loop.last and messages[0].role == 'system' %}{{- messages[0].content + '\n\n' }}{%- endif %}"
    "{{- one.content + '[/INST]' }}"
    "{%- elif one.role == 'assistant' %}{{- ' ' + one.content + eos_token }}{%- endif %}{%- endfor %}"
)
_VOCABULARY = "mistral_instruct_tokenizer_240323.model.v3"
_WIDTH, _LAYERS, _HEADS, _SHARED_HEADS = 32, 2, 4, 2


def write(path: Path, *, window: int = 4096, seed: int = 1, template: str = JINJA, holes: bool = True) -> Path:
    """A GGUF file of 5 MB whose model was made for `window` tokens; with `template` "" it has none, so with `holes`."""
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("codestral-tiny")
    writer.add_license("apache-2.0")
    writer.add_context_length(window)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(2 * _WIDTH)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_SHARED_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1e6)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    if template:
        writer.add_chat_template(template)
    _add_weights(writer, _add_vocabulary(writer, holes), seed)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: GGUFWriter, holes: bool) -> int:
    """The number of its pieces."""
    import gguf
    import sentencepiece

    with as_file(files("mistral_common") / "data" / _VOCABULARY) as file:
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(file))
    numbers = range(pieces.vocab_size())
    kinds = (
        (pieces.is_unknown, gguf.TokenType.UNKNOWN), (pieces.is_control, gguf.TokenType.CONTROL),
        (pieces.is_byte, gguf.TokenType.BYTE), (pieces.is_unused, gguf.TokenType.UNUSED),
        (lambda _: True, gguf.TokenType.NORMAL),
    )  # fmt: skip
    writer.add_vocab_size(len(numbers))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    marks = {"[PREFIX]", "[SUFFIX]", "[MIDDLE]"} if not holes else set()
    names = map(pieces.id_to_piece, numbers)
    writer.add_token_list([f"[unused {number}]" if name in marks else name for number, name in enumerate(names)])
    writer.add_token_scores([pieces.get_score(number) for number in numbers])
    writer.add_token_types([next(kind for holds, kind in kinds if holds(number)) for number in numbers])
    writer.add_bos_token_id(pieces.bos_id())
    writer.add_eos_token_id(pieces.eos_id())
    writer.add_unk_token_id(pieces.unk_id())
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    for part, piece in () if not holes else (("pre", "[PREFIX]"), ("suf", "[SUFFIX]"), ("mid", "[MIDDLE]")):
        writer.add_uint32(f"tokenizer.ggml.fim_{part}_token_id", pieces.piece_to_id(piece))
    return len(numbers)


def _add_weights(writer: GGUFWriter, pieces: int, seed: int) -> None:
    import numpy as np

    chance = np.random.default_rng(seed)

    def add(name: str, *shape: int) -> None:
        weights = chance.standard_normal(shape) * 0.5 / np.sqrt(shape[-1])
        writer.add_tensor(f"{name}.weight", weights.astype(np.float16))

    def add_norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(_WIDTH, dtype=np.float32))

    shared = _WIDTH // _HEADS * _SHARED_HEADS
    add("token_embd", pieces, _WIDTH)
    add_norm("output_norm")
    add("output", pieces, _WIDTH)
    for layer in range(_LAYERS):
        block = f"blk.{layer}"
        add_norm(f"{block}.attn_norm")
        add(f"{block}.attn_q", _WIDTH, _WIDTH)
        add(f"{block}.attn_k", shared, _WIDTH)
        add(f"{block}.attn_v", shared, _WIDTH)
        add(f"{block}.attn_output", _WIDTH, _WIDTH)
        add_norm(f"{block}.ffn_norm")
        add(f"{block}.ffn_gate", 2 * _WIDTH, _WIDTH)
        add(f"{block}.ffn_up", 2 * _WIDTH, _WIDTH)
        add(f"{block}.ffn_down", _WIDTH, 2 * _WIDTH)
