"""Attachments in the table: one item each, claimed by one worker at a time, settled once."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.conversation import retention
from parley.conversation.attachments import Attachment, PartKind, PartState
from parley.conversation.records import Direction
from parley.errors import Retryable
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.retention import Days
    from parley.storage.attributes import Item

_FIELDS: Final = frozenset(field.name for field in fields(Attachment))

BATCH: Final = 100
_BATCH_TRIES: Final = 3

HEAL_AFTER_SECONDS: Final = 60.0
"""How long after a claim ran out the sweeper looks at what it was for."""


class DynamoAttachments:
    """Both directions, under `ATT#<business>#<id>`."""

    def __init__(self, client: DynamoDBClient, *, table: str, retention_days: Days, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._days = retention_days
        self._clock = clock

    def put(self, attachment: Attachment) -> bool:
        """Store a new one; False when it is there already, which is left as it is."""
        with translated("store the attachment"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=self._item(attachment),
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def get(self, business_id: str, attachment_id: str) -> Attachment | None:
        """One attachment, read strongly consistent; None when it is not there or has expired."""
        with translated("read the attachment"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.attachment(business_id, attachment_id), ConsistentRead=True
            ).get("Item")
        return self._read(found)

    def of_message(self, business_id: str, ids: Sequence[str]) -> dict[str, Attachment]:
        """Those of up to 100 attachments that are there, by id, read strongly consistent."""
        wanted: Any = [keys.attachment(business_id, attachment) for attachment in ids[:BATCH]]
        found: dict[str, Attachment] = {}
        for _ in range(_BATCH_TRIES):
            if not wanted:
                return found
            with translated("read the attachments"):
                page = self._client.batch_get_item(RequestItems={self._table: {"Keys": wanted, "ConsistentRead": True}})
            read = [self._read(item) for item in page["Responses"].get(self._table, [])]
            found |= {attachment.id: attachment for attachment in read if attachment is not None}
            left = page["UnprocessedKeys"].get(self._table)
            wanted = left["Keys"] if left else []
        if wanted:
            raise Retryable("read the attachments: not all were given", code="aws_unavailable")
        return found

    def claim(
        self, attachment: Attachment, *, by: str, until: float, into: PartState | None = None
    ) -> Attachment | None:
        """Take one that is in `attachment.state` for a worker called `by` until `until`, and count the attempt.

        `into` moves it to another state in the same write. None when another worker has it, it has moved or settled.
        """
        if attachment.settled:
            return None
        return self._update(
            attachment,
            "SET #state = :into, claimed_by = :by, claimed_until = :until, due_shard = :shard, due_at = :due"
            " ADD attempts :one",
            "#state = :state AND (attribute_not_exists(claimed_until) OR claimed_until < :now OR claimed_by = :by)",
            {
                "into": into or attachment.state,
                "by": by,
                "until": until,
                "shard": keys.due_shard(attachment.id),
                "due": until + HEAL_AFTER_SECONDS,
                "one": 1,
                "state": attachment.state,
                "now": self._clock(),
            },
        )

    def keep(self, attachment: Attachment, *, by: str, until: float) -> bool:
        """Prolong a claim; False when it is not `by`'s any more, who then leaves it alone."""
        kept = self._update(
            attachment,
            "SET claimed_until = :until, due_at = :due",
            "#state = :state AND claimed_by = :by",
            {"until": until, "due": until + HEAL_AFTER_SECONDS, "state": attachment.state, "by": by},
        )
        return kept is not None

    def give_back(self, attachment: Attachment, *, by: str, next_at: float) -> bool:
        """End a claim without an outcome; somebody comes to it at `next_at`, the sweeper if nobody does.

        What an unfinished transfer has is kept, or forgotten if there is none.
        """
        given = self._update(
            attachment,
            "SET next_at = :next, due_at = :due, unfinished = :unfinished REMOVE claimed_by, claimed_until",
            "#state = :state AND claimed_by = :by",
            {
                "next": next_at,
                "due": next_at + HEAL_AFTER_SECONDS,
                "unfinished": attachment.unfinished or {},
                "state": attachment.state,
                "by": by,
            },
        )
        return given is not None

    def rename(self, business_id: str, attachment_id: str, name: str) -> None:
        """Give one that has a name another; nothing happens when it has none, or is gone."""
        with translated("rename the attachment"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.attachment(business_id, attachment_id),
                    UpdateExpression="SET #name = :name",
                    ConditionExpression="attribute_exists(#name)",
                    ExpressionAttributeNames={"#name": "name"},
                    ExpressionAttributeValues={":name": encode(name)},
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise

    def enclosed(self, attachment: Attachment, conversation_id: str) -> None:
        """Remember whom a file goes to: the first conversation by name, and that there are others."""
        if attachment.sent_to_others or attachment.sent_to == conversation_id:
            return
        first = attachment.sent_to is None and self._write(
            attachment,
            "SET sent_to = :conversation",
            "attribute_exists(pk) AND (attribute_not_exists(sent_to) OR sent_to = :conversation)",
            {":conversation": encode(conversation_id)},
        )
        if not first:
            self._write(attachment, "SET sent_to_others = :yes", "attribute_exists(pk)", {":yes": encode(value=True)})

    def settle(self, attachment: Attachment, *, from_state: PartState) -> bool:
        """Write what became of it; False when it is not in `from_state` any more.

        What is settled is claimed by nobody and leaves the `due` index.
        """
        facts = {name: value for name, value in asdict(attachment).items() if value is not None and name != "attempts"}
        gone = ["next_at", "unfinished", "claimed_by", "claimed_until"]
        if attachment.settled:
            gone += ["due_shard", "due_at"]
        facts = {name: value for name, value in facts.items() if name not in gone}
        names = {f"#{name}": name for name in facts}
        return (
            self._write(
                attachment,
                f"SET {', '.join(f'#{name} = :{name}' for name in facts)} REMOVE {', '.join(gone)}",
                "#state = :from",
                encode_item({f":{name}": value for name, value in facts.items()} | {":from": from_state}),
                names,
            )
            is not None
        )

    def _update(
        self, attachment: Attachment, change: str, condition: str, values: dict[str, object]
    ) -> Attachment | None:
        encoded = {f":{name}": encode(value) for name, value in values.items()}
        return self._write(attachment, change, condition, encoded, {"#state": "state"})

    def _write(
        self, attachment: Attachment, change: str, condition: str, values: Item, names: dict[str, str] | None = None
    ) -> Attachment | None:
        named: Any = {"ExpressionAttributeNames": names} if names else {}
        with translated("update the attachment"):
            try:
                changed = self._client.update_item(
                    TableName=self._table,
                    Key=keys.attachment(attachment.business_id, attachment.id),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                    **named,
                )["Attributes"]
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return None
                raise
        return self._read(changed)

    def _item(self, attachment: Attachment) -> Item:
        item: dict[str, object] = asdict(attachment)
        item["expires_at"] = retention.of_file(attachment, self._days(attachment.business_id))
        if attachment.state is PartState.PENDING:
            item |= {
                "due_shard": keys.due_shard(attachment.id),
                "due_at": attachment.created_at + HEAL_AFTER_SECONDS,
            }
        return keys.attachment(attachment.business_id, attachment.id) | encode_item(item)

    def _read(self, item: Any) -> Attachment | None:
        """DynamoDB deletes expired items within days, not at once."""
        facts = decode_item(item or {})
        if not facts or facts["expires_at"] <= self._clock():
            return None
        return read(facts)


def read(facts: dict[str, Any]) -> Attachment:
    """An attachment from its attributes; those of other versions of Parley are ignored."""
    known = {name: value for name, value in facts.items() if name in _FIELDS}
    known["direction"] = Direction(known["direction"])
    known["state"] = PartState(known["state"])
    known["kind"] = PartKind(known["kind"])
    return Attachment(**known)
