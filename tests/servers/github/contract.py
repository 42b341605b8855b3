"""GitHub's published description of its REST API, held against what comes in and what goes out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

Json = dict[str, Any]

_HOST = "https://api.github.com"
#: Where the description says less than the service takes, as its own prose tells: a bare list of labels.
_LOOSER = frozenset({("post", "/repos/{owner}/{repo}/issues/{issue_number}/labels")})
#: Members of a comment that the service leaves null once its line is gone, though the description promises a number.
_GONE = ("line", "position", "original_line")


@cache
def description() -> Json:
    """The part that `cut.py` made, with what its own `nullable` means said in full."""
    path = Path(__file__).parent / "data/github.json.gz"
    loaded: Json = json.loads(gzip.decompress(path.read_bytes()))
    _say_null(loaded)
    for name in ("pull-request-review-comment", "review-comment"):
        for member in _GONE:
            loaded["components"]["schemas"][name]["properties"][member]["nullable"] = True
    return loaded


def _say_null(node: object) -> None:
    """`nullable` says nothing beside an `enum` or `oneOf` without null, to those who read it by the letter."""
    if isinstance(node, dict):
        if node.get("nullable") and None not in node.get("enum", (None,)):
            node["enum"] = [*node["enum"], None]
        if node.get("nullable") and "oneOf" in node:
            node["oneOf"] = [*node["oneOf"], {"type": "string", "nullable": True, "enum": [None]}]
        for value in node.values():
            _say_null(value)
    elif isinstance(node, list):
        for value in node:
            _say_null(value)


@cache
def _openapi() -> OpenAPI:
    return OpenAPI.from_dict(description())


def operation(method: str, template: str) -> Json:
    """The description of one operation."""
    found: Json = description()["paths"][template][method]
    return found


def documentation(method: str, template: str) -> str:
    return str(operation(method, template).get("externalDocs", {}).get("url", "https://docs.github.com/rest"))


class Exchange:
    """One request, to hold it and its answer against the description."""

    def __init__(
        self, method: str, template: str, names: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> None:  # fmt: skip
        self._method, self._template = method, template
        path = template
        for name, value in names.items():
            # A path of several parts is one value here.
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        self._request = MockRequest(
            _HOST, method, path, args=dict(query), data=body or None, content_type="application/json"
        )  # fmt: skip

    def request_errors(self, body: object, query: Mapping[str, str]) -> list[str]:
        """What is wrong with the request; members and parameters that the description does not know are."""
        errors = []
        if not (isinstance(body, list) and (self._method, self._template) in _LOOSER):
            try:
                _openapi().validate_request(self._request)
            except OpenAPIError as error:
                errors = _reasons(error)
        described = operation(self._method, self._template)
        known = {deref(each)["name"] for each in described.get("parameters", ())}
        errors += [f"{name} is not a parameter" for name in query if name not in known]
        content = described.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if body is not None and schema is None:
            return [*errors, "a body where none is described"]
        return [*errors, *(f'"{name}" is not a permitted key.' for name in _unknown(schema or {}, body))]

    def answer(self, status: int, data: object) -> object:
        """`data` with the required members that it lacks, as small as the description allows."""
        response = deref(operation(self._method, self._template)["responses"].get(str(status), {}))
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        return data if schema is None else complete(schema, data)

    def response_errors(self, status: int, body: bytes) -> list[str]:
        """What is wrong with an answer of a described status."""
        responses = operation(self._method, self._template)["responses"]
        if str(status) not in responses:
            return [] if status in (401, 403, 404, 422) else [f"{status} is not described"]
        try:
            _openapi().validate_response(
                self._request, MockResponse(body, status_code=status, content_type="application/json")
            )
        except OpenAPIError as error:
            return _reasons(error)
        return []


def _reasons(error: OpenAPIError) -> list[str]:
    found = getattr(error.__cause__, "schema_errors", ())
    return [f"{'.'.join(map(str, each.absolute_path))}: {each.message[:300]}" for each in found] or [str(error)]


def deref(node: Json) -> Json:
    """What `node` refers to, or itself."""
    while "$ref" in node:
        target: Any = description()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _unknown(schema: Json, body: object, at: str = "") -> Iterator[str]:
    """Members of `body` that no branch of `schema` names; schemas of free-form objects name none and take any."""
    branches = list(_branches(schema))
    if isinstance(body, list):
        items = [branch["items"] for branch in branches if "items" in branch]
        for value in body:
            if items:
                yield from _unknown({"anyOf": items}, value, at)
    if not isinstance(body, dict):
        return
    known: dict[str, list[Json]] = {}
    for branch in branches:
        for name, member in branch.get("properties", {}).items():
            known.setdefault(name, []).append(member)
    for name, value in body.items():
        if name in known:
            yield from _unknown({"anyOf": known[name]}, value, f"{at}{name}.")
        elif known:
            yield f"{at}{name}"


def _branches(schema: Json) -> Iterator[Json]:
    schema = deref(schema)
    yield schema
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from _branches(each)


def complete(schema: Json, data: Any) -> Any:
    """The smallest value that satisfies `schema`, with `data` laid over it."""
    schema = deref(schema)
    if "allOf" in schema:
        parts = [deref(part) for part in schema["allOf"]]
        schema = {
            "type": "object",
            "properties": {name: value for part in parts for name, value in part.get("properties", {}).items()},
            "required": [name for part in parts for name in part.get("required", ())],
        }
    choices = schema.get("oneOf") or schema.get("anyOf")
    if data is None and (schema.get("nullable") or any(deref(choice).get("nullable") for choice in choices or ())):
        return None
    if choices and "properties" not in schema:
        return complete(_choice(choices, data), data)
    if schema.get("type") == "object" or "properties" in schema:
        return _object(schema, data or {}) if isinstance(data or {}, dict) else data
    if schema.get("type") == "array" and isinstance(data or [], list):
        return [complete(schema["items"], item) for item in data or ()]
    return data if data is not None else _smallest(schema)


def _choice(choices: list[Json], data: object) -> Json:
    """The branch that has most of what `data` has."""
    if not isinstance(data, dict):
        return choices[0]
    return max(choices, key=lambda choice: len(deref(choice).get("properties", {}).keys() & data.keys()))


def _object(schema: Json, data: Json) -> Json:
    members, required = schema.get("properties", {}), set(schema.get("required", ()))
    out = dict(data)
    for name, member in members.items():
        if name in out:
            out[name] = complete(member, out[name]) if out[name] is not None else None
        elif name in required:
            out[name] = complete(member, None)
    return out


def _smallest(schema: Json) -> object:
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "string":
        return {"uri": "https://github.example/x", "date-time": "2026-01-01T00:00:00Z"}.get(
            schema.get("format", ""), ""
        )
    return {"integer": 0, "number": 0, "boolean": False}.get(schema.get("type", ""), "")
