"""References to large interactive data that Apple keeps (protocol/09 §3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from parley.conversation.references import Known
from parley.storage import keys
from parley.storage.attributes import decode_item, encode_item
from parley.storage.faults import translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

LIFE_SECONDS = 24 * 3600
"""own: what is not sent again within a day is not sent again and again."""


class DynamoDataRefs:
    """Under `DATAREF#<business>#<digest>`. A reference is kept as text: it goes back exactly as it came."""

    def __init__(self, client: DynamoDBClient, *, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def get(self, business_id: str, digest: str) -> Known | None:
        """What is known of this content; None when it was not sent lately."""
        with translated("read the data reference"):
            found = self._client.get_item(TableName=self._table, Key=keys.data_ref(business_id, digest)).get("Item")
        facts: dict[str, Any] = decode_item(found or {})
        if not facts or facts["expires_at"] <= self._clock():
            return None
        text = facts.get("reference")
        return Known(float(facts["made_at"]), None if text is None else json.loads(text))

    def put(self, business_id: str, digest: str, known: Known) -> None:
        """Remember that it was sent, and the reference Apple gave for it, if it did."""
        facts = {
            "made_at": known.made_at,
            "reference": None if known.reference is None else json.dumps(known.reference),
            "expires_at": int(self._clock()) + LIFE_SECONDS,
        }
        with translated("store the data reference"):
            self._client.put_item(TableName=self._table, Item=keys.data_ref(business_id, digest) | encode_item(facts))
