"""A business asks what became of its messages, and has them delivered again."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from parley.business import cursors
from parley.business.operations.deliveries import DeliveryState
from parley.errors import Retryable
from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

AWAY = reply("503 Service Unavailable", b"down for maintenance")
OK = reply("200 OK", b"ok")


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def received(stack: Stack, **fields: Any) -> str:
    """A customer's message that has been routed."""
    content = apple.envelope(**fields)
    assert stack.post(content)["statusCode"] == 200
    drain(stack)
    identity: str = content["id"]
    return identity


def sent(stack: Stack, key: str = "k") -> str:
    answer = stack.api({"to": apple.CUSTOMER, "body": "Yes"}, idempotency_key=key)
    identity: str = json.loads(answer["body"])["id"]
    return identity


def ids(console: Console, query: str = "") -> list[str]:
    answer = console.get(f"/v1/deliveries{query}")
    assert answer.status == 200, answer.text
    return [each["message_id"] for each in answer.json["data"]]


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def test_a_delivered_message_says_where_and_when(console: Console, stack: Stack) -> None:
    message_id = received(stack)

    view = console.get(f"/v1/deliveries/{message_id.upper()}").json

    assert view.pop("delivered_at") >= view.pop("created_at")
    assert view == {
        "message_id": message_id,
        "conversation_id": CONVERSATION,
        "direction": "inbound",
        "type": "text",
        "state": "delivered",
        "sequence": 1,
        "endpoint_id": "default",
        "attempts": 1,
    }
    assert console.get(f"/v1/deliveries/{message_id}/attempts").json == {"data": []}


def test_a_held_message_says_when_it_is_tried_again_and_what_was_answered(console: Console, stack: Stack) -> None:
    stack.endpoint.answers = [AWAY]
    message_id = received(stack)

    view = console.get(f"/v1/deliveries/{message_id}").json
    assert (view["state"], view["endpoint_id"], view["attempts"]) == ("held", "default", 1)
    assert view["next_attempt_at"] > view["created_at"]
    (attempt,) = console.get(f"/v1/deliveries/{message_id}/attempts").json["data"]
    assert attempt.pop("ms") >= 0
    assert attempt.pop("at") < view["next_attempt_at"]
    assert attempt == {"target": "default", "number": 1, "status": 503, "words": "down for maintenance"}


@pytest.mark.parametrize("query", ["", "?state=delivered", "?endpoint_id=default", f"?conversation_id={CONVERSATION}"])
def test_a_list_goes_from_the_newest_to_the_oldest_page_by_page(console: Console, stack: Stack, query: str) -> None:
    made = [received(stack) for _ in range(5)][::-1]
    joint = "&" if query else "?"

    assert ids(console, query) == made
    pages: list[list[str]] = []
    cursor = ""
    while len(pages) < 5:
        answer = console.get(f"/v1/deliveries{query}{joint}limit=2{cursor}").json
        pages.append([each["message_id"] for each in answer["data"]])
        if "next_cursor" not in answer:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert pages == [made[:2], made[2:4], made[4:]]


def test_a_list_can_be_narrowed(console: Console, stack: Stack) -> None:
    first = received(stack)
    time.sleep(0.002)  # a list is exact to the millisecond
    between = time.time()
    other = received(stack, sourceId="urn:mbid:AQAAOther==")
    stack.endpoint.answers = [AWAY]
    held = received(stack)
    out = sent(stack)

    assert ids(console) == [out, held, other, first]
    assert ids(console, "?state=held") == [held]
    assert ids(console, "?state=delivered") == [other, first]
    assert ids(console, "?state=queued") == [out]
    assert ids(console, "?state=failed") == []
    assert ids(console, f"?conversation_id={CONVERSATION}") == [out, held, first]
    assert ids(console, f"?conversation_id={CONVERSATION}&state=held") == [held]
    assert ids(console, "?endpoint_id=nobody") == []
    assert ids(console, f"?since={moment(between)}") == [out, held, other]
    assert ids(console, f"?until={moment(between)}") == [first]
    assert ids(console, f"?since={moment(between)}&until={moment(between)}") == []
    assert ids(console, "?until=1969-12-31T23:59:59Z") == []
    assert ids(console, "?since=0001-01-01T00:00:00Z") == [out, held, other, first]
    assert ids(console, "?conversation_id=nobody") == []


