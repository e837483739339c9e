"""What a business marks reaches its endpoint, and does not stay: delivered, given up, replayed, dying anywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple import replies
from parley.business.model import REDACTED, Mark
from parley.business.results import result_of
from parley.business.webhook_client import WebhookAnswer
from parley.conversation.attachments import REFERENCE_PLACE, Attachment, PartKind, PartState, attachment_id, object_key
from parley.conversation.events import Event, Kind
from parley.conversation.records import Conversation, Direction, Message, State
from parley.services import receive
from parley.services.history import ReadMessage
from parley.services.parts import Arrived
from parley.services.redact import as_shown
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.faults import When
from tests.support.world import CONVERSATION, World, business

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "A-1234-5678"
ECHO = WebhookAnswer(500, 3, f"cannot store {SECRET}", reason="status")
NUMBER = Mark("form", "answers/number")
PRIVATE = Mark("form", private=True)
BODY = Mark("text", "body")
FORM = {
    "type": "form",
    "title": "Your policy",
    "pages": [
        {"type": "input", "identifier": "number", "question": "Which number?", "next": "city"},
        {"type": "input", "identifier": "city", "question": "Which city?"},
    ],
}


def marked(world: World, *marks: Mark) -> None:
    world.businesses.put(replace(world.businesses.known[apple.BUSINESS], redact=marks))


def page(identifier: str, value: str) -> dict[str, Any]:
    item = {"identifier": identifier, "title": value, "value": value, "type": "input"}
    return {"pageIdentifier": identifier, "subtitle": "Which one?", "items": [item]}


def form_data(*, private: bool = False, request: str = "R-1", number: str = SECRET) -> dict[str, Any]:
    """What a customer's device answers, with a bubble that says it again."""
    dynamic = {
        "template": "messageForms",
        "private": private,
        "selections": [page("number", number), page("city", "Ulm")],
    }
    bubble = {"title": f"Policy {number}", "style": "icon"}
    return {"bid": "b", "data": {"requestIdentifier": request, "dynamic": dynamic, "replyMessage": bubble}}


def fills_in(world: World, **form: Any) -> Message:
    receipt = world.customer_sends("interactive", interactiveData=form_data(**form))
    return world.table.message(receipt.message_id)


def told(world: World, message_id: str) -> dict[str, Any]:
    """The data of the first webhook of a message."""
    return next(post.data for post in world.endpoint.taken if post.webhook_id == message_id)


def kept(world: World) -> str:
    """All that the table and the bucket hold of messages and attempts."""
    messages = {key: repr(vars_of(each)) for key, each in world.table.messages.items()}
    bucket = {key: body.decode() for key, (body, _) in world.objects.objects.items()}
    return repr((messages, world.table.attempts, world.payloads.stored, bucket, world.attachments.items))


def vars_of(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in Message.__dataclass_fields__}


def replayed(world: World, message: Message) -> dict[str, Any]:
    """The webhook of a message that goes out again."""
    note = Event(Kind.REPLAY, message.business_id, message.conversation_id, message_id=message.id)
    world.events.send(note, deduplication_id=f"replay-{world.new_id()}")
    world.settle()
    return world.endpoint.taken[-1].event


def test_a_marked_answer_is_told_and_then_gone(world: World) -> None:
    marked(world, NUMBER)
    message = fills_in(world)

    world.settle()

    webhook = told(world, message.id)
    assert webhook["result"]["answers"]["number"] == {"type": "input", "text": SECRET}
    assert webhook["message"]["raw"]["interactiveData"] == form_data()
    assert "redacted" not in webhook["message"]
    stored = world.table.message(message.id)
    assert (stored.state, stored.redacted) == (State.DELIVERED, ["answers/number"])
    assert SECRET not in kept(world)
    assert json.loads(stored.facts or "")["result"]["answers"] == {
        "number": REDACTED,
        "city": {"type": "input", "text": "Ulm"},
    }
    (number, city) = json.loads(stored.payload or "")["interactiveData"]["data"]["dynamic"]["selections"]
    assert (number["items"], city) == (REDACTED, page("city", "Ulm"))


