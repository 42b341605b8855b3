"""The measurement reads rows as they are published, cut patches too, and counts what it should."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest

from bench import messages

PATCH = """\
diff --git a/lib/a.py b/lib/a.py
index 1..2 100644
--- a/lib/a.py
+++ b/lib/a.py
@@ -3,2 +3,4 @@ class A:
     def f(self):
         return 1
+    def g(self):
+        return 2
diff --git a/old name.md b/new name.md
similarity index 100%
rename from old name.md
rename to new name.md
diff --git a/b.txt b/b.txt
new file mode 100644
--- /dev/null
+++ b/b.txt
@@ -0,0 +1,9 @@
+one
+tw"""


def row(subject: str, type_: str, scope: str | None, diff: str) -> dict[str, object]:
    return {"repo": "a/b", "subject_no_pr": subject, "type": type_, "scope": scope, "diff": diff}


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.writelines(f"{json.dumps(one)}\n" for one in rows)


def test_a_patch_is_read_as_far_as_it_goes() -> None:
    changed, moved, cut = messages.diffs(PATCH)
    assert (changed.path, changed.change, len(changed.added)) == ("lib/a.py", "modified", 2)
    assert changed.new.lines()[2] == "    def f(self):"
    assert (moved.old_path, moved.path, moved.change) == ("old name.md", "new name.md", "renamed")
    assert [line.text for line in cut.added] == ["one", "tw"]
    assert not cut.old.exists


def test_paths_alone_are_the_baseline() -> None:
    changed, moved, cut = messages.diffs(PATCH)
    assert [messages.by_paths([file]) for file in (changed, moved, cut)] == ["feat", "docs", "docs"]
    assert messages.by_paths([changed, moved]) == "feat"


def test_the_table_has_what_is_right_and_what_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "commits-dev.jsonl.gz", [row("feat: add g", "feat", None, PATCH), row("ci: x", "ci", "a", PATCH)])
    rows = [
        {"message": "feat: x", "valid": True, "note": "n", "source": "s"},
        {"message": "x", "valid": True, "note": "n", "source": "s"},
        {"message": "feat: x", "valid": False, "note": "test_is_valid__scope_not_optional", "source": "s"},
        {"message": "squash! x", "valid": None, "note": "test_has_autosquash_prefix expected True", "source": "s"},
    ]
    write(tmp_path / "commit-headers.jsonl.gz", rows)  # type: ignore[arg-type]
    assert messages.main(tmp_path) == 0
    said = capsys.readouterr().out
    assert "headers: 1 of 2, autosquash: 1 of 1 and 1 set aside" in said
    assert "| all four | 2 | 0.500 | 0.500 | 0.500 | 0.000 | 2/2 | 0/0 named, 1/1 left out |" in said


def test_a_history_is_measured_against_the_messages_before_each_commit(tmp_path: Path) -> None:
    lines = ["git init -q .", "git config user.name A", "git config user.email a@b.c"]
    for subject in ("first", "feat: add a", "Merge x into y", "docs(b): say it", "v1.0.0"):
        lines += [f"echo '{subject}' >>a.md", "git add .", f"git commit -qm '{subject}'"]
    subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=tmp_path, check=True)
    rows, logs = messages.history(tmp_path)
    assert [(one.type, one.scope) for one in rows] == [("docs", "b"), ("feat", "")]
    assert [len(log) for log in logs] == [3, 1]
