"""What Apple sends, built the way Apple builds it: JSON, gzip, headers, JWT (protocol/01 §2, 02 §1)."""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from typing import TYPE_CHECKING, Any, Final

import jwt

from parley.apple.tokens import Credential
from parley.services.receive import AppleRequest
from tests.support.clock import NEW_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

MSP_ID: Final = "11111111-2222-3333-4444-555555555555"
SECRET: Final = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
CREDENTIAL: Final = Credential.of(MSP_ID, SECRET)
OTHER_CREDENTIAL: Final = Credential(MSP_ID, bytes(range(100, 132)))

BUSINESS: Final = "2f0a6f0e-52b8-4c0c-9a44-6f1f3b1a7c11"
OTHER_BUSINESS: Final = "9b1d7c3e-0c55-4f21-8a2c-7d1e0f5b6a42"
CUSTOMER: Final = "urn:mbid:AQAAYexample0customer0+/A=="
OTHER_CUSTOMER: Final = "urn:mbid:AQAAYexample0stranger0+/B=="


def token(*, credential: Credential = CREDENTIAL, now: float = NEW_YEAR, **claims: Any) -> str:
    """A JWT as Apple signs it; `claims` replace or add, and `None` leaves one out."""
    content = {"aud": credential.msp_id, "iat": int(now)} | claims
    content = {name: value for name, value in content.items() if value is not None}
    return jwt.encode(content, credential.key, algorithm="HS256", headers={"typ": None})


def envelope(kind: str = "text", **fields: Any) -> dict[str, Any]:
    """The JSON of one customer event; a field given as None is left out."""
    content: dict[str, Any] = {
        "v": 1,
        "id": str(uuid.uuid4()),
        "type": kind,
        "sourceId": CUSTOMER,
        "destinationId": BUSINESS,
    }
    if kind == "text":
        content["body"] = "Is the blue one in stock?"
    if kind == "interactive":
        content["interactiveData"] = {"sessionIdentifier": "S-1", "data": {"version": "1.0"}}
    content |= fields
    return {name: value for name, value in content.items() if value is not None}


def headers(content: Mapping[str, Any], *, authorization: str | None = None, **more: str) -> dict[str, str]:
    """Apple's headers for `content`, names in lower case; `more` takes names with underscores."""
    shown = {
        "authorization": authorization,
        "id": content.get("id"),
        "source-id": content.get("sourceId"),
        "destination-id": content.get("destinationId"),
        "capability-list": "LIST,QUICK",
        "content-type": "application/json",
    }
    shown |= {name.replace("_", "-"): value for name, value in more.items()}
    return {name: str(value) for name, value in shown.items() if value is not None}


def request(content: Mapping[str, Any], *, now: float = NEW_YEAR, **more: str) -> AppleRequest:
    """One POST as the service sees it: inflated, headers in lower case."""
    body = json.dumps(content).encode()
    return AppleRequest(
        headers=headers(content, authorization=f"Bearer {token(now=now)}", **more),
        body=lambda: body,
    )


def api_gateway_event(body: bytes, sent: Mapping[str, str], *, encoded: bool = True) -> dict[str, Any]:
    """What API Gateway hands to a function for `POST /message`."""
    return {
        "resource": "/message",
        "path": "/message",
        "httpMethod": "POST",
        "headers": dict(sent),
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "pathParameters": None,
        "requestContext": {"stage": "local", "requestId": "request-1", "httpMethod": "POST"},
        "body": base64.b64encode(body).decode("ascii") if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }


def zipped(content: object) -> bytes:
    """`content` as Apple's wire carries it."""
    return gzip.compress(json.dumps(content).encode())
