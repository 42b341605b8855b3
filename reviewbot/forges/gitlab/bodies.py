"""What is said on GitLab, and where: composed bodies and the positions of threads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1

from reviewbot.core.conversation import Comment, Spot

#: What GitLab may run as a command when somebody says it, in fences and hidden comments too. It takes carriage
#: returns out before it looks.
_COMMAND = re.compile(r"^(\r*)/(?=\r*[a-z])", re.IGNORECASE | re.MULTILINE)
_TICKS = re.compile("`+")
#: Lines above the one of the comment that a suggestion may replace.
_MOST_ABOVE = 100
_MARK = re.compile(r"<!-- reviewbot:\S.*-->", re.ASCII)


@dataclass(frozen=True, slots=True)
class Refs:
    """The version of a merge request that positions are in."""

    base_sha: str
    start_sha: str
    head_sha: str


def commandless(body: str) -> str:
    """The text without anything that GitLab could run: a character that nobody sees comes before the slash."""
    return _COMMAND.sub("\\1\u200b/", body)


def composed(comment: Comment) -> str:
    """The body, the suggestion, the mark. A suggestion in which GitLab could find a command is left out."""
    fence = _fence(comment)
    kept = fence and not _COMMAND.search(fence)
    return "\n\n".join(filter(None, (commandless(comment.body), fence if kept else "", commandless(comment.mark))))


def _fence(comment: Comment) -> str:
    """The suggestion for the lines of the spot, "" where there is none or GitLab takes none."""
    first, last = comment.spot.lines
    above = last - first
    if comment.suggestion is None or comment.spot.side == "old" or not 0 <= above <= _MOST_ABOVE:
        return ""
    ticks = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(comment.suggestion)), 3)
    text = f"{comment.suggestion}\n" if comment.suggestion else ""
    return f"{ticks}suggestion:-{above}+0\n{text}{ticks}"


def mark_of(body: str) -> str:
    """The last line: by it a body is known again on the forge."""
    return body.rstrip().rpartition("\n")[2].strip()


def is_marked(body: str) -> bool:
    """Whether it ends in a mark as this bot sets them. Who wrote it is not asked here."""
    return _MARK.fullmatch(mark_of(body)) is not None


def position(spot: Spot, refs: Refs) -> Mapping[str, object]:
    """Where a thread is. An added line has its new number only, a removed one its old, one of the context both."""
    old_path, new_path = spot.old_path or spot.path, spot.path or spot.old_path
    lines = zip(("old_line", "new_line"), spot.end, strict=True)
    placed: dict[str, object] = {
        "position_type": "text", "base_sha": refs.base_sha, "start_sha": refs.start_sha, "head_sha": refs.head_sha,
        "old_path": old_path, "new_path": new_path, **{name: line for name, line in lines if line is not None},
    }  # fmt: skip
    if spot.start != spot.end and spot.counts is not None:
        # Nothing else in it: draft notes do not take line numbers there.
        digest = sha1(new_path.encode(errors="replace"), usedforsecurity=False).hexdigest()
        ends = zip(("start", "end"), (spot.start, spot.end), spot.counts, strict=True)
        placed["line_range"] = {
            name: {"line_code": f"{digest}_{old}_{new}", "type": "new" if numbers[0] is None else "old"}
            for name, numbers, (old, new) in ends
        }
    return placed
