from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.grammars import parse
from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold import naming, planning
from reviewbot.tasks.scaffold.frameworks import minitest, rspec
from reviewbot.tasks.scaffold.frameworks.titles import titles
from reviewbot.tasks.scaffold.languages import ruby
from reviewbot.tasks.scaffold.suites import Framework, Suite, Surroundings, Target
from reviewbot.trials.toolchains import minitest as minitest_runner
from reviewbot.trials.toolchains import rspec as rspec_runner
from tests.readings import diff
from tests.requirements import require
from tests.tasks.scaffold.frameworks.hostile_ruby_csharp_php import NASTY, comments, nasty, plain, skeleton
from tests.trials.toolchains.trees import trial

TEXT = """\
module Shop
  def self.clamp(value, low = 0)
    raise ArgumentError if low > 5
    value
  end
end
"""
BOTH = pytest.mark.parametrize("framework", [rspec, minitest])
FROZEN = "# frozen_string_literal: true\n"


def target(text: str = TEXT, path: str = "lib/shop/rates.rb") -> Target:
    return next(iter(ruby.targets(Syntax(diff(path, None, text)))))


def around(*paths: str, **texts: str) -> Surroundings:
    return Surroundings(frozenset(paths), texts)


def suite(framework: Framework, module: str = "#\nspec_helper\nshop/rates") -> Suite:
    return Suite(target(), framework.NAME, "spec/a_spec.rb", module, ruby.cases(target()), "1a2b3c4d5e")


def test_a_spec_is_written_in_the_way_of_rspec() -> None:
    one = suite(rspec)
    usual, *_, raising = one.cases
    text = rspec.render(replace(one, cases=(usual, replace(usual, name="again", expected="[1]"), raising)))
    assert (
        text
        == """\
# frozen_string_literal: true

# Scaffold by reviewbot for lib/shop/rates.rb::Shop.clamp (1a2b3c4d5e)
require "spec_helper"
require "shop/rates"

RSpec.describe Shop do
  describe ".clamp" do
    it "usual arguments" do
      begin
        result = Shop.clamp(1).inspect
      rescue StandardError, NotImplementedError => error
        skip("to be written: it raised #{error.inspect[0, 200]}")
      end
      skip("to be written: it returned #{result[0, 200]}")
    end

    it "again" do
      expect(Shop.clamp(1)).to eq([1])
    end

    it "raises ArgumentError where low is 6" do
      expect { Shop.clamp(1, 6) }.to raise_error(ArgumentError)
    end
  end
end
"""
    )


def test_a_test_class_is_written_in_the_way_of_minitest() -> None:
    one = suite(minitest, "shop/rates")
    usual, *_, raising = one.cases
    cases = (
        usual,
        replace(usual, name="low is -1", expected="nil"),
        replace(usual, name="low is 1", expected="2"),
        raising,
    )
    assert (
        minitest.render(replace(one, cases=cases))
        == """\
# Scaffold by reviewbot for lib/shop/rates.rb::Shop.clamp (1a2b3c4d5e)
require "minitest/autorun"
require "shop/rates"

class ShopClampTest < Minitest::Test
  def test_usual_arguments
    begin
      result = Shop.clamp(1).inspect
    rescue StandardError, NotImplementedError => error
      skip("to be written: it raised #{error.inspect[0, 200]}")
    end
    skip("to be written: it returned #{result[0, 200]}")
  end

  def test_low_is_minus_1
    assert_nil(Shop.clamp(1))
  end

  def test_low_is_1
    assert_equal(2, Shop.clamp(1))
  end

  def test_raises_argument_error_where_low_is_6
    assert_raises(ArgumentError) { Shop.clamp(1, 6) }
  end
end
"""
    )


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("class A\n  def initialize(n, at: 0); end\n  def f(x, *r, y: 1) = yield(x)\nend",
         "A.new(1).f(1) { |*values| values.first }"),
        ("module A\n  def f = 1\nend", "Object.new.extend(A).f"), ("def f(x) = x", "f(1)"),
        ("def skip(x) = x", "Object.new.send(:skip, 1)"), ("def message() = 1", "Object.new.send(:message)"),
        ("def f(a:, b: 1) = a", "f(a: 1)"),
    ],
)  # fmt: skip
@BOTH
def test_each_kind_of_method_is_called_in_its_way(framework: Framework, text: str, call: str) -> None:
    found = target(text + "\n")
    rendered = framework.render(Suite(found, framework.NAME, "spec/a_spec.rb", "a", ruby.cases(found)))
    assert f"      result = {call}.inspect\n" in rendered


