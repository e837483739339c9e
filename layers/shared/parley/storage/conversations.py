"""Conversations in the table: who the customer is, what is undelivered, when to try again."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.conversation.identity import place_of
from parley.conversation.records import Conversation, Direction, erasure_before
from parley.errors import NotFound
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.faults import code_of, translated
from parley.storage.mailbox import HEAL_AFTER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.apple.inbound import InboundMessage
    from parley.conversation.records import Message
    from parley.storage.attributes import Attribute

_FIELDS: Final = frozenset(field.name for field in fields(Conversation))
_LEFT: Final = {Direction.INBOUND: "left_in", Direction.NOTICE: "left_in", Direction.OUTBOUND: "left_out"}


class DynamoConversations:
    """One item per conversation. Only the conversation's one writer (its queue group) calls `apply`."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, conversation_id: str) -> Conversation | None:
        """The conversation, read strongly consistent."""
        return self.look_up(conversation_id)[0]

    def look_up(self, conversation_id: str) -> tuple[Conversation | None, float]:
        """The same, and when its customer was last forgotten (Unix seconds, 0 for never): also when nothing else is
        known of them."""
        with translated("read the conversation"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.conversation(conversation_id), ConsistentRead=True
            ).get("Item")
        item = decode_item(found or {})
        known = None if found is None or _is_forgotten(item) else read(item)
        return known, item.get("erased_at", 0.0)

    def apply(self, conversation_id: str, message: InboundMessage, *, at: float) -> Conversation:
        """Apply one customer event and read the result in the same call.

        Gives the event its sequence. Applying the same event again right after changes nothing, so a
        redelivery after a crash gets the sequence it had. Raises NotFound (`conversation_erased`) for what was
        received before the customer was forgotten: it must not bring them back.
        """
        # What an expression reads is the item as it was before: the transition is seen without a read of its own.
        remembered = "was_opted_out = if_not_exists(opted_out, :no), before_at = if_not_exists(last_inbound_at, :never)"
        facts = _facts(message, at) | _place(message.destination_id, conversation_id, at)
        seen = erasure_before(at)
        return self._number(conversation_id, message.id, facts, at=at, erasure_seen=seen, also=remembered)

    def number(self, conversation_id: str, notice: Message, *, at: float) -> Conversation:
        """Give a notice its place in line, and read the conversation in the same call; again changes nothing.

        Raises NotFound (`conversation_erased`) when the customer was forgotten after what it tells of.
        """
        facts: dict[str, object] = {"business_id": notice.business_id}
        if notice.opaque_id is not None:
            facts |= {"opaque_id": notice.opaque_id, **_place(notice.business_id, conversation_id, at)}
        seen = erasure_before(at) if notice.erasure_seen is None else notice.erasure_seen
        return self._number(conversation_id, notice.id, facts, at=at, erasure_seen=seen)

    def _number(
        self,
        conversation_id: str,
        event_id: str,
        facts: dict[str, object],
        *,
        at: float,
        erasure_seen: float,
        also: str = "",
    ) -> Conversation:
        names = {f"#{name}": name for name in facts}
        values: dict[str, Attribute] = {f":{name}": encode(value) for name, value in facts.items()}
        sets = [f"#{name} = :{name}" for name in facts]
        sets += ["id = if_not_exists(id, :id)", "#created_at = if_not_exists(#created_at, :at)"]
        names |= {"#sequence": "sequence", "#last_event": "last_event", "#created_at": "created_at"}
        values |= {
            ":id": encode(conversation_id),
            ":one": encode(1),
            ":event": encode(event_id),
            ":at": encode(at),
            ":seen": encode(erasure_seen),
        }
        if also:
            sets.append(also)
            values |= {":no": encode(value=False), ":never": encode(0)}
        with translated("update the conversation"):
            try:
                changed = self._client.update_item(
                    TableName=self._table,
                    Key=keys.conversation(conversation_id),
                    # Whoever writes again is no longer forgotten: the tombstone's time does not count for them.
                    UpdateExpression=(
                        f"SET {', '.join(sets)}, #last_event = :event REMOVE expires_at ADD #sequence :one"
                    ),
                    ConditionExpression=(
                        "(attribute_not_exists(#last_event) OR #last_event <> :event)"
                        " AND (attribute_not_exists(erased_at) OR erased_at <= :seen)"
                    ),
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )["Attributes"]
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                changed = error.response["Item"]  # type: ignore[typeddict-item]
        item = decode_item(changed)
        if item.get("erased_at", 0.0) > erasure_seen:
            raise NotFound("the customer was forgotten after this", code="conversation_erased")
        return read(item)

    def opt_out(self, conversation_id: str, business_id: str, opaque_id: str) -> None:
        """The customer has left (410): nothing more is sent until they write again (protocol/02 §5)."""
        with translated("opt the customer out"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.conversation(conversation_id),
                UpdateExpression=(
                    "SET opted_out = :yes, id = :id, business_id = :business, opaque_id = :opaque REMOVE expires_at"
                ),
                ExpressionAttributeValues={
                    ":yes": encode(value=True),
                    ":id": encode(conversation_id),
                    ":business": encode(business_id),
                    ":opaque": encode(opaque_id),
                },
            )

    def leave_behind(self, conversation_id: str, business_id: str, opaque_id: str, *, message: Message) -> None:
        """A stored message could not be queued: whoever comes next has to take it along first."""
        name = _LEFT[message.direction]
        with translated("leave the message behind"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.conversation(conversation_id),
                UpdateExpression=(
                    "SET id = :id, business_id = :business, opaque_id = :opaque REMOVE expires_at ADD #left :message"
                ),
                ExpressionAttributeNames={"#left": name},
                ExpressionAttributeValues={
                    ":id": encode(conversation_id),
                    ":business": encode(business_id),
                    ":opaque": encode(opaque_id),
                    ":message": {"SS": [message.id]},
                },
            )

    def took_along(self, conversation_id: str, message_ids: Iterable[str], *, direction: Direction) -> None:
        """Those that were left behind are on their way."""
        with translated("take the messages along"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.conversation(conversation_id),
                UpdateExpression="DELETE #left :messages",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#left": _LEFT[direction]},
                ExpressionAttributeValues={":messages": {"SS": sorted(message_ids)}},
            )

    def go_on(self, conversation_id: str, *, at: float) -> None:
        """What is held is being delivered, but time is up: go on at once, with the schedule begun anew."""
        with translated("continue the conversation"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.conversation(conversation_id),
                UpdateExpression="SET attempts = :none, next_attempt_at = :at, due_at = :due",
                ConditionExpression="attribute_exists(held_since)",
                ExpressionAttributeValues={
                    ":none": encode(0),
                    ":at": encode(at),
                    ":due": encode(at + HEAL_AFTER_SECONDS),
                },
            )

    def release(self, conversation_id: str) -> None:
        """Nothing is held any more: the next message goes straight out."""
        with translated("release the conversation"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.conversation(conversation_id),
                UpdateExpression=(
                    "REMOVE held_since, held_endpoint, waits_for, next_attempt_at, attempts, due_shard, due_at"
                ),
                ConditionExpression="attribute_exists(pk)",
            )


