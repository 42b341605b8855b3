"""Builds that would fetch something first: without a network they fail, and no scaffold is at fault."""

from __future__ import annotations

import re

_BUNDLER = r" in locally installed gems|Bundler::GemNotFound|to install missing gems|Gem::MissingSpec(?:Version)?Error"
#: What the builds of a framework say then. Each begins with letters of its own, and looks no further than its line.
_SAID = {
    framework: re.compile(pattern)
    for framework, pattern in {
        "junit5": r" in offline mode and the (?:artifact|metadata) |available for offline mode",
        "cargotest": r"--offline was specified|attempting to make an HTTP request|offline mode \(--offline\)",
        "gotest": r"module lookup disabled by GOPROXY=off",
        "rspec": _BUNDLER,
        "minitest": _BUNDLER,
        "phpunit": r"(?:Cannot open (?:file|bootstrap script) \"|Failed opening required ')[^\n\"']{0,300}"
                   r"vendor/autoload\.php",
        "xunit": r"error NETSDK1004:",
    }.items()
}  # fmt: skip
#: What a reader is told.
ABSENT = "a library that its build would fetch is not on this machine"


def is_absent(framework: str, said: str) -> bool:
    """Whether a run that failed would have fetched something, by what it said."""
    pattern = _SAID.get(framework)
    return pattern is not None and pattern.search(said) is not None
