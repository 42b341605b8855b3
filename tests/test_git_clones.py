"""Every kind of clone and every kind of name: read alike, or refused with what to do."""

from __future__ import annotations

import os
import shutil
import zlib
from pathlib import Path

import pytest

from reviewbot import git
from reviewbot.core.diff import FileDiff
from reviewbot.errors import RepositoryError, UsageError
from tests.repositories import Work


@pytest.fixture
def origin(tmp_path: Path) -> Work:
    """Seven commits on main, and a branch `topic` that left after the fourth."""
    work = Work.at(tmp_path / "origin")
    for number in range(4):
        work.commit(f"{number}", a=f"{number}\n", b="b\n" * number)
    work.git("switch", "-qc", "topic")
    work.commit("topic", a="topic\n", c="new\n")
    work.git("switch", "-q", "main")
    for number in range(4, 7):
        work.commit(f"{number}", a=f"{number}\n")
    return work


def clone(origin: Work, path: Path, *arguments: str) -> Work:
    origin.git("config", "uploadpack.allowFilter", "true")
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
    origin.git("clone", "-q", *arguments, origin.path.as_uri(), str(path))
    return Work(path)


def read(folder: Path, base: str = "main", head: str = "topic") -> tuple[FileDiff, ...]:
    with git.opened(folder) as repo:
        base_sha, head_sha = git.resolve(repo, base), git.resolve(repo, head)
        return git.changes(repo, git.merge_base(repo, base_sha, head_sha), head_sha)


def resolved(folder: Path, name: str) -> str:
    with git.opened(folder) as repo:
        return git.resolve(repo, name)


def test_worktrees_bare_shared_and_packed_repositories_read_alike(origin: Work, tmp_path: Path) -> None:
    expected = read(origin.path)
    assert {file.path: file.new.text for file in expected} == {"a": "topic\n", "c": "new\n"}
    origin.git("worktree", "add", "-q", str(tmp_path / "linked"), "topic")
    origin.git("clone", "-q", "--bare", str(origin.path), str(tmp_path / "bare"))
    origin.git("clone", "-q", "--shared", "--bare", str(origin.path), str(tmp_path / 'sha"red'))
    origin.git("clone", "-q", "--shared", "--bare", str(tmp_path / 'sha"red'), str(tmp_path / '"twice\nshared\\'))
    (origin.path / "deep" / "folder").mkdir(parents=True)
    for folder in ("origin", "origin/deep/folder", "linked", "bare", 'sha"red', '"twice\nshared\\'):
        assert read(tmp_path / folder) == expected, folder
    assert read(tmp_path / "linked", head="HEAD") == expected
    origin.git("gc", "-q", "--prune=now")
    origin.git("pack-refs", "--all")
    assert read(origin.path) == expected


def test_a_submodule_with_a_git_file_is_a_repository_of_its_own(origin: Work, tmp_path: Path) -> None:
    outer = Work.at(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(origin.path), "lib")
    outer.git("-C", "lib", "fetch", "-q", "origin", "topic:topic")
    assert (outer.path / "lib" / ".git").is_file()
    assert read(outer.path / "lib") == read(origin.path)


