"""`reviewbot demo`: make a repository, review it, leave the reports."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reviewbot import demo
from reviewbot.cli import review
from reviewbot.errors import UsageError


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Always 0 when the review ran: that it finds something is the point."""
    output = Path(arguments.output or tempfile.mkdtemp(prefix="reviewbot-demo-"))
    repository = output / "desk.git"
    if repository.exists():
        raise UsageError(f"{repository}: is there already; name another folder with --output")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{output}: cannot be made: {error.strerror}") from None
    demo.build(repository, program=shutil.which("git") or "git")
    names = [str(output / f"review{suffix}") for suffix in (".html", ".md", ".json", ".sarif")]
    argv = [
        "review",
        "--repo",
        str(repository),
        "--base",
        "main",
        "--head",
        "feature",
        "--fail-on",
        "none",
        "--tasks",
        "review,message,scaffold",
        "--output",
        "-",
    ]
    for name in names:
        argv += ["--output", name]
    review.run(_parsed(argv), {name: value for name, value in environ.items() if not _names_models(name)})
    print(f"\nThe repository: {repository}\nThe HTML report: {names[0]}")
    return 0


def _names_models(name: str) -> bool:
    """Whether a variable would give the demo a model: it has none, whoever runs it."""
    return name.startswith("REVIEWBOT_") or name == "MISTRAL_API_KEY"


def _parsed(argv: list[str]) -> argparse.Namespace:
    from reviewbot.cli.arguments import parser

    return parser().parse_args(argv)
