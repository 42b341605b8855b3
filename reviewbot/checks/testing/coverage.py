"""What a file's tests still check: tests without assertions, assertions and tests that went away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewbot.checks.testing.cases import Case, cases
from reviewbot.checks.testing.rules import GONE, NONE, REMOVED
from reviewbot.core.expressions import NAME
from reviewbot.core.findings import Finding, Severity, at
from reviewbot.core.paths import folders
from reviewbot.core.symbols import Syntax, line_of, text_of, walk
from reviewbot.core.text import clipped, visible

#: Removed tests that a finding names.
NAMED = 5
#: Longer tests are not searched (bytes): they assert somewhere.
LONGEST = 4000
#: Words of what may check something, a helper's name among them: one of them, and nothing is certain.
_CHECKS = re.compile(
    r"(?i)assert|expect|should|verif|check|ensur|rais|throw|fail|error|fatal|panic|valid|match|compar|snapshot|requir|must|"
    r"equal|warn|approv|golden|same|diff|prov|confirm|run|test|case|eq\b|is_|\bok\b|done|skip|todo|exit|wait|see|has|"
    r"contain|refute|deny|bench"
)
#: Names that say: that nothing is raised is all there is to check.
_SMOKE = re.compile(
    r"(?i)smoke|import|n[o']?t_?(rais|fail|crash|throw|panic|hang|break)|no_?(error|exception|crash|op|raise)|without|"
    r"works|runs|compil|valid|safe|accept|access|allow|ignor|bench|\bok\b|_ok|can_"
)
_BENCHES = frozenset({"bench", "benches", "benchmark", "benchmarks"})


def look(syntax: Syntax) -> Iterator[Finding]:
    """What this change does to the tests of a file."""
    file, added = syntax.file, syntax.file.changed_numbers("new")
    new = cases(syntax.new, syntax.language("new") or "") if file.new.text else ()
    if not file.removed and not any(case.first in added for case in new):
        return
    old = cases(syntax.old, syntax.language("old") or "") if file.old.text else ()
    before, after = Counter(case.name for case in old), Counter(case.name for case in new)
    yield from _without(syntax, new, before)
    if file.change != "deleted":
        yield from _lost(syntax, old, new, before, after)
    yield from _removed(syntax, old, before, after)


def _without(syntax: Syntax, new: tuple[Case, ...], before: Counter[str]) -> Iterator[Finding]:
    """New tests in which no word speaks of checking anything, and that call nothing of this file."""
    language, added = syntax.language("new") or "", syntax.file.changed_numbers("new")
    fresh = [case for case in new if case.name not in before and case.first in added]
    if not fresh or language == "rust" or not folders(syntax.file.path).isdisjoint(_BENCHES):
        return
    own = _defined(syntax)
    for case in fresh:
        text = text_of(case.body, LONGEST)
        head = text_of(case.node, LONGEST).removesuffix(text).replace(case.name, "")
        if (
            not text
            or case.body.type == "arrow_expression_clause"
            or _CHECKS.search(text)
            or re.search(r"(?i)expect|should|raise|skip|disabl|ignore", head)
        ):
            continue
        passed = language == "go" and re.search(r"[(,]\s{0,9}t\s{0,9}[,)]", text)
        if not passed and not _SMOKE.search(case.name) and own.isdisjoint(re.findall(r"\w+", text)):
            yield at(NONE, syntax.file, case.first)


def _defined(syntax: Syntax) -> frozenset[str]:
    """The names of the file's own functions: one of them may do the checking."""
    kinds = ("function_definition", "function_declaration", "method_declaration", "method", "method_definition",
             "variable_declarator")  # fmt: skip
    root = syntax.new.root_node if syntax.new is not None else None
    # Elsewhere functions stand in functions, those that a test uses among them.
    stop = frozenset(kinds) if syntax.language("new") in ("go", "java", "csharp", "php") else frozenset[str]()
    nodes = walk(root, *kinds, stop=stop) if root is not None else iter(())
    return frozenset(name for node in nodes if (name := text_of(node.child_by_field_name("name"), NAME)))


def _lost(syntax: Syntax, old: tuple[Case, ...], new: tuple[Case, ...], before: Counter[str],
          after: Counter[str]) -> Iterator[Finding]:  # fmt: skip
    """Tests that stay and lose what they checked; one that was also added to was rewritten."""
    removed, added = syntax.file.changed_numbers("old"), syntax.file.changed_numbers("new")
    stays = {case.name: case for case in new if before[case.name] == 1 and after[case.name] == 1}
    for case in old:
        now = stays.get(case.name)
        if now is None or removed.isdisjoint(range(case.first, case.last + 1)):
            continue
        had = case.assertions()
        lines = [line for node in had if (line := line_of(node)) in removed]
        if not lines:
            continue
        left = now.assertions()
        if not left and not _CHECKS.search(text_of(now.body, LONGEST) or "check"):
            yield at(GONE, syntax.file, lines[0], side="old")
        elif len(left) < len(had) and added.isdisjoint(range(now.first, now.last + 1)):
            yield at(GONE, syntax.file, lines[0], side="old", title="Assertion removed, nothing put in its place",
                     body="The test stays and checks less than before.", severity=Severity.LOW)  # fmt: skip


def _removed(syntax: Syntax, old: tuple[Case, ...], before: Counter[str], after: Counter[str]) -> Iterator[Finding]:
    """Fewer tests than before: a renamed test is not a removed one."""
    fewer = before.total() - after.total()
    removed = syntax.file.changed_numbers("old")
    lines = [case.first for case in old if after[case.name] < before[case.name] and case.first in removed]
    if fewer <= 0 or not lines:
        return
    gone = [visible(clipped(name, 80)) for name in (before - after)]
    more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
    plural = "tests" if fewer > 1 else "test"
    yield at(REMOVED, syntax.file, lines[0], side="old", title=f"{fewer} {plural} removed",
             body=f"{REMOVED.reason} Gone: {', '.join(gone[:NAMED])}{more}.")  # fmt: skip
