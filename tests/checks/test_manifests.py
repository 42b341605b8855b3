from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.checks import manifests
from reviewbot.checks.manifests.dependencies import read, requirement
from reviewbot.checks.manifests.grades import Grade, grade
from reviewbot.core.diff import FileDiff
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.readings import diff, reading

LOCK, ALONE, ADDED, LOOSENED = "manifests/lock", "manifests/lock-only", "manifests/added", "manifests/loosened"
SCRIPT, SOURCE, IMAGE = "manifests/install-script", "manifests/source", "manifests/image"
COMMIT = "08c6903cd8c0fde910a37f88322edcfb5dd907a8"


def said(path: str, new: str | None, old: str | None = None, *, paths: Iterable[str] = (),
         others: Iterable[FileDiff] = ()) -> list[tuple[str, int | None, Severity]]:  # fmt: skip
    """What is said of a change, additions by name left out."""
    one = reading(path, new, old, paths=(path, *paths), others=others)
    findings = anchored(manifests, one)
    return [(f.rule, f.location.line, f.severity) for f in findings if f.rule != ADDED]


def npm(**sections: object) -> str:
    return json.dumps({"name": "a", "version": "1.0.0", **sections}, indent=1) + "\n"


#: By manifest: its lock, what it was, and a change that the lock must follow.
FOLLOWED = {
    "package.json": ("package-lock.json", npm(dependencies={"a": "1.0.0"}), npm(dependencies={"a": "1.0.1"})),
    "pyproject.toml": ("uv.lock", '[project]\ndependencies = ["a==1"]\n', '[project]\ndependencies = ["a==2"]\n'),
    "Pipfile": ("Pipfile.lock", '[packages]\na = "==1.0"\n', '[packages]\na = "==2.0"\n'),
    "Cargo.toml": ("Cargo.lock", '[dependencies]\na = "1"\n', '[dependencies]\na = "1"\nb = "1"\n'),
    "go.mod": ("go.sum", "module x\n\nrequire a.b/c v1.0.0\n", "module x\n\nrequire a.b/c v1.1.0\n"),
    "Gemfile": ("Gemfile.lock", 'gem "a", "1.0"\n', 'gem "a", "1.1"\n'),
    "composer.json": ("composer.lock", '{"require": {"a/b": "1.0.0"}}\n', '{"require": {"a/b": "1.0.1"}}\n'),
    "requirements.in": ("requirements.txt", "a\n", "a\nb\n"),
}  # fmt: skip


@pytest.mark.parametrize("path", FOLLOWED)
def test_a_lock_that_does_not_follow_is_left_behind(path: str) -> None:
    lock, old, new = FOLLOWED[path]
    assert [(rule, severity) for rule, _, severity in said(path, new, old, paths=[lock])] == [(LOCK, Severity.MEDIUM)]
    nested = [(rule, severity) for rule, _, severity in said(f"x/{path}", new, old, paths=[f"x/{lock}"])]
    assert nested == [(LOCK, Severity.MEDIUM)]


@pytest.mark.parametrize("path", FOLLOWED)
def test_a_lock_that_follows_or_is_not_tracked_is_left_alone(path: str) -> None:
    lock, old, new = FOLLOWED[path]
    assert said(path, new, old) == []
    assert said(path, new, old, paths=[f"other/{lock}"]) == []
    assert said(path, new, old, paths=[lock], others=[diff(lock, "a\n", "b\n")]) == []
    assert said(path, new, paths=[lock]) == []


