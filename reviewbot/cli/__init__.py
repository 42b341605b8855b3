"""The command line: argv and environment in, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from reviewbot.errors import ReviewbotError


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command. Every expected failure is one line on standard error and its exit code."""
    from reviewbot.cli.arguments import parser

    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments, os.environ if environ is None else environ))
    except ReviewbotError as error:
        print(f"reviewbot: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
