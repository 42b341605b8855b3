"""Files that parsed and no longer do, new ones that do not, and keys that are given twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from reviewbot.checks.syntax.documents import UNREAD, Verdict, format_of, is_template, judge
from reviewbot.checks.syntax.trees import first_error, is_paired
from reviewbot.core.diff import FileDiff, Side
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.merging import fold
from reviewbot.core.paths import is_foreign, is_sample, is_test
from reviewbot.ports import Reading

BROKEN = Rule(
    "syntax/broken", Severity.HIGH, "The file no longer parses",
    "Before this change it did: whatever reads it fails.", 0.95,
)  # fmt: skip
DUPLICATE = Rule(
    "syntax/duplicate-key", Severity.MEDIUM, "Key given twice",
    "Most readers keep one of the two values without a word, and not all keep the same one.", 0.9,
)  # fmt: skip
RULES = (BROKEN, DUPLICATE)

NAMES = {"csharp": "C#", "cpp": "C++", "c": "C", "php": "PHP", "javascript": "JavaScript", "typescript": "TypeScript",
         "tsx": "TypeScript"}  # fmt: skip
#: Their grammars cannot know what a preprocessor makes of the text: an error counts where brackets do not pair up.
_PREPROCESSED = frozenset({"c", "cpp", "csharp"})
#: Grammars that took every one of thousands of released files: an error in a new file is one.
_EXACT = frozenset({"python", "go", "java", "rust", "ruby", "php"})


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    if file.new.text is None or file.new.is_symlink or is_foreign(file.path, file.old.text or ""):
        return
    if format_of(file.path) is not None:
        yield from _document(file)
    elif reading.syntax.new is not None:
        yield from _code(reading)


def _meant(path: str) -> bool:
    """True where broken text may be meant; a test that is named as one is code all the same."""
    return is_sample(path) and not is_test(PurePosixPath(path).name)


def _document(file: FileDiff) -> Iterator[Finding]:
    text = file.new.text or ""
    new = judge(file.path, text)
    old = UNREAD if file.old.text is None or file.old.is_symlink else judge(file.old_path, file.old.text)
    # What always had comments or trailing commas has a reader that takes them; so has what comes with comments.
    forgiven = new.lenient and (old.lenient if old.read else new.commented)
    if new.fault is not None and not forgiven and (old.fault is None or old.lenient):
        if is_template(text) and not (old.read and is_template(file.old.text or "")):
            return
        yield from _broken(file, new.fault.line, new.fault.format, old.read)
    yield from fold(_doubled(file, old, new))


def _doubled(file: FileDiff, old: Verdict, new: Verdict) -> Iterator[Finding]:
    known = Counter(twin.key for twin in old.twins)
    added = file.changed_numbers("new")
    for twin in new.twins:
        line = next((line for line in (twin.second, twin.first) if line in added), None)
        if known[twin.key] > 0:
            known[twin.key] -= 1
        elif line is not None:
            other = twin.first if line == twin.second else twin.second
            reason = "TOML allows none: readers refuse the whole file." if twin.refused else DUPLICATE.reason
            severity = Severity.INFO if _meant(file.path) else Severity.HIGH if twin.refused else None
            yield at(DUPLICATE, file, line, severity=severity, body=f"The other stands on line {other}. {reason}")


def _code(reading: Reading) -> Iterator[Finding]:
    file, syntax = reading.file, reading.syntax
    language, before = syntax.language("new") or "", syntax.language("old") or ""
    # Context and a line around it: what is left of a block that lost lines begins there.
    within = [range(hunk.new_start - 1, hunk.new_start + hunk.new_count + 1) for hunk in file.hunks]
    error = None if syntax.new is None else first_error(syntax.new, language, within)
    if syntax.new is None or error is None:
        return
    name = NAMES.get(language, language.title())
    if syntax.old is not None and language == before:
        if first_error(syntax.old, before) is None and (
            language not in _PREPROCESSED or (is_paired(syntax.old) and not is_paired(syntax.new))
        ):
            yield from _broken(file, error, name, True)
    elif not file.old.exists and language in _EXACT:
        yield from _broken(file, error, name, False)


def _broken(file: FileDiff, error: int | None, name: str, parsed: bool) -> Iterator[Finding]:
    """The finding at the changed line nearest to the error; a new file is less certain, and a sample nothing."""
    meant = _meant(file.path)
    if meant and not parsed:
        return
    side, line = _nearest(file, error)
    severity = Severity.INFO if meant else Severity.MEDIUM if not parsed else BROKEN.severity
    where = f"The first error is on line {error}. " if error is not None else ""
    title = f"{BROKEN.title} as {name}" if parsed else f"The new file does not parse as {name}"
    body = BROKEN.reason if parsed else "Whatever reads it fails."
    finding = at(BROKEN, file, line, side=side, title=title, body=where + body, severity=severity)
    yield replace(finding, confidence=0.95 if parsed or format_of(file.path) else 0.7)


def _nearest(file: FileDiff, error: int | None) -> tuple[Side, int | None]:
    """The added line at or before the error, else the first after it; a removed line where none is added."""
    added = sorted(file.changed_numbers("new"))
    if added:
        above = [line for line in added if error is None or line <= error]
        return "new", above[-1] if above and error is not None else added[0]
    return "old", min(file.changed_numbers("old"), default=None)
