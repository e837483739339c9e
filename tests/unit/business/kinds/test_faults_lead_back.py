"""Whatever Apple's judge finds in the mapped message is told at the place the business wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.business.kinds.paths import translate
from parley.errors import Fault
from tests.unit.apple.wire.samples import png
from tests.unit.business.kinds import broken_forms, broken_others, broken_pickers
from tests.unit.business.kinds.broken import GONE, JPEG, Case, errors, is_there, told, warnings
from tests.unit.business.kinds.broken_others import LOGO, TEXT, VIDEO
from tests.unit.business.kinds.samples import (
    FULL_APP,
    FULL_FORM,
    FULL_LIST_PICKER,
    FULL_TIME_PICKER,
    LIST_PICKER,
    PAY,
    RICH_LINK,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit.business.kinds.broken import Edit, Found
    from tests.unit.business.kinds.samples import Json

CASES = [*broken_pickers.CASES, *broken_forms.CASES, *broken_others.CASES]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_fault_is_told_where_the_business_wrote_it(case: Case) -> None:
    friendly = case.friendly()

    assert errors(friendly) == case.expected
    assert all(is_there(friendly, path) for path, _ in case.expected)


def test_the_table_is_a_long_one() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 80


def test_every_fault_says_how_to_mend_it() -> None:
    assert all(fault.message for case in CASES for fault in told(case.friendly()))


@pytest.mark.parametrize(
    ("base", "edits", "expected"),
    [
        (TEXT, [("/body", "See https://shop.example")], [("/body", "url_in_text")]),
        (VIDEO, [("/image", GONE)], [("/image", "no_poster")]),
        (RICH_LINK, [("/url", "http://shop.example")], [("/url", "not_https")]),
        (FULL_TIME_PICKER, [("/slots/0/duration", 30)], [("/slots/0/duration", "suspicious_unit")]),
        (FULL_TIME_PICKER, [("/timezone_offset", -7)], [("/timezone_offset", "suspicious_unit")]),
        (FULL_FORM, [("/pages/3/maximum", GONE)], [("/pages/3/maximum", "blocked_dates")]),
        (FULL_FORM, [("/pages/4/content_type", "password")], [("/pages/4/content_type", "sensitive")]),
        (PAY, [("/networks/0", "maestro")], [("/networks/0", "unproven")]),
        (
            FULL_FORM,
            [("/pages/2/next", "kind"), ("/pages/0/items/0/next", GONE), ("/pages/0/next", "size")],
            [("/pages/2/next", "cycle")],
        ),
    ],
)  # fmt: skip
def test_a_warning_is_told_there_too(base: Json, edits: Sequence[Edit], expected: Found) -> None:
    friendly = Case("", base, edits, []).friendly()

    assert (errors(friendly), warnings(friendly)) == ([], expected)


@pytest.mark.parametrize("given", ["url", "attachment_id"])
def test_a_bad_picture_is_told_at_the_member_it_came_in(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.unit.business.kinds.samples.PNG", JPEG)

    where = {
        "rich link": (RICH_LINK, "/image"),
        "list": (FULL_LIST_PICKER, "/sections/0/items/0/image"),
        "app": (FULL_APP, "/app_icon"),
        "invitation": (LOGO, "/brand_logo"),
    }
    found = {
        name: errors(Case("", base, [(path, {given: "x"})], []).friendly()) for name, (base, path) in where.items()
    }

    assert found == {name: [(f"{path}/{given}", "not_png")] for name, (_, path) in where.items()}


def test_too_many_pictures_together_are_a_fault_of_the_whole_message() -> None:
    items = [
        {"identifier": str(number), "title": "Bike", "image": {"data": png(filler=149_000 + 4 * number)}}
        for number in range(26)
    ]
    friendly = Case("", LIST_PICKER, [("/sections/0/items", items)], []).friendly()

    assert errors(friendly) == [("", "images_too_large")]


def test_the_longest_known_prefix_wins() -> None:
    paths = {"/a": "/x", "/a/b": "/y", "/a/b/c": ""}

    found = [translate([Fault(path, "c", "m")], paths)[0].path for path in ("/a", "/a/z/1", "/a/b", "/a/b/c/d", "/q/r")]

    assert found == ["/x", "/x/z/1", "/y", "/d", ""]


def test_a_fault_keeps_what_it_says() -> None:
    faults = [Fault("/a/b", "one", "mend it", warning=True), Fault("/a/c", "one", "mend that")]

    assert translate(faults, {"/a": "/x"}) == [
        Fault("/x/b", "one", "mend it", warning=True),
        Fault("/x/c", "one", "mend that"),
    ]


def test_a_warning_does_not_hide_an_error_at_the_same_place() -> None:
    faults = [Fault("/a", "one", "better", warning=True), Fault("/b", "one", "must"), Fault("/b", "one", "too")]

    assert translate(faults, {"/a": "/x", "/b": "/x"}) == [Fault("/x", "one", "must")]


def test_what_is_wrong_in_two_places_that_were_written_once_is_told_once() -> None:
    faults = [Fault("/a", "one", "first"), Fault("/b", "one", "second"), Fault("/b", "two", "third")]

    assert translate(faults, {"/a": "/x", "/b": "/x"}) == [Fault("/x", "one", "first"), Fault("/x", "two", "third")]
