"""Findings that say the same thing: many lines of one file folded, several tools on one line merged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from reviewbot.core.findings import Finding, alike
from reviewbot.core.labels import Label

#: Findings of one rule in one file beyond this are counted, not listed.
MOST = 5

#: Classes of defect by the words that tools use in their rule ids (and we in ours), most telling first.
#: Only where two tools on one line can hardly mean two things.
CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("bidi", r"bidi|trojan.?source|PLE2502|\bS5863\b"),
        ("invisible", r"invisible|zero.?width|PLE251\d|no-irregular-whitespace|no-control-regex"),
        ("credential", r"credential|secret|passw|api.?key|private.?key|access.?(key|token)|\b[BS]10[567]\b|gitleaks|"
                       r"detected-.*(key|token)"),
        ("sql", r"sql|\b[BS]608\b"),
        ("shell", r"shell|subprocess|os.?system|command.?inj|child.?process|\b[BS]60[2-7]\b|\bG204\b"),
        ("eval", r"\beval|exec.?used|no-(new-func|implied-eval)|code.?inj|\b[BS]307\b|\b[BS]102\b|PGH001"),
        ("deserialization", r"deserial|pickle|marshal|yaml.?load|unsafe.?load|\b[BS](30[12]|506)\b"),
        ("tls", r"tls|ssl|cert|\bverify\b|\b[BS](501|323)\b|\bG402\b"),
        ("hash", r"weak.?(hash|crypto)|md5|sha.?1\b|insecure.?hash|\b[BS](303|324)\b|\bG40[15]\b"),
        ("html", r"inner.?html|dangerously|xss|document.?write"),
        ("template-injection", r"script.?injection|template.?injection|run-shell-injection"),
        ("pin", r"unpinned|mutable-action|pin-weakened"),
        ("swallowed", r"swallow|empty.?(catch|except|block)|bare.?except|no-empty\b|try.?except.?pass|\bE722\b|"
                      r"\b[BS]110\b|SIM105|BLE001"),
        ("mutable-default", r"mutable.?(default|arg)|dangerous-default|\bB006\b|W0102"),
        ("literal-identity", r"literal.?(comparison|identity)|is.?literal|identity|\bF632\b|R0123"),
        ("self-comparison", r"same-operands|self.?compar|\b(PL)?R0124\b"),
        ("unused-comparison", r"(unused|useless).?comparison|\bB015\b|W0106"),
        ("nan", r"\bnan.?comparison|isnan|PLW0177"),
        ("typeof", r"typeof"),
        ("assigned-condition", r"assigned-condition|cond.?assign"),
        ("assert-tuple", r"assert.?(on.?)?tuple|\bF631\b|W0199"),
        ("repeated-key", r"repeated.?key|dup(e|licate).?(key|case)|\bF601\b"),
        ("unreachable", r"unreachable|W0101"),
        ("default-once", r"default-once|\bB008\b"),
        ("not-raised", r"not-raised|useless.?exception|PLW0133|\bF901\b"),
        ("finally", r"finally|\bB012\b|W0150|SIM107"),
        ("undefined", r"undefined|no-undef\b|\bF821\b|E0602"),
        ("debug", r"debug(?!-server)|no-console|console|\bT(10|20)[0-3]?\b|breakpoint|pdb"),
        ("focused", r"focus|no-only|\.only|exclusive.?test"),
        ("skipped", r"skip|disabled.?test"),
        ("blocking", r"async/blocking|ASYNC2\d\d"),
        ("async", r"foreach.?async|await|floating|RUF006|misused-promises"),
        ("syntax", r"syntax|unparsable|\bE999\b|parse.?error|parses"),
        ("conflict", r"conflict|merge.?marker"),
    )
)  # fmt: skip


def fold(findings: Iterable[Finding], most: int = MOST) -> Iterator[Finding]:
    """The findings of one file, the worst of each rule only; the last of these says how many more there are.

    Each label by itself: neither which are shown nor how many more there are may depend on a higher one.
    """
    groups: dict[tuple[str, Label], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.rule, finding.label].append(finding)
    for group in groups.values():
        # Whatever blocks is among those that stay: no number of decoys pushes it out.
        group.sort(key=lambda finding: (-finding.severity, -finding.confidence))
        more = len(group) - most
        yield from group[: most - 1] if more > 0 else group
        if more > 0:
            last = group[most - 1]
            yield replace(last, body=f"{last.body} {more} more {'place' if more == 1 else 'places'} in this file.")


def merge(ours: Iterable[Finding], theirs: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    """One finding where several tools found the same kind of defect on the same lines.

    Ours is kept before `theirs`, what linters say, and the more severe before the less; it takes the highest severity
    of all and names the others. Two findings of one tool by one rule are two, unless they are equal, and so are two of
    different labels: whether and how a lower one is shown must not depend on a higher one.
    """
    groups: dict[tuple[object, ...], list[tuple[Finding, bool]]] = {}
    found = {**dict.fromkeys(theirs, False), **dict.fromkeys(ours, True)}
    for position, (finding, own) in enumerate(sorted(found.items(), key=lambda item: not item[1])):
        place = finding.location
        # What belongs to no line can be told apart by nothing but its rule.
        kind = defect(finding.rule if own else _bare(finding.rule)) if place.line is not None else position
        groups.setdefault((place.path, place.side, place.line, kind, finding.label), []).append((finding, own))
    return tuple(merged for group in groups.values() for merged in _merged(group))


def united(checked: Sequence[Finding], claims: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What checks found and what models claim, each once; and the claims that say what another finding says already.

    Only findings of one label are compared: whether a lower one is shown must not depend on a higher one.
    """
    kept, doubled = list(checked), []
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, finding in enumerate(kept):
        places[finding.location.path, finding.location.side].append(number)
    for claim in sorted(claims, key=lambda claim: (-claim.severity, -claim.confidence)):
        place = claim.location.path, claim.location.side
        twin = next((number for number in places[place] if _says(kept[number], claim)), None)
        if twin is None:
            places[place].append(len(kept))
            kept.append(claim)
            continue
        doubled.append(claim)
        note = f"Also reported by {claim.origin} ({claim.rule})."
        if kept[twin].origin != claim.origin and note not in kept[twin].body:
            severity = max(kept[twin].severity, claim.severity)
            kept[twin] = replace(kept[twin], severity=severity, body=f"{kept[twin].body} {note}".strip())
    return tuple(kept), tuple(doubled)


