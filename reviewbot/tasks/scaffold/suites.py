"""What a scaffold is made of: a target, the cases of its suite, and what of the repository decides where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from reviewbot.core.symbols import Syntax

Kind = Literal["function", "method", "class", "endpoint"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as its function declares it."""

    name: str
    #: As written, "" where the source names none.
    type: str = ""
    #: As written, None where a call has to give it.
    default: str | None = None
    #: A call gives it by its name (keyword-only parameters, members of an options object).
    named: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A way through a function that some arguments lead into."""

    #: By name of a parameter the expressions that lead there, each in the target's own language.
    arguments: tuple[tuple[str, str], ...]
    #: What it raises, throws or returns as an error there, as the source names it; "" for any other way.
    raises: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A public function, method, class or endpoint of the new side that is new or changed."""

    path: str
    #: `clamp`, `Stack.push`; of an endpoint the name of its handler.
    name: str
    kind: Kind
    language: str
    parameters: tuple[Parameter, ...] = ()
    #: Type of what it returns, as written; "" where the source names none.
    returns: str = ""
    is_async: bool = False
    branches: tuple[Branch, ...] = ()
    #: The first and last line, 1-based.
    lines: tuple[int, int] = (0, 0)
    #: Its text on the new side.
    source: str = field(default="", repr=False)
    #: Of a method or class, what its constructor takes.
    constructor: tuple[Parameter, ...] = ()
    #: What a language module knows beside this: how it is exported, `static`, the route of an endpoint.
    traits: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.path}::{self.name}"

    @property
    def owner(self) -> str:
        """The class of a method, "" for a function."""
        return self.name.rpartition(".")[0]

    @property
    def called(self) -> str:
        """The name without its owner."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Case:
    """One call of the target: arguments as expressions of its language, in the order of its parameters."""

    #: Words that tell it from the others: `low is 0`.
    name: str
    #: By name of a parameter; one that is left to its default is left out.
    arguments: tuple[tuple[str, str], ...]
    #: An expression of what the call returns; None until somebody writes it.
    expected: str | None = None
    #: What the call raises instead of returning.
    raises: str = ""
    #: Of a method the arguments of its constructor.
    construction: tuple[tuple[str, str], ...] = ()
    #: Whether what it returns can be compared with one expression; nothing is asked of a model otherwise.
    comparable: bool = True

    @property
    def is_written(self) -> bool:
        return self.expected is not None or bool(self.raises)


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one target in one framework."""

    target: Target
    framework: str
    #: Where the file goes, and how a test in it names the module or package of the target.
    path: str
    module: str
    cases: tuple[Case, ...]
    #: The first digits of the target's blob: what the suite was derived from.
    blob: str = ""
    #: What a framework finds the repository's style in.
    around: Surroundings | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Surroundings:
    """What of a repository decides where tests go and how they look; nothing of it is labelled above the target."""

    #: Every path at the head.
    paths: frozenset[str]
    #: Texts of manifests and of existing tests.
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


class Language(Protocol):
    """How one language declares what a test can call. Modules of `scaffold.languages` satisfy it."""

    @property
    def FRAMEWORKS(self) -> tuple[Framework, ...]:  # noqa: N802 (a constant of the module)
        """Those that its tests may be written in, the one for a repository without any tests first."""

    def targets(self, syntax: Syntax) -> Iterator[Target]:
        """What is public in a file and new or changed, in order. Pure and linear, for code may be hostile."""

    def cases(self, target: Target) -> tuple[Case, ...]:
        """Calls over edge values that types and branches suggest, those that raise last; a dozen at most."""

    def names(self, test: str, path: str, target: Target) -> bool:
        """Whether the text of the test at `path` names the target: by symbols and imports, not in a comment."""


class Framework(Protocol):
    """How one framework writes a suite down. Modules of `scaffold.frameworks` satisfy it."""

    @property
    def NAME(self) -> str:  # noqa: N802 (a constant of the module)
        """As reports name it: `pytest`."""

    def weight(self, around: Surroundings, path: str) -> int:
        """How surely the file at `path` is tested with it, by manifests and existing tests: 0 for no sign."""

    def places(self, target: Target, around: Surroundings) -> Sequence[str]:
        """Where its file may go, best first: as existing tests have it; the last one is beside the target."""

    def module(self, target: Target, path: str, around: Surroundings) -> str:
        """How a test at `path` names what the target is in; "" where no test can reach it."""

    def render(self, suite: Suite) -> str:
        """The whole file. A case without an expectation calls the target and then skips: it never passes."""
