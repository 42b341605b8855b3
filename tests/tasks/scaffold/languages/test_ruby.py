from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.languages import ruby
from reviewbot.tasks.scaffold.suites import Target
from tests.readings import diff

SHOP = """\
module Shop
  class Error < StandardError; end

  module Rates
    module_function

    def round_up(value, step = 1) = value

    private

    def hidden = 1
  end

  class Box
    def initialize(items, limit: 3); end

    def put(item, *rest, at: 0, &block)
      raise Error unless item
      raise ArgumentError, "at" if at < 0
    end

    def self.of(items) = new(items)

    def shut; end
    private :shut

    private def inner; end
    protected def kin; end

    class << self
      def empty = new([])
    end

    private_class_method def self.secret = 1
  end

  class Once
    private_class_method :new
    def used; end
  end

  module Loud
    def shout(text) = text.upcase
  end

  class Locked
    def f; end
  end
  private_constant :Locked
end

def helper(list) = list
"""


def targets(new: str, old: str | None = None, path: str = "lib/shop.rb") -> list[Target]:
    return list(ruby.targets(Syntax(diff(path, old, new))))


def test_public_methods_are_targets_and_hidden_ones_are_not() -> None:
    found = [(target.name, target.kind, target.traits["kind"]) for target in targets(SHOP)]
    assert found == [
        ("Shop::Rates.round_up", "method", "static"), ("Shop::Box.put", "method", "instance"),
        ("Shop::Box.of", "method", "static"), ("Shop::Box.empty", "method", "static"),
        ("Shop::Once.used", "method", "instance"), ("Shop::Loud.shout", "method", "mixin"),
        ("helper", "function", "top"),
    ]  # fmt: skip
    assert [target.called for target in targets(SHOP) if not ruby.cases(target)] == ["used"]


def test_parameters_are_read_as_a_call_gives_them() -> None:
    put = next(target for target in targets(SHOP) if target.called == "put")
    assert [(one.name, one.default, one.named) for one in put.parameters] == [("item", None, False), ("at", "0", True)]
    assert [(one.name, one.named) for one in put.constructor] == [("items", False), ("limit", True)]
    assert put.traits["block"] == "yes"


def test_a_guard_says_what_is_raised_by_its_full_name() -> None:
    put = next(target for target in targets(SHOP) if target.called == "put")
    assert put.traits["raises Error"] == "Shop::Error" and put.traits["raises ArgumentError"] == "ArgumentError"
    raising = {case.raises: dict(case.arguments) for case in ruby.cases(put) if case.raises}
    assert raising["ArgumentError"]["at"] == "-1"


def test_a_guard_with_unless_is_met_where_its_condition_does_not_hold() -> None:
    (target,) = targets("def f(x, y = 1)\n  raise KeyError unless x > 0\n  x\nend\n")
    raising = {dict(case.arguments)["x"]: case.raises for case in ruby.cases(target)}
    assert (raising["0"], raising["-1"], raising["1"], raising["2"]) == ("KeyError", "KeyError", "", "")


def test_a_guard_that_returns_comes_before_one_that_raises() -> None:
    (target,) = targets("def f(x)\n  return 1 if x < 0\n  raise KeyError unless x > 5\n  x\nend\n")
    raising = {dict(case.arguments)["x"]: case.raises for case in ruby.cases(target)}
    assert (raising["-1"], raising["1"]) == ("", "KeyError")


def test_sections_hide_what_stands_below_them() -> None:
    for section in ("private", "protected"):
        text = f"class A\n  def f; end\n  {section}\n  def g; end\n  public\n  def h; end\nend\n"
        assert [target.name for target in targets(text)] == ["A.f", "A.h"]


def test_an_exception_that_the_file_does_not_show_is_a_standard_error() -> None:
    (target,) = targets("def f(x)\n  raise Elsewhere::Odd if x > 3\n  x\nend\n")
    assert target.traits["raises Elsewhere::Odd"] == "StandardError"


def test_errors_that_are_rescued_are_no_guards() -> None:
    (target,) = targets("def f(x)\n  raise 'a' if x > 3\nrescue\n  1\nend\n")
    assert target.branches == ()


def test_a_parameter_that_becomes_something_else_ends_the_guards() -> None:
    (target,) = targets("def f(x)\n  x = x.abs\n  raise 'a' if x < 3\n  x\nend\n")
    assert target.branches == ()


@pytest.mark.parametrize(
    ("source", "usual"),
    [
        ("def f(x) = x.upcase", '"abc"'), ("def f(x) = x.map(&:to_s)", "[1, 2, 3]"),
        ("def f(x) = x.fetch(:a)", "{ a: 1 }"), ("def f(x) = x[:a]", "{ a: 1 }"), ("def f(x) = x[0].y", '"abc"'),
        ("def f(x) = x + 1", "1"), ("def f(x) = x + 'a'", "1"),
        ("def f(title) = title", '"abc"'), ("def f(options) = options", "{ a: 1 }"), ("def f(is_x) = is_x", "true"),
        ("def f(words) = words", "[1, 2, 3]"),
    ],
)  # fmt: skip
def test_a_value_is_what_the_body_or_the_name_asks_for(source: str, usual: str) -> None:
    (target,) = targets(source + "\n")
    assert ruby.cases(target)[0].arguments[0][1] == usual


