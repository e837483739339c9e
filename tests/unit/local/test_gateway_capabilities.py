from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.gateway.kinds import read_capabilities
from tests.unit.local.samples import MAKERS, send
from tests.unit.local.wire import OPAQUE_ID, Msp, envelope, quick_reply

if TYPE_CHECKING:
    from tests.unit.local.wire import StubMsp

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NEEDED = {
    "quick_reply": "QUICK",
    "list_picker": "LIST",
    "time_picker": "TIME",
    "form": "FORM",
    "sign_in": "AUTH2",
    "legacy_sign_in": "AUTH",
}
ALL = ["AUTH", "LIST", "TIME", "FORM", "QUICK", "AUTH2"]


def able(msp: Msp, capabilities: list[str]) -> None:
    """Put another device into the customer's hand."""
    msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "capabilities": capabilities})


@pytest.fixture(autouse=True)
def _an_iphone_again(msp: Msp) -> Any:
    yield
    able(msp, ALL)


@pytest.mark.parametrize(("name", "token"), NEEDED.items())
def test_a_kind_the_device_lacks_is_accepted_and_not_shown(msp: Msp, name: str, token: str) -> None:
    able(msp, [other for other in ALL if other != token])

    assert send(msp, name, MAKERS[name]()).status == 200

    (bubble,) = msp.bubbles()
    assert bubble["shown_as"] == "unsupported"
    assert bubble["shown"] == "This message cannot be shown on this device."
    violation = f"the customer's device does not list {token} and cannot show this message"
    assert bubble["violations"] == msp.posts()[-1]["violations"] == [violation]


@pytest.mark.parametrize(("name", "token"), NEEDED.items())
def test_a_kind_the_device_lists_is_shown(msp: Msp, name: str, token: str) -> None:
    able(msp, [f" {token.lower()} "])

    send(msp, name, MAKERS[name]())

    (bubble,) = msp.bubbles()
    assert bubble["shown_as"] == bubble["kind"]
    assert bubble["violations"] == []


@pytest.mark.parametrize("name", ["imessage_app", "apple_pay"])
def test_kinds_without_a_token_are_shown_on_every_device(msp: Msp, name: str) -> None:
    able(msp, [])

    send(msp, name, MAKERS[name]())
    msp.post(envelope())

    assert [bubble["shown_as"] for bubble in msp.bubbles()] == [name, "text"]


def test_the_device_is_the_one_the_customer_last_wrote_from(msp: Msp, stub_msp: StubMsp) -> None:
    message = envelope("interactive", interactiveData=quick_reply())
    msp.control("POST", "/messages", {"body": "from a Mac", "capabilities": ["list"]})
    msp.post(message)
    msp.control("POST", "/messages", {"body": "from the iPhone"})
    msp.post({**message, "id": envelope()["id"]})

    assert [bubble["shown_as"] for bubble in msp.bubbles()] == ["unsupported", "quick_reply"]


def test_what_is_not_shown_cannot_be_tapped(msp: Msp, stub_msp: StubMsp) -> None:
    able(msp, [])
    msp.post(envelope("interactive", interactiveData=quick_reply()))

    answer = msp.control("POST", "/phones/reply", {"identifier": "yes"})

    assert (answer.status, stub_msp.received) == (409, [])
    assert "answer by text" in answer.json["error"]


def test_capabilities_are_read_as_the_header_may_carry_them() -> None:
    assert read_capabilities("AUTH%2CLIST%2CTIME%2CFORM%2CQUICK%2CAUTH2") == set(ALL)
    assert read_capabilities(" list, quick ,Time,") == {"LIST", "QUICK", "TIME"}
    assert read_capabilities("") == read_capabilities([]) == set()
