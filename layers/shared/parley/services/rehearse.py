"""What would be wrong with a message that is sent later: mapped and judged as for sending, without pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.business import sends
from parley.business.kinds.constructed_link import PLAIN
from parley.errors import Fault, Invalid, Rejected

if TYPE_CHECKING:
    from pydantic import BaseModel

    from parley.business.kinds.bubbles import ImageRef
    from parley.business.previews import Preview
    from parley.services.prepare import Prepare

_NOT_BY_ITSELF: Final = ("typing", "invitation")
"""One says nothing, the other is for somebody who has not written yet."""

_NOBODY: Final = "-"


class Rehearse:
    """Nothing is stored, sent or fetched."""

    def __init__(self, *, prepare: Prepare) -> None:
        """`prepare` with `Unseen` pictures and `Unread` pages."""
        self._prepare = prepare

    def __call__(self, message: dict[str, Any]) -> list[Fault]:
        """Every fault, with its path in the message."""
        if "to" in message:
            return [Fault("/to", "unknown_field", "remove it; it goes to whoever wrote")]
        if message.get("type") in _NOT_BY_ITSELF:
            return [Fault("/type", "unknown_type", "use a message that answers somebody")]
        try:
            send = sends.from_object({**message, "to": _NOBODY})
            if getattr(send, "type", "") != sends.TEMPLATE:  # what becomes of one was tried when it was published
                self._prepare(send, None, business_id=_NOBODY)
        except Invalid as error:
            return list(error.faults)
        except Rejected as refusal:
            return [Fault(refusal.path or "", refusal.code, refusal.message)]
        return []


class Unseen:
    """Pictures that nobody looks at: one stands for all."""

    notes: list[dict[str, str]] = []  # noqa: RUF012  (never written to)

    def gather(self, message: BaseModel, at: str = "") -> None:
        """There is nothing to fetch."""

    def png(self, image: ImageRef) -> str:  # noqa: ARG002
        """A plain square."""
        return PLAIN


class Unread:
    """Pages that nobody opens."""

    def preview(self, url: str, *, seconds: float) -> Preview | None:  # noqa: ARG002
        """None: the link stays in its text."""
        return None