@pytest.mark.parametrize(
    ("path", "lock", "old", "new"),
    [
        ("package.json", "yarn.lock", npm(scripts={"a": "b"}), npm(scripts={"a": "c"}, description="x")),
        ("package.json", "yarn.lock", npm(dependencies={"a": "1.0.0"}), npm(devDependencies={"a": "1.0.0"})),
        ("package.json", "yarn.lock", npm(), npm(peerDependencies={"a": ">=1"})),
        ("package.json", "yarn.lock", npm(), npm(dependencies={"a": "workspace:*", "b": "file:../b"})),
        ("Cargo.toml", "Cargo.lock", '[dependencies]\na = "1.0.1"\n', '[dependencies]\na = { version = "1.0.2" }\n'),
        (
            "Cargo.toml",
            "Cargo.lock",
            '[dependencies]\na = { package = "b", version = "1" }\n',
            '[dependencies]\nb = "1"\n',
        ),
        ("Cargo.toml", "Cargo.lock", '[package]\nversion = "1"\n', '[package]\nversion = "2"\n'),
        (
            "go.mod",
            "go.sum",
            "module x\nrequire (\n\ta.b/c v1\n\td.e/f v1 // indirect\n)\n",
            "module x\nrequire a.b/c v1\n",
        ),
        ("pyproject.toml", "uv.lock", '[project]\nversion = "1"\n', '[project]\nversion = "2"\n[tool.x]\na = 1\n'),
        ("composer.json", "composer.lock", '{"require": {}}\n', '{"require": {"php": ">=8"}}\n'),
        ("Gemfile", "Gemfile.lock", 'gem "a", "1.0"\n', 'gem "a", "1.0", require: false # why\n'),
    ],
)
def test_what_a_lock_does_not_record_is_left_alone(path: str, lock: str, old: str, new: str) -> None:
    assert said(path, new, old, paths=[lock]) == []


def test_a_workspace_has_its_lock_above() -> None:
    _, old, new = FOLLOWED["package.json"]
    assert [found[::2] for found in said("packages/a/package.json", new, old, paths=["pnpm-lock.yaml"])] == [
        (LOCK, Severity.LOW)
    ]
    assert said("packages/a/package.json", new, old, paths=["yarn.lock"]) == []
    assert len(said("packages/a/package.json", new, old, paths=["yarn.lock", ".yarnrc.yml"])) == 1
    assert said("create/template-vue/package.json", new, old, paths=["pnpm-lock.yaml"]) == []


def test_the_changed_line_is_named_or_the_removed_one() -> None:
    old, new = npm(dependencies={"a": "1.0.0", "b": "1.0.0"}), npm(dependencies={"a": "1.0.0"})
    first = anchored(manifests, reading("package.json", new, old, paths=["package.json", "yarn.lock"]))[0]
    assert (first.location.side, first.location.line) == ("old", 6)
    assert "b: changed here, not in yarn.lock" in first.body


def test_a_lock_alone_is_worth_a_word() -> None:
    assert said("Cargo.lock", "b\n", "a\n") == [(ALONE, 1, Severity.INFO)]
    assert said("Cargo.lock", "b\n", "a\n", others=[diff("x/Cargo.toml", "a\n", "b\n")]) == []
    assert said("Cargo.lock", "b\n") == []


