"""Everything that must not get in through Apple's door: tokens, bodies, headers, each with the answer it deserves."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support import apple_requests as apple

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "CANARYattack"
KEY = apple.CREDENTIAL.key
HS256 = b'{"alg":"HS256"}'


@dataclass(frozen=True)
class Attack:
    """One hostile POST. What is None or empty is as Apple would send it."""

    name: str
    status: int
    reasons: frozenset[str]
    authorization: str | None = "good"
    content: dict[str, Any] = field(default_factory=dict)
    """Fields laid over a good envelope."""
    body: bytes | None = None
    """Instead of the envelope, byte for byte."""
    headers: dict[str, str | None] = field(default_factory=dict)
    encoded: bool = True


def segment(content: bytes) -> str:
    """One part of a JWS."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(header: bytes, payload: bytes, *, key: bytes = KEY, digest: str = "sha256") -> str:
    """A JWS with a right MAC over whatever is in it."""
    content = f"{segment(header)}.{segment(payload)}"
    return f"{content}.{segment(hmac.digest(key, content.encode(), digest))}"


def claims(**changed: Any) -> bytes:
    """Claims as Apple makes them, some changed, None left out."""
    content = {"aud": apple.MSP_ID, "iat": int(time.time())} | changed
    return json.dumps({name: value for name, value in content.items() if value is not None}).encode()


def _token(name: str, token: str, *reasons: str, status: int = 403, scheme: str = "Bearer ") -> Attack:
    return Attack(f"token: {name}", status, frozenset(reasons or {"token_malformed"}), f"{scheme}{token}")


def tokens() -> Iterator[Attack]:
    """Tokens nobody may believe."""
    yield Attack("token: none", 401, frozenset({"token_missing"}), None)
    for blank in (" ", "\t", "   "):
        yield Attack(f"token: only {blank!r}", 401, frozenset({"token_missing"}), blank)
    good = signed(HS256, claims())
    for scheme in ("", "Basic ", "Token ", "Digest ", "Bearer", "JWT ", "bearer:", "Bearer, ", "B\u0435arer "):
        yield _token(f"scheme {scheme!r}", good, scheme=scheme)
    yield from _algorithms()
    yield from _keys()
    yield from _claims()
    yield from _headers_of_tokens()
    yield from _damaged(good)


def _algorithms() -> Iterator[Attack]:
    names: list[Any] = ["none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", " HS256", "HS-256", "HS1", "HS2560"]
    names += ["RS256", "RS512", "ES256", "ES384", "PS256", "EdDSA", "dir", "A256KW", "RSA-OAEP", "HS256\u0000", CANARY]
    names += [None, 256, True, [], ["HS256"], {"alg": "HS256"}]
    for name in names:
        header = json.dumps({"alg": name}).encode()
        yield _token(
            f"algorithm {name!r} over a right MAC", signed(header, claims()), "token_algorithm", "token_malformed"
        )
        unsigned = f"{segment(header)}.{segment(claims())}."
        yield _token(f"algorithm {name!r} without signature", unsigned, "token_algorithm", "token_malformed")
    for name, digest in (("HS384", "sha384"), ("HS512", "sha512")):
        longer = signed(json.dumps({"alg": name}).encode(), claims(), digest=digest)
        yield _token(f"{name} with the right key", longer, "token_algorithm")
    yield _token("no algorithm", signed(b"{}", claims()), "token_algorithm", "token_malformed")


def _keys() -> Iterator[Attack]:
    wrong = {
        "empty": b"",
        "zeros": bytes(32),
        "the secret's text": apple.SECRET.encode(),
        "the secret in hex": KEY.hex().encode(),
        "the secret backwards": KEY[::-1],
        "the secret cut": KEY[:-1],
        "the secret and more": KEY + b"\x01",
        "the secret twice": KEY + KEY,
        "its hash": hashlib.sha256(KEY).digest(),
        "the MSP id": apple.MSP_ID.encode(),
        "the business id": apple.BUSINESS.encode(),
        "another MSP's": apple.OTHER_CREDENTIAL.key,
        "a word": b"secret",
    }
    for name, key in wrong.items():
        yield _token(f"signed with {name}", signed(HS256, claims(), key=key), "token_signature")
    yield _token("our own, as we show it to Apple", signed(HS256, claims(aud=None, iss=apple.MSP_ID)), "token_audience")


