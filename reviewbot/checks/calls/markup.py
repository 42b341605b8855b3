"""Page markup put together from values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.checks.calls.options import Option
from reviewbot.checks.calls.rules import MARKUP
from reviewbot.checks.calls.values import foreign, is_harmless, is_request, opened, parts_of
from reviewbot.core.expressions import Call, dotted
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import Scopes
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import literal, owner_of

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Sink:
    """A call that takes markup: its name, the place of the markup (None: what it is called on), and whether
    a name by itself is worth a look there."""

    name: re.Pattern[str]
    index: int | None = 0
    bare: bool = False


_SINKS = {
    "javascript": (
        Sink(re.compile(r"\.insertAdjacentHTML$"), 1, bare=True),
        Sink(re.compile(r"(^|\.)document\.write(ln)?$"), bare=True),
        Sink(re.compile(r"\.createContextualFragment$")),
        Sink(re.compile(r"\.bypassSecurityTrust(Html|Script|ResourceUrl)$"), bare=True),
        Sink(re.compile(r"^(\$|jQuery)\(.{0,100}\)\.(html|append|prepend|before|after)$")),
    ),
    "python": (Sink(re.compile(r"(^|\.)(mark_safe|Markup|SafeString|format_html|render_template_string)$")),),
    "ruby": (Sink(re.compile(r"\.html_safe$"), None), Sink(re.compile(r"^raw$"))),
    "go": (Sink(re.compile(r"^template\.(HTML|JS|HTMLAttr|URL)$")),),
    "csharp": (Sink(re.compile(r"(^|\.)(Html\.Raw|HtmlString|MarkupString)$")),),
}  # fmt: skip
_PROPERTY = re.compile(r"(^|\.)(innerHTML|outerHTML|srcdoc)$|^__html$")
#: Where the answer to a request is written; only what the request itself brought counts.
_ANSWERS = re.compile(
    r"(?i)(getWriter\(\)|^out|^writer|^response)\.(print|println|write|printf|append)$|^fmt\.Fprintf$"
)
_TAG = re.compile(r"<[a-zA-Z!/]")
_PLAIN = frozenset({
    "identifier", "member_expression", "subscript_expression", "attribute", "subscript", "member_access_expression",
    "selector_expression", "variable_name", "field_access", "instance_variable", "element_reference",
})  # fmt: skip
#: Names of values that hold no markup, or markup that was made with care.
_QUIET = re.compile(
    r"(?i)(^|[._])(i|j|n|x|y|idx|index|width|height|size|count|id|uid|num\w*|total|length|left|top|percent\w*)$|"
    r"safe|sanit|purif|escap|encoded|innerHTML$|outerHTML$|(^|\.)(__\w+__|class_?name|css_?class)$"
)
_MADE = re.compile(r"(?i)html|markup|svg|icon|template|fragment|rendered|content$|css|style")


def look(call: Call, language: str, scopes: Scopes) -> Iterator[Sighting]:
    for sink in _SINKS.get(language, ()):
        if sink.name.search(call.name):
            given = owner_of(call.node) if sink.index is None else call.argument(sink.index)
            yield from _given(given, call, scopes, bare=sink.bare)
            return
    if language in ("java", "go") and _ANSWERS.search(call.name):
        yield from _answered(call, scopes)


def option(found: Option, scopes: Scopes, language: str) -> Iterator[Sighting]:
    if language == "javascript" and _PROPERTY.search(found.name):
        call = Call(found.node, found.name.rpartition(".")[2])
        yield from _given(found.value, call, scopes, bare=True, place=found.node)


def _given(
    node: Node | None, call: Call, scopes: Scopes, *, bare: bool, place: Node | None = None
) -> Iterator[Sighting]:
    if node is None:
        return
    parts = parts_of(node, call, scopes)
    place = place or call.place
    if parts is not None:
        value = next((value for _, value in foreign(parts, call, scopes) if _is_foreign(value, call, scopes)), None)
        # Where only values are put together, they were made before; a property of a page takes any text as markup.
        if value is not None and (bare or is_request(value) or _TAG.search(_texts(parts))):
            yield Sighting(MARKUP, (place, node, value), call.last)
    elif bare and _is_loud(node) and not is_harmless(node, call, scopes):
        value = scopes.value(opened(node), call.node)
        if _is_loud(value):
            yield Sighting(MARKUP, (place, node), call.last, severity=None if is_request(value) else Severity.LOW,
                           title="Page markup set from a variable")  # fmt: skip


def _is_foreign(value: Node, call: Call, scopes: Scopes) -> bool:
    return _is_loud(value) and _is_loud(scopes.value(opened(value), call.node))


def _texts(parts: list[str | Node]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def _is_loud(node: Node) -> bool:
    """A name, a field or an item that does not say it is a number or made safe. A call may well have escaped."""
    if is_request(node):
        return True
    name = dotted(node)
    return node.type in _PLAIN and not _QUIET.search(name) and not _MADE.search(name.rpartition(".")[2])


def _answered(call: Call, scopes: Scopes) -> Iterator[Sighting]:
    """`out.println("<b>" + request.getParameter("x"))`, `fmt.Fprintf(w, "<b>%s", r.FormValue("x"))`."""
    template = next((text for argument in call.arguments[:2] if (text := literal(argument)) is not None), "")
    if call.last == "Fprintf":
        parts: list[str | Node] | None = [template, *call.arguments[2:]] if _TAG.search(template) else None
    else:
        parts = parts_of(call.argument(0), call, scopes)
    if parts is None or not any(isinstance(part, str) and _TAG.search(part) for part in parts):
        return
    for _, value in foreign(parts, call, scopes):
        if is_request(scopes.value(value, call.node)):
            yield Sighting(MARKUP, (call.place, value), call.last)
            return


def echo(node: Node, scopes: Scopes) -> Iterator[Sighting]:
    """PHP's `echo "<b>" . $_GET["x"]`."""
    call = Call(node, "echo")
    for said in node.named_children[:50]:
        for item in said.named_children[:50] if said.type == "sequence_expression" else [said]:
            parts = parts_of(item, call, scopes) or [item]
            value = next((value for _, value in foreign(parts, call, scopes) if is_request(value)), None)
            if value is not None:
                yield Sighting(MARKUP, (node, value), "echo")
                return
