"""Grammars: a language per file name, a parser per language, loaded on first use."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

SUFFIXES = {
    ".py": "python", ".pyi": "python", ".pyw": "python", ".js": "javascript", ".mjs": "javascript",
    ".cjs": "javascript", ".jsx": "javascript", ".ts": "typescript", ".mts": "typescript", ".cts": "typescript",
    ".tsx": "tsx", ".go": "go", ".java": "java", ".rs": "rust", ".c": "c", ".h": "cpp", ".cc": "cpp", ".cpp": "cpp",
    ".cxx": "cpp", ".hh": "cpp", ".hpp": "cpp", ".hxx": "cpp", ".cs": "csharp", ".rb": "ruby", ".rake": "ruby",
    ".gemspec": "ruby", ".php": "php",
}  # fmt: skip
NAMES = {"gemfile": "ruby", "rakefile": "ruby", "guardfile": "ruby", "vagrantfile": "ruby"}


@lru_cache(maxsize=16384)
def language_of(path: str) -> str | None:
    """The language of a path by its name, None where no grammar is bundled."""
    name = PurePosixPath(path)
    return SUFFIXES.get(name.suffix.lower()) or NAMES.get(name.name.lower())


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


_NAMELESS = "<text>"


def is_python(text: str) -> bool:
    """Whether the Python that runs this reads it: tree-sitter forgives much. A newer file may be sound all the same."""
    # What it warns of would be printed, a piece of the text with it.
    warnings.filterwarnings("ignore", module=_NAMELESS)
    try:
        ast.parse(text.encode("utf-8", "surrogateescape"), _NAMELESS)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
