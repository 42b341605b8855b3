"""The REST API: one request in, one answer out, both held against GitHub's description."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, unquote, urlencode

from tests.servers.github import discussion, reading, reviews, verdicts
from tests.servers.github.contract import Exchange, documentation
from tests.servers.github.routes import Call, RefusalError, Route, find, page_size
from tests.servers.github.values import Access
from tests.servers.github.wire import Reply, error, json_reply
from tests.servers.github.world import World

#: Modules whose functions are the answers.
OPERATIONS = (discussion, reading, reviews, verdicts)
#: What nobody may do where the conversation is locked.
_SAYING = ("/comments", "/reviews", "/replies")


def answer(
    world: World, who: Access | None, root: str, method: str, target: str, raw: bytes, violations: list[str]
) -> Reply:
    """`target` is the path below the root, with its query. What breaks the description is added to `violations`."""
    path, _, query = target.partition("?")
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    found = find(method.lower(), path)
    if found is None:
        violations.append(f"{method} {path}: not an operation of this server")
        return error(404, "Not Found")
    route, names = found[0], {name: unquote(value) for name, value in found[1].items()}
    where = documentation(route.method, route.template)
    try:
        body = json.loads(raw) if raw else None
    except ValueError:
        violations.append(f"{method} {path}: the body is no JSON")
        return error(400, "Problems parsing JSON", where)
    refused = _refusal(world, who, route, names, where)
    if refused is not None:
        return refused
    exchange = Exchange(route.method, route.template, names, parameters, raw)
    wrong = exchange.request_errors(body, parameters)
    if wrong:
        violations.extend(f"{method} {path}: {reason}" for reason in wrong)
        return error(422, "Invalid request.\n\n" + "\n".join(wrong), where)
    call = Call(world, who, names, parameters, {} if body is None else body, root)
    headers: dict[str, str] = {}
    try:
        status, data = route.function(call)
    except RefusalError as refusal:
        reply = error(refusal.status, refusal.message, where, refusal.errors)
    else:
        data, headers = _page(data, f"{root}{path}", parameters)
        reply = json_reply(status, None if data is None else exchange.answer(status, data), headers)
    if reply.status != 204:
        broken = exchange.response_errors(reply.status, reply.body)
        violations.extend(f"answer {reply.status} to {method} {path}: {reason}" for reason in broken)
    return reply


def _refusal(world: World, who: Access | None, route: Route, names: dict[str, str], where: str) -> Reply | None:
    """What nobody comes to see, and what this token may not."""
    elsewhere = "owner" in names and f"{names['owner']}/{names['repo']}".lower() != world.full_name.lower()
    hidden = "owner" in names and not may_read(world, who)
    number = names.get("pull_number", names.get("issue_number", str(world.number)))
    if elsewhere or hidden or number != str(world.number):
        return error(404, "Not Found", where)
    if route.method == "get":
        return None
    if who is None:
        return error(401, "Requires authentication", where)
    if not who.writes:
        return error(403, who.refusal, where)
    if world.locked and route.method == "post" and route.template.endswith(_SAYING):
        return error(403, "Unable to create comment because issue is locked.", where)
    return None


def may_read(world: World, who: Access | None) -> bool:
    if world.visibility == "public":
        return True
    return who is not None and (who.installation or world.permission(who.by.login) != "none")


def _page(data: object, url: str, query: dict[str, str]) -> tuple[object, dict[str, str]]:
    """One page of a list, or of the list in an answer that counts, and its `link` header."""
    member = next((key for key, value in data.items() if isinstance(value, list)), "") if isinstance(data, dict) else ""
    if isinstance(data, dict) and not (member and "total_count" in data):
        return data, {}
    rows = data[member] if isinstance(data, dict) else data
    if not isinstance(rows, list):
        return data, {}
    size = page_size(query)
    number, last = max(1, int(query.get("page", 1))), max(1, -(-len(rows) // size))
    page = rows[(number - 1) * size : number * size]
    links = []
    for name, to in (("prev", number - 1), ("next", number + 1), ("last", last), ("first", 1)):
        if 1 <= to <= last and to != number and (name != "last" or number < last) and (name != "first" or number > 1):
            links.append(f'<{url}?{urlencode({**query, "page": to})}>; rel="{name}"')
    headers = {"link": ", ".join(links)} if links else {}
    return ({**data, member: page} if isinstance(data, dict) else page), headers
