"""The label of a change: the strictest of all that speaks for it, and never lower than any part."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot import config
from reviewbot.core.diff import Blob, FileDiff
from reviewbot.core.fingerprints import Source, index
from reviewbot.core.labels import Label, join
from reviewbot.core.policy import (
    Policy,
    Rule,
    classify,
    classify_path,
    covering,
    matches,
    metadata_label,
    text_label,
)
from tests.policies import DOCUMENTS, PATHS, POLICIES, RULES, policy, rules
from tests.readings import blob, diff

P, I, C, R = Label.PUBLIC, Label.INTERNAL, Label.CONFIDENTIAL, Label.RESTRICTED  # noqa: E741


def label(asked: Policy, path: str) -> Label:
    return classify_path(asked, path).label


def test_the_strictest_rule_wins_whatever_the_order() -> None:
    given = [("public", "docs/**"), ("restricted", "**/keys/**"), ("internal", "docs/**"), ("confidential", "*.md")]
    for order in (given, given[::-1]):
        asked = rules(*order)
        assert label(asked, "docs/keys/a.md") == R
        assert label(asked, "docs/a.md") == C
        assert label(asked, "docs/a.txt") == I
        assert label(asked, "src/a.txt") == I


def test_a_rule_may_be_lower_than_the_default_and_then_covers_what_it_says_only() -> None:
    asked = rules(("public", "docs/**"), default=C)
    assert label(asked, "docs/a") == P
    assert label(asked, "docs") == C
    assert label(asked, "dосs/a") == C  # looks like docs, is not


def test_the_verdict_names_every_rule_that_won_and_no_other() -> None:
    asked = rules(("restricted", "a/**"), ("restricted", "*.pem"), ("public", "a/**"))
    assert classify_path(asked, "a/x.pem").rules == ("0.toml:2", "0.toml:5")
    assert classify_path(asked, "b").rules == ("default",)
    assert [rule.line for rule in matches(asked, "a/x")] == [2, 8]
    assert covering(asked, asked.rules[0], "A/x") == ("a/**",)


@pytest.mark.parametrize(
    "name",
    ["Ledger/a", "LEDGER/A", "ledger", "ledger/a/b", "lеdger/a", "ｌedger/a", "led\u200bger/a", "ledger /a",
     "ledger./a", " ledger/a", "ⅼedger/a", "ledgeг/a", "ledger\\a", "ledger∕a"],
)  # fmt: skip
def test_no_other_spelling_of_a_name_escapes_its_rule(name: str) -> None:
    assert label(rules(("restricted", "ledger/**")), name) == R


@pytest.mark.parametrize("name", ["led\u200bger/a", "lеdger/a", "ledger /a", "ledger\u202e/a", "ledger./a"])
def test_a_reader_is_warned_of_a_name_that_deceives(name: str) -> None:
    assert classify_path(rules(("restricted", "ledger/**")), name).warnings


@pytest.mark.parametrize("name", ["a" * 5000, "x\udce9", "x\ud800"])
def test_a_name_that_cannot_be_matched_is_restricted(name: str) -> None:
    verdict = classify_path(rules(("public", "**"), default=P), name)
    assert verdict.label == R
    assert verdict.warnings


def test_a_pattern_of_another_form_covers_the_name() -> None:
    asked = rules(("restricted", unicodedata.normalize("NFD", "café/**")))
    assert label(asked, "café/a") == label(asked, unicodedata.normalize("NFD", "CAFÉ/a")) == R


def test_a_renamed_file_has_the_label_of_both_names() -> None:
    asked = rules(("restricted", "ledger/**"))
    for old, new in (("ledger/a", "src/a"), ("src/a", "ledger/a")):
        assert classify(asked, diff(new, "x\n", "x\n", old_path=old, change="renamed")).label == R


def test_a_word_counts_in_the_old_text_and_in_the_new_one() -> None:
    asked = policy('[[rule]]\nlabel = "restricted"\ncontent = ["PatientId"]')
    assert classify(asked, diff("a", "patientid = 1\n", "x\n")).label == R
    assert classify(asked, diff("a", "x\n", "PATIENTID = 1\n")).label == R
    assert classify(asked, diff("a", "x\n", "patient = 1\n")).label == I
    assert text_label(asked, "patientid") == R


def test_what_cannot_be_read_has_the_label_of_the_strictest_word() -> None:
    asked = policy('[[rule]]\nlabel = "confidential"\ncontent = ["x"]\n[[rule]]\nlabel = "public"\ncontent = ["y"]')
    binary = FileDiff("modified", "a", "a", blob("x\n"), Blob("2" * 40, "100644", 9, None, "binary"))
    verdict = classify(asked, binary)
    assert verdict.label == C
    assert "content not read: binary" in str(verdict.rules)


def test_a_word_never_lowers_a_label() -> None:
    asked = policy('default = "confidential"\n[[rule]]\nlabel = "public"\ncontent = ["x"]')
    assert classify(asked, diff("a", None, "x\n")).label == C


@pytest.mark.parametrize(
    ("path", "target"),
    [("docs/a", "../ledger/a"), ("a", "ledger"), ("a", "./x/../ledger/a"), ("a", "/srv/../ledger/a"),
     ("docs/a", "../../../ledger/a"), ("a", "LEDGER"), ("a", "ledger/"), ("a", "//ledger/a"), ("a", "ledger\n")],
)  # fmt: skip
def test_a_link_has_the_label_of_where_it_leads(path: str, target: str) -> None:
    file = diff(path, None, target, new_mode="120000")
    assert classify(rules(("restricted", "ledger/**")), file).label == R
    assert classify(rules(("restricted", "ledger/**")), diff(path, None, target)).label == I


@pytest.mark.parametrize("target", ["../" * 500_000, "x/" * 500_000, "/" * 1_000_000])
def test_a_link_of_a_megabyte_is_no_burden(target: str) -> None:
    assert classify(rules(("restricted", "ledger/**")), diff("a", None, target, new_mode="120000")).label >= I


def test_a_submodule_that_takes_a_folders_name_is_in_its_zone() -> None:
    module = FileDiff("added", "ledger", "ledger", blob(None), Blob("2" * 40, "160000", 0, None, "submodule"))
    assert classify(rules(("restricted", "ledger/**")), module).label == R


def test_what_is_copied_brings_its_label() -> None:
    text = "".join(f"posting number {n} is entered twice in the book\n" for n in range(9))
    sources = index([Source("ledger/a", R, text, "3" * 40)])
    verdict = classify(rules(("restricted", "ledger/**")), diff("docs/a", None, text), sources)
    assert (verdict.label, verdict.rules) == (R, ("excerpt of ledger/a",))
    assert verdict.excerpt is not None


def test_a_policy_that_failed_restricts_everything() -> None:
    broken = config.failed(rules(("public", "**"), default=P), "x.toml:3: no")
    assert classify(broken, diff("a", None, "x\n")).label == R
    assert classify_path(broken, "a").rules == ("policy unreadable",)
    assert metadata_label(broken, []) == R


def test_patterns_that_cannot_be_matched_restrict_everything() -> None:
    assert label(Policy((Rule(P, ("a", "b\\")),), P, "base", ""), "a") == R


def test_metadata_is_as_sensitive_as_the_files_unless_the_policy_says() -> None:
    assert metadata_label(rules(), [P, C]) == C
    assert metadata_label(policy('metadata = "public"'), [P, C]) == P
    asked = config.tightened(policy('metadata = "public"'), [config.read("h", b'metadata = "confidential"')])
    assert metadata_label(asked, [P]) == C
    asked = config.tightened(rules(), [config.read("h", b'metadata = "public"')])
    assert metadata_label(asked, [R]) == R


@given(POLICIES, st.sampled_from(PATHS), st.sampled_from(PATHS), st.sampled_from(["", "iban", "PATIENT", "ss"]))
def test_a_change_is_never_lower_than_its_parts(asked: Policy, old: str, new: str, text: str) -> None:
    whole = classify(asked, diff(new, text, "x\n", old_path=old, change="renamed")).label
    words = [rule.label for rule in asked.rules if any(word.casefold() in text.casefold() for word in rule.content)]
    assert whole >= join(label(asked, old), label(asked, new), *words)


@given(POLICIES, st.lists(DOCUMENTS, max_size=2), st.sampled_from(PATHS), st.sampled_from(["", "iban"]))
def test_the_head_never_lowers_a_label(base: Policy, head: list[config.Document], path: str, text: str) -> None:
    after = config.tightened(base, head)
    file = diff(path, None, text)
    assert classify(after, file).label >= classify(base, file).label
    assert classify(after, file).label >= join(*(
        rule.label for rule in matches(config.effective(head, "base"), path)
    )) if not path.endswith("\udce9") else True  # fmt: skip
    assert metadata_label(after, [I]) >= metadata_label(base, [I])


@given(POLICIES, RULES, st.sampled_from(PATHS))
def test_another_rule_never_lowers_what_a_rule_labels(asked: Policy, rule: Rule, path: str) -> None:
    more = Policy((*asked.rules, rule), asked.default, "base", "")
    if rule.label >= asked.default or matches(asked, path):
        assert label(more, path) >= label(asked, path)


@settings(deadline=None)
@given(POLICIES, st.sampled_from(PATHS))
def test_case_and_form_of_a_name_never_matter(asked: Policy, path: str) -> None:
    spelled = {path, path.upper(), path.lower(), unicodedata.normalize("NFD", path), unicodedata.normalize("NFC", path)}
    if not path.endswith("\udce9"):
        assert len({label(asked, name) for name in spelled}) == 1


@given(POLICIES, st.sampled_from(PATHS), st.sampled_from("\u200b\u2060\ufe0f\u00ad\u202e"))
def test_a_sign_that_is_not_seen_never_lowers(asked: Policy, path: str, sign: str) -> None:
    covered = [rule for rule in matches(asked, path) if rule.label >= asked.default]
    assert label(asked, path[:1] + sign + path[1:]) >= join(*(rule.label for rule in covered), P)
