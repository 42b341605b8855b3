"""Scaffolds of Java under the console launcher of JUnit 5, and under Maven where its repository is here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewbot.tasks.scaffold.planning import rendered
from reviewbot.trials.commands import Ground, MissingToolError
from reviewbot.trials.toolchains import junit5
from tests.requirements import require
from tests.trials.toolchains.trees import Trial, filled, suites, trial, which

PATH = "src/main/java/com/acme/data/Foo.java"
CODE = """\
package com.acme.data;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

public class Foo {
    public enum Mode { FAST, SLOW }

    private final Other other = new Other();

    public Foo(int size, String name) { }

    public Foo(int size) { }

    public static int clamp(int value, int low, final int high) {
        if (low > high) {
            throw new IllegalArgumentException("low is above high");
        }
        if (value < low) return low;
        return Math.min(value, high);
    }

    public String name(String first, Mode mode) throws IOException {
        Objects.requireNonNull(first, "first");
        if (first.isEmpty()) {
            throw new IOException("empty");
        }
        return first.trim() + mode;
    }

    public List<String> split(List<String> all, int[] at, long... rest) { return all; }

    public void push(Integer x) { x.toString(); }

    public int[] many(int n) { return new int[n]; }

    public static double half(double x) { return x / 2; }

    public Mode mode(Mode mode) { return mode; }
}
"""
FILES = {
    PATH: CODE,
    "src/main/java/com/acme/data/Other.java": "package com.acme.data;\n\nclass Other { }\n",
}
WRITTEN = {"value is 0 and low is 1": "1", "usual arguments": "1", "low is 0": "1"}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require(which("javac") and which("sh"), "a JDK is not installed")
    require(any(Path(one).is_file() for one in junit5.LAUNCHERS), "the console launcher of JUnit 5 is not installed")
    return tmp_path_factory.mktemp("java")


@pytest.fixture
def repository(scratch: Path, tmp_path: Path) -> Trial:
    return trial(junit5, tmp_path, FILES, scratch)


def test_every_scaffold_is_found_runs_and_waits_for_its_expectations(repository: Trial) -> None:
    found = suites(FILES, PATH)
    names = ["clamp", "name", "split", "push", "many", "half", "mode"]
    assert [one.target.called for one in found] == names
    placed = repository.write({one.path: rendered(one) for one in found})
    assert placed.collect(found[0].path).ok
    # Two virtual machines each: those that have least in common.
    for one in (found[1], found[2], found[3], found[6]):
        ran = placed.run(one.path)
        assert ran.ok, ran.output
        assert "to be written: " in ran.output


RAISING = """\
package com.acme.data;

public class Initial {
    public static String initial(String name) { return name.substring(0, 1) + name.repeat(300); }
}
"""


def test_a_call_that_throws_skips_as_one_that_returns_does(repository: Trial) -> None:
    path = "src/main/java/com/acme/data/Initial.java"
    (suite,) = suites({**FILES, path: RAISING}, path)
    assert not any(case.is_written for case in suite.cases)
    ran = repository.write({path: RAISING, suite.path: rendered(suite)}).run(suite.path)
    assert ran.ok, ran.output
    assert "to be written: it threw java.lang.StringIndexOutOfBoundsException: " in ran.output
    (said,) = set(re.findall(r"to be written: it returned (a[abc]+)", ran.output))
    assert len(said) == 200
    assert re.search(rf"\[ +{len(suite.cases)} tests aborted +\]", ran.output), ran.output


UNMADE = """\
package com.acme.data;

public class Price {
    public Price(int rate) throws java.io.IOException { check(rate); }

    public int total(int count) {
        if (count < 0) throw new IllegalArgumentException("count");
        return count;
    }

    private static void check(int rate) { throw new IllegalArgumentException("rate"); }
}
"""


def test_what_is_thrown_before_the_call_is_not_what_the_call_throws(repository: Trial) -> None:
    path = "src/main/java/com/acme/data/Price.java"
    (suite,) = suites({**FILES, path: UNMADE}, path)
    assert "IllegalArgumentException" in {case.raises for case in suite.cases}
    assert not repository.write({path: UNMADE, suite.path: rendered(suite)}).run(suite.path).ok
    right = UNMADE.replace('throw new IllegalArgumentException("rate");', "")
    assert (ran := repository.write({path: right, suite.path: rendered(suite)}).run(suite.path)).ok, ran.output


def test_right_expectations_pass_and_a_mutant_fails(repository: Trial) -> None:
    suite = suites(FILES, PATH)[0]
    placed = repository.write({suite.path: rendered(filled(suite, WRITTEN))})
    assert placed.run(suite.path).ok
    mutant = placed.write({PATH: CODE.replace("return low;", "return value;")}).run(suite.path)
    assert not mutant.ok and "value is 0 and low is 1" in mutant.output


def test_an_exception_that_does_not_come_fails(repository: Trial) -> None:
    suite = suites(FILES, PATH)[0]
    placed = repository.write({suite.path: rendered(suite)})
    assert not placed.write({PATH: CODE.replace("low > high", "false")}).run(suite.path).ok


def test_what_does_not_compile_is_not_found(repository: Trial) -> None:
    path = "src/test/java/com/acme/data/FooTest.java"
    assert not repository.write({path: "package com.acme.data;\n\nclass FooTest { Nothing n; }\n"}).collect(path).ok


def test_a_file_without_tests_does_not_pass(repository: Trial) -> None:
    path = "src/test/java/com/acme/data/FooTest.java"
    assert not repository.write({path: "package com.acme.data;\n\nclass FooTest { }\n"}).run(path).ok


POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.acme</groupId><artifactId>acme</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies><dependency>
    <groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.14.1</version><scope>test</scope>
  </dependency></dependencies>
  <build><plugins>
    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.4.0</version></plugin>
    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.2.5</version></plugin>
  </plugins></build>
</project>
"""
PLUGINS = Path.home() / ".m2/repository/org/apache/maven/plugins"


def test_under_maven_right_expectations_pass_and_a_mutant_fails(repository: Trial) -> None:
    # No package manager brings these: a machine has them from the builds that it has seen.
    if not which("mvn") or not (PLUGINS / "maven-surefire-plugin/3.2.5").is_dir():
        pytest.skip("Maven, or the plugins of this build in its local repository, are not here")
    suite = suites({**FILES, "pom.xml": POM}, PATH)[0]
    placed = repository.write({"pom.xml": POM, suite.path: rendered(filled(suite, WRITTEN))})
    ran = placed.run(suite.path)
    assert ran.ok, ran.output
    mutant = placed.write({PATH: CODE.replace("return low;", "return value;")}).run(suite.path)
    assert not mutant.ok and "FooTest.clamp" in mutant.output


def test_a_module_of_a_maven_build_is_run_with_what_it_needs(tmp_path: Path) -> None:
    if not (PLUGINS / "maven-surefire-plugin").is_dir():
        pytest.skip("Maven's local repository is not here")
    paths = frozenset({"pom.xml", "app/pom.xml", "app/src/test/java/a/FooTest.java"})
    command = junit5.running(
        Ground(tmp_path, lambda name: f"/bin/{name}", paths, tmp_path), "app/src/test/java/a/FooTest.java"
    )
    assert command.folder == "" and "-Dtest=FooTest" in command.argv
    assert command.argv[command.argv.index("-pl") + 1] == "app" and command.argv[-1] == "test"


def test_without_a_compiler_the_tool_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingToolError, match="javac"):
        junit5.running(
            Ground(tmp_path, lambda name: None if name == "javac" else name, frozenset(), tmp_path), "a/FooTest.java"
        )
