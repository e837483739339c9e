"""What happens by itself in a business's channel, through the deployed functions."""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.kinds.constructed_link import PLAIN
from parley.conversation.attachments import Attachment, PartState, object_key
from parley.conversation.automations import Act, Automation, Deed, write
from parley.conversation.records import Direction
from parley.runtime import compose
from parley.services.draft import INLINE_CHARS
from parley.storage import keys
from parley.storage.queues import SqsOutbox
from tests.support import apple_requests as apple
from tests.support import pictures
from tests.support.cloud import BUCKET, TABLE
from tests.support.console import Console
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

CLOSED = {"time_zone": "UTC", "hours": {}, "away": {"messages": {"en": {"body": "Back on Monday."}}}}
TOPICS: list[dict[str, Any]] = [
    {"id": "orders", "titles": {"en": "Orders", "de": "Bestellungen"}},
    {"id": "offers", "titles": {"en": "Offers"}, "marketing": True},
]


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def hello(words: str = "Hello!") -> dict[str, Any]:
    return {"greeting": {"messages": {"en": {"body": words}, "de": {"body": "Hallo!"}}}}


def go_on(stack: Stack) -> None:
    """Let everything happen that is queued."""
    while stack.route() or stack.automate() or stack.send():
        pass


def writes(stack: Stack, body: str = "Hi", **fields: Any) -> str:
    content = apple.envelope(body=body, **fields)
    stack.post(content)
    go_on(stack)
    return str(content["id"])


def said(stack: Stack) -> list[dict[str, Any]]:
    """What went to Apple."""
    return [json.loads(request.body) for request in stack.gateway.requests]


def texts(stack: Stack) -> list[str]:
    return [message["body"] for message in said(stack)]


def events(stack: Stack, kind: str) -> list[dict[str, Any]]:
    return [hook["data"] for hook in stack.webhooks() if hook["type"] == kind]


def tap(question: dict[str, Any], *identifiers: str) -> dict[str, Any]:
    """The customer picks these of a list."""
    data = question["interactiveData"]["data"]
    sections = [
        {**section, "items": [item for item in section["items"] if item["identifier"] in identifiers]}
        for section in data["listPicker"]["sections"]
    ]
    answer = {"version": "1.0", "requestIdentifier": data["requestIdentifier"], "listPicker": {"sections": sections}}
    return apple.envelope("interactive", interactiveData={"sessionIdentifier": str(uuid.uuid4()), "data": answer})


def test_a_greeting_may_be_a_template_with_a_picture_of_the_library(console: Console, stack: Stack) -> None:
    asset_id = console.post("/v1/library/assets", {"data": PLAIN}).json["id"]
    link = {"type": "rich_link", "url": "https://a.example/", "title": "Welcome", "image": {"asset_id": asset_id}}
    bodies = {"en": link, "de": link | {"title": "Willkommen"}}
    console.post("/v1/library", {"name": "welcome", "default_locale": "en", "bodies": bodies})
    console.post("/v1/library/welcome/publish")
    assert console.put("/v1/channel", {"greeting": {"messages": {"en": {"template": "welcome"}}}}).status == 200

    writes(stack, locale="de_DE")

    (greeting,) = said(stack)
    assert greeting["richLinkData"]["title"] == "Willkommen"
    assert greeting["richLinkData"]["assets"]["image"]["data"] == PLAIN


