"""Scaffolds tried out with the real pytest, in this machine's sandbox; what is hostile is contained and reported."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewbot.core.drafts import Scaffold, Stages
from reviewbot.core.labels import Label
from reviewbot.git import opened
from reviewbot.sandbox.containment import Containment, contained
from reviewbot.sandbox.limits import MIB, Limits, UncontainedError
from reviewbot.trials.stages import Aim, Terms, tried
from tests.repositories import Work
from tests.requirements import require

TARGET = """\
def clamp(x, low, high):
    if low > high:
        raise ValueError("low is above high")
    return max(low, min(x, high))
"""
TEST = """\
import pytest
from shop.limits import clamp

@pytest.mark.parametrize(("x", "expected"), [(-1, 0), (1, 1), (9, 3)])
def test_clamp(x, expected):
    assert clamp(x, 0, 3) == expected

def test_clamp_raises():
    with pytest.raises(ValueError):
        clamp(1, 3, 0)
"""
AIM = Aim("python", "shop/limits.py", (1, 4))


@pytest.fixture
def terms(work: Work) -> Iterator[Terms]:
    require(contained().is_enough, f"means to hold a program: {contained().reasons}")
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    limits = Limits(seconds=60.0, memory=1024 * MIB, processes=64, file=8 * MIB, disk=256 * MIB)
    yield Terms(contained(), path, Path.home(), work.path, seconds=240.0, limits=limits)


def scaffold(content: str) -> Scaffold:
    return Scaffold("tests/test_limits.py", "shop/limits.py::clamp", "python", "pytest", content, Stages(True),
                    Label.PUBLIC, notices=("before",))  # fmt: skip


def run(work: Work, terms: Terms, content: str, target: str = TARGET) -> Scaffold:
    commit = work.commit(**{"shop/__init__.py": "", "shop/limits.py": target})
    with opened(work.path) as repo:
        found = tried(scaffold(content), AIM, repo, commit, terms)
    assert found.notices[0] == "before"
    assert found.content == content
    return found


def test_a_test_that_asserts_passes_every_stage(work: Work, terms: Terms) -> None:
    found = run(work, terms, TEST)
    assert found.stages == Stages(True, True, True, True)
    assert re.fullmatch(r"its tests fail on [1-5] of [1-5] changed targets", found.notices[1])
    assert not (work.path / "tests").exists()


def test_a_test_that_asserts_nothing_kills_nothing(work: Work, terms: Terms) -> None:
    found = run(work, terms, "from shop.limits import clamp\n\ndef test_clamp():\n    assert callable(clamp)\n")
    assert found.stages == Stages(True, True, True, False)
    assert found.stages.failed == "killed"
    assert found.notices[1].startswith("its tests fail on 0 of ")


def test_a_test_that_fails_stops_there(work: Work, terms: Terms) -> None:
    found = run(work, terms, "def test_a():\n    assert False, '::error::pwned\\x1b[31m'\n")
    assert found.stages == Stages(True, True, False, None)
    assert found.notices[1].startswith("it does not pass: exit code 1, in its words: ")
    assert "::error" not in found.notices[1] and "\x1b" not in found.notices[1]


def test_a_test_that_passes_sometimes_does_not_run(work: Work, terms: Terms) -> None:
    found = run(work, terms, """\
from pathlib import Path

def test_a():
    seen = Path("seen")
    known = seen.exists()
    seen.touch()
    assert not known
