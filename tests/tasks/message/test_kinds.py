"""The type of a change, one reason after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot.core.diff import Blob, FileDiff
from reviewbot.tasks.message.convention import Convention, learned
from reviewbot.tasks.message.kinds import kind
from reviewbot.tasks.message.parts import parts
from tests.readings import diff

CODE = "def f(a):\n    b = a + 1\n    c = b * 2\n    return c\n\n\ndef g(a):\n    return a\n"


RUST = "fn f() {{\n    {}();\n}}\n\n#[cfg(test)]\nmod tests {{\n{}}}\n"


def package(section: str, pin: str) -> str:
    return f'{{\n  "{section}": {{\n    "left": "^{pin}"\n  }}\n}}\n'


CHANGES: list[tuple[str, list[FileDiff]]] = [
    ("docs", [diff("README.md", "a\n", "a\nb\n")]),
    ("docs", [diff("docs/conf.py", "a = 1\n", "a = x\n")]),
    ("docs", [diff("a.py", CODE, CODE.replace("def g", "# Twice.\ndef g"))]),
    ("docs", [diff("a.py", CODE, CODE.replace("def g(a):\n", 'def g(a):\n    """Twice.\n\n    Or not."""\n'))]),
    ("chore", [diff("README.md", "used by 1,200\n", "used by 1,300\n")]),
    ("test", [diff("tests/test_a.py", None, "def test_a():\n    assert f(1)\n")]),
    ("test", [diff("tests/test_a.py", "a\n", "b\n"), diff("package.json", "{}\n", '{"a": 1}\n')]),
    ("ci", [diff(".github/workflows/ci.yml", "a: 1\n", "a: 2\n"), diff("README.md", "a\n", "b\n")]),
    ("ci", [diff(".travis.yml", "a: 1\n", "a: 2\n")]),
    ("chore", [diff(".gitignore", "a\n", "a\nb\n")]),
    ("build", [diff("Dockerfile", "FROM a\n", "FROM a\nRUN b\n")]),
    ("build", [diff("package.json", '{"files": []}\n', '{"files": ["a"]}\n')]),
    ("chore", [diff("package.json", package("devDependencies", "1.0.0"), package("devDependencies", "2.0.0"))]),
    ("fix", [diff("package.json", package("dependencies", "1.0.0"), package("dependencies", "2.0.0"))]),
    ("chore", [diff("poetry.lock", "a 1\n", "a 2\n")]),
    ("refactor", [diff("b.py", CODE, CODE, old_path="a.py", change="renamed")]),
    ("refactor", [diff("a.py", CODE, CODE.replace("b", "total"))]),
    ("refactor", [diff("a.py", CODE, CODE.split("\n\n\n")[0] + "\n")]),
    ("refactor", [diff("a.py", CODE, "def g(a):\n    return a\n"),
                  diff("b.py", "x = 1\n", "x = 1\n\n\n" + CODE.split("\n\n\n")[0] + "\n")]),
    ("style", [diff("a.js", "f(a,b)\n", "f(a, b)\n")]),
    ("feat", [diff("a.py", CODE, CODE + "\n\ndef h(a):\n    return a\n")]),
    ("feat", [diff("new.py", None, CODE)]),
    ("feat", [diff("a.py", CODE, CODE.replace("def g(a)", "def g(a, b=1)"))]),
    ("feat", [diff("a.py", 'p.add_argument("--all")\n', 'p.add_argument("--all")\np.add_argument("--best")\n')]),
    ("feat", [diff("a.ts", "interface A {\n  a: string\n}\n", "interface A {\n  a: string\n  b?: string\n}\n")]),
    ("fix", [diff("a.py", CODE, CODE.replace("    b =", "    if a is None:\n        return 0\n    b ="))]),
    ("fix", [diff("a.py", CODE, CODE.replace("a + 1", "a + 2"))]),
    ("fix", [diff("a.py", CODE, CODE.replace("a + 1", "a + 2")), diff("tests/test_a.py", "a\n", "a\nb\n")]),
    ("feat", [diff("a.ts", "f()\n", "f()\nexport const MAX = 3\n")]),
    ("feat", [diff("a.go", "package a\n", "package a\n\nconst Max = 3\n")]),
    ("fix", [diff("a.ts", "f(1)\n", "export const MAX = 3\nf(MAX)\n")]),
    ("docs", [diff("a.py", CODE, CODE.replace("a + 1", "a + 1  # one's"))]),
    ("docs", [diff("a.ts", 'f("a"); // a\n', 'f("a"); // b\n')]),
    ("fix", [diff("a.py", 'x = "a # b"\n', 'x = "a # c"\n')]),
    ("fix", [diff("a.ts", 'f("http://a")\n', 'f("http://b")\n')]),
    ("chore", [diff("a.py", CODE, CODE, new_mode="100755")]),
    ("chore", [diff("pkg/__init__.py", None, "")]),
    ("fix", [diff("a.rs", RUST.format("a", ""), RUST.format("b", "    fn t() {}\n" * 30))]),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "files"), CHANGES)
def test_a_change_has_the_type_of_what_it_does(expected: str, files: list[FileDiff]) -> None:
    assert kind(parts(files), Convention()) == expected


@pytest.mark.parametrize(("expected", "files"), CHANGES)
def test_hunks_alone_tell_it_as_well(expected: str, files: list[FileDiff]) -> None:
    def unread(blob: Blob) -> Blob:
        return replace(blob, text=None, absence="too large") if blob.exists else blob

    bare = [replace(file, old=unread(file.old), new=unread(file.new)) for file in files]
    assert kind(parts(bare), Convention()) == expected


def test_a_branch_that_reverts_says_so() -> None:
    assert kind(parts([diff("a.py", CODE, CODE.replace("1", "2"))]), Convention(), "revert-12-x") == "revert"


def test_a_project_calls_new_versions_what_it_always_does() -> None:
    files = parts([diff("go.mod", "require a.b/c v1.0.0\n", "require a.b/c v1.1.0\n")])
    log = [f"build(deps): bump a.b/{one} from 1.0 to 2.0" for one in "abcdef"]
    assert kind(files, learned(log)) == "build"


def test_a_pipeline_that_pins_another_version_is_a_dependency() -> None:
    old, new = "- uses: a/b@v1\n", "- uses: a/b@v2\n"
    files = parts([diff(".github/workflows/ci.yml", old, new)])
    log = [f"chore(deps): bump actions/{one} from 1 to 2" for one in "abcdef"]
    assert (kind(files, learned(log)), kind(files, Convention())) == ("chore", "ci")
    other = parts([diff(".github/workflows/ci.yml", old, new + "- run: c\n")])
    assert kind(other, learned(log)) == "ci"


def test_a_project_without_a_type_for_pipelines_has_them_as_any_code() -> None:
    plain = learned([f"{type_}: add {number}" for number in range(10) for type_ in ("feat", "fix", "docs")])
    new, old = diff(".github/workflows/a.yml", None, "a: 1\n"), diff(".github/workflows/a.yml", "a: 1\n", "a: 2\n")
    assert (kind(parts([new]), plain), kind(parts([old]), plain)) == ("feat", "fix")


def test_code_that_moved_within_its_file_is_not_respaced() -> None:
    old = "f(\n    a\n)\nfor b in c:\n    d()\n" + "x()\n" * 9 + "e()\n"
    moved = "f(\n    a\n)\ne()\nfor b in c:\n    d()\n" + "x()\n" * 9
    assert kind(parts([diff("a.py", old, moved)]), Convention()) != "style"


def test_an_empty_change_is_a_chore() -> None:
    assert kind((), Convention()) == "chore"
