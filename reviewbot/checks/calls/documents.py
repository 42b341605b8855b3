"""XML parsers told to follow what a document points to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.calls.options import Option, Row, is_off, is_on, met, reads
from reviewbot.checks.calls.rules import ENTITIES
from reviewbot.core.expressions import NAME, Call
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import truth
from reviewbot.core.symbols import Touched, text_of

_PARSER = re.compile(r"(^|\.)(XMLParser|iterparse|ETCompatXMLParser)$")
_OPTIONS = {
    "python": (
        Row(ENTITIES, re.compile("^(resolve_entities|load_dtd)$"), is_on, _PARSER),
        Row(ENTITIES, re.compile("^no_network$"), is_off, _PARSER),
        Row(ENTITIES, re.compile("^forbid_(entities|external)$"), is_off),
    ),
    "javascript": (
        Row(ENTITIES, re.compile("^(noent|replaceEntities)$"), is_on),
    ),
    "csharp": (
        Row(ENTITIES, re.compile(r"(^|\.)DtdProcessing$"), reads(r"(^|\.)DtdProcessing\.Parse$")),
        Row(ENTITIES, re.compile(r"(^|\.)ProhibitDtd$"), is_off),
        Row(ENTITIES, re.compile(r"(^|\.)XmlResolver$"), reads(r"^new(System\.Xml\.)?XmlUrlResolver\b")),
    ),
    "ruby": (Row(ENTITIES, re.compile("^noent$"), is_on),),
}  # fmt: skip
#: Switches of a parser, by the words in their first argument: dangerous when on, or when off.
_SWITCH = {
    "java": re.compile(r"(^|\.)(setFeature|setProperty|setAttribute)$"),
    "python": re.compile(r"\.setFeature$"),
}
_ON = re.compile(
    r"external-(general|parameter)-entities|(?i:supporting_?external_?entities)|external_[gp]es$|load-external-dtd"
)
_OFF = re.compile(r"disallow-doctype-decl|FEATURE_SECURE_PROCESSING")
#: The same with one argument.
_SETTERS = frozenset({("java", "setExpandEntityReferences", True), ("php", "libxml_disable_entity_loader", False)})
#: Flags among the arguments of a parsing call.
_FLAGS = {
    "php": re.compile(r"\bLIBXML_(NOENT|DTDLOAD)\b"),
    "c": re.compile(r"\bXML_PARSE_(NOENT|DTDLOAD)\b"),
    "cpp": re.compile(r"\bXML_PARSE_(NOENT|DTDLOAD)\b"),
    "ruby": re.compile(r"ParseOptions::(NOENT|DTDLOAD)\b"),
}
_PARSES = re.compile(
    r"(?i)^(load(xml|html)?|open|simplexml_load_(string|file)|xml(read|ctxtread|parse)\w*|xmlctxtuseoptions|xml|parse|new)$"
)


def look(call: Call, language: str) -> Iterator[Sighting]:
    switch, flags = _SWITCH.get(language), _FLAGS.get(language)
    if switch is not None and switch.search(call.name) and len(call.arguments) == 2:
        feature, value = text_of(call.arguments[0], NAME).strip("\"'"), truth(call.arguments[1])
        if (value is True and _ON.search(feature)) or (value is False and _OFF.search(feature)):
            yield Sighting(ENTITIES, (call.place,), feature)
    elif (language, call.last, truth(call.argument(0))) in _SETTERS:
        yield Sighting(ENTITIES, (call.place,), call.last)
    elif flags is not None and _PARSES.search(call.last):
        for argument in (*call.arguments, *call.keywords.values()):
            if flags.search(text_of(argument, NAME)):
                yield Sighting(ENTITIES, (argument,), call.last)
                return


def option(found: Option, language: str, touched: Touched) -> Iterator[Sighting]:
    yield from met(found, _OPTIONS.get(language, ()), touched)
