"""A scaffold tried out, stage by stage: its runner finds it, it passes three times, it fails on a changed target."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from reviewbot.core.drafts import Scaffold, Stages
from reviewbot.errors import RepositoryError
from reviewbot.git import Repository, read_file
from reviewbot.sandbox.containment import Containment, run
from reviewbot.sandbox.limits import Limits, Outcome, UncontainedError
from reviewbot.tasks.scaffold.mutants import mutants
from reviewbot.trials import fetches, trees, words
from reviewbot.trials.commands import Command, Ground, MissingToolError, Toolchain
from reviewbot.trials.copies import Copy, CopyError, copied, own
from reviewbot.trials.toolchains import toolchain
from reviewbot.trials.tools import Tools
from reviewbot.trials.trees import PathError

#: Runs of the unchanged target, and changed targets.
_RUNS, _MUTANTS = 3, 5
#: Seconds in which nothing is begun.
_LEAST = 1.0
#: Bytes of a target that is changed.
_TARGET = 4 * 1024 * 1024
_ENDED = {
    "time": "it was stopped: out of time", "memory": "it was stopped: too much memory",
    "disk": "it was stopped: too much disk", "output": "it was stopped: it says too much", "killed": "it was killed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aim:
    """What a scaffold tests."""

    language: str
    path: str
    #: The first and last line, 1-based.
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Terms:
    """How scaffolds are tried on this machine."""

    containment: Containment
    #: The operator's PATH and home: where programs are looked for, and what is never shown whole.
    path: str
    home: Path
    #: The work tree whose dependencies are used, None for none.
    worktree: Path | None = None
    #: Seconds for one scaffold, and what one of its runs may take.
    seconds: float = 300.0
    #: When no time is left for any scaffold of the run, by `time.monotonic`.
    ends: float = math.inf
    limits: Limits = Limits(seconds=120.0)  # noqa: RUF009 (frozen)
    #: The operator's explicit word that code may run where nothing holds it.
    uncontained: bool = False


def tried(scaffold: Scaffold, aim: Aim, repo: Repository, commit: str, terms: Terms, *,
          quotes: bool = True) -> Scaffold:  # fmt: skip
    """The scaffold with the stages it passed and what a reader has to know of them.

    `quotes` is whether nothing in the tree is labelled above the scaffold: what a run says may be of any file.
    Code of the change is executed, contained. Raises UncontainedError where this machine cannot hold it.
    """
    if not terms.containment.is_enough and not terms.uncontained:
        raise UncontainedError(f"nothing of a change is run here: {terms.containment.words}")
    runner = toolchain(scaffold.framework)
    if not scaffold.stages.parsed or runner is None:
        return _untried(scaffold, "its framework has no runner here") if runner is None else scaffold
    began = time.monotonic()
    if terms.ends - began <= _LEAST:
        return _untried(scaffold, "the time for all scaffolds was over")
    deadline = min(began + terms.seconds, terms.ends)
    try:
        with copied(repo, commit, worktree=terms.worktree, owner=terms.containment.user) as copy:
            content = scaffold.content.encode("utf-8", "surrogateescape")
            trees.place(copy.tree, scaffold.path, content, owner=terms.containment.user)
            tools = Tools(terms.path, terms.home, copy, aim.language)
            ground = Ground(copy.tree, tools.which, copy.paths | {scaffold.path}, copy.scratch)
            # All before anything runs: what a stranger may have written is not looked at again.
            collecting = _call(runner.collecting(ground, scaffold.path), tools)
            running = _call(runner.running(ground, scaffold.path), tools)
            own(copy.scratch, terms.containment.user)
            allowed = _Time(deadline, deadline - began)
            trial = _Trial(scaffold.framework, runner, collecting, running, copy, terms, allowed, quotes)
            stages, notices = trial.passed(scaffold.stages, aim.path, _changed(repo, commit, aim))
    except MissingToolError as error:
        return _untried(scaffold, f"{words.line(str(error))} is not on this machine")
    except (CopyError, PathError, RepositoryError) as error:
        return _untried(scaffold, words.line(str(error)))
    except UnicodeEncodeError:
        return _untried(scaffold, "it holds what no file can")
    except OSError as error:
        return _untried(scaffold, f"the copy cannot be used: {error.strerror}")
    return replace(scaffold, stages=stages, notices=(*scaffold.notices, *notices))


def _untried(scaffold: Scaffold, reason: str) -> Scaffold:
    return replace(scaffold, notices=(*scaffold.notices, f"not run: {reason}"))


def _changed(repo: Repository, commit: str, aim: Aim) -> Iterator[bytes]:
    """The target's file with one small change each, the strongest first."""
    raw = read_file(repo, commit, aim.path, _TARGET)
    if raw is not None and len(raw) <= _TARGET:
        text = raw.decode("utf-8", "surrogateescape")
        for _, changed in islice(mutants(aim.language, text, aim.lines), _MUTANTS):
            yield changed.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class _Call:
    """A command with all that belongs to it."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    readable: tuple[Path, ...]


def _call(command: Command, tools: Tools) -> _Call:
    folder = tools.copy.tree / command.folder
    return _Call(command.argv, folder, tools.environment(command), tools.readable(command))


class _LateError(Exception):
    """No time is left for another run."""


class _AbsentError(Exception):
    """A run failed for what its build would fetch."""


@dataclass(frozen=True, slots=True)
class _Time:
    """When a scaffold's time is over, by `time.monotonic`, and how many seconds it was."""

    ends: float
    seconds: float


