"""OpenMetrics text: counts only, no names and no texts, of what a forge may show: GitLab shows it beside the change.

Zeros are written, so that a difference can be taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from reviewbot.core.answers import Usage
from reviewbot.core.drafts import Drafts, Stages
from reviewbot.core.labels import Label
from reviewbot.core.report import Report
from reviewbot.core.summary import OUTCOMES, lines_read, published, severities
from reviewbot.core.text import visible
from reviewbot.formats.stages import tried

Sample = tuple[Mapping[str, str], float]


def render(report: Report) -> str:
    report = published(report)
    return "".join(f"{line}\n" for line in [*_metrics(report), "# EOF"])


def _metrics(report: Report) -> Iterator[str]:
    facts = {"version": report.version, "status": report.status, "conclusion": report.conclusion,
             "policy_source": report.policy.source}  # fmt: skip
    yield from _metric("reviewbot_run", "info", "What this run was.", [(facts, 1)], suffix="_info")
    yield from _metric("reviewbot_exit_code", "gauge", "Exit code of the run.", [({}, report.exit_code)])
    files = Counter((file.outcome, file.label) for file in report.files)
    yield from _metric(
        "reviewbot_files", "gauge", "Changed files by what became of them.",
        [({"outcome": outcome, "label": str(label)}, files[outcome, label]) for outcome in OUTCOMES for label in Label],
    )  # fmt: skip
    routes = Counter(file.route for file in report.files if file.route is not None)
    yield from _metric(
        "reviewbot_routed_files", "gauge", "Changed files by the backend that read them.",
        [({"route": route}, number) for route, number in routes.items()],
    )  # fmt: skip
    yield from _metric(
        "reviewbot_findings", "gauge", "Findings by severity.",
        [({"severity": str(severity)}, number) for severity, number in severities(report.findings).items()],
    )  # fmt: skip
    read, total = lines_read(report)
    yield from _metric(
        "reviewbot_changed_lines", "gauge", "Changed lines, read and not; an unreadable file has none to count.",
        [({"state": "read"}, read), ({"state": "unread"}, total - read)],
    )  # fmt: skip
    yield from _drafts(report.drafts)
    yield from _models(report.usage)


def _drafts(drafts: Drafts) -> Iterator[str]:
    """What is offered to a human, and how far the scaffolds came."""
    kinds = {"message": int(drafts.message is not None), "rewording": len(drafts.rewordings),
             "scaffold": len(drafts.scaffolds), "refused": len(drafts.refused)}  # fmt: skip
    yield from _metric("reviewbot_drafts", "gauge", "What is offered by kind, and targets without a scaffold.",
                       [({"kind": kind}, number) for kind, number in kinds.items()])  # fmt: skip
    came = Counter(pair for item in drafts.scaffolds for pair in tried(item.stages))
    states = {True: "passed", False: "failed", None: "untried"}
    yield from _metric(
        "reviewbot_scaffolds", "gauge", "Test scaffolds by stage and what became of them there.",
        [({"stage": stage, "state": state}, came[stage, passed])
         for stage, _ in tried(Stages(True)) for passed, state in states.items()],
    )  # fmt: skip


def _models(usage: Sequence[Usage]) -> Iterator[str]:
    """What the models did, and how long one waited for them."""
    outcomes = [(one, {"backend": one.backend}) for one in usage]
    yield from _metric(
        "reviewbot_calls", "gauge", "Prompts by what became of them.",
        [sample for one, named in outcomes for sample in (({**named, "outcome": "answered"}, one.calls - one.failed),
                                                           ({**named, "outcome": "failed"}, one.failed))],
    )  # fmt: skip
    yield from _metric(
        "reviewbot_tokens", "gauge", "Tokens of prompts and replies.",
        [sample for one, named in outcomes for sample in (({**named, "direction": "in"}, one.tokens_in),
                                                           ({**named, "direction": "out"}, one.tokens_out))],
    )  # fmt: skip
    yield from _metric("reviewbot_cost_usd", "gauge", "Dollars.",
                       [(named, round(one.cost_usd, 6)) for one, named in outcomes])  # fmt: skip
    for name, text, quantiles in _TIMES:
        yield from _metric(name, "gauge", text, [
            ({**named, "quantile": quantile}, round(seconds, 3))
            for one, named in outcomes for quantile, read in quantiles if (seconds := read(one)) is not None
        ])  # fmt: skip


Quantile = tuple[str, Callable[[Usage], float | None]]
_TIMES: tuple[tuple[str, str, tuple[Quantile, ...]], ...] = (
    ("reviewbot_call_seconds", "Seconds of a prompt and its reply.",
     (("0.5", lambda one: one.p50), ("0.95", lambda one: one.p95), ("0.99", lambda one: one.p99))),
    ("reviewbot_first_token_seconds", "Seconds until the first token of a reply.",
     (("0.5", lambda one: one.first_token_p50), ("0.95", lambda one: one.first_token_p95))),
    ("reviewbot_queue_seconds", "Seconds of waiting for a free place at a backend.",
     (("0.5", lambda one: one.queue_p50), ("0.95", lambda one: one.queue_p95))),
)  # fmt: skip


def _metric(name: str, kind: str, text: str, samples: Iterable[Sample], *, suffix: str = "") -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    yield f"# HELP {name} {text}"
    for labels, number in samples:
        pairs = ",".join(f'{key}="{escaped(value)}"' for key, value in labels.items())
        yield f"{name}{suffix}{{{pairs}}} {number}" if pairs else f"{name}{suffix} {number}"


def escaped(value: str) -> str:
    """A label value: one line, backslash and quote escaped."""
    return visible(value).replace("\\", "\\\\").replace('"', '\\"')