def _claims() -> Iterator[Attack]:
    now = int(time.time())
    nobodys: list[Any] = [
        "",
        " ",
        apple.BUSINESS,
        apple.MSP_ID + " ",
        apple.MSP_ID[:-1],
        "*",
        [],
        [""],
        ["x", "y"],
        CANARY,
    ]
    nobodys += [None, 0, True, {}, {"0": apple.MSP_ID}, [[apple.MSP_ID]], [None], apple.MSP_ID.replace("-", "")]
    for audience in nobodys:
        token = signed(HS256, claims(aud=audience))
        yield _token(f"audience {audience!r}", token, "token_audience", "token_malformed")
    for age in (3_700, 7_200, 86_400, 10**9, 10**12, 10**300):
        yield _token(f"issued {age} s ago", signed(HS256, claims(iat=now - age)), "token_expired", "token_malformed")
    for ahead in (120, 3_600, 86_400, 10**12, 10**300):
        yield _token(
            f"issued in {ahead} s", signed(HS256, claims(iat=now + ahead)), "token_from_future", "token_malformed"
        )
    odd: list[Any] = ["", str(now), "now", True, False, [], [now], {}, {"iat": now}]
    for issued in odd:
        yield _token(f"issued at {issued!r}", signed(HS256, claims(iat=issued)), "token_malformed")
    raw = {
        "no JSON": b"not json",
        "an array": b"[]",
        "a number": b"1",
        "null": b"null",
        "nothing": b"",
        "not UTF-8": b'{"aud": "\xff"}',
        "NaN": b'{"aud": NaN}',
        "deep": b"[" * 50_000,
        "deep in a claim": b'{"aud":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        "the audience twice, the last wrong": f'{{"aud":"{apple.MSP_ID}","aud":"x"}}'.encode(),
        "the time twice, the last old": f'{{"aud":"{apple.MSP_ID}","iat":{now},"iat":1}}'.encode(),
    }
    for name, payload in raw.items():
        reasons = ("token_malformed", "token_audience", "token_expired")
        yield _token(f"claims are {name}", signed(HS256, payload), *reasons)


def _headers_of_tokens() -> Iterator[Attack]:
    public = {"kty": "oct", "k": segment(b"attacker's key, chosen by himself")}
    injected: dict[str, dict[str, Any]] = {
        "its own key": {"jwk": public},
        "a key's address": {"jku": "https://attacker.example/keys.json"},
        "a certificate's address": {"x5u": "https://attacker.example/cert.pem"},
        "a path as key id": {"kid": "../../../../dev/null"},
        "SQL as key id": {"kid": "x' UNION SELECT 'key"},
        "a command as key id": {"kid": "|/bin/true"},
    }
    for name, more in injected.items():
        header = json.dumps({"alg": "HS256"} | more).encode()
        for key in (b"", b"attacker's key, chosen by himself"):
            yield _token(f"{name}, signed with {len(key)} bytes", signed(header, claims(), key=key), "token_signature")
    unread: dict[str, dict[str, Any]] = {
        "something critical": {"crit": ["x"], "x": 1},
        "an unencoded payload": {"b64": False, "crit": ["b64"]},
        "an empty list of critical things": {"crit": []},
        "a key id that is a number": {"kid": 7},
    }
    for name, given in unread.items():
        header = json.dumps({"alg": "HS256"} | given).encode()
        yield _token(
            f"{name}, signed with the right key", signed(header, claims()), "token_malformed", "token_signature"
        )


def _damaged(good: str) -> Iterator[Attack]:
    reasons = ("token_malformed", "token_signature", "token_algorithm", "token_audience")
    for keep in range(0, len(good) - 1, 9):
        yield _token(f"cut after {keep}", good[:keep], *reasons, status=401 if keep == -1 else 403)
    for place in range(0, len(good) - 1, 9):
        if good[place] != ".":
            flipped = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
            yield _token(f"changed at {place}", flipped, *reasons)
    header, payload, signature = good.split(".")
    shapes = {
        "two parts": f"{header}.{payload}",
        "four parts": f"{good}.{signature}",
        "five parts": f"{good}.a.b",
        "only dots": ".." * 500,
        "parts in another order": f"{payload}.{header}.{signature}",
        "the signature of another": f"{header}.{segment(claims(iat=1))}.{signature}",
        "a space inside": f"{header}. {payload}.{signature}",
        "two tokens": f"{good} {good}",
        "two tokens with a comma": f"{good},{good}",
        "a JSON serialization": json.dumps({"payload": payload, "protected": header, "signature": signature}),
        "letters beyond ASCII": f"{header}.{payload}.\u00e4{signature}",
        "a lock": "\U0001f512.\U0001f512.\U0001f512",
        "a canary": CANARY,
        "a megabyte": "A" * 1_000_000,
    }
    for name, token in shapes.items():
        yield _token(name, token, *reasons)


