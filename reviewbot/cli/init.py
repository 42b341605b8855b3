"""`reviewbot init`: a workflow, a policy and a file for the operator, each where it belongs. It never overwrites."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewbot import git
from reviewbot.cli import policies, starters
from reviewbot.cli.creating import Target, checked, written
from reviewbot.cli.environment import KEY, in_ci
from reviewbot.cli.operators import FILE as OPERATOR
from reviewbot.cli.starters import Forge
from reviewbot.core.policy import FILE, Policy, classify_path
from reviewbot.core.text import visible
from reviewbot.errors import ConfigError, ReviewbotError, UsageError

_SOURCE = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)+@[0-9a-f]{40}", re.ASCII)
_URL = re.compile(r"^\s*url\s*=\s*(\S+)", re.MULTILINE)
_MAX_CONFIG = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written, as flags and answers say."""

    forge: Forge
    pack: str
    hosted: bool
    local_url: str
    source: str


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """0 where all of it is there afterwards, written now or before. Raises UsageError, with nothing written."""
    root = _root(Path(arguments.repo))
    operator = _operator_path(arguments.operator, environ, root)
    head, paths, config = _repository(root)
    wish = _wish(arguments, _guess(config, paths), asks=_asks(environ))
    targets = [checked(target, root) for target in _targets(wish, root, operator, head, paths)]
    if arguments.dry_run:
        for target in targets:
            print(f"# {target.shown}{'' if target.is_new else ': is there already, and would be left as it is'}")
            print(target.text if target.is_new else "")
        return 0
    written([target for target in targets if target.is_new])
    for target in targets:
        print(f"{target.shown}: {'written' if target.is_new else 'is there already, and left as it is'}")
    print("", *_next(wish, targets, operator), sep="\n")
    return 0


def _root(directory: Path) -> Path:
    """The folder that the files belong to: the root of the work tree."""
    try:
        start = directory.resolve(strict=True)
    except (OSError, ValueError):
        raise UsageError(f"{visible(str(directory))}: no such folder") from None
    root = next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)
    if root is None:
        raise UsageError(f"{visible(str(directory))}: neither it nor a folder above it is a work tree of git")
    return root


def _operator_path(name: str | None, environ: Mapping[str, str], root: Path) -> Path:
    """Where the operator's document goes. Raises UsageError for a place that a commit could bring."""
    if name == "" or "\0" in (name or ""):
        raise UsageError("--operator: no such name")
    if name is not None:
        path = Path(name).absolute()
    else:
        home = environ.get("HOME") or environ.get("USERPROFILE") or ""
        config = environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
        if not Path(config).is_absolute():
            raise UsageError("--operator: name a file; neither XDG_CONFIG_HOME nor HOME says where it could be")
        path = Path(config) / "reviewbot" / "operator.toml"
    if path.parent.resolve().is_relative_to(root):
        raise UsageError(f"{visible(str(path))}: it is in the repository, and once committed it would be refused: "
                         "name a file elsewhere with --operator")  # fmt: skip
    return path


def _repository(root: Path) -> tuple[str, tuple[str, ...], str]:
    """The commit of HEAD, its paths, and the repository's configuration as text; "" and () where there is no commit."""
    with git.opened(root, program=shutil.which("git") or "git") as repo:
        store = repo.git_dir.parent.parent if repo.git_dir.parent.name == "worktrees" else repo.git_dir
        config = ""
        with suppress(OSError), (store / "config").open("rb") as stream:
            config = stream.read(_MAX_CONFIG).decode("utf-8", "replace")
        try:
            head = git.resolve(repo, "HEAD")
        except ReviewbotError:
            return "", (), config
        return head, tuple(entry.path for entry in git.tree(repo, head)), config


def _guess(config: str, paths: Sequence[str]) -> Forge | None:
    """The forge, by the addresses of the remotes, else by the files of CI; None where they say both or nothing."""
    urls = " ".join(_URL.findall(config)).lower()
    said = {"github": "github" in urls, "gitlab": "gitlab" in urls}
    if not any(said.values()):
        said = {"github": any(path.startswith(".github/") for path in paths), "gitlab": ".gitlab-ci.yml" in paths}
    if said["github"] == said["gitlab"]:
        return None
    return "github" if said["github"] else "gitlab"


def _asks(environ: Mapping[str, str]) -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and not in_ci(environ)


