"""The Python client believes a webhook only with a signature."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parley.business import signing, webhooks
from parley_client.webhooks import NotVerifiedError, verify

NOW = 1_767_225_600
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = webhooks.event("message.received", at=NOW, data={"message": {"body": "Grüße 🚲"}})


def headers(*secrets: str, body: bytes = BODY, **changed: str) -> dict[str, str]:
    made = signing.signed_headers(secrets or (SECRET,), webhook_id="msg-1", timestamp=NOW, body=body)
    return {name: value for name, value in {**made, **changed}.items() if value}


def test_a_signed_webhook_is_its_event() -> None:
    assert verify(BODY, headers(), SECRET, now=NOW) == json.loads(BODY)


@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_either_secret_is_good_while_it_changes(secrets: tuple[str, ...]) -> None:
    assert verify(BODY, headers(), *secrets, now=NOW)["type"] == "message.received"
    assert verify(BODY, headers(*secrets), OTHER, now=NOW)["type"] == "message.received"


@pytest.mark.parametrize("late", [-300, 300])
def test_five_minutes_are_near_enough(late: int) -> None:
    verify(BODY, headers(), SECRET, now=NOW + late)
    with pytest.raises(NotVerifiedError, match="too far"):
        verify(BODY, headers(), SECRET, now=NOW + late * 1.01)
    verify(BODY, headers(), SECRET, now=NOW + late * 1.01, tolerance=400)


def test_by_the_clock_an_old_one_is_too_old() -> None:
    with pytest.raises(NotVerifiedError, match="too far"):
        verify(BODY, headers(), SECRET)


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        (BODY + b" ", {}),
        (BODY, {"webhook-id": "msg-2"}),
        (BODY, {"webhook-timestamp": str(NOW + 1)}),
        (BODY, {"webhook-signature": "v1,AAAA"}),
        (BODY, {"webhook-signature": "v1,\u00e9"}),
        (BODY, {"webhook-signature": ""}),
        (BODY, {"webhook-id": ""}),
        (BODY, {"webhook-timestamp": "soon"}),
        (BODY, {"webhook-timestamp": "\u0661"}),
        (BODY, {"webhook-timestamp": "9" * 16}),
        (BODY, {"webhook-timestamp": ""}),
    ],
)
def test_what_was_changed_on_the_way_is_not_believed(body: bytes, changed: dict[str, Any]) -> None:
    with pytest.raises(NotVerifiedError):
        verify(body, headers(**changed), SECRET, now=NOW)


def test_nobody_is_believed_without_a_secret() -> None:
    with pytest.raises(NotVerifiedError):
        verify(BODY, headers(), now=NOW)


def test_a_secret_that_is_none_is_a_mistake_of_the_receiver() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify(BODY, headers(), "whsec_not base64!", now=NOW)


def test_signed_nonsense_is_no_event() -> None:
    with pytest.raises(NotVerifiedError, match="JSON"):
        verify(b"{", headers(body=b"{"), SECRET, now=NOW)
