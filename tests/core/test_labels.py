from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.labels import ASSIGNABLE, Label, join, parse, permits

LABELS = st.sampled_from(list(Label))


def test_labels_are_ordered_from_public_to_secret() -> None:
    assert [str(label) for label in sorted(Label)] == ["public", "internal", "confidential", "restricted", "secret"]


@given(LABELS, LABELS, LABELS)
def test_a_join_is_associative_commutative_idempotent_and_never_below_its_parts(a: Label, b: Label, c: Label) -> None:
    assert join(a, join(b, c)) == join(join(a, b), c) == join(c, b, a)
    assert join(a, a) == a
    assert join(a, b) >= a


def test_nothing_joined_is_public() -> None:
    assert join() == Label.PUBLIC


@pytest.mark.parametrize("clearance", list(Label))
def test_no_sink_is_cleared_for_a_credential(clearance: Label) -> None:
    assert not permits(clearance, Label.SECRET)


@given(LABELS, LABELS, LABELS)
def test_what_a_sink_may_read_it_may_read_in_parts(clearance: Label, a: Label, b: Label) -> None:
    assert permits(clearance, join(a, b)) == (permits(clearance, a) and permits(clearance, b))


@pytest.mark.parametrize("label", ASSIGNABLE)
def test_a_label_is_read_by_the_name_it_has(label: Label) -> None:
    assert parse(str(label)) is label


@pytest.mark.parametrize("name", ["secret", "Public", "RESTRICTED", "", "3", "hosted"])
def test_no_other_word_is_a_label(name: str) -> None:
    with pytest.raises(ValueError, match="unknown label"):
        parse(name)
