from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.apple.wire.breaking import DATA, GONE, errors, mend, put, warnings
from tests.unit.apple.wire.samples import (
    APP_BID,
    PNG,
    authentication,
    form,
    imessage_app,
    interactive_by_reference,
    invitation,
    list_picker,
    page,
    png,
    quick_reply,
    time_picker,
)

HEADLESS = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 40).decode()
EMPTY_PNG = png(width=0)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("", GONE, "required"),
        ("", [], "wrong_type"),
        ("/bid", GONE, "required"),
        ("/bid", "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.example.app", "malformed"),
        ("/bid", APP_BID, "malformed"),
        ("/bid", 5, "wrong_type"),
        ("/session", "x", "unknown_field"),
        ("/sessionIdentifier", "../etc", "forbidden_characters"),
        ("/sessionIdentifier", "", "blank"),
        ("/useLiveLayout", "true", "wrong_type"),
        ("/receivedMessage", GONE, "required"),
        ("/receivedMessage/title", GONE, "required"),
        ("/receivedMessage/title", "  ", "blank"),
        ("/receivedMessage/title", "x" * 201, "too_long"),
        ("/receivedMessage/subtitle", "two\nlines", "unprintable"),
        ("/receivedMessage/subtitle", None, "wrong_type"),
        ("/receivedMessage/style", "default", "unknown_value"),
        ("/receivedMessage/style", 3, "wrong_type"),
        ("/receivedMessage/imageIdentifier", "nowhere", "unresolved"),
        ("/receivedMessage/image", "bell", "unknown_field"),
        ("/replyMessage", "Thanks", "wrong_type"),
        ("/replyMessage/imageIdentifier", "nowhere", "unresolved"),
        ("/replyMessage/alternateTitle", "x" * 201, "too_long"),
        ("/data", GONE, "required"),
        ("/data", [], "wrong_type"),
        ("/data/version", "1", "unknown_value"),
        ("/data/version", 1.0, "wrong_type"),
        ("/data/version", GONE, "required"),
        ("/data/mspVersion", "2.0", "unknown_value"),
        ("/data/requestIdentifier", GONE, "required"),
        ("/data/requestIdentifier", "order-1", "malformed"),
        ("/data/receivedMessage", {"title": "x"}, "unknown_field"),
        ("/data/images", {}, "wrong_type"),
        ("/data/images/0", "iVBORw0KGgo=", "wrong_type"),
        ("/data/images/0/data", GONE, "required"),
        ("/data/images/0/data", "", "not_png"),
        ("/data/images/0/data", "data:image/png;base64," + PNG, "data_prefix"),
        ("/data/images/0/data", "/9j/4AAQSkZJRgABAQ==", "not_png"),
        ("/data/images/0/data", PNG[:-1], "not_base64"),
        ("/data/images/0/data", PNG[:20] + "\n" + PNG[20:], "not_base64"),
        ("/data/images/0/data", PNG.replace("+", "-") + "-_", "not_base64"),
        ("/data/images/0/data", "é", "not_base64"),
        ("/data/images/0/data", HEADLESS, "not_png"),
        ("/data/images/0/data", EMPTY_PNG, "not_png"),
        ("/data/images/0/data", PNG[:40], "not_png"),
        ("/data/images/0/description", "x" * 201, "too_long"),
        ("/data/images/0/mimeType", "image/png", "unknown_field"),
    ],
)
def test_what_all_built_in_kinds_have_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = "/interactiveData" + path
    message = list_picker()
    if value is GONE and path.endswith("/data"):
        # Without data nothing is left to say what the message is.
        message["interactiveData"]["receivedMessage"].pop("imageIdentifier", None)

    found = [fault for fault in errors(put(message, path, value)) if fault[1] != "unresolved" or code == "unresolved"]

    assert found == [(path, code)]


@pytest.mark.parametrize(
    ("content", "was"),
    [(b"\xff\xd8\xff\xe0", "a JPEG"), (b"GIF89a", "a GIF"), (b"RIFF0000WEBP", "a WebP"), (b"ftyp", "something else")],
)
def test_a_picture_of_another_kind_is_called_by_its_name(content: bytes, was: str) -> None:
    path = f"{DATA}/images/0/data"
    message = put(list_picker(), path, base64.b64encode(content).decode())

    assert mend(message, path) == f"convert it to PNG: this is {was}"


