"""What a business marks is told to its endpoint, shown to nobody, and kept nowhere once it is delivered."""

from __future__ import annotations

import gzip
import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

import functions.attachments.app
import functions.erasure.app
from parley.runtime import compose
from tests.functions import test_attachments
from tests.functions.conftest import a_context
from tests.functions.test_automatic import TOPICS, events, go_on, writes
from tests.functions.test_erasures import everything
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

CANARY = "CANARY-4711"
NUMBER = {"type": "form", "field": "answers/number"}
PRIVATE = {"type": "form", "private": True}
BODY = {"type": "text", "field": "body"}
REDACTED = "[redacted]"

pytestmark = pytest.mark.usefixtures("no_waits")


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def marked(console: Console, *marks: dict[str, Any]) -> None:
    """As if five seconds had gone by since."""
    assert console.put("/v1/privacy", {"redact": list(marks)}).status == 200
    compose.businesses()._known.clear()
    compose.businesses()._whole.clear()


def answers(*, private: bool = False, padding: int = 0) -> dict[str, Any]:
    def page(identifier: str, value: str) -> dict[str, Any]:
        item = {"identifier": identifier, "title": value, "value": value, "type": "input"}
        return {"pageIdentifier": identifier, "subtitle": "Which one?", "items": [item]}

    dynamic = {
        "template": "messageForms",
        "private": private,
        "selections": [page("number", CANARY), page("city", "Ulm")],
    }
    bubble = {"title": f"Policy {CANARY}", "subtitle": "x" * padding}
    return {"bid": "b", "data": {"requestIdentifier": "R-1", "dynamic": dynamic, "replyMessage": bubble}}


def fills_in(stack: Stack, **form: Any) -> str:
    content = apple.envelope("interactive", interactiveData=answers(**form))
    stack.post(content)
    return str(content["id"])


def shown(stack: Stack, console: Console, message_id: str) -> list[dict[str, Any]]:
    """One message at every door that shows what it says."""
    found = [json.loads(stack.ask(message_id)["body"])]
    for path in ("/v1/messages", f"/v1/conversations/{CONVERSATION}/messages"):
        found += [each for each in console.get(path).json["data"] if each["id"] == message_id]
    exported = console.get(f"/v1/conversations/{CONVERSATION}/export").json["messages"]
    return found + [each for each in exported if each["id"] == message_id]


# --- settings ------------------------------------------------------------------------------------------


def test_marks_are_set_and_shown_with_the_other_settings(console: Console) -> None:
    marks = [NUMBER, PRIVATE, BODY, {"type": "text", "field": "subject"}, {"type": "form", "field": "answers"}]

    put = console.put("/v1/privacy", {"retention_days": 30, "redact": marks}, if_match='"0"')

    assert (put.status, put.headers["ETag"]) == (200, '"1"')
    assert console.get("/v1/privacy").json == {"retention_days": 30, "installation_days": 90, "redact": marks}
    assert console.put("/v1/privacy", {"redact": []}).json == {"installation_days": 90}


@pytest.mark.parametrize(
    ("mark", "place", "code"),
    [
        ({"type": "form"}, "", "one_of"),
        ({"type": "form", "private": False}, "", "one_of"),
        ({"type": "form", "field": "answers", "private": True}, "", "one_of"),
        ({"type": "form", "field": "number"}, "/field", "malformed"),
        ({"type": "form", "field": "answers/"}, "/field", "malformed"),
        ({"type": "form", "field": "answers/" + "x" * 65}, "/field", "too_long"),
        ({"type": "form", "private": "yes"}, "/private", "wrong_type"),
        ({"type": "text"}, "/field", "required"),
        ({"type": "text", "field": "raw"}, "/field", "unknown_value"),
        ({"type": "text", "field": "body", "private": True}, "/private", "unknown_field"),
        ({"type": "list_picker"}, "/type", "unknown_type"),
        ({"field": "body"}, "/type", "required"),
        ("body", "", "wrong_type"),
    ],
)
def test_a_mark_that_says_nothing_is_refused_with_its_place(
    console: Console, mark: object, place: str, code: str
) -> None:
    refused = console.put("/v1/privacy", {"redact": [NUMBER, mark]})

    assert (refused.status, refused.faults) == (422, [(f"/redact/1{place}", code)])
    assert console.get("/v1/privacy").json == {"installation_days": 90}