def test_what_nobody_marked_stays_as_it_came(world: World) -> None:
    marked(world, Mark("form", "answers/other"), PRIVATE, Mark("text", "subject"))
    answer, text = fills_in(world), world.customer_sends(body=SECRET)

    world.settle()

    for message_id in (answer.id, text.message_id):
        stored = world.table.message(message_id)
        assert stored.redacted is None
        assert SECRET in (stored.payload or "")


@pytest.mark.parametrize("said_by", ["reply", "question"])
def test_all_of_a_private_form_goes_whoever_says_that_it_is(world: World, said_by: str) -> None:
    marked(world, PRIVATE)
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, capabilities=["FORM"]
    )
    (question,) = world.business_asks(FORM | {"private": said_by == "question"}).messages
    message = fills_in(world, private=said_by == "reply", request=question.request_identifier or "")

    world.settle()

    stored = world.table.message(message.id)
    assert stored.redacted == ["answers"]
    assert json.loads(stored.facts or "")["result"] == {
        "kind": "form",
        "in_reply_to": question.id,
        "answers": {"number": REDACTED, "city": REDACTED},
        "private": True,
    }
    assert SECRET not in kept(world)


def test_an_answer_in_words_is_an_answer_to_the_form_all_the_same(world: World) -> None:
    marked(world, NUMBER)
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, capabilities=["QUICK"]
    )
    (question,) = world.business_asks(FORM).messages
    assert question.form == "text"
    receipt = world.customer_sends(body=f"1: {SECRET}\n2: Ulm")
    before = as_shown(world.table.message(receipt.message_id), [NUMBER])
    other = world.customer_sends(body="How are you?")

    world.settle()

    assert (before.redacted, SECRET in (before.payload or "")) == (["body"], False)
    assert told(world, receipt.message_id)["result"]["answers"]["number"]["text"] == SECRET
    assert world.table.message(receipt.message_id).redacted == ["answers/number", "body"]
    assert SECRET not in kept(world)
    assert world.table.message(other.message_id).redacted is None


def test_a_list_in_the_place_of_a_marked_form_is_taken_out_whole(world: World) -> None:
    marked(world, Mark("form", "answers/size"))
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, capabilities=["LIST"]
    )
    items = [{"identifier": f"i{number}", "title": f"T{number}", "value": f"v{number}"} for number in range(3)]
    one_page = {"type": "select", "identifier": "size", "question": "Which size?", "items": items}
    (question,) = world.business_asks({"type": "form", "title": "Size", "pages": [one_page]}).messages
    assert question.form == "list_picker"
    asked = json.loads(question.payload or "")["interactiveData"]["data"]["listPicker"]["sections"][0]
    chosen = asked | {"items": [asked["items"][1]]}
    data = {"requestIdentifier": question.request_identifier, "listPicker": {"sections": [chosen]}}
    receipt = world.customer_sends("interactive", interactiveData={"bid": "b", "data": data})
    before = as_shown(world.table.message(receipt.message_id), [Mark("form", "answers/size")])

    world.settle()

    assert told(world, receipt.message_id)["result"]["answers"]["size"]["items"][0]["value"] == "v1"
    stored = world.table.message(receipt.message_id)
    assert (before.redacted, stored.redacted) == (["raw"], ["answers/size"])
    assert json.loads(stored.facts or "")["result"]["answers"] == {"size": REDACTED}
    assert json.loads(stored.payload or "")["interactiveData"] == {
        "bid": "b",
        "data": {"requestIdentifier": question.request_identifier},
    }


def test_it_is_tried_again_with_what_was_said_and_what_the_endpoint_answers_is_not_kept(world: World) -> None:
    marked(world, NUMBER)
    world.endpoint.script = [ECHO, DOWN]
    message = fills_in(world)
    world.pump_events()
    assert SECRET in (world.table.message(message.id).payload or "")
    assert [each["words"] for each in world.table.attempts] == [REDACTED]

    world.settle()

    assert [post.data["result"]["answers"]["number"]["text"] for post in world.endpoint.posts] == [SECRET] * 3
    assert SECRET not in kept(world)