def test_a_new_customer_is_greeted_once_and_it_is_marked_as_automatic(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", hello())

    writes(stack)
    writes(stack, "Anybody there?")

    assert texts(stack) == ["Hello!"]
    assert stack.gateway.requests[0].headers["auto-reply"] == "true"
    assert len(events(stack, "message.received")) == 2


def test_a_customer_is_greeted_in_their_language(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", hello())

    writes(stack, locale="de_AT")

    assert texts(stack) == ["Hallo!"]


def test_without_settings_nothing_happens_by_itself(stack: Stack) -> None:
    writes(stack, "agent")

    assert stack.cloud.waiting("AUTOMATIONS_QUEUE_URL") == 0
    assert said(stack) == []
    assert events(stack, "trigger.matched") == []


def test_the_same_note_again_says_nothing_again(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", hello())
    stack.post()
    stack.route()
    (record,) = stack.cloud.receive("AUTOMATIONS_QUEUE_URL")

    for _ in range(3):
        stack.cloud.sqs.send_message(
            QueueUrl=stack.cloud.queue_urls["AUTOMATIONS_QUEUE_URL"], MessageBody=record["body"]
        )
    go_on(stack)

    assert texts(stack) == ["Hello!"]


def test_new_words_do_not_make_a_new_greeting(console: Console, stack: Stack, logged: Logged) -> None:
    console.put("/v1/channel", hello())
    stack.post()
    stack.route()
    (record,) = stack.cloud.receive("AUTOMATIONS_QUEUE_URL")
    url = stack.cloud.queue_urls["AUTOMATIONS_QUEUE_URL"]
    stack.cloud.sqs.send_message(QueueUrl=url, MessageBody=record["body"])
    go_on(stack)
    console.put("/v1/channel", hello("Good morning!"))

    stack.cloud.sqs.send_message(QueueUrl=url, MessageBody=record["body"])
    go_on(stack)

    assert texts(stack) == ["Hello!"]
    assert "said_before" in logged.everything()


def test_who_is_back_after_long_is_welcomed_back(console: Console, stack: Stack) -> None:
    back = {"after_days": 30, "messages": {"en": {"body": "Welcome back!"}}}
    console.put("/v1/channel", {"greeting": {"messages": {"en": {"body": "Hello!"}}, "welcome_back": back}})
    writes(stack)

    for days in (29, 31, 31):
        stack.cloud.dynamodb.update_item(
            TableName=TABLE,
            Key=keys.conversation(CONVERSATION),
            UpdateExpression="SET last_inbound_at = :then",
            ExpressionAttributeValues={":then": {"N": str(time.time() - days * 86_400)}},
        )
        writes(stack)
        writes(stack)

    assert texts(stack) == ["Hello!", "Welcome back!", "Welcome back!"]


def test_outside_of_the_hours_that_is_said_once(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", CLOSED)

    writes(stack)
    writes(stack, "Hello?")

    assert texts(stack) == ["Back on Monday."]


def test_inside_of_the_hours_it_is_not(console: Console, stack: Stack) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    console.put("/v1/channel", {**CLOSED, "hours": {day: [{"from": "00:00", "to": "24:00"}] for day in days}})

    writes(stack)

    assert said(stack) == []


def test_a_trigger_word_is_told_answered_and_handed_over(console: Console, stack: Stack) -> None:
    agent = console.post("/v1/endpoints", {"url": stack.endpoint.url + "/agent"}).json["id"]
    answer = {"en": {"body": "A person will be with you soon."}}
    console.put("/v1/channel", {"triggers": {"person": {"answer": answer, "handover": agent}}})

    written = writes(stack, "  Agent! ")

    assert texts(stack) == ["A person will be with you soon."]
    (told,) = events(stack, "trigger.matched")
    assert (told["message"], told["trigger"]) == ({"id": written}, {"purpose": "person", "word": "agent"})
    assert console.get(f"/v1/conversations/{CONVERSATION}").json["handler"] == agent
    writes(stack, "agent")
    assert len(events(stack, "trigger.matched")) == 2


def test_a_word_inside_of_a_sentence_is_none(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {})

    writes(stack, "Please stop calling me")

    assert events(stack, "trigger.matched") == []


def test_a_tapback_greets_nobody(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {**hello(), **CLOSED})

    writes(stack, "Loved “Hello!”")

    assert said(stack) == []


def test_a_customer_chooses_topics_and_only_those_are_sent(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {"topics": TOPICS})
    writes(stack, "subscribe")
    (question,) = said(stack)
    items = question["interactiveData"]["data"]["listPicker"]["sections"][0]["items"]
    assert [(item["identifier"], item["title"]) for item in items] == [
        ("orders", "Orders"),
        ("offers", "Offers"),
        ("none", "None of these"),
    ]

    answered = tap(question, "offers")
    stack.post(answered)
    go_on(stack)

    (changed,) = events(stack, "preferences.changed")
    assert changed["message"] == {"id": answered["id"]}
    assert [(one["id"], one["subscribed"], one["by"]) for one in changed["preferences"]["topics"]] == [
        ("offers", True, "customer"),
        ("orders", False, "customer"),
    ]
    send = {"to": apple.CUSTOMER, "body": "New bikes are in"}
    assert stack.api({**send, "topic": "offers"})["statusCode"] == 202
    refused = stack.api({**send, "topic": "orders"})
    assert (refused["statusCode"], json.loads(refused["body"])["errors"][0]["code"]) == (422, "not_subscribed")


def test_none_of_these_unsubscribes_from_all(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {"topics": [TOPICS[0] | {"default": True}]})
    send = {"to": apple.CUSTOMER, "body": "Your order is on its way", "topic": "orders"}
    writes(stack, "Stop")
    assert stack.api(send)["statusCode"] == 202
    stack.post(tap(said(stack)[0], "none"))
    go_on(stack)

    assert stack.api(send)["statusCode"] == 422


def test_what_was_accepted_before_they_unsubscribed_is_not_sent(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {"topics": [TOPICS[0] | {"default": True}]})
    writes(stack, "unsubscribe")
    (question,) = said(stack)
    accepted = json.loads(stack.api({"to": apple.CUSTOMER, "body": "Sale!", "topic": "orders"})["body"])["id"]
    stack.post(tap(question, "none"))
    stack.route()
    stack.automate()

    go_on(stack)

    view = json.loads(stack.ask(accepted)["body"])
    assert (view["state"], view["error"]["code"]) == ("cancelled", "not_subscribed")
    assert len(said(stack)) == 1


def test_a_device_without_lists_is_asked_in_words_and_answers_in_words(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {"topics": TOPICS})
    sent = apple.envelope(body="subscribe")
    event = apple.api_gateway_event(
        json.dumps(sent).encode(),
        {
            **{name.title(): value for name, value in apple.headers(sent).items()},
            "Authorization": f"Bearer {apple.token(now=time.time())}",
            "Capability-List": "",
        },
    )
    stack.deliver_post(event)
    go_on(stack)
    assert "1. Orders" in texts(stack)[0]

    writes(stack, "1")

    (changed,) = events(stack, "preferences.changed")
    assert [one["id"] for one in changed["preferences"]["topics"] if one["subscribed"]] == ["orders"]


def test_answers_to_other_questions_change_no_preferences(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {"topics": TOPICS})
    writes(stack, "subscribe")
    other = {
        "type": "list_picker",
        "title": "Size",
        "sections": [{"title": "All", "items": [{"identifier": "orders", "title": "S"}]}],
    }
    stack.api({"to": apple.CUSTOMER, **other})
    go_on(stack)

    stack.post(tap(said(stack)[1], "orders"))
    stack.post(apple.envelope("interactive"))
    go_on(stack)

    assert events(stack, "preferences.changed") == []


def test_an_answer_that_comes_again_is_told_once(console: Console, stack: Stack) -> None:
    console.put("/v1/channel", {"topics": TOPICS})
    writes(stack, "subscribe")
    stack.post(tap(said(stack)[0], "orders"))
    stack.route()
    (record,) = stack.cloud.receive("AUTOMATIONS_QUEUE_URL")
    url = stack.cloud.queue_urls["AUTOMATIONS_QUEUE_URL"]

    for _ in range(2):
        stack.cloud.sqs.send_message(QueueUrl=url, MessageBody=record["body"])
        go_on(stack)

    assert len(events(stack, "preferences.changed")) == 1


def test_who_closed_the_conversation_gets_nothing(console: Console, stack: Stack, logged: Logged) -> None:
    console.put("/v1/channel", hello())
    stack.post()
    stack.route()
    stack.post(apple.envelope("close"))
    stack.route()

    go_on(stack)

    assert said(stack) == []
    assert "opted_out" in logged.everything()


def test_a_wrong_setting_is_refused_in_the_log_and_not_tried_again(
    console: Console, stack: Stack, logged: Logged
) -> None:
    doomed = console.post("/v1/endpoints", {"url": stack.endpoint.url + "/gone"}).json["id"]
    console.put("/v1/channel", {"triggers": {"person": {"handover": doomed}}})
    assert console.delete(f"/v1/endpoints/{doomed}").status == 204

    writes(stack, "agent")

    assert "unknown_endpoint" in logged.everything()
    assert stack.cloud.waiting("AUTOMATIONS_QUEUE_URL") == 0


def test_what_cannot_be_queued_comes_back(console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    console.put("/v1/channel", hello())
    stack.post()
    stack.route()

    def away(*_: Any, **__: Any) -> None:
        from parley.errors import Retryable

        raise Retryable("SQS is away", code="aws_unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(compose.conversations(), "get", away)
        answer = stack.automate()
    assert len(answer["batchItemFailures"]) == 1
    assert isinstance(compose.outbox(), SqsOutbox)


@pytest.mark.parametrize(
    "act",
    [
        Act(Deed.GREET, "k"),
        Act(Deed.WELCOME_BACK, "k"),
        Act(Deed.AWAY, "k"),
        Act(Deed.ANSWER, "k", "menu"),
        Act(Deed.ASK, "k", "subscribe"),
        Act(Deed.HAND_OVER, purpose="person"),
        Act(Deed.KEEP),
        Act(Deed.KEEP, question_id="nobody"),
    ],
    ids=lambda act: act.deed,
)
def test_what_was_taken_out_of_the_settings_meanwhile_is_not_done(console: Console, stack: Stack, act: Act) -> None:
    message_id = writes(stack)
    console.put("/v1/channel", {})
    note = Automation(apple.BUSINESS, CONVERSATION, message_id, (act,))
    url = stack.cloud.queue_urls["AUTOMATIONS_QUEUE_URL"]

    for each in (note, Automation("nobody", CONVERSATION, "m", (act,)), Automation(apple.BUSINESS, "x", "m", (act,))):
        stack.cloud.sqs.send_message(QueueUrl=url, MessageBody=write(each))
    go_on(stack)

    assert stack.cloud.waiting("AUTOMATIONS_QUEUE_URL") == 0
    assert said(stack) == []


def test_a_greeting_may_be_any_message_pictures_of_yours_included(console: Console, stack: Stack) -> None:
    identity = str(uuid.uuid4())
    compose.attachments().put(
        Attachment(
            id=identity,
            business_id=apple.BUSINESS,
            direction=Direction.OUTBOUND,
            state=PartState.READY,
            created_at=time.time(),
            size=1000,
            s3_key=object_key(apple.BUSINESS, identity),
        )
    )
    stack.cloud.s3.put_object(
        Bucket=BUCKET, Key=object_key(apple.BUSINESS, identity), Body=pictures.written(pictures.noise(300, 300))
    )
    link = {
        "type": "rich_link",
        "url": "https://shop.example",
        "title": "Our shop",
        "image": {"attachment_id": identity},
    }
    assert console.put("/v1/channel", {"greeting": {"messages": {"en": link}}}).status == 200

    writes(stack)

    (greeting,) = said(stack)
    assert greeting["richLinkData"]["title"] == "Our shop"


def test_a_greeting_may_be_larger_than_an_item_of_the_table(console: Console, stack: Stack) -> None:
    shops = [
        console.post(
            "/v1/library/assets",
            {"data": base64.b64encode(pictures.written(pictures.noise(side, side))).decode()},
        ).json["id"]
        for side in (200, 201)
    ]
    items = [
        {"identifier": f"shop-{number}", "title": f"Shop {number}", "image": {"asset_id": asset_id}}
        for number, asset_id in enumerate(shops, 1)
    ]
    menu = {"type": "list_picker", "title": "Our shops", "sections": [{"title": "All", "items": items}]}
    assert console.put("/v1/channel", {"greeting": {"messages": {"en": menu}}}).status == 200
    stack.post()
    stack.route()

    assert stack.automate() == {"batchItemFailures": []}

    (key,) = [key for key in stack.cloud.objects() if key.startswith("payloads/")]
    stored = stack.cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert len(stored) > INLINE_CHARS
    said = console.get(f"/v1/conversations/{CONVERSATION}/messages").json["data"][0]
    assert (said["direction"], said["state"], said["kind"]) == ("outbound", "queued", "list_picker")
    images = json.loads(stored)["interactiveData"]["data"]["images"]
    assert len({image["data"] for image in images}) == 2
    assert stack.cloud.waiting("OUTBOX_QUEUE_URL") == 1


def test_a_greeting_may_enclose_a_file(console: Console, stack: Stack, logged: Logged) -> None:
    greeting = {"body": "Our catalogue", "attachments": [{"id": "nothing-that-is-there"}]}
    assert console.put("/v1/channel", {"greeting": {"messages": {"en": greeting}}}).status == 200

    writes(stack)

    assert said(stack) == []
    assert "attachment" in logged.everything()
