"""PyGithub over our own connections: what it would decide about retries, redirects and waiting is decided elsewhere."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import requests
from github import Auth, Github, GithubException
from github.Commit import Commit
from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    Requester,
    RequestsResponse,
)

from reviewbot.core.conversation import Place
from reviewbot.errors import ForgeError
from reviewbot.forges.attempts import Attempts
from reviewbot.forges.failures import RequestError, asked_wait
from reviewbot.forges.github.replies import at, text, things
from reviewbot.forges.transport import session
from reviewbot.ports import Departing

#: What an answer that is not GitHub's makes of a library that expects it to be.
_CONFUSED = (
    TypeError, AttributeError, LookupError, ValueError, AssertionError, RuntimeError, GithubException,
)  # fmt: skip
_DENIED = {"NOT_FOUND": 404, "FORBIDDEN": 403, "INSUFFICIENT_SCOPES": 403, "UNPROCESSABLE": 422}


class QueryError(RequestError):
    """A GraphQL answer with errors: what came all the same, and the type and the alias of each error."""

    def __init__(self, answer: object, headers: Mapping[str, str]) -> None:
        errors = things(answer, "errors")
        self.data = answer.get("data") if isinstance(answer, dict) else None
        #: By alias ("" for the document as a whole), the type of the error or "".
        self.types = {_alias(error): text(error, "type") for error in errors}
        types = set(self.types.values())
        # The limits come as an error of a type, or as a message alone.
        words = " ".join(text(said, "message") for said in (answer, *errors)).lower()
        if types & {"RATE_LIMITED", "RATE_LIMIT"} or "secondary rate limit" in words:
            super().__init__("the forge asks to go slower", "limited", status=403, wait=asked_wait(headers))
        elif types and types <= _DENIED.keys():
            status = min(_DENIED[kind] for kind in types)
            super().__init__(f"the forge refused ({status})", "rejected", status=status)
        elif any(text(error, "extensions", "code") for error in errors):
            super().__init__("the forge does not know this query (400)", "rejected", status=400)
        else:
            super().__init__("the forge failed at a query", "unknown", status=200)


def made(identity: object) -> None:
    """Something that was made has a number; an answer without one is not GitHub's."""
    if not isinstance(identity, int):
        raise TypeError


def _alias(error: object) -> str:
    path = error.get("path") if isinstance(error, dict) else None
    return path[0] if isinstance(path, list) and path and isinstance(path[0], str) else ""


class Client:
    """One pull request, as PyGithub's objects. None of them asks for anything by being made.

    Whatever it raises is a RequestError, or what the Departing raised.
    """

    def __init__(
        self, place: Place, token: str, departing: Departing, ends: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        token = token.strip()
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise ForgeError("there is no token for GitHub", denied=True)
        if not re.fullmatch(r"(?!\.\.?/)[\w.-]+/(?!\.\.?$)[\w.-]+", place.project, re.ASCII):
            raise ForgeError("a project on GitHub is named owner/name")
        if not re.fullmatch(r"https?://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:/[\w./-]*)?", place.api, re.ASCII):
            raise ForgeError("the address of GitHub's API is none")
        self.place, self.attempts = place, Attempts(ends, sleep=sleep)
        self._departing, self._announcing = departing, False
        self.owner, _, self.name = place.project.partition("/")
        # Its log has the texts of requests and answers.
        logging.getLogger("github").setLevel(logging.CRITICAL)
        connection = _connection(session(place, token, ends, self._announce))
        # Left in place: whatever else in this process would go through PyGithub reaches this forge or nothing.
        Requester.injectConnectionClasses(
            cast("type[HTTPRequestsConnectionClass]", connection("http")),
            cast("type[HTTPSRequestsConnectionClass]", connection("https")),
        )
        hub = Github(
            auth=Auth.Token(token), base_url=place.api, lazy=True, per_page=100, retry=None, user_agent="reviewbot",
            seconds_between_requests=None, seconds_between_writes=None,
        )  # fmt: skip
        self.requester = hub.requester
        self.repository = hub.get_repo(place.project)
        self.pull = self.repository.get_pull(place.number)
        self.issue = self.repository.get_issue(place.number)

    def commit(self, sha: str) -> Commit:
        return Commit(self.requester, attributes={"sha": sha}, completed=True)

    def query(self, document: str, variables: Mapping[str, object]) -> object:
        """`data` of the answer."""
        with self.understood():
            try:
                headers, answer = self.requester.graphql_query(document, dict(variables))
            except GithubException as error:
                raise QueryError(error.data, error.headers or {}) from None
            if "data" not in answer:
                raise QueryError(answer, headers)
            return answer["data"]

    def rest(self, verb: str, path: str, value: object | None = None, **parameters: object) -> object:
        """What the API says at this path of the repository."""
        with self.understood():
            url = f"{self.repository.url}{path}"
            _, answer = self.requester.requestJsonAndCheck(verb, url, parameters=parameters, input=value)
            if verb != "GET":
                made(at(answer, "id"))
            return answer

    @contextmanager
    def understood(self) -> Iterator[None]:
        """An answer of another shape than GitHub's is one that nobody knows."""
        self._announcing = False
        try:
            yield
        except _CONFUSED:
            if self._announcing:
                raise
            raise RequestError("the forge's answer is not understood", "unknown") from None

    def _announce(self, size: int) -> None:
        self._announcing = True
        self._departing(size)
        self._announcing = False


def _connection(over: requests.Session) -> Callable[[str], type]:
    """Classes of what PyGithub takes for its connections, by scheme."""

    class Connection:
        scheme = ""

        def __init__(self, host: str, port: int | None = None, **_: object) -> None:
            self.host = host
            named = f"[{host}]" if ":" in host else host
            self._root = f"{self.scheme}://{named}" + (f":{port}" if port is not None else "")

        def request(self, verb: str, url: str, body: str | None, headers: dict[str, str], stream: bool = False) -> None:
            self._next = (verb, self._root + url, body, headers)

        def getresponse(self) -> RequestsResponse:
            verb, url, body, headers = self._next
            response = over.request(verb, url, data=body, headers=headers, allow_redirects=False)
            if response.status_code == 202:  # PyGithub would ask again for as long as it is said
                raise RequestError("the forge is not ready (202)", "unknown", status=202)
            return RequestsResponse(response)

        def close(self) -> None:
            """Nothing is kept open."""

    return lambda scheme: type("Connection", (Connection,), {"scheme": scheme})
