"""A GitLab project whose pipelines include a template, run by gitlab-ci-local with its shell executor."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.packaging.machine import ENVIRONMENT, MODULES, ROOT, WITHOUT_INDEX
from tests.repositories import Work

TEMPLATES = [ROOT / "templates" / name for name in ("reviewbot.yml", "reviewbot-phases.yml")]
#: What makes up reviewbot: the files that a clone of it has and a review needs.
SOURCE = (".ci/requirements.txt", ".github/action", "reviewbot", "policies", "pyproject.toml", "README.md", "LICENSE")
DIGEST = f"python@sha256:{'0' * 64}"


@dataclass(frozen=True)
class Project:
    """`clone` is where the pipeline starts; `upstream` has the merge request from `feature` to `main`."""

    clone: Path
    upstream: Work
    source: Work
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pipeline:
    """What became of a pipeline: what was printed, as the exit code is 0 whatever failed; the folder of each job."""

    log: str
    jobs: dict[str, Path]


def mirror(folder: Path) -> Work:
    """A clone of reviewbot as the work tree has it, one commit, as a mirror in an instance of GitLab has it."""
    work = Work.at(folder)
    for name in SOURCE:
        (work.path / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, work.path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, work.path / name)
    work.commit("reviewbot")
    return work


def project(folder: Path, template: Path, **inputs: str) -> Project:
    """A project on `main` that includes the template, and a merge request that leaves a breakpoint."""
    source = mirror(folder / "source")
    said = {"image": DIGEST, "source": f"file://{source.path}", "revision": source.git("rev-parse", "HEAD"),
            **{name.replace("_", "-"): value for name, value in inputs.items()}}  # fmt: skip
    lines = [f"      {name}: {json.dumps(value)}" for name, value in said.items()]
    upstream = Work.at(folder / "upstream")
    base = upstream.commit("base", **{
        "app.py": "a = 1\n", ".reviewbot.toml": 'default = "internal"\n', "templates/it.yml": template.read_text(),
        ".gitlab-ci.yml": "\n".join(["include:", "  - local: templates/it.yml", "    inputs:", *lines, ""]),
    })  # fmt: skip
    upstream.git("checkout", "-q", "-b", "feature")
    upstream.commit("change", **{"app.py": "a = 1\nbreakpoint()\n"})
    clone = folder / "clone"
    Work.at(folder).git("clone", "-q", "-b", "feature", str(upstream.path), str(clone))
    return Project(clone, upstream, source, {
        "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_MERGE_REQUEST_TITLE": "Leave a breakpoint",
        "CI_SERVER_URL": "https://gitlab.example.com", "CI_JOB_TOKEN": "job-token",
    })  # fmt: skip


def expanded(made: Project) -> str:
    """The pipeline with every include and input filled in."""
    done = _local(made, {}, "--preview")
    return done.stdout[done.stdout.index("---\n") :]


def run(made: Project, **variables: str) -> Pipeline:
    """Run the pipeline of the merge request; every job in a folder of its own."""
    done = _local(made, variables, "--force-shell-executor", "--shell-isolation", "--no-color")
    builds = made.clone / ".gitlab-ci-local" / "builds"
    return Pipeline(done.stdout + done.stderr, {path.name: path for path in builds.iterdir()})


def _local(made: Project, variables: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    said = {**made.variables, **variables}
    command = [str(MODULES / ".bin" / "gitlab-ci-local"), *options, "--ignore-predefined-vars", ",".join(said)]
    command += [part for name, value in said.items() for part in ("--variable", f"{name}={value}")]
    environ = {**ENVIRONMENT, **WITHOUT_INDEX, "HOME": str(made.clone.parent)}
    return subprocess.run(command, cwd=made.clone, capture_output=True, text=True, env=environ)
