"""A forge in memory: what is posted is what is there the next time. It refuses nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from reviewbot.core.conversation import Changes, Conversation, Note, Place, Posted, Thread, Verdict, Visibility

PLACE = Place("github", "https://forge.example", "acme/shop", 7)


@dataclass
class Recorder:
    """Satisfies ports.Forge."""

    visibility: Visibility = "private"
    changes: list[Changes] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    writers: frozenset[str] = frozenset({"ada"})

    def load(self, is_command: Callable[[str], bool], people: Collection[str] = ()) -> Conversation:
        return Conversation("b" * 40, "a" * 40, "A change", self.visibility, tuple(self.threads), tuple(self.notes),
                            self.writers)  # fmt: skip

    def post(self, changes: Changes) -> Posted:
        self.changes.append(changes)
        for comment in changes.comments:
            note = self._note(f"{comment.body}\n\n{comment.mark}")
            self.threads.append(Thread(f"thread {note.id}", (note,)))
        for one in changes.followups:
            self.threads = [
                replace(thread, notes=(*thread.notes, self._note(one.body)),
                        resolved=thread.resolved if one.resolve is None else one.resolve)
                if thread.id == one.thread else thread
                for thread in self.threads
            ]  # fmt: skip
        self.notes += [self._note(answer) for answer in changes.answers]
        return Posted()

    def conclude(self, summary: str, note: str, verdict: Verdict) -> Posted:
        self.summaries.append(summary)
        self.verdicts.append(verdict)
        if note:
            self.notes = [replace(one, body=summary) if one.id == note else one for one in self.notes]
        else:
            self.notes.append(self._note(summary))
        return Posted()

    def say(self, author: str, body: str, thread: Thread | None = None) -> None:
        note = Note(f"said {len(self.notes)} {len(self.threads)}", body, author)
        if thread is None:
            self.notes.append(note)
        else:
            self.threads = [replace(one, notes=(*one.notes, note)) if one.id == thread.id else one
                            for one in self.threads]  # fmt: skip

    def _note(self, body: str) -> Note:
        made = sum(len(thread.notes) for thread in self.threads) + len(self.notes)
        return Note(f"own {made}", body, "reviewbot", own=True)
