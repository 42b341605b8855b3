"""SARIF 2.1.0 of a user's linters, read as untrusted text: what it says of lines, nothing of what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from reviewbot.core.findings import Severity
from reviewbot.core.remarks import Projection, Remark, rule_slug, tool_slug
from reviewbot.core.sarif import uris
from reviewbot.core.sarif.document import Component, ComponentReference, Log, Result, Rule, Run
from reviewbot.core.text import clipped, visible
from reviewbot.errors import ConfigError

#: Bytes of a log.
MAX_LOG = 32 * 1024 * 1024

_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.INFO}
#: The lowest `security-severity` of each severity; forges use the same table.
_SCORES = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
    (0.0, Severity.INFO),
)
#: Tools that call every result an error, a line too long included.
_FLAT = frozenset({"ruff"})
#: How sure CodeQL says its rules are.
_PRECISIONS = {"very-high": 0.9, "high": 0.8, "medium": 0.6, "low": 0.4}
#: Characters read of a message and of each of its arguments.
_TEXT, _ARGUMENT = 20_000, 200
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\d{1,3})\}")
#: A link in a plain message; its text stays.
_LINK = re.compile(r"(?<!\\)\[([^\[\]\n]{1,300})\]\([^()\s]{1,500}\)")
_NO_RULE = Rule()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Remarks:
    """What one log says, and how many results are put aside: passed, known before, suppressed, without a place."""

    name: str
    remarks: tuple[Remark, ...] = ()
    read: int = 0
    put_aside: int = 0
    #: Tools that say themselves that they did not get through.
    unfinished: tuple[str, ...] = ()


def parse(name: str, data: bytes) -> Remarks:
    """A log by its bytes; `name` is how errors cite it. Raises ConfigError with the place of what is wrong."""
    log = _log(name, _decoded(name, data))
    results = [(run, result) for run in log.runs for result in run.results or ()]
    remarks = [remark for run, result in results if (remark := _remark(name, run, result)) is not None]
    unfinished = dict.fromkeys(
        tool_slug(run.tool.driver.name)
        for run in log.runs
        if not all(invocation.execution_successful for invocation in run.invocations or ())
    )
    return Remarks(name, tuple(remarks), len(results), len(results) - len(remarks), tuple(unfinished))


def notices(logs: Iterable[Remarks], projection: Projection) -> Iterator[str]:
    """What came of each log, for the reader of the run."""
    for log in logs:
        counts = (
            (log.read, "results"), (projection.touching.get(log.name, 0), "on changed lines"),
            (log.put_aside, "put aside"), (projection.unknown.get(log.name, 0), "on files that the head does not have"),
        )  # fmt: skip
        shown = (f"{count:,} {what}" for place, (count, what) in enumerate(counts) if place < 2 or count)
        yield f"{visible(log.name)}: {', '.join(shown)}"
        for tool in log.unfinished:
            yield f"{visible(log.name)}: {tool} says that it did not get through"
    if projection.over_limit:
        yield f"{projection.over_limit:,} more findings of linters are left out"


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MAX_LOG:
        raise ConfigError(name, f"larger than {MAX_LOG // 1024 // 1024} MiB")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        raise ConfigError(name, "UTF-16 or UTF-32; SARIF is UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(name, "not UTF-8", line=data.count(b"\n", 0, error.start) + 1) from None


def _log(name: str, text: str) -> Log:
    try:
        log = Log.model_validate_json(text)
    except ValidationError as error:
        raise _invalid(name, text, error) from None
    if not log.version.startswith("2.1."):
        raise ConfigError(name, f"SARIF {visible(clipped(log.version, 20))}; only 2.1.0 is read", key="version")
    return log


def _invalid(name: str, text: str, error: ValidationError) -> ConfigError:
    """The first problem of a log. Its values stay out: the message may go to a job's output."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        problem = str(first.get("ctx", {}).get("error", ""))
        place = re.search(r" at line (\d{1,9}) column \d{1,9}$", problem)
        problem = problem[: place.start()] if place else problem
        return ConfigError(name, f"not JSON: {visible(clipped(problem, 100))}", line=int(place[1]) if place else None)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    problem = "is missing" if first["type"] == "missing" else first["msg"].removeprefix("Input ").lower()
    return ConfigError(name, visible(clipped(problem, 100)), key=visible(clipped(key, 100)))


