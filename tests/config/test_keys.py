"""The page on models lists the keys that there are, with their types and defaults, and its recipes are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewbot.config import operator
from reviewbot.config.keys import BackendTable, CommentsTable, LimitsTable, OperatorTable
from tests.core.test_schema import tables

PAGE = (Path(__file__).parents[2] / "docs/models.md").read_text()
TABLES = (BackendTable, LimitsTable, CommentsTable)
RECIPES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_lists_every_key() -> None:
    found = re.search(r"<!-- keys.*?-->\n(.*?)<!-- end of keys -->", PAGE, re.DOTALL)
    assert found is not None
    assert found[1].strip() == tables(TABLES)


def test_the_top_level_has_no_key_but_tables() -> None:
    assert [f"[[{name}]]" if name == "backend" else f"[{name}]" for name in OperatorTable.model_fields] == [
        table.__doc__ for table in TABLES
    ]


def test_every_key_says_what_it_is() -> None:
    for table in (OperatorTable, *TABLES):
        assert [name for name, field in table.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_is_a_valid_document(recipe: str) -> None:
    assert operator.read("recipe.toml", recipe.encode()).endpoints


def test_there_are_recipes_for_every_kind() -> None:
    kinds = {endpoint.kind for recipe in RECIPES for endpoint in operator.read("r", recipe.encode()).endpoints}
    assert kinds == {"mistral", "ollama", "openai", "llamacpp"}
