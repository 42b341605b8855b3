from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import testing
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.checks.facts import ENDINGS, Row, ends_on_deep_nesting, is_told_from_old, places, soups, stays_linear
from tests.readings import found, reading

FOCUSED, SKIPPED, NEVER = "tests/focused", "tests/skipped", "tests/never-asserts"
NONE, GONE, REMOVED = "tests/no-assertion", "tests/assertions-removed", "tests/removed"
GOOD = "expect(f()).toBe(1);"

FOUND: list[Row] = [
    ("a.test.ts", f"it.only('a', () => {{ {GOOD} }});\n", [(FOCUSED, 1)]),
    ("a.test.js", f"describe('a', () => {{\n  fit('b', () => {{ {GOOD} }});\n}});\n", [(FOCUSED, 2)]),
    ("a.spec.tsx", f"test.describe.only('a', () => {{\n  it('b', () => {{ {GOOD} }});\n}});\n", [(FOCUSED, 1)]),
    ("a.test.js", f"test.only.each([1, 2])('a', (x) => {{ {GOOD} }});\n", [(FOCUSED, 1)]),
    ("spec/a_spec.rb", "fit 'a' do\n  expect(1).to eq 1\nend\n", [(FOCUSED, 1)]),
    ("spec/a_spec.rb", "it 'a', focus: true do\n  expect(1).to eq 1\nend\n", [(FOCUSED, 1)]),
    ("spec/a_spec.rb", "describe 'a', :focus do\n  b\nend\n", [(FOCUSED, 1)]),
    ("a_test.go", 'package p\nvar _ = FIt("a", func() {})\n', [(FOCUSED, 2)]),
    ("tests/test_a.py", "@pytest.mark.skip\ndef test_a():\n    assert f()\n", [(SKIPPED, 1)]),
    ("tests/test_a.py", "def test_a():\n    pytest.skip()\n    assert f()\n", [(SKIPPED, 2)]),
    ("a.test.ts", f"it.skip('a', () => {{ {GOOD} }});\n", [(SKIPPED, 1)]),
    ("a.test.js", f"xit('a', () => {{ {GOOD} }});\n", [(SKIPPED, 1)]),
    ("a_test.go", "package p\nfunc TestA(t *testing.T) {\n\tt.Skip()\n}\n", [(SKIPPED, 3)]),
    ("ATest.java", "class ATest {\n @Disabled\n @Test void a() { assertTrue(f()); } }\n", [(SKIPPED, 2)]),
    ("ATests.cs", "class ATests {\n [Test, Ignore]\n public void A() { Assert.True(F()); } }\n", [(SKIPPED, 2)]),
    ("tests/a.rs", "#[test]\n#[ignore]\nfn a() { assert!(f()); }\n", [(SKIPPED, 2)]),
    ("spec/a_spec.rb", "xit 'a' do\n  expect(1).to eq 1\nend\n", [(SKIPPED, 1)]),
    ("ATest.php", "<?php\nclass ATest { function testA() {\n $this->markTestSkipped(); } }\n", [(SKIPPED, 3)]),
    ("a.test.ts", "it('a', () => {\n  expect(f());\n});\n", [(NEVER, 2)]),
    ("a.test.ts", "it('a', () => {\n  expect(f()).toBeTruthy;\n});\n", [(NEVER, 2)]),
    ("a.test.ts", "it('a', async () => {\n  expect(f()).rejects.toThrow();\n});\n", [(NEVER, 2)]),
    ("tests/test_a.py", "def test_a():\n    mock.assert_called_once\n", [(NEVER, 2)]),
    ("tests/test_a.py", "class A(TestCase):\n    def test_a(self):\n        self.assertTrue(f(), 3)\n", [(NEVER, 3)]),
    ("tests/test_a.py", "def test_pay(client):\n    client.get('/')\n", [(NONE, 1)]),
    ("a.test.js", "it('pays', () => {\n  pay(1);\n});\n", [(NONE, 1)]),
    ("ATest.java", "class ATest {\n @Test\n void pays() { pay(1); } }\n", [(NONE, 2)]),
    ("ATests.cs", "class ATests {\n [Fact]\n public void Pays() { Pay(1); } }\n", [(NONE, 2)]),
    ("a_test.go", "package p\nfunc TestPay(t *testing.T) {\n\tpay(1)\n}\n", [(NONE, 2)]),
    ("test/a_test.rb", "def test_pay\n  pay 1\nend\n", [(NONE, 1)]),
    ("ATest.php", "<?php\nclass ATest {\n function testPay() { pay(1); } }\n", [(NONE, 3)]),
]  # fmt: skip

