"""What the bot says on a forge, in Markdown: remarks at lines, replies, answers, and the summary of a review.

What a model or an author wrote goes through `core.markup` and stands there as words and code. No text holds anything
that could be taken for one of the bot's own marks, and none is longer than a forge takes.
"""

from __future__ import annotations

from dataclasses import replace

from reviewbot.core import summary as facts
from reviewbot.core.conversation import MAX_BODY
from reviewbot.core.drafts import Drafts
from reviewbot.core.findings import Finding, Rule
from reviewbot.core.markup import brief, code
from reviewbot.core.report import Report
from reviewbot.core.style import is_guarded
from reviewbot.formats.comments.pieces import place, quote, snippet, written
from reviewbot.formats.comments.sticky import Standing, summary
from reviewbot.formats.markdown.drafts import messages_only, scaffolds_only
from reviewbot.formats.markdown.pieces import unmarked

__all__ = ["Standing", "again", "dismissed", "drafted_message", "drafted_scaffolds", "explained", "fixed", "gone",
           "helped", "refusal", "remark", "review", "summary", "twice", "unheard"]  # fmt: skip

#: The same for an id that nobody knows and for one of what may not be shown here.
UNKNOWN = "No finding of this id is shown here.\n"
#: What stands above and below of an answer, in characters.
HEADING = 500


def remark(finding: Finding, *, title_of_rule: str = "", shown: str | None = None) -> str:
    """The comment at the lines of a finding, without them and without what a forge offers to commit.

    `shown` is a suggestion that nobody can commit with a click: it stands in the comment, as a diff.
    """
    titled = replace(finding, title=finding.title or title_of_rule)
    return written("remark", finding=titled, suggestion=snippet(shown), by_comment=not is_guarded(finding.rule))


def review(new: int, head_sha: str) -> str:
    """The line above the comments of one review."""
    found = facts.counted(new, "new finding") if new else "No new findings"
    return f"{found} at {_commit(head_sha)}; the summary comment has the rest.\n"


def fixed(head_sha: str) -> str:
    return f"Fixed at {_commit(head_sha)}.\n"


def unheard(head_sha: str) -> str:
    """Of what a model said: that it does not say it again proves no more than that."""
    return f"No longer reported at {_commit(head_sha)}: its lines have changed.\n"


def again(head_sha: str) -> str:
    return f"Back at {_commit(head_sha)}.\n"


def twice() -> str:
    return "Told twice: the first thread about it goes on.\n"


def gone(head_sha: str) -> str:
    return f"At {_commit(head_sha)} these lines are no longer part of the change.\n"


def dismissed(finding: Finding | None, ok: bool, why: str) -> str:
    """The answer to a dismissal; `why` is the reason that was given for it, or that it is refused for."""
    reason = brief(why, 60, 400)
    if finding is None:
        return unmarked(f"Not dismissed: {reason}\n") if reason else UNKNOWN
    name = f"{brief(finding.title, 30, 200) or 'untitled'} ({code(finding.id)})"
    return unmarked(f"{'Dismissed' if ok else 'Not dismissed'}: {name}{f': {reason}' if reason else ''}\n")


def explained(finding: Finding | None, rule: Rule | None, report: Report) -> str:
    """More about one finding, a dismissed one too, if the forge may show it."""
    shown = facts.published(report)
    shown = replace(shown, findings=(*shown.findings, *shown.dismissed))
    homes = zip(shown.findings, facts.homes(shown), strict=True)
    found = next(((item, home) for item, home in homes if finding is not None and item.id == finding.id), None)
    if found is None:
        return UNKNOWN
    item, home = found
    return written(
        "explained", finding=item, rule=rule, gate=shown.gate, file=home, place=place(item),
        quote=quote(facts.signs(shown), item), suggestion=snippet(item.suggestion),
        by_comment=not is_guarded(item.rule),
    )  # fmt: skip


def drafted_message(drafts: Drafts, head_sha: str) -> str:
    """The answer to a call for a commit message; the drafts are those that may be shown here."""
    text = messages_only(drafts, MAX_BODY - HEADING)
    return _offered(text, head_sha) if text else f"No commit message to suggest at {_commit(head_sha)}.\n"


def drafted_scaffolds(drafts: Drafts, head_sha: str) -> str:
    """The answer to a call for tests; the drafts are those that may be shown here."""
    text = scaffolds_only(drafts, MAX_BODY - HEADING)
    if drafts.scaffolds:
        return _offered(text, head_sha)
    nothing = f"No tests to suggest at {_commit(head_sha)}.\n"
    return unmarked(f"{nothing}\n{text}\n") if text else nothing


def _offered(text: str, head_sha: str) -> str:
    return unmarked(f"Suggested at {_commit(head_sha)}:\n\n{text}\n")


def helped() -> str:
    """The answer to a call for help."""
    return written("help")


def refusal(command: str, why: str) -> str:
    """Why a command is not followed."""
    return unmarked(f"{code(command[:60]) or 'This'} is not done: {brief(why, 60, 400) or 'no reason given'}\n")


def _commit(sha: str) -> str:
    return unmarked(code(sha[:10])) or "this commit"
