"""Documents to frozen values: policy packs, repository file, operator file. Opens no file."""

from __future__ import annotations

import hashlib
import tomllib

from reviewbot.core.labels import Label, parse
from reviewbot.core.policy import Policy, Rule
from reviewbot.errors import ConfigError


def read_pack(name: str, text: str) -> Policy:
    """A policy from one document. Raises ConfigError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(name, str(error)) from error
    rules = tuple(
        Rule(
            parse(rule["label"]),
            tuple(rule.get("paths", ())),
            tuple(rule.get("content", ())),
            rule.get("reason", ""),
            name,
        )
        for rule in document.get("rule", ())
    )
    return Policy(
        rules, parse(document.get("default", str(Label.INTERNAL))), "pack", hashlib.sha256(text.encode()).hexdigest()
    )
