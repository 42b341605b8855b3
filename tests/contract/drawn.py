"""Changes of every kind that git can hold, drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.repositories import Work

FILE, PROGRAM, LINK = "100644", "100755", "120000"
#: By path, mode and content.
Tree = Mapping[str, tuple[str, bytes]]

#: Blocks of lines, each of which stands by itself in a module.
PYTHON = (
    "def first(items):\n    return items[0]", "class Store:\n    def get(self, key):\n        return self.rows[key]",
    "x = 1", "", "", "# a remark", "\x0c", "# a form\x0cfeed", "name = 'a\u2028b'", "++x", "--x", "# @@ -1,3 +1,3 @@",
    "if x:\n\ty = [1,\n\t     2]\nelse:\n\ty = None", "text = '''\n```\n/approve\n~~~\n'''", "ünï = 'ço'  # \u00a0",
    "try:\n    x = f(a=1,\n          b='#1 @org/x')\nexcept KeyError:\n    pass", f"wide = '{'ab' * 900}'",
    "async def last(rows):\n    async for row in rows:\n        yield row\n    # done", "r = (x\n     == None)",
)  # fmt: skip
JSON = (
    '"name": "a/b.py"', '"list": [\n    1,\n    2\n  ]', '"deep": {\n    "x": {"y": null}\n  }', '"n": 1.5e3',
    '"u\u2028": "é \\u00e9"', '"fence": "```suggestion"', f'"wide": "{"ab" * 900}"', '"path": "/approve"',
)  # fmt: skip
TEXT = (
    "a line", "", " ", "\t", "--- a/x", "+++ b/x", "-- x", "++ y", "-", "+", "@@ -1,3 +1,3 @@ def f():",
    "\\ No newline", "diff --git a/x b/x", "index 000..111 100644", "a\u2028b", "a\u2029b", "a\x0bb", "a\x0cb", "a\rb",
    "\r", "a\x85b", "/approve", "```", "~~~~", "    code", "* item", "z\udcff", "\u202eabc", "日本 🦀", "w " * 1500,
    "<!-- reviewbot:1 AAAA - -->",
)  # fmt: skip
NAMES = (
    "a.py", "src/app.py", "src/two words.py", "src/it's \"quoted\".py", "app/[id]/page.py", "ünï/cödé.py",
    "tab\there.py", "a.json", "conf/b c.json", "conf/[x].json", "package.json", "c.json", "notes.txt", "-dash.txt",
    "back\\slash.txt", "a:b*?.txt", " lead.txt", "trail .txt", "日本.md", "src/deep/er/z.py", ":(top)x.txt",
    "%20#?&.json", "new\nline.txt", "b/a/x.txt", "🦀.py", ".github/x.py", "LICENSE",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What the base has and what the head has. `aside`: the base branch went on after they parted."""

    old: Tree
    new: Tree
    aside: Tree = field(default_factory=dict)

    def push(self, work: Work) -> None:
        """Make it the branches `main` and `feature`."""
        commits = [
            ("main", b"reset refs/heads/main\n", self.old, b"mark :1\n"),
            ("feature", b"reset refs/heads/feature\n", self.new, b""),
            ("main", b"", {**self.old, **self.aside}, b""),
        ][: 3 if self.aside else 2]
        stream = b"".join(_commit(*one, parent=number > 0) for number, one in enumerate(commits))
        work.git("fast-import", "--force", "--quiet", stdin=stream)


def _commit(branch: str, reset: bytes, tree: Tree, mark: bytes, *, parent: bool) -> bytes:
    head = b"commit refs/heads/%s\n%scommitter Ada <ada@example.org> 1767225600 +0000\ndata 6\nchange\n"
    parts = [reset, head % (branch.encode(), mark), b"from :1\n" * parent, b"deleteall\n"]
    for path, (mode, data) in tree.items():
        parts.append(b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), _quoted(path), len(data), data))
    return b"".join(parts)


def _quoted(path: str) -> bytes:
    raw = path.encode("utf-8", "surrogateescape")
    return b'"%s"' % raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


def _rows(path: str) -> Sequence[str]:
    return PYTHON if path.endswith(".py") else JSON if path.endswith(".json") else TEXT


