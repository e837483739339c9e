"""Values that slip through careless checks: a line feed at the end, digits of other scripts, booleans for numbers, and
arrays or objects where a string is looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.corpus import (
    apple_pay,
    authentications,
    form_parts,
    images_and_bubbles,
    imessage_apps,
    invitations,
    list_pickers,
    quick_replies,
    references,
    rich_links,
    texts,
    time_pickers,
)
from tests.contract.corpus.cases import Broken
from tests.contract.corpus.edits import Put
from tests.contract.corpus.parts import (
    BALLOON,
    BUSINESS,
    CUSTOMER,
    DATA,
    INTERACTIVE,
    MESSAGE,
    PHONE,
    RECEIVED,
    REPLY,
    REQUEST,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.contract.corpus.edits import Message

    type Where = tuple[Callable[[], Message], str, Any, str]

PAGES = form_parts.PAGES
OPTIONS = f"{PAGES}/3/options"
LINES = apple_pay.LINES
SLOTS = time_pickers.SLOTS


def arabic(text: str) -> str:
    """The text with Arabic-Indic digits, which pass for digits in careless patterns."""
    return "".join(chr(0x660 + int(letter)) if letter.isdigit() else letter for letter in text)


LINE_FEED_AT_THE_END: tuple[Where, ...] = (
    (texts.text, "/id", f"{MESSAGE}\n", "03 §1"),
    (texts.text, "/sourceId", f"{BUSINESS}\n", "00 §1"),
    (texts.text, "/destinationId", f"{CUSTOMER}\n", "02 Opaque id"),
    (texts.text, "/type", "text\n", "03 §1"),
    (texts.with_attachment, "/attachments/0/key", f"{texts.KEY}\n", "08 §1"),
    (texts.with_attachment, "/attachments/0/size", "48231\n", "08 §2"),
    (rich_links.base, f"{rich_links.LINK}/url", "https://shop.example/bikes\n", "14 row URL fields"),
    (list_pickers.base, f"{DATA}/requestIdentifier", f"{REQUEST}\n", "04 §1.1"),
    (list_pickers.base, f"{RECEIVED}/style", "small\n", "04 §1.3"),
    (list_pickers.base, f"{list_pickers.FIRST}/items/0/identifier", "size-s\n", "14 row Identifiers"),
    (time_pickers.base, time_pickers.START, "2027-03-04T09:00+0000\n", "04 §5"),
    (imessage_apps.base, f"{INTERACTIVE}/bid", f"{BALLOON}:AB12CD34EF:com.example.map\n", "04 §7"),
    (apple_pay.base, f"{LINES}/0/amount", "39.00\n", "06 §3"),
    (apple_pay.base, f"{apple_pay.REQUEST}/countryCode", "DE\n", "06 §3"),
    (apple_pay.base, f"{apple_pay.REQUEST}/currencyCode", "EUR\n", "06 §3"),
    (authentications.new, f"{authentications.OAUTH2}/state", "3q2+7wAB\n", "07 §1 no. 1"),
    (invitations.base, "/destinationId", f"{PHONE}\n", "13 §2.1"),
    (invitations.base, f"{invitations.NOTIFICATION}/locale", "en-us\n", "13 §2.1"),
)

OTHER_DIGITS: tuple[Where, ...] = (
    (texts.with_attachment, "/attachments/0/size", arabic("48231"), "08 §2"),
    (texts.with_attachment, "/attachments/0/size", "4\u00b2", "08 §2"),
    (texts.with_attachment, "/attachments/0/key", f"00{arabic('4') * 64}", "08 §1"),
    (time_pickers.base, time_pickers.START, arabic("2027-03-04T09:00+0000"), "04 §5"),
    (apple_pay.base, f"{LINES}/0/amount", arabic("39.00"), "06 §3"),
    (invitations.base, "/destinationId", arabic(PHONE), "13 §2.1"),
)

NOT_DECIMAL: tuple[Where, ...] = (
    (apple_pay.base, f"{LINES}/0/amount", "NaN", "06 §3: decimal string"),
    (apple_pay.base, f"{LINES}/0/amount", "Infinity", "06 §3: decimal string"),
    (apple_pay.base, f"{LINES}/0/amount", "3.9e1", "06 §3: decimal string"),
    (apple_pay.base, f"{LINES}/0/amount", "39.0.0", "06 §3: decimal string"),
    (apple_pay.base, f"{LINES}/0/amount", "1_000.00", "06 §3: decimal string"),
    (apple_pay.base, f"{LINES}/0/amount", " 39.00", "06 §3: decimal string"),
    (apple_pay.base, f"{LINES}/0/amount", "1,000.00", "06 §3: decimal string"),
    (apple_pay.base, f"{LINES}/0/amount", "--5.00", "06 §3: decimal string"),
)

TRUE_FOR_A_NUMBER: tuple[Where, ...] = (
    (list_pickers.base, f"{list_pickers.FIRST}/order", True, "04 §4"),
    (time_pickers.base, f"{SLOTS}/0/duration", True, "04 §5"),
    (time_pickers.base, f"{time_pickers.EVENT}/timezoneOffset", True, "04 §5"),
    (time_pickers.base, f"{time_pickers.PLACE}/latitude", True, "04 §5"),
    (imessage_apps.base, f"{INTERACTIVE}/appId", True, "04 §7"),
    (form_parts.test_ride, f"{PAGES}/1/selectedItemIndex", True, "05 §3.2"),
    (form_parts.test_ride, f"{OPTIONS}/maximumCharacterCount", True, "05 §3.4"),
    (form_parts.test_ride, f"{OPTIONS}/required", 1, "05 §3.4"),
    (form_parts.test_ride, f"{form_parts.FORM}/private", 0, "05 §2"),
)

BROKEN_URLS: tuple[Where, ...] = (
    (rich_links.base, f"{rich_links.LINK}/url", "https://", "03 §4"),
    (rich_links.base, f"{rich_links.LINK}/url", "https://[::1", "03 §4"),
    (rich_links.base, f"{rich_links.LINK}/url", "javascript:alert(1)", "03 §4"),
    (rich_links.base, f"{rich_links.VIDEO}/url", "//media.example/cargo9.m4v", "03 §4"),
    (authentications.new, f"{authentications.OAUTH2}/redirectURI", "https://[msp.example/cb", "07 §1"),
    (apple_pay.base, f"{apple_pay.ENDPOINTS}/fallbackUrl", "https://", "06 §3"),
    (imessage_apps.base, f"{INTERACTIVE}/URL", "", "04 §7"),
)

NOT_A_STRING: tuple[Where, ...] = (
    (texts.text, "/type", [], "03 §1"),
    (texts.text, "/type", {"kind": "text"}, "03 §1"),
    (texts.text, "/id", {}, "03 §1"),
    (texts.text, "/destinationId", [CUSTOMER], "03 §1"),
    (rich_links.base, f"{rich_links.IMAGE}/data", [], "03 §4"),
    (rich_links.base, f"{rich_links.IMAGE}/mimeType", {}, "03 §4"),
    (list_pickers.base, f"{list_pickers.FIRST}/items/0/identifier", ["size-s"], "04 §4"),
    (list_pickers.base, f"{list_pickers.FIRST}/items/0/imageIdentifier", {}, "04 §4"),
    (list_pickers.base, f"{RECEIVED}/style", ["small"], "04 §1.3"),
    (list_pickers.base, f"{REPLY}/imageIdentifier", [], "04 §1.3"),
    (images_and_bubbles.pictured, f"{images_and_bubbles.IMAGES}/2/identifier", {"id": 1}, "04 §1.2"),
    (images_and_bubbles.pictured, f"{images_and_bubbles.IMAGES}/2/data", {"base64": ""}, "04 §1.2"),
    (quick_replies.base, f"{quick_replies.ITEMS}/0/identifier", [], "04 §3"),
    (time_pickers.base, f"{SLOTS}/0/identifier", {}, "04 §5"),
    (time_pickers.base, time_pickers.START, ["2027-03-04T09:00+0000"], "04 §5"),
    (form_parts.test_ride, f"{form_parts.FORM}/startPageIdentifier", ["kind"], "05 §2"),
    (form_parts.test_ride, f"{PAGES}/3/type", [], "05 §3"),
    (form_parts.test_ride, f"{PAGES}/2/nextPageIdentifier", {}, "05 §3"),
    (form_parts.test_ride, f"{PAGES}/0/items/0/nextPageIdentifier", ["size"], "05 §3.1"),
    (form_parts.test_ride, f"{PAGES}/1/items/0/identifier", {}, "05 §3.2"),
    (form_parts.test_ride, f"{OPTIONS}/keyboardType", ["URL"], "05 §3.4"),
    (form_parts.test_ride, f"{OPTIONS}/textContentType", {}, "05 §3.4"),
    (imessage_apps.base, f"{INTERACTIVE}/bid", [], "04 §7"),
    (authentications.new, f"{authentications.OAUTH2}/responseType", ["code"], "07 §1"),
    (authentications.legacy, authentications.KEY, {"kty": "EC"}, "07 §2"),
    (apple_pay.base, f"{LINES}/0/type", ["final"], "06 §3"),
    (apple_pay.base, f"{apple_pay.APPLE_PAY}/merchantCapabilities/0", {}, "06 §3"),
    (apple_pay.base, f"{apple_pay.REQUEST}/requiredBillingContactFields/0", ["post"], "06 §3"),
    (invitations.base, invitations.TEMPLATE, [], "13 §2.1"),
    (references.stored, f"{references.REFERENCE}/url", {}, "09 §3"),
)

NULL_OR_MISPLACED: tuple[Where, ...] = (
    (list_pickers.base, list_pickers.SECTIONS, [None], "04 §4"),
    (list_pickers.base, f"{list_pickers.FIRST}/items", [[]], "04 §4"),
    (list_pickers.base, f"{DATA}/images", [None], "04 §1.2"),
    (quick_replies.base, f"{quick_replies.ITEMS}/0", None, "04 §3"),
    (time_pickers.base, f"{SLOTS}/0", ["s1"], "04 §5"),
    (time_pickers.base, time_pickers.PLACE, None, "04 §5"),
    (form_parts.test_ride, f"{PAGES}/0/items/0", "City", "05 §3.1"),
    (form_parts.test_ride, f"{OPTIONS}", None, "05 §3.4"),
    (apple_pay.base, f"{LINES}/0", 39, "06 §3"),
    (apple_pay.base, apple_pay.ENDPOINTS, [], "06 §3"),
    (authentications.new, f"{authentications.OAUTH2}/scope", [None], "07 §1"),
    (invitations.base, f"{invitations.NOTIFICATION}/parameters", "Example Bikes", "13 §2.1"),
    (texts.with_attachment, "/attachments", [None], "08 §2"),
)

BELOW = {
    list_pickers.SECTIONS: "/0",
    f"{list_pickers.FIRST}/items": "/0",
    f"{DATA}/images": "/0",
    f"{authentications.OAUTH2}/scope": "/0",
    "/attachments": "/0",
}
"""Where the fault is the one element of the array that was put there."""


def _broken(what: str, places: tuple[Where, ...]) -> list[Broken]:
    return [
        Broken(
            name=f"{what}: {value!r:.40} at {pointer} of {base.__module__.rpartition('.')[2]}",
            says=says,
            base=base,
            edits=(Put(pointer, value),),
            at=(pointer + _element(pointer, value),),
        )
        for base, pointer, value, says in places
    ]


def _element(pointer: str, value: object) -> str:
    return BELOW.get(pointer, "") if isinstance(value, list) and value in ([None], [[]]) else ""


BROKEN = (
    *_broken("a line feed at the end", LINE_FEED_AT_THE_END),
    *_broken("digits of other scripts", OTHER_DIGITS),
    *_broken("not a decimal", NOT_DECIMAL),
    *_broken("true for a number", TRUE_FOR_A_NUMBER),
    *_broken("a broken URL", BROKEN_URLS),
    *_broken("not a string", NOT_A_STRING),
    *_broken("null or misplaced", NULL_OR_MISPLACED),
)
