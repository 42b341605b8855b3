"""The program behind action.yml and the templates: what it tells reviewbot, pip and the runner."""

from __future__ import annotations

import json
import re
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.core.labels import Label, permits
from reviewbot.core.summary import LOG
from tests.house.rules import MAX_FILE, violations
from tests.packaging.machine import ROOT

FOLDER = ROOT / ".github" / "action"
ENTRY: dict[str, Any] = runpy.run_path(str(FOLDER / "entry.py"))
INSTALLING: dict[str, Any] = runpy.run_path(str(FOLDER / "installing.py"))
SECRETS = {"GITHUB_TOKEN": "forge", "GITLAB_TOKEN": "forge", "CI_JOB_TOKEN": "forge", "MISTRAL_API_KEY": "model",
           "REVIEWBOT_LOCAL_URL": "http://127.0.0.1:1", "REVIEWBOT_KEY": "operator", "VLLM_KEY": "model"}  # fmt: skip


def said(**inputs: str) -> dict[str, str]:
    return dict(ENTRY["inputs"]({f"INPUT_{name.upper()}": value for name, value in inputs.items()}))


def told(phase: str, **more: str) -> dict[str, str]:
    return dict(ENTRY["environment"](said(phase=phase), Path("/w"), {"PATH": "/usr/bin", **SECRETS, **more}))


@pytest.mark.parametrize(("phase", "missing"), [
    ("review", set()), ("plan", {"MISTRAL_API_KEY"}), ("publish", {"MISTRAL_API_KEY"}),
    ("ask", {"GITHUB_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN"}),
])  # fmt: skip
def test_a_phase_is_told_no_key_that_it_has_no_use_for(phase: str, missing: set[str]) -> None:
    assert set(SECRETS) - set(told(phase)) == missing


def test_a_merge_request_of_a_fork_is_told_of_no_model() -> None:
    assert set(SECRETS) - set(told("review", CI_PROJECT_ID="1", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="1")) == set()
    left = told("review", CI_PROJECT_ID="1", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="2", REVIEWBOT_OPERATOR="/x")
    assert {"MISTRAL_API_KEY", "REVIEWBOT_LOCAL_URL", "REVIEWBOT_OPERATOR"} & set(left) == set()


@pytest.mark.parametrize("name", [
    "PYTHONPATH", "PYTHONSTARTUP", "PIP_INDEX_URL", "INPUT_POLICY", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT",
    "GITHUB_STATE", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "BASH_ENV", "ENV", "NODE_OPTIONS",
    "GIT_EXTERNAL_DIFF", "GIT_DIR", "LD_PRELOAD", "VIRTUAL_ENV", "CI_REPOSITORY_URL",
])  # fmt: skip
def test_what_steers_other_programs_is_not_passed_on(name: str) -> None:
    assert name not in told("review", **{name: "x"})


@pytest.mark.parametrize("name", [
    "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "CI_API_V4_URL", "HOME", "LANG",
    "CI", "GITHUB_ACTIONS", "NO_COLOR", "REVIEWBOT_KEY",
])  # fmt: skip
def test_what_reviewbot_needs_of_the_job_is_passed_on(name: str) -> None:
    assert told("review", **{name: "x"})[name] == "x"


def test_an_input_wins_over_a_variable_and_an_empty_one_does_not() -> None:
    environ = {"PATH": "/usr/bin", "MISTRAL_API_KEY": "of the job"}
    environment = ENTRY["environment"]
    assert environment(said(mistral_api_key=""), Path("/w"), environ)["MISTRAL_API_KEY"] == "of the job"
    assert environment(said(mistral_api_key="input"), Path("/w"), environ)["MISTRAL_API_KEY"] == "input"


