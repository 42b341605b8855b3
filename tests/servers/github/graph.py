"""The GraphQL API: documents are checked and run against GitHub's own schema, over the state."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)
from graphql.language import DocumentNode

from tests.servers.github.contract import Json
from tests.servers.github.mutations import Mutations
from tests.servers.github.nodes import FieldError, Nodes
from tests.servers.github.rest import may_read
from tests.servers.github.values import Access
from tests.servers.github.wire import Reply, error, json_reply
from tests.servers.github.world import World

_DOCUMENTATION = "https://docs.github.com/graphql"
#: That one document may ask for.
_MOST_NODES = 500_000


@cache
def schema() -> GraphQLSchema:
    return build_schema((Path(__file__).parent / "data/github.graphql").read_text("utf-8"))


def answer(world: World, who: Access | None, url: str, raw: bytes, violations: list[str]) -> Reply:
    """One document. Whatever becomes of it, the status is 200 once it could be read."""
    if who is None:
        return error(401, "This endpoint requires you to be authenticated.", _DOCUMENTATION)
    try:
        asked = json.loads(raw)
    except ValueError:
        return error(400, "Problems parsing JSON", _DOCUMENTATION)
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return error(400, "A query attribute must be specified and must be a string.", _DOCUMENTATION)
    variables = asked.get("variables") or {}
    try:
        document = parse(asked["query"])
    except GraphQLError as problem:
        return _unfit([problem], violations)
    problems = validate(schema(), document)
    if problems:
        return _unfit(problems, violations)
    nodes = _count(document, variables)
    if nodes > _MOST_NODES:
        message = (
            f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of {_MOST_NODES:,}."
        )
        return json_reply(200, {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}]})
    result = execute_sync(
        schema(), document, root_value=_root(world, who, url), variable_values=variables,
        operation_name=asked.get("operationName"),
    )  # fmt: skip
    return _result(result, violations)


def _unfit(problems: list[GraphQLError], violations: list[str]) -> Reply:
    """A document that the schema does not know: nothing of it is done, and there is no `data`."""
    violations.extend(f"POST /graphql: {problem.message}" for problem in problems)
    return json_reply(200, {"errors": [_shown(problem) for problem in problems]})


def _result(result: ExecutionResult, violations: list[str]) -> Reply:
    if not result.errors:
        return json_reply(200, {"data": result.data})
    for problem in result.errors:
        if not isinstance(problem.original_error, FieldError):
            violations.append(f"POST /graphql: {problem.message}")
    data = {} if result.data is None and not any(e.path for e in result.errors) else {"data": result.data}
    return json_reply(200, {**data, "errors": [_shown(problem) for problem in result.errors]})


def _shown(problem: GraphQLError) -> Json:
    out: Json = {"message": problem.message}
    if isinstance(problem.original_error, FieldError):
        out["type"] = problem.original_error.kind
        if out["type"] == "FORBIDDEN":
            out["extensions"] = {"saml_failure": False}
    if problem.path:
        out["path"] = list(problem.path)
    if problem.locations:
        out["locations"] = [{"line": place.line, "column": place.column} for place in problem.locations]
    return out


def _count(document: DocumentNode, variables: Json) -> int:
    """How many nodes a document may bring, by the sizes of its pages."""
    fragments = {d.name.value: d.selection_set for d in document.definitions if isinstance(d, FragmentDefinitionNode)}

    def below(selection: SelectionSetNode | None, times: int) -> int:
        total = 0
        for each in selection.selections if selection else ():
            if isinstance(each, FragmentSpreadNode):
                total += below(fragments[each.name.value], times)
                continue
            size = _size(each, variables) if isinstance(each, FieldNode) else 0
            total += times * size + below(each.selection_set, times * (size or 1))  # type: ignore[attr-defined]
        return total

    return sum(below(d.selection_set, 1) for d in document.definitions if isinstance(d, OperationDefinitionNode))


def _size(field: FieldNode, variables: Json) -> int:
    for argument in field.arguments or ():
        if argument.name.value in ("first", "last"):
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                given = variables.get(argument.value.name.value)
                return given if isinstance(given, int) else 0
    return 0


def _root(world: World, who: Access, url: str) -> dict[str, Callable[..., Any] | Json]:
    nodes = Nodes(world, who, url)

    def repository(_info: object, owner: str, name: str, **_: object) -> Json:
        full = f"{owner}/{name}"
        if full.lower() != world.full_name.lower() or not may_read(world, who):
            raise FieldError("NOT_FOUND", f"Could not resolve to a Repository with the name '{full}'.")
        return nodes.repository()

    rate = {"cost": 1, "limit": 5000, "nodeCount": 0, "remaining": 4999, "resetAt": "2026-01-01T01:00:00Z", "used": 1}
    changing = Mutations(world, who, nodes)
    return {
        "viewer": lambda _info: nodes.viewer(),
        "repository": repository,
        "node": lambda _info, id: nodes.node(id),
        "nodes": lambda _info, ids: [nodes.node(each) for each in ids],
        "rateLimit": rate,
        "addPullRequestReviewThreadReply": changing.reply,
        "resolveReviewThread": lambda _info, input: changing.resolve(input, True),
        "unresolveReviewThread": lambda _info, input: changing.resolve(input, False),
        "updatePullRequestReviewComment": changing.update_comment,
        "updateIssueComment": changing.update_note,
        "minimizeComment": lambda _info, input: changing.minimize(input, "minimizedComment"),
        "unminimizeComment": lambda _info, input: changing.minimize(input, "unminimizedComment"),
    }
