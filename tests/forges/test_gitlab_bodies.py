"""What is said on GitLab is never a command, whatever somebody wrote; positions are as its API wants them."""

from __future__ import annotations

from hashlib import sha1

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewbot.core.conversation import Comment, Spot
from reviewbot.forges.gitlab.bodies import Refs, commandless, composed, is_marked, mark_of, position
from tests.servers.gitlab.quick_actions import COMMANDS, extract
from tests.servers.gitlab.suggestions import fences

MARK = "<!-- reviewbot:1 QUJD 0123 -->"
REFS = Refs("b" * 40, "5" * 40, "e" * 40)
ADDED = Spot("a.py", "a.py", "new", (None, 3), (None, 3))

#: Text made of what matters to the extractor, and any other.
texts = st.lists(
    st.one_of(
        st.sampled_from(["\n", "\r", "\r\n", "/", " ", "`", "```", "````", "~~~", ">>>", "<!--", "-->", "<p>", "</p>",
                         "- ", "> ", "\t", "\u200b", "\x00", "\x0b", "\u2028", "\ufeff"]),
        st.sampled_from(COMMANDS), st.sampled_from([name.upper() for name in COMMANDS]), st.text(max_size=4),
    ), max_size=14,
).map("".join)  # fmt: skip


def comment(body: str = "Body", suggestion: str | None = None, spot: Spot = ADDED, mark: str = MARK) -> Comment:
    return Comment("f1", spot, body, mark, suggestion)


@settings(max_examples=1000, deadline=None)
@given(texts)
@example("/close")
@example("\r/\rapprove")
@example("~~~\n/merge\n~~~")
def test_no_body_is_a_command(text: str) -> None:
    assert extract(commandless(text))[1] == []


@settings(max_examples=1000, deadline=None)
@given(texts, st.one_of(st.none(), texts))
@example("x", "/close")
@example("```\nopen", "text\n```\n/merge")
def test_no_comment_is_a_command_and_all_of_its_words_are_there(body: str, suggestion: str | None) -> None:
    whole = composed(comment(body, suggestion))
    assert extract(whole)[1] == []
    assert whole.startswith(commandless(body)) and commandless(body).replace("\u200b", "") == body.replace("\u200b", "")
    assert mark_of(whole) == MARK


def test_the_extractor_would_find_these() -> None:
    """What the properties above look for is there to be found."""
    assert extract("/close\n")[1] and extract("\r/merge\n")[1] and extract("~~~\n/approve\n~~~")[1]


def test_what_is_no_command_is_left_as_it_is() -> None:
    text = "a/b\n // note\n/* c */\n/usr"
    assert commandless(text) == "a/b\n // note\n/* c */\n\u200b/usr"


def test_a_suggestion_with_a_command_is_left_out_and_the_rest_is_said() -> None:
    assert composed(comment("Use it.", "x = 1\n/approve")) == f"Use it.\n\n{MARK}"


def test_a_suggestion_with_a_slash_elsewhere_is_kept_to_the_letter() -> None:
    whole = composed(comment("Use it.", "/* c */\n  /close\nx"))
    assert whole == f"Use it.\n\n```suggestion:-0+0\n/* c */\n  /close\nx\n```\n\n{MARK}"


@pytest.mark.parametrize("suggestion", ["x = '```'", "````", "`", "a\n```suggestion\nb\n```"])
def test_no_suggestion_ends_its_own_fence(suggestion: str) -> None:
    (fence,) = fences(composed(comment(suggestion=suggestion)))
    assert fence.text == suggestion


@pytest.mark.parametrize(("first", "above"), [(3, 0), (1, 2)])
def test_a_suggestion_replaces_all_lines_of_its_spot(first: int, above: int) -> None:
    spot = Spot("a.py", "a.py", "new", (None, first), (None, 3))
    (fence,) = fences(composed(comment(suggestion="x", spot=spot)))
    assert (fence.above, fence.below, fence.problem) == (above, 0, "")


def test_an_empty_suggestion_deletes() -> None:
    assert "```suggestion:-0+0\n```" in composed(comment(suggestion=""))


@pytest.mark.parametrize("spot", [
    Spot("a.py", "a.py", "old", (3, None), (3, None)), Spot("a.py", "a.py", "new", (None, 1), (None, 102)),
])  # fmt: skip
def test_where_gitlab_takes_no_suggestion_there_is_none(spot: Spot) -> None:
    assert "suggestion" not in composed(comment(suggestion="x", spot=spot))


@pytest.mark.parametrize(("end", "lines"), [
    ((None, 3), {"new_line": 3}), ((3, None), {"old_line": 3}), ((3, 4), {"old_line": 3, "new_line": 4}),
])  # fmt: skip
def test_a_position_has_the_numbers_of_the_sides_that_have_the_line(
    end: tuple[int | None, int | None], lines: dict[str, int]
) -> None:
    found = position(Spot("a.py", "old.py", "new", end, end), REFS)
    assert found == {
        "position_type": "text", "base_sha": REFS.base_sha, "start_sha": REFS.start_sha, "head_sha": REFS.head_sha,
        "old_path": "old.py", "new_path": "a.py", **lines,
    }  # fmt: skip


def test_a_file_without_an_old_path_has_the_new_one() -> None:
    assert position(Spot("a.py", "", "new", (None, 1), (None, 1)), REFS)["old_path"] == "a.py"


def test_a_range_names_its_ends_by_code_and_type_alone() -> None:
    found = position(Spot("é.py", "é.py", "new", (4, 5), (None, 6), ((4, 5), (5, 6))), REFS)
    digest = sha1("é.py".encode()).hexdigest()
    ends = {
        "start": {"line_code": f"{digest}_4_5", "type": "old"},
        "end": {"line_code": f"{digest}_5_6", "type": "new"},
    }
    assert found["line_range"] == ends


def test_a_mark_is_the_last_line() -> None:
    assert mark_of(f"text\n\n{MARK}\n") == MARK and is_marked(f"text\n{MARK}")
    assert not is_marked(f"{MARK}\ntext") and not is_marked("") and mark_of("") == ""
