"""Projects of .NET: which one holds a file, and which one tests it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reviewbot.tasks.scaffold.suites import Surroundings

_XUNIT = re.compile(r"""Include\s*=\s*["']xunit(?:\.v3)?(?:\.[a-z.]{1,40})?["']""", re.IGNORECASE)
_ROOT = re.compile(r"<RootNamespace>\s*([A-Za-z_][\w.]{0,150})\s*</RootNamespace>", re.ASCII)
_NAMED = re.compile(r"(?i)[._-]?tests?$")
_DECLARED = re.compile(r"^[ \t]*namespace[ \t]+([A-Za-z_][\w.]{0,150})[ \t\r\n]{0,9}([;{]?)", re.ASCII | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """A project file; its folder ends with a slash, "" for the top."""

    path: str
    text: str

    @property
    def folder(self) -> str:
        folder, slash, _ = self.path.rpartition("/")
        return folder + slash

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".csproj")

    @property
    def namespace(self) -> str:
        declared = _ROOT.search(self.text)
        return declared[1] if declared else self.name.replace("-", "_").replace(" ", "_")

    @property
    def is_third(self) -> bool:
        """Written for the third version of xunit, where a test may skip itself."""
        return re.search(r"""["']xunit\.v3""", self.text) is not None


def nearest(path: str, paths: Iterable[str]) -> str:
    """The project file up the tree from a file, "" for none."""
    folders: dict[str, str] = {}
    for one in sorted(paths, reverse=True):
        if one.endswith(".csproj"):
            folders[one.rpartition("/")[0]] = one
    folder = path.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folders.get(folder, "")


def tester(path: str, around: Surroundings) -> Project | None:
    """The project that tests a file with xunit: one that refers to its project, else one named after it, else any."""
    source = nearest(path, around.paths)
    name = source.rpartition("/")[2].removesuffix(".csproj")
    known = [Project(one, around.texts.get(one, "")) for one in sorted(around.paths) if one.endswith(".csproj")]
    testers = [one for one in known if one.path != source and _XUNIT.search(one.text)]

    def rank(project: Project) -> tuple[bool, bool]:
        refers = bool(name) and re.search(rf"[\\/\"']{re.escape(name)}\.csproj", project.text) is not None
        return refers, bool(name) and _NAMED.sub("", project.name) == name

    return max(testers, key=rank, default=None)


def within(path: str, around: Surroundings) -> str:
    """The folder of a file inside its project, with its slash."""
    project = Project(nearest(path, around.paths), "")
    folder, slash, _ = path.removeprefix(project.folder).rpartition("/")
    return folder + slash


def namespace(text: str) -> tuple[str, bool]:
    """That of a source text, "" for none, and whether it holds for the file as a whole."""
    declared = _DECLARED.search(text[:20_000])
    return (declared[1], declared[2] == ";") if declared else ("", False)
