"""What the cell is told, and what every program finds of the machine."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Of the machine, where it is there: programs and libraries, and of /etc what they read and what holds no secret.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store")
_SETTINGS = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "timezone", "os-release", "mime.types",
    "services", "protocols", "ssl/certs", "ssl/openssl.cnf", "ca-certificates", "pki/tls/certs", "crypto-policies",
    "java*", "python3*", "php", "dotnet", "maven/m2.conf", "maven/logging",
)  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True, slots=True)
class Order:
    """One program and what it may have. Paths are absolute and without links."""

    #: `namespaces`, `filters`, or `` for a program that nothing but its limits holds.
    means: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str
    root: str
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    #: Whom the program runs as, None for whoever started it.
    user: int | None
    seconds: float
    memory: int
    processes: int
    file: int
    disk: int
    entries: int
    files: int

    @classmethod
    def read(cls, line: bytes) -> Order:
        fields: dict[str, Any] = json.loads(line)
        return cls(**fields | {name: tuple(fields[name]) for name in ("argv", "readable", "writable")})

    @property
    def home(self) -> str:
        return self.environment.get("HOME", self.folder)


def settings(root: Path = Path("/")) -> tuple[str, ...]:
    """Of /etc what a program may read, under `root`."""
    return tuple(os.fspath(path) for name in _SETTINGS for path in sorted((root / "etc").glob(name)))
