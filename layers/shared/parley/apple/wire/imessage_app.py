"""A message for a third-party Messages extension (protocol/04 §7)."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from parley.apple import limits
from parley.apple.wire.interactive import Bubble
from parley.apple.wire.kinds import is_app_bid
from parley.apple.wire.node import Node
from parley.apple.wire.pictures import png
from parley.apple.wire.rules import (
    ABSENT,
    Complaint,
    Identifier,
    UIText,
    at_most,
    checked,
    https_url,
    refused,
    visible_ascii,
)
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault


def _bid(value: str) -> Iterator[Complaint]:
    if not is_app_bid(value):
        yield (
            "malformed",
            "write com.apple.messages.MSMessageExtensionBalloonPlugin:<team id>:<bundle id of the extension>",
        )


def _app_url(value: str) -> Iterator[Complaint]:
    if value.startswith("?"):
        yield from visible_ascii(value)
        yield from at_most(limits.MAX_APP_URL_BYTES, value)
    elif value.lower().startswith("https://"):
        yield from https_url(value)
    else:
        yield "malformed", "write a query string that starts with ?, or an https URL"


class _Bubble(Bubble):
    # How a picture travels without `data` is not known (open question 24), so the name resolves to nothing here.
    image_identifier: Identifier = ABSENT


class _Interactive(Wire):
    bid: Annotated[str, checked(_bid)]
    app_id: Annotated[int, Field(ge=1)]
    app_name: UIText
    app_icon: Annotated[str, checked(png(limits.MAX_APP_ICON_BASE64_CHARS))] = ABSENT
    url: Annotated[str, checked(_app_url)] = Field(alias="URL")
    received_message: _Bubble
    reply_message: _Bubble = ABSENT
    session_identifier: Identifier = ABSENT
    use_live_layout: bool = ABSENT
    data: Annotated[Any, refused("remove it: Apple allows no data for a third-party extension; use URL")] = ABSENT


def check(interactive: Node, _now: float) -> list[Fault]:
    """Judge an `interactiveData` for a third-party extension."""
    return structure(_Interactive, interactive)
