"""The repository, its people and the change, by the REST API."""

from __future__ import annotations

import base64
from urllib.parse import quote

from tests.servers.github import shapes
from tests.servers.github.changes import File
from tests.servers.github.contract import Json
from tests.servers.github.routes import PULL, REPO, Answer, Call, RefusalError, page_size, route
from tests.servers.github.values import WRITERS

#: Commits of a pull request, files and commits of a comparison that are ever listed.
_COMMITS, _COMPARED_FILES, _COMPARED_COMMITS = 250, 300, 250
_CONTENT = 1 << 20


@route("get", "/user")
def get_user(call: Call) -> Answer:
    if call.by.installation:
        raise RefusalError(403, "Resource not accessible by integration")
    return 200, shapes.user(call.by.by)


@route("get", "/rate_limit")
def rate_limit(call: Call) -> Answer:
    rate = {"limit": 5000, "remaining": 4999, "reset": 1_800_000_000, "used": 1}
    return 200, {"rate": rate, "resources": {"core": rate, "search": rate, "graphql": rate}}


@route("get", REPO)
def get_repository(call: Call) -> Answer:
    return 200, shapes.repository(call)


@route("get", REPO + "/collaborators/{username}/permission")
def permission(call: Call) -> Answer:
    """Grades that the older member does not know are told by `role_name`."""
    world, name = call.world, call.names["username"]
    if not call.by.installation and world.permission(call.by.by.login) not in WRITERS:
        raise RefusalError(403, "Must have push access to view collaborator permission.")
    if name not in world.people and name not in world.accounts:
        raise RefusalError(404, f"{name} is not a user")
    role = world.permission(name)
    coarse = {"maintain": "write", "triage": "read"}.get(role, role)
    person = {**shapes.user(world.identity(name)), "permissions": {"push": role in WRITERS, "pull": role != "none"}}
    return 200, {"permission": coarse, "role_name": role, "user": person}


@route("get", PULL)
def get_pull(call: Call) -> Answer:
    return 200, shapes.pull(call)


def _file(call: Call, file: File, commit: str) -> Json:
    out: Json = {
        "filename": file.path, "status": file.status, "sha": file.blob,
        "additions": file.added, "deletions": file.removed, "changes": file.added + file.removed,
        "blob_url": f"{call.root}/{call.world.full_name}/blob/{commit}/{quote(file.path)}",
        "raw_url": f"{call.root}/{call.world.full_name}/raw/{commit}/{quote(file.path)}",
        "contents_url": f"{call.base}/contents/{quote(file.path)}?ref={commit}",
    }  # fmt: skip
    if file.status in ("renamed", "copied"):
        out["previous_filename"] = file.old_path
    if file.patch and file.patch.count(b"\n") < call.world.patch_lines:
        out["patch"] = file.patch.decode("utf-8", "replace")
    return out


@route("get", PULL + "/files")
def list_files(call: Call) -> Answer:
    """No more than so many are ever listed, and patches of binary and of large files are not there.

    Past so many lines of one page a file has neither patch nor numbers, and nothing says so.
    """
    world, out = call.world, []
    size, lines = page_size(call.query), 0
    for index, file in enumerate(world.files()[: world.listed_files]):
        lines = lines if index % size else 0
        lines += file.added + file.removed
        row = _file(call, file, world.tips().head)
        if lines > world.page_lines:
            row = {**row, "additions": 0, "deletions": 0, "changes": 0}
            row.pop("patch", None)
        out.append(row)
    return 200, out


def _commit(call: Call, sha: str) -> Json:
    name, email, date, parents, message = (
        call.world.repository.git("log", "-1", "--format=%an%x00%ae%x00%aI%x00%P%x00%B", sha)
        .decode("utf-8", "replace")
        .split("\0", 4)
    )
    person = {"name": name, "email": email, "date": date}
    url = f"{call.base}/commits/{sha}"
    return {
        "sha": sha, "node_id": f"C_{sha[:12]}", "url": url, "html_url": url, "comments_url": f"{url}/comments",
        "commit": {"message": message.strip(), "author": person, "committer": person, "url": url},
        "author": None, "committer": None,
        "parents": [{"sha": parent, "url": f"{call.base}/commits/{parent}"} for parent in parents.split()],
    }  # fmt: skip


@route("get", PULL + "/commits")
def list_commits(call: Call) -> Answer:
    tips = call.world.tips()
    return 200, [_commit(call, sha) for sha in call.world.repository.between(tips.base, tips.head)[:_COMMITS]]


@route("get", REPO + "/compare/{basehead}")
def compare(call: Call) -> Answer:
    repository = call.world.repository
    names = call.names["basehead"].split("...")
    try:
        base, head = repository.commits(*names)
        merge_base = repository.merge_base(base, head)
    except (KeyError, ValueError):
        raise RefusalError(404, "Not Found") from None
    ahead, behind = repository.between(base, head), repository.between(head, base)
    files = repository.change(merge_base, head)[:_COMPARED_FILES]
    same = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
    return 200, {
        "url": f"{call.base}/compare/{quote(call.names['basehead'])}",
        "status": same.get((bool(ahead), bool(behind)), "diverged"),
        "ahead_by": len(ahead), "behind_by": len(behind), "total_commits": len(ahead),
        "base_commit": _commit(call, base), "merge_base_commit": _commit(call, merge_base),
        "commits": [_commit(call, sha) for sha in ahead[:_COMPARED_COMMITS]],
        "files": [_file(call, file, head) for file in files],
    }  # fmt: skip


@route("get", REPO + "/contents/{path}")
def contents(call: Call) -> Answer:
    """A file; one of more than a megabyte comes without its text."""
    repository, path, ref = call.world.repository, call.names["path"], call.query.get("ref", call.world.base)
    try:
        commit = repository.commits(ref)[0]
        blob = repository.git("rev-parse", f"{commit}:{path}").decode().strip()
        content = repository.git("cat-file", "blob", blob)
    except KeyError:
        raise RefusalError(404, "Not Found") from None
    url = f"{call.base}/contents/{quote(path)}?ref={ref}"
    large = len(content) > _CONTENT
    return 200, {
        "type": "file", "name": path.split("/")[-1], "path": path, "sha": blob, "size": len(content),
        "encoding": "none" if large else "base64", "content": "" if large else base64.encodebytes(content).decode(),
        "url": url, "html_url": url, "git_url": url, "download_url": None,
        "_links": {"self": url, "git": url, "html": url},
    }  # fmt: skip
