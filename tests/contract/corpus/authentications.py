"""Requests to sign in, new and legacy (07)."""

from __future__ import annotations

import base64

from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put, Rename
from tests.contract.corpus.parts import DATA, RECEIVED, REPLY, interactive
from tests.contract.corpus.ui_strings import limited

AUTHENTICATE = f"{DATA}/authenticate"
OAUTH2 = f"{AUTHENTICATE}/oauth2"
KEY = f"{OAUTH2}/responseEncryptionKey"

P384 = (
    "BFyGpH9A9u3NaMoePRElItyKyRzkwQt0OtPo4lOPML5IjVADegG5QN3G3410Za4WJnieXNYkTHmoO7fTo+cTjrnR8haq/SFbnevIlQ2GzEAaEevJKdA+"
    "Oq4yHzdWCKoxQw=="
)
"""The public point of 15 §4: 97 bytes, uncompressed."""

POINT = base64.b64decode(P384)
P256_POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
RSA_START = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")


def encoded(point: bytes) -> str:
    return base64.b64encode(point).decode()


def new() -> Message:
    oauth2 = {
        "responseType": "code",
        "scope": ["openid", "email"],
        "state": "3q2+7wABAgMEBQYHCAkKCwwNDg8QERIT",
        "redirectURI": "https://msp.example/amb/oauth/callback",
    }
    return interactive({"authenticate": {"oauth2": oauth2}}, images=[])


def legacy() -> Message:
    oauth2 = {
        "responseType": "token",
        "scope": ["r_liteprofile"],
        "state": "3q2+7wABAgMEBQYHCAkKCwwNDg8QERIT",
        "responseEncryptionKey": P384,
        "clientSecret": "only when the provider needs it",
    }
    return interactive({"authenticate": {"oauth2": oauth2}}, images=[])


NEW = Cases("authentication", new, "07 §1")
NEW.good("as it is")
limited(NEW, "bubble title", f"{RECEIVED}/title")
NEW.good("one scope", Put(f"{OAUTH2}/scope", ["openid"]))
NEW.good("more parameters", Put(f"{OAUTH2}/additionalParameters", "prompt=login"))
NEW.good("a state of exactly 1,024 characters", Put(f"{OAUTH2}/state", "s" * 1024), says="07 §1 no. 1")
NEW.good("a redirect with port and query", Put(f"{OAUTH2}/redirectURI", "https://msp.example:8443/cb?tenant=7"))
NEW.good("without images", Drop(f"{DATA}/images"))
NEW.good("without a reply bubble", Drop(REPLY), says="04 §1")
NEW.broken("oauth2 is missing", Drop(OAUTH2))
NEW.broken("oauth2 is a string", Put(OAUTH2, "code"))
NEW.broken("authenticate is an array", Put(AUTHENTICATE, []))
NEW.broken("responseType is missing", Drop(f"{OAUTH2}/responseType"))
NEW.broken("responseType is token", Put(f"{OAUTH2}/responseType", "token"), says="07 §1: code only")
NEW.broken("responseType is a number", Put(f"{OAUTH2}/responseType", 1))
NEW.broken("scope is missing", Drop(f"{OAUTH2}/scope"))
NEW.broken("scope is a string", Put(f"{OAUTH2}/scope", "openid email"))
NEW.broken("a scope is a number", Put(f"{OAUTH2}/scope/1", 2))
NEW.broken("state is missing", Drop(f"{OAUTH2}/state"))
NEW.broken("state is a number", Put(f"{OAUTH2}/state", 12345))
NEW.broken("state of 1,025 characters", Put(f"{OAUTH2}/state", "s" * 1025), says="07 §1 no. 1; 14 row state")
NEW.broken("state beyond ASCII", Put(f"{OAUTH2}/state", "zustand-ä"), says="07 §1 no. 1; 14 row state")
NEW.broken("state with a control character", Put(f"{OAUTH2}/state", "a\nb"), says="07 §1 no. 1: printable")
NEW.broken("redirectURI is missing", Drop(f"{OAUTH2}/redirectURI"))
NEW.broken("redirectURI misspelt", Rename(f"{OAUTH2}/redirectURI", "redirectUri"), says="07 §1; 12 no. 59")
NEW.broken("redirectURI by http", Put(f"{OAUTH2}/redirectURI", "http://msp.example/cb"))
NEW.broken("redirectURI without a host", Put(f"{OAUTH2}/redirectURI", "/amb/oauth/callback"))
NEW.broken("redirectURI of a custom scheme", Put(f"{OAUTH2}/redirectURI", "bikes://signed-in"))
NEW.broken("additionalParameters is an object", Put(f"{OAUTH2}/additionalParameters", {"prompt": "login"}))
NEW.broken(
    "no PKCE", Put(f"{OAUTH2}/code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), says="07 §1 Security"
)
NEW.broken("the client id lives in Apple's register", Put(f"{OAUTH2}/clientId", "bikes"), says="07 §1")
NEW.broken("a client secret is for the legacy flow", Put(f"{OAUTH2}/clientSecret", "s3cret"), says="07 §2: legacy only")
NEW.broken("the status is in replies only", Put(f"{AUTHENTICATE}/status", "success"), says="07 §1 no. 6")
NEW.broken("receivedMessage is missing", Drop(RECEIVED), says="04 §1")

LEGACY = Cases("legacy authentication", legacy, "07 §2")
LEGACY.good("as it is")
LEGACY.good("a code", Put(f"{OAUTH2}/responseType", "code"))
LEGACY.good("without a client secret", Drop(f"{OAUTH2}/clientSecret"))
LEGACY.broken("responseType is unknown", Put(f"{OAUTH2}/responseType", "id_token"))
LEGACY.broken("scope is a string", Put(f"{OAUTH2}/scope", "r_liteprofile"))
LEGACY.broken("state is missing", Drop(f"{OAUTH2}/state"))
LEGACY.broken("scope is missing", Drop(f"{OAUTH2}/scope"))
LEGACY.broken(
    "key is missing",
    Drop(KEY),
    at=((KEY, f"{OAUTH2}/redirectURI"),),
    may=(f"{OAUTH2}/responseType", f"{OAUTH2}/clientSecret"),
)
LEGACY.broken("key is a number", Put(KEY, 4))
LEGACY.broken("key is URL-safe base64", Put(KEY, P384.replace("+", "-").replace("/", "_")), says="07 §2; 12 no. 57")
LEGACY.broken("key is hex", Put(KEY, POINT.hex()))
LEGACY.broken("key is a compressed point", Put(KEY, encoded(b"\x03" + POINT[1:49])), says="07 §2; 12 no. 57")
LEGACY.broken("key is an RSA key", Put(KEY, encoded(RSA_START + b"\x01" * 260)), says="07 §2; 12 no. 57")
LEGACY.broken("key of another curve", Put(KEY, encoded(P256_POINT)), says="07 §2: P-384")
LEGACY.broken("key without its leading 04", Put(KEY, encoded(POINT[1:])))
LEGACY.broken("key one byte too long", Put(KEY, encoded(POINT + b"\x00")))
LEGACY.broken("key with another first byte", Put(KEY, encoded(b"\x06" + POINT[1:])))
LEGACY.broken(
    "key is a point off the curve", Put(KEY, encoded(POINT[:-1] + bytes([POINT[-1] ^ 1]))), says="07 §2: P-384 point"
)
LEGACY.broken("an unknown key", Put(f"{OAUTH2}/tokenUrl", "https://id.example/token"))

ALL = (NEW, LEGACY)
