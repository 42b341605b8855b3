"""Run one program in the sandbox, as a process of its own: who runs it may be another user than the test's."""

from __future__ import annotations

import base64
import dataclasses
import json
import sys
from pathlib import Path


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    from reviewbot.sandbox import containment, limits, running

    given = json.loads(sys.argv[2])
    if given.pop("contained"):
        print(json.dumps(dataclasses.asdict(containment.contained())))
        return
    folder = Path(given["folder"])
    try:
        outcome = running.run_by(
            given["means"], given["argv"], root=folder, cwd=folder, writable=(folder / "writable",), readable=(),
            environment={"PATH": "/usr/bin:/bin", "HOME": f"{folder}/writable"},
            limits=limits.Limits(**given["limits"]), user=given["user"],
        )  # fmt: skip
    except limits.UncontainedError as error:
        print(json.dumps({"refused": str(error)}))
        return
    said = base64.b64encode(outcome.output).decode()
    print(json.dumps({"ended": outcome.ended, "code": outcome.code, "output": said, "seconds": outcome.seconds}))


main()
