"""What the README and docs/ say of the command line, the rules and the packs is what the code does."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from reviewbot import checks
from reviewbot.cli.arguments import parser
from reviewbot.cli.policies import PACKS

ROOT = Path(__file__).parents[1]
DOCS = {path.relative_to(ROOT / "docs").as_posix(): path.read_text() for path in (ROOT / "docs").rglob("*.md")}
README = (ROOT / "README.md").read_text()


def leaves(command: argparse.ArgumentParser, name: str = "") -> list[tuple[str, argparse.ArgumentParser]]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            return [leaf for key, sub in action.choices.items() for leaf in leaves(sub, f"{name} {key}".strip())]
    return [(name, command)]


def table() -> str:
    """The README's table of commands, from the parser itself."""
    rows = ["| command | options |", "| --- | --- |"]
    for name, command in leaves(parser()):
        options = [
            f"`{' '.join(filter(None, (action.option_strings[-1] if action.option_strings else '', _value(action))))}`"
            for action in command._actions
            if not isinstance(action, argparse._HelpAction)
        ]
        rows.append(f"| `{name}` | {' '.join(options)} |")
    return "\n".join(rows)


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices:
        return "\\|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper()).replace("|", "\\|")


def test_the_readme_lists_every_command_and_option() -> None:
    between = re.search(r"<!-- commands.*?-->\n(.*?)<!-- end", README, re.DOTALL)
    assert between is not None
    assert between[1].strip() == table()


def test_every_rule_of_every_check_has_an_entry() -> None:
    entries = "\n".join(DOCS.values())
    assert [rule for rule in checks.RULES if f"`{rule}`" not in entries] == []


def test_every_pack_is_in_the_policy_page() -> None:
    assert [path.stem for path in PACKS.glob("*.toml") if f"`{path.stem}`" not in DOCS["policy.md"]] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = {"README.md": README, **{f"docs/{name}": text for name, text in DOCS.items()}}
    links = [(page, link) for page, text in pages.items() for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)]
    assert [(page, link) for page, link in links if not ((ROOT / page).parent / link).exists()] == []
