"""Both ends of Apple's wire as tests need them: an MSP's client, and an MSP that receives."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.unit.local.running import Answer, call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

MSP_ID = "11111111-2222-3333-4444-555555555555"
SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BUSINESS_ID = "2f0a6f0e-52b8-4c0c-9a44-6f1f3b1a7c11"
OPAQUE_ID = "urn:mbid:AQAAYabc+def/ghi=="
APPLE_BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.icloud.apps.messages.business.extension"
)

CONFIG = {
    "msp_id": MSP_ID,
    "secrets": [SECRET],
    "message_url": "http://127.0.0.1:9/message",
    "businesses": [BUSINESS_ID],
    "decode_shape": "bare",
    "download_seconds": 60,
}


def envelope(kind: str = "text", **fields: Any) -> dict[str, Any]:
    """A message of the MSP as protocol/03 has it; a field set to None is left out."""
    base = {"v": 1, "id": str(uuid.uuid4()), "type": kind, "sourceId": BUSINESS_ID, "destinationId": OPAQUE_ID}
    if kind == "text":
        base["body"] = "Yes, three are left."
    return {key: value for key, value in {**base, **fields}.items() if value is not None}


def quick_reply(**fields: Any) -> dict[str, Any]:
    """Interactive data of a small built-in kind."""
    items = [{"identifier": "yes", "title": "Yes"}, {"identifier": "no", "title": "No"}]
    data = {
        "version": "1.0",
        "requestIdentifier": "5a3d4b1e-7c1f-4b61-8f0f-5b0f5b1f1c01",
        "quick-reply": {"summaryText": "Was this helpful?", "items": items},
    }
    return {"bid": APPLE_BID, "data": data, **fields}


@dataclass
class Msp:
    """A client of the gateway, written as for Apple's, and the control API beside it."""

    url: str

    def token(self, *, secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
        content = {"iss": MSP_ID, "iat": int(time.time()), **claims}
        content = {name: value for name, value in content.items() if value is not None}
        return jwt.encode(content, base64.b64decode(secret), algorithm)

    def authorization(self, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**claims)}", "Source-Id": BUSINESS_ID}

    def post(self, message: dict[str, Any], *, path: str = "/v1/message", without: str = "", **headers: str) -> Answer:
        """POST a message with the usual headers; keyword arguments lay others over them, `_` for `-`."""
        usual = {
            **self.authorization(),
            "id": str(message.get("id", "")),
            "destination-id": str(message.get("destinationId", "")),
            "source-id": str(message.get("sourceId", "")),
            "content-type": "application/json",
        }
        usual.pop("Source-Id")
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        usual.pop(without, None)
        return call("POST", self.url + path, json.dumps(message).encode(), usual)

    def control(self, method: str, path: str, body: object = None) -> Answer:
        return call(method, f"{self.url}/control{path}", body)

    def phone(self, query: Mapping[str, str] | None = None) -> Any:
        """What the customer's phone shows."""
        extra = "".join(f"&{name}={value}" for name, value in (query or {}).items())
        answer = self.control("GET", f"/phones/messages?opaque_id={OPAQUE_ID.replace('+', '%2B')}{extra}")
        assert answer.status == 200, answer.text
        return answer.json

    def bubbles(self) -> list[Any]:
        shown: list[Any] = self.phone()["messages"]
        return shown

    def posts(self) -> list[Any]:
        calls: list[Any] = self.control("GET", "/posts").json["posts"]
        return calls


@dataclass
class Received:
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(gzip.decompress(self.body))


@dataclass
class StubMsp:
    """An MSP's /message endpoint that keeps what it gets."""

    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Answered one after another, then 200."""
    together: int = 1
    """Answers only once this many requests are in."""

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/message", self._message, methods=["POST"])])

    async def _message(self, request: Request) -> Response:
        self.received.append(Received(request.headers, await request.body()))
        while len(self.received) < self.together:  # noqa: ASYNC110 - an event would belong to one test's loop
            await asyncio.sleep(0.005)
        return Response("ok", self.statuses.pop(0) if self.statuses else 200)
