"""API keys: how they are read and when they open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.business import keys
from parley.business.model import ApiKey

SECRET = "s3cret_-" * 4
KEY = ApiKey("pk_live-1", "biz", keys.digest(SECRET), "usage")
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
        f"Bearer pk_1.{SECRET}, Bearer pk_1.{SECRET}",
        f"Bearer pk_1.{SECRET},pk_1.{SECRET}",
        f"Bearer Bearer pk_1.{SECRET}",
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


def test_halves_of_two_keys_are_no_key() -> None:
    one, other = keys.new_id("live"), keys.new_id("live")

    assert keys.parse(f"Bearer {one}.{keys.new_secret(other)}") is None


def test_the_checksum_is_the_crc_32_in_base_62() -> None:
    # 0xCBF43926 is the check value of CRC-32 for these nine digits.
    assert keys.checksum("123456789") == "3jZRME"


def test_no_two_keys_are_alike() -> None:
    made = {keys.new_id("test") for _ in range(200)}

    assert len(made) == 200
    assert len({keys.new_secret("x") for _ in range(200)}) == 200


FORMER = replace(KEY, secret_sha256=keys.digest("new"), former_sha256=keys.digest(SECRET), former_until=NOW + 10)


@pytest.mark.parametrize(("now", "open_now"), [(NOW, True), (NOW + 9.9, True), (NOW + 10, False)])
def test_a_replaced_secret_opens_until_its_time_is_over(now: float, *, open_now: bool) -> None:
    assert keys.opens(FORMER, SECRET, now=now) is open_now
    assert keys.opens(FORMER, "new", now=now)


def test_of_a_disabled_or_expired_key_no_secret_opens() -> None:
    assert not keys.opens(replace(FORMER, enabled=False), SECRET, now=NOW)
    assert not keys.opens(replace(FORMER, expires_at=NOW), SECRET, now=NOW)


READER = replace(KEY, scopes=("read",))


@pytest.mark.parametrize(
    ("strong", "weak", "covered"),
    [
        (KEY, READER, True),
        (READER, KEY, False),
        (READER, READER, True),
        (replace(KEY, scopes=("read", "keys")), replace(KEY, scopes=("read", "send")), False),
        (KEY, replace(KEY, mode="test"), True),
        (replace(KEY, mode="test"), KEY, False),
        (replace(KEY, mode="test"), replace(KEY, mode="test"), True),
        (KEY, replace(KEY, expires_at=NOW), True),
        (replace(KEY, expires_at=NOW), KEY, False),
        (replace(KEY, expires_at=NOW), replace(KEY, expires_at=NOW), True),
        (replace(KEY, expires_at=NOW), replace(KEY, expires_at=NOW + 1), False),
    ],
)
def test_a_key_covers_what_may_do_no_more_and_no_longer(strong: ApiKey, weak: ApiKey, *, covered: bool) -> None:
    assert strong.covers(weak) is covered
