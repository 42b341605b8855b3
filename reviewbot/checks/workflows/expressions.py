"""Expressions `${{ … }}` and what of them a stranger writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

EMPTY: Mapping[str, str] = MappingProxyType({})

#: From the opening to the closing braces, or to the end: no text is read twice.
_EXPRESSION = re.compile(r"\$\{\{((?:[^}]|\}(?!\}))*+)")
_INDEX = re.compile(r"\[\s*'([\w-]+)'\s*\]")
_NUMBER = re.compile(r"\[\s*[\d*]{1,9}\s*\]")
#: Calls whose value is a truth or a hash, with plain arguments.
_SAFE_CALL = re.compile(r"\b(contains|startswith|endswith|hashfiles)\([^()]*+\)")
_PERSON = r"(author|committer)\.(name|email)"
#: Fields that anybody can fill: with an issue, a comment, a branch, a commit.
_UNTRUSTED = re.compile(
    r"\bgithub\.(head_ref\b|event\.("
    r"(issue|pull_request|discussion)\.(title|body)\b|"
    r"(comment|review|review_comment)\.body\b|"
    r"pull_request\.head\.(ref|label|repo\.(default_branch|description|homepage))\b|"
    rf"(head_commit|commits\.\*)\.(message\b|{_PERSON}\b)|"
    r"pages\.\*\.page_name\b|changes\.(title|body)\.from\b|"
    rf"workflow_run\.(head_branch|display_title|head_commit\.(message|{_PERSON})|pull_requests\.\*\.head\.ref)\b))"
)
#: Whole objects that have such fields.
_WHOLE = re.compile(r"\btojson\(\s*(github(\.event(\.(issue|pull_request|discussion|comment|review|commits|head_commit|"
                    r"workflow_run))?)?)\s*\)")  # fmt: skip
_COMPARED_AFTER = re.compile(r"\s*[=!]=")
_COMPARED_BEFORE = re.compile(r"[=!]=\s*$")
_VARIABLE = re.compile(r"\benv\.([\w-]+)")

#: The pull request's own commit, branch or repository.
HEAD = re.compile(
    r"\bgithub\.(head_ref\b|event\.(pull_request\.(head\.(sha|ref|repo\.(full_name|clone_url|html_url))|"
    r"merge_commit_sha)|workflow_run\.(head_(sha|branch)|head_commit\.id|head_repository\.full_name|"
    r"pull_requests\.\*\.head\.(sha|ref)))\b)"
)


def normal(expression: str) -> str:
    """In lower case, `['name']` as `.name`, any index as `.*`."""
    return _NUMBER.sub(".*", _INDEX.sub(r".\1", expression)).lower()


def expressions(text: str) -> Iterator[tuple[int, str]]:
    """Every expression with the number of line ends before it."""
    line = position = 0
    for match in _EXPRESSION.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line, match[1]


def untrusted(expression: str, variables: Mapping[str, str] = EMPTY) -> str | None:
    """What of an expression's value a stranger writes, directly or through a variable; None for nothing."""
    text = _SAFE_CALL.sub("true", normal(expression))
    whole = _WHOLE.search(text)
    if whole is not None:
        return whole[1]
    for match in _UNTRUSTED.finditer(text):
        before = text[max(0, match.start() - 8) : match.start()]
        if not (_COMPARED_AFTER.match(text, match.end()) or _COMPARED_BEFORE.search(before)):
            return match[0]
    held = (name for name in _VARIABLE.findall(text) if name in variables)
    return next((f"env.{name}, which is {variables[name]}" for name in held), None)


def tainted(variables: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The variables that hold what a stranger writes, and what that is."""
    found: dict[str, str] = {}
    for name, text in variables:
        what = next((what for _, part in expressions(text) if (what := untrusted(part))), None)
        if what is not None:
            found[name] = what
        else:
            found.pop(name, None)
    return found
