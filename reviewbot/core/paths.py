"""What a path says about the code in it: a test, a sample, or text that a program wrote."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

_TEST_FOLDERS = frozenset({
    "test", "tests", "_tests", "testsuite", "testing", "testdata", "__tests__", "spec", "specs", "e2e", "cypress",
    "integration_test",
    "androidtest", "unittests", "playground", "mocks", "__mocks__", "bench", "benches", "benchmark", "benchmarks",
})  # fmt: skip
_SAMPLE_FOLDERS = frozenset({
    "fixture", "fixtures", "__fixtures__", "testdata", "test-data", "test_data", "snapshots", "__snapshots__", "golden",
    "corpus", "samples", "sample", "example", "examples", "demo", "demos", "docs", "doc", "templates", "template",
    "cases", "broken", "invalid", "data", "mocks", "resources", "assets",
})  # fmt: skip
_FOREIGN_FOLDERS = frozenset({
    "node_modules", "vendor", "vendored", "_vendor", "third_party", "third-party", "thirdparty", "3rdparty", "external",
    "dist", "generated", "__generated__", "site-packages", "bower_components", "pods",
})  # fmt: skip
_TEST_NAME = re.compile(r"^(test[_.-]|conftest\.)|[_.-](test|tests|spec|specs|cy|e2e|bench)\.[a-z]+$|^tests?\.[a-z]+$")
_TEST_CLASS = re.compile(r"(Test|Tests|TestCase|Spec|IT)\.(java|cs|php|cpp|cc)$|^Test[A-Z]\w*\.(java|cs|php)$")
_FOREIGN_NAME = re.compile(r"([.-]min\.(js|css|mjs)|\.bundle\.js|_pb2(_grpc)?\.py|\.pb\.go|\.g\.cs|\.designer\.cs|"
                           r"\.generated\.\w+|_generated\.\w+)$")  # fmt: skip
#: Looked for in the head of a file only: a program signs what it writes at the top.
_SIGNED = re.compile(r"(?i)@generated|code generated .{0,80}do not edit|<auto-?generated|"
                     r"this file (is|was) (auto-?)?generated")  # fmt: skip
_HEAD = 2000


#: Names of texts that programs read, beside those of code.
_TEXTS = frozenset({
    ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".env", ".properties", ".xml", ".html", ".htm", ".css",
    ".sql", ".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".md", ".rst", ".txt", ".tf", ".tfvars", ".gradle", ".vue",
    ".svelte", ".kt", ".swift", ".scala", ".lua", ".pl", ".proto", ".graphql", ".pem", ".csv",
})  # fmt: skip


_TEXT_NAMES = frozenset({"dockerfile", "makefile", "jenkinsfile", ".npmrc", ".netrc", ".gitignore", ".gitattributes"})


def is_text_name(path: str) -> bool:
    """Whether a path is that of a text: by its suffix, or as `.env.local` and Dockerfile are by their names."""
    name = PurePosixPath(path).name.lower()
    return name in _TEXT_NAMES or name.startswith(".env") or PurePosixPath(name).suffix in _TEXTS


#: What Windows and macOS take for `.git`.
_GITS = frozenset({".git", "git~1"})


def is_writable(path: str) -> bool:
    """Whether a file of ours may be put at a path of a tree: within it, and in no repository's own folder.

    A tree object may hold any name, `..` and `.git` too, whatever a checkout would say of it.
    """
    names = path.split("/")
    return (
        path.isprintable()
        and "\\" not in path
        and not any(name in ("", ".", "..") or name.lower().rstrip(". ").split(":")[0] in _GITS for name in names)
    )


_PIPELINES = re.compile(r"(?i)^\.github/.*\.ya?ml$|(^|/)(\.gitlab-ci\.yml|action\.ya?ml)$")


def is_pipeline(path: str) -> bool:
    """Whether a path is that of a CI definition."""
    return _PIPELINES.search(path) is not None


_LOCKS = re.compile(
    r"(?:^|/)(?:[^/]*\.lock|[^/]*[-.]lock\.(?:json|ya?ml|hcl)|npm-shrinkwrap\.json|go\.sum|[^/]*\.sum|"
    r"yarn\.lock|Podfile\.lock|gradle\.lockfile|packages\.lock\.json|SHA(?:1|256|512)SUMS?|[^/]*\.(?:sha256|sha512|md5))$",
    re.IGNORECASE,
)


def is_lock(path: str) -> bool:
    """Whether a path is that of a generated list of versions or checksums."""
    return _LOCKS.search(path) is not None


@lru_cache(maxsize=1024)
def folders(path: str) -> frozenset[str]:
    return frozenset(part.lower() for part in PurePosixPath(path).parts[:-1])


@lru_cache(maxsize=16384)  # of every test of a repository it is asked again and again
def is_test(path: str) -> bool:
    """True for code that runs in tests, benchmarks and playgrounds only."""
    name = PurePosixPath(path).name
    by_name = _TEST_NAME.search(name.lower()) or _TEST_CLASS.search(name)
    return by_name is not None or not folders(path).isdisjoint(_TEST_FOLDERS)


def is_sample(path: str) -> bool:
    """True where broken or odd text may be meant: fixtures, samples, templates, test data."""
    return "{{" in path or is_test(path) or not folders(path).isdisjoint(_SAMPLE_FOLDERS)


def is_foreign(path: str, text: str) -> bool:
    """True for what this project's people did not write: vendored, minified or generated code.

    `text` is that of the base: a change does not decide by a word of its own whether it is read.
    """
    return (
        not folders(path).isdisjoint(_FOREIGN_FOLDERS)
        or _FOREIGN_NAME.search(PurePosixPath(path).name.lower()) is not None
        or _is_signed(text[:_HEAD])
    )


@lru_cache(maxsize=64)
def _is_signed(head: str) -> bool:
    """Every check asks it of the same few heads in a row."""
    return _SIGNED.search(head) is not None
