from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as StandardWebhook

from local.business.signature import WrongSignatureError, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
BODY = '{"type": "message.received", "body": "Grüße"}'.encode()
NOW = 1767225600


def headers(changed: dict[str, str] | None = None, *, key: bytes = KEY, at: int = NOW) -> dict[str, str]:
    digest = hmac.new(key, f"msg_1.{at}.".encode() + BODY, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    usual = {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signature}
    return usual | (changed or {})


def test_a_signature_over_id_timestamp_and_body_is_accepted() -> None:
    verify(headers(), BODY, key=KEY, now=NOW)


def test_a_signature_of_the_standards_own_library_is_accepted() -> None:
    signature = StandardWebhook(SECRET).sign("msg_1", datetime.fromtimestamp(NOW, UTC), BODY.decode())

    verify(headers({"webhook-signature": signature}), BODY, key=KEY, now=NOW)


def test_during_a_rotation_one_of_several_signatures_is_enough() -> None:
    new = headers(key=bytes(24))["webhook-signature"]
    signatures = f"{new} v1a,abc {headers()['webhook-signature']}"

    verify(headers({"webhook-signature": signatures}), BODY, key=KEY, now=NOW)


@pytest.mark.parametrize("age", [-300, 300])
def test_a_webhook_is_taken_up_to_five_minutes_from_its_timestamp(age: int) -> None:
    verify(headers(at=NOW - age), BODY, key=KEY, now=NOW)


@pytest.mark.parametrize("age", [-301, 301])
def test_a_webhook_further_from_its_timestamp_is_refused(age: int) -> None:
    with pytest.raises(WrongSignatureError, match="more than five minutes"):
        verify(headers(at=NOW - age), BODY, key=KEY, now=NOW)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"webhook-signature": "v1,AAAA"}, "no signature in webhook-signature matches"),
        ({"webhook-signature": "garbage"}, "no signature in webhook-signature matches"),
        ({"webhook-signature": "v1,\xe4"}, "no signature in webhook-signature matches"),
        ({"webhook-signature": headers()["webhook-signature"].replace("v1,", "v2,")}, "no signature"),
        ({"webhook-signature": headers(key=bytes(24))["webhook-signature"]}, "no signature"),
        ({"webhook-signature": ""}, "header webhook-signature is missing"),
        ({"webhook-id": "msg_2"}, "no signature in webhook-signature matches"),
        ({"webhook-id": ""}, "header webhook-id is missing"),
        ({"webhook-timestamp": str(NOW + 1)}, "no signature in webhook-signature matches"),
        ({"webhook-timestamp": ""}, "header webhook-timestamp is missing"),
        ({"webhook-timestamp": "yesterday"}, "webhook-timestamp is not a Unix time in seconds"),
        ({"webhook-timestamp": "²"}, "webhook-timestamp is not a Unix time in seconds"),
    ],
)
def test_what_the_msp_did_not_sign_is_refused(changed: dict[str, str], problem: str) -> None:
    with pytest.raises(WrongSignatureError, match=problem):
        verify(headers(changed), BODY, key=KEY, now=NOW)


def test_another_body_is_refused() -> None:
    with pytest.raises(WrongSignatureError, match="no signature"):
        verify(headers(), BODY + b" ", key=KEY, now=NOW)
