"""Other tools' findings through the front door: a log that a real linter wrote, and ruff itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reviewbot.cli import main
from tests.repositories import Work
from tests.requirements import require

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")


@pytest.fixture
def change(work: Work) -> Work:
    """A branch that adds one mistake beside another that was there before."""
    work.commit(**{"a.py": "import os\n\nprint(gone)\n"})
    work.git("switch", "-qc", "feature")
    work.commit(**{"a.py": "import os\n\nprint(gone)\nprint(missing)\n"})
    return work


def run(work: Work, folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    output = folder / "report.json"
    code = main(["review", "--repo", str(work.path), "--output", str(output), *arguments], {})
    return code, json.loads(output.read_text()) if output.exists() else {}


def test_a_log_counts_on_changed_lines_only(change: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require(RUFF, "ruff is not installed")
    argv = [str(RUFF), "check", "--isolated", "--no-cache", "--select", "F", "--output-format", "sarif", "."]
    log = tmp_path / "scan.sarif"
    log.write_bytes(subprocess.run(argv, cwd=change.path, capture_output=True).stdout)
    _, report = run(change, tmp_path, "--sarif", str(log))
    found = [(finding["rule"], finding["line"], finding["quote"]) for finding in report["findings"]]
    assert found == [("ruff/F821", 4, "print(missing)")]
    assert "scan.sarif: 3 results, 1 on changed lines" in " ".join(capsys.readouterr().out.split())


def test_ruff_on_the_path_is_asked(change: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require(RUFF, "ruff is not installed")
    monkeypatch.setenv("PATH", f"{Path(str(RUFF)).parent}:/usr/bin:/bin")
    change.write("ruff.toml", 'exclude = ["*"]\n')
    _, report = run(change, tmp_path)
    assert [(finding["rule"], finding["line"]) for finding in report["findings"]] == [("ruff/F821", 4)]


@pytest.mark.parametrize(
    ("data", "line"), [(None, "cannot be read: No such file"), (b"{", "scan.sarif"), (b"[]", "scan.sarif")]
)
def test_a_log_that_is_none_is_one_line_and_exit_2(
    change: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, line: str
) -> None:
    log = tmp_path / "scan.sarif"
    if data is not None:
        log.write_bytes(data)
    assert run(change, tmp_path, "--sarif", str(log))[0] == 2
    error = capsys.readouterr().err
    assert error.startswith("reviewbot: ")
    assert line in error
    assert error.count("\n") == 1


def test_what_a_linter_says_of_a_file_that_is_restricted_by_its_words_no_hosted_model_is_told(
    work: Work, tmp_path: Path
) -> None:
    rule = 'default = "internal"\n[[rule]]\nlabel = "restricted"\ncontent = ["PatientId"]\n'
    work.commit(
        **{"api/a.py": "a = 1\n", "svc/b.py": "# PatientId\nq = 1\n", "svc/c.py": "c = 1\n", ".reviewbot.toml": rule}
    )
    work.git("checkout", "-q", "-b", "feature")
    work.commit(**{"api/a.py": "a = 2\n", "svc/b.py": "# PatientId\nq = 2\n"})

    def place(path: str) -> dict[str, object]:
        return {"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 1}}}

    said = [{"ruleId": f"taint-{path}", "message": {"text": "what it does there"}, "locations": [place("api/a.py")],
             "relatedLocations": [place(path)]} for path in ("svc/b.py", "svc/c.py")]  # fmt: skip
    runs = [{"tool": {"driver": {"name": "taint"}}, "results": said}]
    (tmp_path / "log.sarif").write_text(json.dumps({"version": "2.1.0", "runs": runs}))
    main(["plan", "--repo", str(work.path), "--base", "main", "--head", "feature", "--sarif",
          str(tmp_path / "log.sarif"), "--output", str(tmp_path / "plan.json")], {})  # fmt: skip
    plan = json.loads((tmp_path / "plan.json").read_text())["content"]
    facts = [fact for job in plan["jobs"] for part in job["parts"] for fact in part["material"]["facts"]]
    assert not any("what it does there" in fact for fact in facts)
    assert {finding["label"] for finding in plan["findings"] if finding["rule"].startswith("taint/")} == {3}
