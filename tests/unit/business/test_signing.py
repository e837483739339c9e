"""Signatures, byte for byte those of the official Standard Webhooks package."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from parley.business import signing, webhooks
from parley.errors import Fatal

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def signed(*keys: str, body: bytes = b'{"test": 2432232314}', timestamp: int = 1_614_265_330) -> dict[str, str]:
    return signing.signed_headers(keys, webhook_id=MESSAGE_ID, timestamp=timestamp, body=body)


def test_the_published_example_is_reproduced() -> None:
    assert signed(SECRET) == {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("body", [b"{}", b"", b'{"a":"b"}\n', "Gr\u00fc\u00dfe \U0001f6b2".encode(), b"x" * 300_000])
@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_every_signature_is_that_of_the_official_package(secret: str, body: bytes) -> None:
    when = datetime(2026, 1, 1, 12, 30, 59, tzinfo=UTC)

    ours = signed(secret, body=body, timestamp=int(when.timestamp()))["webhook-signature"]

    assert ours == Webhook(secret).sign(MESSAGE_ID, when, body.decode())


def test_the_official_package_takes_what_we_send_and_refuses_what_was_changed() -> None:
    now = int(datetime.now(UTC).timestamp())
    headers = signed(SECRET, body=b'{"a":1}', timestamp=now)

    assert Webhook(SECRET).verify(b'{"a":1}', headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b'{"a":2}', headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b'{"a":1}', headers | {"webhook-id": "another"})


def test_while_keys_overlap_either_of_them_verifies() -> None:
    now = int(datetime.now(UTC).timestamp())
    headers = signed(OTHER, SECRET, body=b"{}", timestamp=now)

    assert headers["webhook-signature"].split(" ") == [
        signed(OTHER, body=b"{}", timestamp=now)["webhook-signature"],
        signed(SECRET, body=b"{}", timestamp=now)["webhook-signature"],
    ]
    assert Webhook(SECRET).verify(b"{}", headers) == {}
    assert Webhook(OTHER).verify(b"{}", headers) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(b"{}", headers)


def test_a_rotation_is_seamless_for_a_receiver_that_changes_at_any_time() -> None:
    now = int(datetime.now(UTC).timestamp())
    old, new = signing.new_secret(), signing.new_secret()
    before, during, after = (signed(*keys, body=b"{}", timestamp=now) for keys in ([old], [new, old], [new]))

    assert [Webhook(old).verify(b"{}", headers) for headers in (before, during)] == [{}, {}]
    assert [Webhook(new).verify(b"{}", headers) for headers in (during, after)] == [{}, {}]
    for key, headers in ((new, before), (old, after)):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(b"{}", headers)


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_the_official_package_refuses_what_was_signed_at_another_time(seconds: int) -> None:
    headers = signed(SECRET, body=b"{}", timestamp=int(datetime.now(UTC).timestamp()) + seconds)

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b"{}", headers)


@pytest.mark.parametrize("seconds", [-290, 0, 290])
def test_the_official_package_takes_what_was_signed_within_five_minutes(seconds: int) -> None:
    headers = signed(SECRET, body=b"{}", timestamp=int(datetime.now(UTC).timestamp()) + seconds)

    assert Webhook(SECRET).verify(b"{}", headers) == {}


@given(
    text=st.text(max_size=200),
    webhook_id=st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True),
    keys=st.lists(st.binary(min_size=1, max_size=64), min_size=1, max_size=3),
)
def test_the_official_package_takes_every_event_under_every_key(text: str, webhook_id: str, keys: list[bytes]) -> None:
    now = datetime.now(UTC)
    body = webhooks.event("message.received", at=now.timestamp(), data={"body": text})
    secrets = [f"whsec_{base64.b64encode(key).decode()}" for key in keys]

    headers = signing.signed_headers(secrets, webhook_id=webhook_id, timestamp=int(now.timestamp()), body=body)

    for secret in secrets:
        assert Webhook(secret).verify(body, headers)["data"]["body"] == text
        assert Webhook(secret).sign(webhook_id, now, body.decode()) in headers["webhook-signature"].split(" ")


def test_nothing_goes_out_unsigned() -> None:
    with pytest.raises(Fatal):
        signed()


def test_a_new_secret_is_long_random_and_in_the_standards_form() -> None:
    secrets = {signing.new_secret() for _ in range(50)}

    assert len(secrets) == 50
    assert all(len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32 for secret in secrets)
    assert all(Webhook(secret) for secret in secrets)


def test_a_secret_without_its_prefix_means_the_same() -> None:
    assert signed(SECRET.removeprefix("whsec_")) == signed(SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_\u00e4", "whsec_MfKQ9", "WHSEC_AAECAwQF"])
def test_a_secret_that_is_none_is_an_operators_mistake(secret: str) -> None:
    with pytest.raises(Fatal) as caught:
        signed(secret)

    assert not secret.removeprefix("whsec_") or secret.removeprefix("whsec_") not in str(caught.value)
