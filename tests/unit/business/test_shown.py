"""What is shown of a message: what was said, and nothing that opens, proves or pays."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from parley.business import shown

SECRETS: dict[str, Any] = {
    "interactiveData": {
        "bid": "b",
        "appIcon": "CANARY",
        "sessionIdentifier": "s",
        "data": {
            "requestIdentifier": "r",
            "images": [{"identifier": "0", "description": "A bell", "data": "CANARY"}, "CANARY"],
            "authenticate": {
                "oauth2": {"scope": ["email"], "state": "CANARY", "clientSecret": "CANARY", "redirectURI": "CANARY"}
            },
            "payment": {
                "paymentRequest": {"total": {"amount": "1"}},
                "merchantSession": {"signature": "CANARY"},
                "endpoints": {"paymentGatewayUrl": "CANARY"},
            },
            "notification": {"referenceId": "order", "parameters": {"brandName": "Bikes", "brandLogo": "CANARY"}},
        },
        "receivedMessage": {"title": "Sign in"},
    },
    "interactiveDataRef": {"bid": "b", "title": "T", "url": "CANARY", "key": "CANARY", "owner": "CANARY"},
    "richLinkDataRef": {"title": "T", "url": "CANARY", "signature-base64": "CANARY", "dataRefSig": "CANARY"},
    "richLinkData": {
        "url": "https://shop.example/",
        "assets": {"image": {"data": "CANARY", "mimeType": "image/png"}, "video": {"url": "https://v.example/"}},
    },
    "attachments": [{"id": "f"}],
}


def test_what_a_business_sent_is_shown_without_what_it_keeps_to_itself() -> None:
    before = deepcopy(SECRETS)

    raw = shown.outbound("interactive", SECRETS | {"attachments": None})["raw"]

    assert before == SECRETS, "what was stored stays as it is"
    assert "CANARY" not in json.dumps(raw)
    data = raw["interactiveData"]["data"]
    assert data["images"] == [{"identifier": "0", "description": "A bell"}]
    assert data["authenticate"] == {"oauth2": {"scope": ["email"]}}
    assert data["payment"] == {"paymentRequest": {"total": {"amount": "1"}}}
    assert data["notification"]["parameters"] == {"brandName": "Bikes"}
    assert raw["interactiveData"]["receivedMessage"] == {"title": "Sign in"}
    assert raw["interactiveDataRef"] == {"bid": "b", "title": "T"}
    assert raw["richLinkData"]["assets"] == {"image": {"mimeType": "image/png"}, "video": {"url": "https://v.example/"}}


@pytest.mark.parametrize("show", [shown.inbound, shown.outbound])
def test_a_text_is_its_words(show: Any) -> None:
    assert show("text", {"body": "Hi", "subject": "S", "attachments": [], "sourceId": "x"}) == {
        "body": "Hi",
        "subject": "S",
    }
    assert show("text", {}) == {}


def test_a_customers_answer_is_shown_without_what_opens_something() -> None:
    raw = shown.inbound(
        "interactive",
        {
            "id": "m",
            "sourceId": "CANARY",
            "destinationId": "CANARY",
            "attachments": ["CANARY"],
            "interactiveDataRef": {"title": "T", "key": "CANARY", "signature": "CANARY"},
            "interactiveData": {
                "data": {"authenticate": {"status": "authenticated", "token": "CANARY", "code": "CANARY"}}
            },
        },
    )["raw"]

    assert raw == {
        "id": "m",
        "interactiveDataRef": {"title": "T"},
        "interactiveData": {"data": {"authenticate": {"status": "authenticated"}}},
    }


def test_a_message_without_content_of_its_own_shows_none() -> None:
    assert shown.outbound("richLink", {}) == {}
