"""The undelivered messages of a conversation: the table is the mailbox, queues only wake it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.conversation.records import Held, State
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import translated
from parley.storage.transactions import refusals, transact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.conversation.records import Attempt, Conversation, Message
    from parley.storage.attributes import Attribute

HEAL_AFTER_SECONDS = 60.0
"""How long after its time a wake-up counts as lost."""


class DynamoMailbox:
    """Every change is one transaction, so a crash leaves either all of it or nothing."""

    def __init__(self, client: DynamoDBClient, *, table: str, retention_days: int) -> None:
        self._client = client
        self._table = table
        self._retention = retention_days * 86_400

    def held(self, conversation_id: str, *, limit: int) -> list[Held]:
        """The first `limit` undelivered messages in order, read strongly consistent."""
        with translated("read the mailbox"):
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :held)",
                ExpressionAttributeValues={
                    ":pk": keys.conversation(conversation_id)["pk"],
                    ":held": {"S": keys.HELD_PREFIX},
                },
                ConsistentRead=True,
                Limit=limit,
            )
        items = (decode_item(item) for item in page["Items"])
        return [Held(item["message_id"], item["sequence"]) for item in items]

    def hold(self, message: Message) -> None:
        """Put a message behind those already waiting."""
        self._write("hold the message", [self._marker(message), self._move(message, State.HELD)])

    def fail(self, message: Message, conversation: Conversation, attempt: Attempt) -> None:
        """A delivery failed: the message waits, and its conversation is due again at `attempt.next_at`."""
        self._write(
            "hold the message",
            [
                self._marker(message),
                self._move(message, State.HELD),
                self._reschedule(conversation, attempt),
                self._try(message, attempt),
            ],
        )

    def delivered(self, message: Message) -> None:
        """A waiting message went out: its marker goes in the same breath."""
        self._write("settle the message", [self._move(message, State.DELIVERED), self._unmark(message)])

    def give_up(self, message: Message) -> None:
        """A waiting message had its time: it is `failed`, visible, and the next one moves up."""
        self._write("settle the message", [self._move(message, State.FAILED), self._unmark(message)])

    def forget(self, conversation_id: str, sequence: int) -> None:
        """Remove a marker whose message is settled or has expired."""
        with translated("remove the marker"):
            self._client.delete_item(TableName=self._table, Key=keys.held(conversation_id, sequence))

    def _write(self, what: str, writes: Sequence[TransactWriteItemTypeDef]) -> None:
        with translated(what):
            try:
                transact(self._client, writes)
            except ClientError as error:
                if "ConditionalCheckFailed" not in refusals(error):
                    raise
                # The message was settled already, by the try whose answer we never recorded.

    def _marker(self, message: Message) -> TransactWriteItemTypeDef:
        sequence = message.sequence or 0
        facts = encode_item({"message_id": message.id, "sequence": sequence, "expires_at": self._expiry(message)})
        item = keys.held(message.conversation_id, sequence) | facts
        return {"Put": {"TableName": self._table, "Item": item}}

    def _unmark(self, message: Message) -> TransactWriteItemTypeDef:
        key = keys.held(message.conversation_id, message.sequence or 0)
        return {"Delete": {"TableName": self._table, "Key": key}}

    def _move(self, message: Message, state: State) -> TransactWriteItemTypeDef:
        values: dict[str, Attribute] = {
            ":state": encode(state),
            ":sequence": encode(message.sequence or 0),
            ":attempts": encode(message.attempts),
            ":received": encode(State.RECEIVED),
            ":held": encode(State.HELD),
        }
        sets = "#state = :state, #sequence = :sequence, attempts = :attempts"
        if state is State.DELIVERED:
            values[":delivered_at"] = encode(message.delivered_at)
            sets += ", delivered_at = :delivered_at"
        if state is State.FAILED:
            values |= {":code": encode(message.error_code), ":words": encode(message.error_message)}
            sets += ", error_code = :code, error_message = :words"
        return {
            "Update": {
                "TableName": self._table,
                "Key": keys.message(message.business_id, message.id),
                "UpdateExpression": f"SET {sets} REMOVE due_shard, due_at",
                "ConditionExpression": "#state IN (:received, :held)",
                "ExpressionAttributeNames": {"#state": "state", "#sequence": "sequence"},
                "ExpressionAttributeValues": values,
            }
        }

    def _reschedule(self, conversation: Conversation, attempt: Attempt) -> TransactWriteItemTypeDef:
        return {
            "Update": {
                "TableName": self._table,
                "Key": keys.conversation(conversation.id),
                "UpdateExpression": (
                    "SET held_since = if_not_exists(held_since, :at), held_endpoint = :endpoint, attempts = :attempts,"
                    " next_attempt_at = :next, due_shard = :shard, due_at = :due"
                ),
                "ExpressionAttributeValues": {
                    ":at": encode(attempt.at),
                    ":endpoint": encode(f"EP#{conversation.business_id}#{attempt.endpoint_id}"),
                    ":attempts": encode(attempt.number),
                    ":next": encode(attempt.next_at),
                    ":shard": encode(keys.due_shard(conversation.id)),
                    ":due": encode(attempt.next_at + HEAL_AFTER_SECONDS),
                },
            }
        }

    def _try(self, message: Message, attempt: Attempt) -> TransactWriteItemTypeDef:
        facts = {
            "at": attempt.at,
            "status": attempt.status,
            "words": attempt.words,
            "ms": attempt.ms,
            "expires_at": self._expiry(message),
        }
        key = keys.attempt(message.business_id, message.id, attempt.endpoint_id, message.attempts)
        return {"Put": {"TableName": self._table, "Item": key | encode_item(facts)}}

    def _expiry(self, message: Message) -> int:
        return int(message.received_at) + self._retention
