"""What every interactive reply has in common (protocol/04 §2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypedDict

type Kind = Literal[
    "quick_reply",
    "list_picker",
    "time_picker",
    "form",
    "authentication",
    "apple_pay",
    "imessage_app",
    "invitation",
    "unknown",
]


class Common(TypedDict):
    """The fields of `Reply` that are read the same way for every kind."""

    request_identifier: str | None
    session_identifier: str | None
    title: str | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of a customer. Only ids show in its repr: the rest is what somebody said.

    `title` is the bubble's text: worded by the device in its language, for showing and never for reading.
    `raw` is `interactiveData` as it came.
    """

    kind: ClassVar[Kind]

    request_identifier: str | None
    session_identifier: str | None
    title: str | None = field(repr=False)
    raw: dict[str, Any] = field(repr=False)
    private: bool = False
    unresolved: bool = False
    """An `interactiveDataRef` holds what is missing here: fetch it, then `read_data` (protocol/09 §1)."""

    @property
    def is_empty(self) -> bool:
        """Nothing was found where this kind keeps its answer."""
        return True


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be chosen. The identifier is the one that was sent (protocol/02 §6)."""

    identifier: str | None
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Reply):
    """A kind not known here, or one whose content was not sent along."""

    kind: ClassVar[Kind] = "unknown"
