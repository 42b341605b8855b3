"""The whole text of a test file, from what a framework says of its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reviewbot.core.grammars import language_of
from reviewbot.core.text import visible
from reviewbot.tasks.scaffold.frameworks.ecmascript import calls
from reviewbot.tasks.scaffold.frameworks.ecmascript.modules import is_module
from reviewbot.tasks.scaffold.frameworks.ecmascript.packages import TYPED, near
from reviewbot.tasks.scaffold.naming import literal
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings

WORDS = "to be written"
_SIMPLE = re.compile(r"""-?\d[\d._]{0,30}n?|"[^"\\\n]{0,200}"|'[^'\\\n]{0,200}'|true|false|null|undefined""")
_QUOTES = re.compile(r"""(?:\bfrom\s{1,5}|\brequire\()(["'])""")
#: Below the tests: what an unwritten one says of its call. It waits whatever comes: a rejection is no test's failure.
_UNWRITTEN = """
/** What the call returns or throws is to be written down; until then its test skips. */
async function unwritten(call%s) {
  try {
    return `%s: it returned ${String(await call()).slice(0, 200)}`;
  } catch (error) {
    return `%s: it threw ${String(error).slice(0, 200)}`;
  }
}
"""
#: The same where a test that skips can give no reason.
_UNTOLD = """
/** What the call returns or throws is to be written down; until then its test skips. */
async function unwritten(call%s) {
  try {
    await call();
  } catch {
    // Neither is known to be wrong.
  }
}
"""
#: Tests of the repository that are asked how they look.
_ASKED = 40


@dataclass(frozen=True, slots=True)
class Look:
    """What the existing tests look like."""

    texts: tuple[str, ...]
    modern: bool
    quote: str

    def most(self, *patterns: str) -> int:
        """The number of the pattern that most tests match, the first of equals."""
        counts = [sum(re.search(pattern, text) is not None for text in self.texts) for pattern in patterns]
        return counts.index(max(counts))

    def says(self, pattern: str) -> bool:
        return any(re.search(pattern, text) for text in self.texts)

    def literal(self, text: str) -> str:
        return literal(text, self.quote)


def look(suite: Suite, *, modern: bool = False) -> Look:
    """`modern` for a framework that only ES modules import."""
    around = suite.around or Surroundings(frozenset())
    texts = tuple(text for _, text in list(near(around, suite.path))[:_ASKED])
    quotes = [quote for text in texts for quote in _QUOTES.findall(text)[:20]]
    single = quotes.count("'") > quotes.count('"')
    return Look(texts, modern or is_module(around, suite.path, suite.target), "'" if single else '"')


def is_simple(expression: str) -> bool:
    """Whether an expression is one value that `===` compares."""
    return _SIMPLE.fullmatch(expression.strip()) is not None


@dataclass(frozen=True, slots=True)
class Words:
    """How one framework says what a test file says."""

    #: Of a group, and of a test in it.
    group: str
    test: str
    #: The statements that import the framework, whole lines.
    imports: tuple[str, ...]
    #: An assertion that a call returns an expected value, and one that it throws (a class, or "").
    returns: Callable[[str, str], str]
    throws: Callable[[str, str, bool], str]
    #: Of a test without an expectation its title, its function's head without `async`, and its statements, from an
    #: expression of what the call does.
    pending: tuple[Callable[[str], str], str, Callable[[str], tuple[str, ...]]] | None
    #: Whether a test that skips says why.
    told: bool = True
    #: Heads of other functions.
    head: str = "() =>"


def written(suite: Suite, words: Words, seen: Look, extra: Iterable[str] = ()) -> str:
    """The file: where it comes from, its imports, and a test for each case."""
    target, blob = suite.target, f" ({visible(suite.blob)})" if suite.blob else ""
    imports = "".join(f"{line}\n" for line in words.imports)
    blocks = [*(_case(case, suite, words, seen.quote) for case in suite.cases), *extra]
    is_open = words.pending is not None and any(not case.is_written for case in suite.cases)
    typed = ": () => unknown" if language_of(suite.path) in TYPED else ""
    return (
        f"// Scaffold by reviewbot for {visible(target.id)}{blob}\n{imports}"
        + ("\n" if imports else "")
        + f"{calls.imported(suite, seen.modern, seen.quote)}\n\n"
        + f"{words.group}({literal(target.name, seen.quote)}, () => {{\n"
        + "\n".join(filter(None, blocks))
        + "});\n"
        + (_unwritten(typed, told=words.told) if is_open else "")
    )


def _unwritten(typed: str, *, told: bool) -> str:
    return _UNWRITTEN % (typed, WORDS, WORDS) if told else _UNTOLD % typed


def _case(case: Case, suite: Suite, words: Words, quote: str) -> str:
    made = calls.call(case, suite.target, quote)
    waits = "await " if suite.target.is_async else ""
    title, head, statements = case.name, words.head, [f"{waits}{made};"]
    if case.raises:
        title = f"throws where {case.name}"
        # A constructor that throws is not what is asked for.
        owner = calls.instance(case, suite.target, quote)
        made = calls.call(case, suite.target, quote, calls.INSTANCE) if owner else made
        statements = [f"const {calls.INSTANCE} = {owner};"] if owner else []
        error = calls.error_of(case, suite.target)
        statements.append(f"{waits}{words.throws(made, error, suite.target.is_async)};")
    elif case.expected is not None:
        statements = [f"{words.returns(waits + made, case.expected)};"]
    elif words.pending is not None:
        renamed, head, skipping = words.pending
        title, waits = renamed(case.name), "await "
        statements = [f"{one};" for one in skipping(f"await unwritten(() => {made})")]
    return block(words.test, title, ("async " if waits else "") + head, statements, quote)


def entitled(title: str, quote: str) -> str:
    """A title as a literal, in the other quotes where that saves escapes."""
    return literal(title, "'" if quote == '"' and '"' in title and "'" not in title else quote)


def block(test: str, title: str, head: str, statements: Iterable[str], quote: str) -> str:
    body = "".join(f"    {statement}\n" for statement in statements)
    return f"  {test}({entitled(title, quote)}, {head} {{\n{body}  }});\n"
