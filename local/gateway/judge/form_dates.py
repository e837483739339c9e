"""Date pages of a form (protocol/05 §3.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.gateway import form_dates
from local.gateway.judge.wording import judge_ui_texts

if TYPE_CHECKING:
    from datetime import date

    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

DATES = ("startDate", "minimumDate", "maximumDate")


def judge_date_picker(page: Fields, setting: Setting) -> list[str]:
    """Judge hint, format and the days that bound the choice. Returns violations."""
    judge_ui_texts(page, "hintText")
    if "options" not in page:
        return []
    options = page.object("options")
    judge_ui_texts(options, "dateFormat", "labelText")
    start, first, last = (_day(options, key) for key in DATES)
    if first and last and first > last:
        raise options.wrong("minimumDate", "lies after maximumDate")
    violations = options.unknown({"dateFormat", "labelText", *DATES})
    if start and ((first and start < first) or (last and start > last)):
        violations.append(f"{options.path('startDate')} lies outside minimumDate and maximumDate")
    if first and not last and first > datetime.fromtimestamp(setting.now, UTC).date():
        violations.append(f"{options.path('maximumDate')} is missing and means today; no day can be chosen")
    return violations


def _day(options: Fields, key: str) -> date | None:
    """Read a day; in which form Apple wants it is unclear, so all three that were seen are taken."""
    if key not in options:
        return None
    text = options.text(key)
    pattern = str(options.value.get("dateFormat", form_dates.DEFAULT_FORMAT))
    day = form_dates.read(text, pattern) or form_dates.read(text, form_dates.DEFAULT_FORMAT)
    if day is None:
        raise options.wrong(key, f"is no day in the form {pattern}")
    return day
