"""A business says which endpoint gets what, and hands conversations over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.bounds import MAX_RULES
from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

DEFAULT = {"endpoint_id": "default"}


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def another(console: Console, stack: Stack) -> str:
    made: str = console.post("/v1/endpoints", {"url": stack.endpoint.url + "/another"}).json["id"]
    return made


def test_the_rules_are_replaced_as_a_whole(console: Console, stack: Stack) -> None:
    sales = another(console, stack)
    before = console.get("/v1/routes")
    rules = [{"endpoint_id": sales, "intent": "sales", "locale": "de_AT", "type": "text"}, DEFAULT]

    put = console.put("/v1/routes", {"rules": rules}, If_Match=before.headers["ETag"])

    assert before.json == {"rules": [DEFAULT]}
    assert (put.status, put.json) == (200, {"rules": rules})
    after = console.get("/v1/routes")
    assert (after.json, after.headers["ETag"]) == ({"rules": rules}, put.headers["ETag"])
    assert after.headers["ETag"] != before.headers["ETag"]


def test_an_old_version_replaces_nothing(console: Console) -> None:
    etag = console.get("/v1/routes").headers["ETag"]
    console.put("/v1/routes", {"rules": [DEFAULT | {"intent": "a"}]})

    late = console.put("/v1/routes", {"rules": []}, If_Match=etag)

    assert (late.status, late.code) == (412, "precondition_failed")
    assert console.get("/v1/routes").json["rules"] == [DEFAULT | {"intent": "a"}]


def test_two_replacements_at_once_one_after_the_other(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    store = compose.endpoint_store()
    replace = store.replace_routes
    raced: list[int] = []

    def racing(*args: Any, **kwargs: Any) -> bool:
        if not raced:
            raced.append(1)
            console.put("/v1/routes", {"rules": []})
        return replace(*args, **kwargs)

    monkeypatch.setattr(store, "replace_routes", racing)

    etag = console.put("/v1/routes", {"rules": [DEFAULT]}).headers["ETag"]

    assert console.get("/v1/routes").json["rules"] == [DEFAULT]
    assert console.get("/v1/routes").headers["ETag"] == etag


def test_a_rule_for_an_endpoint_that_is_removed_meanwhile_is_refused(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed = another(console, stack)
    store = compose.endpoint_store()
    replace = store.replace_routes

    def racing(*args: Any, **kwargs: Any) -> bool:
        console.delete(f"/v1/endpoints/{doomed}")
        return replace(*args, **kwargs)

    monkeypatch.setattr(store, "replace_routes", racing)

    answer = console.put("/v1/routes", {"rules": [{"endpoint_id": doomed}]})

    assert (answer.status, answer.faults) == (422, [("/rules/0/endpoint_id", "unknown_endpoint")])


def test_when_others_are_always_faster_the_caller_may_try_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose.endpoint_store(), "replace_routes", lambda *_, **__: False)
    monkeypatch.setattr(compose.endpoint_store(), "remove", lambda *_, **__: False)

    assert console.put("/v1/routes", {"rules": []}).status == 503
    console.put("/v1/routes", {"rules": []})


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("/rules", "required")]),
        ({"rules": {}}, [("/rules", "wrong_type")]),
        ({"rules": [{}]}, [("/rules/0/endpoint_id", "required")]),
        ({"rules": [{"endpoint_id": "x"}]}, [("/rules/0/endpoint_id", "unknown_endpoint")]),
        ({"rules": [DEFAULT | {"language": "de"}]}, [("/rules/0/language", "unknown_field")]),
        ({"rules": [DEFAULT | {"intent": ""}]}, [("/rules/0/intent", "blank")]),
        ({"rules": [DEFAULT | {"locale": "German!"}]}, [("/rules/0/locale", "malformed")]),
        (
            {"rules": [DEFAULT, DEFAULT | {"type": "text"}, {"endpoint_id": "y", "intent": "a"}]},
            [("/rules/2/endpoint_id", "unknown_endpoint"), ("/rules/1", "never_reached")],
        ),
        ({"rules": [DEFAULT] * (MAX_RULES + 1)}, [("/rules", "too_many")]),
        (
            '{"rules": [{"endpoint_id": "default", "intent": "a", "intent": "b"}]}',
            [("/rules/0/intent", "duplicate_key")],
        ),
    ],
)
def test_rules_that_cannot_work_are_refused(console: Console, body: object, faults: list[tuple[str, str]]) -> None:
    answer = console.put("/v1/routes", body)

    assert (answer.status, answer.faults) == (422, faults)
    assert console.get("/v1/routes").json == {"rules": [DEFAULT]}


def test_the_largest_list_fits(console: Console) -> None:
    rules = [DEFAULT | {"intent": f"{place:03d}" + "i" * 252, "group": "g" * 255} for place in range(MAX_RULES)]

    assert console.put("/v1/routes", {"rules": rules}).status == 200
    assert console.get("/v1/routes").json["rules"] == rules


def test_where_would_this_go(console: Console, stack: Stack) -> None:
    sales = another(console, stack)
    console.put("/v1/routes", {"rules": [DEFAULT, {"endpoint_id": sales, "intent": "sales", "locale": "de"}]})

    german = console.post("/v1/routes/test", {"intent": "sales", "locale": "de_CH"}).json
    english = console.post("/v1/routes/test", {"intent": "sales", "locale": "en"}).json

    assert (german["endpoint_id"], german["rule"], german["reason"]) == (sales, 1, "intent")
    assert "rule 1" in german["explanation"]
    assert (english["endpoint_id"], english["rule"], english["reason"]) == ("default", 0, "default")
    assert console.post("/v1/routes/test").json == english
    console.put("/v1/routes", {"rules": []})
    nowhere = console.post("/v1/routes/test", {}).json
    assert nowhere.keys() == {"reason", "explanation"}
    assert nowhere["reason"] == "no_rule"


def test_where_would_the_next_message_of_this_conversation_go(console: Console, stack: Stack) -> None:
    sales = another(console, stack)
    stack.post(intent="sales", group="vip", locale="de_DE")
    drain(stack)
    console.put("/v1/routes", {"rules": [DEFAULT, {"endpoint_id": sales, "group": "vip", "locale": "de"}]})

    def asked(**fields: str) -> Any:
        return console.post("/v1/routes/test", {"conversation_id": CONVERSATION, **fields}).json

    assert (asked()["endpoint_id"], asked()["reason"]) == (sales, "group")
    assert asked(locale="fr")["reason"] == "default"
    console.put(f"/v1/conversations/{CONVERSATION}/handler", DEFAULT)
    assert (asked()["endpoint_id"], asked()["reason"]) == ("default", "handover")
    unknown = console.post("/v1/routes/test", {"conversation_id": "nobody"})
    assert (unknown.status, unknown.faults) == (422, [("/conversation_id", "unknown_conversation")])


def test_a_message_goes_where_the_dry_run_said(console: Console, stack: Stack) -> None:
    sales = another(console, stack)
    console.put("/v1/routes", {"rules": [DEFAULT, {"endpoint_id": sales, "intent": "sales"}]})
    said = console.post("/v1/routes/test", {"intent": "sales"}).json["endpoint_id"]

    stack.post(intent="sales")
    drain(stack)

    assert said == sales
    assert [request.line for request in stack.endpoint.requests] == ["POST /another HTTP/1.1"]


def test_a_conversation_is_shown_as_it_is(console: Console, stack: Stack) -> None:
    stack.post(intent="sales", group="vip", locale="de_DE")
    drain(stack)

    view = console.get(f"/v1/conversations/{CONVERSATION}").json

    assert view.pop("capabilities")
    assert view.pop("created_at") == view.pop("last_event_at") == view.pop("last_inbound_at")
    assert view == {
        "id": CONVERSATION,
        "state": "open",
        "opted_out": False,
        "locale": "de_DE",
        "intent": "sales",
        "group": "vip",
        "sequence": 1,
    }
    assert apple.CUSTOMER not in json.dumps(view)
    stack.post(apple.envelope("close"))
    drain(stack)
    closed = console.get(f"/v1/conversations/{CONVERSATION}").json
    assert (closed["state"], closed["opted_out"]) == ("closed", True)


def test_what_is_held_is_told_and_goes_to_the_new_handler_at_once(console: Console, stack: Stack) -> None:
    agent = another(console, stack)
    stack.endpoint.answers = [reply("503 Service Unavailable"), reply("200 OK", b"ok")]
    stack.post()
    drain(stack)
    view = console.get(f"/v1/conversations/{CONVERSATION}").json
    held = view["held"]
    assert (view["state"], held["endpoint_id"], held["waits_for"], held["attempts"]) == (
        "held",
        "default",
        "endpoint",
        1,
    )
    assert held["since"] < held["next_attempt_at"]

    answer = console.put(f"/v1/conversations/{CONVERSATION}/handler", {"endpoint_id": agent})
    drain(stack)

    assert (answer.status, answer.json["handler"]) == (200, agent)
    messages = [
        request for request in stack.endpoint.requests if json.loads(request.body)["type"] == "message.received"
    ]
    assert [request.line.split()[1] for request in messages] == ["/hook", "/another"]
    assert console.get(f"/v1/conversations/{CONVERSATION}").json["state"] == "open"


def test_a_conversation_can_be_given_back_to_the_routes(console: Console, stack: Stack) -> None:
    agent = another(console, stack)
    stack.post()
    drain(stack)
    console.put(f"/v1/conversations/{CONVERSATION}/handler", {"endpoint_id": agent})

    back = console.put(f"/v1/conversations/{CONVERSATION}/handler", {"endpoint_id": None})

    assert back.status == 200
    assert "handler" not in back.json
    drain(stack)
    assert console.put(f"/v1/conversations/{CONVERSATION}/handler", {"endpoint_id": None}).status == 200
    assert stack.cloud.waiting("EVENTS_QUEUE_URL") == 0


def test_nothing_held_needs_no_waking(console: Console, stack: Stack) -> None:
    stack.post()
    drain(stack)

    console.put(f"/v1/conversations/{CONVERSATION}/handler", DEFAULT)

    (note,) = stack.cloud.receive("EVENTS_QUEUE_URL")
    assert json.loads(note["body"])["kind"] == "message", "the news of it, and nothing else"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("/endpoint_id", "required")]),
        ({"endpoint_id": "nobody"}, [("/endpoint_id", "unknown_endpoint")]),
        ({"endpoint_id": 1}, [("/endpoint_id", "wrong_type")]),
    ],
)
def test_a_handover_to_nobody_is_refused(
    console: Console, stack: Stack, body: object, faults: list[tuple[str, str]]
) -> None:
    stack.post()
    drain(stack)

    answer = console.put(f"/v1/conversations/{CONVERSATION}/handler", body)

    assert (answer.status, answer.faults) == (422, faults)


@pytest.mark.parametrize("conversation_id", ["nobody", "x" * 3000, "%C3%A4"])
def test_a_conversation_nobody_knows_is_not_found(console: Console, conversation_id: str) -> None:
    assert console.get(f"/v1/conversations/{conversation_id}").code == "conversation_unknown"
    assert console.put(f"/v1/conversations/{conversation_id}/handler", DEFAULT).code == "conversation_unknown"
