from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.pull import PullRequest
from reviewbot.core.tree import above, folded, tree_of
from tests.readings import diff


def pull(*paths: str) -> PullRequest:
    return PullRequest("a" * 40, "b" * 40, "a" * 40, (diff("src/a.py", None, "x\n"),), paths)


def test_a_place_is_a_path_or_a_folder_above_one() -> None:
    assert tree_of(pull("a/b/c", "a/d", "e")).places == {"", "a", "a/b", "a/b/c", "a/d", "e"}


def test_what_changes_is_told_from_what_is_there() -> None:
    tree = tree_of(pull("a", "b"))
    assert tree.paths == {"a", "b"}
    assert tree.changed == {"src/a.py"}


def test_paths_that_are_one_to_some_file_system_are_grouped() -> None:
    tree = tree_of(pull("A", "a", "caf\u00e9", "cafe\u0301", "b"))
    assert tree.spellings == {"a": ("A", "a"), "caf\u00e9": ("caf\u00e9", "cafe\u0301")}


def test_a_tree_is_made_once_a_pull_request_and_never_for_another() -> None:
    one, other = pull("a"), pull("a")
    assert one == other
    assert tree_of(one) is tree_of(one)
    assert tree_of(other) is not tree_of(one)


@given(st.text(alphabet="ab/", max_size=9))
def test_folders_above_a_path_end_at_the_root(path: str) -> None:
    folders = above(path)
    assert folders[-1] == ""
    assert all(path.startswith(folder) for folder in folders)
    assert len(folders) == path.count("/") + 1


@given(st.text(max_size=9))
def test_an_accent_folds_alike_however_it_is_composed(path: str) -> None:
    assert folded(unicodedata.normalize("NFD", path)) == folded(unicodedata.normalize("NFC", path))
