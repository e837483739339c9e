from __future__ import annotations

from typing import Any

import pytest

from parley.apple import wire
from parley.apple.wire.node import Node, in_order, pointer, shown
from parley.errors import Fault
from tests.unit.apple.wire.breaking import GONE, errors, mend, put
from tests.unit.apple.wire.samples import NOW, invitation, list_picker, rich_link, text, typing_start


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/v", GONE, "required"),
        ("/v", "1", "wrong_type"),
        ("/v", 2, "unknown_value"),
        ("/v", True, "wrong_type"),
        ("/v", 1.0, "wrong_type"),
        ("/id", GONE, "required"),
        ("/id", "1f6f8a526c394c578d5e7b1f4a0c2d33", "malformed"),
        ("/id", None, "wrong_type"),
        ("/type", "Text", "unknown_value"),
        ("/type", "close", "unknown_value"),
        ("/type", ["text"], "wrong_type"),
        ("/type", GONE, "required"),
        ("/sourceId", "my-business", "malformed"),
        ("/sourceId", "2F0A6F0E-52B8-4C0C-9A44-6F1F3B1A7C11", "malformed"),
        ("/sourceId", GONE, "required"),
        ("/destinationId", "AQAAYexample", "malformed"),
        ("/destinationId", "urn:mbid:AQAA%3D%3D", "malformed"),
        ("/destinationId", "urn:mbid:" + "A" * 1016, "too_long"),
        ("/destinationId", "tel:+15550100", "malformed"),
        ("/destinationId", GONE, "required"),
        ("/locale", "english, please", "malformed"),
        ("/locale", 5, "wrong_type"),
    ],
)
def test_a_broken_envelope_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    assert errors(put(text(), path, value)) == [(path, code)]


@pytest.mark.parametrize("make", [text, typing_start, rich_link, list_picker])
def test_an_unknown_field_is_refused_with_its_path(make: Any) -> None:
    assert errors(put(make(), "/priority", "high")) == [("/priority", "unknown_field")]


def test_a_key_with_slashes_and_tildes_is_escaped_in_its_pointer() -> None:
    assert errors(put(text(), "/a~1b~0c", 1)) == [("/a~1b~0c", "unknown_field")]


@pytest.mark.parametrize("message", [None, [], "text", 5, True])
def test_what_is_no_object_is_refused_as_a_whole(message: object) -> None:
    assert errors(message) == [("", "wrong_type")]
    assert [fault.code for fault in wire.check_content("text", message, now=NOW)] == ["wrong_type"]


def test_an_empty_object_is_told_all_it_lacks() -> None:
    assert errors({}) == [(f"/{name}", "required") for name in ("destinationId", "id", "sourceId", "type", "v")]


def test_a_message_of_unknown_type_is_judged_by_what_it_holds() -> None:
    link = put(put(rich_link(), "/type", "richlink"), "/richLinkData/title", "")
    picker = put(put(list_picker(), "/type", GONE), "/interactiveData/bid", "x")
    words = put(put(text(), "/type", "sms"), "/subject", "")
    nothing = put(put(typing_start(), "/type", "wave"), "/greeting", "hello")

    assert errors(link) == [("/richLinkData/title", "blank"), ("/type", "unknown_value")]
    assert errors(picker) == [("/interactiveData/bid", "malformed"), ("/type", "required")]
    assert errors(words) == [("/subject", "blank"), ("/type", "unknown_value")]
    assert errors(nothing) == [("/greeting", "unknown_field"), ("/type", "unknown_value")]


def test_content_alone_is_told_when_its_type_is_none() -> None:
    faults = wire.check_content("close", {"body": ""}, now=NOW)

    assert [(fault.path, fault.code) for fault in faults] == [("/body", "blank"), ("/type", "unknown_value")]
    assert "only Apple sends close" in faults[1].message


@pytest.mark.parametrize("number", ["+15550100", "tel:15550100", "tel:+05550100", "urn:mbid:AQAA", "tel:+1 555 01 00"])
def test_an_invitation_goes_to_a_telephone_number_only(number: str) -> None:
    assert errors(put(invitation(), "/destinationId", number)) == [("/destinationId", "malformed")]


def test_all_faults_are_reported_at_once_and_in_order() -> None:
    message = {"v": 2, "type": "text", "body": "", "extra": 1, "attachments": [{}, {"size": 5}]}

    found = errors(message)

    assert found == sorted(found)
    assert [path for path, _ in found if path.startswith("/attachments/1")] == [
        f"/attachments/1/{name}" for name in ("key", "mimeType", "name", "owner", "signature-base64", "size", "url")
    ]
    assert {"/body", "/extra", "/v", "/id", "/sourceId", "/destinationId"} <= {path for path, _ in found}


def test_faults_stand_in_the_order_of_array_entries() -> None:
    faults = [Fault(f"/a/{index}", "c", "m") for index in (10, 9, 2)]

    assert [fault.path for fault in in_order(faults)] == ["/a/2", "/a/9", "/a/10"]


def test_a_fault_found_twice_is_told_once_in_its_first_words() -> None:
    faults = [Fault("/a", "c", "first"), Fault("/a", "c", "second"), Fault("/a", "d", "other")]

    assert [fault.message for fault in in_order(faults)] == ["first", "other"]


def test_the_message_says_how_to_mend_it() -> None:
    assert (
        mend(put(text(), "/v", "1"), "/v")
        == "write a whole number, without quotes and without a fraction, not a string"
    )
    assert mend(put(text(), "/v", None), "/v").endswith("not null")
    assert mend(put(text(), "/v", {}), "/v").endswith("not an object")
    assert mend(put(text(), "/body", True), "/body").endswith("not true or false")
    assert mend(put(text(), "/Subject", "x"), "/Subject") == "write subject instead"
    assert mend(put(text(), "/title", "x"), "/title") == (
        "remove it; what may stand here: locale, body, subject, attachments"
    )


def test_a_key_with_a_lone_surrogate_hides_nothing_else() -> None:
    message = put(put(text(), "/\ud800", 1), "/subject", "")
    message["attachments"] = [{"\udc00": 1, "size": 5}]

    found = errors(message)

    assert ("", "unknown_field") in found
    assert ("/attachments/0", "unknown_field") in found
    assert ("/attachments/0/size", "wrong_type") in found
    assert ("/subject", "blank") in found


def test_a_value_with_a_lone_surrogate_is_unprintable() -> None:
    assert errors(put(text(), "/body", "half \ud83d")) == [("/body", "unprintable")]
    assert errors(put(text(), "/type", "\ud83d")) == [("/type", "unknown_value")]


def test_a_node_walks_whatever_it_is_given() -> None:
    node = Node("", {"a": [{"b": 1}, True], "n": None})

    assert [entry.at("b") for entry in node.each("a")] == [("/a/0/b", 1), ("/a/1/b", None)]
    assert node.at("a", "x", "y").value is None
    assert node.each("n") == []
    assert (node.has("n"), node.at("n").has("n")) == (True, False)
    assert Node("", True).integer is None
    assert Node("", 5).text is None


def test_pointers_and_quotes_are_safe_to_print() -> None:
    assert pointer("a", 0, "b/c~d") == "/a/0/b~1c~0d"
    assert shown("x" * 50) == "“" + "x" * 39 + "…”"
    assert shown("a\ud800\n\x85é🙂") == "“a\ufffd\ufffd\ufffdé🙂”"
