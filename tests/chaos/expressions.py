"""DynamoDB's expressions: a small parser into closures. What it does not know it does not guess: Unsupported.

Grammar: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html, top-level paths only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.chaos import operands
from tests.chaos.loop import Unsupported
from tests.chaos.operands import Condition, Invalid, Names, Operand

_TOKEN: Final = re.compile(r"\s*(?:(<=|>=|<>|[=<>(),+-])|([:#]?[A-Za-z_][A-Za-z0-9_]*))")
_COMPARATORS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_CLAUSES: Final = frozenset({"SET", "REMOVE", "ADD", "DELETE"})


@dataclass(frozen=True)
class Update:
    """What an UpdateExpression does: name and operand of each clause."""

    sets: list[tuple[str, Operand]] = field(default_factory=list)
    removes: list[str] = field(default_factory=list)
    adds: list[tuple[str, str]] = field(default_factory=list)
    deletes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Parsed[Meaning]:
    """The meaning, and which placeholders it uses."""

    meaning: Meaning
    names: frozenset[str]
    values: frozenset[str]


@cache
def condition(text: str) -> Parsed[Condition]:
    """A ConditionExpression, KeyConditionExpression or FilterExpression."""
    reader = _Reader(text)
    meaning = reader.any_of()
    reader.end()
    return Parsed(meaning, frozenset(reader.names), frozenset(reader.values))


@cache
def update(text: str) -> Parsed[Update]:
    """An UpdateExpression."""
    reader = _Reader(text)
    meaning = reader.update()
    reader.end()
    return Parsed(meaning, frozenset(reader.names), frozenset(reader.values))


@cache
def projection(text: str) -> Parsed[list[str]]:
    """A ProjectionExpression: the paths as written."""
    reader = _Reader(text)
    paths = [reader.path()]
    while reader.take(","):
        paths.append(reader.path())
    reader.end()
    return Parsed(paths, frozenset(reader.names), frozenset(reader.values))


def resolve(path: str, names: Names) -> str:
    """The attribute a path names."""
    return names[path] if path.startswith("#") else path


@cache
def _reserved() -> frozenset[str]:
    """Words that may not stand for an attribute without `#`. moto keeps DynamoDB's list."""
    found = find_spec("moto")
    if found is None or not found.submodule_search_locations:
        raise Unsupported("moto is not installed")
    text = Path(found.submodule_search_locations[0], "dynamodb/parsing/reserved_keywords.txt").read_text()
    return frozenset(text.upper().split())


class _Reader:
    """A recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self.names: set[str] = set()
        self.values: set[str] = set()

    def end(self) -> None:
        if self._at != len(self._tokens):
            raise Unsupported(f"cannot read {self._text!r} from {self._tokens[self._at]!r} on")

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, *wanted: str) -> bool:
        """Step over the next token if it is one of these words or signs."""
        if self.peek().upper() in wanted:
            self._at += 1
            return True
        return False

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise Unsupported(f"expected {wanted} at {self.peek()!r} in {self._text!r}")

    def next(self) -> str:
        token = self.peek()
        if not token:
            raise Unsupported(f"{self._text!r} ends too soon")
        self._at += 1
        return token

    def path(self) -> str:
        token = self.next()
        if token.startswith("#"):
            self.names.add(token)
        elif token.startswith(":") or not (token[0].isalpha() or token[0] == "_"):
            raise Unsupported(f"{token!r} is no path in {self._text!r}")
        elif token.upper() in _reserved():
            raise Invalid(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        return token

    def value(self) -> str:
        token = self.next()
        if not token.startswith(":"):
            raise Unsupported(f"{token!r} is no value in {self._text!r}")
        self.values.add(token)
        return token

    def any_of(self) -> Condition:
        parts = [self.all_of()]
        while self.take("OR"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else lambda item, n, v: any(part(item, n, v) for part in parts)

    def all_of(self) -> Condition:
        parts = [self.negated()]
        while self.take("AND"):
            parts.append(self.negated())
        return parts[0] if len(parts) == 1 else lambda item, n, v: all(part(item, n, v) for part in parts)

    def negated(self) -> Condition:
        if self.take("NOT"):
            inner = self.negated()
            return lambda item, n, v: not inner(item, n, v)
        if self.take("("):
            inner = self.any_of()
            self.need(")")
            return inner
        return self.test()

    def test(self) -> Condition:
        word = self.peek().lower()
        if word in {"attribute_exists", "attribute_not_exists"}:
            self.next()
            self.need("(")
            path = self.path()
            self.need(")")
            wanted = word == "attribute_exists"
            return lambda item, n, _: (resolve(path, n) in item) is wanted
        if word in {"begins_with", "contains"}:
            self.next()
            self.need("(")
            whole = self.operand()
            self.need(",")
            part = self.operand()
            self.need(")")
            return operands.begins(whole, part) if word == "begins_with" else operands.contains(whole, part)
        return self.comparison()

    def comparison(self) -> Condition:
        left = self.operand()
        if self.take("BETWEEN"):
            low = self.operand()
            self.need("AND")
            high = self.operand()
            above, below = operands.compared(">=", left, low), operands.compared("<=", left, high)
            return lambda item, n, v: above(item, n, v) and below(item, n, v)
        if self.take("IN"):
            self.need("(")
            options = [self.operand()]
            while self.take(","):
                options.append(self.operand())
            self.need(")")
            same = [operands.compared("=", left, option) for option in options]
            return lambda item, n, v: any(one(item, n, v) for one in same)
        sign = self.next()
        if sign not in _COMPARATORS:
            raise Unsupported(f"{sign!r} compares nothing in {self._text!r}")
        return operands.compared(sign, left, self.operand())

    def operand(self) -> Operand:
        token = self.peek()
        if token.startswith(":"):
            name = self.value()
            return lambda _, __, v: v[name]
        if token.lower() == "if_not_exists":
            self.next()
            self.need("(")
            path = self.path()
            self.need(",")
            other = self.operand()
            self.need(")")
            return lambda item, n, v: item.get(resolve(path, n)) or other(item, n, v)
        if token.lower() == "size":
            self.next()
            self.need("(")
            path = self.path()
            self.need(")")
            return lambda item, n, _: operands.size(item.get(resolve(path, n)))
        path = self.path()
        return lambda item, n, _: item.get(resolve(path, n))

    def sum(self) -> Operand:
        left = self.operand()
        sign = self.peek()
        if not self.take("+", "-"):
            return left
        right = self.operand()
        factor = 1 if sign == "+" else -1
        return lambda item, n, v: operands.added(left(item, n, v), right(item, n, v), factor)

    def update(self) -> Update:
        found = Update()
        seen: set[str] = set()
        while self.peek():
            clause = self.next().upper()
            if clause not in _CLAUSES or clause in seen:
                raise Unsupported(f"{clause!r} is no clause, or twice, in {self._text!r}")
            seen.add(clause)
            self.entry(clause, found)
            while self.take(","):
                self.entry(clause, found)
        return found

    def entry(self, clause: str, found: Update) -> None:
        path = self.path()
        if clause == "SET":
            self.need("=")
            found.sets.append((path, self.sum()))
        elif clause == "REMOVE":
            found.removes.append(path)
        else:
            (found.adds if clause == "ADD" else found.deletes).append((path, self.value()))


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unsupported(f"cannot read {text!r} from {text[at:]!r} on")
        found.append(match[1] or match[2])
        at = match.end()
    return found
