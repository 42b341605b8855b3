"""Scaffolds in PHP, run by PHPUnit as it is installed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.suites import Suite
from reviewbot.trials.commands import Ground, MissingToolError
from reviewbot.trials.toolchains import phpunit
from tests.requirements import require
from tests.trials.toolchains.trees import Trial, filled, suites, trial

SOURCE = "src/Money/Pricing.php"
TEXT = """\
<?php

declare(strict_types=1);

namespace Shop\\Money;

use Shop\\Errors\\Unpriced;

final class Pricing
{
    public function __construct(private int $rate)
    {
    }

    public function total(int $count, ?int $discount = null): int
    {
        if ($count <= 0) {
            throw new Unpriced('nothing to price');
        }
        if ($discount === null) {
            return $count * $this->rate;
        }

        return $count * $this->rate - $discount;
    }
}

function label(string $name, int $times = 2): string
{
    if ($times < 0) throw new \\InvalidArgumentException('times');
    return str_repeat(strtoupper($name), $times);
}
"""
FILES = {
    "composer.json": json.dumps({
        "autoload": {"psr-4": {"Shop\\": "src/"}}, "autoload-dev": {"psr-4": {"Shop\\Tests\\": "tests/"}},
    }),
    "src/Errors/Unpriced.php": "<?php\nnamespace Shop\\Errors;\nclass Unpriced extends \\RuntimeException {}\n",
    SOURCE: TEXT,
}  # fmt: skip
PLACES = ["tests/Money/PricingTest.php", "tests/Money/PricingLabelTest.php"]
TOTAL = {"usual arguments": "1", "discount is 1": "0", "discount is null": "1", "count is 2": "2"}
LABEL = {"usual arguments": "'ABCABC'", "name is empty": "''", "times is 1": "'ABC'"}


def made(tmp_path: Path) -> tuple[Trial, list[Suite]]:
    for program in ("php", "phpunit"):
        require(shutil.which(program), f"{program} is not installed")
    return trial(phpunit, tmp_path / "copy", FILES, tmp_path / "scratch"), suites(FILES, SOURCE)


def test_a_scaffold_lands_where_composer_says_is_collected_and_runs_unwritten(tmp_path: Path) -> None:
    repository, found = made(tmp_path)
    assert [suite.path for suite in found] == PLACES
    for suite in found:
        unwritten = repository.write({suite.path: planning.rendered(suite)})
        assert (tried := unwritten.collect(suite.path)).ok, tried.output
        assert (tried := unwritten.run(suite.path)).ok, tried.output
        assert f"Incomplete: {sum(not case.is_written for case in suite.cases)}." in tried.output


RAISING = """\
<?php
namespace Shop;

final class Initial
{
    public static function of(string $name): string
    {
        return str_repeat(\\strtoupper($name), intdiv(100, \\strlen($name)));
    }

    public static function touch(string $name): void
    {
        intdiv(1, \\strlen($name));
    }
}
"""


def test_a_call_that_throws_is_incomplete_as_one_that_returns_is(tmp_path: Path) -> None:
    made(tmp_path)
    files = {**FILES, "src/Initial.php": RAISING}
    found = suites(files, "src/Initial.php")
    assert [suite.target.called for suite in found] == ["of", "touch"]
    for suite in found:
        assert {dict(case.arguments)["name"] for case in suite.cases if not case.is_written} == {"'abc'", "''", "'a b'"}
        repository = trial(phpunit, tmp_path / suite.target.called, files, tmp_path / "scratch")
        tried = repository.write({suite.path: planning.rendered(suite)}).run(suite.path)
        assert tried.ok, tried.output
        assert "Tests: 3, Assertions: 0, Incomplete: 3." in tried.output


UNMADE = """\
<?php
namespace Shop;

final class Price
{
    public function __construct(int $rate)
    {
        $this->check($rate);
    }

    public function total(int $count): int
    {
        if ($count < 0) {
            throw new \\DomainException();
        }

        return $count;
    }

