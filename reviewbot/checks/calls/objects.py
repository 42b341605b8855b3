"""Objects that come to life from data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.calls.options import Option, Row, is_off, is_on, met, reads
from reviewbot.checks.calls.rules import OBJECTS
from reviewbot.checks.calls.values import is_request
from reviewbot.core.expressions import NAME, Call
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import Scopes
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import is_constant
from reviewbot.core.symbols import Touched, text_of

_CALLS = {
    "python": re.compile(
        r"^(_?pickle|cPickle|dill|cloudpickle|marshal|jsonpickle)\.(loads?|decode|Unpickler)$|^(yaml|ruamel\.yaml)\.unsafe_load(_all)?$|"
        r"^(pd|pandas)\.read_pickle$|^shelve\.open$"
    ),
    "javascript": re.compile(r"(?i)^(serialize|nodeSerialize|node_serialize|serializer)\.unserialize$|^unserialize$"),
    "java": re.compile(
        r"^(java\.io\.)?ObjectInputStream$|^(java\.beans\.)?XMLDecoder$|(^|\.)(enableDefaultTyping|fromXML)$"
    ),
    "csharp": re.compile(
        r"(^|\.)(BinaryFormatter|NetDataContractSerializer|SoapFormatter|LosFormatter|ObjectStateFormatter|SimpleTypeResolver)$"
    ),
    "ruby": re.compile(r"^(Marshal\.(load|restore)|(YAML|Psych)\.unsafe_load(_file)?|Oj\.object_load)$"),
    "php": re.compile(r"^unserialize$"),
}
#: Reading these is how programs keep their own state: worth a look, no more.
_OWN = re.compile(
    r"^(_?pickle|cPickle|dill|cloudpickle|marshal)\.|read_pickle$|^shelve|^Marshal\.|^unserialize$|ObjectInputStream$|fromXML$"
)
#: What is dangerous without an argument: what makes a reader, or sets one up.
_ALONE = re.compile(r"^(enableDefaultTyping|XMLDecoder|[A-Z]\w*(Formatter|Serializer|Resolver))$")
#: What was written a moment ago in the same expression: a deep copy.
_COPY = re.compile(r"(?i)\b(dumps?|serialize)\s*\(")
_CONFINED = re.compile(r"allowed_classes")
_YAML = re.compile(r"^(yaml|ruamel\.yaml)\.(load|load_all)$")
_LOADER = re.compile(r"(^|\.)C?(Unsafe|Full)?Loader$")

_OPTIONS = {
    "python": (
        Row(OBJECTS, re.compile("^allow_pickle$"), is_on, re.compile(r"^(np|numpy)\.load$")),
        Row(OBJECTS, re.compile("^weights_only$"), is_off, re.compile(r"^torch\.load$")),
    ),
    "csharp": (
        Row(OBJECTS, re.compile(r"(^|\.)TypeNameHandling$"), reads(r"^TypeNameHandling\.(All|Auto|Objects|Arrays)$")),
    ),
    "ruby": (Row(OBJECTS, re.compile("^mode$"), reads("^:object$"), re.compile(r"^Oj\.load$")),),
}  # fmt: skip


def look(call: Call, language: str, scopes: Scopes) -> Iterator[Sighting]:
    name = _CALLS.get(language)
    if name is not None and name.search(call.name) and _is_read(call, scopes):
        source = call.argument(0)
        low = _OWN.search(call.name) and not (source is not None and is_request(scopes.value(source, call.node)))
        yield Sighting(OBJECTS, (call.place,), call.name, severity=Severity.LOW if low else None)
    if language == "python" and _YAML.search(call.name):
        loader = call.argument(1) or call.keywords.get("Loader")
        # Without a loader old versions read objects and new ones refuse: either is a mistake.
        if call.arguments and (loader is None or _LOADER.search(text_of(loader, NAME))):
            yield Sighting(OBJECTS, (loader or call.place,), call.name)


def _is_read(call: Call, scopes: Scopes) -> bool:
    source = call.argument(0)
    if source is None:
        return _ALONE.search(call.last) is not None
    text = text_of(scopes.value(source, call.node), 4 * NAME)
    options = text_of(call.argument(1), 20 * NAME) + "".join(call.keywords)
    return not (is_constant(source) or _COPY.search(text) or _CONFINED.search(options))


def option(found: Option, language: str, touched: Touched) -> Iterator[Sighting]:
    yield from met(found, _OPTIONS.get(language, ()), touched)
