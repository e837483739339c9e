"""The JWT vectors of protocol/15 §1, in both directions."""

from __future__ import annotations

import jwt
import pytest

from parley.apple import limits, tokens
from parley.apple.tokens import Credential
from parley.errors import Fatal, Forbidden
from tests.support.apple_requests import MSP_ID, SECRET
from tests.support.clock import NEW_YEAR

TO_APPLE = (
    "eyJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJpYXQiOjE3NjcyMjU2MDB9"
    ".l2qwdtYr1w7qu0l8E4GdLDshGSrZCcriOGn0_ojKUXM"
)
FROM_APPLE = (
    "eyJhbGciOiJIUzI1NiJ9"
    ".eyJhdWQiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJpYXQiOjE3NjcyMjU2MDB9"
    ".M45Q8UH6COIiZH3SdW6LeXBvpFDt7Gmxb_NKbgVzwjw"
)
CREDENTIAL = Credential.of(MSP_ID, SECRET)


def parts(token: str) -> list[str]:
    return token.split(".")


def test_the_key_is_the_decoded_secret_and_not_its_text() -> None:
    assert CREDENTIAL.key == bytes(range(32))


def test_a_token_of_apples_is_believed() -> None:
    assert tokens.verify(f"Bearer {FROM_APPLE}", [CREDENTIAL], now=NEW_YEAR) is CREDENTIAL


def test_a_token_for_apple_has_exactly_the_claims_of_the_vector() -> None:
    minted = tokens.sign(CREDENTIAL, now=NEW_YEAR + limits.TOKEN_BACKDATE_SECONDS)

    assert parts(minted)[1] == parts(TO_APPLE)[1]


def test_a_token_for_apple_is_signed_like_the_vector() -> None:
    minted = tokens.sign(CREDENTIAL, now=NEW_YEAR + limits.TOKEN_BACKDATE_SECONDS)

    header = jwt.get_unverified_header(minted)
    again = jwt.encode(jwt.decode(minted, options={"verify_signature": False}), bytes(range(32)), headers={"typ": None})

    assert header["alg"] == "HS256"
    assert set(header) <= {"alg", "typ"}
    assert again == TO_APPLE


def test_a_token_for_apple_never_comes_from_the_future() -> None:
    claims = jwt.decode(tokens.sign(CREDENTIAL, now=NEW_YEAR + 0.9), options={"verify_signature": False})

    assert claims["iat"] == NEW_YEAR - limits.TOKEN_BACKDATE_SECONDS
    assert isinstance(claims["iat"], int)


def test_the_token_we_send_does_not_open_our_own_door() -> None:
    with pytest.raises(Forbidden) as caught:
        tokens.verify(f"Bearer {TO_APPLE}", [CREDENTIAL], now=NEW_YEAR)

    assert caught.value.code == "token_audience"


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "not base64!",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",  # padding lost
        "AAECAwQFBgcICQoLDA0ODw\n==",
        "AAEC",
        "gehe\u00efm",
    ],
)
def test_a_secret_that_apple_cannot_have_issued_is_an_operators_mistake(secret: str) -> None:
    with pytest.raises(Fatal) as caught:
        Credential.of(MSP_ID, secret)

    assert secret == "" or secret not in str(caught.value)


def test_a_credential_needs_the_msp_id() -> None:
    with pytest.raises(Fatal):
        Credential.of("", SECRET)


def test_a_credential_shows_no_key_when_printed() -> None:
    assert "key" not in repr(CREDENTIAL)
    assert repr(bytes(range(32))) not in repr(CREDENTIAL)
