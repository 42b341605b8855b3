"""Debugging leftovers: what stops the program, what dumps its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME, Call, calls
from reviewbot.core.findings import Finding, Rule, Severity
from reviewbot.core.merging import fold
from reviewbot.core.paths import folders, is_test
from reviewbot.core.scopes import home
from reviewbot.core.sightings import Sighting, fresh
from reviewbot.core.strings import built
from reviewbot.core.symbols import Touched, text_of
from reviewbot.ports import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

BREAKPOINT = Rule(
    "debug/breakpoint", Severity.HIGH, "Breakpoint left in",
    "The program stops here and waits for a debugger, or ends because there is none.", 0.95,
)  # fmt: skip
DUMP = Rule(
    "debug/dump", Severity.LOW, "Debugging output left in",
    "It shows inner values to whoever sees the output.", 0.8,
)  # fmt: skip
RULES = (BREAKPOINT, DUMP)

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_BREAKS = {
    "python": re.compile(r"^(breakpoint|set_trace|(pdb|ipdb|pudb|wdb|rpdb|web_pdb)\.set_trace|pydevd\.settrace)$"),
    "ruby": re.compile(r"^(binding\.(pry|irb|break|remote_pry|b)|byebug)$"),
    "php": re.compile(r"^xdebug_break$"),
    "go": re.compile(r"^runtime\.Breakpoint$"),
    "csharp": re.compile(r"^(System\.Diagnostics\.)?Debugger\.(Break|Launch)$"),
}  # fmt: skip
_DUMPS = {
    "php": re.compile(r"^(var_dump|dd|ddd|debug_zval_refcount|debug_print_backtrace)$"),
    "rust": re.compile(r"^dbg!$"),
}
_CONSOLE = re.compile(r"^console\.(log|debug|dir|table|trace)$")
#: Functions that print, of all languages.
_PRINTS = re.compile(r"^(print|console\.(log|error|warn|info)|fmt\.Print(ln|f)?|System\.(out|err)\.print(ln)?|println!|"
                     r"eprintln!|Console\.WriteLine|puts|printf|p|alert)$")  # fmt: skip
#: What people print to see whether the program comes by.
_MARKER = re.compile(
    r"(?i)^[\s*=#>!.-]{0,20}(here|(got|i'?m|we are|reached|inside) here|wtf|asdf\w{0,9}|xxx+|aaa+|zzz+|foo+bar|"
    r"debug(ging)?|1111?|2222|it works)[\s\d*=#<!:.?-]{0,20}$"
)
#: Programs that talk to their user through standard output.
_TALKERS = frozenset({
    "bin", "cli", "cmd", "script", "scripts", "tools", "examples", "example", "build", "demo", "demos", "tasks",
    "playground", "docs", "doc", "website", "templates", "samples", "commands",
})  # fmt: skip
_TALKER = re.compile(r"(?i)^(cli|main|index|server|gulpfile|gruntfile|build|release|publish|.*\.config|.*[-_]cli|setup|"
                     r"logger|log)\.\w+$")  # fmt: skip
#: Files that are themselves about debugging.
_DEBUGGERS = re.compile(r"(?i)debug|pdb|repl|xdebug|ipython|dump")


def check(reading: Reading) -> Iterator[Finding]:
    path = reading.file.path
    if not _DEBUGGERS.search(path):
        yield from fold(fresh(reading.syntax, _breakpoints))
        yield from fold(fresh(reading.syntax, _dumps, in_tests=Severity.INFO))
        if not _talks(path, reading.file.new.text or ""):
            yield from fold(fresh(reading.syntax, _console))


def _talks(path: str, text: str) -> bool:
    """True for programs to whose output somebody listens, tests among them."""
    talker = is_test(path) or not folders(path).isdisjoint(_TALKERS) or text.startswith("#!")
    return talker or _TALKER.search(PurePosixPath(path).name) is not None


def _breakpoints(touched: Touched) -> Iterator[Sighting]:
    for node in touched.of("debugger_statement"):
        yield Sighting(BREAKPOINT, (node,), "debugger")
    names = _BREAKS.get(touched.language)
    for call in calls(touched) if names is not None else ():
        if names is not None and names.search(call.name):
            yield Sighting(BREAKPOINT, (call.node,), call.name)
    if touched.language == "ruby":
        yield from _words(touched)


def _words(touched: Touched) -> Iterator[Sighting]:
    """`byebug` and `debugger` are bare words in Ruby; tokens are not listed, their blocks are."""
    for block in touched.of("body_statement", "then", "block_body", "program", "begin", "else"):
        for child in block.named_children:
            if child.type == "identifier" and text_of(child, NAME) in ("byebug", "debugger"):
                yield Sighting(BREAKPOINT, (child,), text_of(child))


def _dumps(touched: Touched) -> Iterator[Sighting]:
    names = _DUMPS.get(touched.language)
    for call in calls(touched):
        dumps = names is not None and names.search(call.name) is not None
        prints = _PRINTS.search(call.name) is not None and _is_marker(call)
        if not (dumps or prints) or _is_dumper(touched, call.node):
            continue
        if dumps:
            yield Sighting(DUMP, (call.node,), call.name)
        else:
            yield Sighting(DUMP, (call.node,), call.name, body="It only tells that the program came by here.")


def _is_dumper(touched: Touched, node: Node) -> bool:
    """A function that dumps because that is its name."""
    function = home(touched, node)
    name = function.child_by_field_name("name") if function is not None else None
    return re.search(r"(?i)^dd|dump|debug", text_of(name, NAME)) is not None


def _is_marker(call: Call) -> bool:
    parts = built(call.arguments[0]) if call.arguments else None
    first = parts[0] if parts and isinstance(parts[0], str) else ""
    return len(first) <= NAME and _MARKER.search(first) is not None


def _console(touched: Touched) -> Iterator[Sighting]:
    for call in calls(touched) if touched.language in _SCRIPTS and "console." in text_of(touched.root) else ():
        if _CONSOLE.search(call.name) and not _is_marker(call):
            yield Sighting(DUMP, (call.node,), call.name, title=f"`{call.name}` left in", severity=Severity.INFO,
                           body="Fine in a program that talks to its user, noise in everything else.")  # fmt: skip
