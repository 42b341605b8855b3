"""What action.yml and the GitLab template start: an environment of our own, one command of reviewbot, the outputs.

    python3 -I -B entry.py     in a folder outside the checkout; what the user says is in variables named INPUT_*

Standard library only. Nothing of the checkout is imported, executed, installed from or taken for configuration: the
change is read from git objects.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from installing import RefusedError, installed, search_path

PHASES = ("review", "plan", "ask", "publish")
#: What a log may show: core.summary.LOG and below.
LABELS_OF_LOG = ("public", "internal")
CONCLUSIONS = ("success", "failure", "neutral", "action_required")
#: Inputs that may be a document instead of its name; all others have one line.
DOCUMENTS = ("operator", "policy")
INPUTS = ("github-token", "mistral-api-key", "local-url", "local-model", "local-kind", *DOCUMENTS, "tasks", "fail-on",
          "phase", "shard", "output")  # fmt: skip
#: Inputs that reviewbot knows as variables.
VARIABLES = {"github-token": "GITHUB_TOKEN", "mistral-api-key": "MISTRAL_API_KEY", "local-url": "REVIEWBOT_LOCAL_URL",
             "local-model": "REVIEWBOT_LOCAL_MODEL", "local-kind": "REVIEWBOT_LOCAL_KIND"}  # fmt: skip
#: What reviewbot is not told: what changes Python or git, the runner's own tokens, and files that steer later steps.
DROPPED = re.compile(r"(PIP_|PYTHON|INPUT_|ACTIONS_|NODE_|BASH_|GIT_|LD_PRELOAD$|VIRTUAL_ENV|ENV$"
                     r"|GITHUB_(ENV|PATH|OUTPUT|STATE)$|CI_REPOSITORY_URL$)")  # fmt: skip
#: The keys of the other phases: who asks has no access to the forge, who plans and publishes none to a model.
FORGE_KEYS = re.compile(r"(GITHUB_TOKEN|GH_TOKEN|GITLAB_TOKEN|CI_[A-Z_]*(TOKEN|PASSWORD))$")
MODEL_KEYS = re.compile(r"MISTRAL_API_KEY$")
#: Of a merge request of a fork that runs with the project's variables: what a model is known by.
MODELS = re.compile(r"(MISTRAL_API_KEY|REVIEWBOT_OPERATOR|REVIEWBOT_LOCAL_[A-Z]+)$")


def main(environ: Mapping[str, str]) -> int:
    """Install, run, write the outputs; the exit code of reviewbot, or 2 or 3 and one line where it could not run."""
    try:
        said, on_gitlab = inputs(environ), bool(environ.get("GITLAB_CI"))
        temp = Path.cwd() if on_gitlab else _folder(environ, "RUNNER_TEMP")
        workspace = _folder(environ, "CI_PROJECT_DIR" if on_gitlab else "GITHUB_WORKSPACE")
        folder = output_folder(said["output"], temp, workspace, on_gitlab=on_gitlab, fresh=starts(said))
        command = arguments(said, folder, temp, workspace, on_gitlab=on_gitlab)
        python = installed(temp, workspace, environ)
        code = run([str(python), "-I", "-m", "reviewbot", *command], temp, environment(said, workspace, environ))
        _write_outputs(environ.get("GITHUB_OUTPUT", ""), outputs(said, folder))
    except RefusedError as refused:
        text = str(refused).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::error title=reviewbot::{text}" if environ.get("GITHUB_ACTIONS") else f"reviewbot: {refused}")
        return refused.code
    return code


def inputs(environ: Mapping[str, str]) -> dict[str, str]:
    """Every input, "" where it is not given."""
    said = {name: environ.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip() for name in INPUTS}
    said["phase"] = said["phase"] or "review"
    for name, value in said.items():
        allowed = "\t\r\n" if name in DOCUMENTS else ""
        if any(not sign.isprintable() and sign not in allowed for sign in value):
            raise RefusedError(f"{name}: has characters that cannot be printed, or more than one line")
    if said["phase"] not in PHASES:
        raise RefusedError(f"phase: one of {', '.join(PHASES)}")
    if not re.fullmatch(r"|[1-9][0-9]{0,3}/[1-9][0-9]{0,3}", said["shard"]):
        raise RefusedError("shard: a part and of how many, as 2/8 is")
    return said


def starts(said: Mapping[str, str]) -> bool:
    """Whether this phase finds nothing that another left."""
    return said["phase"] in ("review", "plan")


def _folder(environ: Mapping[str, str], name: str) -> Path:
    folder = Path(environ.get(name, ""))
    if not (folder.is_absolute() and folder.is_dir()):
        raise RefusedError(f"{name}: no folder; is this a job of a runner?")
    return folder


def output_folder(said: str, temp: Path, workspace: Path, *, on_gitlab: bool, fresh: bool) -> Path:
    """Where reports, plans and replies are. Raises RefusedError for a folder whose content a pull request chooses."""
    folder = Path(os.path.normpath((workspace if on_gitlab else temp) / (said or "reviewbot")))
    if on_gitlab:  # its artifacts are below the checkout: a folder right there, not one that the change brought
        if folder.parent != workspace or folder.name.startswith(".git"):
            raise RefusedError("output: the name of a folder, without a slash")
        if fresh and (folder.is_symlink() or folder.exists()):
            folder.unlink() if folder.is_symlink() or folder.is_file() else shutil.rmtree(folder)
        inside = folder.is_symlink()
    else:
        places = (workspace, workspace.resolve())
        inside = any(one.is_relative_to(place) for one in (folder, folder.resolve()) for place in places)
    if inside:
        raise RefusedError("output: a folder outside the checkout, in which a pull request can write nothing")
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RefusedError(f"output: the folder cannot be made: {error.strerror}") from None
    return folder


def arguments(said: Mapping[str, str], folder: Path, temp: Path, workspace: Path, *, on_gitlab: bool) -> list[str]:
    """What reviewbot is called with. A value is never an argument of its own: none can become an option."""
    phase, shard = said["phase"], said["shard"] or "1/1"
    name = {"review": "", "publish": "-publish"}.get(phase, f"-{shard.replace('/', '-')}")
    files = ("report.json", "report.html", "report.sarif",
             *(("gl-code-quality-report.json", "report.prom") if on_gitlab else ()))  # fmt: skip
    given = {
        "policy": _document(said, "policy", temp, workspace), "operator": _document(said, "operator", temp, workspace),
        "tasks": said["tasks"], "fail-on": said["fail-on"], "repo": str(workspace), "shard": shard,
        "ledger": str(folder / f"ledger{name}.jsonl"),
    }  # fmt: skip
    of_change = ("repo", "policy", "fail-on", "tasks")
    made: dict[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {  # files read, files written, options
        "review": ((), files, (*of_change, "ledger")),
        "plan": ((), ("plan.json",), of_change),
        "ask": (("plan.json",), (f"reply{name}.json",), ("shard", "ledger")),
        "publish": (("plan.json", *_replies(folder)), files, ("ledger",)),
    }
    read, written, options = made[phase]
    for file in written:  # of an earlier run, which must not pass for this one's
        (folder / file).unlink(missing_ok=True)
    return [phase, *(str(folder / file) for file in read),
            *(f"--{option}={given[option]}" for option in ("operator", *options) if given[option]),
            *(f"--output={folder / file}" for file in written)]  # fmt: skip


def _replies(folder: Path) -> list[str]:
    """What each asking left, in the order of the shards."""
    shards = [(match, file) for file in folder.iterdir()
              if (match := re.fullmatch(r"reply-(\d{1,4})-(\d{1,4})\.json", file.name))]  # fmt: skip
    return [file.name for match, file in sorted(shards, key=lambda one: (int(one[0][2]), int(one[0][1])))]


def _document(said: Mapping[str, str], name: str, temp: Path, workspace: Path) -> str:
    """The name of a document that may be said itself, in several lines; a relative name is one below the checkout."""
    value = said[name]
    if "\n" in value:
        file = temp / f"reviewbot-{name}.toml"
        file.unlink(missing_ok=True)
        file.touch(0o600)
        file.write_text(f"{value}\n", encoding="utf-8")
        return str(file)
    if not value or (name == "policy" and value.isidentifier()):  # a shipped pack
        return value
    file = Path(os.path.normpath(workspace / value))
    if not starts(said) and file.is_relative_to(workspace):
        # Where it was checked out, nobody here can tell whether a pull request wrote it.
        raise RefusedError(f"{name}: when asking and publishing, a file outside the checkout, or the document itself")
    return str(file)


def environment(said: Mapping[str, str], workspace: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What reviewbot is told: the job's own variables and the inputs, but no key that the phase has no use for."""
    told = {**environ, **{VARIABLES[name]: said[name] for name in VARIABLES if said[name]}}
    dropped = [DROPPED]
    if said["phase"] == "ask":
        dropped.append(FORGE_KEYS)
    elif said["phase"] != "review":
        dropped.append(MODEL_KEYS)
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    if source and source != environ.get("CI_PROJECT_ID"):
        print("reviewbot: a merge request of a fork: no model is asked", flush=True)
        dropped.append(MODELS)
    kept = {name: value for name, value in told.items() if not any(one.match(name) for one in dropped)}
    return {**kept, "PATH": search_path(environ, workspace)}