def test_a_lock_that_is_removed_is_told_while_its_manifest_stays() -> None:
    gone = diff("yarn.lock", "a\n", None)

    def told(*paths: str) -> list[str]:
        return [f.rule for f in manifests.check(reading("yarn.lock", None, file=gone, paths=paths))]

    assert told("package.json") == [LOCK]
    assert told("package.json", "pnpm-lock.yaml") == []
    assert told("other/package.json") == []


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("npm", "1.2.3", Grade.EXACT), ("npm", "^1.2.3", Grade.RANGE), ("npm", "*", Grade.ANY),
        ("npm", "latest", Grade.ANY),
        ("npm", "", Grade.ANY), ("npm", "1.2.3-beta.1", Grade.EXACT), ("npm", "npm:b@1.2.3", Grade.EXACT),
        ("npm", "workspace:*", Grade.LOCAL), ("npm", "file:../a", Grade.LOCAL), ("npm", "owner/repo", Grade.MOVING),
        ("npm", f"owner/repo#{COMMIT}", Grade.COMMIT), ("npm", "git+https://x/y.git", Grade.MOVING),
        ("npm", "https://x.example/a.tgz", Grade.MOVING), ("npm", ">=1 <2", Grade.RANGE), ("npm", "1.x", Grade.RANGE),
        ("python", "==1.2.3", Grade.EXACT), ("python", "==1.*", Grade.RANGE), ("python", ">=1,<2", Grade.RANGE),
        ("python", "", Grade.ANY), ("python", "~=1.0", Grade.RANGE), ("python", "^1.0", Grade.RANGE),
        ("python", f"@git+https://x/y@{COMMIT}", Grade.COMMIT), ("python", "@https://x/y.whl", Grade.MOVING),
        ("requirements", "===1.0", Grade.EXACT), ("cargo", "1.0", Grade.RANGE), ("cargo", "=1.0.0", Grade.EXACT),
        ("cargo", "git=https://x/y branch=main", Grade.MOVING),
        ("cargo", f"git=https://x/y rev={COMMIT}", Grade.COMMIT),
        ("cargo", "path=../a", Grade.LOCAL), ("cargo", "workspace=True", Grade.LOCAL), ("gem", "1.0", Grade.EXACT),
        ("gem", "~> 1.0", Grade.RANGE), ("gem", "github=a/b", Grade.MOVING), ("composer", "dev-main", Grade.ANY),
        ("composer", "^8.1", Grade.RANGE), ("composer", "1.2.3", Grade.EXACT),
    ],
)  # fmt: skip
def test_a_specification_leaves_open_what_it_says(kind: str, spec: str, expected: Grade) -> None:
    assert grade(kind, spec) is expected


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("1.0.0", "^1.0.0", Severity.MEDIUM), ("1.0.0", "*", Severity.MEDIUM), ("^1.0.0", "latest", Severity.MEDIUM),
        ("1.0.0", "owner/repo", Severity.MEDIUM), (f"owner/repo#{COMMIT}", "owner/repo", Severity.MEDIUM),
        ("1.0.0", f"owner/repo#{COMMIT}", Severity.LOW), ("1.0.0", "http://x.example/a.tgz", Severity.HIGH),
    ],
)  # fmt: skip
def test_a_dependency_that_is_pinned_less_is_told(before: str, after: str, severity: Severity) -> None:
    old, new = (npm(dependencies={"a": spec}) for spec in (before, after))
    assert said("package.json", new, old) == [(LOOSENED, 5, severity)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("^1.0.0", "^2.0.0"),
        ("1.0.0", "1.0.1"),
        ("*", "1.0.0"),
        ("*", "latest"),
        ("owner/a", "owner/b"),
        ("^1.0.0", "~1.0.0"),
    ],
)
def test_a_dependency_that_is_pinned_as_before_or_more_is_left_alone(before: str, after: str) -> None:
    old, new = (npm(dependencies={"a": spec}) for spec in (before, after))
    assert said("package.json", new, old) == []


def test_a_lock_or_a_tool_of_development_makes_it_less() -> None:
    old, new = (npm(dependencies={"a": spec}) for spec in ("1.0.0", "^1.0.0"))
    lock = diff("yarn.lock", "a\n", "b\n")
    assert said("package.json", new, old, paths=["yarn.lock"], others=[lock]) == [(LOOSENED, 5, Severity.LOW)]
    old, new = (npm(devDependencies={"a": spec}) for spec in ("1.0.0", "^1.0.0"))
    assert said("package.json", new, old) == [(LOOSENED, 5, Severity.LOW)]