def test_a_picture_has_at_most_two_hundred_thousand_base64_characters() -> None:
    fits = png(filler=149_900)
    large = png(filler=150_000)
    path = f"{DATA}/images/0/data"

    assert len(fits) <= 200_000 < len(large)
    assert errors(put(list_picker(), path, fits)) == []
    assert errors(put(list_picker(), path, large)) == [(path, "image_too_large")]


def test_all_pictures_together_stay_below_five_megabytes() -> None:
    message, large = list_picker(), png(filler=149_900)
    message["interactiveData"]["data"]["images"] += [{"identifier": str(n), "data": large} for n in range(25)]

    assert len(large) * 25 < 5_000_000 < len(large) * 26
    assert errors(message) == []
    message["interactiveData"]["data"]["images"][0]["data"] = large
    assert errors(message) == [(f"{DATA}/images", "images_too_large")]


def test_a_picture_name_is_given_once() -> None:
    message = put(list_picker(), f"{DATA}/images/-", {"identifier": "bell", "data": PNG})

    assert errors(message) == [(f"{DATA}/images/1/identifier", "duplicate")]


def test_a_picture_nothing_refers_to_is_worth_a_warning() -> None:
    message = put(list_picker(), f"{DATA}/images/-", {"identifier": "spare", "data": PNG})

    assert warnings(message) == [(f"{DATA}/images/1", "unused_image")]


def test_references_to_pictures_are_left_alone_while_a_picture_has_no_sound_name() -> None:
    message = put(list_picker(), f"{DATA}/images/0/identifier", GONE)

    assert errors(message) == [(f"{DATA}/images/0/identifier", "required")]


def test_a_message_has_one_kind_only() -> None:
    message = put(list_picker(), f"{DATA}/event", {"identifier": "e"})

    assert errors(message) == [(f"{DATA}/event", "exclusive")]


@pytest.mark.parametrize("key", ["quickReply", "list-picker"])
def test_a_misspelt_kind_is_told_and_the_rest_is_judged(key: str) -> None:
    message = put(quick_reply(), f"{DATA}/{key}", {})
    put(put(message, f"{DATA}/quick-reply", GONE), f"{DATA}/requestIdentifier", "x")

    assert errors(message) == [
        (DATA, "required"),
        *sorted([(f"{DATA}/{key}", "unknown_field"), (f"{DATA}/requestIdentifier", "malformed")]),
    ]


def test_interactive_data_stands_alone() -> None:
    both = {**quick_reply(), "interactiveDataRef": interactive_by_reference()["interactiveDataRef"]}

    assert errors(both) == [("/interactiveData", "exclusive")]
    assert errors(put(quick_reply(), "/attachments", [])) == [("/attachments", "unknown_field")]
    assert errors(put(quick_reply(), "/body", "x")) == [("/body", "unknown_field")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("", [], "wrong_type"),
        ("/bid", GONE, "required"),
        ("/bid", "com.apple.business.chat", "malformed"),
        ("/url", "ftp://x", "not_https"),
        ("/size", "15880", "wrong_type"),
        ("/signature-base64", GONE, "required"),
        ("/key", "zz", "malformed"),
        ("/title", "a\x00", "unprintable"),
    ],
)
def test_a_broken_reference_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = "/interactiveDataRef" + path

    assert errors(put(interactive_by_reference(), path, value)) == [(path, code)]


def test_a_reference_keeps_what_we_do_not_know_and_may_belong_to_an_app() -> None:
    message = put(interactive_by_reference(), "/interactiveDataRef/future", {"a": 1})

    assert errors(message) == []
    assert errors(put(message, "/interactiveDataRef/bid", APP_BID)) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/summaryText", GONE, "required"),
        ("/summaryText", " ", "blank"),
        ("/items", GONE, "required"),
        ("/items", {}, "wrong_type"),
        ("/items", [], "too_few"),
        ("/items", [{"identifier": "yes", "title": "Yes"}], "too_few"),
        ("/items", [{"identifier": str(n), "title": "Yes"} for n in range(6)], "too_many"),
        ("/items/1/identifier", "it's", "forbidden_characters"),
        ("/items/1/identifier", "x" * 201, "too_long"),
        ("/items/1/identifier", "yes", "duplicate"),
        ("/items/2/title", GONE, "required"),
        ("/items/2/image", "x", "unknown_field"),
    ],
)
def test_a_broken_quick_reply_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/quick-reply{path}"

    assert errors(put(quick_reply(), path, value)) == [(path, code)]


