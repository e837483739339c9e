"""Apple's own JSON, read as the kind it is for a device that cannot show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.business import sends
from parley.business.kinds.apple import Apple
from parley.business.kinds.form import DatePage, Form, InputPage, SelectPage, WheelPage
from parley.business.kinds.list_picker import ListPicker
from parley.business.kinds.quick_reply import QuickReply
from parley.business.kinds.time_picker import TimePicker
from parley.conversation import fallback
from parley.conversation.fallback.raw import own_shape
from tests.unit.business.kinds.samples import (
    FULL_FORM,
    FULL_LIST_PICKER,
    FULL_TIME_PICKER,
    QUICK_REPLY,
    Json,
    mapped,
    message,
)

if TYPE_CHECKING:
    from parley.business.kinds.base import Send

KEPT = (
    "type", "identifier", "title", "question", "next", "multiple", "multiline", "hint", "format", "minimum", "maximum",
    "max_length", "content_type", "required",
)  # fmt: skip
"""What of a page another form of it is made from."""


def raw_of(friendly: Json) -> Json:
    """What Apple gets of a friendly message."""
    return dict(mapped(friendly).content["interactiveData"])


def read(interactive: Json, **options: Any) -> Send | None:
    send = sends.from_object(message("apple", interactiveData=interactive, **options))
    assert isinstance(send, Apple)
    return own_shape(send)


def test_it_goes_to_the_same_customer_from_the_same_sender() -> None:
    found = read(raw_of(FULL_LIST_PICKER), auto_reply=True, agent="desk")

    assert isinstance(found, ListPicker)
    assert (found.to, found.auto_reply, found.agent) == (message("apple")["to"], True, "desk")


def test_pictures_and_bubbles_come_along() -> None:
    raw = raw_of(FULL_LIST_PICKER)
    found = read(raw)

    assert isinstance(found, ListPicker)
    before, after = raw["receivedMessage"], raw["replyMessage"]
    assert (found.title, found.subtitle, found.style) == (before["title"], before["subtitle"], before["style"])
    assert found.reply is not None
    assert found.reply.title == after["title"]
    shown = {image["identifier"]: image["data"] for image in raw["data"]["images"]}
    assert found.image is not None
    assert found.image.data == shown[before["imageIdentifier"]]
    pictured = [item.image.data for section in found.sections for item in section.items if item.image]
    named = [
        shown[item["imageIdentifier"]]
        for section in raw["data"]["listPicker"]["sections"]
        for item in section["items"]
        if "imageIdentifier" in item
    ]
    assert pictured == named != []


def test_what_has_an_order_is_listed_in_it() -> None:
    raw = raw_of(FULL_LIST_PICKER)
    sections = raw["data"]["listPicker"]["sections"]
    wanted = [[item["identifier"] for item in section["items"]] for section in sections]
    sections.reverse()
    for section in sections:
        section["items"].reverse()

    def listed() -> list[list[str]]:
        found = read(raw)
        assert isinstance(found, ListPicker)
        return [[item.identifier for item in section.items] for section in found.sections]

    assert listed() == wanted
    for section in sections:
        del section["order"]
        for item in section["items"]:
            del item["order"]
    assert listed() == [list(reversed(names)) for names in reversed(wanted)]


def test_a_time_picker_keeps_its_zone_and_its_times() -> None:
    found = read(raw_of(FULL_TIME_PICKER))

    assert isinstance(found, TimePicker)
    assert found.timezone_offset == FULL_TIME_PICKER["timezone_offset"]
    assert found.event_title == FULL_TIME_PICKER["event_title"]
    assert [slot.identifier for slot in found.slots] == ["s1", "s2"]


def test_a_form_keeps_its_questions_and_where_they_lead() -> None:
    found, asked = read(raw_of(FULL_FORM)), sends.from_object(FULL_FORM)

    assert isinstance(found, Form)
    assert isinstance(asked, Form)
    assert (found.start, found.private) == (asked.start or asked.pages[0].identifier, True)
    for page, wanted in zip(found.pages, asked.pages, strict=True):
        assert [getattr(page, name, None) for name in KEPT] == [getattr(wanted, name, None) for name in KEPT]
        if isinstance(page, SelectPage | WheelPage):
            assert isinstance(wanted, SelectPage | WheelPage)
            for item, wish in zip(page.items, wanted.items, strict=True):
                assert (item.identifier, item.title, item.value) == (
                    wish.identifier,
                    wish.title,
                    wish.value or wish.identifier,
                )
                assert getattr(item, "next", None) == getattr(wish, "next", None)
    assert {type(page) for page in found.pages} == {SelectPage, WheelPage, DatePage, InputPage}


@pytest.mark.parametrize("outside", [True, False])
def test_a_form_is_private_wherever_that_stands(outside: bool) -> None:
    raw = raw_of(FULL_FORM)
    del raw["data"]["dynamic"]["data"]["private"]
    found = read(raw)
    assert isinstance(found, Form)
    assert found.private is False

    (raw["data"]["dynamic"] if outside else raw["data"]["dynamic"]["data"])["private"] = True

    found = read(raw)
    assert isinstance(found, Form)
    assert found.private is True


@pytest.mark.parametrize(
    "interactive",
    [
        {"data": {"payment": {}}},
        {"data": {"notification": {}}},
        {"URL": "?a", "appId": 1},
        {"data": {"listPicker": {"sections": [{"title": "A"}]}}, "receivedMessage": {}},
        {"data": {"event": {"timeslots": [{"identifier": "a"}]}}},
        {"data": {"quick-reply": []}},
        {"data": {"dynamic": {"data": {"pages": [{"type": "hologram"}]}}}},
        {"data": {"dynamic": "x"}},
        {"data": {"authenticate": {"oauth2": 5}}},
        {},
    ],
)
def test_what_has_no_other_form_or_no_sense_has_no_shape_of_ours(interactive: Json) -> None:
    assert read(interactive) is None


def test_a_quick_reply_loses_the_bubble_it_would_not_show() -> None:
    found = read(raw_of(QUICK_REPLY) | {"receivedMessage": {"title": "Bikes"}, "replyMessage": {"title": "Thanks"}})

    assert isinstance(found, QuickReply)
    assert (found.text, len(found.items)) == (QUICK_REPLY["text"], len(QUICK_REPLY["items"]))


def test_what_our_shapes_have_no_word_for_has_no_other_form(monkeypatch: pytest.MonkeyPatch) -> None:
    send = sends.from_object(message("apple", interactiveData=raw_of(QUICK_REPLY)))
    assert fallback.choose(send, []) is not None

    monkeypatch.setattr("parley.conversation.fallback.choosing.raw.own_shape", lambda _: None)

    assert fallback.choose(send, []) is None


def test_what_lies_elsewhere_or_is_a_link_has_none_either() -> None:
    for content in ({"interactiveDataRef": {"bid": "b"}}, {"richLinkData": {"url": "https://shop.example"}}):
        send = sends.from_object(message("apple", **content))
        assert isinstance(send, Apple)
        assert own_shape(send) is None
