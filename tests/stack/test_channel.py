"""What happens by itself on the deployed stack: greeted in time, told once that nobody is there, asked and obeyed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.identity import conversation_id
from parley.storage.businesses import CACHE_SECONDS
from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.conftest import Stack

GREETING = "Hello! I am an automatic assistant."
AWAY = "We are back on Monday at nine."


@pytest.fixture(scope="module")
def channel(stack: Stack) -> Iterator[None]:
    """A business that is never open, and greets; afterwards everything is as it was."""
    settings = {
        "time_zone": "Europe/Vienna",
        "hours": {},
        "greeting": {"messages": {"en": {"body": GREETING}}},
        "away": {"messages": {"en": {"body": AWAY}}},
        "topics": [{"id": "orders", "titles": {"en": "Orders"}, "default": True}],
    }
    status, put = stack.api("PUT", "/v1/channel", settings)
    assert status == 200, put
    time.sleep(CACHE_SECONDS + 1)  # until every function that is at work has read the settings again
    yield
    assert stack.api("PUT", "/v1/channel", {})[0] == 200


def automatic(stack: Stack, customer: str) -> list[dict[str, Any]]:
    """What the phone shows that is marked as automatic, without the demo business's echo."""
    marked = [message for message in stack.phone(customer) if message.get("auto_reply")]
    return [message for message in marked if not str(message["body"]).startswith("You said")]


def texts(stack: Stack, customer: str) -> list[str]:
    return [message["body"] for message in automatic(stack, customer)]


def told(stack: Stack, customer: str, kind: str) -> list[dict[str, Any]]:
    return [hook["body"]["data"] for hook in stack.news(customer) if hook["body"]["type"] == kind]


@pytest.mark.usefixtures("channel")
def test_a_new_customer_is_greeted_within_five_seconds_and_once(stack: Stack) -> None:
    customer = stack.new_customer()
    began = time.monotonic()
    stack.writes(customer, "Hi")

    eventually(lambda: GREETING in texts(stack, customer))
    assert time.monotonic() - began < 5
    eventually(lambda: AWAY in texts(stack, customer))
    stack.writes(customer, "Anybody there?")
    eventually(lambda: len(stack.webhooks(customer)) == 2)
    time.sleep(2)

    assert texts(stack, customer) == [GREETING, AWAY]


@pytest.mark.usefixtures("channel")
def test_a_word_is_told_and_a_choice_of_topics_is_kept_and_obeyed(stack: Stack) -> None:
    customer = stack.new_customer()
    conversation = conversation_id(stack.facts["business"]["id"], customer)
    notification = {"to": customer, "body": "Your order is on its way.", "topic": "orders"}
    stack.writes(customer, "agent")
    (matched,) = eventually(lambda: told(stack, customer, "trigger.matched"))
    assert matched["trigger"] == {"purpose": "person", "word": "agent"}
    assert stack.api("POST", "/v1/messages", notification)[0] == 202

    stack.writes(customer, "Unsubscribe")

    def question() -> dict[str, Any] | None:
        return next((message for message in automatic(stack, customer) if message["kind"] == "list_picker"), None)

    asked = eventually(question)
    answer = {"opaque_id": customer, "message_id": asked["id"], "identifier": "none"}
    stack.control("POST", "/phones/reply", answer)
    (changed,) = eventually(lambda: told(stack, customer, "preferences.changed"))

    assert [(one["id"], one["subscribed"]) for one in changed["preferences"]["topics"]] == [("orders", False)]
    status, refusal = stack.api("POST", "/v1/messages", notification)
    assert (status, refusal["code"]) == (422, "not_subscribed")
    status, standing = stack.api("GET", f"/v1/conversations/{conversation}/preferences")
    assert (status, standing["data"][0]["allowed"]) == (200, False)
