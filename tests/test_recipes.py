"""Every recipe of the pages on GitHub, GitLab and scaffolds, and what `init` starts from, is what it is taken for."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewbot import config
from reviewbot.cli import starters
from reviewbot.cli.arguments import parser
from reviewbot.config import operator
from reviewbot.trials.secrets import held

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PIN = re.compile(r"([\w.-]+/[\w./-]+)@([0-9a-f]{40})(?: # (v\d+\.\d+\.\d+))?")
#: Recipes whose trigger is the point of them, and which therefore say what zizmor says of it.
DANGEROUS = {"reviewbot-forks.yml", "reviewbot-comment.yml"}


def blocks(page: str, language: str) -> list[str]:
    return [text for name, text in BLOCK.findall((ROOT / "docs" / page).read_text()) if name == language]


GITHUB, GITLAB = blocks("github.md", "yaml"), blocks("gitlab.md", "yaml")
#: Jobs that execute code of a change: one for each forge.
TRYING = blocks("scaffolds.md", "yaml")
WORKFLOWS = [*GITHUB, TRYING[0], starters.workflow("github.yml", ""), starters.workflow("github.yml", "", local=True)]
PIPELINES = [*GITLAB, TRYING[1], starters.workflow("gitlab.yml", ""), starters.workflow("gitlab.yml", "", local=True),
             starters.workflow("gitlab-ci.yml", "")]  # fmt: skip


def saved(folder: Path, texts: list[str]) -> list[Path]:
    """The recipes as files of a repository each, under the name that their first line gives them."""
    paths = []
    for number, text in enumerate(texts):
        named = re.match(r"# \.github/workflows/([\w-]+\.yml)\n", text)
        path = folder / str(number) / ".github" / "workflows" / (named[1] if named else "reviewbot.yml")
        path.parent.mkdir(parents=True)
        path.write_text(text)
        paths.append(path)
    return paths


def invalid(schema: str, paths: list[Path]) -> str:
    """What the vendor's schema says against these files, "" for nothing."""
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    argv = [str(BIN / "check-jsonschema"), "--builtin-schema", schema, *transform, *map(str, paths)]
    run = subprocess.run(argv, capture_output=True, text=True)
    return "" if run.returncode == 0 else run.stdout + run.stderr


def audited(folder: Path) -> dict[str, list[str]]:
    """By file, the audits of zizmor at its most demanding that found something."""
    argv = [str(BIN / "zizmor"), "--offline", "--strict-collection", "--persona=pedantic", "--no-config",
            "--no-progress", "--format=json-v1", str(folder)]  # fmt: skip
    run = subprocess.run(argv, capture_output=True, text=True)
    found: dict[str, list[str]] = {}
    for finding in json.loads(run.stdout):
        name = Path(finding["locations"][0]["symbolic"]["key"]["Local"]["verbatim_path"]).name
        found.setdefault(name, []).append(finding["ident"])
    return found


def loaded(text: str) -> dict[str, Any]:
    value = yaml.load(text, yaml.BaseLoader)  # strings only
    assert isinstance(value, dict)
    return value


def steps(text: str) -> Iterator[dict[str, Any]]:
    for job in loaded(text)["jobs"].values():
        yield from job["steps"]


def commands(text: str) -> list[list[str]]:
    """The arguments of each call of reviewbot in a recipe, shell variables left as they are."""
    lines = re.findall(r"-m reviewbot (.*?)(?=\n *(?:\w+:|```)|\Z)", text, re.DOTALL)
    return [shlex.split(line.replace("\n", " ")) for line in lines]


def test_the_tools_see_what_they_are_there_for(tmp_path: Path) -> None:
    bad = GITHUB[0].replace("runs-on:", "runs_on:")
    assert "runs_on" in invalid("vendor.github-workflows", saved(tmp_path / "a", [bad]))
    assert invalid("vendor.gitlab-ci", saved(tmp_path / "b", [GITLAB[0].replace("include:", "include: 7\nx:")]))
    loose = GITHUB[0].replace("permissions: {}", "").replace("persist-credentials: false", "persist-credentials: true")
    saved(tmp_path / "c", [loose])
    assert audited(tmp_path / "c")["reviewbot.yml"]


def test_every_workflow_is_one_by_githubs_schema(tmp_path: Path) -> None:
    assert len(GITHUB) >= 9
    assert invalid("vendor.github-workflows", saved(tmp_path, WORKFLOWS)) == ""


def test_every_pipeline_is_one_by_gitlabs_schema(tmp_path: Path) -> None:
    assert len(GITLAB) >= 6
    assert invalid("vendor.gitlab-ci", saved(tmp_path, PIPELINES)) == ""


def test_zizmor_has_nothing_to_say_but_of_the_two_triggers_that_the_page_warns_of(tmp_path: Path) -> None:
    saved(tmp_path, WORKFLOWS)
    assert audited(tmp_path) == {name: ["dangerous-triggers"] for name in DANGEROUS}
    page = (ROOT / "docs/github.md").read_text()
    assert page.count("zizmor calls") == len(DANGEROUS)


