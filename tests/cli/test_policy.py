"""`reviewbot policy` through the front door: argv in, exit code and text out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.cli import main
from reviewbot.cli.policies import PACKS, load_policy
from reviewbot.core.policy import FILE, classify_path
from reviewbot.core.text import is_odd
from tests.repositories import Work

POLICY = """\
default = "internal"

[[rule]]
label = "restricted"
paths = ["ledger/**", "infra/prod/**"]
reason = "core ledger"

[[rule]]
label = "public"
paths = ["docs/**"]

[[rule]]
label = "confidential"
content = ["iban"]
"""


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["policy", *arguments], {})
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def repo(work: Work) -> str:
    work.commit(**{FILE: POLICY})
    return str(work.path)


def test_a_path_is_explained_by_the_rule_that_won_and_where_it_stands(
    work: Work, repo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = work.git("rev-parse", "HEAD")[:12]
    assert said(capsys, "explain", "Ledger/x.pem", "docs/a", "new/b", "--repo", repo) == (0, f"""\
Ledger/x.pem
  label      restricted
  rule       .reviewbot.toml:3  ledger/** (core ledger)
  rule       policies/default.toml:5  *.pem (private keys and key stores)
  may go to  local models, comments of private projects

docs/a
  label      public
  rule       .reviewbot.toml:8  docs/**
  may go to  hosted models, local models, comments of public projects, comments of private projects

new/b
  label      internal
  rule       default  policies/default.toml:3
  may go to  hosted models, local models, comments of public projects, comments of private projects

Policy: pack default and .reviewbot.toml of refs/heads/main ({commit}).
Words in a file may raise its label up to confidential; copied text keeps the label it had.
""", "")  # fmt: skip


def test_a_weaker_rule_and_a_warning_are_told_too(repo: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = said(capsys, "explain", "docs/x.pem", "lеdger/a", "a\udce9", "x" * 5000, "--repo", repo)
    assert "  weaker     public: .reviewbot.toml:8  docs/**\n" in text
    assert "  warning    its name looks like another: the stricter label counts\n" in text
    assert "a\\xe9\n  label      restricted\n  rule       name is not UTF-8\n" in text
    assert "  rule       name too long\n" in text


@pytest.mark.parametrize("path", ["./ledger/a", "ledger/../ledger//a", "ledger", "ledger/"])
def test_a_path_is_read_from_the_root(repo: str, capsys: pytest.CaptureFixture[str], path: str) -> None:
    assert "  label      restricted\n" in said(capsys, "explain", path, "--repo", repo)[1]


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "", ".", "a/../.."])
def test_a_path_out_of_the_root_is_none(repo: str, capsys: pytest.CaptureFixture[str], path: str) -> None:
    code, _, error = said(capsys, "explain", path, "--repo", repo)
    assert (code, error) == (2, f"reviewbot: {path}: paths are given from the repository's root\n")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=12))
def test_a_hostile_name_reaches_the_terminal_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["policy", "explain", "--policy", "default", f"x/{name}"], {})
    said = capsys.readouterr()
    assert [character for character in said.out + said.err if is_odd(character) and character not in "\n "] == []


def test_the_policy_at_the_base_counts_not_the_one_in_the_work_tree(
    work: Work, repo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    work.git("switch", "-qc", "feature")
    work.commit(**{FILE: 'default = "restricted"\n'})
    assert "  label      internal\n" in said(capsys, "explain", "a", "--repo", repo)[1]
    assert "  label      restricted\n" in said(capsys, "explain", "a", "--repo", repo, "--base", "feature")[1]


def test_a_base_without_a_file_is_named(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(a="1\n")
    text = said(capsys, "explain", "a", "--repo", str(work.path), "--policy", "finance")[1]
    assert "\nPolicy: pack finance alone, refs/heads/main (" in text
    assert f") has no {FILE}.\n" in text


def test_a_broken_base_is_exit_2_and_everything_is_restricted(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{FILE: "default = 1\n"})
    code, text, error = said(capsys, "explain", "README.md", "--repo", str(work.path))
    assert code == 2
    assert "  label      restricted\n  rule       policy unreadable\n" in text
    assert error.startswith("Everything is restricted, the policy cannot be read: .reviewbot.toml:1: default: must be")
    code, text, _ = said(capsys, "show", "--repo", str(work.path))
    assert code == 2
    assert 'default = "restricted"\n' in text


def test_without_a_repository_a_policy_given_by_hand_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text, _ = said(capsys, "explain", "ledger/a", "--policy", "finance")
    assert code == 0
    assert "\nPolicy: pack finance alone, without a repository.\n" in text
    assert said(capsys, "explain", "ledger/a")[0] == 2
    assert said(capsys, "explain", "ledger/a", "--policy", "finance", "--repo", ".")[0] == 2
    assert said(capsys, "show", "--policy", "strict")[0] == 0


def test_a_valid_document_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.toml"
    file.write_text('extends = "finance"\ndefault = "internal"\n[[rule]]\nlabel = "restricted"\npaths = ["a"]\n')
    assert said(capsys, "check", str(file)) == (0, f"{file}: valid: 1 rule, extends finance, default internal\n", "")


@pytest.mark.parametrize("pack", sorted(path.stem for path in PACKS.glob("*.toml")))
def test_every_pack_is_valid_by_its_name_and_as_a_file(pack: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (pack, str(PACKS / f"{pack}.toml")):
        code, text, _ = said(capsys, "check", name)
        assert code == 0
        assert f"{pack}.toml: valid: " in text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("default = 1\n", ":1: default: must be one of 'public', 'internal', 'confidential' or 'restricted'"),
        ('default = "public"\n\n[rules]\n', ":3: rules: unknown key"),
        ('extends = "none"\n', ":1: extends: no such pack; one of default, defence, finance, healthcare, strict"),
        ("", ": it says nothing: give a default or a rule, or remove it"),
    ],
)
def test_an_invalid_document_is_one_line_with_key_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    assert said(capsys, "check", str(file)) == (2, "", f"reviewbot: {file}{problem}\n")


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "check", "no/such.toml") == (
        2, "", "reviewbot: no/such.toml: neither a pack nor a file that can be read\n"
    )  # fmt: skip


@pytest.mark.parametrize("pack", sorted(path.stem for path in PACKS.glob("*.toml")))
def test_what_is_shown_is_valid_and_decides_the_same(
    work: Work, tmp_path: Path, repo: str, capsys: pytest.CaptureFixture[str], pack: str
) -> None:
    shown = tmp_path / "shown.toml"
    code, text, _ = said(capsys, "show", "--repo", repo, "--policy", pack)
    shown.write_text(text)
    assert code == 0
    assert said(capsys, "check", str(shown))[0] == 0
    policy = load_policy(str(shown))
    assert f"# sha256 {policy.sha256}\n" in text
    for path in ("ledger/a", "docs/a", "a", "x.pem", "patient/x", "itar/x"):
        label = classify_path(policy, path).label
        assert f"label      {label}\n" in said(capsys, "explain", path, "--repo", repo, "--policy", pack)[1]


def test_explaining_loads_no_library_that_it_does_not_need() -> None:
    code = (
        "import sys\nfrom reviewbot.cli import main\nmain(['policy', 'explain', 'x', '--policy', 'finance'])\n"
        "heavy = {'rich', 'jinja2', 'yaml', 'mistralai', 'ollama', 'github', 'gitlab', 'httpx', 'tree_sitter_python'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert run.returncode == 0, run.stderr


def test_the_page_on_policies_shows_what_the_commands_print(
    work: Work, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs/policy.md").read_text()
    example, broken = (text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[[rule]]" in text)
    work.commit(**{FILE: example})
    work.write("broken.toml", broken)
    monkeypatch.chdir(work.path)
    blocks = re.findall(r"```console\n\$ reviewbot (.*?)\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 4
    for command, output in blocks:
        main(command.split(), {})
        printed = "".join(capsys.readouterr())
        pattern = ".*?".join(map(re.escape, output.split("…\n")))
        assert re.fullmatch(pattern, printed, re.DOTALL), printed
