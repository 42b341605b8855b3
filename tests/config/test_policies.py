"""Documents: what is valid is taken word for word, what is not is refused with its key and line."""

from __future__ import annotations

import json
import re
import tracemalloc
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot import config
from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, Rule, classify_path
from reviewbot.core.style import Accepted, Dismissed, Instructions, MessageStyle, ReviewStyle
from reviewbot.errors import ConfigError
from tests.policies import DOCUMENTS, POLICIES

#: The repository file of the public interface, word for word.
EXAMPLE = """\
extends = "finance"              # a pack of policies/, optional
default = "internal"             # label of what no rule matches

[[rule]]
label  = "restricted"            # public | internal | confidential | restricted
paths  = ["ledger/**", "infra/prod/**"]     # gitignore patterns, case-insensitive, no negation
reason = "core ledger"

[[rule]]
label   = "confidential"
content = ["PatientId", "iban"]  # literal, case-insensitive; checked in old and new text

[[instructions]]
paths = ["api/**"]
text  = "Every endpoint checks the tenant id."

[review]
max_comments = 5                 # the rest folds into the summary
min_severity = "medium"
language = "en"
ignore = ["**/*.snap"]           # never applies to what a rule labels confidential or above

[gate]
fail_on = "high"
"""


def read(text: str | bytes) -> config.Document:
    return config.read("d.toml", text.encode() if isinstance(text, str) else text)


def problem(text: str | bytes) -> str:
    with pytest.raises(ConfigError) as error:
        read(text)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix("d.toml")


@pytest.mark.parametrize("change", [("", ""), ("\n", "\r\n")])
def test_the_documented_example_is_read_word_for_word(change: tuple[str, str]) -> None:
    assert read(EXAMPLE.replace(*change) if change[0] else EXAMPLE) == config.Document(
        name="d.toml", extends="finance", extends_line=1, default=Label.INTERNAL, default_line=2,
        rules=(Rule(Label.RESTRICTED, ("ledger/**", "infra/prod/**"), (), "core ledger", "d.toml", 4),
               Rule(Label.CONFIDENTIAL, (), ("PatientId", "iban"), "", "d.toml", 9)),
        instructions=(Instructions(("api/**",), "Every endpoint checks the tenant id."),),
        review=ReviewStyle(5, Severity.MEDIUM, "en", ("**/*.snap",)), gate="high",
    )  # fmt: skip


def test_a_byte_order_mark_is_not_part_of_a_document() -> None:
    assert read(b"\xef\xbb\xbf" + EXAMPLE.encode()) == read(EXAMPLE)