def test_what_is_given_up_goes_as_well_with_all_that_waited_behind_it(world: World) -> None:
    marked(world, NUMBER, BODY)
    world.endpoint.standing = ECHO
    form, text = fills_in(world), world.customer_sends(body=SECRET)

    world.settle()

    for message_id, names in ((form.id, ["answers/number"]), (text.message_id, ["body"])):
        stored = world.table.message(message_id)
        assert (stored.state, stored.redacted) == (State.FAILED, names)
    assert SECRET not in kept(world)
    world.endpoint.standing = OK
    world.clock.advance(3600)
    again = replayed(world, form)
    assert again["data"]["message"]["redacted"] == ["answers/number"]
    assert again["data"]["result"]["answers"] == {"number": REDACTED, "city": {"type": "input", "text": "Ulm"}}


def test_a_replay_carries_what_is_kept_and_says_so(world: World) -> None:
    marked(world, NUMBER, BODY)
    form = fills_in(world)
    reaction = world.customer_sends(body="Loved \u201cHello\u201d")
    world.settle()
    first = {post.webhook_id: post.event for post in world.endpoint.taken}
    marked(world)

    again = [replayed(world, world.table.message(each)) for each in (form.id, reaction.message_id)]

    assert SECRET not in json.dumps(again)
    assert [each["data"]["message"]["redacted"] for each in again] == [["answers/number"], ["body"]]
    assert [each["type"] for each in again] == ["message.received", "reaction.received"]
    assert again[1]["data"]["reaction"] == first[reaction.message_id]["data"]["reaction"]
    stored = world.table.message(form.id)
    assert (stored.state, stored.redacted) == (State.DELIVERED, ["answers/number"])


def test_a_mark_that_comes_later_holds_for_what_is_shown_and_for_what_is_delivered_from_then_on(world: World) -> None:
    old = fills_in(world)
    world.settle()
    marked(world, NUMBER)
    read = ReadMessage(
        messages=world.deliver._messages,
        payloads=world.payloads,
        attachments=world.attachments,
        marks=world.businesses.marks,
    )

    shown = read(apple.BUSINESS, old.id)

    assert shown.message.redacted == ["answers/number"]
    assert SECRET not in json.dumps(shown.content) + (shown.message.facts or "") + (shown.message.payload or "")
    assert SECRET in kept(world)
    assert replayed(world, old)["data"]["result"]["answers"]["number"]["text"] == SECRET
    assert SECRET not in kept(world)


def test_a_large_text_goes_from_the_bucket_and_a_late_retry_of_apples_does_not_bring_it_back(world: World) -> None:
    marked(world, BODY)
    content = apple.envelope(body=SECRET * 30_000)
    world.receive(apple.request(content, now=world.clock()))
    world.settle()
    assert SECRET in world.endpoint.texts()[0]
    assert SECRET not in kept(world)

    world.receive(apple.request(content, now=world.clock()))
    world.settle()

    assert len(world.endpoint.taken) == 1
    assert SECRET not in kept(world)
    again = replayed(world, world.table.message(content["id"]))
    assert again["data"]["message"]["body"] == REDACTED


