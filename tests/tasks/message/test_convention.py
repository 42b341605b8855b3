"""What a log tells of how messages are written, and what a table says of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.style import MessageStyle
from reviewbot.tasks.message.convention import Convention, fixed, learned

PLAIN = ["Add a parser", "Fix the lexer.", "Remove old code", "Update docs", "Handle empty input", "Rename a to b"]
HEADERS = ["feat(api): add x", "fix(API): handle y", "fix(api): z", "docs: describe w", "chore: bump a from 1 to 2"]


def test_an_empty_log_and_a_short_one_tell_nothing() -> None:
    assert learned([]) == learned(["Add x", "Fix y"]) == Convention()


def test_headers_are_told_from_plain_subjects() -> None:
    assert learned(HEADERS).conventional
    assert not learned(PLAIN).conventional
    assert not learned([f"net/{word}: fix it" for word in "abcdef"]).conventional
    assert not learned([f"{word}: fix it" for word in ("runtime", "cmd", "doc2", "go", "os", "net")]).conventional


def test_scopes_are_spelled_as_the_project_spells_them_most_often() -> None:
    found = learned(HEADERS)
    assert found.scopes == ("api",)
    assert found.scoped == pytest.approx(0.6)
    assert learned([*HEADERS, "fix(API): a", "fix(API): b"]).scopes == ("API",)


def test_case_mood_and_full_stop_are_those_of_most() -> None:
    past = [f"feat: Added {word}." for word in "abcdef"]
    found = learned(past)
    assert (found.case, found.mood, found.full_stop) == ("sentence", "past", True)
    found = learned(HEADERS)
    assert (found.case, found.mood, found.full_stop) == ("lower", "imperative", False)
    assert learned([f"README is {word}" for word in "abcdef"]).case == "lower"


def test_a_word_that_happens_to_be_a_verb_tells_no_mood() -> None:
    german = ["Fehler behoben", "Neue Klasse", "Tests repariert", "Korb umgebaut", "Kleinigkeiten", "Summe ergänzt"]
    assert learned(german).mood == "imperative"
    assert learned([*german * 4, "Tests bereinigt", "Updates geholt"]).mood == "imperative"
    assert learned(["Added a", "Fixed b", "Removed c", "Quick hack", "Typo"]).mood == "past"


@pytest.mark.parametrize("mark", ["✨ ", "♻️ ", ":bug: ", "[core] ", "[core]: ", "#12 ", "#12: ", "✨ [core] "])
def test_a_mark_before_the_words_hides_nothing_of_them(mark: str) -> None:
    found = learned([f"{mark}Added {word}" for word in "abcdef"])
    assert (found.conventional, found.case, found.mood) == (False, "sentence", "past")


def test_packages_that_open_subjects_are_learned() -> None:
    found = learned(["cart: Added a", "cart: Added b", "net/http: Fixed c", "cart: Removed d", "Typo"])
    assert (found.conventional, found.packaged, found.scopes) == (False, True, ("cart", "net/http"))
    assert (found.case, found.mood) == ("sentence", "past")
    assert not learned([f"Added: {word}" for word in "abcdef"]).packaged
    assert not learned([f"ABC-{number}: add it" for number in range(6)]).packaged
    assert not learned(HEADERS).packaged
    assert not fixed(found, MessageStyle("conventional")).packaged
    assert fixed(found, MessageStyle("plain")).packaged


@pytest.mark.parametrize(
    ("subject", "marks"),
    [("ABC-{}: add x", ("", ":")), ("[ABC-{}] add x", ("[", "]")), ("feat: ABC-{} add x", ("", ""))],
)
def test_tickets_that_open_subjects_are_learned(subject: str, marks: tuple[str, str]) -> None:
    found = learned([subject.format(number) for number in range(6)])
    assert (found.ticket, found.projects) == (marks, ("ABC",))
    assert found.mood == "imperative"


def test_a_ticket_now_and_then_is_no_habit() -> None:
    assert learned([*HEADERS, "fix: ABC-1 x"]).ticket is None


@pytest.mark.parametrize(
    "noise",
    ["Merge branch 'a'", 'Revert "X."', "fixup! X.", "Bump X from 1 to 2.\n\nSigned-off-by: dependabot[bot]"],
)
def test_what_git_and_robots_word_says_nothing_of_style(noise: str) -> None:
    found = learned(HEADERS + [noise] * 20)
    assert (found.conventional, found.case, found.full_stop) == (True, "lower", False)


def test_robots_tell_what_a_new_version_is_called() -> None:
    robot = "build(deps): bump {} from 1 to 2\n\nSigned-off-by: dependabot[bot]"
    found = learned([*HEADERS, *(robot.format(name) for name in ("a", "b", "c", "d"))])
    assert found.dependencies == "build"


def test_trailers_are_facts() -> None:
    assert learned([f"{one}\n\nSigned-off-by: A <a@b.c>" for one in HEADERS]).trailers == ("Signed-off-by",)


def test_a_type_that_a_long_log_never_has_is_not_used() -> None:
    found = learned([f"{type_}: add {number}" for number in range(10) for type_ in ("feat", "fix", "chore")])
    assert "style" in found.unused
    assert (found.allowed("style"), found.allowed("docs"), found.allowed("feat")) == ("chore", "chore", "feat")
    assert learned(HEADERS).unused == frozenset()


def test_a_project_has_its_own_words_for_types() -> None:
    found = learned([f"feature: add {number}" for number in range(30)])
    assert found.allowed("feat") == "feature"


def test_a_table_has_the_last_word() -> None:
    style = MessageStyle("plain", ("feat",), ("x",), "sentence", "past", ("AB",), 50)
    found = fixed(learned(HEADERS), style)
    assert (found.conventional, found.types, found.scopes, found.case, found.mood) == (
        False, ("feat",), ("x",), "sentence", "past",
    )  # fmt: skip
    assert (found.projects, found.ticket, found.max_subject) == (("AB",), ("", ":"), 50)


def test_a_table_that_says_nothing_changes_nothing() -> None:
    found = learned(HEADERS)
    assert fixed(found, MessageStyle()) == found


def test_no_subject_is_longer_than_72_whatever_a_table_says() -> None:
    assert fixed(Convention(), MessageStyle(max_subject=500)).max_subject == 72


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=30))
def test_any_log_is_read(messages: list[str]) -> None:
    assert learned(messages).types
