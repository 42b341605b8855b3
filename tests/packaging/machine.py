"""What the tests of the packaging run on: node with the programs of `make runners`, and wheels to install from."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.requirements import require

ROOT = Path(__file__).parents[2]
RUNNER = Path(__file__).with_name("runner")
MODULES = RUNNER / "node_modules"
WHEELS = RUNNER / "wheels"
_NODE = shutil.which("node")
_FOLDERS = [str(Path(sys.base_prefix) / "bin"), *([str(Path(_NODE).parent)] if _NODE else []),
            "/usr/local/bin", "/usr/bin", "/bin"]  # fmt: skip
#: All that a process of these tests sees of this machine; git reads no configuration of whoever runs them.
ENVIRONMENT = {
    "PATH": ":".join(_FOLDERS), "HOME": "/nonexistent", "LANG": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip
#: An air-gapped job: pip reaches no index, only the folder that `make runners` filled from the locked list.
WITHOUT_INDEX = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS)}


def needs_node() -> None:
    """Skip, and in CI fail, where node or what `make runners` installs is not here."""
    require(_NODE, "node 20 or newer")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    require(int(version.removeprefix("v").split(".")[0]) >= 20, f"node 20 or newer, this is {version.strip()}")
    require((MODULES / ".package-lock.json").is_file() and WHEELS.is_dir(), "node modules and wheels: make runners")


def node(script: str, *arguments: str, stdin: str = "", cwd: Path = RUNNER) -> subprocess.CompletedProcess[str]:
    """Run one of the programs in `runner/`."""
    command = ["node", "--import", (RUNNER / "json_hook.mjs").as_uri(), str(RUNNER / script), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT)


def program(name: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a program of the node modules by the name of its command."""
    command = [str(MODULES / ".bin" / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT)


def answer(script: str, job: dict[str, object]) -> dict[str, object]:
    """What a program of `runner/` makes of one JSON document."""
    done = node(script, stdin=json.dumps(job))
    if done.returncode:
        raise AssertionError(f"{script}: {done.stderr}")
    said: dict[str, object] = json.loads(done.stdout)
    return said
