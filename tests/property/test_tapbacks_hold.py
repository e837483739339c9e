"""Every sentence of every table is understood for any text, and no text makes the reader fail."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parley.apple.tapback_patterns import TABLES, Form
from parley.apple.tapbacks import detect, matches

LOCALES = st.sampled_from([None, "en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "ja_JP", "zh_CN", "zh_TW", "?"])
FORMS = [form for table in TABLES.values() for form in table.forms]
QUOTED = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf", "Z"], exclude_characters='"“”„«»「」『』'), min_size=1
)


def sentence(form: Form, target: str, emoji: str = "🔥") -> str:
    if form.joint is None:
        return f"{form.head} {target} {form.tail}".strip()
    first, second = (emoji, target) if form.emoji_first else (target, emoji)
    return f"{form.head} {first} {form.joint} {second} {form.tail}".strip()


@given(st.sampled_from(FORMS), QUOTED, st.sampled_from(["“{}”", "„{}“", "« {} »", "「{}」"]), LOCALES)
def test_every_sentence_is_understood_in_any_locale(form: Form, text: str, marks: str, locale: str | None) -> None:
    found = detect(sentence(form, marks.format(text)), locale)

    assert found is not None
    assert (found.reaction, found.removed, found.quoted) == (form.reaction, form.removed, text)
    assert found.emoji == (None if form.joint is None else "🔥")


@given(
    st.sampled_from(FORMS),
    st.lists(QUOTED, min_size=3, max_size=3),
    st.sampled_from(["“{}”", "„{}“", "«{}»", "« {} »", "「{}」", "『{}』", '"{}"']),
    st.sampled_from(["“{}”", "„{}“", "„{}”", "« {} »", "「{}」", '"{}"']),
)
def test_the_text_may_hold_a_quotation_of_any_language(form: Form, words: list[str], inner: str, outer: str) -> None:
    text = f"{words[0]} {inner.format(words[1])} {words[2]}"

    found = detect(sentence(form, outer.format(text)), None)

    assert found is not None
    assert (found.reaction, found.removed, found.quoted) == (form.reaction, form.removed, text)


@given(st.sampled_from(sorted(TABLES)), LOCALES, st.data())
def test_every_thing_is_understood_in_every_sentence(language: str, locale: str | None, draw: st.DataObject) -> None:
    table = TABLES[language]
    form = draw.draw(st.sampled_from(table.forms))
    name, target = draw.draw(st.sampled_from(sorted(table.things.items())))

    found = detect(sentence(form, name.replace("#", "4")), locale)

    assert found is not None
    assert (found.reaction, found.target, found.quoted) == (form.reaction, target, None)


def test_no_sentence_of_two_slots_lacks_words_between_them() -> None:
    assert all(form.joint != "" for form in FORMS)
    assert all(form.head or form.tail for form in FORMS)


@given(st.text(), LOCALES)
def test_any_text_is_looked_at_without_failing(body: str, locale: str | None) -> None:
    found = detect(body, locale)

    assert found is None or found.quoted is None or found.quoted in body


@given(st.text(), st.text())
def test_comparing_never_fails_and_a_text_matches_itself(quoted: str, body: str) -> None:
    matches(quoted, body)

    assert matches(body + "a", body + "a")


@given(st.text(alphabet="abcdef ghij", min_size=2), st.data())
def test_a_beginning_with_an_ellipsis_matches(body: str, draw: st.DataObject) -> None:
    cut = body[: draw.draw(st.integers(min_value=1, max_value=len(body)))]

    assert matches(cut + "…", body) or not cut.strip()
