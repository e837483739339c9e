"""A business's message goes to Apple: in order, under one id, with every answer understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest

from parley.apple.gateway import GatewayAnswer, Verdict
from parley.conversation.events import Departure
from parley.conversation.records import State
from parley.errors import Rejected, Retryable
from tests.support import apple_requests as apple
from tests.support.counterparts import ACCEPTED, FORBIDDEN, GONE, NOT_NOW, REFUSED, UNCERTAIN
from tests.support.world import CONVERSATION, World

if TYPE_CHECKING:
    from parley.conversation.records import Message
    from parley.services.send import Sent


def queued(world: World, body: str = "Hi") -> Message:
    accepted = world.business_sends(body)
    return world.table.message(accepted.messages[0].id)


def send(world: World, message: Message) -> Sent:
    (sent,) = world.send(Departure(message.business_id, message.conversation_id, message.id), redelivered=False)
    return sent


def signed_by(token: str, key: bytes) -> bool:
    try:
        jwt.decode(token, key, algorithms=["HS256"], options={"verify_iat": False})
    except jwt.InvalidSignatureError:
        return False
    return True


def test_a_message_apple_takes_is_sent(world: World) -> None:
    message = queued(world)
    world.clock.advance(3)

    sent = send(world, message)

    ((posted, token),) = world.gateway.posts
    assert (posted.id, posted.business_id, posted.opaque_id) == (message.id, apple.BUSINESS, apple.CUSTOMER)
    assert posted.content == {"body": "Hi"}
    assert signed_by(token, apple.CREDENTIAL.key)
    assert (sent.state, sent.status, sent.attempts) == (State.SENT, 200, 1)
    assert (message.state, message.sent_at, message.attempts) == (State.SENT, world.clock(), 1)
    assert ("MSG", message.business_id, message.id) not in world.table.due


def test_a_bot_and_its_name_travel_with_the_message(world: World) -> None:
    message = queued(world)
    message.auto_reply, message.agent = True, "night shift"

    send(world, message)

    posted, _ = world.gateway.posts[0]
    assert (posted.auto_reply, posted.agent) == (True, "night shift")


@pytest.mark.parametrize("state", [state for state in State if state is not State.QUEUED])
def test_a_message_that_is_not_queued_is_not_sent(world: World, state: State) -> None:
    message = queued(world)
    message.state = state

    assert send(world, message).state is None
    assert world.gateway.posts == []


def test_a_message_nobody_knows_is_not_sent(world: World) -> None:
    (sent,) = world.send(Departure(apple.BUSINESS, CONVERSATION, "gone"), redelivered=False)

    assert sent.state is None
    assert world.gateway.posts == []


def test_a_refusal_is_final_and_kept_in_apples_words(world: World) -> None:
    message = queued(world)
    world.gateway.standing = REFUSED

    sent = send(world, message)

    assert (sent.state, sent.status) == (State.FAILED, 400)
    assert (message.state, message.error_code) == (State.FAILED, "apple_refused")
    assert message.error_message == REFUSED.words
    assert len(world.gateway.posts) == 1
    (attempt,) = world.table.attempts
    assert (attempt["target"], attempt["number"], attempt["status"]) == ("apple", 1, 400)


@pytest.mark.parametrize("answer", [NOT_NOW, UNCERTAIN, GatewayAnswer(Verdict.NOT_NOW, 0, "NewConnectionError")])
def test_a_temporary_fault_makes_the_conversation_wait(world: World, answer: GatewayAnswer) -> None:
    message = queued(world)
    world.gateway.standing = answer

    with pytest.raises(Retryable) as caught:
        send(world, message)

    assert caught.value.after == 1
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    assert message.uncertain is (answer is UNCERTAIN)
    assert next(iter(world.table.due.values())) > world.clock() + 1


def test_apple_may_ask_for_time(world: World) -> None:
    message = queued(world)
    world.gateway.standing = GatewayAnswer(Verdict.NOT_NOW, 429, "", retry_after=45.0)

    with pytest.raises(Retryable) as caught:
        send(world, message)

    assert caught.value.after == 45


@pytest.mark.parametrize(
    ("seen", "uncertain", "state"),
    [(0.0, False, State.CANCELLED), (0.0, True, State.UNKNOWN), (500.0, False, State.SENT), (None, False, State.SENT)],
)
def test_what_was_begun_before_its_customer_was_forgotten_is_not_sent(
    world: World, seen: float | None, uncertain: bool, state: State
) -> None:
    message = queued(world)
    message.erasure_seen, message.uncertain = seen, uncertain
    world.table.forgotten[message.conversation_id] = 500.0

    send(world, message)

    assert message.state is state
    assert len(world.gateway.posts) == (state is State.SENT)
    assert bool(world.table.notices()) is (state is State.SENT)


def test_the_sweeper_does_not_look_before_the_wait_is_over(world: World) -> None:
    message = queued(world)
    world.gateway.standing = GatewayAnswer(Verdict.NOT_NOW, 429, "", retry_after=3000.0)
    with pytest.raises(Retryable):
        send(world, message)

    world.clock.advance(2999)

    assert world.sweep(deadline=world.clock() + 50).healed == 0


def test_every_try_carries_the_same_id_and_the_order_is_kept(world: World) -> None:
    first, second = queued(world, "1"), queued(world, "2")
    world.gateway.script = [UNCERTAIN, NOT_NOW, UNCERTAIN]

    world.settle()

    assert [message.id for message, _ in world.gateway.posts] == [first.id] * 4 + [second.id]
    assert [message.content["body"] for message in world.gateway.accepted] == ["1", "2"]
    assert first.state is second.state is State.SENT


def test_seven_tries_that_certainly_failed_are_a_failure(world: World) -> None:
    message = queued(world)
    world.gateway.standing = NOT_NOW

    world.settle()

    assert (message.state, message.error_code, message.attempts) == (State.FAILED, "apple_unavailable", 7)
    assert message.error_message == NOT_NOW.words


@pytest.mark.parametrize("script", [[UNCERTAIN] * 7, [UNCERTAIN] + [NOT_NOW] * 6, [NOT_NOW] * 6 + [UNCERTAIN]])
def test_if_one_of_them_may_have_passed_the_outcome_is_unknown(world: World, script: list[GatewayAnswer]) -> None:
    message = queued(world)
    world.gateway.script = list(script)

    world.settle()

    assert (message.state, message.error_code) == (State.UNKNOWN, "apple_uncertain")
    assert (message.error_message or "").startswith("Apple may or may not have taken it")
    assert len(world.gateway.posts) == 7


def test_the_next_message_is_not_stopped_by_one_that_failed(world: World) -> None:
    world.gateway.script = [REFUSED]
    messages = [queued(world, body) for body in "12"]

    world.settle()

    assert [message.state for message in messages] == [State.FAILED, State.SENT]


def test_a_customer_who_is_gone_is_opted_out_and_their_queue_cancelled(world: World) -> None:
    world.gateway.script = [GONE]
    messages = [queued(world, body) for body in "123"]

    world.settle()

    assert [message.state for message in messages] == [State.FAILED, State.CANCELLED, State.CANCELLED]
    assert [message.error_code for message in messages] == ["customer_gone", "opted_out", "opted_out"]
    assert len(world.gateway.posts) == 1
    known = world.table.conversations[CONVERSATION]
    assert (known.opted_out, known.opaque_id, known.business_id) == (True, apple.CUSTOMER, apple.BUSINESS)


def test_that_a_customer_is_gone_now_says_nothing_of_a_try_nobody_heard_of(world: World) -> None:
    world.gateway.script = [GONE]
    message = queued(world)

    (sent,) = world.send(Departure(message.business_id, message.conversation_id, message.id), redelivered=True)

    assert (sent.state, message.state, message.error_code) == (State.UNKNOWN, State.UNKNOWN, "customer_gone")
    assert world.table.conversations[CONVERSATION].opted_out


def test_a_customer_who_closed_gets_nothing_that_was_queued_before(world: World) -> None:
    message = queued(world)
    world.customer_sends("close")
    world.pump_events()

    world.settle()

    assert (message.state, message.error_code) == (State.CANCELLED, "opted_out")
    assert world.gateway.posts == []


def test_a_token_that_is_not_believed_is_signed_once_more_with_the_other_secret(world: World) -> None:
    message = queued(world)
    world.credentials.renewed = [apple.CREDENTIAL, apple.OTHER_CREDENTIAL]
    world.gateway.script = [FORBIDDEN, ACCEPTED]

    sent = send(world, message)

    (_, first), (_, second) = world.gateway.posts
    assert signed_by(first, apple.CREDENTIAL.key)
    assert signed_by(second, apple.OTHER_CREDENTIAL.key)
    assert (sent.state, sent.attempts) == (State.SENT, 1)


@pytest.mark.parametrize("renewed", [None, [], [apple.CREDENTIAL]])
def test_with_only_one_secret_it_is_signed_afresh(world: World, renewed: list[object] | None) -> None:
    world.credentials.renewed = renewed  # type: ignore[assignment]
    first = queued(world)
    send(world, first)
    world.clock.advance(100)
    world.gateway.script = [FORBIDDEN, ACCEPTED]

    send(world, queued(world, "2"))

    tokens = [token for _, token in world.gateway.posts]
    assert tokens[0] == tokens[1]
    assert tokens[2] != tokens[1]


def test_a_token_that_is_refused_twice_fails_the_message(world: World) -> None:
    message = queued(world)
    world.gateway.standing = FORBIDDEN

    sent = send(world, message)

    assert len(world.gateway.posts) == 2
    assert (sent.state, message.error_code) == (State.FAILED, "apple_forbidden")


def test_the_second_answer_is_the_one_that_counts(world: World) -> None:
    message = queued(world)
    world.gateway.script = [FORBIDDEN, NOT_NOW]

    with pytest.raises(Retryable):
        send(world, message)

    assert (message.state, message.attempts) == (State.QUEUED, 1)


def test_a_message_waits_for_its_files_and_those_behind_it_wait_too(world: World) -> None:
    first, second = queued(world, "1"), queued(world, "2")
    world.enclose.fault = Retryable("an attachment is being prepared", code="attachment_not_ready", after=7)

    with pytest.raises(Retryable) as caught:
        send(world, first)

    assert caught.value.after == 7
    assert (first.state, first.attempts) == (State.QUEUED, 0)
    assert world.table.due["MSG", first.business_id, first.id] > world.clock() + 7
    assert world.gateway.posts == []
    world.pump_outbox()
    world.enclose.fault = None
    world.settle()
    assert [message.content["body"] for message in world.gateway.accepted] == ["1", "2"]
    assert second.state is State.SENT


def test_a_message_whose_file_will_never_be_there_fails_without_a_call(world: World) -> None:
    message = queued(world)
    world.enclose.fault = Rejected("an attachment could not be prepared: too_large", code="attachment_failed")

    sent = send(world, message)

    assert (sent.state, sent.status) == (State.FAILED, None)
    assert (message.error_code, message.error_message) == (
        "attachment_failed",
        "an attachment could not be prepared: too_large",
    )
    assert world.gateway.posts == []
    assert world.table.attempts == []


def test_tokens_are_used_again(world: World) -> None:
    for body in "123":
        send(world, queued(world, body))

    assert len({token for _, token in world.gateway.posts}) == 1


@pytest.mark.parametrize("how", ["redelivered", "swept", "uncertain"])
def test_a_message_that_may_have_gone_is_not_called_cancelled(world: World, how: str) -> None:
    message = world.business_sends("Hello").messages[0]
    world.customer_sends("close")
    world.pump_events()
    world.table.message(message.id).uncertain = how == "uncertain"

    departure = Departure(message.business_id, message.conversation_id, message.id, again=how == "swept")
    (sent,) = world.send(departure, redelivered=how == "redelivered")

    assert sent.state is State.UNKNOWN
    assert world.table.message(message.id).error_code == "opted_out"
    assert world.gateway.posts == []