def test_a_page_that_looked_at_enough_says_where_to_go_on(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.services.deliveries.LOOKED_AT_ONCE", 2)
    monkeypatch.setattr("parley.services.deliveries.MOST_LOOKED_AT", 2)
    stack.endpoint.answers = [AWAY, OK]
    oldest = received(stack)
    for _ in range(4):
        received(stack, sourceId="urn:mbid:AQAAOther==")

    pages, cursor = [], ""
    for _ in range(4):
        answer = console.get(f"/v1/deliveries?conversation_id={CONVERSATION}&endpoint_id=default&limit=1{cursor}").json
        pages.append(answer["data"])
        if "next_cursor" not in answer:
            break
        cursor = f"&cursor={answer['next_cursor']}"

    assert [[each["message_id"] for each in page] for page in pages][-1] == [oldest]
    first = console.get("/v1/deliveries?endpoint_id=nobody").json
    assert first["data"] == []
    assert first["next_cursor"]


def test_what_has_expired_is_in_no_list(console: Console, stack: Stack) -> None:
    message_id = received(stack)
    store = compose.delivery_store()
    store._clock = lambda: time.time() + 91 * 86_400

    assert ids(console) == []
    assert console.get(f"/v1/deliveries/{message_id}").code == "message_unknown"


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("?state=lost", [("?state", "unknown_value")]),
        ("?limit=0", [("?limit", "out_of_range")]),
        ("?limit=101", [("?limit", "out_of_range")]),
        ("?limit=ten", [("?limit", "wrong_type")]),
        ("?limit=1&limit=2", [("?limit", "repeated")]),
        ("?since=yesterday", [("?since", "malformed")]),
        ("?since=1767225600", [("?since", "malformed")]),
        ("?since=2026-01-01T00:00:00", [("?since", "malformed")]),
        ("?since=2026-02-30T00:00:00Z", [("?since", "malformed")]),
        ("?order=asc&state=", [("?order", "unknown_field"), ("?state", "unknown_value")]),
        ("?cursor=AAAA", [("?cursor", "cursor_invalid")]),
        ("?cursor=%21", [("?cursor", "cursor_invalid")]),
        ("?conversation_id=", [("?conversation_id", "blank")]),
    ],
)
def test_a_query_that_says_nothing_sensible_is_refused(
    console: Console, query: str, faults: list[tuple[str, str]]
) -> None:
    answer = console.get(f"/v1/deliveries{query}")

    assert answer.status == 422
    assert sorted(answer.faults) == faults


def test_a_cursor_holds_for_its_own_list_only(console: Console, stack: Stack) -> None:
    for _ in range(3):
        received(stack)
    cursor = console.get("/v1/deliveries?state=delivered&limit=1").json["next_cursor"]

    assert console.get(f"/v1/deliveries?state=delivered&limit=2&cursor={cursor}").status == 200
    for other in (f"/v1/deliveries?cursor={cursor}", f"/v1/deliveries?state=held&cursor={cursor}"):
        assert console.get(other).faults == [("?cursor", "cursor_invalid")]
    stranger = Console(apple.OTHER_BUSINESS).get(f"/v1/deliveries?state=delivered&cursor={cursor}")
    assert stranger.faults == [("?cursor", "cursor_invalid")]


def test_a_cursor_that_was_made_up_leads_nowhere(console: Console) -> None:
    none: dict[str, Any] = dict.fromkeys(("state", "endpoint_id", "conversation_id", "since", "until"))
    cursor = cursors.write("no place", business_id=apple.BUSINESS, filters=none)

    assert console.get(f"/v1/deliveries?cursor={cursor}").faults == [("?cursor", "cursor_invalid")]


@pytest.mark.parametrize("message_id", ["nobody", "x" * 129, "%C3%A4", "a%23b"])
def test_a_message_nobody_knows_is_not_found(console: Console, message_id: str) -> None:
    for answer in (
        console.get(f"/v1/deliveries/{message_id}"),
        console.get(f"/v1/deliveries/{message_id}/attempts"),
        console.post(f"/v1/deliveries/{message_id}/replay"),
    ):
        assert (answer.status, answer.code) == (404, "message_unknown")