ACCEPT = f'[[accept]]\nfingerprint = "{"0a" * 16}"\nreason = "a test key"\n'
VALID = f"{ACCEPT}until = 2027-01-31\n"
RULE = '[[rule]]\nlabel = "public"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": it says nothing"),
        ("# only a comment\n", ": it says nothing"),
        ("\n\n = 1", ":3: Invalid statement"),
        ('default = "internal"\ndefault = "public"\n', ":2: default: given twice"),
        ('default = "internal"\n\ndefault = "internal"\n', ":3: default: given twice"),
        ("[review]\n[gate]\n[review]\n", ":3: review: given twice"),
        ('[review]\nlanguage = "en"\nlanguage = "fr"\n', ":3: review.language: given twice"),
        ('default = "secret"', ":1: default: must be one of 'public', 'internal', 'confidential' or 'restricted'"),
        ('default = "Internal"', ":1: default: must be one of"),
        ("default = 1", ":1: default: must be one of"),
        ('defualt = "public"', ":1: defualt: unknown key"),
        ("[policy]\nx = 1", ":1: policy: unknown key"),
        (RULE, ":1: rule: a rule needs paths or content"),
        (f"{RULE}paths = []", ":1: rule: a rule needs paths or content"),
        (f'{RULE}paths = "a"', ":3: rule.paths: must be an array"),
        (f'{RULE}paths = ["a", 1]', ":3: rule.paths: must be a string"),
        (f'{RULE}paths = [\n"a",\n"!b"]', ":5: rule.paths: a pattern cannot take files out again"),
        (f'{RULE}paths = ["a"]\npath = ["b"]', ":4: rule.path: unknown key"),
        (f'{RULE}content = ["a\\nb"]', ":3: rule.content: a word to look for is one line"),
        (f'{RULE}content = [" "]', ":3: rule.content: a word to look for is one line"),
        ('[rule]\nlabel = "public"\npaths = ["a"]', ":1: rule: must be an array"),
        ("rule = [1]", ":1: rule: must be a table"),
        ('[[rule]]\npaths = ["a"]\n', ":1: rule.label: is missing"),
        ("[review]\nmax_comments = true", ":2: review.max_comments: must be a whole number"),
        ("[review]\nmax_comments = 101", ":2: review.max_comments: input should be less than or equal to 100"),
        ('[review]\nmin_severity = "none"', ":2: review.min_severity: must be one of"),
        ('[review]\nlanguage = "english please"', ":2: review.language: "),
        ("review = 1", ":1: review: must be a table"),
        ('[[instructions]]\npaths = []\ntext = "x"', ":2: instructions.paths: must not be empty"),
        ('[gate]\nfail_on = "never"', ":2: gate.fail_on: must be one of"),
        ('[message]\nstile = "plain"', ":2: message.stile: unknown key"),
        ('[message]\nstyle = "angular"', ":2: message.style: must be one of 'conventional' or 'plain'"),
        ('[message]\ntypes = "feat"', ":2: message.types: must be an array"),
        ('[message]\ntypes = ["Feat!"]', ":2: message.types: "),
        ('[message]\ntypes = []', ":2: message.types: "),
        ('[message]\ntickets = []', ":2: message.tickets: "),
        ('[message]\nscopes = ["a b"]', ":2: message.scopes: "),
        ('[message]\n\ncase = "upper"', ":3: message.case: must be one of 'lower' or 'sentence'"),
        ('[message]\nmood = "future"', ":2: message.mood: must be one of 'imperative' or 'past'"),
        ('[message]\ntickets = ["abc"]', ":2: message.tickets: "),
        ("[message]\nmax_subject = 73", ":2: message.max_subject: input should be less than or equal to 72"),
        ("[message]\nmax_subject = true", ":2: message.max_subject: must be a whole number"),
        ("message = 1", ":1: message: must be a table"),
        ('extends = "../x"', ":1: extends: "),
        ('region = "EU"', ":1: region: must be one of 'eu', 'us' or 'local'"),
        ('zero_retention = "yes"', ":1: zero_retention: must be true or false"),
        (b'default = "public"\n\n# \xff', ":3: not UTF-8"),
        ("x = " + "[" * 5000, ": nested too deeply"),
        ("x = " + "9" * 5000, ": a value that is too large"),
        ("x = 1\n" * 20_000, ": larger than 64 KiB"),
        ("a." * 60 + "a = 1", ":1: a key of too many parts"),
        ('[[dismiss]]\nrule = "credentials/key"\npaths = ["x"]\nreason = "r"', ":2: dismiss.rule: "),
        ('[[dismiss]]\nrule = "a b"\npaths = ["x"]\nreason = "r"', ":2: dismiss.rule: "),
        ('[[dismiss]]\nrule = "a/b"\nreason = "r"', ":1: dismiss.paths: is missing"),
        ('[[accept]]\nfingerprint = "xyz"\nuntil = 2027-01-31\nreason = "r"', ":2: accept.fingerprint: "),
        (f'{ACCEPT}until = "2027-01-31"', ":4: accept.until: must be a date"),
        (f'{ACCEPT}until = 2027-01-31T00:00:00', ":4: accept.until: must be a date"),
        (ACCEPT, ":1: accept.until: is missing"),
        (RULE + "paths = [" + "'*a*', " * 501 + "]", ": rule.paths: more than 1,000 wildcards in all"),
        (VALID.replace("a test key", ""), ":3: accept.reason: must not be empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key_and_line(text: str | bytes, said: str) -> None:
    assert problem(text).startswith(said)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "an empty pattern"), ("/", "an empty pattern"), (" ", "an empty pattern"),
        ("#a", "begins with #"), (" a", "white space"), ("a ", "white space"), ("a\tb", "not seen"),
        ("a\u200bb", "not seen"), ("a//b", "empty, . and .."), ("./a", "empty, . and .."),
        ("a/../b", "empty, . and .."), ("a\\b", "separated by /"), ("a\\", "separated by /"),
        ("[[:alpha:]]", "in brackets"), ("[é]", "in brackets"), ("[z-a]", "in brackets"), ("[A-z]", "in brackets"),
        ("a[/]b", "in brackets"), ("[a", "in brackets"), ("[]a]", "in brackets"), ("[!]", "in brackets"),
        ("[a\\]b]", "in brackets"), ("a\uff0a", "looks like one of"), ("a∕b", "looks like one of"),
        ("a/***", "*** is no wildcard"), ("*a" * 9, "more than 8 wildcards"), ("a" * 513, "string should have at most"),
    ],
)  # fmt: skip
def test_a_pattern_that_would_protect_nothing_is_refused(pattern: str, said: str) -> None:
    text = f"{RULE}paths = [{json.dumps(pattern)}]"
    assert problem(text).startswith(":3: rule.paths: ")
    assert said in problem(text)


