"""Values that become code: command lines and evaluated text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewbot.checks.calls.rules import EVAL, SHELL
from reviewbot.checks.calls.values import foreign, is_harmless, parts_of
from reviewbot.core.expressions import MAX_ARGUMENTS, Call, unwrapped
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import Scopes
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import is_constant, literal, truth
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Functions that hand their first argument to a shell.
_SHELLS = {
    "python": re.compile(r"^(os\.(system|popen)|commands\.getoutput|subprocess\.(getoutput|getstatusoutput)|"
                         r"asyncio\.create_subprocess_shell)$"),
    "javascript": re.compile(r"^((child_process|childProcess|cp|shell|shelljs)\.)?(exec|execSync)$"),
    "java": re.compile(r"(^Runtime\.getRuntime\(\)|^(runtime|rt))\.exec$"),
    "c": re.compile(r"^(system|popen|_popen|_wsystem)$"),
    "cpp": re.compile(r"^(std\.)?(system|popen|_popen|_wsystem)$"),
    "ruby": re.compile(r"^(Kernel\.)?(system|exec|spawn)$|^(IO\.popen|Open3\.\w+|PTY\.spawn)$"),
    "php": re.compile(r"^(exec|shell_exec|system|passthru|popen|proc_open)$"),
}  # fmt: skip
#: Functions that start a program: dangerous where the program is a shell, or where they are told to use one.
_PROGRAMS = {
    "python": re.compile(r"(^|\.)(run|call|Popen|check_call|check_output)$"),
    "javascript": re.compile(r"(^|\.)(spawn|spawnSync|execFile|execFileSync|execa)$"),
    "go": re.compile(r"^exec\.Command(Context)?$"),
    "java": re.compile(r"^ProcessBuilder$"),
    "csharp": re.compile(r"^(System\.Diagnostics\.)?(Process\.Start|ProcessStartInfo)$"),
    "rust": re.compile(r"\.arg$"),
}
_SHELL_NAME = re.compile(r"(?i)^(/usr)?(/bin/)?(ba|z|da|k)?sh$|^cmd(\.exe)?$|^(powershell|pwsh)(\.exe)?$")
_SHELL_FLAG = re.compile(r"(?i)^([-/]c|-lc|-ec|-command)\b")
_RUST_SHELL = re.compile(r'Command::new\("(/bin/)?(ba|z|da)?sh"\)\s*\.arg\("-c"\)|'
                         r'Command::new\("cmd(\.exe)?"\)\s*\.arg\("/[cC]"\)')  # fmt: skip
_EVALS = {
    "python": re.compile(r"^(builtins\.)?(eval|exec)$"),
    "javascript": re.compile(r"^(window\.|globalThis\.)?(eval|Function)$"),
    "php": re.compile(r"^(eval|create_function)$"),
    "ruby": re.compile(r"^(Kernel\.)?eval$"),
}
#: Engines whose `eval` runs a program in their language: only a program built on the spot counts.
_ENGINES = {
    "java": re.compile(r"(?i)(^|\.)(script)?engine\.eval$"),
    "csharp": re.compile(r"(^|\.)CSharpScript\.(Evaluate|Run|Create)(Async)?$"),
}


def look(call: Call, language: str, scopes: Scopes) -> Iterator[Sighting]:
    if (name := _EVALS.get(language)) is not None and name.search(call.name):
        yield from _evaluated(call, scopes)
    if (name := _ENGINES.get(language)) is not None and name.search(call.name):
        for _, value in foreign(parts_of(call.argument(0), call, scopes), call, scopes):
            yield Sighting(EVAL, (call.place, value), call.name)
            break
    if (name := _SHELLS.get(language)) is not None and name.search(call.name):
        # Ruby starts a program without a shell where the arguments come one by one.
        whole = language != "ruby" or len(call.arguments) == 1
        yield from _command(call, call.argument(0), scopes) if whole else ()
        yield from _through_shell(call, scopes)
    if (name := _PROGRAMS.get(language)) is not None and name.search(call.name):
        yield from _STARTS.get(language, _through_shell)(call, scopes)


def _evaluated(call: Call, scopes: Scopes) -> Iterator[Sighting]:
    source = call.arguments[-1] if call.last == "Function" and call.arguments else call.argument(0)
    if source is None or is_constant(scopes.value(source, call.node)):
        return
    parts = parts_of(source, call, scopes)
    if parts is None or any(foreign(parts, call, scopes)):
        yield Sighting(EVAL, (call.place, source), call.name)


def _command(call: Call, line: Node | None, scopes: Scopes) -> Iterator[Sighting]:
    """A command line with a value in it that nothing quoted."""
    value = next((value for _, value in foreign(parts_of(line, call, scopes), call, scopes)), None)
    if value is not None and line is not None:
        yield Sighting(SHELL, (line, call.place, value), call.name)


def _python(call: Call, scopes: Scopes) -> Iterator[Sighting]:
    """`shell=True`: a built line is certain, a line from elsewhere is worth a look."""
    if truth(call.keywords.get("shell")) is not True:
        yield from _through_shell(call, scopes)
        return
    line = call.argument(0) or call.keywords.get("args")
    found = list(_command(call, line, scopes))
    yield from found
    if found or line is None:
        return
    value = scopes.value(line, call.node)
    if value.type in ("identifier", "attribute", "subscript") and not is_harmless(value, call, scopes):
        yield Sighting(SHELL, (call.keywords["shell"], call.place), call.name, severity=Severity.LOW,
                       title="Command line from a variable goes through a shell")  # fmt: skip


def _javascript(call: Call, scopes: Scopes) -> Iterator[Sighting]:
    options = unwrapped(call.arguments[-1]) if call.arguments else None
    if options is not None and options.type == "object" and _has_shell(options):
        yield from _command(call, call.argument(0), scopes)
    else:
        yield from _through_shell(call, scopes)


def _has_shell(options: Node) -> bool:
    pairs = (child for child in options.named_children if child.type == "pair")
    return any(
        text_of(pair.child_by_field_name("key"), 20) == "shell" and truth(pair.child_by_field_name("value")) is True
        for pair in pairs
    )


def _through_shell(call: Call, scopes: Scopes) -> Iterator[Sighting]:
    """`Command("sh", "-c", line)`, the shell and its flag as literals, also inside one array."""
    named = False
    for before, line in pairwise(inner for argument in call.arguments for inner in _spread(argument)):
        text = literal(before)
        named = named or (text is not None and _SHELL_NAME.search(text) is not None)
        if not named:
            continue
        # `Process.Start("cmd.exe", "/c " + line)` has the flag in the line itself.
        starts = (parts_of(line, call, scopes) or [""])[0] if literal(line) is None else ""
        flagged = text is not None and _SHELL_FLAG.search(text) is not None
        if flagged or (isinstance(starts, str) and _SHELL_FLAG.search(starts.strip())):
            yield from _command(call, line, scopes)
            return


def _spread(argument: Node) -> list[Node]:
    """The items of an array, also of Java's `new String[] {…}`."""
    if argument.type == "array_creation_expression":
        argument = argument.child_by_field_name("value") or argument
    listed = argument.type in ("array", "list", "array_initializer") and argument.named_child_count <= MAX_ARGUMENTS
    return argument.named_children if listed else [argument]


def _rust(call: Call, scopes: Scopes) -> Iterator[Sighting]:
    if _RUST_SHELL.search(text_of(call.node.child_by_field_name("function"), 400)):
        yield from _command(call, call.argument(0), scopes)


_STARTS: dict[str, Callable[[Call, Scopes], Iterator[Sighting]]] = {
    "python": _python, "javascript": _javascript, "rust": _rust,
}  # fmt: skip


def backticks(node: Node, scopes: Scopes) -> Iterator[Sighting]:
    """`` `ls #{x}` `` in Ruby, `` `ls $x` `` in PHP."""
    holes = [child for child in node.named_children if child.type not in ("string_content", "escape_sequence")]
    values = [(child.named_children or [child])[0] if child.type == "interpolation" else child for child in holes]
    call = Call(node, "`")
    if any(True for _ in foreign([*values], call, scopes)):
        yield Sighting(SHELL, (node,), "`")
