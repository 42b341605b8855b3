"""What calling a target would do to whoever runs its tests: no edge value may delete their files or start a program.

The sandbox holds what `--run` executes; a scaffold that was written is run by people, in their own folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.symbols import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

#: Functions of one file that a target leads to; characters of each.
_FOLLOWED, _LONG = 100, 20_000
_NAMES = re.compile(r"[^\W\d]\w*")
_DEEDS = re.compile(
    r"\b(?:rmtree|removedirs|rmdir(?:Sync)?|unlink(?:Sync|_recursive)?|rm_rf?|rm_r|rmSync|RemoveAll|remove_dir_all|"
    r"remove_dir|remove_file|deleteIfExists|deleteDirectory|deleteRecursively|DeleteDirectory|deleteTree|"
    r"subprocess|child_process|Popen|popen|shell_exec|passthru|proc_open|pcntl_exec|ProcessBuilder|getRuntime|"
    r"exec(?:Sync|File|FileSync|v|ve|vp|vpe|l|le|lp)|spawn(?:Sync)?|killpg|fork|execa|zx)\b"
    r"|\bos\.(?:remove|replace|rename|renames|truncate|system|kill|abort|Remove|Rename|Truncate|Chmod|Chown)\b"
    r"|\b(?:fs|fsp|promises|fsPromises)\.(?:rm|rename|truncate|cp)(?:Sync)?\b"
    r"|\b(?:FileUtils|Files|File|Dir|Directory|Pathname)(?:\.|::)"
    r"(?:rm\w{0,12}|delete\w{0,12}|Delete\w{0,12}|remove\w{0,20}|truncate|move|Move|mv|rename|unlink)\b"
    r"|\bexec\.Command|\bCommand::new\b|\bProcess\.(?:Start|spawn|kill|daemon)\b|\bsyscall\."
    r"|(?:^|[^\w.>:])(?:system|exec|rename|unlink|`)\s{0,4}\("
    r"|(?:^|[^\w.>:])(?:system|exec|spawn)\s{1,4}[\"']",
    re.MULTILINE,
)


def is_hazardous(root: Node, source: str) -> bool:
    """Whether the source of a target, or of what it calls in its own file, deletes files or starts programs."""
    known = _defined(root)
    waiting, seen = [source], set[str]()
    while waiting and len(seen) <= _FOLLOWED:
        text = waiting.pop()[:_LONG]
        if _DEEDS.search(text):
            return True
        called = {name for name in _NAMES.findall(text) if name in known} - seen
        seen |= called
        waiting += (known[name] for name in sorted(called))
    return False


def _defined(root: Node) -> Mapping[str, str]:
    """The functions of a file by name; of several with one name all of them."""
    found: dict[str, str] = {}
    for node in walk(root, *FUNCTIONS, "variable_declarator"):
        name = text_of(node.child_by_field_name("name"), NAME)
        if name:
            found[name] = f"{found.get(name, '')}\n{text_of(node, _LONG)}"
    return found
