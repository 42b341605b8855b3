"""A target in a test: the line that imports it, the name that it has there, and how a case calls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reviewbot.tasks.scaffold.naming import literal
from reviewbot.tasks.scaffold.suites import Case, Parameter, Suite, Target

#: Words that nothing can be named, and names that a test or a value in it already has.
_RESERVED = frozenset({
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete",
    "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements",
    "import", "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public",
    "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
    "yield", "async", "of", "exports", "module", "require", "globalThis",
})  # fmt: skip
_TAKEN = _RESERVED | frozenset({
    "after", "afterAll", "afterEach", "assert", "before", "beforeAll", "beforeEach", "describe", "expect", "it",
    "instance", "jest", "loaded", "mocha", "setup", "skip", "suite", "t", "test", "unwritten", "vi", "AbortController",
    "Array",
    "Buffer", "Date", "Error", "EvalError", "FormData", "Headers", "Map", "NaN", "Promise", "RangeError",
    "ReferenceError", "Set", "String", "Symbol", "SyntaxError", "TypeError", "URIError", "URL", "URLSearchParams",
    "Uint8Array", "WeakMap", "undefined",
})  # fmt: skip
_ERRORS = frozenset({
    "Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "AggregateError",
})  # fmt: skip
ALIAS, INSTANCE = "subject", "instance"


def local(target: Target) -> str:
    """What the export is called in the test."""
    name = target.owner or target.called
    return ALIAS if name in _TAKEN else name


def error_of(case: Case, target: Target) -> str:
    """The class that a raising case names, "" where the test has no such name."""
    known = target.traits.get("errors", "").split()
    usable = case.raises in known and case.raises not in _TAKEN and case.raises != local(target)
    return case.raises if case.raises in _ERRORS or usable else ""


def imported(suite: Suite, modern: bool, quote: str) -> str:
    """The statements that bring in the target and the errors of its own that the cases name."""
    target, name = suite.target, local(suite.target)
    form, where = target.traits.get("form", "named"), literal(suite.module, quote)
    errors = sorted({error_of(case, target) for case in suite.cases} - _ERRORS - {""})
    exported = target.traits.get("exported", name)
    if form == "named":
        errors.insert(0, exported if exported == name else f"{exported}{' as ' if modern else ': '}{name}")
    names = f"{{ {', '.join(errors)} }}"
    if not modern:
        bound = f"default: {name}" if form == "default" else ""
        names = f"{{ {', '.join(filter(None, [bound, *errors]))} }}"
        return f"const {name if form == 'whole' else names} = require({where});"
    commonjs = target.traits.get("system") == "commonjs"
    if form == "named" and (commonjs or exported in _RESERVED):
        # Not every name that CommonJS exports is one that `import { … }` finds, and not every word may stand there.
        loaded = "loaded" if commonjs else "* as loaded"
        return f"import {loaded} from {where};\n\nconst {names.replace(' as ', ': ')} = loaded;"
    clause = names if form == "named" else f"{name}, {names}" if errors and form == "default" else name
    return f"import {clause} from {where};"


def call(case: Case, target: Target, quote: str, owner: str = "") -> str:
    """The expression of a case's call, of an instance where there is one already."""
    arguments = _given(target.parameters, dict(case.arguments), target.traits, "", quote)
    if not target.owner:
        return f"{local(target)}({arguments})"
    owner = owner or instance(case, target, quote) or local(target)
    return f"{owner}.{target.called}" + ("" if target.traits.get("getter") else f"({arguments})")


def instance(case: Case, target: Target, quote: str) -> str:
    """The expression of what a method is called on, "" where that is nothing made."""
    if not target.owner or target.traits.get("static"):
        return ""
    given = _given(target.constructor, dict(case.construction), target.traits, "constructor-", quote)
    return f"new {local(target)}({given})"


def _given(parameters: Sequence[Parameter], values: Mapping[str, str], traits: Mapping[str, str], prefix: str,
           quote: str) -> str:  # fmt: skip
    rest, options = traits.get(f"{prefix}rest"), traits.get(f"{prefix}options")
    found = [_spread(value) if name and name == rest else value for name, value in _slots(parameters, values, options)]
    while found and not found[-1]:
        found.pop()
    return ", ".join(quoted(value, quote) or "undefined" for value in found)


def _spread(value: str) -> str:
    """What a parameter gets that takes all further arguments: the elements of an array."""
    return value[1:-1].strip() if value[:1] == "[" and value[-1:] == "]" else f"...{value}" if value else ""


def _slots(
    parameters: Sequence[Parameter], values: Mapping[str, str], options: str | None
) -> Iterator[tuple[str, str]]:
    """By place the name and the value, "" for what is left to its default; members of one object share a place."""
    members = [(one.name, values[one.name]) for one in parameters if one.named and one.name in values]
    is_open = options is not None
    for one in parameters:
        if not one.named:
            yield one.name, values.get(one.name, "")
        elif is_open:
            is_open = False
            inner = ", ".join(f"{name}: {value}" for name, value in members)
            yield "", f"{{ {inner} }}" if inner else "{}" if options == "required" else ""


def quoted(value: str, quote: str) -> str:
    """An expression of ours with the quotes that the repository likes."""
    return value.replace('"', quote) if quote != '"' and not set(value) & set("'\\`") else value
