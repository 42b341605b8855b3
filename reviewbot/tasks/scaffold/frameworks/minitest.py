"""minitest: a test class of one method, in test/ as the source stands in lib/."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks import rubies
from reviewbot.tasks.scaffold.frameworks.titles import titles
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings, Target

NAME = "minitest"
_GEM = re.compile(r"""["'](minitest|minitest-rails)["']""")
_USED = re.compile(r"\bMinitest::(Test|Spec|Unit)\b|ActiveSupport::TestCase|[\"']minitest/")
_SHAPES = (
    "test/{folder}{stem}_test.rb", "test/{folder}test_{stem}.rb", "test/lib/{folder}{stem}_test.rb",
    "test/unit/{folder}{stem}_test.rb", "test/{inside}{stem}_test.rb", "test/{inside}test_{stem}.rb",
)  # fmt: skip


def weight(around: Surroundings, path: str) -> int:
    """How surely the file at `path` is tested with it."""
    top = rubies.root(path, around.paths)
    tests = [one for one in around.paths if one.startswith(f"{top}test/") and _style(one)]
    used = any(_USED.search(around.texts.get(one, "")[:5000]) for one in (*tests, f"{top}test/test_helper.rb"))
    gems = any(_GEM.search(text) for one, text in around.texts.items() if one.endswith(("Gemfile", ".gemspec")))
    return 2 * bool(tests) + 4 * used + 2 * gems


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """Where its file may go, best first."""
    top = rubies.root(target.path, around.paths)
    styles = Counter(_style(one) for one in around.paths if one.startswith(f"{top}test/"))
    shapes: Sequence[str] = _SHAPES
    if styles["test_{stem}"] > styles["{stem}_test"]:
        shapes = sorted(_SHAPES, key=lambda shape: "test_{stem}" not in shape)
    return rubies.places(target, around, shapes, "{stem}_test.rb")


def _style(path: str) -> str:
    """How a test is called, "" for a file that is none."""
    name = path.rpartition("/")[2]
    if name.startswith("test_") and name.endswith(".rb") and name != "test_helper.rb":
        return "test_{stem}"
    return "{stem}_test" if name.endswith("_test.rb") else ""


def module(target: Target, path: str, around: Surroundings) -> str:
    """What the test requires, one a line."""
    return rubies.required(target, path, around, ("test_helper", "helper"))


def render(suite: Suite) -> str:
    """The whole file."""
    return "\n".join([*rubies.head(suite, ("minitest/autorun",)), *_class(suite), ""])


def _class(suite: Suite) -> Iterator[str]:
    target = suite.target
    name = naming.safe(naming.pascal(f"{target.owner} {target.called}"))
    yield f"class {name if name[0].isupper() else f'X{name}'}Test < Minitest::Test"
    told = [rubies.told(target, case) for case in suite.cases]
    for number, (case, title) in enumerate(zip(suite.cases, titles(told, naming.snake), strict=True)):
        if number:
            yield ""
        yield f"  def test_{title}"
        yield from (f"    {line}" for line in _body(target, case))
        yield "  end"
    yield "end"


def _body(target: Target, case: Case) -> Iterator[str]:
    call = rubies.call(target, case)
    if case.raises:
        made, call = rubies.apart(target, case)
        yield from made
        yield f"assert_raises({rubies.raised(target, case)}) {{ {call} }}"
    elif case.expected is not None and case.expected.strip() == "nil":
        yield f"assert_nil({call})"
    elif case.expected is not None:
        yield f"assert_equal({case.expected}, {call})"
    else:
        yield from rubies.unwritten(target, case)
