"""Names of conversations and messages."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid

import pytest

from parley.conversation import identity
from tests.support import apple_requests as apple


def test_a_conversation_has_the_same_safe_name_for_ever() -> None:
    digest = hashlib.sha256(f"{apple.BUSINESS}\0{apple.CUSTOMER}".encode()).digest()

    name = identity.conversation_id(apple.BUSINESS, apple.CUSTOMER)

    assert name == base64.b32encode(digest).decode().lower()[:26]
    assert re.fullmatch(r"[a-z2-7]{26}", name)


def test_no_two_pairs_of_business_and_customer_share_a_name() -> None:
    pairs = [("a", "bc"), ("ab", "c"), ("abc", ""), ("bc", "a"), ("A", "bc"), ("a", "BC")]

    assert len({identity.conversation_id(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize(
    ("text", "opaque"),
    [
        (apple.CUSTOMER, True),
        ("urn:mbid:", True),
        ("URN:MBID:x", False),
        ("ckuhkscomuy33zqfxd5mbgzdey", False),
        ("tel:+15550100", False),
        ("", False),
    ],
)
def test_apples_name_for_a_customer_is_told_from_ours(text: str, *, opaque: bool) -> None:
    assert identity.is_opaque_id(text) is opaque


def test_the_same_key_of_the_same_business_makes_the_same_message() -> None:
    first = identity.message_id("biz", "key-1")

    assert first == identity.message_id("biz", "key-1") == str(uuid.UUID(first))
    assert uuid.UUID(first).version == 5
    assert len({first, identity.message_id("biz", "key-2"), identity.message_id("other", "key-1")}) == 3


def test_the_same_news_have_the_same_name_and_no_message_has_it() -> None:
    first = identity.notice_id("biz", "message.sent", "m1")

    assert first == identity.notice_id("biz", "message.sent", "m1") == str(uuid.UUID(first))
    others = {
        identity.notice_id("biz", "message.failed", "m1"),
        identity.notice_id("biz", "message.sent", "m2"),
        identity.notice_id("other", "message.sent", "m1"),
        identity.message_id("biz", "m1"),
    }
    assert len({first, *others}) == 5


def test_a_ulid_is_its_milliseconds_then_chance() -> None:
    assert identity.ulid(0, bytes) == "0" * 26
    assert identity.ulid(0.001, lambda size: b"\xff" * size) == "0000000001" + "Z" * 16

    number = 0
    for letter in identity.ulid(1_767_225_600.123, bytes):
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    assert number == 1_767_225_600_123 << 80


def test_ulids_of_one_moment_differ() -> None:
    made = {identity.ulid(1_767_225_600) for _ in range(1000)}

    assert len(made) == 1000
    assert {len(name) for name in made} == {26}
