"""A business's endpoint: it believes only what is signed, and writes down whatever it takes in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from parley.business.model import REDACTED
from tests.chaos.web import Reply, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.web import Request

TOLERANCE_SECONDS: Final = 300.0
"""How old or new a signature's time may be: what receivers of Standard Webhooks allow."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One webhook a receiver took in. `number` counts over all receivers of a world."""

    number: int
    at: float
    endpoint: str
    webhook_id: str
    type: str
    business: str
    conversation: str
    sequence: int | None
    said: str
    """What identifies the customer's message: its text, or its id."""
    digest: str
    """Of all that has to be the same in every attempt."""
    genuine: bool
    redacted: bool
    """Its text was taken out, as the business wanted: a replay of what was delivered before."""


@dataclass
class Receiver:
    """One endpoint. All receivers of a world write into one log."""

    name: str
    secrets: list[str]
    log: list[Taken]
    now: Callable[[], float]
    standing: Standing = Standing.UP

    def answer(self, request: Request) -> Reply:
        event = json.loads(request.body)
        data: dict[str, Any] = event["data"]
        message = data.get("message", {})
        redacted = message.get("body") == REDACTED
        self.log.append(
            Taken(
                number=len(self.log),
                at=self.now(),
                endpoint=self.name,
                webhook_id=request.headers["webhook-id"],
                type=event["type"],
                business=data.get("business_id", ""),
                conversation=data.get("conversation_id", ""),
                sequence=data.get("sequence"),
                said=str((not redacted and message.get("body")) or message.get("id") or ""),
                digest=hashlib.sha256(json.dumps([event["type"], message]).encode()).hexdigest(),
                genuine=self._is_genuine(request),
                redacted=redacted,
            )
        )
        return Reply()

    def about(self, request: Request) -> str:
        data = json.loads(request.body)["data"]
        return f"{self.name} {data.get('conversation_id', '')} {request.headers['webhook-id']} {data.get('sequence')}"

    def _is_genuine(self, request: Request) -> bool:
        """Checked here by our own reading of the standard, not with the code that signs."""
        sent_at = int(request.headers["webhook-timestamp"])
        signed = f"{request.headers['webhook-id']}.{sent_at}.".encode() + request.body
        given = request.headers["webhook-signature"].split(" ")
        good = {
            "v1," + base64.b64encode(hmac.digest(base64.b64decode(secret[len("whsec_") :]), signed, "sha256")).decode()
            for secret in self.secrets
        }
        return bool(good & set(given)) and abs(sent_at - self.now()) <= TOLERANCE_SECONDS
