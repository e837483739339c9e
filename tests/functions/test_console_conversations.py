"""A business looks through its conversations, and reads what was said in them."""

from __future__ import annotations

import base64
import json
import time
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from parley.business import cursors
from parley.business.operations import conversations as operations
from parley.business.operations import history as messages
from parley.conversation.identity import conversation_id
from parley.conversation.records import ConversationState, State
from parley.runtime import compose
from parley.services import conversation_list, history
from parley.storage import keys
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.pictures import chunk, header
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.console import Reply

STRANGER = Console(apple.OTHER_BUSINESS)
PICTURE = header(24, 24, depth=1, colours=0) + chunk(b"IDAT", zlib.compress(bytes(24 * 4))) + chunk(b"IEND", b"")
AWAY = reply("503 Service Unavailable", b"down for maintenance")


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def drain(stack: Stack) -> None:
    while stack.route():
        pass


def written(stack: Stack, customer: str = apple.CUSTOMER, /, **fields: Any) -> str:
    """The conversation of a customer who has just written."""
    assert stack.post(apple.envelope(**{"sourceId": customer, **fields}))["statusCode"] == 200
    drain(stack)
    return conversation_id(apple.BUSINESS, customer)


def people(count: int) -> list[str]:
    return [f"urn:mbid:AQAAYperson{number:02d}==" for number in range(count)]


def ids(answer: Reply) -> list[str]:
    assert answer.status == 200, answer.text
    return [each["id"] for each in answer.json["data"]]


def pages(console: Console, target: str, *, limit: int) -> list[list[str]]:
    """The ids of every page of a list."""
    found: list[list[str]] = []
    joint = "&" if "?" in target else "?"
    cursor = ""
    while len(found) < 40:
        answer = console.get(f"{target}{joint}limit={limit}{cursor}")
        found.append(ids(answer))
        if "next_cursor" not in answer.json:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"
    raise AssertionError("it has no end")


# --- conversations -------------------------------------------------------------------------------------


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


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


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


# --- messages -------------------------------------------------------------------------------------------


def a_talk(stack: Stack) -> list[str]:
    """Question, answer, thanks: their ids."""
    asked = apple.envelope(body="Are you open on Sunday?")
    stack.post(asked)
    drain(stack)
    answered = json.loads(stack.api({"to": CONVERSATION, "body": "Yes", "agent": "desk"})["body"])["id"]
    stack.send()
    drain(stack)
    thanked = apple.envelope(body="Thanks")
    stack.post(thanked)
    drain(stack)
    return [asked["id"], answered, thanked["id"]]


def test_what_was_said_is_read_in_both_directions_and_both_orders(console: Console, stack: Stack) -> None:
    asked, answered, thanked = a_talk(stack)
    target = f"/v1/conversations/{CONVERSATION}/messages"

    assert ids(console.get(target)) == [thanked, answered, asked]
    assert ids(console.get(f"{target}?order=oldest")) == [asked, answered, thanked]
    assert ids(console.get(f"{target}?direction=inbound")) == [thanked, asked]
    assert ids(console.get(f"{target}?direction=outbound")) == [answered]
    assert pages(console, target, limit=2) == [[thanked, answered], [asked]]
    assert pages(console, f"{target}?order=oldest", limit=1) == [[asked], [answered], [thanked]]
    assert ids(console.get("/v1/messages")) == [thanked, answered, asked]


def test_a_listed_message_says_what_is_said_of_it_alone(console: Console, stack: Stack) -> None:
    asked, answered, _ = a_talk(stack)

    listed = {each["id"]: each for each in console.get("/v1/messages").json["data"]}

    for identity in (asked, answered):
        assert listed[identity] == json.loads(stack.ask(identity)["body"])
    assert listed[answered].pop("sent_at")
    assert listed[answered].pop("created_at")
    assert listed[answered] == {
        "id": answered,
        "conversation_id": CONVERSATION,
        "direction": "outbound",
        "type": "text",
        "state": "sent",
        "kind": "text",
        "body": "Yes",
        "attempts": 1,
    }
    assert (listed[asked]["body"], listed[asked]["state"]) == ("Are you open on Sunday?", "delivered")


