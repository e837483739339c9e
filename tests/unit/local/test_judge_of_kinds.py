"""Rules of the interactive kinds that concern more than one key, or more than one message."""

from __future__ import annotations

import uuid

import pytest

from tests.unit.local import samples
from tests.unit.local.samples import GONE, MAKERS, broken, png, send
from tests.unit.local.wire import Msp, envelope, quick_reply

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PAGES = "data.dynamic.data.pages"


def test_pictures_are_refused_from_five_megabytes_together(msp: Msp) -> None:
    pictures = [{"identifier": f"p{number}" if number else "p", "data": png(204_800)} for number in range(26)]

    answer = send(msp, "list_picker", broken(samples.list_picker(), "data.images", pictures))

    assert answer.text == "400 Bad Request : interactiveData.data.images hold 5 MB or more together"


def test_two_pictures_cannot_share_an_identifier(msp: Msp) -> None:
    picture = {"identifier": "p", "data": png()}

    answer = send(msp, "list_picker", broken(samples.list_picker(), "data.images", [picture, picture]))

    assert "data.images[1].identifier is used twice" in answer.text


def test_slots_that_have_all_passed_are_refused(msp: Msp) -> None:
    answer = send(msp, "time_picker", samples.time_picker("2020-03-04T09:00+0000", samples.in_days(-0.01)))

    assert answer.text == "400 Bad Request : interactiveData.data.event.timeslots has no slot in the future"


def test_a_form_without_an_end_is_refused(msp: Msp) -> None:
    endless = broken(broken(samples.form(), f"{PAGES}.3.submitForm", GONE), f"{PAGES}.3.nextPageIdentifier", "kind")

    assert "pages never end" in send(msp, "form", endless).text


def test_a_page_that_several_items_lead_on_from_may_end_the_form_by_one_of_them(msp: Msp) -> None:
    ending = broken(samples.form(), f"{PAGES}.0.items.1.nextPageIdentifier", GONE)
    circling = broken(broken(ending, f"{PAGES}.3.submitForm", GONE), f"{PAGES}.3.nextPageIdentifier", "kind")

    assert send(msp, "form", circling).status == 200
    assert ["pages go in a circle" in noted for noted in msp.posts()[-1]["violations"]] == [True]


def test_an_end_that_cannot_be_reached_is_none(msp: Msp) -> None:
    circle = broken(samples.form(), f"{PAGES}.2.nextPageIdentifier", "kind")

    assert "pages never end" in send(msp, "form", circle).text


def test_a_submitting_page_ends_the_form_though_it_leads_on(msp: Msp) -> None:
    assert send(msp, "form", broken(samples.form(), f"{PAGES}.3.nextPageIdentifier", "kind")).status == 200


def test_an_item_without_a_way_of_its_own_takes_the_pages(msp: Msp) -> None:
    without = broken(samples.form(), f"{PAGES}.0.items.0.nextPageIdentifier", GONE)
    shared = broken(without, f"{PAGES}.0.nextPageIdentifier", "size")

    assert send(msp, "form", shared).status == 200
    assert msp.posts()[-1]["violations"] == []


def test_apple_pay_of_an_unregistered_merchant_is_refused_in_apples_words(msp: Msp) -> None:
    msp.control("PUT", "/config", {"merchant_ids": ["merchant.example.cars"]})
    refused = send(msp, "apple_pay", samples.apple_pay())
    msp.control("PUT", "/config", {"merchant_ids": ["merchant.example.bikes"]})
    accepted = send(msp, "apple_pay", samples.apple_pay())
    msp.control("PUT", "/config", {"merchant_ids": None})

    assert refused.text == "400 Bad Request : Merchant Id not found in business registration"
    assert accepted.status == 200


@pytest.mark.parametrize("name", ["sign_in", "legacy_sign_in"])
def test_a_sign_in_request_is_taken_on_its_own_path_only(msp: Msp, name: str) -> None:
    message = envelope("interactive", interactiveData=MAKERS[name]())

    refused = msp.post(message)

    assert refused.status == 400
    assert refused.text.startswith("400 Bad Request : interactiveData.data.authenticate is not taken here")
    assert msp.bubbles() == []
    assert msp.post(message, path="/v1/authenticate").status == 200
    assert (
        "data.authenticate is missing"
        in msp.post(envelope("interactive", interactiveData=quick_reply()), path="/v1/authenticate").text
    )
    assert msp.post(envelope(), path="/v1/authenticate").status == 400


def test_attachments_beside_interactive_data_are_judged(msp: Msp) -> None:
    assert msp.post(envelope("interactive", interactiveData=samples.imessage_app(), attachments=[])).status == 200
    answer = msp.post(envelope("interactive", interactiveData=samples.imessage_app(), attachments=[{}]))
    assert "attachments[0].name is missing" in answer.text


def test_what_a_reference_stands_for_is_judged_when_it_is_sent(msp: Msp) -> None:
    slots = samples.time_picker(samples.in_days(1), samples.in_days(2))
    reference = msp.post(envelope("interactive", interactiveData=slots), include_data_ref="true").json["dataRef"]

    assert msp.post(envelope("interactive", interactiveDataRef=reference)).status == 200
    assert msp.bubbles()[-1]["interactive"] == slots


def test_a_repeated_post_of_a_kind_is_shown_once(msp: Msp) -> None:
    message = envelope("interactive", interactiveData=samples.list_picker(), id=str(uuid.uuid4()))

    assert [msp.post(message).status for _ in range(2)] == [200, 200]
    assert [bubble["posts"] for bubble in msp.bubbles()] == [2]
