"""The flat result a business gets for each kind of reply."""

from __future__ import annotations

from typing import Any

import pytest

from parley.apple import replies
from parley.business import results
from parley.business.results import Asked, asked_of, result_of
from tests.unit.apple.replies.envelopes import (
    APP_BID,
    BID,
    REFERENCE,
    REQUEST,
    SESSION,
    envelope,
    picker,
    reply,
    section,
    sent,
)

MESSAGE = "0b9a5a1e-1111-4222-8333-444455556666"


def asked(data: dict[str, Any]) -> Asked:
    found = asked_of(MESSAGE, sent(data))
    assert found is not None
    return found


def result(data: dict[str, Any], question: Asked | None = None, *, title: str | None = None) -> dict[str, Any]:
    return result_of(replies.read(reply(data, title=title)), question)


QUICK = {
    "quick-reply": {
        "summaryText": "Was that all?",
        "items": [{"identifier": "yes", "title": "Yes"}, {"identifier": "no", "title": "No"}],
    }
}


def test_a_quick_reply_is_a_selection_of_one() -> None:
    answer = {"quick-reply": {**QUICK["quick-reply"], "selectedIdentifier": "no", "selectedIndex": 1}}

    assert result(answer, asked(QUICK)) == {
        "kind": "quick_reply",
        "in_reply_to": MESSAGE,
        "selection": [{"identifier": "no", "title": "No", "section": None}],
    }


@pytest.mark.parametrize("answer", [{"selectedIdentifier": "no"}, {"selectedIndex": 1}])
def test_what_a_quick_reply_does_not_echo_comes_from_the_question(answer: dict[str, Any]) -> None:
    found = result({"quick-reply": answer}, asked(QUICK))

    assert found["selection"] == [{"identifier": "no", "title": "No", "section": None}]


def test_a_quick_reply_without_its_question_gives_what_it_has() -> None:
    assert result({"quick-reply": {"selectedIdentifier": "no"}})["selection"] == [
        {"identifier": "no", "title": None, "section": None}
    ]
    assert result({"quick-reply": {"selectedIndex": 1}})["selection"] == []


def test_a_list_picker_gives_its_selection_with_sections() -> None:
    question = asked(picker(section("Extras", ("bell", "Bell"), ("basket", "Basket"), multiple=True)))

    found = result(picker(section("Extras", ("bell", "Bell"), ("basket", "Basket"))), question)

    assert found == {
        "kind": "list_picker",
        "in_reply_to": MESSAGE,
        "selection": [
            {"identifier": "bell", "title": "Bell", "section": "Extras"},
            {"identifier": "basket", "title": "Basket", "section": "Extras"},
        ],
    }


def test_a_list_reply_that_repeats_the_offer_is_flagged() -> None:
    sizes = picker(section("Size", ("s", "Small"), ("m", "Medium")))

    found = result(sizes, asked(sizes), title="Medium")

    assert found["selection"] == [{"identifier": "m", "title": "Medium", "section": "Size"}]
    assert found["ambiguous"] is True


EVENT = {
    "event": {
        "identifier": "fit-12",
        "title": "Fitting",
        "timeslots": [
            {"identifier": "s1", "startTime": "2027-05-06T09:00+0000", "duration": 1800},
            {"identifier": "s2", "startTime": "2027-05-06T09:30+0000", "duration": 1800},
        ],
    }
}


def event(*slots: dict[str, Any]) -> dict[str, Any]:
    return {"event": {"identifier": "fit-12", "timeslots": list(slots)}}


def test_a_time_picker_gives_its_slot_in_utc() -> None:
    answer = event({"identifier": "s2", "startTime": "2027-05-06T11:30+0200", "duration": 1800})

    assert result(answer, asked(EVENT)) == {
        "kind": "time_picker",
        "in_reply_to": MESSAGE,
        "slot": {"identifier": "s2", "start": "2027-05-06T09:30:00Z", "duration": 1800},
    }


def test_a_start_that_cannot_be_read_comes_from_the_question() -> None:
    found = result(event({"identifier": "s2", "startTime": "half past nine"}), asked(EVENT))

    assert found["slot"] == {"identifier": "s2", "start": "2027-05-06T09:30:00Z", "duration": 1800}


@pytest.mark.parametrize("question", [None, asked(EVENT)])
def test_a_slot_that_was_not_offered_gives_what_it_has(question: Asked | None) -> None:
    found = result(event({"identifier": "s9", "startTime": "?", "duration": 0}), question)

    assert found["slot"] == {"identifier": "s9", "start": None, "duration": 0}


