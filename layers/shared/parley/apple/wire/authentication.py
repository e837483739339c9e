"""A request to sign in: the new flow and the legacy one (protocol/07)."""

import binascii
import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from parley.apple import limits
from parley.apple.wire import interactive as base
from parley.apple.wire.arrays import counted
from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, Complaint, HttpsUrl, Plain, Visible, at_most, checked, pattern
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*")
_POINT_BYTES: Final = 97
_UNCOMPRESSED: Final = 4
# NIST P-384: y² = x³ - 3x + b over the field of this prime (FIPS 186-5).
_PRIME: Final = 2**384 - 2**128 - 2**96 + 2**32 - 1
_B: Final = 0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF


def _state(value: str) -> Iterator[Complaint]:
    if not _PRINTABLE.fullmatch(value):
        yield "malformed", "write random printable ASCII, such as 24 bytes in base64"
    yield from at_most(limits.MAX_STATE_CHARS, value)


def _public_key(value: str) -> Iterator[Complaint]:
    try:
        point = binascii.a2b_base64(value, strict_mode=True)
    except (ValueError, binascii.Error):
        yield "not_base64", "write standard base64 (with + and /, not the URL-safe alphabet)"
        return
    if len(point) != _POINT_BYTES or point[0] != _UNCOMPRESSED:
        yield "malformed", "write the uncompressed P-384 point: byte 04, X and Y, 97 bytes in all"
        return
    x, y = int.from_bytes(point[1:49]), int.from_bytes(point[49:])
    if x >= _PRIME or y >= _PRIME or (y * y - (x * x * x - 3 * x + _B)) % _PRIME:
        yield "malformed", "write a point of the curve P-384: this one is not on it"


_Scope = Annotated[str, checked(pattern(r"[\x21\x23-\x5b\x5d-\x7e]+", "write one scope without spaces per entry"))]


class _OAuth2(Wire):
    response_type: Literal["code"]
    scope: list[_Scope]
    state: Annotated[str, checked(_state)]
    redirect_uri: HttpsUrl = Field(alias="redirectURI")
    additional_parameters: Plain = ABSENT


class _LegacyOAuth2(Wire):
    response_type: Literal["code", "token"]
    scope: list[_Scope]
    state: Annotated[str, checked(_state)]
    response_encryption_key: Annotated[str, checked(_public_key)]
    client_secret: Visible = ABSENT


class _Authenticate(Wire):
    oauth2: _OAuth2


class _LegacyAuthenticate(Wire):
    oauth2: _LegacyOAuth2


class _Data(base.Data):
    # Samples disagree about the new flow (open question 7).
    version: Literal["1.0", "2.0"] = ABSENT  # type: ignore[assignment]
    authenticate: _Authenticate


class _LegacyData(base.Data):
    authenticate: _LegacyAuthenticate


class _Interactive(base.BuiltIn):
    data: _Data


class _LegacyInteractive(base.BuiltIn):
    data: _LegacyData


def check(interactive: Node, _now: float) -> Iterator[Fault]:
    """Judge an `interactiveData` that asks the customer to sign in."""
    oauth2 = interactive.at("data", "authenticate", "oauth2")
    yield from structure(_LegacyInteractive if is_legacy(oauth2) else _Interactive, interactive)
    yield from base.frame(interactive, [])
    yield from counted(oauth2.at("scope"), "a scope")


def is_legacy(oauth2: Node) -> bool:
    """Only the new flow redirects; only the legacy one encrypts the answer or lets the device fetch the token."""
    if oauth2.has("redirectURI") or oauth2.has("additionalParameters"):
        return False
    legacy_only = oauth2.has("responseEncryptionKey") or oauth2.has("clientSecret")
    return legacy_only or oauth2.at("responseType").value == "token"
