"""GitHub, for tests: one repository and one pull request, over a real git repository, by REST and by GraphQL.

    with github.serving(work.path, base="main", head="feature", number=7) as server:
        adapter = ...(server.place, server.token)
        ...
        assert server.violations == []

The change is read from git at every request: moving a branch is a push, and threads follow their lines or are outdated
by it. Every REST request and every answer is held against GitHub's own OpenAPI description, GraphQL is run against its
own schema (`data/`, made by `cut.py`); members and parameters that they do not know are refused. What breaks them, on
either side, is in `violations`, one line each.

`serving(path, *, base="main", head="feature", number=7, ...)`: a context manager. More, all of which may be changed
    while it runs, but for the first: `enterprise` (True: the APIs are `/api/v3` and `/api/graphql`; False: `/` and
    `/graphql`, as on api.github.com), `owner`, `name`, `author` (of the pull request), `title`, `body`, `state`
    ("open", "closed"), `draft`, `locked`, `fork` (the head is in another repository), `visibility` ("private",
    "internal", "public"), `people` (login -> "admin", "maintain", "write", "triage", "read"), `may_resolve` (False: as
    without `contents: write`), `may_check`, `may_set_status`, `may_scan` (False: 403), `patch_lines`, `page_lines`,
    `listed_files`.

Server:
    place, api, graphql       where it is: core.conversation.Place, and the two addresses
    token, tokens             a workflow's own token; by kind:
        "workflow" ghs_test   github-actions[bot]: an installation's, so GET /user is 403
        "app"      ghs_app    reviewer[bot]: the installation of an App, whose identity is its own
        "person"   ghp_person robin, who may write: a personal access token; no check runs
        "read"     ghs_read   what a workflow has for a pull request from a fork: 403, or FORBIDDEN, for whatever writes
        "none"     ghs_wrong  401
    requests                  [Request]: method, path (with query, below the root), size (bytes of the body), body
                              (parsed), status (0: no answer left), headers. Reads too, in order of their coming in
    violations                [str]
    faults                    [Fault], see there, consumed in order; `secondary(...)` and `primary(...)` make those of
                              the two limits, `exhausted(...)` and `broken(...)` are GraphQL's own, with status 200
    threads                   [Thread], oldest first: id (GraphQL's), path, side, line and start_line (where they are
                              now), original_line, commit, outdated, resolved, resolved_by, body, author, root,
                              replies, notes
    notes                     [Note] on the pull request as a whole: id (REST's), node_id, body, author, edited,
                              created, updated, minimized
    reviews, statuses, checks, labels, sarifs
    say(author, body, thread=None) -> Note     somebody comments, or answers in a thread (a Thread or its id)
    begin(author, body, path, line, side=, start_line=) -> Thread     somebody begins a thread
    edit(note, by, body), resolve(thread, by), unresolve(thread)

Authors are named as by the REST API (`github-actions[bot]`); as an author in GraphQL a bot has no `[bot]`, and the
viewer has. "" is an account that is gone.

Bodies of errors are the service's own words as far as they are known from reports; nobody may read more of them than
their status.
"""

from __future__ import annotations

from tests.servers.github.server import TOKENS, Server, serving
from tests.servers.github.values import Access, Check, Identity, Note, Permission, Review, Status, Thread
from tests.servers.github.wire import Fault, Reply, Request, broken, exhausted, primary, secondary

__all__ = [
    "TOKENS", "Access", "Check", "Fault", "Identity", "Note", "Permission", "Reply", "Request", "Review", "Server",
    "Status", "Thread", "broken", "exhausted", "primary", "secondary", "serving",
]  # fmt: skip
