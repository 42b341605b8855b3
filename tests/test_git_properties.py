"""Random repositories full of hostile names and contents: what we read is what git says, and can be applied."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot import git
from reviewbot.core.diff import FileDiff, Hunk, Line
from reviewbot.objects import encoded
from tests.repositories import Work

Tree = dict[bytes, tuple[bytes, bytes]]

NAMES = st.one_of(
    st.sampled_from([
        b"a", b"b", b"a b", b" b", b"-x", b"--", b'q"q', b"back\\slash", b"tab\tname", b"new\nline", b"cr\rname",
        b"\x1b[31mred", b"\xe2\x80\xae.txt", b"caf\xc3\xa9", b"cafe\xcc\x81", b"\xff\xfe", b"diff --git a", b"+++ b",
        b"{a => b}", b":colon", b":(glob)*", b"*.py", b"[x]", b"~", b"\xed\xa0\x80", b"\xc2\x85", b"\xe2\x80\xa8",
    ]),
    st.binary(min_size=1, max_size=6).map(lambda raw: raw.replace(b"\0", b"0").replace(b"/", b"|")),
).filter(lambda name: name not in (b".", b"..") and not name.lower().startswith((b".git", b"git~")))  # fmt: skip
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(b"/".join)
LINES = st.sampled_from([
    b"a\n", b"b\n", b"\n", b"\r\n", b"x\r\n", b"lone\rcr\n", b"--- a/f\n", b"+++ b/f\n", b"@@ -1 +1 @@\n", b"- minus\n",
    b"diff --git a/x b/x\n", b"\\ No newline at end of file\n", b"\xe2\x80\xa8u2028\n", b"\x0cff\n", b"\x0bvt\n",
    b"\xc2\x85\n", b"\xff latin\n", b"\xf0\x9f\x90\x8d\n", b"def f():\n", b"\x1b[31m\n",
])  # fmt: skip
CONTENTS = st.one_of(
    st.tuples(st.lists(LINES, max_size=25), st.sampled_from([b"", b"", b"end", b"\r", b"\xff"])).map(
        lambda parts: b"".join(parts[0]) + parts[1]
    ),
    st.binary(max_size=40),
    st.sampled_from(
        [b"", b"a\0b\n", b"\n" * 30, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"]
    ),
)
MODES = st.sampled_from([b"100644", b"100644", b"100755", b"120000"])


def fits(tree: Tree, path: bytes) -> bool:
    """No file may stand where another path needs a folder."""
    return not any(other.startswith(path + b"/") or path.startswith(other + b"/") for other in tree)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """Two trees, the second made from the first by what people do to files."""
    old: Tree = {}
    for path, content, mode in draw(st.lists(st.tuples(PATHS, CONTENTS, MODES), max_size=7)):
        if fits(old, path):
            old[path] = (mode, content)
    new = dict(old)
    for _ in range(draw(st.integers(0, 8))):
        change(draw, old, new)
    return old, new


def change(draw: st.DrawFn, old: Tree, new: Tree) -> None:
    deed = draw(st.sampled_from(["add", "edit", "edit", "delete", "rename", "copy", "mode", "replace"]))
    fresh = draw(PATHS)
    if deed == "add" and fits(new, fresh):
        new[fresh] = (draw(MODES), draw(CONTENTS))
    if not new or deed == "add":
        return
    path = draw(st.sampled_from(sorted(new)))
    mode, content = new[path]
    match deed:
        case "edit":
            at = draw(st.integers(0, len(content)))
            new[path] = (mode, content[:at] + draw(CONTENTS) + content[draw(st.integers(at, len(content))) :])
        case "replace":
            new[path] = (mode, draw(CONTENTS))
        case "mode":
            new[path] = (draw(MODES), content)
        case "delete":
            del new[path]
        case _:
            if deed == "rename":
                del new[path]
            if fits(new, fresh):
                new[fresh] = (mode, content + draw(st.sampled_from([b"", b"tail\n"])))


def quoted(path: bytes) -> bytes:
    return b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'


def committed(work: Work, *trees: Tree) -> list[str]:
    """One commit per tree, written by a single process."""
    stream = []
    for number, tree in enumerate(trees):
        stream.append(b"commit refs/heads/t%d\ncommitter A <a@example.org> 0 +0000\ndata 1\nx\n" % number)
        for path, (mode, content) in tree.items():
            stream.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted(path), len(content), content))
    work.git("fast-import", "--quiet", stdin=b"".join(stream))
    return [work.git("rev-parse", f"t{number}") for number in range(len(trees))]


def said(work: Work, *arguments: str) -> list[bytes]:
    argv = ["git", "diff", "-z", "-M", "-C", "--find-copies-harder", "-l400", *arguments, "t0", "t1"]
    return subprocess.run(argv, cwd=work.path, capture_output=True, check=True).stdout.split(b"\0")[:-1]


def raw(work: Work) -> list[tuple[str, bytes, bytes, str, str]]:
    fields = iter(said(work, "--raw", "--no-abbrev"))
    rows = []
    for meta in fields:
        old_mode, new_mode, _, _, status = meta[1:].decode().split(" ")
        old_path = next(fields)
        rows.append((status[0], old_path, next(fields) if status[0] in "RC" else old_path, old_mode, new_mode))
    return rows


def counted(work: Work) -> dict[bytes, tuple[bytes, bytes]]:
    fields = iter(said(work, "--numstat"))
    rows = {}
    for row in fields:
        added, removed, path = row.split(b"\t", 2)
        if not path:
            _, path = next(fields), next(fields)
        rows[path] = (added, removed)
    return rows


def applied(text: str, hunks: Iterable[Hunk]) -> str:
    """The new text, made from the old one and the hunks alone."""
    source = text.split("\n")
    rows = [row + "\n" for row in source[:-1]] + ([source[-1]] if source[-1] else [])
    out: list[str] = []
    position = 0
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        out += rows[position:start]
        position = start
        for line in hunk.lines:
            content = line.text + ("\n" if line.newline else "")
            if line.old is not None:
                assert rows[position] == content
                position += 1
            if line.new is not None:
                out.append(content)
    return "".join(out + rows[position:])


def rendered(number: int, file: FileDiff) -> Iterator[str]:
    """A patch of the file under a name of ours, from our hunks."""
    yield f"diff --git a/{number} b/{number}\n"
    if not file.old.exists:
        yield "new file mode 100644\n"
    if not file.new.exists:
        yield "deleted file mode 100644\n"
    yield f"--- {f'a/{number}' if file.old.exists else '/dev/null'}\n"
    yield f"+++ {f'b/{number}' if file.new.exists else '/dev/null'}\n"
    for hunk in file.hunks:
        yield f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@\n"
        yield from (line_of_patch(line) for line in hunk.lines)


def line_of_patch(line: Line) -> str:
    return f"{line.mark}{line.text}\n" + ("" if line.newline else "\\ No newline at end of file\n")


def readable(file: FileDiff) -> bool:
    return file.absence == ""


def require_applicable(files: Iterable[FileDiff]) -> None:
    """`git apply` takes a patch of our hunks and makes the new blobs of the old ones."""
    numbered = {number: file for number, file in enumerate(files) if readable(file) and file.hunks}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, file in numbered.items():
            if file.old.exists:
                (folder / str(number)).write_bytes(encoded(file.old.text or ""))
        patch = "".join(part for number, file in numbered.items() for part in rendered(number, file))
        argv = ["git", "apply", "--whitespace=nowarn", "--allow-empty", "-"]
        run = subprocess.run(argv, cwd=folder, input=encoded(patch), capture_output=True)
        assert run.returncode == 0, run.stderr
        for number, file in numbered.items():
            target = folder / str(number)
            assert (target.read_bytes() if target.exists() else None) == (
                encoded(file.new.text or "") if file.new.exists else None
            )


def require_numbered(file: FileDiff) -> None:
    """Every line of every hunk stands where its numbers say."""
    sides = {"old": file.old.lines(), "new": file.new.lines()}
    for hunk in file.hunks:
        assert sum(line.old is not None for line in hunk.lines) == hunk.old_count
        assert sum(line.new is not None for line in hunk.lines) == hunk.new_count
        for line in hunk.lines:
            assert line.old is None or sides["old"][line.old - 1] == line.text
            assert line.new is None or sides["new"][line.new - 1] == line.text


def require_counts(file: FileDiff, added: bytes, removed: bytes) -> None:
    if added == b"-":
        assert file.absence == "binary"
    elif file.change != "typechange":  # there git counts a comparison of the texts, and its own patch replaces
        assert (len(file.added), len(file.removed)) == (int(added), int(removed))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ranges())
def test_a_random_change_is_read_as_git_says_and_can_be_applied(trees: tuple[Tree, Tree]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        work = Work.at(Path(scratch))
        base, head = committed(work, *trees)
        with git.opened(work.path) as repo:
            files = git.changes(repo, base, head)
            entries = git.tree(repo, head)
        rows, counts = raw(work), counted(work)
    kinds = [(f.change[0].upper(), encoded(f.old_path), encoded(f.path), f.old.mode, f.new.mode) for f in files]
    assert kinds == rows
    assert {encoded(entry.path): entry.mode.encode() for entry in entries} == {p: m for p, (m, _) in trees[1].items()}
    for file in files:
        require_counts(file, *counts[encoded(file.path)])
        if readable(file):
            assert applied(file.old.text or "", file.hunks) == (file.new.text or "")
            require_numbered(file)
        for side, tree, path in ((file.old, trees[0], file.old_path), (file.new, trees[1], file.path)):
            assert side.text is None or encoded(side.text) == tree[encoded(path)][1]
    require_applicable(files)
