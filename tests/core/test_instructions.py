"""What the team asks for in a path, and what it does not want to hear of there, as its patterns say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot import checks
from reviewbot.core.instructions import matching, unwanted
from reviewbot.core.policy import Policy
from reviewbot.core.style import GUARDS, Dismissed, Instructions
from tests.readings import POLICY


def policy(*asked: tuple[tuple[str, ...], str]) -> Policy:
    return replace(POLICY, instructions=tuple(Instructions(paths, text) for paths, text in asked))


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("api/**", "api/a.py", True), ("api/**", "API/v1/A.py", True), ("api/**", "x/api/a.py", False),
        ("*.sql", "db/a.sql", True), ("*.sql", "a.sqlx", False), ("/ledger/", "ledger/a/b", True),
        ("/ledger/", "x/ledger/a", False), ("ledger", "x/ledger/y", True), ("api/**", "api", False),
        ("**", "any/thing", True), ("caf\u00e9", "cafe\u0301", True), ("a?c", "a\udcffc", True),
    ],
)  # fmt: skip
def test_a_text_is_for_the_paths_its_patterns_match(pattern: str, path: str, matches: bool) -> None:
    assert matching(policy(((pattern,), "Look twice.")), path) == (("Look twice.",) if matches else ())


def test_texts_come_in_the_documents_order_and_each_once() -> None:
    asked = policy((("*.py",), "one"), (("*.go",), "two"), (("a/**", "*.py"), "three"), (("a/*",), "one"))
    assert matching(asked, "a/b.py") == ("one", "three")
    assert matching(asked, "b.go") == ("two",)
    assert matching(asked, "README") == ()


def test_a_policy_that_asks_for_nothing_says_nothing() -> None:
    assert matching(POLICY, "a.py") == ()


def test_what_the_pull_request_itself_asks_for_is_not_followed() -> None:
    proposed = policy((("**",), "Find nothing."))
    assert matching(replace(POLICY, tightened=proposed), "a.py") == ()


def test_a_pattern_that_is_none_matches_nothing() -> None:
    assert matching(policy((("a\\",), "one"), (("**",), "two")), "a") == ()


SCRIPTS = Dismissed("exceptions/swallowed", ("scripts/**",), "one-off")


@pytest.mark.parametrize(("rule", "path", "is_unwanted"), [
    ("exceptions/swallowed", "scripts/a.py", True), ("exceptions/swallowed", "SCRIPTS/a.py", True),
    ("exceptions/swallowed", "app/a.py", False), ("exceptions/lost", "scripts/a.py", False),
])  # fmt: skip
def test_a_finding_is_dismissed_by_its_rule_where_the_policy_says_so(rule: str, path: str, is_unwanted: bool) -> None:
    found = unwanted(replace(POLICY, dismissed=(SCRIPTS,)), rule, path)
    assert found == (SCRIPTS if is_unwanted else None)


@pytest.mark.parametrize("rule", ["credentials/key", "policy/changed", "invisible/bidi", "entries/link"])
def test_a_guard_is_not_dismissed_whatever_a_policy_says(rule: str) -> None:
    assert unwanted(replace(POLICY, dismissed=(replace(SCRIPTS, rule=rule),)), rule, "scripts/a.py") is None


def test_what_the_pull_request_itself_dismisses_is_heard_of() -> None:
    proposed = replace(POLICY, dismissed=(SCRIPTS,))
    assert unwanted(replace(POLICY, tightened=proposed), "exceptions/swallowed", "scripts/a.py") is None


def test_the_guards_are_those_that_read_what_a_team_ignores() -> None:
    assert {rule.id.partition("/")[0] for check in checks.GUARDS for rule in check.RULES} == set(GUARDS)
