"""Makes `data/` out of GitHub's own descriptions of its APIs: what the stand-in serves, and nothing else of them.

    npm pack @octokit/openapi@23.0.2 @octokit/graphql-schema@15.26.1        # both MIT, see data/NOTICE
    python -m tests.servers.github.cut openapi/generated/api.github.com.json graphql-schema/schema.graphql

Descriptions and examples stay behind. Running it again on the same two files gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    get_named_type,
    is_specified_scalar_type,
)

DATA = Path(__file__).parent / "data"

_REPO = r"/repos/\{owner\}/\{repo\}"
PATHS = (
    "/user", "/rate_limit",
    *(_REPO + path for path in (
        "",
        r"/pulls/\{pull_number\}(/files|/commits|/comments|/reviews)?",
        r"/pulls/\{pull_number\}/comments/\{comment_id\}/replies",
        r"/pulls/\{pull_number\}/reviews/\{review_id\}(/comments|/events)?",
        r"/pulls/comments/\{comment_id\}",
        r"/issues/\{issue_number\}/(comments|labels|labels/\{name\})",
        r"/issues/comments/\{comment_id\}",
        r"/collaborators/\{username\}/permission",
        r"/check-runs(/\{check_run_id\}(/annotations)?)?",
        r"/commits/\{ref\}/(check-runs|status|statuses)",
        r"/statuses/\{sha\}",
        r"/code-scanning/sarifs",
        r"/compare/\{basehead\}",
        r"/contents/\{path\}",
    )),
)  # fmt: skip

#: Operations at these paths that nobody here needs.
_UNWANTED = {
    "/user": ("patch",),
    "/repos/{owner}/{repo}": ("patch", "delete"),
    "/repos/{owner}/{repo}/pulls/{pull_number}": ("patch",),
    "/repos/{owner}/{repo}/contents/{path}": ("put", "delete"),
}

_COMMENT = """author authorAssociation body createdAt databaseId editor fullDatabaseId id includesCreatedEdit
    isMinimized lastEditedAt minimizedReason publishedAt updatedAt url viewerCanMinimize viewerCanUpdate
    viewerDidAuthor"""
#: Fields by type; a type that is named here by no key and reached by no field is left out.
FIELDS = {
    "Query": "id node nodes rateLimit repository viewer",
    "Mutation": """addPullRequestReviewThreadReply minimizeComment resolveReviewThread unminimizeComment
        unresolveReviewThread updateIssueComment updatePullRequestReviewComment""",
    "RateLimit": "cost limit nodeCount remaining resetAt used",
    "Node": "id",
    "Actor": "login url",
    "Bot": "databaseId id login url",
    "User": "databaseId id login url",
    "RepositoryOwner": "id login url",
    "Minimizable": "isMinimized minimizedReason viewerCanMinimize",
    "Repository": "databaseId id isFork isPrivate name nameWithOwner pullRequest url viewerPermission visibility",
    "PullRequest": """author baseRefName baseRefOid body changedFiles closed comments databaseId headRefName headRefOid
        headRepository id isCrossRepository isDraft merged number reviewThreads reviews state title url""",
    "PullRequestReviewThread": """comments diffSide id isOutdated isResolved line originalLine originalStartLine path
        resolvedBy startDiffSide startLine subjectType viewerCanReply viewerCanResolve viewerCanUnresolve""",
    "PullRequestReviewComment": f"{_COMMENT} line originalLine outdated path replyTo startLine state",
    "IssueComment": _COMMENT,
    "PullRequestReview": f"{_COMMENT} state submittedAt",
    "PageInfo": "endCursor hasNextPage hasPreviousPage startCursor",
    **dict.fromkeys(
        (
            "PullRequestReviewThreadConnection",
            "PullRequestReviewCommentConnection",
            "PullRequestReviewConnection",
            "IssueCommentConnection",
        ),
        "nodes pageInfo totalCount",
    ),
    "AddPullRequestReviewThreadReplyPayload": "clientMutationId comment",
    "MinimizeCommentPayload": "clientMutationId minimizedComment",
    "UnminimizeCommentPayload": "clientMutationId unminimizedComment",
    "ResolveReviewThreadPayload": "clientMutationId thread",
    "UnresolveReviewThreadPayload": "clientMutationId thread",
    "UpdateIssueCommentPayload": "clientMutationId issueComment",
    "UpdatePullRequestReviewCommentPayload": "clientMutationId pullRequestReviewComment",
}


def openapi(description: dict[str, Any]) -> dict[str, Any]:
    """The operations of PATHS and the components that they reach."""
    wanted = [re.compile(path) for path in PATHS]
    paths = {
        path: {method: each for method, each in item.items() if method not in _UNWANTED.get(path, ())}
        for path, item in description["paths"].items()
        if any(pattern.fullmatch(path) for pattern in wanted)
    }
    missing = [p.pattern for p in wanted if not any(p.fullmatch(path) for path in paths)]
    if missing:
        raise SystemExit(f"not in the description: {missing}")
    kept: dict[str, dict[str, Any]] = {}
    waiting = [paths]
    while waiting:
        for reference in _references(waiting.pop()):
            _, _, kind, name = reference.split("/", 3)
            if kind != "examples" and name not in kept.setdefault(kind, {}):
                kept[kind][name] = description["components"][kind][name]
                waiting.append(kept[kind][name])
    cut = {key: description[key] for key in ("openapi", "info", "servers")}
    return {**cut, "paths": _bare(paths), "components": _bare(kept)}


def _references(node: object) -> Iterator[str]:
    match node:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for value in node.values():
                yield from _references(value)
        case list():
            for value in node:
                yield from _references(value)


def _bare(node: Any) -> Any:
    """`node` with empty descriptions and without examples."""
    if isinstance(node, list):
        return [_bare(value) for value in node]
    if not isinstance(node, dict):
        return node
    described = "schema" in node or isinstance(node.get("type"), str)
    return {
        key: "" if key == "description" and isinstance(value, str) else _bare(value)
        for key, value in node.items()
        if not (described and key in ("example", "examples"))
    }


def graphql(schema: str) -> str:
    """The types of FIELDS and what their fields and arguments need, without descriptions and directives."""
    known = build_schema(schema, assume_valid=True).type_map
    kept: dict[str, str] = {}
    waiting = ["Query", "Mutation", "Bot", "User"]
    while waiting:
        name = waiting.pop()
        if name not in kept and not is_specified_scalar_type(known[name]):
            kept[name], needed = _definition(known[name])
            waiting.extend(needed)
    unused = FIELDS.keys() - kept.keys()
    if unused:
        raise SystemExit(f"reached by no field: {sorted(unused)}")
    return "\n\n".join(kept[name] for name in sorted(kept)) + "\n"


def _definition(kind: GraphQLNamedType) -> tuple[str, list[str]]:
    """`kind` in the schema language, and the names of the types that it needs."""
    if isinstance(kind, GraphQLScalarType):
        return f"scalar {kind.name}", []
    if isinstance(kind, GraphQLEnumType):
        return _block(f"enum {kind.name}", sorted(kind.values)), []
    if isinstance(kind, GraphQLInputObjectType):
        inputs = [f"{name}: {value.type}" for name, value in kind.fields.items()]
        return _block(f"input {kind.name}", inputs), [get_named_type(value.type).name for value in kind.fields.values()]
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        raise SystemExit(f"a type of another kind: {kind}")
    fields = [(name, kind.fields[name]) for name in sorted(FIELDS[kind.name].split())]
    interfaces = [each.name for each in kind.interfaces if each.name in FIELDS]
    word = "type" if isinstance(kind, GraphQLObjectType) else "interface"
    head = f"{word} {kind.name}" + (f" implements {' & '.join(interfaces)}" if interfaces else "")
    types = [each.type for _, field in fields for each in (field, *field.args.values())]
    return _block(head, [_field(*field) for field in fields]), [*interfaces, *(get_named_type(t).name for t in types)]


def _block(head: str, lines: list[str]) -> str:
    return "\n".join((head + " {", *(f"  {line}" for line in lines), "}"))


def _field(name: str, field: GraphQLField) -> str:
    arguments = ", ".join(f"{argument}: {value.type}" for argument, value in field.args.items())
    return f"{name}({arguments}): {field.type}" if arguments else f"{name}: {field.type}"


def main() -> None:
    arguments = argparse.ArgumentParser(description="Make data/ of GitHub's own descriptions.")
    arguments.add_argument("openapi", type=Path, help="api.github.com.json of @octokit/openapi 23.0.2")
    arguments.add_argument("graphql", type=Path, help="schema.graphql of @octokit/graphql-schema 15.26.1")
    given = arguments.parse_args()
    text = json.dumps(openapi(json.loads(given.openapi.read_text("utf-8"))), ensure_ascii=False, separators=(",", ":"))
    DATA.mkdir(exist_ok=True)
    (DATA / "github.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    (DATA / "github.graphql").write_text(graphql(given.graphql.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
