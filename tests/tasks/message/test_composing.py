"""Messages that are made from changes alone: what they say, and what no change can make of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.diff import FileDiff
from reviewbot.core.labels import Label
from reviewbot.core.text import is_odd
from reviewbot.tasks.message.composing import composed
from reviewbot.tasks.message.convention import Convention, learned
from reviewbot.tasks.message.grammar import fault, footers, header
from tests.readings import diff

PAST = Convention(case="sentence", mood="past", full_stop=True)
CODE = """\
class Retry:
    def backoff(self, tries):
        return tries * 2


def wait(seconds):
    sleep(seconds)
"""
JITTER = CODE.replace("(self, tries)", "(self, tries, jitter=0)")
RESET = CODE.replace("\n\ndef wait", "    def reset(self):\n        x()\n\n\ndef wait")
OPTION = "p.add_argument('--all')\n"
MANY = "".join(f"def {name}(a):\n    return a + 1\n" for name in ("_a", "f0", "f1", "_b", "f2", "f3", "f4"))


def subject(*files: FileDiff, convention: Convention = Convention(), branch: str = "") -> str:  # noqa: B008
    return composed(files, convention, Label.INTERNAL, branch=branch).subject


def body(*files: FileDiff) -> str:
    return composed(files, Convention(), Label.INTERNAL).body


SAID = [
    ("feat: add Retry and wait", [diff("retry.py", None, CODE)]),
    ("feat: add Retry.reset", [diff("a.py", CODE, RESET)]),
    ("feat: add parameter jitter to Retry.backoff", [diff("a.py", CODE, JITTER)]),
    ("fix: correct Retry.backoff", [diff("a.py", CODE, CODE.replace("* 2", "** 2"))]),
    ("fix: handle missing seconds in wait",
     [diff("a.py", CODE, CODE.replace("    sleep", "    if not seconds:\n        return\n    sleep"))]),
    ("refactor!: rename wait to pause", [diff("a.py", CODE, CODE.replace("wait", "pause"))]),
    ("refactor!: remove wait", [diff("a.py", CODE, CODE.split("\n\n\n")[0] + "\n")]),
    ("refactor: rename a.py to b.py", [diff("b.py", CODE, CODE, old_path="a.py", change="renamed")]),
    ("refactor: move a.py to lib", [diff("lib/a.py", CODE, CODE, old_path="a.py", change="renamed")]),
    ("docs: document a.py", [diff("a.py", CODE, CODE.replace("class", "# Waits.\nclass"))]),
    ("style: reformat a.py", [diff("a.py", CODE, CODE.replace("tries * 2", "tries*2"))]),
    ("docs: add section Usage to README.md", [diff("README.md", "# A\n", "# A\n\n## Usage\n\nRun it.\n")]),
    ("test: add tests of retry", [diff("tests/test_retry.py", None, "def test_a():\n    assert f()\n")]),
    ("ci: add workflow release", [diff(".github/workflows/release.yml", None, "on: push\n")]),
    ("chore: bump httpx from 0.27 to 0.28", [diff("requirements.txt", "httpx==0.27\n", "httpx==0.28\n")]),
    ("ci: bump actions/checkout from v3 to v4",
     [diff(".github/workflows/a.yml", "- uses: actions/checkout@v3\n", "- uses: actions/checkout@v4\n")]),
    ("chore: add dependency left",
     [diff("package.json", '{"dependencies": {\n}}\n', '{"dependencies": {\n"left": "^1.0"\n}}\n')]),
    ("chore: update 4 files in etc", [diff(f"etc/{n}", "a\n", "b\n") for n in range(4)]),
    ("chore: make bin/run.sh executable", [diff("bin/run.sh", "a\n", "a\n", new_mode="100755")]),
    ("chore: make etc/run executable", [diff("etc/run", "a\n", "a\n", new_mode="100755")]),
    ("feat: add Shop.Coupon",
     [diff("coupon.rb", None, "module Shop\n  class Coupon\n    def f\n    end\n  end\nend\n")]),
    ("feat: add Shop", [diff("lib/shop.rb", None, "module Shop\n  def self.f\n  end\nend\n")]),
    ("fix: correct wait", [diff("a.py", CODE, CODE.replace("def wait", "@cached\ndef wait"))]),
    ("fix: correct g", [diff("a.rs", "fn f() {}\nfn g() {}\n", "fn f() {}\n#[inline]\nfn g() {}\n")]),
    ("fix: correct A.g",
     [diff("a.ts", "class A {\n  f() {}\n  g() {}\n}\n", "class A {\n  f() {}\n  @log\n  g() {}\n}\n")]),
    ("feat: add Retry and wait", [diff("retry.py", None, CODE + "".join(f"def _{n}(): pass\n" for n in "abcd"))]),
    ("feat: add Cart", [diff("a.go", None, "package a\ntype Cart struct {}\nfunc sum() {}\n"),
                        diff("b.go", None, "package a\nfunc (c *Cart) Add() {}\nfunc (c *Cart) Sum() {}\n")]),
    ("refactor: restructure f0, f1, f2 and 2 more",
     [diff("a.py", MANY, MANY.replace("+ 1", "+ 2"))]),
    ("fix: update a.py", [diff("a.py", '__all__ = ["a", "b"]\n', '__all__ = ["b", "a"]\n')]),
    ("feat: add option --best", [diff("a.py", OPTION, OPTION + OPTION.replace("all", "best"))]),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "files"), SAID)
def test_a_subject_names_what_changed(expected: str, files: list[FileDiff]) -> None:
    assert subject(*files) == expected


def test_the_rest_of_a_change_is_a_list() -> None:
    files = (diff("retry.py", None, CODE), diff("tests/test_retry.py", None, "def test_a():\n    assert f()\n"),
             diff("requirements.txt", "httpx==0.27\n", "httpx==0.28\n"), diff("README.md", "a\n", "b\n"))  # fmt: skip
    assert subject(*files) == "feat: add Retry and wait"
    assert body(*files) == "- bump httpx from 0.27 to 0.28\n- add tests of retry\n- update README.md"


def test_a_project_reads_its_own_mood_case_and_stop() -> None:
    assert subject(diff("retry.py", None, CODE), convention=PAST) == "feat: Added Retry and wait."


def test_a_plain_project_gets_no_header() -> None:
    plain = Convention(conventional=False, case="sentence")
    message = composed([diff("a.py", CODE, "")], plain, Label.INTERNAL)
    assert message.subject == "Remove Retry and wait"
    assert message.body == "BREAKING CHANGE: Retry is removed; wait is removed"


def test_a_scope_is_one_that_the_project_uses() -> None:
    log = learned([f"fix(Retry): add {word}" for word in "abcdef"])
    changed = diff("lib/retry.py", CODE, CODE.replace("* 2", "** 2"))
    assert subject(changed, convention=log) == "fix(Retry): correct Retry.backoff"
    assert subject(diff("lib/other.py", CODE, CODE.replace("* 2", "** 2")), convention=log).startswith("fix: ")


def test_a_package_opens_the_subject_where_the_log_has_it() -> None:
    log = learned(["cart: add total", "net/http: fix x", "cart: drop y", "all: tidy", "shop: add z"])
    new = "package p\nfunc F() {}\n"
    for path, said in (
        ("cart/a.go", "cart: add F"), ("src/net/http/a.go", "net/http: add F"), ("new/a.go", "new: add F"),
        ("a.go", "add F"), ("Feat @x/a.go", "add F"), ("fix/a.go", "add F"),
    ):  # fmt: skip
        assert subject(diff(path, "package p\n", new), convention=log) == said
    assert subject(diff("a/a.go", "package p\n", new), diff("b/b.go", "a\n", new), convention=log) == "add F"


def test_a_scope_that_leaves_no_room_is_left_out() -> None:
    name = "a" * 45
    long = Convention(scopes=(name,), scoped=1.0)
    assert (
        subject(diff(f"{name}.py", CODE, CODE.replace("* 2", "** 2")), convention=long) == "fix: correct Retry.backoff"
    )


def test_what_is_broken_in_one_hunk_hides_nothing_in_the_next() -> None:
    old = "TYPES = [\n" + "\n" * 30 + 'def f(a=1):\n    """A."""\n\n    if a:\n        return 1\n'
    assert subject(diff("a.py", old, old.replace("(a=1)", "(a=1, b=2)"))) == "feat: add parameter b to f"


TICKETS = Convention(ticket=("", ":"), projects=("ABC",))


@pytest.mark.parametrize(
    ("branch", "expected"),
    [("feature/ABC-12-retry", "feat: ABC-12: add Retry and wait"), ("abc-12", "feat: ABC-12: add Retry and wait"),
     ("XYZ-12", "feat: add Retry and wait"), ("", "feat: add Retry and wait")],
)  # fmt: skip
def test_a_ticket_is_one_that_the_branch_names(branch: str, expected: str) -> None:
    assert subject(diff("retry.py", None, CODE), convention=TICKETS, branch=branch) == expected
    assert "12" not in subject(diff("retry.py", None, CODE), branch=branch)


def test_the_label_is_that_of_what_it_is_made_from() -> None:
    assert composed([], Convention(), Label.RESTRICTED).label == Label.RESTRICTED


HOSTILE = [
    "a\nSigned-off-by: x <a@b.c>", "\u202ecod.py", "[x](http://y).md", "<img src=x>.py", "#12 @all.md", "a`b`.sh",
    "\udce9.py", "x" * 300, "a/" * 200 + "b.py", "feat!: x", ": ", "-", "\x1b[31m.py", "package.json",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_no_path_becomes_markup_a_trailer_or_a_line(path: str) -> None:
    message = composed([diff(path, None, "a\n"), diff("README.md", "a\n", "b\n")], Convention(), Label.INTERNAL)
    assert fault(message.text) == ""
    assert len(message.subject) <= 72
    assert not set("<>`@#[]\x1b\u202e") & set(message.text)
    assert footers(message.body) == ()


NAMES = st.sampled_from((*HOSTILE, "a.py", "b.js", "tests/test_a.py", "README.md", ".github/workflows/a.yml", "go.mod"))
TEXTS = st.sampled_from((
    None, "", "a\n", CODE, CODE.replace("wait", "pause"), "export function f(a) {}\n", "export function f(a, b) {}\n",
    'a==1.0\nb==2\n"c": "^1"\n', 'a==2.0\n"c": "^2\u202e<b>"\n', "# H\n", "\x00\udce9\n", "def f(\n", '"""' * 9,
    "p.add_argument('--x\u202e')\n", "class \u0410:\n  def f(self): pass\n",
))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.builds(diff, NAMES, TEXTS, TEXTS), max_size=6), st.sampled_from((Convention(), PAST, TICKETS)),
    st.text(max_size=30),
)  # fmt: skip
def test_whatever_the_change_is_its_message_is_valid(
    files: list[FileDiff], convention: Convention, branch: str
) -> None:
    message = composed(files, convention, Label.INTERNAL, branch=branch)
    assert fault(message.text, convention.types) == ""
    assert len(message.subject) <= 72
    assert not any(is_odd(sign) for sign in message.text if sign != "\n")
    assert {token for token, _ in footers(message.body)} <= {"BREAKING CHANGE"}
    assert ("!" in str(header(message.subject)).partition(":")[0]) == ("BREAKING CHANGE: " in message.body)
    assert message == composed(files, convention, Label.INTERNAL, branch=branch)


@pytest.mark.parametrize(
    "piece", ["f(" * 40, "{" * 50, "class A:\n ", "import a\n", '"--x" add_argument(\n', "if not x:\n"]
)
def test_time_grows_with_the_change(piece: str) -> None:
    def spent(times: int) -> float:
        """The least of some runs: what else the process has to clean up meanwhile is not counted."""
        file, least = diff("a.py", "", piece * times + "\n"), float("inf")
        for _ in range(5):
            began = time.process_time()
            composed([file], Convention(), Label.INTERNAL)
            least = min(least, time.process_time() - began)
        return least

    assert spent(3200) < 30 * spent(400) + 0.3
