"""The state as the REST API words it. Members that nobody reads are left to `contract.complete`."""

from __future__ import annotations

from tests.servers.github.contract import Json
from tests.servers.github.routes import Call
from tests.servers.github.values import WRITERS, Check, Identity, Note, Review, Status, Thread
from tests.servers.github.world import World

#: Who stands for an account that is gone.
GHOST = Identity("ghost", 10_137)


def user(by: Identity | None) -> Json:
    by = by or GHOST
    return {"login": by.login, "id": by.id, "type": by.kind, "node_id": f"U_{by.id}", "site_admin": False}


def association(world: World, login: str) -> str:
    if login == world.owner:
        return "OWNER"
    return "COLLABORATOR" if world.people.get(login) in WRITERS else "NONE"


def repository(call: Call, *, head: bool = False) -> Json:
    """The repository, or with `head` the one that the change comes from."""
    world = call.world
    full = f"{world.author}/{world.name}" if head and world.fork else world.full_name
    return {
        "id": 2 if head and world.fork else 1,
        "node_id": "R_1",
        "name": world.name,
        "full_name": full,
        "owner": user(world.identity(full.split("/")[0])),
        "private": world.visibility != "public",
        "visibility": world.visibility,
        "fork": head and world.fork,
        "default_branch": world.base,
        "url": f"{call.root}/repos/{full}",
        "permissions": {"admin": False, "push": call.who is not None and call.who.writes, "pull": True},
    }


def pull(call: Call) -> Json:
    world, tips, files = call.world, call.world.tips(), call.world.files()
    url, number = call.base, world.number
    return {
        "id": 11, "node_id": "PR_11", "number": number, "state": world.state, "locked": world.locked,
        "title": world.title, "body": world.body or None, "draft": world.draft,
        "user": user(world.identity(world.author)),
        "author_association": association(world, world.author),
        "url": f"{url}/pulls/{number}", "issue_url": f"{url}/issues/{number}",
        "comments_url": f"{url}/issues/{number}/comments", "commits_url": f"{url}/pulls/{number}/commits",
        "review_comments_url": f"{url}/pulls/{number}/comments", "statuses_url": f"{url}/statuses/{tips.head}",
        "html_url": f"{call.root}/{world.full_name}/pull/{number}",
        "changed_files": len(files),
        "additions": sum(file.added for file in files), "deletions": sum(file.removed for file in files),
        "commits": len(world.repository.between(tips.base, tips.head)),
        "comments": len(world.notes), "review_comments": sum(len(thread.notes) for thread in world.threads),
        "labels": [label(call, name) for name in world.labels],
        "head": {
            "ref": world.head, "sha": tips.head, "label": f"{world.author if world.fork else world.owner}:{world.head}",
            "repo": repository(call, head=True),
            "user": user(world.identity(world.author if world.fork else world.owner)),
        },
        "base": {
            "ref": world.base, "sha": tips.base, "label": f"{world.owner}:{world.base}",
            "repo": repository(call), "user": user(world.identity(world.owner)),
        },
    }  # fmt: skip


def label(call: Call, name: str) -> Json:
    return {
        "id": 1 + call.world.labels.index(name), "name": name, "color": "ededed", "default": False, "description": None,
        "url": f"{call.base}/labels/{name}", "node_id": f"LA_{name}",
    }  # fmt: skip


def note(call: Call, said: Note) -> Json:
    """A comment on the pull request as a whole."""
    url = f"{call.base}/issues/comments/{said.id}"
    return {
        "id": said.id, "node_id": said.node_id, "body": said.body, "user": user(said.by),
        "created_at": said.created, "updated_at": said.updated,
        "author_association": association(call.world, said.author),
        "url": url, "html_url": f"{call.root}/{call.world.full_name}/pull/{call.world.number}#issuecomment-{said.id}",
        "issue_url": f"{call.base}/issues/{call.world.number}",
    }  # fmt: skip


def comment(call: Call, thread: Thread, said: Note) -> Json:
    """A comment in a thread."""
    number, url = call.world.number, f"{call.base}/pulls/comments/{said.id}"
    out: Json = {
        "id": said.id, "node_id": said.node_id, "body": said.body, "user": user(said.by),
        "created_at": said.created, "updated_at": said.updated, "pull_request_review_id": said.review or None,
        "author_association": association(call.world, said.author),
        "path": thread.path, "diff_hunk": thread.excerpt, "subject_type": "file" if thread.file_level else "line",
        "line": thread.line, "start_line": thread.start_line, "side": thread.side,
        "start_side": thread.start_side if thread.original_start_line is not None else None,
        "original_line": thread.original_line, "original_start_line": thread.original_start_line,
        "commit_id": thread.commit if thread.outdated else call.world.tips().head, "original_commit_id": thread.commit,
        "url": url, "html_url": f"{call.root}/{call.world.full_name}/pull/{number}#discussion_r{said.id}",
        "pull_request_url": f"{call.base}/pulls/{number}",
        "_links": {
            "self": {"href": url}, "html": {"href": url}, "pull_request": {"href": f"{call.base}/pulls/{number}"},
        },
    }  # fmt: skip
    if said is not thread.root:
        out["in_reply_to_id"] = thread.root.id
    return out


def review(call: Call, given: Review) -> Json:
    url = f"{call.base}/pulls/{call.world.number}"
    return {
        "id": given.id, "node_id": given.node_id, "user": user(given.by), "body": given.body, "state": given.state,
        "commit_id": given.commit, "submitted_at": given.submitted,
        "author_association": association(call.world, given.author),
        "pull_request_url": url, "html_url": f"{url}#pullrequestreview-{given.id}",
        "_links": {"html": {"href": url}, "pull_request": {"href": url}},
    }  # fmt: skip


def status(call: Call, given: Status) -> Json:
    return {
        "id": given.id, "node_id": f"SC_{given.id}", "state": given.state, "context": given.context,
        "description": given.description or None, "target_url": given.target_url or None, "creator": user(given.by),
        "created_at": given.created, "updated_at": given.created, "avatar_url": None,
        "url": f"{call.base}/statuses/{given.sha}",
    }  # fmt: skip


def check(call: Call, run: Check) -> Json:
    url = f"{call.base}/check-runs/{run.id}"
    done = run.status == "completed"
    return {
        "id": run.id, "node_id": f"CR_{run.id}", "name": run.name, "head_sha": run.head_sha, "status": run.status,
        "conclusion": run.conclusion, "external_id": run.external_id or None, "details_url": run.details_url or url,
        "url": url, "html_url": url, "check_suite": {"id": 7}, "app": None, "pull_requests": [],
        "started_at": "2026-01-01T00:00:00Z", "completed_at": "2026-01-01T00:00:01Z" if done else None,
        "output": {
            "title": run.title, "summary": run.summary, "text": run.text, "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
    }  # fmt: skip
