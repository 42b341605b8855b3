"""A policy written as a document of its own kind: what `policy show` prints and `policy check` accepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, Rule
from reviewbot.core.style import Accepted, Dismissed, ReviewStyle
from reviewbot.core.text import is_odd, visible

#: What a policy that cannot be read amounts to.
_NOTHING_LEAVES = Rule(Label.RESTRICTED, ("**",), reason="the policy cannot be read")


def written(policy: Policy, title: str) -> str:
    """The effective policy, each rule under the place it comes from; read again, it decides the same."""
    default, metadata, rules = policy.default, policy.metadata, policy.rules
    if policy.failure:
        default, metadata, rules = Label.RESTRICTED, Label.RESTRICTED, (_NOTHING_LEAVES, *policy.rules)
    blocks = [[_comment(title), _comment(f"sha256 {policy.sha256}")]]
    blocks += [[_comment(policy.failure)]] if policy.failure else []
    blocks += [[*_origin(policy.default_place), _pair("default", str(default))]]
    blocks[-1] += [] if metadata is None else [_pair("metadata", str(metadata))]
    blocks[-1] += list(_demands(policy))
    blocks += [list(_rule(rule)) for rule in rules]
    blocks += [["[[instructions]]", _list("paths", one.paths), _pair("text", one.text)] for one in policy.instructions]
    blocks += [] if policy.review == ReviewStyle() else [list(_review(policy.review))]
    blocks += [["[gate]", _pair("fail_on", "none" if policy.fail_on is None else str(policy.fail_on))]]
    blocks += [list(_accepted(one)) for one in policy.accepted]
    blocks += [list(dismissal(one)) for one in policy.dismissed]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _demands(policy: Policy) -> Iterator[str]:
    """What it asks of hosted models; one that cannot be read might have asked for anything."""
    if policy.region or policy.failure:
        yield _pair("region", policy.region if policy.region and not policy.failure else "local")
    if policy.zero_retention or policy.failure:
        yield "zero_retention = true"


def _rule(rule: Rule) -> Iterator[str]:
    yield from _origin(rule.name)
    yield "[[rule]]"
    yield _pair("label", str(rule.label))
    if rule.paths:
        yield _list("paths", rule.paths)
    if rule.content:
        yield _list("content", rule.content)
    if rule.reason:
        yield _pair("reason", rule.reason)


def _review(style: ReviewStyle) -> Iterator[str]:
    yield "[review]"
    yield f"max_comments = {style.max_comments}"
    yield _pair("min_severity", str(style.min_severity))
    yield _pair("language", style.language)
    yield _list("ignore", style.ignore)
    yield f"incremental = {str(style.incremental).lower()}"


def _accepted(one: Accepted) -> Iterator[str]:
    yield from _origin(f"{one.origin}:{one.line}" if one.line else one.origin)
    yield "[[accept]]"
    yield _pair("fingerprint", one.fingerprint)
    yield f"until = {one.until.isoformat()}"
    yield _pair("reason", one.reason)


def dismissal(one: Dismissed) -> Iterator[str]:
    """The lines of one `[[dismiss]]`."""
    yield from _origin(f"{one.origin}:{one.line}" if one.line else one.origin)
    yield "[[dismiss]]"
    yield _pair("rule", one.rule)
    yield _list("paths", one.paths)
    yield _pair("reason", one.reason)


def _origin(place: str) -> list[str]:
    return [_comment(place)] if place else []


def _comment(text: str) -> str:
    return f"# {visible(text)}"


def _list(key: str, values: Iterable[str]) -> str:
    return f"{key} = [{', '.join(map(_quoted, values))}]"


def _pair(key: str, value: str) -> str:
    return f"{key} = {_quoted(value)}"


def _quoted(text: str) -> str:
    """A TOML string on one line, with everything spelled out that a reader would not see."""
    return f'"{"".join(map(_spelled, text))}"'


def _spelled(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == " " or not is_odd(character):
        return character
    return f"\\U{ord(character):08X}"
