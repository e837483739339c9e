"""A business manages its side of the deployed stack: every route, through API Gateway, with the function's own role."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from parley.conversation.identity import conversation_id
from parley.storage.businesses import CACHE_SECONDS
from tests.stack.conftest import eventually
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.conftest import Stack
    from tests.support.http_server import LocalServer, Request


@pytest.fixture(scope="module")
def hook() -> Iterator[LocalServer]:
    """An endpoint of the business's own."""
    with serving(reply("200 OK", b"ok")) as server:
        yield server


@pytest.fixture(scope="module")
def endpoint(stack: Stack, hook: LocalServer) -> Iterator[dict[str, Any]]:
    """It is registered, and gets what carries the intent `console`; afterwards everything is as it was."""
    status, made = stack.api("POST", "/v1/endpoints", {"url": hook.url + "/hook"}, **{"Idempotency-Key": "console"})
    assert status == 201, made
    rules = [{"endpoint_id": "default"}, {"endpoint_id": made["id"], "intent": "console"}]
    assert stack.api("PUT", "/v1/routes", {"rules": rules}) == (200, {"rules": rules})
    in_force()
    yield made
    assert stack.api("DELETE", f"/v1/endpoints/{made['id']}")[1]["code"] == "endpoint_in_use"
    assert stack.api("PUT", "/v1/routes", {"rules": rules[:1]})[0] == 200
    assert stack.api("DELETE", f"/v1/endpoints/{made['id']}") == (204, "")
    assert stack.api("GET", f"/v1/endpoints/{made['id']}")[0] == 404


def in_force() -> None:
    """Wait until every function that is at work has read the settings again."""
    time.sleep(CACHE_SECONDS + 1)


def got(hook: LocalServer, message_id: str) -> list[Request]:
    return [request for request in hook.requests if request.headers.get("webhook-id") == message_id]


def test_a_test_event_is_signed_with_the_endpoints_own_secret(
    stack: Stack, hook: LocalServer, endpoint: dict[str, Any]
) -> None:
    status, said = stack.api("POST", f"/v1/endpoints/{endpoint['id']}/test")

    assert (status, said["ok"], said["status"]) == (200, True, 200)
    (request,) = got(hook, said["webhook_id"])
    assert Webhook(endpoint["secret"]).verify(request.body, request.headers)["type"] == "endpoint.test"


def test_a_repeated_call_is_answered_without_its_secret(
    stack: Stack, hook: LocalServer, endpoint: dict[str, Any]
) -> None:
    again = stack.api("POST", "/v1/endpoints", {"url": hook.url + "/hook"}, **{"Idempotency-Key": "console"})

    assert again == (201, {name: value for name, value in endpoint.items() if name != "secret"})


def test_what_waits_for_a_paused_endpoint_is_found_handed_over_and_delivered(
    stack: Stack, hook: LocalServer, endpoint: dict[str, Any]
) -> None:
    customer = stack.new_customer()
    conversation = conversation_id(stack.facts["business"]["id"], customer)
    assert stack.api("POST", f"/v1/endpoints/{endpoint['id']}/pause")[1]["state"] == "paused"
    in_force()
    message_id = stack.writes(customer, "Anybody there?", intent="console")["id"]

    def held() -> dict[str, Any] | None:
        found: dict[str, Any] = stack.api("GET", f"/v1/conversations/{conversation}")[1]
        return found if found.get("state") == "held" else None

    assert eventually(held)["held"]["endpoint_id"] == endpoint["id"]
    eventually(
        lambda: (
            message_id
            in [each["message_id"] for each in stack.api("GET", "/v1/deliveries?state=held&limit=100")[1]["data"]]
        )
    )
    assert stack.api("GET", f"/v1/deliveries/{message_id}")[1]["next_attempt_at"]
    assert stack.api("POST", "/v1/routes/test", {"conversation_id": conversation})[1]["reason"] == "intent"

    status, _ = stack.api("PUT", f"/v1/conversations/{conversation}/handler", {"endpoint_id": "default"})
    assert status == 200
    eventually(lambda: stack.webhooks(customer))
    assert stack.api("POST", f"/v1/endpoints/{endpoint['id']}/resume")[1]["state"] == "active"
    in_force()
    assert got(hook, message_id) == []


def test_a_span_of_time_is_replayed_under_the_same_ids(
    stack: Stack, hook: LocalServer, endpoint: dict[str, Any]
) -> None:
    customer = stack.new_customer()
    since = datetime.now(UTC)
    sent = [stack.writes(customer, f"Text {number}", intent="console")["id"] for number in range(6)]
    eventually(lambda: all(got(hook, each) for each in sent))
    time.sleep(1)  # until the last is marked as delivered

    status, run = stack.api(
        "POST",
        "/v1/replays",
        {
            "since": since.isoformat(),
            "until": (datetime.now(UTC) + timedelta(seconds=1)).isoformat(),
            "state": "delivered",
            "endpoint_id": endpoint["id"],
            "rate_per_second": 2,
        },
    )

    assert status == 202, run
    ended = eventually(
        lambda: (found := stack.api("GET", f"/v1/replays/{run['id']}")[1])["state"] == "completed" and found
    )
    assert ended["replayed"] == 6
    eventually(lambda: all(len(got(hook, each)) == 2 for each in sent))
    replayed = [request.headers["webhook-id"] for request in hook.requests if request.headers["webhook-id"] in sent]
    assert replayed[-6:] == sent


def test_after_a_rotation_two_signatures_come(stack: Stack, hook: LocalServer, endpoint: dict[str, Any]) -> None:
    status, rotated = stack.api("POST", f"/v1/endpoints/{endpoint['id']}/rotate-secret")
    assert status == 200

    said = stack.api("POST", f"/v1/endpoints/{endpoint['id']}/test")[1]

    (request,) = got(hook, said["webhook_id"])
    for secret in (endpoint["secret"], rotated["secret"]):
        Webhook(secret).verify(request.body, request.headers)


def test_faults_come_as_problems_through_api_gateway(stack: Stack) -> None:
    for method, path, content, status, code in (
        ("GET", "/v1/endpoints/nobody", None, 404, "endpoint_unknown"),
        ("GET", "/v1/deliveries?limit=0", None, 422, "out_of_range"),
        ("GET", "/v1/deliveries?limit=1&limit=2", None, 422, "repeated"),
        ("PUT", "/v1/routes", {"rules": [{"endpoint_id": "x", "colour": 1}]}, 422, "unknown_field"),
        ("POST", "/v1/deliveries/nobody/replay", None, 404, "message_unknown"),
        ("POST", "/v1/replays/nobody/cancel", None, 404, "replay_unknown"),
    ):
        answer = stack.api(method, path, content)
        assert (answer[0], answer[1]["code"]) == (status, code), path
    status, _ = stack.api("PATCH", "/v1/endpoints/default", {"description": "x"}, **{"If-Match": '"999"'})
    assert status == 412
    assert stack.api("GET", "/v1/endpoints", key="pk_nobody.0123456789012345678901")[0] == 401
