"""A model that claims one thing of every line with `BUG` in it, holds every claim, and suggests the line without it."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.servers.faults import reply
from tests.servers.wire import Act

_ROW = re.compile(r"(\d+) \+ (.*BUG.*)")


def diligent() -> Act:
    """What is told depends on the prompt alone, as with a real model at temperature 0."""
    return Act("diligent", lambda exchange: reply(_answer(_prompt(exchange.request.json))).does(exchange))


def _prompt(body: Any) -> str:
    return str(body["messages"][-1]["content"])


def _answer(prompt: str) -> str:
    claims = re.findall(r"^Claim (\d+):", prompt, re.MULTILINE)
    if claims:
        return json.dumps({"verdicts": [{"claim": int(n), "verdict": "holds", "reason": "It does."} for n in claims]})
    found, path = [], ""
    for line in prompt.split("\n"):
        if heading := re.fullmatch(r"### (.*) \(\w+.*\)", line):
            path = heading[1]
        if row := _ROW.fullmatch(line):
            found.append({
                "path": path, "line": int(row[1]), "quote": row[2], "kind": "logic", "severity": "high",
                "title": f"Bug in {path}", "body": "It says so itself.", "suggestion": row[2].replace("BUG", "fixed"),
            })  # fmt: skip
    return json.dumps({"findings": found})


def asked_about(exchange_json: Any) -> list[str]:
    """The files that a prompt shows, claims to verify left out."""
    prompt = _prompt(exchange_json)
    return [] if "\nClaim 1:" in f"\n{prompt}" else re.findall(r"^### (.*) \(\w+.*\)$", prompt, re.MULTILINE)
