"""What requests may say: GitLab ignores what it does not know, so a misspelt attribute would go unnoticed there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.servers.gitlab.wire import Json

#: Attributes of a body by name; a table for those that have attributes of their own.
Table = Mapping[str, "Table | None"]
PAGES: Table = dict.fromkeys(("page", "per_page"))
NONE: Table = {}
_END: Table = dict.fromkeys(("line_code", "type", "old_line", "new_line"))
_POSITION: Table = {
    **dict.fromkeys(("base_sha", "start_sha", "head_sha", "position_type", "old_path", "new_path")),
    **dict.fromkeys(("old_line", "new_line")),
    "line_range": {"start": _END, "end": _END},
}
DISCUSSION: Table = {"body": None, "created_at": None, "commit_id": None, "position": _POSITION}
REPLY: Table = dict.fromkeys(("body", "created_at"))
RESOLUTION: Table = dict.fromkeys(("resolved",))
EDIT: Table = dict.fromkeys(("body", "resolved"))
NOTE: Table = dict.fromkeys(("body", "internal", "created_at", "merge_request_diff_head_sha"))
BODY: Table = dict.fromkeys(("body",))
DRAFT: Table = {
    **dict.fromkeys(("note", "in_reply_to_discussion_id", "commit_id", "resolve_discussion")),
    "position": _POSITION,
}
STATUS: Table = dict.fromkeys(
    ("state", "ref", "name", "context", "target_url", "description", "coverage", "pipeline_id")
)  # fmt: skip
NOTES_QUERY: Table = dict.fromkeys(("order_by", "sort", "activity_filter", "page", "per_page"))
STATUSES_QUERY: Table = dict.fromkeys(("ref", "stage", "name", "all", "pipeline_id", "page", "per_page"))
MR_QUERY: Table = dict.fromkeys(
    ("render_html", "include_diverged_commits_count", "include_rebase_in_progress")
)  # fmt: skip
DIFFS_QUERY: Table = dict.fromkeys(("unidiff", "page", "per_page"))
PROJECT_QUERY: Table = dict.fromkeys(("statistics", "with_custom_attributes", "license"))


def unknown(given: Json, table: Table, path: str = "") -> Iterator[str]:
    """The attributes that are in no table."""
    for name, value in given.items():
        if name not in table:
            yield path + name
        inner = table.get(name)
        if inner is not None and isinstance(value, dict):
            yield from unknown(value, inner, f"{path}{name}.")
