"""What holds for every forge, on a stand-in of each and where its posting is only shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from reviewbot.core.conversation import Changes, Followup, Posted, Service, Verdict
from reviewbot.errors import ForgeError
from reviewbot.forges.local import Preview
from reviewbot.ports import Forge
from tests.contract.worlds_of_forges import SERVICES, World, comment, is_command, mark, never, repository, said, world
from tests.repositories import Work

#: Requests of one load, and of posting beside those for each thread.
MOST_READ, MOST_WRITTEN = 12, 3
#: Of a person and of programs; none of them is the bot, whatever they are called.
OTHERS = ("ada", "reviewbot", "github-actions", "reviewbot[bot]", "project_1_bot")


@dataclass
class Read(World):
    """A pull request on a stand-in, and every implementation that reads it."""

    is_shown: bool = False

    def any_forge(self) -> Forge:
        return Preview(lambda text: None, whole=True, forge=self.forge()) if self.is_shown else self.forge()


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return repository(tmp_path_factory.mktemp("work"))


@pytest.fixture(params=SERVICES)
def here(request: pytest.FixtureRequest, work: Work) -> Iterator[World]:
    with world(request.param, work) as made:
        yield made


@pytest.fixture(params=[(service, is_shown) for service in SERVICES for is_shown in (False, True)],
                ids=lambda param: f"{param[0]}{', shown' if param[1] else ''}")  # fmt: skip
def read(request: pytest.FixtureRequest, work: Work) -> Iterator[Read]:
    service, is_shown = request.param
    with world(service, work) as made:
        yield Read(made.service, made.work, made.server, made.sizes, made.waits, is_shown)


# ---- load -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["public", "internal", "private"])
def test_title_commits_and_visibility_are_the_forges(read: Read, visibility: str) -> None:
    title = "Änderung <b>`x`</b>"
    of = read.server if read.service == "github" else read.server.world
    of.title, read.server.visibility = title, visibility
    found = read.any_forge().load(never)
    assert (found.title, found.visibility, found.head_sha) == (title, visibility, read.head)
    assert found.base_sha == read.work.git("rev-parse", "main")
    assert (found.threads, found.notes, found.writers, found.notices) == ((), (), frozenset(), ())


def test_what_is_posted_is_what_is_loaded_marks_and_all(read: Read) -> None:
    before = read.say_before()
    one, two, three = (thread.id for thread in before.threads)
    assert read.say_all(before) == (Posted(), Posted())
    found = read.any_forge().load(never)
    assert [[note.body for note in thread.notes] for thread in found.threads] == [
        [said("About line 2.", "f2"), said("Fixed.", "r1")],
        [said("About line 3.", "f3"), said("Because.", "r2"), said("Fixed as well.", "r3")],
        [said("About line 4.", "f4"), said("Back.", "r4")],
        [said("About line 5.", "f5")], [said("About line 6.", "f6")],
    ]  # fmt: skip
    assert [thread.id for thread in found.threads[:3]] == [one, two, three]
    assert [thread.resolved for thread in found.threads] == [True, True, False, False, False]
    assert sorted(note.body for note in found.notes) == [said("### Summary of now", "s2"), said("The answer.", "a")]
    every = [*found.notes, *(note for thread in found.threads for note in thread.notes)]
    assert all(note.own and note.author == every[0].author for note in every)
    assert len({note.id for note in found.notes}) == 2
    assert next(note for note in found.notes if "Summary" in note.body).id == before.notes[0].id


@pytest.mark.parametrize("ending", ["", "\n", "   ", "\r\n"])
def test_a_mark_is_the_last_line_that_is_loaded_whatever_is_said_above_it(read: Read, ending: str) -> None:
    body = f"  Odd\ttext\u00a0 \U0001f600 \\ `<!-- x -->` &amp; @ada #1 !2{ending}"
    forge = read.forge()
    forge.load(never)
    changes = Changes(read.head, comments=(replace(comment(5), body=body),), answers=(said(body, "a"),))
    assert forge.post(changes) == Posted()
    found = read.any_forge().load(never)
    assert [thread.notes[0].body.splitlines()[-1] for thread in found.threads] == [mark("f5")]
    assert [note.body.splitlines()[-1] for note in found.notes] == [mark("a")]


@pytest.mark.parametrize("author", OTHERS)
def test_nobody_else_speaks_as_the_bot_not_even_word_for_word(read: Read, author: str) -> None:
    if read.service == "gitlab":
        author = author.replace("[bot]", "_bot")
    read.say_before()
    thread, summary = read.server.threads[0], read.server.notes[0]
    read.server.say(author, summary.body)
    read.server.say(author, thread.root.body, thread)
    found = read.any_forge().load(never)
    assert [note.own for note in found.notes] == [True, False]
    assert [note.body for note in found.notes] == [summary.body] * 2
    assert [[note.own for note in one.notes] for one in found.threads] == [[True, False], [True], [True]]
    assert found.notes[1].author != found.notes[0].author


def test_a_thread_is_the_bots_own_where_it_began_it(read: Read) -> None:
    read.say_before()
    body = read.server.threads[0].root.body
    if read.service == "github":
        theirs = read.server.begin("ada", body, "a.py", 9)
    else:
        world = read.server.world
        position = {**read.server.threads[0].root.original, "new_line": 9}
        theirs = world.put(read.server.person("ada"), body, *world.locate(position))
    read.server.say(read.bot, "An answer of the bot", theirs)
    assert [thread.notes[0].body for thread in read.any_forge().load(never).threads] == [
        said(f"About line {number}.", f"f{number}") for number in (2, 3, 4)
    ]


def test_who_may_write_is_asked_for_authors_of_commands_and_for_nobody_else(read: Read) -> None:
    levels = {"ada": "write", "eve": "read", "bob": "write", "kim": "admin", "lee": "triage"}
    numbers = {"write": 30, "read": 10, "admin": 50, "triage": 20}
    read.server.people.update(levels if read.service == "github" else {k: numbers[v] for k, v in levels.items()})
    read.say_before()
    for author in ("ada", "eve", "lee", "stranger", read.bot):
        read.server.say(author, "/reviewbot full")
    read.server.say("bob", "I would say /reviewbot full")
    read.server.say("kim", "/reviewbot dismiss it is so", read.server.threads[0])
    found = read.any_forge().load(is_command)
    assert found.writers == {"ada", "kim"}
    asked = [one.path for one in read.server.requests if re.search("/collaborators/|/members/all/", one.path)]
    assert len(asked) == len(set(asked)) == 5


def test_a_pull_request_that_is_gone_is_one_clear_line(read: Read) -> None:
    place = replace(read.server.place, number=8)
    forge = read.forge(place=place)
    with pytest.raises(ForgeError, match=r"pull request 8|merge request 8") as caught:
        (Preview(print, whole=False, forge=forge) if read.is_shown else forge).load(never)
    assert caught.value.denied


@pytest.mark.parametrize("service", SERVICES)
def test_a_forge_that_is_not_there_is_no_matter_of_rights(service: Service, work: Work) -> None:
    with world(service, work) as made:
        place = made.server.place
    forge = made.forge(place=place)
    with pytest.raises(ForgeError) as caught:
        forge.load(never)
    assert not caught.value.denied
    posted = forge.post(Changes(made.head, comments=(comment(5),), answers=(said("The answer.", "a"),)))
    assert (list(posted.refused), posted.outcome) == (["f5"], "failed")
    assert posted.notices


# ---- post -----------------------------------------------------------------------------------------------------------


def test_to_an_old_head_nothing_is_said(here: World) -> None:
    before = here.say_before()
    was = here.there()
    forge = here.forge()
    forge.load(never)
    posted = forge.post(replace(here.all_changes(before), head_sha="b" * 40))
    assert (posted.outcome, sorted(posted.refused)) == ("moved", ["f5", "f6"])
    assert here.there() == was
    assert forge.post(Changes("b" * 40)).outcome == "moved"


def test_one_comment_that_is_refused_takes_no_other_with_it(here: World) -> None:
    forge = here.forge()
    forge.load(never)
    numbers = (2, 9_000, 3, 4, 9_001, 5)
    posted = forge.post(Changes(here.head, comments=tuple(comment(number) for number in numbers)))
    assert (sorted(posted.refused), posted.outcome) == (["f9000", "f9001"], "posted")
    assert all(posted.refused.values())
    assert sorted(thread.line for thread in here.server.threads) == [2, 3, 4, 5]


def test_a_summary_that_somebody_deleted_is_made_anew(here: World) -> None:
    assert here.conclude(here.forge(), "4711") == Posted()
    assert here.there()["notes"] == [said("### Summary of now", "s2")]


def test_neither_a_long_list_nor_a_missing_patch_takes_a_comment_away(here: World) -> None:
    """The change is git's: what a forge says of it is not asked for."""
    forge = here.forge()
    if here.service == "github":
        here.server.patch_lines = here.server.page_lines = here.server.listed_files = 0
    else:
        here.server.world.collapsed = here.server.world.too_large = {"a.py"}
    forge.load(never)
    assert forge.post(Changes(here.head, comments=(comment(2), comment(401)))) == Posted()
    assert [thread.line for thread in here.server.threads] == [2, 401]
    assert not [one.path for one in here.server.requests if re.search("/files|/diffs|/changes|/versions", one.path)]


