"""Tokens for Apple are minted at most once per half hour and secret."""

from __future__ import annotations

import jwt
import pytest

from parley.apple import limits
from parley.apple.tokens import Signer
from tests.support.apple_requests import CREDENTIAL, OTHER_CREDENTIAL
from tests.support.clock import Clock


def issued(token: str) -> int:
    return int(jwt.decode(token, options={"verify_signature": False})["iat"])


def test_a_token_is_used_again_for_half_an_hour() -> None:
    clock = Clock()
    signer = Signer(clock=clock)
    first = signer.token(CREDENTIAL)

    clock.advance(limits.TOKEN_REUSE_SECONDS - 1)
    assert signer.token(CREDENTIAL) == first

    clock.advance(1)
    assert issued(signer.token(CREDENTIAL)) == issued(first) + limits.TOKEN_REUSE_SECONDS


def test_every_secret_has_its_own_token() -> None:
    signer = Signer(clock=Clock())

    assert signer.token(CREDENTIAL) != signer.token(OTHER_CREDENTIAL)
    claims = jwt.decode(
        signer.token(OTHER_CREDENTIAL), OTHER_CREDENTIAL.key, algorithms=["HS256"], options={"verify_iat": False}
    )
    assert claims["iss"] == OTHER_CREDENTIAL.msp_id


def test_a_fresh_token_replaces_the_kept_one() -> None:
    clock = Clock()
    signer = Signer(clock=clock)
    first = signer.token(CREDENTIAL)
    clock.advance(10)

    renewed = signer.token(CREDENTIAL, fresh=True)

    assert issued(renewed) == issued(first) + 10
    assert signer.token(CREDENTIAL) == renewed


def test_a_clock_that_was_set_back_makes_a_new_token() -> None:
    clock = Clock()
    signer = Signer(clock=clock)
    ahead = signer.token(CREDENTIAL)

    clock.advance(-7200)

    assert issued(signer.token(CREDENTIAL)) == issued(ahead) - 7200


@pytest.mark.parametrize("now", [0.0, 5.0, 1799.0])
def test_the_first_token_is_minted_whatever_the_time(now: float) -> None:
    assert Signer(clock=Clock(now)).token(CREDENTIAL).count(".") == 2
