"""The demo shows each of its traps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewbot.cli import main


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--output", str(folder)], {}) == 0
    document: dict[str, list[dict[str, str]]] = json.loads((folder / "review.json").read_text())
    return document


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("credentials/added", "api/accounts.py"),
        ("calls/sql", "api/accounts.py"),
        ("exceptions/swallowed", "api/accounts.py"),
        ("syntax/broken", "api/settings.json"),
        ("policy/moved-out", "api/fees.py"),
        ("policy/excerpt", "tools/export.py"),
        ("workflows/untrusted-checkout", ".github/workflows/test.yml"),
        ("workflows/injection", ".github/workflows/test.yml"),
        ("workflows/unpinned", ".github/workflows/test.yml"),
        ("manifests/lock", "package.json"),
        ("policy/changed", ".reviewbot.toml"),
        ("entries/symlink", "docs/latest"),
    ],
)
def test_the_review_shows(report: dict[str, list[dict[str, str]]], rule: str, path: str) -> None:
    assert (rule, path) in {(finding["rule"], finding["path"]) for finding in report["findings"]}


def test_what_was_restricted_stays_restricted(report: dict[str, list[dict[str, str]]]) -> None:
    labels = {file["path"]: file["label"] for file in report["files"]}
    assert [labels[path] for path in ("ledger/core.py", "api/fees.py", "tools/export.py")] == ["restricted"] * 3


def test_a_demo_is_never_written_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "desk.git").mkdir()
    assert main(["demo", "--output", str(tmp_path)], {}) == 2
    assert "is there already" in capsys.readouterr().err


def test_the_demo_asks_no_model_whoever_runs_it(tmp_path: Path) -> None:
    environ = {
        "MISTRAL_API_KEY": "k",
        "REVIEWBOT_LOCAL_URL": "http://127.0.0.1:9",
        "REVIEWBOT_OPERATOR": "/nowhere.toml",
    }
    assert main(["demo", "--output", str(tmp_path / "demo")], environ) == 0
    assert json.loads((tmp_path / "demo/review.json").read_text())["status"] == "checked"


def test_a_message_and_tests_are_offered_each_inside_its_zone(report: dict[str, list[dict[str, str]]]) -> None:
    scaffolds = {one["path"]: one["label"] for one in report["scaffolds"]}
    assert scaffolds == {"tests/test_accounts.py": "internal", "ledger/test_core.py": "restricted"}
    assert report["message"] is not None
