from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox import cells
from tests.sandbox.cells import Cell


@pytest.fixture(params=cells.ROLES)
def cell(request: pytest.FixtureRequest) -> Iterator[Cell]:
    """A cell by every means as every kind of user; afterwards no process of its program is left."""
    with cells.cell(request.param) as made:
        yield made
