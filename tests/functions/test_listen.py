"""`parley listen` against the very functions: they register, route, deliver to it, and all is undone."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from local.listen import Wishes, listen
from local.listen.where import Where
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.http_server import serving as target_server
from tests.unit.local.running import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request

    from tests.functions.conftest import Stack


def bridge(console: Console) -> Starlette:
    """HTTP in front of the management function, past the authorizer."""

    async def call(request: Request) -> Response:
        body = (await request.body()).decode() or None
        headers = {"if_match": request.headers["if-match"]} if "if-match" in request.headers else {}
        answer = await run_in_threadpool(console, request.method, request.url.path, body, **headers)
        return Response(answer.text, answer.status, answer.headers)

    return Starlette(routes=[Route("/{path:path}", call, methods=["GET", "POST", "PUT", "DELETE"])])


@pytest.fixture
def where(stack: Stack, tmp_path: Path) -> Iterator[Where]:
    with serving(bridge(Console())) as url:
        yield Where(url, "pk_test.secret", tmp_path / "listen.json")


def test_a_customers_message_reaches_the_program_while_it_is_listened_to_and_the_endpoint_before_and_after(
    stack: Stack, where: Where
) -> None:
    console = Console()
    console.put("/v1/routes", {"rules": [{"endpoint_id": "default"}, {"endpoint_id": "default", "intent": "billing"}]})
    before = console.get("/v1/routes").json
    heard: list[dict[str, Any]] = []
    said: list[str] = []

    def write() -> None:
        while console.get("/v1/routes").json == before:
            time.sleep(0.01)
        for _ in range(20):  # what a busy machine did not take in time goes out before the next one
            stack.post(body="Hello", intent="billing")
            stack.route()
            patience = time.monotonic() + 3
            while time.monotonic() < patience:
                if len(heard) > 1:
                    return
                time.sleep(0.01)

    with target_server(reply("200 OK")) as program:
        beside = threading.Thread(target=write)
        beside.start()
        wishes = Wishes(to=program.url, once=1, as_json=True)
        listen(where, wishes, write=lambda line: heard.append(json.loads(line)), say=said.append)
        beside.join()

    ready, told = heard
    assert told["verified"] is True
    assert (told["type"], told["status"], told["sequence"]) == ("message.received", 200, 1)
    assert json.loads(program.requests[0].body)["data"]["message"]["body"] == "Hello"
    assert stack.endpoint.requests == []

    assert console.get("/v1/routes").json == before
    assert console.get(f"/v1/endpoints/{ready['endpoint_id']}").status == 404
    assert not where.memory.exists()
    assert said == ["The routes are as they were before."]