@pytest.mark.parametrize("service", SERVICES)
def test_the_last_of_3001_files_gets_its_comment(service: Service, tmp_path_factory: pytest.TempPathFactory) -> None:
    many = repository(tmp_path_factory.mktemp("many"), 3_001)
    with world(service, many) as here:
        forge = here.forge()
        forge.load(never)
        assert forge.post(Changes(here.head, comments=(comment(1, "f3001.py"),))) == Posted()
        assert [(thread.path, thread.line) for thread in here.server.threads] == [("f3001.py", 1)]


# ---- what it costs --------------------------------------------------------------------------------------------------


def test_a_long_conversation_is_read_in_twelve_requests_and_told_in_three_and_one_a_thread(here: World) -> None:
    people = [f"person{number}" for number in range(6)]
    here.server.people.update(dict.fromkeys(people, "write" if here.service == "github" else 30))
    forge = here.forge()
    forge.load(never)
    assert forge.post(Changes(here.head, comments=tuple(comment(number) for number in range(2, 252)))) == Posted()
    for number in range(200):
        here.server.say(people[number] if number < 6 else "zoe", "/reviewbot full" if number < 6 else f"note {number}")
    here.server.requests.clear()
    here.sizes.clear()
    forge = here.forge()
    found = forge.load(is_command)
    assert (len(found.threads), len(found.notes)) == (250, 200)
    assert len(here.server.requests) <= MOST_READ
    # Where all of that is too much, not all that give commands are asked for, and the reader hears it.
    assert 3 <= len(found.writers) <= 6 and found.writers <= set(people)
    assert (len(found.writers) == 6) is (found.notices == ())

    here.server.requests.clear()
    here.sizes.clear()
    followups = tuple(Followup(thread.id, said("Fixed.", f"r{n}"), True) for n, thread in enumerate(found.threads[:20]))
    comments = tuple(comment(number) for number in range(300, 320))
    assert forge.post(Changes(here.head, comments=comments, followups=followups)) == Posted()
    assert here.conclude(forge) == Posted()
    assert len(here.writing()) <= MOST_WRITTEN + len(comments) + len(followups)
    assert len(here.server.requests) - len(here.writing()) <= 2


