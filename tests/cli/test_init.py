"""`init` writes what a pipeline needs, each where it belongs, and never over anything."""

from __future__ import annotations

import argparse
import json
import os
import pty
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from reviewbot.cli import init, main, operators, policies, starters
from reviewbot.core.labels import Label
from reviewbot.core.policy import classify_path
from reviewbot.errors import ReviewbotError, UsageError
from tests.repositories import ENVIRONMENT, Work

COMMIT = "4f" * 20
SOURCE = f"acme/reviewbot@{COMMIT}"
WORKFLOW, POLICY = ".github/workflows/reviewbot.yml", ".reviewbot.toml"
#: Runs the command in a process of its own, by the fields of its arguments.
PROGRAM = """
import argparse, json, os, sys
from reviewbot.cli import init
from reviewbot.errors import ReviewbotError
try:
    sys.exit(init.run(argparse.Namespace(**json.loads(sys.argv[1])), os.environ))
except ReviewbotError as error:
    print(f"reviewbot: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
"""


def given(work: Work, **said: object) -> argparse.Namespace:
    fields: dict[str, object] = {
        "repo": str(work.path), "forge": None, "pack": None, "hosted": False, "local_url": None, "source": None,
        "operator": str(work.path.parent / "operator.toml"), "dry_run": False,
    }  # fmt: skip
    return argparse.Namespace(**(fields | said))


def ran(work: Work, **said: object) -> int:
    return init.run(given(work, **said), {"HOME": str(work.path.parent / "home")})


def refused(work: Work, **said: object) -> str:
    """The one line of a refusal, after which nothing is there that was not there before."""
    before = files(work.path.parent)
    with pytest.raises(UsageError) as error:
        ran(work, **said)
    assert files(work.path.parent) == before
    assert "\n" not in str(error.value)
    return str(error.value)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): b"" if path.is_symlink() or not path.is_file() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if ".git" not in path.parts
    }


def rules(text: str) -> dict[str, str]:
    """Each pattern of a policy with its label."""
    return {path: rule["label"] for rule in tomllib.loads(text).get("rule", []) for path in rule["paths"]}


def proposed(work: Work, **said: object) -> str:
    assert ran(work, forge="github", **said) == 0
    return (work.path / POLICY).read_text()


# What it writes, and where


def test_it_writes_workflow_policy_and_the_operators_file(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{"src/a.py": "1"})
    assert ran(work, forge="github", source=SOURCE) == 0
    assert set(files(work.path)) >= {WORKFLOW, POLICY}
    assert operators.load(str(work.path.parent / "operator.toml"), {}, directory=work.path).endpoints == ()
    said = capsys.readouterr().out
    assert all(f"{name}: written" in said for name in (WORKFLOW, POLICY, work.path.parent / "operator.toml"))


def test_what_it_wrote_is_still_accepted_when_all_of_the_repository_is_committed(work: Work) -> None:
    ran(work, forge="github", hosted=True)
    work.commit("everything that is there")
    operator = operators.load(str(work.path.parent / "operator.toml"), {}, directory=work.path)
    assert [endpoint.name for endpoint in operator.endpoints] == ["hosted"]


def test_the_operators_file_is_for_its_owner_alone_and_by_default_where_settings_are(work: Work) -> None:
    ran(work, forge="github", operator=None)
    path = work.path.parent / "home/.config/reviewbot/operator.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    init.run(given(work, operator=None, forge="github"), {"XDG_CONFIG_HOME": str(work.path.parent / "xdg")})
    assert (work.path.parent / "xdg/reviewbot/operator.toml").is_file()


def test_it_works_from_a_folder_of_the_repository_and_from_a_second_work_tree(work: Work) -> None:
    work.commit(**{"src/a.py": "1"})
    work.git("remote", "add", "origin", "https://gitlab.example.org/a/b.git")
    assert ran(work, repo=str(work.path / "src")) == 0
    assert (work.path / ".gitlab/reviewbot.yml").is_file()
    work.git("worktree", "add", "-q", "../second")
    assert ran(work, repo=str(work.path.parent / "second")) == 0
    assert (work.path.parent / "second/.gitlab/reviewbot.yml").is_file()


