"""What becomes of files and of what manifests ask for, in phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.tasks.message import names
from reviewbot.tasks.message.dependencies import Update, updates
from reviewbot.tasks.message.parts import Part
from reviewbot.tasks.message.phrasing import Phrase, listings

#: Of one kind this many are told one by one.
_EACH = 3
#: Modes of a file before and after it may be run.
_EXECUTABLE = ("100644", "100755")
#: Lines of a document that are looked at for headings.
_LINES = 500
_AFFIX = re.compile(r"^(?:tests?|spec)[_.-]|[_.-](?:tests?|specs?|unit|e2e)$|(?<=[a-z])Tests?$|^tests?$")
_HEADING = re.compile(r"#{1,4} +([A-Za-z][A-Za-z0-9 ,/_-]{1,38}[A-Za-z0-9])\s*", re.ASCII)
_MANIFEST = re.compile(r"(?:^|/)(?:package\.json|go\.mod|Cargo\.toml)$")
#: The roles of files by the type of the change that they make.
_FIRST = {"test": "test", "docs": "docs", "ci": "ci"}


def of_files(parts: Sequence[Part], kind: str) -> Iterator[Phrase]:
    """One phrase for each dependency, and for each role of files and what becomes of them."""
    pinned = [part for part in parts if part.role in ("manifest", "ci")]
    told = {part.path for part in pinned if updates([part], ("manifest", "ci"))}
    rest = [part for part in parts if part.path not in told]
    first = [part for part in rest if part.role == _FIRST.get(kind)]
    yield from _groups(first, kind)
    yield from of_updates(updates(pinned, ("manifest", "ci")))
    others = [part for part in rest if part not in first]
    yield from _groups([part for part in others if part.role != "lock" or len(parts) == 1], kind)


def of_updates(found: Sequence[Update]) -> Iterator[Phrase]:
    """One by one where they are few: a list of twenty tells nobody anything."""
    new, gone = [one for one in found if not one.old], [one for one in found if not one.new]
    other = [one for one in found if one.old and one.new]
    for one in other if len(other) <= _EACH else []:
        was, now, name = names.version(one.old), names.version(one.new), names.dependency(one.name)
        yield Phrase("bump", (f"{name} from {was} to {now}", f"{name} to {now}", name))
    if len(other) > _EACH:
        yield Phrase("update", listings([names.dependency(one.name) for one in other]))
    for verb, group in (("add", new), ("remove", gone)):
        if group:
            word = "dependency " if len(group) == 1 else "dependencies "
            yield Phrase(verb, listings([names.dependency(one.name) for one in group], word))


def _groups(parts: Sequence[Part], kind: str) -> Iterator[Phrase]:
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        deed = "test" if part.role == "test" and not (part.is_gone or part.is_moved) else _deed(part)
        groups.setdefault((deed, part.role), []).append(part)
    for (deed, role), group in groups.items():
        paths = [part.path for part in group]
        if deed in ("rename", "move"):
            yield _moved(deed, group)
        elif deed == "test":
            yield _tests(group)
        elif role == "ci" and len(group) == 1 and "/workflows/" in paths[0]:
            stem = names.name(paths[0]).rpartition(".")[0] or names.name(paths[0])
            yield Phrase(deed, (f"workflow {stem}", names.name(paths[0])))
        elif role == "docs" and len(group) == 1 and deed == "update" and (heading := _heading(group[0])):
            at = names.name(paths[0])
            yield Phrase("add", (f"section {heading} to {at}", f"section {heading}", f"a section to {at}"))
        else:
            yield of_changed("reformat" if kind == "style" else deed, group)


def _deed(part: Part) -> str:
    if part.is_moved:
        same = part.path.rpartition("/")[2] == part.file.old_path.rpartition("/")[2]
        return "move" if same else "rename"
    return "add" if part.is_new else "remove" if part.is_gone else "update"


def _moved(deed: str, group: Sequence[Part]) -> Phrase:
    if len(group) > 1:
        return Phrase(deed, (f"{len(group)} files",))
    old, new = group[0].file.old_path, group[0].path
    target = names.path(new if deed == "rename" else new.rpartition("/")[0] or ".")
    short = names.name(new) if deed == "rename" else target
    return Phrase(deed, (f"{names.path(old)} to {target}", f"{names.name(old)} to {short}", names.name(old)))


def _tests(group: Sequence[Part]) -> Phrase:
    """Tests by what they test, as their names say it; data and manifests of tests only where there is nothing else."""
    named = [part for part in group if part.path.endswith(_TESTS) and not _MANIFEST.search(part.path)] or group
    subjects = list(dict.fromkeys(_AFFIX.sub("", names.name(part.path).partition(".")[0]) for part in named))
    subjects = [one for one in subjects if one.strip("_ ")]
    grown = sum(len(part.file.added) for part in group) > 2 * sum(len(part.file.removed) for part in group)
    verb = "add" if grown else "update"
    return Phrase(verb, listings(subjects, "tests of ")) if subjects else of_paths(verb, [part.path for part in group])


_TESTS = (
    ".py", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".go", ".rs", ".rb", ".java", ".cs", ".php", ".sh", ".kt", ".cpp",
)  # fmt: skip


def _heading(part: Part) -> str:
    """The one heading that a document gains, where it could stand in a sentence."""
    before = {line.text.strip().lstrip("# ") for line in part.file.removed[:_LINES]}
    found = [match[1] for line in part.file.added[:_LINES] if (match := _HEADING.fullmatch(line.text[:60])) is not None]
    return found[0] if len(found) == 1 and not before & set(found) else ""


def of_paths(verb: str, paths: Sequence[str]) -> Phrase:
    """Files by their paths, by their names where those are too long, by their folder where they are many."""
    if len(paths) <= _EACH:
        full, short = [names.path(one) for one in paths], [names.name(one) for one in paths]
        return Phrase(verb, (names.listed(full, _EACH), names.listed(short, _EACH), names.listed(short, 1)))
    return Phrase(verb, (_gathered(paths), f"{len(paths)} files"))


def of_changed(verb: str, parts: Sequence[Part]) -> Phrase:
    """Files, and where nothing of them changed but who may run them, that."""
    said = of_paths(verb, [part.path for part in parts])
    if any(part.file.hunks or (part.file.old.mode, part.file.new.mode) != _EXECUTABLE for part in parts):
        return said
    return Phrase("make", tuple(f"{one} executable" for one in said.objects))


def _gathered(paths: Sequence[str]) -> str:
    folders = [path.split("/")[:-1] for path in paths]
    shared = 0
    while all(len(one) > shared for one in folders) and len({one[shared] for one in folders}) == 1:
        shared += 1
    where = names.path("/".join(folders[0][:shared]))
    return f"{len(paths)} files in {where}" if shared else f"{len(paths)} files"