def test_messages_are_found_by_state_conversation_and_time(console: Console, stack: Stack) -> None:
    asked, answered, thanked = a_talk(stack)
    now = time.time()

    for query, wanted in {
        "state=sent": [answered],
        "state=delivered": [thanked, asked],
        "state=failed": [],
        "state=delivered&direction=outbound": [],
        f"conversation_id={CONVERSATION}&direction=outbound": [answered],
        "conversation_id=nobody": [],
        f"since={moment(now - 60)}&until={moment(now + 60)}": [thanked, answered, asked],
        f"until={moment(now - 60)}": [],
    }.items():
        assert ids(console.get(f"/v1/messages?{query}")) == wanted, query
    assert STRANGER.get("/v1/messages").json == {"data": []}
    assert STRANGER.get(f"/v1/messages?conversation_id={CONVERSATION}").json == {"data": []}


def test_news_of_parleys_own_are_no_messages(console: Console, stack: Stack) -> None:
    a_talk(stack)

    told = [request["type"] for request in stack.webhooks()]
    assert told == ["message.received", "message.sent", "message.received"]
    assert len(ids(console.get("/v1/messages"))) == 3
    refused = console.get("/v1/messages?direction=notice")
    assert (refused.status, refused.faults[0][0]) == (422, "?direction")


def test_an_answer_is_shown_with_its_result_and_the_question_without_its_pictures(
    console: Console, stack: Stack
) -> None:
    written(stack)
    picture = base64.b64encode(PICTURE).decode()
    question = {
        "to": CONVERSATION,
        "type": "quick_reply",
        "text": "Which colour?",
        "items": [{"identifier": "r", "title": "Red"}, {"identifier": "b", "title": "Blue"}],
    }
    asked = json.loads(stack.api(question)["body"])["id"]
    link = json.loads(
        stack.api(
            {
                "to": CONVERSATION,
                "type": "rich_link",
                "url": "https://shop.example/",
                "title": "Tours",
                "image": {"data": picture},
            }
        )["body"]
    )["id"]
    stack.send()
    sent = json.loads(stack.gateway.requests[0].body)
    answer = sent["interactiveData"] | {
        "data": {
            **sent["interactiveData"]["data"],
            "quick-reply": sent["interactiveData"]["data"]["quick-reply"] | {"selectedIndex": 1},
        }
    }
    written(stack, type="interactive", body=None, interactiveData=answer)

    listed = console.get(f"/v1/conversations/{CONVERSATION}/messages?direction=inbound&limit=1").json["data"][0]
    assert listed["result"] == stack.webhooks()[-1]["data"]["result"]
    assert listed["result"]["selection"] == [{"identifier": "b", "title": "Blue", "section": None}]
    assert listed["result"]["in_reply_to"] == asked
    assert listed["raw"] == stack.webhooks()[-1]["data"]["message"]["raw"]

    outgoing = {each["id"]: each for each in console.get("/v1/messages?direction=outbound").json["data"]}
    assert outgoing[asked]["kind"] == "quick_reply"
    assert outgoing[asked]["raw"]["interactiveData"]["data"]["quick-reply"]["items"][0]["title"] == "Red"
    assert outgoing[link]["raw"]["richLinkData"]["assets"] == {"image": {"mimeType": "image/png"}}
    assert json.loads(stack.ask(link)["body"])["raw"] == outgoing[link]["raw"]


def test_a_message_too_large_for_a_list_is_read_alone(console: Console, stack: Stack) -> None:
    body = "x" * 250_000
    content = apple.envelope(body=body)
    stack.post(content)
    drain(stack)

    (listed,) = console.get("/v1/messages").json["data"]

    assert (listed["id"], listed["omitted"]) == (content["id"], True)
    assert "body" not in listed
    alone = json.loads(stack.ask(content["id"])["body"])
    assert (alone["body"], "omitted" in alone) == (body, False)


