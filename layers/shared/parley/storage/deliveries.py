"""Messages found by state, conversation or time, and the failed attempts of each."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.conversation.listing import PastAttempt, Places
from parley.conversation.records import EXCEPTIONAL, Message, State
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.batches import read_batches
from parley.storage.faults import code_of, translated
from parley.storage.messages import HEAL_AFTER_SECONDS, is_there, read
from parley.storage.places import read_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.ulids import Span

MOST_ATTEMPTS: Final = 500

_INNER: Final = frozenset({"construct", "offered", "headers", "opaque_id"})
_CONTENT: Final = frozenset({"payload", "facts"})
_WHOLE: Final = [field.name for field in fields(Message) if field.name not in _INNER] + ["expires_at"]
_BARE: Final = [name for name in _WHOLE if name not in _CONTENT]
"""What most lists need of a message: neither what it says nor who wrote it."""


class DynamoDeliveries:
    """Reads of one business's messages; the business is part of every key."""

    def __init__(self, client: DynamoDBClient, *, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def places(
        self,
        business_id: str,
        *,
        span: Span,
        limit: int,
        newest_first: bool,
        state: State | None = None,
        conversation_id: str | None = None,
    ) -> Places:
        """The first `limit` places of a span, from the narrowest index; a moment late, as indexes are.

        `state` only helps to find them: what state a message is in now stands in the message.
        """
        if span.is_empty:
            return Places([], more=False)
        if conversation_id is not None:
            index, attribute, shards = keys.BY_CONVERSATION, "by_conversation", [f"CONV#{conversation_id}"]
        elif state in EXCEPTIONAL:
            index, attribute, shards = keys.BY_STATE, "by_state", keys.state_shards(business_id, state)
        else:
            index, attribute, shards = keys.BY_BUSINESS, "by_business", keys.business_shards(business_id)
        return read_places(
            self._client,
            table=self._table,
            index=index,
            attribute=attribute,
            shards=shards,
            span=span,
            limit=limit,
            newest_first=newest_first,
        )

    def read(self, business_id: str, message_ids: Iterable[str]) -> dict[str, Message]:
        """Messages by id, strongly consistent and without their contents; those that are gone are left out."""
        return self._read(business_id, message_ids, _BARE)

    def read_whole(self, business_id: str, message_ids: Iterable[str]) -> dict[str, Message]:
        """The same, with what they say."""
        return self._read(business_id, message_ids, _WHOLE)

    def _read(self, business_id: str, message_ids: Iterable[str], names: list[str]) -> dict[str, Message]:
        wanted = [keys.message(business_id, message_id) for message_id in dict.fromkeys(message_ids)]
        items = read_batches(self._client, table=self._table, wanted=wanted, names=names)
        return {item["id"]: read(item) for item in items if is_there(item, self._clock())}

    def attempts(self, business_id: str, message_id: str) -> list[PastAttempt]:
        """The failed attempts of a message, the newest first."""
        with translated("read the attempts"):
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :try)",
                ExpressionAttributeValues={
                    ":pk": keys.message(business_id, message_id)["pk"],
                    ":try": {"S": keys.ATTEMPT_PREFIX},
                },
                ConsistentRead=True,
                Limit=MOST_ATTEMPTS,
            )
        return sorted(map(_attempt, page["Items"]), key=lambda attempt: attempt.at, reverse=True)

    def requeue(self, message: Message, *, at: float) -> bool:
        """A message to a customer waits for its next send again; False when it is no longer what was read.

        The sweeper sends it, should nobody queue it.
        """
        with translated("queue the message again"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.message(message.business_id, message.id),
                    UpdateExpression=(
                        "SET #state = :queued, replayed_at = :at, due_shard = :shard, due_at = :due"
                        " REMOVE by_state, error_code, error_message"
                    ),
                    ConditionExpression="#state = :seen",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues={
                        ":queued": encode(State.QUEUED),
                        ":seen": encode(message.state),
                        ":at": encode(at),
                        ":shard": encode(keys.due_shard(message.id)),
                        ":due": encode(at + HEAL_AFTER_SECONDS),
                    },
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True


def _attempt(stored: Any) -> PastAttempt:
    item = decode_item(stored)
    target, _, number = str(item["sk"]).removeprefix(keys.ATTEMPT_PREFIX).rpartition("#")
    return PastAttempt(target, int(number), item["at"], item["status"], item["words"], item["ms"])
