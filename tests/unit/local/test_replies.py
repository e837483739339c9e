"""How a customer's answers are ordered and posted, whatever the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from local.gateway import attachment_cipher
from tests.unit.local.running import call
from tests.unit.local.samples import list_picker
from tests.unit.local.wire import APPLE_BID, OPAQUE_ID, Msp, envelope, quick_reply

if TYPE_CHECKING:
    from tests.unit.local.wire import StubMsp

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def ask(msp: Msp, interactive: dict[str, Any]) -> str:
    """Show an interactive message; returns its id."""
    message = envelope("interactive", interactiveData=interactive)
    assert msp.post(message).status == 200
    return str(message["id"])


def test_a_reply_is_posted_like_any_message_of_the_customer(msp: Msp, stub_msp: StubMsp) -> None:
    ask(msp, quick_reply())

    answer = msp.control("POST", "/phones/reply", {"identifier": "no", "locale": "de_DE"}).json

    (posted,) = stub_msp.received
    assert posted.json["type"] == "interactive"
    assert posted.json["id"] == posted.headers["id"] == answer["id"]
    assert (posted.json["sourceId"], posted.json["locale"]) == (OPAQUE_ID, "de_DE")
    assert unquote(posted.headers["capability-list"]) == "AUTH,LIST,TIME,FORM,QUICK,AUTH2"
    assert posted.json["interactiveData"] == answer["interactive_data"]
    assert [attempt["status"] for attempt in answer["attempts"]] == [200]


def test_the_phone_shows_the_reply_and_what_it_answers(msp: Msp, stub_msp: StubMsp) -> None:
    asked = ask(msp, quick_reply())

    answer = msp.control("POST", "/phones/reply", {"identifier": "no"}).json

    shown = msp.phone({"sent": "true"})["messages"]
    assert [(bubble["kind"], bubble["shown"]) for bubble in shown] == [
        ("quick_reply", "Was this helpful?"),
        ("quick_reply", "No"),
    ]
    assert (shown[0]["answers"], shown[1]["in_reply_to"], shown[1]["delivered"]) == (1, asked, True)
    assert (answer["in_reply_to"], answer["kind"]) == (asked, "quick_reply")


def test_the_session_of_the_request_comes_back(msp: Msp, stub_msp: StubMsp) -> None:
    ask(msp, quick_reply(sessionIdentifier="s-1"))

    msp.control("POST", "/phones/reply", {"identifier": "no"})

    assert stub_msp.received[0].json["interactiveData"]["sessionIdentifier"] == "s-1"


def test_a_request_without_a_session_gets_one_that_lasts(msp: Msp, stub_msp: StubMsp) -> None:
    ask(msp, quick_reply())

    for choice in ("yes", "no"):
        msp.control("POST", "/phones/reply", {"identifier": choice})

    sessions = {posted.json["interactiveData"]["sessionIdentifier"] for posted in stub_msp.received}
    assert sessions == {msp.bubbles()[0]["session"]}


def test_the_newest_interactive_message_is_meant_unless_another_is_named(msp: Msp, stub_msp: StubMsp) -> None:
    first = ask(msp, quick_reply())
    second = ask(msp, quick_reply())
    msp.post(envelope())

    unnamed = msp.control("POST", "/phones/reply", {"identifier": "no"}).json
    named = msp.control("POST", "/phones/reply", {"identifier": "no", "message_id": first}).json

    assert (unnamed["in_reply_to"], named["in_reply_to"]) == (second, first)


def test_a_reply_can_be_forced_into_a_reference_that_can_be_decoded(msp: Msp, stub_msp: StubMsp) -> None:
    ask(msp, quick_reply())

    answer = msp.control("POST", "/phones/reply", {"identifier": "no", "by_reference": True}).json

    posted = stub_msp.received[0].json
    assert "interactiveData" not in posted
    reference = posted["interactiveDataRef"]
    assert (reference["bid"], reference["title"]) == (APPLE_BID, "No")
    assert decoded(msp, reference) == answer["interactive_data"]


def test_a_reply_above_10_kb_travels_by_reference(msp: Msp, stub_msp: StubMsp) -> None:
    interactive = list_picker()
    items = [{"identifier": f"i{n}", "title": "x" * 200} for n in range(60)]
    interactive["data"]["listPicker"]["sections"] = [{"title": "All", "multipleSelection": True, "items": items}]
    ask(msp, interactive)

    answer = msp.control("POST", "/phones/reply", {"indexes": list(range(60))}).json

    assert decoded(msp, stub_msp.received[0].json["interactiveDataRef"]) == answer["interactive_data"]


def decoded(msp: Msp, reference: dict[str, Any]) -> Any:
    """Fetch, decrypt and decode as an MSP does (protocol/09 §1)."""
    where = {"MMCS-Url": reference["url"], "MMCS-Owner": reference["owner"]}
    signature = {"MMCS-Signature": reference["signature-base64"]}
    ticket = call("GET", f"{msp.url}/v1/preDownload", headers={**msp.authorization(), **where, **signature})
    payload = attachment_cipher.apply(reference["key"], call("GET", ticket.json["download-url"]).data)
    headers = {**msp.authorization(), "bid": reference["bid"], "accept-encoding": "identity"}
    return call("POST", f"{msp.url}/v1/decodePayload", payload, headers).json


@pytest.mark.parametrize("by_reference", [False, True])
def test_a_twin_has_another_id_and_the_same_content(msp: Msp, stub_msp: StubMsp, by_reference: bool) -> None:
    ask(msp, quick_reply())

    answer = msp.control(
        "POST", "/phones/reply", {"identifier": "no", "double": True, "by_reference": by_reference}
    ).json

    first, second = (posted.json for posted in stub_msp.received)
    assert [first.pop("id"), second.pop("id")] == answer["ids"]
    assert answer["ids"][0] != answer["ids"][1]
    assert first == second
    assert len(answer["attempts"]) == 2
    assert len(msp.phone({"sent": "true"})["messages"]) == 2


def test_a_twin_does_not_wait_for_the_answer_to_the_first(msp: Msp, stub_msp: StubMsp) -> None:
    ask(msp, quick_reply())
    stub_msp.together = 2

    answer = msp.control("POST", "/phones/reply", {"identifier": "no", "double": True}).json

    assert [attempt["status"] for attempt in answer["attempts"]] == [200, 200]


def test_pictures_come_back_without_their_bytes(msp: Msp, stub_msp: StubMsp) -> None:
    ask(msp, list_picker())

    msp.control("POST", "/phones/reply", {"identifier": "c-red"})

    assert stub_msp.received[0].json["interactiveData"]["data"]["images"] == [
        {"identifier": "p", "description": "Brass bell"}
    ]


@pytest.mark.parametrize(
    ("order", "status", "problem"),
    [
        ({"identifier": "maybe"}, 400, "choose from yes, no"),
        ({"indexes": [2]}, 400, "there are 2 items, from 0 to 1"),
        ({"indexes": [-1]}, 400, "greater than or equal to 0"),
        ({"identifiers": ["yes", "no"]}, 400, "only one can be chosen"),
        ({"identifiers": []}, 400, "choose from yes, no"),
        ({}, 400, "give exactly one of identifiers, identifier and indexes"),
        ({"identifier": "yes", "indexes": [0]}, 400, "give exactly one of"),
        ({"identifier": "yes", "status": "success"}, 400, "is not a known field; there are identifiers"),
        ({"identifier": "yes", "action": "tap"}, 400, "'choose', 'decline' or 'tapback'"),
        ({"action": "decline"}, 400, "Nothing is sent when a customer leaves a quick_reply alone"),
        ({"identifier": "yes", "message_id": "x"}, 404, "There is no such message on the phone"),
        ({"identifier": "yes", "opaque_id": "urn:mbid:nobody"}, 400, "No customer has this opaque_id"),
    ],
)
def test_an_answer_the_phone_does_not_offer_is_not_sent(
    msp: Msp, stub_msp: StubMsp, order: dict[str, Any], status: int, problem: str
) -> None:
    ask(msp, quick_reply())

    answer = msp.control("POST", "/phones/reply", order)

    assert answer.status == status
    assert problem in answer.text
    assert stub_msp.received == []


def test_a_text_is_not_answered_by_tapping(msp: Msp, stub_msp: StubMsp) -> None:
    message = envelope()
    msp.post(message)

    assert msp.control("POST", "/phones/reply", {"identifier": "yes"}).status == 404
    answer = msp.control("POST", "/phones/reply", {"identifier": "yes", "message_id": message["id"]})
    assert (answer.status, stub_msp.received) == (400, [])
    assert "POST /control/messages" in answer.json["error"]


def test_a_reply_that_the_msp_does_not_take_is_shown_as_not_delivered(msp: Msp, stub_msp: StubMsp) -> None:
    ask(msp, quick_reply())
    stub_msp.statuses[:] = [500]

    msp.control("POST", "/phones/reply", {"identifier": "no"})

    assert msp.phone({"sent": "true"})["messages"][-1]["delivered"] is False


def test_a_customers_own_interactive_data_can_be_forced_into_a_reference(msp: Msp, stub_msp: StubMsp) -> None:
    msp.control("POST", "/messages", {"type": "interactive", "interactive_data": quick_reply(), "by_reference": True})

    assert decoded(msp, stub_msp.received[0].json["interactiveDataRef"]) == quick_reply()


def test_without_an_msp_no_reply_can_be_posted(msp: Msp) -> None:
    ask(msp, quick_reply())
    msp.control("PUT", "/config", {"message_url": None})

    answer = msp.control("POST", "/phones/reply", {"identifier": "no"})

    assert answer.status == 409
    assert msp.bubbles()[0]["answers"] == 0
