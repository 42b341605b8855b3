from __future__ import annotations

import pytest

from reviewbot.trials.secrets import held


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITLAB_TOKEN",
        "CI_JOB_TOKEN", "CI_JOB_JWT", "CI_JOB_JWT_V2", "MISTRAL_API_KEY", "REVIEWBOT_KEY", "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "SSH_AUTH_SOCK", "NPM_TOKEN", "NPM_CONFIG__AUTH", "DB_PASSWORD",
        "PGPASSWORD_FILE_PASSWORD", "MY_SECRET", "MY_SECRETS", "AZURE_CLIENT_SECRET", "SENTRY_DSN", "OPENAI_API_KEY",
        "CARGO_REGISTRY_TOKEN", "TOKEN", "SECRET", "GITHUB_PAT", "GOOGLE_APPLICATION_CREDENTIALS", "my_token",
        "CI_REGISTRY_PASSWORD", "CI_DEPLOY_PASSWORD", "SONAR_TOKEN", "DEPLOY_KEY", "SSH_PRIVATE_KEY", "PGPASSWORD",
        "VAULT_TOKEN_FILE", "npm_config_//registry.example.org/:_authToken", "DOCKER_AUTH_CONFIG", "KUBECONFIG",
        "CI_REPOSITORY_URL",
    ],
)  # fmt: skip
def test_a_name_says_that_it_holds_a_secret(name: str) -> None:
    assert held({name: "x", "PATH": "/bin"}) == (name,)


@pytest.mark.parametrize(
    "name",
    [
        "PATH", "HOME", "LANG", "CI", "GITHUB_ACTIONS", "GITHUB_REPOSITORY", "GITHUB_SHA", "CI_COMMIT_SHA", "GPG_KEY",
        "PYTHONPATH", "AWS_REGION", "AWS_CA_BUNDLE", "JAVA_HOME", "SSL_CERT_FILE", "XAUTHORITY", "TERM", "KEYBOARD",
        "CI_JOB_ID", "RUNNER_TEMP", "PATTERN", "AUTHOR",
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


def test_names_come_in_order() -> None:
    assert held({"Z_TOKEN": "x", "A_TOKEN": "x"}) == ("A_TOKEN", "Z_TOKEN")


def test_long_values_and_names_take_no_time() -> None:
    assert held({"A": "http://" + "a:" * 500_000, "_".join(["TOKEN"] * 20_000) + "!": "x"}) != ("A",)
