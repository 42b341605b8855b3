"""Memory: what was told is known again, nothing is told twice, and nothing is called fixed that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.commands import Command
from reviewbot.core.comment import Mark, Told, told
from reviewbot.core.conversation import Conversation, Note, Place, Thread
from reviewbot.core.findings import Finding, Severity, identify
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.merging import MOST
from reviewbot.core.report import FileReport, Outcome, Report
from reviewbot.core.threads import (
    MAX_COMMANDS,
    Asked,
    Known,
    Memory,
    carried,
    matched,
    reconcile,
    remember,
)
from tests.core.talks import (
    HERE,
    KEY,
    TEXT,
    about,
    added,
    claim,
    known,
    marked,
    note,
    one,
    settled,
    talk,
    thread,
)  # fmt: skip
from tests.formats.samples import RULES, file, report

# What the notes say.


def test_a_conversation_of_people_is_no_memory() -> None:
    assert remember(talk(notes=[note("Fine.", "ada")]), HERE, KEY) == Memory()
    assert remember(Conversation(), HERE, b"") == Memory()


def test_what_a_thread_began_with_is_known_and_whether_somebody_resolved_it() -> None:
    first, second = thread(marked(about(one()))), thread(marked(about(one(line=6))), resolved=True)
    assert remember(talk(first, second), HERE, KEY).known == (
        Known(told(one()), first.id), Known(told(one(line=6)), second.id, resolved=True),
    )  # fmt: skip


def test_the_last_word_on_whether_it_is_there_counts() -> None:
    gone = marked(Mark("state", of=one().id, head_sha="c" * 40))
    back = marked(Mark("state", of=one().id))
    other = marked(Mark("state", of=one(line=9).id, head_sha="d" * 40))
    for later, fixed in (([gone], "c" * 40), ([gone, back], ""), ([gone, back, gone], "c" * 40), ([other], "")):
        memory = remember(talk(thread(marked(about(one())), *later)), HERE, KEY)
        assert [known.told.fixed for known in memory.known] == [fixed]


def test_a_mark_of_anybody_else_is_no_memory() -> None:
    copied = replace(marked(about(one())), own=False, author="eve")
    summary = replace(marked(Mark("summary", (told(one()),), read={"hosted": ("d1",)})), own=False, author="eve")
    state = replace(marked(Mark("state", of=one().id, head_sha="c" * 40)), own=False, author="eve")
    assert remember(talk(thread(copied), notes=[summary]), HERE, KEY) == Memory()
    (only,) = remember(talk(thread(marked(about(one())), state)), HERE, KEY).known
    assert only.told.fixed == ""


def test_what_is_told_twice_is_known_once_with_its_first_thread() -> None:
    first = thread(marked(about(one())))
    summary = marked(Mark("summary", (told(one()), told(one(line=9)))))
    memory = remember(talk(first, thread(marked(about(one()))), notes=[summary]), HERE, KEY)
    assert memory.known == (Known(told(one()), first.id), Known(told(one(line=9))))
    assert memory.summary == summary.id


def summary(digest: str, key: bytes = KEY, place: Place = HERE) -> Note:
    return marked(Mark("summary", read={"hosted": (digest,)}), place, key)


OTHER = replace(HERE, number=8)


@pytest.mark.parametrize(("notes", "key", "read"), [
    ([summary("d1")], KEY, {"d1": "hosted"}),
    # Not signed, signed for another pull request, signed with another key.
    ([summary("d1", b"")], KEY, {}), ([summary("d1", b"")], b"", {}),
    ([summary("d1", KEY, OTHER)], KEY, {}), ([summary("d1", b"x" * 32)], KEY, {}),
    # The newest that is signed, however many are not.
    ([summary("d1"), summary("d2", b"")], KEY, {"d1": "hosted"}),
    ([summary("d1"), summary("d2"), summary("d3", KEY, OTHER)], KEY, {"d2": "hosted"}),
])  # fmt: skip
def test_that_a_model_read_something_is_believed_where_nobody_else_can_have_said_it(
    notes: Sequence[Note], key: bytes, read: dict[str, str]
) -> None:
    assert remember(talk(notes=notes), HERE, key).read == read


def test_who_takes_a_dismissal_back_has_the_claim_back_though_its_line_is_not_in_the_change() -> None:
    """The answer in its thread is still there; the file was read, and nobody is asked about it again."""
    answered = marked(Mark("answer", of="77", head_sha="c" * 40))
    summary = marked(Mark("summary", (told(claim()),), read={"hosted": ("d1",)}))
    memory = remember(talk(thread(marked(about(claim())), answered), notes=[summary]), HERE, KEY)
    assert [one.id for one in carried(memory.known, [added(text="x = 1\n")], (), {"a.py"})] == [claim().id]


def unsigned(mark: Mark) -> Note:
    return marked(mark, key=b"")


@pytest.mark.parametrize("forged", [
    thread(marked(about(claim())), unsigned(Mark("state", of=claim().id, head_sha="c" * 40))),
    thread(unsigned(Mark("finding", (replace(told(claim()), origin="check:calls"),)))),
    thread(unsigned(Mark("finding", (replace(told(claim()), severity=Severity.LOW, lines=("0" * 10,)),)))),
])  # fmt: skip
def test_who_forges_a_mark_of_a_thread_hides_no_claim_of_what_is_not_read_again(forged: Thread) -> None:
    summary = marked(Mark("summary", (told(claim()),), read={"hosted": ("d1",)}))
    memory = remember(talk(forged, notes=[summary]), HERE, KEY)
    assert memory.read == {"d1": "hosted"}
    assert memory.known == (Known(told(claim()), forged.id),)
    # In a file that was read, and whose line is not in any hunk.
    assert [one.id for one in carried(memory.known, [added(text="x = 1\n")], (), {"a.py"})] == [claim().id]


def test_ids_of_threads_and_of_other_comments_may_be_the_same() -> None:
    first, last = marked(about(one())), marked(Mark("summary", (told(one(line=9)),)))
    memory = remember(talk(thread(replace(first, id="5")), notes=[replace(last, id="5")]), HERE, KEY)
    assert [known.told.id for known in memory.known] == [one().id, one(line=9).id]
    assert memory.summary == "5"


# What people ask.

DISMISS = f"/reviewbot dismiss {one().id} known"


def test_a_command_of_who_may_write_is_heard_wherever_it_stands() -> None:
    there = thread(marked(about(one())), note("/reviewbot dismiss so it is", "ada"))
    general = note(DISMISS, "ada")
    memory = remember(talk(there, notes=[general]), HERE, KEY)
    assert memory.asked == (
        Asked(Command("dismiss", one().id, "known"), general.id, "ada"),
        Asked(Command("dismiss", "", "so it is"), there.notes[1].id, "ada", there.id, one().id),
    )
    assert [asked.id for asked in memory.asked] == [one().id, one().id]


@pytest.mark.parametrize("said", [
    note(DISMISS, "eve"), note(DISMISS, ""), note(DISMISS, "ada", edited=True), note(DISMISS, "ada", own=True),
    note(f"> {DISMISS}", "ada"), note(DISMISS, "Ada"), note(DISMISS, "ada[bot]"), note(DISMISS, "bot"),
])  # fmt: skip
def test_a_command_of_anybody_else_an_edited_one_and_a_quoted_one_are_not(said: Note) -> None:
    assert remember(talk(thread(marked(about(one())), said), notes=[said]), HERE, KEY).asked == ()


def test_what_has_an_answer_is_asked_no_more() -> None:
    asked = note("/reviewbot full", "ada")
    assert remember(talk(notes=[asked]), HERE, KEY).wants("full")
    answered = remember(talk(notes=[asked, marked(Mark("answer", of=asked.id))]), HERE, KEY)
    assert not answered.wants("full")
    assert not answered.wants("review")
    forged = replace(marked(Mark("answer", of=asked.id)), own=False, author="eve")
    assert remember(talk(notes=[asked, forged]), HERE, KEY).wants("full")


def test_commands_without_end_are_not_all_heard() -> None:
    notes = [note("/reviewbot help", "ada") for _ in range(MAX_COMMANDS + 5)]
    assert [asked.note for asked in remember(talk(notes=notes), HERE, KEY).asked] == [one.id for one in notes[5:]]


# What is known again.


def test_the_same_finding_is_known_by_its_id_wherever_its_line_is_now() -> None:
    moved = replace(one(), location=replace(one().location, line=500, end_line=500))
    assert matched([moved], known(one()), {"a.py"}) == {one().id: known(one())[0]}


def test_a_finding_is_known_in_a_file_that_moved_and_not_in_one_that_was_added_beside_it() -> None:
    before = known(one("old.py"))
    assert matched([one("new.py")], before, {"new.py"}) == {one("new.py").id: before[0]}
    assert matched([one("new.py")], before, {"new.py", "old.py"}) == {}
    assert matched([one("new.py", line=6)], before, {"new.py"}) == {}
    assert matched([one("new.py", rule="calls/eval")], before, {"new.py"}) == {}


def test_lines_that_say_too_little_are_no_sign_that_a_file_moved() -> None:
    assert matched([one("new.py", quote="}")], known(one("old.py", quote="}")), {"new.py"}) == {}
    assert matched([one("new.py", quote="")], known(one("old.py", quote="")), {"new.py"}) == {}


def test_a_claim_is_known_by_any_of_its_lines_and_a_finding_of_a_check_is_not() -> None:
    before = known(claim(line=5, end=7))
    assert list(matched([claim(line=6)], before, {"a.py"}).values()) == list(before)
    assert matched([claim(line=8)], before, {"a.py"}) == {}
    assert matched([one(line=6)], known(one(line=5, end=7)), {"a.py"}) == {}


def test_of_several_claims_on_a_line_the_one_of_the_same_words_is_the_same() -> None:
    first, second = (replace(claim(title=title), id=id_ * 16) for title, id_ in (("First", "1"), ("Second", "2")))
    said = claim(line=5, end=6, title="Second")
    assert matched([said], known(first, second), {"a.py"})[said.id].told.id == second.id


def test_a_claim_in_other_words_is_the_same_only_where_it_weighs_the_same() -> None:
    def said(severity: Severity, title: str, line: int = 5) -> Finding:
        return replace(claim(line=line, end=6, title=title, severity=severity), id="f" * 16)

    before = known(claim(title="Divides by zero", severity=Severity.CRITICAL))
    for severity in Severity:
        assert len(matched([said(severity, "divides by zero.")], before, {"a.py"})) == 1
        same = severity == Severity.CRITICAL
        assert len(matched([said(severity, "Name is not telling")], before, {"a.py"})) == same


def test_a_claim_of_another_kind_is_the_same_where_its_lines_are() -> None:
    before = known(claim(line=5, end=6, title="Goes wrong"))
    kind = {"title": "Goes wrong", "origin": "hosted"}
    assert len(matched([one(line=5, end=6, rule="model/security", **kind)], before, {"a.py"})) == 1  # type: ignore[arg-type]
    assert matched([one(line=5, rule="model/security", **kind)], before, {"a.py"}) == {}  # type: ignore[arg-type]
    assert matched([one(line=5, end=6, rule="calls/sql")], before, {"a.py"}) == {}


FINDINGS = st.lists(st.builds(
    lambda path, line, model, label, more: (claim if model else one)(path, line, label=label, end=line + more),
    st.sampled_from(("a.py", "b.py", "c.py")), st.integers(1, 8), st.booleans(), st.sampled_from(ASSIGNABLE),
    st.integers(0, 2),
), max_size=8).map(identify)  # fmt: skip
PATHS = st.sets(st.sampled_from(("a.py", "b.py", "c.py")))


@settings(max_examples=300, deadline=None)
@given(FINDINGS, FINDINGS, PATHS)
def test_each_finding_that_was_told_is_at_most_one_of_these(
    now: Sequence[Finding], then: Sequence[Finding], paths: set[str]
) -> None:
    found = matched(now, known(*then), paths)
    assert set(found) <= {each.id for each in now}
    ids = [known.told.id for known in found.values()]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {each.id for each in then}
    assert matched(now[::-1], known(*then), paths) == found, "whatever their order"


@settings(max_examples=300, deadline=None)
@given(FINDINGS, FINDINGS, FINDINGS, PATHS, st.sampled_from(ASSIGNABLE))
def test_how_a_finding_was_told_depends_on_nothing_labelled_above_it(
    now: Sequence[Finding], other: Sequence[Finding], then: Sequence[Finding], paths: set[str], label: Label
) -> None:
    below = [each for each in now if each.label <= label]
    above = [each for each in other if each.label > label]
    for mixed in ([*below, *above], [*above, *below]):
        found = matched(mixed, known(*then), paths)
        mine = {each.id for each in below}
        alone = matched(below, known(*then), paths)
        assert {id_: one for id_, one in found.items() if id_ in mine} == alone


# What still stands.


def places(now: Sequence[Known], *files: FileReport, said: Sequence[str] = (),
           unchanged: Sequence[str] = ()) -> list[tuple[str, str, int | None, int | None]]:  # fmt: skip
    return [(one.id, one.location.path, one.location.line, one.location.end_line)
            for one in carried(now, files, said, unchanged)]  # fmt: skip


@pytest.mark.parametrize("above", [0, 1, 7, 300])
def test_a_claim_stands_where_its_lines_are_however_far_they_moved(above: int) -> None:
    shifted = added(text="".join(f"# remark {number}\n" for number in range(above)) + TEXT)
    assert places(known(claim(line=5, end=6)), shifted) == [(claim(line=5, end=6).id, "a.py", 5 + above, 6 + above)]


def test_a_claim_stands_in_lines_that_were_only_indented() -> None:
    indented = added(text="if x:\n" + "".join(f"    {row}\n" for row in TEXT.split("\n")[:-1]))
    assert places(known(claim(line=5)), indented) == [(claim(line=5).id, "a.py", 6, 6)]


def test_what_is_carried_says_what_was_told_and_quotes_the_lines_as_they_are() -> None:
    before = claim(line=5, title="Goes wrong", severity=Severity.CRITICAL)
    (only,) = carried(known(before), [added()], ())
    assert only == replace(before, body="")
    assert only.id == before.id


@pytest.mark.parametrize(("then", "said"), [
    (one(), ()), (claim(), (claim().id,)), (replace(claim(), origin="check:ruff"), ()),
    (claim(quote="value_5 = compute(6)"), ()), (claim(quote="value_5 = compute(5)\nvalue_7 = compute(7)"), ()),
    (claim(quote=""), ()),
])  # fmt: skip
def test_a_check_what_was_said_again_and_what_is_gone_are_not_carried(then: Finding, said: tuple[str, ...]) -> None:
    assert places(known(then), added(), said=said) == []


def test_a_claim_that_had_gone_is_carried_where_its_lines_are_back() -> None:
    assert places(known(claim(line=5), fixed="c" * 40), added()) == [(claim(line=5).id, "a.py", 5, 5)]
    assert places(known(claim(quote="}"), fixed="c" * 40), added(text="}\n")) == []


def test_of_several_places_the_nearest_is_the_one() -> None:
    text = "value_5 = compute(5)\n" + TEXT
    assert places(known(claim(line=5)), added(text=text)) == [(claim(line=5).id, "a.py", 6, 6)]


def test_a_claim_follows_a_file_that_moved() -> None:
    moved = file("new.py", TEXT.replace("compute(5)", "x"), TEXT, old_path="a.py", change="renamed")
    assert places(known(claim(line=5)), moved) == [(claim(line=5).id, "new.py", 5, 5)]
    assert places(known(claim(line=5)), moved, added("c.py")) == [(claim(line=5).id, "new.py", 5, 5)]
    above = replace(moved, label=Label.RESTRICTED)
    assert [one.label for one in carried(known(claim(line=5)), [above], ())] == [Label.RESTRICTED]
    assert places(known(claim("gone.py", line=5)), added("new.py")) == [(claim("gone.py", line=5).id, "new.py", 5, 5)]


def test_a_claim_on_a_file_whose_name_another_took_stays_with_the_name() -> None:
    moved = file("b.py", TEXT.replace("compute(5)", "x"), TEXT, old_path="a.py", change="renamed")
    for files in ((added(), moved), (moved, added())):
        assert places(known(claim(line=5)), *files) == [(claim(line=5).id, "a.py", 5, 5)]
    assert places(known(claim(line=5)), added(text="other = 1\n"), moved) == []


def test_a_claim_on_removed_lines_is_looked_for_among_those() -> None:
    gone = file("a.py", TEXT, "x = 1\n")
    before = replace(claim(line=5), location=replace(claim(line=5).location, side="old"))
    assert places(known(before), gone) == [(before.id, "a.py", 5, 5)]
    assert places(known(claim(line=5)), gone) == []
    moved = file("b.py", TEXT, "x = 1\n", old_path="a.py", change="renamed")
    assert places(known(before), moved) == [(before.id, "a.py", 5, 5)]


def test_a_claim_follows_into_one_file_only_and_into_none_that_is_more_sensitive() -> None:
    before = known(claim("gone.py", line=5))
    assert places(before, added("b.py"), added("c.py")) == []
    assert places(before, added("b.py", label=Label.RESTRICTED)) == []
    assert places(before, added("b.py"), added("c.py", label=Label.RESTRICTED)) == [(before[0].told.id, "b.py", 5, 5)]
    assert places(known(claim("gone.py", quote="}")), added("b.py", text="}\n")) == []


def test_in_a_file_that_nobody_need_read_again_a_claim_stands_though_its_lines_are_not_in_the_change() -> None:
    old = TEXT.replace("compute(20)", "x")
    before = known(claim(line=2))
    assert places(before, added(old=old)) == []
    assert places(before, added(old=old), unchanged=["a.py"]) == [(claim(line=2).id, "a.py", 2, 2)]
    assert places(known(claim(line=2), fixed="c" * 40), added(old=old), unchanged=["a.py"]) == []


@pytest.mark.parametrize("then", ASSIGNABLE)
@pytest.mark.parametrize("now", ASSIGNABLE)
def test_what_is_carried_has_the_higher_of_the_labels_then_and_now(then: Label, now: Label) -> None:
    (only,) = carried(known(claim(label=then)), [added(label=now)], ())
    assert only.label == max(then, now)


def test_a_claim_on_a_line_too_long_to_be_quoted_whole_stands() -> None:
    long = "x = [" + "0, " * 900 + "]"
    before = claim(line=1, quote=long[:1000] + "… (1,706 more characters)")
    files = [added(text=f"{long}\n")]
    assert places(known(before), *files) == [(before.id, "a.py", 1, 1)]
    assert settled(Memory(known(before)), files, *carried(known(before), files, ())).fixed == ()


# A report beside what was told.


def test_what_is_new_what_was_told_what_is_gone_and_what_is_back() -> None:
    kept, gone, back, fresh = one(line=1), one(line=2), one(line=3), one(line=4)
    memory = Memory((*known(kept, gone), *known(back, fixed="c" * 40)))
    found = settled(memory, [added()], kept, back, fresh)
    assert found.new == (fresh,)
    assert set(found.before) == {kept.id, back.id}
    assert [known.told.id for known in found.fixed] == [gone.id]
    assert [known.told.id for known in found.again] == [back.id]
    assert found.open == 1


def test_how_a_dismissed_finding_was_told_is_known_too() -> None:
    found = settled(Memory(known(one("old.py"))), [added()], dismissed=[one()])
    assert {id_: known.told.id for id_, known in found.dismissed.items()} == {one().id: one("old.py").id}


def test_the_same_report_again_has_nothing_to_say() -> None:
    findings = [one(line=1), claim(line=2), one(line=3)]
    found = settled(Memory(known(*findings)), [added()], *findings)
    assert (found.new, found.fixed, found.again, found.open) == ((), (), (), 3)


def test_what_has_gone_is_said_to_be_gone_once() -> None:
    assert settled(Memory(known(one(), fixed="c" * 40)), [added()]).fixed == ()


def test_what_somebody_resolved_is_neither_new_nor_open() -> None:
    found = settled(Memory(known(one(), resolved=True)), [added()], one())
    assert (found.new, found.open, found.again) == ((), 0, ())


def test_what_is_dismissed_is_neither_new_nor_told_nor_gone() -> None:
    found = settled(Memory(known(one())), [added()], dismissed=[one()])
    assert (found.new, dict(found.before), found.fixed, found.again) == ((), {}, (), ())
    found = settled(Memory(known(one(), fixed="c" * 40)), [added()], dismissed=[one()])
    assert found.again == ()


@pytest.mark.parametrize(("outcome", "gone"), [("reviewed", 1), ("checked", 1), ("failed", 0), ("skipped", 0)])
@pytest.mark.parametrize("then", [one(), claim(quote="what = was(there)")])
def test_nothing_of_a_file_that_was_not_read_is_gone(outcome: Outcome, gone: int, then: Finding) -> None:
    assert len(settled(Memory(known(then)), [added(outcome=outcome)]).fixed) == gone


def test_what_is_about_a_file_that_is_no_longer_shown_stays_as_it_is() -> None:
    memory = Memory(known(one(), claim(line=6)))
    assert settled(memory, [added("b.py")], paths=["a.py"]).fixed == ()
    assert len(settled(memory, [added("b.py")]).fixed) == 2


def test_a_claim_is_gone_where_its_lines_are_and_nowhere_else() -> None:
    memory = Memory(known(claim(line=5)))
    assert settled(memory, [added()]).fixed == ()
    assert len(settled(memory, [added(text=TEXT.replace("compute(5)", "compute(50)"))]).fixed) == 1
    assert settled(Memory(known(claim(quote=""))), [added()]).fixed == ()


def test_a_finding_by_a_rule_that_was_not_looked_for_is_gone_only_with_its_lines() -> None:
    unknown = one(rule="ruff/F401")
    assert "ruff/F401" not in {rule.id for rule in RULES}
    assert settled(Memory(known(unknown)), [added()]).fixed == ()
    assert len(settled(Memory(known(unknown)), [added(text="x = 1\n")]).fixed) == 1


def test_what_a_crowd_of_its_kind_pushed_out_of_the_report_is_not_gone() -> None:
    crowd = [one(line=line) for line in range(1, MOST + 1)]
    memory = Memory(known(*crowd, one(line=12)))
    assert settled(memory, [added()], *crowd).fixed == ()
    assert len(settled(memory, [added(text=TEXT.replace("compute(12)", "x"))], *crowd).fixed) == 1
    assert len(settled(memory, [added()], *crowd[1:]).fixed) == 2


def test_a_file_that_moved_has_the_same_findings() -> None:
    moved = file("new.py", TEXT.replace("compute(5)", "x"), TEXT, old_path="a.py", change="renamed", outcome="reviewed")
    memory = Memory(known(one(), claim(line=6)))
    claims = [*carried(memory.known, [moved], ())]
    found = settled(memory, [moved], one("new.py"), *claims)
    assert (found.new, found.fixed, len(found.before)) == ((), (), 2)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Memory, Report]:
    """What was told, and a later report: lines moved, changed and went, files were renamed or failed."""
    then = draw(FINDINGS)
    files: list[FileReport] = []
    for path in draw(PATHS):
        text = "".join(f"{row}\n" for row in TEXT.split("\n")[:-1] if draw(st.integers(0, 9)))
        name = draw(st.sampled_from((path, path, f"new-{path}")))
        outcome: Outcome = draw(st.sampled_from(get_args(Outcome)))
        files.append(added(name, text, outcome, draw(st.sampled_from(ASSIGNABLE))))
    fixed = draw(st.lists(st.sampled_from(("", "", "c" * 40)), min_size=len(then), max_size=len(then)))
    memory = Memory(tuple(Known(replace(told(each), fixed=sha), "t") for each, sha in zip(then, fixed, strict=True)))
    now = draw(FINDINGS)
    said = {known.told.id for known in matched(now, memory.known, {file.path for file in files}).values()}
    found = [*now, *carried(memory.known, files, said)]
    aside = {each.id for each in found if not draw(st.integers(0, 4))}
    left, dismissed = (tuple(each for each in found if (each.id in aside) is gone) for gone in (False, True))
    return memory, replace(report(files, ()), findings=left, dismissed=dismissed)


@settings(max_examples=300, deadline=None)
@given(runs())
def test_every_finding_is_new_or_told_and_nothing_is_both_gone_and_there(run: tuple[Memory, Report]) -> None:
    memory, made = run
    found = reconcile(made, memory, {file.path for file in made.files})
    new, before = {one.id for one in found.new}, set(found.before)
    assert new | before == {one.id for one in made.findings}
    assert not new & before
    there = {known.told.id for known in found.before.values()}
    gone = [known.told.id for known in found.fixed]
    assert len(gone) == len(set(gone))
    assert not set(gone) & there
    assert not set(gone) & {one.id for one in (*made.findings, *made.dismissed)}
    assert {known.told.id for known in found.again} <= there
    assert not any(known.told.fixed for known in found.fixed)
    unread = {file.path for file in made.files if file.outcome in ("failed", "skipped")}
    assert not unread & {known.told.location.path for known in found.fixed}


@settings(max_examples=300, deadline=None)
@given(runs())
def test_no_claim_whose_lines_stand_is_lost(run: tuple[Memory, Report]) -> None:
    memory, made = run
    paths = {file.path for file in made.files}
    met = {known.told.id for known in matched((*made.findings, *made.dismissed), memory.known, paths).values()}
    gone = {known.told.id for known in reconcile(made, memory, paths).fixed}
    for each in (before.told for before in memory.known):
        if each.is_claim and _stands(each, made):
            assert (each.id in met, each.id in gone) == (True, False)


def _stands(each: Told, made: Report) -> bool:
    """Whether the lines of a claim are in its file, told the slow way."""
    rows = [row for file in made.files if file.path == each.location.path
            for row in [line.text for hunk in file.hunks for line in hunk.lines]]  # fmt: skip
    hashes = [told(one(quote=row)).lines[0] for row in rows]
    size = len(each.lines)
    return any(tuple(hashes[at : at + size]) == each.lines for at in range(len(hashes) - size + 1))


_TITLES = ("Divides by zero", "Name is not telling", "Query is built by formatting", "Lock is never released")


@given(st.lists(st.sampled_from(_TITLES), unique=True), st.lists(st.sampled_from(_TITLES), unique=True))
def test_of_several_claims_on_one_line_each_keeps_its_id_whatever_else_is_said(then: list[str], now: list[str]) -> None:
    before = {each.title: each.id for each in identify([claim(title=title) for title in then])}
    after = identify([claim(title=title) for title in now], {id_: title for title, id_ in before.items()})
    assert len({each.id for each in after}) == len(now)
    for each in after:
        if each.title in before:
            assert each.id == before[each.title]
        else:
            assert each.id not in before.values()


@pytest.mark.parametrize(("key", "about"), [(KEY, ""), (b"", one().id)])
def test_with_a_key_an_unsigned_mark_does_not_say_what_a_command_is_about(key: bytes, about: str) -> None:
    forged = thread(unsigned(Mark("finding", (told(one()),))), note("/reviewbot dismiss known", "ada"))
    (asked,) = remember(talk(forged), HERE, key).asked
    assert asked.about == about
