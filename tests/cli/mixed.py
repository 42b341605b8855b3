"""A pull request of public, internal and restricted files, an operator's document, and the reviews of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewbot.cli import main
from tests.repositories import Work

CANARY = "gorse_7431"
POLICY = '[[rule]]\nlabel = "restricted"\npaths = ["ledger/**"]\nreason = "core ledger"\n'
KEYS = {"MISTRAL_API_KEY": "test-key", "REVIEWBOT_KEY": "operator"}
#: What hosts a model in the operator's document: a name, a kind, an address, a clearance.
Backend = tuple[str, str, str, str]


@dataclass(frozen=True)
class Outcome:
    """What a review left behind."""

    code: int
    report: dict[str, Any]
    ledger: list[dict[str, Any]]

    def file(self, path: str) -> dict[str, Any]:
        return next(file for file in self.report["files"] if file["path"] == path)

    def announced(self, sink: str) -> int:
        return sum(line["bytes_out"] for line in self.ledger if line["kind"] == "egress" and line["sink"] == sink)


def repository(folder: Path) -> Work:
    """An internal file, a restricted one, and one that leaves the restricted folder."""
    work = Work.at(folder)
    work.commit(**{".reviewbot.toml": POLICY, "api/app.py": "def app(rows):\n    return rows\n",
                   "ledger/core.py": "def post(cents):\n    return cents\n", "docs/guide.md": "# Guide\n"})  # fmt: skip
    work.git("checkout", "-q", "-b", "feature")
    work.commit(**{"api/app.py": "def app(rows):\n    return eval(rows)\n",
                   "ledger/core.py": f"def post(cents):\n    {CANARY} = cents / 0\n    return {CANARY}\n",
                   "docs/guide.md": "# Guide\n\nRead it.\n"})  # fmt: skip
    return work


def operator(folder: Path, *backends: Backend, limits: str = "", more: str = "") -> str:
    """An operator's document; its name."""
    tables = []
    for name, kind, url, clearance in backends:
        key = '\nkey_env = "MISTRAL_API_KEY"' if kind == "mistral" else ""
        model = "codestral-2508" if kind == "mistral" else "codestral:tiny"
        tables.append(f'[[backend]]\nname = "{name}"\nkind = "{kind}"\nurl = "{url}"\nmodel = "{model}"\n'
                      f'clearance = "{clearance}"{key}\n{more}')  # fmt: skip
    path = folder / "operator.toml"
    path.write_text("\n".join(tables) + (f"\n[limits]\n{limits}\n" if limits else ""))
    return str(path)


def review(work: Work, document: str, folder: Path, *options: str, environ: Mapping[str, str] = KEYS) -> Outcome:
    """Run the command as a user would."""
    report, ledger = folder / "report.json", folder / "ledger.jsonl"
    ledger.unlink(missing_ok=True)
    code = main(["review", "--repo", str(work.path), "--base", "main", "--head", "feature", "--operator", document,
                 "--output", str(report), "--ledger", str(ledger), *options], {**environ})  # fmt: skip
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    return Outcome(code, json.loads(report.read_text()), lines)


def no_findings() -> str:
    return json.dumps({"findings": []})
