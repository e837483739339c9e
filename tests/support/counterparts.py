"""Who Parley talks to, in memory: a business's endpoint and Apple's gateway."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parley.apple.gateway import Constructed, GatewayAnswer, Verdict
from parley.business.webhook_client import WebhookAnswer

if TYPE_CHECKING:
    from parley.apple.outbound import OutboundMessage

OK = WebhookAnswer(200, 12, "ok")
DOWN = WebhookAnswer(503, 12, "down for maintenance", reason="status")
ACCEPTED = GatewayAnswer(Verdict.ACCEPTED, 200, "", ms=20)
NOT_NOW = GatewayAnswer(Verdict.NOT_NOW, 429, "429 Too Many Requests : slow down")
UNCERTAIN = GatewayAnswer(Verdict.UNCERTAIN, 503, "503 Service Unavailable : later")
REFUSED = GatewayAnswer(Verdict.REFUSED, 400, "400 Bad Request : no body")
FORBIDDEN = GatewayAnswer(Verdict.FORBIDDEN, 403, "403 Forbidden : bad token")
GONE = GatewayAnswer(Verdict.GONE, 410, "410 Gone : Session not found")


@dataclass(frozen=True)
class Posted:
    """One webhook as an endpoint got it."""

    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.event["data"]
        return data

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Endpoint:
    """`services.ports.Webhooks`: gives the next scripted answer, or the one of this URL, or the standing one."""

    standing: WebhookAnswer = OK
    by_url: dict[str, WebhookAnswer] = field(default_factory=dict)
    by_id: dict[str, WebhookAnswer] = field(default_factory=dict)
    """What becomes of single messages, whatever else is said."""
    script: list[WebhookAnswer] = field(default_factory=list)
    posts: list[Posted] = field(default_factory=list)
    taken: list[Posted] = field(default_factory=list)
    """What was answered 2xx."""

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> WebhookAnswer:
        posted = Posted(url, body, headers)
        self.posts.append(posted)
        answer = self.by_id.get(posted.webhook_id)
        if answer is None:
            answer = self.script.pop(0) if self.script else self.by_url.get(url, self.standing)
        if answer.ok:
            self.taken.append(posted)
        return answer

    def texts(self) -> list[str]:
        """The bodies of the texts that were taken, in order, repeats included."""
        messages = [posted.data.get("message", {}) for posted in self.taken]
        return [message["body"] for message in messages if "body" in message]

    def types(self) -> list[str]:
        """The types of the events that were taken, in order, repeats included."""
        return [posted.event["type"] for posted in self.taken]


@dataclass
class Gateway:
    """`services.ports.Gateway`: gives the next scripted answer, or the standing one."""

    standing: GatewayAnswer = ACCEPTED
    script: list[GatewayAnswer] = field(default_factory=list)
    posts: list[tuple[OutboundMessage, str]] = field(default_factory=list)
    """Every message with the token it came with."""
    accepted: list[OutboundMessage] = field(default_factory=list)
    building: list[Constructed] = field(default_factory=list)
    """What becomes of the links Apple is asked to build, one after another."""
    constructs: list[tuple[dict[str, Any], str, str]] = field(default_factory=list)
    """Every link Apple was asked to build, for whom, and the token it came with."""

    def construct(self, body: dict[str, Any], *, business_id: str, token: str) -> Constructed:
        self.constructs.append((body, business_id, token))
        return self.building.pop(0)

    def send(self, message: OutboundMessage, *, token: str) -> GatewayAnswer:
        self.posts.append((message, token))
        answer = self.script.pop(0) if self.script else self.standing
        if answer.verdict is Verdict.ACCEPTED:
            self.accepted.append(message)
        return answer
