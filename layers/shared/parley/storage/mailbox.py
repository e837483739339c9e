"""The undelivered messages of a conversation: the table is the mailbox, queues only wake it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.conversation import retention
from parley.conversation.records import EXCEPTIONAL, Attempt, Held, State
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import translated
from parley.storage.transactions import transact_if_met

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.conversation.records import Conversation, Message
    from parley.conversation.retention import Days
    from parley.storage.attributes import Attribute

HEAL_AFTER_SECONDS: Final = 60.0
"""How long after its time a wake-up counts as lost."""

_OUTCOME: Final = ("delivered_at", "error_code", "error_message", "by_state")
"""What an earlier outcome may have left on a message that is replayed."""


class DynamoMailbox:
    """Every change is one transaction, so a crash leaves either all of it or nothing."""

    def __init__(self, client: DynamoDBClient, *, table: str, retention_days: Days) -> None:
        self._client = client
        self._table = table
        self._days = retention_days

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
        """The message waits, and its conversation is due again at `attempt.next_at`; a try that was made is kept."""
        writes = [
            self._marker(message),
            self._move(message, State.HELD),
            self._reschedule(conversation, attempt),
        ]
        self._write("hold the message", [*writes, self._try(message, attempt)] if attempt.made else writes)

    def leave(self, message: Message) -> None:
        """A waiting message is settled as it says, and its marker goes in the same breath: the next one moves up."""
        self._write("settle the message", [self._move(message, message.state), self._unmark(message)])

    def replay(self, message: Message, conversation: Conversation, *, at: float) -> bool:
        """A settled message waits again, at its old place in line; False when it is not settled."""
        attempt = Attempt(message.endpoint_id or "-", 0, at, 0, "", 0, at, made=False)
        message.replayed_at = at
        settled = (State.DELIVERED, State.FAILED)
        return self._write(
            "replay the message",
            [
                self._marker(message),
                self._move(message, State.HELD, found=settled),
                self._reschedule(conversation, attempt),
            ],
        )

    def forget(self, conversation_id: str, sequence: int) -> None:
        """Remove a marker whose message is settled or has expired."""
        with translated("remove the marker"):
            self._client.delete_item(TableName=self._table, Key=keys.held(conversation_id, sequence))

    def _write(self, what: str, writes: Sequence[TransactWriteItemTypeDef]) -> bool:
        with translated(what):
            # Refused: the message was settled already, by the try whose answer we never recorded.
            return transact_if_met(self._client, writes)

    def _marker(self, message: Message) -> TransactWriteItemTypeDef:
        sequence = message.sequence or 0
        facts = encode_item({"message_id": message.id, "sequence": sequence, "expires_at": self._expiry(message)})
        item = keys.held(message.conversation_id, sequence) | facts
        return {"Put": {"TableName": self._table, "Item": item}}

    def _unmark(self, message: Message) -> TransactWriteItemTypeDef:
        key = keys.held(message.conversation_id, message.sequence or 0)
        return {"Delete": {"TableName": self._table, "Key": key}}

    def _move(
        self, message: Message, state: State, *, found: tuple[State, State] = (State.RECEIVED, State.HELD)
    ) -> TransactWriteItemTypeDef:
        rewritten = message.redacted is not None and message.payload_key is None and state is not State.HELD
        facts: dict[str, object] = {
            "state": state,
            "sequence": message.sequence or 0,
            "attempts": message.attempts,
            "endpoint_id": message.endpoint_id,
            "replayed_at": message.replayed_at,
            "delivered_at": message.delivered_at if state is State.DELIVERED else None,
            "pending": message.pending or None,
            "facts": message.facts,
            "redacted": message.redacted,
            "payload": message.payload if rewritten else None,
            "expires_at": retention.moved(message, state, self._days(message.business_id)),
            "error_code": message.error_code if state is State.FAILED else None,
            "error_message": message.error_message if state is State.FAILED else None,
            "by_state": keys.state_shard(message.business_id, state, message.id) if state in EXCEPTIONAL else None,
        }
        present = {name: value for name, value in facts.items() if value is not None}
        gone = ["due_shard", "due_at"] + [name for name in _OUTCOME if facts[name] is None]
        values: dict[str, Attribute] = {f":{name}": encode(value) for name, value in present.items()}
        values |= {":found_first": encode(found[0]), ":found_second": encode(found[1])}
        return {
            "Update": {
                "TableName": self._table,
                "Key": keys.message(message.business_id, message.id),
                "UpdateExpression": (
                    f"SET {', '.join(f'#{name} = :{name}' for name in present)} REMOVE {', '.join(gone)}"
                ),
                "ConditionExpression": "#state IN (:found_first, :found_second)",
                "ExpressionAttributeNames": {f"#{name}": name for name in present},
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
                    " next_attempt_at = :next, waits_for = :waits_for, due_shard = :shard, due_at = :due"
                ),
                "ExpressionAttributeValues": {
                    ":at": encode(attempt.at),
                    ":endpoint": encode(keys.waiting_for(conversation.business_id, attempt.endpoint_id)),
                    ":waits_for": encode(attempt.waits_for),
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
        return retention.while_it_waits(message, self._days(message.business_id))
