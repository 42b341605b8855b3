"""Kubernetes Secrets, and manifests that only have values of the same names."""

from __future__ import annotations

import base64

import pytest

from tests.core.credentials.samples import PASSWORD, TOKEN, values

ENCODED = base64.b64encode(PASSWORD.encode()).decode()
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n{}:\n  first: {}\n  other.yml: {}\ntype: Opaque\n"


def test_every_value_of_a_secret_is_found_whatever_its_name() -> None:
    second = base64.b64encode(TOKEN.encode()).decode()
    assert values(SECRET.format("data", ENCODED, second), "db.yaml") == [ENCODED, second]
    assert values(SECRET.format("stringData", PASSWORD, TOKEN), "db.yaml") == [PASSWORD, TOKEN]


def test_the_kind_may_stand_behind_the_values_and_lines_may_end_otherwise() -> None:
    text = f"data:\r\n  first: {ENCODED}\r\nkind: Secret\r\n"
    assert values(text, "db.yml") == [ENCODED]


@pytest.mark.parametrize("value", ["{{ .Values.password }}", "$(PASSWORD)", base64.b64encode(b"password").decode(),
                                   base64.b64encode(b"changeme").decode(), "''"])  # fmt: skip
def test_templates_and_samples_in_a_secret_are_none(value: str) -> None:
    assert values(SECRET.format("data", value, value), "db.yaml") == []


@pytest.mark.parametrize("text", [
    SECRET.replace("Secret", "ConfigMap"), SECRET.replace("Secret", "SecretStore"),
    "kind: Secret\n---\nkind: ConfigMap\n{}:\n  first: {}\n  other: {}\n",
    "kind: Secret\n{}:\nfirst: {}\nother: {}\n",
], ids=range(4))  # fmt: skip
def test_other_manifests_and_other_documents_are_left_alone(text: str) -> None:
    assert values(text.format("data", ENCODED, ENCODED), "db.yaml") == []
