"""Which words of a customer's set something off."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business.channel import channel_of
from parley.conversation.triggers import MAX_CHARS, WORDS, matched, normalised

USUAL = channel_of({})


def purpose(body: str, locale: str | None = "en_US", **settings: Any) -> str | None:
    found = matched(channel_of(settings), body, locale)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("agent", "person"),
        ("support", "person"),
        ("help", "person"),
        ("menu", "menu"),
        ("list", "menu"),
        ("?", "menu"),
        ("unsubscribe", "unsubscribe"),
        ("spam", "unsubscribe"),
        ("stop", "unsubscribe"),
        ("end", "unsubscribe"),
        ("subscribe", "subscribe"),
    ],
)
def test_apples_words_count_in_every_language(word: str, wanted: str) -> None:
    for locale in (None, "en", "de_AT", "ja_JP", "xx"):
        assert purpose(word, locale) == wanted


@pytest.mark.parametrize("body", ["Agent", "  AGENT ", "agent!", "agent.", "\uff21gent", "\nAgent…\n"])
def test_case_width_spaces_and_a_full_stop_do_not_count(body: str) -> None:
    assert purpose(body) == "person"


@pytest.mark.parametrize("body", ["an agent", "agent please", "agents", "", " ", "stop it", "x" * 100, "??"])
def test_only_the_whole_message_counts(body: str) -> None:
    assert purpose(body) is None


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_way_an_accent_is_written_does_not_count(form: Any) -> None:
    assert purpose(unicodedata.normalize(form, "Menü"), "de_DE") == "menu"


def test_other_languages_have_words_of_their_own() -> None:
    assert purpose("Mitarbeiter", "de_CH") == "person"
    assert purpose("Mitarbeiter", "fr") is None
    assert purpose("退订", "zh_CN") == "unsubscribe"
    assert purpose("Abmelden", None, default_locale="de") == "unsubscribe"


def test_own_words_take_the_place_of_the_usual_ones_of_their_language() -> None:
    own = {"person": {"words": {"de": ["Chef"], "de_AT": ["Oida"]}}, "menu": {"words": {"en": []}}}

    assert purpose("Chef", "de_DE", triggers=own) == "person"
    assert purpose("Mitarbeiter", "de_DE", triggers=own) is None
    assert purpose("Oida", "de_AT", triggers=own) == "person"
    assert purpose("Chef", "de_AT", triggers=own) is None
    assert purpose("agent", "de_DE", triggers=own) == "person"
    assert purpose("menu", "en", triggers=own) is None
    assert purpose("?", "fr", triggers=own) is None


def test_no_usual_word_stands_for_two_things() -> None:
    for language in WORDS["person"]:
        words = [normalised(word) for purposes in WORDS.values() for word in purposes.get(language, ())]
        english = [normalised(word) for purposes in WORDS.values() for word in purposes["en"]]
        assert len(words) == len(set(words)), language
        for kind, purposes in WORDS.items():
            others = {normalised(word) for other, each in WORDS.items() if other != kind for word in each["en"]}
            assert not others & {normalised(word) for word in purposes.get(language, ())}, language
        assert all(len(word) <= MAX_CHARS for word in [*words, *english])


@given(st.text(max_size=80))
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    once = normalised(text)

    assert normalised(once) == once or not once.strip()


@given(st.sampled_from([(kind, language) for kind, each in WORDS.items() for language in each]), st.data())
def test_every_usual_word_is_found_however_it_is_written(where: tuple[str, str], data: st.DataObject) -> None:
    kind, language = where
    word = data.draw(st.sampled_from(WORDS[kind][language]))
    spaces = st.text(" \t\n\u00a0", max_size=3)
    written = data.draw(spaces) + data.draw(st.sampled_from([word, word.upper(), word.title()])) + data.draw(spaces)

    assert matched(USUAL, written, language) == (kind, word)
