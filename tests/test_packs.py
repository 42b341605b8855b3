"""Every pattern and every word of every pack: what it covers, and a near miss that the pack leaves alone."""

from __future__ import annotations

import tomllib
from functools import cache

import pytest

from reviewbot.cli.policies import PACKS, documents, load_policy
from reviewbot.core.labels import Label
from reviewbot.core.policy import classify, classify_path, covering, text_label
from tests.packs import PATHS, WORDS
from tests.readings import diff

load = cache(load_policy)
own = cache(documents)
NAMES = sorted(path.stem for path in PACKS.glob("*.toml"))
PATH_ROWS = [(pack, *row) for pack, rows in PATHS.items() for row in rows]
WORD_ROWS = [(pack, *row) for pack, rows in WORDS.items() for row in rows]


@pytest.mark.parametrize("pack", NAMES)
def test_every_line_of_a_pack_has_its_row(pack: str) -> None:
    document = own(pack)[-1]
    assert [row[0] for row in PATHS[pack]] == [pattern for rule in document.rules for pattern in rule.paths]
    assert [row[0] for row in WORDS[pack]] == [word for rule in document.rules for word in rule.content]


@pytest.mark.parametrize(("pack", "pattern", "covered", "miss"), PATH_ROWS)
def test_a_pattern_covers_its_asset_and_leaves_a_near_miss_alone(
    pack: str, pattern: str, covered: str, miss: str
) -> None:
    policy = load(pack)
    rule = next(rule for rule in own(pack)[-1].rules if pattern in rule.paths)
    for path in (covered, covered.upper(), f"x/{covered}"):
        assert pattern in covering(policy, rule, path)
        assert classify_path(policy, path).label >= rule.label
    if miss:
        assert classify_path(policy, miss).rules == ("default",)


@pytest.mark.parametrize(("pack", "word", "covered", "miss"), WORD_ROWS)
def test_a_word_covers_its_text_and_leaves_a_near_miss_alone(pack: str, word: str, covered: str, miss: str) -> None:
    policy = load(pack)
    rule = next(rule for rule in own(pack)[-1].rules if word in rule.content)
    assert word.casefold() in covered.casefold()
    for text in (covered, covered.lower(), f"x\n{covered}\n"):
        assert classify(policy, diff("x.txt", None, text)).label >= rule.label
    assert text_label(policy, miss) == Label.PUBLIC  # no word says anything


@pytest.mark.parametrize("pack", NAMES)
def test_a_pack_is_short_commented_and_says_what_each_rule_is_for(pack: str) -> None:
    text = (PACKS / f"{pack}.toml").read_text()
    assert text.startswith("# ")
    assert text.count("\n") < 80
    values = tomllib.loads(text)
    assert "default" in values
    assert all(rule["reason"] for rule in values["rule"])


@pytest.mark.parametrize("pack", sorted(set(NAMES) - {"strict", "defence"}))
@pytest.mark.parametrize(
    "path",
    ["README.md", "src/main.py", "pkg/server/handler.go", "web/src/components/Button.tsx", "docs/guide.md", "LICENSE",
     "package.json", "Cargo.lock", ".github/workflows/test.yml", "tests/test_api.py", "Makefile", "src/keyboard.ts",
     "app/models/user.rb", "migrations/0001_initial.sql", "lib/environment.js", "assets/logo.png", "Dockerfile"],
)  # fmt: skip
def test_an_ordinary_file_is_left_alone(pack: str, path: str) -> None:
    assert classify_path(load(pack), path).label == Label.INTERNAL


def test_under_strict_nothing_is_ever_hosted() -> None:
    assert classify_path(load("strict"), "README.md").label == Label.RESTRICTED
    assert load("strict").metadata == Label.RESTRICTED
    assert load("strict").region == "local"


def test_which_packs_want_a_region_or_no_retention() -> None:
    wanted = {name: (load(name).region, load(name).zero_retention) for name in NAMES}
    assert wanted == {"default": (None, False), "finance": (None, False), "strict": ("local", True),
                      "defence": (None, True), "healthcare": (None, True)}  # fmt: skip


def test_under_defence_what_nobody_marked_stays_inside() -> None:
    assert classify_path(load("defence"), "README.md").label == Label.CONFIDENTIAL
    assert load("defence").metadata == Label.RESTRICTED