@pytest.mark.parametrize(
    ("framework", "paths", "place"),
    [
        (rspec, ("spec/spec_helper.rb",), "spec/shop/rates_spec.rb"),
        (rspec, ("lib/shop/a.rb", "spec/lib/shop/a_spec.rb"), "spec/lib/shop/rates_spec.rb"),
        (rspec, ("lib/shop/a.rb", "spec/a_spec.rb"), "spec/rates_spec.rb"),
        (rspec, ("spec/shop/rates_spec.rb",), "spec/shop/rates_clamp_spec.rb"),
        (rspec, ("spec/shop/rates_spec.rb", "spec/shop/rates_clamp_spec.rb"), "spec/shop/rates_shop_clamp_spec.rb"),
        (minitest, ("test/shop/a_test.rb",), "test/shop/rates_test.rb"),
        (minitest, ("test/test_helper.rb", "test/test_a.rb", "test/test_b.rb"), "test/shop/test_rates.rb"),
        (minitest, ("lib/shop/a.rb", "test/test_a.rb"), "test/test_rates.rb"),
    ],
)  # fmt: skip
def test_a_test_goes_where_its_like_are(framework: Framework, paths: tuple[str, ...], place: str) -> None:
    places = framework.places(target(), around("lib/shop/rates.rb", *paths))
    assert next(one for one in places if one not in paths) == place
    assert places[-1].startswith("lib/shop/rates_clamp_")


def test_a_gem_of_many_has_its_own_tests() -> None:
    found = target(path="gems/a/lib/x.rb")
    near = around("gems/a/a.gemspec", "Gemfile", "gems/a/lib/x.rb")
    assert rspec.places(found, near)[0] == "gems/a/spec/x_spec.rb"
    assert rspec.module(found, "gems/a/spec/x_spec.rb", near) == "x"


def test_what_a_test_requires_is_what_the_repository_has() -> None:
    helper = around("spec/spec_helper.rb")
    assert rspec.module(target(), "spec/shop/rates_spec.rb", helper) == "spec_helper\nshop/rates"
    frozen = Surroundings(frozenset(["spec/a_spec.rb"]), {"spec/a_spec.rb": FROZEN})
    assert rspec.module(target(), "spec/shop/rates_spec.rb", frozen) == "#\nshop/rates"
    assert minitest.module(target(), "test/rates_test.rb", around("test/test_helper.rb")) == "test_helper\nshop/rates"
    assert rspec.module(target(path="src/a.rb"), "spec/src/a_spec.rb", around()) == "../../src/a"
    assert rspec.module(target(path="src/a.rb"), "src/a_f_spec.rb", around()) == "./a"
    rails = around("spec/rails_helper.rb", "spec/spec_helper.rb", "config/application.rb")
    assert rspec.module(target(path="app/models/a.rb"), "spec/models/a_spec.rb", rails) == "rails_helper"


def test_the_framework_in_use_weighs_most() -> None:
    used = Surroundings(frozenset(["test/a_test.rb"]), {"test/a_test.rb": "class A < Minitest::Test\nend\n"})
    assert minitest.weight(used, "lib/a.rb") > rspec.weight(used, "lib/a.rb") == 0
    other = Surroundings(frozenset([".rspec", "spec/a_spec.rb"]), {"Gemfile": "gem 'rspec'\n"})
    assert rspec.weight(other, "lib/a.rb") > minitest.weight(other, "lib/a.rb") == 0