def test_what_is_refused_is_not_repeated_in_the_message() -> None:
    for text in (f'{RULE}paths = ["!TOPSECRET"]', 'default = "TOPSECRET"', f'{RULE}content = ["\\nTOPSECRET"]'):
        assert "TOPSECRET" not in problem(text)


def test_a_name_that_is_markup_is_one_visible_line() -> None:
    with pytest.raises(ConfigError) as error:
        config.read("d.toml", b'"a\\nb\\u202e" = 1')
    assert str(error.value) == "d.toml:1: a\\nb\\u{202e}: unknown key"


@pytest.mark.parametrize(
    "text",
    ["a." * 30_000 + "a = 1", "[" + "a." * 30_000 + "a]", '"\\"".' * 10_000 + "a = 1", "a" * 60_000, '"' * 60_000,
     "x = " + "[" * 300 + "1," * 2_000 + "]" * 300, "'\"" * 30_000],
)  # fmt: skip
def test_a_hostile_document_takes_little_memory(text: str) -> None:
    tracemalloc.start()
    problem(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@given(st.binary(max_size=80) | st.text("[]{}=.,\"'#ab \n\r\\", max_size=60).map(str.encode))
def test_any_bytes_are_a_document_or_one_line_of_error(data: bytes) -> None:
    try:
        config.read("d.toml", data)
    except ConfigError as error:
        assert "\n" not in str(error)


def test_the_strictest_default_counts_and_nobodys_rules_are_lost() -> None:
    operator = read(f'default = "confidential"\n{RULE}paths = ["a"]')
    own = config.read(
        "own", b'default = "public"\n[[rule]]\nlabel = "restricted"\npaths = ["b"]\n[gate]\nfail_on = "none"'
    )
    policy = config.effective([operator, own], "base")
    assert (policy.default, policy.default_place) == (Label.CONFIDENTIAL, "d.toml:1")
    assert policy.rules == operator.rules + own.rules
    assert policy.fail_on is None
    assert config.effective([], "none").default == Label.INTERNAL


def test_of_demands_on_hosted_models_the_strictest_counts_and_the_head_can_only_add() -> None:
    operator, own = read('region = "eu"'), read("zero_retention = true")
    policy = config.effective([operator, own], "base")
    assert (policy.region, policy.zero_retention) == ("eu", True)
    assert config.effective([operator, read('region = "us"')], "base").region == "local"
    head = config.tightened(policy, [read('region = "us"\nzero_retention = false')])
    assert (head.region, head.zero_retention) == ("eu", True)
    assert head.tightened is not None
    assert head.tightened.region == "us"
    others = (head, config.effective([operator], "base"), config.effective([], "base"))
    assert len({one.sha256 for one in (policy, *others)}) == 4


def test_a_document_that_is_read_twice_counts_once() -> None:
    assert config.effective([read(EXAMPLE)] * 2, "base") == config.effective([read(EXAMPLE)], "base")


ACCEPTED = Accepted("0a" * 16, date(2027, 1, 31), "a test key", "d.toml", 1)


def test_a_dismissal_is_the_bases_to_say() -> None:
    text = b'[[dismiss]]\nrule = "a/b"\npaths = ["x/**"]\nreason = "r"\n'
    said = config.read("x.toml", text)
    base = config.effective([said], "base")
    entry = Dismissed("a/b", ("x/**",), "r", "x.toml", 1)
    assert base.dismissed == (entry,)
    assert config.failed(base, "broken").dismissed == ()
    tightened = config.tightened(base, [said])
    assert tightened.tightened is not None
    assert (tightened.dismissed, tightened.tightened.dismissed) == ((entry,), ())
    assert base.sha256 != config.sealed(replace(base, dismissed=())).sha256


MESSAGE = """\
[message]
style = "plain"
types = ["feat", "fix"]
scopes = []
case = "sentence"
mood = "past"
tickets = ["ABC"]
max_subject = 60
"""


def test_the_style_of_messages_is_the_bases_to_say() -> None:
    style = MessageStyle("plain", ("feat", "fix"), (), "sentence", "past", ("ABC",), 60)
    base = config.effective([read(RULE + 'paths = ["a"]\n'), read(MESSAGE)], "base")
    assert base.message == style
    assert config.effective([read(MESSAGE), read("[message]\nmax_subject = 50\n")], "base").message == MessageStyle(
        max_subject=50
    )
    tightened = config.tightened(base, [read('[message]\nstyle = "conventional"\n')])
    assert tightened.tightened is not None
    assert (tightened.message, tightened.tightened.message) == (style, MessageStyle())


def test_the_table_of_the_page_on_messages_is_valid() -> None:
    page = (Path(__file__).parents[2] / "docs/messages.md").read_text()
    (table,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    style = config.effective([read(table)], "base").message
    assert style == MessageStyle(
        "conventional", ("feat", "fix", "docs", "chore"), ("api", "cli"), "lower", "imperative", ("ABC",), 60
    )


def test_a_policy_without_a_message_table_keeps_its_hash() -> None:
    base = config.effective([read(EXAMPLE)], "base")
    assert base.message == MessageStyle()
    assert config.sealed(replace(base, message=MessageStyle())).sha256 == base.sha256
    assert config.sealed(replace(base, message=MessageStyle(max_subject=60))).sha256 != base.sha256


def test_an_accepted_credential_is_the_bases_to_say() -> None:
    base = config.effective([read(VALID)], "base")
    assert base.accepted == (ACCEPTED,)
    assert config.failed(base, "broken").accepted == ()
    head = read(VALID.replace("0a", "0b"))
    tightened = config.tightened(base, [head])
    assert tightened.accepted == (ACCEPTED,)
    assert tightened.tightened is not None
    assert tightened.tightened.accepted == ()
    assert base.sha256 != config.effective([read(VALID.replace("2027", "2028"))], "base").sha256
    assert base.sha256 == config.effective([read(VALID.replace("a test", "another"))], "base").sha256


@given(POLICIES, st.lists(DOCUMENTS, max_size=2))
def test_the_head_has_no_say_but_in_labels(base: Policy, head: list[config.Document]) -> None:
    loud = [replace(one, gate="none", review=ReviewStyle(0, Severity.CRITICAL, "xx", ("**",))) for one in head]
    after = config.tightened(base, loud)
    assert (after.fail_on, after.review, after.instructions) == (base.fail_on, base.review, base.instructions)
    assert (after.rules, after.default, after.metadata) == (base.rules, base.default, base.metadata)


@given(st.permutations([("restricted", "a"), ("public", "b"), ("internal", "c")]))
def test_the_hash_is_that_of_what_is_decided(order: list[tuple[str, str]]) -> None:
    def of(pairs: list[tuple[str, str]], reason: str = "") -> str:
        text = "".join(
            f'[[rule]]\nlabel = "{label}"\npaths = ["{path}"]\nreason = "{reason}"\n' for label, path in pairs
        )
        return config.effective([read(text)], "base").sha256

    assert of(order) == of(sorted(order), "another reason")
    assert of(order) != of(order[1:])
    assert of(order) != config.failed(config.effective([read(EXAMPLE)], "base"), "x").sha256


def test_a_failed_policy_restricts_every_path() -> None:
    assert classify_path(config.failed(config.effective([], "pack"), "broken"), "README.md").label == Label.RESTRICTED
