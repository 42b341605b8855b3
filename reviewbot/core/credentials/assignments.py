"""Credentials by the name they are given: `name = value` in code, settings, markup, queries and command lines.

One RE2 pass finds the names and what joins them to a value; only there is the value read, by bounded patterns,
and judged together with its name. Whatever the text, a name costs a constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from reviewbot.core.credentials import values
from reviewbot.core.credentials.hits import Span
from reviewbot.core.credentials.names import Sense, sense
from reviewbot.core.credentials.sites import each, finder
from reviewbot.core.credentials.words import CODE, SETTINGS

#: The words by which a name tells.
_TELLING = "pass|pwd|pw|psk|psw|secret|token|key|auth|cred|signature|verifier|jwt|bearer|cookie|session|dsn|hmac"
#: What RE2 looks for: such a name and, close behind it, the beginning of a value.
_PLACE = (
    rf"(?i:{_TELLING})[A-Za-z0-9_.-]*[}})\]\\\"'`]*"
    r"(?:[ \t:?+!=~|.<>,(]+(?:[A-Za-z_&*\[][A-Za-z0-9_.\[\]<>?|& ]{0,40}=[ \t]*)?|"
    r"[ \t,]*(?:\r?\n[ \t-]*)?\\?[\"']?(?i:(?:default)?value)\W+)"
    r"(?:\r?\n[ \t]*)?(?:[A-Za-z@$]{0,3}\\*[\"'`])?[^\s\"'`,;(){}<>\[\]]{4}"
)
#: The shortest telling word: what joins one name to its value may hold another name.
_STEP = 2
#: The name from its telling word on, what closes it, what joins it to the value, the first signs of the value.
_SITE = re.compile(
    rf"((?:{_TELLING})[A-Za-z0-9_.-]{{0,80}})"
    r"[})\]]{0,2}(\\{0,3}[\"'`]|)[})\]]{0,2}"
    r"([ \t]{0,10}(?:"
    r"(?:[ \t,]{1,4}|[ \t]{0,4}\r?\n[ \t-]{0,40})\\?[\"']?(?:default)?value\\?[\"']?[ \t]{0,4}[=:]|"
    r"(?::[ \t]{0,4}[A-Za-z_&*\[][A-Za-z0-9_.\[\]<>?|& ]{0,40})?=|[ \t][A-Za-z_.*\[\]]{1,20}[ \t]{1,4}=|"
    r"[:?+!=~|.]{0,2}[=:]{1,3}[=>]?|=>|<-|,|\(|>|[ \t]"
    r")(?:[ \t]{0,10}(?:[|>]-?[ \t]{0,4})?\r?\n[ \t]{0,40}|[ \t]{0,40}))"
    r"(?=(?:[A-Za-z@$]{0,3}\\{0,3}[\"'`])?[^\s\"'`,;(){}<>\[\]]{4})",
    re.IGNORECASE | re.ASCII,
)
_BEFORE = re.compile(r"[A-Za-z0-9_.$:-]*")
_QUOTE = re.compile(r"[A-Za-z@$]{0,3}(\\{0,3})([\"'`])")
_QUOTED = {quote: re.compile(rf"(?:[^{quote}\\\n]|\\[^\n]){{1,2000}}(?={quote})") for quote in "\"'`"}
_BARE = re.compile(r"[^\s\"'`<>,;|&(){}\[\]\\]{4,2000}")
#: The same in files whose every line is a name and a value.
_LINE = re.compile(r"[^\s\"'`]{4,2000}")
#: What may follow a bare value unless a tight "=" joins it: the end of the line, in effect.
_ENDS = re.compile(r"[ \t]*(?:$|[\r\n,;}\])<&\"'`\\]|#|//|--)")
_OPENED = re.compile(r"\\.|([\"'`])", re.DOTALL)
#: Files of translations, where names like "password" have the word itself as value.
_TRANSLATIONS = re.compile(r"(?i)(?:^|[/_.-])(?:i18n|l10n|locales?|lang|languages?|translations?|messages)(?:[/_.-]|$)")
#: How much of a value is judged, and how far back a quote is looked for.
_JUDGED, _BACK = 128, 160


def spans(text: str, raw: bytes, path: str) -> Iterator[Span]:
    """Every value that its name and its looks call a credential. `raw` has one byte for each character of `text`."""
    translated = _TRANSLATIONS.search(path) is not None
    return each(finder(_PLACE), raw, partial(_looked, text, _ending(path), translated), step=_STEP)


def _looked(text: str, ending: str, translated: bool, start: int) -> Iterator[Span]:
    found = _SITE.match(text, start)
    if found is None:
        return
    name, joint = _name(text, *found.span(1)), found[3]
    what = Sense.NOTHING if "::" in name else sense(name)
    if what is Sense.NOTHING:
        return
    opened = "" if found[2] else _opened(text, start)
    read = _value(text, found.end(), name, joint, opened, ending)
    if read is None:
        return
    start, end, literal = read
    sure = judged(what, text[start : min(end, start + _JUDGED)], literal and not translated)
    # Lists, calls and prose put names before values that are not theirs.
    if sure >= (0.7 if joint.strip() in ("", ",", "(") and not name.startswith("-") else 0.1):
        yield Span(start, end, _kind(what, name), sure)


def _ending(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return "env" if name.startswith(".env") else name.rpartition(".")[2]


def _name(text: str, start: int, end: int) -> str:
    """The whole name around its telling word."""
    before = _BEFORE.match(text[max(0, start - 60) : start][::-1])
    return (before[0][::-1] if before else "") + text[start:end]


def _opened(text: str, end: int) -> str:
    """The quote that is open at this place of its line, "" for none."""
    window = text[max(0, end - _BACK) : end].rpartition("\n")[2]
    opened = ""
    for found in _OPENED.finditer(window):
        quote = found[1]
        if quote and not opened:
            opened = quote
        elif quote == opened:
            opened = ""
    return opened


def _value(text: str, start: int, name: str, joint: str, opened: str, ending: str) -> tuple[int, int, bool] | None:
    """Where the value is, and whether it is sure to be a literal that this name has; None where no value stands."""
    tight = joint.strip()
    quote = _QUOTE.match(text, start)
    if quote is not None:
        # The quote that ends the string in which the name stands begins no value.
        if opened and not quote[1] and quote[2] == opened:
            return None
        span = _quoted(text, quote)
        return (*span, tight not in ("", ",", "(")) if span else None
    if tight in (",", "(") or (not tight and not name.startswith("-")):
        return None
    if ending in CODE and not opened and tight != ">":
        span = None if "\n" in joint else _in_code(text, start)
    else:
        span = _bare(text, start, joint, ending)
    return (*span, ending in SETTINGS and tight in ("=", ":")) if span else None


def _quoted(text: str, quote: re.Match[str]) -> tuple[int, int] | None:
    start = quote.end()
    if quote[1]:
        end = text.find(quote[1] + quote[2], start, start + 2000)
        return (start, end) if end > start and "\n" not in text[start:end] else None
    found = _QUOTED[quote[2]].match(text, start)
    return found.span() if found else None


def _bare(text: str, start: int, joint: str, ending: str) -> tuple[int, int] | None:
    found = (_LINE if ending in SETTINGS else _BARE).match(text, start)
    if found is None or (joint != "=" and not _ENDS.match(text, found.end(), found.end() + 40)):
        return None
    return found.span()


def _in_code(text: str, start: int) -> tuple[int, int] | None:
    """Where values have quotes, what has none is an expression, unless no name looks so random."""
    found = _BARE.match(text, start)
    if found is None or text[found.end() : found.end() + 1] in ("(", "[", "{"):
        return None
    if values.is_name(found[0]) and values.randomness(found[0][:_JUDGED]) < 1.0:
        return None
    return found.span()


def judged(what: Sense, value: str, literal: bool) -> float:
    """How sure it is that this value under such a name is a credential; 0 for no."""
    if values.is_number(value):
        return 0.6 if literal and what >= Sense.GENERATED and len(value) >= 6 and not values.is_dummy(value) else 0.0
    if len(value) < 4 or " " in value or values.is_reference(value) or values.is_dummy(value):
        return 0.0
    if what is Sense.HINT and values.login(value):
        return 0.9
    return {Sense.CHOSEN: _chosen, Sense.GENERATED: _generated}.get(what, _hinted)(value, literal)


def _chosen(value: str, literal: bool) -> float:
    """People choose words too; then only the form of an assignment says that it is one."""
    if values.randomness(value) >= 0.5:
        return 0.9
    if values.is_wordy(value):
        return 0.3 if literal else 0.0
    return 0.6


def _generated(value: str, literal: bool) -> float:
    if values.is_uuid(value):
        return 0.7
    if values.is_wordy(value):
        return 0.0
    random = values.randomness(value)
    if random >= 0.3:
        return 0.9 if random >= 0.7 else 0.7
    return 0.5 if len(value) >= 8 else 0.3 if literal else 0.0


def _hinted(value: str, _: bool) -> float:
    if values.is_uuid(value) or values.is_wordy(value) or len(value) < 20:
        return 0.0
    return 0.6 if values.randomness(value) >= 1.0 else 0.0


def _kind(what: Sense, name: str) -> str:
    if what is Sense.CHOSEN:
        return "password"
    low = name.lower()
    return next((word for word in ("token", "secret", "key") if word in low), "credential")
