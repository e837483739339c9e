"""API keys: how they are read and when they open."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from parley.business import keys
from parley.business.model import ApiKey

SECRET = "s3cret_-" * 4
KEY = ApiKey("pk_live-1", "biz", hashlib.sha256(SECRET.encode()).hexdigest(), "usage")
NOW = 1000.0


@pytest.mark.parametrize(
    "header",
    [f"Bearer pk_1.{SECRET}", f"bearer pk_1.{SECRET}", f"BEARER   pk_1.{SECRET}  ", f"  Bearer pk_1.{SECRET}"],
)
def test_a_key_is_an_id_and_a_secret(header: str) -> None:
    assert keys.parse(header) == ("pk_1", SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "   ",
        "Bearer",
        "Bearer ",
        f"Basic pk_1.{SECRET}",
        f"pk_1.{SECRET}",
        "Bearer pk_1",
        "Bearer pk_1.",
        f"Bearer .{SECRET}",
        "Bearer pk_1.short",
        f"Bearer abc.{SECRET}",
        f"Bearer {'x' * 65}.{SECRET}",
        f"Bearer pk_1.{'s' * 129}",
        f"Bearer pk_1.{SECRET}.{SECRET}",
        f"Bearer pk_1.{SECRET} more",
        f"Bearer pk#1.{SECRET}",
        f"Bearer pk_1.{SECRET}\u00e4",
        f"Bearer pk_1.{SECRET}\n.x",
        f"Bearer p\u212a_1.{SECRET}",
    ],
)
def test_anything_else_is_no_key(header: str | None) -> None:
    assert keys.parse(header) is None


def test_the_secret_opens_its_key() -> None:
    assert keys.opens(KEY, SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", SECRET + "x", SECRET[:-1], SECRET.upper(), KEY.secret_sha256, "0" * 64])
def test_no_other_secret_does(secret: str) -> None:
    assert not keys.opens(KEY, secret, now=NOW)


def test_a_disabled_key_opens_nothing() -> None:
    assert not keys.opens(replace(KEY, enabled=False), SECRET, now=NOW)


@pytest.mark.parametrize(("expires_at", "open_now"), [(NOW + 0.001, True), (NOW, False), (NOW - 1, False)])
def test_a_key_opens_until_it_expires(expires_at: float, *, open_now: bool) -> None:
    assert keys.opens(replace(KEY, expires_at=expires_at), SECRET, now=NOW) is open_now


def test_a_key_that_does_not_exist_opens_nothing() -> None:
    assert not keys.opens(None, SECRET, now=NOW)


def test_a_digest_is_the_sha256_of_the_secret() -> None:
    assert keys.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
