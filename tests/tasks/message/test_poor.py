"""What is wrong with messages, and that the lines for a shell give a commit a better one and do nothing else."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.diff import FileDiff
from reviewbot.core.drafts import Message
from reviewbot.core.labels import Label
from reviewbot.core.text import encodable, visible
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.poor import commands, problems
from tests.readings import diff

HERE = Convention()
PLAIN = replace(HERE, conventional=False)
CODE = diff("a.py", "f(1)\n", "f(2)\n")
DOCS = diff("README.md", "a\n", "b\n")

POOR: list[tuple[str, Convention, list[FileDiff], tuple[str, ...]]] = [
    ("", HERE, [], ("empty",)),
    ("# only a comment\n", HERE, [], ("empty",)),
    ("fix", HERE, [], ("no type", "does not say what changed")),
    ("Update", PLAIN, [], ("does not say what changed",)),
    ("fix: fix", HERE, [], ("does not say what changed",)),
    ("chore: misc changes", HERE, [], ("does not say what changed",)),
    ("wip", PLAIN, [], ("unfinished work",)),
    ("feat: WIP parser", HERE, [], ("unfinished work",)),
    ("...", PLAIN, [], ("does not say what changed",)),
    (f"feat: add {'a' * 70}", HERE, [], ("subject of 80 characters",)),
    ("feat: add x\nwhy", HERE, [], ("no blank line before the body",)),
    ("add x to y", HERE, [], ("no type",)),
    ("custom: add x", HERE, [], ("unknown type custom",)),
    ("feat: add x.", HERE, [], ("full stop at the end of the subject",)),
    ("docs: describe f", HERE, [CODE], ("type docs, but it changes code only",)),
    ("test: try f", HERE, [CODE], ("type test, but it changes code only",)),
    ("feat: describe f", HERE, [DOCS], ("type feat, but it changes documents only",)),
    ("fix: mend a link", HERE, [DOCS], ("type fix, but it changes documents only",)),
    ("perf: run f", HERE, [diff("tests/test_a.py", "a\n", "b\n")], ("type perf, but it changes tests only",)),
]  # fmt: skip
GOOD: list[tuple[str, Convention, list[FileDiff]]] = [
    ("feat: add x", HERE, [CODE]), ("Add x", PLAIN, []), ("fix: typo in the parser", HERE, [CODE]),
    ("fixup! feat: x", HERE, [CODE]), ("squash! x", PLAIN, []), ("Merge branch 'a' into b", HERE, []),
    ('Revert "x"', HERE, []), ("docs: describe f", HERE, [CODE, DOCS]), ("feat: ask...", HERE, []),
    ("docs: describe f", HERE, [diff("a.py", "f(1)\n", "# One.\nf(1)\n")]),
    ("feat: add x.", replace(HERE, full_stop=True), []), ("fix(tests): wait", HERE, []),
    ("feat: run it at night", replace(HERE, unused=frozenset({"ci"})), [diff(".github/workflows/a.yml", "a\n", "b\n")]),
    ("docs: describe f", PLAIN, [CODE]), ("ci: add x", HERE, [diff("scripts/ci.sh", "a\n", "b\n"), DOCS]),
]  # fmt: skip


@pytest.mark.parametrize(("message", "convention", "files", "expected"), POOR)
def test_what_is_wrong_is_said(
    message: str, convention: Convention, files: list[FileDiff], expected: tuple[str, ...]
) -> None:
    assert problems(message, convention, files) == expected


@pytest.mark.parametrize(("message", "convention", "files"), GOOD)
def test_a_good_message_is_left_alone(message: str, convention: Convention, files: list[FileDiff]) -> None:
    assert problems(message, convention, files) == ()


@given(st.text(max_size=120))
def test_any_message_is_judged(message: str) -> None:
    assert all(said and "\n" not in said for said in problems(message, HERE, [CODE]))


ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b.c", "GIT_EDITOR": "false",
    "EDITOR": "false", "LC_ALL": "C.UTF-8",
}  # fmt: skip


def shell(folder: Path, *lines: str) -> str:
    return subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=folder, env=ENVIRONMENT, check=True,
                          capture_output=True).stdout.decode()  # fmt: skip


def repository(folder: Path) -> list[str]:
    """Four commits with poor messages, the oldest first; the one before the last is a merge."""
    shell(folder, "git init -q -b main .", "echo 1 >a", "git add .", "git commit -qm one", "echo 2 >b", "git add .",
          "git commit -qm two", "git switch -qc side", "echo 3 >c", "git add .", "git commit -qm three",
          "git switch -q main", "git merge -q --no-ff --no-edit side", "echo 4 >d", "git add .",
          "git commit -qm four")  # fmt: skip
    return shell(folder, "git log --reverse --topo-order --no-merges --format=%H").split()


BETTER = Message(
    'feat(it\'s)!: add `x` $(id) "y" \\ !!', "# No comment.\n\nBREAKING CHANGE: 'x' is removed", Label.INTERNAL
)


def test_the_last_commit_gets_its_message_and_what_is_staged_stays(tmp_path: Path) -> None:
    *_, head = repository(tmp_path)
    shell(tmp_path, "echo 5 >e", "git add e", *commands(head, BETTER, is_head=True))
    assert shell(tmp_path, "git log -1 --format=%B") == f"{BETTER.text}\n"
    assert shell(tmp_path, "git diff --cached --name-only") == "e\n"
    assert shell(tmp_path, "git show --format= --name-only") == "d\n"


def test_an_older_commit_gets_its_message_and_nothing_else_changes(tmp_path: Path) -> None:
    _, two, *_ = repository(tmp_path)
    tree = shell(tmp_path, "git rev-parse HEAD^{tree}")
    shell(tmp_path, "echo 9 >>a", *commands(two, BETTER, is_head=False))
    said = shell(tmp_path, "git log --reverse --topo-order --format=%s").split("\n")
    assert said == ["one", BETTER.subject, "three", "Merge branch 'side'", "four", ""]
    assert shell(tmp_path, "git log -1 --format=%B --grep='add .x. '") == f"{BETTER.text}\n"
    assert shell(tmp_path, "git rev-parse HEAD^{tree}") == tree
    assert shell(tmp_path, "cat a") == "1\n9\n"


def test_what_is_no_commit_has_no_lines() -> None:
    assert commands("HEAD; rm -rf /", BETTER, is_head=False) == ()
    assert commands("--all", BETTER, is_head=True) == ()


HOSTILE = st.text(alphabet=st.sampled_from("ab'\"`$(){};&|<>\\!#~*?[]\n\t -\x1b\x03\u202eé\udce9\0"), max_size=60)


@settings(max_examples=40, deadline=None)
@given(HOSTILE, HOSTILE)
def test_no_text_leaves_its_quotes(subject: str, body: str) -> None:
    message = Message(subject.replace("\n", " ") or "x", body, Label.INTERNAL)
    shown = "".join(f"{visible(encodable(line))}\n" for line in message.text.removesuffix("\n").split("\n"))
    commit = "a" * 40
    told = {True: [shown], False: [f"amend! {commit}\n\n{shown}", ""]}
    for is_head, texts in told.items():
        for line, text in zip(commands(commit, message, is_head=is_head), texts, strict=True):
            assert line.isprintable()
            script = f"git() {{ printf '%s\\0' \"$@\" >&2; cat; }}\n{line}"
            found = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, stdin=subprocess.DEVNULL)
            assert found.stdout.decode() == text
            words = found.stderr.decode().split("\0")[:-1]
            assert words[0] in ("commit", "rebase")
            assert all(word.startswith("--") or word == f"{commit}^" for word in words[1:])
