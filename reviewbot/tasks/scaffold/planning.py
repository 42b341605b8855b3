"""From a changed file to suites: what in it is new and public, named by no test, and where the tests of it go."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from reviewbot.core import grammars
from reviewbot.core.diff import FileDiff
from reviewbot.core.paths import is_test, is_writable
from reviewbot.core.symbols import Syntax
from reviewbot.core.text import is_odd
from reviewbot.tasks.scaffold.choosing import chosen
from reviewbot.tasks.scaffold.hazards import is_hazardous
from reviewbot.tasks.scaffold.languages import language
from reviewbot.tasks.scaffold.suites import Framework, Language, Suite, Surroundings, Target

#: Characters of a file, more than any a person would read.
LONGEST = 60_000
#: Why a target beyond the last gets none.
MORE = "more than one run makes"
#: Digits of a blob's name that a scaffold is stamped with.
_DIGITS = 10
#: Tests whose look is followed, characters of each, and of a manifest.
_NEAR, _SHOWN, _MANIFEST = 5, 4000, 50_000


@dataclass(frozen=True, slots=True)
class Unsuited:
    """A target without a scaffold, and why."""

    target: str
    reason: str


def suites(file: FileDiff, around: Surroundings, is_place: Callable[[str], bool],
           most: int = 1000) -> Iterator[Suite | Unsuited]:  # fmt: skip
    """One for each target of the file, `most` at most. `is_place` says whether a test may stand at a path."""
    syntax = Syntax(file)
    spoken = language(syntax.language("new"))
    if spoken is None or file.new.text is None or syntax.new is None or syntax.new.root_node.has_error:
        return
    for target in spoken.targets(syntax):
        if _is_named(spoken, target, around):
            continue
        if not most:
            yield Unsuited(target.id, MORE)
            continue
        if is_hazardous(syntax.new.root_node, target.source):
            yield Unsuited(target.id, "it deletes files or starts programs: whoever runs its test would")
            continue
        made = _suite(spoken, target, around, is_place, file.new.id)
        if isinstance(made, Suite):
            around, most = replace(around, paths=around.paths | {made.path}), most - 1
        yield made


def _is_named(spoken: Language, target: Target, around: Surroundings) -> bool:
    # A test of an endpoint names its route.
    mentions = ((path, text) for path, text in around.texts.items()
                if target.kind == "endpoint" or target.called in text)  # fmt: skip
    return any(grammars.language_of(path) and spoken.names(text, path, target) for path, text in mentions)


def _suite(spoken: Language, target: Target, around: Surroundings, is_place: Callable[[str], bool],
           blob: str) -> Suite | Unsuited:  # fmt: skip
    cases = spoken.cases(target)
    if not cases:
        return Unsuited(target.id, "what it takes cannot be made by a test alone")
    framework = chosen(spoken.FRAMEWORKS, around, target.path)
    places = [place for place in framework.places(target, around) if place not in around.paths and is_writable(place)]
    path = next(filter(is_place, places), None)
    if path is None:
        return Unsuited(target.id, "no test may stand inside its zone" if places else "every place for a test is taken")
    module = framework.module(target, path, around)
    if not module:
        return Unsuited(target.id, "no test can import it from there")
    suite = Suite(target, framework.NAME, path, module, cases, blob[:_DIGITS], _nearby(around, path))
    text = framework.render(suite)
    if len(text) > LONGEST or not parses(grammars.language_of(path) or target.language, text):
        return Unsuited(target.id, "what would be written does not parse")
    return suite


def _nearby(around: Surroundings, path: str) -> Surroundings:
    """What the look of a file at `path` goes by: manifests above it, and the beginnings of the nearest tests."""
    grammar, folder = grammars.language_of(path), posixpath.dirname(path)

    def shared(other: str) -> int:
        return len(posixpath.commonprefix((f"{folder}/", f"{posixpath.dirname(other)}/")))

    manifests = {other: text for other, text in around.texts.items() if not is_test(other) and len(text) <= _MANIFEST
                 and f"{folder}/".startswith(posixpath.join(posixpath.dirname(other), ""))}  # fmt: skip
    tests = sorted((other for other in around.texts if is_test(other) and grammars.language_of(other) == grammar),
                   key=lambda other: (-shared(other), other))  # fmt: skip
    texts = {**manifests, **{other: around.texts[other][:_SHOWN] for other in tests[:_NEAR]}}
    return Surroundings(frozenset(texts), texts)


def framework_of(suite: Suite) -> Framework:
    """The framework that a suite is written in. Raises KeyError for a suite that nobody here made."""
    spoken = language(suite.target.language)
    found: Mapping[str, Framework] = {} if spoken is None else {one.NAME: one for one in spoken.FRAMEWORKS}
    return found[suite.framework]


def filled(suite: Suite, fillings: Mapping[int, str]) -> Suite:
    """The suite with expectations, by the number of a case."""
    cases = (replace(case, expected=fillings.get(number, case.expected)) for number, case in enumerate(suite.cases))
    return replace(suite, cases=tuple(cases))


def holes(suite: Suite) -> tuple[int, ...]:
    """The cases whose expectation a model may write."""
    return tuple(number for number, case in enumerate(suite.cases) if not case.is_written and case.comparable)


def rendered(suite: Suite) -> str:
    """The file of a suite."""
    return framework_of(suite).render(suite)


@lru_cache(maxsize=64)  # of what no model wrote into it is asked more than once
def parses(name: str, text: str) -> bool:
    """Whether a text is code of that grammar, with no character in it that nobody sees."""
    if any(is_odd(sign) for sign in text.replace("\n", "").replace("\t", "")):
        return False
    tree = grammars.parse(name, text)
    if tree is None or tree.root_node.has_error:
        return False
    return name != "python" or grammars.is_python(text)
