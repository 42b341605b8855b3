"""Endpoints that only tell: the project, people, the merge request and its change."""

from __future__ import annotations

from tests.servers.gitlab.attributes import DIFFS_QUERY, MR_QUERY, PAGES, PROJECT_QUERY
from tests.servers.gitlab.changes import FileDiff
from tests.servers.gitlab.people import BOT
from tests.servers.gitlab.routes import MERGE_REQUEST, MR, Call, Refused, Result, route
from tests.servers.gitlab.state import PROJECT
from tests.servers.gitlab.wire import Json
from tests.servers.gitlab.world import Version, World

#: Files of a diff that the API shows, and characters of one file's diff: longer ones are empty.
MAX_FILES = 1000
MAX_DIFF = 200 * 1024
#: Longer ones are folded, which the API shows as empty too.
FOLDED_DIFF = MAX_DIFF // 10


@route("GET", "/projects/{project}", access="open", query=PROJECT_QUERY)
def project(call: Call) -> Result:
    world = call.world
    level = world.people.level(call.caller.person)
    return 200, {
        "id": PROJECT, "name": world.project.rpartition("/")[2], "path_with_namespace": world.project,
        "default_branch": world.base, "visibility": world.visibility, "archived": False,
        "web_url": f"{world.web}/{world.project}", "merge_requests_enabled": True,
        "merge_requests_access_level": "enabled",
        "permissions": {"project_access": {"access_level": level, "notification_level": 3}, "group_access": None},
    }  # fmt: skip


@route("GET", "/user")
def user(call: Call) -> Result:
    return 200, {**call.person.view(call.world.web), "bot": call.person.username == BOT, "external": False}


@route("GET", "/version")
def version(call: Call) -> Result:
    return 200, {"version": "18.5.0", "revision": "0123456789a"}


@route("GET", "/projects/{project}/members/all/{user}")
def member(call: Call) -> Result:
    people = call.world.people
    person = people.numbered(call.ids["user"])
    if person is None or not people.level(person):
        raise Refused(404, {"message": "404 Not found"})
    level = {"access_level": people.level(person), "expires_at": None, "membership_state": "active"}
    return 200, {**person.view(call.world.web), **level}


@route("GET", MR, "mr", access="job", query=MR_QUERY)
def merge_request(call: Call) -> Result:
    world, web = call.world, call.world.web
    files = world.repository.files(world.refs.base, world.refs.head)
    opener = world.people.named(world.opener).view(web)
    return 200, {
        "id": MERGE_REQUEST, "iid": world.number, "project_id": PROJECT, "title": world.title,
        "description": world.description, "state": world.state, "draft": world.draft, "work_in_progress": world.draft,
        "created_at": world.versions[0].created_at, "updated_at": world.versions[-1].created_at,
        "prepared_at": world.versions[0].created_at if world.prepared else None,
        "source_branch": world.head, "target_branch": world.base,
        "source_project_id": world.source_project, "target_project_id": PROJECT, "labels": list(world.labels),
        "sha": world.refs.head, "diff_refs": world.refs.view if world.prepared else None,
        "changes_count": _count(files) if world.prepared else None, "author": opener,
        "assignee": None, "assignees": [], "reviewers": [], "milestone": None, "user": {"can_merge": False},
        "web_url": f"{web}/{world.project}/-/merge_requests/{world.number}", "reference": f"!{world.number}",
        "references": {"short": f"!{world.number}", "relative": f"!{world.number}",
                       "full": f"{world.project}!{world.number}"},
        "user_notes_count": sum(not note.system for note in world.notes), "upvotes": 0, "downvotes": 0,
        "merge_status": "can_be_merged", "detailed_merge_status": "mergeable", "has_conflicts": False,
        "blocking_discussions_resolved": True, "first_contribution": False, "subscribed": False,
        "time_stats": {"time_estimate": 0, "total_time_spent": 0, "human_time_estimate": None,
                       "human_total_time_spent": None},
        "task_completion_status": {"count": 0, "completed_count": 0}, "squash": False,
        "force_remove_source_branch": False, "merge_when_pipeline_succeeds": False, "approvals_before_merge": None,
        "first_deployed_to_production_at": None,
        **dict.fromkeys(("merged_by", "merged_at", "closed_by", "closed_at", "merge_commit_sha", "squash_commit_sha",
                         "merge_error", "discussion_locked", "should_remove_source_branch", "pipeline",
                         "head_pipeline", "latest_build_started_at", "latest_build_finished_at")),
    }  # fmt: skip


def _count(files: tuple[FileDiff, ...]) -> str:
    return f"{MAX_FILES}+" if len(files) > MAX_FILES else str(len(files))


@route("GET", MR + "/versions", "version", access="open", query=PAGES, paged=True)
def versions(call: Call) -> Result:
    made = call.world.versions if call.world.prepared else []
    return 200, [_version(call.world, found) for found in reversed(made)]


@route("GET", MR + "/versions/{version}", access="open")
def one_version(call: Call) -> Result:
    world = call.world
    found = next((found for found in world.versions if str(found.id) == call.ids["version"]), None)
    if found is None:
        raise Refused(404, {"message": "404 Not found"})
    files = world.repository.files(found.refs.base, found.refs.head)
    shown = {"diffs": _shown(world, files), "commits": world.repository.commits(found.refs)}
    return 200, {**_version(world, found), **shown}


def _version(world: World, found: Version) -> Json:
    files = world.repository.files(found.refs.base, found.refs.head)
    return {
        "id": found.id, "head_commit_sha": found.refs.head, "base_commit_sha": found.refs.base,
        "start_commit_sha": found.refs.start, "created_at": found.created_at, "merge_request_id": MERGE_REQUEST,
        "state": "overflow" if len(files) > MAX_FILES else "collected", "real_size": _count(files),
        "patch_id_sha": None,
    }  # fmt: skip


@route("GET", MR + "/diffs", "diff", access="open", query=DIFFS_QUERY, paged=True)
def diffs(call: Call) -> Result:
    world = call.world
    return 200, _shown(world, world.repository.files(world.refs.base, world.refs.head))


def _shown(world: World, files: tuple[FileDiff, ...]) -> list[Json]:
    return [_shown_file(world, file) for file in files[:MAX_FILES]]


def _shown_file(world: World, file: FileDiff) -> Json:
    size = len(file.diff.encode(errors="surrogateescape"))
    too_large = size > MAX_DIFF or file.new_path in world.too_large
    collapsed = not too_large and (size > FOLDED_DIFF or file.new_path in world.collapsed)
    return {
        "old_path": file.old_path, "new_path": file.new_path, "a_mode": file.a_mode, "b_mode": file.b_mode,
        "new_file": file.is_new, "renamed_file": file.status == "R", "deleted_file": file.is_deleted,
        "generated_file": False, "collapsed": collapsed, "too_large": too_large,
        "diff": "" if collapsed or too_large else file.diff,
    }  # fmt: skip


@route("GET", MR + "/raw_diffs", access="open")
def raw_diffs(call: Call) -> Result:
    return 200, call.world.repository.patch(call.world.refs)


@route("GET", MR + "/commits", "commit", access="open", query=PAGES, paged=True)
def commits(call: Call) -> Result:
    return 200, call.world.repository.commits(call.world.refs)