def test_what_is_suppressed_is_never_kept_as_it_came(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    marked(world, NUMBER)
    for most in (receive.INLINE_CHARS, 100):
        monkeypatch.setattr(receive, "INLINE_CHARS", most)
        fills_in(world, number=f"{SECRET}-{most}")
        twin = fills_in(world, number=f"{SECRET}-{most}")
        assert (twin.state, twin.redacted) == (State.SUPPRESSED, ["answers/number"])
        content = twin.payload or world.payloads.stored[twin.payload_key or ""]
        assert SECRET not in content
    marked(world)
    assert fills_in(world, number=f"{SECRET}-100").redacted is None


def test_a_reaction_that_nobody_wants_goes_too(world: World) -> None:
    marked(world, BODY)
    known = world.businesses.known[apple.BUSINESS]
    endpoint = replace(known.endpoints["default"], events=("message.received",))
    world.businesses.put(replace(known, endpoints={"default": endpoint}))
    receipt = world.customer_sends(body=f"Loved \u201c{SECRET}\u201d")

    world.settle()

    stored = world.table.message(receipt.message_id)
    assert (stored.state, stored.redacted) == (State.SUPPRESSED, ["body"])
    assert SECRET not in kept(world)


def test_who_is_removed_meanwhile_marks_nothing_any_more(world: World) -> None:
    marked(world, BODY)
    receipt = world.customer_sends(body=SECRET)
    message = world.table.message(receipt.message_id)
    del world.businesses.known[apple.BUSINESS]

    world.pump_events()

    conversation = world.table.conversations[CONVERSATION]
    assert world.deliver._bring.redacted(message, conversation) is None
    assert world.businesses.marks(apple.BUSINESS) == ()
    assert world.table.message(receipt.message_id).state is State.HELD


def test_what_parley_tells_itself_is_never_touched(world: World) -> None:
    marked(world, BODY)
    notice = Message("n", apple.BUSINESS, CONVERSATION, Direction.NOTICE, "message.sent", State.RECEIVED, 0.0, "u")

    assert as_shown(notice, [BODY]) is notice
    assert world.deliver._bring.redacted(notice, Conversation(CONVERSATION, apple.BUSINESS, "c")) is None


def test_what_would_outgrow_its_item_loses_its_content_instead(world: World) -> None:
    marked(world, NUMBER)
    data = form_data(number="7")
    data["data"]["future"] = ["7"] * 40_000
    receipt = world.customer_sends("interactive", interactiveData=data)

    world.settle()

    stored = world.table.message(receipt.message_id)
    assert json.loads(stored.payload or "")["interactiveData"] == REDACTED
    again = replayed(world, stored)["data"]
    assert (again["message"]["redacted"], again["result"]["answers"]["number"]) == (["answers/number"], REDACTED)


def test_where_nothing_was_remembered_the_copy_is_read_and_says_no_more_than_it_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(world, NUMBER)
    monkeypatch.setattr("parley.services.drain.MOST_FACTS", 10)
    message = fills_in(world)
    world.settle()
    assert world.table.message(message.id).facts is None

    again = replayed(world, message)["data"]

    assert again["result"]["answers"] == {"number": REDACTED, "city": {"type": "input", "text": "Ulm"}}


# --- by reference --------------------------------------------------------------------------------------

REFERENCE = {"bid": "b", "size": 5, "url": "https://x", "key": "00", "owner": "M1", "title": f"Policy {SECRET}"}


def by_reference(
    world: World, state: PartState = PartState.READY, *, beside: dict[str, Any] | None = None
) -> tuple[Message, str]:
    """A form too large for its message, as far as it has been fetched."""
    receipt = world.customer_sends("interactive", interactiveData=beside, interactiveDataRef=REFERENCE)
    message = world.table.message(receipt.message_id)
    part = attachment_id(apple.BUSINESS, message.id, REFERENCE_PLACE)
    fetched(world, message, state)
    return message, object_key(apple.BUSINESS, part)


def fetched(world: World, message: Message, state: PartState) -> None:
    part = attachment_id(apple.BUSINESS, message.id, REFERENCE_PLACE)
    item = Attachment(
        part,
        apple.BUSINESS,
        Direction.INBOUND,
        state,
        0.0,
        PartKind.REFERENCE,
        name=REFERENCE["title"],  # type: ignore[arg-type]
    )
    world.attachments.items[apple.BUSINESS, part] = item
    ready, pending = state is PartState.READY, state is PartState.PENDING
    key = object_key(apple.BUSINESS, part)
    if ready:
        world.objects.put(key, json.dumps(form_data()).encode(), content_type="application/json")

    told = {"id": part, "status": state.value, "title": REFERENCE["title"]}
    world.parts.known[message.id] = Arrived(
        settled=not pending,
        content=json.loads(world.objects.objects[key][0]) if ready else None,
        pending=[part] if pending else [],
        reference=told,
    )


def test_an_answer_that_came_beside_its_message_goes_from_the_bucket_too(world: World) -> None:
    marked(world, NUMBER)
    message, key = by_reference(world)
    before = as_shown(message, [NUMBER])

    world.settle()

    assert world.endpoint.taken[-1].data["result"]["answers"]["number"]["text"] == SECRET
    assert SECRET not in kept(world)
    assert "https://x" not in kept(world)
    content = json.loads(world.objects.objects[key][0])
    assert content["data"]["dynamic"]["selections"][1] == page("city", "Ulm")
    assert (before.redacted, SECRET in (before.payload or "")) == (["raw"], False)


def test_what_can_never_be_had_leaves_neither_a_title_nor_a_way_to_it(world: World) -> None:
    marked(world, NUMBER)
    message, _ = by_reference(world, PartState.FAILED)

    world.settle()

    stored = world.table.message(message.id)
    assert stored.redacted == ["raw"]
    assert SECRET not in kept(world)
    assert "https://x" not in kept(world)


def test_what_comes_too_late_is_kept_until_a_replay_has_brought_it(world: World) -> None:
    marked(world, NUMBER)
    message, _ = by_reference(world, PartState.PENDING)
    world.clock.advance(61)
    world.settle()
    stored = world.table.message(message.id)
    assert (stored.state, stored.redacted) == (State.DELIVERED, None)
    fetched(world, message, PartState.READY)

    again = replayed(world, message)

    assert again["data"]["result"]["answers"]["number"]["text"] == SECRET
    assert world.table.message(message.id).redacted == ["answers/number"]
    assert SECRET not in kept(world)


def test_what_came_both_ways_goes_as_soon_as_each_of_them_is_there(world: World) -> None:
    marked(world, NUMBER)
    message, key = by_reference(world, PartState.PENDING, beside=form_data())
    world.clock.advance(61)
    world.settle()
    stored = world.table.message(message.id)
    assert (stored.redacted, stored.pending) == (["answers/number"], [key.rpartition("/")[2]])
    assert SECRET not in kept(world)
    fetched(world, message, PartState.READY)
    assert SECRET in kept(world)

    world.events.send(Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, message_id=message.id), deduplication_id="p")
    world.settle()

    assert SECRET not in kept(world)
    assert world.table.message(message.id).pending == []


