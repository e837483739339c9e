"""Quick replies, lists and times as a phone answers them (protocol/04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local.samples import GONE, REQUEST_ID, broken, in_days, list_picker, time_picker
from tests.unit.local.wire import OPAQUE_ID, Msp, envelope, quick_reply

if TYPE_CHECKING:
    from tests.unit.local.wire import StubMsp

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SECTIONS = "data.listPicker.sections"


def reply(msp: Msp, interactive: dict[str, Any], **order: Any) -> Any:
    """Show a message and answer it; returns the reply's `data`."""
    assert msp.post(envelope("interactive", interactiveData=interactive)).status == 200
    answer = msp.control("POST", "/phones/reply", order)
    assert answer.status == 200, answer.text
    return answer.json["interactive_data"]["data"]


def problem(msp: Msp, interactive: dict[str, Any], **order: Any) -> str:
    """Show a message and answer it wrongly; returns what is wrong."""
    assert msp.post(envelope("interactive", interactiveData=interactive)).status == 200
    answer = msp.control("POST", "/phones/reply", order)
    assert answer.status == 400, answer.text
    (text,) = answer.json["fields"].values()
    return str(text)


@pytest.mark.usefixtures("stub_msp")
class TestQuickReply:
    @pytest.mark.parametrize("order", [{"identifier": "no"}, {"identifiers": ["no"]}, {"indexes": [1]}])
    def test_all_choices_are_echoed_and_one_is_named(self, msp: Msp, order: dict[str, Any]) -> None:
        asked = quick_reply()

        assert reply(msp, asked, **order) == {
            "version": "1.0",
            "requestIdentifier": asked["data"]["requestIdentifier"],
            "quick-reply": {
                "items": [{"identifier": "yes", "title": "Yes"}, {"identifier": "no", "title": "No"}],
                "selectedIdentifier": "no",
                "selectedIndex": 1,
            },
            "replyMessage": {"title": "No", "alternateTitle": "No"},
        }


def items_of(data: Any) -> dict[str, list[str]]:
    """The items of a list reply by section."""
    sections = data["listPicker"]["sections"]
    return {section["title"]: [item["identifier"] for item in section["items"]] for section in sections}


@pytest.mark.usefixtures("stub_msp")
class TestListPicker:
    def test_only_what_was_chosen_comes_back(self, msp: Msp) -> None:
        data = reply(msp, list_picker(), identifiers=["x-bell", "x-basket"])

        assert items_of(data) == {"Extras": ["x-bell", "x-basket"]}
        (section,) = data["listPicker"]["sections"]
        assert (section["order"], section["multipleSelection"]) == (0, True)
        assert section["items"][1] == {"identifier": "x-basket", "title": "Basket", "order": 1, "style": "icon"}
        assert data["requestIdentifier"] == REQUEST_ID
        assert data["receivedMessage"] == list_picker()["receivedMessage"]
        assert data["replyMessage"] == {
            "title": "Bell and Basket",
            "alternateTitle": "Bell and Basket",
            "style": "icon",
        }

    def test_one_item_may_be_chosen_in_each_section(self, msp: Msp) -> None:
        data = reply(msp, list_picker(), identifiers=["c-blue", "x-lock"])

        assert items_of(data) == {"Extras": ["x-lock"], "Colour": ["c-blue"]}

    def test_a_section_takes_one_item_unless_it_says_otherwise(self, msp: Msp) -> None:
        text = problem(msp, list_picker(), identifiers=["c-red", "c-blue"])

        assert text == "only one item of section 'Colour' can be chosen"

    @pytest.mark.parametrize(
        ("locale", "title"),
        [
            ("en_US", "Bell, Basket, and Lock"),
            ("de_DE", "Bell, Basket und Lock"),
            ("ja_JP", "Bell、Basket、Lock"),
            ("fr_FR", "Bell, Basket, and Lock"),
        ],
    )
    def test_several_titles_are_joined_in_the_devices_language(self, msp: Msp, locale: str, title: str) -> None:
        data = reply(msp, list_picker(), indexes=[0, 1, 2], locale=locale)

        assert data["replyMessage"]["title"] == title

    def test_indexes_count_in_the_order_the_phone_shows(self, msp: Msp) -> None:
        asked = broken(broken(list_picker(), f"{SECTIONS}.0.order", 5), f"{SECTIONS}.0.items.2.order", 0)
        asked = broken(asked, f"{SECTIONS}.0.items.0.order", 9)

        assert items_of(reply(msp, asked, indexes=[0, 2, 4])) == {"Colour": ["c-red"], "Extras": ["x-lock", "x-bell"]}

    def test_the_choice_may_come_in_a_section_of_its_own(self, msp: Msp) -> None:
        data = reply(msp, list_picker(), identifier="c-blue", style="selected-section")

        assert items_of(data) == {
            "Selected Items": ["c-blue"],
            "Extras": ["x-bell", "x-basket", "x-lock"],
            "Colour": ["c-red"],
        }
        assert [section["order"] for section in data["listPicker"]["sections"]] == [0, 1, 2]

    def test_everything_may_come_back_with_the_title_alone_to_tell(self, msp: Msp) -> None:
        data = reply(msp, list_picker(), identifier="c-blue", style="all-items")

        assert items_of(data) == {"Extras": ["x-bell", "x-basket", "x-lock"], "Colour": ["c-red", "c-blue"]}
        assert data["replyMessage"]["title"] == "Blue"

    def test_without_a_reply_bubble_the_device_makes_one(self, msp: Msp) -> None:
        data = reply(msp, broken(list_picker(), "replyMessage", GONE), identifier="c-red")

        assert data["replyMessage"] == {"title": "Red", "alternateTitle": "Red", "style": "icon"}


