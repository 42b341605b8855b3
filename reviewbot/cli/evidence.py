"""What the labels of a change rest on beyond its own paths: the restricted texts that it may have copied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewbot import git
from reviewbot.core import fingerprints
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, classify, classify_path, text_label
from reviewbot.core.pull import PullRequest
from reviewbot.objects import decoded

#: What is read of the base: bytes of one file, of all restricted files, of all that are searched for restricted words.
MAX_SOURCE = 1024 * 1024
MAX_SOURCES = 16 * 1024 * 1024
MAX_SEARCHED = 32 * 1024 * 1024


def load_index(repo: git.Repository, pull: PullRequest, policy: Policy) -> tuple[fingerprints.Index, tuple[str, ...]]:
    """What restricted text looks like, at the base and in the change itself, and notices of what was left out."""
    labels = [classify(policy, file).label for file in pull.files]
    if all(label == Label.RESTRICTED for label in labels):
        return fingerprints.NOWHERE, ()
    entries = [(entry, classify_path(policy, entry.path).label) for entry in git.tree(repo, pull.base_sha)]
    zone = [(entry, label) for entry, label in entries if label > Label.INTERNAL and _is_file(entry.mode)]
    texts, unread = _texts(repo, [entry.id for entry, _ in zone], MAX_SOURCES)
    open_ids = [entry.id for entry, label in entries if label <= Label.INTERNAL and _is_file(entry.mode)]
    marked, unsearched = _marked(repo, policy, open_ids)
    sources = [fingerprints.Source(entry.path, label, texts.get(entry.id), entry.id) for entry, label in zone]
    sources += [fingerprints.Source(entry.path, marked[entry.id][0], marked[entry.id][1], entry.id)
                for entry, label in entries if label <= Label.INTERNAL and entry.id in marked]  # fmt: skip
    changed = list(zip(pull.files, labels, strict=True))
    sources += [fingerprints.Source(file.path, label, file.new.text, file.new.id)
                for file, label in changed if label > Label.INTERNAL and _is_file(file.new.mode)]  # fmt: skip
    return fingerprints.index(
        sources,
        cleared=[file.old.text or "" for file, label in changed if label <= Label.INTERNAL],
        elsewhere=frozenset(open_ids) - marked.keys(),
    ), tuple(_notices(unread, unsearched))


def _is_file(mode: str) -> bool:
    return mode.startswith("100")


def _notices(unread: int, unsearched: int) -> Iterable[str]:
    if unread:
        yield "Of the largest restricted files a copy is recognised only where the whole file is copied."
    if unsearched:
        yield f"{unsearched:,} files of the base were not searched for restricted words: no copy of them is recognised."


def _marked(repo: git.Repository, policy: Policy, ids: Sequence[str]) -> tuple[dict[str, tuple[Label, str]], int]:
    """The texts that are restricted by their words though not by their paths, and how many were not searched."""
    if policy.unread is None or policy.unread.label <= Label.INTERNAL:
        return {}, 0
    texts, unsearched = _texts(repo, ids, MAX_SEARCHED)
    labels = ((oid, text_label(policy, text), text) for oid, text in texts.items())
    return {oid: (label, text) for oid, label, text in labels if label > Label.INTERNAL}, unsearched


def _texts(repo: git.Repository, ids: Sequence[str], most: int) -> tuple[dict[str, str], int]:
    """The texts of as many blobs as `most` bytes hold, and how many are left out."""
    wanted: list[str] = []
    sizes = git.sizes(repo, dict.fromkeys(ids))
    for oid, size in sizes.items():
        if size <= min(MAX_SOURCE, most):
            most -= size
            wanted.append(oid)
    data = git.contents(repo, wanted)
    texts = {oid: decoded(raw) for oid, raw in data.items() if b"\0" not in raw[: git.BINARY_PROBE]}
    return texts, len(set(ids)) - len(wanted)
