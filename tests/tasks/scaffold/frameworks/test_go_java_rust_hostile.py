"""Whatever names and sources say, a scaffold in Go, Java or Rust parses and nothing of them becomes code."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.grammars import parse
from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold import languages, naming
from reviewbot.tasks.scaffold.planning import parses, rendered
from reviewbot.tasks.scaffold.suites import Suite
from tests.readings import diff
from tests.trials.toolchains.trees import suites

REPOSITORIES = {
    "go": (
        "pkg/x.go",
        {"go.mod": "module example.com/m\n", "pkg/x.go": "package x\n\nfunc Clamp(n int) int { return n }\n"},
    ),
    "java": (
        "src/main/java/a/Foo.java",
        {
            "src/main/java/a/Foo.java": "package a;\npublic class Foo { public int clamp(int n) { return n; } }\n",
        },
    ),
    "rust": (
        "src/x.rs",
        {
            "Cargo.toml": '[package]\nname = "k"\n',
            "src/lib.rs": "pub mod x;\n",
            "src/x.rs": "pub fn clamp(n: i32) -> i32 { n }\n",
        },
    ),
}
#: What ends a text or comment in one language or another, and a word that must never be code.
PIECES = (
    "EVIL",
    '"',
    "'",
    "`",
    "\\",
    "\n",
    "\r",
    "\u2028",
    "*/",
    "/*",
    "//",
    "\\u000a",
    "\\u0022",
    "{",
    "}",
    ")",
    ";",
    " ",
    "%s",
    "{}",
    "\x00",
    "\udc80",
    "\U0001f600",
    "\u202e",
    "é",
    "EVIL()",
    "#",
    "\\x0a",
    "\t",
)
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
#: Pieces of sources, cut and put together again.
CODE = {
    "go": (
        "package x\n",
        "func Clamp(",
        "n int",
        ", ",
        "s string",
        "m map[string]*T",
        ") ",
        "(int, error) ",
        "{ ",
        "if n < 0 ",
        '{ return 0, errors.New("a") }; ',
        'panic("b")',
        " }\n",
        "type T struct{}\n",
        "func (t *T) Do(",
        "...int",
        "return n",
        "\n",
        "const A T = 1\n",
        "[]byte",
        "`",
        "é int",
        "_ int",
    ),
    "java": (
        "package a;\n",
        "public class Foo ",
        "{ ",
        " }\n",
        "public ",
        "static ",
        "int clamp(",
        "int n",
        ", ",
        "List<String> s",
        ") ",
        'throw new IllegalArgumentException("a"); ',
        "if (n < 0) ",
        "return n; ",
        "enum Mode { A, B } ",
        "Mode m",
        "\\u0022",
        "throws Exception ",
        "import java.util.*;\n",
        "String s",
        "new ",
        "<T> ",
        "int[] a",
        "é",
    ),
    "rust": (
        "pub fn clamp(",
        "n: i32",
        ", ",
        "s: &str",
        "v: Vec<Option<u8>>",
        ") ",
        "-> Result<i32, String> ",
        "{ ",
        " }\n",
        "if n < 0 ",
        'return Err("a".into()); ',
        'panic!("b")',
        "Ok(n)",
        "pub struct T;\n",
        "impl T ",
        "&self, ",
        "pub enum M { A, B }\n",
        "m: M",
        "#[derive(Debug)]\n",
        "assert!(n > 1); ",
        "'a",
        "x: (i8, bool)",
        "r#type: u8",
    ),
}


def suite(language: str) -> Suite:
    path, files = REPOSITORIES[language]
    (found,) = suites(files, path)
    return found


@pytest.mark.parametrize("language", REPOSITORIES)
@given(path=HOSTILE, name=HOSTILE)
@settings(max_examples=60, deadline=None)
def test_a_hostile_path_or_name_stays_text(language: str, path: str, name: str) -> None:
    found = suite(language)
    cases = tuple(replace(case, name=f"{case.name} {name}") for case in found.cases)
    text = rendered(replace(found, target=replace(found.target, path=path), cases=cases))
    assert parses(language, text), text
    assert not any("EVIL" in one for one in _code(language, text)), text


def _code(language: str, text: str) -> frozenset[str]:
    """The names in a text but for those of tests, which are made of the names of cases."""
    read = text.encode().decode("unicode_escape", "replace") if language == "java" and "\\u000a" in text else text
    assert language != "java" or read.count("class ") <= text.count("class ")
    return frozenset(one for one in naming.identifiers(language, text) if not one.lower().startswith("clamp"))


@pytest.mark.parametrize("language", REPOSITORIES)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_a_source_says_its_scaffolds_parse(language: str, data: st.DataObject) -> None:
    path, files = REPOSITORIES[language]
    pieces = data.draw(st.lists(st.sampled_from(CODE[language]), max_size=30))
    for text in ("".join(pieces), files[path] + "".join(pieces), "".join(pieces) + files[path]):
        if parse(language, text).root_node.has_error:
            continue
        for one in suites({**files, path: text}, path):
            assert parses(language, rendered(one))


@pytest.mark.parametrize(
    ("language", "piece"),
    [
        (
            "go",
            "type T{n} struct{{}}\nfunc NewT{n}(n int) *T{n} {{ return nil }}\nfunc (t *T{n}) A(x T{n}) {{}}\n",
        ),
        (
            "java",
            "public enum E{n} {{ A }}\npublic int a{n}(E{n} x) {{ return 1; }}\n"
            "public int a{n}(int x) {{ return 1; }}\n",
        ),
        (
            "rust",
            "pub struct T{n};\nimpl T{n} {{ pub fn new() -> Self {{ T{n} }}\npub fn a(&self, x: T{n}) {{}} }}\n",
        ),
    ],
)
def test_reading_a_file_takes_as_long_as_the_file_is(language: str, piece: str) -> None:
    path, _ = REPOSITORIES[language]
    ends = {"go": ("package x\n", ""), "java": ("package a;\npublic class Foo {\n", "}\n"), "rust": ("", "")}
    spoken = languages.language(language)
    assert spoken is not None
    times = []
    for many in (150, 900):
        text = ends[language][0] + "".join(piece.format(n=number) for number in range(many)) + ends[language][1]
        begun = process_time()
        found = list(spoken.targets(Syntax(diff(path, None, text))))
        times.append(process_time() - begun)
        assert len(found) >= many
    assert times[1] < 6 * 3 * times[0] + 0.5
