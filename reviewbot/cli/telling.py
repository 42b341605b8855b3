"""When a report is told on a forge, and what is said of it here. A forge's adapter is imported only where one is."""

from __future__ import annotations

from dataclasses import dataclass

from reviewbot.cli import records
from reviewbot.cli.forges import Venue
from reviewbot.cli.ledgers import RunLedger
from reviewbot.cli.progress import stage
from reviewbot.core.report import Report
from reviewbot.pipeline import Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report with where each finding is told, lines for the log, and whether the forge lost any of it."""

    report: Report
    notices: tuple[str, ...] = ()
    lost: bool = False


def told(report: Report, plan: Plan, venue: Venue, ledger: RunLedger) -> Outcome:
    """Tell it where this run can; its bytes are a run of their own in the ledger. Raises LedgerError."""
    if venue.forge is None or venue.place is None or venue.sink is None:
        return Outcome(report, venue.notices, venue.lost)
    from reviewbot.cli import posting

    venue.sink.ledger = ledger.following()
    with stage("posting"):
        final, notices, outcome = posting.tell(report, plan, venue.forge, venue.place, venue.sink, venue)
    records.told(venue.sink.ledger, outcome)
    return Outcome(final, (*venue.notices, *notices), outcome == "failed")
