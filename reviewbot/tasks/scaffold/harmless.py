"""Values that do no harm: what is given a place may delete what is there, so none of them is the current folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reviewbot.tasks.scaffold.naming import words
from reviewbot.tasks.scaffold.suites import Parameter

#: A name that is in no folder.
_NOWHERE = '"text"'
_PLACES = frozenset({
    "path", "paths", "file", "files", "filename", "filenames", "filepath", "filepaths", "pathname", "folder", "folders",
    "dir", "dirs", "dirname", "directory", "directories", "root", "roots", "basedir", "rootdir", "workdir", "outdir",
    "tmpdir", "cwd", "dest", "destination", "src", "location", "workspace",
})  # fmt: skip
#: Of a text what leads out of the current folder, or stays in it.
_LEADS = re.compile(r"""["'`](?:[\s./\\~]*|[/\\~.][^"'`]*|\w:[^"'`]*)["'`]|\w*Path\(\)""")


def is_place(parameter: Parameter) -> bool:
    """Whether a parameter says by its name or type that it is a file or a folder."""
    return not _PLACES.isdisjoint(words(parameter.name)) or not _PLACES.isdisjoint(words(parameter.type))


def harmless(parameter: Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """The values without those that are the current folder, or lead out of it."""
    found = tuple(values)
    if not is_place(parameter):
        return found
    kept = (value for value in found if not _LEADS.fullmatch(value))
    return tuple(dict.fromkeys(_LEADS.sub(_NOWHERE, value) for value in kept)) or ((_NOWHERE,) if found else ())


def is_harmless(row: Mapping[str, str], parameters: Iterable[Parameter]) -> bool:
    """Whether no argument of a row leads anywhere."""
    return not any(_LEADS.search(row.get(one.name, "")) for one in parameters if is_place(one))
