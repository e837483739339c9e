"""Sign-ins, payments and apps as a phone answers them (protocol/04 §7, 06, 07)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local.gateway import legacy_token
from tests.unit.local import samples
from tests.unit.local.samples import LEGACY_KEY, MAKERS, broken, send

if TYPE_CHECKING:
    from tests.unit.local.wire import Msp, StubMsp

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.usefixtures("stub_msp")]

KEY = "data.authenticate.oauth2.responseEncryptionKey"
PRIVATE = ec.derive_private_key(int("0123456789abcdef" * 6, 16), ec.SECP384R1())
VECTOR = (
    "BMeRxXWPePJ3+kOxRgCuFCT92T8ZcMBlB0hkLsuZyWaoqGfMaX+j0SZG2kz3rlsojBhUvbCFx+8NE44D4hFXrixRjJ9yJPEfjc1TPdNnJUn0"
    "0xJLyWU1gj00naz13aHgGZO9Wet5nDC4vI+FGJamfIDApePh4KD+S0WezkWkitTvBRdHOcKpQy4="
)


def reply(msp: Msp, name: str, interactive: dict[str, Any] | None = None, **order: Any) -> Any:
    """Show a message of a kind and answer it; returns the reply's interactive data."""
    assert send(msp, name, interactive or MAKERS[name]()).status == 200
    answer = msp.control("POST", "/phones/reply", order)
    assert answer.status == 200, answer.text
    return answer.json["interactive_data"]


def problem(msp: Msp, name: str, interactive: dict[str, Any] | None = None, **order: Any) -> str:
    assert send(msp, name, interactive or MAKERS[name]()).status == 200
    answer = msp.control("POST", "/phones/reply", order)
    assert answer.status == 400, answer.text
    return answer.text


def opened(token: str) -> str:
    """Decrypt a legacy token as protocol/07 §2 says."""
    blob = base64.b64decode(token)
    point, sealed = blob[:97], blob[97:]
    shared = PRIVATE.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), point))
    stretched = b"".join(hashlib.sha256(shared + bytes([0, 0, 0, counter]) + point).digest() for counter in (1, 2))
    return AESGCM(stretched[:32]).decrypt(stretched[32:48], sealed, None).decode()


def test_a_new_sign_in_tells_its_status(msp: Msp) -> None:
    data = reply(msp, "sign_in")["data"]

    assert data["authenticate"] == {"status": "success"}
    assert data["replyMessage"] == {"title": "Your choice", "alternateTitle": "Your choice", "style": "icon"}


@pytest.mark.parametrize(
    ("order", "outcome", "title"),
    [
        ({"status": "failure"}, {"status": "failure"}, "Authentication Failed"),
        ({"status": "failure", "error_code": "-9"}, {"status": "failure", "error_code": "-9"}, "Authentication Failed"),
        ({"status": "cancel"}, {"status": "cancel"}, "Your choice"),
        ({"action": "decline"}, {"status": "cancel"}, "Your choice"),
        ({"status": "success", "code": "abc"}, {"status": "success", "code": "abc"}, "Your choice"),
    ],
)
def test_a_new_sign_in_can_end_in_every_way(
    msp: Msp, order: dict[str, Any], outcome: dict[str, str], title: str
) -> None:
    data = reply(msp, "sign_in", **order)["data"]

    assert (data["authenticate"], data["replyMessage"]["title"]) == (outcome, title)


def test_the_vector_of_a_legacy_token_is_met() -> None:
    scalar = int("7edcba9876543210" + "fedcba9876543210" * 5, 16)
    ephemeral = ec.derive_private_key(scalar, ec.SECP384R1())

    token = legacy_token.seal("sample-access-token-0001", legacy_token.read_key(LEGACY_KEY), ephemeral=ephemeral)

    assert token == VECTOR
    assert opened(token) == "sample-access-token-0001"


def test_a_legacy_sign_in_brings_a_token_only_the_msp_can_read(msp: Msp) -> None:
    outcome = reply(msp, "legacy_sign_in", token="tok-1")["data"]["authenticate"]

    assert (outcome["status"], opened(outcome["token"])) == ("authenticated", "tok-1")