@st.composite
def _blocks(draw: st.DrawFn, path: str, salt: int) -> tuple[str, ...]:
    """Blocks, among them runs that are all different, as most lines of most files are."""
    rows, found = _rows(path), list[str]()
    for one in draw(st.lists(st.sampled_from(rows) | st.sampled_from((2, 5, 9, 14, 25)), max_size=7)):
        found += (
            [one] if isinstance(one, str) else [_filler(path, f"{salt}_{len(found) + number}") for number in range(one)]
        )
    return tuple(found)


def _filler(path: str, name: str) -> str:
    return f'"key {name}": 1' if path.endswith(".json") else f"line_{name} = 1"


@st.composite
def _edited(draw: st.DrawFn, path: str, blocks: tuple[str, ...]) -> tuple[str, ...]:
    """The blocks with a few put in, taken out and replaced; at the ends more often than by chance."""
    found, rows = list(blocks), _rows(path)
    for _ in range(draw(st.integers(1, 4))):
        at = round(draw(st.sampled_from((0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 100))) * len(found) / 100)
        deed, block = draw(st.sampled_from("ridrid0")), draw(st.sampled_from(rows))
        found[at : at + (deed in "rd")] = [block] if deed in "ri" else [block, block] if deed == "0" else []
    return tuple(found)


@st.composite
def _written(draw: st.DrawFn, path: str, blocks: Sequence[str], end: str) -> bytes:
    """A file of these blocks: lines end as `end` says, the last one perhaps not at all."""
    if not blocks:
        return b""
    text = "{\n  " + ",\n  ".join(blocks) + "\n}" if path.endswith(".json") else "\n".join(blocks)
    if draw(st.integers(0, 19)) == 7:
        text = f"{text[: len(text) // 2]}(\n{text[len(text) // 2 :]}"
    text = text.replace("\n", end) + (end if draw(st.integers(0, 3)) else "")
    return text.encode("utf-8", "surrogateescape")


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Up to four files, each changed in its own way."""
    old: dict[str, tuple[str, bytes]] = {}
    new: dict[str, tuple[str, bytes]] = {}
    names = draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True))
    for path in names:
        end = draw(st.sampled_from(("\n", "\n", "\n", "\r\n")))
        salt = draw(st.integers(0, 999))
        blocks = draw(_blocks(path, salt))
        later = draw(_blocks(path, salt) if not draw(st.integers(0, 5)) else _edited(path, blocks))
        before = draw(_written(path, blocks, end))
        after = draw(_written(path, later, draw(st.sampled_from((end, end, "\n")))))
        sides = _sides(draw(st.sampled_from(_DEEDS)), path, before, after)
        old |= sides[0]
        new |= sides[1]
    aside: Tree = dict.fromkeys([*names[:1], "elsewhere.txt"], (FILE, b"other\n")) if draw(st.booleans()) else {}
    return Change(old, new, aside)


_DEEDS = (
    *["edit"] * 8, "add", "add", "delete", "delete", "rename", "rename", "move", "copy", "copied", "split", "mode",
    "link", "unlink", "empty", "fill", "binary",
)  # fmt: skip


def _sides(deed: str, path: str, before: bytes, after: bytes) -> tuple[Tree, Tree]:
    folder, slash, name = path.rpartition("/")
    other, second = f"{folder}{slash}to {name}", f"{folder}{slash}and {name}"
    here, there, link = {path: (FILE, before)}, {path: (FILE, after)}, {path: (LINK, b"elsewhere.txt")}
    empty, moved = {path: (FILE, b"")}, {other: (FILE, after)}
    deeds: Mapping[str, tuple[Tree, Tree]] = {
        "edit": (here, there), "add": ({}, there), "delete": (here, {}), "rename": (here, moved),
        "move": (here, {other: (FILE, before)}), "copy": (here, {**there, **moved}),
        "copied": (here, {**here, **moved}),
        "split": (here, {**moved, second: (FILE, before + after)}), "mode": (here, {path: (PROGRAM, after)}),
        "link": (here, link), "unlink": (link, there), "empty": (here, empty), "fill": (empty, there),
        "binary": (here, {path: (FILE, b"\0" + after)}),
    }  # fmt: skip
    return deeds[deed]
