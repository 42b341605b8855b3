"""Policies from the text of documents, for tests: pure values, no files."""

from __future__ import annotations

from hypothesis import strategies as st

from reviewbot import config
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.policy import Policy, Rule

#: Paths and patterns that meet each other often, look-alikes and other cases among them.
PATHS = (
    "a", "b", "a/b", "A/B", "b/a", "a/b/c", "docs/a", "docs/b.pem", "x.pem", "X.PEM", "docs", "docs/sub/c", "b ",
    "\u0430/b", "a\u200b/b", "\u00e9", "e\u0301", "\u017f", "s", "a\udce9",
)  # fmt: skip
PATTERNS = ("a", "b", "a/**", "a/*", "docs/", "docs/**", "*.pem", "**", "*", "/*", "**/b", "é", "S", "docs/sub/**", "?")

RULES = st.builds(
    Rule,
    st.sampled_from(ASSIGNABLE),
    st.lists(st.sampled_from(PATTERNS), max_size=2).map(tuple),
    st.lists(st.sampled_from(("iban", "Patient", "ß")), max_size=1).map(tuple),
    st.just(""),
    st.sampled_from(("x.toml", "y.toml")),
    st.integers(1, 9),
)
DOCUMENTS = st.builds(
    config.Document,
    rules=st.lists(RULES, max_size=4).map(tuple),
    default=st.none() | st.sampled_from(ASSIGNABLE),
    metadata=st.none() | st.sampled_from(ASSIGNABLE),
    region=st.sampled_from((None, None, "eu", "us", "local")),
    zero_retention=st.booleans(),
)
POLICIES = st.lists(DOCUMENTS, max_size=2).map(lambda documents: config.effective(documents, "base"))


def policy(*texts: str) -> Policy:
    """The policy of documents by their text, the operator's first."""
    return config.effective([config.read(f"{n}.toml", text.encode()) for n, text in enumerate(texts)], "operator")


def rules(*given: tuple[str, str], default: Label = Label.INTERNAL) -> Policy:
    """A policy of (label, pattern) pairs."""
    return policy(f'default = "{default}"\n' + "".join(
        f"[[rule]]\nlabel = '{label}'\npaths = ['{pattern}']\n" for label, pattern in given
    ))  # fmt: skip
