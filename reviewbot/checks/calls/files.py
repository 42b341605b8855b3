"""Names of temporary files, chosen before the file is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.calls.rules import NAMES
from reviewbot.core.expressions import Call
from reviewbot.core.sightings import Sighting

_CALLS = {
    "python": re.compile(r"^(tempfile\.mktemp|os\.(tempnam|tmpnam))$"),
    "c": re.compile(r"^(mktemp|_mktemp|tmpnam|tmpnam_r|tempnam|_tempnam)$"),
    "cpp": re.compile(r"^(std\.)?(mktemp|_mktemp|tmpnam|tmpnam_r|tempnam|_tempnam)$"),
    "ruby": re.compile(r"^Dir\.Tmpname\.(create|make_tmpname)$"),
}


def look(call: Call, language: str) -> Iterator[Sighting]:
    name = _CALLS.get(language)
    if name is not None and name.search(call.name):
        yield Sighting(NAMES, (call.place,), call.name)
