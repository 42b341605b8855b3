from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.languages import php
from reviewbot.tasks.scaffold.suites import Target
from tests.readings import diff

SHOP = """\
<?php
namespace Shop\\Money;

use Shop\\Errors\\{Low, High as Above};
use Psr\\Clock;

function clamp(int $value, int|float $low = 0, ?string $name = null): int {
    if ($low > 5) { throw new \\InvalidArgumentException('x'); }
    if ($value < 0) throw new Low();
    if (!$name) return 0;
    return $value;
}

class Box {
    public function __construct(private array $items, int $limit = 3) {}
    public static function of(int $x): self { return new self([$x]); }
    function put(string $x, \\DateTimeInterface $at): void { if ($x === null) throw new Above(); }
    public function swap(int &$x): int { return $x; }
    public function at(Clock $clock): int { return 1; }
    private function hidden() {}
    protected function kin() {}
    public function __toString() { return ''; }
}

abstract class Shape { public function area() { return 1; } }
class Once { private function __construct() {} public function used() {} public static function get() {} }
interface Thing { public function x(); }
"""


def targets(new: str, old: str | None = None, path: str = "src/Money/Box.php") -> list[Target]:
    return list(php.targets(Syntax(diff(path, old, new))))


def by_name(source: str) -> dict[str, Target]:
    return {target.name: target for target in targets(source)}


def test_functions_and_public_methods_that_a_test_can_call_are_targets() -> None:
    found = by_name(SHOP)
    assert list(found) == ["clamp", "Box.of", "Box.put", "Box.swap", "Box.at", "Once.used", "Once.get"]
    # By reference, of a class of another file, and on what nobody makes.
    assert [name for name, target in found.items() if not php.cases(target)] == ["Box.swap", "Box.at", "Once.used"]


def test_constructors_and_usual_calls_get_what_their_guards_let_through() -> None:
    (target,) = targets("""<?php class Price {
    public function __construct(private int $amount, string $currency) {
        $this->amount = $amount;
        if (!in_array($currency, ['EUR', 'USD'], true)) { throw new \\DomainException(); }
    }
    public function of(string $unit): int { if ($unit !== 'm') { throw new \\RangeException(); } return 1; }
}""")
    calls = php.cases(target)
    assert {dict(case.construction)["currency"] for case in calls} == {"'EUR'"}
    assert (calls[0].name, calls[0].arguments, calls[0].raises) == ("usual arguments", (("unit", "'m'"),), "")


def test_no_path_is_the_current_folder() -> None:
    (target,) = targets("<?php function f(string $path, string $text): int { return 1; }")
    given = [dict(case.arguments) for case in php.cases(target)]
    assert {one["path"] for one in given} == {"'abc'", "'a b'"} and "''" in {one["text"] for one in given}


def test_types_defaults_and_the_constructor_are_read() -> None:
    found = by_name(SHOP)
    assert [(one.name, one.type, one.default) for one in found["clamp"].parameters] == [
        ("value", "int", None), ("low", "int|float", "0"), ("name", "?string", "null"),
    ]  # fmt: skip
    assert [one.name for one in found["Box.put"].constructor] == ["items", "limit"]
    assert found["Box.of"].constructor == () and found["Box.of"].traits["static"] == "yes"
    assert found["clamp"].traits["namespace"] == "Shop\\Money"


def test_what_is_thrown_has_its_full_name() -> None:
    traits = by_name(SHOP)["clamp"].traits
    assert traits["raises Low"] == "\\Shop\\Errors\\Low"
    assert traits["raises \\InvalidArgumentException"] == "\\InvalidArgumentException"
    assert by_name(SHOP)["Box.put"].traits["raises Above"] == "\\Shop\\Errors\\High"
    (target,) = targets("<?php namespace A; function f(int $x) { if ($x > 1) throw new Odd(); }")
    assert target.traits["raises Odd"] == "\\A\\Odd"


def test_edge_values_meet_guards_and_nothing_is_given_what_its_type_refuses() -> None:
    cases = php.cases(by_name(SHOP)["clamp"])
    raising = {case.raises: dict(case.arguments) for case in cases if case.raises}
    assert raising["Low"]["value"] == "-1" and raising["\\InvalidArgumentException"]["low"] == "6"
    assert ("name", "null") in {pair for case in cases for pair in case.arguments}
    assert not any(case.raises for case in php.cases(by_name(SHOP)["Box.put"]))


