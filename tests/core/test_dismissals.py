"""Who may put a finding aside, and which: the one that was meant, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot.core.commands import Command
from reviewbot.core.dismissals import waived
from reviewbot.core.findings import Severity, identify
from reviewbot.core.threads import Asked, Memory, matched
from tests.core.talks import claim, known, one


def asking(id: str, reason: str = "known", about: str = "") -> Asked:
    return Asked(Command("dismiss", id, reason), "1", "ada", about=about)


def test_a_finding_is_dismissed_by_its_id_or_in_its_thread() -> None:
    first, second = one(), one(line=9)
    for asked in (asking(first.id), asking("", about=first.id)):
        assert waived([first, second], Memory(asked=(asked,)), ()) == {first.id: asked}


def test_the_beginning_of_an_id_dismisses_nothing_for_another_text_soon_has_it() -> None:
    dismissed = one()
    other = replace(one(line=9), id=f"{dismissed.id[:15]}{'0' if dismissed.id[15] != '0' else '1'}")
    for digits in (6, 15):
        assert waived([other], Memory(known(dismissed), (asking(dismissed.id[:digits]),)), {"a.py"}) == {}


def test_a_dismissed_claim_takes_no_other_defect_with_it_that_shares_a_line() -> None:
    first = claim(quote="def a(x):\n    return None", title="Gives nothing on an error", severity=Severity.HIGH)
    other = claim(quote="def pay(x):\n    return None", title="The balance is not looked at", severity=Severity.HIGH)
    memory = Memory(known(first), (asking(first.id),))
    assert matched([other], memory.known, {"a.py"}) != {}
    assert waived([other], memory, {"a.py"}) == {}


@pytest.mark.parametrize("asked", [
    asking(""), asking("ffffff"), Asked(Command("explain", one().id), "1", "ada"), asking("ffffff", about=one().id),
])  # fmt: skip
def test_what_names_no_finding_dismisses_none(asked: Asked) -> None:
    assert waived([one()], Memory(asked=(asked,)), ()) == {}


def test_an_id_that_two_begin_with_dismisses_neither() -> None:
    twins = [replace(one(), id="abcdef0000000000"), replace(one(line=9), id="abcdef1111111111")]
    assert waived(twins, Memory(asked=(asking("abcdef"),)), ()) == {}
    assert list(waived(twins, Memory(asked=(asking(twins[0].id),)), ())) == [twins[0].id]


def test_what_guards_the_repository_nobody_dismisses() -> None:
    guarded = identify([replace(one(), rule="credentials/key")])[0]
    assert waived([guarded], Memory(asked=(asking(guarded.id), asking("", about=guarded.id))), ()) == {}


def test_a_dismissal_does_not_follow_a_line_into_another_file() -> None:
    """Who put it aside in a test has not seen it in what runs, and who wrote it chooses where it goes."""
    test, code = one("tests/a.py"), one("src/a.py")
    memory = Memory(known(test), (asking(test.id), asking("", about=test.id)))
    assert matched([code], memory.known, {"src/a.py"}) != {}
    assert waived([code], memory, {"src/a.py"}) == {}


def test_a_dismissal_holds_where_the_claim_is_quoted_otherwise() -> None:
    memory = Memory(known(claim(line=5)), (asking(claim(line=5).id),))
    again = claim(line=5, end=6)
    assert list(waived([again], memory, {"a.py"})) == [again.id]
