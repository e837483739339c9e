"""Forms of one page, and what is chosen for a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business import sends
from parley.business.kinds.text import Text
from parley.conversation import fallback
from tests.unit.apple.wire.samples import NOW
from tests.unit.business.kinds.samples import message

if TYPE_CHECKING:
    from parley.conversation.fallback import Chosen
    from tests.unit.business.kinds.samples import Json

SELECT_FORM = message(
    "form",
    title="Book a test ride",
    subtitle="Takes one minute",
    style="small",
    reply={"title": "Thank you"},
    pages=[
        {
            "type": "select",
            "identifier": "kind",
            "question": "Which kind do you like?",
            "items": [{"identifier": "k1", "title": "City", "value": "city"}, {"identifier": "k2", "title": "Cargo"}],
        }
    ],
)
DATE_FORM = message(
    "form",
    title="Book a test ride",
    pages=[{"type": "date", "identifier": "day", "question": "Which day?", "format": "dd.MM.yyyy"}],
)


def chosen(friendly: Json, *capabilities: str, now: float = NOW) -> Chosen:
    found = fallback.choose(sends.from_object(friendly), list(capabilities), now=now)
    assert found is not None
    return found


def body(friendly: Json, *capabilities: str) -> str:
    found = chosen(friendly, *capabilities)
    assert isinstance(found.message, Text)
    return found.message.body
