"""A business's message goes out."""

from __future__ import annotations

import random
import time
from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.apple.gateway import AppleGateway
    from parley.business.fetch import GuardedFetch
    from parley.business.pictures import Pictures
    from parley.business.previews import Previews
    from parley.services.accept import Accept
    from parley.services.history import ReadMessage
    from parley.services.prepare import Part, Prepare
    from parley.services.references import Referring, SharedIdentifiers
    from parley.services.send import Send
    from parley.services.signal import Signal


@cache
def shared_identifiers() -> SharedIdentifiers:
    """Gives large messages their request identifiers."""
    from parley.services.references import SharedIdentifiers

    return SharedIdentifiers(questions=compose.questions())


def shared(business_id: str, conversation_id: str, part: Part) -> Part:
    """One request identifier for all customers of a large message; loaded when the first interactive one comes."""
    return shared_identifiers()(business_id, conversation_id, part) if "interactiveData" in part.content else part


@cache
def fetch() -> GuardedFetch:
    """Pictures and pages of the web, through the egress guard."""
    from parley.business.fetch import GuardedFetch

    return GuardedFetch(compose.guard())


def pictures(business_id: str) -> Pictures:
    """The pictures of one call; loaded when the first message with one comes."""
    from parley.business.pictures import Pictures

    return Pictures(
        fetch=fetch(), attachments=compose.picture_files(business_id), assets=compose.asset_files(business_id)
    )


@cache
def previews() -> Previews:
    """What links show; loaded when the first text with a link comes."""
    from parley.business.previews import Previews

    return Previews(fetch())


@cache
def prepare() -> Prepare:
    """What a business asked for, as Apple is sent it."""
    from parley.services.prepare import Prepare

    return Prepare(pictures=pictures, previews=previews, clock=time.time, new_id=compose.new_id)


@cache
def accept() -> Accept:
    """For `functions/outbound/api.py`."""
    from parley.services.accept import Accept

    return Accept(
        messages=compose.messages(),
        conversations=compose.conversations(),
        payloads=compose.payloads(),
        outbox=compose.outbox(),
        fill=compose.fill,
        prepare=prepare(),
        enclosable=compose.enclosable,
        shared=shared,
        topics=compose.topic,
        clock=time.time,
        new_id=compose.new_id,
    )


@cache
def read_message() -> ReadMessage:
    """For `functions/outbound/api.py`: one message of either direction."""
    from parley.services.history import ReadMessage

    return ReadMessage(
        messages=compose.messages(),
        payloads=compose.payloads(),
        attachments=compose.attachments(),
        marks=compose.businesses().marks,
    )


@cache
def gateway() -> AppleGateway:
    """Apple's gateway."""
    from parley.apple.gateway import AppleGateway

    return AppleGateway(compose.settings().text("APPLE_GATEWAY_URL"))


@cache
def referring() -> Referring:
    """The same, sparing Apple large messages it has already."""
    from parley.services.references import Referring
    from parley.storage.data_refs import DynamoDataRefs

    return Referring(
        gateway=gateway(),
        data_refs=DynamoDataRefs(
            compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), clock=time.time
        ),
        clock=time.time,
    )


@cache
def signal() -> Signal:
    """For typing indicators, in `functions/outbound/api.py`."""
    from parley.apple.tokens import Signer
    from parley.services.signal import Signal

    return Signal(
        conversations=compose.conversations(),
        credentials=compose.apple_credentials(),
        gateway=gateway(),
        signer=Signer(clock=time.time),
        new_id=compose.new_id,
    )


@cache
def send() -> Send:
    """For `functions/outbound/sender.py`."""
    from parley.apple.tokens import Signer
    from parley.services.send import Send

    return Send(
        messages=compose.messages(),
        conversations=compose.conversations(),
        credentials=compose.apple_credentials(),
        gateway=referring(),
        payloads=compose.payloads(),
        enclose=compose.enclose,
        tell=compose.tell(),
        signer=Signer(clock=time.time),
        clock=time.time,
        chance=random.random,
    )
