"""What tests in Ruby have in common: where they stand, what they require, how they call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reviewbot.core.text import is_odd, visible
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.arguments import in_order
from reviewbot.tasks.scaffold.suites import Case, Parameter, Suite, Surroundings, Target

FROZEN = "# frozen_string_literal: true"
#: A module of a suite is what its file requires, one a line; this one stands for the comment above.
_FREEZES = "#"
_MANIFESTS = ("Gemfile", "Rakefile", ".rspec")
#: Files of a package that are asked where their tests are.
_MOST = 5000
_SOURCES = ("lib/", "app/")
#: What a comment may not hold: a magic comment sets the encoding of its file.
_MAGIC = re.compile(r"(?i)(coding)([:=])|-\*-")
#: Names that a test class has methods of: a function of that name is called on another object.
_CLAIMED = frozenset({
    "after", "allow", "assert", "be", "before", "change", "class", "described_class", "description", "diff", "double",
    "eq", "equal", "eql", "exist", "expect", "fail", "include", "inspect", "is_expected", "match", "message", "method",
    "name", "output", "pending", "raise", "refute", "result", "run", "satisfy", "send", "setup", "skip", "start_with",
    "subject", "teardown", "throw", "time", "yield",
})  # fmt: skip


def root(path: str, paths: Iterable[str]) -> str:
    """The folder of the nearest manifest up the tree, with its slash; "" for the top."""
    known = paths if isinstance(paths, frozenset) else frozenset(paths)
    gems = {one.rpartition("/")[0] for one in known if one.endswith(".gemspec")}
    folder = path.rpartition("/")[0]
    while folder:
        if folder in gems or any(f"{folder}/{name}" in known for name in _MANIFESTS):
            return f"{folder}/"
        folder = folder.rpartition("/")[0]
    return ""


def inner(path: str, top: str) -> tuple[str, str]:
    """Of a source file its folder below lib or app, with its slash, and its stem."""
    rest = path.removeprefix(top).removesuffix(".rb")
    below = next((rest.removeprefix(source) for source in _SOURCES if rest.startswith(source)), rest)
    folder, slash, stem = below.rpartition("/")
    return folder + slash, stem


def places(target: Target, around: Surroundings, shapes: Sequence[str], beside: str) -> tuple[str, ...]:
    """By shapes such as `spec/{folder}{stem}_spec.rb`, those that most tests at hand have first."""
    top = root(target.path, around.paths)
    votes = Counter[str]()
    sources = [one for one in around.paths if one.endswith(".rb") and one.startswith(top)]
    for one in sorted(sources)[:_MOST]:
        if one.removeprefix(top).startswith(_SOURCES):
            votes.update(shape for shape in shapes if _shaped(shape, top, *inner(one, top)) in around.paths)
    best = max(shapes, key=lambda shape: votes[shape])
    folder, stem = inner(target.path, top)
    called = naming.safe(naming.snake(target.called))
    owned = naming.safe(naming.snake(target.owner.rpartition("::")[2]) + "_" + called)
    stems = (stem, f"{stem}_{called}", f"{stem}_{owned}")
    near = target.path.rpartition("/")[0]
    last = (f"{near}/" if near else "") + beside.format(stem=f"{stem}_{called}")
    return (*dict.fromkeys(_shaped(best, top, folder, one) for one in stems), last)


def _shaped(shape: str, top: str, folder: str, stem: str) -> str:
    return top + shape.format(folder=folder, stem=stem, inside=folder.partition("/")[2])


def required(target: Target, path: str, around: Surroundings, helpers: Sequence[str]) -> str:
    """What a test at `path` requires, one a line; `helpers` are files that it may begin with, best first."""
    if any(is_odd(sign) for sign in target.path + path):
        return ""
    top = root(target.path, around.paths)
    found = [_FREEZES] if _freezes(around) else []
    folders = sorted({f"{top}spec/", f"{top}test/"} & {path[: len(top) + 5]})
    helper = next((name for name in helpers for folder in folders if f"{folder}{name}.rb" in around.paths), "")
    found += [helper] if helper else []
    rest = target.path.removeprefix(top).removesuffix(".rb")
    if rest.startswith("lib/"):
        found.append(rest.removeprefix("lib/"))
    elif helper != "rails_helper" and not (rest.startswith("app/") and f"{top}config/application.rb" in around.paths):
        found.append(_relative(path, target.path.removesuffix(".rb")))
    return "\n".join(found)


def _relative(path: str, wanted: str) -> str:
    here, there = path.split("/")[:-1], wanted.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join([*([".."] * (len(here) - shared) or ["."]), *there[shared:]])


def _freezes(around: Surroundings) -> bool:
    texts = [text[:200] for path, text in around.texts.items() if path.endswith(".rb")]
    return 2 * sum(FROZEN in text for text in texts) > len(texts)


def head(suite: Suite, first: Sequence[str] = ()) -> Iterator[str]:
    """Comments and requires."""
    features = suite.module.split("\n")
    if features[0] == _FREEZES:
        yield from (FROZEN, "")
        features = features[1:]
    named = _MAGIC.sub(lambda found: f"{found[1]}-" if found[1] else "", visible(suite.target.id))
    yield f"# Scaffold by reviewbot for {named} ({suite.blob})"
    helped = any(one.endswith("_helper") for one in features)
    for feature in [*(() if helped else first), *filter(None, features)]:
        yield f"require{'_relative' if feature.startswith('.') else ''} {string(feature)}"
    yield ""


def string(text: str) -> str:
    """A literal in double quotes in which nothing is put in."""
    return '"' + re.sub(r'["\\]|#(?=[{$@])', r"\\\g<0>", visible(text)) + '"'


def call(target: Target, case: Case) -> str:
    """The call of a case."""
    return _called(target, case, _receiver(target, case))


def apart(target: Target, case: Case) -> tuple[Sequence[str], str]:
    """What makes the object, which may raise what the call is to raise, and the call on it."""
    if target.traits.get("kind", "top") in ("top", "static"):
        return (), call(target, case)
    return (f"on = {_receiver(target, case)}",), _called(target, case, "on")


def _receiver(target: Target, case: Case) -> str:
    """What a method is called on."""
    made = _given(target.constructor, case.construction)
    return {
        "top": "", "static": target.owner, "mixin": f"Object.new.extend({target.owner})",
        "instance": f"{target.owner}.new" + (f"({made})" if made else ""),
    }[target.traits.get("kind", "top")]  # fmt: skip


def _called(target: Target, case: Case, receiver: str) -> str:
    given = _given(target.parameters, case.arguments)
    block = " { |*values| values.first }" if "block" in target.traits else ""
    if receiver:
        return f"{receiver}.{target.called}" + (f"({given})" if given else "") + block
    if target.called in _CLAIMED:
        return f"Object.new.send({', '.join(filter(None, [f':{target.called}', given]))}){block}"
    return f"{target.called}({given}){block}"


def _given(parameters: Sequence[Parameter], row: Iterable[tuple[str, str]]) -> str:
    known: Mapping[str, str] = dict(row)
    return ", ".join(f"{one.name}: {text}" if one.named else text for one, text in in_order(parameters, known))


def unwritten(target: Target, case: Case) -> Iterator[str]:
    """Calls, and skips with what it saw: it is for a human to say what is right."""
    yield "begin"
    yield f"  result = {call(target, case)}.inspect"
    # No StandardError, yet what an abstract method raises.
    yield "rescue StandardError, NotImplementedError => error"
    yield '  skip("to be written: it raised #{error.inspect[0, 200]}")'
    yield "end"
    yield 'skip("to be written: it returned #{result[0, 200]}")'


def told(target: Target, case: Case) -> str:
    """What a case says, for its title."""
    return f"raises {raised(target, case)} where {case.name}" if case.raises else case.name


def raised(target: Target, case: Case) -> str:
    """The full name of what a case raises."""
    return target.traits.get(f"raises {case.raises}", case.raises)
