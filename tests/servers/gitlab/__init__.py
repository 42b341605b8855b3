"""A GitLab of the tests: its REST API over a real git repository, as strict as the service is.

    with gitlab.serving(work.path, base="main", head="feature", number=7) as server:
        GitLab(server.place, server.token, ...)
    assert (server.violations, server.actions) == ([], [])

`serving(path, base=, head=, number=, root=, project=, visibility=, people=)`
    One project (1, or its path `group/project`, percent-encoded) with one merge request. The change is read from git:
    moving the branch `head` is a push. `root="/gitlab"` is the relative URL root of a self-managed GitLab.
`.place`, `.url`; `.token` (the bot's), `.tokens`: `api` the same, `read` a token of scope read_api (403 on every
    write), `job` a CI job's (header JOB-TOKEN: the merge request and its notes may be read, all else is 401 or 404),
    `none` a wrong one (401). `.bot` is the name of the user of all of them; its level is 30 unless `.people` says so.
`.requests`: all of them, in order: `method`, `path` (no query), `query`, `size` (exact bytes of the body), `status`
    (0: not answered), `body` (JSON or None), `headers`. Those that met a fault are among them.
`.faults`: a list of `Fault(method, path, status, effect=, times=, headers=, body=, drop=, delay=, cut=)`, each used up
    by the requests it matches, first match first. See there. `Fault("POST", "bulk_publish$", 500, effect="half")`:
    the first half of the drafts is published, and all drafts stay.
`.violations`: what broke the contract, to be []: unknown attributes and parameters, unknown endpoints, answers that
    are not as their shapes have them (an error of the stand-in), ranges with wrong line codes, suggestions that GitLab
    would cut short. `.actions`: quick actions that ran, to be [].
State, for assertions. All may be read between requests.
    `.threads`: each discussion that can be resolved: `id`, `path`, `side` ("new", "old"), `line`, `start_line`, `body`,
        `author`, `resolved`, `outdated`, `notes`, `replies`, `root`; without a place `path` is "" and `line` None.
        A note: `id`, `body`, `author`, `kind`, `position` (as the API has it now), `original`, `created_at`,
        `updated_at`, `resolved`, `resolved_by`, `system`.
    `.notes`: comments on the whole, without those of the system. `.drafts`, `.statuses` (`state`, `name`,
        `description`, `sha`, `target_url`), `.suggestions` (`path`, `first`, `last`, `old`, `new`);
        `.applied(suggestion)` is the file with it.
    `.world`: everything else: `title`, `description`, `draft`, `state`, `labels`, `opener`, `source_project` (2 is a
        fork), `pipeline` (501), `prepared` (False: no diff yet), `late` (True: pushes are not noticed), `collapsed` and
        `too_large` (paths without a diff), `versions`, `discussions`, `lost`, `stray_drafts`.
`.say(author, body, thread=None) -> id`, `.edit(note, body)`, `.resolve(thread, by)` (None opens it again),
`.people = {"ada": 40, "eve": "read"}` (change it in place), `.visibility`.

Rules worth knowing, each from GitLab's source or from reports of its users, each with a test in tests/servers:
    * A position names a version of the merge request by all three commits. Added lines have `new_line` only, removed
      ones `old_line` only, unchanged ones both, also outside of the hunks. Ends of a range have no line numbers.
    * Drafts are not looked at until they are published. One whose line does not exist stops the publication with a
      500: what came before it is published, and every draft stays (`world.stray_drafts = "lost"`: it is dropped without
      a word and recorded in `world.lost`). One draft per thread and author. A draft that answers in a thread resolves
      it, or opens it again if it does not say `resolve_discussion`. A draft without a place becomes a thread.
    * Bodies are kept without carriage returns, blanks at the end, and quick actions.
    * Resolving a thread changes `updated_at` of its notes: it does not tell that a body was edited.
    * A status that has not ended refuses its own state again; one that has ended is followed by a new one.
"""

from __future__ import annotations

from tests.servers.gitlab.quick_actions import Action
from tests.servers.gitlab.server import Server, serving
from tests.servers.gitlab.wire import Fault, Json, Request

__all__ = ["Action", "Fault", "Json", "Request", "Server", "serving"]
