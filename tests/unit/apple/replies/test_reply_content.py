"""What is inside each kind of reply, with the odd spellings seen in captures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from parley.apple import replies
from parley.apple.replies.authentication import AuthenticationError
from parley.apple.replies.reply import Item
from parley.apple.replies.time_picker import Slot
from tests.unit.apple.replies.envelopes import reply

THREE = [
    {"identifier": "yes", "title": "Yes"},
    {"identifier": "no", "title": "No"},
    {"identifier": "agent", "title": "A person"},
]


def quick(content: dict[str, Any]) -> replies.QuickReply:
    read = replies.read(reply({"quick-reply": content}))
    assert isinstance(read, replies.QuickReply)
    return read


def test_a_quick_reply_is_found_by_its_identifier_before_its_index() -> None:
    assert quick({"items": THREE, "selectedIdentifier": "no", "selectedIndex": 2}).selected == Item("no", "No")


def test_a_quick_reply_without_identifier_is_found_by_its_index() -> None:
    assert quick({"items": THREE, "selectedIndex": "2"}).selected == Item("agent", "A person")


def test_the_index_counts_from_zero() -> None:
    assert quick({"items": THREE, "selectedIndex": 0}).selected == Item("yes", "Yes")


def test_an_identifier_that_is_not_echoed_is_believed() -> None:
    assert quick({"selectedIdentifier": 7}).selected == Item("7", None)


@pytest.mark.parametrize("index", [-1, 3, "x", None, 1.5, True])
def test_an_index_that_leads_nowhere_selects_nothing(index: object) -> None:
    assert quick({"items": THREE, "selectedIndex": index}).selected is None


def test_the_index_is_kept_where_the_choices_are_not_echoed() -> None:
    read = quick({"selectedIndex": 1.0})

    assert (read.selected, read.selected_index) == (None, 1)
    assert not read.is_empty


def time(event: dict[str, Any]) -> replies.TimePicker:
    read = replies.read(reply({"event": event}))
    assert isinstance(read, replies.TimePicker)
    return read


def test_a_time_picker_gives_the_slot_as_an_instant() -> None:
    read = time(
        {
            "identifier": "fit-12",
            "timezoneOffset": "60",
            "location": {},
            "timeslots": [{"identifier": "s2", "startTime": "2027-05-06T09:30+0000", "duration": "1800"}],
        }
    )

    assert (read.event_identifier, read.timezone_offset) == ("fit-12", 60)
    assert read.slots == (Slot("s2", datetime(2027, 5, 6, 9, 30, tzinfo=UTC), 1800),)


def test_a_single_slot_that_is_not_in_an_array_is_taken_too() -> None:
    assert time({"timeslots": {"identifier": 4}}).slots == (Slot("4", None, None),)


def sign_in(content: dict[str, Any]) -> replies.Authentication:
    read = replies.read(reply({"authenticate": content}))
    assert isinstance(read, replies.Authentication)
    return read


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("success", "success"),
        ("Failure", "failure"),
        (" cancel ", "cancel"),
        ("unknown", "unknown"),
        ("timed-out", "unknown"),
        (None, "unknown"),
        (5, "unknown"),
    ],
)
def test_a_new_sign_in_has_one_of_four_outcomes(status: object, expected: str) -> None:
    read = sign_in({"status": status})

    assert read.status == expected
    assert not read.legacy


def test_a_new_sign_in_may_carry_a_code_and_an_error_code() -> None:
    read = sign_in({"status": "failure", "code": "SplxlOBe", "error_code": 17})

    assert (read.code, read.error_code) == ("SplxlOBe", "17")
    assert "SplxlOBe" not in repr(read)


def test_a_legacy_sign_in_keeps_its_token_out_of_sight() -> None:
    read = sign_in({"status": "authenticated", "token": "BHiddenToken=="})

    assert (read.status, read.token, read.legacy) == ("authenticated", "BHiddenToken==", True)
    assert "BHiddenToken" not in repr(read)
    assert "BHiddenToken" not in str(read)


def test_a_token_tells_the_legacy_flow_whatever_the_status() -> None:
    assert sign_in({"status": "success", "token": "B=="}).legacy


def test_a_legacy_failure_lists_its_errors() -> None:
    read = sign_in(
        {"status": "failed", "errors": [{"code": "2", "domain": "com.example.cryptor", "message": "no key"}, "odd", {}]}
    )

    assert (read.status, read.legacy) == ("failed", True)
    assert read.errors == (
        AuthenticationError(2, "com.example.cryptor", "no key"),
        AuthenticationError(None, None, None),
    )


@pytest.mark.parametrize("state", ["paid", "paymentNotCompleted", "somethingNew"])
def test_apple_pay_keeps_apples_word(state: str) -> None:
    read = replies.read(reply({"payment": {"state": state, "merchantSession": {"nonce": "n"}}}))

    assert isinstance(read, replies.ApplePay)
    assert read.state == state


def invite(data: dict[str, Any]) -> replies.Invitation:
    read = replies.read(reply(data))
    assert isinstance(read, replies.Invitation)
    return read


def response(kind: object) -> dict[str, Any]:
    return {"displayContent": {"determinateResponse": {"title": "…", "type": kind}}}


@pytest.mark.parametrize(
    ("notification", "accepted"),
    [
        ({"id": "yes"}, True),
        ({"id": "NO"}, False),
        (response({"yes": {}}), True),
        (response({"no": {}}), False),
        (response("yes"), True),
        ({"id": "no", **response({"yes": {}})}, False),
        ({"id": "2f1e", **response({"yes": {}})}, True),
        (response({"yes": {}, "no": {}}), None),
        (response({}), None),
        (response(None), None),
        ({"id": "maybe"}, None),
    ],
)
def test_an_invitation_is_answered_by_its_id_or_else_by_its_type(
    notification: dict[str, Any], accepted: bool | None
) -> None:
    assert invite({"referenceId": "order-77", "notification": notification}).accepted is accepted


def test_the_reference_of_an_invitation_lies_beside_it_or_in_it() -> None:
    assert invite({"referenceId": "order-77", "notification": {"referenceId": "other"}}).reference_id == "order-77"
    assert invite({"notification": {"referenceId": 77}}).reference_id == "77"
    assert invite({"notification": {"id": "yes"}}).telephone is None
