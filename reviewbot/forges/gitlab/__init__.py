"""GitLab: one merge request, through python-gitlab."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from reviewbot.core.conversation import Changes, Conversation, Note, Outcome, Place, Posted, Verdict
from reviewbot.core.report import Conclusion
from reviewbot.errors import ForgeError
from reviewbot.forges.attempts import Attempts
from reviewbot.forges.failures import RequestError
from reviewbot.forges.gitlab import reading
from reviewbot.forges.gitlab.bodies import commandless, mark_of
from reviewbot.forges.gitlab.calls import Calls, Said
from reviewbot.forges.gitlab.posting import Posting, is_denial
from reviewbot.forges.gitlab.seeing import Sight
from reviewbot.forges.transport import session
from reviewbot.ports import Departing

#: Pages of discussions: who leaves out one says something twice, so more are an error.
_MOST_PAGES = 50
#: Requests of one load: those that ask who may write, and all together, with one page of discussions or a few.
_MOST_ASKED, _MOST_READS = 6, 12
_STATUS, _MOST_DESCRIPTION = "reviewbot", 255
#: GitLab has no state for what needs a human, and none that is neither good nor bad but this one.
_STATES: dict[Conclusion, str] = {
    "success": "success", "failure": "failed", "action_required": "failed", "neutral": "skipped",
}  # fmt: skip


class GitLab:
    """A Forge. The token is one of its own: nobody else speaks as its user."""

    def __init__(self, place: Place, token: str, departing: Departing, ends: float,
                 attempts: Attempts | None = None) -> None:  # fmt: skip
        """`ends` is a reading of `time.monotonic()`: nothing is sent or waited for after it."""
        self._attempts = attempts or Attempts(ends)
        self._calls = Calls(place, token, session(place, token, ends, departing))
        self._number, self._me = place.number, 0
        #: Ids of the notes that were there when it was loaded.
        self._seen: frozenset[str] = frozenset()
        self._drafts: Sequence[reading.Draft] | None = None

    def load(self, is_command: Callable[[str], bool], people: Collection[str] = ()) -> Conversation:
        """Labels are no commands here: GitLab does not tell a pipeline who set one, so `people` are nobody's."""
        try:
            return self._loaded(is_command)
        except RequestError as error:
            problem = f"merge request {self._number} cannot be read: {error}"
            raise ForgeError(problem, denied=is_denial(error), status=error.status) from None

    def _loaded(self, is_command: Callable[[str], bool]) -> Conversation:
        read = self._attempts.read
        self._identify()
        project = read(self._calls.project)
        head = reading.head(read(self._calls.merge_request))
        self._drafts = self._leftovers()
        said, pages = self._discussions()
        talk = reading.talk(said, self._me)
        self._seen = reading.ids(said)
        spoken = sorted((*talk.notes, *(note for thread in talk.threads for note in thread.notes)), key=reading.age)
        writers, notices = self._writers(
            [note for note in spoken if not note.own and is_command(note.body)], talk.people, _MOST_READS - 4 - pages
        )
        return Conversation(
            head_sha=head.sha, base_sha=head.refs.start_sha if head.refs else "", title=head.title,
            visibility=reading.visibility(project), threads=talk.threads, notes=talk.notes, writers=writers,
            notices=notices,
        )  # fmt: skip

    def _identify(self) -> None:
        self._me = self._me or reading.number(self._attempts.read(self._calls.user).get("id"))
        if not self._me:
            raise RequestError("the forge does not say who the token is", "rejected")

    def _leftovers(self) -> Sequence[reading.Draft] | None:
        """The drafts of this user; None where it can have none."""
        try:
            return self._attempts.read(self._sight().drafts)
        except RequestError as error:
            if error.kind == "rejected" and error.status != 401:
                return None
            raise

    def _discussions(self) -> tuple[list[Said], int]:
        """All of them, and on how many pages they were."""
        said: list[Said] = []
        for number in range(1, _MOST_PAGES + 1):
            page = self._attempts.read(partial(self._calls.discussions, number))
            said += page.items
            if not page.more:
                if page.total is not None and len(said) < page.total:
                    raise RequestError("the forge gave fewer discussions than it counts", "rejected")
                return said, number
        raise RequestError("there are more discussions than are read", "rejected")

    def _writers(
        self, commands: Sequence[Note], people: dict[str, int], most: int
    ) -> tuple[frozenset[str], tuple[str, ...]]:
        """Of the authors those who may write, and what could not be asked. The last to speak are asked first."""
        authors = list(dict.fromkeys(note.author for note in reversed(commands) if people.get(note.author)))
        asked, notices = authors[: max(1, min(_MOST_ASKED, most))], []
        if len(asked) < len(authors):
            notices.append("Too many people gave commands: those of the first ones are not followed.")
        writers = set()
        for author in asked:
            user = people[author]
            try:
                if reading.may_write(self._attempts.read(partial(self._calls.member, user)), user):
                    writers.add(author)
            except RequestError as error:
                if error.kind != "rejected" or error.status != 404:
                    notices.append(f"Whether the author of a command may write is not known: {error}.")
        return frozenset(writers), tuple(dict.fromkeys(notices))

    def _sight(self) -> Sight:
        return Sight(self._calls, self._attempts, self._me, self._seen)

    def post(self, changes: Changes) -> Posted:
        try:
            self._identify()
            head = reading.head(self._attempts.read(self._calls.merge_request))
        except RequestError as error:
            return _nothing(changes, str(error), "denied" if is_denial(error) else "failed")
        if head.sha != changes.head_sha:
            return _nothing(changes, "the merge request has a newer head", "moved")
        refs = head.refs if head.refs is not None and head.refs.head_sha == head.sha else None
        return Posting(self._calls, self._attempts, self._sight()).say(changes, refs, self._drafts)

    def conclude(self, summary: str, note: str, verdict: Verdict) -> Posted:
        outcome, notices = self._summarised(commandless(summary), note)
        judged, why = self._judged(verdict)
        return Posted(notices=(*notices, *why), outcome=judged if outcome == "posted" else outcome)

    def _summarised(self, summary: str, note: str) -> tuple[Outcome, tuple[str, ...]]:
        try:
            if not note or not self._edited(note, summary):
                self._identify()
                is_said = partial(self._sight().is_said, mark_of(summary))
                self._attempts.write(partial(self._new, summary), is_said)
        except RequestError as error:
            return "denied" if is_denial(error) else "failed", (f"The summary could not be posted: {error}.",)
        return "posted", ()

    def _edited(self, note: str, summary: str) -> bool:
        """Whether the note is there."""
        try:
            self._attempts.read(partial(self._calls.edit, note, summary))
        except RequestError as error:
            if error.kind == "rejected" and error.status == 404:
                return False
            raise
        return True

    def _new(self, summary: str) -> bool:
        self._calls.say(summary)
        return True

    def _judged(self, verdict: Verdict) -> tuple[Outcome, tuple[str, ...]]:
        """What came of the status: one that an earlier run has set would stay, and may be greener."""
        state, title = _STATES[verdict.conclusion], " ".join(verdict.title.split())[:_MOST_DESCRIPTION]
        set_status = partial(self._calls.set_status, verdict.head_sha, state, _STATUS, title)
        try:
            # To set it once more changes nothing.
            self._attempts.read(set_status)
        except RequestError as error:
            if error.status != 400 or not self._has(verdict.head_sha, state):
                return "posted" if is_denial(error) else "failed", (f"The status could not be set: {error}.",)
        return "posted", ()

    def _has(self, sha: str, state: str) -> bool:
        """Whether the head has this status already: GitLab refuses to go from a state to the same."""
        try:
            page = self._attempts.read(partial(self._calls.statuses, sha, _STATUS))
        except RequestError:
            return False
        return any(each.get("name") == _STATUS and each.get("status") == state for each in page.items)


def _nothing(changes: Changes, reason: str, outcome: Outcome) -> Posted:
    rest = bool(changes.body) + len(changes.followups) + len(changes.answers)
    notices = (f"Nothing was posted: {reason}.",) if rest or not changes.comments else ()
    return Posted({comment.id: reason for comment in changes.comments}, notices, outcome)