def test_a_new_dependency_is_named() -> None:
    old, new = (
        "[project]\ndependencies = [\n]\n",
        "[project]\ndependencies = [\n  \"Left_Pad[x]>=1; os_name == 'nt'\",\n]\n",
    )
    findings = anchored(manifests, reading("pyproject.toml", new, old))
    assert [(f.rule, f.location.line, f.title) for f in findings] == [(ADDED, 3, "New dependency: left-pad")]
    assert anchored(manifests, reading("pyproject.toml", new)) == []


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("go.mod", "module x\n", "module x\n\nrequire a.b/c v1.0.0\n"),
        ("Gemfile", "\n", "\ngem 'a', git: 'https://x/y', ref: '" + COMMIT + "'\n"),
        ("Cargo.toml", "[dev-dependencies]\n", '[dev-dependencies]\na = "1"\n'),
        ("requirements/dev.txt", "a==1\n", "a==1\nb==1 \\\n  --hash=sha256:x\n"),
        ("Pipfile", "[packages]\n", '[packages]\na = "==1.0"\n'),
        ("pyproject.toml", "[tool.poetry.dependencies]\n", '[tool.poetry.dependencies]\na = "^1"\n'),
        ("pyproject.toml", "[dependency-groups]\na = []\n", '[dependency-groups]\na = ["b", {include-group = "c"}]\n'),
    ],
)
def test_every_kind_of_manifest_is_read(path: str, old: str, new: str) -> None:
    findings = anchored(manifests, reading(path, new, old))
    assert [f.rule for f in findings if f.rule != LOOSENED] == [ADDED]


@pytest.mark.parametrize(
    "path", ["docs/requirements.md", "package.json.md", "my-requirements.yaml", "a.toml", "Gemfile.txt"]
)
def test_other_files_are_no_manifests(path: str) -> None:
    assert read(path, "a==1\n") is None


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("A.b_C [x,y] >= 1, < 2 ; x", "a-b-c", ">=1,<2"),
        ("a @ https://x/y", "a", "@https://x/y"),
        ("a(>1)", "a", ">1"),
        ("", "", ""),
    ],
)
def test_a_requirement_has_a_name_and_a_specification(text: str, name: str, spec: str) -> None:
    assert requirement(text) == (name, spec)


def test_a_hash_that_goes_is_told() -> None:
    old = "a==1.0 \\\n    --hash=sha256:x\nb==1.0 --hash=sha256:y\n"
    assert said("requirements.txt", old.replace(" --hash=sha256:y", ""), old) == [(LOOSENED, 3, Severity.MEDIUM)]
    assert said("requirements.txt", old.replace("b==1.0", "b==1.1"), old) == []


@pytest.mark.parametrize("name", ["preinstall", "install", "postinstall"])
def test_a_script_that_runs_at_install_is_told(name: str) -> None:
    assert said("package.json", npm(scripts={name: "node x.js"}), npm()) == [(SCRIPT, 5, Severity.MEDIUM)]
    assert said("package.json", npm(scripts={name: "b"}), npm(scripts={name: "a"})) == [(SCRIPT, 5, Severity.MEDIUM)]
    assert said("package.json", npm(scripts={name: "a", "b": "c"}), npm(scripts={name: "a"})) == []
    assert said("package.json", npm(scripts={"build": "a", "prepare": "b"}), npm()) == []


def locked(*packages: tuple[str, str, bool, bool]) -> str:
    """A package-lock of packages: name, address, whether it has a hash, whether it runs a script."""
    held = {
        f"node_modules/{name}": {
            "version": "1.0.0", "resolved": address, **({"integrity": "sha512-x"} if hashed else {}),
            **({"hasInstallScript": True} if script else {}), "funding": {"url": "https://ko-fi.example/x"},
        }
        for name, address, hashed, script in packages
    }  # fmt: skip
    return json.dumps({"packages": {"": {}, **held}}, indent=1) + "\n"


NPM = "https://registry.npmjs.org/"
FIRST = ("a", f"{NPM}a.tgz", True, False)


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        (("b", f"{NPM}b.tgz", True, False), []),
        (("b", "https://evil.example/b.tgz", True, False), [(SOURCE, Severity.MEDIUM)]),
        (("b", "http://registry.npmjs.org/b.tgz", True, False), [(SOURCE, Severity.MEDIUM)]),
        (("b", f"{NPM}b.tgz", False, False), [(LOOSENED, Severity.MEDIUM)]),
        (("b", f"{NPM}b.tgz", True, True), [(SCRIPT, Severity.LOW)]),
        (("b", "git+ssh://git@github.com/x/b.git#1", False, False), []),
    ],
)
def test_a_locked_package_from_elsewhere_is_told(package: tuple[str, str, bool, bool], expected: list[object]) -> None:
    told = said("package-lock.json", locked(FIRST, package), locked(FIRST), others=[diff("package.json", "a", "b")])
    assert [(rule, severity) for rule, _, severity in told] == expected


