"""Files that say how a repository is tested: manifests, and the tests that it has."""

from __future__ import annotations

import re

from reviewbot.core.grammars import language_of
from reviewbot.core.paths import is_foreign, is_test

_MANIFESTS = re.compile(
    r"(?:^|/)(?:package\.json|tsconfig[^/]*\.json|(?:vitest|vite|jest)\.config\.[cm]?[jt]s|\.mocharc\.[a-z]+|deno\.json|"
    r"pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|pytest\.ini|conftest\.py|[^/]*requirements[^/]*\.(?:txt|in)|Pipfile|"
    r"go\.mod|Cargo\.toml|src/(?:lib|main)\.rs|pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|Gemfile|[^/]+\.gemspec|\.rspec|"
    r"Rakefile|composer\.json|phpunit\.xml(?:\.dist)?|[^/]+\.csproj|[^/]+\.sln|Directory\.(?:Build|Packages)\.props)$",
    re.IGNORECASE | re.ASCII,
)


def tells(path: str) -> bool:
    """Whether a file of this path decides where a scaffold goes and how it looks."""
    is_code = language_of(path) is not None
    return (_MANIFESTS.search(path) is not None or (is_code and is_test(path))) and not is_foreign(path, "")
