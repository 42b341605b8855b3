"""What a check says of a file depends on no path that is labelled above the file."""

from __future__ import annotations

from reviewbot import checks, pipeline
from reviewbot.core.diff import FileDiff
from reviewbot.core.pull import PullRequest
from reviewbot.formats import log
from tests.pipeline.runs import POLICY
from tests.readings import diff

LOCK = diff("package-lock.json", '{"a": 1}\n', '{"a": 2}\n')
MANIFEST = diff("ledger/package.json", "{}\n", '{"name": "x"}\n')


def _logged(*files: FileDiff) -> str:
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, files, (*(file.path for file in files), "package.json"))
    return log.render(pipeline.review(pull, POLICY, checks=checks.ALL, guards=checks.GUARDS, fail_on=None))


def test_a_restricted_manifest_that_changes_too_is_told_by_no_finding_on_a_lock_below_it() -> None:
    assert _logged(LOCK, MANIFEST) == _logged(LOCK)
