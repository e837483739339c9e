from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.unit.local.samples import REQUEST_ID, broken, invitation
from tests.unit.local.wire import OPAQUE_ID, Msp, envelope, quick_reply

if TYPE_CHECKING:
    from tests.unit.local.running import Answer
    from tests.unit.local.wire import StubMsp

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TEL = "tel:+15550100"


def invite(msp: Msp, to: str = TEL, **headers: str) -> Answer:
    message = envelope("interactive", interactiveData=invitation(), destinationId=to)
    return msp.post(message, **({"message_type": "notification"} | headers))


def phone(msp: Msp, address: str = TEL) -> Any:
    answer = msp.control("GET", f"/phones/messages?sent=true&opaque_id={quote(address, safe='')}")
    assert answer.status == 200, answer.text
    return answer.json


def answer_it(msp: Msp, **order: Any) -> Any:
    answer = msp.control("POST", "/phones/reply", {"opaque_id": TEL, **order})
    assert answer.status == 200, answer.text
    return answer.json


def test_an_invitation_rings_the_phone_of_its_number(msp: Msp) -> None:
    assert invite(msp).status == 200

    (bubble,) = phone(msp)["messages"]
    assert (bubble["kind"], bubble["shown"], bubble["violations"]) == ("invitation", "Example Bikes", [])


def test_an_invitation_reaches_a_customer_who_has_the_number(msp: Msp) -> None:
    msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "tel": "+15550100"})
    invite(msp)
    msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "tel": None})

    assert [bubble["kind"] for bubble in msp.bubbles()] == ["invitation"]


@pytest.mark.parametrize("header", ["", "Notification", "text"])
def test_without_its_header_an_invitation_is_answered_410(msp: Msp, header: str) -> None:
    answer = invite(msp, message_type=header)

    assert (answer.status, answer.text) == (
        410,
        "410 Gone : header message-type must be notification for an invitation",
    )
    assert invite(msp, without="message-type").status == 410


def test_a_number_without_imessage_is_answered_as_apple_does(msp: Msp) -> None:
    assert invite(msp, "tel:+15550199").text == "404 Not Found : No device registrations for user"
    msp.control("PUT", "/config", {"numbers_without_imessage": ["+15550100"]})
    refused, taken = invite(msp), invite(msp, "tel:+15550199")
    msp.control("PUT", "/config", {"numbers_without_imessage": ["+15550199"]})

    assert (refused.status, taken.status) == (404, 200)


@pytest.mark.parametrize("to", [OPAQUE_ID, "tel:15550100", "tel:+0155501", "tel:+1 555 0100", "+15550100"])
def test_an_invitation_goes_to_a_number_in_e164(msp: Msp, to: str) -> None:
    answer = invite(msp, to)

    assert answer.status == 400
    assert answer.text.startswith("400 Bad Request : destinationId of an invitation must be tel: and a number")


def test_nothing_but_an_invitation_goes_to_a_number(msp: Msp) -> None:
    refusal = "400 Bad Request : destinationId may be a telephone number for an invitation only"

    assert msp.post(envelope(destinationId=TEL)).text == refusal
    assert msp.post(envelope("interactive", interactiveData=quick_reply(), destinationId=TEL)).text == refusal


def test_the_header_of_invitations_is_noted_on_other_messages(msp: Msp) -> None:
    assert msp.post(envelope(), message_type="notification").status == 200
    assert msp.bubbles()[0]["violations"] == ["header message-type is only for invitations"]


def test_the_opaque_id_is_of_use_from_the_acceptance_on(msp: Msp, stub_msp: StubMsp) -> None:
    invite(msp)
    opaque_id = phone(msp)["opaque_id"]
    assert msp.post(envelope(destinationId=opaque_id)).status == 404

    reply = answer_it(msp, accept=True)

    assert reply["opaque_id"] == opaque_id
    posted = stub_msp.received[0]
    assert posted.headers["source-id"] == posted.json["sourceId"] == opaque_id
    assert msp.post(envelope(destinationId=opaque_id)).status == 200
    assert [bubble["shown"] for bubble in phone(msp)["messages"]] == ["Example Bikes", "Yes", "Yes, three are left."]


