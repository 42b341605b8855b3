"""`reviewbot policy`: which label a path has and why, whether a document is valid, what is in force."""

from __future__ import annotations

import argparse
import posixpath
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviewbot import git
from reviewbot.cli.policies import documents, is_pack, load_base, load_policy, notices
from reviewbot.core.documents import written
from reviewbot.core.labels import Label, permits
from reviewbot.core.matching import MatchError
from reviewbot.core.policy import FILE, Policy, Rule, classify_path, covering, matches
from reviewbot.core.text import visible
from reviewbot.errors import ConfigError, UsageError

#: What may be told a path's content where no operator says otherwise.
SINKS = (
    ("hosted models", Label.INTERNAL), ("local models", Label.RESTRICTED),
    ("comments of public projects", Label.INTERNAL), ("comments of private projects", Label.RESTRICTED),
)  # fmt: skip


def explain(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """One block a path; 2 where the policy at the base cannot be read, and so everything is restricted."""
    paths = [_from_root(path) for path in arguments.paths]
    policy, place = _load(arguments)
    print("\n\n".join("\n".join(_explained(policy, path)) for path in paths))
    print(f"\nPolicy: {place}.")
    if policy.unread and not policy.failure:
        print(f"Words in a file may raise its label up to {policy.unread.label}; copied text keeps the label it had.")
    return _told(policy)


def check(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """0 and one line for a valid document; what it extends has to be valid too."""
    document = documents(arguments.file)[-1]
    said = [f"{len(document.rules)} rule{'' if len(document.rules) == 1 else 's'}"]
    said += [f"extends {document.extends}"] if document.extends else []
    said += [f"default {document.default}"] if document.default is not None else []
    print(f"{document.name}: valid: {', '.join(said)}")
    return 0


def show(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """The policy in force as a document of its own kind."""
    policy, place = _load(arguments)
    sys.stdout.write(written(policy, place))
    return _told(policy)


def _load(arguments: argparse.Namespace) -> tuple[Policy, str]:
    """The policy at the base and where that is. Outside a repository, that of `--policy` alone."""
    name = arguments.policy or "default"
    alone = arguments.policy is not None and arguments.repo is None and arguments.base is None
    if alone and not _in_repository():
        return load_policy(name), f"{_named(name)} alone, without a repository"
    with git.opened(Path(arguments.repo or "."), program=shutil.which("git") or "git") as repo:
        base = arguments.base or git.default_base(repo)
        commit = git.resolve(repo, base)
        policy, at = load_base(repo, commit, name), f"{visible(base)} ({commit[:12]})"
    if policy.source in ("pack", "operator"):
        return policy, f"{_named(name)} alone, {at} has no {FILE}"
    return policy, f"{_named(name)} and {FILE} of {at}"


def _named(name: str) -> str:
    return f"pack {name}" if is_pack(name) else visible(name)


def _in_repository() -> bool:
    here = Path.cwd()
    return any((folder / ".git").exists() for folder in (here, *here.parents))


def _told(policy: Policy) -> int:
    if not policy.failure:
        return 0
    print(*notices(policy), sep="\n", file=sys.stderr)
    return ConfigError.exit_code


def _from_root(path: str) -> str:
    """The path as git names it: from the root, whether it is there or not."""
    plain = posixpath.normpath(path)
    if not path or plain.startswith(("/", "../")) or plain in (".", ".."):
        raise UsageError(f"{visible(path)}: paths are given from the repository's root")
    return plain


def _explained(policy: Policy, path: str) -> Iterator[str]:
    verdict = classify_path(policy, path)
    found = _found(policy, path)
    names = {rule.name for rule in found}
    yield visible(path)
    yield _row("label", str(verdict.label))
    for name in verdict.rules:
        if name not in names:
            yield _row("rule", f"{name}  {visible(policy.default_place)}" if name == policy.default_name else name)
    for rule in found:
        cited = _cited(policy, rule, path)
        yield _row("rule", cited) if rule.name in verdict.rules else _row("weaker", f"{rule.label}: {cited}")
    yield _row("may go to", ", ".join(name for name, clearance in SINKS if permits(clearance, verdict.label)))
    for warning in verdict.warnings:
        yield _row("warning", warning)


def _found(policy: Policy, path: str) -> tuple[Rule, ...]:
    """Every rule for a path; none where they do not decide, for the label says why."""
    if policy.failure:
        return ()
    try:
        return matches(policy, path)
    except MatchError:
        return ()


def _cited(policy: Policy, rule: Rule, path: str) -> str:
    patterns = ", ".join(covering(policy, rule, path))
    return visible(f"{rule.name}  {patterns}{f' ({rule.reason})' if rule.reason else ''}")


def _row(name: str, value: str) -> str:
    return f"  {name:<9}  {value}"
