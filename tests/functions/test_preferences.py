"""A business notes what a customer wants to be notified of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

PATH = f"/v1/conversations/{CONVERSATION}/preferences"
TOPICS: list[dict[str, Any]] = [
    {"id": "news", "titles": {"en": "News"}, "default": True},
    {"id": "orders", "titles": {"en": "Orders"}},
    {"id": "offers", "titles": {"en": "Offers"}, "marketing": True},
]


@pytest.fixture
def console(stack: Stack) -> Console:
    made = Console()
    made.put("/v1/channel", {"topics": TOPICS})
    stack.post()
    go_on(stack)
    return made


def go_on(stack: Stack) -> None:
    while stack.route():
        pass


def allowed(console: Console) -> list[bool]:
    return [one["allowed"] for one in console.get(PATH).json["data"]]


def status_of_sending(stack: Stack, topic: str) -> tuple[int, str | None]:
    answer = stack.api({"to": apple.CUSTOMER, "body": "News", "topic": topic})
    return answer["statusCode"], json.loads(answer["body"]).get("code")


def test_who_never_chose_gets_only_what_is_on_by_itself(console: Console, stack: Stack) -> None:
    assert allowed(console) == [True, False, False]
    assert [status_of_sending(stack, topic["id"])[0] for topic in TOPICS] == [202, 422, 422]
    assert console.get(PATH).headers["ETag"] == '"0"'


def test_what_is_noted_is_obeyed_and_told(console: Console, stack: Stack) -> None:
    put = console.put(PATH, {"topics": {"news": False, "orders": True}}, If_Match='"0"')
    go_on(stack)

    assert (put.status, put.headers["ETag"]) == (200, '"1"')
    assert [(one["id"], one["allowed"], one.get("by")) for one in put.json["data"]] == [
        ("news", False, "business"),
        ("orders", True, "business"),
        ("offers", False, None),
    ]
    assert console.get(PATH).json == put.json
    assert status_of_sending(stack, "news") == (422, "not_subscribed")
    assert status_of_sending(stack, "orders")[0] == 202
    (told,) = [hook["data"] for hook in stack.webhooks() if hook["type"] == "preferences.changed"]
    assert (told["preferences"]["by"], "message" in told) == ("business", False)


def test_the_same_again_changes_and_tells_nothing(console: Console, stack: Stack) -> None:
    first = console.put(PATH, {"topics": {"orders": True}})
    again = console.put(PATH, {"topics": {"orders": True}})
    go_on(stack)

    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert [hook["type"] for hook in stack.webhooks()].count("preferences.changed") == 1


def test_what_is_left_out_counts_as_never_chosen(console: Console) -> None:
    console.put(PATH, {"topics": {"news": False, "orders": True}})

    console.put(PATH, {"topics": {}})

    assert allowed(console) == [True, False, False]


def test_marketing_is_the_customers_own_choice(console: Console, stack: Stack) -> None:
    refused = console.put(PATH, {"topics": {"offers": True}})
    assert (refused.status, refused.faults) == (422, [("/topics/offers", "customers_choice")])

    compose.preferences().choose(
        compose.conversations().get(CONVERSATION),  # type: ignore[arg-type]
        {"offers": True},
        message_id="m1",
        at=1.0,
    )
    assert status_of_sending(stack, "offers")[0] == 202
    assert console.put(PATH, {"topics": {"offers": True}}).status == 200
    assert console.put(PATH, {"topics": {"offers": False}}).status == 200
    assert status_of_sending(stack, "offers")[0] == 422


def test_an_older_answer_does_not_undo_a_newer_choice(console: Console) -> None:
    console.put(PATH, {"topics": {"orders": False}})
    late = compose.conversations().get(CONVERSATION)
    assert late is not None

    compose.preferences().choose(late, {"orders": True}, message_id="m1", at=1.0)

    assert allowed(console) == [True, False, False]


def test_two_changes_at_once_both_count(console: Console) -> None:
    seen = compose.conversations().get(CONVERSATION)
    assert seen is not None
    console.put(PATH, {"topics": {"news": False}})

    compose.preferences().choose(seen, {"orders": True}, message_id="m1", at=9e9)

    assert allowed(console) == [False, True, False]


def test_an_old_version_changes_nothing(console: Console) -> None:
    console.put(PATH, {"topics": {"orders": True}})

    late = console.put(PATH, {"topics": {}}, If_Match='"0"')

    assert (late.status, late.code) == (412, "precondition_failed")
    assert allowed(console) == [True, True, False]


def test_when_others_are_always_faster_the_caller_may_try_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = compose.preferences()
    monkeypatch.setattr(service._store, "keep", lambda *_, **__: False)

    assert console.put(PATH, {"topics": {"orders": True}}).status == 503


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"topics": {"weather": True}}, [("/topics/weather", "unknown_topic")]),
        ({"topics": {"orders": "yes"}}, [("/topics", "wrong_type")]),
        ({}, [("/topics", "required")]),
    ],
)
def test_what_cannot_be_noted_is_refused(console: Console, body: object, faults: list[tuple[str, str]]) -> None:
    answer = console.put(PATH, body)

    assert (answer.status, answer.faults) == (422, faults)


@pytest.mark.parametrize("topic", ["weather", "Orders!"])
def test_a_topic_nobody_set_is_refused(console: Console, stack: Stack, topic: str) -> None:
    answer = stack.api({"to": apple.CUSTOMER, "body": "x", "topic": topic})

    assert answer["statusCode"] == 422
    assert json.loads(answer["body"])["errors"][0]["path"] == "/topic"
    assert len(console.get(PATH).json["data"]) == 3


def test_without_settings_there_are_no_topics(stack: Stack) -> None:
    stack.post()
    go_on(stack)

    assert Console().get(PATH).json == {"data": []}
    assert status_of_sending(stack, "orders") == (422, "unknown_topic")


@pytest.mark.parametrize("conversation_id", ["nobody", "x" * 3000])
def test_a_conversation_nobody_knows_is_not_found(console: Console, conversation_id: str) -> None:
    path = f"/v1/conversations/{conversation_id}/preferences"

    assert console.get(path).code == "conversation_unknown"
    assert console.put(path, {"topics": {}}).code == "conversation_unknown"
