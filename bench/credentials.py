"""`python -m bench.credentials DATA`: the table of docs/credentials.md, from the labelled rows in DATA."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import alternating

#: The numbers of the lines of a text at which a scanner sees a credential.
Scanner = Callable[[str, str], set[int]]

COLD = {
    "ours": "from reviewbot.core import credentials; list(credentials.find('x', 'a'))",
    "kingfisher": "import kingfisher_sdk as k; list(k.Scanner(k.Rules(cache_dir={cache!r})).scan('x'))",
    "kingfisher, no cache": "import kingfisher_sdk as k; list(k.Scanner(k.Rules(cache=False)).scan('x'))",
    "detect-secrets": "from detect_secrets.core.scan import scan_line as s\n"
                      "from detect_secrets.settings import default_settings as d\n"
                      "with d(): list(s('x'))",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text: what kind of row it is, whether it was looked at while the rules were made, its lines."""

    group: str
    held_out: bool
    text: str
    path: str
    lines: range


def main(folder: Path) -> int:
    rows = list(read(folder))
    scanners = {"ours": ours(), "kingfisher": kingfisher(), "detect-secrets": detect_secrets()}
    seen = {name: [_hit(scanner, row) for row in rows] for name, scanner in scanners.items()}
    for union in (
        ("ours", "kingfisher"),
        ("ours", "detect-secrets"),
        ("kingfisher", "detect-secrets"),
        tuple(scanners),
    ):
        seen[" + ".join(union)] = [any(one) for one in zip(*(seen[name] for name in union), strict=True)]
    for held_out in (False, True):
        print(f"\n{'held out' if held_out else 'tuning'}: {_sizes(row for row in rows if row.held_out == held_out)}")
        print("| scanner | precision | recall, strong | recall, vendor | false alarms | … of gitleaks' own |")
        for name, found in seen.items():
            print(
                _line(
                    name, [(row.group, hit) for row, hit in zip(rows, found, strict=True) if row.held_out == held_out]
                )
            )
    cold()
    return 0


def read(folder: Path) -> Iterator[Row]:
    """CredData's `strong` and `negative` rows by file, gitleaks' rows by rule: whole files and rules are held out."""
    for row in _rows(folder / "secrets-creddata-dev.jsonl.gz"):
        if row["tier"] in ("strong", "negative"):
            before = "".join(f"{line}\n" for line in row["before"])
            text = before + row["text"] + "".join(f"\n{line}" for line in row["after"])
            first = 1 + before.count("\n")
            place = range(first, first + 1 + row["text"].count("\n"))
            yield Row(row["tier"], _held(row["repo"] + row["path"]), text, row["path"], place)
    for row in _rows(folder / "secrets-gitleaks-dev.jsonl.gz"):
        lines = range(1, 2 + row["text"].count("\n"))
        group = "vendor" if row["is_secret"] else "no vendor"
        yield Row(group, _held(row["kind"]), row["text"], row["path"] or "", lines)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _held(key: str) -> bool:
    return hashlib.sha256(key.encode()).digest()[0] < 128


def ours() -> Scanner:
    from reviewbot.core import credentials

    return lambda text, path: {hit.line for hit in credentials.find(text, path)}


def kingfisher() -> Scanner:
    import kingfisher_sdk

    scanner = kingfisher_sdk.Scanner(kingfisher_sdk.Rules(confidence="low"), redact=True)
    return lambda text, _: {number for one in scanner.scan(text) for number in _span(one.to_dict()["location"])}


def _span(location: dict[str, int]) -> range:
    return range(location["line"], location["end_line"] + 1)


def detect_secrets() -> Scanner:
    """Its own scan of a file: what it has for single lines calls every quoted text a secret."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    def scan(text: str, path: str) -> set[int]:
        with tempfile.TemporaryDirectory() as folder, default_settings():
            file = Path(folder) / (path.rpartition("/")[2] or "text")
            file.write_text(text, encoding="utf-8", newline="")
            return {one.line_number for one in scan_file(str(file))}

    return scan


def _hit(scanner: Scanner, row: Row) -> bool:
    return not scanner(row.text, row.path).isdisjoint(row.lines)


def _sizes(rows: Iterable[Row]) -> str:
    groups = [row.group for row in rows]
    return ", ".join(f"{groups.count(group)} {group}" for group in ("strong", "negative", "vendor", "no vendor"))


def _line(name: str, hits: list[tuple[str, bool]]) -> str:
    def share(group: str) -> float:
        found = [hit for one, hit in hits if one == group]
        return sum(found) / max(1, len(found))

    right, wrong = (sum(hit for one, hit in hits if one == group) for group in ("strong", "negative"))
    precision = right / max(1, right + wrong)
    shares = " | ".join(f"{share(group):.3f}" for group in ("strong", "vendor", "negative", "no vendor"))
    return f"| {name} | {precision:.2f} | {shares} |"


def cold() -> None:
    """A whole process with one scan of one character, above a bare interpreter."""
    print("\ncold start above `python -c pass`:")
    with tempfile.TemporaryDirectory() as cache:
        for name, code in COLD.items():
            argv = (sys.executable, "-c", re.sub(r"\{cache!r\}", lambda _: repr(cache), code))
            bare, ours = alternating(3, (sys.executable, "-c", "pass"), argv)
            print(f"{name}: {1000 * (ours.wall - bare.wall):.0f} ms")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