def test_a_slot_without_identifier_is_not_matched_with_one() -> None:
    found = result(event({"startTime": "2027-05-06T09:30Z"}), asked({"event": {"timeslots": [{"duration": 60}]}}))

    assert found["slot"] == {"identifier": None, "start": "2027-05-06T09:30:00Z", "duration": None}


def test_no_slot_is_null_and_several_are_flagged() -> None:
    assert result(event())["slot"] is None
    several = result(event({"identifier": "s1"}, {"identifier": "s2"}), asked(EVENT))
    assert several["slot"]["identifier"] == "s1"
    assert several["ambiguous"] is True


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"status": "success"}, {"status": "success"}),
        ({"status": "cancel", "code": "hidden"}, {"status": "cancel"}),
        ({"status": "authenticated", "token": "hidden"}, {"status": "success"}),
        ({"status": "failure", "error_code": "e7"}, {"status": "failure", "error_code": "e7"}),
        (
            {"status": "failed", "errors": [{"code": 1, "domain": "d", "message": "m"}]},
            {"status": "failure", "errors": [{"code": 1, "domain": "d", "message": "m"}]},
        ),
        ({}, {"status": "unknown"}),
    ],
)
def test_a_sign_in_gives_its_outcome_and_no_secret(content: dict[str, Any], expected: dict[str, Any]) -> None:
    found = result({"authenticate": content})

    assert found == {"kind": "authentication", "in_reply_to": None, **expected}
    assert "hidden" not in str(found)


def test_apple_pay_gives_its_state() -> None:
    assert result({"payment": {"state": "paid"}}) == {"kind": "apple_pay", "in_reply_to": None, "state": "paid"}
    assert result({"payment": {}})["state"] == "unknown"


def test_an_invitation_gives_yes_or_no_and_its_reference() -> None:
    question = asked({"notification": {"referenceId": "order-77", "templateId": "binaryChoice.engage.noImage"}})

    assert result({"referenceId": "order-77", "notification": {"id": "yes"}}) == {
        "kind": "invitation",
        "in_reply_to": None,
        "accepted": True,
        "reference_id": "order-77",
    }
    assert result({"notification": {"id": "no"}}, question) == {
        "kind": "invitation",
        "in_reply_to": MESSAGE,
        "accepted": False,
        "reference_id": "order-77",
    }
    assert result({"notification": {}})["reference_id"] is None


def test_an_imessage_app_gives_its_url_and_session() -> None:
    content = {"interactiveData": {"bid": APP_BID, "URL": "?route=1", "sessionIdentifier": SESSION}}

    found = result_of(replies.read(envelope(**content)), asked_of(MESSAGE, content))

    assert found == {"kind": "imessage_app", "in_reply_to": MESSAGE, "url": "?route=1", "session": SESSION}


def test_an_unknown_reply_gives_its_title() -> None:
    assert result({"hologram": {}}, title="A hologram") == {
        "kind": "unknown",
        "in_reply_to": None,
        "title": "A hologram",
    }


def test_a_reply_whose_content_was_not_fetched_says_so_and_still_names_its_question() -> None:
    found = result_of(replies.read(envelope(interactiveDataRef=REFERENCE)), asked(EVENT))

    assert found == {"kind": "unknown", "in_reply_to": MESSAGE, "title": "Medium", "unavailable": True}


def test_a_question_of_another_kind_is_answered_but_not_compared_with() -> None:
    found = result(picker(section("Size", ("m", "Medium"))), asked(EVENT))

    assert found["in_reply_to"] == MESSAGE
    assert found["selection"] == [{"identifier": "m", "title": "Medium", "section": "Size"}]


def test_what_was_asked_is_read_from_the_stored_content() -> None:
    question = asked(picker(section("Size", ("s", "Small"))))

    assert (question.message_id, question.kind, question.request_identifier) == (MESSAGE, "list_picker", REQUEST)
    assert [one.title for one in question.sections] == ["Size"]
    assert "Small" not in repr(question)


def test_a_text_asks_nothing() -> None:
    assert asked_of(MESSAGE, {"body": "Hello"}) is None


def test_a_message_sent_by_reference_can_still_be_replied_to() -> None:
    question = asked_of(MESSAGE, {"interactiveDataRef": {"bid": BID, "title": "Pick"}})

    assert question == results.Asked(message_id=MESSAGE, kind="unknown")
    assert result(QUICK, question)["in_reply_to"] == MESSAGE
