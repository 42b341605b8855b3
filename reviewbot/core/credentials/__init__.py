"""Credentials in text: where they are and what kind, never what they are."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.core.credentials import assignments, blocks, manifests, places, vendors
from reviewbot.core.credentials.hits import Hit, Span, on_lines, united
from reviewbot.core.paths import is_lock

__all__ = ["Hit", "find", "fingerprint", "fingerprints", "grouped", "masked", "value_of", "withheld"]

#: Shorter values are words that stand in many sentences.
_TELLING = 8
_MANIFESTS = (".yaml", ".yml", ".yaml.tpl", ".yml.j2", ".yaml.j2")


def find(text: str, path: str) -> Iterator[Hit]:
    """The credentials of a whole text; `path` says what kind of file it is."""
    raw = text.encode("ascii", "replace")
    spans = [*vendors.spans(text, raw), *blocks.spans(text, raw), *places.spans(text, raw)]
    if not is_lock(path):  # a name there says nothing, a vendor's shape still does
        spans += assignments.spans(text, raw, path)
    if path.lower().endswith(_MANIFESTS):
        spans += manifests.spans(text, raw)
    return on_lines(text, united(spans))


def masked(line: str, hits: Iterable[Hit]) -> str:
    """The line with each value replaced by a sign that tells its kind and nothing else.

    Hits may overlap or be the same: a line of context has those of both sides.
    """
    for span in reversed(united(Span(hit.start, hit.end, hit.kind, hit.confidence) for hit in hits)):
        line = f"{line[: span.start]}⟦{span.kind}⟧{line[span.end :]}"
    return line


def repeated(text: str, values: Mapping[str, Hit]) -> Iterator[Hit]:
    """Where known credentials stand in a text once more, in a comment or a call, where nothing else tells them."""
    known = [value for value in values if len(value) >= _TELLING and value in text]
    for number, line in enumerate(text.split("\n") if known else (), 1):
        for value in known:
            start = line.find(value)
            while start >= 0:
                yield replace(values[value], line=number, start=start, end=start + len(value))
                start = line.find(value, start + len(value))


def withheld(prose: str) -> str:
    """Prose of a check, a tool or a model without what looks like a credential by itself."""
    spots: dict[int, list[Hit]] = {}
    for hit in find(prose, ""):
        spots.setdefault(hit.line, []).append(hit)
    if not spots:
        return prose
    return "\n".join(masked(row, spots.get(number, ())) for number, row in enumerate(prose.split("\n"), 1))


def grouped(hits: Iterable[Hit]) -> list[tuple[Hit, ...]]:
    """The hits of each credential together, in the order of the text."""
    whole: list[list[Hit]] = []
    for hit in hits:
        if hit.part and whole:
            whole[-1].append(hit)
        else:
            whole.append([hit])
    return [tuple(parts) for parts in whole]


def value_of(lines: Sequence[str], hits: Sequence[Hit]) -> str:
    """The credential itself, its parts joined: to compare, and to be forgotten at once."""
    return "\n".join(lines[hit.line - 1][hit.start : hit.end] for hit in hits)


def fingerprint(key: bytes, text: str, hits: Sequence[Hit]) -> str:
    """The name of one credential under the operator's key: equal for equal values, and no help to guess them."""
    return _named(key, value_of(text.split("\n"), hits))


def fingerprints(key: bytes, text: str, hits: Iterable[Hit]) -> Iterator[tuple[str, tuple[Hit, ...]]]:
    """Every credential of a text by its name, with its parts; the text is split once for all of them."""
    lines = text.split("\n")
    for parts in grouped(hits):
        yield _named(key, value_of(lines, parts)), parts


def _named(key: bytes, value: str) -> str:
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
