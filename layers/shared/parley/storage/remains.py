"""What is kept of one conversation, found and taken away: its messages, its marks, its files, its state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.conversation import arrivals, ulids
from parley.conversation.attachments import object_key, rendition_key
from parley.conversation.erasures import KEPT_SECONDS, Swept
from parley.conversation.records import ERASED
from parley.errors import Retryable
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import code_of, translated
from parley.storage.messages import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.erasures import Belongings, Erasure
    from parley.conversation.records import Message
    from parley.storage.attributes import Item
    from parley.storage.keys import Key
    from parley.storage.objects import S3Objects

PAGE: Final = 100
TRIES: Final = 5


class DynamoRemains:
    """The one who forgets. Everything may be done twice."""

    def __init__(self, client: DynamoDBClient, *, table: str, objects: S3Objects, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._objects = objects
        self._clock = clock

    def bury(self, erasure: Erasure) -> float:
        """Put a tombstone in the place of the conversation's state, and say from when on it begins anew.

        Everything that was applied so far was received by then. A customer who has written since is left alone.
        """
        for _ in range(TRIES):
            state = self._get(keys.conversation(erasure.conversation_id))
            seen, last = state.get("sequence"), state.get("last_inbound_at", 0.0)
            before = erasure.before
            if before is None:
                before = max(self._clock(), last, state.get("erased_at", 0.0))
            elif state.get("opaque_id") and (last > before or self._has_newer(erasure, before)):
                return before
            if self._put_tombstone(erasure, before, seen):
                return before
        raise Retryable("the customer writes at this very moment", code="conversation_busy", after=1)

    def messages(self, erasure: Erasure) -> Iterator[Message]:
        """Those received up to the erasure, oldest first, and what was made of them by who did not know of it yet.

        An index may name some that are gone.
        """
        before = erasure.before or 0.0
        for key in self._indexed(keys.of_conversation(erasure.conversation_id)):
            item = self._get(key)
            if item and item["state"] != ERASED and not _begins_anew(item, before):
                yield read(item)

    def strip(self, message: Message, belongings: Belongings, erasure: Erasure) -> None:
        """Leave a stub of a message that says only what else is to be taken away. It is the fence: nobody who comes to
        the message from here on finds one."""
        business_id = message.business_id
        gone = [keys.attachment(business_id, each) for each in belongings.attachment_ids]
        if belongings.twin is not None:
            gone.append(keys.twin(belongings.twin))
        if message.reference_id is not None:
            gone += keys.ways_to(business_id, message.conversation_id, message.reference_id, message.request_identifier)
        objects = [message.payload_key] if message.payload_key is not None else []
        for each in belongings.attachment_ids:
            objects += [object_key(business_id, each), rendition_key(business_id, each)]
        stub = {
            "state": ERASED,
            "by_conversation": keys.erased_by(erasure.id),
            "received_ulid": message.ulid,
            "expires_at": int(self._clock() + KEPT_SECONDS),
            "files": list(belongings.file_ids),
            "objects": objects,
            "items": [[key["pk"]["S"], key["sk"]["S"]] for key in gone],
        }
        self._put(keys.message(business_id, message.id), stub)

    def sweep_up(self, business_id: str, message_id: str, erasure: Erasure) -> Swept:
        """Take away what hangs on a message that was stripped."""
        key = keys.message(business_id, message_id)
        stub = self._get(key)
        attempts = sum(self._delete(each) is not None for each in self._attempts(key))
        marks = attachments = kept = 0
        for pk, sk in stub.get("items", ()):
            found = self._delete({"pk": {"S": pk}, "sk": {"S": sk}})
            self._drop_unfinished(found)
            attachments += found is not None and sk == "ATT"
            marks += found is not None and sk != "ATT"
        for each in stub.get("objects", ()):
            self._objects.delete(each)
        for each in stub.get("files", ()):
            gone = self._delete_file(business_id, each, erasure.conversation_id)
            attachments += gone is True
            kept += gone is False
        return Swept(attempts, attachments, marks, kept)

    def stubs(self, erasure: Erasure) -> Iterator[str]:
        """The ids of the messages this erasure has stripped."""
        for key in self._indexed(keys.erased_by(erasure.id)):
            yield key["pk"]["S"].split("#", 2)[2]

    def close(self, business_id: str, message_id: str) -> None:
        """Of a stub leave nothing but that such an id was there: a late retry of Apple's is no new message."""
        self._put(
            keys.message(business_id, message_id),
            {"state": ERASED, "expires_at": int(self._clock() + KEPT_SECONDS)},
        )

    def clear(self, erasure: Erasure) -> int:
        """Take away everything that stands beside the conversation's state, but what belongs to a new beginning."""
        gone = 0
        for item in self._partition(erasure.conversation_id):
            if item["sk"] != keys.STATE and not self._is_newer(item, erasure):
                key: Key = {"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}}
                gone += self._delete(key) is not None
        return gone

    def is_gone(self, business_id: str, attachment_id: str) -> bool:
        """Whether nothing is known of a file."""
        return not self._get(keys.attachment(business_id, attachment_id))

    def _is_newer(self, item: dict[str, Any], erasure: Erasure) -> bool:
        before = erasure.before or 0.0
        if "message_id" in item:
            message = self._get(keys.message(erasure.business_id, item["message_id"]))
            return bool(message) and message["state"] != ERASED and _begins_anew(message, before)
        return bool(item.get("created_at", 0.0) > before)

    def _has_newer(self, erasure: Erasure, before: float) -> bool:
        with translated("look for newer messages"):
            page = self._client.query(
                TableName=self._table,
                IndexName=keys.BY_CONVERSATION,
                KeyConditionExpression="by_conversation = :conversation AND received_ulid >= :after",
                ExpressionAttributeValues={
                    ":conversation": {"S": keys.of_conversation(erasure.conversation_id)},
                    ":after": {"S": _behind(before)},
                },
                Limit=1,
            )
        return bool(page["Items"])

    def _put_tombstone(self, erasure: Erasure, before: float, seen: int | None) -> bool:
        tombstone: dict[str, object] = {
            "id": erasure.conversation_id,
            "business_id": erasure.business_id,
            "sequence": seen,
            "erased_at": before,
            "expires_at": int(before + KEPT_SECONDS),
        }
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(#sequence)"}
        if seen is not None:
            condition = {
                "ConditionExpression": "#sequence = :seen",
                "ExpressionAttributeValues": {":seen": encode(seen)},
            }
        with translated("put the tombstone"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=keys.conversation(erasure.conversation_id) | encode_item(tombstone),
                    ExpressionAttributeNames={"#sequence": "sequence"},
                    **condition,
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def _delete_file(self, business_id: str, attachment_id: str, conversation_id: str) -> bool | None:
        """True when it was taken away, None when it was gone, False when it was sent to others as well."""
        try:
            found = self._delete(
                keys.attachment(business_id, attachment_id),
                ConditionExpression=(
                    "attribute_not_exists(sent_to_others)"
                    " AND (attribute_not_exists(sent_to) OR sent_to = :conversation)"
                ),
                ExpressionAttributeValues={":conversation": encode(conversation_id)},
            )
        except _RefusedError:
            return False
        self._drop_unfinished(found)
        self._objects.delete(object_key(business_id, attachment_id))
        self._objects.delete(rendition_key(business_id, attachment_id))
        self._objects.delete(arrivals.upload_key(business_id, attachment_id))
        return True if found is not None else None

    def _drop_unfinished(self, attachment: dict[str, Any] | None) -> None:
        unfinished = (attachment or {}).get("unfinished") or {}
        if attachment is not None and "upload_id" in unfinished:
            self._objects.abort(object_key(attachment["business_id"], attachment["id"]), unfinished["upload_id"])

    def _attempts(self, message: Key) -> Iterator[Key]:
        with translated("find the attempts"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :try)",
                ExpressionAttributeValues={":pk": message["pk"], ":try": {"S": keys.ATTEMPT_PREFIX}},
                ProjectionExpression="pk, sk",
                ConsistentRead=True,
            )
            for page in pages:
                yield from ({"pk": item["pk"], "sk": item["sk"]} for item in page["Items"])  # type: ignore[misc]

    def _partition(self, conversation_id: str) -> Iterator[dict[str, Any]]:
        with translated("read the conversation"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": keys.conversation(conversation_id)["pk"]},
                ProjectionExpression="pk, sk, message_id, created_at",
                ConsistentRead=True,
            )
            for page in pages:
                yield from map(decode_item, page["Items"])

    def _indexed(self, partition: str, *, up_to: float | None = None) -> Iterator[Key]:
        """Keys from `by-conversation`, page by page: what is taken away meanwhile disturbs nobody."""
        last = ulids.LAST if up_to is None else _behind(up_to)
        with translated("read the index by-conversation"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName=keys.BY_CONVERSATION,
                KeyConditionExpression="by_conversation = :partition AND received_ulid <= :last",
                ExpressionAttributeValues={":partition": {"S": partition}, ":last": {"S": last}},
                PaginationConfig={"PageSize": PAGE},
            )
            for page in pages:
                yield from ({"pk": item["pk"], "sk": item["sk"]} for item in page["Items"])  # type: ignore[misc]

    def _get(self, key: Key) -> dict[str, Any]:
        with translated("read what is left"):
            return decode_item(
                self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item") or {}
            )

    def _put(self, key: Key, facts: dict[str, object]) -> None:
        item: Item = key | encode_item(facts)
        with translated("strip the message"):
            self._client.put_item(TableName=self._table, Item=item)

    def _delete(self, key: Key, **condition: Any) -> dict[str, Any] | None:
        """The item that was there; None when none was. Raises _RefusedError when a condition does not hold."""
        with translated("take away what is left"):
            try:
                gone = self._client.delete_item(TableName=self._table, Key=key, ReturnValues="ALL_OLD", **condition)
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    raise _RefusedError from None
                raise
        found = gone.get("Attributes")
        return decode_item(found) if found else None


def _begins_anew(message: dict[str, Any], before: float) -> bool:
    """Whether it belongs to a new beginning. What was in the making when the tombstone came has not seen it."""
    return bool(message["received_at"] > before and message.get("erasure_seen", before) >= before)


class _RefusedError(Exception):
    """It is not to be taken away."""


def _behind(moment: float) -> str:
    """The first ULID of the millisecond after `moment` (Unix seconds)."""
    return ulids.first_of(datetime.fromtimestamp(moment, UTC) + timedelta(milliseconds=1))
