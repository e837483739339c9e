"""Interactive replies of customers (protocol/02 §6): read tolerantly, one small class per kind.

`read` takes an envelope, `read_data` what Apple's decodePayload gave for a reference. Neither raises.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from parley.apple.replies import (
    apple_pay,
    authentication,
    form,
    imessage_app,
    invitation,
    list_picker,
    quick_reply,
    time_picker,
)
from parley.apple.replies.apple_pay import ApplePay
from parley.apple.replies.authentication import Authentication
from parley.apple.replies.form import Form
from parley.apple.replies.imessage_app import ImessageApp
from parley.apple.replies.invitation import Invitation
from parley.apple.replies.list_picker import ListPicker
from parley.apple.replies.quick_reply import QuickReply
from parley.apple.replies.reply import Common, Kind, Reply, Unknown
from parley.apple.replies.time_picker import TimePicker
from parley.apple.replies.tolerant import table, text, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.replies.tolerant import Json

__all__ = [
    "ApplePay",
    "Authentication",
    "Form",
    "ImessageApp",
    "Invitation",
    "Kind",
    "ListPicker",
    "QuickReply",
    "Reply",
    "TimePicker",
    "Unknown",
    "read",
    "read_data",
]

_READERS: Final[dict[str, Callable[[Json, Common], Reply]]] = {
    quick_reply.KEY: quick_reply.read,
    list_picker.KEY: list_picker.read,
    time_picker.KEY: time_picker.read,
    form.KEY: form.read,
    authentication.KEY: authentication.read,
    apple_pay.KEY: apple_pay.read,
    invitation.KEY: invitation.read,
}
"""In the order in which the keys of `data` are tested (protocol/02 §6)."""


def read(envelope: Json) -> Reply:
    """The reply in an envelope of type `interactive`.

    `interactiveData` wins over a reference beside it. Where it is missing or lacks the answer, the reply is
    `unresolved`: follow the reference and call `read_data` (protocol/09 §1).
    """
    reference = envelope.get("interactiveDataRef")
    reply = _read(table(envelope.get("interactiveData")), table(reference))
    return replace(reply, unresolved=True) if isinstance(reference, dict) and reply.is_empty else reply


def read_data(decoded: object, reference: Json | None = None) -> Reply:
    """The reply in decoded data, bare (`{"data": …, "bid": …}`) or wrapped in `interactiveData`.

    `reference` fills in the title and the bundle id where the data has none.
    """
    interactive = table(decoded)
    inner = interactive.get("interactiveData")
    return _read(inner if isinstance(inner, dict) else interactive, reference or {})


def _read(interactive: Json, reference: Json) -> Reply:
    data = table(interactive.get("data"))
    common = _common(interactive, data, reference)
    for key, reader in _READERS.items():
        if isinstance(data.get(key), dict):
            return reader(data, common)
    bid = word(interactive.get("bid")) or word(reference.get("bid"))
    if interactive and imessage_app.is_third_party(bid, interactive):
        return imessage_app.read(interactive, bid, common)
    return Unknown(**common)


def _common(interactive: Json, data: Json, reference: Json) -> Common:
    """Bubbles are inside `data` in replies, and beside `bid` in those of third-party apps (protocol/02 §6)."""
    bubbles = (table(data.get("replyMessage")), table(interactive.get("replyMessage")))
    titles = [word(bubble.get(key)) for bubble in bubbles for key in ("title", "alternateTitle")]
    identifier = word(data.get("requestIdentifier"))
    return Common(
        request_identifier=None if identifier and invitation.is_telephone(identifier) else identifier,
        session_identifier=word(interactive.get("sessionIdentifier")) or word(data.get("sessionIdentifier")),
        title=next((title for title in titles if title), None) or text(reference.get("title")),
        raw=interactive,
    )