def test_a_yes_is_written_as_it_was_seen(msp: Msp, stub_msp: StubMsp) -> None:
    invite(msp)

    answer_it(msp)

    sent = stub_msp.received[0].json
    interactive = sent["interactiveData"]
    assert set(interactive) == {"bid", "sessionIdentifier", "data"}
    assert interactive["data"] == {
        "version": "1",
        "requestIdentifier": REQUEST_ID,
        "referenceId": "order-9001",
        "notification": {
            "id": "yes",
            "displayContent": {
                "determinateResponse": {"title": "Yes", "subtitle": "Example Bikes", "type": {"yes": {}}}
            },
        },
    }


def test_the_number_may_stand_where_the_request_identifier_belongs(msp: Msp, stub_msp: StubMsp) -> None:
    invite(msp)

    answer_it(msp, tel_request_identifier=True)

    assert stub_msp.received[0].json["interactiveData"]["data"]["requestIdentifier"] == TEL


def test_a_no_has_the_form_of_a_yes_and_begins_no_conversation(msp: Msp, stub_msp: StubMsp) -> None:
    invite(msp)

    reply = answer_it(msp, action="decline")

    notification = stub_msp.received[0].json["interactiveData"]["data"]["notification"]
    assert notification["id"] == "no"
    assert notification["displayContent"]["determinateResponse"]["type"] == {"no": {}}
    gone = msp.post(envelope(destinationId=reply["opaque_id"]))
    assert gone.text == "410 Gone : Session not found"


def test_a_no_may_be_a_close_from_the_number(msp: Msp, stub_msp: StubMsp) -> None:
    invite(msp)

    reply = answer_it(msp, accept=False, decline_as="close")

    (posted,) = stub_msp.received
    assert posted.headers["source-id"] == TEL
    assert {key: posted.json[key] for key in ("type", "sourceId", "referenceIds")} == {
        "type": "close",
        "sourceId": TEL,
        "referenceIds": ["order-9001"],
    }
    assert (reply["interactive_data"], len(reply["ids"])) == (None, 1)
    assert msp.post(envelope(destinationId=reply["opaque_id"])).status == 404


def test_a_no_may_come_in_both_forms(msp: Msp, stub_msp: StubMsp) -> None:
    invite(msp)

    reply = answer_it(msp, accept=False, decline_as="both")

    assert [posted.json["type"] for posted in stub_msp.received] == ["interactive", "close"]
    assert reply["ids"] == [posted.json["id"] for posted in stub_msp.received]


@pytest.mark.parametrize("decline_as", ["no", "close"])
def test_an_invitation_that_was_refused_before_is_noted(msp: Msp, stub_msp: StubMsp, decline_as: str) -> None:
    invite(msp)
    answer_it(msp, accept=False, decline_as=decline_as)
    assert invite(msp).status == 410
    msp.control("POST", "/messages", {"opaque_id": TEL, "body": "I have a question"})

    assert invite(msp).status == 200

    assert phone(msp)["messages"][-1]["violations"] == [
        "this person said no to the same referenceId; a new consent is needed"
    ]
    other = broken(invitation(), "data.notification.referenceId", "order-9002")
    message = envelope("interactive", interactiveData=other, destinationId=TEL)
    msp.post(message, message_type="notification")
    assert phone(msp)["messages"][-1]["violations"] == []


def test_a_person_who_writes_first_is_known_as_well(msp: Msp, stub_msp: StubMsp) -> None:
    invite(msp)

    msp.control("POST", "/messages", {"opaque_id": TEL, "body": "Who is this?"})

    assert msp.post(envelope(destinationId=stub_msp.received[0].json["sourceId"])).status == 200


def test_a_reset_forgets_who_was_invited(msp: Msp) -> None:
    invite(msp)

    msp.control("POST", "/reset")

    assert msp.control("GET", "/phones/messages?opaque_id=tel:%2B15550100").status == 404
    assert msp.phone()["messages"] == []


@pytest.mark.parametrize("customer", [{"tel": "15550100"}, {"tel": "tel:+15550100"}, {"timezone_offset": 900}])
def test_a_customer_with_a_wrong_number_or_zone_is_answered_400(msp: Msp, customer: dict[str, Any]) -> None:
    assert msp.control("POST", "/customers", customer).status == 400
