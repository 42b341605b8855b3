from __future__ import annotations

import pytest

from reviewbot.checks import credentials
from reviewbot.core.findings import Severity
from tests.core.credentials.samples import LETTERS, PASSWORD, TOKEN, WORD, drawn, pem
from tests.readings import found, reading

GITHUB = "gh" + "p_" + drawn(36)
LINE = f"password = '{PASSWORD}'\n"


def severities(path: str, new: str | None, old: str | None = None) -> list[Severity]:
    return [finding.severity for finding in credentials.check(reading(path, new, old))]


def test_an_added_credential_is_found_at_its_line() -> None:
    assert found(credentials, "a.py", "x = 1\n" + LINE, "x = 1\n") == [("credentials/added", 2)]


def test_a_removed_credential_is_found_at_its_old_line() -> None:
    assert found(credentials, "a.py", "x = 1\n", "x = 1\n" + LINE) == [("credentials/removed", 2)]


def test_a_changed_credential_is_both_added_and_removed() -> None:
    changed = LINE.replace(PASSWORD, PASSWORD + "7")
    assert found(credentials, "a.py", changed, LINE) == [("credentials/added", 1), ("credentials/removed", 1)]


def test_a_credential_that_the_change_does_not_touch_is_not_this_changes() -> None:
    assert found(credentials, "a.py", LINE + "y = 2\n", LINE) == []


def test_a_credential_that_moves_within_the_file_is_neither_added_nor_removed() -> None:
    assert found(credentials, "a.py", "a\nb\nc\nd\n" + LINE, LINE + "a\nb\nc\nd\n") == []


def test_a_credential_that_is_only_spelled_otherwise_is_neither_added_nor_removed() -> None:
    assert found(credentials, "a.py", f'DB_PASSWORD: str = "{PASSWORD}"\n', LINE) == []


def test_two_credentials_on_a_line_are_two_findings() -> None:
    line = f"connect(password='{PASSWORD}', token='{TOKEN}')\n"
    assert found(credentials, "a.py", line) == [("credentials/added", 1), ("credentials/added", 1)]


def test_a_private_key_is_one_finding() -> None:
    assert found(credentials, "id_rsa", "x\n" + pem(20), "x\n") == [("credentials/added", 3)]


def test_a_key_that_begins_above_the_hunk_is_found_at_its_first_changed_line() -> None:
    lines = pem(20).split("\n")
    changed = [*lines]
    changed[12] = drawn(64, seed="changed")
    assert found(credentials, "id_rsa", "\n".join(changed), "\n".join(lines)) == [
        ("credentials/added", 13), ("credentials/removed", 13),
    ]  # fmt: skip


@pytest.mark.parametrize("comment", ["# nosec", "# gitleaks:allow", "# pragma: allowlist secret"])
def test_the_author_cannot_silence_it(comment: str) -> None:
    assert found(credentials, "a.py", f"{comment}\nkey = '{GITHUB}'  {comment}\n") == [("credentials/added", 2)]


@pytest.mark.parametrize(
    "line", [LINE, f"x = '{GITHUB}'\n", pem(3), f"url = 'https://a:{PASSWORD}@b.test'\n"], ids=range(4)
)
def test_the_finding_says_the_kind_and_nothing_of_the_value(line: str) -> None:
    (finding,) = credentials.check(reading("a.py", line))
    assert finding.title.startswith("Credential in the change: ")
    for secret in (PASSWORD, GITHUB, *pem(3).split("\n")):
        assert secret not in repr(finding)


def test_what_is_sure_blocks_and_what_may_be_none_does_not() -> None:
    assert severities("a.py", f"x = '{GITHUB}'\n") == [Severity.CRITICAL]
    assert severities("a.py", LINE) == [Severity.CRITICAL]
    assert severities("a.py", f"password = '{LETTERS}'\n") == [Severity.HIGH]
    assert severities("a.py", f"password = '{WORD}'\n") == [Severity.LOW]


def test_what_goes_weighs_one_step_less_than_what_comes() -> None:
    assert severities("a.py", "", f"x = '{GITHUB}'\n") == [Severity.HIGH]
    assert severities("a.py", "", f"password = '{LETTERS}'\n") == [Severity.MEDIUM]


@pytest.mark.parametrize("path", ["tests/test_a.py", "docs/setup.md", "examples/app.py", ".env.example", "a_test.go"])
def test_in_tests_and_samples_a_named_value_is_told_and_does_not_block(path: str) -> None:
    assert severities(path, LINE) == [Severity.HIGH]
    assert severities(path, f"x = '{GITHUB}'\n") == [Severity.CRITICAL]


def test_the_confidence_is_that_of_the_hit() -> None:
    sure, word = (
        next(iter(credentials.check(reading("a.py", f"password = '{value}'\n")))) for value in (PASSWORD, WORD)
    )
    assert sure.confidence > 0.8 > 0.5 > word.confidence


def test_a_deleted_file_leaves_its_credentials_in_the_history() -> None:
    assert found(credentials, "a.py", None, LINE) == [("credentials/removed", 1)]