def test_the_hyphen_of_quick_reply_is_suggested() -> None:
    message = put(put(quick_reply(), f"{DATA}/quick-reply", GONE), f"{DATA}/quickReply", {})

    assert "quick-reply" in mend(message, DATA)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/sections", GONE, "required"),
        ("/sections", [], "too_few"),
        ("/sections/0", [], "wrong_type"),
        ("/sections/1/title", GONE, "required"),
        ("/sections/1/title", "", "blank"),
        ("/sections/1/order", -1, "out_of_range"),
        ("/sections/1/order", "1", "wrong_type"),
        ("/sections/1/multipleSelection", 1, "wrong_type"),
        ("/sections/1/items", [], "too_few"),
        ("/sections/1/listPickerItem", [], "unknown_field"),
        ("/sections/1/items/0/identifier", "bell", "duplicate"),
        ("/sections/1/items/0/identifier", 'a"b', "forbidden_characters"),
        ("/sections/1/items/0/title", "x" * 201, "too_long"),
        ("/sections/1/items/0/subtitle", "", "blank"),
        ("/sections/1/items/0/style", "large", "unknown_value"),
        ("/sections/1/items/0/imageIdentifier", "nowhere", "unresolved"),
        ("/sections/1/items/0/imageIdentifier", 5, "wrong_type"),
        ("/multipleSelection", True, "unknown_field"),
    ],
)
def test_a_broken_list_picker_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/listPicker{path}"

    assert errors(put(list_picker(), path, value)) == [(path, code)]


def test_the_former_name_of_items_is_recognised() -> None:
    path = f"{DATA}/listPicker/sections/0"
    message = put(list_picker(), f"{path}/listPickerItem", [])

    assert mend(message, f"{path}/listPickerItem") == "write items instead"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/identifier", GONE, "required"),
        ("/title", "", "blank"),
        ("/imageIdentifier", "nowhere", "unresolved"),
        ("/timezoneOffset", -25200, "out_of_range"),
        ("/timezoneOffset", 841, "out_of_range"),
        ("/timezoneOffset", "60", "wrong_type"),
        ("/location/latitude", 90.5, "out_of_range"),
        ("/location/longitude", "13.4", "wrong_type"),
        ("/location/longitude", float("nan"), "out_of_range"),
        ("/location/longitude", GONE, "required"),
        ("/location/latitude", GONE, "required"),
        ("/location/radius", -1, "out_of_range"),
        ("/timeslots", GONE, "required"),
        ("/timeslots", [], "too_few"),
        ("/timeslots/1/identifier", "s1", "duplicate"),
        ("/timeslots/1/duration", 0, "out_of_range"),
        ("/timeslots/1/duration", 1800.0, "wrong_type"),
        ("/timeslots/1/duration", "1800", "wrong_type"),
        ("/timeslots/1/startTime", "2027-03-04T09:30:00+0000", "malformed"),
        ("/timeslots/1/startTime", "2027-03-04T09:30Z", "malformed"),
        ("/timeslots/1/startTime", "2027-03-04T09:30+00:00", "malformed"),
        ("/timeslots/1/startTime", "2027-02-30T09:30+0000", "malformed"),
        ("/timeslots/1/startTime", "2027-03-04T09:30+9900", "malformed"),
        ("/timeslots/1/startTime", 1804152600, "wrong_type"),
        ("/timeslots/1/start", "2027-03-04T09:30+0000", "unknown_field"),
    ],
)
def test_a_broken_time_picker_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/event{path}"
    message = time_picker()
    if value == "nowhere":
        message["interactiveData"]["receivedMessage"]["imageIdentifier"] = "shop"

    assert errors(put(message, path, value)) == [(path, code)]


