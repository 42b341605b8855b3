"""Whose policy counts: the base's and the operator's; the head's only to be stricter. Real repositories."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewbot import git
from reviewbot.cli import main
from reviewbot.cli.policies import PACKS, documents, load_base, load_policies, load_policy, notices
from reviewbot.core.labels import Label
from reviewbot.core.policy import FILE, Policy, classify_path
from reviewbot.errors import ConfigError, UsageError
from reviewbot.forges import local
from tests.repositories import Work

BASE = '[[rule]]\nlabel = "restricted"\npaths = ["ledger/**"]\n'
MORE = BASE + '[[rule]]\nlabel = "confidential"\npaths = ["api/**"]\n'
LESS = '[[rule]]\nlabel = "public"\npaths = ["**"]\n'
NAMES = ("ledger/a", "api/a", "x.pem", "README")
I, C, R = Label.INTERNAL, Label.CONFIDENTIAL, Label.RESTRICTED  # noqa: E741
Load = Callable[[], tuple[Policy, Policy | None]]


@pytest.fixture
def load(work: Work) -> Load:
    """The policies of branch `feature`, made of main by the test."""

    def policies() -> tuple[Policy, Policy | None]:
        with git.opened(work.path) as repo:
            return load_policies(repo, local.load(repo, "main", "feature"), "default")

    return policies


def branch(work: Work, base: str | bytes | None, head: str | bytes | None) -> None:
    if base is not None:
        work.write(FILE, base)
    work.commit(**{"ledger/a": "1\n", "api/a": "1\n"})
    work.git("switch", "-qc", "feature")
    if head is None:
        work.git("rm", "-q", FILE)
    else:
        work.write(FILE, head)
    work.commit(**{"api/a": "2\n"})


def labels(policy: Policy) -> dict[str, Label]:
    return {path: classify_path(policy, path).label for path in NAMES}


def test_without_a_file_the_pack_applies_and_the_summary_says_so(work: Work, load: Load) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(a="2\n")
    policy, proposed = load()
    assert (policy.source, proposed) == ("pack", None)
    assert notices(policy) == (f"The base has no {FILE}: the operator's policy applies alone.",)
    assert labels(policy) == dict(zip(NAMES, (I, I, R, I), strict=True))


def test_a_stricter_head_applies_at_once_and_is_named(work: Work, load: Load) -> None:
    branch(work, BASE, MORE)
    policy, _ = load()
    assert labels(policy) == dict(zip(NAMES, (R, C, R, I), strict=True))
    assert classify_path(policy, "api/a").rules == (f"{FILE} (head):4",)


@pytest.mark.parametrize("head", [LESS, None, 'default = "public"', 'extends = "finance"\n' + LESS, "broken", ""])
def test_no_head_is_looser_than_its_base(work: Work, load: Load, head: str | None) -> None:
    branch(work, BASE, head)
    policy, proposed = load()
    assert policy.source == "base"
    assert not policy.failure
    assert labels(policy)["ledger/a"] == Label.RESTRICTED
    assert proposed is not None


def test_a_renamed_file_is_a_change_of_policy(work: Work, load: Load) -> None:
    work.commit(**{FILE: BASE, "ledger/a": "1\n"})
    work.git("switch", "-qc", "feature")
    work.git("mv", FILE, "other.toml")
    work.commit()
    policy, proposed = load()
    assert labels(policy)["ledger/a"] == Label.RESTRICTED
    assert proposed is not None
    assert labels(proposed)["ledger/a"] == Label.INTERNAL


def test_a_first_file_only_tightens(work: Work, load: Load) -> None:
    branch(work, None, 'default = "public"\n' + MORE + LESS)
    policy, proposed = load()
    assert labels(policy) == dict(zip(NAMES, (R, C, R, I), strict=True))
    assert policy.source == "pack"
    assert proposed is not None
    assert proposed.source == "base"


def test_a_folder_in_the_place_of_the_file_is_seen(work: Work, load: Load) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(**{f"{FILE}/x": "1\n"})
    policy, proposed = load()
    assert not policy.failure
    assert proposed is not None
    assert "not a regular file" in proposed.failure


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("", "it says nothing"),
        (b"\xff", "not UTF-8"),
        ('default = "internal"\ndefault = "public"\n', f"{FILE}:2: default: given twice"),
        ('extends = "no-such"', "extends: no such pack; one of default, defence, finance, healthcare, strict"),
        ("x = " + "[" * 20_000, "nested too deeply"),
        ("# " + "x" * 70_000, "larger than 64 KiB"),
        (LESS + "keys = 1", f"{FILE}:4: rule.keys: unknown key"),
    ],
)
def test_a_base_that_cannot_be_read_restricts_everything(work: Work, load: Load, base: str | bytes, why: str) -> None:
    branch(work, base, LESS)
    policy, _ = load()
    assert set(labels(policy).values()) == {Label.RESTRICTED}
    assert why in policy.failure
    assert notices(policy) == (f"Everything is restricted, the policy cannot be read: {policy.failure}",)


def test_a_link_in_the_place_of_the_file_restricts_everything(work: Work, load: Load) -> None:
    (work.path / FILE).symlink_to("other.toml")
    work.commit(**{"other.toml": LESS})
    work.git("switch", "-qc", "feature")
    work.commit(a="1\n")
    assert "not a regular file" in load()[0].failure


def test_the_policy_is_that_of_the_bases_tip_not_of_where_the_branch_left(work: Work, load: Load) -> None:
    work.commit(**{FILE: BASE})
    work.git("switch", "-qc", "feature")
    work.commit(a="1\n")
    work.git("switch", "-q", "main")
    work.commit(**{FILE: MORE})
    assert labels(load()[0])["api/a"] == Label.CONFIDENTIAL


def test_the_work_tree_has_no_say(work: Work, load: Load) -> None:
    branch(work, BASE, MORE)
    work.write(FILE, "broken")
    assert not load()[0].failure


def test_an_operators_default_and_rules_stay(work: Work, tmp_path: Path) -> None:
    commit = work.commit(**{FILE: 'default = "public"\n' + LESS.replace("**", "docs/**")})
    operator = tmp_path / "operator.toml"
    operator.write_text('default = "confidential"\n[[rule]]\nlabel = "restricted"\npaths = ["docs/keys"]\n')
    with git.opened(work.path) as repo:
        policy = load_base(repo, commit, str(operator))
    assert [classify_path(policy, path).label for path in ("a", "docs/a", "docs/keys/a")] == [
        Label.CONFIDENTIAL, Label.PUBLIC, Label.RESTRICTED,
    ]  # fmt: skip


def test_strict_is_a_floor_that_no_repository_lowers(work: Work) -> None:
    commit = work.commit(**{FILE: 'default = "public"\nmetadata = "public"\n' + LESS})
    with git.opened(work.path) as repo:
        policy = load_base(repo, commit, "strict")
    assert set(labels(policy).values()) == {Label.RESTRICTED}
    assert policy.metadata == Label.RESTRICTED


def test_what_a_pack_extends_comes_first() -> None:
    assert [document.name for document in documents("finance")] == ["policies/default.toml", "policies/finance.toml"]
    assert load_policy("finance").source == "pack"


def test_a_file_may_extend_a_pack(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('extends = "strict"\n')
    policy = load_policy(str(file))
    assert (policy.source, policy.default) == ("operator", Label.RESTRICTED)


@pytest.mark.parametrize("name", ["no-such", "", "../policies/default", "/", "x\0y", "policies"])
def test_neither_a_pack_nor_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="neither a pack nor a file that can be read"):
        documents(name)


@pytest.mark.parametrize("extends", ["../strict", "STRICT", "strict.toml", "/etc/passwd"])
def test_only_shipped_packs_are_extended(tmp_path: Path, extends: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'extends = "{extends}"\n')
    with pytest.raises(ConfigError, match="extends"):
        documents(str(file))


def test_packs_are_found_beside_the_package() -> None:
    assert {path.stem for path in PACKS.glob("*.toml")} == {"default", "strict", "finance", "healthcare", "defence"}


def review(work: Work, output: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["review", "--repo", str(work.path), "--head", "feature", "--output", str(output), *arguments], {})
    return code, json.loads(output.read_text()) if output.exists() else {}


def test_a_broken_base_is_no_usage_error_and_the_report_says_why(work: Work, tmp_path: Path) -> None:
    branch(work, 'default = "internal"\nbad = 1\n', LESS)
    code, report = review(work, tmp_path / "r.json")
    assert code != 2
    assert {file["label"] for file in report["files"]} == {"restricted"}
    assert report["conclusion"] == "action_required"
    assert report["policy"]["source"] == "none"


def test_a_broken_policy_given_by_hand_is_exit_2(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    branch(work, BASE, MORE)
    (tmp_path / "own.toml").write_text('default = "internal"\n\n[[rule]]\nlabel = "hosted"\n')
    code, report = review(work, tmp_path / "r.json", "--policy", str(tmp_path / "own.toml"))
    assert (code, report) == (2, {})
    assert capsys.readouterr().err.startswith(f"reviewbot: {tmp_path}/own.toml:4: rule.label: must be one of 'public'")


def test_a_head_that_tightens_is_reviewed_under_its_own_rules(work: Work, tmp_path: Path) -> None:
    branch(work, BASE, MORE)
    _, report = review(work, tmp_path / "r.json")
    assert {file["path"]: file["label"] for file in report["files"]}["api/a"] == "confidential"
