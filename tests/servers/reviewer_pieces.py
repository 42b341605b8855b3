"""Text as tokens, exactly as llama.cpp splits it with the same vocabulary: phrases first, then the best merges."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tests.servers.reviewer import DEFECTS, HOLDS, REFUTED, Found, findings, verdicts

#: Merges of letters that are learnt; a blank is written as in the file.
MERGES, BLANK = 500, "▁"
_CONTROLS = ("<s>", "</s>", "[INST]", "[/INST]")
#: Signs that stand together, each after what it is made of; a blank before one belongs to it.
_SIGNS = ("==", "!=", "+=", *(BLANK + sign for sign in "=+-/!"), "▁==", "▁!=", "▁+=", "):", "()", '("', '")')
_WORD = re.compile(r"[A-Za-z_]+")


def phrases() -> list[str]:
    """What every prompt and reply has in it word for word: one token each."""
    fixed = ["### ", " (modified)", " (added)", "Claim ", " (new side) ", findings([]), '","line":', ',"quote":"', "]}"]
    for defect in DEFECTS.values():
        reply = findings([Found("", 0, "", defect)])
        fixed += [reply[reply.index('","kind"') : -2], f"{defect.title}. {defect.body}"]
    fixed += [reply[: reply.index('","line"')], "," + reply[reply.index('{"path') : reply.index('","line"')]]
    for verdict, reason in (("holds", HOLDS), ("refuted", REFUTED)):
        fixed.append(f',"verdict":"{verdict}","reason":"{reason}"}}')
    start = verdicts([True]).partition("1")[0]
    return [*fixed, start, "," + start[start.index('{"claim') :]]


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of these texts, the longest first."""
    return re.compile(f"({'|'.join(map(re.escape, sorted(texts, key=len, reverse=True)))})")


@dataclass(frozen=True)
class Pieces:
    """A vocabulary: the number of a token is its place. `kinds` are gguf's names of types."""

    texts: Sequence[str]
    scores: Sequence[float]
    kinds: Sequence[str]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {text: number for number, text in enumerate(self.texts)}

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        return _pattern(text for text, kind in zip(self.texts, self.kinds, strict=True) if kind == "USER_DEFINED")

    @cached_property
    def titles(self) -> frozenset[int]:
        """What a claim says after its line."""
        return frozenset(self._numbers[f"{one.title}. {one.body}"] for one in DEFECTS.values())

    @property
    def begin(self) -> int:
        return self._numbers["<s>"]

    @property
    def end(self) -> int:
        return self._numbers["</s>"]

    @property
    def user(self) -> int:
        return self._numbers["[INST]"]

    @property
    def reply(self) -> int:
        return self._numbers["[/INST]"]

    def encode(self, text: str) -> list[int]:
        """The tokens of a text; control tokens are never made of it."""
        tokens: list[int] = []
        for place, part in enumerate(self._phrases.split(text)):
            tokens += [self._numbers[part]] if place % 2 else self._merged(part.replace(" ", BLANK))
        return tokens

    def _merged(self, text: str) -> Iterator[int]:
        symbols = list(text)
        after = list(range(1, len(text) + 1))
        before = list(range(-1, len(text) - 1))
        queue: list[tuple[float, int, int, str]] = []

        def offer(left: int, right: int) -> None:
            if left >= 0 and right < len(symbols):
                both = symbols[left] + symbols[right]
                if both in self._numbers:
                    heapq.heappush(queue, (-self.scores[self._numbers[both]], left, right, both))

        for left in range(len(symbols) - 1):
            offer(left, left + 1)
        while queue:
            _, left, right, both = heapq.heappop(queue)
            if not symbols[left] or not symbols[right] or symbols[left] + symbols[right] != both:
                continue
            symbols[left], symbols[right] = both, ""
            after[left] = after[right]
            if after[right] < len(symbols):
                before[after[right]] = left
            offer(before[left], left)
            offer(left, after[left])
        for symbol in filter(None, symbols):
            known = self._numbers.get(symbol)
            yield from [known] if known is not None else (self._numbers[f"<0x{byte:02X}>"] for byte in symbol.encode())


def learnt(texts: Iterable[str]) -> Pieces:
    """A vocabulary for such texts: digits in pairs, blanks in runs, words as they are frequent."""
    alone = [BLANK, *map(chr, range(33, 127))]
    runs = [BLANK * count for count in range(2, 17)]
    pairs = [str(number) for number in range(10, 100)]
    merged = [*runs, *_SIGNS, *pairs, *_words(texts)]
    table: list[tuple[str, float, str]] = [("<unk>", 0.0, "UNKNOWN")]
    table += [(text, 0.0, "CONTROL") for text in _CONTROLS]
    table += [(f"<0x{byte:02X}>", 0.0, "BYTE") for byte in range(256)]
    table += [(text, 0.0, "USER_DEFINED") for text in phrases()]
    table += [(text, -float(rank), "NORMAL") for rank, text in enumerate([*merged, *alone], 1)]
    return Pieces(*zip(*table, strict=True))


def _words(texts: Iterable[str]) -> Iterator[str]:
    fixed = _pattern(phrases())
    counts = Counter(word for text in texts for part in fixed.split(text)[::2] for word in _WORD.findall(part))
    words = [(list(word), count) for word, count in counts.items()]
    for _ in range(MERGES):
        seen: Counter[tuple[str, str]] = Counter()
        for symbols, count in words:
            for pair in pairwise(symbols):
                seen[pair] += count
        left, right = max(seen, key=lambda pair: (seen[pair], pair))
        yield left + right
        for symbols, _ in words:
            at = 0
            while at < len(symbols) - 1:
                if symbols[at] == left and symbols[at + 1] == right:
                    symbols[at : at + 2] = [left + right]
                at += 1
