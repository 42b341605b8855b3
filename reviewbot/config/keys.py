"""The tables of an operator document, as docs/models.md lists them. What is wrong is said without the value."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from reviewbot.core import credentials
from reviewbot.core.schema import LabelName, Table
from reviewbot.core.text import is_odd

#: An address as we write it: no user, no query, no sign that two parsers could read in two ways.
_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::[1-9]\d{0,4})?(?:/[\w.~-]+)*",
    re.ASCII,
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_HOST = re.compile(r"[^/]*//([^/?#]*)")
#: Numbers that TOML can write and nobody means are none.
Price = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
Parallel = Annotated[int, Field(ge=1, le=256)]


def _matching(pattern: str, problem: str) -> AfterValidator:
    """A string of that shape, or the problem: pydantic would show the pattern, which helps nobody."""
    shape = re.compile(pattern, re.ASCII)

    def matched(value: str) -> str:
        if not shape.fullmatch(value):
            raise ValueError(problem)
        return value

    return AfterValidator(matched)


def _plain(value: str) -> str:
    """Text that we print: on one line, and no credential in the wrong place."""
    if any(map(is_odd, value)) or value != value.strip():
        raise ValueError("signs in it that are not seen, or white space around it")
    if any(credentials.find(value, "")):
        raise ValueError("it looks like a credential: a key stays in a variable, and key_env is that variable's name")
    return value


def normal(url: str) -> str:
    """An address in its one form: scheme and host in small letters, no slash at its end. Raises ValueError."""
    _plain(url)
    head, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    candidate = f"{head.lower()}{mark}{host.lower()}{slash}{path}".rstrip("/")
    if _ADDRESS.fullmatch(candidate):
        return candidate
    scheme = _SCHEME.match(url)
    if scheme is None or scheme[1].lower() not in ("http", "https"):
        raise ValueError("an address begins with https:// or http://")
    place = _HOST.match(url)
    if place is None or not place[1].rpartition("@")[2].partition(":")[0]:
        raise ValueError("an address needs a host")
    if "@" in place[1]:
        raise ValueError("no user or password in an address: key_env names the variable that has the key")
    if "?" in url or "#" in url:
        raise ValueError("an address has no query and no fragment")
    raise ValueError("not an address: scheme, host, port and path, in plain ASCII")


Name = Annotated[str, _matching(r"[a-z][a-z0-9_-]{0,31}", "must be a short name: small letters, digits, - and _")]
Text = Annotated[str, StringConstraints(max_length=512), AfterValidator(_plain)]
Variable = Annotated[str, _matching(r"[A-Z_][A-Z0-9_]{0,63}", "must be a variable's name, in capitals, never a key")]
Attested = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain),
                     _matching(r"attested: ?\S.*", 'must begin with "attested: " and say by what')]  # fmt: skip
Digest = Annotated[str, _matching(r"(sha256:)?[0-9a-f]{8,64}", "must be at least eight hexadecimal digits")]


class BackendTable(Table):
    """[[backend]]"""

    name: Name = Field(description="how reports, ledger and messages call it")
    kind: Literal["mistral", "ollama", "openai", "llamacpp"] = Field(description="how it is spoken to")
    model: Text = Field(default="", description="the model as the server calls it; `openai`: the first listed")
    clearance: LabelName = Field(description="the highest label it may read")
    url: Text | None = Field(default=None, description="its address; `llamacpp`: the path of the GGUF file")
    urls: list[Text] | None = Field(
        default=None, min_length=1, max_length=64, description="`openai`: several addresses that serve the same model"
    )
    key_env: Variable | None = Field(default=None, description="name of the variable that has the key, never the key")
    attested: bool = Field(default=False, description="the address, not on this machine, is the operator's own")
    region: Literal["eu", "us"] | None = Field(
        default=None, description="where a hosted model stands, if its address does not say so"
    )
    license: Attested | None = Field(
        default=None, description='`"attested: …"`: what permits use of a model whose licence forbids production'
    )
    digest: Digest | None = Field(
        default=None, description="`ollama`, `llamacpp`: beginning of the model's SHA-256; no other is asked"
    )
    window: int | None = Field(default=None, ge=1024, le=10_000_000, description="most tokens of prompt and reply")
    price_in: Price | None = Field(default=None, description="dollars per million tokens read")
    price_out: Price | None = Field(default=None, description="dollars per million tokens written")
    share: int = Field(default=100, ge=0, le=100, description="percent of pull requests that may use it")
    concurrency: Parallel | None = Field(default=None, description="calls at the same time; else that of `[limits]`")
    seconds: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)] = Field(
        default=120.0, description="wall clock of one call"
    )
    slow: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = Field(
        default=0.0, description="seconds above which a reply is slow: after three in a row the next is asked; 0: never"
    )


class LimitsTable(Table):
    """[limits]"""

    seconds: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = Field(
        default=240.0, description="wall clock of the whole run"
    )
    calls: int = Field(default=200, ge=0, le=1_000_000, description="calls of all backends together")
    cost_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(
        default=None, description="dollars of all backends together"
    )
    concurrency: Parallel = Field(default=4, description="calls at the same time, per backend")
    exact_tokens: bool = Field(default=False, description="count tokens by Codestral's own tokenizer, not by an "
                               "estimate: needs the extra `tokens`")  # fmt: skip


class CommentsTable(Table):
    """[comments]"""

    clearance: LabelName = Field(default="restricted", description="the highest label that may be posted on this forge")


class OperatorTable(Table):
    """top level"""

    backend: list[BackendTable] = Field(default=[], max_length=32, description="models, in order of preference")
    limits: LimitsTable | None = Field(default=None, description="what a run may cost")
    comments: CommentsTable | None = Field(default=None, description="what may be posted")
