"""A change of a real repository, told on a forge as a run tells it; and where its comments have to be."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from reviewbot import git, pipeline
from reviewbot.cli import posting
from reviewbot.cli.forges import Sink, Venue
from reviewbot.cli.ledgers import RunLedger
from reviewbot.core.commands import is_command
from reviewbot.core.comment import read
from reviewbot.core.conversation import Changes, Comment, Conversation, Posted, Service, Verdict
from reviewbot.core.diff import FileDiff, Line, Side
from reviewbot.core.findings import Finding
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report, assemble
from reviewbot.core.style import ReviewStyle
from reviewbot.core.threads import remember
from reviewbot.forges import local
from reviewbot.forges.attempts import Attempts
from reviewbot.forges.github import GitHub
from reviewbot.forges.gitlab import GitLab
from reviewbot.pipeline import Plan
from reviewbot.ports import Forge
from tests.contract.remarked import Drawn, findings
from tests.repositories import Work
from tests.servers import github, gitlab
from tests.servers.gitlab import suggestions

SERVICES: tuple[Service, ...] = ("github", "gitlab")
#: Every finding that can be is told at its lines.
POLICY = Policy((), Label.INTERNAL, "base", "ab" * 32, review=ReviewStyle(max_comments=1000))
KEY = b"a key of the operator's"
#: Path, side, last line and first line (None where it is the same).
At = tuple[str, str, int, int | None]


@dataclass
class Heard:
    """A forge, and what was said on it. Satisfies ports.Forge."""

    forge: Forge
    comments: tuple[Comment, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""

    def load(self, is_command: Callable[[str], bool], people: Collection[str] = ()) -> Conversation:
        return self.forge.load(is_command)

    def post(self, changes: Changes) -> Posted:
        posted = self.forge.post(changes)
        self.comments, self.refused = changes.comments, posted.refused
        return posted

    def conclude(self, summary: str, note: str, verdict: Verdict) -> Posted:
        self.summary = summary
        return self.forge.conclude(summary, note, verdict)


@dataclass(frozen=True)
class Told:
    """What became of a report on one forge. Whatever is by name is by the id of a finding."""

    service: Service
    pull: PullRequest
    report: Report
    outcome: str
    heard: Heard
    #: Where each thread is, and its text.
    threads: Mapping[str, At]
    bodies: Mapping[str, str]
    #: What broke the forge's contract; on GitLab, commands that ran, drafts that were lost and that were left.
    broken: tuple[object, ...]
    server: Any
    #: Paths of files that a forge pairs with others than git does here: it looks for renames alone, we for copies too.
    contested: frozenset[str]

    CLEAN: ClassVar[tuple[object, ...]] = ([], [], [], [])

    @property
    def comments(self) -> tuple[Comment, ...]:
        return self.heard.comments

    @property
    def refused(self) -> Mapping[str, str]:
        return dict(self.heard.refused)

    @property
    def summary(self) -> str:
        return self.heard.summary

    @property
    def wanted(self) -> dict[str, At]:
        """Where each comment has to be, by the change itself."""
        found = {finding.id: finding for finding in self.report.findings}
        return {name: wanted(self.service, found[name], self.pull) for name in self.threads}

    @property
    def placeable(self) -> set[str]:
        """Those that every forge shows, whatever it makes of copies and of files that became another kind of file."""
        return {one.id for one in self.report.findings
                if one.location.path not in self.contested and _is_placeable(one, self.pull)}  # fmt: skip


def telling(work: Work, one: Drawn) -> Iterator[Told]:
    """The change and what is said of it, on each forge."""
    one.change.push(work)
    with git.opened(work.path) as repo:
        pull = local.load(repo, "main", "feature")
    plan = pipeline.planned(pull, POLICY, checks=())
    report = assemble(pull, POLICY, plan.files, findings(pull, one.picks), None)
    contested = _contested(work, pull)
    for service in SERVICES:
        yield _told(service, work, pull, plan, report, contested)


def _contested(work: Work, pull: PullRequest) -> frozenset[str]:
    raw = work.git("diff-tree", "-r", "-z", "--raw", "-M", pull.base_sha, pull.head_sha)
    fields = iter(raw.split("\0")[:-1])
    pairs = set()
    for meta in fields:
        status, old = meta.split(" ")[-1][0], next(fields)
        pairs.add((old if status in "RMTD" else "", next(fields) if status == "R" else "" if status == "D" else old))
    ours = {("" if file.change in ("added", "copied") else file.old_path, "" if file.change == "deleted" else file.path)
            for file in pull.files}  # fmt: skip
    return frozenset(path for pair in pairs ^ ours for path in pair)


def _told(service: Service, work: Work, pull: PullRequest, plan: Plan, report: Report,
          contested: frozenset[str]) -> Told:  # fmt: skip
    serving = github.serving if service == "github" else gitlab.serving
    with serving(work.path) as server:
        place, ends = server.place, time.monotonic() + 60
        sink = Sink(place, RunLedger())
        forge: Forge = (
            GitHub(place, server.token, sink, ends, _never) if service == "github"
            else GitLab(place, server.token, sink, ends, Attempts(ends, sleep=_never))
        )  # fmt: skip
        heard = Heard(forge)
        conversation = heard.load(is_command)
        venue = Venue(heard, place, sink, conversation, remember(conversation, place, KEY), KEY)
        final, _, outcome = posting.tell(report, plan, heard, place, sink, venue)
        by_id = {}
        for thread in server.threads:
            found = read(thread.body, place, KEY)
            assert found is not None and found[1]
            assert found[0].told[0].id not in by_id
            by_id[found[0].told[0].id] = thread
        broken: tuple[object, ...] = (server.violations, [], [], [])
        if isinstance(server, gitlab.Server):
            broken = (server.violations, server.actions, server.world.lost, server.drafts)
        return Told(
            service, pull, final, outcome, heard,
            {name: (thread.path, thread.side, thread.line or 0, thread.start_line) for name, thread in by_id.items()},
            {name: thread.body for name, thread in by_id.items()}, broken, server, contested,
        )  # fmt: skip


def _never(seconds: float) -> None:
    raise AssertionError(f"something went wrong: {seconds} s are to be waited")


def fences(body: str) -> Iterator[str]:
    """The suggestions in a comment, as CommonMark has it."""
    return (fence.text for fence in suggestions.fences(body))


def wanted(service: Service, finding: Finding, pull: PullRequest) -> At:
    """The lines of a finding, by the first hunk that shows the first of them; that alone if it has not the last."""
    where = finding.location
    file, rows = next(shown(where.path, where.side, where.line, pull))
    numbers = [_number(line, where.side) for line, _ in rows]
    start = numbers.index(where.line)
    end = numbers.index(where.end_line) if where.end_line in numbers else start
    if service == "github":
        line = numbers[end]
        assert line is not None
        return file.path, "RIGHT" if where.side == "new" else "LEFT", line, None if start == end else where.line
    # GitLab shows what both sides have by its number in the new one.
    (last, counters), first = rows[end], rows[start][1]
    at = 0 if last.new is None else 1
    side, path = (("old", file.old_path), ("new", file.path))[at]
    begun = first[at] if start != end and first[at] != counters[at] else None
    return path, side, counters[at], begun


def shown(path: str, side: Side, line: int | None,
          pull: PullRequest) -> Iterator[tuple[FileDiff, list[tuple[Line, tuple[int, int]]]]]:  # fmt: skip
    """The files and hunks that show a line; hunks as lines with what both sides are at. What removes it comes first."""
    found = []
    for file in pull.files:
        for hunk in file.hunks if file.side_path(side) == path else ():
            old, new, rows = hunk.old_start, hunk.new_start, []
            for one in hunk.lines:
                rows.append((one, (old, new)))
                old, new = old + (one.old is not None), new + (one.new is not None)
            for one, _ in rows:
                if line is not None and _number(one, side) == line:
                    found.append((one.mark == " ", file, rows))
    return ((file, rows) for _, file, rows in sorted(found, key=lambda each: each[0]))


def _number(line: Line, side: Side) -> int | None:
    return line.new if side == "new" else line.old


def _is_placeable(finding: Finding, pull: PullRequest) -> bool:
    where = finding.location
    files = [file for file in pull.files if file.side_path(where.side) == where.path]
    changes = [file.change for file in files]
    known = where.side == "new" or changes == ["modified"]
    if changes in (["deleted"], ["renamed"]):
        known = not any(file.change == "copied" and not file.hunks for file in pull.files)
    utf8 = not any("\udc80" <= sign <= "\udcff" for file in files for sign in file.path + file.old_path)
    return known and utf8 and any(shown(where.path, where.side, where.line, pull))