def _wish(arguments: argparse.Namespace, guessed: Forge | None, *, asks: bool) -> Wish:
    """What flags say, else whoever sits there, else the careful choice: no model. Raises UsageError."""
    forge: str = arguments.forge or (_answer("Forge, github or gitlab", guessed or "") if asks else guessed or "")
    if forge not in ("github", "gitlab"):
        raise UsageError("--forge: github or gitlab? Neither a remote nor a file of CI tells")
    pack: str = arguments.pack or (_answer(f"Policy pack: {', '.join(_packs())}", "default") if asks else "default")
    if not policies.is_pack(pack):
        raise UsageError(f"--pack: {visible(pack)}: no such pack; one of {', '.join(_packs())}")
    hosted: bool = arguments.hosted
    if asks and not hosted and policies.load_policy(pack).region != "local":
        hosted = _answer("May files that are public or internal go to Mistral's hosted Codestral? y or n", "n") == "y"
    local_url: str = arguments.local_url or ""
    if asks and not local_url:
        local_url = _answer("Address of a local model, as http://127.0.0.1:11434 (empty: none)", "")
    source: str = arguments.source or ""
    if asks and not source:
        source = _answer("Where reviewbot is, as OWNER/NAME@COMMIT (empty: fill it in later)", "")
    if source and (not _SOURCE.fullmatch(source) or source.endswith(f"@{'0' * 40}")):
        raise UsageError("--source: as OWNER/NAME@COMMIT, the commit by its 40 digits: a tag can be moved")
    return Wish("github" if forge == "github" else "gitlab", pack, hosted, local_url, source)


def _answer(question: str, default: str) -> str:
    try:
        return input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
    except EOFError:
        raise UsageError("no answer: nothing was written") from None


def _packs() -> list[str]:
    return sorted(path.stem for path in policies.PACKS.glob("*.toml"))


def _targets(wish: Wish, root: Path, operator: Path, head: str, paths: Sequence[str]) -> Iterator[Target]:
    for name, starter in starters.WORKFLOWS[wish.forge].items():
        yield Target(root / name, name, starters.workflow(starter, wish.source, local=bool(wish.local_url)))
    yield Target(root / FILE, FILE, _policy(policies.load_policy(wish.pack), wish.pack, head, paths))
    yield Target(operator, visible(str(operator)), _operator(wish), 0o600)


def _policy(pack: Policy, name: str, head: str, paths: Sequence[str]) -> str:
    """The policy that is proposed, which is a valid one."""
    from reviewbot import config

    rules = starters.proposed(paths, lambda path: classify_path(pack, path).label)
    text = starters.policy(name, pack.default, rules, head[:12] or "there is no commit yet")
    config.read(FILE, text.encode())
    return text


def _operator(wish: Wish) -> str:
    """The operator's document. Raises UsageError for an address that is none."""
    from reviewbot.config import operator

    text = starters.operator(hosted=wish.hosted, local_url=wish.local_url)
    try:
        operator.read("operator.toml", text.encode())
    except ConfigError as error:
        raise UsageError(f"--local-url: {error.problem}") from None
    return text


def _next(wish: Wish, targets: Sequence[Target], operator: Path) -> Iterator[str]:
    """What is left to do by hand, as lines."""
    workflow = targets[0]
    yield "What is left to do:"
    if not wish.source and workflow.is_new:
        yield f"- Find out where reviewbot is and put it into {workflow.shown}, or remove that file and say --source."
    if not targets[1].is_new and wish.forge == "gitlab":
        yield f"- Add to .gitlab-ci.yml: include: [{{local: {workflow.shown}}}]"
    if targets[-1].is_new and not (wish.hosted or wish.local_url):
        yield "- No model is asked so far: the checks review alone. The operator's file shows how to add one."
    yield from _handing_over(wish, shlex.quote(str(operator)))
    yield f"- Try it here: export {OPERATOR}={shlex.quote(str(operator))}; reviewbot doctor; reviewbot review"
    yield f"- Read {FILE}, change what you know better, and: reviewbot policy check {FILE}"


def _handing_over(wish: Wish, operator: str) -> Iterator[str]:
    """How a pipeline comes by what is in no repository."""
    if wish.forge == "github":
        yield f"- Models for the pipeline: gh variable set {OPERATOR} < {operator}"
        yield f"- Memory over pushes: openssl rand -hex 32 | gh secret set {KEY}"
        if wish.hosted:
            yield "- The key of Mistral: gh secret set MISTRAL_API_KEY"
        if wish.local_url:
            yield "- Give the runner beside the model the label reviewbot."
        return
    yield "- In the project's CI/CD settings, as variables that are not protected (merge requests see no others):"
    yield f"  {OPERATOR}, of type file: {operator}"
    yield f"  {KEY}, masked: openssl rand -hex 32"
    yield "  GITLAB_TOKEN, masked: a project access token, role Developer, scope api"
    if wish.hosted:
        yield "  MISTRAL_API_KEY, masked"
    if wish.local_url:
        yield "- Give the runner beside the model the tag reviewbot."