def test_the_first_recipe_is_what_init_writes() -> None:
    for recipe, starter in ((GITHUB[0], "github.yml"), (GITLAB[0], "gitlab.yml")):
        assert loaded(recipe) == loaded(starters.workflow(starter, ""))


@pytest.mark.parametrize("text", WORKFLOWS)
def test_every_action_is_pinned_and_each_to_one_commit(text: str) -> None:
    known = {name: commit for name, commit, _ in PIN.findall("".join(WORKFLOWS))}
    for line in re.findall(r"uses: (.*)", text):
        pinned = PIN.fullmatch(line)
        assert pinned, line
        assert known[pinned[1]] == pinned[2]
        assert pinned[3] or f"{pinned[1]}@{pinned[2]}" == starters.NOWHERE


@pytest.mark.parametrize("text", WORKFLOWS)
def test_no_token_stays_in_a_checkout_and_no_privileged_one_is_of_a_head(text: str) -> None:
    for step in steps(text):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"fetch-depth": "0", "persist-credentials": "false"}


@pytest.mark.parametrize("text", WORKFLOWS)
def test_every_input_is_one_of_the_action(text: str) -> None:
    inputs = set(loaded((ROOT / "action.yml").read_text())["inputs"])
    outputs = set(loaded((ROOT / "action.yml").read_text())["outputs"])
    used = [step for step in steps(text) if step.get("uses") == starters.NOWHERE]
    assert used or "-m reviewbot" in text
    assert [name for step in used for name in step.get("with", {}) if name not in inputs] == []
    assert set(re.findall(r"steps\.reviewbot\.outputs\.([\w-]+)", text)) <= outputs


def test_no_job_that_asks_models_may_write_to_the_forge_nor_one_that_writes_know_a_key_in_three_jobs() -> None:
    (split,) = [text for text in GITHUB if "phase: ask" in text]
    jobs = loaded(split)["jobs"]
    assert jobs["ask"]["permissions"] in ("", {})
    assert "secrets." not in json.dumps([jobs["plan"], jobs["publish"]])
    assert "write" not in json.dumps(jobs["plan"]["permissions"])


@pytest.mark.parametrize("text", WORKFLOWS)
def test_what_tells_the_verdict_is_not_skipped_where_a_job_before_it_fails(text: str) -> None:
    """A job that is skipped counts as passed."""
    jobs = loaded(text)["jobs"]
    last = [job for name, job in jobs.items() if not any(name in other.get("needs", []) for other in jobs.values())]
    assert [job["name"] for job in last if "needs" in job and "!cancelled()" not in job.get("if", "")] == []


@pytest.mark.parametrize("text", [*GITLAB, starters.workflow("gitlab.yml", "", local=True)])
def test_every_input_is_one_of_the_component_and_none_that_it_needs_is_missing(text: str) -> None:
    pipeline = loaded(text)
    for include in pipeline.get("include", []):
        name, commit = include["component"].rpartition("/")[2].split("@")
        spec, jobs = (ROOT / "templates" / f"{name}.yml").read_text().split("\n---\n")
        inputs: Mapping[str, Any] = loaded(spec)["spec"]["inputs"]
        assert set(include["inputs"]) <= set(inputs)
        assert {key for key, value in inputs.items() if "default" not in value} <= set(include["inputs"])
        assert include["inputs"]["revision"] == commit == "0" * 40
        assert set(pipeline) - {"include"} <= set(loaded(jobs))


@pytest.mark.parametrize("text", [*WORKFLOWS, *PIPELINES])
def test_every_call_of_the_program_is_one_that_it_understands(text: str) -> None:
    for argv in commands(text):
        assert parser().parse_args(argv).command


#: What GitLab sets in every job, or in every job of a project that has a registry and a deploy token.
GIVEN = {
    "CI_JOB_TOKEN": "x", "CI_RUNNER_SHORT_TOKEN": "x", "CI_REPOSITORY_URL": "https://u:x@gitlab.example.org/a/b.git",
    "CI_REGISTRY_PASSWORD": "x", "CI_DEPENDENCY_PROXY_PASSWORD": "x", "CI_DEPLOY_PASSWORD": "x", "CI_PROJECT_ID": "7",
    "CI_API_V4_URL": "https://gitlab.example.org/api/v4", "CI_COMMIT_SHA": "0" * 40, "GITLAB_USER_LOGIN": "ada",
}  # fmt: skip


def test_no_job_that_executes_a_change_holds_anything_of_worth() -> None:
    github, gitlab = TRYING
    assert "secrets." not in github
    assert "vars." not in github
    assert [job["permissions"] for job in loaded(github)["jobs"].values()] == [{"contents": "read"}]
    assert "head.repo.full_name == github.repository" in github
    assert "MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in gitlab
    taken = set(re.findall(r"-u (\w+)", gitlab))
    assert set(held(GIVEN)) <= taken
    assert held({name: value for name, value in GIVEN.items() if name not in taken}) == ()


@pytest.mark.parametrize("page", ["github.md", "gitlab.md"])
def test_every_operators_file_and_every_policy_is_valid(page: str) -> None:
    documents = blocks(page, "toml")
    assert documents
    for text in documents:
        if "[[backend]]" in text or "[limits]" in text:
            operator.read(page, text.encode())
        else:
            config.read(page, text.encode())
