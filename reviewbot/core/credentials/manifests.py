"""Kubernetes Secrets: every value under `data` and `stringData` is a credential, whatever its name."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from functools import partial

from reviewbot.core.credentials import values
from reviewbot.core.credentials.hits import Span
from reviewbot.core.credentials.sites import each, finder

_PLACE = r"(?m)^[ \t]{0,20}(?:data|stringData):[ \t]*\r?$"
_SITE = re.compile(r"([ \t]*)(data|stringData):[ \t]*\r?\n?")
_ENTRY = re.compile(
    r"([ \t]*)(?:-[ \t]+)?[\"']?[\w./-]{1,253}[\"']?:[ \t]+([\"']?)([^\s\"']{4,2000})\2[ \t]*(?:#.*)?\r?\n?"
)
_KIND = re.compile(r"^[ \t]*kind:[ \t]*[\"']?Secret\b", re.MULTILINE)
#: How far the kind may stand from the values, and how many of these there are at most.
_NEAR, _MOST = 4000, 100


def spans(text: str, raw: bytes) -> Iterator[Span]:
    """The values of manifests of that kind that are no template and no sample."""
    if b"kind:" in raw and b"Secret" in raw:
        yield from each(finder(_PLACE), raw, partial(_looked, text))


def _looked(text: str, start: int) -> Iterator[Span]:
    site = _SITE.match(text, start)
    if site is None or not _is_secret(text, start):
        return
    position = site.end()
    for _ in range(_MOST):
        entry = _ENTRY.match(text, position)
        if entry is None or len(entry[1]) <= len(site[1]):
            return
        position = entry.end()
        value = entry[3] if site[2] == "stringData" else _decoded(entry[3])
        if value and not values.is_reference(value) and not values.is_dummy(value) and not values.is_wordy(value):
            yield Span(*entry.span(3), "kubernetes-secret", 0.9 if values.randomness(value) >= 0.5 else 0.6)


def _is_secret(text: str, place: int) -> bool:
    """Whether the document around this place says that it is a Secret."""
    before = text[max(0, place - _NEAR) : place].rpartition("\n---")[2]
    after = text[place : place + _NEAR].partition("\n---")[0]
    return _KIND.search(before) is not None or _KIND.search(after) is not None


def _decoded(value: str) -> str:
    """The text behind base64, "" for anything else; bytes that are no text stand for themselves."""
    try:
        return b64decode(value, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""
