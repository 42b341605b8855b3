from __future__ import annotations

import pytest

from reviewbot.checks import calls
from reviewbot.core.findings import Severity
from tests.checks.calls.rows import marked, said
from tests.readings import reading

COPIES = [
    ("c", "void f(char *x) {\n«strcpy(out, x);\n}"),
    ("c", "void f(char *x) {\n«strcat(out, x);\n}"),
    ("c", 'void f(char *x) {\n«sprintf(out, "%d %s", 1, x);\n}'),
    ("c", 'void f(char *x) {\n«scanf("%s", x);\n}'),
    ("c", "void f(char *x) {\n«gets(x);\n}"),
    ("cpp", "void f(char *x) {\n«std::strcpy(out, x);\n}"),
    ("h", 'inline void f(char *x) {\n«sprintf(out, "%s", x);\n}'),
]

NO_COPIES = [
    ("c", 'void f() {\nstrcpy(out, "a");\n}'),
    ("c", "void f(char *x) {\nchar *out = malloc(strlen(x) + 1);\nstrcpy(out, x);\n}"),
    ("c", 'void f(int x) {\nsprintf(out, "%d", x);\n}'),
    ("c", 'void f() {\nsprintf(out, "%s", "a");\n}'),
    ("c", 'void f(char *x) {\nsnprintf(out, sizeof(out), "%s", x);\n}'),
    ("c", 'void f(char *x) {\nscanf("%9s", x);\n}'),
    ("cpp", "void f(char *x) {\nthis->strcpy(out, x);\n}"),
    ("cs", "class A { void F() { strcpy(a, b); } }"),
]

NAMES = [
    ("py", "«tempfile.mktemp()"),
    ("c", "void f() {\n«tmpnam(name);\n}"),
    ("cpp", "void f() {\n«std::tmpnam(name);\n}"),
    ("rb", "«Dir::Tmpname.create('a') { |path| path }"),
]

NO_NAMES = [
    ("py", "tempfile.mkstemp()"),
    ("py", "tmp_path_factory.mktemp('a')"),
    ("c", "void f() {\nmkstemp(name);\n}"),
    ("cpp", "void f() {\nfs.tmpnam(name);\n}"),
    ("rb", "Dir.mktmpdir"),
    ("php", "<?php\ntempnam('/tmp', 'a');"),
]


@pytest.mark.parametrize(("suffix", "code"), COPIES)
def test_a_copy_without_a_limit_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/unbounded-copy", code)


@pytest.mark.parametrize(("suffix", "code"), NAMES)
def test_a_temporary_name_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/temporary-name", code)


@pytest.mark.parametrize(("suffix", "code"), NO_COPIES + NO_NAMES)
def test_measured_copies_and_files_that_are_created_are_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []


def test_a_line_read_without_any_limit_cannot_be_right() -> None:
    (finding,) = calls.check(reading("a.c", "void f(char *x) { gets(x); }\n"))
    assert finding.severity is Severity.HIGH
