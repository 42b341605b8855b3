"""The kinds of dangerous call, worst first."""

from __future__ import annotations

from reviewbot.core.findings import Rule, Severity

SHELL = Rule(
    "calls/shell", Severity.HIGH, "Command line built from a value",
    "A shell reads the value as code: pass the program and its arguments as a list, or quote the value.", 0.85,
)  # fmt: skip
SQL = Rule(
    "calls/sql", Severity.HIGH, "SQL built from a value",
    "Whoever sets the value writes the statement: pass it as a bound parameter.", 0.85,
)  # fmt: skip
TLS = Rule(
    "calls/tls-off", Severity.HIGH, "TLS verification is off",
    "Anyone on the network path can read and change this traffic.", 0.9,
)  # fmt: skip
TOKEN = Rule(
    "calls/unverified-token", Severity.HIGH, "Token is read without checking its signature",
    "Anyone can write a token that this accepts.", 0.9,
)  # fmt: skip
EVAL = Rule(
    "calls/eval", Severity.MEDIUM, "Code run from a value",
    "Whoever sets the value runs code in this process.", 0.8,
)  # fmt: skip
OBJECTS = Rule(
    "calls/deserialization", Severity.MEDIUM, "Objects read from data",
    "Data that someone else can write runs code when it is read back: use a data-only format.", 0.75,
)  # fmt: skip
MARKUP = Rule(
    "calls/markup", Severity.MEDIUM, "Page markup built from a value",
    "Markup in the value becomes part of the page, scripts included: set it as text, or escape it.", 0.75,
)  # fmt: skip
HASH = Rule(
    "calls/password-hash", Severity.MEDIUM, "Password hashed with a fast hash",
    "Such a hash is guessed at billions a second: use argon2, scrypt, bcrypt or PBKDF2.", 0.85,
)  # fmt: skip
ENTITIES = Rule(
    "calls/xml-entities", Severity.MEDIUM, "XML parser resolves entities",
    "A document can read local files and reach internal hosts through its entities.", 0.85,
)  # fmt: skip
DEBUGGER = Rule(
    "calls/debug-server", Severity.MEDIUM, "Web server runs in debug mode",
    "The debugger lets whoever reaches the page run code.", 0.85,
)  # fmt: skip
ORIGINS = Rule(
    "calls/open-cors", Severity.MEDIUM, "Any site may call with the user's credentials",
    "Every page that a user visits can act in their name here.", 0.8,
)  # fmt: skip
UNBOUNDED = Rule(
    "calls/unbounded-copy", Severity.LOW, "Copy without a limit",
    "A longer source overwrites what lies behind the buffer.", 0.7,
)  # fmt: skip
NAMES = Rule(
    "calls/temporary-name", Severity.LOW, "Temporary file by name only",
    "Someone else can create the file between the choice of the name and its use.", 0.85,
)  # fmt: skip
RULES = (SHELL, SQL, TLS, TOKEN, EVAL, OBJECTS, MARKUP, HASH, ENTITIES, DEBUGGER, ORIGINS, UNBOUNDED, NAMES)