@dataclass(frozen=True, slots=True)
class _Trial:
    framework: str
    runner: Toolchain
    collecting: _Call
    running: _Call
    copy: Copy
    terms: Terms
    allowed: _Time
    quotes: bool

    def passed(self, before: Stages, path: str, changed: Iterator[bytes]) -> tuple[Stages, tuple[str, ...]]:
        """The stages up to the first that fails or that no time is left for."""
        stages, notices = before, []
        try:
            for stage, notice in self._stages(path, changed):
                stages = replace(stages, **stage)
                notices += [notice] if notice else []
                if stages.failed:
                    break
        except _LateError:
            notices.append(f"not every stage was tried: {self.allowed.seconds:.0f} seconds were over")
        except _AbsentError:
            notices.append(f"{'not run' if stages == before else 'not every stage was tried'}: {fetches.ABSENT}")
        except (UncontainedError, PathError) as error:
            notices.append(f"not every stage was tried: {words.line(str(error))}")
        return stages, tuple(notices)

    def _stages(self, path: str, changed: Iterator[bytes]) -> Iterator[tuple[dict[str, bool], str]]:
        found = self._run(self.collecting)
        collected = self._collects(found)
        if not collected:
            self._is_there(found)
        yield {"collected": collected}, "" if collected else f"the test runner does not find it: {self._why(found)}"
        for before in range(_RUNS):
            outcome = self._run(self.running)
            if not self._passes(outcome):
                if not before:
                    self._is_there(outcome)
                reason = "it does not pass" if not before else f"it passes {before} of {before + 1} times"
                yield {"ran": False}, f"{reason}: {self._why(outcome)}"
                return
        yield {"ran": True}, ""
        yield from self._killed(path, changed)

    def _killed(self, path: str, changed: Iterator[bytes]) -> Iterator[tuple[dict[str, bool], str]]:
        """How many changed targets its tests fail on; one that cannot even be loaded, or hangs, counts for nothing."""
        killed = counted = 0
        try:
            for number, content in enumerate(changed):
                self._change(path, content, number)
                outcome = self._run(self.running)
                survives = self._passes(outcome)
                if survives or (outcome.ended == "exited" and self._collects(self._run(self.collecting))):
                    killed, counted = killed + (not survives), counted + 1
        except _LateError:
            if not counted:
                raise
        if counted:
            yield {"killed": killed > 0}, f"its tests fail on {killed} of {counted} changed targets"

    def _change(self, path: str, content: bytes, number: int) -> None:
        trees.place(self.copy.tree, path, content, owner=self.terms.containment.user, anew=True)
        moment = time.time() + number + 1  # a cache that goes by times must not take it for the one before
        os.utime(self.copy.tree / path, (moment, moment), follow_symlinks=False)

    def _is_there(self, outcome: Outcome) -> None:
        """Raises _AbsentError where the build of a failed run has not got that far."""
        if outcome.ended == "exited" and fetches.is_absent(self.framework, outcome.text):
            raise _AbsentError

    def _collects(self, outcome: Outcome) -> bool:
        return outcome.ended == "exited" and self.runner.collected(outcome.code or 0, outcome.text)

    def _passes(self, outcome: Outcome) -> bool:
        return outcome.ended == "exited" and self.runner.passed(outcome.code or 0, outcome.text)

    def _why(self, outcome: Outcome) -> str:
        """How a run ended, and where that may be quoted what it said of it."""
        said = words.last(outcome.text) if self.quotes else ""
        ended = _ENDED.get(outcome.ended) or f"exit code {outcome.code}"
        return f"{ended}, in its words: {said}" if said else ended

    def _run(self, call: _Call) -> Outcome:
        left = self.allowed.ends - time.monotonic()
        if left <= _LEAST:
            raise _LateError
        limits = replace(self.terms.limits, seconds=min(self.terms.limits.seconds, left))
        outcome = run(call.argv, root=self.copy.home, cwd=call.folder, writable=(self.copy.tree, self.copy.scratch),
                      environment=call.environment, limits=limits, readable=call.readable,
                      containment=self.terms.containment, uncontained=self.terms.uncontained)  # fmt: skip
        if outcome.ended == "time" and limits != self.terms.limits:
            raise _LateError
        return outcome
