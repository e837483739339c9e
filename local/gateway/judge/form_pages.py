"""The pages of a form (protocol/05 §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.form_dates import judge_date_picker
from local.gateway.judge.form_input import judge_input
from local.gateway.judge.pictures import judge_image_identifier
from local.gateway.judge.wording import judge_identifier, judge_identifiers, judge_ui_text, judge_ui_texts

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import KindJudge, Setting

COMMON = {"pageIdentifier", "type", "title", "subtitle", "nextPageIdentifier", "submitForm"}


def judge_page(page: Fields, setting: Setting) -> list[str]:
    """Judge one page by its type; where it leads is judged by `judge_graph`."""
    judge_identifier(page, "pageIdentifier")
    judge_ui_text(page, "subtitle")
    judge_ui_texts(page, "title")
    page.flag("submitForm")
    kind = page.one_of("type", PAGE_JUDGES)
    return PAGE_JUDGES[kind](page, setting)


def _judge_select(page: Fields, setting: Setting) -> list[str]:
    several = page.flag("multipleSelection")
    violations = page.unknown({*COMMON, "multipleSelection", "items"})
    for item in _judge_items(page):
        judge_image_identifier(item, setting.images)
        if several and "nextPageIdentifier" in item:
            raise item.wrong("nextPageIdentifier", "has no place where several items may be chosen; the page has one")
        violations += item.unknown({"identifier", "title", "value", "imageIdentifier", "nextPageIdentifier"})
    return violations


def _judge_picker(page: Fields, _: Setting) -> list[str]:
    judge_ui_texts(page, "pickerTitle")
    violations = page.unknown({*COMMON, "pickerTitle", "selectedItemIndex", "items"})
    items = _judge_items(page)
    for item in items:
        if "nextPageIdentifier" in item:
            raise item.wrong("nextPageIdentifier", "has no place in a picker; the page has one")
        violations += item.unknown({"identifier", "title", "value"})
    if "selectedItemIndex" in page and not 0 <= page.whole_number("selectedItemIndex") < len(items):
        raise page.wrong("selectedItemIndex", f"must be 0 to {len(items) - 1}")
    return violations


def _judge_items(page: Fields) -> list[Fields]:
    items = page.some_objects("items")
    judge_identifiers(items)
    for item in items:
        judge_ui_text(item, "title")
        item.text("value")
    return items


def _judge_date_page(page: Fields, setting: Setting) -> list[str]:
    return page.unknown({*COMMON, "hintText", "options"}) + judge_date_picker(page, setting)


def _judge_input_page(page: Fields, _: Setting) -> list[str]:
    return page.unknown({*COMMON, "hintText", "options"}) + judge_input(page)


PAGE_JUDGES: dict[str, KindJudge] = {
    "select": _judge_select,
    "picker": _judge_picker,
    "datePicker": _judge_date_page,
    "input": _judge_input_page,
}
"""The four types there are on the wire; they are case-sensitive."""
