"""Splitting a text never loses words, whatever the text."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from parley.business.links import MAX_LINKS, ascii_url, split

HOSTS = st.sampled_from(["a.example", "m\u00fcnchen.example", "[::1]", "1.2.3.4", "x"])
REST = st.text("/?#&=.,;:!()[]{}'*_~aB9\u00e9\u65e5%-", max_size=12)
LINKS = st.builds("{}://{}{}".format, st.sampled_from(["http", "https", "HTTPS"]), HOSTS, REST)
MARKS = st.text(" \n.,;:!?()[]<>\"'*-|\u2026\u201c\u201d\u3002\uff09\u300c\u300d\u00a0\u200b", max_size=5)
WORDS = st.text(max_size=8)
TEXTS = st.lists(st.one_of(LINKS, MARKS, WORDS), max_size=12).map("".join)


def visible(text: str) -> str:
    return "".join(text.split())


def is_mark(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "PZ" or category in {"Cc", "Cf", "Sm", "Sk"}


@given(st.one_of(TEXTS, st.text()))
@example("https://a.example" + ")" * 50)
@example("(https://a.example)")
def test_only_punctuation_around_links_is_left_out(text: str) -> None:
    pieces = split(text)

    left = iter(visible(text))
    dropped = []
    for character in visible("".join(piece.text for piece in pieces)):
        for other in left:
            if other == character:
                break
            dropped.append(other)
        else:
            raise AssertionError(f"{character!r} was never there, or not in this place")
    dropped += left
    assert all(map(is_mark, dropped))
    assert pieces if any(piece.is_url for piece in pieces) else [piece.text for piece in pieces] == [text]


@given(TEXTS)
def test_no_piece_is_empty_and_links_are_few(text: str) -> None:
    pieces = split(text)

    assert sum(piece.is_url for piece in pieces) <= MAX_LINKS
    assert text == "" or all(piece.text for piece in pieces)
    assert all(piece.text == piece.text.strip() for piece in pieces if len(pieces) > 1)


@given(TEXTS)
def test_a_link_that_was_found_is_found_again(text: str) -> None:
    for piece in split(text):
        if piece.is_url:
            assert split(piece.text) == [piece]


@given(st.one_of(LINKS, st.text()))
def test_a_link_to_dial_is_printable_ascii_and_stays_itself(url: str) -> None:
    dialled = ascii_url(url)

    if dialled is not None:
        assert dialled.isascii()
        assert dialled.isprintable()
        assert " " not in dialled
        assert ascii_url(dialled) == dialled
