"""What lets an answer find its question: written in the same transaction as the question itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.storage import keys
from parley.storage.attributes import encode, encode_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.conversation.records import Message
    from parley.storage.keys import Key


def ways_back(message: Message, *, table: str, expires_at: int) -> list[TransactWriteItemTypeDef]:
    """One mark for each name an answer may give; of an invitation also by its reference, for whoever it went to."""
    facts = encode_item({"message_id": message.id, "expires_at": expires_at})
    marks = [{**key, **facts} for key in _names(message)]
    if message.reference_id is not None:
        listed = {"by_business": keys.invitations(message.business_id), "received_ulid": message.ulid}
        invited = keys.invited(message.business_id, message.reference_id, message.conversation_id)
        marks.append({**invited, **facts, **encode_item(listed)})
    return [{"Put": {"TableName": table, "Item": mark}} for mark in marks]


def opened(message: Message, *, table: str) -> TransactWriteItemTypeDef:
    """The customer's next words may answer this message; a question before it is no longer open."""
    return {
        "Update": {
            "TableName": table,
            "Key": keys.conversation(message.conversation_id),
            "UpdateExpression": (
                "SET question_id = :question, id = :id, business_id = :business, opaque_id = :opaque"
                " REMOVE question_answered_by, expires_at"
            ),
            "ExpressionAttributeValues": {
                ":question": encode(message.id),
                ":id": encode(message.conversation_id),
                ":business": encode(message.business_id),
                ":opaque": encode(message.opaque_id or ""),
            },
        }
    }


def _names(message: Message) -> list[Key]:
    found = []
    request, reference = message.request_identifier, message.reference_id
    if request is not None:
        found.append(keys.request(message.conversation_id, request))
    if message.session_identifier is not None:
        found.append(keys.session(message.conversation_id, message.session_identifier))
    if reference is not None and request is not None:
        # Whoever accepts answers from another conversation than the one of the telephone number.
        found.append(keys.invitation(message.business_id, reference, request))
    return found