def test_a_delivered_webhook_goes_out_again_under_its_id(console: Console, stack: Stack) -> None:
    message_id = received(stack)
    received(stack)

    answer = console.post(f"/v1/deliveries/{message_id}/replay")
    drain(stack)

    assert answer.status == 202
    first, _, again = stack.endpoint.requests
    assert (first.headers["webhook-id"], again.headers["webhook-id"]) == (message_id, message_id)
    assert first.body == again.body
    assert console.get(f"/v1/deliveries/{message_id}").json["replayed_at"]


def test_a_held_webhook_is_tried_at_once(console: Console, stack: Stack) -> None:
    stack.endpoint.answers = [AWAY, OK]
    message_id = received(stack)

    assert console.post(f"/v1/deliveries/{message_id}/replay").status == 202
    drain(stack)

    assert console.get(f"/v1/deliveries/{message_id}").json["state"] == "delivered"


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize(("status", "state"), [("400 Bad Request", "failed"), ("410 Gone", "failed")])
def test_a_message_to_the_customer_goes_again_under_its_id_when_it_is_asked_for(
    console: Console, stack: Stack, status: str, state: str
) -> None:
    message_id = sent(stack)
    stack.gateway.answers = [reply(status), reply("200 OK")]
    stack.send()
    view = console.get(f"/v1/deliveries/{message_id}").json
    assert (view["state"], view["direction"], view["error"]["code"] != "") == (state, "outbound", True)
    gone = status.startswith("410")

    unasked = console.post(f"/v1/deliveries/{message_id}/replay")
    assert (unasked.status, unasked.faults) == (422, [("/resend", "resend_required")])
    again = console.post(f"/v1/deliveries/{message_id}/replay", {"resend": True})
    stack.send()

    if gone:
        assert (again.status, again.code) == (422, "opted_out")
        assert len(stack.gateway.requests) == 1
        return
    assert (again.status, again.json["state"]) == (202, "queued")
    assert "error" not in again.json
    assert [json.loads(request.body)["id"] for request in stack.gateway.requests] == [message_id, message_id]
    assert console.get(f"/v1/deliveries/{message_id}").json["state"] == "sent"
    assert ids(console, "?state=failed") == []


def test_a_resend_that_cannot_be_queued_is_left_to_the_sweeper(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = sent(stack)
    stack.gateway.answers = [reply("400 Bad Request"), reply("200 OK")]
    stack.send()

    def away(*_: Any, **__: Any) -> None:
        raise Retryable("SQS is away", code="aws_unavailable")

    with monkeypatch.context() as patch:
        patch.setattr(compose.replay()._outbox, "send", away)
        assert console.post(f"/v1/deliveries/{message_id}/replay", {"resend": True}).status == 202
    assert stack.cloud.waiting("OUTBOX_QUEUE_URL") == 0

    compose.sweep()._clock = lambda: time.time() + 61
    stack.sweep()
    stack.send()

    assert console.get(f"/v1/deliveries/{message_id}").json["state"] == "sent"


def test_a_customer_who_leaves_after_the_resend_gets_nothing(console: Console, stack: Stack) -> None:
    message_id = sent(stack)
    stack.gateway.answers = [reply("400 Bad Request"), reply("200 OK")]
    stack.send()
    console.post(f"/v1/deliveries/{message_id}/replay", {"resend": True})
    received(stack, type="close")

    stack.send()

    assert len(stack.gateway.requests) == 1
    assert console.get(f"/v1/deliveries/{message_id}").json["state"] == "cancelled"


def test_what_is_on_its_way_is_not_replayed(console: Console, stack: Stack) -> None:
    waiting = apple.envelope()
    stack.post(waiting)
    out = sent(stack)

    for message_id in (waiting["id"], out):
        answer = console.post(f"/v1/deliveries/{message_id}/replay", {"resend": True})
        assert (answer.status, answer.code) == (409, "not_replayable")


def test_a_resend_that_somebody_else_began_is_not_begun_again(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = sent(stack)
    stack.gateway.answers = [reply("400 Bad Request")]
    stack.send()
    monkeypatch.setattr(compose.delivery_store(), "requeue", lambda *_, **__: False)

    answer = console.post(f"/v1/deliveries/{message_id}/replay", {"resend": True})

    assert (answer.status, answer.code) == (409, "not_replayable")
    assert stack.cloud.waiting("OUTBOX_QUEUE_URL") == 0


def test_every_state_of_a_message_can_be_asked_for() -> None:
    from parley.conversation.records import State

    assert set(DeliveryState.__value__.__args__) == {state.value for state in State}
