"""The report as one page, like a forge's "files changed", that works from disk, without a network and with a keyboard.

It is for the operator's own disk: it shows what is withheld from the forge, marked as such.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reviewbot.core import summary
from reviewbot.core.findings import Finding, Rule
from reviewbot.core.report import FileReport, Report
from reviewbot.formats.html.drafts import laid_out
from reviewbot.formats.html.rows import Layout, block, layout, marked, prose, sentence

#: With more changed lines than this, files without findings begin folded.
MANY = 3000
#: Characters of all rows: some hundred thousand lines. What no browser can show is counted instead.
ROOM = 16 * 1024 * 1024

_LOADER = PackageLoader(__name__, ".")
_ENVIRONMENT = Environment(loader=_LOADER, autoescape=True, undefined=StrictUndefined,
                           trim_blocks=True, lstrip_blocks=True)  # fmt: skip
_ENVIRONMENT.filters |= {
    "marked": marked,
    "block": block,
    "prose": prose,
    "sentence": sentence,
    "counted": summary.counted,
    "counts": summary.severities,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the page: what is said of it as a whole, then its lines with what is said of them."""

    id: str
    report: FileReport
    findings: tuple[Finding, ...]
    layout: Layout
    is_open: bool


def render(report: Report) -> str:
    shown = summary.kept(report)
    rules = _rules(shown)
    placed, strays = summary.placed(shown)
    style, script = _source("page.css"), _source("page.js")
    page = _ENVIRONMENT.get_template("page.html.j2").render(
        report=shown, summary=summary, files=_files(shown, placed), rules=rules,
        anchors={rule.id: anchor for anchor, rule, _ in rules},
        drafts=laid_out(shown.drafts, shown.comments), strays=strays, open=summary.in_full(shown),
        is_short=len(shown.findings) < len(report.findings), style=style, script=script,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
               "base-uri 'none'; form-action 'none'",
    )  # fmt: skip
    return page.lstrip() + "\n"


def _source(name: str) -> Markup:
    """One of our own files, as it is."""
    return Markup(_LOADER.get_source(_ENVIRONMENT, name)[0])  # noqa: S704 (shipped, not read from a change)


def _hash(text: str) -> str:
    """What a browser compares an inline part with before it uses it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _files(report: Report, placed: Mapping[str, Sequence[Finding]]) -> Sequence[File]:
    are_many = sum(map(summary.changed, report.files)) > MANY
    room = ROOM
    files = []
    for number, file in enumerate(report.files):
        found = tuple(placed[file.path])
        laid = layout(file, found, room)
        room = laid.room
        files.append(File(f"file-{number}", file, found, laid, is_open=bool(found) or not are_many))
    return files


def _rules(report: Report) -> Sequence[tuple[str, Rule, int]]:
    """Every kind that was looked for, found or not, then those that only findings name; with how many there are."""
    rules = {rule.id: rule for rule in report.rules}
    for finding in report.findings:
        rules.setdefault(finding.rule, Rule(finding.rule, finding.severity, finding.title, ""))
    counts = dict.fromkeys(rules, 0)
    for finding in report.findings:
        counts[finding.rule] += 1
    return [(f"rule-{number}", rule, counts[rule.id]) for number, rule in enumerate(rules.values())]
