"""Scaffolds in Ruby, run by RSpec and minitest as they are installed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.suites import Suite
from reviewbot.trials.commands import Ground, MissingToolError, Toolchain
from reviewbot.trials.toolchains import minitest, rspec
from tests.requirements import require
from tests.trials.toolchains.trees import Trial, filled, suites, trial

SOURCE = "lib/shop/pricing.rb"
TEXT = """\
# frozen_string_literal: true

module Shop
  class Unpriced < StandardError; end

  class Pricing
    def initialize(rate)
      @rate = rate
    end

    def total(count, discount: 0)
      raise Unpriced, "nothing to price" unless count.positive?
      raise ArgumentError if discount > 100
      return count * @rate if discount.zero?

      count * @rate * (100 - discount) / 100
    end
  end

  def self.label(name, times = 2)
    name.upcase * times
  end
end
"""
REPOSITORIES: dict[str, dict[str, str]] = {
    "rspec": {
        ".rspec": "--require spec_helper\n", "Gemfile": 'gem "rspec"\n', SOURCE: TEXT,
        "spec/spec_helper.rb": "RSpec.configure { |_| }\n",
    },
    "minitest": {
        "Rakefile": "", "Gemfile": 'gem "minitest"\n', "test/test_helper.rb": 'require "minitest/autorun"\n',
        "test/shop/test_other.rb": 'require "test_helper"\nclass OtherTest < Minitest::Test; end\n',
        "lib/shop/other.rb": "", SOURCE: TEXT,
    },
}  # fmt: skip
TOOLCHAINS: dict[str, Toolchain] = {"rspec": rspec, "minitest": minitest}
BOTH = pytest.mark.parametrize("framework", ["rspec", "minitest"])
TOTAL = {"usual arguments": "1", "discount is 1": "0", "discount is -1": "1", "count is 2": "2"}
LABEL = {"usual arguments": '"ABCABC"', "name is empty": '""', "times is 1": '"ABC"', "times is 0": '""'}


def places(framework: str) -> list[str]:
    middle = "{}/shop/{}.rb"
    folder, one = ("spec", "{}_spec") if framework == "rspec" else ("test", "test_{}")
    return [middle.format(folder, one.format(stem)) for stem in ("pricing", "pricing_label")]


def made(framework: str, tmp_path: Path) -> tuple[Trial, list[Suite]]:
    program = "rspec" if framework == "rspec" else "ruby"
    require(shutil.which(program), f"{program} is not installed")
    files = REPOSITORIES[framework]
    return trial(TOOLCHAINS[framework], tmp_path / "copy", files, tmp_path / "scratch"), suites(files, SOURCE)


def written(suite: Suite, answers: Mapping[str, str]) -> dict[str, str]:
    return {suite.path: planning.rendered(filled(suite, answers))}


@BOTH
def test_a_scaffold_lands_beside_its_like_and_is_collected(framework: str, tmp_path: Path) -> None:
    repository, found = made(framework, tmp_path)
    assert [suite.path for suite in found] == places(framework)
    for suite in found:
        tried = repository.write(written(suite, {})).collect(suite.path)
        assert tried.ok, tried.output


@BOTH
def test_an_unwritten_scaffold_calls_skips_and_fails_nothing(framework: str, tmp_path: Path) -> None:
    repository, found = made(framework, tmp_path)
    for suite in found:
        tried = repository.write(written(suite, {})).run(suite.path)
        assert tried.ok, tried.output
        unwritten = sum(not case.is_written for case in suite.cases)
        assert f"{unwritten} pending" in tried.output or f"{unwritten} skips" in tried.output


RAISING = """\
module Shop
  def self.initial(name)
    name.upcase == "ABC" && raise(NotImplementedError, "abc")

    name[0].upcase
  end
