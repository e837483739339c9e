"""The `capability-list` header (protocol/11 §1, vectors 15 §5)."""

from __future__ import annotations

import pytest

from parley.apple import capabilities


@pytest.mark.parametrize(
    ("header", "tokens"),
    [
        ("AUTH%2CLIST%2CTIME%2CFORM%2CQUICK%2CAUTH2", ["AUTH", "LIST", "TIME", "FORM", "QUICK", "AUTH2"]),
        (" list, quick ,Time", ["LIST", "QUICK", "TIME"]),
        ("LIST", ["LIST"]),
        ("list%20%2C%20quick", ["LIST", "QUICK"]),
        ("QUICK,LIST,quick,QUICK", ["QUICK", "LIST"]),
        ("LIST,HOLOGRAM", ["LIST", "HOLOGRAM"]),
        (",, ,LIST,,", ["LIST"]),
        ("LIST%", ["LIST%"]),
    ],
)
def test_tokens_are_read_in_order_each_once(header: str, tokens: list[str]) -> None:
    assert capabilities.parse(header) == tokens


def test_a_missing_header_is_not_an_empty_one() -> None:
    assert capabilities.parse(None) is None
    assert capabilities.parse("") == []
    assert capabilities.parse(" , ") == []


def test_a_hostile_header_stays_small() -> None:
    tokens = capabilities.parse(",".join(f"{number:0100d}" for number in range(10_000)))

    assert tokens is not None
    assert len(tokens) <= capabilities.MAX_TOKENS
    assert all(len(token) <= 32 for token in tokens)