""")  # fmt: skip
    assert found.stages == Stages(True, True, False, None)
    assert found.notices[1].startswith("it passes 1 of 2 times: ")


def test_what_holds_no_test_is_not_collected(work: Work, terms: Terms) -> None:
    found = run(work, terms, "x = 1\n")
    assert found.stages == Stages(True, False, None, None)
    assert found.notices[1].startswith("the test runner does not find it: exit code ")


def test_a_runner_that_is_not_here_is_named(work: Work, terms: Terms) -> None:
    found = run(work, replace(terms, path="/nowhere"), TEST)
    assert found.stages == Stages(True)
    assert found.notices[1:] == ("not run: pytest is not on this machine",)


def test_an_unknown_framework_is_not_run(work: Work, terms: Terms) -> None:
    commit = work.commit(**{"shop/limits.py": TARGET})
    with opened(work.path) as repo:
        found = tried(replace(scaffold(TEST), framework="other"), AIM, repo, commit, terms)
    assert found.stages == Stages(True)
    assert found.notices[1:] == ("not run: its framework has no runner here",)


@pytest.mark.parametrize(
    "path", ["../test_x.py", "/tmp/test_x.py", ".git/hooks/test_x.py", "shop/limits.py", "link/test_x.py"]
)
def test_a_place_that_is_none_is_not_written(work: Work, terms: Terms, path: str) -> None:
    (work.path / "link").symlink_to("shop")
    commit = work.commit(**{"shop/limits.py": TARGET})
    with opened(work.path) as repo:
        found = tried(replace(scaffold(TEST), path=path), AIM, repo, commit, terms)
    assert found.stages == Stages(True)
    assert found.notices[1].startswith("not run: ")


def test_a_text_that_no_file_can_hold_is_not_run(work: Work, terms: Terms) -> None:
    found = run(work, terms, "# \ud800\n" + TEST)
    assert found.notices[1:] == ("not run: it holds what no file can",)


def test_what_does_not_parse_is_not_run(work: Work, terms: Terms) -> None:
    commit = work.commit(**{"shop/limits.py": TARGET})
    with opened(work.path) as repo:
        given = replace(scaffold("def"), stages=Stages(False))
        assert tried(given, AIM, repo, commit, terms) == given


def test_nothing_runs_where_nothing_holds_it(work: Work, terms: Terms) -> None:
    with pytest.raises(UncontainedError):
        run(work, replace(terms, containment=Containment()), TEST)


def test_one_deadline_holds_for_all_stages(work: Work, terms: Terms) -> None:
    found = run(work, replace(terms, seconds=6.0), "import time\n\ndef test_a():\n    time.sleep(60)\n")
    assert found.stages.ran is None
    assert found.notices[-1] == "not every stage was tried: 6 seconds were over"


def test_one_moment_ends_all_scaffolds_of_a_run(work: Work, terms: Terms) -> None:
    began = time.monotonic()
    ends = replace(terms, ends=began + 6.0)
    found = run(work, ends, "import time\n\ndef test_a():\n    time.sleep(60)\n")
    assert found.stages.ran is None
    assert re.fullmatch(r"not every stage was tried: [56] seconds were over", found.notices[-1])
    assert run(work, ends, TEST).notices[1:] == ("not run: the time for all scaffolds was over",)
    assert time.monotonic() - began < 30


POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.acme</groupId><artifactId>acme</artifactId><version>1</version>
  <build><plugins>
    <plugin><artifactId>maven-compiler-plugin</artifactId><version>99.9</version></plugin>
  </plugins></build>
</project>
"""
CARGO = '[package]\nname = "acme"\nversion = "0.1.0"\nedition = "2021"\n'
ABSENT = ("not run: a library that its build would fetch is not on this machine",)


def tried_in(work: Work, terms: Terms, framework: str, language: str, paths: tuple[str, str], test: str,
             files: dict[str, str]) -> Scaffold:  # fmt: skip
    commit = work.commit(**files)
    programs = f"{terms.path}:{Path.home() / '.cargo/bin'}"
    limits = replace(terms.limits, memory=4096 * MIB, processes=512, file=256 * MIB, disk=1024 * MIB)
    given = Scaffold(paths[1], f"{paths[0]}::it", language, framework, test, Stages(True), Label.PUBLIC)
    with opened(work.path) as repo:
        return tried(given, Aim(language, paths[0], (1, 3)), repo, commit, replace(terms, path=programs, limits=limits))


def test_a_maven_that_would_fetch_a_plugin_is_no_failure_of_a_scaffold(work: Work, terms: Terms) -> None:
    # No package manager brings the plugins: a machine has them from the builds that it has seen.
    if not shutil.which("mvn") or not (Path.home() / ".m2/repository/org/apache/maven/plugins").is_dir():
        pytest.skip("Maven, or its local repository, is not here")
    paths = ("src/main/java/A.java", "src/test/java/ATest.java")
    files = {"pom.xml": POM, paths[0]: "public class A { public static int it() { return 1; } }\n"}
    found = tried_in(work, terms, "junit5", "java", paths, "class ATest { }\n", files)
    assert (found.stages, found.notices) == (Stages(True), ABSENT)