def test_every_legacy_token_is_encrypted_anew(msp: Msp) -> None:
    tokens = {reply(msp, "legacy_sign_in", token="tok-1")["data"]["authenticate"]["token"] for _ in range(2)}

    assert len(tokens) == 2


@pytest.mark.parametrize("order", [{"status": "failed"}, {"action": "decline"}])
def test_a_legacy_sign_in_can_fail(msp: Msp, order: dict[str, Any]) -> None:
    data = reply(msp, "legacy_sign_in", **order)["data"]

    assert data["authenticate"] == {"status": "failed"}
    assert data["replyMessage"]["title"] == data["replyMessage"]["alternateTitle"] == "Authentication Failed"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (LEGACY_KEY.replace("+", "-").replace("/", "_"), 1),
        (base64.b64encode(b"\x02" + bytes(48)).decode(), 2),
        (base64.b64encode(b"\x04" + bytes(96)).decode(), 2),
    ],
)
def test_a_key_of_no_use_makes_the_phone_fail_with_its_code(msp: Msp, key: str, code: int) -> None:
    asked = broken(samples.legacy_sign_in(), KEY, key)

    outcome = reply(msp, "legacy_sign_in", asked)["data"]["authenticate"]

    assert outcome["status"] == "failed"
    (error,) = outcome["errors"]
    assert (error["code"], error["domain"]) == (code, "com.apple.icloud.messages.business.cryptor")
    assert "so the phone can only fail" in problem(msp, "legacy_sign_in", asked, status="authenticated")


def test_the_two_generations_do_not_mix(msp: Msp) -> None:
    assert "new form" in problem(msp, "sign_in", status="authenticated")
    assert "legacy form only" in problem(msp, "sign_in", token="x")
    assert "legacy form" in problem(msp, "legacy_sign_in", status="success")
    assert "new form only" in problem(msp, "legacy_sign_in", code="x")


def test_a_payment_echoes_everything_with_capital_types(msp: Msp) -> None:
    asked = samples.apple_pay()["data"]["payment"]

    data = reply(msp, "apple_pay")["data"]

    payment = data["payment"]
    assert payment["state"] == "paid"
    assert (payment["merchantSession"], payment["endpoints"]) == (asked["merchantSession"], asked["endpoints"])
    assert [item["type"] for item in payment["paymentRequest"]["lineItems"]] == ["Final", "Pending"]
    assert payment["paymentRequest"]["total"] == {"label": "Example Bikes", "amount": "61.00", "type": "Final"}
    assert data["replyMessage"] == {
        "title": "Order 9001",
        "alternateTitle": "Order 9001",
        "subtitle": "Paid €61.00 with Apple Pay",
        "style": "large",
    }


@pytest.mark.parametrize(
    ("order", "subtitle"),
    [
        ({"state": "paymentNotCompleted"}, "€61.00 \N{EN DASH} Payment Not Completed"),
        ({"action": "decline"}, "€61.00 \N{EN DASH} Payment Not Completed"),
        ({"action": "decline", "locale": "de_DE"}, "61,00 € \N{EN DASH} Zahlung nicht abgeschlossen"),
    ],
)
def test_a_payment_can_be_broken_off(msp: Msp, order: dict[str, Any], subtitle: str) -> None:
    data = reply(msp, "apple_pay", **order)["data"]

    assert (data["payment"]["state"], data["replyMessage"]["subtitle"]) == ("paymentNotCompleted", subtitle)


def test_an_app_answers_at_the_outer_level(msp: Msp) -> None:
    asked = samples.imessage_app()

    interactive = reply(msp, "imessage_app", url="?route=78")

    echoed = ("bid", "appId", "appName", "receivedMessage", "useLiveLayout", "sessionIdentifier")
    assert interactive == {**{key: asked[key] for key in echoed}, "URL": "?route=78"}


def test_an_app_that_changes_nothing_answers_with_the_same_url(msp: Msp) -> None:
    assert reply(msp, "imessage_app")["URL"] == "?route=77&level=easy"


def test_what_an_app_sent_can_be_decoded_from_a_reference(msp: Msp, stub_msp: StubMsp) -> None:
    reply(msp, "imessage_app", by_reference=True)

    assert stub_msp.received[0].json["interactiveDataRef"]["bid"] == samples.THIRD_PARTY
