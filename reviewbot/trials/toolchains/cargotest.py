"""`cargo test`, without a network: crates come from what this machine has already.

Unwritten tests are ignored ones that call, say what they got and fail with `to be written`: they are run too, so that
the call is seen, and counted as neither passed nor failed.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from reviewbot.trials.commands import Command, Ground, MissingToolError

_LISTED = re.compile(r"^[\w:]+: test\r?$", re.MULTILINE | re.ASCII)
_FAILED = re.compile(r"^test ([\w:]+)(?: - should panic)? \.\.\. FAILED\r?$", re.MULTILINE | re.ASCII)
_SECTION = re.compile(r"^---- ([\w:]+) stdout ----\r?$", re.MULTILINE | re.ASCII)
_UNWRITTEN = "not yet implemented: to be written"


def collecting(ground: Ground, path: str) -> Command:
    return _command(ground, path, "--list")


def running(ground: Ground, path: str) -> Command:
    return _command(ground, path, "--include-ignored")


def collected(code: int, output: str) -> bool:
    return code == 0 and _LISTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    """Whether all that failed is what nobody has written yet."""
    if "test result:" not in output or "running 0 tests" in output:
        return False
    if code == 0:
        return True
    pieces = _SECTION.split(output)
    said = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    failed = _FAILED.findall(output)
    return bool(failed) and all(_UNWRITTEN in said.get(name, "") for name in failed)


def _command(ground: Ground, path: str, *options: str) -> Command:
    tools = {name: ground.which(name) for name in ("cargo", "rustc", "cc")}
    for name, program in tools.items():
        if program is None:
            raise MissingToolError(name)
    test = PurePosixPath(path)
    root = next((one for one in test.parents if str(one / "Cargo.toml") in ground.paths), PurePosixPath())
    argv = (tools["cargo"] or "", "test", "--offline", "--test", test.stem, "--", *options)
    return Command(argv, _environment(ground, tools["rustc"] or ""), "" if str(root) == "." else str(root))


def _environment(ground: Ground, compiler: str) -> dict[str, str]:
    cargo, rustup = Path.home() / ".cargo", Path.home() / ".rustup"
    locks = (ground.root / one for one in ground.paths if PurePosixPath(one).name == "Cargo.lock")
    # The user's own folder only for crates that have to come from it: it may hold more than crates.
    foreign = any('source = "' in lock.read_text("utf-8", "replace") for lock in locks if lock.is_file())
    home = cargo if foreign and (cargo / "registry").is_dir() else ground.scratch / "cargo"
    return {
        "CARGO_HOME": str(home), "CARGO_TARGET_DIR": str(ground.scratch / "cargo-target"), "CARGO_NET_OFFLINE": "true",
        "RUSTC": compiler,
        "CARGO_TERM_COLOR": "never", "RUST_BACKTRACE": "0", "RUST_TEST_THREADS": "1",
        **({"RUSTUP_HOME": str(rustup)} if rustup.is_dir() else {}),
    }  # fmt: skip
