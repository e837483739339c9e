"""Apple hands out a second key, signs with it, and stops taking the first."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import jwt
import pytest

from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from tests.unit.local.running import serving
from tests.unit.local.wire import SECRET, Msp, StubMsp, envelope

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _issue(msp: Msp) -> str:
    answer = msp.control("POST", "/keys")
    assert answer.status == 201
    return str(answer.json["secret"])


def _status(msp: Msp, secret: str) -> int:
    return msp.post(envelope(), Authorization=f"Bearer {msp.token(secret=secret)}").status


def test_a_new_key_is_taken_beside_the_old_one(msp: Msp) -> None:
    issued = _issue(msp)

    assert issued != SECRET
    assert (_status(msp, SECRET), _status(msp, issued)) == (200, 200)


def test_after_the_switch_the_old_key_is_taken_until_it_is_dropped(msp: Msp) -> None:
    issued = _issue(msp)

    msp.control("POST", "/keys/switch")
    assert (_status(msp, SECRET), _status(msp, issued)) == (200, 200)

    msp.control("DELETE", "/keys/others")
    assert (_status(msp, SECRET), _status(msp, issued)) == (403, 200)


def test_phones_sign_with_the_old_key_until_the_switch(msp: Msp, stub_msp: StubMsp) -> None:
    def signed_with(secret: str) -> bool:
        msp.control("POST", "/messages", {"body": "Hello"})
        token = stub_msp.received[-1].headers["authorization"].removeprefix("Bearer ")
        try:
            jwt.decode(token, base64.b64decode(secret), algorithms=["HS256"], options={"verify_aud": False})
        except jwt.InvalidSignatureError:
            return False
        return True

    issued = _issue(msp)
    assert (signed_with(SECRET), signed_with(issued)) == (True, False)

    msp.control("POST", "/keys/switch")
    assert (signed_with(SECRET), signed_with(issued)) == (False, True)


def test_dropping_before_the_switch_takes_the_new_key_back(msp: Msp) -> None:
    issued = _issue(msp)

    msp.control("DELETE", "/keys/others")

    assert (_status(msp, SECRET), _status(msp, issued)) == (200, 403)


def test_keys_are_told_apart_and_never_shown_again(msp: Msp) -> None:
    issued = _issue(msp)

    answer = msp.control("GET", "/keys")

    assert [key["signs"] for key in answer.json["keys"]] == [True, False]
    assert len({key["fingerprint"] for key in answer.json["keys"]}) == 2
    assert issued not in answer.text
    assert SECRET not in answer.text


def test_there_is_an_end_to_new_keys(msp: Msp) -> None:
    for _ in range(4):
        _issue(msp)

    answer = msp.control("POST", "/keys")

    assert answer.status == 409
    assert "DELETE /control/keys/others" in answer.json["error"]


def test_a_new_key_changes_no_customer(msp: Msp) -> None:
    opaque_id = msp.control("GET", "/customers").json["customers"][0]["opaque_id"]
    msp.control("POST", "/customers", {"opaque_id": opaque_id, "name": "Robin"})

    _issue(msp)

    assert msp.control("GET", "/customers").json["customers"][0]["name"] == "Robin"


def test_without_an_msp_there_is_nobody_to_hand_a_key_to(tmp_path: Path) -> None:
    with serving(create_app(Gateway(Config(), tmp_path))) as url:
        assert Msp(url).control("POST", "/keys").status == 409
