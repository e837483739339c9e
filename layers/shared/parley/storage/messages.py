"""Messages in the table: written once, then moved from state to state."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.conversation import retention
from parley.conversation.records import ERASED, EXCEPTIONAL, Direction, Message, State
from parley.storage import answering, keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import code_of, translated
from parley.storage.transactions import refusals, transact, transact_if_met

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.conversation.retention import Days
    from parley.storage.attributes import Item

_FIELDS: Final = frozenset(field.name for field in fields(Message))
_ABSENT: Final = "attribute_not_exists(pk)"

HEAL_AFTER_SECONDS: Final = 60.0
"""When the sweeper looks at a message that nobody moved."""


class DynamoMessages:
    """Both directions, under `MSG#<business>#<id>`."""

    def __init__(self, client: DynamoDBClient, *, table: str, retention_days: Days, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._days = retention_days
        self._clock = clock

    def put(self, message: Message) -> TransactWriteItemTypeDef:
        """Storing a message once, as a part of a transaction."""
        return {"Put": {"TableName": self._table, "Item": self._item(message), "ConditionExpression": _ABSENT}}

    def add(self, message: Message) -> bool:
        """Store a message once; False when its id is there already."""
        with translated("store the message"):
            try:
                self._client.put_item(TableName=self._table, Item=self._item(message), ConditionExpression=_ABSENT)
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def add_all(self, messages: Sequence[Message], *, asks: bool = False) -> bool:
        """Store the messages of one call together, each findable by its answer; False when they are there.

        All or none: half a call would be sent twice when it is repeated. With `asks` the customer's next words
        may answer the first of them.
        """
        writes: list[TransactWriteItemTypeDef] = [
            {"Put": {"TableName": self._table, "Item": self._item(message), "ConditionExpression": _ABSENT}}
            for message in messages
        ]
        for message in [each for each in messages if not each.is_test]:
            writes += answering.ways_back(message, table=self._table, expires_at=self._expiry(message))
        if asks:
            writes.append(answering.opened(messages[0], table=self._table))
        if len(writes) == 1:
            return self.add(messages[0])
        with translated("store the messages"):
            return transact_if_met(self._client, writes)

    def add_unless_twin(
        self, message: Message, *, digest: str, window: float, redact: Callable[[Message], None] | None = None
    ) -> bool:
        """Store an interactive reply, as `suppressed` when its twin came within `window` seconds.

        Both writes are one transaction: a mark without its message would swallow the twin for good. What is
        suppressed goes to nobody, so it is stored as `redact` leaves it.
        False when the id is there already.
        """
        now = message.received_at
        mark = encode_item({"message_id": message.id, "marked_at": now, "expires_at": int(now + window) + 1})
        writes: Sequence[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": self._item(message),
                    "ConditionExpression": _ABSENT,
                }
            },
            {
                "Put": {
                    "TableName": self._table,
                    "Item": keys.twin(digest) | mark,
                    "ConditionExpression": f"{_ABSENT} OR marked_at < :old",
                    "ExpressionAttributeValues": {":old": encode(now - window)},
                }
            },
        ]
        with translated("store the message"):
            try:
                transact(self._client, writes)
            except ClientError as error:
                refused = refusals(error)
                if refused[:1] == ["ConditionalCheckFailed"]:
                    return False
                if refused[1:2] != ["ConditionalCheckFailed"]:
                    raise
            else:
                return True
        message.state = State.SUPPRESSED
        if redact is not None:
            redact(message)
        return self.add(message)

    def get(self, business_id: str, message_id: str) -> Message | None:
        """One message, read strongly consistent; None when it is not there or has expired."""
        with translated("read the message"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.message(business_id, message_id), ConsistentRead=True
            ).get("Item")
        item = decode_item(found or {})
        return read(item) if is_there(item, self._clock()) else None

    def erased(self, business_id: str, message_id: str) -> bool:
        """Whether there was such a message, and its customer has been forgotten."""
        with translated("read the message"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.message(business_id, message_id), ConsistentRead=True
            ).get("Item")
        return decode_item(found or {}).get("state") == ERASED

    def settle(self, message: Message, *, from_state: State, notice: Message | None = None) -> bool:
        """Move a message to `message.state` with its outcome; False when another had moved it already.

        A final state leaves the `due` index, so the sweeper never sees it again. A `notice` is stored in the
        same transaction: what became of a message is told exactly when it became so.
        """
        names, values, sets = _outcome(message, retention.shortened(message, self._days(message.business_id)))
        values[":from"] = encode(from_state)
        update: Any = {
            "TableName": self._table,
            "Key": keys.message(message.business_id, message.id),
            "UpdateExpression": f"SET {sets} REMOVE due_shard, due_at",
            "ConditionExpression": "#state = :from",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        with translated("settle the message"):
            try:
                if notice is None:
                    self._client.update_item(**update)
                else:
                    put: Any = {"TableName": self._table, "Item": self._item(notice)}
                    transact(self._client, [{"Update": update}, {"Put": put}])
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in refusals(error):
                    return False
                raise
        return True

    def told(self, message: Message) -> None:
        """The attachments that were pending when the message was delivered have all been told of."""
        with translated("settle the attachments"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.message(message.business_id, message.id),
                UpdateExpression="SET pending = :pending",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":pending": encode(message.pending or [])},
            )

    def postpone(self, message: Message, *, due_at: float) -> None:
        """Record a failed send and when the sweeper should look, if nobody moves the message before."""
        with translated("postpone the message"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.message(message.business_id, message.id),
                UpdateExpression="SET attempts = :attempts, uncertain = :uncertain, due_at = :due",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={
                    ":attempts": encode(message.attempts),
                    ":uncertain": encode(message.uncertain),
                    ":due": encode(due_at),
                },
            )

    def record_attempt(
        self, message: Message, *, target: str, number: int, at: float, status: int, words: str, ms: int
    ) -> None:
        """Keep one failed attempt for operators."""
        attempt = {"at": at, "status": status, "words": words, "ms": ms, "expires_at": self._expiry(message)}
        item = keys.attempt(message.business_id, message.id, target, number) | encode_item(attempt)
        with translated("record the attempt"):
            self._client.put_item(TableName=self._table, Item=item)

    def _item(self, message: Message) -> Item:
        item = asdict(message)
        item |= {
            "by_conversation": f"CONV#{message.in_conversation}",
            "by_business": keys.business_shard(message.business_id, message.id),
            "received_ulid": message.ulid,
            "expires_at": self._expiry(message),
        }
        if message.state in {State.RECEIVED, State.QUEUED}:
            item["due_shard"] = keys.due_shard(message.id)
            item["due_at"] = message.received_at + HEAL_AFTER_SECONDS
        return keys.message(message.business_id, message.id) | encode_item(item)

    def _expiry(self, message: Message) -> int:
        return retention.of_message(message, self._days(message.business_id))


def is_there(item: Mapping[str, Any], now: float) -> bool:
    """Whether this is a message: not expired (DynamoDB deletes within days, not at once), and not erased."""
    return bool(item) and item["expires_at"] > now and item.get("state") != ERASED


def read(item: dict[str, Any]) -> Message:
    """A message from its attributes; those of other versions of Parley are ignored."""
    known = {name: value for name, value in item.items() if name in _FIELDS}
    known["direction"] = Direction(known["direction"])
    known["state"] = State(known["state"])
    return Message(**known)


def _outcome(message: Message, expires_at: int | None) -> tuple[dict[str, str], Item, str]:
    """Names, values and SET clause for everything a message can gain after it was stored."""
    gained = {
        "state": message.state,
        "sequence": message.sequence,
        "attempts": message.attempts,
        "uncertain": message.uncertain,
        "sent_at": message.sent_at,
        "delivered_at": message.delivered_at,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "endpoint_id": message.endpoint_id,
        "pending": message.pending or None,
        "facts": message.facts,
        "redacted": message.redacted,
        "payload": message.payload if message.redacted is not None and message.payload_key is None else None,
        "expires_at": expires_at,
        "by_state": keys.state_shard(message.business_id, message.state, message.id)
        if message.state in EXCEPTIONAL
        else None,
    }
    present = {name: value for name, value in gained.items() if value is not None}
    names = {f"#{name}": name for name in present}
    values = {f":{name}": encode(value) for name, value in present.items()}
    return names, values, ", ".join(f"#{name} = :{name}" for name in present)
