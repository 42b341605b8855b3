"""A small real repository with a tricky pull request, made in one `git fast-import`."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviewbot.errors import RepositoryError

_AUTHOR = b"Demo <demo@example.org> 1767225600 +0000"

_LEDGER = """\
from decimal import Decimal


class Ledger:
    \"\"\"Double entry: every posting has a counterpart.\"\"\"

    def __init__(self) -> None:
        self.balance: dict[str, Decimal] = {}
        self.journal: list[tuple[str, str, Decimal]] = []

    def post(self, debit: str, credit: str, amount: Decimal) -> None:
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance[debit] = self.balance.get(debit, Decimal(0)) - amount
        self.balance[credit] = self.balance.get(credit, Decimal(0)) + amount
        self.journal.append((debit, credit, amount))

    def total(self) -> Decimal:
        return sum(self.balance.values(), Decimal(0))
"""
_FEES = """\
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


def fee(amount: Decimal, tier: str) -> Decimal:
    rate = {"gold": Decimal("0.001"), "silver": Decimal("0.002")}.get(tier, Decimal("0.004"))
    charged = (amount * rate).quantize(CENT, rounding=ROUND_HALF_EVEN)
    floor = Decimal("0.25")
    return max(charged, floor)
"""
_RATES = """\
from decimal import Decimal

OVERNIGHT = {"EUR": Decimal("0.0215"), "USD": Decimal("0.0433"), "GBP": Decimal("0.0397")}
"""
_EXPORT = """\
import csv
import sys


def rows(accounts: list[dict[str, str]]) -> list[list[str]]:
    \"\"\"One row an account, in the order of the file.\"\"\"
    header = ["number", "owner", "currency", "opened"]
    return [header, *([account[name] for name in header] for account in accounts)]


def write(accounts: list[dict[str, str]]) -> None:
    csv.writer(sys.stdout).writerows(rows(accounts))
"""
_API = """\
import sqlite3


def account(connection: sqlite3.Connection, number: str) -> tuple[str, int] | None:
    return connection.execute("select name, cents from account where number = ?", (number,)).fetchone()
"""
_UNSAFE_API = """\
import sqlite3

TOKEN = "TOKEN_HERE"


def account(connection: sqlite3.Connection, number: str) -> tuple[str, int] | None:
    try:
        return connection.execute(f"select name, cents from account where number = '{number}'").fetchone()
    except Exception:
        pass
"""
_WORKFLOW = """\
name: test
on: pull_request
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8
      - run: make test
"""
_POLICY = """\
extends = "default"
default = "internal"

[[rule]]
label = "restricted"
paths = ["ledger/**"]
reason = "core ledger"

[[rule]]
label = "public"
paths = ["docs/**"]
"""
_PACKAGE = '{"name": "desk", "version": "1.4.0", "dependencies": {"left-pad": "1.3.0"}}\n'
_LOCK = '{"name": "desk", "version": "1.4.0", "lockfileVersion": 3, "packages": {}}\n'

BASE: dict[str, str] = {
    ".reviewbot.toml": _POLICY,
    ".github/workflows/test.yml": _WORKFLOW,
    "ledger/core.py": _LEDGER,
    "ledger/fees.py": _FEES,
    "ledger/rates.py": _RATES,
    "api/accounts.py": _API,
    "tools/export.py": _EXPORT,
    "api/settings.json": '{"timeout": 30, "retries": 2}\n',
    "docs/guide.md": "# Guide\n\nOpen an account, then post to it.\n",
    "package.json": _PACKAGE,
    "package-lock.json": _LOCK,
}


def head() -> dict[str, str]:
    """The pull request's tree: each change below is a trap that a reviewer should name."""
    files = dict(BASE)
    # A restricted file changes; another moves out of its zone; an excerpt of a third is pasted in the open.
    files["ledger/core.py"] = _LEDGER.replace("amount <= 0", "amount < 0")
    files["api/fees.py"] = files.pop("ledger/fees.py") + "\n\nRATES_URL = None\n"
    files["tools/export.py"] = _EXPORT + "\n\n" + textwrap.dedent("".join(_LEDGER.splitlines(True)[10:16]))
    # A credential (made here, so that no scanner of this source finds one), SQL by formatting, a swallowed error.
    token = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
    files["api/accounts.py"] = _UNSAFE_API.replace("TOKEN_HERE", token)
    # A file that no longer parses, a workflow that runs a stranger's code, a lock left behind.
    files["api/settings.json"] = '{"timeout": 30, "retries": 2,}\n'
    files[".github/workflows/test.yml"] = (
        _WORKFLOW.replace("on: pull_request\n", "on: pull_request_target\n")
        .replace("contents: read", "contents: write")
        .replace("      - run: make test\n", "        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n"
                 '      - run: echo "${{ github.event.pull_request.title }}"\n      - uses: someone/deploy@main\n')
    )  # fmt: skip
    files["package.json"] = _PACKAGE.replace('"1.3.0"}', '"^1.3.0", "is-odd": "*"}')
    # The policy is loosened by the change it governs; names that lie about themselves.
    files[".reviewbot.toml"] = _POLICY.replace('paths = ["ledger/**"]', 'paths = ["ledger/vault/**"]')
    files["docs/re\u202exslx.md"] = "# Report\n"
    files["docs/::error::owned\n<img src=x onerror=alert(1)>.md"] = "# A name that is markup\n"
    files["docs/\udce9t\udce9.md"] = "# A name that is not UTF-8\n"
    files["docs/guide.md"] = BASE["docs/guide.md"] + "\nEvery posting has a counterpart.\n"
    return files


#: Links by path: their target.
LINKS = {"docs/latest": "../../../etc/passwd"}


def build(directory: Path, *, program: str = "git") -> None:
    """Create a bare repository with `main` and `feature`. Raises RepositoryError if git will not."""
    commands = (
        ["init", "--quiet", "--bare", "--initial-branch=main", str(directory)],
        [f"--git-dir={directory}", "fast-import", "--quiet"],
    )
    for command, stdin in zip(commands, (b"", b"".join(_stream())), strict=True):
        run = subprocess.run([program, *command], input=stdin, capture_output=True, check=False)
        if run.returncode:
            raise RepositoryError(f"{directory}: the demo repository cannot be made: git {command[0]} failed")


def _stream() -> Iterator[bytes]:
    yield from _commit(b"main", b"Open the desk", b"", BASE, {})
    yield from _commit(b"feature", b"Speed up accounts", b"from refs/heads/main\n", head(), LINKS)


def _commit(
    branch: bytes, subject: bytes, parent: bytes, files: Mapping[str, str], links: Mapping[str, str]
) -> Iterator[bytes]:
    yield b"commit refs/heads/%s\ncommitter %s\n" % (branch, _AUTHOR) + _data(subject) + parent + b"deleteall\n"
    for mode, group in ((b"100644", files), (b"120000", links)):
        for path, content in group.items():
            yield b"M %s inline %s\n" % (mode, _quoted(path)) + _data(content.encode())


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _quoted(path: str) -> bytes:
    """git's C style: every byte outside printable ASCII as three octal digits."""
    raw = path.encode("utf-8", "surrogateescape")
    return b'"' + b"".join(b"%c" % c if 32 <= c < 127 and c not in b'"\\' else b"\\%03o" % c for c in raw) + b'"'
