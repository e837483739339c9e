"""Calls under an `Idempotency-Key`: `IDEM#<business>#<SHA-256 of the key>`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.business.calls import Answer, Earlier
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.attributes import Attribute

KEPT_SECONDS: Final = 48 * 3600
"""How long a key is remembered; 24 hours are promised."""

LEASE_SECONDS: Final = 60.0
"""When a call that never ended may be made again: longer than a function runs."""

_RUNNING: Final = "running"
_DONE: Final = "done"


class DynamoCalls:
    """One item per key. What opens something is never in it: the caller takes that out of the answer before."""

    def __init__(self, client: DynamoDBClient, *, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def begin(self, business_id: str, key: str, *, request_hash: str, token: str) -> Earlier | None:
        """Take the key for this call, in one write; the earlier call when it is taken.

        A key is free again when its time is over, and for the same request when the call died at work.
        """
        now = self._clock()
        facts = {
            "state": _RUNNING,
            "token": token,
            "request_hash": request_hash,
            "lease_until": now + LEASE_SECONDS,
            "expires_at": int(now) + KEPT_SECONDS,
        }
        with translated("take the idempotency key"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=keys.call(business_id, key) | encode_item(facts),
                    ConditionExpression=(
                        "attribute_not_exists(pk) OR expires_at < :now"
                        " OR (#state = :running AND lease_until < :now AND request_hash = :hash)"
                    ),
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues={
                        ":now": encode(now),
                        ":running": encode(_RUNNING),
                        ":hash": encode(request_hash),
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                return _earlier(decode_item(error.response["Item"]))  # type: ignore[typeddict-item]
        return None

    def finish(self, business_id: str, key: str, *, token: str, answer: Answer) -> None:
        """Remember what the call was answered, unless another has taken the key since."""
        shown = {"status": answer.status, "content": answer.content, "headers": answer.headers}
        self._settle(
            "remember the answer",
            business_id,
            key,
            token,
            update="SET #state = :done, #answer = :answer",
            names={"#state": "state", "#answer": "answer"},
            values={":done": encode(_DONE), ":answer": encode(json.dumps(shown))},
        )

    def abandon(self, business_id: str, key: str, *, token: str) -> None:
        """The call came to nothing: the key is free at once."""
        self._settle(
            "free the idempotency key",
            business_id,
            key,
            token,
            update="SET expires_at = :over",
            names={},
            values={":over": encode(0)},
        )

    def _settle(
        self,
        what: str,
        business_id: str,
        key: str,
        token: str,
        *,
        update: str,
        names: dict[str, str],
        values: dict[str, Attribute],
    ) -> None:
        with translated(what):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.call(business_id, key),
                    UpdateExpression=update,
                    ConditionExpression="#token = :token",
                    ExpressionAttributeNames=names | {"#token": "token"},
                    ExpressionAttributeValues=values | {":token": encode(token)},
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise


def _earlier(item: dict[str, Any]) -> Earlier:
    if item["state"] == _RUNNING:
        return Earlier(item["request_hash"])
    return Earlier(item["request_hash"], Answer(**json.loads(item["answer"])))
