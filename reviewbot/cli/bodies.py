"""What is said on a forge, made of a report and of what was told before. Values only; posting.py sends it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath

from reviewbot.core import spots
from reviewbot.core.comment import Mark, told, written
from reviewbot.core.conversation import Changes, Comment, Followup, Place, Spot
from reviewbot.core.dismissals import WHOLE, meant_by, names_of, waived
from reviewbot.core.findings import Finding
from reviewbot.core.labels import Label, permits
from reviewbot.core.report import Record, Report
from reviewbot.core.style import Dismissed, is_guarded
from reviewbot.core.summary import homes
from reviewbot.core.threads import Asked, Memory, Reconciled
from reviewbot.formats import comments

#: Answers to commands in one run; findings and materials that a summary remembers.
MOST_ANSWERS, MOST_TOLD, MOST_READ = 10, 200, 2000


@dataclass(frozen=True, slots=True)
class Account:
    """A report as this forge may show it, and what was told there before."""

    shown: Report
    found: Reconciled
    memory: Memory
    place: Place
    key: bytes

    def marked(self, body: str, mark: Mark) -> str:
        line = written(mark, self.place, self.key)
        return f"{body.rstrip()}\n\n{line}" if line else body


def changes(account: Account) -> Changes:
    """One review with what is new, a reply for what is gone or back, and answers to commands."""
    inline = tuple(_comments(account))
    head = account.shown.head_sha
    digest = sha256("\0".join([head, *(comment.id for comment in inline)]).encode()).hexdigest()[:16]
    body = account.marked(comments.review(len(inline), head), Mark("review", of=digest, head_sha=head))
    said = [*_answers(account)]
    return Changes(
        head, body if inline else "", inline,
        (*_followups(account), *(one for one in said if isinstance(one, Followup))),
        tuple(one for one in said if isinstance(one, str)),
    )  # fmt: skip


def _comments(account: Account) -> Iterator[Comment]:
    shown = account.shown
    new = {finding.id for finding in account.found.new}
    titles = {rule.id: rule.title for rule in shown.rules}
    clashing = spots.clashing(finding for finding in shown.findings if finding.id in new)
    places = _places(shown)
    for finding in shown.findings:
        place = places.get(finding.id)
        if finding.id not in new or place is None:
            continue
        text = None if finding.id in clashing else spots.committable(finding, place)
        as_text = finding.suggestion if text is None else None
        body = comments.remark(finding, title_of_rule=titles.get(finding.rule, ""), shown=as_text)
        mark = Mark("finding", (told(finding),), head_sha=shown.head_sha)
        yield Comment(finding.id, place, body, written(mark, account.place, account.key), text)


def _places(report: Report) -> Mapping[str, Spot]:
    """By id of a finding, the lines at which a forge can show it."""
    contested = spots.contested(report.files)
    found = zip(report.findings, homes(report), strict=True)
    places = ((one.id, spots.spot(one, home, contested)) for one, home in found if home and one.posted == "inline")
    return {name: place for name, place in places if place is not None}


def _followups(account: Account) -> Iterator[Followup]:
    head, paths = account.shown.head_sha, {file.path for file in account.shown.files}
    for known in account.found.fixed:
        if known.thread:
            there = known.told.location.path in paths
            fixed = comments.unheard if known.told.is_claim else comments.fixed
            body = fixed(head) if there else comments.gone(head)
            state = Mark("state", of=known.told.id, head_sha=head)
            yield Followup(known.thread, account.marked(body, state), resolve=True)
    for known in account.found.again:
        if known.thread:
            state = Mark("state", of=known.told.id)
            yield Followup(known.thread, account.marked(comments.again(head), state), resolve=False)
    for twin in account.memory.twins:
        state = Mark("state", of=twin.told.id, head_sha=head)
        yield Followup(twin.thread, account.marked(comments.twice(), state), resolve=True)
    yield from _put_aside(account)


def _put_aside(account: Account) -> Iterator[Followup]:
    """The threads of what the policy dismisses by now; what a comment dismisses is answered there."""
    shown, head = account.shown, account.shown.head_sha
    by_comment = waived(shown.dismissed, account.memory, {file.path for file in shown.files})
    for finding in shown.dismissed:
        known = account.found.dismissed.get(finding.id)
        if known and known.thread and not (known.resolved or known.told.fixed or finding.id in by_comment):
            body = comments.dismissed(finding, True, "by the policy of the base branch")
            state = Mark("state", of=known.told.id, head_sha=head)
            yield Followup(known.thread, account.marked(body, state), resolve=True)


def _answers(account: Account) -> Iterator[Followup | str]:
    """A reply to each command that has none yet, in the thread that it is about or stands in."""
    # A draft that this run did not make is answered by the next.
    later = {"review", "message", "scaffold"} - set(account.shown.drafts.tasks)
    waiting = [asked for asked in account.memory.asked if not asked.answered and asked.command.name not in later]
    for asked in waiting[:MOST_ANSWERS]:
        body, thread, resolve = _answer(account, asked)
        head = account.shown.head_sha if resolve else ""
        text = account.marked(body, Mark("answer", of=asked.note, head_sha=head))
        yield Followup(thread, text, resolve) if thread else text


def _answer(account: Account, asked: Asked) -> tuple[str, str, bool | None]:
    name = asked.command.name
    if name == "help":
        return comments.helped(), asked.thread, None
    if name == "full":
        return comments.review(len(account.found.new), account.shown.head_sha), asked.thread, None
    if name in ("message", "scaffold"):
        said = comments.drafted_message if name == "message" else comments.drafted_scaffolds
        return said(account.shown.drafts, account.shown.head_sha), asked.thread, None
    findings = {one.id: one for one in (*account.shown.findings, *account.shown.dismissed)}
    before = {**account.found.before, **account.found.dismissed}
    meant = meant_by(asked, names_of(findings.values(), before))
    if len(meant) != 1:
        why = "the id of more than one finding begins so" if meant else "no finding shown here has that id"
        if name == "dismiss" and 0 < len(asked.command.id) < WHOLE:
            why = f"that takes all {WHOLE} digits of an id"
        return comments.refusal(name, why), asked.thread, None
    finding = findings[meant[0]]
    if name == "explain":
        rule = next((rule for rule in account.shown.rules if rule.id == finding.rule), None)
        return comments.explained(finding, rule, account.shown), asked.thread, None
    if is_guarded(finding.rule):
        why = "a finding of this rule is accepted by the policy of the base branch alone"
        return comments.dismissed(finding, False, why), asked.thread, None
    known = before.get(finding.id)
    thread = known.thread if known is not None and known.thread else asked.thread
    return comments.dismissed(finding, True, asked.command.reason), thread, True if thread else None


def settled(account: Account, refused: Mapping[str, str]) -> Report:
    """The report with where each finding really is told: at its lines only where a thread is."""
    places = _places(account.shown)

    def placed(finding: Finding) -> Finding:
        known = account.found.before.get(finding.id)
        there = finding.id in places and finding.id not in refused if known is None else bool(known.thread)
        return replace(finding, posted="inline" if there else "summary")

    return replace(account.shown, findings=tuple(map(placed, account.shown.findings)))


def named(record: Record | None) -> Record | None:
    """A ledger by its name alone: where a runner keeps its files is nobody's business."""
    names = () if record is None else (PurePath(name).name for name in record.path.split(", "))
    return None if record is None else replace(record, path=", ".join(names))


