"""Files and large content, both ways."""

from __future__ import annotations

import random
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from parley.runtime import compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.apple.content import ContentGateway
    from parley.apple.store import ContentStore
    from parley.services.apple_access import AppleAccess
    from parley.services.enclose import Enclosable, Enclose
    from parley.services.open_upload import OpenUpload
    from parley.services.read_attachment import ReadAttachment
    from parley.services.render import Render
    from parley.services.transfer import Transfer
    from parley.services.upload import Upload


@cache
def apple_access() -> AppleAccess:
    """Calls of Apple's gateway about content, with a token that is believed."""
    from parley.apple.tokens import Signer
    from parley.services.apple_access import AppleAccess

    return AppleAccess(credentials=compose.apple_credentials(), signer=Signer(clock=time.time))


@cache
def content_gateway() -> ContentGateway:
    """The part of Apple's gateway that is about content."""
    from parley.apple.content import ContentGateway

    return ContentGateway(compose.settings().text("APPLE_GATEWAY_URL"))


@cache
def content_store() -> ContentStore:
    """The store behind the URLs Apple hands out."""
    from parley.apple.store import ContentStore
    from parley.business.store_routes import StoreRoutes

    return ContentStore(StoreRoutes(compose.guard()))


@cache
def transfer() -> Transfer:
    """For `functions/attachments/app.py`."""
    from parley.services.fetch import Fetch
    from parley.services.resolve import Resolve
    from parley.services.transfer import Transfer

    fetch = Fetch(access=apple_access(), gateway=content_gateway(), store=content_store(), objects=compose.objects())
    return Transfer(
        messages=compose.messages(),
        payloads=compose.payloads(),
        attachments=compose.attachments(),
        fetch=fetch,
        resolve=Resolve(fetch=fetch, access=apple_access(), gateway=content_gateway(), objects=compose.objects()),
        events=compose.events(),
        transfers=compose.transfers(),
        clock=time.time,
        sleep=time.sleep,
        chance=random.random,
        new_id=compose.new_id,
    )


@cache
def open_upload() -> OpenUpload:
    """For `functions/attachments/api.py`."""
    from parley.services.open_upload import OpenUpload

    return OpenUpload(
        attachments=compose.attachments(), uploads=compose.uploads(), clock=time.time, new_id=compose.new_id
    )


@cache
def read_attachment() -> ReadAttachment:
    """For `functions/attachments/api.py`."""
    from parley.services.read_attachment import ReadAttachment

    return ReadAttachment(
        attachments=compose.attachments(),
        downloads=compose.objects(),
        uploads=compose.uploads(),
        scanned=compose.settings().text("MALWARE_SCAN") != "off",
        clock=time.time,
    )


@cache
def upload() -> Upload:
    """For `functions/attachments/uploads.py`."""
    from parley.services.upload import Upload

    return Upload(
        attachments=compose.attachments(),
        objects=compose.objects(),
        uploads=compose.uploads(),
        access=apple_access(),
        gateway=content_gateway(),
        store=content_store(),
        seals=compose.seals(),
        clock=time.time,
        sleep=time.sleep,
        new_id=compose.new_id,
    )


@cache
def render() -> Render:
    """For `functions/renditions`."""
    from parley.services.render import Render

    return Render(objects=compose.objects())


@cache
def enclosing() -> Enclosable:
    """Judges files that are to be sent."""
    from parley.services.enclose import Enclosable

    return Enclosable(attachments=compose.attachments(), clock=time.time)


def enclosable(business_id: str, ids: Sequence[str], *, conversation_id: str, at: str = "") -> None:
    """May this business send these files? Loaded when the first message with one comes."""
    if ids:
        enclosing()(business_id, ids, conversation_id=conversation_id, at=at)


@cache
def enclose_files() -> Enclose:
    """Puts files into messages."""
    from parley.services.enclose import Enclose

    return Enclose(attachments=compose.attachments(), seals=compose.seals(), clock=time.time)


def enclose(business_id: str, content: dict[str, Any], *, since: float) -> dict[str, Any]:
    """A message with Apple's dictionaries in the place of its files' ids; loaded when the first such message goes."""
    return enclose_files()(business_id, content, since=since) if "attachments" in content else content
