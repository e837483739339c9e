"""Reactions in the languages of their devices, and in which order the languages are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.apple.tapback_patterns import TABLES
from parley.apple.tapbacks import Tapback, detect

if TYPE_CHECKING:
    from parley.apple.tapback_patterns import Form, Reaction

# ruff: noqa: RUF001  (quotation marks that look alike are what is tested)


@pytest.mark.parametrize(
    ("locale", "body", "expected"),
    [
        ("de_DE", "„Um vier?“ ein Herz hinzugefügt", Tapback("love", quoted="Um vier?")),
        ("de_DE", "Gefällt „Um vier?“", Tapback("like", quoted="Um vier?")),
        ("de_DE", "Gefällt „Um vier?“ nicht", Tapback("dislike", quoted="Um vier?")),
        ("de_AT", "„Um vier?“ mit „Gefällt mir“ markiert", Tapback("like", quoted="Um vier?")),
        ("de_DE", "Mit 🔥 auf „Um vier?“ reagiert", Tapback("emoji", "🔥", quoted="Um vier?")),
        ("de_DE", "Herz von „Um vier?“ entfernt", Tapback("love", removed=True, quoted="Um vier?")),
        ("de_DE", "Gefällt ein Bild", Tapback("like", target="image")),
        ("fr_FR", "a attribué la mention «\u00a0Adore\u00a0» à «\u00a0Ok\u00a0»", Tapback("love", quoted="Ok")),
        ("fr_CA", "A attribué la mention «\u202fJ’aime\u202f» à «\u202fOk\u202f»", Tapback("like", quoted="Ok")),
        ("fr_CH", "A attribué la mention «Rires» à «Ok»", Tapback("laugh", quoted="Ok")),
        ("fr_FR", "A attribué la mention « Je n'aime pas » à « Ok »", Tapback("dislike", quoted="Ok")),
        ("fr_FR", "A ajouté un « J’adore » à « Ok ».", Tapback("love", quoted="Ok")),
        ("fr_FR", "a réagi avec 🔥 à « Ok »", Tapback("emoji", "🔥", quoted="Ok")),
        ("fr_FR", "A retiré la mention « Adore » de « Ok »", Tapback("love", removed=True, quoted="Ok")),
        ("fr_FR", "A attribué la mention « Adore » à une image", Tapback("love", target="image")),
        ("es_MX", "Le encantó “Vale”", Tapback("love", quoted="Vale")),
        ("es_ES", "Le encanta «Vale»", Tapback("love", quoted="Vale")),
        ("es_MX", "Le dio risa una imagen", Tapback("laugh", target="image")),
        ("es_MX", "Exclamó por “Vale”", Tapback("emphasize", quoted="Vale")),
        ("es_MX", "Dudó sobre “Vale”", Tapback("question", quoted="Vale")),
        ("es_ES", "Se ha reaccionado con 🔥 a “Vale”", Tapback("emoji", "🔥", quoted="Vale")),
        ("es_ES", "Ha eliminado 🔥 de “Vale”.", Tapback("emoji", "🔥", removed=True, quoted="Vale")),
        ("it_IT", "Ha aggiunto un cuoricino a “Va bene”", Tapback("love", quoted="Va bene")),
        ("it_IT", "Ha messo “Mi piace” a “Va bene”", Tapback("like", quoted="Va bene")),
        ("it_IT", "Ha messo “Non mi piace” a un’immagine", Tapback("dislike", target="image")),
        ("it_IT", "Ha reagito con 🔥 a “Va bene”", Tapback("emoji", "🔥", quoted="Va bene")),
        ("it_IT", "Ha rimosso il cuoricino da “Va bene”", Tapback("love", removed=True, quoted="Va bene")),
        ("pt_BR", "Amou “Está bem”", Tapback("love", quoted="Está bem")),
        ("pt_PT", "Gostou de «Está bem»", Tapback("like", quoted="Está bem")),
        ("pt_BR", "Reagiu com 🔥 a “Está bem”", Tapback("emoji", "🔥", quoted="Está bem")),
        ("pt_BR", "Removeu um coração de uma foto", Tapback("love", removed=True, target="image")),
        ("ja_JP", "“また明日”に「いいね」と応答", Tapback("like", quoted="また明日")),
        ("ja_JP", "「また明日」に「！！」と応答しました。", Tapback("emphasize", quoted="また明日")),
        (
            "ja_JP",
            "“\u200aまた明日\u200a”に\u200a🔥\u200aでリアクションしました",
            Tapback("emoji", "🔥", quoted="また明日"),
        ),
        ("ja_JP", "“また明日”から「ハート」を削除しました", Tapback("love", removed=True, quoted="また明日")),
        ("ja_JP", "画像に「いいね」と応答", Tapback("like", target="image")),
        ("zh_CN", "喜爱了“好的”", Tapback("love", quoted="好的")),
        ("zh_Hans_CN", "用🔥回应了“好的”", Tapback("emoji", "🔥", quoted="好的")),
        ("zh_CN", "赞了1条商务信息", Tapback("like", target="business_message")),
        ("zh_TW", "對「好的」按讚", Tapback("like", quoted="好的")),
        ("zh-Hant-HK", "對「好的」回應了🔥", Tapback("emoji", "🔥", quoted="好的")),
        ("zh_TW", "移除了「好的」的愛心", Tapback("love", removed=True, quoted="好的")),
    ],
)
def test_each_language_has_its_own_sentences(locale: str, body: str, expected: Tapback) -> None:
    assert detect(body, locale) == expected


@pytest.mark.parametrize(
    ("locale", "body", "reaction"),
    [
        ("de_DE", "„Nimm “alles” mit“ ein Herz hinzugefügt", "love"),
        ("de_DE", "Gefällt „Nimm “alles” mit“", "like"),
        ("de_DE", "Gefällt „Nimm “alles” mit“ nicht", "dislike"),
        ("de_AT", "„Nimm “alles” mit“ mit „Gefällt mir“ markiert", "like"),
        ("fr_FR", "A attribué la mention « Adore » à « Nimm “alles” mit »", "love"),
        ("es_ES", "Le encanta «Nimm “alles” mit»", "love"),
        ("it_IT", "Ha messo “Mi piace” a “Nimm “alles” mit”", "like"),
        ("pt_PT", "Gostou de «Nimm “alles” mit»", "like"),
        ("ja_JP", "「Nimm “alles” mit」に「いいね」と応答", "like"),
        ("zh_CN", "喜爱了“Nimm “alles” mit”", "love"),
        ("zh_TW", "對「Nimm “alles” mit」按讚", "like"),
    ],
)
def test_a_quotation_in_the_quoted_text_is_part_of_it(locale: str, body: str, reaction: Reaction) -> None:
    assert detect(body, locale) == Tapback(reaction, quoted="Nimm “alles” mit")


@pytest.mark.parametrize("locale", [None, "", "ko_KR", "en_US", "zh_TW", "_", "xx-yy-zz"])
def test_other_languages_than_the_devices_own_are_tried_as_well(locale: str | None) -> None:
    assert detect("„Um vier?“ ein Herz hinzugefügt", locale) == Tapback("love", quoted="Um vier?")


def test_the_language_of_the_device_is_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "de", TABLES["de"].__class__((_mood("Liked", "dislike"),), {}))

    assert detect("Liked “x”", "de_DE") == Tapback("dislike", quoted="x")
    assert detect("Liked “x”", "en_US") == Tapback("like", quoted="x")
    assert detect("Liked “x”", None) == Tapback("like", quoted="x")


@pytest.mark.parametrize("locale", ["zh_TW", "zh-Hant", "zh_Hant_HK", "zh_MO", "zh-HK"])
def test_regions_of_traditional_script_have_its_table_tried_first(locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "zh-hant", TABLES["zh-hant"].__class__((_mood("Liked", "dislike"),), {}))
    monkeypatch.setitem(TABLES, "zh-hans", TABLES["zh-hans"].__class__((_mood("Liked", "laugh"),), {}))

    assert detect("Liked “x”", locale) == Tapback("dislike", quoted="x")
    assert detect("Liked “x”", "zh_CN") == Tapback("laugh", quoted="x")


def _mood(head: str, reaction: Reaction) -> Form:
    return TABLES["en"].forms[0]._replace(head=head, reaction=reaction)


@pytest.mark.parametrize("language", sorted(TABLES))
def test_each_language_has_every_reaction_given_and_taken_back(language: str) -> None:
    given = {form.reaction for form in TABLES[language].forms if not form.removed}
    taken = {form.reaction for form in TABLES[language].forms if form.removed}

    assert given == taken == {"love", "like", "dislike", "laugh", "emphasize", "question", "emoji", "sticker"}
    assert {"image", "video", "audio", "attachment", "sticker", "business_message"} == set(
        TABLES[language].things.values()
    )
