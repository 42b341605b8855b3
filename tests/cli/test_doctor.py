"""Doctor says what is here, and what in the environment is dangerous, without showing any value."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.cli import main
from reviewbot.cli.environment import DANGEROUS, OBEYED
from reviewbot.sandbox.containment import contained
from tests.repositories import Work
from tests.servers.faulty import (
    DIGEST,
    MODEL,
    Act,
    Faulty,
    busy,
    closed_port,
    dropped,
    empty,
    page,
    redirect,
    status,
    unauthorized,
)
from tests.servers.shapes import descriptions

ROOT = Path(__file__).parents[2]


def said(capsys: pytest.CaptureFixture[str], folder: Path, environ: dict[str, str] | None = None, code: int = 0) -> str:
    assert main(["doctor", "--repo", str(folder)], environ or {}) == code
    return capsys.readouterr().out


def test_a_clean_environment_has_no_warning(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(a="1\n")
    out = said(capsys, work.path)
    assert "warning" not in out
    assert "no .reviewbot.toml at refs/heads/main, the default pack" in out


@pytest.mark.parametrize("name", [*DANGEROUS, *OBEYED])
def test_a_dangerous_variable_is_named_without_its_value(
    work: Work, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    out = said(capsys, work.path, {name: "canary"})
    assert f"warning       {name} is set: it " in out
    assert "canary" not in out


def test_only_what_cannot_be_ignored_is_to_be_unset(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Unset it" in said(capsys, work.path, {"PYTHONPATH": "/x"})
    assert "reviewbot ignores it" in said(capsys, work.path, {"GIT_DIR": "/x"})


def test_an_invalid_policy_is_named_with_its_line(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{".reviewbot.toml": 'default = "internal"\nunknown = 1\n'})
    assert ".reviewbot.toml:2: unknown: unknown key" in said(capsys, work.path, code=2)


def test_the_repositorys_own_policy_is_counted(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{".reviewbot.toml": '[[rule]]\nlabel = "restricted"\npaths = ["a/**"]\n'})
    assert "policy        .reviewbot.toml at refs/heads/main and the default pack" in said(capsys, work.path)


def test_a_folder_that_is_no_repository_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not a git repository" in said(capsys, tmp_path)


def test_no_git_on_the_path_is_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor", "--repo", str(tmp_path)], {}) == 2
    assert "not found: install git" in capsys.readouterr().out


def test_a_git_of_the_current_folder_is_not_run(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").write_text(f"#!/bin/sh\ntouch {tmp_path}/mark\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    assert main(["doctor", "--repo", str(work.path)], {}) == 0
    assert not (tmp_path / "mark").exists()
    assert "not run" in capsys.readouterr().out


def configured(path: Path, *backends: str, rest: str = "") -> dict[str, str]:
    """An environment that names an operator's file with these backends."""
    path.write_text("\n".join(f"[[backend]]\n{backend}" for backend in backends) + f"\n{rest}")
    return {"REVIEWBOT_OPERATOR": str(path), "THE_KEY": "canary-key"}


def hosted(url: str, more: str = "") -> str:
    return (f'name = "hosted"\nkind = "mistral"\nmodel = "{MODEL}"\nclearance = "internal"\n'
            f'key_env = "THE_KEY"\nurl = "{url}"\n{more}')  # fmt: skip


def local(url: str, more: str = "", model: str = "codestral:22b") -> str:
    return (f'name = "local"\nkind = "ollama"\nmodel = "{model}"\nclearance = "restricted"\n'
            f'url = "{url}"\n{more}')  # fmt: skip


def examined(capsys: pytest.CaptureFixture[str], folder: Path, environ: dict[str, str]) -> tuple[int, str]:
    code = main(["doctor", "--repo", str(folder)], environ)
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "canary" not in captured.out
    return code, captured.out


def lines(out: str, name: str) -> list[str]:
    """What stands behind a name; with leading blanks, a row of a backend."""
    return [line[14:] for line in out.splitlines() if line[:14].rstrip() == name]


