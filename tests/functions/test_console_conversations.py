"""A business looks through its conversations."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from parley.business import cursors
from parley.business.operations import history as messages
from parley.conversation.identity import conversation_id
from parley.services import conversation_list
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain, ids, moment, pages, people, written
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

STRANGER = Console(apple.OTHER_BUSINESS)
AWAY = reply("503 Service Unavailable", b"down for maintenance")


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_the_one_with_the_latest_event_comes_first(console: Console, stack: Stack) -> None:
    first, second, third = (written(stack, person) for person in people(3))

    assert ids(console.get("/v1/conversations")) == [third, second, first]
    written(stack, people(1)[0])

    assert ids(console.get("/v1/conversations")) == [first, third, second]
    assert STRANGER.get("/v1/conversations").json == {"data": []}


def test_a_conversation_of_the_list_says_what_is_said_of_it_alone(console: Console, stack: Stack) -> None:
    written(stack, intent="sales", group="vip", locale="de_DE")

    (listed,) = console.get("/v1/conversations").json["data"]

    assert listed == console.get(f"/v1/conversations/{CONVERSATION}").json
    assert listed["last_event_at"] == listed["last_inbound_at"] == listed["created_at"]
    assert apple.CUSTOMER not in json.dumps(listed)


def test_news_of_what_was_sent_move_it_up_but_are_nothing_the_customer_did(console: Console, stack: Stack) -> None:
    one, other = (written(stack, person) for person in people(2))
    stack.api({"to": one, "body": "Yes"})
    stack.send()
    drain(stack)

    up, _ = console.get("/v1/conversations").json["data"]

    assert (up["id"], up["sequence"]) == (one, 2)
    assert up["last_inbound_at"] < up["last_event_at"]
    assert ids(console.get("/v1/conversations")) == [one, other]


@pytest.mark.parametrize("query", ["", "?intent=sales", "?state=open"])
def test_conversations_come_page_by_page(console: Console, stack: Stack, query: str) -> None:
    made = [written(stack, person, intent="sales") for person in people(5)][::-1]

    assert pages(console, f"/v1/conversations{query}", limit=2) == [made[:2], made[2:4], made[4:]]


def test_each_condition_leaves_only_what_meets_it(console: Console, stack: Stack) -> None:
    sales, support, closed, held = people(4)
    in_sales = written(stack, sales, intent="sales")
    in_support = written(stack, support, intent="support", group="vip")
    console.put(f"/v1/conversations/{in_support}/handler", {"endpoint_id": "default"})
    drain(stack)
    has_left = written(stack, closed, type="close")
    stack.endpoint.answers = [AWAY]
    waits = written(stack, held)

    for query, wanted in {
        "intent=sales": {in_sales},
        "group=vip": {in_support},
        "handler=default": {in_support},
        "state=open": {in_sales, in_support},
        "state=closed": {has_left},
        "state=held": {waits},
        "state=open&intent=support&group=vip&handler=default": {in_support},
        "state=closed&intent=sales": set(),
        "handler=nobody": set(),
    }.items():
        assert set(ids(console.get(f"/v1/conversations?{query}"))) == wanted, query


def test_a_span_of_time_counts_by_the_latest_event(console: Console, stack: Stack) -> None:
    written(stack)
    now = time.time()

    for query, found in (
        (f"since={moment(now - 60)}", True),
        (f"until={moment(now + 60)}", True),
        (f"since={moment(now + 60)}", False),
        (f"until={moment(now - 60)}", False),
        (f"since={moment(now + 60)}&until={moment(now - 60)}", False),
        ("until=1970-01-01T00:00:00Z", False),
    ):
        assert bool(ids(console.get(f"/v1/conversations?{query}"))) is found, query


def test_a_filter_looks_at_so_many_and_then_says_where_it_is(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        written(stack, person, intent="rare" if number == 0 else "sales") for number, person in enumerate(people(5))
    ]
    monkeypatch.setattr(conversation_list, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(conversation_list, "MOST_LOOKED_AT", 2)

    assert pages(console, "/v1/conversations?intent=rare", limit=10) == [[], [], [made[0]]]


def test_a_line_of_parleys_own_is_no_conversation(console: Console, stack: Stack) -> None:
    """News about an endpoint wait in a line of their own, which is about no customer."""
    stack.endpoint.answers = [reply("410 Gone")]
    written(stack)
    drain(stack)

    lines = {item["pk"]["S"].removeprefix("CONV#") for item in stack.cloud.items() if item["sk"]["S"] == "STATE"}
    (own,) = lines - {CONVERSATION}

    assert ids(console.get("/v1/conversations")) == [CONVERSATION]
    for target in (f"/v1/conversations/{own}", f"/v1/conversations/{own}/messages"):
        assert console.get(target).code == "conversation_unknown"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("state=asleep", "?state"),
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("since=yesterday", "?since"),
        ("colour=red", "?colour"),
        ("cursor=xyz", "?cursor"),
        ("state=open&state=held", "?state"),
    ],
)
def test_a_condition_that_is_none_is_told(console: Console, query: str, path: str) -> None:
    answer = console.get(f"/v1/conversations?{query}")

    assert (answer.status, answer.faults[0][0]) == (422, path)


def test_a_cursor_holds_for_its_own_list_only(console: Console, stack: Stack) -> None:
    for person in people(2) * 2:
        written(stack, person)
    conversation = conversation_id(apple.BUSINESS, people(2)[1])
    cursor = console.get("/v1/conversations?limit=1").json["next_cursor"]
    older = console.get(f"/v1/conversations/{conversation}/messages?limit=1").json["next_cursor"]

    for target in (
        f"/v1/conversations?state=open&cursor={cursor}",
        f"/v1/conversations/{conversation}/messages?order=oldest&cursor={older}",
        f"/v1/conversations/{conversation_id(apple.BUSINESS, people(1)[0])}/messages?cursor={older}",
        "/v1/messages?cursor="
        + cursors.write(
            "no ulid", business_id=apple.BUSINESS, filters=dict.fromkeys(messages.MessageQuery.model_fields)
        ),
    ):
        assert console.get(target).faults == [("?cursor", "cursor_invalid")], target
