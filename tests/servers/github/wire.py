"""What comes in, what goes out, and what goes wrong on purpose."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

DOCUMENTATION = "https://docs.github.com/rest"
_JSON = "application/json; charset=utf-8"
_LIMITS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"


@dataclass
class Request:
    """One request as it came in. `status` is what it got, 0 where no answer left."""

    method: str
    #: With its query, below the root: `/repos/acme/shop/pulls/7`, `/graphql`.
    path: str
    #: Bytes of the body that came in.
    size: int
    #: Parsed; None where there is none.
    body: Any = None
    status: int = 0
    #: Lower-case names.
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that may leave."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = _JSON


def json_reply(status: int, data: object, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, b"" if data is None else json.dumps(data).encode(), headers or {})


def error(status: int, message: str, documentation: str = DOCUMENTATION, errors: object = None) -> Reply:
    """An error as GitHub words it."""
    body: dict[str, object] = {"message": message}
    if errors is not None:
        body["errors"] = errors
    return json_reply(status, {**body, "documentation_url": documentation, "status": str(status)})


@dataclass
class Fault:
    """What happens to the next `times` requests that match, after `skip` of them went well.

    `effect` "before": the request does nothing. "after": it does what it does, and then its answer is lost.
    """

    #: "" for any.
    method: str
    #: A regular expression, found anywhere in the path below the root: `/pulls/7/reviews$`, `/graphql$`.
    path: str
    #: 0 for the true answer, with what else is set here.
    status: int = 0
    effect: Literal["before", "after"] = "before"
    times: int = 1
    skip: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    #: None for what GitHub says with that status.
    body: bytes | dict[str, Any] | None = None
    #: The connection ends without an answer.
    drop: bool = False
    #: Seconds before anything happens.
    delay: float = 0.0
    #: Half of the answer: of the announced length ("json"), or ended early by the connection's end ("connection").
    cut: Literal["", "json", "connection"] = ""
    #: What the request's body has to have in it, to tell GraphQL documents apart.
    containing: str = ""

    def takes(self, method: str, path: str, body: bytes) -> bool:
        """Whether this request gets it; counts."""
        if self.times <= 0 or self.method not in ("", method) or not re.search(self.path, path):
            return False
        if self.containing.encode() not in body:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def reply(self) -> Reply:
        """The answer of a fault that has a status."""
        if isinstance(self.body, bytes):
            return Reply(self.status, self.body, self.headers, "text/html; charset=utf-8")
        if self.body is not None:
            return json_reply(self.status, self.body, self.headers)
        if self.status >= 500:
            page = (
                b"<html><head><title>Unicorn! &middot; GitHub</title></head><body>No server is available.</body></html>"
            )
            return Reply(self.status, page, self.headers, "text/html; charset=utf-8")
        plain = error(self.status, {401: "Bad credentials", 404: "Not Found"}.get(self.status, "Something went wrong"))
        return Reply(plain.status, plain.body, self.headers)


def secondary(method: str, path: str, *, wait: int | None = 1, status: int = 403, **more: Any) -> Fault:
    """The limit on how fast anything may be asked; `wait` are the seconds of Retry-After."""
    message = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
        "If you reach out to GitHub Support for help, please include the request ID A0:B1:C2:D3:E4."
    )
    headers = {} if wait is None else {"retry-after": str(wait)}
    body = {"message": message, "documentation_url": f"{_LIMITS}#about-secondary-rate-limits", "status": str(status)}
    return Fault(method, path, status, headers={"x-ratelimit-remaining": "4000", **headers}, body=body, **more)


def primary(method: str, path: str, *, reset: int, status: int = 403, **more: Any) -> Fault:
    """The limit on requests in an hour; `reset` is a time in seconds of the epoch."""
    body = {
        "message": "API rate limit exceeded for installation ID 4711.",
        "documentation_url": f"{_LIMITS}#primary-rate-limit",
        "status": str(status),
    }
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-used": "5000",
        "x-ratelimit-reset": str(reset),
        "x-ratelimit-resource": "core",
    }
    return Fault(method, path, status, headers=headers, body=body, **more)


def exhausted(*, reset: int, **more: Any) -> Fault:
    """The hourly limit as GraphQL tells it: with status 200."""
    body = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for installation ID 4711."}]}
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset), "x-ratelimit-resource": "graphql"}
    return Fault("POST", "/graphql$", 200, headers=headers, body=body, **more)


def broken(**more: Any) -> Fault:
    """GraphQL gives up on a document, with status 200; what it has done by then nobody knows (`effect`)."""
    message = "Something went wrong while executing your query. This may be the result of a timeout, or a GitHub bug."
    return Fault("POST", "/graphql$", 200, body={"data": None, "errors": [{"message": message}]}, **more)
