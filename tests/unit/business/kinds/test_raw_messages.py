"""Apple's own JSON, given by a business: judged by Apple's rules, and sent as it is."""

from __future__ import annotations

from typing import Any

import pytest

from parley.apple import wire
from parley.business.kinds.paths import translate
from parley.errors import Invalid
from tests.unit.apple.wire.samples import GOOD, NOW, REQUEST
from tests.unit.business.kinds.samples import RAW, Json, mapped, message

CONTENTS = {"interactiveData", "interactiveDataRef", "richLinkData", "richLinkDataRef"}


def raw_of(name: str) -> Json:
    content = GOOD[name]()
    return message("apple", **{key: value for key, value in content.items() if key in CONTENTS})


def faults_of(friendly: Json) -> list[tuple[str, str]]:
    got = mapped(friendly)
    faults = translate(wire.check_content(got.type, got.content, now=NOW), got.paths)
    return [(fault.path, fault.code) for fault in faults if not fault.warning]


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("list picker", "interactive"),
        ("form", "interactive"),
        ("interactive by reference", "interactive"),
        ("rich link", "richLink"),
        ("rich link by reference", "richLink"),
    ],
)
def test_it_is_sent_as_it_is(name: str, type_: str) -> None:
    friendly = raw_of(name)

    got = mapped(friendly)

    assert got.type == type_
    assert got.content == {key: value for key, value in friendly.items() if key in CONTENTS}
    assert faults_of(friendly) == []


def test_what_is_null_in_it_stays_null() -> None:
    friendly = message("apple", interactiveData={"data": {"x": None, "list": [None, {"y": None}]}})

    assert mapped(friendly).content == {"interactiveData": {"data": {"x": None, "list": [None, {"y": None}]}}}


def test_its_request_is_the_one_it_names() -> None:
    assert mapped(raw_of("list picker")).request_identifier == REQUEST
    assert mapped(raw_of("rich link")).request_identifier is None
    assert mapped(message("apple", interactiveData={"data": "none"})).request_identifier is None


def test_its_answer_is_found_by_all_that_it_names() -> None:
    app, invitation = mapped(raw_of("iMessage app")), mapped(raw_of("invitation"))

    assert app.session_identifier == raw_of("iMessage app")["interactiveData"]["sessionIdentifier"]
    assert (invitation.request_identifier, invitation.reference_id) == (REQUEST, "order-9001")
    assert mapped(raw_of("list picker")).reference_id is mapped(raw_of("rich link")).session_identifier is None
    odd = mapped(message("apple", interactiveData={"data": {"notification": {"referenceId": 5}}}))
    assert odd.reference_id is None


def test_a_sign_in_takes_its_own_door() -> None:
    assert mapped(raw_of("authentication")).door == "authenticate"
    assert mapped(raw_of("list picker")).door == "message"


def test_an_invitation_has_its_header() -> None:
    assert mapped(raw_of("invitation")).headers == {"message-type": "notification"}
    assert mapped(raw_of("list picker")).headers == {}


@pytest.mark.parametrize("fields", [{}, {"interactiveData": {}, "richLinkData": {}}, {"interactiveData": None}])
def test_it_has_exactly_one_content(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        mapped(message("apple", **fields))

    assert [(fault.path, fault.code) for fault in caught.value.faults] == [("", "content")]
    assert "interactiveData, interactiveDataRef, richLinkData, richLinkDataRef" in caught.value.message


def test_its_faults_keep_apples_pointers() -> None:
    assert faults_of(RAW) == [("/interactiveData/data/quick-reply/items", "too_few")]
    assert ("/richLinkData/title", "required") in faults_of(message("apple", richLinkData={"url": "https://a.example"}))
