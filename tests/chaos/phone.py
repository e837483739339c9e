"""Apple's gateway and the phones behind it: a message is shown once for each id, however often it is posted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import jwt

from tests.chaos.web import Reply, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.web import Request

TOKEN_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One post Apple accepted. `again`: the phone had shown this id before."""

    at: float
    id: str
    customer: str
    business: str
    type: str
    body: str
    again: bool


@dataclass
class Phone:
    """Every customer's phone, and the gateway before them (protocol/01 §3)."""

    msp_id: str
    key: bytes
    now: Callable[[], float]
    name: str = "apple"
    standing: Standing = Standing.UP
    log: list[Shown] = field(default_factory=list)
    left: set[tuple[str, str]] = field(default_factory=set)
    """Customers who closed the conversation with a business."""
    refused: int = 0
    """Posts Apple found fault with: there should be none."""
    _seen: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Reply:
        content = json.loads(request.body)
        faulty = not self._is_signed(request.headers.get("authorization", ""))
        faulty = faulty or any(
            request.headers.get(header) != content.get(name)
            for header, name in (("id", "id"), ("source-id", "sourceId"), ("destination-id", "destinationId"))
        )
        if faulty:
            self.refused += 1
            return Reply(400, body=b"400 Bad Request : headers or token")
        if (content["sourceId"], content["destinationId"]) in self.left:
            return Reply(410, body=b"410 Gone : Session not found")
        self.log.append(
            Shown(
                at=self.now(),
                id=content["id"],
                customer=content["destinationId"],
                business=content["sourceId"],
                type=content["type"],
                body=str(content.get("body", "")),
                again=content["id"] in self._seen,
            )
        )
        self._seen.add(content["id"])
        return Reply(200, body=b"")

    def about(self, request: Request) -> str:
        content = json.loads(request.body)
        return f"apple {content['destinationId']} {content['id']} {content.get('body', '')}"

    def _is_signed(self, authorization: str) -> bool:
        try:
            claims = jwt.decode(
                authorization.removeprefix("Bearer "),
                self.key,
                algorithms=["HS256"],
                options={"verify_iat": False, "verify_exp": False, "verify_aud": False},
            )
        except jwt.PyJWTError:
            return False
        return claims.get("iss") == self.msp_id and abs(self.now() - float(claims["iat"])) <= TOKEN_SECONDS
