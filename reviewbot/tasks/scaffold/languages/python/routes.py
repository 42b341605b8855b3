"""Endpoints of Flask and FastAPI: what their decorators say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME, call_of
from reviewbot.core.scopes import assigned
from reviewbot.core.strings import literal
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.frameworks.python_calls import VERB
from reviewbot.tasks.scaffold.languages.python.declarations import Definition
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

_APPLICATIONS = {"Flask": "flask", "FastAPI": "fastapi"}
#: What an application is made of, with the keyword of what its routes begin with.
_ROUTERS = {"Blueprint": ("flask", "url_prefix"), "APIRouter": ("fastapi", "prefix")}
_PLACES = re.compile(r"<(?:(\w+)(?:\([^()<>]*\))?:)?(\w+)>|\{(\w+)(?::\w+)?\}")
_CONVERTED = {"int": "int", "float": "float", "uuid": "UUID"}
#: Parameters that FastAPI fills in, those of a query, and defaults that say there is none.
_INJECTED = frozenset({"Request", "Response", "BackgroundTasks", "WebSocket", "HTTPConnection", "SecurityScopes"})
_QUERIED = frozenset({"int", "float", "str"})
_REQUIRED = ("Query(", "Body(", "Form(", "File(", "Header(", "Cookie(")
_SHORT = 20
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(frozen=True, slots=True)
class Application:
    """A web application, or a router that a test makes one of."""

    framework: str
    is_router: bool = False
    #: What all of its routes begin with, None where nobody can tell.
    prefix: str | None = ""


def applications(root: Node) -> dict[str, Application]:
    """The name of each application and router that a module makes."""
    return dict(_made(root))


def _made(root: Node) -> Iterator[tuple[str, Application]]:
    for statement in root.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        pair = assigned(inner)
        if pair is None or pair[0].type != "identifier" or pair[1].type != "call":
            continue
        call = call_of(pair[1])
        if call.last in _APPLICATIONS:
            yield text_of(pair[0], NAME), Application(_APPLICATIONS[call.last])
        elif call.last in _ROUTERS:
            framework, keyword = _ROUTERS[call.last]
            given = call.keywords.get(keyword)
            yield text_of(pair[0], NAME), Application(framework, True, literal(given) if given is not None else "")


def endpoint(one: Definition, made: Mapping[str, Application]) -> Mapping[str, str] | None:
    """Application, framework, methods and route; empty for one that no test can reach, None for no endpoint."""
    found: dict[str, str] = {}
    methods: list[str] = []
    for mark in one.decorators:
        owner, _, last = mark.name.rpartition(".")
        path = literal(mark.argument(0) or mark.keywords.get("path") or mark.keywords.get("rule"))
        if (last not in _METHODS and last not in ("route", "api_route")) or path is None or path[:1] not in ("/", ""):
            continue
        known = made.get(owner)
        if known is None or known.prefix is None:
            return {}
        route = known.prefix + path
        if found.get("route", route) == route:
            found = {"app": owner, "client": known.framework, "route": route, "router": "yes" * known.is_router}
            methods += _methods(last, mark.keywords.get("methods"))
    if not found:
        return None
    return found | {"method": methods[0], "methods": " ".join(dict.fromkeys(methods))}


def placed(asked: Mapping[str, str], given: Sequence[Parameter]) -> tuple[Parameter, ...] | None:
    """What a test of a route chooses: its method, what stands in `/users/<int:id>`, a query; None for a body."""
    converters = {match[2] or match[3]: match[1] or "" for match in _PLACES.finditer(asked["route"][:NAME])}
    methods = asked["methods"].upper().split()
    kinds = ", ".join(f'"{method}"' for method in methods)
    found = [Parameter(VERB, f"Literal[{kinds}]")] if len(methods) > 1 else []
    for one in given:
        if one.name in converters:
            kind = one.type or _CONVERTED.get(converters[one.name], "str")
            found.append(replace(one, type=kind, default=None, named=False))
        elif asked["client"] == "fastapi" and _is_asked(one):
            if one.type not in _QUERIED or not (one.default or _REQUIRED[0]).startswith(_REQUIRED[0]):
                return None
            found.append(replace(one, default=None, named=False))
    return tuple(found)


def _is_asked(one: Parameter) -> bool:
    """Whether a request has to bring it: the framework gives all else itself."""
    if one.default is None:
        return "Depends(" not in one.type and one.type.rpartition(".")[2] not in _INJECTED
    return one.default.startswith(_REQUIRED) and "..." in one.default[:_SHORT]


def _methods(last: str, methods: Node | None) -> list[str]:
    if last in _METHODS:
        return [last]
    named = [(literal(item) or "").lower() for item in walk(methods, "string")] if methods is not None else []
    return [name for name in named if name in _METHODS] or ["get"]
