"""One webhook as it was heard."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.business import signing

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_THE_CONNECTION: Final = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
    | {"host", "content-length", "accept-encoding"}
)


@dataclass(frozen=True)
class Webhook:
    """The bytes and headers that came, and what they say of themselves. `event` is None when they are no JSON."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    event: Mapping[str, Any] | None = field(repr=False)

    @classmethod
    def read(cls, headers: Mapping[str, str], body: bytes) -> Webhook:
        """Never raises: whoever sent it has proved nothing yet."""
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            event = None
        lower = {name.lower(): value for name, value in headers.items()}
        return cls(lower, body, event if isinstance(event, dict) else None)

    @property
    def id(self) -> str | None:
        """The same over all attempts."""
        return self.headers.get("webhook-id")

    @property
    def type(self) -> str | None:
        """Of the event."""
        return _text((self.event or {}).get("type"))

    @property
    def conversation_id(self) -> str | None:
        """None for an event that is about no conversation."""
        return _text(self._data.get("conversation_id"))

    @property
    def sequence(self) -> int | None:
        """None for an event without a place in a conversation."""
        found = self._data.get("sequence")
        return found if isinstance(found, int) else None

    @property
    def _data(self) -> Mapping[str, Any]:
        data = (self.event or {}).get("data")
        return data if isinstance(data, dict) else {}

    def onward(self, secret: str) -> dict[str, str]:
        """The headers for whoever is behind us, signed with `secret`: those that came, if it is the one that signed."""
        return self._signed(secret, self.headers.get("webhook-timestamp", "0"))

    def again(self, secret: str, *, now: float) -> dict[str, str]:
        """The same for a replay: the same id, signed now, so that it is not refused as old."""
        return self._signed(secret, str(int(now)))

    def _signed(self, secret: str, timestamp: str) -> dict[str, str]:
        passed = {name: value for name, value in self.headers.items() if name not in _OF_THE_CONNECTION}
        fresh = signing.signed_headers([secret], webhook_id=self.id or "", timestamp=int(timestamp), body=self.body)
        return passed | fresh


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
