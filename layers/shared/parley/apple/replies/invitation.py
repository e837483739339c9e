"""Yes or no to an invitation (protocol/13 §2.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from parley.apple.replies.reply import Reply
from parley.apple.replies.tolerant import table, text, word

if TYPE_CHECKING:
    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

KEY: Final = "notification"

_MEANING: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation(Reply):
    """`accepted` is None when neither yes nor no was found. Correlate by `reference_id`, the business's own, first."""

    kind: ClassVar[Kind] = "invitation"

    accepted: bool | None = None
    reference_id: str | None = None
    telephone: str | None = field(default=None, repr=False)
    """A `tel:` that stood in the place of the request identifier: personal, so it is kept apart."""

    @property
    def is_empty(self) -> bool:
        """No answer arrived."""
        return self.accepted is None


def read(data: Json, common: Common) -> Invitation:
    """The answer's id decides, the key of its type where there is none."""
    content = table(data.get(KEY))
    telephone = word(data.get("requestIdentifier"))
    return Invitation(
        **common,
        accepted=_accepted(content),
        reference_id=word(data.get("referenceId")) or word(content.get("referenceId")),
        telephone=telephone if telephone and is_telephone(telephone) else None,
    )


def is_telephone(identifier: str) -> bool:
    """A telephone URI instead of an id."""
    return identifier.strip().lower().startswith("tel:")


def _accepted(content: Json) -> bool | None:
    said = _MEANING.get((word(content.get("id")) or "").strip().lower())
    if said is not None:
        return said
    response = table(table(content.get("displayContent")).get("determinateResponse"))
    kind = response.get("type")
    keys = list(kind) if isinstance(kind, dict) else [text(kind) or ""]
    return _MEANING.get(keys[0].strip().lower()) if len(keys) == 1 else None
