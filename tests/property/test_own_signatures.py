"""Signatures are those botocore makes of the same headers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from parley.storage.own_signatures import Scope, signed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage

WORDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
HOST = st.sampled_from(["dynamodb.eu-central-1.amazonaws.com", "127.0.0.1:4566", "sqs.us-east-1.amazonaws.com"])
SCOPE = st.sampled_from([Scope("eu-central-1", "dynamodb"), Scope("us-east-1", "sqs")])
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.GetItem",
    "User-Agent": "parley/1",
}


class Some(SigV4Auth):
    """Botocore's, over the headers that a signature names."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        found = super().headers_to_sign(request)
        for name in set(found.keys()) - set(signed_headers(request.headers)):
            del found[name]
        return found


def signed_headers(headers: Mapping[str, str] | HTTPMessage) -> list[str]:
    (names,) = re.findall("SignedHeaders=([^,]*)", headers["Authorization"])
    return str(names).split(";")


def botocores(headers: Mapping[str, str], url: str, body: bytes, credentials: ReadOnlyCredentials, scope: Scope) -> str:
    """What botocore signs at the moment that `headers` name."""
    asked = AWSRequest(method="POST", url=url, data=body, headers=headers)
    theirs = Some(credentials, scope.service, scope.region)
    asked.context["timestamp"] = asked.headers["X-Amz-Date"]
    signature = theirs.signature(theirs.string_to_sign(asked, theirs.canonical_request(asked)), asked)
    names = theirs.signed_headers(theirs.headers_to_sign(asked))
    return f"AWS4-HMAC-SHA256 Credential={theirs.scope(asked)}, SignedHeaders={names}, Signature={signature}"


@given(
    body=st.binary(min_size=1),
    host=HOST,
    secret=WORDS,
    token=st.none() | WORDS,
    scope=SCOPE,
)
def test_a_call_is_signed_as_botocore_signs_it(
    body: bytes, host: str, secret: str, token: str | None, scope: Scope
) -> None:
    credentials = ReadOnlyCredentials("AKID", secret, token)

    headers = signed(HEADERS, host, body, credentials, scope)

    names = {"host", "content-type", "x-amz-date", "x-amz-target"} | ({"x-amz-security-token"} if token else set())
    assert set(signed_headers(headers)) == names
    assert headers.get("X-Amz-Security-Token") == token
    assert headers["Authorization"] == botocores(headers, f"https://{host}/", body, credentials, scope)
    assert headers.items() >= HEADERS.items()
    moment = datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60
