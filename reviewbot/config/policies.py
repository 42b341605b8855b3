"""Policy documents to frozen values: packs and the repository file, and the one policy of several of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from reviewbot.config.documents import load
from reviewbot.core import matching, regions, tables
from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label, join, parse
from reviewbot.core.policy import Policy, Rule, Source
from reviewbot.core.schema import MAX_IN_ALL, DocumentTable, MessageTable, ReviewTable, wildcards
from reviewbot.core.style import Accepted, Dismissed, Instructions, MessageStyle, ReviewStyle
from reviewbot.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Document:
    """One valid document. None is what it does not say."""

    name: str = ""
    rules: tuple[Rule, ...] = ()
    extends: str | None = None
    extends_line: int = 0
    default: Label | None = None
    default_line: int = 0
    metadata: Label | None = None
    instructions: tuple[Instructions, ...] = ()
    review: ReviewStyle | None = None
    message: MessageStyle | None = None
    gate: str | None = None
    accepted: tuple[Accepted, ...] = ()
    dismissed: tuple[Dismissed, ...] = ()
    region: regions.Region | None = None
    zero_retention: bool = False


def read(name: str, data: bytes) -> Document:
    """A document by its bytes; `name` is how its rules are cited. Raises ConfigError with key and line."""
    table, lines = load(name, data, DocumentTable, "give a default or a rule, or remove it")
    document = _document(name, table, lines)
    patterns = [pattern for rule in document.rules for pattern in rule.paths]
    numbered = ((number, line) for number, pattern in enumerate(patterns) for line in matching.lines(pattern))
    words = enumerate(word for rule in document.rules for word in rule.content)
    if sum(wildcards(pattern.removesuffix("/**").removesuffix("/*")) for pattern in patterns) > MAX_IN_ALL:
        raise ConfigError(name, f"more than {MAX_IN_ALL:,} wildcards in all", key="rule.paths")
    if problem := matching.paths(numbered).problem or matching.words(words).problem:
        raise ConfigError(name, problem)
    return document


def _document(name: str, table: DocumentTable, lines: tables.Lines) -> Document:
    rules = tuple(
        Rule(parse(rule.label), tuple(rule.paths), tuple(rule.content), rule.reason, name, lines.of(("rule", n)) or 0)
        for n, rule in enumerate(table.rule)
    )
    accepted = tuple(
        Accepted(one.fingerprint, one.until, one.reason, name, lines.of(("accept", n)) or 0)
        for n, one in enumerate(table.accept)
    )
    dismissed = tuple(
        Dismissed(one.rule, tuple(one.paths), one.reason, name, lines.of(("dismiss", n)) or 0)
        for n, one in enumerate(table.dismiss)
    )
    return Document(
        name=name,
        rules=rules,
        extends=table.extends,
        extends_line=lines.of(("extends",)) or 0,
        default=None if table.default is None else parse(table.default),
        default_line=lines.of(("default",)) or 0,
        metadata=None if table.metadata is None else parse(table.metadata),
        instructions=tuple(Instructions(tuple(one.paths), one.text) for one in table.instructions),
        review=None if table.review is None else _style(table.review),
        message=None if table.message is None else _message(table.message),
        gate=None if table.gate is None else table.gate.fail_on,
        accepted=accepted,
        dismissed=dismissed,
        region=table.region,
        zero_retention=bool(table.zero_retention),
    )


def _style(table: ReviewTable) -> ReviewStyle:
    severity = Severity[table.min_severity.upper()]
    return ReviewStyle(table.max_comments, severity, table.language, tuple(table.ignore), table.incremental)


def _message(table: MessageTable) -> MessageStyle:
    scopes = None if table.scopes is None else tuple(table.scopes)
    return MessageStyle(table.style, tuple(table.types), scopes, table.case, table.mood, tuple(table.tickets),
                        table.max_subject)  # fmt: skip


def effective(documents: Sequence[Document], source: Source) -> Policy:
    """One policy of several documents: all rules, the strictest default, the last word on style and gate."""
    defaults = [(document.default, document) for document in documents if document.default is not None]
    default, by = max(defaults, key=lambda pair: pair[0], default=(Label.INTERNAL, None))
    metadata = [document.metadata for document in documents if document.metadata is not None]
    gate = next((document.gate for document in reversed(documents) if document.gate), "critical")
    return sealed(Policy(
        rules=tuple(dict.fromkeys(rule for document in documents for rule in document.rules)),
        default=default, default_place=f"{by.name}:{by.default_line}" if by else "",
        source=source, sha256="",
        metadata=join(*metadata) if metadata else None,
        instructions=tuple(dict.fromkeys(one for document in documents for one in document.instructions)),
        review=next((d.review for d in reversed(documents) if d.review is not None), ReviewStyle()),
        message=next((d.message for d in reversed(documents) if d.message is not None), MessageStyle()),
        fail_on=None if gate == "none" else Severity[gate.upper()],
        accepted=tuple(dict.fromkeys(one for document in documents for one in document.accepted)),
        dismissed=tuple(dict.fromkeys(one for document in documents for one in document.dismissed)),
        region=regions.strictest(document.region for document in documents),
        zero_retention=any(document.zero_retention for document in documents),
    ))  # fmt: skip


def failed(policy: Policy, reason: str) -> Policy:
    """Everything restricted, no credential accepted, and why; style and gate stay the operator's."""
    return sealed(replace(policy, source="none", failure=reason, tightened=None, accepted=(), dismissed=()))


def tightened(policy: Policy, documents: Sequence[Document]) -> Policy:
    """The policy joined with the labels and demands of the head of a pull request: it can only become stricter."""
    asked = effective(documents, "base")
    default = asked.default if any(document.default is not None for document in documents) else Label.PUBLIC
    asked = replace(asked, default=default, default_name="default (head)", instructions=(), review=ReviewStyle(),
                    message=MessageStyle(), fail_on=None, accepted=(), dismissed=())  # fmt: skip
    return sealed(replace(policy, tightened=sealed(asked)))


def sealed(policy: Policy) -> Policy:
    """The policy with the hash of all that it decides; where its rules stand and why does not count."""
    decided: dict[str, object] = {
        "rules": sorted([str(rule.label), sorted(rule.paths), sorted(rule.content)] for rule in policy.rules),
        "default": str(policy.default), "metadata": policy.metadata and str(policy.metadata),
        "instructions": [[list(one.paths), one.text] for one in policy.instructions],
        "review": [policy.review.max_comments, str(policy.review.min_severity), policy.review.language,
                   list(policy.review.ignore), *([] if policy.review.incremental else [False])],
        "accepted": sorted([one.fingerprint, one.until.isoformat()] for one in policy.accepted),
        "fail_on": None if policy.fail_on is None else str(policy.fail_on), "failure": policy.failure,
        "tightened": policy.tightened and policy.tightened.sha256,
    }  # fmt: skip
    if policy.region or policy.zero_retention:  # a policy that asks for neither keeps the hash it always had
        decided |= {"region": policy.region, "zero_retention": policy.zero_retention}
    if policy.dismissed:
        decided |= {"dismissed": sorted([one.rule, sorted(one.paths)] for one in policy.dismissed)}
    if policy.message != MessageStyle():
        decided |= {"message": asdict(policy.message)}
    text = json.dumps(decided, sort_keys=True, separators=(",", ":"))
    return replace(policy, sha256=hashlib.sha256(text.encode()).hexdigest())