def test_pip_is_told_of_indexes_and_of_no_secret() -> None:
    kept = INSTALLING["PIP_KEPT"]
    assert {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CERT", "HTTPS_PROXY"} <= kept
    assert not kept & {*SECRETS, "PIP_CONFIG_FILE", "PIP_TARGET", "PIP_REQUIREMENT", "PIP_USER", "PYTHONPATH"}


def test_programs_are_never_looked_for_in_the_checkout(tmp_path: Path) -> None:
    workspace, outside = tmp_path / "workspace", tmp_path / "outside"
    (workspace / "bin").mkdir(parents=True)
    outside.mkdir()
    (tmp_path / "link").symlink_to(workspace / "bin")
    path = f"{workspace}/bin:{workspace}:{tmp_path}/link::.:bin:{outside}:/usr/bin"
    assert INSTALLING["search_path"]({"PATH": path}, workspace) == f"{outside}:/usr/bin"


OUTPUTS = st.dictionaries(st.sampled_from(["report", "sarif", "conclusion"]), st.text(max_size=40), min_size=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OUTPUTS)
def test_an_output_can_neither_end_its_place_nor_add_another(tmp_path: Path, values: dict[str, str]) -> None:
    """Read back as the runner reads: the last one of a name wins."""
    file = tmp_path / "output"
    file.write_text("")
    ENTRY["_write_outputs"](str(file), iter(values.items()))
    lines = file.read_bytes().decode().split("\n")
    found, at = {}, 0
    while at < len(lines) - 1:
        name, end = lines[at].split("<<")
        stop = lines.index(end, at + 1)
        found[name] = "\n".join(lines[at + 1 : stop])
        at = stop + 1
    assert found == values


def test_only_words_and_numbers_of_ours_become_outputs(tmp_path: Path) -> None:
    found = [{"label": "public"}, {"label": "internal"}]
    hostile = {"conclusion": "success\nfindings=0", "findings": found, "ledger": {"head": "x\ny"}}
    (tmp_path / "report.json").write_text(json.dumps(hostile))
    assert dict(ENTRY["outputs"](said(), tmp_path)) == {"report": str(tmp_path / "report.json"), "findings": "2"}


def test_the_number_of_findings_depends_on_nothing_that_a_log_may_not_show(tmp_path: Path) -> None:
    labels = [str(label) for label in Label]
    (tmp_path / "report.json").write_text(
        json.dumps({"conclusion": "neutral", "findings": [{"label": label} for label in labels]})
    )
    shown = [label for label in Label if permits(LOG, label)]
    assert dict(ENTRY["outputs"](said(), tmp_path))["findings"] == str(len(shown)) != str(len(labels))


def test_the_replies_are_read_in_the_order_of_their_shards(tmp_path: Path) -> None:
    for name in ("reply-10-12.json", "reply-2-12.json", "reply-x-1.json", "reply-1-12.json.bak", "plan.json"):
        (tmp_path / name).touch()
    assert ENTRY["_replies"](tmp_path) == ["reply-2-12.json", "reply-10-12.json"]


def test_a_program_that_is_told_to_stop_stops_and_so_do_we(tmp_path: Path) -> None:
    program = (f"import runpy, pathlib; entry = runpy.run_path({str(FOLDER / 'entry.py')!r})\n"
               "raise SystemExit(entry['run'](['sh', '-c', 'touch started; exec sleep 60'],"
               f" pathlib.Path({str(tmp_path)!r}), {{'PATH': '/usr/bin:/bin'}}))")  # fmt: skip
    with subprocess.Popen([sys.executable, "-I", "-c", program]) as running:
        until = time.monotonic() + 30
        while not (tmp_path / "started").exists() and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 130


@pytest.mark.parametrize("name", ["entry.py", "installing.py"])
def test_the_programs_keep_the_rules_of_the_house(name: str) -> None:
    source = (FOLDER / name).read_text()
    assert [one for one in violations(name, source) if not one.endswith("reads the environment")] == []
    assert source.count("\n") <= MAX_FILE
    imports = re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE)
    assert set(imports) - {"installing"} <= set(sys.stdlib_module_names)
