from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewbot.git import opened
from reviewbot.trials import copies
from reviewbot.trials.copies import CopyError, copied
from tests.repositories import Work


def _tree(work: Work, rows: list[tuple[str, bytes, bytes]]) -> str:
    """A commit of one tree with these rows as they are: mode, name, content or the raw id of a tree."""
    raw = b""
    for mode, name, content in rows:
        kind = "tree" if mode == "40000" else "blob"
        oid = work.git("hash-object", "-t", kind, "--literally", "-w", "--stdin", stdin=content)
        raw += mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid)
    tree = work.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=raw)
    return work.git("commit-tree", tree, "-m", "hostile")


def _raw(work: Work, rows: list[tuple[str, bytes, bytes]]) -> bytes:
    return b"".join(
        mode.encode() + b" " + name + b"\0"
        + bytes.fromhex(work.git("hash-object", "-w", "--stdin", stdin=content)) for mode, name, content in rows
    )  # fmt: skip


def _names(folder: Path) -> list[str]:
    return sorted(place.name for place in folder.iterdir())


def test_a_copy_is_the_tree_of_the_commit_and_not_the_work_tree(work: Work) -> None:
    commit = work.commit(**{"a/b.py": "committed\n", "run": "#!/bin/sh\n", "odd\udcff": "x"})
    work.write("a/b.py", "changed\n")
    work.write("new.py", "new\n")
    with opened(work.path) as repo, copied(repo, commit, worktree=work.path) as copy:
        assert (copy.tree / "a/b.py").read_text() == "committed\n"
        assert _names(copy.tree) == ["a", "odd\udcff", "run"]
        assert copy.paths == {"a/b.py", "run", "odd\udcff"}
        assert (copy.scratch / "home").is_dir() and (copy.scratch / "tmp").is_dir()
    assert not copy.home.exists()


def test_modes_are_kept_and_repositories_are_not(work: Work) -> None:
    work.write("run", "#!/bin/sh\n")
    (work.path / "run").chmod(0o755)
    commit = work.commit(plain="x")
    with opened(work.path) as repo, copied(repo, commit) as copy:
        assert os.access(copy.tree / "run", os.X_OK)
        assert (copy.tree / "plain").stat().st_mode & 0o777 == 0o644
        assert not (copy.tree / ".git").exists()


