"""Where policy documents are: packs and the operator's file on this machine, the repository's file in its commits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import reviewbot
from reviewbot import git
from reviewbot.core.policy import FILE, Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.text import visible
from reviewbot.errors import ConfigError, ReviewbotError, UsageError

if TYPE_CHECKING:
    from reviewbot.config import Document

_PACKAGE = Path(reviewbot.__file__).parent
#: Beside the package in a checkout, inside it once installed.
PACKS = next((place for place in (_PACKAGE / "policies", _PACKAGE.parent / "policies") if place.is_dir()), _PACKAGE)


def load_policy(name: str) -> Policy:
    """The operator's policy alone: a pack by its name, or a file. Raises UsageError, ConfigError."""
    from reviewbot import config

    return config.effective(documents(name), "pack" if is_pack(name) else "operator")


def load_base(repo: git.Repository, commit: str, name: str) -> Policy:
    """The operator's policy joined with the repository's file at a commit; all restricted where that is not valid."""
    return _joined(repo, commit, name, FILE)[0]


def load_policies(repo: git.Repository, pull: PullRequest, name: str) -> tuple[Policy, Policy | None]:
    """The policy in force for a pull request, and the one after its merge (None: it changes no policy).

    The head's file tightens the policy in force and does nothing else.
    """
    from reviewbot import config

    policy = load_base(repo, pull.policy_sha, name)
    if not any(_is_own(path) for file in pull.files for path in (file.path, file.old_path)):
        return policy, None
    proposed, own = _joined(repo, pull.head_sha, name, f"{FILE} (head)")
    return (config.tightened(policy, own) if own and not policy.failure else policy), proposed


def notices(policy: Policy) -> tuple[str, ...]:
    """What a reader of the review has to know of its policy."""
    if policy.failure:
        return (f"Everything is restricted, the policy cannot be read: {policy.failure}",)
    return () if policy.source == "base" else (f"The base has no {FILE}: the operator's policy applies alone.",)


def current(policy: Policy, today: date) -> tuple[Policy, tuple[str, ...]]:
    """The policy without the acceptances that have ended, and a notice of each of these."""
    ended = [one for one in policy.accepted if one.until < today]
    said = tuple(
        f"{visible(one.origin)}:{one.line}: the acceptance of a credential ended on {one.until}" for one in ended
    )
    return replace(policy, accepted=tuple(one for one in policy.accepted if one.until >= today)), said


def _joined(repo: git.Repository, commit: str, name: str, cited: str) -> tuple[Policy, tuple[Document, ...]]:
    """The policy at a commit and the repository's own part of it; `cited` is how its rules are named."""
    from reviewbot import config

    operator = documents(name)
    alone = config.effective(operator, "pack" if is_pack(name) else "operator")
    try:
        data = git.read_file(repo, commit, FILE, config.MAX_DOCUMENT)
        own = () if data is None else _with_packs(cited, data)
    except ReviewbotError as error:
        return config.failed(alone, str(error)), ()
    return (config.effective((*operator, *own), "base") if own else alone), own


def is_pack(name: str) -> bool:
    """Whether this is the name of a shipped pack."""
    return name.isidentifier() and (PACKS / f"{name}.toml").is_file()


def _is_own(path: str) -> bool:
    """Whether a path is the repository's document, or takes its place as a folder."""
    return path == FILE or path.startswith(f"{FILE}/")


def documents(name: str) -> tuple[Document, ...]:
    """The documents of a pack or a file, those it extends first. Raises UsageError, ConfigError."""
    if is_pack(name):
        return _pack(name)
    from reviewbot import config

    try:
        with Path(name).open("rb") as stream:
            data = stream.read(config.MAX_DOCUMENT + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{visible(name)}: neither a pack nor a file that can be read") from error
    return _with_packs(visible(name), data)


def _pack(name: str) -> tuple[Document, ...]:
    return _with_packs(f"policies/{name}.toml", (PACKS / f"{name}.toml").read_bytes())


def _with_packs(name: str, data: bytes) -> tuple[Document, ...]:
    from reviewbot import config

    document = config.read(name, data)
    if document.extends is None:
        return (document,)
    if not is_pack(document.extends):
        names = ", ".join(sorted(path.stem for path in PACKS.glob("*.toml")))
        raise ConfigError(name, f"no such pack; one of {names}", key="extends", line=document.extends_line)
    return (*_pack(document.extends), document)
