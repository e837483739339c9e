"""Every friendly message becomes exactly the JSON the protocol pages show, and Apple's judge has nothing against it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from parley.apple import wire
from parley.business.kinds.constructed_link import PLAIN
from tests.unit.apple.wire.samples import NOW, PNG, REQUEST
from tests.unit.business.kinds import wires_of_others, wires_of_pickers
from tests.unit.business.kinds.samples import (
    FULL_FORM,
    FULL_LIST_PICKER,
    GOOD,
    RICH_LINK,
    Json,
    mapped,
    message,
)

WIRE: Final = wires_of_pickers.WIRE | wires_of_others.WIRE


def test_every_sample_has_its_wire_shape() -> None:
    assert WIRE.keys() == GOOD.keys()


@pytest.mark.parametrize("name", GOOD)
def test_a_friendly_message_becomes_exactly_apples_json(name: str) -> None:
    got = mapped(GOOD[name])

    assert (got.type, got.content) == WIRE[name]


@pytest.mark.parametrize("name", GOOD)
def test_apples_judge_has_nothing_against_it(name: str) -> None:
    got = mapped(GOOD[name])

    assert wire.check_content(got.type, got.content, now=NOW) == []
    assert got.construct is None or wire.check_construct(got.construct) == []


@pytest.mark.parametrize("name", [name for name in GOOD if WIRE[name][0] == "interactive" and "app" not in name])
def test_what_can_be_answered_names_its_request(name: str) -> None:
    got = mapped(GOOD[name])

    assert got.request_identifier == REQUEST == got.content["interactiveData"]["data"]["requestIdentifier"]


@pytest.mark.parametrize("name", ["text", "typing", "rich link", "constructed link", "app"])
def test_what_cannot_be_found_by_its_request_names_none(name: str) -> None:
    assert mapped(GOOD[name]).request_identifier is None


def test_a_sign_in_takes_its_own_door_and_everything_else_the_usual_one() -> None:
    doors = {name: mapped(friendly).door for name, friendly in GOOD.items()}

    assert {name for name, door in doors.items() if door == "authenticate"} == {
        "authentication",
        "authentication with parameters",
        "legacy authentication",
    }


def test_only_an_invitation_has_a_header_of_its_own() -> None:
    headers = {name: mapped(friendly).headers for name, friendly in GOOD.items()}

    assert {name: found for name, found in headers.items() if found} == {
        "invitation": {"message-type": "notification"},
        "invitation with a logo": {"message-type": "notification"},
    }


def test_a_constructed_link_has_apple_build_it_first() -> None:
    bare, full = mapped(GOOD["constructed link"]), mapped(GOOD["full constructed link"])

    assert bare.construct == {
        "version": 1.0,
        "type": "link",
        "link": {"url": "https://appclip.example.com/rent?bike=77"},
    }
    assert full.construct is not None
    assert full.construct["link"]["storeRegion"] == "DE"


def test_typing_can_end_as_well() -> None:
    assert mapped(message("typing", state="end")).type == "typing_end"


def test_a_picture_used_often_is_sent_once_and_described_as_it_first_was() -> None:
    friendly = FULL_LIST_PICKER | {"reply": {"title": "Thanks", "image": {"data": PNG, "description": "A bell"}}}

    data = mapped(friendly).content["interactiveData"]["data"]

    assert data["images"] == [{"identifier": "0", "data": PNG, "description": "Brass bell"}]


def test_a_described_picture_is_read_aloud_and_two_pictures_are_two() -> None:
    friendly = FULL_LIST_PICKER | {
        "sections": [{"title": "Extras", "items": [{"identifier": "x", "title": "Bell"}]}],
        "image": {"data": PNG, "description": "Brass bell"},
        "reply": {"title": "Thank you", "image": {"data": PLAIN}},
    }

    content = mapped(friendly).content["interactiveData"]

    assert content["data"]["images"] == [
        {"identifier": "0", "data": PNG, "description": "Brass bell"},
        {"identifier": "1", "data": PLAIN},
    ]
    assert content["replyMessage"]["imageIdentifier"] == "1"


def test_a_form_begins_with_its_first_page_unless_told_otherwise() -> None:
    without = {name: value for name, value in FULL_FORM.items() if name != "start"}

    assert start_of(mapped(without).content) == "kind"
    assert start_of(mapped(FULL_FORM | {"start": "size"}).content) == "size"


def start_of(content: Json) -> Any:
    return content["interactiveData"]["data"]["dynamic"]["data"]["startPageIdentifier"]


def test_slots_that_have_begun_are_left_out_and_the_others_sorted() -> None:
    late = mapped(GOOD["full time picker"], now=1_804_151_700)  # 2027-03-04T09:15Z

    slots = late.content["interactiveData"]["data"]["event"]["timeslots"]
    assert [slot["identifier"] for slot in slots] == ["s2"]


def test_slots_are_all_kept_when_none_would_be_left_so_that_the_fault_can_be_told() -> None:
    late = mapped(GOOD["full time picker"], now=1_900_000_000)

    slots = late.content["interactiveData"]["data"]["event"]["timeslots"]
    assert [slot["identifier"] for slot in slots] == ["gone", "s1", "s2"]


def test_with_both_flows_given_the_new_one_is_asked_for() -> None:
    got = mapped(GOOD["authentication with parameters"])

    oauth2 = got.content["interactiveData"]["data"]["authenticate"]["oauth2"]
    assert "redirectURI" in oauth2
    assert "responseEncryptionKey" not in oauth2


def test_a_legacy_sign_in_can_ask_for_a_code() -> None:
    friendly = GOOD["legacy authentication"]
    legacy = friendly["legacy"] | {"response_type": "code"}

    oauth2 = mapped(friendly | {"legacy": legacy}).content["interactiveData"]["data"]["authenticate"]["oauth2"]

    assert oauth2["responseType"] == "code"


@pytest.mark.parametrize("name", ["authentication with parameters", "legacy authentication", "Apple Pay"])
def test_a_mapped_message_does_not_show_its_content(name: str) -> None:
    assert "3q2+7wAB" not in repr(mapped(GOOD[name]))
    assert "signature" not in repr(mapped(GOOD[name]))


def test_a_rich_link_in_apples_own_json_is_sent_as_it_is() -> None:
    link = mapped(RICH_LINK).content

    got = mapped(message("apple", **link))

    assert (got.type, got.content) == ("richLink", link)
