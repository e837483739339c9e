"""Asking Apple whether it takes a key, with a call that can do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest

from parley.apple import key_probe
from parley.apple.key_probe import Finding, KeyProbe, Probed, require_round_trip
from parley.apple.tokens import Credential
from parley.errors import Fatal
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from tests.support.http_server import Answer, LocalServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MISSING_HEADER = reply("400 Bad Request", b"400 Bad Request : MMCS-Url is missing")
BAD_TOKEN = reply("403 Forbidden", b"403 Forbidden : token not valid")
STRANGER = bytes(range(32, 64))


def _probed(*answers: Answer) -> tuple[Probed, LocalServer]:
    with serving(*answers) as server:
        probe = KeyProbe(f"{server.url}/v1/", clock=Clock(), new_key=lambda: STRANGER, timeout=1.0)
        return probe(apple.CREDENTIAL), server


def test_a_key_apple_believes_gets_as_far_as_the_missing_headers() -> None:
    probed, _ = _probed(MISSING_HEADER, BAD_TOKEN)

    assert probed == Probed(Finding.TAKEN, 400)


@pytest.mark.parametrize("answer", [BAD_TOKEN, reply("401 Unauthorized")])
def test_a_key_apple_does_not_believe_is_refused(answer: bytes) -> None:
    probed, server = _probed(answer)

    assert probed.finding is Finding.REFUSED
    assert len(server.requests) == 1


def test_a_yes_that_a_strangers_key_gets_as_well_says_nothing() -> None:
    probed, _ = _probed(MISSING_HEADER, MISSING_HEADER)

    assert probed == Probed(Finding.UNCLEAR, 400)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable", "500 Oops", "408 Timeout"])
def test_an_apple_that_is_busy_is_asked_again_later(status: str) -> None:
    assert _probed(reply(status))[0].finding is Finding.AWAY
    assert _probed(MISSING_HEADER, reply(status))[0].finding is Finding.AWAY


def test_an_apple_that_does_not_answer_is_asked_again_later() -> None:
    probed, _ = _probed(lambda exchange: exchange.stall())

    assert probed == Probed(Finding.AWAY, 0)


def test_a_gateway_that_is_not_there_is_asked_again_later() -> None:
    with serving(MISSING_HEADER) as gone:
        pass
    probe = KeyProbe(f"{gone.url}/v1", clock=Clock(), timeout=1.0)

    assert probe(apple.CREDENTIAL) == Probed(Finding.AWAY, 0)


def test_the_call_names_nothing_and_is_signed_with_the_key_that_is_asked_about() -> None:
    _, server = _probed(MISSING_HEADER, BAD_TOKEN)

    first, second = server.requests
    assert first.line == second.line == "GET /v1/preDownload HTTP/1.1"
    assert first.body == b""
    assert not {"source-id", "destination-id", "mmcs-url", "mmcs-signature", "mmcs-owner"} & first.headers.keys()
    token, stranger = (each.headers["authorization"].removeprefix("Bearer ") for each in (first, second))
    for shown, key in ((token, apple.CREDENTIAL.key), (stranger, STRANGER)):
        claims = jwt.decode(shown, key, algorithms=["HS256"], options={"verify_iat": False})
        assert claims["iss"] == apple.MSP_ID


def test_the_stranger_is_another_one_each_time() -> None:
    with serving(MISSING_HEADER) as server:
        probe = KeyProbe(f"{server.url}/v1", clock=Clock())
        probe(apple.CREDENTIAL)
        probe(apple.CREDENTIAL)

    tokens = [request.headers["authorization"] for request in server.requests]
    assert tokens[0] == tokens[2]
    assert len({tokens[0], tokens[1], tokens[3]}) == 3


def test_a_redirect_is_not_followed() -> None:
    with serving(reply("200 OK")) as elsewhere:
        probed, _ = _probed(reply("302 Found", b"", f"Location: {elsewhere.url}/"), BAD_TOKEN)

    assert probed == Probed(Finding.TAKEN, 302)
    assert elsewhere.requests == []


def test_a_key_verifies_what_it_signs() -> None:
    require_round_trip(apple.CREDENTIAL, now=Clock()())


@pytest.mark.parametrize(
    "token", ["garbage", jwt.encode({"iss": "other", "iat": 1}, apple.CREDENTIAL.key, algorithm="HS256")]
)
def test_a_key_that_signs_something_else_is_noticed(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setattr(key_probe, "sign", lambda *_args, **_kwargs: token)

    with pytest.raises(Fatal):
        require_round_trip(apple.CREDENTIAL, now=Clock()())


@pytest.mark.parametrize("secret", ["00112233445566778899aabbccddeeff", "A" * 64, "0123456789ABCDEFabcdef0123456789"])
def test_a_secret_in_hex_is_caught_before_it_signs_nothing_anybody_believes(secret: str) -> None:
    with pytest.raises(Fatal, match="hex"):
        Credential.of(apple.MSP_ID, secret)