def test_sha256_repositories_are_read(tmp_path: Path) -> None:
    work = Work.at(tmp_path / "work", "--object-format=sha256")
    base = work.commit(a="1\n")
    head = work.commit(a="2\n", b="\u2028")
    changed, added = read(work.path, base, head)
    assert len(changed.new.id) == len(head) == 64
    assert (changed.new.text, added.new.text, len(changed.hunks)) == ("2\n", "\u2028", 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository away")
def test_a_repository_of_another_user_is_read(origin: Work) -> None:
    expected = read(origin.path)
    for path in (origin.path, *origin.path.rglob("*")):
        os.chown(path, 4711, 4711)
    with pytest.raises(AssertionError, match="dubious ownership"):
        origin.git("status")
    assert read(origin.path) == expected


def test_a_shallow_clone_says_what_it_lacks(origin: Work, tmp_path: Path) -> None:
    work = clone(origin, tmp_path / "shallow", "--depth=1", "--no-single-branch")
    missing = origin.git("rev-parse", "main~2")
    with pytest.raises(RepositoryError, match=rf"{missing[:12]}.*shallow.*fetch-depth: 0.*GIT_DEPTH: 0"):
        resolved(work.path, missing)
    with pytest.raises(UsageError, match=r"main~2 names no commit.*shallow.*fetch-depth: 0"):
        resolved(work.path, "main~2")
    with pytest.raises(RepositoryError, match=r"too shallow.*left.*--unshallow.*fetch-depth: 0"):
        read(work.path, "origin/main", "origin/topic")


def test_a_shallow_clone_that_reaches_far_enough_is_read(origin: Work, tmp_path: Path) -> None:
    work = clone(origin, tmp_path / "shallow", "--depth=4", "--no-single-branch")
    assert read(work.path, "origin/main", "origin/topic") == read(origin.path)
    with git.opened(work.path) as repo:
        assert repo.is_shallow


def test_a_partial_clone_fetches_nothing_and_names_what_is_missing(origin: Work, tmp_path: Path) -> None:
    work = clone(origin, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    before = sorted(path.name for path in (work.path / ".git" / "objects").rglob("*"))
    changed, added = read(work.path, "origin/main", "origin/topic")
    assert (changed.path, changed.absence, changed.hunks) == ("a", "missing", ())
    assert (added.path, added.absence) == ("c", "missing")
    with git.opened(work.path) as repo, pytest.raises(RepositoryError, match="without --filter"):
        git.read_file(repo, git.resolve(repo, "origin/topic"), "a", 10)
    assert sorted(path.name for path in (work.path / ".git" / "objects").rglob("*")) == before


def test_a_partial_clone_reads_what_it_has(origin: Work, tmp_path: Path) -> None:
    origin.git("switch", "-q", "topic")
    work = clone(origin, tmp_path / "partial", "--filter=blob:none")
    (changed, added) = read(work.path, "origin/main", "HEAD")
    assert (changed.old.absence, changed.new.text, [line.text for line in changed.added]) == (
        "missing", "topic\n", ["topic"],
    )  # fmt: skip
    assert (added.absence, added.new.text) == ("", "new\n")


def test_a_clone_without_trees_is_refused(origin: Work, tmp_path: Path) -> None:
    work = clone(origin, tmp_path / "treeless", "--filter=tree:0", "--no-checkout")
    with pytest.raises(RepositoryError, match="diff-tree"):
        read(work.path, "origin/main", "origin/topic")


def test_replace_refs_and_grafts_change_nothing(origin: Work) -> None:
    expected = read(origin.path)
    topic, other = origin.git("rev-parse", "topic"), origin.git("rev-parse", "main")
    origin.git("replace", topic, other)
    (origin.path / ".git" / "info").mkdir(exist_ok=True)
    (origin.path / ".git" / "info" / "grafts").write_text(f"{topic} {other}\n")
    assert origin.git("diff", "main", "topic") == ""
    assert read(origin.path) == expected


@pytest.mark.parametrize(
    "name",
    ["", "nothing", "HEAD:a", "main:a", "main^{tree}", "^main", "main..topic", "-q", "--all", "--help", "@{u}", "a\0b",
     "\udcff", "\ud800", "f" * 40, "\x1b[31m", ":/nothing", "main\ntopic"],
)  # fmt: skip
def test_what_names_no_commit_is_refused(origin: Work, name: str) -> None:
    with pytest.raises((UsageError, RepositoryError)) as caught:
        resolved(origin.path, name)
    assert str(caught.value).isprintable()


def test_every_way_to_name_a_commit_is_understood(origin: Work) -> None:
    topic = origin.git("rev-parse", "topic")
    origin.git("tag", "-a", "-m", "x", "v1", "topic")
    origin.git("tag", "-a", "-m", "x", "v2", "v1")
    origin.git("update-ref", "refs/heads/-x", topic)
    origin.git("update-ref", "refs/heads/caf\u00e9", topic)
    origin.git("fetch", "-q", ".", "topic")
    names = ("topic", "heads/topic", "refs/heads/topic", "v1", "v2", "-x", "caf\u00e9", "FETCH_HEAD", topic, topic[:9])
    assert {name: resolved(origin.path, name) for name in names} == dict.fromkeys(names, topic)
    assert resolved(origin.path, "main~1") == origin.git("rev-parse", "main~1")


def test_a_tag_cannot_stand_in_for_a_branch(origin: Work) -> None:
    origin.git("tag", "main", "topic")
    with pytest.raises(UsageError, match=r"main names two things: write refs/heads/main"):
        resolved(origin.path, "main")
    assert resolved(origin.path, "refs/heads/main") != resolved(origin.path, "refs/tags/main")
    with git.opened(origin.path) as repo:
        assert git.resolve(repo, git.default_base(repo)) == resolved(origin.path, "refs/heads/main")


def test_the_default_base_is_what_origin_calls_its_head(origin: Work, tmp_path: Path) -> None:
    origin.git("branch", "-m", "main", "trunk")
    with git.opened(origin.path) as repo, pytest.raises(UsageError, match="--base"):
        git.default_base(repo)
    work = clone(origin, tmp_path / "clone")
    with git.opened(work.path) as repo:
        assert git.resolve(repo, git.default_base(repo)) == origin.git("rev-parse", "trunk")


def test_an_unborn_head_is_refused(work: Work) -> None:
    with pytest.raises(UsageError, match="HEAD names no commit"):
        resolved(work.path, "HEAD")


def test_histories_that_share_nothing_are_compared_whole(origin: Work) -> None:
    origin.git("switch", "-q", "--orphan", "apart")
    origin.commit(z="z\n")
    assert {file.path: file.change for file in read(origin.path, "main", "apart")} == {
        "a": "deleted", "b": "deleted", "z": "added",
    }  # fmt: skip


def test_of_several_merge_bases_one_is_taken(work: Work) -> None:
    work.commit(a="a\n")
    work.git("branch", "other")
    mine = work.commit(b="b\n")
    work.git("switch", "-q", "other")
    theirs = work.commit(c="c\n")
    work.git("merge", "-q", "--no-ff", "-m", "x", "main")
    work.git("switch", "-q", "main")
    work.git("merge", "-q", "--no-ff", "-m", "x", theirs)
    with git.opened(work.path) as repo:
        found = git.merge_base(repo, git.resolve(repo, "main"), git.resolve(repo, "other"))
    assert found in (mine, theirs)


def loose(work: Work, oid: str) -> Path:
    path = work.path / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("damage", [b"", b"garbage", zlib.compress(b"blob 4\0abc\n"), zlib.compress(b"blob 9\0abc\n")])
@pytest.mark.parametrize("what", ["topic", "topic^{tree}", "topic:a", "main~3:a"])
def test_a_damaged_object_is_an_error_and_never_content(origin: Work, what: str, damage: bytes) -> None:
    loose(origin, origin.git("rev-parse", what)).write_bytes(damage)
    with pytest.raises(RepositoryError) as caught:
        read(origin.path)
    assert str(caught.value).isprintable()


def test_a_hole_in_the_history_is_an_error_and_no_merge_base(origin: Work) -> None:
    loose(origin, origin.git("rev-parse", "main~1")).unlink()
    with pytest.raises(RepositoryError, match="merge-base"):
        read(origin.path)


def test_a_blob_that_is_not_what_its_name_says_is_an_error(origin: Work) -> None:
    """git reads it without a word; a poisoned cache would make the review look at other code than what is merged."""
    path = loose(origin, origin.git("rev-parse", "topic:a"))
    path.write_bytes(zlib.compress(b"blob 5\0fine\n"))
    assert origin.git("show", "topic:a") == "fine"
    with pytest.raises(RepositoryError, match="not what its name says"):
        read(origin.path)


@pytest.mark.parametrize("text", [b"", b"gitdir: nowhere\n", b"gitdir: a\0b\n", b"x" * 100_000, b"\xff\n"])
def test_a_git_file_that_leads_nowhere_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / ".git").write_bytes(text)
    with pytest.raises(RepositoryError):
        resolved(tmp_path, "HEAD")


@pytest.mark.parametrize("name", ["config", "HEAD", "commondir", "shallow", "packed-refs"])
@pytest.mark.parametrize("text", [b"\0\xff[[[", b""])
def test_a_damaged_repository_is_refused_or_read_but_never_a_traceback(origin: Work, name: str, text: bytes) -> None:
    (origin.path / ".git" / name).write_bytes(text)
    try:
        read(origin.path)
    except (RepositoryError, UsageError) as error:
        assert str(error).isprintable()


def test_a_clone_whose_lender_is_gone_is_refused(origin: Work, tmp_path: Path) -> None:
    origin.git("clone", "-q", "--shared", str(origin.path), str(tmp_path / "borrower"))
    shutil.rmtree(origin.path)
    with pytest.raises(RepositoryError):
        read(tmp_path / "borrower", "origin/main", "origin/topic")
