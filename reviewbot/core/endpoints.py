"""Ways to reach a model, as the operator describes them: values only, no connection."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from reviewbot.core.labels import Label
from reviewbot.core.regions import is_mistral

Kind = Literal["mistral", "ollama", "openai", "llamacpp"]
#: What Mistral's SDK calls its servers; only the first two keep data in one region.
MISTRAL_URL = "https://api.mistral.ai"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One `[[backend]]` of the operator file, in the operator's words."""

    name: str
    kind: Kind
    model: str
    clearance: Label
    #: Addresses that serve the same model; a file for `llamacpp`.
    urls: tuple[str, ...] = ()
    #: Name of the variable that holds the key, "" where none is needed.
    key_env: str = ""
    #: Tokens of prompt and reply together; None where the server or the catalogue is to say.
    window: int | None = None
    #: Dollars per million tokens; None where the catalogue is to say.
    price_in: float | None = None
    price_out: float | None = None
    #: Percent of pull requests that may use it.
    share: int = 100
    #: How the operator attests a licence that forbids production use, "" where they do not.
    license: str = ""
    #: The operator vouches that a non-loopback address is theirs.
    attested: bool = False
    #: Calls at the same time.
    concurrency: int = 4
    #: Seconds that one call may take.
    seconds: float = 120.0
    #: Seconds above which a reply counts as slow: three in a row and the route's next backend is asked. 0 never.
    slow: float = 0.0
    #: The model's digest, as a prefix; any other answer is refused. "" pins nothing.
    digest: str = ""
    #: Where the operator says that the data stays ("eu"); "" for what the address itself says.
    region: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host of each address, as a ledger names it; `in process` where there is none."""
        if self.kind == "llamacpp":
            return ("in process",)
        return tuple(urlsplit(url).netloc.rpartition("@")[2] for url in self.urls) or ("in process",)

    @property
    def is_loopback(self) -> bool:
        """Whether no byte can leave this machine by its addresses."""
        return self.kind == "llamacpp" or (bool(self.urls) and all(map(is_loopback, self.urls)))

    @property
    def is_local(self) -> bool:
        """Whether it counts as the operator's own: on this machine, or attested. What speaks for Mistral never is."""
        if self.kind == "mistral" or any(map(is_mistral, self.urls)):
            return False
        return self.is_loopback or self.attested


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may cost. `calls` and `cost_usd` hold for all backends together; None is no limit."""

    seconds: float = 240.0
    calls: int = 200
    cost_usd: float | None = None
    #: Tokens are counted by Codestral's own tokenizer; else they are estimated, rather too high.
    exact_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """What only the operator may say: which models, what each may read, and what may be posted."""

    endpoints: tuple[Endpoint, ...] = ()
    limits: Limits = Limits()
    #: Clearance of comments on the forge.
    comments: Label = Label.RESTRICTED
    #: How messages name the document, "" for variables of the environment.
    source: str = ""


def is_loopback(url: str) -> bool:
    """Whether an address is this machine by itself: a literal, or the name that is never looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