def test_a_page_ends_before_its_answer_grows_too_large(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        written(stack, body="x" * 500)
    monkeypatch.setattr(history, "PAGE_CHARS", 1_200)
    everything = [each["message_id"] for each in console.get("/v1/deliveries").json["data"]]

    assert pages(console, "/v1/messages", limit=10) == [[each] for each in everything]


def test_a_search_looks_at_so_many_and_then_says_where_it_is(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_talk(stack)
    monkeypatch.setattr(history, "LOOKED_AT_ONCE", 1)
    monkeypatch.setattr(history, "MOST_LOOKED_AT", 1)

    assert [len(page) for page in pages(console, "/v1/messages?direction=outbound", limit=10)] == [0, 0, 1, 0]


def test_a_customers_files_are_shown_as_they_are_now(console: Console, stack: Stack) -> None:
    file = {
        "name": "../IMG_0007.HEIC",
        "mimeType": "image/heic",
        "size": "184320",
        "signature-base64": "gQAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "url": "https://content.invalid/canary-file",
        "owner": "canary-owner",
        "key": "00" * 33,
    }
    stack.post(apple.envelope(body="\ufffc", attachments=[file] * 11))

    answer = console.get("/v1/messages")
    (listed,) = answer.json["data"]
    assert listed["attachments"][0]["name"] == "IMG_0007.HEIC"
    assert (listed["attachments"][0]["status"], listed["attachments"][10]["reason"]) == ("pending", "too_many")
    assert "canary" not in answer.text
    assert json.loads(stack.ask(listed["id"])["body"]) == listed


def test_every_state_can_be_asked_for() -> None:
    assert set(operations.ConversationState.__value__.__origin__.__args__) == {
        state.value for state in ConversationState
    }
    assert set(messages.MessageState.__value__.__args__) == {state.value for state in State}


def test_a_strangers_conversation_has_no_messages(console: Console, stack: Stack) -> None:
    written(stack)

    theirs = STRANGER.get(f"/v1/conversations/{CONVERSATION}/messages")
    nobodys = console.get("/v1/conversations/nobody/messages")

    assert theirs.status == nobodys.status == 404
    assert theirs.text == nobodys.text
    assert compose.history() is compose.history()


# --- handovers ------------------------------------------------------------------------------------------


def test_a_handover_is_told_to_who_gets_it_and_to_who_had_it(console: Console, stack: Stack) -> None:
    desk = console.post("/v1/endpoints", {"url": f"{stack.endpoint.url}/desk"}).json["id"]
    written(stack)
    target = f"/v1/conversations/{CONVERSATION}"
    assert console.get(target).headers["ETag"] == '"0"'

    answer = console.put(f"{target}/handler", {"endpoint_id": desk, "note": "VIP"}, If_Match='"0"')
    drain(stack)

    assert (answer.status, answer.headers["ETag"], answer.json["handler"]) == (200, '"1"', desk)
    told = {
        request.line.split()[1]: json.loads(request.body)["data"]
        for request in stack.endpoint.requests
        if json.loads(request.body)["type"] == "conversation.handed_over"
    }
    assert told.keys() == {"/hook", "/desk"}
    assert (told["/desk"]["sequence"], "sequence" in told["/hook"]) == (2, False)
    for said in told.values():
        assert (said["from"], said["to"], said["note"], said["conversation_id"]) == (
            "default",
            desk,
            "VIP",
            CONVERSATION,
        )
    listed = console.get(f"/v1/deliveries?conversation_id={CONVERSATION}").json["data"]
    assert sorted(each["type"] for each in listed) == ["conversation.handed_over"] * 2 + ["text"]
    assert len(ids(console.get("/v1/messages"))) == 1
    assert ids(console.get("/v1/conversations")) == [CONVERSATION]


def test_who_comes_second_is_told_so(console: Console, stack: Stack) -> None:
    written(stack)
    target = f"/v1/conversations/{CONVERSATION}/handler"
    console.put(target, {"endpoint_id": "default"}, If_Match='"0"')

    late = console.put(target, {"endpoint_id": None}, If_Match='"0"')

    assert (late.status, late.code) == (412, "precondition_failed")
    assert console.get(f"/v1/conversations/{CONVERSATION}").json["handler"] == "default"
    assert console.put(target, {"endpoint_id": None}, If_Match="*").headers["ETag"] == '"2"'


@pytest.mark.parametrize("note", ["", "x" * 501, 5])
def test_words_that_are_none_are_refused(console: Console, stack: Stack, note: Any) -> None:
    written(stack)

    answer = console.put(f"/v1/conversations/{CONVERSATION}/handler", {"endpoint_id": "default", "note": note})

    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["/note"])


# --- saying something -----------------------------------------------------------------------------------

BELOW = f"/v1/conversations/{CONVERSATION}/messages"


def test_a_message_goes_into_its_conversation(console: Console, stack: Stack) -> None:
    written(stack)

    answer = console.post(BELOW, {"body": "Yes", "agent": "desk"}, Idempotency_Key="k")
    stack.send()

    assert (answer.status, answer.json["conversation_id"], answer.json["body"]) == (202, CONVERSATION, "Yes")
    (sent,) = stack.gateway.requests
    assert (json.loads(sent.body)["destinationId"], json.loads(sent.body)["body"]) == (apple.CUSTOMER, "Yes")
    again = stack.api({"to": CONVERSATION, "body": "Yes", "agent": "desk"}, idempotency_key="k")
    assert json.loads(again["body"])["id"] == answer.json["id"], "the same message, whichever way it was sent"
    assert again["headers"]["Idempotent-Replayed"] == "true"
    assert console.post(BELOW, {"body": "No"}, Idempotency_Key="k").code == "idempotency_conflict"


def test_typing_is_shown_and_not_stored(console: Console, stack: Stack) -> None:
    written(stack)
    before = stack.stored()

    for state in ("start", "end"):
        assert console.post(f"/v1/conversations/{CONVERSATION}/typing", {"state": state, "agent": "desk"}).status == 204

    assert [json.loads(each.body)["type"] for each in stack.gateway.requests] == ["typing_start", "typing_end"]
    assert stack.stored() == before


@pytest.mark.parametrize(
    ("route", "body", "status", "faults"),
    [
        ("messages", {"to": CONVERSATION, "body": "Yes"}, 422, [("/to", "unknown_field")]),
        ("messages", {"type": "text"}, 422, [("/body", "required")]),
        ("messages", {"type": "invitation", "reference_id": "x"}, 422, [("/type", "unknown_type")]),
        ("messages", [], 422, [("", "body_not_object")]),
        ("messages", "{", 400, [("", "body_not_json")]),
        ("typing", {}, 422, [("/state", "required")]),
        ("typing", {"state": "pause"}, 422, [("/state", "unknown_value")]),
        ("typing", {"state": "start", "type": "typing"}, 422, [("/type", "unknown_field")]),
    ],
)
def test_what_cannot_be_said_is_told(
    console: Console, stack: Stack, *, route: str, body: object, status: int, faults: list[tuple[str, str]]
) -> None:
    written(stack)

    answer = console.post(f"/v1/conversations/{CONVERSATION}/{route}", body)

    assert (answer.status, answer.faults) == (status, faults)
    assert stack.gateway.requests == []


@pytest.mark.parametrize(("route", "body"), [("messages", {"body": "Yes"}), ("typing", {"state": "start"})])
def test_nothing_is_said_in_a_conversation_that_is_closed_or_somebody_elses(
    console: Console, stack: Stack, route: str, body: object
) -> None:
    written(stack)
    target = f"/v1/conversations/{CONVERSATION}/{route}"

    theirs, nobodys = STRANGER.post(target, body), console.post(f"/v1/conversations/nobody/{route}", body)
    written(stack, type="close")
    closed = console.post(target, body)

    assert (theirs.status, theirs.code, theirs.text) == (404, "conversation_unknown", nobodys.text)
    assert (closed.status, closed.code, closed.faults) == (422, "opted_out", [])
    for named in (apple.CUSTOMER, "tel:+15550100"):
        assert console.post(f"/v1/conversations/{named.replace('/', '%2F')}/{route}", body).status == 404
    assert stack.gateway.requests == []


def test_nothing_is_said_in_a_line_of_parleys_own(console: Console, stack: Stack) -> None:
    stack.endpoint.answers = [reply("410 Gone")]
    written(stack)
    drain(stack)
    lines = {item["pk"]["S"].removeprefix("CONV#") for item in stack.cloud.items() if item["sk"]["S"] == "STATE"}
    (own,) = lines - {CONVERSATION}

    assert console.post(f"/v1/conversations/{own}/messages", {"body": "Yes"}).status == 404
    for message in ({"to": own, "body": "Yes"}, {"to": own, "type": "typing", "state": "start"}):
        assert json.loads(stack.api(message)["body"])["code"] == "unknown_conversation"


# --- notes ----------------------------------------------------------------------------------------------

NOTES = f"/v1/conversations/{CONVERSATION}/notes"


def test_notes_are_kept_for_those_who_come_after(console: Console, stack: Stack) -> None:
    written(stack)
    before = (len(stack.webhooks()), ids(console.get("/v1/messages")))

    made = [console.post(NOTES, {"body": f"note {number}", "author": "desk"}) for number in range(3)]
    unsigned = console.post(NOTES, {"body": "x" * 4000})
    drain(stack)

    assert [answer.status for answer in [*made, unsigned]] == [201] * 4
    listed = console.get(NOTES).json["data"]
    assert [each["body"] for each in listed[1:]] == ["note 2", "note 1", "note 0"]
    assert (listed[1], "author" in listed[0]) == (made[2].json, False)
    assert pages(console, NOTES, limit=3) == [[each["id"] for each in listed[:3]], [listed[3]["id"]]]
    assert (len(stack.webhooks()), ids(console.get("/v1/messages"))) == before, "nobody else hears of them"
    assert stack.gateway.requests == []


def test_a_note_is_deleted_once(console: Console, stack: Stack) -> None:
    written(stack)
    first, second = (console.post(NOTES, {"body": body}).json["id"] for body in ("a", "b"))

    assert console.delete(f"{NOTES}/{first.lower()}").status == 204

    assert ids(console.get(NOTES)) == [second]
    for gone in (first, "nonsense", second[:-1]):
        assert console.delete(f"{NOTES}/{gone}").code == "note_unknown"


def test_a_conversation_has_no_more_notes_than_it_may(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("parley.storage.notes", "parley.services.notes"):
        monkeypatch.setattr(f"{module}.MAX_NOTES", 2)
    written(stack)
    first, _ = (console.post(NOTES, {"body": body}).json["id"] for body in ("a", "b"))

    full = console.post(NOTES, {"body": "c"})
    assert (full.status, full.code) == (409, "too_many_notes")

    console.delete(f"{NOTES}/{first}")
    assert console.post(NOTES, {"body": "d"}).status == 201
    # One goes without a word, as those do whose time is over.
    (oldest,) = ids(console.get(NOTES))[1:]
    stack.cloud.dynamodb.delete_item(TableName=TABLE, Key=keys.note(CONVERSATION, oldest))
    assert console.post(NOTES, {"body": "e"}).status == 201
    assert [each["body"] for each in console.get(NOTES).json["data"]] == ["e", "d"]


def test_a_note_is_forgotten_with_the_messages_of_its_day(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(stack)
    console.post(NOTES, {"body": "a"})

    monkeypatch.setattr(compose.notes()._store, "_clock", lambda: time.time() + 90 * 86_400)

    assert ids(console.get(NOTES)) == []


@pytest.mark.parametrize(
    ("note", "path"),
    [
        ({}, "/body"),
        ({"body": ""}, "/body"),
        ({"body": "x" * 4001}, "/body"),
        ({"body": "x", "author": "a" * 65}, "/author"),
        ({"body": "x", "visible": True}, "/visible"),
    ],
)
def test_a_note_that_is_none_is_refused(console: Console, stack: Stack, note: object, path: str) -> None:
    written(stack)

    answer = console.post(NOTES, note)

    assert (answer.status, [each for each, _ in answer.faults]) == (422, [path])


def test_the_same_call_notes_once(console: Console, stack: Stack) -> None:
    written(stack)

    first, again = (console.post(NOTES, {"body": "a"}, Idempotency_Key="k") for _ in range(2))

    assert first.json == again.json
    assert len(ids(console.get(NOTES))) == 1


def test_a_strangers_notes_are_nobodys(console: Console, stack: Stack) -> None:
    written(stack)
    note = console.post(NOTES, {"body": "a"}).json["id"]

    for answer in (STRANGER.get(NOTES), STRANGER.post(NOTES, {"body": "b"}), STRANGER.delete(f"{NOTES}/{note}")):
        assert (answer.status, answer.code) == (404, "conversation_unknown")
    assert ids(console.get(NOTES)) == [note]
