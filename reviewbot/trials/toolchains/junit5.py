"""JUnit 5 by the repository's own build where it can work without a network, else by javac and the console launcher.

The fallback compiles the test and whatever it reaches by source path, with JUnit for its only library: it is for
sources without dependencies, and says nothing of what the build would have added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from reviewbot.trials.commands import Command, Ground, MissingToolError

#: Where systems put the launcher; Debian's needs the jars beside it.
LAUNCHERS = (
    "/usr/share/java/junit-platform-console-standalone.jar",
    "/usr/local/share/java/junit-platform-console-standalone.jar",
    "/opt/junit/junit-platform-console-standalone.jar",
)  # fmt: skip
_BESIDE = ("junit-platform-*", "junit-jupiter*", "opentest4j*", "apiguardian*", "picocli*", "univocity*")
_PACKAGE = re.compile(r"^\s{0,20}package\s{1,20}([\w.]{1,300})\s{0,20};", re.MULTILINE | re.ASCII)
_NONE = re.compile(r"^\[ {1,20}0 tests found {1,20}\]", re.MULTILINE)
#: One call for two programs: what is to be compiled and run is given as arguments, never as text of the script.
_COMPILE = (
    'mkdir -p "$2" && "$1" -proc:none -nowarn -encoding UTF-8 -implicit:class -d "$2" -cp "$3" -sourcepath "$4" "$5"'
)
_RUN = f'{_COMPILE} && exec "$6" -cp "$2:$3" org.junit.platform.console.ConsoleLauncher ' \
       '--disable-banner --disable-ansi-colors --details=tree --select-class "$7"'  # fmt: skip


def collecting(ground: Ground, path: str) -> Command:
    """Compiles the tests: no launcher lists them in one call everywhere."""
    return _maven(ground, path, "-DskipTests") or _gradle(ground, path, "testClasses") or _plain(ground, path, _COMPILE)


def running(ground: Ground, path: str) -> Command:
    return _maven(ground, path) or _gradle(ground, path, "test") or _plain(ground, path, _RUN)


def collected(code: int, output: str) -> bool:
    return code == 0


def passed(code: int, output: str) -> bool:
    return code == 0 and _NONE.search(output) is None


def _roots(ground: Ground, path: str, *names: str) -> Iterator[PurePosixPath]:
    """The folders above a path with one of these files, the nearest first."""
    for folder in PurePosixPath(path).parents:
        if any(str(folder / name) in ground.paths for name in names):
            yield folder


def _maven(ground: Ground, path: str, *options: str) -> Command | None:
    """Where its plugins have been brought here by an earlier build."""
    modules = list(_roots(ground, path, "pom.xml"))
    kept = Path.home() / ".m2/repository"
    program = ground.which("mvn")
    if not modules or program is None or not (kept / "org/apache/maven/plugins/maven-surefire-plugin").is_dir():
        return None
    nearest, top = modules[0], modules[-1]
    # Modules that this one needs have no such test, and fail for it unless they are told.
    part = ("-pl", str(nearest.relative_to(top)), "-am", "-DfailIfNoTests=false",
            "-Dsurefire.failIfNoSpecifiedTests=false") if nearest != top else ()  # fmt: skip
    fixed = ("-o", "-q", "-B", f"-Dmaven.repo.local={kept}", f"-Dtest={PurePosixPath(path).stem}")
    return Command((program, *fixed, *options, *part, "test"), _java(ground), _folder(top))


def _gradle(ground: Ground, path: str, task: str) -> Command | None:
    """By an installed Gradle: a wrapper would fetch one."""
    builds = list(_roots(ground, path, "build.gradle", "build.gradle.kts"))
    program, kept = ground.which("gradle"), Path.home() / ".gradle"
    if not builds or program is None or not kept.is_dir():
        return None
    tops = list(_roots(ground, path, "settings.gradle", "settings.gradle.kts")) or builds
    inner = ":".join(builds[0].relative_to(tops[-1]).parts)
    chosen = ("--tests", f"*{PurePosixPath(path).stem}") if task == "test" else ()
    options = ("--offline", "--no-daemon", "-q", "-g", str(kept))
    return Command((program, *options, f":{inner}:{task}" if inner else f":{task}", *chosen), _java(ground),
                   _folder(tops[-1]))  # fmt: skip


def _plain(ground: Ground, path: str, script: str) -> Command:
    tools = {name: ground.which(name) for name in ("sh", "javac", "java")}
    for name, program in tools.items():
        if program is None:
            raise MissingToolError(name)
    launcher = next((Path(one) for one in LAUNCHERS if Path(one).is_file()), None)
    if launcher is None:
        raise MissingToolError("junit-platform-console-standalone.jar")
    libraries = {one for pattern in _BESIDE for one in launcher.parent.glob(f"{pattern}.jar")}
    package = _PACKAGE.search((ground.root / path).read_text("utf-8", "replace"))
    inside = package[1] if package else ""
    classes = ground.scratch / "java-classes"
    name = ".".join(filter(None, (inside, PurePosixPath(path).stem)))
    return Command(
        (tools["sh"] or "", "-c", script, "sh", tools["javac"] or "", str(classes),
         ":".join(map(str, (launcher, *sorted(libraries)))), ":".join(_sources(ground, path, inside)),
         str(ground.root / path), tools["java"] or "", name),
        _java(ground),
    )  # fmt: skip


def _sources(ground: Ground, path: str, package: str) -> Iterator[str]:
    """The roots of sources: of the test's own package, and src/main/java beside src/test/java."""
    folder, inside = str(PurePosixPath(path).parent), package.replace(".", "/")
    found = {folder.removesuffix(inside).rstrip("/") if inside else folder}
    for one in ground.paths:
        parent = str(PurePosixPath(one).parent)
        if one.endswith(".java") and inside and f"/{parent}".endswith(f"/{inside}"):
            found.add(parent.removesuffix(inside).rstrip("/"))
        at = f"/{one}".find("/src/main/java/")
        if at >= 0 and one.endswith(".java"):
            found.add(one[:at] + ("/" if at else "") + "src/main/java")
    yield from (str(ground.root / one) for one in sorted(found) if ":" not in one)


def _java(ground: Ground) -> dict[str, str]:
    # The rest is for a start in half the time: no test here runs for long.
    return {
        "JAVA_TOOL_OPTIONS": f"-Duser.home={ground.scratch} -Djava.io.tmpdir={ground.scratch} "
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    }


def _folder(folder: PurePosixPath) -> str:
    return "" if str(folder) == "." else str(folder)
