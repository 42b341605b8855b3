"""`reviewbot message`: a commit message for a range, and better ones for poor commits; or for what is staged."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from reviewbot.cli import models, reports
from reviewbot.cli.drafted import drafted
from reviewbot.cli.environment import in_ci, taken
from reviewbot.core.drafts import Drafts, Message
from reviewbot.core.text import harmless, visible
from reviewbot.errors import NotReviewedError, UsageError

#: Bytes of a message that is there already.
_MOST = 1024 * 1024
#: What may begin git's own comments: `core.commentChar` says, and where that is `auto`, git chooses among these.
_COMMENTS = frozenset("#;@!$%^&|:")
#: What git puts below this is no message either.
_SCISSORS = re.compile(r"^\S -+ >8 -+$", re.MULTILINE)


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    if arguments.staged and (arguments.base or arguments.head):
        raise UsageError("--staged is what is on top of HEAD: without --base and --head")
    if in_ci(environ) and not arguments.write:
        raise UsageError("a message tells of the change, and a build's log is read by many: --write FILE")
    there = ""
    if arguments.write:
        reports.writable([arguments.write])
        there = _there(arguments.write)
    if _is_written(there):
        print(f"{visible(arguments.write)} has a message: left as it is")
        return 0
    began = models.started()
    said = models.operator(arguments, environ)
    if arguments.staged and not arguments.operator:  # a hook: nobody waits for a model that was not asked for
        said = replace(said, endpoints=())
    own = taken(environ)
    report, _ = drafted(arguments, own, said, began)
    message = report.drafts.message
    for notice in report.notices if said.endpoints else ():
        print(f"! {harmless(notice)}", file=sys.stderr)
    if message is None:
        print("nothing changed: no message")
        return report.exit_code
    if arguments.write:
        if problem := reports.written(arguments.write, f"{message.text}{there}"):
            raise NotReviewedError(problem)
        print(f"{visible(arguments.write)}: written by {harmless(message.origin)}, {message.label}")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(message, report.drafts))
    return report.exit_code


def _there(name: str) -> str:
    """What the file holds already. Raises UsageError where that cannot be read."""
    try:
        with open(os.open(name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as stream:  # noqa: PTH123
            text = stream.read(_MOST + 1).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such name"
        raise UsageError(f"{visible(name)}: cannot be read: {reason}") from None
    if len(text) > _MOST:
        raise UsageError(f"{visible(name)}: larger than any message")
    return text


def _is_written(text: str) -> bool:
    """Whether there is more than git's own comments."""
    cut = _SCISSORS.search(text)
    lines = [line for line in text[: cut.start() if cut else len(text)].split("\n") if line.strip()]
    signs = {line[0] for line in lines}
    return len(signs) > 1 or not signs <= _COMMENTS


def _lines(message: Message, drafts: Drafts) -> Iterator[str]:
    """The message as it can be used, and below it what is not part of it."""
    yield from map(harmless, message.text.rstrip("\n").split("\n"))
    if message.notice:
        yield f"\n! {harmless(message.notice)}"
    for one in drafts.rewordings:
        yield f"\n{one.commit[:10]} {harmless(one.subject) or '(no subject)'}: {', '.join(map(harmless, one.problems))}"
        yield from (f"  {harmless(line)}" for line in one.message.text.rstrip("\n").split("\n"))
        yield from (f"  $ {harmless(line)}" for line in one.commands)
