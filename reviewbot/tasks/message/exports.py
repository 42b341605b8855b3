"""Names that a file of Python lists as its exports and has from elsewhere: a package's face."""

from __future__ import annotations

from reviewbot.core.diff import FileDiff
from reviewbot.core.grammars import language_of
from reviewbot.tasks.message.definitions import Definition
from reviewbot.tasks.message.visibility import Visibility

#: Names that are compared.
_MOST = 500


def relisted(file: FileDiff) -> tuple[tuple[Definition, Definition], ...]:
    """What one side alone lists, as each side has it. A first list, and one that is gone, say nothing."""
    if language_of(file.path) != "python" or language_of(file.old_path) != "python":
        return ()
    old = Visibility.of(file.old_path, "python", file.old.text or "")
    new = Visibility.of(file.path, "python", file.new.text or "")
    if old.hidden or new.hidden or old.listed is None or new.listed is None:
        return ()
    names = [name for name in sorted(old.listed ^ new.listed)[:_MOST] if not name.startswith("_")]
    return tuple((_listed(name, old.listed), _listed(name, new.listed)) for name in names)


def _listed(name: str, names: frozenset[str]) -> Definition:
    return Definition(name, "constant", name in names, (0, 0), "", None, True)