    private function check(int $rate): void
    {
        throw new \\DomainException("$rate");
    }
}
"""


def test_what_is_thrown_before_the_call_is_not_what_the_call_throws(tmp_path: Path) -> None:
    made(tmp_path)
    files = {**FILES, "src/Price.php": UNMADE}
    (suite,) = suites(files, "src/Price.php")
    assert "\\DomainException" in {case.raises for case in suite.cases}
    repository = trial(phpunit, tmp_path / "unmade", files, tmp_path / "scratch")
    assert not repository.write({suite.path: planning.rendered(suite)}).run(suite.path).ok
    right = repository.write({"src/Price.php": UNMADE.replace('throw new \\DomainException("$rate");', "")})
    assert (tried := right.run(suite.path)).ok, tried.output


def test_a_written_scaffold_passes_and_notices_a_mutant(tmp_path: Path) -> None:
    repository, (total, label) = made(tmp_path)
    for suite, answers, old, new in (
        (total, TOTAL, "return $count * $this->rate;", "return $count + $this->rate;"),
        (label, LABEL, "strtoupper", "strtolower"),
    ):
        right = repository.write({suite.path: planning.rendered(filled(suite, answers))})
        assert (tried := right.run(suite.path)).ok, tried.output
        assert not right.write({SOURCE: TEXT.replace(old, new)}).run(suite.path).ok
        repository.write({SOURCE: TEXT})


def test_a_guard_that_is_gone_is_noticed_without_any_expectation(tmp_path: Path) -> None:
    repository, (total, _) = made(tmp_path)
    assert {case.raises for case in total.cases if case.raises} == {"Unpriced"}
    gone = repository.write({total.path: planning.rendered(total), SOURCE: TEXT.replace("$count <= 0", "false")})
    assert not gone.run(total.path).ok


def test_a_function_of_no_package_is_required_by_its_path(tmp_path: Path) -> None:
    made(tmp_path)
    files = {"lib/text.php": "<?php\nfunction twice(string $text): string { return $text . $text; }\n"}
    (suite,) = suites(files, "lib/text.php")
    assert suite.path == "tests/TextTest.php"
    written = planning.rendered(filled(suite, {"usual arguments": "'abcabc'"}))
    repository = trial(phpunit, tmp_path / "plain", {**files, suite.path: written}, tmp_path / "scratch")
    assert (tried := repository.run(suite.path)).ok, tried.output


def test_a_file_without_tests_is_not_collected_nor_passed(tmp_path: Path) -> None:
    repository, _ = made(tmp_path)
    for text in ("<?php\n", "<?php exit(0);\n"):
        empty = repository.write({PLACES[0]: text})
        assert not empty.collect(PLACES[0]).ok
        assert not empty.run(PLACES[0]).ok


def test_incomplete_tests_pass_where_a_configuration_makes_them_fail(tmp_path: Path) -> None:
    repository, (total, _) = made(tmp_path)
    strict = '<phpunit failOnIncomplete="true" failOnRisky="true" bootstrap="vendor/autoload.php"/>\n'
    tried = repository.write({"phpunit.xml": strict, total.path: planning.rendered(total)}).run(total.path)
    assert tried.code == 1 and tried.ok, tried.output


def ground(tmp_path: Path, *programs: str, paths: tuple[str, ...] = ()) -> Ground:
    return Ground(tmp_path, {one: f"/bin/{one}" for one in programs}.get, frozenset(paths), tmp_path / "scratch")


def test_the_repositorys_own_phpunit_and_autoloader_come_first(tmp_path: Path) -> None:
    (tmp_path / "app/vendor/bin").mkdir(parents=True)
    (tmp_path / "app/vendor/bin/phpunit").write_text("")
    (tmp_path / "app/vendor/autoload.php").write_text("")
    command = phpunit.running(ground(tmp_path, "php", paths=("app/composer.json",)), "app/tests/ATest.php")
    assert command.argv[:2] == ("/bin/php", str(tmp_path / "app/vendor/bin/phpunit")) and command.folder == "app"
    assert command.argv[-3:] == ("--bootstrap", "vendor/autoload.php", "./tests/ATest.php")
    configured = ground(tmp_path, "php", paths=("app/composer.json", "app/phpunit.xml.dist"))
    assert "--bootstrap" not in phpunit.running(configured, "app/tests/ATest.php").argv


@pytest.mark.parametrize(("there", "name"), [((), "php"), (("php",), "phpunit")])
def test_a_machine_without_the_program_says_which(tmp_path: Path, there: tuple[str, ...], name: str) -> None:
    for call in (phpunit.collecting, phpunit.running):
        with pytest.raises(MissingToolError, match=f"^{name}$"):
            call(ground(tmp_path, *there), "tests/ATest.php")