def _facts(message: InboundMessage, at: float) -> dict[str, object]:
    """What an event teaches about its conversation. The latest non-empty word stays (protocol/02 §1)."""
    facts: dict[str, object] = {
        "business_id": message.destination_id,
        "opaque_id": message.source_id,
        "last_inbound_at": at,
    }
    words = {"locale": message.locale, "intent": message.intent, "group": message.group}
    facts |= {name: word for name, word in words.items() if word is not None}
    if message.capabilities is not None:
        facts |= {"capabilities": message.capabilities, "capabilities_at": at}
    if message.closes:
        facts["opted_out"] = True
    elif message.is_authored:
        facts["opted_out"] = False
    return facts


def _place(business_id: str, conversation_id: str, at: float) -> dict[str, object]:
    """Where it stands in the index of the business's conversations, as of its latest event."""
    return {
        "by_business": keys.conversation_shard(business_id, conversation_id),
        "received_ulid": place_of(conversation_id, at),
    }


def _is_forgotten(item: dict[str, Any]) -> bool:
    """Only its tombstone is left. Whoever writes again, or is written to, has an opaque id again."""
    return "erased_at" in item and not item.get("opaque_id")


def read(item: dict[str, Any]) -> Conversation:
    """A conversation from its attributes."""
    known = {name: value for name, value in item.items() if name in _FIELDS}
    return Conversation(**{"opaque_id": ""} | known)  # the line of news about no customer has none
