"""What the table has let go by its time takes its bytes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation import arrivals
from parley.conversation.attachments import object_key, rendition_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.services import ports


class Expire:
    """Handle one item that is gone. The same again changes nothing."""

    def __init__(self, *, objects: ports.Objects) -> None:
        self._objects = objects

    def __call__(self, item: Mapping[str, Any]) -> int:
        """How many objects belonged to it, whether they were there or not. Raises Retryable."""
        keys = list(_objects_of(item))
        for key in keys:
            self._objects.delete(key)
        return len(keys)


def _objects_of(item: Mapping[str, Any]) -> list[str]:
    if item.get("sk") == "ATT":
        business_id, identity = item["business_id"], item["id"]
        return [
            object_key(business_id, identity),
            rendition_key(business_id, identity),
            arrivals.upload_key(business_id, identity),
        ]
    return [item["payload_key"]] if item.get("sk") == "MSG" and "payload_key" in item else []