LEFT_ALONE = [
    ("a.test.js", "model.fit(x, y);\nfit(x, y);\nconst only = it.only;\ntest.skip(isWindows, 'no shell');\n"),
    ("src/a.js", f"it.only('a', () => {{ {GOOD} }});\n"),
    ("tests/test_a.py", "@pytest.mark.skip(reason='no shell')\ndef test_a():\n    assert f()\n"),
    ("tests/test_a.py", "# the shell is missing there\n@pytest.mark.skip\ndef test_a():\n    assert f()\n"),
    ("a_test.go", 'package p\nfunc TestA(t *testing.T) {\n\tif short { t.Skip() }\n\tt.Skip("slow")\n}\n'),
    ("ATest.java", 'class ATest {\n @Disabled("slow") @Test void a() { assertTrue(f()); } }\n'),
    ("tests/a.rs", '#[test]\n#[ignore = "slow"]\nfn a() { f(); }\n'),
    ("spec/a_spec.rb", "it 'a', focus: false do\n  expect(1).to eq 1\nend\nskip 'later'\n"),
    ("a.test.ts", "it('a', async () => {\n  await expect(f()).rejects.toThrow();\n});\n"),
    ("a.test.ts", "it('a', () => {\n  return expect(f()).resolves.toBe(1);\n});\n"),
    ("a.test.ts", "it('a', () => {\n  expect(f()).to.be.true;\n});\n"),
    ("tests/test_a.py", "class A(TestCase):\n    def test_a(self):\n        self.assertTrue(f(), 'message')\n"),
    ("tests/test_a.py", "def test_a():\n    settle(1)\n\n\ndef settle(x):\n    assert x\n"),
    ("tests/test_a.py", "def test_a():\n    with pytest.raises(ValueError):\n        f()\n"),
    ("tests/test_a.py", "def test_pay_does_not_raise():\n    pay(1)\n"),
    ("tests/test_a.py", "def test_a(page):\n    verify_page(page)\n"),
    ("bench/test_a.py", "def test_pay():\n    pay(1)\n"),
    ("a_test.go", "package p\nfunc TestA(t *testing.T) {\n\tpay(t, 1)\n}\n"),
    ("ATest.java", "class ATest {\n @Test(expected = A.class) public void a() { pay(1); } }\n"),
    ("tests/a.rs", "#[test]\nfn a() { pay(1).unwrap(); }\n"),
    ("src/a.py", "def test_pay():\n    pay(1)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), FOUND)
def test_a_test_that_tells_nothing_is_found(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    assert places(testing, path, text) == expected


@pytest.mark.parametrize(("path", "text"), LEFT_ALONE)
def test_a_test_that_may_tell_something_is_left_alone(path: str, text: str) -> None:
    assert found(testing, path, text) == []


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text, _ in FOUND])
def test_what_was_there_moved_or_indented_is_not_new(path: str, text: str) -> None:
    is_told_from_old(testing, path, text)


OLD = """\
def test_pay():
    x = pay(1)
    assert x
    assert x.paid


def test_book():
    assert book()
"""


def test_a_test_that_loses_its_last_assertion_is_found_on_the_removed_line() -> None:
    new = OLD.replace("    assert book()", "    book()")
    (finding,) = anchored(testing, reading("tests/test_a.py", new, OLD))
    assert (finding.rule, finding.severity, finding.location.side, finding.location.line) == (
        GONE, Severity.MEDIUM, "old", 8,
    )  # fmt: skip


def test_a_test_that_loses_one_of_two_assertions_weighs_less() -> None:
    (finding,) = anchored(testing, reading("tests/test_a.py", OLD.replace("    assert x.paid\n", ""), OLD))
    assert (finding.rule, finding.severity, finding.location.line) == (GONE, Severity.LOW, 4)


def test_an_assertion_that_was_rewritten_is_not_lost() -> None:
    for written in (
        "    check_paid(x)\n",
        "    book(x)\n",
        "    assert x.paid is True\n",
        "    y = x.paid\n    assert y\n",
    ):
        assert found(testing, "tests/test_a.py", OLD.replace("    assert x.paid\n", written), OLD) == []


def test_a_removed_test_is_told_and_a_renamed_one_is_not() -> None:
    head, _, tail = OLD.partition("\n\n\n")
    (finding,) = anchored(testing, reading("tests/test_a.py", head + "\n", OLD))
    assert (finding.rule, finding.severity, finding.location.line) == (REMOVED, Severity.INFO, 7)
    assert "test_book" in finding.body
    assert tail.startswith("def test_book")
    assert found(testing, "tests/test_a.py", OLD.replace("test_book", "test_ledger"), OLD) == []
    assert found(testing, "tests/test_a.py", None, OLD) == [(REMOVED, 1)]


def test_a_hostile_name_is_shown_as_text() -> None:
    old = "it('a\\\n\u202e[x](http://y)', () => { expect(1).toBe(1); });\n"
    (finding,) = anchored(testing, reading("a.test.js", None, old))
    assert "\u202e" not in finding.body
    assert "\n" not in finding.body


PIECES = (
    "def test_a():\n  ", "assert ", "it.only('a', () => ", "it('a', () => ", "expect(x)", ".toBe", ".resolves",
    "t.Skip()", "@pytest.mark.skip\n", "func TestA(t *testing.T) ", "#[test]\n", "#[ignore]\n", "fn a() ", "@Test ",
    "void a() ", "class A ", "fit 'a' do\n",
)  # fmt: skip


@given(soups(PIECES), soups(PIECES), st.sampled_from(ENDINGS))
def test_any_text_is_read_without_failing(new: str, old: str, ending: str) -> None:
    anchored(testing, reading(f"tests/test_a.{ending}", new, old))


def test_deep_nesting_ends() -> None:
    ends_on_deep_nesting(testing, "tests/")


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("a.test.js", "it('a', () => {"),
        ("a.test.js", "it('a', () => { expect(1); });\n"),
        ("tests/test_a.py", "def test_a():\n f()\n"),
        ("tests/a.rs", "#[test]\n#[ignore]\nfn a() {}\n"),
    ],
)
def test_time_grows_with_the_text(path: str, piece: str) -> None:
    stays_linear(testing, path, piece)
