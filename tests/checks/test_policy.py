"""What a change of the policy does to the paths that are there, and text that leaves its zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from reviewbot import config
from reviewbot.checks import policy as check
from reviewbot.cli.policies import load_policy
from reviewbot.core.diff import ChangeKind
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.fingerprints import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.policy import FILE, Policy, covering
from tests.policies import POLICIES, policy, rules
from tests.readings import brief, diff, reading

INFO, MEDIUM, HIGH = Severity.INFO, Severity.MEDIUM, Severity.HIGH
BASE = rules(("restricted", "ledger/**"), ("confidential", "api/**"))
PATHS = ("ledger/a", "ledger/b", "api/c", "docs/d")


def changed(before: Policy, after: Policy | None, paths: Sequence[str] = PATHS) -> Finding:
    """The one finding on a policy that becomes another."""
    found = list(check.check(reading(FILE, "b\n", "a\n", policy=before, proposed=after, paths=paths)))
    assert len(found) == 1
    return found[0]


def test_the_files_that_become_hosted_are_counted_and_named() -> None:
    found = changed(BASE, rules(("confidential", "api/**")))
    assert (found.rule, found.severity, found.location.line) == ("policy/changed", HIGH, 1)
    assert found.title == "The sensitivity policy changes: 2 files become hosted"
    assert "2 files become hosted: ledger/a (restricted to internal), ledger/b (restricted to internal)" in found.body
    assert "patterns: 1 gone, 0 new" in found.body
    assert found.label == Label.RESTRICTED


def test_one_file_is_one_file() -> None:
    assert (
        "1 file becomes hosted: api/c (confidential to internal)"
        in changed(BASE, rules(("restricted", "ledger/**"))).body
    )


def test_of_many_files_three_are_named() -> None:
    paths = tuple(f"ledger/{n}" for n in range(1200))
    assert "1,200 files become hosted" in changed(BASE, rules(), paths).body
    assert ", 1,197 more" in changed(BASE, rules(), paths).body


def test_a_name_is_made_visible() -> None:
    assert "ledger/\\u{202e}x (restricted" in changed(BASE, rules(), ("ledger/\u202ex",)).body


def test_a_stricter_policy_is_no_alarm() -> None:
    found = changed(BASE, rules(("restricted", "ledger/**"), ("confidential", "api/**"), ("restricted", "docs/**")))
    assert found.severity == MEDIUM
    assert "1 file becomes local only: docs/d (internal to restricted)" in found.body
    assert "hosted" not in found.title


def test_less_strict_is_loosening_though_nothing_becomes_hosted() -> None:
    found = changed(BASE, rules(("confidential", "ledger/**"), ("confidential", "api/**")))
    assert found.severity == HIGH
    assert "2 files become less strict" in found.body


def test_a_change_without_effect_is_only_told() -> None:
    found = changed(BASE, rules(("confidential", "api/**"), ("restricted", "ledger/**")))
    assert found.severity == INFO
    assert "no path of this branch changes its label" in found.body


WORDS = policy('[[rule]]\nlabel = "restricted"\ncontent = ["PatientId"]')
DISMISS = '[[dismiss]]\nrule = "a/b"\npaths = ["x/**"]\nreason = "r"\n'
ACCEPT = '[[accept]]\nfingerprint = "{}"\nuntil = {}\nreason = "r"\n'


@pytest.mark.parametrize(
    ("before", "after", "says", "severity"),
    [
        (BASE, rules(("restricted", "ledger/**"), ("confidential", "api/**"), default=Label.PUBLIC),
         "default goes from internal to public", HIGH),
        (BASE, rules(("restricted", "ledger/**"), ("confidential", "api/**"), default=Label.CONFIDENTIAL),
         "default goes from internal to confidential", MEDIUM),
        (WORDS, rules(), "words that restrict content: 1 gone, 0 new", HIGH),
        (rules(), WORDS, "words that restrict content: 0 gone, 1 new", MEDIUM),
        (policy('metadata = "restricted"'), rules(), "metadata goes from restricted to none", HIGH),
        (rules(), policy('metadata = "internal"'), "metadata goes from none to internal", HIGH),
        (rules(), policy('metadata = "restricted"'), "metadata goes from none to restricted", MEDIUM),
        (policy('metadata = "public"'), policy('metadata = "internal"'),
         "metadata goes from public to internal", MEDIUM),
        (rules(), policy('[gate]\nfail_on = "none"'), "fail_on goes from critical to none", HIGH),
        (rules(), policy('[gate]\nfail_on = "low"'), "fail_on goes from critical to low", MEDIUM),
        (rules(), policy('[review]\nignore = ["**/*.snap"]'),
         "patterns of what is not reviewed: 0 gone, 1 new", MEDIUM),
        (rules(), policy("[review]\nmax_comments = 1"), "the style of reviews changes", MEDIUM),
        (rules(), policy('[[instructions]]\npaths = ["a"]\ntext = "x"'),
         "the instructions to reviewers change", MEDIUM),
        (rules(), policy(DISMISS), "dismissed findings: 0 gone, 1 new", HIGH),
        (policy(DISMISS), rules(), "dismissed findings: 1 gone, 0 new", MEDIUM),
        (rules(), policy(ACCEPT.format("0" * 32, "2027-01-31")), "accepted credentials: 0 gone, 1 new", HIGH),
        (policy(ACCEPT.format("0" * 32, "2027-01-31")), policy(ACCEPT.format("0" * 32, "2027-02-01")),
         "accepted credentials: 1 gone, 1 new", HIGH),
        (policy(ACCEPT.format("0" * 32, "2027-01-31")), policy(ACCEPT.format("0" * 32, "2027-01-01")),
         "accepted credentials: 1 gone, 1 new", MEDIUM),
        (policy('region = "eu"'), rules(), "region goes from eu to none", HIGH),
        (policy('region = "local"'), policy('region = "eu"'), "region goes from local to eu", HIGH),
        (policy('region = "eu"'), policy('region = "us"'), "region goes from eu to us", HIGH),
        (policy('region = "eu"'), policy('region = "local"'), "region goes from eu to local", MEDIUM),
        (rules(), policy('region = "us"'), "region goes from none to us", MEDIUM),
        (policy("zero_retention = true"), rules(), "zero_retention goes from true to false", HIGH),
        (rules(), policy("zero_retention = true"), "zero_retention goes from false to true", MEDIUM),
        (config.failed(rules(), "broken"), rules(), "the policy can be read again", HIGH),
        (rules(("restricted", "infra/prod/**")), rules(), "patterns: 1 gone, 0 new", HIGH),
        (rules(), rules(("public", "new/**")), "patterns: 0 gone, 1 new", HIGH),
        (rules(("restricted", "*[-_]key.p?m")), rules(("restricted", "*.pem")), "patterns: 1 gone, 1 new", HIGH),
        (rules(("restricted", "infra/prod/**")), rules(("restricted", "infra/prod/")),
         "patterns: 1 gone, 1 new", MEDIUM),
    ],
)  # fmt: skip
def test_what_changes_beyond_paths_is_named(before: Policy, after: Policy, says: str, severity: Severity) -> None:
    found = changed(before, after)
    assert says in found.body
    assert found.severity == severity


@given(POLICIES, POLICIES)
def test_a_policy_that_lowers_a_path_is_a_loosening_one(before: Policy, after: Policy) -> None:
    change = check.compare(before, after, PATHS)
    assert check.compare(before, before, PATHS) == check.Change(0, False, (), Label.PUBLIC)
    moved = [(old, new) for _, old, new in check._labels(before, after, PATHS)]
    assert change.loosens or all(new >= old for old, new in moved)
    assert change.hosted == sum(new <= Label.INTERNAL < old for old, new in moved)


def test_what_the_head_only_tightens_is_measured_against_the_base_alone() -> None:
    after = policy('default = "internal"\n[[rule]]\nlabel = "restricted"\npaths = ["ledger/**", "docs/**"]')
    before = config.tightened(
        rules(("restricted", "ledger/**")), [config.read("h", b'[[rule]]\nlabel = "restricted"\npaths = ["docs/**"]')]
    )
    assert "1 file becomes local only: docs/d" in changed(before, after).body


def test_a_policy_that_cannot_be_read_after_the_merge_is_named_with_its_reason() -> None:
    found = changed(BASE, config.failed(BASE, ".reviewbot.toml (head):3: rule.label: is missing"))
    assert found.rule == "policy/invalid"
    assert found.body.startswith(".reviewbot.toml (head):3: rule.label: is missing. ")


def test_too_many_paths_are_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MAX_PATHS", 2)
    assert "only 2 of 4 paths were compared" in changed(BASE, rules()).body


@pytest.mark.parametrize(
    ("path", "old_path"), [(FILE, None), ("other.toml", FILE), (FILE, "other.toml"), (f"{FILE}/x", None)]
)
def test_every_way_to_change_the_file_is_one(path: str, old_path: str | None) -> None:
    file = diff(path, "a\n", "a\nb\n", old_path=old_path, change="renamed" if old_path else None)
    found = list(check.check(reading(path, None, file=file, policy=BASE, proposed=rules(), paths=PATHS)))
    assert [finding.rule for finding in found] == ["policy/changed"]


def test_a_deleted_file_is_one_finding_on_the_file_as_a_whole() -> None:
    found = list(check.check(reading(FILE, None, "a\n", policy=BASE, proposed=rules(), paths=PATHS)))
    assert brief(found) == [("policy/changed", None)]


@pytest.mark.parametrize("path", ["x/.reviewbot.toml", ".reviewbot.toml.bak", "reviewbot.toml"])
def test_another_file_of_a_like_name_is_none(path: str) -> None:
    assert brief(check.check(reading(path, "a\n", policy=BASE))) == []


def test_a_copy_of_the_file_changes_nothing() -> None:
    file = diff("x/copy.toml", "a\n", "a\n", old_path=FILE, change="copied")
    assert brief(check.check(reading("x", None, file=file, policy=BASE, proposed=BASE))) == []


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("CODEOWNERS", "policy/owners"), (".github/CODEOWNERS", "policy/owners"), ("docs/CODEOWNERS", "policy/owners"),
        (".gitlab/CODEOWNERS", "policy/owners"), (".github/codeowners", "policy/owners"),
        (".github/workflows/test.yml", "policy/pipeline"), (".github/actions/x/run.sh", "policy/pipeline"),
        (".gitlab-ci.yml", "policy/pipeline"), (".gitlab/ci/build.yml", "policy/pipeline"),
        ("action.yml", "policy/pipeline"), ("sub/action.yaml", "policy/pipeline"),
        ("a\nb/action.yml", "policy/pipeline"),
        (".gitattributes", "policy/attributes"), ("x/y/.gitattributes", "policy/attributes"),
    ],
)  # fmt: skip
def test_what_governs_reviews_is_told(path: str, rule: str) -> None:
    assert brief(check.check(reading(path, "a\nb\n", "a\n", policy=BASE))) == [(rule, 2)]
    assert brief(check.check(reading(path, None, "a\n", policy=BASE))) == [(rule, None)]


@pytest.mark.parametrize(
    "path",
    ["src/CODEOWNERS", "CODEOWNERS.md", ".github/dependabot.yml", "x/.github/workflows/test.yml", "x/.gitlab-ci.yml",
     ".gitlab/issue_templates/bug.md", "reaction.yml", "action.ymlx", "gitattributes"],
)  # fmt: skip
def test_its_look_alikes_are_left_alone(path: str) -> None:
    assert brief(check.check(reading(path, "a\n", policy=BASE))) == []


@pytest.mark.parametrize(
    ("line", "severity"),
    [("*.py -diff", MEDIUM), ("*.pem binary", MEDIUM), ("src/** linguist-generated", MEDIUM),
     ("*.c filter=x", MEDIUM), ("*.sh text eol=lf", INFO), ("*.md diff-less", INFO)],
)  # fmt: skip
def test_attributes_that_hide_a_change_weigh_more(line: str, severity: Severity) -> None:
    found = list(check.check(reading(".gitattributes", f"a text\n{line}\n", "a text\n", policy=BASE)))
    assert [(finding.severity, finding.location.line) for finding in found] == [(severity, 2)]


@pytest.mark.parametrize("change", ["renamed", "copied"])
def test_a_move_out_of_its_zone_is_a_declassification(change: ChangeKind) -> None:
    file = diff("docs/a", "x\n", "x\n", old_path="ledger/a", change=change)
    found = list(check.check(reading("docs/a", None, file=file, policy=BASE)))
    assert brief(found) == [("policy/moved-out", None)]
    assert found[0].body.startswith("ledger/a is restricted, docs/a is internal. ")
    assert found[0].label == Label.RESTRICTED


@pytest.mark.parametrize(("old", "new"), [("docs/a", "ledger/a"), ("ledger/a", "ledger/b"), ("docs/a", "docs/b")])
def test_a_move_into_or_within_a_zone_is_none(old: str, new: str) -> None:
    file = diff(new, "x\n", "x\n", old_path=old, change="renamed")
    assert brief(check.check(reading(new, None, file=file, policy=BASE))) == []


def test_pasted_lines_are_named_with_their_source_and_place() -> None:
    found = list(
        check.check(replace(reading("docs/a", "x\ny\n", policy=BASE), excerpt=Excerpt("ledger/a", Label.RESTRICTED, 2)))
    )
    assert brief(found) == [("policy/excerpt", 2)]
    assert found[0].body.startswith("It has lines of ledger/a, which is restricted. ")
    assert found[0].label == Label.RESTRICTED


@pytest.mark.parametrize("pack", ["default", "finance", "healthcare", "defence", "strict"])
def test_a_sample_of_a_pattern_is_a_path_that_it_covers(pack: str) -> None:
    shipped = load_policy(pack)
    samples = [(rule, path, check._sample(path)) for rule in shipped.rules for path in rule.paths]
    assert [path for rule, path, sample in samples if path not in covering(shipped, rule, sample)] == []
