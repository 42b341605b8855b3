"""Where tests of Java go, and how they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot.tasks.scaffold.frameworks import junit5
from reviewbot.tasks.scaffold.planning import rendered
from reviewbot.tasks.scaffold.suites import Suite, Surroundings
from tests.trials.toolchains.trees import filled, suites

POM = {"pom.xml": "<project><artifactId>junit-jupiter</artifactId></project>"}
PATH = "src/main/java/com/acme/Foo.java"
CODE = "package com.acme;\n\npublic class Foo {\n    public static int clamp(int n) {\n        return n;\n    }\n}\n"
TEST = "package com.acme;\n\nimport org.junit.jupiter.api.Test;\n\nclass BarTest {\n}\n"


def suite(code: str = CODE, others: dict[str, str] = POM, path: str = PATH) -> Suite:
    (found,) = suites({**others, path: code}, path)
    return found


def test_the_file_mirrors_the_target() -> None:
    assert suite().path == "src/test/java/com/acme/FooTest.java"
    nested = suite(others={"app/pom.xml": ""}, path=f"app/{PATH}")
    assert nested.path == "app/src/test/java/com/acme/FooTest.java"


def test_a_taken_name_is_told_apart_by_the_target() -> None:
    taken = {**POM, "src/test/java/com/acme/FooTest.java": TEST}
    assert suite(others=taken).path == "src/test/java/com/acme/FooClampTest.java"


def test_names_end_as_those_of_existing_tests_do() -> None:
    others = {**POM, "src/test/java/com/acme/BarTests.java": TEST}
    assert suite(others=others).path == "src/test/java/com/acme/FooTests.java"


@pytest.mark.parametrize(
    ("others", "path", "place"),
    [
        ({"test/com/acme/BarTest.java": TEST}, "src/com/acme/Foo.java", "test/com/acme/FooTest.java"),
        ({}, "src/com/acme/Foo.java", "src/com/acme/FooTest.java"),
    ],
)
def test_without_the_usual_folders_existing_tests_decide(others: dict[str, str], path: str, place: str) -> None:
    assert suite(others=others, path=path).path == place


def test_a_build_that_keeps_tests_apart_has_no_place_beside_the_target() -> None:
    (found,) = suites({**POM, PATH: CODE}, PATH)
    places = junit5.places(found.target, Surroundings(frozenset({"pom.xml", PATH})))
    assert all(place.startswith("src/test/java/") for place in places)


def test_weight_follows_manifests_and_imports() -> None:
    texts: list[dict[str, str]] = [{}, POM, {**POM, "src/test/java/com/acme/BarTest.java": TEST}]
    weights = [junit5.weight(Surroundings(frozenset(one), one), PATH) for one in texts]
    assert weights == sorted(set(weights)) and weights[0] == 0


def test_what_is_not_written_calls_and_skips() -> None:
    text = rendered(suite())
    assert "unwritten(() -> Foo.clamp(0));" in text and 'assumeTrue(false, "to be written: " + seen);' in text


def test_an_expectation_is_of_the_targets_type_and_lands_once() -> None:
    text = rendered(filled(suite(), {"n is 0": "REVIEWBOT_HOLE"}))
    assert text.count("REVIEWBOT_HOLE") == 1
    assert "int want = REVIEWBOT_HOLE;\n        assertEquals(want, Foo.clamp(0));" in text


def test_arrays_are_compared_by_what_they_hold() -> None:
    code = CODE.replace("static int clamp", "static int[] clamp").replace("return n;", "return null;")
    assert "assertArrayEquals(want, Foo.clamp(0));" in rendered(filled(suite(code), {"n is 0": "null"}))


def test_a_backslash_of_a_path_begins_no_escape_in_the_comment() -> None:
    found = suite()
    target = replace(found.target, path="a\\u000a class Evil {} //\nb.java")
    head = rendered(replace(found, target=target)).split("\n")[0]
    assert "\\\\u000a" in head and "\\\\n" in head


def test_only_imports_that_are_used_stand_there() -> None:
    code = CODE.replace("int n)", "List<String> n, Map<String, String> m)").replace(
        "package com.acme;", "package com.acme;\n\nimport java.util.List;\nimport java.util.Map;\nimport java.io.File;"
    )
    text = rendered(suite(code.replace("return n;", "return 1;")))
    imports = [line for line in text.split("\n") if line.startswith("import java.")]
    assert imports == [
        "import java.util.ArrayList;",
        "import java.util.Arrays;",
        "import java.util.Collections;",
        "import java.util.HashMap;",
    ]


def test_what_the_source_imports_itself_is_imported_for_values_too() -> None:
    code = CODE.replace("int n)", "Collection<String> n)").replace(
        "package com.acme;", "package com.acme;\n\nimport java.util.ArrayList;\nimport java.util.Collection;"
    )
    assert "import java.util.ArrayList;\nimport java.util.Arrays;\n" in rendered(
        suite(code.replace("return n;", "return 1;"))
    )
