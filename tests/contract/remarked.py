"""What somebody has to say of a change, drawn by hypothesis: at any lines, with any suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from hypothesis import strategies as st

from reviewbot.core.diff import FileDiff, Side, split_lines
from reviewbot.core.findings import Finding, Location, Severity, identify
from reviewbot.core.labels import Label
from reviewbot.core.pull import PullRequest
from reviewbot.core.suggestions import adjusted
from tests.contract.drawn import Change, changes
from tests.formats.samples import PAYLOADS
from tests.materials import told

Pool = Literal["changed", "shown", "any", "whole", "beyond"]


@dataclass(frozen=True)
class Pick:
    """A remark, before the change is known: numbers are taken modulo what there is."""

    file: int
    side: Side
    #: Where its first line is one of, by number; and how many more there are.
    pool: Pool
    at: int
    more: int = 0
    #: See WELCOME, or one of all of these.
    suggestion: int | str | None = None
    words: str = ""


@dataclass(frozen=True)
class Drawn:
    """A change and what is to be said of it."""

    change: Change
    picks: tuple[Pick, ...]


#: What models suggest: `{rows}` are the lines to be replaced, `{first}` is the first of them, `{in}` its indentation.
WELCOME = (
    "{rows}  # checked", "{in}pass", "{in}x = 2", "{in}if x:\n{in}    pass", "{rows}\n{rows}", "{in}# a remark",
    "```python\n{rows} # a\n```", "~~~\n{rows}  # b\n~~~~", "{in}x = 1\r\n{in}y = 2\r", "\n{rows} # c \t\n\n",
    "{in}fence = '````'  # ```suggestion", "{in}wave = '~~~~~'\n\n\n{in}z = 1", "{in}x = '<!-- reviewbot:1 A - -->'",
    "+{in}x = 1\n+{in}y = 2", "12 + {in}x = 1", "{in}text = \"\"\"\n```\n~~~\n\"\"\"",
)  # fmt: skip
IN_JSON = (
    '  "k": 1,', '  "k": "```\\n/approve",', '  "k": [1,\n    2],', '  "last": null', '  "e": {{}},',
    "{rows}\n  \"k\": 3,", '```json\n  "k": true,\n```', "{rows},", '  "k": 01,', "    0.5", "    [],",
    '"k": "~~~~",\r\n  "l": 0,',
)  # fmt: skip
HOSTILE = (
    "{in}x = '''\n/approve\n```\n'''", "{first}\n/merge", "/approve\n{rows}", "", " ", "{in}x = (", "'''",
    "{rows}\u2028", "{in}\x0cx = 1", "{in}print 'x'", "{in}1 = x", "{in}f(a=1, 2)", "{in}x := 1", "{in}return 010",
    "{in}exec 'x'", "{in}def f(a=1, b): pass", "{in}\tx = 1", "{in}*a = x", "{in}except ValueError, e:\n{in}    pass",
    "{in}x = f'{{y!z}}'", "{in}del f()", "{in}# -*- coding: nothing -*-", "{in}x = 1;\\", "{in}``", "@@ -1 +1 @@",
    "\\", "{in}x = '\r'", "{in}global x", "{in}await y", "{in}x = yield", "{in}lambda: (yield)", "{in}a, b += 1",
    "{in}None = 1", "{in}from x import *", "{in}x = ur'a'", "{in}raise E, 'x'", "{in}x = `y`", "{in}x <> y",
    "{in}match x:\n{in}    case 1: pass", "{in}f'{{'", "{in}x = 1__0", "{in}async x", "{in}f(**a, *b)",
    "{in}with a as 1: pass", "{in}for 1 in x: pass", "{in}import a.b as c.d", "{in}(x): y: z = 1",
    "{in}[x for x in 1, 2]",
)  # fmt: skip
_POOLS: tuple[Pool, ...] = ("changed", "changed", "changed", "shown", "shown", "shown", "any", "whole", "beyond")
_SIDES: tuple[Side, ...] = ("new", "new", "old")

_number = st.integers(0, 999)
_picks = st.builds(
    Pick, _number, st.sampled_from(_SIDES), st.sampled_from(_POOLS), _number,
    st.sampled_from((0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 12, 90)), st.none() | _number | _number, st.sampled_from(PAYLOADS),
)  # fmt: skip
drawn = st.builds(Drawn, changes(), st.lists(_picks, min_size=1, max_size=10).map(tuple))
#: Diffs of one pull request, each in a folder of its own: what a forge takes is the same, and a run takes a fifth.
TOGETHER = 5
pulls = st.lists(drawn, min_size=TOGETHER, max_size=TOGETHER)


def together(diffs: Sequence[Drawn]) -> Drawn:
    """Several diffs as one pull request."""
    trees = [(one.change.old, one.change.new, one.change.aside) for one in diffs]
    old, new, aside = (
        {f"{number}/{path}": file for number, sides in enumerate(trees) for path, file in sides[at].items()}
        for at in range(3)
    )
    return Drawn(Change(old, new, aside), tuple(pick for one in diffs for pick in one.picks))


def findings(pull: PullRequest, picks: Iterable[Pick]) -> tuple[Finding, ...]:
    """The remarks at their lines, each with a title of its own; suggestions as they come out of a review by models."""
    return identify(_made(pull, picks))


def _made(pull: PullRequest, picks: Iterable[Pick]) -> Iterator[Finding]:
    changed = [file for file in pull.files if file.hunks]
    for number, pick in enumerate(picks, 1):
        files = changed if changed and pick.pool in ("changed", "shown") else pull.files
        if files:
            file = files[pick.file % len(files)]
            other = replace(pick, side="old" if pick.side == "new" else "new")
            yield _finding(file, other if pick.pool == "changed" and not any(_pool(file, pick)) else pick, number)


def _finding(file: FileDiff, pick: Pick, number: int) -> Finding:
    numbers = list(_pool(file, pick))
    line = numbers[pick.at % len(numbers)] if numbers else None
    end = None if line is None else line + pick.more
    rows = split_lines((file.new if pick.side == "new" else file.old).text or "")
    quoted = rows[line - 1 : end] if line is not None else []
    where = Location(file.side_path(pick.side), pick.side, line, end)
    made = Finding(
        "model/logic", "hosted", Severity(1 + number % 4), 0.9, where, f"Claim {number} stands {pick.words}",
        f"{pick.words} See `{pick.words}`.", "\n".join(quoted), label=Label.INTERNAL,
    )  # fmt: skip
    if pick.suggestion is None or pick.side == "old" or not quoted or line is None or end is None:
        return made
    first = quoted[0].removesuffix("\r")
    text = _template(pick.suggestion, file.path).format(**{
        "rows": "\n".join(quoted), "first": first, "in": first[: len(first) - len(first.lstrip(" \t"))],
    })  # fmt: skip
    return replace(made, suggestion=adjusted(text, told(file), line, end))


def _template(suggestion: int | str, path: str) -> str:
    if isinstance(suggestion, str):
        return suggestion
    welcome = IN_JSON if path.endswith(".json") else WELCOME
    # One in four would break something.
    every = (*welcome * round(3 * len(HOSTILE) / len(welcome)), *HOSTILE)
    return every[suggestion * 7919 % len(every)]


def _pool(file: FileDiff, pick: Pick) -> Iterator[int]:
    if pick.pool == "whole":
        return
    shown = [line for hunk in file.hunks for line in hunk.lines]
    numbers = [line.new if pick.side == "new" else line.old for line in shown
               if pick.pool != "changed" or line.mark != " "]  # fmt: skip
    count = len(split_lines((file.new if pick.side == "new" else file.old).text or ""))
    if pick.pool == "any":
        yield from range(1, count + 1)
    elif pick.pool == "beyond":
        yield from (count + 1, count + 7, 0, -1)
    else:
        yield from (number for number in numbers if number is not None)
