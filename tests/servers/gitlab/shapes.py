"""What answers look like: JSON schemas made of gitbeaker's types (data/NOTICE), and where GitLab deviates from them."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft7Validator

from tests.servers.gitlab.wire import Json

Shape = Literal["mr", "diff", "version", "discussion", "note", "mrDiscussionNote", "draftNote", "commit", "status"]
DATA = Path(__file__).parent / "data" / "gl-shapes.json.gz"
_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}
_NUMBER_OR_NULL: Json = {"type": ["integer", "null"]}
_RANGE_END: Json = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"line_code": {"type": "string"}, "type": {"enum": ["new", "old", None]}},
}
_POSITION: Json = {
    "type": "object",
    "required": ["base_sha", "start_sha", "head_sha", "position_type", "old_path", "new_path", "old_line", "new_line"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("base_sha", "start_sha", "head_sha"), _TEXT),
        **dict.fromkeys(("old_path", "new_path"), _TEXT_OR_NULL),
        **dict.fromkeys(("old_line", "new_line"), _NUMBER_OR_NULL),
        "position_type": {"const": "text"},
        "line_range": {
            "anyOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": dict.fromkeys(("start", "end"), _RANGE_END),
                },
            ]
        },
    },
}


@dataclass(frozen=True)
class Deviation:
    """A member of a shape that GitLab has otherwise: its own schema, or None where it may be absent."""

    shape: Shape
    member: str
    schema: Json | None
    why: str


_REFS: Json = {
    "type": ["object", "null"],
    "required": ["base_sha", "start_sha", "head_sha"],
    "additionalProperties": False,
    "properties": dict.fromkeys(("base_sha", "start_sha", "head_sha"), _TEXT),
}
#: Each seen in GitLab's own entities.
DEVIATIONS = (
    Deviation("mr", "diff_refs", _REFS, "null until a diff was made"),
    Deviation("mr", "changes_count", _TEXT_OR_NULL, "null until a diff was made"),
    Deviation("mrDiscussionNote", "position", _POSITION, "lines are numbers, and null on the side that lacks them"),
    Deviation("mrDiscussionNote", "resolved_at", None, "only where a note can be resolved"),
    Deviation("mrDiscussionNote", "resolved_at", _TEXT_OR_NULL, "null until it is resolved"),
    Deviation("mrDiscussionNote", "resolved_by", None, "only where a note can be resolved"),
    Deviation("mrDiscussionNote", "resolved_by", {"type": ["object", "null"]}, "a user, null until it is resolved"),
    Deviation("draftNote", "position", {"anyOf": [_POSITION, {"type": "object", "maxProperties": 0}]}, "{} for none"),
    Deviation("draftNote", "discussion_id", _TEXT_OR_NULL, "forty hexadecimal digits, null for none"),
    Deviation("draftNote", "commit_id", _TEXT_OR_NULL, "null for none"),
    Deviation("draftNote", "line_code", _TEXT_OR_NULL, "text, null where no line is there"),
    Deviation("status", "description", _TEXT_OR_NULL, "null for none"),
    Deviation("status", "target_url", _TEXT_OR_NULL, "null for none"),
    Deviation("status", "started_at", _TEXT_OR_NULL, "null until it starts"),
    Deviation("status", "finished_at", _TEXT_OR_NULL, "null until it ends"),
    Deviation(
        "status", "status", {"enum": ["pending", "running", "success", "failed", "canceled", "skipped"]},
        "a status may be skipped",
    ),
)  # fmt: skip
#: Users have one more member than the types know, everywhere.
_USER_EXTRA = {"locked": {"type": "boolean"}}


@cache
def _validators() -> dict[str, Draft7Validator]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        shapes: dict[str, Json] = json.load(file)["definitions"]["GitLabShapes"]["properties"]
    shapes["discussion"]["properties"]["notes"]["items"] = deepcopy(shapes["mrDiscussionNote"])
    for deviation in DEVIATIONS:
        _deviate(shapes[deviation.shape], deviation)
        if deviation.shape == "mrDiscussionNote":
            _deviate(shapes["discussion"]["properties"]["notes"]["items"], deviation)
    for shape in shapes.values():
        _widen(shape)
    return {name: Draft7Validator(shape) for name, shape in shapes.items()}


def _deviate(shape: Json, deviation: Deviation) -> None:
    if deviation.schema is not None:
        shape["properties"][deviation.member] = deviation.schema
    elif deviation.member in shape["required"]:
        shape["required"].remove(deviation.member)


def _widen(schema: Any) -> None:
    """Let users have what the types do not know."""
    if isinstance(schema, list):
        for part in schema:
            _widen(part)
    elif isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict) and {"username", "avatar_url"} <= properties.keys():
            properties.update(_USER_EXTRA)
        for part in schema.values():
            _widen(part)


def problems(shape: Shape, answer: object) -> list[str]:
    """Where an object is not as its shape has it."""
    errors = _validators()[shape].iter_errors(answer)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:160]}" for error in errors]