end
"""


@BOTH
def test_a_call_that_raises_skips_as_one_that_returns_does(framework: str, tmp_path: Path) -> None:
    made(framework, tmp_path)
    files = {**REPOSITORIES[framework], "lib/shop/initial.rb": RAISING}
    (suite,) = suites(files, "lib/shop/initial.rb")
    assert {dict(case.arguments)["name"] for case in suite.cases if not case.is_written} >= {'"abc"', '""'}
    repository = trial(TOOLCHAINS[framework], tmp_path / "raising", files, tmp_path / "scratch")
    tried = repository.write(written(suite, {})).run(suite.path)
    assert tried.ok, tried.output
    count = len(suite.cases)
    assert f"{count} pending" in tried.output or f"{count} runs, 0 assertions, 0 failures, 0 errors, {count} skips" in (
        tried.output
    )
    if framework == "rspec":
        assert "to be written: it raised #<NoMethodError: " in tried.output
        assert "to be written: it raised #<NotImplementedError: abc>" in tried.output


UNMADE = """\
module Shop
  class Price
    def initialize(rate)
      check(rate)
    end

    def total(count)
      raise ArgumentError if count < 0

      count
    end

    private

    def check(rate) = raise(ArgumentError, rate.to_s)
  end
end
"""


@BOTH
def test_what_raises_before_the_call_is_not_what_the_call_raises(framework: str, tmp_path: Path) -> None:
    made(framework, tmp_path)
    files = {**REPOSITORIES[framework], "lib/shop/price.rb": UNMADE}
    (suite,) = suites(files, "lib/shop/price.rb")
    assert "ArgumentError" in {case.raises for case in suite.cases}
    repository = trial(TOOLCHAINS[framework], tmp_path / "unmade", files, tmp_path / "scratch")
    assert not repository.write(written(suite, {})).run(suite.path).ok
    right = repository.write({"lib/shop/price.rb": UNMADE.replace("raise(ArgumentError, rate.to_s)", "rate")})
    assert (tried := right.run(suite.path)).ok, tried.output


@BOTH
def test_a_written_scaffold_passes_and_notices_a_mutant(framework: str, tmp_path: Path) -> None:
    repository, (total, label) = made(framework, tmp_path)
    for suite, answers, old, new in (
        (total, TOTAL, "count * @rate if", "count + @rate if"), (label, LABEL, "name.upcase", "name.downcase"),
    ):  # fmt: skip
        right = repository.write(written(suite, answers))
        assert (tried := right.run(suite.path)).ok, tried.output
        assert not right.write({SOURCE: TEXT.replace(old, new)}).run(suite.path).ok
        repository.write({SOURCE: TEXT})


@BOTH
def test_a_guard_that_is_gone_is_noticed_without_any_expectation(framework: str, tmp_path: Path) -> None:
    repository, (total, _) = made(framework, tmp_path)
    assert {case.raises for case in total.cases if case.raises} == {"Unpriced", "ArgumentError"}
    for line in ("raise ArgumentError if discount > 100", 'raise Unpriced, "nothing to price" unless count.positive?'):
        gone = repository.write({**written(total, {}), SOURCE: TEXT.replace(line, "")})
        assert not gone.run(total.path).ok


@BOTH
def test_a_file_without_tests_is_not_collected_nor_passed(framework: str, tmp_path: Path) -> None:
    repository, _ = made(framework, tmp_path)
    path = places(framework)[0]
    for text in ("raise 'x'\n", "exit 0\n"):
        empty = repository.write({path: text})
        assert not empty.collect(path).ok
        assert not empty.run(path).ok


@BOTH
def test_a_gem_in_a_folder_is_tested_from_its_folder(framework: str, tmp_path: Path) -> None:
    made(framework, tmp_path)
    files = {f"gems/shop/{path}": text for path, text in REPOSITORIES[framework].items()}
    repository = trial(TOOLCHAINS[framework], tmp_path / "many", files, tmp_path / "scratch")
    suite = suites(files, f"gems/shop/{SOURCE}")[0]
    assert suite.path == f"gems/shop/{places(framework)[0]}"
    tried = repository.write(written(suite, {})).run(suite.path)
    assert tried.ok, tried.output


def test_answers_count_only_with_a_test_in_them() -> None:
    assert rspec.passed(0, "\n3 examples, 0 failures, 3 pending\n") and rspec.collected(0, "1 example, 0 failures\n")
    for code, said in (
        (0, "0 examples, 0 failures"), (1, "3 examples, 1 failure"), (0, ""), (1, "3 examples, 0 failures"),
        (0, "2 examples, 0 failures, 1 error occurred outside of examples"),
    ):  # fmt: skip
        assert not rspec.passed(code, said) and not rspec.collected(code, said)
    assert minitest.passed(0, "2 runs, 0 assertions, 0 failures, 0 errors, 2 skips") and minitest.collected(
        0, "2 tests found"
    )
    for code, said in ((0, "0 runs, 0 assertions, 0 failures, 0 errors, 0 skips"), (0, ""), (0, "0 tests found"),
                       (1, "2 runs, 1 assertions, 0 failures, 1 errors, 0 skips"), (1, "2 tests found")):  # fmt: skip
        assert not minitest.passed(code, said) and not minitest.collected(code, said)


def ground(tmp_path: Path, *programs: str, paths: tuple[str, ...] = ()) -> Ground:
    return Ground(tmp_path, {one: f"/bin/{one}" for one in programs}.get, frozenset(paths), tmp_path / "scratch")


def test_a_lock_file_is_heeded_where_bundler_is(tmp_path: Path) -> None:
    plain = rspec.running(ground(tmp_path, "rspec", "sh", paths=("Gemfile.lock",)), "spec/a_spec.rb")
    assert plain.argv[0] == "/bin/rspec" and plain.argv[-1] == "./spec/a_spec.rb"
    bundled = rspec.running(ground(tmp_path, "rspec", "sh", "bundle", paths=("Gemfile.lock",)), "spec/a_spec.rb")
    assert bundled.argv[:2] == ("/bin/sh", "-c") and bundled.argv[3:5] == ("/bin/bundle", "/bin/rspec")
    assert rspec.running(ground(tmp_path, "rspec", "sh", "bundle"), "spec/a_spec.rb").argv == plain.argv


@pytest.mark.parametrize(("satisfied", "said"), [(True, "bundled"), (False, "plain")])
def test_a_lock_file_that_cannot_be_satisfied_is_passed_over(tmp_path: Path, satisfied: bool, said: str) -> None:
    require(shutil.which("ruby"), "ruby is not installed")
    programs = {"ruby": shutil.which("ruby"), "sh": shutil.which("sh"), "bundle": str(tmp_path / "bundle")}
    bundle = f'[ "$1" = check ] && exit {int(not satisfied)}\nBUNDLED=1\nexport BUNDLED\nshift\nexec "$@"\n'
    (tmp_path / "bundle").write_text(f"#!/bin/sh\n{bundle}")
    (tmp_path / "bundle").chmod(0o755)
    repository = trial(minitest, tmp_path / "copy", {"Gemfile.lock": "", "Gemfile": ""}, tmp_path / "scratch")
    text = 'puts ENV["BUNDLED"] ? "bundled" : "plain"\n'
    command = minitest.running(
        Ground(repository.root, programs.get, frozenset(["Gemfile", "Gemfile.lock", "test/a b_test.rb"]), tmp_path),
        "test/a b_test.rb",
    )
    code, output = repository.write({"test/a b_test.rb": text})._call(command)
    assert (code, output) == (0, f"{said}\n")


@pytest.mark.parametrize(("toolchain", "name"), [(rspec, "rspec"), (minitest, "ruby")])
def test_a_machine_without_the_program_says_which(tmp_path: Path, toolchain: Toolchain, name: str) -> None:
    for call in (toolchain.collecting, toolchain.running):
        with pytest.raises(MissingToolError, match=f"^{name}$"):
            call(ground(tmp_path, "sh"), "spec/a_spec.rb")
