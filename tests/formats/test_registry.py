"""Formats by name, each loaded only when asked for, and docs/reports.md that shows what they write."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.errors import UsageError
from reviewbot.formats import FORMATS, renderer, terminal
from tests.formats.samples import DRAFTED, USUAL

PAGE = (Path(__file__).parents[2] / "docs" / "reports.md").read_text()
SECTIONS = {"Terminal": "-", "Markdown": "x.md", "JSON": "x.json", "SARIF": "x.sarif",
            "GitLab Code Quality": "gl-code-quality-report.json", "OpenMetrics": "x.prom"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("x.json", '{\n  "schema": "reviewbot.report/1"'),
        ("out/gl-code-quality-report.json", "[\n {"),
        ("x.md", "## reviewbot: "),
        ("x.html", "<!doctype html>\n"),
        ("a b/x.sarif", '{\n "$schema": '),
        ("x.prom", "# TYPE reviewbot_run info"),
    ],
)
def test_the_name_of_the_file_chooses_the_format(name: str, begins: str) -> None:
    assert renderer(name)(USUAL).startswith(begins)


@pytest.mark.parametrize("name", ["x", "x.txt", "json", "x.JSON", "x.html.bak"])
def test_a_name_that_no_format_has_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no format has this name"):
        renderer(name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_loads_only_what_it_uses(name: str) -> None:
    code = (
        "import sys; from reviewbot.formats import renderer; renderer(sys.argv[1]); "
        "print(*sorted({'rich', 'jinja2', 'markupsafe'} & set(sys.modules)))"
    )
    asked = name if name.startswith("gl-") else f"x{name}"
    run = subprocess.run([sys.executable, "-c", code, asked], capture_output=True, text=True, check=True)
    assert run.stdout.split() == (["jinja2", "markupsafe"] if name in (".html", ".md") else [])


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_shows_what_the_code_writes(section: str) -> None:
    text = PAGE.split(f"\n## {section}\n", 1)[1].split("\n## ")[0]
    name = SECTIONS[section]
    render = terminal.render if name == "-" else renderer(name)
    written = render(USUAL) + render(DRAFTED)
    excerpts = [match[2] for match in re.finditer(r"^(`{3,})\n(.*?)^\1$", text, re.DOTALL | re.MULTILINE)]
    assert excerpts
    assert [excerpt for excerpt in excerpts if excerpt not in written] == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_page_names_every_format(name: str) -> None:
    assert f"| `{name}` |" in PAGE
