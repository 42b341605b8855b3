"""The ledger of a command: opened before anything can leave, ended with the run's totals, signed where asked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from reviewbot.cli import ledgers
from reviewbot.cli.environment import fingerprint_key
from reviewbot.cli.reports import written
from reviewbot.core.answers import Answers
from reviewbot.core.report import Record, Report
from reviewbot.errors import NotReviewedError, UsageError
from reviewbot.pipeline.concluding import withheld
from reviewbot.pipeline.planning import Plan


@contextmanager
def opened(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Iterator[ledgers.RunLedger]:
    """The ledger that the command line names, else one without a file. Raises UsageError."""
    if arguments.sign_key and not arguments.ledger:
        raise UsageError("--sign-key: without --ledger there is nothing to sign")
    if arguments.sign_key:
        from reviewbot.cli import signing

        signing.sign(signing.Attested("0" * 64), signing.key_at(arguments.sign_key, environ))
    with ledgers.opened(arguments.ledger, fingerprint_key(environ)) as ledger:
        yield ledger


def told(ledger: ledgers.RunLedger, status: str) -> None:
    """End the run that told a report. Raises LedgerError."""
    ledger.end(seen=0, reviewed=0, withheld=0, status=status)


def ended(report: Report, plan: Plan, parts: Sequence[Answers], ledger: ledgers.RunLedger,
          arguments: argparse.Namespace, environ: Mapping[str, str]) -> Report:  # fmt: skip
    """The report with the head of its ledger, whose run is over. Raises LedgerError."""
    reviewed = sum(file.outcome == "reviewed" for file in report.files)
    ledger.end(seen=len(report.files), reviewed=reviewed, withheld=withheld(plan, parts), status=report.status)
    if arguments.sign_key:
        from reviewbot.cli import signing

        said = signing.Attested(ledger.head, report.head_sha, ledger.entries, ledger.bytes_out)
        envelope = signing.sign(said, signing.key_at(arguments.sign_key, environ))
        if problem := written(f"{arguments.ledger}.sig", envelope):
            raise NotReviewedError(problem)
    return replace(report, ledger=Record(arguments.ledger or "", ledger.entries, ledger.head))