def test_a_cargo_that_would_fetch_a_crate_is_no_failure_of_a_scaffold(work: Work, terms: Terms) -> None:
    require(shutil.which("cargo", path=f"{os.environ['PATH']}:{Path.home() / '.cargo/bin'}"), "cargo is not installed")
    paths, test = ("src/lib.rs", "tests/it.rs"), "#[test]\nfn it() { acme::it(); }\n"
    files = {"Cargo.toml": f'{CARGO}[dependencies]\nof-nobody = "9"\n', paths[0]: "pub fn it() {}\n"}
    found = tried_in(work, terms, "cargotest", "rust", paths, test, files)
    assert (found.stages, found.notices) == (Stages(True), ABSENT)
    found = tried_in(work, terms, "cargotest", "rust", paths, "fn it() { acme::no(); }\n", {"Cargo.toml": CARGO})
    assert found.stages == Stages(True, False)


def test_a_python_that_says_the_same_fails(work: Work, terms: Terms) -> None:
    said = "you are in the offline mode (--offline), module lookup disabled by GOPROXY=off, available for offline mode"
    assert run(work, terms, f"raise ImportError({said!r})\n").stages == Stages(True, False)


HOSTILE = {
    "fork bomb": ("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n",
                  "it was stopped: "),
    "hanging": ("import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\ntime.sleep(600)\n",
                "out of time"),
    "memory": ("x = []\nwhile True:\n    x.append(bytearray(1 << 24))\n", ""),
    "output": ("import os\nwhile True:\n    os.write(1, b'x' * 65536)\n", "it says too much"),
    "disk": ("n = 0\nwhile True:\n    n += 1\n    open(f'{n}', 'wb').write(bytes(4 << 20))\n", "too much disk"),
    "gone": ("import os\nos._exit(0)\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_target_is_contained_and_reported(work: Work, terms: Terms, name: str) -> None:
    code, said = HOSTILE[name]
    limits = replace(terms.limits, seconds=8.0 if name in ("hanging", "fork bomb") else 60.0)
    target = code + TARGET
    found = run(work, replace(terms, limits=limits), TEST, target)
    assert found.stages == Stages(True, False, None, None)
    assert said in found.notices[1]


def test_a_target_that_reads_and_reaches_gets_nothing(work: Work, terms: Terms, tmp_path: Path) -> None:
    """The environment, a file as of a home, a server, the repository, a link in place of the target."""
    secret = "secret" + os.urandom(8).hex()
    (tmp_path / "id").write_text(secret)
    (tmp_path / "id").chmod(0o644)
    kept = tmp_path / "kept"
    kept.write_text("kept")
    kept.chmod(0o666)
    with socket.create_server(("127.0.0.1", 0)) as server:
        attack = f"""\
import os, socket, subprocess, sys
said = [repr(dict(os.environ))]
for attempt in (
    lambda: open({str(tmp_path / "id")!r}).read(),
    lambda: open(f"/proc/{{os.getppid()}}/environ").read(),
    lambda: socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), 1),
    lambda: open({str(kept)!r}, "w").write("x"),
    lambda: open({str(work.path / "planted")!r}, "w").write("x"),
    lambda: open({str(Path(pytest.__file__).parent / "planted")!r}, "w").write("x"),
    lambda: (os.unlink(__file__), os.symlink({str(kept)!r}, __file__)),
):
    try:
        said.append(str(attempt()))
    except OSError as error:
        said.append(str(error))
print(said, file=sys.stderr)
"""
        found = run(work, terms, TEST, attack + TARGET)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert secret not in repr(found)
    assert kept.read_text() == "kept"
    assert not (work.path / "planted").exists()
    assert not (Path(pytest.__file__).parent / "planted").exists()
    assert found.stages.parsed


def test_a_mutant_is_not_written_through_a_link_that_the_target_left(work: Work, terms: Terms, tmp_path: Path) -> None:
    """The second time it runs, the target is the link; only as root's the file behind it could be written at all."""
    kept = tmp_path / "kept"
    kept.write_text("kept")
    attack = f"import os\nos.unlink(__file__)\nos.symlink({str(kept)!r}, __file__)\n"
    run(work, terms, attack + TEST, TARGET)
    run(work, terms, TEST, TARGET + f"import os\nos.rename('shop', 'old')\nos.symlink({str(tmp_path)!r}, 'shop')\n")
    assert kept.read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".py"] == []
