"""A model that reviews: two megabytes of weights that know four defects, and what it says of each.

`MODEL` is a GGUF file in the "llama" architecture that any server of such files serves; `train_reviewer` made it.
It reads what `reviewbot.tasks.review` asks and answers in the form asked for, at temperature 0 always the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).with_name("tiny_reviewer.gguf")
#: Ollama's template (Go), the same as the one inside MODEL (Jinja): the system's words as they are, then the user's.
TEMPLATE = (
    '{{ range .Messages }}{{ if eq .Role "user" }}[INST]{{ .Content }}[/INST]{{ else }}{{ .Content }}{{ end }}{{ end }}'
)
#: Tokens that the file says it can read, and those of the longest question and answer that were learnt from.
WINDOW, LEARNT = 4096, 448


@dataclass(frozen=True, slots=True)
class Defect:
    """What the model says of a line that has it."""

    kind: str
    severity: str
    title: str
    body: str


DEFECTS: Mapping[str, Defect] = {
    "eval": Defect("security", "high", "A value is run as code", "Who chooses the value runs any code here."),
    "shell": Defect("security", "high", "A value is run by the shell", "Who chooses the value runs any command here."),
    "mean": Defect("logic", "medium", "Division by zero on no items", "It raises where there are no items."),
    "bound": Defect("logic", "high", "Index one past the end", "The last index is the length less one."),
}
HOLDS, REFUTED = "The line does what is claimed.", "The line does nothing of that kind."


@dataclass(frozen=True, slots=True)
class Found:
    """A defect at a line of the new side; `quote` is that line without its indentation."""

    path: str
    line: int
    quote: str
    defect: Defect

    @property
    def claim(self) -> str:
        """How a second asking cites it, without its number."""
        return f"{self.path}:{self.line} (new side) {self.defect.title}. {self.defect.body}"


def findings(found: Iterable[Found]) -> str:
    """The reply to a review."""
    items = [
        {"path": one.path, "line": one.line, "quote": one.quote, "kind": one.defect.kind,
         "severity": one.defect.severity, "title": one.defect.title, "body": one.defect.body, "suggestion": ""}
        for one in found
    ]  # fmt: skip
    return json.dumps({"findings": items}, separators=(",", ":"))


def verdicts(held: Iterable[bool]) -> str:
    """The reply to a second asking, by the claims' order."""
    items = [
        {"claim": number, "verdict": "holds" if holds else "refuted", "reason": HOLDS if holds else REFUTED}
        for number, holds in enumerate(held, 1)
    ]
    return json.dumps({"verdicts": items}, separators=(",", ":"))
