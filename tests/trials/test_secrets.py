from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.trials.secrets import held


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITLAB_TOKEN",
        "CI_JOB_TOKEN", "CI_JOB_JWT", "CI_JOB_JWT_V2", "MISTRAL_API_KEY", "REVIEWBOT_KEY", "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "NPM_TOKEN", "NPM_CONFIG__AUTH", "DB_PASSWORD",
        "PGPASSWORD_FILE_PASSWORD", "MY_SECRET", "MY_SECRETS", "AZURE_CLIENT_SECRET", "SENTRY_DSN", "OPENAI_API_KEY",
        "CARGO_REGISTRY_TOKEN", "TOKEN", "SECRET", "GITHUB_PAT", "GOOGLE_APPLICATION_CREDENTIALS", "my_token",
        "CI_REGISTRY_PASSWORD", "CI_DEPLOY_PASSWORD", "SONAR_TOKEN", "DEPLOY_KEY", "SSH_PRIVATE_KEY", "PGPASSWORD",
        "VAULT_TOKEN_FILE", "npm_config_//registry.example.org/:_authToken", "DOCKER_AUTH_CONFIG", "KUBECONFIG",
        "CI_REPOSITORY_URL", "DB_PASS", "DB_PWD", "SSHPASS", "ANSIBLE_VAULT_PASS", "PASS", "KEY", "BEARER", "COOKIE",
        "MISTRAL_KEY", "OPENAI_KEY", "SOPS_AGE_KEY", "VAULT_ROLE_ID", "CODECOV_UPLOAD", "CODECOV_UPLOAD_X",
        "GIT_CONFIG_VALUE_0", "GIT_CONFIG_PARAMETERS", "AZURE_STORAGE_CONNECTION_STRING", "SLACK_WEBHOOK_URL",
        "FTP_PW", "APP_PASS_2", "GPG_PASSPHRASE", "AWS_CREDS", "HTTP_AUTHORIZATION",
    ],
)  # fmt: skip
def test_a_name_says_that_it_holds_a_secret(name: str) -> None:
    assert held({name: "x", "PATH": "/bin"}) == (name,)


@pytest.mark.parametrize(
    "name",
    [
        "PATH", "HOME", "LANG", "CI", "GITHUB_ACTIONS", "GITHUB_REPOSITORY", "GITHUB_SHA", "CI_COMMIT_SHA", "GPG_KEY",
        "PYTHONPATH", "AWS_REGION", "AWS_CA_BUNDLE", "JAVA_HOME", "SSL_CERT_FILE", "XAUTHORITY", "TERM", "KEYBOARD",
        "CI_JOB_ID", "RUNNER_TEMP", "PATTERN", "AUTHOR", "PWD", "OLDPWD", "SSH_AUTH_SOCK", "INIT_CWD", "SSH_TTY",
        "SSH_CONNECTION",
        "KEYMAP", "KEYTIMEOUT", "MONKEY", "COMPOSE_PROJECT_NAME", "XDG_SESSION_ID", "SESSION_MANAGER", "CACHE_KEY",
        "SONAR_PROJECT_KEY", "SSH_PUBLIC_KEY", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "PASSENGER_APP_ENV", "BYPASS",
        "SSL_BYPASS", "COMPASS", "COOKIECUTTER_CONFIG", "TOKENIZERS_PARALLELISM", "NPM_PACKAGE_PRIVATE", "SHELL",
        "DBUS_SESSION_BUS_ADDRESS", "GIT_AUTHOR_NAME", "LS_COLORS", "CI_COMMIT_REF_SLUG", "RESULT_PATH",
    ],
)  # fmt: skip
def test_a_plain_name_holds_none(name: str) -> None:
    assert held({name: "x"}) == ()


def test_a_variable_that_is_set_to_nothing_holds_nothing() -> None:
    assert held({"GITHUB_TOKEN": "", "MISTRAL_API_KEY": ""}, ("MISTRAL_API_KEY",)) == ()


