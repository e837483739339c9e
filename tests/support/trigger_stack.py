"""What `parley trigger` sends through, on 127.0.0.1: the real gateway, and an MSP and a business API that keep all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from local.trigger import Stack
from tests.unit.local.running import serving
from tests.unit.local.wire import BUSINESS_ID, CONFIG, OPAQUE_ID, Msp, StubMsp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

NOWHERE = Stack("http://127.0.0.1:9/control", "http://127.0.0.1:9/v1/messages", BUSINESS_ID, OPAQUE_ID, "key.secret")


@dataclass
class StubApi:
    """The business API: keeps what it gets and gives the scripted answers, then 202."""

    answers: list[Response] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/messages", self._send, methods=["POST"])])

    async def _send(self, request: Request) -> Response:
        self.bodies.append(json.loads(await request.body()))
        self.keys.append((request.headers["authorization"], request.headers["idempotency-key"]))
        if self.answers:
            return self.answers.pop(0)
        return JSONResponse({"id": f"m-{len(self.bodies)}", "state": "queued"}, 202)


@dataclass
class Both:
    """A stack of the real gateway, an MSP and a business API."""

    stack: Stack
    msp: StubMsp
    api: StubApi
    control: Msp


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    msp, api = StubMsp(), StubApi()
    gateway = create_app(Gateway(Config(), tmp_path_factory.mktemp("gateway")))
    with serving(gateway) as url, serving(msp.app()) as msp_url, serving(api.app()) as api_url:
        control = Msp(url)
        customer = {"opaque_id": OPAQUE_ID, "name": "Ada", "locale": "en_US", "capabilities": ["LIST", "QUICK"]}
        config = {**CONFIG, "message_url": f"{msp_url}/message", "customers": [customer]}
        assert control.control("PUT", "/config", config).status == 200
        stack = replace(NOWHERE, control_url=f"{url}/control/messages", api_url=f"{api_url}/v1/messages")
        yield Both(stack, msp, api, control)


@pytest.fixture
def both(servers: Both) -> Both:
    """The same servers with nothing received yet."""
    servers.msp.received.clear()
    servers.api.bodies.clear()
    servers.api.keys.clear()
    return servers
