"""Programs of this machine that tests are run with: where they are, and what of the machine they have to see for it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewbot.trials.commands import Command
from reviewbot.trials.copies import Copy

_STANDARD = ("/usr/local/bin", "/usr/bin", "/bin")
#: What programs of a language start by name: an interpreter for a script, a compiler for a builder.
_STARTED: Mapping[str, tuple[str, ...]] = {
    "python": ("python3",), "javascript": ("node",), "typescript": ("node",), "tsx": ("node",), "go": ("go", "gcc"),
    "java": ("java", "javac"), "rust": ("rustc", "cc"), "ruby": ("ruby",), "csharp": ("dotnet",), "php": ("php",),
}  # fmt: skip
#: Of these folders of a home the rest may hold credentials, or all; what builds need stands in what is named.
_PARTS: Mapping[str, tuple[str, ...]] = {
    ".cargo": ("bin", "registry", "git"), ".m2": ("repository",), ".gradle": ("caches", "wrapper"),
    ".local": ("bin", "lib", "share/uv", "share/pnpm", "share/mise"), ".nuget": ("packages",), ".gem": ("ruby",),
    ".bundle": ("cache",), "go": ("bin", "pkg"), ".npm": ("_cacache",), ".ssh": (), ".aws": (), ".config": (),
    ".gnupg": (), ".docker": (), ".kube": (), ".azure": (), ".password-store": (), ".mozilla": (),
}  # fmt: skip
#: An option with a path for its value. What follows a colon may be a name of the tree, which leads nowhere.
_OPTION = re.compile(r"-[\w.-]{1,60}=(/.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs of a machine, for one language and one copy."""

    #: The operator's PATH.
    path: str
    home: Path
    copy: Copy
    language: str

    def which(self, name: str) -> str | None:
        """What the project's own dependencies bring, then the operator's; nothing that the tree brings."""
        if "/" in name:
            return None
        for folder in (below / kind for below in self.copy.dependencies for kind in ("bin", ".bin")):
            if (folder / name).is_file():
                return str(folder / name)
        return shutil.which(name, path=":".join(one for one in self.path.split(":") if one.startswith("/")))

    def environment(self, command: Command) -> dict[str, str]:
        """All that a program finds in its environment: little, and nothing of ours."""
        folders = [str(Path(command.argv[0]).parent), *(str(Path(one).parent) for one in self._started()), *_STANDARD]
        return {
            "PATH": ":".join(dict.fromkeys(folders)), "HOME": str(self.copy.scratch / "home"),
            "TMPDIR": str(self.copy.scratch / "tmp"), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "CI": "1",
            "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **command.environment,
        }  # fmt: skip

    def readable(self, command: Command) -> tuple[Path, ...]:
        """Folders outside the copy that a command needs: its dependencies, and no home nor what holds one."""
        asked: list[Path] = []
        for program in (command.argv[0], *self._started()):
            asked += _installation(Path(program))
        options = (match[1] for argument in command.argv if (match := _OPTION.fullmatch(argument)))
        asked += [Path(one) for one in (*command.argv[1:], *options, *command.environment.values()) if one[:1] == "/"]
        outside = (one for one in asked if not one.is_relative_to(self.copy.home) and _exists(one))
        return tuple(dict.fromkeys((*self.copy.dependencies, *(part for one in outside for part in self._parts(one)))))

    def _started(self) -> list[str]:
        found = (shutil.which(name, path=self.path) for name in _STARTED.get(self.language, ()))
        return [one for one in found if one is not None and one.startswith("/")]

    def _parts(self, path: Path) -> Iterator[Path]:
        """A path as far as it is shown: no home, nothing that holds one, no more of one than builds need."""
        real, home = path.resolve(), self.home.resolve()
        if home.is_relative_to(real) or self.copy.home.resolve().is_relative_to(real):
            return
        inner = real.relative_to(home) if real.is_relative_to(home) else None
        kept = _PARTS.get(inner.parts[0]) if inner is not None else None
        if inner is None or kept is None:
            yield path
            return
        shown = [home / inner.parts[0] / name for name in kept]
        if any(real.is_relative_to(one) for one in shown):
            yield path
        yield from (one for one in shown if one.is_relative_to(real) and one.exists())


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _installation(program: Path) -> Iterator[Path]:
    """The folders that a program was installed into: a virtual environment's and those of what it links to."""
    waiting, seen = [program], set[Path]()
    while waiting:
        one = waiting.pop(0)
        if one in seen:  # an interpreter that is a copy links to itself
            continue
        seen.add(one)
        waiting.append(one.resolve())
        if str(one).startswith(("/usr/", "/bin/", "/sbin/")):
            continue
        yield one.parent
        if one.parent.name in ("bin", "sbin", "shims"):
            yield one.parent.parent
            if (one.parent.parent / "pyvenv.cfg").is_file():
                waiting.append((one.parent / "python").resolve())
