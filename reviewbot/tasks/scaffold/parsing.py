"""Conditions of any language as small trees: what it does not know becomes a part that is unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from reviewbot.tasks.scaffold.literals import UNKNOWN, Value, read

#: A condition that is longer, or nests deeper, is not one that edge values decide.
MAX_TEXT, MAX_DEPTH = 400, 20
_TOKENS = re.compile(
    r"""(?P<blank>\s+)|(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<number>\d[\w]*(?:\.\d+\w*)?)|"""
    r"""(?P<name>[$@]?[A-Za-z_]\w*(?:\?(?![.?])|!(?=\())?)|"""
    r"""(?P<sign>===|!==|<=>|==|!=|<=|>=|&&|\|\||\?\.|->|::|[^\s])"""
)
_COMPARES = frozenset({"==", "!=", "===", "!==", "<", "<=", ">", ">=", "is", "in", "is not", "not in"})


@dataclass(frozen=True, slots=True)
class Expression:
    """`kind` is one of value, name, call, list, compare, arithmetic, not, and, or, unknown."""

    kind: str
    #: Name, called name or operator.
    text: str = ""
    parts: tuple[Expression, ...] = ()
    value: Value = UNKNOWN
    #: Of a comparison the operators between its parts.
    operators: tuple[str, ...] = ()


Condition = Expression
_NOTHING = Expression("unknown")


class _TooMuchError(Exception):
    """More than is read."""


@lru_cache(maxsize=4096)  # every row asks the same conditions
def parsed(text: str) -> Condition:
    """The tree of a condition; of kind "unknown" where there is no telling."""
    if len(text) > MAX_TEXT:
        return _NOTHING
    tokens = [match[0] for match in _TOKENS.finditer(text) if match.lastgroup != "blank"]
    reader = _Reader(tokens)
    try:
        tree = reader.either()
    except _TooMuchError:
        return _NOTHING
    return tree if reader.at == len(tokens) else _NOTHING


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    at: int = 0
    depth: int = field(default=0)

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The next token if it is one of these, else ""."""
        found = self.peek() if self.peek() in wanted else ""
        self.at += bool(found)
        return found

    def either(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooMuchError
        parts = [self.both()]
        while self.take("or", "||"):
            parts.append(self.both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Expression("or", parts=tuple(parts))

    def both(self) -> Expression:
        parts = [self.negated()]
        while self.take("and", "&&"):
            parts.append(self.negated())
        return parts[0] if len(parts) == 1 else Expression("and", parts=tuple(parts))

    def negated(self) -> Expression:
        count = 0
        while self.take("not"):
            count += 1
        inner = self.compared()
        return Expression("not", parts=(inner,)) if count % 2 else inner

    def compared(self) -> Expression:
        parts, operators = [self.summed()], []
        while operator := self.comparing():
            operators.append(operator)
            parts.append(self.summed())
        if not operators:
            return parts[0]
        return Expression("compare", parts=tuple(parts), operators=tuple(operators))

    def comparing(self) -> str:
        if self.peek() == "not" and self.peek(1) == "in":
            self.at += 2
            return "not in"
        operator = self.take(*_COMPARES)
        return "is not" if operator == "is" and self.take("not") else operator

    def summed(self) -> Expression:
        left = self.multiplied()
        while operator := self.take("+", "-"):
            left = Expression("arithmetic", operator, (left, self.multiplied()))
        return left

    def multiplied(self) -> Expression:
        left = self.signed()
        while operator := self.take("*", "/", "%"):
            left = Expression("arithmetic", operator, (left, self.signed()))
        return left

    def signed(self) -> Expression:
        signs = []
        while sign := self.take("!", "-", "&", "*", "+", "typeof"):
            signs.append(sign)
        inner = self.followed(self.primary())
        for sign in reversed(signs):
            if sign == "!":
                inner = Expression("not", parts=(inner,))
            elif sign == "-":
                inner = Expression("arithmetic", "-", (Expression("value", value=0), inner))
            elif sign == "typeof":
                inner = Expression("call", "typeof", (inner,))
        return inner

    def primary(self) -> Expression:
        word = self.peek()
        self.at += 1
        if word == "(":
            return self.bracketed()
        if word == "[":
            return Expression("list", parts=self.listed("]"))
        if word[:1].isalpha() or word[:1] in ("_", "$", "@"):
            value = read(word)
            return Expression("name", word.lstrip("$")) if value is UNKNOWN else Expression("value", value=value)
        if word[:1].isdigit() or (word[:1] in ("'", '"') and len(word) > 1):
            return Expression("value", value=read(word))
        raise _TooMuchError

    def bracketed(self) -> Expression:
        inner = self.listed(")")
        is_tuple = len(inner) != 1 or self.tokens[self.at - 2] == ","
        return Expression("list", parts=inner) if is_tuple else inner[0]

    def listed(self, closing: str) -> tuple[Expression, ...]:
        parts: list[Expression] = []
        while not self.take(closing):
            parts.append(self.either())
            if not self.take(",") and self.peek() != closing:
                raise _TooMuchError
        return tuple(parts)

    def followed(self, inner: Expression) -> Expression:
        """With what stands behind it: members, calls, indexes."""
        while True:
            if self.take(".", "?.", "->", "::"):
                inner = Expression("call", self.peek(), (inner,))
                self.at += 1
                if self.take("("):
                    inner = Expression("call", inner.text, (*inner.parts, *self.listed(")")))
            elif self.peek() == "(" and inner.kind == "name":
                self.at += 1
                inner = Expression("call", inner.text, self.listed(")"))
            elif self.take("[", "("):
                self.listed("]" if self.tokens[self.at - 1] == "[" else ")")
                inner = _NOTHING
            else:
                return inner
