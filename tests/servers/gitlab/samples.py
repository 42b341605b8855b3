"""A change with a line of every kind, and a client."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gitlab as sdk
import pytest

from tests.repositories import Work
from tests.servers.gitlab.server import Server
from tests.servers.gitlab.wire import Json

MR = "/projects/group%2Fproject/merge_requests/7"


def lines(*numbers: int) -> list[str]:
    return [f"line {number}\n" for number in numbers]


#: Line 10 of `a.py` becomes two and line 20 is removed: 11 to 19 are one further down, 21 to 30 where they were.
OLD = "".join(lines(*range(1, 31)))
NEW = "".join([*lines(*range(1, 10)), "ten\n", "ten and a half\n", *lines(*range(11, 20)), *lines(*range(21, 31))])
MOVED_OLD = "".join(f"moved {number}\n" for number in range(1, 11))


def change(path: Path) -> Work:
    """Branches `main` and `feature`, the latter checked out."""
    work = Work.at(path)
    work.commit(**{"a.py": OLD, "gone.py": "one\ntwo\n", "old.py": MOVED_OLD, "same.py": "same\n"})
    work.git("checkout", "-q", "-b", "feature")
    work.git("rm", "-q", "gone.py", "old.py")
    work.commit("Change it", **{"a.py": NEW, "new.py": "alpha\nbeta\n", "moved.py": MOVED_OLD + "moved 11\n"})
    return work


def client(server: Server, token: str | None = None) -> sdk.Gitlab:
    return sdk.Gitlab(server.url, private_token=token or server.token, retry_transient_errors=False)


def request(server: Server, token: str | None = None) -> Any:
    """The merge request as the library has it, asked for by its path."""
    return client(server, token).projects.get("group/project", lazy=True).mergerequests.get(7)


def position(refs: Json, path: str = "a.py", old: int | None = None, new: int | None = None, **more: object) -> Json:
    found = {**refs, "position_type": "text", "old_path": path, "new_path": path, "old_line": old, "new_line": new}
    return {**found, **more}


def code(path: str, old: int, new: int) -> str:
    """A line code, written out here once more."""
    return f"{hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()}_{old}_{new}"


def refusal(make: Callable[[Json], object], data: Json) -> str:
    """What the service says to what it does not take."""
    with pytest.raises(sdk.GitlabCreateError) as caught:
        make(data)
    assert caught.value.response_code == 400
    return str(caught.value.error_message)
