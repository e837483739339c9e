"""Notes in the table, in their conversation's partition, and a count of them beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.business.bounds import MAX_NOTES
from parley.conversation.notes import Note
from parley.conversation.retention import DAY
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import translated
from parley.storage.transactions import transact_if_met

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.conversation.retention import Days
    from parley.conversation.ulids import Span

_NAMES: Final = {"#count": "count"}


class DynamoNotes:
    """Kept as long as messages are; their count for `most_days`, so that none of them outlives it."""

    def __init__(
        self, client: DynamoDBClient, *, table: str, retention_days: Days, most_days: int, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._table = table
        self._days = retention_days
        self._most_days = most_days
        self._clock = clock

    def add(self, business_id: str, note: Note) -> bool:
        """Store a note and count it; False when the conversation has as many as it may have."""
        expires_at = int(note.created_at) + self._days(business_id) * DAY
        facts = {"body": note.body, "author": note.author, "created_at": note.created_at, "expires_at": expires_at}
        item = keys.note(note.conversation_id, note.id) | encode_item(facts)
        writes: Sequence[TransactWriteItemTypeDef] = [
            {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}},
            {
                "Update": {
                    "TableName": self._table,
                    "Key": keys.notes(note.conversation_id),
                    "UpdateExpression": "SET expires_at = :expires ADD #count :one",
                    "ConditionExpression": "attribute_not_exists(#count) OR #count < :most",
                    "ExpressionAttributeNames": _NAMES,
                    "ExpressionAttributeValues": {
                        ":expires": encode(int(note.created_at) + self._most_days * DAY),
                        ":one": encode(1),
                        ":most": encode(MAX_NOTES),
                    },
                }
            },
        ]
        with translated("store the note"):
            return transact_if_met(self._client, writes)

    def recount(self, conversation_id: str) -> int:
        """Count anew: those whose time is over were never taken off. Returns how many there are."""
        pages = self._client.get_paginator("query").paginate(**self._all(conversation_id), Select="COUNT")
        with translated("count the notes"):
            count = sum(page["Count"] for page in pages)
            self._client.update_item(
                TableName=self._table,
                Key=keys.notes(conversation_id),
                UpdateExpression="SET #count = :count",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames=_NAMES,
                ExpressionAttributeValues={":count": encode(count)},
            )
        return count

    def newest(self, conversation_id: str, *, span: Span, limit: int) -> tuple[list[Note], bool]:
        """The newest `limit` of a span, strongly consistent, and whether others follow."""
        if span.is_empty:
            return [], False
        query: Any = self._all(conversation_id) | {
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": keys.notes(conversation_id)["pk"],
                ":first": keys.note(conversation_id, span.first)["sk"],
                ":last": keys.note(conversation_id, span.last)["sk"],
            },
        }
        with translated("read the notes"):
            page = self._client.query(**query, ScanIndexForward=False, Limit=limit)
        items = [decode_item(item) for item in page["Items"]]
        # DynamoDB deletes expired items within days, not at once.
        kept = [item for item in items if item["expires_at"] > self._clock()]
        return [_read(conversation_id, item) for item in kept], "LastEvaluatedKey" in page

    def remove(self, conversation_id: str, note_id: str) -> bool:
        """Delete a note; False when there is none."""
        writes: Sequence[TransactWriteItemTypeDef] = [
            {
                "Delete": {
                    "TableName": self._table,
                    "Key": keys.note(conversation_id, note_id),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
            {
                "Update": {
                    "TableName": self._table,
                    "Key": keys.notes(conversation_id),
                    "UpdateExpression": "SET #count = if_not_exists(#count, :one) - :one",
                    "ExpressionAttributeNames": _NAMES,
                    "ExpressionAttributeValues": {":one": encode(1)},
                }
            },
        ]
        with translated("delete the note"):
            return transact_if_met(self._client, writes)

    def _all(self, conversation_id: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :note)",
            "ExpressionAttributeValues": {
                ":pk": keys.notes(conversation_id)["pk"],
                ":note": {"S": keys.NOTE_PREFIX},
            },
            "ConsistentRead": True,
        }


def _read(conversation_id: str, item: dict[str, Any]) -> Note:
    return Note(
        id=str(item["sk"]).removeprefix(keys.NOTE_PREFIX),
        conversation_id=conversation_id,
        created_at=item["created_at"],
        body=item["body"],
        author=item.get("author"),
    )
