"""What a head is marked with: a check run, or a commit status where the token may make none."""

from __future__ import annotations

import hashlib

from reviewbot.core.conversation import Verdict
from reviewbot.core.report import Conclusion
from reviewbot.forges.failures import RequestError
from reviewbot.forges.github.client import Client
from reviewbot.forges.github.replies import at, text, things
from reviewbot.forges.github.saying import is_denied

NAME = "reviewbot"
#: Bytes that a check run takes as its summary, with room; characters of a title, and of a status.
_SUMMARY, _TITLE, _DESCRIPTION = 65_000, 250, 140
#: A commit status knows no neutral: what was not read is never a success, and waits for somebody who reads it.
_STATES: dict[Conclusion, str] = {
    "success": "success", "failure": "failure", "action_required": "failure", "neutral": "pending",
}  # fmt: skip


def mark(client: Client, summary: str, verdict: Verdict) -> None:
    """RequestError where neither a check run nor a status could be made."""
    try:
        _check(client, summary, verdict)
    except RequestError as error:
        if not is_denied(error):
            raise
        _status(client, verdict)


def _check(client: Client, summary: str, verdict: Verdict) -> None:
    shown = "\n".join(line for line in summary.split("\n") if not line.startswith("<!-- "))
    shown = shown if len(shown.encode("utf-8", "replace")) <= _SUMMARY else verdict.title
    said = "\n".join((verdict.head_sha, verdict.conclusion, verdict.title, shown))
    # The same of what says the same: so that a run which is there is known.
    identity = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    value = {
        "name": NAME, "head_sha": verdict.head_sha, "status": "completed", "conclusion": verdict.conclusion,
        "external_id": identity, "output": {"title": verdict.title[:_TITLE], "summary": shown},
    }  # fmt: skip

    def send() -> bool:
        # Not PyGithub's own: it fails at a run without a suite.
        client.rest("POST", "/check-runs", value)
        return True

    def look() -> bool | None:
        runs = client.rest("GET", f"/commits/{verdict.head_sha}/check-runs", check_name=NAME)
        newest = next(iter(things(runs, "check_runs")), None)
        same = text(newest, "external_id") == identity and at(newest, "conclusion") == verdict.conclusion
        return same or None

    client.attempts.write(send, look)


def _status(client: Client, verdict: Verdict) -> None:
    value = {"state": _STATES[verdict.conclusion], "context": NAME, "description": verdict.title[:_DESCRIPTION]}
    # One more of the same takes the place of the one before.
    client.attempts.read(lambda: client.rest("POST", f"/statuses/{verdict.head_sha}", value))
