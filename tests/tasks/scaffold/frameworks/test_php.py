from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.grammars import parse
from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.frameworks import composing, phpunit
from reviewbot.tasks.scaffold.languages import php
from reviewbot.tasks.scaffold.suites import Suite, Surroundings, Target
from reviewbot.trials.toolchains import phpunit as runner
from tests.readings import diff
from tests.requirements import require
from tests.tasks.scaffold.frameworks.hostile_ruby_csharp_php import NASTY, comments, nasty, plain, skeleton
from tests.trials.toolchains.trees import trial

TEXT = """\
<?php
namespace Shop\\Money;
final class Box
{
    public function __construct(private int $size) {}
    public function put(int $count): int
    {
        if ($count < 0) throw new \\RangeException('x');
        return $count;
    }
}
"""
COMPOSER = json.dumps({
    "autoload": {"psr-4": {"Shop\\": "src/"}}, "autoload-dev": {"psr-4": {"Shop\\Tests\\": "tests/"}},
    "require-dev": {"phpunit/phpunit": "^9"},
})  # fmt: skip


def target(text: str = TEXT, path: str = "src/Money/Box.php") -> Target:
    return next(iter(php.targets(Syntax(diff(path, None, text)))))


def around(*paths: str, composer: str = COMPOSER, top: str = "") -> Surroundings:
    texts = {f"{top}composer.json": composer} if composer else {}
    return Surroundings(frozenset([*paths, *texts]), texts)


def suite(module: str = "\\Shop\\Tests\\Money") -> Suite:
    return Suite(target(), "phpunit", "tests/Money/BoxTest.php", module, php.cases(target()), "1a2b3c4d5e")


def test_a_test_class_is_written_in_the_way_of_phpunit() -> None:
    one = suite("\\Shop\\Tests\\Money\n/../../src/Money/Box.php")
    usual, *_, raising = one.cases
    other = replace(usual, name="again", expected="1"), replace(usual, name="new", expected="new Box(1)")
    assert (
        phpunit.render(replace(one, cases=(usual, *other, raising)))
        == """\
<?php
// Scaffold by reviewbot for src/Money/Box.php::Box.put (1a2b3c4d5e)

declare(strict_types=1);

namespace Shop\\Tests\\Money;

use PHPUnit\\Framework\\TestCase;

require_once __DIR__ . '/../../src/Money/Box.php';

final class BoxTest extends TestCase
{
    public function testUsualArguments(): void
    {
        try {
            $result = var_export((new \\Shop\\Money\\Box(1))->put(1), true);
        } catch (\\Throwable $thrown) {
            $result = get_class($thrown) . ': ' . $thrown->getMessage();
            $this->markTestIncomplete('to be written: it threw ' . mb_substr($result, 0, 200));
        }
        $this->markTestIncomplete('to be written: it returned ' . mb_substr($result, 0, 200));
    }

    public function testAgain(): void
    {
        $this->assertSame(1, (new \\Shop\\Money\\Box(1))->put(1));
    }

    public function testNew(): void
    {
        $this->assertEquals(new Box(1), (new \\Shop\\Money\\Box(1))->put(1));
    }

    public function testThrowsRangeExceptionWhereCountIsMinus1(): void
    {
        $on = new \\Shop\\Money\\Box(1);
        $this->expectException(\\RangeException::class);
        $on->put(-1);
    }
}
"""
    )


@pytest.mark.parametrize(
    ("near", "place"),
    [
        (around(), "tests/Money/BoxTest.php"),
        (around("tests/Money/BoxTest.php"), "tests/Money/BoxPutTest.php"),
        (around("tests/Unit/ATest.php", "tests/Unit/BTest.php"), "tests/Unit/Money/BoxTest.php"),
        (around(composer=""), "tests/Money/BoxTest.php"),
        (around(composer=COMPOSER.replace("tests/", "spec/")), "spec/Money/BoxTest.php"),
    ],
)
def test_a_test_goes_where_composer_and_its_like_say(near: Surroundings, place: str) -> None:
    places = phpunit.places(target(), near)
    assert next(one for one in places if one not in near.paths) == place
    assert places[-1] == "src/Money/BoxPutTest.php"