def test_a_dry_run_prints_all_of_it_and_writes_nothing(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{"payments/a.py": "1", POLICY: 'default = "public"\n'})
    before = files(work.path.parent)
    assert ran(work, forge="github", dry_run=True) == 0
    assert files(work.path.parent) == before
    said = capsys.readouterr().out
    assert "pull_request:" in said
    assert 'name = "hosted"' in said
    assert f"{POLICY}: is there already" in said
    assert "payments" not in said


# Nothing is overwritten, nothing is half-written


def test_what_is_there_stays_and_is_named(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.write(POLICY, 'default = "restricted"\n')
    assert ran(work, forge="github") == 0
    assert (work.path / POLICY).read_text() == 'default = "restricted"\n'
    assert f"{POLICY}: is there already, and left as it is" in capsys.readouterr().out
    before = files(work.path.parent)
    assert ran(work, forge="github", hosted=True) == 0
    assert files(work.path.parent) == before
    assert "written" not in capsys.readouterr().out


@pytest.mark.parametrize("name", [WORKFLOW, POLICY, "../operator.toml"])
def test_a_link_is_not_followed(work: Work, name: str) -> None:
    (work.path / name).parent.mkdir(parents=True, exist_ok=True)
    (work.path / name).symlink_to(work.path.parent / "elsewhere")
    assert "it is a link; nothing was written" in refused(work, forge="github")


def test_a_folder_above_that_is_a_link_or_a_file_is_one_line(work: Work) -> None:
    (work.path / ".github").symlink_to(work.path.parent)
    assert "cannot be written: .github is a link" in refused(work, forge="github")
    (work.path / ".github").unlink()
    work.write(".github", "a file")
    assert "cannot be written: .github is no folder" in refused(work, forge="github")


@pytest.mark.parametrize("name", [WORKFLOW, POLICY])
def test_a_folder_in_the_place_of_a_file_is_one_line(work: Work, name: str) -> None:
    (work.path / name).mkdir(parents=True)
    assert f"{name}: cannot be written: it is a folder" in refused(work, forge="github")


def test_where_a_file_cannot_be_written_whole_nothing_is_left_of_any(work: Work) -> None:
    arguments = vars(given(work, forge="gitlab", operator=str(work.path.parent / "x/y/operator.toml")))
    before = files(work.path.parent)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))"  # bytes of a file
    program = PROGRAM.replace("\ntry:", f"\n{limit}\ntry:")
    argv = [sys.executable, "-B", "-c", program, json.dumps(arguments)]  # a cache of bytecode would be cut too
    run = subprocess.run(argv, env=ENVIRONMENT, capture_output=True)
    assert run.returncode == 2
    assert b"operator.toml: cannot be written: File too large; nothing was written" in run.stderr
    assert files(work.path.parent) == before


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000])
def test_no_name_for_the_operators_file_is_one_line(work: Work, name: str) -> None:
    assert refused(work, forge="github", operator=name)


def test_an_operators_file_in_the_repository_is_refused_even_by_a_link(work: Work) -> None:
    assert "once committed it would be refused" in refused(
        work, forge="github", operator=str(work.path / "ci/operator.toml")
    )
    (work.path / "ci").mkdir()
    (work.path.parent / "outside").symlink_to(work.path / "ci")
    assert "once committed it would be refused" in refused(
        work, forge="github", operator=str(work.path.parent / "outside/operator.toml")
    )


def test_without_a_home_the_file_has_to_be_named(work: Work) -> None:
    with pytest.raises(UsageError, match="--operator: name a file"):
        init.run(given(work, operator=None, forge="github"), {})


def test_outside_a_repository_it_is_one_line(tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "none", tmp_path / "a\0b"):
        with pytest.raises(ReviewbotError) as error:
            init.run(given(Work(tmp_path), repo=str(name)), {"HOME": str(tmp_path)})
        assert "\n" not in str(error.value)
    assert files(tmp_path) == {}


# The forge


