"""Questions in the form of `reviewbot.tasks.review`, about Python that is made up, and their right answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.servers.reviewer import DEFECTS, Found, findings, verdicts

#: Shares: of questions that are reviews, of changes of two files, of claims that are made false.
REVIEWS, TWO, FALSE = 0.55, 0.2, 0.45
#: Rows that a file has about, at most.
ROWS = 12
_NAMES, _VERBS, _FILES, _PROSE, _CLASSES, _SOUNDS = map(str.split, (
    """value item items total count path result data user name token key row rows line lines text config node buffer
    size index request response message content body event state order price amount record table query limit offset
    start end width height score level parent child source target cache queue task job owner group label field entry
    number numbers command expression code formula script args options settings url host port values""",
    """load save parse run check send read build fetch update close make render find get set add remove compute apply
    convert mean average last first main handle open write format merge split count evaluate lookup""",
    """app util io auth models db cli main report mathx stats store config shell api views jobs text cache loader""",
    "of and in the a to for with as from it is or that each",
    "Store Loader Report Session Queue Reader Parser Account Order Client",
    "ba co di fe gu ha jo ki lu ma ne po qui ra si to ul ve wa xi yo zen sh st tr pl",
))  # fmt: skip
_FOLDERS = ("src/", "src/", "lib/", "app/", "tools/", "tests/", "core/", "")
_TYPES = ("int", "str", "float", "object", "None", "list[int]", "list[str]", "dict[str, str]", "bytes")
_PLAIN = (
    "{a} = {f}({b})", "{a} = {f}({b})", "{a} = {b}", "{a} = {n}", "{a}.append({b})", "{a} = {b} + {c}", "{a} += {n}",
    "print({a})", '{a} = "{b}"', "{a} = [{b} for {b} in {c}]", "{a} = {b}.get({c})", "# {f} the {a} of {b}",
    "assert {a} == {n}", "{a}[{b}] = {c}", "self.{a} = {b}", "{a} = self.{b}", "{f}({a}, {b})", "{a} = {b} or []",
    "raise ValueError({a})", "{a} = json.loads({b})", "{a} = len({b})", "{a} = {b}[-1]", "{a} = {b}.strip()",
    '{a} = {b}["{c}"]', "{a} = int({b})", "{a}, {b} = {b}, {a}", "del {a}[{b}]", '{a} = f"{b} {{{c}}}"',
    "{a} = {b} * {n} - {c}", '{a} = os.environ.get("{b}", {c})', "{a} = {{}}", "{a} = []", "{a} = None",
)  # fmt: skip
#: Harmless lines that look like defects.
_LURES = (
    "{a} = ast.literal_eval({b})", "{a} = {b}[len({b}) - 1]", "{a} = {b} / {n}", "{a} = len({b}) / {n}",
    "subprocess.run([{a}])", "{a} = sum({b})", "{a} = os.path.join({b}, {c})", "{a} = os.listdir({b})",
    "{a} = {f}({b}) / {c}", "return {a} is None", "# None of the {a}", "{a} = {b}[len({c}):]", "if {a} == None:",
    "{a} = {b} == {n}", "{a} = {b} is not None", "{a} = evaluate({b})", "return len({a})", "return sum({a})",
)  # fmt: skip
_TOPS = (
    "import os", "import json", "import subprocess", "from __future__ import annotations", "from {a} import {f}", "",
    "import {a}", "{a} = {n}", '"""The {a} of a {b}."""', "from pathlib import Path", '{a} = "{b}"',
)  # fmt: skip
_HEADS = (
    "if {a}:", "if {a} == {n}:", "if {a} is None:", "if {a} is not None:", "if not {a}:", "for {a} in {b}:",
    "for {a}, {b} in enumerate({c}):", "while {a} < {n}:", "with open({a}) as {b}:", 'if {a} == "{b}":', "else:",
)  # fmt: skip
_CAUGHT = (
    "except ValueError:", "except OSError:", "except (KeyError, TypeError):", "except {c}Error as {a}:", "finally:",
)  # fmt: skip
#: By the name of a defect the lines that have it.
_BAD = {
    "eval": ("{a} = eval({b})", "{a} = eval({b})", "return eval({b})"),
    "shell": ("os.system({a})", "os.system({a})", "{a} = os.system({b})", "return os.system({a})"),
    "mean": ("return sum({a}) / len({a})", "{a} = sum({b}) / len({b})", "return {a} / len({b})"),
    "bound": ("return {a}[len({a})]", "{a} = {b}[len({b})]"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    #: The name of the defect, "" for none.
    defect: str = ""
    mark: str = " "
    number: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    #: The text as a prompt has it, and the rows in it.
    text: str
    rows: Sequence[_Row]

    @property
    def found(self) -> list[Found]:
        return [Found(self.path, row.number, row.text.strip(), DEFECTS[row.defect])
                for row in self.rows if row.defect and row.mark == "+"]  # fmt: skip


def task(rng: random.Random, most: int = ROWS) -> tuple[str, str]:
    """A question and its answer; a file has about `most` rows or fewer."""
    wanted = rng.choices((0, 1, 2, 3), (20, 50, 25, 5))[0]
    wishes = [rng.choice(list(_BAD)) for _ in range(wanted)]
    two = rng.random() < TWO
    first = rng.randint(0, wanted) if two else wanted
    shares = [wishes[:first], wishes[first:]] if two else [wishes]
    paths = rng.sample([folder + name for folder in dict.fromkeys(_FOLDERS) for name in _FILES], len(shares))
    if rng.random() < 0.15:
        paths = [_FOLDERS[0] + _word(rng) + str(number) for number in range(len(shares))]
    most = most // 2 + 1 if two else most
    files = [_file(rng, f"{path}.py", share, most) for path, share in zip(paths, shares, strict=True)]
    if rng.random() < (REVIEWS if any(file.found for file in files) else 0.9):
        question = "".join(file.text for file in files) + _around(rng)
        return _stripped(rng, question), findings(one for file in files for one in file.found)
    return _claims(rng, files)


def _claims(rng: random.Random, files: Sequence[_File]) -> tuple[str, str]:
    """A second asking: claims that are true, and some about another line or of another defect."""
    true = [one for file in files for one in file.found if rng.random() < 0.7]
    true += [one for file in files for one in file.found][: not true]
    claims: list[tuple[Found, bool]] = []
    for one in true:
        false = rng.random() < FALSE
        claims.append((_wrong(rng, one, files) if false else one, not false))
    if not claims or rng.random() < 0.2:
        claims.append((_wrong(rng, Found(files[0].path, 0, "", rng.choice(list(DEFECTS.values()))), files), False))
    cited = {one.path for one, _ in claims}
    code = "".join(file.text for file in files if file.path in cited)
    lines = "".join(f"Claim {number}: {one.claim}\n" for number, (one, _) in enumerate(claims, 1))
    return _stripped(rng, code + lines), verdicts(holds for _, holds in claims)


def _wrong(rng: random.Random, one: Found, files: Sequence[_File]) -> Found:
    """The same claim about a line that is harmless, or another claim about the same line."""
    rows = [row for file in files if file.path == one.path for row in file.rows]
    absent = [defect for name, defect in DEFECTS.items() if all(row.defect != name for row in rows)]
    other = rng.choice(absent or [each for each in DEFECTS.values() if each != one.defect])
    harmless = [row.number for row in rows if not row.defect and row.mark != "-" and row.text.strip()]
    kind = rng.random()
    line = one.line if one.line and kind < 0.45 else rng.choice(harmless)
    return Found(one.path, line, "", one.defect if kind > 0.7 else other)


def _stripped(rng: random.Random, text: str) -> str:
    """Some servers cut blanks off a message."""
    return text.strip() if rng.random() < 0.1 else text


def _around(rng: random.Random) -> str:
    kind, words = rng.random(), [_word(rng) for _ in range(rng.randint(1, 8))]
    if kind < 0.05:
        return f"Also changed, not shown here: {', '.join(f'{rng.choice(_FOLDERS)}{word}.py' for word in words)}\n"
    return f"The team asks: {' '.join(words)}\n" if kind < 0.1 else ""


def _word(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.18:
        return "".join(rng.choice(_SOUNDS) for _ in range(rng.randint(1, 3)))
    if kind < 0.28:
        return f"{rng.choice(_NAMES)}_{rng.choice(_NAMES)}"
    return rng.choice(_NAMES) + "s" * (kind < 0.4)


def _filled(rng: random.Random, template: str) -> str:
    return template.format(a=_word(rng), b=_word(rng), c=_word(rng), f=rng.choice(_VERBS), n=rng.randint(1, 100))


def _block(rng: random.Random, indent: str, head: str) -> Iterator[_Row]:
    yield _Row(indent + _filled(rng, head))
    ends = rng.choice(("pass", "return None", "continue", "{a} = {n}", "return {a}", "{a} = {f}({b})", "{f}({a})"))
    yield _Row(f"{indent}    {_filled(rng, ends)}")


def _statement(rng: random.Random, indent: str) -> Iterator[_Row]:
    kind = rng.random()
    if kind < 0.2:
        yield from _block(rng, indent, rng.choice(_HEADS))
    elif kind < 0.27:
        yield from _block(rng, indent, "try:")
        yield from _block(rng, indent, rng.choice(_CAUGHT))
    else:
        yield _Row(indent + _filled(rng, rng.choice(_LURES if kind < 0.42 else _PLAIN)))


def _defect(rng: random.Random, indent: str, name: str) -> Iterator[_Row]:
    template = rng.choice(_BAD[name])
    yield _Row(indent + _filled(rng, template), name)


def _function(rng: random.Random, wishes: Sequence[str], indent: str) -> Iterator[_Row]:
    typed = rng.random() < 0.3
    given = ", ".join(_word(rng) + f": {rng.choice(_TYPES)}" * typed for _ in range(rng.randint(0, 3)))
    result = f" -> {rng.choice(_TYPES)}" * typed
    yield _Row(f"{indent}def {rng.choice(_VERBS)}{rng.choice(('', '_' + _word(rng)))}({given}){result}:")
    inner = indent + "    "
    if rng.random() < 0.2:
        prose = " ".join(rng.choice((rng.choice(_NAMES), *_PROSE)) for _ in range(rng.randint(0, 6)))
        yield _Row(f'{inner}"""{rng.choice(_VERBS).title()} the {_word(rng)} {prose}."""')
    plan = [*wishes, *("" for _ in range(rng.choice((0, 0, 1, 1, 2, 3))))] or [""]
    rng.shuffle(plan)
    for name in plan:
        yield from _defect(rng, inner, name) if name else _statement(rng, inner)
    if rng.random() < 0.5:
        yield _Row(
            inner + _filled(rng, rng.choice(("return {a}", "return {a} + {b}", "return {f}({a})", "return {n}")))
        )


def _file(rng: random.Random, path: str, wishes: Sequence[str], most: int) -> _File:
    """A file of about `most` rows or fewer: functions that are new, changed or only shown."""
    left = list(wishes)
    new = rng.random() < 0.35
    start = 1 if new or rng.random() < 0.6 else rng.choice((rng.randint(2, 60), rng.randint(2, 400)))
    rows = [_Row("")] * rng.choice((0, 0, 1, 2)) if start > 1 else []
    if start == 1:
        rows += [_Row(_filled(rng, rng.choice(_TOPS))) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    lines = [f"### {path} ({'added' if new else 'modified'})"]
    inside = start > 1 and rng.random() < 0.5
    if inside:
        lines.append(f"@ class {rng.choice(_CLASSES)}:")
    enough = len(rows) + rng.randint(1, max(1, most - len(rows)))
    while left or len(rows) < enough:
        count = rng.randint(min(1, len(left)), min(2, len(left)))
        part = list(_function(rng, left[:count], "    " * inside))
        rows += [_Row("")] * (any(row.text for row in rows) and (1 if inside else 2)) + _marked(rng, part)
        left = left[count:]
    if not new and rng.random() < 0.4:
        rows += [_Row("")] * rng.randint(1, 2) + [*_function(rng, (), "    " * inside)][: rng.randint(0, 2)]
    rows = list(_numbered(rng, [_Row(row.text, row.defect, "+") for row in rows] if new else rows, start))
    lines += [f"{row.number} {row.mark} {row.text}" if row.mark else "..." for row in rows]
    if rng.random() < 0.06:
        lines += ["Already reported:", f"- line {rng.choice(rows).number}: {_word(rng)} {_word(rng)} {_word(rng)}"]
    return _File(path, "\n".join(lines) + "\n", rows)


def _marked(rng: random.Random, rows: Sequence[_Row]) -> list[_Row]:
    """Some rows as added, and here and there one that was removed before them."""
    kind = rng.random()
    share = 1.0 if kind < 0.35 else 0.5 if kind < 0.85 else 0.0
    marked: list[_Row] = []
    for row in rows:
        added = rng.random() < (max(share, 0.7) if row.defect else share)
        if added and share < 1 and rng.random() < 0.2:
            indent = row.text[: len(row.text) - len(row.text.lstrip())]
            old = rng.choice(list(_BAD)) if rng.random() < 0.15 else ""
            text = _filled(rng, rng.choice(_BAD[old] if old else _PLAIN))
            marked.append(_Row(indent + text, old, "-"))
        marked.append(_Row(row.text, row.defect, "+" if added else " "))
    return marked


def _numbered(rng: random.Random, rows: Sequence[_Row], start: int) -> Iterator[_Row]:
    """The numbers of the new side, of the old one for what was removed; and gaps, which have no mark."""
    new, shift = start, 0
    for row in rows:
        if row.mark == " " and not row.text and rng.random() < 0.04:
            new += rng.randint(2, 50)
            yield _Row("", mark="", number=new)
            continue
        yield _Row(row.text, row.defect, row.mark, new + shift if row.mark == "-" else new)
        new += row.mark != "-"
        shift += {"+": -1, "-": 1, " ": 0}[row.mark]
