"""A business API with endpoints and routes and nothing else, and a Parley that posts to them."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parley.business import signing, webhooks
from parley.business.egress import EgressGuard
from parley.business.webhook_client import WebhookAnswer, WebhookClient

if TYPE_CHECKING:
    from starlette.requests import Request

KEY = "key-1.secret-of-twenty-chars"
OLD = [{"endpoint_id": "ep_old", "intent": "billing"}, {"endpoint_id": "ep_old"}]


@dataclass
class StubApi:
    """Behaves as the business API does, with one key. `refuse` makes calls of a method fail."""

    rules: list[dict[str, Any]] = field(default_factory=lambda: list(OLD))
    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = 1
    calls: list[str] = field(default_factory=list)
    refuse: dict[str, Response] = field(default_factory=dict)
    meddling: int = 0
    """How many replacements of the routes find that somebody else was faster."""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/endpoints", self._create, methods=["POST"]),
                Route("/v1/endpoints/{id}", self._remove, methods=["DELETE"]),
                Route("/v1/routes", self._routes, methods=["GET", "PUT"]),
            ]
        )

    @property
    def endpoint(self) -> dict[str, Any]:
        """The only one there is."""
        (one,) = self.endpoints.values()
        return one

    def _refused(self, request: Request) -> Response | None:
        call = f"{request.method} {request.url.path.split('/')[2]}"
        self.calls.append(call)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"detail": "no good API key", "code": "unauthorized"}, 401)
        return self.refuse.get(call)

    async def _create(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        made = json.loads(await request.body())
        endpoint = {"id": f"ep_{next(self._numbers)}", "state": "active", "secret": signing.new_secret(), **made}
        self.endpoints[endpoint["id"]] = endpoint
        return JSONResponse(endpoint, 201)

    async def _remove(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        name = request.path_params["id"]
        if any(rule["endpoint_id"] == name for rule in self.rules):
            return JSONResponse({"detail": "rule 0 names it", "code": "endpoint_in_use"}, 409)
        return Response(status_code=204 if self.endpoints.pop(name, None) else 404)

    async def _routes(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        if request.method == "PUT":
            if self.meddling:
                self.meddling -= 1
                self.version += 1
            if request.headers.get("if-match") != f'"{self.version}"':
                return JSONResponse({"detail": "changed meanwhile", "code": "precondition_failed"}, 412)
            self.rules, self.version = json.loads(await request.body())["rules"], self.version + 1
        return JSONResponse({"rules": self.rules}, headers={"ETag": f'"{self.version}"'})


@dataclass
class Parley:
    """Posts webhooks as Parley does."""

    client: WebhookClient = field(default_factory=lambda: WebhookClient(EgressGuard(allow_loopback=True)))

    def post(
        self,
        endpoint: dict[str, Any],
        body: str = "Hello",
        *,
        number: int = 1,
        secret: str | None = None,
        conversation: str = "c" * 26,
    ) -> WebhookAnswer:
        """One message of a customer."""
        data = {"conversation_id": conversation, "sequence": number, "message": {"id": f"m{number}", "body": body}}
        event = webhooks.event("message.received", at=time.time(), data=data)
        headers = signing.signed_headers(
            [secret or endpoint["secret"]], webhook_id=f"m{number}", timestamp=int(time.time()), body=event
        )
        return self.client.post(endpoint["url"], body=event, headers=headers)