def test_a_type_that_a_test_cannot_make_has_no_cases() -> None:
    assert php.cases(by_name(SHOP)["Box.at"]) == ()


def test_an_interface_is_stubbed_by_its_full_name() -> None:
    head, call = "<?php namespace A; use Psr\\ClockInterface; ", "function f({} $x) {{ return 1; }}"
    for kind, full in (
        ("ClockInterface", "\\Psr\\ClockInterface"), ("?ClockInterface", "\\Psr\\ClockInterface"),
        ("OwnInterface", "\\A\\OwnInterface"), ("\\OwnInterface", "\\OwnInterface"),
    ):  # fmt: skip
        (target,) = targets(head + call.format(kind))
        assert php.cases(target)[0].arguments == (("x", f"$this->createStub({full}::class)"),)
    (dated,) = targets("<?php namespace A; use DateTimeInterface; function f(DateTimeInterface $x) {}")
    assert php.cases(dated)[0].arguments == (("x", "new \\DateTimeImmutable('2024-02-29')"),)


@pytest.mark.parametrize(
    ("name", "usual"), [("issue", "1"), ("isOpen", "true"), ("fileName", "'abc'"), ("rows", "[1, 2, 3]")]
)
def test_a_value_without_a_type_is_what_the_name_says(name: str, usual: str) -> None:
    (target,) = targets(f"<?php function f(${name}) {{ return 1; }}")
    assert php.cases(target)[0].arguments == ((name, usual),)


def test_a_method_that_returns_nothing_cannot_be_compared() -> None:
    assert {case.comparable for case in php.cases(by_name(SHOP)["Box.put"])} == {False}
    assert {case.comparable for case in php.cases(by_name(SHOP)["clamp"])} == {True}


def test_a_gap_is_not_filled_with_a_default_of_another_file() -> None:
    (target,) = targets("<?php function f(int $a = LIMIT, int $b = 2) { return $a; }")
    assert all("a" in dict(case.arguments) or "b" not in dict(case.arguments) for case in php.cases(target))


def test_only_what_changed_is_a_target() -> None:
    old = "<?php\nfunction f($x) {\n  return 1;\n}\nfunction g($x) {\n  return 1;\n}\n"
    assert [one.name for one in targets(old.replace("g($x) {\n  return 1", "g($x) {\n  return 2"), old)] == ["g"]


@pytest.mark.parametrize("path", ["tests/BoxTest.php", "vendor/a/b.php", "examples/a.php", "src/BoxTest.php"])
def test_tests_samples_and_foreign_files_have_none(path: str) -> None:
    assert targets("<?php function f($x) {}", path=path) == []


def test_a_test_names_a_method_by_its_class_and_a_function_by_its_namespace_or_file() -> None:
    found = by_name(SHOP)
    assert php.names("<?php use Shop\\Money\\Box; Box::of(1);", "tests/ATest.php", found["Box.of"])
    assert not php.names("<?php // Box::of(1)", "tests/ATest.php", found["Box.of"])
    assert not php.names("<?php use Shop\\Money\\Box; Box::of(1);", "src/A.php", found["Box.of"])
    assert php.names("<?php use function Shop\\Money\\clamp; clamp(1);", "tests/ATest.php", found["clamp"])
    assert not php.names("<?php clamp(1);", "tests/ATest.php", found["clamp"])


def test_deep_and_wide_files_are_read_in_linear_time() -> None:
    deep = "<?php function f($x) { if ($x) " + "{" * 5000 + "return 1;" + "}" * 5000 + " }"
    assert len(targets(deep)) == 1
    assert len(targets("<?php\n" + "".join(f"function f{number}($x) {{}}\n" for number in range(2000)))) == 2000


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("function f($x)\n{if<throw new A;}\"'?:|\\,=&"), max_size=80))
def test_any_text_is_read(source: str) -> None:
    for target in targets("<?php " + source):
        php.cases(target)
