"""The parts that all messages share: ids, the envelope, bubbles, the common keys of interactive data."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract.corpus.edits import Message

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()
"""The moment of the check: every good slot lies after it."""

MESSAGE = "1f6f8a52-6c39-4c57-8d5e-7b1f4a0c2d33"
BUSINESS = "2f0a6f0e-52b8-4c0c-9a44-6f1f3b1a7c11"
CUSTOMER = "urn:mbid:AQAAYexample0customer0A=="
PHONE = "tel:+15550100"
REQUEST = "5a3d4b1e-7c1f-4b61-8f0f-5b0f5b1f1c01"
BALLOON = "com.apple.messages.MSMessageExtensionBalloonPlugin"
BID = f"{BALLOON}:0000000000:com.apple.icloud.apps.messages.business.extension"

INTERACTIVE = "/interactiveData"
DATA = "/interactiveData/data"
RECEIVED = "/interactiveData/receivedMessage"
REPLY = "/interactiveData/replyMessage"

BIKE = "\N{BICYCLE}"
"""One astral character: one code point, two UTF-16 units."""

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
"""One emoji of five code points, held together by zero-width joiners."""


def envelope(kind: str, **content: Any) -> Message:
    """A message of Apple's type `kind` from the business to the customer (03 §1)."""
    return {"v": 1, "id": MESSAGE, "type": kind, "sourceId": BUSINESS, "destinationId": CUSTOMER, **content}


def interactive(
    content: dict[str, Any], *, bubbles: bool = True, images: list[dict[str, str]] | None = None
) -> Message:
    """An interactive message of Apple's own extension: `content` beside the common keys of `data` (04 §1)."""
    data: dict[str, Any] = {"version": "1.0", "requestIdentifier": REQUEST}
    if images is not None:
        data["images"] = images
    around: dict[str, Any] = {"bid": BID, "data": data | content}
    if bubbles:
        around["receivedMessage"] = {"title": "Pick something", "subtitle": "Tap to choose", "style": "small"}
        around["replyMessage"] = {"title": "Your choice", "style": "icon"}
    return envelope("interactive", interactiveData=around)