def test_what_the_operator_names_counts_whatever_it_is_called() -> None:
    assert held({"ACME": "x", "OTHER": "x"}, ("ACME", "ABSENT")) == ("ACME",)


def test_an_address_with_a_password_is_a_secret() -> None:
    environ = {"PIP_INDEX_URL": "https://me:word@example.org/simple", "HTTP_PROXY": "http://proxy.example.org:8080"}
    assert held(environ) == ("PIP_INDEX_URL",)
    assert held({"ORIGIN": "ssh://git@example.org/x.git", "MAIL": "me@example.org"}) == ()


@pytest.mark.parametrize(
    "value",
    [
        "user:pw@proxy:3128", "user:pw@10.0.0.1:3128", "u:p@[::1]:80", "jdbc:mysql://u:p@h/db", "postgres://u:a/b@h",
        "jdbc:oracle:thin:u/p@h:1521:x", "jdbc:postgresql://h/db?user=a&password=b", "redis://:pw@h:1",
        "mongodb+srv://a:b@h", "http://u:p:q@h", "http://u:a/b@h", "https://one@h/simple", "ssh://git:pw@h",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=YQ;EndpointSuffix=x", "Server=h;Password=x;",
        "AUTHORIZATION: basic YTpi", "'http.extraheader=Authorization: Bearer x'",
        "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA2bC4dE6",
    ],
)  # fmt: skip
def test_a_value_says_that_it_is_a_secret(value: str) -> None:
    assert held({"X": value}) == ("X",)


@pytest.mark.parametrize(
    "value",
    [
        "ssh://git@example.org/x.git", "git@example.org:o/r.git", "me@example.org", "mailto:me@example.org", "a@b:c",
        "http://h:80/x", "http://h:8081/a/@scope:b", "https://h/a@b", "https://h/?next=a@b", "/a:/b@c", "name=value",
        "python:3.11@sha256:" + "ab" * 32, "h:5000/x:1@sha256:" + "ab" * 32, "npm:left-pad@1.2.3", "localhost:8080",
        "unix:path=/run/user/0/bus", "2024-01-01T00:00:00Z", "*.tar=01;31:*.x@y=1", "/usr/bin:/bin", "0" * 40,
    ],
)  # fmt: skip
def test_a_plain_value_is_none(value: str) -> None:
    assert held({"X": value}) == ()


_SECRETS = ("PASS", "PWD", "KEY", "TOKEN", "COOKIE", "BEARER", "CONNECTION_STRING", "WEBHOOK_URL", "JWT")


@given(
    st.from_regex(r"[A-Z][A-Z0-9]{0,9}", fullmatch=True), st.sampled_from(_SECRETS), st.sampled_from(["", "_2", "_V1"])
)
def test_any_name_with_a_telling_end_holds_one_and_with_another_beginning_of_a_word_none(
    owner: str, word: str, number: str
) -> None:
    name = f"MY_{owner}X_{word}{number}"
    assert held({name: "x", name.lower(): "x"}) == (name, name.lower())
    assert held({f"MY_{owner}X_{word}LIKE": "x"}) == ()


@given(st.text(st.characters(exclude_characters="@:=", exclude_categories=["Cs"]), max_size=20))
def test_a_short_value_without_signs_is_none(value: str) -> None:
    assert held({"X": value}) == ()


def test_names_come_in_order() -> None:
    assert held({"Z_TOKEN": "x", "A_TOKEN": "x"}) == ("A_TOKEN", "Z_TOKEN")


def test_long_values_and_names_take_no_time() -> None:
    start = time.monotonic()
    assert held({"A": "http://" + "a:" * 500_000, "_".join(["TOKEN"] * 20_000) + "!": "x"}) != ("A",)
    for piece in ("a:", "://", "@", "a@", "a:b@", "; ", "authorization: ", "password", "jdbc:a:", "_KEY", "PASS", "1"):
        held({"A": piece * 200_000, "B": f"a:{piece * 300}@!", f"{piece * 100_000}!": "x"})
    assert time.monotonic() - start < 5