def _says(finding: Finding, claim: Finding) -> bool:
    """Whether a finding is about the same lines and the same kind of defect as a claim of a model."""
    ours, theirs = finding.location, claim.location
    if finding.label != claim.label or ours.line is None or theirs.line is None:
        return False
    if theirs.line > (ours.end_line or ours.line) or ours.line > (theirs.end_line or theirs.line):
        return False
    if not finding.origin.startswith("check:"):
        return alike(finding.title, claim.title)
    said = next((name for name, pattern in CLASSES if pattern.search(claim.title)), None)
    return said is not None and said == defect(finding.rule)


@lru_cache(maxsize=1024)
def defect(rule: str) -> str:
    """The class of defect that a rule looks for; the rule itself where no class is known."""
    return next((name for name, pattern in CLASSES if pattern.search(rule.rsplit(".", 1)[-1])), rule)


def _bare(rule: str) -> str:
    """A linter's rule without the linter: `sqlfluff/LT01` is no finding about SQL."""
    return rule.partition("/")[2] or rule


def _merged(group: list[tuple[Finding, bool]]) -> Iterator[Finding]:
    best, _ = max(group, key=lambda item: (item[1], item[0].severity, item[0].confidence))
    findings = [finding for finding, _ in group]
    others = dict.fromkeys(
        f"{finding.origin} ({finding.rule})" for finding in findings if finding.origin != best.origin
    )
    severity = max(finding.severity for finding in findings)
    for finding in findings:
        if finding.origin == best.origin and (finding is not best or not others):
            yield finding
        elif finding is best:
            note = f"Also reported by {', '.join(others)}."
            yield replace(finding, severity=severity, body=f"{finding.body} {note}".strip())
