"""Commit messages and test scaffolds without a model: what they take as whole processes. `python -m bench.drafts`."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import changes
from bench.measure import Cost, median, rounds
from bench.models import PYTHON

REVIEWBOT = (PYTHON, "-m", "reviewbot")
#: Seconds of a message for what is staged, a hook that somebody waits for; files and commits that it is measured on.
MOST, FILES, COMMITS = 1.0, 20, 300
#: Files of a review that drafts come on top of.
REVIEWED = 300
#: What neither needs: libraries of models, forges and formats, the checks, and what executes scaffolds.
HEAVY = frozenset({
    "httpx", "mistralai", "ollama", "github", "gitlab", "requests", "rich", "jinja2", "cryptography", "asyncio", "ssl",
    "reviewbot.checks", "reviewbot.trials", "reviewbot.sandbox",
})  # fmt: skip
_RUNS = 5
_AUTHOR = b"Bench <bench@example.org> 1767225600 +0000"
#: By suffix a function of each language, with places for its name and what is added to it.
_FUNCTIONS = {
    "py": 'def {0}(value: int, name: str = "x") -> int:\n    if value > 9:\n        raise ValueError(name)\n'
          "    return value + {1}\n\n\n",
    "ts": "export function {0}(value: number, name = 'x'): number {{\n  if (value > 9) throw new RangeError(name)\n"
          "  return value + {1}\n}}\n\n",
    "go": "func {0}(value int, name string) (int, error) {{\n\tif value > 9 {{\n\t\treturn 0, errors.New(name)\n\t}}\n"
          "\treturn value + {1}, nil\n}}\n\n",
    "rs": "pub fn {0}(value: i64, name: &str) -> Result<i64, String> {{\n    if value > 9 {{\n"
          "        return Err(name.to_string());\n    }}\n    Ok(value + {1})\n}}\n\n",
    "rb": "def {0}(value, name = 'x')\n  raise ArgumentError, name if value > 9\n\n  value + {1}\nend\n\n",
}  # fmt: skip
_HEADS = {"go": 'package app\n\nimport "errors"\n\n'}
_FOLDERS = {"py": "app", "ts": "web/src", "go": "app", "rs": "src", "rb": "lib"}
_MANIFESTS = {
    "pyproject.toml": '[project]\nname = "app"\n', "web/package.json": '{"devDependencies": {"vitest": "2.0.0"}}\n',
    "go.mod": "module example.org/app\n\ngo 1.22\n", "Gemfile": 'gem "rspec"\n',
    "Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "".join(f"pub mod m{number};\n" for number in range(100)),
}  # fmt: skip


def report(files: int = FILES, commits: int = COMMITS, reviewed: int = REVIEWED, runs: int = _RUNS) -> None:
    """Print all figures, each beside what it is compared to."""
    with tempfile.TemporaryDirectory() as folder:
        work = repository(Path(folder) / "work", files, commits)
        at = ("--repo", str(work))
        hook = ("message", "--staged", "--write", os.devnull, *at)
        message, bare, diff = timed(runs, (*REVIEWBOT, *hook), (PYTHON, "-c", "pass"),
                                    ("git", "-C", str(work), "diff", "--cached"))  # fmt: skip
        _print(f"message --staged of {files} files", message, f", aim {MOST:.1f} s",
               {"`python -c pass`": bare, "`git diff --cached`": diff})  # fmt: skip
        found = imported(hook)
        print(f"  imports {len(found)} modules, of those it does not need: {', '.join(needless(found)) or 'none'}")
        (scaffold,) = timed(runs, (*REVIEWBOT, "scaffold", "--base", "main", "--head", "feature", *at))
        _print(f"scaffold of {files} functions", scaffold, "", {"`python -c pass`": bare})
        large = changes.made(Path(folder) / "large.git", reviewed).repository
        review = (*REVIEWBOT, "review", "--base", "main", "--head", "feature", "--repo", str(large), "--output",
                  str(Path(folder) / "report.json"), "--tasks")  # fmt: skip
        alone, both = timed(runs, (*review, "review"), (*review, "review,message,scaffold"))
        _print(f"review of {reviewed} files with both drafts", both, "", {"without": alone})
        more, less = median(both), median(alone)
        print(f"  on top of it {more.wall - less.wall:.2f} s, {more.cpu - less.cpu:.2f} of processors")


def _print(name: str, costs: Sequence[Cost], aim: str, others: dict[str, Sequence[Cost]]) -> None:
    spent, used = [cost.wall for cost in costs], median(costs)
    times = "; ".join(f"{other} {median(taken).wall:.3f} s, {used.wall / median(taken).wall:.1f} times"
                      for other, taken in others.items())  # fmt: skip
    print(f"{name}: {min(spent):.2f}, {used.wall:.2f}, {max(spent):.2f} s (minimum, median, maximum of {len(spent)}), "
          f"{used.cpu:.2f} of processors, {used.peak:.0f} MB{aim}; {times}")  # fmt: skip


def timed(runs: int, *commands: Sequence[str]) -> list[list[Cost]]:
    """What each run of each command took; they are run in turn."""
    costs = rounds(runs, *commands)
    return [[row[at] for row in costs] for at in range(len(commands))]


def imported(arguments: Sequence[str]) -> frozenset[str]:
    """The modules that are there when a command has run."""
    program = "import sys; from reviewbot.cli import main; main(sys.argv[1:]); print('\\n' + ' '.join(sys.modules))"
    done = subprocess.run([PYTHON, "-c", program, *arguments], check=True, capture_output=True, text=True)
    return frozenset(done.stdout.rstrip("\n").rpartition("\n")[2].split(" "))


def needless(found: frozenset[str]) -> list[str]:
    """Those of the modules that drafts have no use for."""
    return sorted(found & HEAVY)


def repository(folder: Path, files: int, commits: int) -> Path:
    """`main` with a log, `feature` with a new function in each of some files of five languages, the same staged."""
    suffixes = list(_FUNCTIONS)
    names = [(number, suffixes[number % len(suffixes)]) for number in range(files)]
    old = {f"{_FOLDERS[suffix]}/m{number}.{suffix}": _text(suffix, number, 20) for number, suffix in names}
    new = {f"{_FOLDERS[suffix]}/m{number}.{suffix}": _text(suffix, number, 21) for number, suffix in names}
    stream = [*_commit(b"main", b"feat: begin", _MANIFESTS | old)]
    for number in range(commits - 1):
        stream += _commit(b"main", b"fix(app): mend part %d" % number, {"CHANGELOG.md": f"{number}\n"})
    stream += _commit(b"feature", b"wip", new, b"from refs/heads/main\n")
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    for arguments, given in ((("fast-import", "--quiet"), b"".join(stream)), (("reset", "-q", "--hard"), b""),
                             (("checkout", "-q", "feature", "--", "."), b"")):  # fmt: skip
        subprocess.run(["git", "-C", str(folder), *arguments], input=given, check=True)
    return folder


def _text(suffix: str, file: int, functions: int) -> str:
    names = ((f"Part{file}x{at}" if suffix == "go" else f"part_{file}_{at}") for at in range(functions))
    return _HEADS.get(suffix, "") + "".join(_FUNCTIONS[suffix].format(name, at) for at, name in enumerate(names))


def _commit(branch: bytes, message: bytes, files: dict[str, str], parent: bytes = b"") -> Iterator[bytes]:
    yield b"commit refs/heads/%s\ncommitter %s\ndata %d\n%s\n%s" % (branch, _AUTHOR, len(message), message, parent)
    for path, text in files.items():
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text.encode())


if __name__ == "__main__":
    report()
