"""Apple hands over an event: stored once, queued, and only then acknowledged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.tokens import Credential
from parley.conversation.events import Event, Kind, Transfer
from parley.conversation.records import Direction, State
from parley.errors import Forbidden, NotFound, ParleyError, Rejected, Retryable, Unauthorized
from parley.services.receive import INLINE_CHARS, AppleRequest
from tests.support import apple_requests as apple
from tests.support.faults import When
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.world import World


def nothing_kept(world: World) -> bool:
    return not (world.table.messages or world.events.sent or world.transfers.sent or world.payloads.stored)


def test_a_text_is_stored_and_queued(world: World) -> None:
    content = apple.envelope(body="Hello", locale="en_US")

    receipt = world.receive(apple.request(content))

    stored = world.table.message(content["id"])
    assert (receipt.message_id, receipt.conversation_id) == (content["id"], CONVERSATION)
    assert (receipt.fresh, receipt.queued, receipt.state) == (True, True, State.RECEIVED)
    assert (stored.direction, stored.state, stored.type) == (Direction.INBOUND, State.RECEIVED, "text")
    assert (stored.opaque_id, stored.conversation_id) == (apple.CUSTOMER, CONVERSATION)
    assert stored.received_at == world.clock()
    assert stored.payload is not None
    assert json.loads(stored.payload) == content


def test_the_note_holds_all_that_a_first_delivery_needs(world: World) -> None:
    receipt = world.customer_sends(body="Hello")

    ((event, deduplication_id),) = world.events.sent
    stored = world.table.message(receipt.message_id)
    assert deduplication_id == receipt.message_id
    assert event == Event(
        Kind.MESSAGE,
        apple.BUSINESS,
        CONVERSATION,
        message_id=receipt.message_id,
        received_at=stored.received_at,
        ulid=stored.ulid,
        payload=stored.payload,
        capabilities=["LIST", "QUICK"],
        recheck=False,
    )


@pytest.mark.parametrize("kind", ["text", "interactive", "close", "hologram", "typing"])
def test_every_type_but_typing_is_kept(world: World, kind: str) -> None:
    world.customer_sends(kind)

    assert world.table.states() == [State.RECEIVED]
    assert len(world.events) == 1


@pytest.mark.parametrize("kind", ["typing_start", "typing_end"])
def test_typing_is_passed_on_and_never_stored(world: World, kind: str) -> None:
    receipt = world.customer_sends(kind)

    ((event, _),) = world.events.sent
    assert event.kind is Kind.TYPING
    assert event.payload is not None
    assert json.loads(event.payload)["type"] == kind
    assert world.table.messages == {}
    assert receipt.queued


def test_typing_that_cannot_be_queued_is_gone_and_apple_is_not_asked_again(world: World) -> None:
    world.faults.break_down("events.send")

    assert world.customer_sends("typing_start").queued is False


def test_a_second_post_of_the_same_id_is_stored_once(world: World) -> None:
    content = apple.envelope(body="first")
    world.receive(apple.request(content))
    world.clock.advance(1)

    again = world.receive(apple.request(content | {"body": "second"}))

    assert again.fresh is False
    assert len(world.table.messages) == 1
    assert "first" in (world.table.message(content["id"]).payload or "")
    assert [event.recheck for event, _ in world.events.sent] == [False, True]
    assert len(world.events) == 1  # the queue knows the id


def test_the_same_id_of_another_business_is_another_message(world: World) -> None:
    world.businesses.known[apple.OTHER_BUSINESS] = world.businesses.known[apple.BUSINESS]
    content = apple.envelope()

    world.receive(apple.request(content))
    receipt = world.receive(apple.request(content | {"destinationId": apple.OTHER_BUSINESS}))

    assert receipt.fresh
    assert len(world.table.messages) == 2


def test_a_large_body_lies_beside_the_table(world: World) -> None:
    receipt = world.customer_sends(body="x" * INLINE_CHARS)

    stored = world.table.message(receipt.message_id)
    ((event, _),) = world.events.sent
    assert stored.payload is None
    assert event.payload is None
    assert event.payload_key == stored.payload_key
    assert json.loads(world.payloads.stored[stored.payload_key or ""])["body"] == "x" * INLINE_CHARS


def test_a_body_at_the_edge_stays_in_the_table(world: World) -> None:
    content = apple.envelope(id="m", body="")
    room = INLINE_CHARS - len(json.dumps(content, separators=(",", ":")))

    world.receive(apple.request(content | {"body": "x" * room}))
    world.receive(apple.request(content | {"id": "n", "body": "x" * (room + 1)}))

    assert len(world.table.message("m").payload or "") == INLINE_CHARS
    assert world.table.message("n").payload is None


@pytest.mark.parametrize("fields", [{"attachments": [{"name": "a"}]}, {"interactiveDataRef": {"url": "https://x"}}])
def test_bytes_at_apple_are_fetched_at_once(world: World, fields: dict[str, Any]) -> None:
    receipt = world.customer_sends(**fields)

    assert world.transfers.sent == [Transfer(apple.BUSINESS, CONVERSATION, receipt.message_id)]


def test_the_table_is_the_promise_and_the_queue_only_speed(world: World) -> None:
    world.faults.break_down("events.send")

    receipt = world.customer_sends()

    assert (receipt.fresh, receipt.queued) == (True, False)
    assert world.table.states() == [State.RECEIVED]


@pytest.mark.parametrize("broken", ["messages.add", "payloads.put"])
def test_what_could_not_be_stored_is_not_acknowledged(world: World, broken: str) -> None:
    world.faults.break_down(broken)

    with pytest.raises(Retryable):
        world.customer_sends(body="x" * INLINE_CHARS)

    assert world.table.messages == {}
    assert world.events.sent == []


def test_a_business_we_do_not_serve_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.customer_sends(destinationId=apple.OTHER_BUSINESS, body="x" * INLINE_CHARS)

    assert nothing_kept(world)


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, Unauthorized),
        ("Bearer nonsense", Forbidden),
        (f"Bearer {apple.token(credential=apple.OTHER_CREDENTIAL)}", Forbidden),
        (f"Bearer {apple.token(aud='other')}", Forbidden),
        (f"Bearer {apple.token(iat=0)}", Forbidden),
    ],
)
def test_without_a_good_token_the_body_is_not_even_read(
    world: World, authorization: str | None, expected: type[ParleyError]
) -> None:
    def body() -> bytes:
        raise AssertionError("read before it was trusted")

    sent = apple.headers(apple.envelope(), authorization=authorization)

    with pytest.raises(expected):
        world.receive(AppleRequest(headers=sent, body=body))
    assert nothing_kept(world)


def test_a_malformed_body_is_rejected(world: World) -> None:
    good = apple.request(apple.envelope())

    with pytest.raises(Rejected) as caught:
        world.receive(AppleRequest(headers=good.headers, body=lambda: b"{"))

    assert caught.value.code == "body_not_json"
    assert nothing_kept(world)


def test_a_token_signed_during_a_rotation_is_believed_after_one_look_at_the_new_secret(world: World) -> None:
    world.credentials.renewed = [apple.CREDENTIAL, apple.OTHER_CREDENTIAL]
    content = apple.envelope()
    sent = apple.headers(content, authorization=f"Bearer {apple.token(credential=apple.OTHER_CREDENTIAL)}")

    receipt = world.receive(AppleRequest(headers=sent, body=lambda: json.dumps(content).encode()))

    assert receipt.fresh
    assert world.credentials.refetches == 1


def test_a_token_for_a_new_msp_id_is_believed_after_one_look_too(world: World) -> None:
    renewed = Credential("a-new-msp-id", apple.CREDENTIAL.key)
    world.credentials.renewed = [renewed]
    content = apple.envelope()
    sent = apple.headers(content, authorization=f"Bearer {apple.token(credential=renewed)}")

    assert world.receive(AppleRequest(headers=sent, body=lambda: json.dumps(content).encode())).fresh


@pytest.mark.parametrize("renewed", [None, [apple.CREDENTIAL]])
def test_a_bad_signature_stays_bad_when_there_is_no_new_secret(world: World, renewed: list[object] | None) -> None:
    world.credentials.renewed = renewed  # type: ignore[assignment]
    sent = apple.headers(apple.envelope(), authorization=f"Bearer {apple.token(credential=apple.OTHER_CREDENTIAL)}")

    with pytest.raises(Forbidden) as caught:
        world.receive(AppleRequest(headers=sent, body=lambda: b"{}"))

    assert caught.value.code == "token_signature"
    assert world.credentials.refetches == 1


@pytest.mark.parametrize("authorization", [None, "Bearer x", f"Bearer {apple.token(iat=0)}"])
def test_only_a_bad_signature_makes_us_look_again(world: World, authorization: str | None) -> None:
    with pytest.raises((Unauthorized, Forbidden)):
        world.receive(AppleRequest(headers=apple.headers({}, authorization=authorization), body=lambda: b"{}"))

    assert world.credentials.refetches == 0


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_apples_retry_heals_a_crash_at_any_step(world: World, step: int, when: When) -> None:
    content = apple.envelope(body="x" * INLINE_CHARS, attachments=[{"name": "a"}])
    world.faults.crash_at(step, when)
    with pytest.raises(Exception, match="call"):
        world.receive(apple.request(content))

    world.receive(apple.request(content))
    world.settle()

    assert world.endpoint.texts() == ["x" * INLINE_CHARS]
    assert world.transfers.sent
    assert world.table.states() == [State.DELIVERED]