def run(command: list[str], folder: Path, environ: Mapping[str, str]) -> int:
    """The exit code of a program, which is told to stop where we are."""
    with subprocess.Popen(command, cwd=folder, env=environ, stdin=subprocess.DEVNULL) as child:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: child.terminate())
        code = child.wait()
    return code if code >= 0 else 130


def outputs(said: Mapping[str, str], folder: Path) -> Iterator[tuple[str, str]]:
    """The action's outputs: words of ours, numbers, and names of files that are there."""
    phase, shard = said["phase"], said["shard"] or "1/1"
    name = {"plan": "plan.json", "ask": f"reply-{shard.replace('/', '-')}.json"}.get(phase, "report.json")
    report = folder / name
    if not report.is_file():
        return
    yield "report", str(report)
    document = json.loads(report.read_text(encoding="utf-8"))
    if phase in ("review", "publish"):
        if (folder / "report.sarif").is_file():
            yield "sarif", str(folder / "report.sarif")
        if document["conclusion"] in CONCLUSIONS:
            yield "conclusion", document["conclusion"]
        # Outputs are for the log's readers: of what is labelled above it not even a number.
        yield "findings", str(sum(finding["label"] in LABELS_OF_LOG for finding in document["findings"]))
    ledger = (document["content"] if phase == "ask" else document).get("ledger") or {}
    head = ledger.get("head", "")
    if re.fullmatch(r"[0-9a-f]{64}", head):
        yield "ledger-head", head


def _write_outputs(name: str, said: Iterator[tuple[str, str]]) -> None:
    """Write them so that no value can end its own place in the file."""
    lines = []
    for key, value in said:
        end = secrets.token_hex(16)
        lines.append(f"{key}<<{end}\n{value}\n{end}\n")
    if name:
        with Path(name).open("a", encoding="utf-8") as stream:
            stream.writelines(lines)


if __name__ == "__main__":
    raise SystemExit(main(os.environ))
