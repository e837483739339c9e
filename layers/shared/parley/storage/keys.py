"""Every primary key of the table, and every index key. Nobody else builds one (design §4).

A message's key starts with its business, so one business cannot even name another's message.
"""

from __future__ import annotations

import zlib
from typing import Final

type Key = dict[str, dict[str, str]]

BY_CONVERSATION: Final = "by-conversation"
HELD_BY_ENDPOINT: Final = "held-by-endpoint"
DUE: Final = "due"

DUE_SHARDS: Final = 8
"""Partitions of the `due` index: every message passes through it, one partition takes 1,000 writes a second."""


def _key(pk: str, sk: str) -> Key:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def message(business_id: str, message_id: str) -> Key:
    """One message, either direction."""
    return _key(f"MSG#{business_id}#{message_id}", "MSG")


def attempt(business_id: str, message_id: str, target: str, number: int) -> Key:
    """One failed attempt at delivering or sending a message."""
    return _key(f"MSG#{business_id}#{message_id}", f"TRY#{target}#{number:04d}")


def conversation(conversation_id: str) -> Key:
    """The state of one conversation."""
    return _key(f"CONV#{conversation_id}", "STATE")


HELD_PREFIX: Final = "HELD#"


def held(conversation_id: str, sequence: int) -> Key:
    """The marker of one undelivered message. Its place in line is its sequence, which one writer gives out."""
    return _key(f"CONV#{conversation_id}", f"{HELD_PREFIX}{sequence:012d}")


def business(business_id: str, part: str) -> Key:
    """One part of a business's settings: `PROFILE`, `ENDPOINT#<id>`, `ROUTES`."""
    return _key(f"BIZ#{business_id}", part)


def api_key(key_id: str) -> Key:
    """One API key."""
    return _key(f"KEY#{key_id}", "KEY")


def request(conversation_id: str, request_identifier: str) -> Key:
    """Which message asked under this request identifier."""
    return _key(f"CONV#{conversation_id}", f"REQ#{request_identifier}")


def twin(digest: str) -> Key:
    """The short-lived mark of one interactive reply."""
    return _key(f"TWIN#{digest}", "-")


def due_shard(identity: str) -> str:
    """Which partition of the `due` index `identity` (a message or conversation id) belongs to."""
    return f"DUE#{zlib.crc32(identity.encode()) % DUE_SHARDS}"


def due_shards() -> list[str]:
    """All partitions of the `due` index."""
    return [f"DUE#{number}" for number in range(DUE_SHARDS)]