def test_links_that_lead_out_are_left_out(work: Work, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    links = {
        "inside": "a/file", "a/up": "../a/file", "folder": "a", "absolute": str(tmp_path), "out": "../secret",
        "a/out": "../../secret", "through": "folder/file", "around": "folder/../../secret", "dangling": "nothing",
        "loop": "loop", "chain": "inside",
    }  # fmt: skip
    work.write("a/file", "x")
    for name, target in links.items():
        (work.path / name).symlink_to(target)
    commit = work.commit()
    with opened(work.path) as repo, copied(repo, commit) as copy:
        made = {str(path.relative_to(copy.tree)) for path in copy.tree.rglob("*") if path.is_symlink()}
        assert made == {"inside", "a/up", "folder", "dangling"}
        assert copy.left_out == len(links) - len(made)


def test_hostile_names_are_left_out(work: Work, tmp_path: Path) -> None:
    inner = _raw(work, [("100644", b"escaped", b"x")])
    commit = _tree(work, [
        ("40000", b"..", inner), ("40000", b".git", inner), ("40000", b".GIT", inner), ("100644", b"../escaped", b"x"),
        ("100644", b"/escaped", b"x"), ("100644", b"kept", b"x"),
    ])  # fmt: skip
    with opened(work.path) as repo, copied(repo, commit) as copy:
        assert _names(copy.tree) == ["kept"]
        assert copy.left_out == 5
        assert not (copy.home / "escaped").exists()


@pytest.mark.parametrize("first", ["link", "folder"])
def test_a_tree_with_a_name_twice_writes_through_no_link(work: Work, tmp_path: Path, first: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = ("120000", b"a", os.fsencode(outside))
    folder = ("40000", b"a", _raw(work, [("100644", b"planted", b"x")]))
    commit = _tree(work, [link, folder] if first == "link" else [folder, link])
    with opened(work.path) as repo, copied(repo, commit) as copy:
        assert (copy.tree / "a" / "planted").is_file()
    assert list(outside.iterdir()) == []


def test_a_tree_with_a_file_that_is_a_folder_too_is_not_copied(work: Work) -> None:
    commit = _tree(work, [("100644", b"a", b"x"), ("40000", b"a", _raw(work, [("100644", b"b", b"x")]))])
    with opened(work.path) as repo, pytest.raises(CopyError), copied(repo, commit):
        pass


@pytest.mark.parametrize(("name", "most"), [("MAX_FILES", 2), ("MAX_BYTES", 2), ("MAX_LINKS", 0)])
def test_a_large_tree_is_not_copied(work: Work, monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    for file in "abc":
        work.write(file, "x")
    (work.path / "link").symlink_to("a")
    commit = work.commit()
    monkeypatch.setattr(copies, name, most)
    before = set(Path(os.environ.get("TMPDIR", "/tmp")).glob("reviewbot-*/tree"))
    with opened(work.path) as repo, pytest.raises(CopyError, match="more than"), copied(repo, commit):
        pass
    assert set(Path(os.environ.get("TMPDIR", "/tmp")).glob("reviewbot-*/tree")) <= before


def test_what_is_written_many_times_counts_as_often(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = work.commit(a="same", b="same", c="same")
    monkeypatch.setattr(copies, "MAX_BYTES", 11)
    with opened(work.path) as repo, pytest.raises(CopyError), copied(repo, commit):
        pass


def test_a_submodule_is_left_out(work: Work) -> None:
    work.commit(a="x")
    work.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    work.git("commit", "-qm", "sub")
    with opened(work.path) as repo, copied(repo, work.git("rev-parse", "HEAD")) as copy:
        assert _names(copy.tree) == ["a"]
        assert copy.left_out == 1


def test_dependencies_of_the_work_tree_are_linked_where_they_are(work: Work) -> None:
    commit = work.commit(**{"package.json": "{}", "web/package.json": "{}", "docs/x": "x"})
    for name in (
        "node_modules/a/index.js",
        "web/node_modules/b.js",
        "docs/node_modules/c.js",
        ".venv/pyvenv.cfg",
        "target/x",
    ):
        work.write(name, "x")
    with opened(work.path) as repo, copied(repo, commit, worktree=work.path) as copy:
        assert set(copy.dependencies) == {work.path / one for one in ("node_modules", "web/node_modules", ".venv")}
        assert (copy.tree / "node_modules/a/index.js").read_text() == "x"
        assert not (copy.tree / "docs/node_modules").exists()
    assert (work.path / "node_modules/a/index.js").read_text() == "x"


def test_dependencies_that_the_tree_brings_or_a_link_names_are_not_taken(work: Work, tmp_path: Path) -> None:
    (tmp_path / "home/node_modules").mkdir(parents=True)
    work.write("web/package.json", "{}")
    (work.path / "node_modules").symlink_to(tmp_path / "home")
    commit = work.commit(**{"vendor/x": "x"})
    (work.path / "web").rename(work.path / "old")
    (work.path / "web").symlink_to(tmp_path / "home")
    with opened(work.path) as repo, copied(repo, commit, worktree=work.path) as copy:
        assert copy.dependencies == ()
        assert not (copy.tree / "node_modules").exists()


def test_a_copy_belongs_to_whom_it_is_made_for(work: Work) -> None:
    owner = os.getuid()
    commit = work.commit(**{"a/b": "x"})
    with opened(work.path) as repo, copied(repo, commit, owner=owner) as copy:
        assert {path.lstat().st_uid for path in copy.home.rglob("*")} == {owner}
