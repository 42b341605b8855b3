from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.cli.forges import Sink, Venue
from reviewbot.cli.ledgers import LedgerError, RunLedger
from reviewbot.cli.reports import renderers
from reviewbot.cli.telling import finished
from reviewbot.core.conversation import Changes, Posted
from tests.forges.recorder import PLACE, Recorder
from tests.pipeline.runs import run
from tests.readings import diff


class Breaking(Recorder):
    """A forge to which nothing may leave any more: the ledger cannot be written."""

    def post(self, changes: Changes) -> Posted:
        raise LedgerError("ledger.jsonl: cannot be written")


@pytest.mark.parametrize("forge", [Recorder(), Breaking()])
def test_the_reports_are_written_whatever_becomes_of_posting(forge: Recorder, tmp_path: Path) -> None:
    made = run([diff("api/a.py", "a = 1\n", "a = eval(b)\n")], [])
    venue = Venue(forge, PLACE, Sink(PLACE, RunLedger()), forge.load(lambda body: False))
    output = tmp_path / "report.json"
    outputs = renderers([str(output)])
    if isinstance(forge, Breaking):
        with pytest.raises(LedgerError):
            finished(made.report, made.plan, venue, RunLedger(), outputs, {}, whole=False)
    else:
        assert finished(made.report, made.plan, venue, RunLedger(), outputs, {}, whole=False) == made.report.exit_code
    assert '"calls/eval"' in output.read_text()
