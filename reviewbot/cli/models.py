"""The models of a run: what the operator names, what policy and licence allow, each asked by its server who it is."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reviewbot.cli import adapters, counting, environment, operators
from reviewbot.cli.ci import Stand
from reviewbot.core import routing
from reviewbot.core.catalogue import LOCAL_WINDOW, completed
from reviewbot.core.endpoints import Endpoint, Operator
from reviewbot.core.exchange import Traits
from reviewbot.core.guards import refused, usable
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.text import clipped, visible
from reviewbot.pipeline import Models, Reader, Windows, described
from reviewbot.ports import Ledger


def operator(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Operator:
    """What the operator says. Raises UsageError, ConfigError."""
    directory = None if arguments.repo is None else Path(arguments.repo)
    return operators.load(arguments.operator, environ, offline=arguments.offline, directory=directory)


def trusting(said: Operator, at: Stand) -> tuple[Operator, tuple[str, ...]]:
    """What the operator says as far as it holds for this pull request, and why not all of it does.

    Whoever has a fork wrote the pipeline that runs here: it gets the checks, and no model of ours to play with.
    """
    if not (at.is_foreign and said.endpoints):
        return said, ()
    why = "This merge request comes from a fork: no model is asked, the checks read it alone."
    return replace(said, endpoints=()), (why,)


def names(said: Operator) -> str:
    """The models that may read, as one name: by another, a text is not read yet."""
    return "; ".join(f"{one.name} {one.kind} {one.model} {one.digest}" for one in said.endpoints)


def loaded(said: Operator, environ: Mapping[str, str], policy: Policy, pull: PullRequest, ledger: Ledger,
           began: float) -> Models:  # fmt: skip
    """The models that may be used in this run, connected. Raises ConfigError, UsageError, and what a ledger raises.

    `began` is a reading of `time.monotonic()`: the run's time counts from there.
    """
    in_ci = environment.in_ci(environ)
    allowed = usable(said.endpoints, policy, in_ci=in_ci)
    taking = routing.shared(allowed.endpoints, str(pull.number or pull.base_sha))
    left_out = tuple(f"{one.name} takes no part in this pull request: its share is {one.share} %"
                     for one in allowed.endpoints if one not in taking)  # fmt: skip
    keyless = [one for one in taking if one.key_env and environ.get(one.key_env) == ""]
    left_out += tuple(f"{one.name} is not used: {one.key_env} is empty, as secrets are in pull requests of forks"
                      for one in keyless)  # fmt: skip
    taking = tuple(one for one in taking if one not in keyless)
    ends = began + said.limits.seconds
    keys = environment.keys(said, environ)
    backends = adapters.backends(replace(said, endpoints=taking), keys, ends)
    readers: list[Reader] = []
    notices: list[str] = []
    for reader, traits in described(backends, ends, ledger):
        why = refused(reader.endpoint, policy, traits, in_ci=in_ci)
        if not why:
            readers.append(reader)
        notices += [f"{reader.endpoint.name} is not used: {why}"] if why else _told(reader.endpoint, traits)
    count = counting.count(exact=said.limits.exact_tokens)
    return Models(tuple(readers), ledger, ends, said.limits, count, (*allowed.notices, *left_out, *notices))


def _told(endpoint: Endpoint, traits: Traits | None) -> Iterator[str]:
    """What a reader of the review should know of a model."""
    if traits is not None and traits.deprecation:
        retirement = visible(clipped(traits.deprecation, 100))
        yield f"{endpoint.name}: {visible(clipped(endpoint.model, 100))} will be retired: {retirement}"


def windows(said: Operator) -> Windows:
    """The windows of each label's models, as far as they are known without asking: what `plan` goes by."""
    smallest = routing.windows([completed(endpoint) for endpoint in said.endpoints])
    return Windows(smallest, counting.count(exact=said.limits.exact_tokens), LOCAL_WINDOW)


def started() -> float:
    """When a run begins, as `time.monotonic()` reads."""
    return time.monotonic()
