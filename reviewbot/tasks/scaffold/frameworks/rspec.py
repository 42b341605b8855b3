"""RSpec: examples of one method, in spec/ as the source stands in lib/."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.tasks.scaffold.frameworks import rubies
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings, Target

NAME = "rspec"
_GEM = re.compile(r"""["'](rspec|rspec-rails|rspec-core)["']""")
_SHAPES = (
    "spec/{folder}{stem}_spec.rb", "spec/lib/{folder}{stem}_spec.rb", "spec/unit/{folder}{stem}_spec.rb",
    "spec/{inside}{stem}_spec.rb",
)  # fmt: skip
_MARKS = {"static": ".", "instance": "#", "mixin": "#"}


def weight(around: Surroundings, path: str) -> int:
    """How surely the file at `path` is tested with it."""
    top = rubies.root(path, around.paths)
    tests = any(one.startswith(f"{top}spec/") and one.endswith("_spec.rb") for one in around.paths)
    gems = any(_GEM.search(text) for one, text in around.texts.items() if one.endswith(("Gemfile", ".gemspec")))
    return 6 * tests + 3 * (f"{top}.rspec" in around.paths) + 2 * gems


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """Where its file may go, best first."""
    return rubies.places(target, around, _SHAPES, "{stem}_spec.rb")


def module(target: Target, path: str, around: Surroundings) -> str:
    """What the test requires, one a line."""
    top = rubies.root(target.path, around.paths)
    rails = target.path.startswith(f"{top}app/")
    return rubies.required(target, path, around, ("rails_helper", "spec_helper") if rails else ("spec_helper",))


def render(suite: Suite) -> str:
    """The whole file."""
    return "\n".join([*rubies.head(suite), *_described(suite), ""])


def _described(suite: Suite) -> Iterator[str]:
    target = suite.target
    mark = _MARKS.get(target.traits.get("kind", ""), "")
    outer = target.owner or rubies.string(target.called)
    yield f"RSpec.describe {outer} do"
    indent = "  "
    if target.owner:
        yield f"  describe {rubies.string(mark + target.called)} do"
        indent = "    "
    for number, case in enumerate(suite.cases):
        if number:
            yield ""
        yield f"{indent}it {rubies.string(rubies.told(target, case))} do"
        yield from (f"{indent}  {line}" for line in _body(target, case))
        yield f"{indent}end"
    if target.owner:
        yield "  end"
    yield "end"


def _body(target: Target, case: Case) -> Iterator[str]:
    call = rubies.call(target, case)
    if case.raises:
        made, call = rubies.apart(target, case)
        yield from made
        yield f"expect {{ {call} }}.to raise_error({rubies.raised(target, case)})"
    elif case.expected is not None:
        yield f"expect({call}).to eq({case.expected})"
    else:
        yield from rubies.unwritten(target, case)
