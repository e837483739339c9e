"""Signatures are those botocore makes of the same headers, and what is not usual is left to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from parley.storage.own_signatures import JsonPostAuth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage

WORDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
HOST = st.sampled_from(["dynamodb.eu-central-1.amazonaws.com", "127.0.0.1:4566", "sqs.us-east-1.amazonaws.com"])
TARGET = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.GetItem"}


def request(body: bytes = b"{}", *, method: str = "POST", url: str = "https://x.example/", **more: str) -> AWSRequest:
    return AWSRequest(method=method, url=url, data=body, headers={**TARGET, "User-Agent": "parley/1", **more})


class Some(SigV4Auth):
    """Botocore's, over the headers that a signature names."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        found = super().headers_to_sign(request)
        for name in set(found.keys()) - set(signed_headers(request)):
            del found[name]
        return found


def signed_headers(asked: AWSRequest) -> list[str]:
    (names,) = re.findall("SignedHeaders=([^,]*)", asked.headers["Authorization"])
    return str(names).split(";")


def botocores(asked: AWSRequest, credentials: ReadOnlyCredentials, service: str, region: str) -> str:
    """What botocore signs at the moment that `asked` names."""
    theirs = Some(credentials, service, region)
    asked.context["timestamp"] = asked.headers["X-Amz-Date"]
    signature = theirs.signature(theirs.string_to_sign(asked, theirs.canonical_request(asked)), asked)
    names = theirs.signed_headers(theirs.headers_to_sign(asked))
    return f"AWS4-HMAC-SHA256 Credential={theirs.scope(asked)}, SignedHeaders={names}, Signature={signature}"


@given(body=st.binary(min_size=1), host=HOST, secret=WORDS, token=st.none() | WORDS, path=st.sampled_from(["", "/"]))
def test_a_call_is_signed_as_botocore_signs_it(
    body: bytes, host: str, secret: str, token: str | None, path: str
) -> None:
    credentials = ReadOnlyCredentials("AKID", secret, token)
    asked = request(body, url=f"https://{host}{path}")

    JsonPostAuth(credentials, "dynamodb", "eu-central-1").add_auth(asked)

    signed = {"host", "content-type", "x-amz-date", "x-amz-target"} | ({"x-amz-security-token"} if token else set())
    assert set(signed_headers(asked)) == signed
    assert asked.headers["X-Amz-Security-Token"] == token
    assert asked.headers["Authorization"] == botocores(asked, credentials, "dynamodb", "eu-central-1")
    moment = datetime.strptime(asked.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60


def test_another_try_is_signed_anew() -> None:
    asked = request()
    old, new = (ReadOnlyCredentials("AKID", "secret", token) for token in ("old", "new"))
    for credentials in (old, new):
        JsonPostAuth(credentials, "sqs", "us-east-1").add_auth(asked)

    assert asked.headers.get_all("X-Amz-Security-Token") == ["new"]
    assert len(asked.headers.get_all("X-Amz-Date") or []) == 1
    assert asked.headers.get_all("Authorization") == [botocores(asked, new, "sqs", "us-east-1")]


@pytest.mark.parametrize(
    "unusual",
    [
        {"method": "PUT"},
        {"url": "https://x.example/queue"},
        {"url": "https://x.example/?a=b"},
        {"url": "https://x.example:443/"},
        {"body": b""},
    ],
)
def test_anything_else_is_left_to_botocore(unusual: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[AWSRequest] = []
    monkeypatch.setattr(SigV4Auth, "add_auth", lambda _self, request: seen.append(request))
    asked = request(**unusual)

    JsonPostAuth(ReadOnlyCredentials("AKID", "secret", None), "sqs", "us-east-1").add_auth(asked)

    assert seen == [asked]
    assert "Authorization" not in asked.headers


def test_without_credentials_nothing_is_signed() -> None:
    with pytest.raises(NoCredentialsError):
        JsonPostAuth(None, "sqs", "us-east-1").add_auth(request())  # type: ignore[arg-type]
