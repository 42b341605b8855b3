"""Endpoints of Flask and FastAPI: what their decorators say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME, call_of
from reviewbot.core.scopes import assigned
from reviewbot.core.strings import literal
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.languages.python.declarations import Definition
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

_APPLICATIONS = {"Flask": "flask", "FastAPI": "fastapi"}
_PLACES = re.compile(r"<(?:(\w+)(?:\([^()<>]*\))?:)?(\w+)>|\{(\w+)(?::\w+)?\}")
_CONVERTED = {"int": "int", "float": "float", "uuid": "UUID"}
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def applications(root: Node) -> dict[str, str]:
    """The name of each web application that a module makes, with its framework."""
    return dict(_made(root))


def _made(root: Node) -> Iterator[tuple[str, str]]:
    for statement in root.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        pair = assigned(inner)
        if pair is not None and pair[0].type == "identifier" and pair[1].type == "call":
            framework = _APPLICATIONS.get(call_of(pair[1]).last)
            if framework is not None:
                yield text_of(pair[0], NAME), framework


def endpoint(one: Definition, made: Mapping[str, str]) -> Mapping[str, str] | None:
    """Application, framework, method and route; empty for one that no test can reach, None for no endpoint."""
    for mark in one.decorators:
        owner, _, last = mark.name.rpartition(".")
        route = literal(mark.argument(0) or mark.keywords.get("path"))
        if (last not in _METHODS and last != "route") or route is None or not route.startswith("/"):
            continue
        if owner not in made:
            return {}
        return {
            "app": owner,
            "client": made[owner],
            "route": route,
            "method": _method(last, mark.keywords.get("methods")),
        }
    return None


def placed(route: str, given: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """The parameters that stand in a route: `/users/<int:id>`, `/users/{id}`."""
    converters = {match[2] or match[3]: match[1] or "" for match in _PLACES.finditer(route[:NAME])}
    return tuple(
        replace(one, type=one.type or _CONVERTED.get(converters[one.name], "str"), default=None, named=False)
        for one in given if one.name in converters
    )  # fmt: skip


def _method(last: str, methods: Node | None) -> str:
    if last in _METHODS:
        return last
    named = [(literal(item) or "").lower() for item in walk(methods, "string")] if methods is not None else []
    return next((name for name in named if name in _METHODS), "get")