@pytest.mark.usefixtures("stub_msp")
class TestTimePicker:
    def test_the_event_comes_back_with_one_slot(self, msp: Msp) -> None:
        asked = time_picker()

        data = reply(msp, asked, identifier="s1")

        event = asked["data"]["event"]
        assert data["event"] == {**event, "timeslots": [event["timeslots"][1]]}
        assert data["replyMessage"]["style"] == "icon"

    @pytest.mark.parametrize(
        ("locale", "title"),
        [
            ("en_GB", "Mar 4, 2099 at 6:30 PM"),
            ("de", "04.03.2099, 18:30"),
            ("ja_JP", "2099/03/04 18:30"),
        ],
    )
    def test_the_title_is_the_time_at_the_place_of_the_event(self, msp: Msp, locale: str, title: str) -> None:
        tokyo = broken(time_picker(), "data.event.timezoneOffset", 540)

        data = reply(msp, tokyo, identifier="s1", locale=locale)

        assert data["replyMessage"]["title"] == data["replyMessage"]["alternateTitle"] == title

    def test_without_an_offset_the_title_is_the_time_of_the_device(self, msp: Msp) -> None:
        msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "timezone_offset": -420})
        data = reply(msp, broken(time_picker(), "data.event.timezoneOffset", GONE), identifier="s0")
        msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "timezone_offset": 60})

        assert data["replyMessage"]["title"] == "Mar 4, 2099 at 2:00 AM"

    def test_slots_are_counted_by_their_time_without_those_that_passed(self, msp: Msp) -> None:
        asked = time_picker("2099-03-05T09:00+0000", "2020-03-05T09:00+0000", "2099-03-05T09:00+0100")

        assert reply(msp, asked, indexes=[0])["event"]["timeslots"][0]["identifier"] == "s2"
        assert problem(msp, asked, identifier="s1") == "choose from s2, s0"

    def test_a_picker_whose_slots_have_passed_meanwhile_offers_none(self) -> None:
        from local.gateway.config import Customer
        from local.gateway.replies import Asked
        from local.gateway.replies.time_picker import TimeAnswer
        from local.web.json_requests import RequestError

        customer = Customer(opaque_id=OPAQUE_ID)
        asked = Asked("time_picker", time_picker(in_days(1)), "s", customer, "en_US", now=9e9)

        with pytest.raises(RequestError) as caught:
            TimeAnswer(identifier="s0").reply(asked)
        assert caught.value.fields == {"identifier": "all slots have passed; the phone shows none"}


def test_a_reply_reaches_the_msp_as_it_was_made(msp: Msp, stub_msp: StubMsp) -> None:
    data = reply(msp, list_picker(), identifier="c-red")

    assert stub_msp.received[0].json["interactiveData"]["data"] == data