def test_there_are_fifty_at_most(console: Console) -> None:
    marks = [{"type": "form", "field": f"answers/{number}"} for number in range(51)]

    assert console.put("/v1/privacy", {"redact": marks}).faults == [("/redact", "too_many")]
    assert console.put("/v1/privacy", {"redact": marks[:50]}).status == 200


# --- delivered -----------------------------------------------------------------------------------------


def test_after_delivery_it_is_in_no_item_no_object_no_view_and_no_log(
    stack: Stack, console: Console, logged: Logged
) -> None:
    marked(console, NUMBER, BODY)
    stack.endpoint.answers[:] = [reply("500 Oops", f"cannot store {CANARY}".encode()), reply("200 OK")]
    form, text = fills_in(stack), apple.envelope(body=f"It is {CANARY}", subject="My policy")
    stack.post(text)
    drain(stack)
    stack.wake()
    drain(stack)

    told = [hook["data"] for hook in stack.webhooks()]
    assert [CANARY in json.dumps(each) for each in told] == [True] * 3
    assert all("redacted" not in each["message"] for each in told)
    assert CANARY not in everything(stack)
    assert CANARY not in logged.everything()
    for view in shown(stack, console, form):
        assert (view["state"], view["redacted"]) == ("delivered", ["answers/number"])
        assert view["result"]["answers"] == {"number": REDACTED, "city": {"type": "input", "text": "Ulm"}}
        data = view["raw"]["interactiveData"]["data"]
        assert [page["items"] == REDACTED for page in data["dynamic"]["selections"]] == [True, False]
        assert data["replyMessage"]["title"] == REDACTED
    for view in shown(stack, console, str(text["id"])):
        assert (view["body"], view["subject"], view["redacted"]) == (REDACTED, "My policy", ["body"])
    assert len(shown(stack, console, form)) == len(shown(stack, console, str(text["id"]))) == 4
    assert console.get(f"/v1/deliveries/{form}/attempts").json["data"][0]["words"] == REDACTED


def test_until_it_is_delivered_it_is_there_and_shown_to_nobody(stack: Stack, console: Console) -> None:
    marked(console, PRIVATE, BODY)
    stack.endpoint.answers[:] = [reply("503 Down")]
    form, text = fills_in(stack, private=True), apple.envelope(body=CANARY)
    stack.post(text)
    received = [json.loads(stack.ask(form)["body"])]
    drain(stack)

    views = received + shown(stack, console, form) + shown(stack, console, str(text["id"]))
    assert len(views) == 9
    assert CANARY not in json.dumps(views)
    assert [view["redacted"] for view in views] == [["answers"]] * 5 + [["body"]] * 4
    assert CANARY in everything(stack)
    assert CANARY not in json.dumps(console.get("/v1/deliveries").json)


def test_a_replay_carries_what_is_kept(stack: Stack, console: Console) -> None:
    marked(console, NUMBER)
    form = fills_in(stack)
    drain(stack)

    assert console.post(f"/v1/deliveries/{form}/replay").status == 202
    drain(stack)

    first, again = stack.endpoint.requests
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == form
    data = json.loads(again.body)["data"]
    assert (data["message"]["redacted"], CANARY in again.body.decode()) == (["answers/number"], False)
    assert data["result"]["answers"]["number"] == REDACTED
    assert CANARY not in everything(stack)


def test_the_happy_path_is_three_calls_with_marks_too(stack: Stack, console: Console) -> None:
    marked(console, NUMBER, BODY)
    stack.post()
    drain(stack)
    calls: list[str] = []
    for client in {id(each): each for each in (compose.client("dynamodb"), compose.messages()._client)}.values():
        client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))

    content = apple.envelope(body=CANARY)
    stack.post(content)
    drain(stack)

    assert calls == ["PutItem", "UpdateItem", "UpdateItem"]
    assert json.loads(stack.ask(str(content["id"]))["body"])["redacted"] == ["body"]


def test_a_mark_holds_for_what_was_there_before_wherever_it_is_shown(stack: Stack, console: Console) -> None:
    form = fills_in(stack)
    drain(stack)
    assert CANARY in json.dumps(shown(stack, console, form))

    marked(console, NUMBER)

    assert CANARY not in json.dumps(shown(stack, console, form))
    assert CANARY in everything(stack)


