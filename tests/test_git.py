"""Every changed path exactly once, with its status, modes, texts and hunks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from reviewbot import git
from reviewbot.core.diff import FileDiff, Line
from reviewbot.errors import RepositoryError, UsageError
from tests.repositories import Work

NAMES = (
    "plain.py", 'quo"te.py', "back\\slash.py", "tab\there.py", "new\nline.py", "cr\rhere.py", "lead/-rf", "-n",
    "a b/c d.txt", "b b/c b/d.txt", "a/ b/c.txt", "a/b/c.txt", "b/x.txt", " b/x", "diff --git a/x b/x", "@@ -1 +1 @@",
    "\x1b[31mred.py", "\u202egnp.py", "caf\u00e9.py", "cafe\u0301.py", "\udcff\udcfe.py", "\u2028.py", "\x85.py",
    ":(literal)x", ":!x", "*.py", "[a].py", "{a => b}.py", "dev/null", "-\n+++ b/x", "😀.py", "--help",
)  # fmt: skip


def read(work: Work, base: str, head: str) -> tuple[FileDiff, ...]:
    with git.opened(work.path) as repo:
        return git.changes(repo, base, head)


def only(work: Work, base: str, head: str) -> FileDiff:
    (file,) = read(work, base, head)
    return file


def marked(file: FileDiff) -> list[str]:
    return [line.mark + line.text for hunk in file.hunks for line in hunk.lines]


def summary(file: FileDiff) -> tuple[str, str, str, list[str]]:
    return (file.change, file.old_path, file.path, marked(file))


def test_every_hostile_name_is_read_once_and_as_git_stores_it(work: Work) -> None:
    base = work.commit(**dict.fromkeys(NAMES, "old\n"))
    head = work.commit(**{name: f"{number}\n" for number, name in enumerate(NAMES)})
    files = read(work, base, head)
    assert {file.path: marked(file) for file in files} == {
        name: ["-old", f"+{number}"] for number, name in enumerate(NAMES)
    }
    assert len(files) == len(NAMES)


def test_every_hostile_name_can_be_read_back_by_its_path(work: Work) -> None:
    head = work.commit(**{name: f"{number}\n" for number, name in enumerate(NAMES)})
    with git.opened(work.path) as repo:
        assert {entry.path for entry in git.tree(repo, head)} == set(NAMES)
        for number, name in enumerate(NAMES):
            assert git.read_file(repo, head, name, 100) == f"{number}\n".encode()
        assert git.read_file(repo, head, "plain", 100) is None
        assert git.read_file(repo, head, "*", 100) is None
        assert git.read_file(repo, head, "", 100) is None


def test_files_come_and_go(work: Work) -> None:
    base = work.commit(gone="a\nb", stays="x\n")
    (work.path / "gone").unlink()
    head = work.commit(new="1\n2\n")
    gone, new = read(work, base, head)
    assert summary(gone) == ("deleted", "gone", "gone", ["-a", "-b"])
    assert summary(new) == ("added", "new", "new", ["+1", "+2"])
    assert gone.hunks[0].lines[-1] == Line(2, None, "b", newline=False)
    assert (gone.new.exists, gone.new.text, new.old.exists) == (False, None, False)


def test_an_empty_file_is_a_change_without_lines(work: Work) -> None:
    base = work.commit(emptied="a\n", filled="", gone="")
    (work.path / "gone").unlink()
    head = work.commit(emptied="", filled="b\n", new="")
    emptied, filled, moved = read(work, base, head)
    assert (emptied.new.text, marked(emptied)) == ("", ["-a"])
    assert (filled.old.text, marked(filled)) == ("", ["+b"])
    assert summary(moved) == ("renamed", "gone", "new", [])


def test_an_empty_file_alone_comes_and_goes(work: Work) -> None:
    base, head = work.commit(), work.commit(empty="")
    assert summary(only(work, base, head)) == ("added", "empty", "empty", [])
    assert summary(only(work, head, base)) == ("deleted", "empty", "empty", [])


def test_a_rename_keeps_both_names(work: Work) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    base = work.commit(**{"secret/a.py": text, "secret/b.py": text.replace("line", "row")})
    (work.path / "secret/a.py").rename(work.path / "a.py")
    (work.path / "secret/b.py").rename(work.path / "b.py")
    head = work.commit(**{"b.py": text.replace("line", "row") + "more\n"})
    exact, inexact = read(work, base, head)
    assert summary(exact) == ("renamed", "secret/a.py", "a.py", [])
    assert exact.similarity == 100
    assert (inexact.change, inexact.old_path, inexact.path) == ("renamed", "secret/b.py", "b.py")
    assert [line.text for line in inexact.added] == ["more"]
    assert 50 <= inexact.similarity < 100


def test_a_copy_of_an_unmodified_file_keeps_its_origin(work: Work) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    base = work.commit(**{"secret/a.py": text})
    head = work.commit(**{"exact.py": text, "inexact.py": "# mine\n" + text})
    exact, inexact = read(work, base, head)
    assert summary(exact) == ("copied", "secret/a.py", "exact.py", [])
    assert (inexact.change, inexact.old_path) == ("copied", "secret/a.py")
    assert [line.text for line in inexact.added] == ["# mine"]


def test_a_mode_alone_is_a_change(work: Work) -> None:
    base = work.commit(run="x\n")
    (work.path / "run").chmod(0o755)
    file = only(work, base, work.commit())
    assert summary(file) == ("modified", "run", "run", [])
    assert (file.old.is_executable, file.new.is_executable, file.new.text) == (False, True, "x\n")


def test_a_link_is_read_as_its_target_and_never_followed(work: Work) -> None:
    (work.path / "link").symlink_to("/etc/hostname")
    base = work.commit()
    (work.path / "link").unlink()
    (work.path / "link").symlink_to("../../etc/passwd")
    file = only(work, base, work.commit())
    assert file.new.is_symlink
    assert file.new.text == "../../etc/passwd"
    assert marked(file) == ["-/etc/hostname", "+../../etc/passwd"]
    assert not file.hunks[0].lines[1].newline


def test_a_file_that_becomes_a_link_is_replaced(work: Work) -> None:
    base = work.commit(x="same\nb\n")
    (work.path / "x").unlink()
    (work.path / "x").symlink_to("same\nc")
    file = only(work, base, work.commit())
    assert summary(file) == ("typechange", "x", "x", ["-same", "-b", "+same", "+c"])
    assert (file.old.mode, file.new.mode) == ("100644", "120000")


def test_a_submodule_comes_moves_becomes_a_file_and_goes(work: Work) -> None:
    commits = [work.commit(x="x\n")]
    for oid in ("1" * 40, "2" * 40):
        work.git("update-index", "--add", "--cacheinfo", f"160000,{oid},lib")
        work.git("commit", "-qm", "submodule")
        commits.append(work.git("rev-parse", "HEAD"))
    commits.append(work.commit(lib="now a file\n"))
    came, moved, became = (only(work, *pair) for pair in pairwise(commits))
    gone = only(work, commits[2], commits[0])
    assert summary(came) == ("added", "lib", "lib", ["+Subproject commit " + "1" * 40])
    assert marked(moved) == ["-Subproject commit " + "1" * 40, "+Subproject commit " + "2" * 40]
    assert (became.change, marked(became)) == ("typechange", ["-Subproject commit " + "2" * 40, "+now a file"])
    assert (gone.change, gone.old.id, gone.old.is_submodule) == ("deleted", "2" * 40, True)
    assert {moved.absence, came.absence, gone.absence} == {"submodule"}


def test_a_binary_file_says_so_on_either_side(work: Work) -> None:
    base = work.commit(both=b"\0a", grows=b"\0a", text="a\n", late=b"a\n" * 4000 + b"\0")
    head = work.commit(both=b"\0b", grows="now\ntext\n", text=b"\0", late=b"b\n" * 4000 + b"\0")
    files = {file.path: file for file in read(work, base, head)}
    assert [files[name].absence for name in ("both", "grows", "text")] == ["binary"] * 3
    assert marked(files["grows"]) == ["+now", "+text"]
    assert marked(files["both"]) == marked(files["text"]) == []
    # git's rule: a NUL after the first 8000 bytes makes no binary file, so a NUL cannot hide a change there
    assert (files["late"].absence, len(files["late"].added)) == ("", 4000)


def test_a_pointer_to_large_file_storage_is_read_as_the_text_it_is(work: Work) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n"
    base = work.commit(**{"x.bin": pointer.format("0" * 64), ".gitattributes": "*.bin filter=lfs diff=lfs -text\n"})
    file = only(work, base, work.commit(**{"x.bin": pointer.format("1" * 64)}))
    assert file.new.text == pointer.format("1" * 64)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("a\nb", "a\nb\n", [" a", "-b", "+b"]),
        ("a\nb\n", "a\nb", [" a", "-b", "+b"]),
        ("a", "b", ["-a", "+b"]),
        ("a\r\nb\r\n", "a\nb\n", ["-a\r", "-b\r", "+a", "+b"]),
        ("a\rb\rc\n", "a\rB\rc\n", ["-a\rb\rc", "+a\rB\rc"]),
        ("\u2028a\x0c\x0b\x85\n", "\u2028b\x0c\x0b\x85\n", ["-\u2028a\x0c\x0b\x85", "+\u2028b\x0c\x0b\x85"]),
        ("a\n", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n", ["-a", "+--- a/x", "++++ b/x", "+@@ -1 +1 @@"]),
        ("-- x\n", "++ x\ndiff --git a/x b/x\n", ["--- x", "+++ x", "+diff --git a/x b/x"]),
        ("\\ No newline at end of file\n", "\udcff\n", ["-\\ No newline at end of file", "+\udcff"]),
        ("\ufeffa\n", "a\n", ["-\ufeffa", "+a"]),
        ("\n\n", "\n", [" ", "-"]),
    ],
)
def test_lines_are_what_line_feeds_make_of_the_bytes(work: Work, old: str, new: str, lines: list[str]) -> None:
    file = only(work, work.commit(x=old), work.commit(x=new))
    assert marked(file) == lines
    assert (file.old.text, file.new.text) == (old, new)
    ends = {side: text.endswith("\n") for side, text in (("old", old), ("new", new))}
    assert next(line for line in reversed(file.hunks[-1].lines) if line.old).newline == ends["old"]
    assert next(line for line in reversed(file.hunks[-1].lines) if line.new).newline == ends["new"]


def test_an_empty_range_changes_nothing(work: Work) -> None:
    head = work.commit(x="x\n")
    assert read(work, head, head) == ()
    assert read(work, head, work.commit()) == ()


def test_only_a_regular_file_is_read_by_its_path(work: Work) -> None:
    (work.path / "link").symlink_to("x")
    head = work.commit(**{"x": "text\n", "folder/y": ""})
    with git.opened(work.path) as repo:
        assert git.read_file(repo, head, "x", 3) == b"text"
        for path in ("link", "folder"):
            with pytest.raises(RepositoryError, match="not a regular file"):
                git.read_file(repo, head, path, 10)


def test_a_log_lists_what_head_has_and_base_lacks(work: Work) -> None:
    base = work.commit("one")
    work.commit("two\n\nwhy: \x1b[31m\n\nSigned-off-by: A\n")
    head = work.commit("three")
    with git.opened(work.path) as repo:
        three, two = git.log(repo, base, head)
        assert git.log(repo, head, head) == ()
    assert (three.id, three.subject, three.body) == (head, "three", "")
    assert (two.subject, two.body) == ("two", "why: \x1b[31m\n\nSigned-off-by: A")


@pytest.mark.parametrize("program", ["./git", "bin/git", "/nonexistent/git"])
def test_only_an_installed_git_is_run(work: Work, program: str) -> None:
    with pytest.raises(UsageError), git.opened(work.path, program=program):
        pass


def test_a_folder_without_a_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="not a git repository"), git.opened(tmp_path):
        pass


def test_history_is_what_leads_to_a_commit_without_merges_newest_first(work: Work) -> None:
    one, two = work.commit("one\n\nwhy\n"), work.commit("two")
    work.git("checkout", "-q", "-b", "side", one)
    side = work.commit("side", **{"s.py": "s = 1\n"})
    work.git("merge", "-q", "--no-edit", "main")
    with git.opened(work.path) as repo:
        found = git.history(repo, "HEAD", 9)
        assert {commit.id for commit in found} == {one, two, side}
        assert next(commit.message for commit in found if commit.id == one) == "one\n\nwhy"
        assert next(commit.parents for commit in found if commit.id == two) == (one,)
        assert len(git.history(repo, "HEAD", 2)) == 2
        assert next(commit for commit in git.log(repo, two, "HEAD") if len(commit.parents) == 2).subject.startswith(
            "Merge"
        )


def test_the_branch_is_the_one_that_head_is_on(work: Work) -> None:
    commit = work.commit("one")
    work.git("checkout", "-q", "-b", "feature/ABC-1-x")
    with git.opened(work.path) as repo:
        assert git.branch(repo) == "feature/ABC-1-x"
    work.git("checkout", "-q", "--detach", commit)
    with git.opened(work.path) as repo:
        assert git.branch(repo) == ""
