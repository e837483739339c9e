"""How conversations and messages are named."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONVERSATION: Final = re.compile(r"[a-z2-7]{26}")
_MESSAGE_NAMESPACE: Final = uuid.UUID("6f1c9c1e-0a53-4b0e-9d0b-7f5d4a5c2b11")


def conversation_id(business_id: str, opaque_id: str) -> str:
    """26 lower-case characters, the same for ever for one customer of one business.

    Safe in a URL, a log and a queue group, which the opaque id itself is not (protocol/02 §1).
    """
    digest = hashlib.sha256(f"{business_id}\0{opaque_id}".encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:26].lower()


def is_conversation_id(text: str) -> bool:
    """Whether `text` has the form of one of ours."""
    return _CONVERSATION.fullmatch(text) is not None


def is_opaque_id(text: str) -> bool:
    """Whether `text` has the form of Apple's name for a customer rather than ours for a conversation."""
    return text.startswith("urn:mbid:")


def line_of_endpoint(business_id: str, endpoint_id: str) -> str:
    """The line of news for one endpoint, which are about no customer of its own; shaped like a conversation's id."""
    return conversation_id(business_id, f"parley\0{endpoint_id}")


def message_id(business_id: str, idempotency_key: str) -> str:
    """UUIDv5 of business and idempotency key: the same call can only ever make the same Apple message."""
    return str(uuid.uuid5(_MESSAGE_NAMESPACE, f"{business_id}\0{idempotency_key}"))


def notice_id(business_id: str, event_type: str, about: str) -> str:
    """UUIDv5 of what is told and what it is about: the same news are told under one id."""
    return str(uuid.uuid5(_MESSAGE_NAMESPACE, f"{business_id}\0notice\0{event_type}\0{about}"))


def ulid(now: float, entropy: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """26 characters that sort by time: 48 bits of milliseconds, 80 bits of chance."""
    number = (int(now * 1000) << 80) | int.from_bytes(entropy(10))
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def place_of(conversation_id: str, at: float) -> str:
    """A ULID for a conversation as of an event at `at`. No chance in it: the same event gives the same place."""
    tail = hashlib.sha256(conversation_id.encode()).digest()
    return ulid(at, lambda size: tail[:size])
