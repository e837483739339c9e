"""Invitations, found by the marks that lead their answers back: `REF#<business>#<hash>` / `TO#<conversation>`."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.invitations import Invited
from parley.conversation.records import Message
from parley.errors import Retryable
from parley.storage import keys
from parley.storage.attributes import decode_item, encode_item
from parley.storage.faults import translated
from parley.storage.messages import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.keys import Key

ROUNDS: Final = 8
"""Calls for one batch: DynamoDB may give less than was asked for."""

_UNASKED: Final = {"payload", "construct", "offered", "headers"}
_NAMES: Final = {f"#{field.name}": field.name for field in fields(Message) if field.name not in _UNASKED} | {
    "#expires_at": "expires_at"
}
"""What a list needs of a message; what it says is in the call that sent it."""

type Page = tuple[list[Invited], str | None]


class DynamoInvitations:
    """Reads only: the marks are written with the message, and with the answer."""

    def __init__(self, client: DynamoDBClient, *, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def newest(self, business_id: str, *, after: str | None, limit: int) -> Page:
        """All of a business, the newest first; the place to go on from, a ULID, when there are more."""
        condition = "by_business = :all" + (" AND received_ulid < :after" if after is not None else "")
        values = {":all": keys.invitations(business_id), ":after": after}
        with translated("read the invitations"):
            page = self._client.query(
                TableName=self._table,
                IndexName=keys.BY_BUSINESS,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=encode_item(values),
                ScanIndexForward=False,
                Limit=limit,
            )
        places = [(item["pk"]["S"], item["sk"]["S"]) for item in page["Items"]]
        marks = {(mark["pk"], mark["sk"]): mark for mark in self._marks(places)}
        following = page["Items"][-1]["received_ulid"]["S"] if "LastEvaluatedKey" in page else None
        return self._invited(business_id, [marks[place] for place in places if place in marks]), following

    def under(self, business_id: str, reference_id: str, *, after: str | None, limit: int) -> Page:
        """Everybody who was invited under one reference, in no order; the place is a conversation id."""
        start: Any = {}
        if after is not None:
            start = {"ExclusiveStartKey": keys.invited(business_id, reference_id, after)}
        with translated("read the invitations"):
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :reference AND begins_with(sk, :person)",
                ExpressionAttributeValues={
                    ":reference": keys.invited(business_id, reference_id, "")["pk"],
                    ":person": {"S": keys.INVITED_PREFIX},
                },
                ConsistentRead=True,
                Limit=limit,
                **start,
            )
        marks = [decode_item(item) for item in page["Items"]]
        following = marks[-1]["sk"].removeprefix(keys.INVITED_PREFIX) if "LastEvaluatedKey" in page else None
        return self._invited(business_id, marks), following

    def _marks(self, places: list[tuple[str, str]]) -> list[dict[str, Any]]:
        return self._batch([{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in places])

    def _invited(self, business_id: str, marks: list[dict[str, Any]]) -> list[Invited]:
        """In the order of the marks, without those whose message has expired."""
        wanted = list(dict.fromkeys(mark["message_id"] for mark in marks))
        found = self._batch(
            [keys.message(business_id, message_id) for message_id in wanted],
            ProjectionExpression=", ".join(_NAMES),
            ExpressionAttributeNames=_NAMES,
        )
        messages = {item["id"]: read(item) for item in found if item["expires_at"] > self._clock()}
        return [
            Invited(
                messages[mark["message_id"]],
                mark.get("answer"),
                mark.get("answered_at"),
                mark.get("answered_in"),
                mark.get("closed_at"),
            )
            for mark in marks
            if mark["message_id"] in messages
        ]

    def _batch(self, wanted: list[Key], **projection: Any) -> list[dict[str, Any]]:
        if not wanted:
            return []
        found: list[dict[str, Any]] = []
        pending: Any = {"Keys": wanted, "ConsistentRead": True, **projection}
        for _ in range(ROUNDS):
            with translated("read the invitations"):
                page = self._client.batch_get_item(RequestItems={self._table: pending})
            found += [decode_item(item) for item in page["Responses"].get(self._table, [])]
            pending = page.get("UnprocessedKeys", {}).get(self._table)
            if not pending:
                return found
        raise Retryable("DynamoDB gives the invitations too slowly", code="aws_unavailable", after=1)
