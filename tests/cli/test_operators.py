"""Which document of the operator counts, and that no pull request can bring it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.cli import operators
from reviewbot.core.endpoints import Operator
from reviewbot.errors import ConfigError, ReviewbotError, UsageError
from tests.repositories import Work

LOCAL = 'name = "local"\nkind = "ollama"\nmodel = "m"\nclearance = "restricted"\n'
TEXT = f"[[backend]]\n{LOCAL}"
MIXED = f"""{TEXT}
[[backend]]
name = "hosted"
kind = "mistral"
model = "codestral-2508"
clearance = "internal"
key_env = "MISTRAL_API_KEY"
[[backend]]
name = "gateway"
kind = "mistral"
model = "codestral-2508"
clearance = "internal"
url = "http://127.0.0.1:9"
key_env = "MISTRAL_API_KEY"
[[backend]]
name = "gpu"
kind = "openai"
url = "https://gpu.example.org"
clearance = "restricted"
attested = true
[[backend]]
name = "other"
kind = "openai"
url = "https://llm.example.org"
clearance = "internal"
[[backend]]
name = "file"
kind = "llamacpp"
url = "/models/a.gguf"
clearance = "restricted"
"""


def names(operator: Operator) -> list[str]:
    return [endpoint.name for endpoint in operator.endpoints]


def saved(path: Path, text: str = TEXT) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_the_option_counts_before_the_variable_and_that_before_single_ones(tmp_path: Path) -> None:
    one, two = saved(tmp_path / "one.toml"), saved(tmp_path / "two.toml", TEXT.replace("local", "other"))
    environ = {"REVIEWBOT_OPERATOR": two, "MISTRAL_API_KEY": "k"}
    assert operators.load(one, environ).source == one
    assert names(operators.load(None, environ)) == ["other"]
    assert names(operators.load(None, {"MISTRAL_API_KEY": "k", "REVIEWBOT_OPERATOR": ""})) == ["hosted"]
    assert operators.load(None, {}) == Operator()


def test_an_empty_name_is_a_variable_that_is_not_set() -> None:
    with pytest.raises(UsageError, match="--operator: an empty name"):
        operators.load("", {})


@pytest.mark.parametrize("name", ["no-such-file.toml", ".", "a\0b", "x" * 5000])
def test_a_file_that_cannot_be_read_is_one_line(name: str) -> None:
    with pytest.raises(UsageError) as error:
        operators.load(name, {})
    assert "cannot be read" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_document_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="larger than 64 KiB"):
        operators.load(saved(tmp_path / "ops.toml", "#" * 10_000_000), {})


def test_offline_leaves_what_is_the_operators_own(tmp_path: Path) -> None:
    path = saved(tmp_path / "ops.toml", MIXED)
    assert names(operators.load(path, {})) == ["local", "hosted", "gateway", "gpu", "other", "file"]
    assert names(operators.load(path, {}, offline=True)) == ["local", "gpu", "file"]
    assert operators.load(None, {"MISTRAL_API_KEY": "k"}, offline=True).endpoints == ()


def refused(path: Path | str, work: Work) -> bool:
    try:
        operators.load(str(path), {}, directory=work.path)
    except UsageError as error:
        assert "the repository under review tracks it" in str(error)
        return True
    return False


def test_a_file_that_the_repository_tracks_is_refused(work: Work, tmp_path: Path) -> None:
    work.commit(**{"ops.toml": TEXT, "ci/ops.toml": TEXT})
    assert refused(work.path / "ops.toml", work)
    assert refused(work.path / "ci/ops.toml", work)
    assert refused(work.path / "ci/../ops.toml", work)
    assert refused(work.path / "OPS.toml", work) or not (work.path / "OPS.toml").exists()
    saved(work.path / "ops.toml", MIXED)  # changed since: it is still theirs to bring
    assert refused(work.path / "ops.toml", work)


def test_the_name_in_the_variable_is_held_to_the_same(work: Work) -> None:
    work.commit(**{"ops.toml": TEXT})
    with pytest.raises(UsageError, match="tracks it"):
        operators.load(None, {"REVIEWBOT_OPERATOR": str(work.path / "ops.toml")}, directory=work.path)


def test_a_file_that_no_commit_brought_may_lie_in_the_work_tree(work: Work) -> None:
    assert not refused(saved(work.path / "early.toml"), work)  # no commit at all
    work.commit(a="1\n")
    assert not refused(saved(work.path / "ci/ops.toml"), work)


def test_a_file_elsewhere_and_one_of_another_repository_are_fine(work: Work, tmp_path: Path) -> None:
    work.commit(a="1\n")
    other = Work.at(tmp_path / "other")
    other.commit(**{"ops.toml": TEXT})
    assert not refused(other.path / "ops.toml", work)
    assert not refused(saved(tmp_path / "ops.toml"), work)
    assert not refused(saved(tmp_path / "ops2.toml"), Work(tmp_path / "nothing"))


def test_a_link_of_the_repository_is_refused_wherever_it_leads(work: Work, tmp_path: Path) -> None:
    outside = saved(tmp_path / "outside/ops.toml")
    (work.path / "link.toml").symlink_to(outside)
    (work.path / "folder").symlink_to(tmp_path / "outside")
    work.commit(**{"real.toml": TEXT})
    assert refused(work.path / "link.toml", work)
    assert refused(work.path / "folder/ops.toml", work)
    (tmp_path / "to-real.toml").symlink_to(work.path / "real.toml")
    assert refused(tmp_path / "to-real.toml", work)
    (tmp_path / "twice.toml").symlink_to(work.path / "link.toml")
    assert refused(tmp_path / "twice.toml", work)


def test_another_work_tree_of_the_same_repository_is_that_repository(work: Work, tmp_path: Path) -> None:
    work.commit(**{"ops.toml": TEXT})
    work.git("worktree", "add", "-q", str(tmp_path / "second"), "HEAD")
    assert refused(tmp_path / "second/ops.toml", work)
    assert refused(work.path / "ops.toml", Work(tmp_path / "second"))


def test_a_submodule_is_brought_by_the_repository(work: Work, tmp_path: Path) -> None:
    other = Work.at(tmp_path / "other")
    other.commit(**{"ops.toml": TEXT})
    work.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "sub")
    work.commit()
    assert refused(work.path / "sub/ops.toml", work)


def test_a_loop_of_links_is_a_file_that_cannot_be_read(work: Work, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(ReviewbotError):
        operators.load(str(tmp_path / "a"), {}, directory=work.path)
