"""The page on policies lists the keys that there are, with their types and defaults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from reviewbot.core.schema import (
    AcceptTable,
    DismissTable,
    DocumentTable,
    GateTable,
    InstructionsTable,
    MessageTable,
    ReviewTable,
    RuleTable,
)

PAGE = Path(__file__).parents[2] / "docs/policy.md"
TABLES = (DocumentTable, RuleTable, InstructionsTable, ReviewTable, MessageTable, GateTable, DismissTable, AcceptTable)
NAMES = {str: "string", int: "whole number", float: "number", bool: "`true`, `false`", date: "date"}


def tables(models: Sequence[type[BaseModel]]) -> str:
    """A page's tables of keys, from the models themselves."""
    parts = []
    for table in models:
        heading = str(table.__doc__)
        rows = [
            f"| {heading if heading == 'top level' else f'`{heading}`'} | type | default | |",
            "| --- | --- | --- | --- |",
        ]
        rows += [_row(name, field) for name, field in table.model_fields.items() if not _is_table(field.annotation)]
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _row(name: str, field: FieldInfo) -> str:
    default = "required" if field.is_required() else "" if field.default in (None, [], "") else _shown(field.default)
    return f"| `{name}` | {_type(field.annotation)} | {default} | {field.description or ''} |"


def _shown(default: object) -> str:
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) is list:
        return "array of strings"
    kinds = [part for part in get_args(annotation) if part is not NoneType]
    return NAMES[annotation] if annotation in NAMES else _type(kinds[0])


def _is_table(annotation: Any) -> bool:
    return any(isinstance(part, type) and issubclass(part, BaseModel) for part in get_args(annotation))


def test_the_page_lists_every_key() -> None:
    found = re.search(r"<!-- keys.*?-->\n(.*?)<!-- end of keys -->", PAGE.read_text(), re.DOTALL)
    assert found is not None
    assert found[1].strip() == tables(TABLES)


def test_every_key_says_what_it_is() -> None:
    for table in TABLES:
        assert [name for name, field in table.model_fields.items() if not field.description] == []
