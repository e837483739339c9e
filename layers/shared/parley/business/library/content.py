"""What a template says: its variables and a body for each locale. Its shape is checked here, its sense in `faults`."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field

from parley.business.faults import pointer
from parley.business.kinds.base import Strict
from parley.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARS: Final = 150_000
"""own: a template's JSON is one attribute of one item (400 KB), in UTF-8. Pictures are kept apart, as assets."""

MAX_DEPTH: Final = 16
MAX_VARIABLES: Final = 50
MAX_LOCALES: Final = 20
MAX_DESCRIPTION: Final = 500
MAX_NUMBER: Final = 2**63 - 1

NAME: Final = r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$"
"""A slug: it stands in a path."""

RESERVED: Final = frozenset({"assets", "import"})
"""Paths of their own beside the templates."""

_WORD: Final = r"[a-z][a-z0-9_]{0,39}"

type VariableName = Annotated[
    str, Field(pattern=rf"^{_WORD}(\.{_WORD}){{0,4}}$", description="`order.number` is `number` of the object `order`.")
]
type VariableType = Literal["string", "number", "boolean", "date-time", "url", "list"]


class Variable(Strict):
    """What a message of this template has to be told. It is required, unless it has a default or says otherwise."""

    name: VariableName
    type: VariableType = "string"
    required: bool = True
    default: Annotated[Any, Field(description="Stands where the sender says nothing.")] = None
    example: Annotated[Any, Field(description="What the template is tried with before it is published.")] = None
    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION)] = None

    @property
    def is_needed(self) -> bool:
        """Whether a message cannot do without it."""
        return self.required and self.default is None


type LocaleTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8}){0,4}$", examples=["en", "de_AT"])]


class TemplateContent(Strict):
    """A template. Each body is a message of this API without `to`; `{{name}}` stands for a variable."""

    description: Annotated[str, Field(max_length=MAX_DESCRIPTION)] = ""
    default_locale: LocaleTag
    variables: list[Variable] = Field(default_factory=list, max_length=MAX_VARIABLES)
    bodies: Annotated[
        dict[str, dict[str, Any]],
        Field(
            min_length=1,
            max_length=MAX_LOCALES,
            description="By locale: `de` is for every German, `de_AT` for that of Austria.",
        ),
    ]

    def text(self) -> str:
        """As it is stored, in the order it was written."""
        return json.dumps(self.model_dump(exclude_defaults=True), separators=(",", ":"))

    @property
    def digest(self) -> str:
        """Tells whether two contents say the same, in whatever order."""
        canonical = json.dumps(self.model_dump(exclude_defaults=True), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def out_of_bounds(content: TemplateContent) -> list[Fault]:
    """What no template may be, not even an unfinished one."""
    said = content.model_dump(include={"bodies", "variables"})
    faults = [fault for name, value in said.items() for fault in _oversized(value, f"/{name}", 0)]
    if not faults and len(content.text()) > MAX_CHARS:
        message = f"a template has at most {MAX_CHARS:,} characters of JSON; keep pictures as assets"
        return [Fault("/bodies", "too_large", message)]
    return faults


def _oversized(value: Any, path: str, depth: int) -> Iterator[Fault]:
    if depth > MAX_DEPTH:
        yield Fault(path, "too_deep", f"nest it at most {MAX_DEPTH} deep")
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _oversized(member, path + pointer(name), depth + 1)
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _oversized(entry, f"{path}/{number}", depth + 1)
    elif isinstance(value, int | float) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        yield Fault(path, "out_of_range", "send a smaller number")


def assets_of(value: Any) -> set[str]:
    """The ids of all assets that a body, or anything inside it, names."""
    if isinstance(value, dict):
        own = {value["asset_id"]} if isinstance(value.get("asset_id"), str) else set[str]()
        return own.union(*map(assets_of, value.values()))
    return set[str]().union(*map(assets_of, value)) if isinstance(value, list) else set()