# --- dying anywhere ------------------------------------------------------------------------------------


def straight(world: World) -> None:
    fills_in(world)
    world.customer_sends(body=f"my number is {SECRET}")


def held(world: World) -> None:
    world.endpoint.script = [ECHO, OK, ECHO]
    straight(world)


def large(world: World) -> None:
    world.customer_sends(body=SECRET * 30_000)
    fills_in(world)


def beside(world: World) -> None:
    by_reference(world)


def given_up(world: World) -> None:
    world.endpoint.standing = ECHO
    straight(world)
    world.pump_events()
    world.clock.advance(76 * 3600)


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("scenario", [straight, held, large, beside, given_up])
def test_dying_anywhere_loses_nothing_that_was_not_delivered_and_ends_without_it(
    scenario: Callable[[World], None], when: When
) -> None:
    counted = World()
    marked(counted, NUMBER, BODY)
    scenario(counted)
    counted.faults.calls.clear()
    counted.settle()
    for number in range(1, len(counted.faults.calls) + 1):
        world = World()
        marked(world, NUMBER, BODY)
        scenario(world)
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[-1]}"
        assert not world.faults.pending, where
        wanted = State.FAILED if scenario is given_up else State.DELIVERED
        assert set(world.table.states()) == {wanted}, where
        assert SECRET not in kept(world), where
        first = {post.webhook_id: post for post in reversed(world.endpoint.posts)}
        assert scenario is given_up or len(first) == len(world.table.messages), where
        assert all(SECRET in post.body.decode() for post in first.values()), where
        again = [post.data for post in world.endpoint.posts if SECRET not in post.body.decode()]
        assert all(data["message"]["redacted"] for data in again), where


def test_a_result_that_was_kept_is_read_again_whatever_became_of_the_question() -> None:
    world = World()
    world.businesses.put(business(redact=(BODY,)))
    raw = {"type": "interactive", "interactiveData": form_data()}
    assert result_of(replies.read(raw), None)["kind"] == "form"
    stored = Message(
        "m", apple.BUSINESS, CONVERSATION, Direction.INBOUND, "interactive", State.DELIVERED, 0.0, "u",
        payload=None, payload_key="payloads/b/m.json", facts=json.dumps({"result": result_of(replies.read(raw), None)}),
    )  # fmt: skip

    shown = as_shown(stored, [NUMBER])

    assert (shown.payload, shown.redacted) == (None, ["answers/number"])
    assert SECRET not in (shown.facts or "")
