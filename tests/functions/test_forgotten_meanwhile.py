"""A customer is forgotten while a function has something of theirs in hand: it is neither said, nor told, nor kept."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

import functions.erasure.app
from parley.errors import Retryable
from parley.runtime import compose
from tests.functions.conftest import Stack, a_context
from tests.functions.test_automatic import TOPICS, events, go_on, hello, tap, texts, writes
from tests.functions.test_sweeper import make_overdue
from tests.support import apple_requests as apple
from tests.support import pictures
from tests.support.console import Console
from tests.support.http_server import Exchange, reply, serving
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from parley.conversation.automations import Automation
    from tests.support.fixtures import Logged

QUESTION = {
    "type": "list_picker",
    "title": "Size",
    "sections": [{"title": "All", "items": [{"identifier": "s", "title": "Small"}]}],
}


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


@pytest.fixture
def forget(stack: Stack, console: Console) -> Callable[[], None]:
    """The customer asks to be forgotten, and what was said is gone; the second look is yet to come."""

    def begin() -> None:
        compose.erase()._settle_seconds = 0.0
        assert console.post("/v1/erasures", {"customer": apple.CUSTOMER}).status == 202
        look(stack)

    return begin


def look(stack: Stack) -> None:
    """One look of the erasure; the first one takes the contents, the second what was left behind meanwhile."""
    done = stack.cloud.pump("ERASURES_QUEUE_URL", functions.erasure.app.handler, a_context(300_000))
    assert done == {"batchItemFailures": []}


@contextmanager
def slow_picture(meanwhile: Callable[[], None]) -> Iterator[dict[str, Any]]:
    """A rich link whose picture comes when `meanwhile` is done, which it is once."""
    waiting = [meanwhile]

    def answer(exchange: Exchange) -> None:
        while waiting:
            waiting.pop()()
        exchange.send(reply("200 OK", pictures.written(pictures.plain(40, 40)), "Content-Type: image/png"))

    with serving(answer) as web:
        link = {"type": "rich_link", "url": "https://shop.example/", "title": "Our shop"}
        yield {**link, "image": {"url": f"{web.url}/shop.png"}}
        assert not waiting


def nothing_is_left(stack: Stack, console: Console) -> bool:
    """After the second look: no message, no mark, and of the customer no word."""
    assert console.get(f"/v1/conversations/{CONVERSATION}").code == "conversation_unknown"
    (state,) = [item for item in stack.cloud.items() if item["pk"]["S"].startswith("CONV#")]
    assert set(state) - {"sequence"} == {"pk", "sk", "id", "business_id", "erased_at", "expires_at"}
    for item in stack.cloud.items():
        if item["pk"]["S"].startswith("MSG#"):
            assert set(item) == {"pk", "sk", "state", "expires_at"}
    return apple.CUSTOMER not in json.dumps(stack.cloud.items()) and stack.cloud.objects() == []


def test_a_greeting_that_is_being_made_is_not_sent(
    stack: Stack, console: Console, forget: Callable[[], None], logged: Logged
) -> None:
    with slow_picture(forget) as greeting:
        console.put("/v1/channel", {"greeting": {"messages": {"en": greeting}}})
        stack.post()
        stack.route()
        stack.automate()
    assert [line["result"] for line in logged.lines() if line["message"] == "reacted"] == ["said"]

    go_on(stack)
    make_overdue(stack)
    stack.sweep()
    go_on(stack)
    look(stack)

    assert stack.gateway.requests == []
    assert nothing_is_left(stack, console)


def test_a_message_that_is_being_accepted_is_not_sent(
    stack: Stack, console: Console, forget: Callable[[], None]
) -> None:
    with slow_picture(forget) as link:
        accepted = stack.api({"to": apple.CUSTOMER, **link})
    assert accepted["statusCode"] == 202

    go_on(stack)
    assert json.loads(stack.ask(json.loads(accepted["body"])["id"])["body"])["state"] == "cancelled"
    look(stack)
    go_on(stack)

    assert stack.gateway.requests == []
    assert stack.webhooks() == []
    assert nothing_is_left(stack, console)


def test_a_question_in_words_that_is_being_accepted_opens_nothing(
    stack: Stack, console: Console, forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = apple.envelope(body="Hi")
    stack.deliver_post(
        apple.api_gateway_event(
            json.dumps(content).encode(),
            apple.headers(content, authorization=f"Bearer {apple.token(now=time.time())}", capability_list=""),
        )
    )
    stack.route()
    store = compose.messages()
    add_all = store.add_all

    def added(*args: Any, **more: Any) -> bool:
        forget()
        return add_all(*args, **more)

    monkeypatch.setattr(store, "add_all", added)
    assert stack.api({"to": apple.CUSTOMER, **QUESTION})["statusCode"] == 202
    go_on(stack)
    look(stack)

    assert stack.gateway.requests == []
    assert nothing_is_left(stack, console)


def test_one_that_could_not_be_queued_is_not_taken_along(
    stack: Stack, console: Console, forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise Retryable("SQS is away", code="aws_unavailable")

    with slow_picture(forget) as link, monkeypatch.context() as broken:
        broken.setattr(compose.outbox(), "send", away)
        assert stack.api({"to": apple.CUSTOMER, **link})["statusCode"] == 202
    make_overdue(stack)
    stack.sweep()
    go_on(stack)

    look(stack)

    assert stack.gateway.requests == []
    assert nothing_is_left(stack, console)


def test_what_is_written_to_them_afterwards_is_sent_and_stays(
    stack: Stack, console: Console, forget: Callable[[], None]
) -> None:
    writes(stack)
    forget()
    again = json.loads(stack.api({"to": apple.CUSTOMER, "body": "Welcome!"})["body"])["id"]
    go_on(stack)

    look(stack)

    assert texts(stack) == ["Welcome!"]
    assert json.loads(stack.ask(again)["body"])["state"] == "sent"


def test_a_webhook_that_is_on_its_way_is_not_held(stack: Stack, console: Console, forget: Callable[[], None]) -> None:
    def refuse(exchange: Exchange) -> None:
        forget()
        exchange.send(reply("503 Service Unavailable", b"CANARY"))

    stack.endpoint.answers[:] = [refuse, reply("200 OK")]
    stack.post(apple.envelope(body="CANARY"))
    stack.post(apple.envelope(body="CANARY too"))
    go_on(stack)
    assert len(stack.endpoint.requests) == 1

    stack.wake()
    make_overdue(stack)
    stack.sweep()
    go_on(stack)
    look(stack)

    assert len(stack.endpoint.requests) == 1
    assert stack.cloud.item_keys("CONV#") == [f"CONV#{CONVERSATION}|STATE"]
    assert nothing_is_left(stack, console)


def test_news_of_a_message_are_not_told(
    stack: Stack, console: Console, forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.put("/v1/channel", {"triggers": {"person": {"answer": {"en": {"body": "Soon."}}}}})

    def set_off(note: Automation) -> None:
        forget()
        compose.set_off(note)

    monkeypatch.setattr(compose.automate(), "_set_off", set_off)
    stack.post(apple.envelope(body="agent"))
    stack.route()
    stack.endpoint.requests.clear()  # the message itself was in our hands

    go_on(stack)
    look(stack)

    assert events(stack, "trigger.matched") == []
    assert stack.gateway.requests == []
    assert nothing_is_left(stack, console)


def test_news_of_a_choice_are_not_told(
    stack: Stack, console: Console, forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.put("/v1/channel", {"topics": TOPICS})
    writes(stack, "subscribe")
    (asked,) = [json.loads(request.body) for request in stack.gateway.requests]
    stack.post(tap(asked, "orders"))
    stack.route()
    store = compose.preferences()._store
    keep = store.keep

    def kept(*args: Any, **more: Any) -> bool:
        done = keep(*args, **more)
        forget()
        return done

    monkeypatch.setattr(store, "keep", kept)
    go_on(stack)
    look(stack)

    assert events(stack, "preferences.changed") == []
    assert nothing_is_left(stack, console)


def test_what_they_set_off_before_is_not_done_to_who_begins_anew(
    stack: Stack, console: Console, forget: Callable[[], None]
) -> None:
    console.put("/v1/channel", {"triggers": {"person": {"answer": {"en": {"body": "Soon."}}}}})
    stack.post(apple.envelope(body="agent"))
    stack.route()
    forget()
    stack.post(apple.envelope(body="Hello again"))
    stack.route()

    go_on(stack)

    assert stack.gateway.requests == []
    assert console.get(f"/v1/conversations/{CONVERSATION}").status == 200


def test_who_begins_anew_is_greeted_anew(stack: Stack, console: Console, forget: Callable[[], None]) -> None:
    console.put("/v1/channel", hello())
    writes(stack)
    forget()

    writes(stack, "Hi again")
    writes(stack, "Anybody there?")
    look(stack)

    assert texts(stack) == ["Hello!", "Hello!"]
