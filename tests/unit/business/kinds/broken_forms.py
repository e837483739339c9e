"""Broken forms, and what a business is told."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.business.kinds.broken import GONE, JPEG, LARGE, LONG, Case, one
from tests.unit.business.kinds.samples import FULL_FORM, INPUT_FORM, Json


def page(identifier: str, **more: Any) -> Json:
    return {"type": "input", "identifier": identifier, "question": "What?", **more}


CASES: Final = [
    one("form without pages", INPUT_FORM, "/pages", [], "too_few"),
    one("page that leads nowhere", FULL_FORM, "/pages/1/next", "nowhere", "unresolved"),
    one("choice that leads nowhere", FULL_FORM, "/pages/0/items/1/next", "x", "unresolved"),
    one("start on no page", FULL_FORM, "/start", "first", "unresolved"),
    Case(
        "page named twice",
        FULL_FORM,
        [("/pages/5/identifier", "mail"), ("/pages/4/next", GONE)],
        [("/pages/5/identifier", "duplicate")],
    ),
    one("page with a long name", INPUT_FORM, "/pages/0/identifier", "a" * 20, "too_long"),
    Case("page nobody sees", INPUT_FORM, [("/pages/-", page("lost"))], [("/pages/1", "unreachable")]),
    Case(
        "form without an end",
        INPUT_FORM,
        [("/pages/0/next", "two"), ("/pages/-", page("two", next="mail"))],
        [("/pages", "no_end")],
    ),
    one("page without a question", INPUT_FORM, "/pages/0/question", "", "blank"),
    one("page with a long title", FULL_FORM, "/pages/0/title", LONG, "too_long"),
    one("page without choices", FULL_FORM, "/pages/1/items", [], "too_few"),
    one("choice named twice on a page", FULL_FORM, "/pages/1/items/1/identifier", "s", "duplicate"),
    one("choice without a word", FULL_FORM, "/pages/0/items/0/title", "", "blank"),
    one("choice with a broken value", FULL_FORM, "/pages/0/items/0/value", "a\nb", "unprintable"),
    one("choice whose identifier is its value", FULL_FORM, "/pages/1/items/1/identifier", "a\nb", "unprintable"),
    one("branch of a page with several answers", FULL_FORM, "/pages/2/items/0/next", "date", "forbidden"),
    one("choice with a large picture", FULL_FORM, "/pages/0/items/0/image/data", LARGE, "image_too_large"),
    one("wheel that starts behind its end", FULL_FORM, "/pages/1/selected", 2, "out_of_range"),
    one("wheel that starts before its start", FULL_FORM, "/pages/1/selected", -1, "out_of_range"),
    one("wheel with a blank label", FULL_FORM, "/pages/1/label", " ", "blank"),
    one("format of no date", FULL_FORM, "/pages/3/format", "DD of July", "malformed"),
    one("day in another format", FULL_FORM, "/pages/3/minimum", "03/01/2027", "malformed"),
    one("day that does not exist", FULL_FORM, "/pages/3/maximum", "31.02.2027", "malformed"),
    one("day before the first", FULL_FORM, "/pages/3/start", "01.02.2027", "out_of_order"),
    Case(
        "last day before the first",
        FULL_FORM,
        [("/pages/3/minimum", "01.04.2027")],
        [
            ("/pages/3/minimum", "out_of_order"),
            ("/pages/3/start", "out_of_order"),
        ],
    ),
    one("blank label of a day", FULL_FORM, "/pages/3/label", "", "blank"),
    one("long hint", FULL_FORM, "/pages/3/hint", LONG, "too_long"),
    one("pattern that is none", FULL_FORM, "/pages/4/pattern", "([a-z]", "not_compilable"),
    one("keyboard of old", FULL_FORM, "/pages/4/keyboard", "UIKeyboardTypeTwitter", "unknown_value"),
    one("content of no type", FULL_FORM, "/pages/4/content_type", "mail", "unknown_value"),
    one("room for nothing", FULL_FORM, "/pages/4/max_length", 0, "out_of_range"),
    one("blank placeholder", FULL_FORM, "/pages/4/placeholder", "", "blank"),
    Case(
        "label and prefix of several lines",
        FULL_FORM,
        [("/pages/5/label", "Note"), ("/pages/5/prefix", "#")],
        [("/pages/5/label", "forbidden"), ("/pages/5/prefix", "forbidden")],
    ),
    one("welcome with a blank button", FULL_FORM, "/splash/button", "", "blank"),
    one("welcome with a long text", FULL_FORM, "/splash/text", LONG, "too_long"),
    one("welcome with a long header", FULL_FORM, "/splash/header", LONG, "too_long"),
    one("welcome with a JPEG", FULL_FORM, "/splash/image/data", JPEG, "not_png"),
]
