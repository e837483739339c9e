"""Input pages of a form (protocol/05 §3.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.gateway.judge.wording import judge_ui_texts

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

INPUT_TYPES = ("singleline", "multiline")
KEYBOARD_TYPES = (
    "default", "asciiCapable", "numbersAndPunctuation", "URL", "numberPad", "phonePad", "namePhonePad", "emailAddress",
    "decimalPad", "webSearch",
)  # fmt: skip
TEXT_CONTENT_TYPES = (
    "name", "namePrefix", "givenName", "middleName", "familyName", "nameSuffix", "nickname", "jobTitle",
    "organizationName", "location", "fullStreetAddress", "streetAddressLine1", "streetAddressLine2", "addressCity",
    "addressState", "addressCityAndState", "sublocality", "countryName", "postalCode", "telephoneNumber",
    "emailAddress", "URL", "creditCardNumber", "username", "password", "newPassword", "oneTimeCode",
)  # fmt: skip
UNSAFE = {"creditCardNumber", "password", "newPassword"}
ONE_LINE_ONLY = ("labelText", "prefixText")
KNOWN = {
    "inputType", "required", "placeholder", "labelText", "prefixText", "maximumCharacterCount", "regex",
    "keyboardType", "textContentType",
}  # fmt: skip


def judge_input(page: Fields) -> list[str]:
    """Judge hint and options. Returns violations."""
    judge_ui_texts(page, "hintText")
    if "options" not in page:
        return []
    options = page.object("options")
    judge_ui_texts(options, "placeholder", "labelText", "prefixText")
    options.flag("required")
    for key, words in (
        ("inputType", INPUT_TYPES),
        ("keyboardType", KEYBOARD_TYPES),
        ("textContentType", TEXT_CONTENT_TYPES),
    ):
        if key in options:
            options.one_of(key, words)
    if "maximumCharacterCount" in options and options.whole_number("maximumCharacterCount") < 1:
        raise options.wrong("maximumCharacterCount", "must be 1 or more")
    return options.unknown(KNOWN) + _doubts(options)


def _doubts(options: Fields) -> list[str]:
    doubts = []
    if "regex" in options and not _compiles(options.text("regex")):
        doubts.append(f"{options.path('regex')} is no regular expression")
    if options.value.get("inputType") == "multiline":
        doubts += [f"{options.path(key)} is shown on single lines only" for key in ONE_LINE_ONLY if key in options]
    if options.value.get("textContentType") in UNSAFE:
        doubts.append(f"{options.path('textContentType')} asks for a secret, which is not safe in a conversation")
    return doubts


def _compiles(expression: str) -> bool:
    """Tell whether it is an expression at all. The device's dialect is another one, so this only raises doubts."""
    try:
        re.compile(expression)
    except re.error:
        return False
    return True
