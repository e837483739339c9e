"""List pickers (protocol/04 §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.pictures import judge_image_identifier
from local.gateway.judge.wording import judge_identifiers, judge_ui_text, judge_ui_texts

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

ITEM_STYLES = ("default", "icon", "small", "large")
"""`default` and `icon` are the ones seen; the others are a bubble's, and nothing says that an item refuses them."""


def judge_list_picker(content: Fields, setting: Setting) -> list[str]:
    """Sections with items; an item's identifier is unique in all of them."""
    violations = content.unknown({"sections"})
    identifiers: set[str] = set()
    for section in content.some_objects("sections"):
        judge_ui_text(section, "title")
        section.flag("multipleSelection")
        _judge_order(section)
        items = section.some_objects("items")
        judge_identifiers(items, known=identifiers)
        violations += section.unknown({"title", "order", "multipleSelection", "items"})
        for item in items:
            violations += _judge_item(item, setting)
    return violations


def _judge_item(item: Fields, setting: Setting) -> list[str]:
    judge_ui_text(item, "title")
    judge_ui_texts(item, "subtitle")
    judge_image_identifier(item, setting.images)
    _judge_order(item)
    if "style" in item:
        item.one_of("style", ITEM_STYLES)
    return item.unknown({"identifier", "title", "subtitle", "imageIdentifier", "order", "style"})


def _judge_order(fields: Fields) -> None:
    if "order" in fields and fields.whole_number("order") < 0:
        raise fields.wrong("order", "must be 0 or more")