@pytest.mark.parametrize(
    "source", ["def f(x) = x.ship!(1)", "def f(request) = request", "def f(x) = x.upcase + x.ship!"]
)
def test_an_object_that_a_test_cannot_make_leaves_no_cases(source: str) -> None:
    (target,) = targets(source + "\n")
    assert ruby.cases(target) == ()


def test_a_constructor_is_given_what_its_own_body_asks_for() -> None:
    (target,) = targets("class A\n  def initialize(x) = @x = x.upcase\n  def f(x) = x + 1\nend\n")
    usual = ruby.cases(target)[0]
    assert (usual.construction, usual.arguments) == ((("x", '"abc"'),), (("x", "1"),))


def test_a_method_that_always_raises_is_left_out() -> None:
    assert targets("def f(x)\n  raise NotImplementedError\nend\ndef g(x) = raise(NotImplementedError)\n") == []


def test_defaults_decide_before_names_and_counts_are_not_negative() -> None:
    (target,) = targets("def f(name = 1.0, mode: :fast, times: 2)\nend\n")
    values = {pair for case in ruby.cases(target) for pair in case.arguments}
    assert ("name", "0.0") in values and ("times", "0") in values and ("times", "-1") not in values


def test_fields_of_a_struct_make_it() -> None:
    (target,) = targets("class Point < Struct.new(:x, :y)\n  def length = x + y\nend\n")
    assert [one.name for one in target.constructor] == ["x", "y"]


def test_only_what_changed_is_a_target() -> None:
    old = "def f(x)\n  x\nend\n\ndef g(x)\n  x\nend\n"
    assert [target.name for target in targets(old.replace("def g(x)\n  x", "def g(x)\n  x + 1"), old)] == ["g"]


@pytest.mark.parametrize(
    "path", ["spec/a_spec.rb", "test/a.rb", "vendor/a.rb", "examples/a.rb", "Rakefile", "a.gemspec"]
)
def test_tests_samples_foreign_files_and_manifests_have_none(path: str) -> None:
    assert targets("def f(x) = x\n", path=path) == []


@pytest.mark.parametrize("source", ["def +(x) = x", "def x=(y); end", "class (system('x'))::A\n  def f; end\nend"])
def test_what_a_test_cannot_call_by_name_is_left_out(source: str) -> None:
    assert targets(source + "\n") == []


def test_what_takes_a_pair_is_a_target_without_calls() -> None:
    assert [ruby.cases(target) for target in targets("def f((a, b)) = a\n")] == [()]


GUARDED = """\
class Price
  def initialize(amount, currency)
    raise ArgumentError unless %w[EUR USD].include?(currency)
    raise ArgumentError if amount < 2
    @amount = amount
  end

  def in(unit)
    raise KeyError, unit unless ["m", "km"].include?(unit)
    unit
  end
end
"""


def test_constructors_and_usual_calls_get_what_their_guards_let_through() -> None:
    (target,) = targets(GUARDED)
    calls = ruby.cases(target)
    assert {case.construction for case in calls} == {(("amount", "2"), ("currency", '"EUR"'))}
    assert (calls[0].name, calls[0].arguments, calls[0].raises) == ("usual arguments", (("unit", '"m"'),), "")
    assert "KeyError" in {case.raises for case in calls}


def test_a_default_that_a_guard_refuses_is_no_usual_argument() -> None:
    made = "def initialize(size = 0)\n    raise ArgumentError if size < 2\n    @size = size\n  end"
    source = f"class Box\n  {made}\n\n  def at(place: nil)\n    raise KeyError if place.nil?\n    place\n  end\nend\n"
    (target,) = targets(source)
    first = ruby.cases(target)[0]
    assert (first.construction, first.raises) == ((("size", "2"),), "") and dict(first.arguments)["place"] != "nil"


@pytest.mark.parametrize("taken", ["path", "out_dir = '.'", "folder: ''"])
def test_no_path_is_the_current_folder(taken: str) -> None:
    (target,) = targets(f"def f({taken}, n = 1) = n\n")
    given = [dict(case.arguments).get(target.parameters[0].name) for case in ruby.cases(target)]
    assert given and set(given) <= {'"abc"', '"a b"'}


def test_a_test_names_a_method_by_its_class_and_a_function_by_its_file() -> None:
    by_name = {target.called: target for target in targets(SHOP)}
    assert ruby.names("Shop::Box.new([]).put(1)", "spec/a_spec.rb", by_name["put"])
    assert not ruby.names("# Shop::Box.put", "spec/a_spec.rb", by_name["put"])
    assert not ruby.names("Shop::Bag.new.put(1)", "spec/a_spec.rb", by_name["put"])
    assert not ruby.names("Shop::Box.new([]).put(1)", "lib/shop.rb", by_name["put"])
    assert ruby.names("require 'shop'\nhelper([])", "spec/a_spec.rb", by_name["helper"])
    assert not ruby.names("require 'other'\nhelper([])", "spec/a_spec.rb", by_name["helper"])


def test_deep_and_wide_files_are_read_in_linear_time() -> None:
    assert targets("module A\n" * 3000 + "end\n" * 3000) == []
    assert len(targets("".join(f"def f{number}(x) = x\n" for number in range(2000)))) == 2000


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("def f(x)\n raise if<\"#{}':;=&*.Aend,self|"), max_size=80))
def test_any_text_is_read(source: str) -> None:
    for target in targets(source):
        ruby.cases(target)