@BOTH
@pytest.mark.parametrize("path", ["lib/coding: x.rb", "lib/a -*- coding: x -*-.rb", "lib/ENCODING=x.rb"])
def test_a_path_is_no_magic_comment(framework: Framework, path: str) -> None:
    one = suite(framework, "a")
    text = framework.render(replace(one, target=replace(one.target, path=path)))
    assert "coding:" not in (first := text.partition("\n")[0].lower()) and "coding=" not in first and "-*-" not in first


def test_names_of_tests_are_all_different() -> None:
    assert titles(["a is 1", "a is -1", "A is 1", "a_is_1", "?!"], naming.snake) == (
        "a_is_1", "a_is_minus_1", "a_is_1_2", "a_is_1_3", "it",
    )  # fmt: skip
    assert titles(["a is 0.0", "a is -1.0", "a is -10", "a is -1.5f"], naming.pascal) == (
        "AIs0Point0", "AIsMinus1Point0", "AIsMinus10", "AIsMinus1Point5F",
    )  # fmt: skip


@BOTH
def test_a_hole_lands_once_as_it_is(framework: Framework) -> None:
    one = suite(framework)
    for number, case in enumerate(one.cases):
        if not case.is_written:
            assert framework.render(planning.filled(one, {number: "REVIEWBOT_HOLE"})).count("REVIEWBOT_HOLE") == 1


@BOTH
@settings(max_examples=150, deadline=None)
@given(path=NASTY, names=st.lists(NASTY, max_size=4))
def test_no_name_becomes_code(framework: Framework, path: str, names: list[str]) -> None:
    one = suite(framework)
    for expected in (None, "1"):
        cases = tuple(case if case.raises else replace(case, expected=expected) for case in one.cases)
        wanted = replace(one, cases=cases)
        text = framework.render(nasty(wanted, path, names))
        assert skeleton("ruby", text) == skeleton("ruby", framework.render(plain(wanted)))
        assert len(comments("ruby", text)) == 2


@BOTH
@settings(max_examples=80, deadline=None)
@given(path=NASTY)
def test_no_path_becomes_code_where_it_is_required(framework: Framework, path: str) -> None:
    found = replace(target(), path=f"src/{path}x.rb")
    module = framework.module(found, "spec/a_spec.rb", around())
    if module:
        text = framework.render(Suite(found, framework.NAME, "spec/a_spec.rb", module, ruby.cases(found)))
        assert not parse("ruby", text).root_node.has_error
        assert text.count("require") - found.path.count("require") == (1 if framework is rspec else 2)


@BOTH
def test_the_interpreter_agrees_that_names_are_no_code(framework: Framework, tmp_path: Path) -> None:
    program = "rspec" if framework is rspec else "ruby"
    require(shutil.which(program), f"{program} is not installed")
    source = "lib/coding: utf-16 #{exit 3} \"' -*- coding: x -*-.rb"
    files = {source: 'def f(x)\n  raise "b" if x == "\\#{exit 3}"\n  x\nend\n'}
    (found,) = planning.suites(diff(source, None, files[source]), Surroundings(frozenset(files), {}), lambda _: True)
    assert isinstance(found, Suite)
    cases = [replace(case, name=f'#{{exit 3}}{number}"\n#@a\\') for number, case in enumerate(found.cases)]
    toolchain = rspec_runner if framework is rspec else minitest_runner
    place = framework.places(found.target, Surroundings(frozenset(files)))[0]
    module = framework.module(found.target, place, Surroundings(frozenset(files)))
    text = framework.render(replace(found, cases=tuple(cases), module=module))
    tried = trial(toolchain, tmp_path / "copy", {**files, place: text}, tmp_path / "scratch").run(place)
    assert tried.ok and f"{len(cases)} {'pending' if framework is rspec else 'skips'}" in tried.output, tried.output
