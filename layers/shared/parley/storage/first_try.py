"""The first try of every call to DynamoDB and SQS, made without botocore's machinery (docs/decisions/0025).

botocore still writes the call and reads its answer. What it does between, it does for every service there is: events,
records, a request in three forms, an answer in three. A call that goes well needs none of it; whatever else comes of
this try, botocore makes the next one as if there had been none, in its own way and with its own patience.
"""

from __future__ import annotations

import codecs
import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zlib import crc32

from botocore.parsers import ResponseParserFactory
from botocore.utils import get_environ_proxies

from parley.storage.own_connections import OwnConnections
from parley.storage.own_signatures import Scope, signed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from botocore.model import OperationModel
    from botocore.session import Session

EVENT: Final = "before-call"

_FINAL: Final = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})
"""Refusals that are answers: asked again, the table would say the same, and count it once more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What botocore looks at when an answer came from one of its events."""

    status_code: int
    headers: Mapping[str, str]


type Answered = tuple[Answer, dict[str, Any]]


class FirstTry:
    """The handler of one client's `before-call`."""

    def __init__(self, client: Any, session: Session) -> None:
        config = client.meta.config
        self._region = client.meta.region_name
        self._service = client.meta.service_model.signing_name
        self._credentials: Any = session.get_credentials()
        self._parser = ResponseParserFactory().create_parser(client.meta.service_model.resolved_protocol)
        codecs.lookup("idna")  # loaded now: the first connection needs it, and that is made after the init phase
        self._connections = OwnConnections(connect_seconds=config.connect_timeout, read_seconds=config.read_timeout)

    @classmethod
    def register(cls, client: Any, session: Session) -> None:
        """Have `client`, of a service that is spoken to in JSON, try this way first; not through a proxy, though."""
        if not get_environ_proxies(client.meta.endpoint_url):
            client.meta.events.register_last(EVENT, cls(client, session))

    def __call__(
        self, *, model: OperationModel, params: Mapping[str, Any], context: Mapping[str, Any], **_: object
    ) -> Answered | None:
        """None for what is not settled by this try. Raises what botocore raises when credentials cannot be had."""
        to, body = urlsplit(params["url"]), params["body"]
        usual = params["method"] == "POST" and to.path in {"", "/"} and not to.query and to.port not in {80, 443}
        if not usual or not body or self._credentials is None or context.get("auth_type") not in {None, "v4"}:
            return None
        signing = context.get("signing") or {}
        scope = Scope(signing.get("region") or self._region, signing.get("signing_name") or self._service)
        headers = signed(params["headers"], to.netloc, body, self._credentials.get_frozen_credentials(), scope)
        try:
            status, found, content = self._connections.post(to, headers, body)
        except (OSError, http.client.HTTPException):
            return None
        return self._read(model, Answer(status, found), content)

    def _read(self, model: OperationModel, answer: Answer, content: bytes) -> Answered | None:
        checksum = answer.headers.get("x-amz-crc32")
        if answer.status_code not in {200, 400} or (checksum is not None and checksum != str(crc32(content))):
            return None
        response = {
            "status_code": answer.status_code,
            "headers": answer.headers,
            "body": content,
            "context": {"operation_name": model.name},
        }
        usual: Any = model.output_shape  # None where nothing is answered
        parsed: dict[str, Any] = self._parser.parse(response, usual)
        if answer.status_code == 400:
            code = parsed["Error"]["Code"]
            if code not in _FINAL:
                return None
            parsed.update(self._parser.parse(response, model.service_model.shape_for_error_code(code)))
        parsed["ResponseMetadata"]["RetryAttempts"] = 0
        return answer, parsed
