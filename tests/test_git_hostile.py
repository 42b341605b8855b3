"""A hostile clone runs nothing here, and what is read is what a clean clone gives, byte for byte.

Each payload is first seen to fire under plain git, so that its silence here means something.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reviewbot import git
from tests.traps import Trap, build, reading, require_unmoved, set_trap

HOOKS = (
    "pre-commit",
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "pre-auto-gc",
    "fsmonitor-watchman",
)


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return set_trap(tmp_path)


SETTINGS = [
    ("diff.external", "{program}", ["diff", "main", "topic"]),
    ("diff.x.command", "{program}", ["diff", "main", "topic"]),
    ("diff.x.textconv", "{program}", ["diff", "main", "topic"]),
    ("filter.x.clean", "{program}", ["add", "--renormalize", "."]),
    ("filter.x.smudge", "{program}", ["checkout", "main"]),
    ("filter.x.process", "{program}", ["checkout", "main"]),
    ("core.fsmonitor", "{program}", ["status"]),
    ("core.hooksPath", "{program}s", ["checkout", "main"]),
    ("core.sshCommand", "{program}", ["fetch", "ssh://host.invalid/x"]),
    ("core.gitProxy", "{program}", ["fetch", "git://host.invalid/x"]),
    ("core.askPass", "{program}", ["credential", "fill"]),
    ("credential.helper", "{program}", ["credential", "fill"]),
    ("core.editor", "{program}", ["commit", "--amend"]),
    ("sequence.editor", "{program}", ["rebase", "-i", "main"]),
    ("gpg.program", "{program}", ["log", "--show-signature"]),
    ("alias.x", "!{program}", ["x"]),
    ("include.path", "{program}.config", ["diff", "main", "topic"]),
    ("includeIf.gitdir:/.path", "{program}.config", ["diff", "main", "topic"]),
    ("uploadpack.packObjectsHook", "{program}", None),
    ("core.pager", "{program}", None),
    ("pager.log", "{program}", None),
    ("core.alternateRefsCommand", "{program}", None),
]


@pytest.mark.parametrize(("key", "value", "trigger"), SETTINGS, ids=[key for key, _, _ in SETTINGS])
def test_a_setting_that_runs_a_program_runs_none(
    trap: Trap, tmp_path: Path, key: str, value: str, trigger: list[str] | None
) -> None:
    (trap.work.path / ".git/info").mkdir(exist_ok=True)
    (trap.work.path / ".git/info/attributes").write_text("* diff=x filter=x\n")
    (tmp_path / "payloads").mkdir()
    for hook in HOOKS:
        shutil.copy(trap.program, tmp_path / "payloads" / hook)
    (tmp_path / "payload.config").write_text(f'[diff]\n\texternal = "{trap.program}"\n')
    trap.configure("protocol.allow", "always")
    trap.configure("log.showSignature", "true")
    trap.configure(key, value.format(program=trap.program))
    if trigger is not None:  # None: fires on a terminal or on a server only
        assert trap.fires(*trigger), f"{key} does not fire: this test could not fail"
        trap.work.git("-c", "alias.x=", "-c", "core.fsmonitor=false", "symbolic-ref", "HEAD", "refs/heads/topic")
        trap.mark.unlink(missing_ok=True)
    require_unmoved(trap, tmp_path)


def test_hooks_do_not_run(trap: Trap, tmp_path: Path) -> None:
    (trap.work.path / ".git/hooks").mkdir(exist_ok=True)
    for hook in HOOKS:
        shutil.copy(trap.program, trap.work.path / ".git/hooks" / hook)
    assert trap.fires("checkout", "-q", "-B", "topic")
    require_unmoved(trap, tmp_path)


FORMATS = {
    "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.diff": "always", "color.ui": "always",
    "diff.algorithm": "patience", "diff.renames": "false", "diff.renameLimit": "1", "diff.context": "0",
    "diff.interHunkContext": "99", "diff.suppressBlankEmpty": "true", "diff.submodule": "log", "diff.relative": "true",
    "diff.ignoreSubmodules": "all", "diff.wordRegex": ".", "diff.indentHeuristic": "false", "core.quotePath": "false",
    "core.bigFileThreshold": "1", "core.autocrlf": "true", "core.eol": "crlf", "core.abbrev": "4", "core.bare": "true",
    "core.worktree": "/", "core.sparseCheckout": "true", "core.ignoreCase": "true", "core.precomposeUnicode": "true",
    "core.useReplaceRefs": "true", "core.warnAmbiguousRefs": "false", "i18n.logOutputEncoding": "UTF-16",
    "log.mailmap": "true", "log.date": "relative", "format.pretty": "x", "log.follow": "true",
    "diff.orderFile": "/nonexistent",
}  # fmt: skip


def test_settings_that_change_what_git_prints_change_nothing(trap: Trap, tmp_path: Path) -> None:
    plain = trap.work.git("diff", "main", "topic")
    for key, value in FORMATS.items():
        if key not in ("diff.orderFile", "core.worktree", "core.bare"):
            trap.configure(key, value)
    assert trap.work.git("diff", "main", "topic") != plain
    for key in ("diff.orderFile", "core.worktree"):
        trap.configure(key, FORMATS[key])
    require_unmoved(trap, tmp_path)


@pytest.mark.parametrize("line", ["* -diff", "* binary", "* diff=x", "*.py -text eol=crlf ident export-ignore"])
@pytest.mark.parametrize("place", ["head", "info", "core.attributesFile"])
def test_attributes_hide_nothing(trap: Trap, tmp_path: Path, line: str, place: str) -> None:
    trap.configure("diff.x.binary", "true")
    clean = build(tmp_path / "clean")
    if place == "core.attributesFile":
        (tmp_path / "attributes").write_text(line + "\n")
        trap.configure(place, str(tmp_path / "attributes"))
    elif place == "info":
        (trap.work.path / ".git/info").mkdir(exist_ok=True)
        (trap.work.path / ".git/info/attributes").write_text(line + "\n")
    else:
        for work in (trap.work, clean):
            work.commit("three", **{".gitattributes": line + "\n"})
    if "eol" not in line:
        assert "Binary files a/a.py and b/a.py differ" in trap.work.git("diff", "main", "topic")
    assert reading(trap.work.path) == reading(clean.path)
    with git.opened(trap.work.path) as repo:
        files = {file.path: file for file in git.changes(repo, git.resolve(repo, "main"), git.resolve(repo, "topic"))}
    assert len(files["a.py"].added) == len(files["a.py"].removed) == 3


def test_a_promisor_remote_is_never_asked(trap: Trap, tmp_path: Path) -> None:
    blob = trap.work.git("rev-parse", "topic:a.py")
    (trap.work.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "evil", "remote.evil.promisor": "true",
        "remote.evil.url": str(trap.work.path), "remote.evil.uploadpack": str(trap.program),
        "protocol.allow": "always", "protocol.file.allow": "always", "protocol.ext.allow": "always",
    }.items():  # fmt: skip
        trap.work.git("config", key, value)
    assert trap.fires("show", "topic:a.py")
    with git.opened(trap.work.path) as repo:
        files = git.changes(repo, git.resolve(repo, "main"), git.resolve(repo, "topic"))
    assert [file.absence for file in files if file.path == "a.py"] == ["missing"]
    assert not trap.mark.exists()


def test_an_embedded_bare_repository_runs_nothing(trap: Trap, tmp_path: Path) -> None:
    inner = trap.work.path / "vendor"
    shutil.copytree(build(tmp_path / "inner").path / ".git", inner)
    shutil.rmtree(inner / "hooks", ignore_errors=True)
    config = f'[core]\n\tbare = false\n\tworktree = "{inner}"\n\tfsmonitor = "{trap.program}"\n'
    (inner / "config").write_text(config + "\trepositoryformatversion = 0\n")
    assert trap.fires("status", folder="vendor")
    require_unmoved(trap, tmp_path)
    assert reading(inner) == reading(tmp_path / "clean")
    assert not trap.mark.exists()
