"""What of the API would break somebody's client: `python -m local.breaking`, and `--accept` for a deliberate release.

Two descriptions are compared: the one released last (`docs/api/openapi.released.json`) and today's. A request may be
asked for less and may say more; an answer may say more and must not say less.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final, Literal

from local.openapi import PATH
from parley.business.openapi import document

if TYPE_CHECKING:
    from collections.abc import Iterator

RELEASED: Final = PATH.with_name("openapi.released.json")

type Side = Literal["request", "answer"]
type Shape = dict[str, Any]

_AT_MOST: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_AT_LEAST: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_EXACTLY: Final = ("pattern", "format", "const", "multipleOf", "uniqueItems")


def changes(old: Shape, new: Shape) -> list[str]:
    """Every change that breaks, as `<operation> <place>: <what>`; none when everybody's client goes on working."""
    return list(dict.fromkeys(_Comparison(old, new).all()))


class _Comparison:
    def __init__(self, old: Shape, new: Shape) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, Side]] = set()

    def all(self) -> Iterator[str]:
        for path, methods in self._old["paths"].items():
            for method, operation in methods.items():
                label = f"{method.upper()} {path}"
                if (now := self._new["paths"].get(path, {}).get(method)) is None:
                    yield f"{label}: is gone"
                else:
                    self._seen.clear()  # a shape is told of once for each operation
                    yield from (f"{label} {each}" for each in self._operation(operation, now))

    def _operation(self, old: Shape, new: Shape) -> Iterator[str]:
        if old.get("security") != new.get("security"):
            yield f"security: was {old.get('security')}, is {new.get('security')}"
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                yield f"{status}: is not answered any more"
            else:
                now = self._part(self._new, new["responses"][status])
                yield from self._answer(status, self._part(self._old, answer), now)

    def _parameters(self, old: Shape, new: Shape) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in old.get("parameters", [])}
        after = {(each["in"], each["name"]): each for each in new.get("parameters", [])}
        for (kind, name), each in after.items():
            if each.get("required") and not before.get((kind, name), {}).get("required"):
                yield f"{kind} {name}: is required now"
        for (kind, name), each in before.items():
            if (kind, name) not in after:
                yield f"{kind} {name}: is not taken any more"
            else:
                yield from self._shape(each["schema"], after[kind, name]["schema"], f"{kind} {name}", "request")

    def _body(self, old: Shape | None, new: Shape | None) -> Iterator[str]:
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield "body: is required now"
        for kind, content in (old or {}).get("content", {}).items():
            if new is None or kind not in new["content"]:
                yield f"body: {kind} is not taken any more"
            else:
                yield from self._shape(content["schema"], new["content"][kind]["schema"], "body", "request")

    def _answer(self, status: str, old: Shape, new: Shape) -> Iterator[str]:
        for name in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            yield f"{status}: has no {name} any more"
        for kind, content in old.get("content", {}).items():
            if kind not in new.get("content", {}):
                yield f"{status}: has no {kind} any more"
            else:
                yield from self._shape(content["schema"], new["content"][kind]["schema"], status, "answer")

    def _shape(self, old: Shape, new: Shape, where: str, side: Side) -> Iterator[str]:
        names = (str(old.get("$ref")), str(new.get("$ref")), side)
        if "$ref" in old and "$ref" in new:
            if names in self._seen:
                return
            self._seen.add(names)
        old, new = self._part(self._old, old), self._part(self._new, new)
        before, after = self._branches(self._old, old), self._branches(self._new, new)
        kept, found = (before, after) if side == "request" else (after, before)
        for key in kept.keys() - found.keys():
            yield f"{where}: " + (f"{key} is not taken any more" if side == "request" else f"may be {key} now")
        for key in before.keys() & after.keys():
            yield from self._branch(before[key], after[key], where, side)

    def _branch(self, old: Shape, new: Shape, where: str, side: Side) -> Iterator[str]:
        yield from _limits(old, new, where) if side == "request" else ()
        gone = old.get("properties", {}).keys() - new.get("properties", {}).keys()
        said = "is gone" if side == "answer" else "is refused now"
        yield from (f"{where}/{name}: {said}" for name in sorted(gone))
        required = (set(old.get("required", [])), set(new.get("required", [])))
        if side == "request":
            yield from (f"{where}/{name}: is required now" for name in sorted(required[1] - required[0]))
        else:
            lost = required[0] - required[1] - gone
            yield from (f"{where}/{name}: may be missing now" for name in sorted(lost))
        for name in old.get("properties", {}).keys() & new.get("properties", {}).keys():
            yield from self._shape(old["properties"][name], new["properties"][name], f"{where}/{name}", side)
        if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
            yield from self._shape(old["items"], new["items"], f"{where}/-", side)

    def _branches(self, document: Shape, shape: Shape) -> dict[str, Shape]:
        """What may stand there, by kind: a union's members, or the one shape there is."""
        members = shape.get("anyOf") or (shape.get("oneOf") if "properties" not in shape else None) or [shape]
        found: dict[str, Shape] = {}
        for each in members:
            member = self._part(document, each)
            kind = each["$ref"].rpartition("/")[2] if "$ref" in each and len(members) > 1 else member.get("type")
            if kind is None and member is not shape and {"anyOf", "oneOf"} & member.keys():
                found |= self._branches(document, member)
            else:
                found[str(kind or "anything")] = member
        return found

    def _part(self, document: Shape, part: Shape) -> Shape:
        while "$ref" in part:
            _, *steps = part["$ref"].split("/")
            part = document
            for step in steps:
                part = part[step]
        return part


def _limits(old: Shape, new: Shape, where: str) -> Iterator[str]:
    """How a value that was good may be refused now."""
    if "enum" in new and (lost := set(old.get("enum", ["any text"])) - set(new["enum"])):
        yield f"{where}: {', '.join(sorted(map(str, lost)))} is not taken any more"
    for name in _AT_MOST:
        if name in new and new[name] < old.get(name, float("inf")):
            yield f"{where}: {name} is {new[name]} now"
    for name in _AT_LEAST:
        if name in new and new[name] > old.get(name, 0):
            yield f"{where}: {name} is {new[name]} now"
    for name in _EXACTLY:
        if name in new and new[name] != old.get(name):
            yield f"{where}: {name} is {new[name]} now"
    if new.get("additionalProperties") is False and old.get("additionalProperties", True) is not False:
        yield f"{where}: unknown fields are refused now"


def main(arguments: list[str]) -> int:
    """1 when something breaks; with `--accept` today's description becomes the released one."""
    if arguments == ["--accept"]:
        RELEASED.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    found = changes(json.loads(RELEASED.read_text(encoding="utf-8")), document())
    sys.stdout.writelines(f"{each}\n" for each in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
