"""Every primary key of the table, and every index key. Nobody else builds one (design §4).

A message's key starts with its business, so one business cannot even name another's message.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

type Key = dict[str, dict[str, str]]

BY_CONVERSATION: Final = "by-conversation"
HELD_BY_ENDPOINT: Final = "held-by-endpoint"
DUE: Final = "due"
BY_BUSINESS: Final = "by-business"
BY_STATE: Final = "by-state"

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


CONVERSATION_PREFIX: Final = "CONV#"


def conversation(conversation_id: str) -> Key:
    """The state of one conversation."""
    return _key(f"{CONVERSATION_PREFIX}{conversation_id}", "STATE")


HELD_PREFIX: Final = "HELD#"


def held(conversation_id: str, sequence: int) -> Key:
    """The marker of one undelivered message. Its place in line is its sequence, which one writer gives out."""
    return _key(f"CONV#{conversation_id}", f"{HELD_PREFIX}{sequence:012d}")


NOTE_PREFIX: Final = "NOTE#"


def note(conversation_id: str, note_id: str) -> Key:
    """One internal note about a conversation; its id is a ULID, so they stand by time."""
    return _key(f"{CONVERSATION_PREFIX}{conversation_id}", f"{NOTE_PREFIX}{note_id}")


def notes(conversation_id: str) -> Key:
    """How many notes a conversation has."""
    return _key(f"{CONVERSATION_PREFIX}{conversation_id}", "NOTES")


def business(business_id: str, part: str) -> Key:
    """One part of a business's settings: `PROFILE`, `CHANNEL`, `ENDPOINT#<id>`, `ROUTES`."""
    return _key(f"BIZ#{business_id}", part)


_API_KEY: Final = "KEY#"


def api_key(key_id: str) -> Key:
    """One API key."""
    return _key(f"{_API_KEY}{key_id}", "KEY")


def key_id_of(pk: str) -> str:
    """Whose item this is."""
    return pk.removeprefix(_API_KEY)


_USAGE: Final = "USAGE#"


def usage(business_id: str, day: date) -> Key:
    """What was counted of one day of a business. It sorts behind the settings, too."""
    return business(business_id, f"{_USAGE}{day.isoformat()}")


def day_of(sk: str) -> str:
    """Which day was counted."""
    return sk.removeprefix(_USAGE)


def api_keys(business_id: str) -> Key:
    """Which API keys a business has. It sorts behind the settings, which routing reads without it."""
    return business(business_id, "TOKENS")


def request(conversation_id: str, request_identifier: str) -> Key:
    """Which message asked under this request identifier."""
    return _key(f"CONV#{conversation_id}", f"REQ#{request_identifier}")


def session(conversation_id: str, session_identifier: str) -> Key:
    """Which message is the latest of this session. Devices do not agree on the case of a UUID."""
    return _key(f"CONV#{conversation_id}", f"SES#{_digest(session_identifier.casefold())}")


def invitation(business_id: str, reference_id: str, request_identifier: str) -> Key:
    """Which message invited under this request identifier; the reference is the business's own."""
    return _key(_reference(business_id, reference_id), f"REQ#{request_identifier}")


INVITED_PREFIX: Final = "TO#"


def invited(business_id: str, reference_id: str, conversation_id: str) -> Key:
    """Which message last invited this person under this reference."""
    return _key(_reference(business_id, reference_id), f"{INVITED_PREFIX}{conversation_id}")


def invitations(business_id: str) -> str:
    """The partition of `by-business` with all marks of who was invited: an API takes no thousand of them a second."""
    return f"{business_id}#invited"


def _reference(business_id: str, reference_id: str) -> str:
    return f"REF#{business_id}#{_digest(reference_id)}"


def _digest(text: str) -> str:
    """Of what is too long, or too odd, to stand in a key itself."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def twin(digest: str) -> Key:
    """The short-lived mark of one interactive reply."""
    return _key(f"TWIN#{digest}", "-")


def attachment(business_id: str, attachment_id: str) -> Key:
    """One attachment, either direction."""
    return _key(f"ATT#{business_id}#{attachment_id}", "ATT")


def data_ref(business_id: str, digest: str) -> Key:
    """What Apple keeps of a large message of this business that is sent again and again."""
    return _key(f"DATAREF#{business_id}#{digest}", "-")


BREAKER_PREFIX: Final = "BREAKER#"


def breaker(business_id: str, endpoint_id: str) -> Key:
    """What is known of an endpoint's health; read together with the business's settings."""
    return business(business_id, f"{BREAKER_PREFIX}{endpoint_id}")


def waiting_for(business_id: str, endpoint_id: str) -> str:
    """The hash key of `held-by-endpoint`."""
    return f"EP#{business_id}#{endpoint_id}"


BUSINESS_SHARDS: Final = 8


def business_shard(business_id: str, message_id: str) -> str:
    """Which partition of `by-business` a message belongs to."""
    return f"{business_id}#{_shard(message_id)}"


def business_shards(business_id: str) -> list[str]:
    """All partitions of `by-business` that hold a business's messages."""
    return [f"{business_id}#{number}" for number in range(BUSINESS_SHARDS)]


