"""The end of a run: the report is told on a forge, where there is one, and then written and printed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewbot.cli import records, reports
from reviewbot.cli.forges import Venue
from reviewbot.cli.ledgers import RunLedger
from reviewbot.cli.progress import stage
from reviewbot.core.report import Report
from reviewbot.formats import Render
from reviewbot.pipeline import Plan


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The report with where each finding is told, lines for the log, and whether the forge lost any of it."""

    report: Report
    notices: tuple[str, ...] = ()
    lost: bool = False


def finished(report: Report, plan: Plan, venue: Venue, ledger: RunLedger, outputs: Sequence[tuple[str, Render]],
             environ: Mapping[str, str], *, whole: bool) -> int:  # fmt: skip
    """Tell the report, write it, print it; the exit code of the run. Raises LedgerError, with the reports written."""
    outcome = _Outcome(report, ("The review could not be told.",), lost=True)
    try:
        outcome = _told(report, plan, venue, ledger)
    finally:  # Whatever a forge does.
        code = reports.publish(outcome.report, outputs, environ, whole=whole, notices=outcome.notices,
                               lost=outcome.lost)  # fmt: skip
    return code


def _told(report: Report, plan: Plan, venue: Venue, ledger: RunLedger) -> _Outcome:
    """Tell it where this run can; its bytes are a run of their own in the ledger. Raises LedgerError."""
    if venue.forge is None or venue.place is None or venue.sink is None:
        return _Outcome(report, venue.notices, venue.lost)
    from reviewbot.cli import posting

    venue.sink.ledger = ledger.following()
    with stage("posting"):
        final, notices, outcome = posting.tell(report, plan, venue.forge, venue.place, venue.sink, venue)
    records.told(venue.sink.ledger, outcome)
    return _Outcome(final, (*venue.notices, *notices), outcome == "failed")
