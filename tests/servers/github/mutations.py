"""What GraphQL changes: each field of a document is done or refused for itself, in order."""

from __future__ import annotations

from tests.servers.github import conversing
from tests.servers.github.contract import Json
from tests.servers.github.conversing import MAX_BODY, TOO_LONG
from tests.servers.github.nodes import FieldError, Nodes
from tests.servers.github.values import Access, Note, Thread
from tests.servers.github.world import World


class Mutations:
    """See the module."""

    def __init__(self, world: World, who: Access, nodes: Nodes) -> None:
        self._world, self._who, self._nodes = world, who, nodes

    def _allow(self, allowed: bool = True) -> None:
        if not (self._who.writes and allowed):
            raise FieldError("FORBIDDEN", self._who.refusal)

    def _thread(self, node_id: str) -> Thread:
        found = self._world.find(node_id)
        if not isinstance(found, Thread):
            raise FieldError("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
        return found

    def _note(self, node_id: str, prefix: str) -> Note:
        found = self._world.find(node_id)
        if not isinstance(found, Note) or not node_id.startswith(prefix):
            raise FieldError("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
        return found

    def reply(self, _info: object, input: Json) -> Json:
        self._allow(not self._world.locked)
        thread = self._thread(input["pullRequestReviewThreadId"])
        self._fits(input["body"])
        said = conversing.reply(self._world, self._who.by, thread, input["body"])
        return self._payload(input, comment=self._nodes.comment(thread, said))

    def resolve(self, input: Json, resolved: bool) -> Json:
        thread = self._thread(input["threadId"])
        self._allow(self._nodes.may_resolve)
        thread.resolved_by = (thread.resolved_by or self._who.by) if resolved else None
        return self._payload(input, thread=self._nodes.thread(thread))

    def update_comment(self, _info: object, input: Json) -> Json:
        said = self._edit(self._note(input["pullRequestReviewCommentId"], "PRRC_"), input["body"])
        return self._payload(input, pullRequestReviewComment=self._nodes.any_note(said))

    def update_note(self, _info: object, input: Json) -> Json:
        said = self._edit(self._note(input["id"], "IC_"), input["body"])
        return self._payload(input, issueComment=self._nodes.any_note(said))

    def _edit(self, said: Note, body: str) -> Note:
        self._allow(self._nodes.may_edit(said))
        self._fits(body)
        conversing.edit(self._world, self._who.by, said, body)
        return said

    def minimize(self, input: Json, member: str) -> Json:
        said = self._note(input["subjectId"], "")
        self._allow(self._nodes.may_edit(said))
        said.minimized = input.get("classifier", "").lower()
        return self._payload(input, **{member: self._nodes.any_note(said)})

    def _fits(self, body: str) -> None:
        if not body.strip():
            raise FieldError("UNPROCESSABLE", "Body can't be blank")
        if len(body) > MAX_BODY:
            raise FieldError("UNPROCESSABLE", TOO_LONG.capitalize())

    def _payload(self, input: Json, **members: Json) -> Json:
        return {"clientMutationId": input.get("clientMutationId"), **members}
