"""Where policy documents are on this machine: shipped packs, a file named by the operator."""

from __future__ import annotations

from pathlib import Path

import reviewbot
from reviewbot.config import read_pack
from reviewbot.core.policy import Policy
from reviewbot.errors import UsageError

_PACKAGE = Path(reviewbot.__file__).parent
#: Beside the package in a checkout, inside it once installed.
PACKS = next((place for place in (_PACKAGE / "policies", _PACKAGE.parent / "policies") if place.is_dir()), _PACKAGE)


def load_policy(name: str) -> Policy:
    """A pack by its name, or a file. Raises UsageError, ConfigError."""
    pack = PACKS / f"{name}.toml"
    path = pack if pack.is_file() else Path(name)
    try:
        return read_pack(name, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--policy {name}: neither a pack nor a file that can be read") from error
