"""Reactions that arrive as texts (protocol/02 §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.apple.tapbacks import Tapback, detect, matches

if TYPE_CHECKING:
    from parley.apple.tapback_patterns import Reaction, Target

# ruff: noqa: RUF001  (quotation marks that look alike are what is tested)


@pytest.mark.parametrize(
    ("body", "reaction"),
    [
        ("Loved “See you at four”", "love"),
        ("Liked “See you at four”", "like"),
        ("Disliked “See you at four”", "dislike"),
        ("Laughed at “See you at four”", "laugh"),
        ("Emphasized “See you at four”", "emphasize"),
        ("Questioned “See you at four”", "question"),
        ("Reacted with a sticker to “See you at four”", "sticker"),
    ],
)
def test_the_sentences_of_the_protocol_are_reactions(body: str, reaction: Reaction) -> None:
    assert detect(body, "en_US") == Tapback(reaction, quoted="See you at four")


@pytest.mark.parametrize("emoji", ["🔥", "❤️", "👍🏽", "👩‍👩‍👧‍👦", "🇩🇪", "1️⃣", "‼️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☺"])
def test_any_emoji_may_be_a_reaction(emoji: str) -> None:
    assert detect(f"Reacted {emoji} to “Four?”", "en_US") == Tapback("emoji", emoji, quoted="Four?")


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("Liked an image", "image"),
        ("Liked 3 images", "image"),
        ("Liked a movie", "video"),
        ("Liked an audio message", "audio"),
        ("Liked an attachment", "attachment"),
        ("Liked a sticker", "sticker"),
        ("Liked 1 Business Message", "business_message"),
        ("Liked 12 business messages", "business_message"),
    ],
)
def test_what_cannot_be_quoted_is_named(body: str, target: Target) -> None:
    assert detect(body, "en_GB") == Tapback("like", target=target)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Removed a heart from “Four?”", Tapback("love", removed=True, quoted="Four?")),
        ("Removed a like from “Four?”", Tapback("like", removed=True, quoted="Four?")),
        ("Removed a dislike from “Four?”", Tapback("dislike", removed=True, quoted="Four?")),
        ("Removed a laugh from “Four?”", Tapback("laugh", removed=True, quoted="Four?")),
        ("Removed an exclamation from “Four?”", Tapback("emphasize", removed=True, quoted="Four?")),
        ("Removed a question mark from an image", Tapback("question", removed=True, target="image")),
        ("Removed 🔥 from “Four?”", Tapback("emoji", "🔥", removed=True, quoted="Four?")),
        ("Removed a sticker from 1 Business Message", Tapback("sticker", removed=True, target="business_message")),
    ],
)
def test_a_reaction_can_be_taken_back(body: str, expected: Tapback) -> None:
    assert detect(body, "en_US") == expected


@pytest.mark.parametrize(
    "body",
    [
        "Liked “Four?”",
        'Liked "Four?"',
        "Liked „Four?“",
        "Liked „Four?”",
        'Liked „Four?"',
        "Liked «Four?»",
        "Liked « Four? »",
        "Liked 「Four?」",
        "Liked 『Four?』",
        "  Liked\u00a0“\u200bFour?\u200b”\n",
        "Liked “Four?”.",
    ],
)
def test_every_kind_of_quotation_mark_is_understood(body: str) -> None:
    assert detect(body, "en_US") == Tapback("like", quoted="Four?")


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ("Liked “He said “yes” to me”", "He said “yes” to me"),
        ('Liked "He said "yes" to me"', 'He said "yes" to me'),
        ('Liked "("yes" or "no")"', '("yes" or "no")'),
        ('Liked “A 5" screen”', 'A 5" screen'),
        ("Liked “He said “yes and then he…”", "He said “yes and then he…"),
        ("Liked “First line\n\nsecond line”", "First line\n\nsecond line"),
        ("Liked “Liked “Four?””", "Liked “Four?”"),
        ("Liked “\ufffc”", "\ufffc"),
        ("Liked „Take “all” of it“", "Take “all” of it"),
        ("Liked „“All” of it“", "“All” of it"),
        ("Liked „Take “all”“", "Take “all”"),
        ("Liked „Take (“all”) of it“", "Take (“all”) of it"),
        ("Liked „Take\u00a0“all” – or “most” – of it“", "Take\u00a0“all” – or “most” – of it"),
        ("Liked „Take it—“all” of it“", "Take it—“all” of it"),
        ("Liked „He said „yes“ to me“", "He said „yes“ to me"),
        ("Liked „He said „yes“ and “no” to me“", "He said „yes“ and “no” to me"),
        ("Liked „Take “all of…“", "Take “all of…"),
        ("Liked “He: “She said “yes” to me” he said”", "He: “She said “yes” to me” he said"),
        ("Liked „Take “all” of it”", "Take “all” of it"),
        ('Liked „Take "all" of it"', 'Take "all" of it'),
        ('Liked „Take "all" of it“', 'Take "all" of it'),
        ("Liked “He said „yes“ to me”", "He said „yes“ to me"),
        ("Liked “He said«yes»to me”", "He said«yes»to me"),
        ("Liked « He said « yes » and “no” »", "He said « yes » and “no”"),
        ("Liked “他说“好”吗”", "他说“好”吗"),
        ("Liked 「彼は『はい』と「いいえ」」", "彼は『はい』と「いいえ」"),
    ],
)
def test_what_is_quoted_may_hold_quotations_and_lines(body: str, quoted: str) -> None:
    assert detect(body, "en_US") == Tapback("like", quoted=quoted)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   ",
        "Liked",
        "Liked it",
        "Liked the blue one “Deluxe” a lot",
        "Liked “Deluxe” a lot",
        "Liked “Deluxe” and “Basic”",
        'Liked "Deluxe" and "Basic"',
        "Liked “a “b” c” d”",
        'Liked "a "b" c" d"',
        'Liked "Deluxe" and "Basic”"',
        "Liked “a “b « c” d” e”",
        "Liked „Deluxe“ and „Basic“",
        "Gefällt „Deluxe“ und „Basic“",
        "Liked „Deluxe“, not “Basic“",
        'Liked „Deluxe" and „Basic"',
        "Liked „Take “all” of it“ and “more“",
        "Liked « Deluxe » and « Basic »",
        "Liked 「Deluxe」 and 「Basic」",
        "Liked “Deluxe”. Is it still there? I mean “Deluxe”",
        "Liked “”",
        "Liked “ ”",
        "Liked ”",
        "Liked “Deluxe",
        "Liked an image of the blue one",
        "Liked Business Messages",
        "I liked “Deluxe”",
        "liked “Deluxe”",
        "“Deluxe”",
        "“Deluxe” liked",
        "Reacted badly to “Deluxe”",
        "Reacted 🔥 “Deluxe”",
        "Reacted 🔥 to",
        "Reacted to “Deluxe”",
        "Reacted 12 to “Deluxe”",
        "Removed a heart from the cart",
        "Removed the basket from “Deluxe”",
        "喜欢“蓝色”",
        "Gefällt mir",
        "Gefällt mir „Deluxe“",
        "«Le gusta “Deluxe”»",
        "に",
    ],
)
def test_an_ordinary_text_is_not_a_reaction(body: str) -> None:
    assert detect(body, "en_US") is None
    assert detect(body, "de_DE") is None


def test_the_quoted_text_is_kept_out_of_the_repr() -> None:
    assert "canary" not in repr(detect("Liked “canary”", "en_US"))


@pytest.mark.parametrize(
    ("quoted", "body"),
    [
        ("See you at four", "See you at four"),
        ("See you at four", " See you\nat\u00a0four "),
        ("Pictures", "Pictures \ufffc\ufffc"),
        ("It's “ok”", 'It’s "ok"'),
        ("co\u200bffee", "coffee"),
        ("See you at…", "See you at four"),
        ("See you at ...", "See you at four"),
        ("Wait…", "Wait…"),
        ("Wait...", "Wait..."),
    ],
)
def test_a_quotation_matches_the_text_it_is_of(quoted: str, body: str) -> None:
    assert matches(quoted, body)


@pytest.mark.parametrize(
    ("quoted", "body"),
    [
        ("See you at four", "See you at four tomorrow"),
        ("See you at five…", "See you at four"),
        ("you at four…", "See you at four"),
        ("See you at four", "see you at four"),
        ("…", "See you at four"),
        ("...", "See you at four"),
        ("", ""),
        (" ", "See you at four"),
        ("\ufffc", "\ufffc"),
        ("See you at four", ""),
    ],
)
def test_a_quotation_does_not_match_another_text(quoted: str, body: str) -> None:
    assert not matches(quoted, body)