# ---- shown, not posted ----------------------------------------------------------------------------------------------


def test_a_preview_shows_everything_and_sends_nothing(here: World) -> None:
    before = here.say_before()
    shown: list[str] = []
    preview = Preview(shown.append, whole=True, forge=here.forge())
    assert preview.load(never) == before
    was, asked = here.there(), len(here.server.requests)
    assert preview.post(here.all_changes(before)) == Posted()
    assert here.conclude(preview, before.notes[0].id) == Posted()
    assert (here.there(), len(here.server.requests)) == (was, asked)
    text = "\n".join(shown)
    for piece in ("About line 5.", "About line 6.", "Fixed.", "Because.", "Back.", "The answer.", "### Summary of now"):
        assert text.count(f"  {piece}") == 1
    assert "<!-- " not in text


def test_a_preview_of_nothing_is_a_private_pull_request_without_a_word() -> None:
    shown: list[str] = []
    preview = Preview(shown.append, whole=False)
    found = preview.load(never)
    assert (found.threads, found.notes, found.visibility, found.writers) == ((), (), "private", frozenset())
    changes = Changes("b" * 40, comments=(comment(5),), answers=(said("The answer.", "a"),),
                      followups=(Followup("t1", said("Fixed.", "r"), True),))  # fmt: skip
    assert preview.post(changes) == Posted()
    assert preview.conclude("### Summary", "", Verdict("b" * 40, "success", "nothing")) == Posted()
    assert shown == [
        "would comment on a.py:5 (new)", "would reply and resolve in thread t1", "would answer",
        "would post the summary", "would set the status success: nothing",
    ]  # fmt: skip
