"""minitest, whose tests are run by `ruby` itself; through bundler where the copy's lock file can be satisfied."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import bundled

_FOLDERS = ("-Itest", "-Ilib")
#: minitest has no option that lists: the file is loaded, its tests are counted, and they are not run at the exit.
_LISTING = (
    "load ARGV.shift; "
    "found = Minitest::Runnable.runnables.sum { |one| one.methods_matching(/^test_/).size }; "
    'puts "#{found} tests found"; $stdout.flush; exit!(found.zero? ? 1 : 0)'
)
_LISTED = re.compile(r"^[1-9]\d* tests found", re.MULTILINE | re.ASCII)
_PASSED = re.compile(r"^[1-9]\d* (runs|tests), \d+ assertions, 0 failures, 0 errors", re.MULTILINE | re.ASCII)


def collecting(ground: Ground, path: str) -> Command:
    return bundled.command(ground, path, "ruby", *_FOLDERS, "-e", _LISTING)


def running(ground: Ground, path: str) -> Command:
    return bundled.command(ground, path, "ruby", *_FOLDERS)


def collected(code: int, output: str) -> bool:
    return code == 0 and _LISTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0 and _PASSED.search(output) is not None
