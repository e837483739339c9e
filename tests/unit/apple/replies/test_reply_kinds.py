"""Telling the kinds of interactive replies apart (protocol/02 §6)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from parley.apple import replies
from tests.unit.apple.replies.envelopes import APP_BID, BID, REFERENCE, REQUEST, SESSION, envelope, interactive, reply

CONTENT: dict[str, tuple[type[replies.Reply], dict[str, Any]]] = {
    "quick-reply": (replies.QuickReply, {"selectedIdentifier": "no"}),
    "listPicker": (replies.ListPicker, {"sections": [{"title": "Sizes", "items": [{"identifier": "m"}]}]}),
    "event": (replies.TimePicker, {"timeslots": [{"identifier": "s1"}]}),
    "dynamic": (replies.Form, {"selections": [{"pageIdentifier": "kind"}]}),
    "authenticate": (replies.Authentication, {"status": "success"}),
    "payment": (replies.ApplePay, {"state": "paid"}),
    "notification": (replies.Invitation, {"id": "yes"}),
}
KEYS = list(CONTENT)


@pytest.mark.parametrize("key", KEYS)
def test_the_key_in_the_data_names_the_kind(key: str) -> None:
    kind, content = CONTENT[key]

    read = replies.read(reply({key: content}))

    assert type(read) is kind
    assert not read.is_empty
    assert read.request_identifier == REQUEST
    assert read.session_identifier == SESSION
    assert read.title == "Your choice"


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(KEYS)))
def test_the_keys_are_tested_in_the_order_of_the_protocol(earlier: str, later: str) -> None:
    read = replies.read(reply({later: CONTENT[later][1], earlier: CONTENT[earlier][1]}))

    assert type(read) is CONTENT[earlier][0]


def test_a_key_whose_value_is_no_object_does_not_hide_the_one_that_is() -> None:
    read = replies.read(reply({"listPicker": None, "event": {"timeslots": []}}))

    assert read.kind == "time_picker"


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_content_keeps_its_kind_and_says_so(key: str) -> None:
    read = replies.read(reply({key: {}}))

    assert type(read) is CONTENT[key][0]
    assert read.is_empty
    assert not read.unresolved


def test_another_extension_than_apples_is_an_imessage_app() -> None:
    read = replies.read(
        envelope(
            interactiveData={
                "bid": APP_BID,
                "URL": "?route=12&level=hard",
                "sessionIdentifier": SESSION,
                "appId": "1234500001",
                "appName": "Trail Map",
                "replyMessage": {"title": "Route 12"},
            }
        )
    )

    assert isinstance(read, replies.ImessageApp)
    assert read.url == "?route=12&level=hard"
    assert (read.bid, read.app_id, read.app_name) == (APP_BID, 1234500001, "Trail Map")
    assert (read.session_identifier, read.request_identifier, read.title) == (SESSION, None, "Route 12")


def test_an_imessage_app_may_come_with_a_data_object_that_says_nothing() -> None:
    read = replies.read(envelope(interactiveData={"bid": APP_BID, "data": {"version": "1.0"}, "URL": "?a=1"}))

    assert read.kind == "imessage_app"


def test_without_a_bundle_id_a_url_makes_an_imessage_app() -> None:
    assert replies.read(envelope(interactiveData={"URL": "?a=1"})).kind == "imessage_app"
    assert replies.read(envelope(interactiveData={"sessionIdentifier": SESSION})).kind == "unknown"


def test_apples_bundle_id_counts_in_any_case() -> None:
    read = replies.read(envelope(interactiveData={"bid": BID.upper(), "URL": "?a=1"}))

    assert read.kind == "unknown"


def test_an_app_without_a_url_is_empty() -> None:
    assert replies.read(envelope(interactiveData={"bid": APP_BID})).is_empty


def test_a_kind_not_known_here_keeps_its_title_and_its_data() -> None:
    sent = interactive({"hologram": {"depth": 3}}, title="A hologram")

    read = replies.read(envelope(interactiveData=sent))

    assert isinstance(read, replies.Unknown)
    assert read.title == "A hologram"
    assert read.raw == sent
    assert read.is_empty
    assert not read.unresolved


def test_the_alternate_title_stands_in_for_a_missing_one() -> None:
    data = interactive({}, title=None)
    data["data"]["replyMessage"] = {"title": " ", "alternateTitle": "Medium"}

    assert replies.read(envelope(interactiveData=data)).title == "Medium"


def test_unknown_fields_survive_in_the_raw_data() -> None:
    content = {"sections": [], "fromTheFuture": {"a": [1, None]}}

    read = replies.read(reply({"listPicker": content, "alsoNew": 7}))

    assert read.raw["data"]["listPicker"] == content
    assert read.raw["data"]["alsoNew"] == 7


def test_a_reference_alone_is_unresolved_and_shows_the_references_title() -> None:
    read = replies.read(envelope(interactiveDataRef=REFERENCE))

    assert isinstance(read, replies.Unknown)
    assert read.unresolved
    assert read.title == "Medium"
    assert read.raw == {}


def test_a_reference_is_not_needed_where_the_data_holds_the_answer() -> None:
    data = interactive(picker_of_one(), title=None)

    read = replies.read(envelope(interactiveData=data, interactiveDataRef=REFERENCE))

    assert isinstance(read, replies.ListPicker)
    assert not read.unresolved
    assert read.title == "Medium"  # the data has none, the reference does


def test_a_reference_is_needed_where_the_data_lacks_the_answer() -> None:
    data = interactive({"listPicker": {"sections": []}})

    read = replies.read(envelope(interactiveData=data, interactiveDataRef=REFERENCE))

    assert read.kind == "list_picker"
    assert read.unresolved


@pytest.mark.parametrize("wrapped", [False, True])
def test_decoded_data_is_read_bare_and_wrapped(wrapped: bool) -> None:
    data = interactive(picker_of_one())

    read = replies.read_data({"interactiveData": data} if wrapped else data)

    assert isinstance(read, replies.ListPicker)
    assert read.sections[0].items[0].identifier == "m"
    assert read.raw == data
    assert not read.unresolved


def test_a_reference_lends_decoded_data_its_bundle_id_and_title() -> None:
    read = replies.read_data({"URL": "?a=1"}, {"bid": BID, "title": "From the reference"})

    assert read.kind == "unknown"
    assert read.title == "From the reference"


@pytest.mark.parametrize("decoded", [None, [], "text", 3, {"interactiveData": None}, {"data": []}])
def test_decoded_data_of_any_other_shape_is_unknown(decoded: object) -> None:
    assert replies.read_data(decoded).kind == "unknown"


def test_a_telephone_number_is_not_taken_for_a_request_identifier() -> None:
    data = interactive({"notification": {"id": "yes"}})
    data["data"]["requestIdentifier"] = "tel:+15550142"

    read = replies.read(envelope(interactiveData=data))

    assert isinstance(read, replies.Invitation)
    assert read.request_identifier is None
    assert read.telephone == "tel:+15550142"
    assert "5550142" not in repr(read)


def test_nothing_the_customer_said_shows_in_a_repr() -> None:
    bodies = {
        "quick-reply": {"selectedIdentifier": "canary", "items": [{"identifier": "canary", "title": "canary"}]},
        "listPicker": {"sections": [{"title": "canary", "items": [{"identifier": "canary", "title": "canary"}]}]},
        "event": {"timeslots": [{"identifier": "canary", "startTime": "canary"}]},
        "dynamic": {"selections": [{"pageIdentifier": "p", "items": [{"identifier": "canary", "value": "canary"}]}]},
        "authenticate": {"status": "success", "token": "canary", "code": "canary"},
    }

    for key, content in bodies.items():
        shown = repr(replies.read(reply({key: content}, title="canary")))

        assert "canary" not in shown
        assert REQUEST in shown


def picker_of_one() -> dict[str, Any]:
    return {"listPicker": {"sections": [{"title": "Size", "items": [{"identifier": "m", "title": "Medium"}]}]}}
