"""A business's conversations by the time of their latest event: the index `by-business`, in partitions of their own."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from parley.conversation.records import Conversation
from parley.storage import keys
from parley.storage.batches import read_batches
from parley.storage.conversations import read
from parley.storage.places import read_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.listing import Places
    from parley.conversation.ulids import Span

_INNER: Final = frozenset({"left_in", "left_out", "question_id", "question_answered_by", "last_event"})
_NAMES: Final = [field.name for field in fields(Conversation) if field.name not in _INNER]


class DynamoConversationList:
    """A conversation without an event since this list was introduced is not in it."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def places(self, business_id: str, *, span: Span, limit: int) -> Places:
        """The newest `limit` places of a span."""
        return read_places(
            self._client,
            table=self._table,
            index=keys.BY_BUSINESS,
            attribute="by_business",
            shards=keys.conversation_shards(business_id),
            span=span,
            limit=limit,
            newest_first=True,
        )

    def read(self, business_id: str, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        """Conversations of this business by id, as they are now."""
        wanted = [keys.conversation(identity) for identity in dict.fromkeys(conversation_ids)]
        items = read_batches(self._client, table=self._table, wanted=wanted, names=_NAMES)
        found = map(read, items)
        # Of a customer who was forgotten only a tombstone may be left, which names nobody.
        return {known.id: known for known in found if known.business_id == business_id and known.opaque_id}
