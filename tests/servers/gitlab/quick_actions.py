"""What GitLab would execute of a text: lines that begin with a slash and the name of a command.

Three generations of its extractor are in use, and all are asked. The first looks at the text alone and passes over four
ways of quoting: a fence of three backticks to a line of exactly three, code between backticks that closes at the end of
a line, an element whose tags have lines of their own, and `>>>` to `>>>`. What else quotes in Markdown, does not there:
fences of tildes or without an end, HTML comments. The second pairs backticks wherever they are. The third looks at the
paragraphs that Markdown has. All first delete every carriage return.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt

#: Commands on merge requests, of every edition.
COMMANDS = (
    "add_contacts", "add_email", "approve", "assign", "assign_reviewer", "award", "board_move", "cc", "clear_weight",
    "clone", "close", "confidential", "convert_to_ticket", "copy_metadata", "create_merge_request", "done", "draft",
    "due", "duplicate", "epic", "estimate", "estimate_time", "health_status", "internal", "invite_email", "iteration",
    "label", "labels", "lock", "merge", "milestone", "move", "page", "parent_epic", "promote", "promote_to", "ready",
    "react", "reassign", "reassign_reviewer", "rebase", "relabel", "relate", "remove_contacts", "remove_due_date",
    "remove_email", "remove_estimate", "remove_iteration", "remove_label", "remove_milestone", "remove_parent_epic",
    "remove_time_spent", "reopen", "request_changes", "request_review", "reviewer", "set_parent", "ship", "shrug",
    "spend", "spend_time", "spent", "submit_review", "subscribe", "tableflip", "tag", "target_branch", "time_estimate",
    "timeline", "title", "todo", "type", "unapprove", "unassign", "unassign_reviewer", "unlabel", "unlink", "unlock",
    "unsubscribe", "weight", "wip", "zoom",
)  # fmt: skip
_COMMAND = r"^/(?P<name>{})(?:[ ](?P<argument>[^\n]*))?(?:\s*\n|$)".format("|".join(COMMANDS))
_ELEMENT = r"^<[^>]+?>\n.+?\n</[^>]+?>$"
_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.ASCII
#: Quotes first: what they cover is passed over.
_IN_TEXT = re.compile(rf"^```.+?\n```$|^.*`\n*.+?\n*`$|{_ELEMENT}|^>>>.+?\n>>>$|{_COMMAND}", _FLAGS)
_IN_PAIRED = re.compile(rf"^```.+?\n```$|`\n*.+?\n*`|{_ELEMENT}|^>>>.+?\n>>>$|{_COMMAND}", _FLAGS)
_IN_PARAGRAPHS = re.compile(rf"`.+?`|{_ELEMENT}|{_COMMAND}", _FLAGS)
_ALONE = re.compile(_COMMAND, _FLAGS)
#: Characters up to which quotes are looked for; in a longer text each command runs. Backtracking takes too long there.
MAX_QUOTED = 2000
_MARKDOWN = MarkdownIt("commonmark").enable(["table"])


@dataclass(frozen=True)
class Action:
    """A command that ran."""

    name: str
    argument: str = ""


def extract(body: str) -> tuple[str, list[Action]]:
    """The text that is kept, and every action that any generation finds."""
    text = body.replace("\r", "")
    found: list[Action] = []
    if _ALONE.search(text) is None:
        return text.rstrip(), found
    if len(text) > MAX_QUOTED:
        return _without(_ALONE, text, found).rstrip(), found
    kept = _without(_IN_TEXT, text, found)
    _without(_IN_PAIRED, text, found)
    for first, last in _paragraphs(text):
        _without(_IN_PARAGRAPHS, "".join(text.splitlines(keepends=True)[first:last]), found)
    return kept.rstrip(), list(dict.fromkeys(found))


def _without(pattern: re.Pattern[str], text: str, found: list[Action]) -> str:
    def replaced(match: re.Match[str]) -> str:
        if match["name"] is None:
            return match[0]
        found.append(Action(match["name"].lower(), (match["argument"] or "").strip()))
        return ""

    return pattern.sub(replaced, text)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    tokens = _MARKDOWN.parse(text)
    return [
        (token.map[0], token.map[1])
        for token in tokens
        if token.type == "paragraph_open" and token.level == 0 and token.map
    ]
