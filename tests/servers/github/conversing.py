"""The rules by which somebody says something, whichever API it comes by."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.github.changes import File, Side
from tests.servers.github.contract import Json
from tests.servers.github.values import Identity, Note, Review, Thread
from tests.servers.github.world import World

MAX_BODY = 65_536
TOO_LONG = f"body is too long (maximum is {MAX_BODY} characters)"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a comment cannot be where it is wanted: GitHub words it in two ways, by endpoint."""

    field: str
    #: In the list of sentences that a review gets.
    sentence: str
    #: In the object that a single comment gets.
    message: str


_PATH = Problem("path", "Path could not be resolved", "pull_request_review_thread.path is invalid")
_LINE = Problem("line", "Line could not be resolved", "pull_request_review_thread.line must be part of the diff")
_START = Problem(
    "start_line", "Start line could not be resolved", "pull_request_review_thread.start_line must be part of the diff"
)
_HUNK = Problem(
    "start_line",
    "Pull request review thread start line must be part of the same hunk as the line.",
    "pull_request_review_thread.start_line must be part of the same hunk as the line.",
)
_SIDE = Problem("side", "Side is not one of: LEFT, RIGHT", "pull_request_review_thread.side is invalid")
_ORDER = Problem(
    "start_line",
    "Pull request review thread start line must precede the end line.",
    "pull_request_review_thread.start_line must precede the end line.",
)


def problem_of(file: File | None, wanted: Json) -> Problem | None:
    """What is wrong with the place of a comment, whose members are those of the REST API."""
    if file is None:
        return _PATH
    if wanted.get("subject_type") == "file":
        return None
    line, start = wanted.get("line"), wanted.get("start_line")
    side: Side = wanted.get("side", "RIGHT")
    if not {side, wanted.get("start_side") or side} <= {"LEFT", "RIGHT"}:
        return _SIDE
    place = file.find(line, side) if line is not None else None
    if line is None or place is None:
        return _LINE
    if start is None:
        return None
    start_side: Side = wanted.get("start_side") or side
    if start_side == side and start >= line:
        return _ORDER
    first = file.find(start, start_side)
    if first is None:
        return _START
    if first[0] != place[0]:
        return _HUNK
    return _ORDER if first[1] >= place[1] else None


def file_at(world: World, path: str, commit: str) -> File | None:
    """The file in the change up to a commit of the pull request."""
    merge_base = world.repository.merge_base(world.tips().base, commit)
    return next((file for file in world.repository.change(merge_base, commit) if file.path == path), None)


def is_commit(world: World, commit: str) -> bool:
    """Whether the pull request has that commit now."""
    tips = world.tips()
    return commit == tips.head or commit in world.repository.between(tips.base, tips.head)


def note(world: World, by: Identity | None, body: str, *, prefix: str, review: int = 0) -> Note:
    """A comment, not yet anywhere."""
    number, now = world.next_id(), world.now()
    return Note(number, f"{prefix}_{number}", body, by, now, now, review=review)


def thread(world: World, by: Identity | None, wanted: Json, commit: str, review: int) -> Thread:
    """A thread at a place that was found right, not yet anywhere."""
    file = file_at(world, wanted["path"], commit)
    side: Side = wanted.get("side", "RIGHT")
    file_level = wanted.get("subject_type") == "file"
    line = None if file_level else wanted.get("line")
    root = note(world, by, wanted["body"], prefix="PRRC", review=review)
    return Thread(
        f"PRRT_{root.id}", wanted["path"], side, wanted.get("start_side") or side, line,
        None if file_level else wanted.get("start_line"), commit,
        world.repository.merge_base(world.tips().base, commit), [root],
        excerpt=file.excerpt(line, side) if file and line is not None else "", file_level=file_level,
    )  # fmt: skip


def review(world: World, by: Identity, body: str, state: str, commit: str) -> Review:
    """A review, entered."""
    number = world.next_id()
    given = Review(number, f"PRR_{number}", by, body, state, commit, world.now())
    world.reviews.append(given)
    return given


def begin(world: World, threads: list[Thread]) -> None:
    """Let everybody see threads."""
    world.threads.extend(threads)


def reply(world: World, by: Identity, to: Thread, body: str) -> Note:
    """An answer in a thread: it comes with a review of its own, as on GitHub."""
    own = review(world, by, "", "COMMENTED", to.commit)
    said = note(world, by, body, prefix="PRRC", review=own.id)
    to.notes.append(said)
    return said


def edit(world: World, by: Identity, said: Note, body: str) -> None:
    said.body, said.updated, said.editor = body, world.now(), by
