"""Turn a reference to large interactive data into the data (protocol/09 §1)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.apple import keyed_archive
from parley.conversation.attachments import object_key
from parley.errors import Rejected
from parley.services.fetch import refusal

if TYPE_CHECKING:
    from parley.apple.parts import Description
    from parley.conversation.attachments import Attachment
    from parley.services import ports
    from parley.services.apple_access import AppleAccess
    from parley.services.fetch import Fetch

MAX_BYTES: Final = 8 * 1024 * 1024
"""own: what a reference may hold, as it is fetched; it is the one thing here that is held whole."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The decoded JSON lies in the bucket; `title` is what its bubble says."""

    s3_key: str
    size: int
    title: str | None = field(default=None, repr=False)


class Undecodable(Rejected):
    """Apple did not decode it; `title` is what was found in it all the same."""

    def __init__(self, message: str, *, title: str | None) -> None:
        super().__init__(message, code="decode_refused")
        self.title = title


class Resolve:
    """Fetched, decoded by Apple, kept as JSON under `attachments/`."""

    def __init__(
        self, *, fetch: Fetch, access: AppleAccess, gateway: ports.ContentGateway, objects: ports.Objects
    ) -> None:
        self._fetch = fetch
        self._access = access
        self._gateway = gateway
        self._objects = objects

    def __call__(self, attachment: Attachment, description: Description) -> Resolved:
        """Raises Rejected (Undecodable with the title, if there is one) or Retryable."""
        payload = self._fetch.whole(attachment.business_id, description, max_bytes=MAX_BYTES)
        decoded = self._access(
            lambda token: self._gateway.decode_payload(
                payload, bid=description.bid or "", business_id=attachment.business_id, token=token
            )
        )
        if decoded.content is None:
            problem = refusal(decoded.answer.verdict, decoded.answer.status, decoded.answer.retry_after)
            if isinstance(problem, Rejected):
                raise Undecodable(str(problem), title=description.title or keyed_archive.title(payload))
            raise problem
        body = json.dumps(decoded.content, separators=(",", ":")).encode()
        target = object_key(attachment.business_id, attachment.id)
        self._objects.put(target, body, content_type="application/json")
        return Resolved(target, len(body), description.title)
