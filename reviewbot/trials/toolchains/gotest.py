"""`go test`, without a network: modules come from the vendor folder or from what this machine has already."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from reviewbot.trials.commands import Command, Ground, MissingToolError

_TESTS = re.compile(r"^func[ \t]+(Test\w*)\(", re.MULTILINE | re.ASCII)
_LISTED = re.compile(r"^Test\w*\r?$", re.MULTILINE | re.ASCII)


def collecting(ground: Ground, path: str) -> Command:
    return _command(ground, path, "-list")


def running(ground: Ground, path: str) -> Command:
    return _command(ground, path, "-count=1", "-v", "-run")


def collected(code: int, output: str) -> bool:
    return code == 0 and _LISTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0 and "no tests to run" not in output and "[no test files]" not in output


def _command(ground: Ground, path: str, *options: str) -> Command:
    program = ground.which("go")
    if program is None:
        raise MissingToolError("go")
    folder = PurePosixPath(path).parent
    root = next((one for one in (folder, *folder.parents) if str(one / "go.mod") in ground.paths), PurePosixPath())
    text = (ground.root / path).read_text("utf-8", "replace")
    tests = f"^({'|'.join(_TESTS.findall(text))})$"
    package = f"./{folder.relative_to(root)}"
    return Command((program, "test", *options, tests, package), _environment(ground, str(root)), _folder(str(root)))


def _folder(root: str) -> str:
    return "" if root == "." else root


def _environment(ground: Ground, root: str) -> dict[str, str]:
    made = {
        "GOCACHE": ground.scratch / "go-build",
        "GOTMPDIR": ground.scratch / "go-tmp",
        "GOPATH": ground.scratch / "go",
    }
    for folder in made.values():
        folder.mkdir(parents=True, exist_ok=True)
    vendored = str(PurePosixPath(root) / "vendor/modules.txt") in ground.paths
    kept = Path.home() / "go/pkg/mod"
    return {
        **{name: str(folder) for name, folder in made.items()},
        **({"GOMODCACHE": str(kept)} if kept.is_dir() else {}),
        "GOFLAGS": "-mod=vendor" if vendored else "-mod=mod",
        "GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOENV": "off", "GOTELEMETRY": "off",
        "CGO_ENABLED": "1" if ground.which("gcc") else "0",
    }  # fmt: skip
