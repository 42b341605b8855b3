"""The environment: what libraries find of it, which keys are taken from it, what in it is dangerous."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cli import environment
from reviewbot.cli.environment import (
    BUILDS,
    DANGEROUS,
    FAMILIES,
    KEPT,
    OBEYED,
    dangers,
    in_ci,
    keys,
    opens_ollama,
    scrub,
    taken,
)
from reviewbot.core.endpoints import Endpoint, Operator
from reviewbot.core.labels import Label

ROOT = Path(__file__).parents[2]
NAMES = st.sampled_from((*DANGEROUS, *OBEYED, *KEPT, "LC_ALL", "OTEL_X", "X", "GITHUB_TOKEN", "MISTRAL_API_KEY"))
#: Where every variable leads that a library might obey.
EVIL = {
    "OLLAMA_HOST": "http://evil.example", "OLLAMA_API_KEY": "canary", "MISTRAL_SDK_TELEMETRY": "dedicated",
    "MISTRAL_OTLP_TRACES_ENDPOINT": "http://evil.example", "MISTRAL_DEBUG": "1", "HTTP_PROXY": "http://evil.example",
    "HTTPS_PROXY": "http://evil.example", "ALL_PROXY": "http://evil.example", "no_proxy": "x",
    "SSL_CERT_FILE": "/nonexistent", "SSLKEYLOGFILE": "/nonexistent", "MISTRAL_SA_TOKEN_PATH": "/nonexistent",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://evil.example", "PYTHON_GITLAB_CFG": "/nonexistent", "NETRC": "/nonexistent",
}  # fmt: skip


def endpoint(name: str, key_env: str) -> Endpoint:
    return Endpoint(name, "openai", "m", Label.INTERNAL, ("http://127.0.0.1:1",), key_env)


@given(st.dictionaries(NAMES | st.text(max_size=9), st.text(max_size=5)))
def test_what_is_left_is_on_the_list(environ: dict[str, str]) -> None:
    before = dict(environ)
    scrub(environ)
    assert environ == {k: v for k, v in before.items() if k in KEPT or k.startswith("LC_")}


def test_nothing_dangerous_and_no_key_is_on_the_list() -> None:
    assert not KEPT & DANGEROUS.keys()
    assert not {name for name in KEPT if any(word in name for word in ("KEY", "TOKEN", "PROXY", "GIT", "SSL"))}
    assert KEPT & OBEYED.keys() == {"PYTHONHOME", "LD_LIBRARY_PATH"}  # without them no process starts


def test_the_environment_of_a_process_is_reduced_for_its_libraries_and_its_children() -> None:
    program = """
import json, os, subprocess, sys
from reviewbot.cli.environment import taken
copy = taken(os.environ)
child = subprocess.run([sys.executable, "-c", "import json, os; print(json.dumps(sorted(os.environ)))"],
                       capture_output=True, text=True).stdout
print(json.dumps([copy["OLLAMA_HOST"], sorted(os.environ), json.loads(child)]))
"""
    environ = {**EVIL, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "GITHUB_TOKEN": "t", "LC_CTYPE": "C.UTF-8"}
    run = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    copied, left, child = json.loads(run.stdout)
    assert copied == "http://evil.example"
    assert left == child == ["LC_CTYPE", "PATH"]


def test_another_mapping_is_copied_and_left_alone() -> None:
    environ = {"MISTRAL_API_KEY": "k", "PATH": "/bin"}
    copy = taken(environ)
    assert copy == environ == {"MISTRAL_API_KEY": "k", "PATH": "/bin"}
    assert copy is not environ
    assert "PATH" in os.environ


def test_keys_are_those_that_backends_name_and_no_other() -> None:
    operator = Operator((endpoint("a", "A_KEY"), endpoint("b", ""), endpoint("c", "C_KEY"), endpoint("d", "D_KEY")))
    environ = {"A_KEY": " k\n", "B_KEY": "x", "D_KEY": " ", "GITHUB_TOKEN": "t"}
    assert keys(operator, environ) == {"A_KEY": "k"}


@pytest.mark.parametrize("name", BUILDS)
def test_a_build_system_is_known_by_its_variable(name: str) -> None:
    assert in_ci({name: "true"})
    assert not in_ci({name: "", "HOME": "/x"})


@pytest.mark.parametrize("name", EVIL)
def test_every_variable_of_the_list_of_threats_is_named_or_gone(name: str) -> None:
    found = [danger.name for danger in dangers(EVIL)]
    assert found.count(name) == (0 if name == "no_proxy" else 1)


@pytest.mark.parametrize(
    ("name", "is_dangerous"),
    [
        ("OTEL_TRACES_EXPORTER", True), ("OLLAMA_DEBUG", True), ("MISTRAL_ANYTHING", True), ("FTP_PROXY", True),
        ("socks_proxy", True), ("GIT_CONFIG_COUNT", True), ("LLAMA_ARG_HOST", True), ("OLLAMA_NO_CLOUD", False),
        ("MISTRAL_API_KEY", False), ("NO_PROXY", False), ("PATH", False), ("PROXY", False), ("GITHUB_TOKEN", False),
    ],
)  # fmt: skip
def test_a_family_is_dangerous_but_for_what_is_known_to_be_harmless(name: str, is_dangerous: bool) -> None:
    assert [danger.name for danger in dangers({name: "x"})] == ([name] if is_dangerous else [])
    assert list(dangers({name: ""})) == []


def test_an_effect_is_one_clause() -> None:
    for effect in (*DANGEROUS.values(), *FAMILIES.values(), *OBEYED.values()):
        assert effect[0].islower()
        assert not effect.endswith(".")


@pytest.mark.parametrize(
    ("host", "is_open"),
    [
        ("0.0.0.0", True), ("0.0.0.0:11434", True), ("http://0.0.0.0:11434", True), ("[::]:11434", True),
        ("192.168.0.7", True), ("gpu.example.org", True), ("[::", True), ("127.0.0.1", False), ("127.0.0.1:9", False),
        ("localhost", False), ("[::1]:11434", False), (":11434", False), ("", False), ("  ", False),
        ("https://127.0.0.1", False),
    ],
)  # fmt: skip
def test_an_address_for_everybody_is_told_from_one_for_this_machine(host: str, is_open: bool) -> None:
    assert opens_ollama({"OLLAMA_HOST": host}) == is_open


def test_a_key_for_fingerprints_may_be_any_bytes() -> None:
    assert environment.fingerprint_key({"REVIEWBOT_KEY": os.fsdecode(b"\xff\x00"[:1])}) == b"\xff"


def test_what_openssl_obeys_when_hashlib_is_imported_is_not_said_to_be_ignored() -> None:
    (found,) = environment.dangers({"OPENSSL_CONF": "/tmp/x"})
    assert found.obeyed
