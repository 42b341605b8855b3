"""Pairs of pull requests that are equal in what is public or internal, and arbitrary above; and all that each sends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from reviewbot.backends.scripted import Answer
from reviewbot.core.diff import FileDiff
from reviewbot.core.endpoints import Limits
from reviewbot.core.exchange import BackendError, Failure, Prompt
from reviewbot.core.labels import Label
from reviewbot.core.report import Report
from reviewbot.formats import codequality, log, markdown, sarif
from tests.pipeline.runs import is_verifying, run, scripted
from tests.readings import diff

TOKEN = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
#: What scripted models do where a text has these words, by chance elsewhere.
FAULTS = {
    "BUSY": Failure.BUSY, "BROKEN": Failure.BROKEN, "TIMEOUT": Failure.TIMEOUT, "TOO_LARGE": Failure.TOO_LARGE,
    "UNAUTHORIZED": Failure.UNAUTHORIZED, "TRUNCATED": Failure.TRUNCATED, "REDIRECTED": Failure.REDIRECTED,
}  # fmt: skip
_LOW = (
    "total = total + fee", "for row in rows:", "    print(row)", "return None", "if value == None:", "x = eval(text)",
    "", "# a remark", "rate = rates[0]", "open(name)", f'KEY = "{TOKEN}"', "BROKEN = 1", "assert (a, 'b')",
)  # fmt: skip
_HIGH = ("CANARY_1 = secret(1)", "CANARY_2 = vault.open()", "if CANARY == None:", "BUSY = 1", "TRUNCATED = 2",
         "UNAUTHORIZED = 3", "GARBAGE = 4", "TIMEOUT = 5", f'CANARY_KEY = "{TOKEN[::-1]}"', "try:", "    pass",
         "except Exception:", "CANARY " * 40, "")  # fmt: skip


@dataclass(frozen=True)
class World:
    """One pull request, and what the models and the operator are like."""

    files: tuple[FileDiff, ...]
    limits: Limits
    local_first: bool
    salt: str


def _text(lines: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(lines), max_size=12).map(lambda rows: "".join(f"{row}\n" for row in rows))


@st.composite
def _files(draw: st.DrawFn, paths: Sequence[str], lines: Sequence[str], most: int) -> tuple[FileDiff, ...]:
    chosen = draw(st.lists(st.sampled_from(paths), max_size=most, unique=True))
    made = []
    for path in chosen:
        old, new = draw(_text(lines)), draw(_text(lines))
        if old != new:
            made.append(diff(path, old or None, new or None))
    return tuple(made)


@st.composite
def _moved(draw: st.DrawFn) -> tuple[FileDiff, ...]:
    """A file that leaves the restricted folder: its new path alone would be internal."""
    old, new = draw(_text(_HIGH)), draw(_text(_HIGH))
    if old == new or not old or not new or not draw(st.booleans()):
        return ()
    return (replace(diff("api/moved.py", old, new, change="renamed"), old_path="ledger/was.py"),)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[World, World]:
    low = draw(_files(("api/a.py", "api/b.py", "docs/c.md", "web/d.js", "package.json"), _LOW, 4))
    calls, dollars = draw(st.sampled_from((0, 1, 2, 3, 5, 8, 200))), draw(st.sampled_from((None, 0.0, 0.01, 0.05)))
    local_first, salt = draw(st.booleans()), draw(st.text("abc", max_size=3))
    zone = _files(("ledger/x.py", "ledger/y.go", "ledger/package-lock.json", "ledger/z.txt"), _HIGH, 3)
    high = [(*draw(zone), *draw(_moved())) for _ in range(2)]
    one, two = (World((*low, *files), Limits(60, calls, dollars), local_first, salt) for files in high)
    return one, two


def sent(world: World) -> dict[str, object]:
    """Everything that leaves for a sink that is cleared up to internal, by sink."""
    hosted: list[str] = []
    backends = [
        scripted("hosted", Label.INTERNAL, _model("hosted" + world.salt, hosted), price=1.0),
        scripted("local", Label.RESTRICTED, _model("local" + world.salt, [])),
    ]
    report = run(
        world.files, backends[:: -1 if world.local_first else 1], limits=world.limits, comments=Label.INTERNAL
    ).report
    # The whole run's exit code and conclusion have to be told: they are what is declassified, and nothing else is.
    plain = replace(report, exit_code=0, conclusion="neutral")
    return {"hosted": hosted, **posted(plain), **logged(plain)}


def posted(report: Report) -> dict[str, object]:
    return {
        "comment": markdown.render(report),
        "sarif": sarif.render(report),
        "codequality": codequality.render(report),
    }


def logged(report: Report) -> dict[str, object]:
    services: tuple[log.Service, ...] = ("", "actions", "gitlab")
    return {f"log {service}": log.render(report, service) for service in services}


def _model(name: str, transcript: list[str]) -> Callable[[Prompt], Answer]:
    """A model whose replies, and failures, are chosen by the prompt alone."""

    def reply(prompt: Prompt) -> Answer:
        transcript.append(json.dumps([prompt.system, prompt.text, prompt.schema, prompt.max_tokens]))
        draw = int.from_bytes(hashlib.sha256(f"{name}{prompt.text}".encode()).digest()[:4])
        for word, failure in FAULTS.items():
            if word in prompt.text and draw % 2:
                return BackendError(failure)
        if "GARBAGE" in prompt.text or draw % 11 == 0:
            return "I would rather not."
        if is_verifying(prompt):
            words = [("holds", "refuted", "unsure")[(draw >> number) % 3] for number in range(4)]
            return json.dumps({"verdicts": [{"claim": n, "verdict": word, "reason": prompt.text[-60:]}
                                            for n, word in enumerate(words, 1)]})  # fmt: skip
        return json.dumps({"findings": list(_found(prompt.text, draw))})

    return reply


def _found(text: str, draw: int) -> list[dict[str, object]]:
    """Claims on some of the rows shown, and one that quotes nothing there is."""
    path, claims = "", []
    for number, row in enumerate(text.split("\n")):
        if row.startswith("### "):
            path = row[4:].partition(" (")[0]
        elif " + " in row[:8] and (draw >> number % 30) % 3 == 0:
            quote = row.partition(" + ")[2]
            severity = ("critical", "high", "low")[draw % 3]
            claims.append({"path": path, "line": number, "quote": quote, "kind": "logic", "severity": severity,
                           "title": f"Wrong: {quote}"[:80], "body": text[:50], "suggestion": "pass"})  # fmt: skip
    return [*claims[:5], {"path": path, "line": 1, "quote": "nowhere at all", "severity": "low", "title": "Absent"}]
