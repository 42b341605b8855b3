"""Telling a report on its forge: what is new as one review, what is gone in its thread, the rest in one summary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cli import bodies
from reviewbot.cli.forges import Sink, Venue
from reviewbot.core.conversation import Changes, Outcome, Place, Posted, Verdict
from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import join, permits
from reviewbot.core.report import Report
from reviewbot.core.summary import LOG, counted, found, published, verdict
from reviewbot.core.threads import reconcile
from reviewbot.formats import comments
from reviewbot.pipeline import Plan
from reviewbot.ports import Forge

#: Characters of the summary with its mark: GitHub takes 65,536.
_ROOM = 65_000
_MOVED = "The head of the pull request is another commit: nothing is posted for this one."


def tell(report: Report, plan: Plan, forge: Forge, place: Place, sink: Sink,
         venue: Venue) -> tuple[Report, tuple[str, ...], Outcome]:  # fmt: skip
    """The report with where each finding is told, what there is to say of it, and what became of it all.

    Nothing found is lost: what the forge refuses at its lines is in the summary, and the report has everything.
    """
    shown = published(report)
    found_again = reconcile(shown, venue.memory, {file.path for file in plan.files})
    account = bodies.Account(shown, found_again, venue.memory, place, venue.key)
    sink.label = join(*(file.label for file in shown.files), *(finding.label for finding in shown.findings))
    posted = _posted(forge, sink, bodies.changes(account))
    if posted.outcome == "moved":
        return report, (_MOVED,), "moved"
    final = bodies.settled(account, posted.refused)
    there = {finding.id: finding.posted for finding in final.findings}
    told = replace(
        report, findings=tuple(replace(one, posted=there.get(one.id, one.posted)) for one in report.findings)
    )
    lost = posted.refused if posted.outcome == "failed" else ()
    mark = bodies.memory(account, final, plan.digests, plan.labels, lost)
    text = comments.summary(replace(told, ledger=bodies.named(report.ledger)),
                            bodies.standing(account, posted.refused), room=_ROOM - len(mark))  # fmt: skip
    last = _concluded(forge, sink, final, venue.memory.summary, text, mark)
    outcomes = (posted.outcome, last.outcome)
    outcome: Outcome = "failed" if "failed" in outcomes else "denied" if "denied" in outcomes else "posted"
    # What no forge has at its lines is annotated in the log, as far as it may show it.
    return (told if outcome == "posted" else report), (*_said(posted, last, final), *last.notices), outcome


def _posted(forge: Forge, sink: Sink, changes: Changes) -> Posted:
    """Posting tells whether the head has moved, so it is asked even where there is nothing new to say."""
    sink.status = "review"
    sink.inputs = tuple(Excerpt(text, sink.label, origin) for origin, text in bodies.origins(changes))
    return forge.post(changes)


def _concluded(forge: Forge, sink: Sink, final: Report, note: str, text: str, mark: str) -> Posted:
    sink.status, sink.inputs = "summary", (Excerpt(text, sink.label, "summary"),)
    title = f"{verdict(final)}; {found(final.findings)}"
    whole = f"{text.rstrip()}\n\n{mark}" if mark else text
    return forge.conclude(whole, note, Verdict(final.head_sha, final.conclusion, title))


def _said(posted: Posted, last: Posted, final: Report) -> Iterator[str]:
    """For a log: of what is above that not even how many there are."""
    refused = sum(one.id in posted.refused and permits(LOG, one.label) for one in final.findings)
    if refused:
        there = "; the summary has the reasons" if last.outcome == "posted" else ""
        yield f"Not placed at its lines: {counted(refused, 'comment')}{there}."
    yield from posted.notices