def conversation_shard(business_id: str, conversation_id: str) -> str:
    """Which partition of `by-business` a conversation belongs to: none that a message is in."""
    return f"{business_id}#conv#{_shard(conversation_id)}"


def conversation_shards(business_id: str) -> list[str]:
    """All partitions of `by-business` that hold a business's conversations."""
    return [f"{business_id}#conv#{number}" for number in range(BUSINESS_SHARDS)]


def identity(pk: str) -> str:
    """Of the message or conversation whose partition this is."""
    return pk.removeprefix(CONVERSATION_PREFIX) if pk.startswith(CONVERSATION_PREFIX) else pk.split("#", 2)[2]


def state_shard(business_id: str, state: str, message_id: str) -> str:
    """Which partition of `by-state` a message in this state belongs to."""
    return f"{business_id}#{state}#{_shard(message_id)}"


def state_shards(business_id: str, state: str) -> list[str]:
    """All partitions of `by-state` that hold a business's messages in this state."""
    return [f"{business_id}#{state}#{number}" for number in range(BUSINESS_SHARDS)]


def _shard(identity: str) -> int:
    return zlib.crc32(identity.encode()) % BUSINESS_SHARDS


ATTEMPT_PREFIX: Final = "TRY#"
RUN_PREFIX: Final = "RUN#"


def run(business_id: str, run_id: str) -> Key:
    """One replay of many messages. It sorts behind the settings, which routing reads without it."""
    return business(business_id, f"{RUN_PREFIX}{run_id}")


ENTRY_POINT_PREFIX: Final = "START#"


def entry_point(business_id: str, entry_point_id: str) -> Key:
    """One way into a conversation. It sorts behind the settings, which routing reads without it."""
    return business(business_id, f"{ENTRY_POINT_PREFIX}{entry_point_id}")


def call(business_id: str, idempotency_key: str) -> Key:
    """One call to the business API under an `Idempotency-Key`."""
    return _key(f"IDEM#{business_id}#{_digest(idempotency_key)}", "IDEM")


def template(business_id: str, name: str) -> Key:
    """One template of a business's library, without what it says: a send reads it."""
    return _key(f"LIB#{business_id}", f"TEMPLATE#{name}")


def draft(business_id: str, name: str) -> Key:
    """A template's working copy."""
    return _key(f"LIB#{business_id}", f"DRAFT#{name}")


def template_version(business_id: str, name: str, number: int) -> Key:
    """What was published of a template under a number."""
    return _key(f"LIB#{business_id}", f"VERSION#{name}#{number:07d}")


def template_versions(business_id: str, name: str) -> Key:
    """What the keys of all its versions begin with."""
    return _key(f"LIB#{business_id}", f"VERSION#{name}#")


def template_contents(business_id: str) -> tuple[Key, Key]:
    """What the keys of all working copies begin with, and of all versions."""
    return _key(f"LIB#{business_id}", "DRAFT#"), _key(f"LIB#{business_id}", "VERSION#")


def asset(business_id: str, asset_id: str) -> Key:
    """A picture of the library."""
    return _key(f"LIB#{business_id}", f"ASSET#{asset_id}")


def erasure(business_id: str, erasure_id: str) -> Key:
    """One erasure, and later its receipt."""
    return _key(f"ERASE#{business_id}#{erasure_id}", "ERASE")


def erased_by(erasure_id: str) -> str:
    """Where the index `by-conversation` lists the stubs of one erasure."""
    return f"ERASED#{erasure_id}"


STATE: Final = "STATE"


def of_conversation(conversation_id: str) -> str:
    """Where the index `by-conversation` lists a conversation's messages."""
    return f"{CONVERSATION_PREFIX}{conversation_id}"


def ways_to(business_id: str, conversation_id: str, reference_id: str, request_identifier: str | None) -> list[Key]:
    """The marks outside of its conversation that lead to one invitation."""
    found = [invited(business_id, reference_id, conversation_id)]
    return found if request_identifier is None else [*found, invitation(business_id, reference_id, request_identifier)]


def due_shard(identity: str) -> str:
    """Which partition of the `due` index `identity` (a message or conversation id) belongs to."""
    return f"DUE#{zlib.crc32(identity.encode()) % DUE_SHARDS}"


def due_shards() -> list[str]:
    """All partitions of the `due` index."""
    return [f"DUE#{number}" for number in range(DUE_SHARDS)]
