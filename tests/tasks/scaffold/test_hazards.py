"""No scaffold calls what deletes files or starts programs; what only looks like it gets one."""

from __future__ import annotations

import pytest

from reviewbot.core.grammars import parse
from reviewbot.tasks.scaffold.hazards import is_hazardous
from reviewbot.tasks.scaffold.planning import Unsuited, suites
from reviewbot.tasks.scaffold.suites import Surroundings
from tests.readings import diff

HAZARDS = [
    ("python", "def clean(folder):\n    shutil.rmtree(folder)\n"),
    ("python", "def clean(folder):\n    for file in folder.iterdir():\n        file.unlink()\n"),
    ("python", "def clean(name):\n    os.remove(name)\n"),
    ("python", "def run(cmd):\n    return subprocess.run(cmd)\n"),
    ("python", "def run(cmd):\n    return os.system(cmd)\n"),
    ("javascript", "function purge(dir) {\n  fs.rmSync(dir, { recursive: true });\n}\n"),
    ("javascript", "const purge = (dir) => fs.promises.rm(dir);\n"),
    ("typescript", "export async function run(cmd: string) {\n  return execSync(cmd);\n}\n"),
    ("go", "package a\n\nfunc Clean(dir string) error {\n\treturn os.RemoveAll(dir)\n}\n"),
    ("go", "package a\n\nfunc Run(name string) error {\n\treturn exec.Command(name).Run()\n}\n"),
    ("java", "class A { static void clean(Path p) throws IOException { Files.deleteIfExists(p); } }\n"),
    ("java", "class A { static void run(String s) throws IOException { new ProcessBuilder(s).start(); } }\n"),
    ("rust", "pub fn clean(dir: &str) { std::fs::remove_dir_all(dir).unwrap(); }\n"),
    ("rust", "pub fn run(name: &str) { Command::new(name).spawn().unwrap(); }\n"),
    ("ruby", "def clean(dir)\n  FileUtils.rm_rf(dir)\nend\n"),
    ("ruby", "def run(cmd)\n  system(cmd)\nend\n"),
    ("php", "<?php\nfunction clean(string $name): void { unlink($name); }\n"),
    ("php", "<?php\nfunction run(string $cmd): void { exec($cmd); }\n"),
    ("csharp", "class A { public static void Clean(string d) { Directory.Delete(d, true); } }\n"),
]
HARMLESS = [
    ("python", "def without(items, item):\n    items.remove(item)\n    return items\n"),
    ("python", "def renamed(name):\n    return name.replace('a', 'b')\n"),
    ("javascript", "function deleted(map, key) {\n  map.delete(key);\n  return map;\n}\n"),
    ("go", "package a\n\nfunc Remove(list []int, at int) []int {\n\treturn append(list[:at], list[at+1:]...)\n}\n"),
    ("java", "class A { static int remove(java.util.List<Integer> l) { l.remove(0); return l.size(); } }\n"),
    ("ruby", "def without(list, item)\n  list.delete(item)\n  list\nend\n"),
    ("python", "def systematic(system):\n    return system.upper()\n"),
]


@pytest.mark.parametrize(("language", "code"), HAZARDS)
def test_what_deletes_files_or_starts_programs_is_a_hazard(language: str, code: str) -> None:
    assert is_hazardous(parse(language, code).root_node, code)


@pytest.mark.parametrize(("language", "code"), HARMLESS)
def test_what_only_sounds_like_it_is_none(language: str, code: str) -> None:
    assert not is_hazardous(parse(language, code).root_node, code)


def test_what_a_target_calls_in_its_own_file_counts_however_far_away() -> None:
    code = "def a(x):\n    return b(x)\n\n\ndef b(x):\n    return c(x)\n\n\ndef c(x):\n    shutil.rmtree(x)\n"
    root = parse("python", code).root_node
    assert is_hazardous(root, "def a(x):\n    return b(x)\n")
    assert not is_hazardous(root, "def d(x):\n    return x\n")


def test_such_a_target_gets_no_scaffold_and_the_reason_is_given() -> None:
    code = "import shutil\nfrom pathlib import Path\n\n\ndef clean(folder: Path) -> None:\n    shutil.rmtree(folder)\n"
    around = Surroundings(frozenset({"shop/__init__.py", "shop/disk.py"}))
    (found,) = suites(diff("shop/disk.py", None, code), around, lambda path: True)
    assert found == Unsuited("shop/disk.py::clean", "it deletes files or starts programs: whoever runs its test would")


def test_hostile_code_is_followed_no_further_than_its_bounds() -> None:
    code = "".join(f"def f{number}(x):\n    return f{number + 1}(x)\n\n\n" for number in range(3000))
    assert not is_hazardous(parse("python", code).root_node, "def g(x):\n    return f0(x)\n")
