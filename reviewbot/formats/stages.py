"""What a test scaffold has passed, in words of ours: every format says the same."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.core.drafts import OURS, Drafts, Scaffold, Stages
from reviewbot.core.summary import counted

#: What a stage that was not passed says of the scaffold.
FAILURES = {"parsed": "does not parse", "collected": "is not collected", "ran": "fails when it is run three times",
            "killed": "passes on a changed target too"}  # fmt: skip


def outcome(stages: Stages) -> str:
    """The stage that failed first, else what was passed and what nobody has tried."""
    if stages.failed:
        return FAILURES[stages.failed]
    passed = ["collected" if stages.collected else "parsed"]
    passed += ["ran 3 times"] if stages.ran else []
    passed += ["fails on a changed target"] if stages.killed else []
    untried = "" if stages.killed else "; not tried on a changed target" if stages.ran else "; not run"
    return ", ".join(passed) + untried


def tried(stages: Stages) -> tuple[tuple[str, bool | None], ...]:
    """Each stage by its name, in the order in which they are tried."""
    return (("parsed", stages.parsed), ("collected", stages.collected), ("ran", stages.ran), ("killed", stages.killed))


def unwritten(scaffold: Scaffold) -> str:
    """The expectations that are left to a human, "" for none."""
    return f"{counted(scaffold.unwritten, 'expectation')} to be written" if scaffold.unwritten else ""


def tally(drafts: Drafts) -> Iterator[str]:
    """How much is offered, by kind."""
    if drafts.message:
        yield "a commit message"
    if drafts.rewordings:
        yield f"better messages for {counted(len(drafts.rewordings), 'commit')}"
    if drafts.scaffolds:
        failed = sum(bool(one.stages.failed) for one in drafts.scaffolds)
        more = f", {failed:,} of which failed a stage" if failed else ""
        yield f"{counted(len(drafts.scaffolds), 'test scaffold')}{more}"
    if drafts.refused:
        yield f"no test scaffold for {counted(len(drafts.refused), 'target')}"


def is_by_model(drafts: Drafts) -> bool:
    """Whether a model had a part in anything that is shown of them."""
    shown = [drafts.message.origin] if drafts.message else []
    shown += [one.message.origin for one in drafts.rewordings]
    return any(origin != OURS for origin in (*shown, *(one.origin for one in drafts.scaffolds)))