def memory(account: Account, final: Report, digests: Mapping[str, str], labels: Mapping[str, Label],
           lost: Collection[str] = ()) -> str:  # fmt: skip
    """The mark of the summary: what was found, and what models have read, as much as one line holds.

    `lost` are the ids of findings that the forge failed to take: the next run finds them new, and tells them.

    What is said to be read is not asked about again, so it is said only where all that was found is remembered: claims
    too that have a thread, for somebody may delete it, and dismissed ones, for who dismissed them may take it back.
    """
    found = (*final.findings, *final.dismissed)
    every = [
        told(finding) for finding in found
        if finding.id not in lost and (finding.posted != "inline" or not finding.origin.startswith("check:"))
    ]  # fmt: skip
    here = tuple(every[:MOST_TOLD])
    read: dict[str, list[str]] = {}
    files = sorted(final.files, key=lambda file: file.label)
    known = [file for file in files if file.outcome == "reviewed" and file.path in digests
             and permits(final.comments, labels[file.path])]  # fmt: skip
    for file in known[:MOST_READ] if len(every) <= MOST_TOLD and not lost else ():
        read.setdefault(file.route or "", []).append(digests[file.path])
    kept = {route: tuple(found) for route, found in read.items() if route}
    for mark in (
        Mark("summary", here, head_sha=final.head_sha, read=kept),
        Mark("summary", here, head_sha=final.head_sha),
        Mark("summary", here[: MOST_TOLD // 4], head_sha=final.head_sha),
        Mark("summary", head_sha=final.head_sha),
    ):
        if line := written(mark, account.place, account.key):
            return line
    return ""


def standing(account: Account, refused: Mapping[str, str]) -> comments.Standing:
    """The counts that a summary begins with."""
    found, dismissed = account.found, account.shown.dismissed
    return comments.Standing(len(found.new), found.open, len(found.fixed), len(found.again), len(dismissed), refused,
                             tuple(_learned(account)))  # fmt: skip


def _learned(account: Account) -> Iterator[Dismissed]:
    """Dismissals as entries of a policy; the path of one with a sign that means something there is not one."""
    shown = account.shown
    by = waived(shown.dismissed, account.memory, {file.path for file in shown.files})
    for finding in shown.dismissed:
        path = finding.location.path
        if finding.id in by and not set(path) & set("*?[]\\!# ") and path.isprintable():
            yield Dismissed(finding.rule, (f"/{path}",), by[finding.id].command.reason or "dismissed in a comment")


def origins(changed: Changes) -> Sequence[tuple[str, str]]:
    """What a review is made of, for the ledger: paths and bodies."""
    paths = [(comment.spot.path, comment.body) for comment in changed.comments]
    return [*paths, *(("thread", one.body) for one in changed.followups), *(("answer", one) for one in changed.answers)]
