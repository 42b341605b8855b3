"""What the labels of a change rest on beyond its own paths: the restricted texts that it may have copied."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot import git
from reviewbot.core import fingerprints
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, classify, classify_path
from reviewbot.core.pull import PullRequest

#: What is read of the base: bytes in all, bytes of one file.
MAX_SOURCES = 16 * 1024 * 1024
MAX_SOURCE = 1024 * 1024


def load_index(repo: git.Repository, pull: PullRequest, policy: Policy) -> tuple[fingerprints.Index, tuple[str, ...]]:
    """What restricted text looks like, at the base and in the change itself, and notices of what was left out."""
    labels = [classify(policy, file).label for file in pull.files]
    if all(label == Label.RESTRICTED for label in labels):
        return fingerprints.NOWHERE, ()
    entries = [(entry, classify_path(policy, entry.path).label) for entry in git.tree(repo, pull.base_sha)]
    zone = [(entry, label) for entry, label in entries if label > Label.INTERNAL and entry.mode.startswith("100")]
    texts, left_out = _texts(repo, [entry.id for entry, _ in zone])
    sources = [fingerprints.Source(entry.path, label, texts.get(entry.id), entry.id) for entry, label in zone]
    changed = list(zip(pull.files, labels, strict=True))
    sources += [fingerprints.Source(file.path, label, file.new.text, file.new.id)
                for file, label in changed if label > Label.INTERNAL and file.new.mode.startswith("100")]  # fmt: skip
    return fingerprints.index(
        sources,
        cleared=[file.old.text or "" for file, label in changed if label <= Label.INTERNAL],
        elsewhere=frozenset(entry.id for entry, label in entries if label <= Label.INTERNAL),
    ), left_out


def _texts(repo: git.Repository, ids: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    wanted: list[str] = []
    total = 0
    sizes = git.sizes(repo, dict.fromkeys(ids))
    for oid, size in sizes.items():
        if size <= MAX_SOURCE and total + size <= MAX_SOURCES:
            total += size
            wanted.append(oid)
    data = git.contents(repo, wanted)
    left_out = len(set(ids)) - len(wanted)
    texts = {oid: raw.decode("utf-8", "replace") for oid, raw in data.items() if b"\0" not in raw[: git.BINARY_PROBE]}
    notice = f"copies of {left_out:,} large restricted files are recognised only where the whole file is copied"
    return texts, (notice,) if left_out else ()
