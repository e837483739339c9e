from __future__ import annotations

import base64
import json

import jwt
import pytest

from local.gateway import tokens
from tests.unit.local.wire import MSP_ID, SECRET, Msp, envelope

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = base64.b64decode(SECRET)
NOW = 1767225600
FROM_MSP = (
    "eyJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJpYXQiOjE3NjcyMjU2MDB9"
    ".l2qwdtYr1w7qu0l8E4GdLDshGSrZCcriOGn0_ojKUXM"
)
FROM_APPLE = (
    "eyJhbGciOiJIUzI1NiJ9"
    ".eyJhdWQiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJpYXQiOjE3NjcyMjU2MDB9"
    ".M45Q8UH6COIiZH3SdW6LeXBvpFDt7Gmxb_NKbgVzwjw"
)
OTHER_SECRET = base64.b64encode(bytes(range(100, 132))).decode()


def test_the_vector_of_an_msps_token_is_accepted() -> None:
    tokens.verify(FROM_MSP, msp_id=MSP_ID, keys=[KEY], now=NOW)


def test_a_token_of_apple_is_the_vector_to_the_byte() -> None:
    assert tokens.mint(KEY, {"aud": MSP_ID, "iat": NOW}) == FROM_APPLE


@pytest.mark.parametrize("now", [NOW - tokens.MAX_SKEW, NOW + tokens.MAX_AGE])
def test_a_token_is_accepted_up_to_the_edges_of_its_time(now: int) -> None:
    tokens.verify(FROM_MSP, msp_id=MSP_ID, keys=[KEY], now=now)


@pytest.mark.parametrize(
    ("now", "reason"),
    [(NOW - tokens.MAX_SKEW - 1, "in the future"), (NOW + tokens.MAX_AGE + 1, "older than one hour")],
)
def test_a_token_outside_its_time_is_refused(now: int, reason: str) -> None:
    with pytest.raises(tokens.TokenError, match=reason):
        tokens.verify(FROM_MSP, msp_id=MSP_ID, keys=[KEY], now=now)


def test_during_a_rotation_either_secret_signs() -> None:
    old, new = bytes(32), KEY
    tokens.verify(FROM_MSP, msp_id=MSP_ID, keys=[old, new], now=NOW)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "someone else", "iat": NOW}, "iss is not the MSP id"),
        ({"iat": NOW}, "iss is not the MSP id"),
        ({"iss": MSP_ID}, "whole seconds"),
        ({"iss": MSP_ID, "iat": str(NOW)}, "whole seconds"),
        ({"iss": MSP_ID, "iat": NOW + 0.5}, "whole seconds"),
        ({"iss": MSP_ID, "iat": True}, "whole seconds"),
        ({"iss": MSP_ID, "iat": NOW * 1000}, "in the future"),
        ({"iss": MSP_ID, "iat": NOW, "aud": "https://mspgw.push.apple.com"}, "aud does not belong"),
    ],
)
def test_a_token_with_wrong_claims_is_refused(claims: dict[str, object], reason: str) -> None:
    token = jwt.api_jws.encode(json.dumps(claims).encode(), KEY, "HS256")

    with pytest.raises(tokens.TokenError, match=reason):
        tokens.verify(token, msp_id=MSP_ID, keys=[KEY], now=NOW)


def test_a_token_of_another_algorithm_is_refused() -> None:
    token = jwt.encode({"iss": MSP_ID, "iat": NOW}, bytes(64), "HS512")

    with pytest.raises(tokens.TokenError, match="HS256"):
        tokens.verify(token, msp_id=MSP_ID, keys=[KEY], now=NOW)


def test_an_unsigned_token_is_refused() -> None:
    token = jwt.encode({"iss": MSP_ID, "iat": NOW}, "", "none")

    with pytest.raises(tokens.TokenError):
        tokens.verify(token, msp_id=MSP_ID, keys=[KEY], now=NOW)


def test_a_call_without_authorization_is_answered_401(msp: Msp) -> None:
    answer = msp.post(envelope(), without="Authorization")

    assert (answer.status, answer.text) == (401, "401 Unauthorized : Authorization is missing")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("authorization", ["Basic abc", "Bearer ", "Bearer abc", "Bearer a.b.c", f"Bearer {FROM_MSP}"])
def test_a_call_with_an_unusable_token_is_answered_403(msp: Msp, authorization: str) -> None:
    answer = msp.post(envelope(), Authorization=authorization)

    assert answer.status == 403
    assert answer.text.startswith("403 Forbidden : ")


def test_the_secret_itself_is_not_the_key(msp: Msp) -> None:
    token = jwt.encode({"iss": MSP_ID, "iat": NOW}, SECRET, "HS256")

    answer = msp.post(envelope(), Authorization=f"Bearer {token}")

    assert answer.status == 403
    assert "base64-decoded secret" in answer.text


def test_a_token_signed_with_another_secret_shows_nothing_on_the_phone(msp: Msp) -> None:
    answer = msp.post(envelope(), Authorization=f"Bearer {msp.token(secret=OTHER_SECRET)}")

    assert answer.status == 403
    assert msp.bubbles() == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/authenticate"),
        ("GET", "/v1/preUpload"),
        ("GET", "/v1/preDownload"),
        ("POST", "/v1/decodePayload"),
        ("POST", "/v1/encodePayload"),
    ],
)
def test_every_call_of_the_gateway_wants_a_token(msp: Msp, method: str, path: str) -> None:
    from tests.unit.local.running import call

    assert call(method, msp.url + path).status == 401
    assert call(method, msp.url + path, headers={"Authorization": "Bearer no"}).status == 403


def test_a_token_is_checked_before_the_body(msp: Msp) -> None:
    assert msp.post({}, Authorization="Bearer no").status == 403
    assert msp.post({}).status == 400
