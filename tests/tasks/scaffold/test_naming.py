from __future__ import annotations

import ast
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.tasks.scaffold import naming


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("python", "import a\n# clamp\ns = 'clamp'\nlow(x.high)\n", {"clamp": False, "low": True, "high": True}),
        ("python", 's = f"{clamp(1)} low"\n', {"clamp": True, "low": False}),
        ("javascript", "// clamp\nlow(`${high} clamp`)", {"clamp": False, "low": True, "high": True}),
        ("tsx", "const a = <Clamp low={high}>text</Clamp>;", {"Clamp": True, "high": True, "text": False}),
        ("go", "package p\n// clamp\nvar a = x.Low(`clamp`)\n", {"clamp": False, "Low": True}),
        ("ruby", "@clamp = Low.new 'high' # max\n", {"clamp": True, "Low": True, "high": False, "max": False}),
        ("php", "<?php clamp($low); // high", {"clamp": True, "low": True, "high": False}),
        ("rust", "fn a() { Low::high() /* clamp */ }", {"clamp": False, "Low": True, "high": True}),
    ],
)
def test_names_are_those_of_code(language: str, text: str, found: dict[str, bool]) -> None:
    names = naming.identifiers(language, text)
    assert {name: name in names for name in found} == found


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "import a.b as c, d\nfrom e.f import g\nfrom . import h\nfrom .i import j\n",
         ("a.b", "d", "e.f", "e.f.g", ".", ".h", ".i", ".i.j")),
        ("javascript", "import a from './a';\nconst b = require('b/c');\nexport * from \"../d\";\nimport('./e');\n",
         ("./a", "b/c", "../d", "./e")),
        ("typescript", "import type { A } from '@x/y';\n", ("@x/y",)),
        ("go", 'package p\nimport (\n\t"fmt"\n\tx "a/b"\n)\n', ("fmt", "a/b")),
        ("java", "import a.b.C;\nimport static d.E.f;\n", ("a.b.C", "d.E.f")),
        ("ruby", "require 'a'\nrequire_relative '../b'\n", ("a", "../b")),
        ("csharp", "using A.B;\n", ("A.B",)),
        ("rust", "use crate::a::b;\n", ("crate::a::b",)),
    ],
)  # fmt: skip
def test_imports_are_named_as_they_are_written(language: str, text: str, expected: tuple[str, ...]) -> None:
    assert naming.modules(language, text) == expected


def test_a_name_is_told_in_every_style() -> None:
    assert naming.words("parseHTTPHeader_2") == ("parse", "http", "header", "2")
    name = "parseHTTPHeader"
    assert naming.snake(name) == "parse_http_header"
    assert (naming.camel("parse_http"), naming.pascal("parse_http"), naming.camel("")) == ("parseHttp", "ParseHttp", "")


@given(st.text(max_size=300))
def test_a_safe_name_is_an_identifier(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,60}", naming.safe(name))


@given(st.text(max_size=50, alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_literal_says_the_same_in_python_and_json(value: str) -> None:
    written = naming.literal(value)
    assert written.isascii() and "\n" not in written
    assert json.loads(written) == value
    paired = ast.literal_eval(written)
    assert paired.encode("utf-16", "surrogatepass").decode("utf-16") == value
    assert ast.literal_eval(naming.literal(value, "'")) == paired