def _remark(name: str, run: Run, result: Result) -> Remark | None:
    """None for what needs no reader: a pass, what was there before, what the operator suppressed, what has no place."""
    rule, owner = _rule(run, result)
    place = next((uris.path(run, location) for location in (result.locations or ())[:1]), None)
    accepted = [one for one in result.suppressions or () if one.status in (None, "accepted")]
    if (
        place is None
        or result.kind in ("pass", "notApplicable")
        or result.baseline_state in ("unchanged", "absent")
        or any(one.kind == "external" for one in accepted)
    ):
        return None
    first, last = _lines(result)
    # A comment that silences a linter is the word of whoever wrote the change.
    return Remark(
        tool=tool_slug(run.tool.driver.name), rule=rule_slug(_rule_id(result, rule)),
        severity=Severity.INFO if accepted else _severity(run, result, rule),
        message=_message(result, rule, owner), path=place, line=first, end_line=last,
        confidence=_confidence(result, rule), also=tuple(dict.fromkeys(uris.others(run, result))), source=name,
    )  # fmt: skip


def _lines(result: Result) -> tuple[int | None, int | None]:
    """The lines of the first location; tools write 0 for the file as a whole."""
    physical = result.locations[0].physical_location if result.locations else None
    region = physical.region if physical else None
    if region is None or region.start_line is None or region.start_line < 1:
        return None, None
    return region.start_line, region.end_line


def _item(items: Sequence[_T] | None, index: int | None) -> _T | None:
    """The item of that index; -1 and None are SARIF's words for none."""
    return items[index] if items and index is not None and 0 <= index < len(items) else None


def _rule(run: Run, result: Result) -> tuple[Rule, Component]:
    """The rule of a result and whose it is: by index where there is one, else by its id or the family of that."""
    reference = result.rule
    owner = _owner(run, reference.tool_component if reference else None)
    index = reference.index if reference and reference.index is not None else result.rule_index
    rule = _item(owner.rules, index)
    if rule is not None:
        return rule, owner
    wanted = _rule_id(result, _NO_RULE)
    for identity in (wanted, wanted.rpartition("/")[0]):
        for component in (owner, *(run.tool.extensions or ())):
            rule = component.by_id.get(identity)
            if rule is not None:
                return rule, component
    return _NO_RULE, owner


def _owner(run: Run, reference: ComponentReference | None) -> Component:
    """The part of a tool that a rule belongs to: by index or name one of its extensions, else its driver."""
    if reference is None:
        return run.tool.driver
    extensions = run.tool.extensions or ()
    named = (one for one in extensions if reference.name and one.name == reference.name)
    return _item(extensions, reference.index) or next(named, run.tool.driver)


def _rule_id(result: Result, rule: Rule) -> str:
    return result.rule_id or (result.rule.id if result.rule and result.rule.id else "") or rule.id


def _severity(run: Run, result: Result, rule: Rule) -> Severity:
    score = _score((rule.properties or {}).get("security-severity"))
    if score is not None:
        return next(severity for least, severity in _SCORES if score >= least)
    default = rule.default_configuration.level if rule.default_configuration else None
    level = result.level or (default if result.kind in (None, "fail") else "none")
    severity = _LEVELS.get(level or "warning", Severity.MEDIUM)
    return min(severity, Severity.MEDIUM) if tool_slug(run.tool.driver.name) in _FLAT else severity


def _score(value: object) -> float | None:
    try:
        score = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        return None
    return score if 0.0 <= score <= 10.0 else None


def _confidence(result: Result, rule: Rule) -> float:
    if result.rank is not None and 0.0 <= result.rank <= 100.0:
        return result.rank / 100
    precision = (rule.properties or {}).get("precision")
    return _PRECISIONS.get(precision, 0.7) if isinstance(precision, str) else 0.7


def _message(result: Result, rule: Rule, owner: Component) -> str:
    """What the result says, else what its rule is about. Markdown is never read."""
    said = result.message
    text = said.text or _named_string(said.id or "", rule, owner)
    if text:
        return _LINK.sub(r"\1", _filled(text[:_TEXT], said.arguments or ()))
    about = (rule.short_description, rule.full_description)
    return next((one.text for one in about if one and one.text), "")


def _named_string(identity: str, rule: Rule, owner: Component) -> str:
    tables = (rule.message_strings or {}, owner.global_message_strings or {})
    return next((table[identity].text or "" for table in tables if identity in table), "")


def _filled(text: str, arguments: Sequence[str]) -> str:
    """The text with `{0}` replaced; an argument that is not there stays as it is written."""

    def replaced(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return clipped(_item(arguments, int(match[1])) or match[0], _ARGUMENT)

    return _PLACEHOLDER.sub(replaced, text) if arguments else text
