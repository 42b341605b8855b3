"""Documents to frozen values: policy packs and the repository file. Opens no file."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from reviewbot.core import credentials, matching, tables
from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label, join, parse
from reviewbot.core.policy import Accepted, Instructions, Policy, ReviewStyle, Rule, Source
from reviewbot.core.schema import MAX_IN_ALL, DocumentTable, ReviewTable, wildcards
from reviewbot.core.text import clipped, visible
from reviewbot.errors import ConfigError

#: Bytes of a document.
MAX_DOCUMENT = 64 * 1024
#: A dotted key of so many parts is an attack: tomllib takes memory by their square. Linear: nothing is tried twice.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""", re.ASCII)


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
    gate: str | None = None
    accepted: tuple[Accepted, ...] = ()


def read(name: str, data: bytes) -> Document:
    """A document by its bytes; `name` is how its rules are cited. Raises ConfigError with key and line."""
    text = _decoded(name, data)
    values = _parsed(name, text)
    if not values:
        raise ConfigError(name, "it says nothing: give a default or a rule, or remove it")
    try:
        table = DocumentTable.model_validate(values)
    except ValidationError as error:
        raise _invalid(name, text, error) from None
    document = _document(name, table, tables.lines(text))
    patterns = [pattern for rule in document.rules for pattern in rule.paths]
    lines = ((number, line) for number, pattern in enumerate(patterns) for line in matching.lines(pattern))
    words = enumerate(word for rule in document.rules for word in rule.content)
    if sum(wildcards(pattern.removesuffix("/**").removesuffix("/*")) for pattern in patterns) > MAX_IN_ALL:
        raise ConfigError(name, f"more than {MAX_IN_ALL:,} wildcards in all", key="rule.paths")
    if problem := matching.paths(lines).problem or matching.words(words).problem:
        raise ConfigError(name, problem)
    return document


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MAX_DOCUMENT:
        raise ConfigError(name, f"larger than {MAX_DOCUMENT // 1024} KiB")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(name, "not UTF-8", line=data.count(b"\n", 0, error.start) + 1) from None


def _parsed(name: str, text: str) -> dict[str, object]:
    if long := _LONG_KEY.search(text):
        raise ConfigError(name, "a key of too many parts", line=text.count("\n", 0, long.start()) + 1)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _malformed(name, text, str(error)) from None
    except RecursionError:
        raise ConfigError(name, "nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise ConfigError(name, "a value that is too large") from error


def _malformed(name: str, text: str, message: str) -> ConfigError:
    """tomllib's message with its line; for a key that is given twice, which and where."""
    if message.startswith("Cannot "):
        duplicate = tables.lines(text).duplicate
        if duplicate is not None:
            return ConfigError(name, "given twice", key=_dotted(duplicate[0]), line=duplicate[1])
    match = re.search(r" \(at line (\d{1,9}), column \d{1,9}\)$", message)
    problem = message[: match.start()] if match else message.removesuffix(" (at end of document)")
    return ConfigError(name, visible(clipped(problem, 200)), line=int(match[1]) if match else text.count("\n") + 1)


_PROBLEMS = {
    "extra_forbidden": "unknown key", "missing": "is missing", "string_type": "must be a string",
    "list_type": "must be an array", "int_type": "must be a whole number", "model_type": "must be a table",
    "model_attributes_type": "must be a table", "dict_type": "must be a table", "too_short": "must not be empty",
    "string_too_short": "must not be empty", "date_type": "must be a date without quotes: 2027-01-31",
}  # fmt: skip


def _invalid(name: str, text: str, error: ValidationError) -> ConfigError:
    """The first problem of a document. What it has as values stays out: the message may go to a log."""
    lines = tables.lines(text)
    problems = [
        (lines.of(tuple(entry["loc"])) or 0, tuple(entry["loc"]), entry) for entry in error.errors(include_url=False)
    ]
    line, place, entry = min(problems, key=lambda problem: problem[0])
    context = entry.get("ctx", {})
    problem = _PROBLEMS.get(entry["type"]) or {
        "literal_error": f"must be one of {context.get('expected', '')}", "value_error": str(context.get("error", "")),
        "string_pattern_mismatch": f"does not match {context.get('pattern', '')}",
    }.get(entry["type"], entry["msg"].lower())  # fmt: skip
    return ConfigError(name, problem, key=_dotted(place), line=line or None)


def _dotted(place: tables.Place) -> str:
    """The key as a log may show it: a token where a key belongs is none the less a token."""
    key = visible(clipped(".".join(key for key in place if isinstance(key, str)), 100))
    return credentials.masked(key, tuple(credentials.find(key, "")))


def _document(name: str, table: DocumentTable, lines: tables.Lines) -> Document:
    rules = tuple(
        Rule(parse(rule.label), tuple(rule.paths), tuple(rule.content), rule.reason, name, lines.of(("rule", n)) or 0)
        for n, rule in enumerate(table.rule)
    )
    accepted = tuple(
        Accepted(one.fingerprint, one.until, one.reason, name, lines.of(("accept", n)) or 0)
        for n, one in enumerate(table.accept)
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
        gate=None if table.gate is None else table.gate.fail_on,
        accepted=accepted,
    )


def _style(table: ReviewTable) -> ReviewStyle:
    severity = Severity[table.min_severity.upper()]
    return ReviewStyle(table.max_comments, severity, table.language, tuple(table.ignore))


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
        fail_on=None if gate == "none" else Severity[gate.upper()],
        accepted=tuple(dict.fromkeys(one for document in documents for one in document.accepted)),
    ))  # fmt: skip


def failed(policy: Policy, reason: str) -> Policy:
    """Everything restricted, no credential accepted, and why; style and gate stay the operator's."""
    return sealed(replace(policy, source="none", failure=reason, tightened=None, accepted=()))


def tightened(policy: Policy, documents: Sequence[Document]) -> Policy:
    """The policy joined with the labels that the head of a pull request asks for: they can only rise."""
    asked = effective(documents, "base")
    default = asked.default if any(document.default is not None for document in documents) else Label.PUBLIC
    asked = replace(asked, default=default, default_name="default (head)", instructions=(), review=ReviewStyle(),
                    fail_on=None, accepted=())  # fmt: skip
    return sealed(replace(policy, tightened=sealed(asked)))


def sealed(policy: Policy) -> Policy:
    """The policy with the hash of all that it decides; where its rules stand and why does not count."""
    decided = {
        "rules": sorted([str(rule.label), sorted(rule.paths), sorted(rule.content)] for rule in policy.rules),
        "default": str(policy.default), "metadata": policy.metadata and str(policy.metadata),
        "instructions": [[list(one.paths), one.text] for one in policy.instructions],
        "review": [policy.review.max_comments, str(policy.review.min_severity), policy.review.language,
                   list(policy.review.ignore)],
        "accepted": sorted([one.fingerprint, one.until.isoformat()] for one in policy.accepted),
        "fail_on": None if policy.fail_on is None else str(policy.fail_on), "failure": policy.failure,
        "tightened": policy.tightened and policy.tightened.sha256,
    }  # fmt: skip
    text = json.dumps(decided, sort_keys=True, separators=(",", ":"))
    return replace(policy, sha256=hashlib.sha256(text.encode()).hexdigest())
