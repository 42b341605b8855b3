"""Whatever goes wrong on the way to GitLab: nothing is said twice, nothing is lost, and it is told in our own words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from reviewbot.core.conversation import Followup, Posted
from reviewbot.errors import ForgeError
from tests.forges.gitlabs import Bench, bench, repository, said
from tests.repositories import Work
from tests.servers.gitlab import Fault

READS = {
    "user": "/user$", "project": "/projects/[^/]+$", "merge request": "/merge_requests/7$",
    "discussions": "/discussions$",
}  # fmt: skip
SECRET = "s3cret-in-a-body"
HTML = f"<html>{SECRET}</html>"
#: What may happen once to a request, and nobody is to notice: the fault, without method and path.
PASSING = {
    "500 before": Fault("", "", 500), "500 after": Fault("", "", 500, effect="after"),
    "502 before": Fault("", "", 502), "502 after": Fault("", "", 502, effect="after"),
    "503 after": Fault("", "", 503, effect="after"), "504 before": Fault("", "", 504),
    "dropped before": Fault("", "", drop=True), "dropped after": Fault("", "", drop=True, effect="after"),
    "429": Fault("", "", 429, headers={"retry-after": "7"}), "429 without a word": Fault("", "", 429),
    "a page of HTML instead": Fault("", "", 200, body=HTML),
    "a page of HTML after": Fault("", "", 200, body=HTML, effect="after"),
    "another shape": Fault("", "", 200, body=b"[1]"), "null": Fault("", "", 201, body=b"null"),
    "cut text": Fault("", "", cut="text"), "cut connection": Fault("", "", cut="connection"),
}  # fmt: skip
WRITES = {
    "a draft": ("POST", "/draft_notes$"), "the publication": ("POST", "/bulk_publish$"),
    "a reply": ("POST", "/discussions/[^/]+/notes$"), "an answer": ("POST", "/merge_requests/7/notes$"),
}  # fmt: skip


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """Nothing here pushes."""
    return repository(tmp_path_factory.mktemp("work"))


@pytest.fixture
def at(work: Work) -> Iterator[Bench]:
    with bench(work) as made:
        yield made


def on(fault: Fault, method: str, path: str, times: int = 1) -> Fault:
    return replace(fault, method=method, path=path, times=times)


def everything(at: Bench, *faults: Fault) -> Posted:
    """Two threads are there; now a comment, a reply that resolves, one that does not, and an answer, with faults."""
    at.post(at.changes(*at.added(5, 6)))
    one, two = at.server.threads
    forge = at.loaded()[0]
    at.server.faults += faults
    followups = (Followup(one.id, said("Fixed.", "f"), True), Followup(two.id, said("Because.", "g"), None))
    return forge.post(at.changes(*at.added(7), followups=followups, answers=(said("Help", "h"),)))


BEFORE = ["Finding id5.", "Finding id6."]
ALL = ["Because.", "Finding id5.", "Finding id6.", "Finding id7.", "Fixed.", "Help"]


# load


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("fault", ["500 before", "dropped before", "429", "another shape", "cut connection"])
def test_a_fault_that_passes_is_not_noticed_when_reading(at: Bench, read: str, fault: str) -> None:
    at.post(at.changes(*at.added(5)))
    at.server.faults.append(on(PASSING[fault], "GET", READS[read]))
    found = at.loaded()[1]
    assert (len(found.threads), found.head_sha, found.visibility) == (1, at.head, "private")
    assert len(at.waits) == 1


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("status", [401, 403, 404])
def test_who_may_not_read_is_denied(at: Bench, read: str, status: int) -> None:
    at.server.faults.append(Fault("GET", READS[read], status, body={"message": SECRET}))
    with pytest.raises(ForgeError) as caught:
        at.loaded()
    assert caught.value.denied
    assert str(caught.value) == f"merge request 7 cannot be read: the forge refused ({status})"
    assert at.waits == []


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("fault", [
    Fault("", "", 500, body={"message": SECRET}), Fault("", "", 502), Fault("", "", drop=True),
    Fault("", "", 200, body=HTML), Fault("", "", cut="text"), Fault("", "", cut="connection"),
    Fault("", "", 429, headers={"retry-after": "1"}), Fault("", "", 200, body=b"[[]]"), Fault("", "", 200, body=b"7"),
])  # fmt: skip
def test_what_cannot_be_read_is_an_error_that_is_no_denial(at: Bench, read: str, fault: Fault) -> None:
    at.server.faults.append(on(fault, "GET", READS[read], 99))
    with pytest.raises(ForgeError) as caught:
        at.loaded()
    assert not caught.value.denied
    assert SECRET not in str(caught.value) and at.server.token not in str(caught.value)
    assert len(at.server.requests) <= 4 + 4


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(at: Bench, status: int) -> None:
    elsewhere = f"{at.server.url}/api/v4/projects/1"
    at.server.faults.append(Fault("GET", "/user$", status, headers={"location": elsewhere}))
    with pytest.raises(ForgeError, match="redirects"):
        at.loaded()
    assert len(at.server.requests) == 1


def test_a_page_that_cannot_be_read_is_no_end(at: Bench) -> None:
    for number in range(150):
        at.server.say("ada", f"note {number}")
    # The first page comes through, the second never does.
    at.server.faults += [Fault("GET", "/discussions$"), Fault("GET", "/discussions$", cut="connection", times=9)]
    with pytest.raises(ForgeError):
        at.loaded()


def test_fewer_discussions_than_gitlab_counts_are_an_error(at: Bench) -> None:
    at.server.faults.append(
        Fault("GET", "/discussions$", 200, headers={"x-total": "2", "content-type": "application/json"}, body="[]")
    )
    with pytest.raises(ForgeError, match="fewer discussions than it counts"):
        at.loaded()


@pytest.mark.parametrize(
    "said_of_pages", [{"x-next-page": "x"}, {"x-total": "many"}, {"x-next-page": "", "x-total": ""}]
)
def test_headers_of_pages_may_be_nonsense(at: Bench, said_of_pages: dict[str, str]) -> None:
    at.server.faults.append(Fault("GET", "/discussions$", headers=said_of_pages, times=9))
    try:
        assert at.loaded()[1].head_sha == at.head
    except ForgeError as error:
        assert not error.denied


@pytest.mark.parametrize("status", [403, 404, 405])
def test_an_instance_without_drafts_is_posted_to_one_by_one(at: Bench, status: int) -> None:
    at.server.faults.append(Fault("", "/draft_notes", status, times=99))
    assert everything(at) == Posted()
    assert at.bodies() == ALL
    assert at.server.threads[0].resolved
    assert at.asked("POST", "draft_notes") == []


@pytest.mark.parametrize("status", [401, 500])
def test_an_author_of_commands_of_whom_nobody_knows_may_not_write(at: Bench, status: int) -> None:
    at.server.say("ada", "/reviewbot review")
    at.server.faults.append(Fault("GET", "/members/all/", status, times=9))
    found = at.loaded(lambda body: body.startswith("/reviewbot"))[1]
    assert found.writers == frozenset()
    assert len(found.notices) == 1 and "may write is not known" in found.notices[0]


# post


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_is_not_noticed_when_posting(at: Bench, write: str, fault: str) -> None:
    assert everything(at, on(PASSING[fault], *WRITES[write])) == Posted()
    assert at.bodies() == ALL
    assert (at.server.threads[0].resolved, at.server.drafts, at.server.faults) == (True, [], [])


@pytest.mark.parametrize("fault", ["500 after", "dropped after", "500 before"])
def test_a_fault_at_every_write_at_once_is_not_noticed(at: Bench, fault: str) -> None:
    assert everything(at, *(on(PASSING[fault], *write) for write in WRITES.values())) == Posted()
    assert (at.bodies(), at.server.drafts) == (ALL, [])


def test_a_publication_that_stops_half_way_says_nothing_twice(at: Bench) -> None:
    forge = at.loaded()[0]
    at.server.faults.append(Fault("POST", "/bulk_publish$", 500, effect="half"))
    assert forge.post(at.changes(*at.added(5, 6, 7))) == Posted()
    assert (at.bodies(), at.server.drafts) == (["Finding id5.", "Finding id6.", "Finding id7."], [])
    assert len(at.asked("POST", "/bulk_publish")) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 422, 500, 502])
def test_a_publication_that_never_works_is_replaced(at: Bench, status: int) -> None:
    assert everything(at, Fault("POST", "/bulk_publish$", status, times=99)) == Posted()
    assert (at.bodies(), at.server.drafts) == (ALL, [])
    assert at.server.threads[0].resolved


@pytest.mark.parametrize("status", [403, 405])
def test_drafts_that_may_be_read_and_not_written_are_replaced(at: Bench, status: int) -> None:
    assert everything(at, Fault("POST", "/draft_notes$", status, times=99)) == Posted()
    assert (at.bodies(), at.server.drafts) == (ALL, [])


@pytest.mark.parametrize("status", [400, 409, 422])
def test_what_is_refused_alone_is_told_and_the_rest_is_posted(at: Bench, status: int) -> None:
    forge = at.loaded()[0]
    at.server.faults.append(Fault("POST", "/draft_notes$", status, body={"message": SECRET}))
    posted = forge.post(at.changes(*at.added(5, 6)))
    assert list(posted.refused) == ["id5"] and f"({status})" in posted.refused["id5"]
    assert SECRET not in posted.refused["id5"]
    assert (at.bodies(), posted.outcome) == (["Finding id6."], "posted")


@pytest.mark.parametrize("fault", [
    Fault("", "", 500, body={"message": SECRET}), Fault("", "", 502), Fault("", "", drop=True),
    Fault("", "", 200, body=HTML), Fault("", "", 429, headers={"retry-after": "1"}),
    Fault("", "", 429, headers={"retry-after": "86400"}),
])  # fmt: skip
def test_what_cannot_be_posted_is_all_told(at: Bench, fault: Fault) -> None:
    posted = everything(at, on(fault, "POST", "", 999))
    assert (posted.outcome, list(posted.refused)) == ("failed", ["id7"])
    assert [notice.partition(":")[0] for notice in posted.notices] == [
        "A reply could not be posted", "An answer could not be posted",
    ]  # fmt: skip
    assert SECRET not in repr(posted) and at.server.token not in repr(posted)
    assert at.bodies() == BEFORE
    # What failed for all is not tried for each.
    assert len([one for one in at.server.requests if one.method == "POST" and one.status != 201]) <= 1 + 4


@pytest.mark.parametrize("status", [401, 403, 404])
def test_who_may_not_write_is_denied(at: Bench, status: int) -> None:
    posted = everything(at, Fault("POST", "", status, times=999))
    assert (posted.outcome, list(posted.refused)) == ("denied", ["id7"])
    assert len(posted.notices) == 2
    assert at.bodies() == BEFORE


def test_a_token_that_only_reads_is_denied(at: Bench) -> None:
    forge, found = at.loaded(token="read")
    posted = forge.post(at.changes(*at.added(5, 6)))
    assert (found.head_sha, posted.outcome) == (at.head, "denied")
    assert posted.refused == dict.fromkeys(("id5", "id6"), "the forge refused (403)")
    posted = forge.conclude("Summary", "", at.verdict())
    assert (posted.outcome, len(posted.notices)) == ("denied", 2)
    assert at.bodies() == []


@pytest.mark.parametrize("token", ["none", "job"])
def test_a_token_that_is_nobodys_is_denied(at: Bench, token: str) -> None:
    with pytest.raises(ForgeError) as caught:
        at.loaded(token=token)
    assert caught.value.denied
    posted = at.forge(token).post(at.changes(*at.added(5)))
    assert (posted.outcome, list(posted.refused)) == ("denied", ["id5"])


@pytest.mark.parametrize(("status", "outcome"), [(401, "denied"), (404, "denied"), (500, "failed"), (502, "failed")])
def test_where_the_head_cannot_be_read_nothing_is_posted(at: Bench, status: int, outcome: str) -> None:
    forge = at.loaded()[0]
    at.server.faults.append(Fault("GET", READS["merge request"], status, times=9))
    posted = forge.post(at.changes(*at.added(5)))
    assert (posted.outcome, list(posted.refused), at.writes()) == (outcome, ["id5"], [])


def test_where_nobody_can_look_nothing_is_said_twice(at: Bench) -> None:
    """The write took effect, and neither it nor the look was answered."""
    forge = at.loaded()[0]
    at.server.faults += [
        Fault("POST", "/merge_requests/7/notes$", 502, effect="after"), Fault("GET", "/notes$", 502, times=9),
    ]  # fmt: skip
    posted = forge.post(at.changes(answers=(said("Help", "h"),)))
    assert (posted.outcome, at.bodies()) == ("failed", ["Help"])
    assert len(at.asked("POST", "/notes")) == 1


def test_a_mark_that_somebody_else_wrote_counts_for_nothing(at: Bench) -> None:
    """Else whoever copies a mark in time keeps its comment from being posted."""
    forge = at.loaded()[0]
    at.server.say("eve", said("Mine", "h"))
    at.server.faults.append(Fault("POST", "/merge_requests/7/notes$", 500))
    assert forge.post(at.changes(answers=(said("Help", "h"),))) == Posted()
    assert at.bodies() == ["Help"]


def test_a_mark_that_was_there_before_counts_for_nothing(at: Bench) -> None:
    """A thread may be fixed, back, and fixed again."""
    at.post(at.changes(answers=(said("Help", "h"),)))
    forge = at.loaded()[0]
    at.server.faults.append(Fault("POST", "/merge_requests/7/notes$", 500))
    assert forge.post(at.changes(answers=(said("Help", "h"),))) == Posted()
    assert at.bodies() == ["Help", "Help"]


def test_after_the_end_of_the_run_nothing_is_sent(at: Bench) -> None:
    forge = at.loaded()[0]
    count = len(at.server.requests)
    at.seconds = 0.0
    late = at.forge()
    with pytest.raises(ForgeError):
        late.load(lambda body: False)
    assert late.post(at.changes(*at.added(5))).outcome == "failed"
    assert late.conclude("Summary", "", at.verdict()).outcome == "failed"
    assert len(at.server.requests) == count
    assert forge is not late


def test_a_wait_that_would_pass_the_end_is_not_begun(at: Bench) -> None:
    at.seconds = 30.0
    began = time.monotonic()
    posted = everything(at, Fault("POST", "/draft_notes$", 429, headers={"retry-after": "40"}, times=9))
    assert (posted.outcome, at.waits) == ("failed", [])
    assert time.monotonic() - began < 10


def test_what_the_ledger_refuses_does_not_leave(at: Bench) -> None:
    forge = at.loaded()[0]
    at.refusing = True
    with pytest.raises(PermissionError):
        forge.post(at.changes(*at.added(5)))
    assert at.writes() == []


# conclude


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("path", ["/notes$", "/statuses/"])
def test_a_fault_that_passes_is_not_noticed_when_concluding(at: Bench, path: str, fault: str) -> None:
    forge = at.loaded()[0]
    at.server.faults.append(on(PASSING[fault], "POST", path))
    assert forge.conclude(said("Summary", "s"), "", at.verdict()) == Posted()
    assert at.bodies() == ["Summary"]
    assert {(status.name, status.state) for status in at.server.statuses} == {("reviewbot", "skipped")}


@pytest.mark.parametrize("fault", [name for name in PASSING if name != "null"])
def test_a_fault_that_passes_is_not_noticed_when_editing(at: Bench, fault: str) -> None:
    note = str(at.server.say(at.server.bot, said("Summary", "s")))
    at.server.faults.append(on(PASSING[fault], "PUT", "/notes/"))
    assert at.forge().conclude(said("Newer", "t"), note, at.verdict()) == Posted()
    assert at.bodies() == ["Newer"]


@pytest.mark.parametrize(("status", "outcome"), [(401, "denied"), (403, "denied"), (500, "failed"), (409, "failed")])
def test_a_summary_that_cannot_be_edited_is_told(at: Bench, status: int, outcome: str) -> None:
    note = str(at.server.say(at.server.bot, said("Summary", "s")))
    at.server.faults.append(Fault("PUT", "/notes/", status, times=9))
    posted = at.forge().conclude(said("Newer", "t"), note, at.verdict())
    assert (posted.outcome, posted.notices[0].partition(":")[0]) == (outcome, "The summary could not be posted")
    assert len(at.server.statuses) == 1


@pytest.mark.parametrize(("status", "outcome"), [(400, "failed"), (401, "posted"), (403, "posted"), (404, "posted"),
                                                 (500, "failed")])  # fmt: skip
def test_a_status_that_cannot_be_set_is_a_notice(at: Bench, status: int, outcome: str) -> None:
    at.server.faults.append(Fault("POST", "/statuses/", status, times=9))
    posted = at.forge().conclude(said("Summary", "s"), "", at.verdict())
    assert (posted.outcome, len(posted.notices)) == (outcome, 1)
    assert posted.notices[0].startswith("The status could not be set: the forge ")