@pytest.mark.parametrize(
    ("url", "forge"),
    [
        ("git@github.com:acme/desk.git", "github"), ("https://github.example.org/a/b", "github"),
        ("https://gitlab.com/a/b.git", "gitlab"), ("ssh://git@gitlab.example.org:2222/a/b.git", "gitlab"),
    ],
)  # fmt: skip
def test_a_remote_tells_the_forge(work: Work, url: str, forge: str) -> None:
    work.commit(**{".github/CODEOWNERS": "x", ".gitlab-ci.yml": "x: {}"})
    work.git("remote", "add", "origin", url)
    ran(work)
    assert (work.path / ".gitlab/reviewbot.yml").is_file() == (forge == "gitlab")
    assert (work.path / WORKFLOW).is_file() == (forge == "github")


def test_else_the_files_of_ci_tell_it_and_else_it_has_to_be_said(work: Work) -> None:
    work.commit(a="1")
    assert "--forge: github or gitlab?" in refused(work)
    work.commit(**{".github/workflows/ci.yml": "on: push"})
    ran(work)
    assert (work.path / WORKFLOW).is_file()
    work.commit(**{".gitlab-ci.yml": "a: {}"})
    assert "--forge: github or gitlab?" in refused(work)


# The workflow


def test_without_a_source_the_workflow_cannot_start_and_says_so(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    ran(work, forge="github")
    text = (work.path / WORKFLOW).read_text()
    assert "# FILL IN" in text
    assert starters.NOWHERE in text
    assert f"put it into {WORKFLOW}" in capsys.readouterr().out


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_with_a_source_it_is_pinned_to_that_commit(work: Work, forge: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran(work, forge=forge, source=SOURCE)
    text = (work.path / (WORKFLOW if forge == "github" else ".gitlab/reviewbot.yml")).read_text()
    assert "acme/reviewbot" in text
    assert COMMIT in text
    assert "0000000" not in text
    assert "OWNER" not in text
    assert "FILL IN" not in text + capsys.readouterr().out


@pytest.mark.parametrize(
    "source",
    ["acme/reviewbot@v1", "acme/reviewbot", f"acme@{COMMIT}", f"acme/x@{COMMIT[1:]}", f"a/b@{'0' * 40}",
     f"acme/x\n@{COMMIT}", f"acme/x@{COMMIT}\n", f"../x@{COMMIT}", f"acme/${{{{x}}}}@{COMMIT}",
     f"acme/x@{COMMIT.upper()}"],
)  # fmt: skip
def test_a_source_that_can_be_moved_or_is_none_is_refused(work: Work, source: str) -> None:
    assert "--source: as OWNER/NAME@COMMIT" in refused(work, forge="github", source=source)


def test_with_a_local_model_the_job_runs_beside_it_and_that_of_a_fork_does_not(work: Work) -> None:
    ran(work, forge="github", local_url="http://127.0.0.1:11434")
    assert (
        "runs-on: ${{ github.event.pull_request.head.repo.full_name == github.repository && 'reviewbot' ||"
        in (work.path / WORKFLOW).read_text()
    )
    ran(work, forge="gitlab", local_url="http://127.0.0.1:11434")
    assert "\nreviewbot:\n  tags: [reviewbot]" in (work.path / ".gitlab/reviewbot.yml").read_text()


def test_a_pipeline_that_is_there_is_left_and_the_line_to_add_is_said(
    work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    work.commit(**{".gitlab-ci.yml": "test: {script: make}\n"})
    ran(work, forge="gitlab")
    assert (work.path / ".gitlab-ci.yml").read_text() == "test: {script: make}\n"
    assert "- Add to .gitlab-ci.yml: include: [{local: .gitlab/reviewbot.yml}]" in capsys.readouterr().out


# The policy


def test_folders_that_look_sensitive_are_proposed_and_the_policy_is_valid(work: Work) -> None:
    names = ("app/auth/login.py", "app/db/migrations/1.sql", "infra/prod/main.tf", "modules/net.tf",
             "services/PaymentGateway/a.go", "src/userKeys/a.py", "web/page.js", "vendor/auth/a.go")  # fmt: skip
    work.commit(**dict.fromkeys(names, "x"))
    text = proposed(work)
    assert rules(text) == {
        "src/userKeys/**": "restricted", "services/PaymentGateway/**": "restricted", "app/auth/**": "confidential",
        "app/db/migrations/**": "confidential", "infra/**": "confidential", "*.tf": "confidential",
    }  # fmt: skip
    assert 'reason = "money that moves"' in text
    assert policies.documents(str(work.path / POLICY))[-1].default is Label.INTERNAL
    assert work.git("rev-parse", "HEAD")[:12] in text


def test_each_proposed_rule_covers_what_it_was_proposed_for_and_not_what_is_beside(work: Work) -> None:
    names = ["a/keys/x.py", "b [old]/auth*/x.py", 'q"uote/ledger!/x.py', "tab\there/kyc/x", "ünï/wallet/x", "#/iam/x"]
    work.commit(**dict.fromkeys(names, "x"))
    policy = policies.load_policy(str((proposed(work), work.path / POLICY)[1]))
    assert [name for name in names if classify_path(policy, name).label < Label.CONFIDENTIAL] == []
    assert classify_path(policy, "other/x.py").label is Label.INTERNAL


def test_a_stricter_folder_in_another_keeps_its_own_rule(work: Work) -> None:
    work.commit(**{"infra/keys/a": "x", "infra/deployment/a": "x"})
    assert rules(proposed(work)) == {"infra/keys/**": "restricted", "infra/**": "confidential"}


def test_what_the_pack_covers_is_not_proposed_again(work: Work) -> None:
    work.commit(**{"secrets/a": "x", "ledger/a.py": "x", "auth/a.py": "x"})
    text = proposed(work, pack="finance")
    assert rules(text) == {"auth/**": "confidential"}
    assert 'extends = "finance"' in text


def test_the_default_is_that_of_the_pack(work: Work) -> None:
    work.commit(**{"auth/a.py": "x"})
    text = proposed(work, pack="strict")
    assert tomllib.loads(text)["default"] == "restricted"
    assert rules(text) == {}


def test_many_folders_of_a_kind_are_one_name_and_a_thousand_names_still_a_valid_policy(work: Work) -> None:
    work.commit(**{f"services/s{number}/migrations/1.sql": "x" for number in range(40)})
    assert rules(proposed(work)) == {"migrations/": "confidential"}
    (work.path / POLICY).unlink()
    work.commit(**{f"x/auth-{number}/a.py": "x" for number in range(1000)})
    text = proposed(work)
    assert "more names are not in it" in text
    assert policies.documents(str(work.path / POLICY))


def test_the_tip_of_head_is_looked_at_not_the_work_tree(work: Work) -> None:
    work.commit(a="1")
    work.write("payments/a.py", "x")
    assert rules(proposed(work)) == {}


def test_a_repository_without_a_commit_gets_a_policy_without_rules(work: Work) -> None:
    assert "there is no commit yet" in proposed(work)


def test_a_pack_that_is_none_is_one_line(work: Work) -> None:
    assert "--pack: ../x: no such pack; one of default, defence" in refused(work, forge="github", pack="../x")


# The operator's file


@pytest.mark.parametrize(
    ("url", "kind", "clearance"),
    [
        ("http://127.0.0.1:11434", "ollama", Label.RESTRICTED), ("http://127.0.0.1:8000", "openai", Label.RESTRICTED),
        ("https://llm.example.org/v1", "openai", Label.INTERNAL), ("/models/a.gguf", "llamacpp", Label.RESTRICTED),
        ("https://127.0.0.1.example.org", "openai", Label.INTERNAL),
    ],
)  # fmt: skip
def test_a_local_model_is_cleared_for_all_only_on_this_machine(
    work: Work, url: str, kind: str, clearance: Label
) -> None:
    ran(work, forge="github", local_url=url)
    (endpoint,) = operators.load(str(work.path.parent / "operator.toml"), {}, directory=work.path).endpoints
    assert (endpoint.kind, endpoint.clearance) == (kind, clearance)


def test_the_hosted_model_comes_first_and_its_key_is_a_name(work: Work) -> None:
    ran(work, forge="github", hosted=True, local_url="http://127.0.0.1:11434")
    both = operators.load(str(work.path.parent / "operator.toml"), {}, directory=work.path).endpoints
    assert [(one.name, one.clearance) for one in both] == [("hosted", Label.INTERNAL), ("local", Label.RESTRICTED)]
    assert both[0].key_env == "MISTRAL_API_KEY"


def test_the_comments_of_the_file_become_valid_backends(work: Work) -> None:
    ran(work, forge="github")
    path = work.path.parent / "operator.toml"
    path.write_text(re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", path.read_text()))
    assert [one.name for one in operators.load(str(path), {}).endpoints] == ["hosted", "local"]


@pytest.mark.parametrize("url", ["llm", "ftp://x", "http://a b", "https://u:p@x", 'http://x"\nname = "y', "http://x\n"])
def test_an_address_that_is_none_is_one_line_without_the_address(work: Work, url: str) -> None:
    said = refused(work, forge="github", local_url=url)
    assert said.startswith("--local-url: ")
    assert url not in said


# The terminal


def typed(work: Work, answers: str, **said: object) -> tuple[int, str]:
    """Exit code and screen of the command on a terminal, where `answers` are typed."""
    ours, theirs = pty.openpty()
    environ = ENVIRONMENT | {"HOME": str(work.path.parent / "home"), "PATH": os.environ["PATH"]}
    argv = [sys.executable, "-c", PROGRAM, json.dumps(vars(given(work, operator=None, **said)))]
    with subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=environ) as process:
        os.close(theirs)
        os.write(ours, answers.encode())
        screen = b""
        try:
            while piece := os.read(ours, 4096):
                screen += piece
        except OSError:  # the other side is closed
            pass
        code = process.wait(timeout=30)
    os.close(ours)
    return code, screen.decode()


def test_on_a_terminal_it_asks_and_does_what_is_answered(work: Work) -> None:
    work.commit(**{"ledger/a.py": "x"})
    code, screen = typed(work, f"github\nfinance\ny\nhttp://127.0.0.1:11434\n{SOURCE}\n")
    assert code == 0, screen
    assert COMMIT in (work.path / WORKFLOW).read_text()
    assert 'extends = "finance"' in (work.path / POLICY).read_text()
    operator = operators.load(str(work.path.parent / "home/.config/reviewbot/operator.toml"), {})
    assert [one.name for one in operator.endpoints] == ["hosted", "local"]


def test_an_empty_answer_is_the_careful_one(work: Work) -> None:
    work.git("remote", "add", "origin", "https://gitlab.com/a/b")
    code, screen = typed(work, "\n\n\n\n\n")
    assert code == 0, screen
    assert (work.path / ".gitlab/reviewbot.yml").is_file()
    assert operators.load(str(work.path.parent / "home/.config/reviewbot/operator.toml"), {}).endpoints == ()


def test_what_a_flag_says_is_not_asked(work: Work) -> None:
    said = {"forge": "github", "pack": "strict", "local_url": "http://127.0.0.1:11434", "source": SOURCE}
    code, screen = typed(work, "", **said)
    assert code == 0, screen
    assert "?" not in screen


def test_an_end_of_input_is_one_line_and_writes_nothing(work: Work) -> None:
    code, screen = typed(work, "github\n\x04")
    assert code == 2
    assert "no answer: nothing was written" in screen
    assert files(work.path) == {}


def test_a_build_system_is_never_asked(work: Work) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(vars(given(work)))],
        env=ENVIRONMENT | {"CI": "true"}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr.startswith("reviewbot: --forge: github or gitlab?")


def test_the_command_line_knows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Work.at(tmp_path / "r").commit(**{"a.py": "a = 1\n"})
    assert main(["init", "--repo", str(tmp_path / "r"), "--forge", "github", "--dry-run"], {"HOME": str(tmp_path)}) == 0
    assert ".github/workflows/reviewbot.yml" in capsys.readouterr().out
