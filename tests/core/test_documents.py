"""A policy that is written and read again decides the same."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reviewbot import config
from reviewbot.core.documents import written
from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, Rule, classify_path
from reviewbot.core.style import Accepted, Dismissed, Instructions, ReviewStyle
from tests.policies import DOCUMENTS, PATHS, PATTERNS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
WORD = TEXT.filter(lambda text: text.strip() != "" and "\n" not in text)
POLICIES = st.builds(
    lambda documents, words, text, style, gate, until: config.sealed(
        Policy(
            rules=(
                *(rule for document in documents for rule in document.rules if rule.paths or rule.content),
                Rule(Label.RESTRICTED, (), tuple(words), text, f"x{text}.toml", 3),
            ),
            default=documents[0].default or Label.INTERNAL, source="base", sha256="",
            metadata=documents[0].metadata, instructions=(Instructions(PATTERNS[:2], text),), review=style,
            fail_on=gate, accepted=(Accepted("0a" * 16, until, text, "x.toml", 9),), default_place=text,
            dismissed=(Dismissed("a/b", ("x/**",), text, "x.toml", 12),),
        )
    ),
    st.lists(DOCUMENTS, min_size=1, max_size=2),
    st.lists(WORD, min_size=1, max_size=3),
    TEXT,
    st.builds(ReviewStyle, st.integers(0, 100), st.sampled_from(Severity), st.sampled_from(["en", "pt-BR"]),
              st.lists(st.sampled_from(PATTERNS), max_size=2).map(tuple)),
    st.none() | st.sampled_from([gate for gate in Severity if gate > Severity.INFO]),
    st.dates(),
)  # fmt: skip


def read(text: str) -> Policy:
    return config.effective([config.read("shown.toml", text.encode())], "operator")


@given(POLICIES, TEXT)
def test_a_policy_written_is_the_same_policy(policy: Policy, title: str) -> None:
    again = read(written(policy, title))
    assert again.sha256 == policy.sha256
    assert [classify_path(again, path).label for path in PATHS] == [classify_path(policy, path).label for path in PATHS]
    assert again.rules[-1].reason == policy.rules[-1].reason


def test_each_rule_stands_under_the_place_it_comes_from() -> None:
    policy = config.effective(
        [config.read("a.toml", b'default = "public"\n\n[[rule]]\nlabel = "internal"\npaths = ["x"]')], "pack"
    )
    assert written(policy, "Title").split("\n\n")[1:] == [
        '# a.toml:1\ndefault = "public"',
        '# a.toml:3\n[[rule]]\nlabel = "internal"\npaths = ["x"]',
        '[gate]\nfail_on = "critical"\n',
    ]


def test_a_policy_that_failed_is_written_as_what_it_does() -> None:
    again = read(written(config.failed(Policy((), Label.PUBLIC, "base", ""), "x.toml:1: broken\n[gate]"), "Title"))
    assert {classify_path(again, path).label for path in PATHS} == {Label.RESTRICTED}
    assert again.metadata == Label.RESTRICTED
    assert (again.region, again.zero_retention) == ("local", True)


def test_what_is_not_seen_is_spelled_out() -> None:
    rule = Rule(Label.PUBLIC, ("a",), reason="x\u202ey\x7f\n")
    text = written(
        Policy((rule,), Label.PUBLIC, "base", "", accepted=(Accepted("0" * 32, date(2027, 1, 31), "r"),)), "T\n"
    )
    assert 'reason = "x\\U0000202Ey\\U0000007F\\U0000000A"' in text
    assert "until = 2027-01-31\n" in text
    assert text.startswith("# T\\n\n")
