"""`reviewbot scaffold --run`: whether code of a change may be executed here, and each scaffold tried out."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reviewbot import git
from reviewbot.cli import creating
from reviewbot.cli.ci import Stand
from reviewbot.cli.environment import in_ci
from reviewbot.cli.progress import stage
from reviewbot.core.endpoints import Operator
from reviewbot.core.labels import Label, join
from reviewbot.core.policy import classify_path
from reviewbot.core.report import Report
from reviewbot.errors import UsageError
from reviewbot.pipeline import Plan
from reviewbot.sandbox.containment import contained
from reviewbot.trials.secrets import held
from reviewbot.trials.stages import Aim, Terms
from reviewbot.trials.stages import tried as put_to_test

#: Seconds for all scaffolds of a run: each has its own limit too, and there may be many that hang.
_SECONDS = 900.0


def allowed(arguments: argparse.Namespace, environ: Mapping[str, str], said: Operator, at: Stand) -> None:
    """Raises UsageError where nothing of the change may be executed: beside a secret, of a fork, in no sandbox."""
    keys = [endpoint.key_env for endpoint in said.endpoints if endpoint.key_env]
    if names := held(environ, keys):
        raise UsageError(f"--run executes code of the change, and {', '.join(names)} may hold a secret: unset it first "
                         f"(env -u {names[0]} reviewbot …)")  # fmt: skip
    if at.is_fork and not arguments.run_forks:
        raise UsageError("--run executes code of the change, and it comes from a fork: --run-forks allows it")
    containment = contained()
    if not (containment.is_enough or arguments.run_uncontained):
        raise UsageError(f"--run: {containment.words}; --run-uncontained executes it all the same")


def tried(report: Report, plan: Plan, arguments: argparse.Namespace, environ: Mapping[str, str],
          seconds: float = _SECONDS) -> tuple[Report, Label]:  # fmt: skip
    """The report with the stages that each scaffold passed and a notice of what held them, and the label of all that.

    A trial executes the whole tree: what it says, and how it ends, may be of its most sensitive file.
    """
    containment = contained()
    worktree = creating.worktree(Path(arguments.repo))
    terms = Terms(containment, environ.get("PATH", ""), Path(environ.get("HOME", "/nonexistent")), worktree,
                  ends=time.monotonic() + seconds, uncontained=arguments.run_uncontained)  # fmt: skip
    targets = {(one.suite.path, one.suite.target.id): one.suite.target for one in plan.sketches.scaffolds}
    done = []
    with git.opened(Path(arguments.repo), program=shutil.which("git") or "git") as repo:
        label = _label(repo, plan)
        for scaffold in report.drafts.scaffolds:
            # On their own terminal people may read whatever they have; what CI keeps others read.
            quotes = label <= scaffold.label or not in_ci(environ)
            target = targets[scaffold.path, scaffold.target]
            with stage(f"trying {scaffold.path}"):
                aim = Aim(target.language, target.path, target.lines)
                done.append(put_to_test(scaffold, aim, repo, plan.pull.head_sha, terms, quotes=quotes))
    words = f"Scaffolds were executed: {containment.words}."
    drafts = replace(report.drafts, scaffolds=tuple(done))
    return replace(report, drafts=drafts, notices=(*report.notices, words)), label


def _label(repo: git.Repository, plan: Plan) -> Label:
    """Of everything at the head; what rules would find in texts that nobody has read counts as found."""
    unread = plan.policy.unread
    paths = (classify_path(plan.policy, entry.path).label for entry in git.tree(repo, plan.pull.head_sha))
    return join(unread.label if unread else Label.PUBLIC, *paths, *(file.label for file in plan.files))