def test_what_a_lock_always_had_is_left_alone() -> None:
    own = ("a", "https://own.example/a.tgz", False, True)
    old, new = locked(own), locked(own, ("b", "https://own.example/b.tgz", False, False))
    assert said("package-lock.json", new, old, others=[diff("package.json", "a", "b")]) == []


@pytest.mark.parametrize(
    ("path", "line", "told"),
    [
        ("yarn.lock", '  resolved "https://evil.example/b.tgz#1"\n', True),
        ("yarn.lock", '  resolved "https://registry.yarnpkg.com/b.tgz#1"\n', False),
        ("pnpm-lock.yaml", "    resolution: {integrity: sha512-x, tarball: https://evil.example/b}\n", True),
        ("uv.lock", 'source = { registry = "https://pypi.org/simple" }\n', False),
        ("uv.lock", 'sdist = { url = "https://evil.example/b.tar.gz", hash = "x" }\n', True),
        ("Cargo.lock", 'source = "registry+https://github.com/rust-lang/crates.io-index"\n', False),
        ("Cargo.lock", 'source = "git+https://github.com/x/y#1"\n', True),
        ("Gemfile.lock", "  remote: https://gems.example/\n", True),
        ("Gemfile.lock", "  remote: https://rubygems.org/\n", False),
        ("composer.lock", '   "url": "https://api.github.com/x"\n', False),
        ("poetry.lock", 'url = "https://user:key@evil.example/simple"\n', True),
    ],
)
def test_every_lock_is_read_for_its_sources(path: str, line: str, told: bool) -> None:
    findings = [rule for rule, _, _ in said(path, f"x\n{line}", "x\n") if rule == SOURCE]
    assert findings == ([SOURCE] if told else [])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (None, "FROM alpine\n", True), (None, "FROM --platform=x alpine:latest AS a\n", True),
        (None, "FROM alpine:3.20\nFROM scratch\nFROM $BASE\n", False), (None, "FROM a:1 AS build\nFROM build\n", False),
        ("FROM alpine\n", "# x\nFROM alpine\n", False), (f"FROM a:1@sha256:{'0' * 64}\n", "FROM a:1\n", True),
        (None, f"FROM a@sha256:{'0' * 64}\n", False), ("FROM a:1\n", "FROM a:2\n", False),
        (None, "FROM registry.example:5000/a:1\n", False), (None, "FROM registry.example:5000/a\n", True),
    ],
)  # fmt: skip
def test_a_base_image_without_a_version_is_told(old: str | None, new: str, told: bool) -> None:
    for path in ("Dockerfile", "x/Dockerfile.dev", "app.dockerfile"):
        assert [rule for rule, _, _ in said(path, new, old)] == ([IMAGE] if told else [])


WORDS = st.sampled_from([
    '"a"', ":", "{", "}", "[", "]", "\n", "dependencies", "[dependencies]\n", "a = ", "==1.0", "*", " git+https://x/y",
    "require (", "gem 'a'", ", '1.0'", "FROM ", "alpine", " \\\n", "--hash=x", "resolved ", "https://x", "\udce9",
    "\x00",
])  # fmt: skip
PATHS = [*FOLLOWED, *(lock for lock, _, _ in FOLLOWED.values()), "Dockerfile", "yarn.lock", "pnpm-lock.yaml"]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PATHS), st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=12))
def test_whatever_the_texts_findings_stand_on_changed_lines(path: str, old: list[str], new: list[str]) -> None:
    anchored(manifests, reading(path, "".join(new), "".join(old), paths=PATHS))
    before, after = FOLLOWED.get(path, ("", "x\n", "y\n"))[1:]
    anchored(manifests, reading(path, after + "".join(new), before, paths=PATHS))