def bodies() -> Iterator[Attack]:
    """Bodies behind a good token."""
    whole = gzip.compress(json.dumps(apple.envelope(body=CANARY)).encode())
    broken = frozenset({"gzip_broken", "body_not_json", "body_not_object"})
    for keep in range(2, len(whole) - 1, 12):
        yield Attack(f"body: gzip cut after {keep}", 400, broken, body=whole[:keep])
    for place in range(10, len(whole), 12):
        flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        yield Attack(f"body: gzip changed at {place}", 400, broken, body=flipped)
    large = frozenset({"body_too_large", "body_not_json"})
    yield Attack("body: a bomb", 400, large, body=gzip.compress(b" " * 40_000_000))
    yield Attack("body: a bomb in a bomb", 400, broken | large, body=gzip.compress(gzip.compress(b" " * 40_000_000)))
    yield Attack("body: many members", 400, broken | large, body=gzip.compress(b"") * 5_000)
    yield Attack("body: something behind the gzip", 400, broken, body=whole + CANARY.encode())
    raw = {
        "nothing": b"",
        "a word": CANARY.encode(),
        "an array": b"[]",
        "a string": b'"x"',
        "null": b"null",
        "NaN": b'{"id": NaN}',
        "infinity": b'{"id": -Infinity}',
        "an open brace": b'{"id": ',
        "two objects": b"{}{}",
        "a comment": b"{} // x",
        "single quotes": b"{'id': 'x'}",
        "deep arrays": b"[" * 200_000,
        "deep objects": b'{"a":' * 200_000,
        "not UTF-8": b'{"id": "\xff\xfe"}',
        "a number beyond all measure": b'{"id": ' + b"9" * 100_000 + b"}",
        "a byte order mark": b"\xef\xbb\xbf{}",
        "a zip file": b"PK\x03\x04" + bytes(100),
        "XML": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    }
    refused = broken | frozenset({"id_invalid"})
    for name, body in raw.items():
        yield Attack(f"body: {name}", 400, refused, body=body)
        yield Attack(f"body: {name}, zipped", 400, refused, body=gzip.compress(body))


def fields() -> Iterator[Attack]:
    """Envelopes that look like Apple's but for one field."""
    wrong: list[Any] = [
        None,
        0,
        1.5,
        True,
        [],
        {},
        ["x"],
        {"x": 1},
        "",
        " ",
        "\n",
        "\u0000",
        "x" * 2_000,
        "a b",
        "a/b",
        "\u00e4",
    ]
    names = {"id": "id", "type": "type", "sourceId": "source_id", "destinationId": "destination_id"}
    for key, snake in names.items():
        for value in wrong:
            if key == "sourceId" and value == "a/b":
                continue  # an opaque id is base64 and may hold a slash
            name = f"field: {key} is {str(value)[:12]!r}, a {type(value).__name__}"
            yield Attack(
                name,
                400,
                frozenset({f"{snake}_invalid", "header_body_mismatch", "header_missing"}),
                content={key: value},
            )


def smuggled() -> Iterator[Attack]:
    """Headers that say something else than the body."""
    differs, missing = frozenset({"header_body_mismatch"}), frozenset({"header_missing"})
    other = {
        "id": "0b7fb2a4-4b8a-4a4c-9f62-5d4d0c2f9e11",
        "source-id": apple.OTHER_CUSTOMER,
        "destination-id": apple.OTHER_BUSINESS,
    }
    for name, value in other.items():
        yield Attack(f"header: no {name}", 400, missing, headers={name: None})
        for shown in (
            "",
            " ",
            value,
            f"{value}, {value}",
            f"{value},",
            f"{value}\r\n{name}: x",
            f"{value}\u0000",
            "*",
            CANARY,
        ):
            yield Attack(f"header: {name} is {shown!r}", 400, differs, headers={name: shown})
        spelled = {name: None, f"x-{name}": value, f"{name}-": value}
        yield Attack(f"header: {name} under other names", 400, missing, headers=spelled)
    swapped: dict[str, str | None] = {"source-id": apple.BUSINESS, "destination-id": apple.CUSTOMER}
    yield Attack("header: sender and receiver swapped", 400, differs, headers=swapped)
    yield Attack(
        "header: another business, in body and header",
        404,
        frozenset({"business_unknown"}),
        content={"destinationId": apple.OTHER_BUSINESS},
    )


def at_apples_door() -> list[Attack]:
    """All of them."""
    return [*tokens(), *bodies(), *fields(), *smuggled()]