@pytest.mark.parametrize("attempts", [1, 2])
def test_a_large_answer_goes_from_the_bucket_and_stays_away(stack: Stack, console: Console, attempts: int) -> None:
    marked(console, NUMBER)
    stack.endpoint.answers[:] = [reply("503 Down", CANARY.encode())] * (attempts - 1) + [reply("200 OK")]
    content = apple.envelope("interactive", interactiveData=answers(padding=250_000))
    stack.post(content)
    drain(stack)
    stack.wake()
    drain(stack)

    assert CANARY in stack.endpoint.requests[-1].body.decode()
    assert CANARY not in everything(stack)
    stack.post(content)
    drain(stack)
    assert CANARY not in everything(stack)
    view = json.loads(stack.ask(str(content["id"]))["body"])
    assert (view["redacted"], view["result"]["answers"]["city"]["text"]) == (["answers/number"], "Ulm")


def test_an_answer_by_reference_goes_from_the_bucket_with_the_way_to_it(
    stack: Stack, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(console, NUMBER)
    served = test_attachments.Apple(stack)
    monkeypatch.setattr(test_attachments, "CONTENT", answers())
    reference = served.put(gzip.compress(b"plist"), bid="b", title=f"Policy {CANARY}")
    content = apple.envelope("interactive", interactiveData=None, interactiveDataRef=reference)
    stack.post(content)
    stack.cloud.pump("TRANSFERS_QUEUE_URL", functions.attachments.app.handler, a_context(900_000))
    early = json.loads(stack.ask(str(content["id"]))["body"])
    drain(stack)

    assert CANARY in stack.endpoint.requests[-1].body.decode()
    kept = everything(stack)
    assert [word for word in (CANARY, reference["key"], reference["url"]) if word in kept] == []
    late = json.loads(stack.ask(str(content["id"]))["body"])
    for view, names in ((early, ["raw"]), (late, ["answers/number"])):
        assert (view["redacted"], view["content"]["title"]) == (names, REDACTED)
    console.post(f"/v1/deliveries/{content['id']}/replay")
    drain(stack)
    again = json.loads(stack.endpoint.requests[-1].body)["data"]
    assert again["message"]["redacted"] == ["answers/number"]
    assert again["result"]["answers"] == {"number": REDACTED, "city": {"type": "input", "text": "Ulm"}}


def test_a_twin_that_nobody_gets_is_not_kept_either(stack: Stack, console: Console) -> None:
    marked(console, NUMBER)
    fills_in(stack)
    twin = fills_in(stack)
    drain(stack)

    assert len(stack.endpoint.requests) == 1
    assert CANARY not in everything(stack)
    view = json.loads(stack.ask(twin)["body"])
    assert (view["state"], view["redacted"]) == ("suppressed", ["answers/number"])


def test_a_choice_of_topics_in_words_counts_though_the_words_are_gone(stack: Stack, console: Console) -> None:
    console.put("/v1/channel", {"topics": TOPICS})
    marked(console, BODY)
    sent = apple.envelope(body="subscribe")
    headers = {name.title(): value for name, value in apple.headers(sent).items()}
    headers |= {"Authorization": f"Bearer {apple.token(now=time.time())}", "Capability-List": ""}
    stack.deliver_post(apple.api_gateway_event(json.dumps(sent).encode(), headers))
    go_on(stack)

    chosen = writes(stack, "1")

    (changed,) = events(stack, "preferences.changed")
    assert [one["id"] for one in changed["preferences"]["topics"] if one["subscribed"]] == ["orders"]
    view = json.loads(stack.ask(chosen)["body"])
    assert (view["body"], view["redacted"]) == (REDACTED, ["body"])
    assert view["result"]["selection"][0]["identifier"] == "orders"


def test_a_forgotten_customer_leaves_nothing_of_a_redacted_message(stack: Stack, console: Console) -> None:
    marked(console, NUMBER)
    form = fills_in(stack)
    drain(stack)

    assert console.delete(f"/v1/conversations/{CONVERSATION}").status == 202
    stack.cloud.pump("ERASURES_QUEUE_URL", functions.erasure.app.handler, a_context(300_000))

    assert console.get(f"/v1/deliveries/{form}").status == 404
    assert not re.search(r"Ulm", everything(stack))