def test_two_backends_that_are_well_are_shown_with_who_reads_what(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work.commit(a="1\n")
    with Faulty(dialect="mistral") as one, Faulty(dialect="ollama", models=("codestral:22b",)) as two:
        rest = "[limits]\ncost_usd = 0.5\nconcurrency = 2\n"
        environ = configured(tmp_path / "o.toml", hosted(one.url), local(two.url, "concurrency = 1"), rest=rest)
        code, out = examined(capsys, work.path, environ)
        assert not [*one.asked, *two.asked]
    assert code == 0
    assert lines(out, "operator") == [f"{tmp_path / 'o.toml'}: 2 backends, 2 may be used"]
    assert lines(out, "hosted") == [f"{MODEL}, mistral at 127.0.0.1:{one.port}, region unknown, reads up to internal"]
    assert lines(out, "local") == [f"codestral:22b, ollama at 127.0.0.1:{two.port}, reads up to restricted"]
    assert lines(out, "  key") == ["THE_KEY is set"]
    assert lines(out, "  server") == ["answers, and has the model", "answers, and has the model; version 0.33.0"]
    assert lines(out, "  model") == [
        "window 131,072 tokens, fills holes in code",
        "window 32,768 tokens, fills holes in code, Q4_0, digest 0898a8b286d5a1b1d2f",
    ]
    assert lines(out, "  price") == ["0.3 and 0.9 dollars per million tokens read and written"]
    assert lines(out, "  licence") == ["MNPL-0.1, which forbids production use; nothing is attested"]
    assert lines(out, "route") == ["public, internal: hosted, then local", "confidential, restricted: local"]
    assert lines(out, "comments") == ["up to restricted"]
    assert lines(out, "limits") == ["240 s, 200 calls, 0.5 dollars; at a time: hosted 2, local 1"]
    assert "warning" not in out


def test_on_a_desk_the_licence_is_a_warning_and_in_ci_a_refusal(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Faulty(dialect="ollama", models=("codestral:22b",)) as server:
        environ = configured(tmp_path / "o.toml", local(server.url))
        code, out = examined(capsys, work.path, environ)
        assert (code, lines(out, "  may be used")[0][:15]) == (0, "yes, but not in")
        code, out = examined(capsys, work.path, environ | {"CI": "true"})
        assert code == 2
        assert lines(out, "  may be used")[0].startswith("no: the licence of codestral:22b (MNPL-0.1) forbids")
        assert lines(out, "route") == ["public, internal, confidential, restricted: nobody; such files get checks only"]
        environ = configured(tmp_path / "o.toml", local(server.url, 'license = "attested: contract 4711"'))
        code, out = examined(capsys, work.path, environ | {"CI": "true"})
    assert (code, lines(out, "  may be used")) == (0, ["yes"])
    assert lines(out, "  licence") == ["MNPL-0.1, which forbids production use; attested: contract 4711"]


def test_a_renamed_model_is_known_by_the_licence_that_its_server_shows(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Faulty(dialect="ollama", models=("house:latest",)) as server:
        environ = configured(tmp_path / "o.toml", local(server.url, model="house:latest"))
        code, out = examined(capsys, work.path, environ | {"CI": "true"})
    assert code == 2
    assert lines(out, "  may be used")[0].startswith("no: the licence of house:latest (its own licence) forbids")


def test_what_is_down_is_exit_3_and_stays_on_its_route(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closed_port() as url, Faulty(dialect="mistral") as server:
        environ = configured(tmp_path / "o.toml", hosted(server.url), local(url))
        code, out = examined(capsys, work.path, environ)
    assert code == 3
    assert lines(out, "  server")[1] == "unreachable: is it running, and is this its address?"
    assert lines(out, "route")[1] == "confidential, restricted: local"


def test_a_key_that_is_not_set_is_exit_2_and_nothing_is_asked(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Faulty(dialect="mistral") as server:
        environ = configured(tmp_path / "o.toml", hosted(server.url)) | {"THE_KEY": ""}
        code, out = examined(capsys, work.path, environ)
        assert server.requests == []
    assert code == 2
    assert lines(out, "  key") == ["THE_KEY is not set"]
    assert lines(out, "  server") == ["not asked: THE_KEY is not set, and its key belongs there"]


@pytest.mark.parametrize(
    ("act", "code", "said"),
    [
        (unauthorized(), 2, "key refused (HTTP 401)"), (busy(), 3, "server busy (HTTP 503)"),
        (redirect("http://127.0.0.1:9/"), 2, "redirect refused (HTTP 307): give the address"),
        (page(), 3, "reply not understood"), (empty(), 3, "reply not understood"),
        (dropped(), 3, "connection broken"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_server_that_answers_badly_is_said_in_our_words(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str], act: Act, code: int, said: str
) -> None:
    with Faulty(dialect="mistral", describing=(act,)) as server:
        environ = configured(tmp_path / "o.toml", hosted(server.url))
        found, out = examined(capsys, work.path, environ)
    assert found == code
    assert lines(out, "  server")[0].startswith(said)


def test_a_model_that_is_not_there_and_a_pin_that_does_not_hold_are_exit_2(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Faulty(dialect="ollama", models=("devstral:24b",)) as server:
        environ = configured(tmp_path / "o.toml", local(server.url))
        code, out = examined(capsys, work.path, environ)
        assert code == 2
        assert lines(out, "  server")[0].startswith("no such model")
        more = local(server.url, 'digest = "00000000"', model="devstral:24b")
        code, out = examined(capsys, work.path, configured(tmp_path / "o.toml", more))
        assert code == 2
        assert lines(out, "  server")[0].startswith("another model than pinned: its digest")
        more = local(server.url, f'digest = "{DIGEST[:12]}"', model="devstral:24b")
        code, out = examined(capsys, work.path, configured(tmp_path / "o.toml", more))
        assert code == 0
        assert "(pinned)" in lines(out, "  model")[0]


def told(version: str = "0.33.0", model: str = "devstral:24b", **shown: object) -> tuple[Act, ...]:
    """What an Ollama answers to the three questions of what it is."""
    about = descriptions("ollama", (model,))
    answers = ({"version": version}, {**about["/api/show"], "license": "Apache-2.0", **shown}, about["/api/tags"])
    return tuple(status(200, json.dumps(answer).encode(), "application/json") for answer in answers)


def test_an_ollama_with_a_known_hole_is_named(work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Faulty(dialect="ollama", describing=told("0.17.0")) as server:
        environ = configured(tmp_path / "o.toml", local(server.url, model="devstral:24b"))
        code, out = examined(capsys, work.path, environ)
    assert code == 0
    (warning,) = lines(out, "warning")
    assert warning.startswith("local: CVE-2026-7482: ")
    assert "Update it to 0.17.1 or newer" in warning


def test_a_model_that_runs_elsewhere_is_refused_and_the_switch_is_named(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Faulty(dialect="ollama", describing=told(remote_host="https://ollama.com")) as server:
        environ = configured(tmp_path / "o.toml", local(server.url, model="devstral:24b"))
        code, out = examined(capsys, work.path, environ)
    assert code == 2
    assert "OLLAMA_NO_CLOUD=1" in lines(out, "  server")[0]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/net/tcp is Linux's")
def test_an_ollama_that_listens_on_every_address_is_named(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Faulty(dialect="ollama", describing=told(), host="0.0.0.0") as server:
        environ = configured(tmp_path / "o.toml", local(f"http://127.0.0.1:{server.port}", model="devstral:24b"))
        code, out = examined(capsys, work.path, environ)
    assert code == 0
    assert lines(out, "warning") == [
        "local: it listens on every address of this machine, and asks nobody for a password. "
        "Start it with OLLAMA_HOST=127.0.0.1."
    ]


def test_an_ollama_on_another_machine_is_named(work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # No resolver knows this name (RFC 2606), so nothing is connected to.
    environ = configured(tmp_path / "o.toml", local("http://ollama.invalid:1", "attested = true"))
    code, out = examined(capsys, work.path, environ)
    assert code == 3
    assert lines(out, "warning") == [
        "local: it is not on this machine, and Ollama asks nobody for a password: "
        "its prompts are not encrypted on the way. Let no one else reach it."
    ]


def test_a_policy_that_wants_a_region_takes_a_backend_out_unasked(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work.commit(**{".reviewbot.toml": 'region = "eu"\nzero_retention = true\n'})
    with Faulty(dialect="mistral") as server:
        environ = configured(tmp_path / "o.toml", hosted(server.url))
        code, out = examined(capsys, work.path, environ)
        assert server.requests == []
        assert code == 0
        assert lines(out, "  server") == ["not asked"]
        assert lines(out, "  may be used")[0].startswith("no: the policy wants region eu: nobody says where it stands")
        assert lines(out, "policy")[0].endswith("hosted models in eu only, zero retention")
        code, out = examined(capsys, work.path, configured(tmp_path / "o.toml", hosted(server.url, 'region = "eu"')))
    assert lines(out, "  may be used") == ["yes"]
    assert "region eu, reads up to internal" in lines(out, "hosted")[0]


def test_a_model_that_is_retired_is_said(work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Faulty(dialect="mistral", models=("codestral-2405",)) as server:
        backend = hosted(server.url).replace(MODEL, "codestral-2405")
        _, out = examined(capsys, work.path, configured(tmp_path / "o.toml", backend))
    assert lines(out, "  retirement") == ["2025-06-16, which is past, as of 2026-08-21"]


def test_an_operators_file_that_is_wrong_is_exit_2_and_the_rest_is_shown(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = configured(tmp_path / "o.toml", 'name = "x"\nkind = "other"\nclearance = "public"\n')
    code, out = examined(capsys, work.path, environ)
    assert code == 2
    assert lines(out, "operator")[0].startswith(f"{tmp_path / 'o.toml'}:3: backend.kind: must be one of")
    assert lines(out, "git") != []


def test_the_option_names_the_file_too(work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Faulty(dialect="openai") as server:
        text = f'name = "gpu"\nkind = "openai"\nclearance = "internal"\nurl = "{server.url}"\nshare = 5\n'
        configured(tmp_path / "o.toml", text)
        assert main(["doctor", "--repo", str(work.path), "--operator", str(tmp_path / "o.toml")], {}) == 0
    out = capsys.readouterr().out
    assert lines(out, "gpu") == [
        f"the first model it lists, openai at 127.0.0.1:{server.port}, reads up to internal, 5 % of pull requests"
    ]
    assert lines(out, "  licence") == ["not known, and this program cannot judge"]


def test_an_operators_file_of_the_repository_is_refused(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{"o.toml": "[[backend]]\n" + local("http://127.0.0.1:9")})
    code, out = examined(capsys, work.path, {"REVIEWBOT_OPERATOR": str(work.path / "o.toml")})
    assert code == 2
    assert "the repository under review tracks it" in lines(out, "operator")[0]


def test_variables_alone_give_backends_too(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    with Faulty(dialect="ollama", models=("codestral:22b",)) as server:
        code, out = examined(capsys, work.path, {"REVIEWBOT_LOCAL_URL": server.url})
    assert code == 0
    assert lines(out, "operator") == ["variables: 1 backend, 1 may be used"]


def test_no_word_of_a_server_reaches_the_terminal_as_it_is(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "\x1b[2J::error::x\n\nsecond " + "y" * 10_000
    with Faulty(dialect="ollama", describing=told("0.33.0", "house:1", license=words)) as server:
        environ = configured(tmp_path / "o.toml", local(server.url, model="house:1"))
        _, out = examined(capsys, work.path, environ)
    assert lines(out, "  licence")[0].startswith("it says ")
    assert "\x1b" not in out
    assert all(len(line) < 400 for line in out.splitlines())


def test_an_ollama_started_from_this_environment_would_be_open(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = examined(capsys, work.path, {"OLLAMA_HOST": "0.0.0.0"})
    assert len([line for line in lines(out, "warning") if line.startswith("OLLAMA_HOST")]) == 2


def test_no_variable_of_the_environment_leads_anything_elsewhere(work: Work, tmp_path: Path) -> None:
    with Faulty() as evil, Faulty(dialect="mistral") as one, Faulty(dialect="ollama", describing=told()) as two:
        path = tmp_path / "o.toml"
        environ = configured(path, hosted(one.url), local(two.url, model="devstral:24b"))
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy", "OLLAMA_HOST",
                 "MISTRAL_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")  # fmt: skip
        environ |= dict.fromkeys(names, evil.url)
        environ |= {"MISTRAL_SDK_TELEMETRY": "dedicated", "MISTRAL_DEBUG": "1", "OLLAMA_API_KEY": "canary-other",
                    "SSLKEYLOGFILE": f"{tmp_path}/keys", "SSL_CERT_FILE": "/nonexistent", "NETRC": "x"}  # fmt: skip
        run = subprocess.run([sys.executable, "-m", "reviewbot", "doctor", "--repo", str(work.path)], text=True,
                             capture_output=True, cwd=ROOT, env={**environ, "PATH": os.environ["PATH"]})  # fmt: skip
        assert (evil.connections, one.connections > 0, two.connections > 0) == (0, True, True)
        assert {request.headers.get("authorization") for request in one.requests} == {"Bearer canary-key"}
        assert {request.headers.get("authorization") for request in two.requests} == {None}
    assert (run.returncode, run.stderr) == (0, "")
    assert "canary" not in run.stdout
    assert not (tmp_path / "keys").exists()
    for name in (*names, "MISTRAL_DEBUG", "OLLAMA_API_KEY", "SSLKEYLOGFILE", "NETRC"):
        assert f"warning       {name} is set: it " in run.stdout


@pytest.mark.parametrize(("environ", "said"), [
    ({}, "none here: a review is printed"),
    ({"CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_ID": "3", "GITLAB_TOKEN": "t"},
     "gitlab, 3 #7 at https://gitlab.com/api/v4, GITLAB_TOKEN is set"),
    ({"CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_ID": "3"}, "GITLAB_TOKEN is not set: nothing is posted"),
    ({"CI_MERGE_REQUEST_IID": "x"}, "environment: CI_MERGE_REQUEST_IID: not a number"),
])  # fmt: skip
def test_it_says_where_a_review_would_be_posted(
    environ: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["doctor"], environ)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("forge ")]
    assert said in row


def test_it_says_what_holds_the_code_that_scaffold_run_executes(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(a="a\n")
    assert main(["doctor", "--repo", str(work.path)], {}) == 0
    assert f"sandbox       {contained().words}\n" in capsys.readouterr().out
