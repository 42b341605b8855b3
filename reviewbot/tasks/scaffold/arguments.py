"""Arguments of a call in a language where an argument by place needs all those before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reviewbot.tasks.scaffold.suites import Case, Parameter

#: A default that means in a test what it means in its own file.
_PLAIN = re.compile(
    r"-?\d[\d_.]{0,30}[A-Za-z]?|:\w{1,60}|\"[^\"\\#${}\n]{0,100}\"|'[^'\\\n]{0,100}'|(?i:nil|null|true|false|default)|\[\]|\{\}",
    re.ASCII,
)


def in_order(parameters: Sequence[Parameter], row: Mapping[str, str]) -> Iterator[tuple[Parameter, str]]:
    """What a call writes: by place up to the last one given, gaps filled with defaults, then those by name."""
    placed = [one for one in parameters if not one.named]
    last = max((at for at, one in enumerate(placed) if one.name in row), default=-1)
    for one in placed[: last + 1]:
        yield one, row.get(one.name, one.default or "")
    yield from ((one, row[one.name]) for one in parameters if one.named and one.name in row)


def writable(target_parameters: Sequence[Parameter], cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases without those in which a gap would be filled with a default that only its own file understands."""
    return tuple(
        case for case in cases
        if all(one.name in dict(case.arguments) or _PLAIN.fullmatch(text)
               for one, text in in_order(target_parameters, dict(case.arguments)))
    )  # fmt: skip
