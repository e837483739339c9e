"""What `parley trigger` sends: the samples, with the identities of the stack and ids of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse, Response

from local import trigger
from local.lint import faults_of
from local.stack.errors import StackError
from local.trigger import orders
from parley.apple import inbound
from tests.support.fixture_webhooks import INBOUND, NOW, OUTBOUND, name_of
from tests.support.trigger_stack import NOWHERE, both, servers
from tests.unit.local.wire import BUSINESS_ID, OPAQUE_ID

if TYPE_CHECKING:
    from local.trigger import Fixture
    from tests.support.trigger_stack import Both

__all__ = ["both", "servers"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def fixture(name: str) -> Fixture:
    (one,) = trigger.select([name])
    return one


@pytest.mark.parametrize("one", INBOUND, ids=name_of)
def test_what_a_customer_sends_arrives_as_it_is_written(one: Fixture, both: Both) -> None:
    outcome = trigger.send(one, both.stack)

    assert (outcome.status, outcome.note) == (200, None)
    (received,) = both.msp.received
    body = received.body if both.msp.received[0].body.startswith(b"{") else json.dumps(received.json).encode()
    message = inbound.read(body, received.headers)
    assert message.id == outcome.id
    assert message.destination_id == BUSINESS_ID
    wanted, got = one.message(), message.raw
    assert got["sourceId"] in {OPAQUE_ID, "tel:+15550100"}
    assert got["sourceId"].startswith("tel:") == wanted["sourceId"].startswith("tel:")
    fresh = {"id", "sourceId", "destinationId", "attachments", "interactiveData", "interactiveDataRef"}
    if "locale" not in wanted:
        fresh.add("locale")  # the phone has one, and tells it
    assert {key: got[key] for key in got.keys() - fresh} == {key: wanted[key] for key in wanted.keys() - fresh}
    assert len(got.get("attachments", [])) == len(wanted.get("attachments", []))
    if "interactiveDataRef" in wanted:
        assert got["interactiveDataRef"].keys() == wanted["interactiveDataRef"].keys()
    if "interactiveData" in wanted:
        assert got["interactiveData"].keys() == wanted["interactiveData"].keys()
        assert _without_ids(got["interactiveData"]) == _without_ids(wanted["interactiveData"])


def _without_ids(interactive: dict[str, Any]) -> dict[str, Any]:
    data = {key: value for key, value in interactive.get("data", {}).items() if key != "requestIdentifier"}
    return {**interactive, "sessionIdentifier": None, "data": data}


def test_the_phone_shows_what_the_customer_sent(both: Both) -> None:
    sent = trigger.send(fixture("inbound/text-emoji"), both.stack)

    shown = both.control.phone({"sent": "true"})["messages"][-1]
    assert (shown["id"], shown["body"]) == (sent.id, fixture("inbound/text-emoji").message()["body"])


def test_the_files_a_customer_attached_can_be_downloaded(both: Both) -> None:
    trigger.send(fixture("inbound/text-attachments"), both.stack)

    names = [part["name"] for part in both.control.phone({"sent": "true"})["messages"][-1]["attachments"]]
    sources = {part["url"].rpartition("/")[0] for part in both.msp.received[0].json["attachments"]}
    assert names == ["IMG_0008.JPG", "Audio Message.caf"]
    assert not any("icloud" in source for source in sources)


def test_the_same_reply_twice_is_two_replies(both: Both) -> None:
    for _ in range(2):
        trigger.send(fixture("inbound/quick-reply-identifier"), both.stack)

    replies = [received.json["interactiveData"] for received in both.msp.received]
    assert len({reply["sessionIdentifier"] for reply in replies}) == 2
    assert len({reply["data"]["requestIdentifier"] for reply in replies}) == 2


def test_the_same_reference_twice_is_two_replies(both: Both) -> None:
    for name in ("inbound/reference-alone", "inbound/reference-alone", "inbound/imessage-app-reference"):
        trigger.send(fixture(name), both.stack)

    references = [received.json["interactiveDataRef"] for received in both.msp.received]
    assert len({reference["signature"] for reference in references}) == 3


@pytest.mark.parametrize("one", OUTBOUND, ids=name_of)
def test_what_a_business_sends_is_a_good_body_for_the_customer_of_the_stack(one: Fixture, both: Both) -> None:
    outcome = trigger.send(one, both.stack)

    (body,) = both.api.bodies
    assert (outcome.status, outcome.id, outcome.note) == (202, "m-1", "queued")
    assert body["to"] in {OPAQUE_ID, "tel:+15550100"}
    assert "v" not in body
    assert [fault for fault in faults_of(body, now=NOW) if not fault.warning] == []


def test_a_business_uses_its_key_and_never_the_same_idempotency_key(both: Both) -> None:
    for _ in range(2):
        trigger.send(fixture("outbound/text-minimal"), both.stack)

    authorizations, idempotency = zip(*both.api.keys, strict=True)
    assert set(authorizations) == {"Bearer key.secret"}
    assert len(set(idempotency)) == 2


def test_apples_json_of_an_outgoing_message_goes_as_apples() -> None:
    body = orders.of_business(fixture("outbound/list-picker-wire").message(), NOWHERE)

    wanted = fixture("outbound/list-picker-wire").message()["interactiveData"]
    assert (body["type"], body["to"]) == ("apple", OPAQUE_ID)
    assert _without_ids(body["interactiveData"]) == _without_ids(wanted)
    assert orders.of_business(fixture("outbound/typing-wire").message(), NOWHERE) == {
        "type": "typing",
        "state": "start",
        "to": OPAQUE_ID,
    }


def test_what_the_api_has_no_door_for_is_an_outcome_and_no_crash() -> None:
    message = fixture("outbound/text-wire").message() | {"attachments": []}

    with pytest.raises(StackError, match="does not take this text"):
        orders.of_business(message, NOWHERE)


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (
            JSONResponse({"code": "invalid", "errors": [{"path": "/to", "code": "x", "message": "mend it"}]}, 422),
            "/to x: mend it",
        ),
        (JSONResponse({"code": "try_again", "detail": "later", "errors": []}, 503), "try_again: later"),
        (Response("gone fishing", 502), "None: gone fishing"),
    ],
)
def test_a_refusal_is_told_in_the_apis_words(both: Both, answer: Response, note: str) -> None:
    both.api.answers.append(answer)

    outcome = trigger.send(fixture("outbound/text-minimal"), both.stack)

    assert (outcome.status, outcome.id, outcome.note) == (answer.status_code, None, note)
    assert not outcome.is_good


def test_the_form_that_was_chosen_is_told(both: Both) -> None:
    view = {"id": "m", "state": "queued", "form": "text", "form_reason": "the device does not show list_picker"}
    both.api.answers.append(JSONResponse(view, 202))

    outcome = trigger.send(fixture("outbound/list-picker-minimal"), both.stack)

    assert outcome.note == "queued, sent as text: the device does not show list_picker"


def test_a_typing_indicator_has_no_id(both: Both) -> None:
    both.api.answers.append(Response(status_code=204))

    outcome = trigger.send(fixture("outbound/typing-start"), both.stack)

    assert (outcome.status, outcome.id, outcome.is_good) == (204, None, True)


def test_a_refusal_by_parley_is_told_with_its_status(both: Both) -> None:
    both.msp.statuses.append(503)

    outcome = trigger.send(fixture("inbound/text-plain"), both.stack)

    assert (outcome.status, outcome.is_good, outcome.note) == (503, False, "ok")


def test_a_customer_the_gateway_does_not_know_is_told(both: Both) -> None:
    outcome = trigger.send(fixture("inbound/text-plain"), replace(both.stack, opaque_id="urn:mbid:AQAAYnobody=="))

    assert outcome.status == 400
    assert "No customer has this opaque_id" in (outcome.note or "")


@pytest.mark.parametrize("name", ["inbound/text-plain", "outbound/text-minimal"])
def test_nobody_there_is_an_outcome_too(name: str) -> None:
    outcome = trigger.send(fixture(name), NOWHERE)

    assert (outcome.status, outcome.is_good) == (None, False)
    assert "was not answered" in (outcome.note or "")
