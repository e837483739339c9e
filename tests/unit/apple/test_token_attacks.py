"""What must not get in, and what must."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest

from parley.apple import tokens
from parley.apple.tokens import Credential
from parley.errors import Forbidden, Unauthorized
from tests.support.apple_requests import CREDENTIAL, MSP_ID, OTHER_CREDENTIAL, token
from tests.support.clock import NEW_YEAR

DEEP = 100_000


def code_of(authorization: str | None, *credentials: Credential, now: float = NEW_YEAR) -> str:
    with pytest.raises((Forbidden, Unauthorized)) as caught:
        tokens.verify(authorization, credentials or [CREDENTIAL], now=now)
    return caught.value.code


def believed(authorization: str, *credentials: Credential, now: float = NEW_YEAR) -> bool:
    return tokens.verify(authorization, credentials or [CREDENTIAL], now=now) is not None


def segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(header: bytes, payload: bytes, key: bytes = CREDENTIAL.key) -> str:
    """A JWS with a right HS256 signature over whatever is in it."""
    content = f"{segment(header)}.{segment(payload)}"
    return f"Bearer {content}.{segment(hmac.new(key, content.encode(), hashlib.sha256).digest())}"


def claims(**changed: Any) -> bytes:
    return json.dumps({"aud": MSP_ID, "iat": int(NEW_YEAR)} | changed).encode()


HS256 = b'{"alg":"HS256"}'


@pytest.mark.parametrize("header", [None, "", "   "])
def test_no_token_is_told_apart_from_a_bad_one(header: str | None) -> None:
    with pytest.raises(Unauthorized) as caught:
        tokens.verify(header, [CREDENTIAL], now=NEW_YEAR)

    assert caught.value.code == "token_missing"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        token(),
        f"Bearer{token()}",
        f"Token {token()}",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer " + "." * 10_000,
        "Bearer " + "\u00e4" * 20,
        "Bearer \U0001f512.\U0001f512.\U0001f512",
        "Bearer \ud800.a.b",
        f"Bearer {token()} {token()}",
        f"Bearer {token()}.more",
        f"Bearer {token()[:-1]}",
        signed(b"[]", claims()),
        signed(b"not json", claims()),
        signed(b'{"alg":"HS256","b64":false,"crit":["b64"]}', claims()),
        signed(b'{"alg":"HS256","crit":["x"],"x":1}', claims()),
        signed(HS256, b"[]"),
        signed(HS256, b"not json"),
        signed(HS256, b"\xff\xfe"),
        signed(b'{"alg":"HS256","x":' + b"[" * DEEP + b"]" * DEEP + b"}", claims()),
        signed(HS256, b'{"aud":' + b"[" * DEEP + b"]" * DEEP + b"}"),
        signed(HS256, claims(iat="1767225600")),
        signed(HS256, claims(iat=True)),
        signed(HS256, claims(iat=[1])),
        signed(HS256, claims(iat={})),
    ],
)
def test_what_cannot_be_read_is_forbidden(header: str) -> None:
    assert code_of(header) in {"token_malformed", "token_signature"}


def test_a_token_without_signature_is_forbidden() -> None:
    unsigned = jwt.encode({"aud": MSP_ID, "iat": int(NEW_YEAR)}, "", algorithm="none")

    assert code_of(f"Bearer {unsigned}") == "token_algorithm"


@pytest.mark.parametrize(
    "algorithm",
    ["none", "None", "NONE", "nOnE", "hs256", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "", None, 256],
)
def test_no_other_algorithm_is_believed_even_over_a_right_mac(algorithm: object) -> None:
    header = json.dumps({"alg": algorithm}).encode()

    assert code_of(signed(header, claims())) in {"token_algorithm", "token_malformed"}


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_longer_mac_with_the_right_key_is_forbidden(algorithm: str) -> None:
    key = CREDENTIAL.key * 2
    longer = jwt.encode({"aud": MSP_ID, "iat": int(NEW_YEAR)}, key, algorithm=algorithm)

    assert code_of(f"Bearer {longer}", Credential(MSP_ID, key)) == "token_algorithm"


def test_a_header_without_algorithm_is_forbidden() -> None:
    assert code_of(signed(b"{}", claims())) in {"token_algorithm", "token_malformed"}


def test_a_stripped_signature_is_forbidden() -> None:
    head, payload, _ = token().split(".")

    assert code_of(f"Bearer {head}.{payload}.") == "token_signature"


def test_another_key_is_forbidden() -> None:
    assert code_of(f"Bearer {token(credential=OTHER_CREDENTIAL)}") == "token_signature"


def test_the_secrets_text_is_not_the_key() -> None:
    text = Credential(MSP_ID, base64.b64encode(CREDENTIAL.key))

    assert code_of(f"Bearer {token(credential=text)}") == "token_signature"


def test_changed_claims_are_forbidden() -> None:
    head, _, mac = token().split(".")

    assert code_of(f"Bearer {head}.{segment(claims(iat=1))}.{mac}") == "token_signature"


@pytest.mark.parametrize(
    "audience",
    ["other", "", None, 5, [], ["other"], {"a": MSP_ID}, [None], [[MSP_ID]], MSP_ID.replace("1", "2"), f" {MSP_ID}"],
)
def test_a_token_for_somebody_else_is_forbidden(audience: object) -> None:
    assert code_of(signed(HS256, claims(aud=audience))) == "token_audience"


def test_a_token_for_nobody_is_forbidden() -> None:
    assert code_of(f"Bearer {token(aud=None)}") == "token_audience"


@pytest.mark.parametrize("audience", [[MSP_ID], ["other", MSP_ID]])
def test_an_array_of_audiences_with_ours_in_it_is_believed(audience: list[str]) -> None:
    assert believed(f"Bearer {token(aud=audience)}")


@pytest.mark.parametrize("age", [0, 1, 3599, 3600, -59, -60])
def test_a_token_is_believed_for_an_hour_and_a_minute_ahead(age: int) -> None:
    assert believed(f"Bearer {token()}", now=NEW_YEAR + age)


@pytest.mark.parametrize(
    ("age", "code"), [(3601, "token_expired"), (86_400, "token_expired"), (-61, "token_from_future")]
)
def test_beyond_that_it_is_forbidden(age: int, code: str) -> None:
    assert code_of(f"Bearer {token()}", now=NEW_YEAR + age) == code


@pytest.mark.parametrize(
    ("issued", "code"),
    [
        (b"NaN", "token_from_future"),
        (b"Infinity", "token_from_future"),
        (b"-Infinity", "token_expired"),
        (b"1e400", "token_from_future"),
        (b"-1e400", "token_expired"),
        (b"1" + b"0" * 400, "token_from_future"),
        (b"-1" + b"0" * 400, "token_expired"),
        (b"0", "token_expired"),
        (b"-1", "token_expired"),
        (b"1767225600000", "token_from_future"),  # milliseconds
    ],
)
def test_an_absurd_time_is_judged_like_any_other(issued: bytes, code: str) -> None:
    payload = b'{"aud":"' + MSP_ID.encode() + b'","iat":' + issued + b"}"

    assert code_of(signed(HS256, payload)) == code


def test_a_number_too_long_to_read_is_malformed() -> None:
    payload = b'{"aud":"' + MSP_ID.encode() + b'","iat":' + b"9" * 5000 + b"}"

    assert code_of(signed(HS256, payload)) == "token_malformed"


def test_a_fractional_time_is_believed() -> None:
    assert believed(f"Bearer {token(iat=NEW_YEAR - 0.5)}")


def test_a_token_without_time_is_believed_as_by_apples_own_sample() -> None:
    assert believed(f"Bearer {token(iat=None)}", now=NEW_YEAR + 10**9)


def test_claims_that_mean_nothing_here_are_not_judged() -> None:
    assert believed(f"Bearer {token(exp=1, nbf=2**40, iss='anybody')}")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  ", " Bearer"])
def test_the_scheme_is_read_in_any_case_and_spacing(scheme: str) -> None:
    assert believed(f"{scheme} {token()}")


def test_every_active_secret_opens_the_door_and_the_one_that_did_is_named() -> None:
    header = f"Bearer {token(credential=OTHER_CREDENTIAL)}"

    assert tokens.verify(header, [CREDENTIAL, OTHER_CREDENTIAL], now=NEW_YEAR) is OTHER_CREDENTIAL


def test_two_msps_that_share_a_key_are_told_apart_by_audience() -> None:
    neighbour = Credential("other-msp", CREDENTIAL.key)

    assert tokens.verify(f"Bearer {token()}", [neighbour, CREDENTIAL], now=NEW_YEAR) is CREDENTIAL


def test_a_right_key_for_the_wrong_msp_is_refused_for_its_audience() -> None:
    neighbour = Credential("other-msp", CREDENTIAL.key)

    assert code_of(f"Bearer {token()}", neighbour, OTHER_CREDENTIAL) == "token_audience"


def test_without_secrets_nothing_is_believed() -> None:
    with pytest.raises(Forbidden):
        tokens.verify(f"Bearer {token()}", [], now=NEW_YEAR)


def test_a_refusal_never_repeats_the_token() -> None:
    with pytest.raises(Forbidden) as caught:
        tokens.verify(f"Bearer {token(aud='other')}", [CREDENTIAL], now=NEW_YEAR)

    assert token(aud="other") not in str(caught.value)
