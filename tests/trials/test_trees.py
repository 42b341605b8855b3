from __future__ import annotations

import os
import posixpath
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.trials import trees
from reviewbot.trials.trees import PathError


@pytest.mark.parametrize(
    "path",
    [
        "", "/etc/passwd", "../x", "a/../x", "a/./x", "a//x", "a/", ".git/config", "a/.GIT/hooks/x", "git~1/x",
        ".git./x", "a\0b", "a" * 300, "/".join("a" * 200), "\udcff" * 256,
    ],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_none(path: str, tmp_path: Path) -> None:
    with pytest.raises(PathError):
        trees.place(tmp_path, path, b"x", owner=None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["a.py", "a/b/c.py", "a/.github/x", "..a/x", "a b/\udcff"])
def test_a_file_is_placed_with_its_folders(path: str, tmp_path: Path) -> None:
    trees.place(tmp_path, path, b"x", owner=None)
    assert (tmp_path / path).read_bytes() == b"x"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    for folder in (outside, root):
        folder.mkdir()
    (outside / "kept").write_text("kept")
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "kept")
    (root / "dangling").symlink_to(outside / "new")
    for path in ("folder/x", "folder/kept", "file", "dangling", "dangling/x"):
        with pytest.raises(PathError):
            trees.place(root, path, b"x", owner=None)
    for path in ("file", "dangling"):
        trees.place(root, path, b"x", owner=None, anew=True)
        assert (root / path).read_bytes() == b"x" and not (root / path).is_symlink()
    with pytest.raises(PathError):
        trees.place(root, "folder/kept", b"x", owner=None, anew=True)
    assert [file.read_text() for file in outside.iterdir()] == ["kept"]


def test_an_existing_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    trees.place(tmp_path, "a", b"1", owner=None)
    with pytest.raises(PathError):
        trees.place(tmp_path, "a", b"2", owner=None)
    trees.place(tmp_path, "a", b"3", owner=None, anew=True)
    assert (tmp_path / "a").read_bytes() == b"3"


def test_a_replaced_file_leaves_its_hard_links_as_they_are(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("kept")
    (tmp_path / "root").mkdir()
    os.link(outside, tmp_path / "root" / "a")
    trees.place(tmp_path / "root", "a", b"x", owner=None, anew=True)
    assert outside.read_text() == "kept"


def test_a_tree_deeper_than_any_path_is_removed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    folder = os.open(root, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("deep", dir_fd=folder)
        below = os.open("deep", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    trees.remove(root)
    assert not root.exists()


def test_removing_stops_at_links_and_overcomes_modes(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    (outside / "kept").mkdir(parents=True)
    (root / "shut" / "inner").mkdir(parents=True)
    (root / "shut" / "inner" / "link").symlink_to(outside)
    (root / "shut" / "inner").chmod(0)
    (root / "shut").chmod(0)
    os.mkfifo(root / "pipe")
    trees.remove(root)
    assert not root.exists()
    assert (outside / "kept").is_dir()


@pytest.mark.parametrize(
    ("path", "target", "end"),
    [
        ("a", "b", "b"), ("a/b", "c", "a/c"), ("a/b", "../c", "c"), ("a/b/c", "../../d/e", "d/e"), ("a", ".", ""),
        ("a", "../b", None), ("a/b", "../../c", None), ("a", "/etc", None), ("a", "", None), ("a", "b/../c", None),
        ("a/b", "c/../../..", None), ("a", "b\0", None),
    ],
)  # fmt: skip
def test_where_a_link_leads(path: str, target: str, end: str | None) -> None:
    assert trees.leads(path, target) == end


_NAMES = st.lists(st.sampled_from(["a", "b", "..", ".", "", "c"]), max_size=8).map("/".join)


@given(path=st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join), target=_NAMES)
def test_a_link_that_leads_somewhere_leads_into_the_tree(path: str, target: str) -> None:
    end = trees.leads(path, target)
    if end is not None:
        assert end == posixpath.normpath(posixpath.join("/", posixpath.dirname(path), target)).strip("/")
        assert not posixpath.normpath(posixpath.join(posixpath.dirname(path), target)).startswith("..")