def test_a_past_slot_is_worth_a_warning_while_another_is_left() -> None:
    path = f"{DATA}/event/timeslots"
    message = put(time_picker(), f"{path}/0/startTime", "2026-05-28T20:26+0000")

    assert warnings(message) == [(f"{path}/0/startTime", "past")]


def test_a_time_picker_without_a_future_slot_is_refused() -> None:
    path = f"{DATA}/event/timeslots"
    message = put(time_picker(), f"{path}/0/startTime", "0001-01-01T00:00+1400")
    put(message, f"{path}/1/startTime", "2026-05-28T22:26+0200")

    assert errors(message) == [(path, "no_future_slot")]


def test_a_slot_that_cannot_be_read_is_not_called_past() -> None:
    path = f"{DATA}/event/timeslots"
    message = put(time_picker(), f"{path}/0/startTime", "2020-01-01T00:00+0000")
    put(message, f"{path}/1/startTime", "soon")

    assert errors(message) == [(f"{path}/1/startTime", "malformed")]


def test_odd_units_and_useless_radius_are_worth_a_warning() -> None:
    event = f"{DATA}/event"
    message = put(time_picker(), f"{event}/timezoneOffset", -7)
    put(message, f"{event}/timeslots/0/duration", 30)
    put(message, f"{event}/timeslots/1/startTime", "2027-03-04T11:30+0200")
    put(message, f"{event}/location", {"radius": 50})

    assert warnings(message) == [
        (f"{event}/location/radius", "ignored"),
        (f"{event}/timeslots/0/duration", "suspicious_unit"),
        (f"{event}/timeslots/1/startTime", "not_utc"),
        (f"{event}/timezoneOffset", "suspicious_unit"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/bid", "com.apple.messages.MSMessageExtensionBalloonPlugin:AB12:com.example.app", "malformed"),
        ("/bid", "AB12CD34EF:com.example.trailmap.MessagesExtension", "malformed"),
        ("/bid", GONE, "required"),
        ("/data", {"version": "1.0"}, "forbidden"),
        ("/data", None, "forbidden"),
        ("/appId", "1234509876", "wrong_type"),
        ("/appId", 0, "out_of_range"),
        ("/appId", GONE, "required"),
        ("/appName", GONE, "required"),
        ("/appName", "", "blank"),
        ("/appIcon", png(filler=12_000), "image_too_large"),
        ("/appIcon", "/9j/4AAQ", "not_png"),
        ("/URL", GONE, "required"),
        ("/URL", "route=77", "malformed"),
        ("/URL", "http://example.com/route", "malformed"),
        ("/URL", "?route=7 7", "malformed"),
        ("/URL", "?" + "x" * 65_536, "too_long"),
        ("/URL", "https://example.com/" + "x" * 8173, "too_long"),
        ("/url", "?route=77", "unknown_field"),
        ("/receivedMessage", GONE, "required"),
        ("/receivedMessage/imageIdentifier", "it's", "forbidden_characters"),
        ("/sessionIdentifier", "x" * 201, "too_long"),
    ],
)
def test_a_broken_app_message_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = "/interactiveData" + path

    assert errors(put(imessage_app(), path, value)) == [(path, code)]


def test_an_app_may_be_handed_a_web_page_or_a_long_query() -> None:
    assert errors(put(imessage_app(), "/interactiveData/URL", "https://example.com/route")) == []
    assert errors(put(imessage_app(), "/interactiveData/URL", "?" + "x" * 65_535)) == []


@pytest.mark.parametrize("make", [quick_reply, list_picker, time_picker, form, authentication, invitation])
@pytest.mark.parametrize("where", ["", "/data", "/data/{kind}"])
def test_an_unknown_field_is_refused_wherever_it_stands(make: Any, where: str) -> None:
    message = make()
    frame = {"version", "mspVersion", "requestIdentifier", "images"}
    (kind,) = message["interactiveData"]["data"].keys() - frame
    path = f"/interactiveData{where.format(kind=kind)}/surprise"

    assert errors(put(message, path, 1)) == [(path, "unknown_field")]


def test_a_form_of_one_page_is_good() -> None:
    assert errors(form(page("only"))) == []
