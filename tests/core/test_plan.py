"""Jobs: every changed line in exactly one of them, each fits, and those of one label know nothing of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.diff import Line
from reviewbot.core.labels import Label
from reviewbot.core.passages import Material, Passage
from reviewbot.core.plan import FEWEST, MOST, REPLY, Job, capacity, plan
from reviewbot.core.tokens import Count, estimate
from reviewbot.tasks import review
from tests.materials import changed, large, lines, material, materials, realistic, told

SOME = settings(max_examples=60, deadline=None)
OVERHEAD = estimate(review.SYSTEM) + estimate(review.AGAIN)
#: A window in which files of a few dozen lines are divided.
SMALL = 2400
WINDOWS = {Label.PUBLIC: 32_000, Label.INTERNAL: SMALL, Label.CONFIDENTIAL: 9000}


def words(text: str) -> int:
    """A tokenizer quite unlike the estimate."""
    return len(text) // 2


def jobs_of(*given_materials: Material, window: int = SMALL) -> tuple[Job, ...]:
    return plan(given_materials, {Label.INTERNAL: window}, OVERHEAD, estimate)


def whole(parts: Sequence[Passage]) -> Counter[tuple[int | None, int | None]]:
    """The characters of changed lines by their numbers: a line may be in pieces."""
    sizes: Counter[tuple[int | None, int | None]] = Counter()
    for (old, new, text), count in changed(parts).items():
        sizes[old, new] += count * (len(text) + 1)
    return sizes


@SOME
@given(st.lists(materials(), max_size=6))
def test_every_changed_line_is_in_one_part_of_one_job(given_materials: list[Material]) -> None:
    named = [replace(one, path=f"{number}/{one.path}") for number, one in enumerate(given_materials)]
    jobs = plan(named, WINDOWS, OVERHEAD, estimate)
    for one in named:
        held = [passage for job in jobs for part in job.parts if part.material.path == one.path
                for passage in part.passages]  # fmt: skip
        assert changed(held) == (changed(one.lean) if one.label in WINDOWS else Counter())
    assert all(part.material.label == job.label for job in jobs for part in job.parts)


@SOME
@given(st.lists(materials(Label.INTERNAL, most=120), max_size=4), st.sampled_from([estimate, words]),
       st.integers(2100, 5000))  # fmt: skip
def test_the_text_of_a_job_fits_beside_our_words_and_the_reply(
    given_materials: list[Material], count: Count, window: int
) -> None:
    room, reply = capacity(window, OVERHEAD)
    for job in plan(given_materials, {Label.INTERNAL: window}, OVERHEAD, count):
        assert count("".join(part.text for part in job.parts)) <= room
        assert OVERHEAD + room + reply <= window
        assert job.reply == reply


@SOME
@given(st.lists(materials(Label.INTERNAL), max_size=4), st.lists(materials(Label.RESTRICTED), max_size=4),
       st.lists(materials(Label.RESTRICTED), max_size=4), st.lists(st.booleans(), min_size=8, max_size=8))  # fmt: skip
def test_jobs_of_one_label_are_the_same_whatever_others_are(
    low: list[Material], one: list[Material], two: list[Material], first: list[bool]
) -> None:
    windows = {Label.INTERNAL: SMALL, Label.RESTRICTED: 9000}
    alone = plan(low, windows, OVERHEAD, estimate)
    for others in (one, two):
        mixed, rest = list(low), list(others)
        for before in first:
            if rest:
                mixed.insert(0 if before else len(mixed), rest.pop())
        jobs = plan(mixed, windows, OVERHEAD, estimate)
        assert tuple(job for job in jobs if job.label == Label.INTERNAL) == alone
        assert tuple(job for job in jobs if job.label == Label.RESTRICTED) == plan(
            [each for each in mixed if each.label == Label.RESTRICTED], windows, OVERHEAD, estimate
        )


def test_names_count_jobs_of_their_label() -> None:
    many = [material("a\n", f"{'x' * 300}{number}\n", f"{number}.txt") for number in range(40)]
    mixed = [one if number % 2 else replace(one, label=Label.PUBLIC) for number, one in enumerate(many)]
    jobs = plan(mixed, WINDOWS, OVERHEAD, estimate)
    for label in (Label.PUBLIC, Label.INTERNAL):
        names = [job.name for job in jobs if job.label == label]
        assert names == [f"{label}-{number}" for number in range(1, len(names) + 1)]
    assert [job.label for job in jobs] == sorted(job.label for job in jobs)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=30), st.integers(1, 900))
def test_a_line_longer_than_a_window_is_in_pieces_with_all_its_characters(text: str, times: int) -> None:
    one = replace(large(1), lean=(Passage((Line(None, 1, text * times),)),))
    one = replace(one, rich=one.lean)
    jobs = jobs_of(one)
    pieces = [line for job in jobs for part in job.parts for passage in part.passages for line in passage.lines]
    assert "".join(line.text for line in pieces) == text * times
    assert {(line.old, line.new) for line in pieces} == {(None, 1)}
    assert all(estimate("".join(part.text for part in job.parts)) <= capacity(SMALL, OVERHEAD)[0] for job in jobs)


def test_a_file_larger_than_a_window_is_all_there_in_order() -> None:
    jobs = jobs_of(large(3000), window=6000)
    rows = [line.new for job in jobs for part in job.parts for passage in part.passages for line in passage.lines]
    assert rows == list(range(1, 3001))
    assert len(jobs) > 5


def test_what_is_known_of_a_file_goes_with_its_first_part_only() -> None:
    one = replace(large(400), facts=("line 3: Odd",))
    parts = [part for job in jobs_of(one) for part in job.parts]
    assert [bool(part.material.facts) for part in parts] == [True] + [False] * (len(parts) - 1)
    many = replace(one, facts=("x " * 140,) * 9)
    assert not any(part.material.facts for job in jobs_of(many) for part in job.parts)


def test_a_piece_of_a_long_block_says_what_it_stands_in() -> None:
    rows = ["class Store:", "    def load(self):", *(f"        a{number} = {number}" for number in range(400))]
    shown = (Passage(tuple(Line(None, number, text) for number, text in enumerate(rows, 1))),)
    jobs = jobs_of(replace(large(1), lean=shown, rich=shown))
    first, second = (part for job in jobs[:2] for part in job.parts)
    assert first.passages[0].inside == ()
    assert second.passages[0].inside == ("class Store:", "    def load(self):")


def test_a_long_passage_is_divided_before_a_block() -> None:
    rows = []
    for number in range(60):
        rows += [f"def f{number}():", *(f"    x{line} = {line}" for line in range(7)), ""]
    shown = (Passage(tuple(Line(None, number, text) for number, text in enumerate(rows, 1))),)
    parts = [part for job in jobs_of(replace(large(1), lean=shown, rich=shown)) for part in job.parts]
    assert len(parts) > 3
    assert all(part.passages[0].lines[0].text.startswith("def ") for part in parts)


def test_pieces_of_mere_context_are_left_out() -> None:
    context = tuple(Line(number, number, f"x = {number}") for number in range(1, 2000))
    shown = (Passage((*context, Line(None, 2000, "changed"))),)
    held = [line for job in jobs_of(replace(large(1), lean=shown, rich=shown)) for part in job.parts
            for passage in part.passages for line in passage.lines]  # fmt: skip
    assert held[-1].text == "changed"
    assert len(held) < 200


@pytest.mark.parametrize("window", [0, 1, 900, OVERHEAD + FEWEST])
def test_a_window_too_small_for_our_words_and_a_hunk_has_no_job(window: int) -> None:
    assert jobs_of(large(3), window=window) == ()


def test_a_label_without_a_window_has_no_job() -> None:
    assert plan([large(3)], {Label.PUBLIC: 32_000}, OVERHEAD, estimate) == ()


def test_nothing_has_no_job() -> None:
    assert plan([], WINDOWS, OVERHEAD, estimate) == ()


def test_a_name_that_fills_a_window_takes_its_file_out_whole() -> None:
    """Else its lines would be shown a few at a time, in thousands of prompts."""
    one = replace(large(400), path="\U0001f4a9" * 60, old_path="\U0001f4a9" * 240)
    assert jobs_of(one, window=2100) == ()
    held = [passage for job in jobs_of(one, window=6000) for part in job.parts for passage in part.passages]
    assert changed(held) == changed(one.lean)


def test_a_reply_has_its_share_of_a_small_window_and_no_more_of_a_large_one() -> None:
    assert capacity(4096, 500) == (int(4096 * 0.95) - 1024 - 500, 1024)
    assert capacity(1_000_000, 500) == (MOST, REPLY)


def test_small_changes_are_shown_with_the_functions_around_them() -> None:
    body = "def f():\n" + "".join(f"    a{number} = {number}\n" for number in range(60))
    one = material(body, body.replace("a30 = 30", "a30 = 31"))
    (job,) = jobs_of(one, window=32_000)
    assert job.parts[0].passages == one.rich != one.lean


def test_characters_that_look_different_count_as_they_are_shown() -> None:
    """A tag character is one character, and nine where it is spelled out."""
    shown = (Passage(tuple(replace(line, text="\U000e0041" * 30) for line in lines(80))),)
    room, _ = capacity(SMALL, OVERHEAD)
    jobs = jobs_of(replace(large(1), lean=shown, rich=shown))
    assert all(estimate("".join(part.text for part in job.parts)) <= room for job in jobs)
    assert sum(passage.changed for job in jobs for part in job.parts for passage in part.passages) >= 80


@pytest.mark.parametrize("long", range(300, 700, 25))
def test_a_long_line_below_short_ones_does_not_make_a_piece_too_long(long: int) -> None:
    short = [*(f"x{number} = {number}" for number in range(30)), "", *(f"y{number} = 1" for number in range(28))]
    rows = [*short, "(" * long]
    shown = (Passage(tuple(Line(None, number, text) for number, text in enumerate(rows * 3, 1))),)
    room, _ = capacity(SMALL, OVERHEAD)
    for job in jobs_of(replace(large(1), lean=shown, rich=shown)):
        assert estimate("".join(part.text for part in job.parts)) <= room


def test_many_small_hunks_cost_no_more_than_a_look_at_each() -> None:
    calls = 0

    def counted(text: str) -> int:
        nonlocal calls
        calls += len(text)
        return estimate(text)

    shown = tuple(Passage((Line(number, None, "old"), Line(None, number, "new"))) for number in range(1, 60_000, 10))
    one = replace(large(1), lean=shown, rich=shown)
    jobs = plan([one], {Label.INTERNAL: 32_000}, OVERHEAD, counted)
    assert sum(passage.changed for job in jobs for part in job.parts for passage in part.passages) == 12_000
    assert calls < 12 * sum(len(part.text) for job in jobs for part in job.parts)


@pytest.mark.parametrize("files", [30, 100, 300])
def test_prompts_of_a_large_change_have_at_most_sixteen_tenths_of_its_characters(files: int) -> None:
    made = realistic(files, seed=files)
    changes = [told(file) for file, _ in made]
    for window in (8192, 32_768, 128_000):
        jobs = plan(changes, {Label.INTERNAL: window}, OVERHEAD, estimate)
        prompts = [review.prompt(job) for job in jobs]
        assert sum(len(one.system) + len(one.text) for one in prompts) <= 1.6 * sum(size for _, size in made)
        held = [passage for job in jobs for part in job.parts for passage in part.passages]
        assert sum(passage.changed for passage in held) == sum(len(file.added) + len(file.removed) for file, _ in made)


@pytest.mark.parametrize("files", [30, 300])
def test_files_with_one_changed_line_each_are_no_reason_to_send_whole_functions(files: int) -> None:
    body = "def total(items):\n" + "".join(f"    amount_{line} = items[{line}].price\n" for line in range(80))
    changes = [material(body, body.replace(f"items[{40 + number % 9}]", "items[0]"), f"src/billing/{number}.py")
               for number in range(files)]  # fmt: skip
    size = files * (len(body.split("\n")[9]) + 2) * 8 + files * 170
    jobs = plan(changes, {Label.INTERNAL: 32_768}, OVERHEAD, estimate)
    prompts = [review.prompt(job) for job in jobs]
    assert sum(len(prompt.system) + len(prompt.text) for prompt in prompts) <= 1.6 * size
