"""What a GGUF file says of the model in it: its head, read without any library."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

#: Names of the files' own numbers for how their weights are stored.
_QUANTIZATIONS = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 32: "BF16",
}  # fmt: skip
#: Numbers by their kind, as `struct` has them.
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
#: Bytes of one text.
_LONGEST = 16 * 1024 * 1024


def facts(file: BinaryIO) -> dict[str, Any]:
    """By name what stands at the head of a file; lists of numbers are left out. ValueError where it is no such file."""
    try:
        magic, version, _, count = struct.unpack("<4sIQQ", file.read(24))
        if magic != b"GGUF" or version < 2:
            raise ValueError("no GGUF file")
        return {_string(file): _value(file, _number(file, "I")) for _ in range(count)}
    except (struct.error, KeyError, RecursionError, MemoryError, OverflowError):
        raise ValueError("no whole GGUF file") from None


def quantization(found: Mapping[str, Any]) -> str:
    """How most of the weights are stored, "" where it has no name."""
    return _QUANTIZATIONS.get(found.get("general.file_type", -1), "")


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        return _number(file, _NUMBERS[kind])
    kind, count = _number(file, "I"), _number(file, "Q")
    if kind not in _NUMBERS:
        return [_value(file, kind) for _ in range(count)]
    file.seek(count * struct.calcsize(_NUMBERS[kind]), os.SEEK_CUR)
    return None


def _number(file: BinaryIO, form: str) -> Any:
    return struct.unpack(f"<{form}", file.read(struct.calcsize(form)))[0]


def _string(file: BinaryIO) -> str:
    size = _number(file, "Q")
    if size > _LONGEST:
        raise ValueError("no GGUF file")
    return file.read(size).decode("utf-8", "replace")
