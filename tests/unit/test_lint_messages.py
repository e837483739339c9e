"""What `parley lint` says of messages of every sort: what the API would, and Apple."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from local.lint import faults_of
from local.trigger.fixtures import FOLDER
from parley.apple import wire
from parley.business import pictures, sends
from parley.errors import Invalid
from tests.contract.corpus.everything import BROKEN, GOOD
from tests.contract.corpus.parts import NOW

TO = "urn:mbid:AQAAYexample0customer0A=="
TEXT: dict[str, Any] = {"to": TO, "type": "text", "body": "Hello"}
LINK: dict[str, Any] = {"to": TO, "type": "rich_link", "url": "https://shop.example/", "title": "Our shop"}
QUESTION: dict[str, Any] = {
    "to": TO,
    "type": "quick_reply",
    "text": "Was this helpful?",
    "items": [{"identifier": "yes", "title": "Yes"}, {"identifier": "no", "title": "No"}],
}
JPEG = json.loads((FOLDER / "outbound/rich-link-photo.json").read_text("utf-8"))["image"]["data"]


def found(message: object, *, warnings: bool = False) -> list[tuple[str, str]]:
    """Path and code of the faults, or of the warnings."""
    return [(fault.path, fault.code) for fault in faults_of(message, now=NOW) if fault.warning is warnings]


def test_json_that_is_deeper_than_the_api_reads_is_a_fault() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"a": deep}

    assert found(TEXT | {"fallback": deep}) == [("", "body_not_json")]


def test_a_body_that_is_too_large_is_a_fault() -> None:
    assert found(TEXT | {"body": "x" * sends.MAX_BODY_BYTES}) == [("", "body_too_large")]


@pytest.mark.parametrize("key", ["v", "sourceId", "destinationId"])
def test_apples_json_without_one_of_its_ids_is_still_apples(key: str) -> None:
    message = json.loads((FOLDER / "outbound/list-picker-wire.json").read_text("utf-8"))
    del message[key]

    assert found(message) == [(f"/{key}", "required")]


@pytest.mark.parametrize(
    ("image", "faults"),
    [
        ({"data": JPEG}, []),
        ({"data": f"data:image/jpeg;base64,{JPEG}"}, []),
        ({"url": "https://shop.example/bell.jpg"}, []),
        ({"attachment_id": "a-1"}, []),
        ({}, [("/image", "required")]),
        ({"data": JPEG, "url": "https://shop.example/bell.jpg"}, [("/image", "exclusive")]),
        ({"data": "bell.jpg"}, [("/image/data", "picture_not_base64")]),
        ({"data": base64.b64encode(b"a bell").decode()}, [("/image/data", "picture_unreadable")]),
        ({"url": "http://shop.example/bell.jpg"}, [("/image/url", "url_not_https")]),
        ({"url": "https://10.0.0.1/bell.jpg"}, [("/image/url", "address_forbidden")]),
        ({"url": "https://kim:secret@shop.example/"}, [("/image/url", "url_userinfo")]),
        ({"url": "bell.jpg"}, [("/image/url", "url_malformed")]),
    ],
)
def test_pictures_inside_are_looked_at_and_the_others_stood_in_for(
    image: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    assert found(LINK | {"image": image}) == faults


def test_without_pillow_a_picture_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_arguments: object, **_options: object) -> pictures.Png:
        raise ImportError("No module named 'PIL'")

    monkeypatch.setattr(pictures, "fit", missing)

    assert found(LINK | {"image": {"data": JPEG}}) == []


def test_a_picture_is_found_wherever_it_stands() -> None:
    message = json.loads((FOLDER / "outbound/list-picker-full.json").read_text("utf-8"))
    message["image"], message["reply"]["image"] = {"data": "?"}, {"data": "??"}
    message["sections"][0]["items"][1]["image"] = {"data": "???"}

    assert sorted(found(message)) == [
        ("/image/data", "picture_not_base64"),
        ("/reply/image/data", "picture_not_base64"),
        ("/sections/0/items/1/image/data", "picture_not_base64"),
    ]


def test_a_fallback_message_is_checked_where_it_stands() -> None:
    instead = {"type": "rich_link", "url": "shop.example", "title": "Ours", "image": {"data": JPEG}}

    assert found(QUESTION | {"fallback": instead}) == [("/fallback/url", "not_https")]


def test_a_fault_of_the_sender_or_the_address_is_told_once() -> None:
    message = {**QUESTION, "to": "tel:+15550100", "agent": "kim@example.net", "fallback": {"type": "text", "body": "?"}}

    assert {path for path, _ in found(message)} == {"/agent"}
    assert found({**message, "agent": "bot"}) == [("/to", "malformed")]


def test_both_a_message_and_its_fallback_are_told_their_faults() -> None:
    message = {**QUESTION, "text": "", "fallback": {"type": "text", "body": "Yes or no?", "colour": "red"}}

    assert sorted(found(message)) == [("/fallback/colour", "unknown_field"), ("/text", "blank")]


@pytest.mark.parametrize(
    ("to", "faults", "warnings"),
    [
        (TO, [], []),
        ("mfzgqylcmnsgkzlqojxw42djnr", [], []),
        ("customer-7", [], [("/to", "unknown_conversation")]),
        ("urn%3Ambid%3AAQAA", [], [("/to", "unknown_conversation")]),
        ("urn:mbid:", [("/to", "malformed")], []),
        ("tel:+15550100", [("/to", "malformed")], []),
    ],
)
def test_an_address_nobody_can_have_is_told(
    to: str, faults: list[tuple[str, str]], warnings: list[tuple[str, str]]
) -> None:
    message = {**TEXT, "to": to}

    assert (found(message), found(message, warnings=True)) == (faults, warnings)


def test_a_link_that_will_be_a_preview_is_no_reason_to_warn() -> None:
    body = {"body": "See https://shop.example/"}

    assert found(TEXT | body, warnings=True) == []
    assert found(TEXT | body | {"links": "plain"}, warnings=True) == [("/body", "url_in_text")]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"to": TO, "type": "picture"},
        {"to": TO, "type": "list_picker", "title": 5, "sections": [{"items": "none"}]},
        TEXT | {"agent": "kim@example.net"},
        TEXT | {"fallback": 5},
        TEXT | {"fallback": {"type": "form"}},
    ],
)
def test_what_the_api_refuses_is_told_in_its_words(message: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        sends.read(json.dumps(message).encode())

    said = [(fault.path, fault.code, fault.message) for fault in faults_of(message, now=NOW)]
    assert {(fault.path, fault.code, fault.message) for fault in refused.value.faults} <= set(said)


def test_apples_json_is_judged_as_the_wire_check_judges_it() -> None:
    for case in (*GOOD, *BROKEN):
        message = case.message()
        if "v" in message:
            assert faults_of(message, now=NOW) == wire.check(message, now=NOW), case.name


def test_files_by_their_ids_are_good_and_more_places_than_files_are_not() -> None:
    message = {"to": "urn:mbid:AQAAYexample0customer0A==", "attachments": [{"id": "a"}, {"id": "b"}]}

    assert faults_of(message, now=0) == []
    assert [fault.path for fault in faults_of({**message, "body": "\ufffc" * 3}, now=0)] == ["/body"]