def test_a_package_of_many_has_its_own_tests() -> None:
    found, near = target(path="packages/a/src/Money/Box.php"), around(top="packages/a/")
    place = phpunit.places(found, near)[0]
    assert place == "packages/a/tests/Money/BoxTest.php"
    assert phpunit.module(found, place, near) == "\\Shop\\Tests\\Money"


def test_the_namespace_is_composers_and_what_it_loads_is_not_required() -> None:
    place, function = "tests/Money/BoxTest.php", target("<?php namespace Shop\\Money; function f(int $x) {}")
    required = "\n/../../src/Money/Box.php"
    assert phpunit.module(target(), place, around()) == "\\Shop\\Tests\\Money"
    assert phpunit.module(function, place, around()) == f"\\Shop\\Tests\\Money{required}"
    assert phpunit.module(target(), place, around(composer="")) == f"\\{required}"
    loaded = json.dumps({"autoload": {"files": ["src/Money/Box.php"]}})
    assert phpunit.module(function, place, around(composer=loaded)) == "\\"


@pytest.mark.parametrize(
    "text",
    ["", "[", "[1]", '{"autoload": 1}', '{"autoload": {"psr-4": {"a b": "x", "A\\\\": 1}}}',
     '{"autoload-dev": {"psr-4": {"A\\\\": "../x"}}}', "[" * 100_000],
)  # fmt: skip
def test_a_manifest_that_says_nothing_is_an_empty_one(text: str) -> None:
    assert composing.package(text) == composing.Package()


def test_manifests_and_tests_are_signs_of_use() -> None:
    assert phpunit.weight(around(composer=""), "src/a.php") == 0
    assert phpunit.weight(around(), "src/a.php") < phpunit.weight(around("tests/ATest.php"), "src/a.php")


def test_a_hole_lands_once_as_it_is() -> None:
    one = suite()
    for number, case in enumerate(one.cases):
        if not case.is_written:
            assert phpunit.render(planning.filled(one, {number: "REVIEWBOT_HOLE"})).count("REVIEWBOT_HOLE") == 1


@settings(max_examples=150, deadline=None)
@given(path=NASTY, names=st.lists(NASTY, max_size=4), expected=st.sampled_from([None, "1"]))
def test_no_name_becomes_code(path: str, names: list[str], expected: str | None) -> None:
    one = suite()
    wanted = replace(one, cases=tuple(case if case.raises else replace(case, expected=expected) for case in one.cases))
    text = phpunit.render(nasty(wanted, path, names))
    assert skeleton("php", text) == skeleton("php", phpunit.render(plain(wanted)))
    assert len(comments("php", text)) == 1


@settings(max_examples=80, deadline=None)
@given(path=NASTY)
def test_no_path_becomes_code_where_it_is_required(path: str) -> None:
    found = replace(target(), path=f"src/{path}/x.php")
    module = phpunit.module(found, "tests/ATest.php", around(composer=""))
    if module:
        text = phpunit.render(Suite(found, "phpunit", "tests/ATest.php", module, php.cases(found)))
        assert not parse("php", text).root_node.has_error
        assert skeleton("php", text) == skeleton("php", phpunit.render(replace(
            Suite(found, "phpunit", "tests/ATest.php", "\\\n/a", php.cases(found)))))  # fmt: skip


def test_the_interpreter_agrees_that_names_are_no_code(tmp_path: Path) -> None:
    for program in ("php", "phpunit"):
        require(shutil.which(program), f"{program} is not installed")
    source = "lib/{$x} ?> <?php exit(3); $x '\"\\.php"
    files = {source: "<?php\nfunction f(string $x) { if ($x === '{$y}?>') return 1; return 2; }\n"}
    (found,) = planning.suites(diff(source, None, files[source]), Surroundings(frozenset(files), {}), lambda _: True)
    assert isinstance(found, Suite)
    cases = [replace(case, name=f"?> {{$x}}{number}' . exit(3) . '\n\\") for number, case in enumerate(found.cases)]
    text = phpunit.render(replace(found, cases=tuple(cases)))
    tried = trial(runner, tmp_path / "copy", {**files, found.path: text}, tmp_path / "scratch").run(found.path)
    assert tried.ok and f"Incomplete: {len(cases)}." in tried.output, tried.output
