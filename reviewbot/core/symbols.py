"""Syntax trees: a language per file name, a parser per language, loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.core.diff import Blob, FileDiff, Side

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree

#: Larger texts are not parsed (0.5 s each): a syntax check of a megabyte tells nobody anything.
MAX_PARSED = 1_000_000

SUFFIXES = {
    ".py": "python", ".pyi": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".jsx": "javascript", ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".go": "go", ".java": "java", ".rs": "rust", ".c": "c", ".h": "cpp", ".cc": "cpp", ".cpp": "cpp",
    ".cxx": "cpp", ".hh": "cpp", ".hpp": "cpp", ".hxx": "cpp", ".cs": "csharp", ".rb": "ruby", ".php": "php",
}  # fmt: skip


def language_of(path: str) -> str | None:
    """The language of a path by its suffix, None where no grammar is bundled."""
    return SUFFIXES.get(PurePosixPath(path).suffix.lower())


def _python() -> object:
    import tree_sitter_python

    return tree_sitter_python.language()


def _javascript() -> object:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


def _typescript() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _tsx() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


def _go() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


def _java() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


def _rust() -> object:
    import tree_sitter_rust

    return tree_sitter_rust.language()


def _c() -> object:
    import tree_sitter_c

    return tree_sitter_c.language()


def _cpp() -> object:
    import tree_sitter_cpp

    return tree_sitter_cpp.language()


def _csharp() -> object:
    import tree_sitter_c_sharp

    return tree_sitter_c_sharp.language()


def _ruby() -> object:
    import tree_sitter_ruby

    return tree_sitter_ruby.language()


def _php() -> object:
    import tree_sitter_php

    return tree_sitter_php.language_php()


GRAMMARS: dict[str, Callable[[], object]] = {
    "python": _python, "javascript": _javascript, "typescript": _typescript, "tsx": _tsx, "go": _go,
    "java": _java, "rust": _rust, "c": _c, "cpp": _cpp, "csharp": _csharp, "ruby": _ruby, "php": _php,
}  # fmt: skip


@cache
def grammar(language: str) -> Language:
    from tree_sitter import Language

    return Language(GRAMMARS[language]())


def parse(language: str, text: str) -> Tree:
    """The syntax tree of a text. Node rows are 0-based; columns are UTF-8 bytes."""
    from tree_sitter import Parser

    return Parser(grammar(language)).parse(text.encode("utf-8", "replace"))


@dataclass(frozen=True)
class Syntax:
    """The two sides of one changed file as trees, parsed when first asked for."""

    file: FileDiff

    def language(self, side: Side = "new") -> str | None:
        return language_of(self.file.side_path(side))

    @cached_property
    def new(self) -> Tree | None:
        return _tree(self.file.path, self.file.new)

    @cached_property
    def old(self) -> Tree | None:
        return _tree(self.file.old_path, self.file.old)

    def added(self, *kinds: str) -> Iterator[Node]:
        """Nodes of these kinds on the new side that begin on an added line, in order."""
        if self.new is None:
            return
        numbers = self.file.changed_numbers("new")
        yield from (node for node in walk(self.new.root_node, *kinds) if line_of(node) in numbers)


def _tree(path: str, blob: Blob) -> Tree | None:
    language = language_of(path)
    if language is None or blob.text is None or blob.size > MAX_PARSED or blob.is_symlink:
        return None
    return parse(language, blob.text)


def walk(root: Node, *kinds: str) -> Iterator[Node]:
    """All nodes of these kinds (every node for none) below and including `root`, without recursion."""
    wanted = frozenset(kinds)
    stack = [root]
    while stack:
        node = stack.pop()
        if not wanted or node.type in wanted:
            yield node
        stack.extend(reversed(node.children))


def line_of(node: Node) -> int:
    """The 1-based line on which a node begins."""
    return node.start_point.row + 1


def text_of(node: Node | None) -> str:
    """The source text of a node, "" for None."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")
