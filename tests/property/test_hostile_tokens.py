"""Whatever is shown as a token is believed or refused, and believed only with a MAC of ours over it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parley.apple import tokens
from parley.errors import Forbidden, Unauthorized
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR

KEY = apple.CREDENTIAL.key

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
headers = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "jku", "jwk", "crit", "b64", "cty", "zip"]), json_values
)
claims = st.dictionaries(st.sampled_from(["aud", "iat", "exp", "nbf", "iss", "sub", "jti"]), json_values)
segments = st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode())


def _segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _is_believed(authorization: str) -> bool:
    refused: Unauthorized | Forbidden | None = None
    try:
        tokens.verify(authorization, [apple.CREDENTIAL, apple.OTHER_CREDENTIAL], now=NEW_YEAR)
    except (Unauthorized, Forbidden) as refusal:
        refused = refusal
    assert refused is None or refused.code.startswith("token_")
    return refused is None


def _mac(content: str, key: bytes) -> str:
    return _segment(hmac.new(key, content.encode(), hashlib.sha256).digest())


@given(st.text() | st.text("Bearer .eyJhbGciOiJIUzI1NiJ9-_=+/", max_size=200))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    assert not _is_believed(text)
    assert not _is_believed(f"Bearer {text}")


@given(segments, segments, st.binary(max_size=40))
def test_any_three_parts_without_our_mac_are_refused(header: bytes, payload: bytes, signature: bytes) -> None:
    content = f"{_segment(header)}.{_segment(payload)}"
    if _segment(signature) not in {_mac(content, key) for key in (KEY, apple.OTHER_CREDENTIAL.key)}:
        assert not _is_believed(f"Bearer {content}.{_segment(signature)}")


@given(segments, segments)
def test_any_two_parts_even_with_our_mac_raise_nothing_else(header: bytes, payload: bytes) -> None:
    content = f"{_segment(header)}.{_segment(payload)}"
    _is_believed(f"Bearer {content}.{_mac(content, KEY)}")


@given(headers, claims)
def test_with_our_mac_only_what_apple_would_say_is_believed(header: dict[str, Any], payload: dict[str, Any]) -> None:
    content = f"{_segment(json.dumps(header).encode())}.{_segment(json.dumps(payload).encode())}"

    if _is_believed(f"Bearer {content}.{_mac(content, KEY)}"):
        assert header["alg"] == "HS256"
        audience = payload["aud"]
        assert apple.MSP_ID in (audience if isinstance(audience, list) else [audience])
        issued = payload.get("iat")
        assert issued is None or NEW_YEAR - 3600 <= issued <= NEW_YEAR + 60


@given(st.data())
def test_a_token_of_apples_changed_in_one_place_is_refused(data: st.DataObject) -> None:
    token = apple.token()
    place = data.draw(st.integers(0, len(token) - 2))  # the last sign of the MAC holds two bits nobody reads
    sign = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda sign: sign != token[place]))

    assert not _is_believed(f"Bearer {token[:place]}{sign}{token[place + 1 :]}")
