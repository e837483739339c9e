"""Broken texts, links, apps, sign-ins, payments and invitations, and what a business is told."""

from __future__ import annotations

from typing import Final

from tests.unit.apple.wire.samples import png
from tests.unit.business.kinds.broken import GONE, JPEG, LARGE, LONG, Case, one
from tests.unit.business.kinds.samples import (
    APP,
    AUTHENTICATION,
    FULL_APP,
    FULL_PAY,
    GOOD,
    INVITATION,
    LEGACY,
    LINK,
    PAY,
    RICH_LINK,
)

TEXT: Final = GOOD["full text"]
LOGO: Final = GOOD["invitation with a logo"]
BUILT: Final = GOOD["full constructed link"]
VIDEO: Final = GOOD["full rich link"]

CASES: Final = [
    one("text without words", TEXT, "/body", " \n", "blank"),
    one("text with a bell character", TEXT, "/body", "Ding\a", "unprintable"),
    one("text with the place of an attachment", TEXT, "/body", "Here: \ufffc", "placeholder_mismatch"),
    one("text with a blank subject", TEXT, "/subject", " ", "blank"),
    one("text with a subject of two lines", TEXT, "/subject", "Order\n9001", "unprintable"),
    Case(
        "text wrong twice", TEXT, [("/subject", "\u200b"), ("/body", "")], [("/body", "blank"), ("/subject", "blank")]
    ),
    one("link to an app", RICH_LINK, "/url", "bikes://cargo", "not_https"),
    one("link without a host", RICH_LINK, "/url", "https://", "malformed"),
    one("link with a long title", RICH_LINK, "/title", LONG, "too_long"),
    one("link without a picture", RICH_LINK, "/image", GONE, "required"),
    one("link with a JPEG", RICH_LINK, "/image/data", JPEG, "not_png"),
    one("link with a large picture", RICH_LINK, "/image/data", LARGE, "image_too_large"),
    one("link with no base64", RICH_LINK, "/image/data", "a picture", "not_base64"),
    one("video over http", VIDEO, "/video/url", "http://media.example/a.m4v", "not_https"),
    one("video of a strange type", VIDEO, "/video/mime_type", "audio/mp4", "malformed"),
    one("App Clip over http", LINK, "/url", "http://appclip.example.com", "not_https"),
    one("App Clip of a scheme", LINK, "/url", "clip://rent", "not_https"),
    one("App Clip without a title", LINK, "/title", "", "blank"),
    one("App Clip in no store", LINK, "/store_region", "Germany", "malformed"),
    one("App Clip with a JPEG", BUILT, "/image/data", JPEG, "not_png"),
    one("app that is Apple's own", APP, "/bid", "com.example.trailmap", "malformed"),
    one("app without a number", APP, "/app_id", 0, "out_of_range"),
    one("app with a long name", APP, "/app_name", LONG, "too_long"),
    one("app with a strange address", APP, "/url", "route=77", "malformed"),
    one("app with a large icon", FULL_APP, "/app_icon/data", png(filler=12_000), "image_too_large"),
    one("app in a strange session", FULL_APP, "/session", 'a"b', "forbidden_characters"),
    one("app without a title", APP, "/title", "", "blank"),
    one("app answered with a blank", FULL_APP, "/reply/title", "", "blank"),
    Case(
        "app whose bubbles have pictures",
        FULL_APP,
        [("/image", {"data": LARGE}), ("/reply/image", {"data": LARGE})],
        [("/image", "forbidden"), ("/reply/image", "forbidden")],
    ),
    one("sign-in over http", AUTHENTICATION, "/redirect_uri", "http://msp.example/cb", "not_https"),
    one("sign-in to no host", AUTHENTICATION, "/redirect_uri", "https:///cb", "malformed"),
    one("sign-in in neither flow", AUTHENTICATION, "/redirect_uri", GONE, "required"),
    one("sign-in for nothing", AUTHENTICATION, "/scope", [], "too_few"),
    one("two scopes in one", AUTHENTICATION, "/scope/1", "email phone", "malformed"),
    one("state that cannot be printed", AUTHENTICATION, "/state", "é", "malformed"),
    one("long state", AUTHENTICATION, "/state", "s" * 1025, "too_long"),
    one("parameters on two lines", AUTHENTICATION, "/additional_parameters", "a=1\nb=2", "unprintable"),
    one("key that is no point", LEGACY, "/legacy/response_encryption_key", "AAAA", "malformed"),
    one("key in the wrong alphabet", LEGACY, "/legacy/response_encryption_key", "_-_-", "not_base64"),
    one("blank client secret", LEGACY, "/legacy/client_secret", "", "blank"),
    one("country in small letters", PAY, "/country", "de", "malformed"),
    one("currency by its sign", PAY, "/currency", "€", "malformed"),
    one("total with a comma", PAY, "/total/amount", "61,00", "malformed"),
    one("total below zero", PAY, "/total/amount", "-1", "out_of_range"),
    one("total that does not add up", FULL_PAY, "/total/amount", "60.00", "sum_mismatch"),
    one("total without a name", PAY, "/total/label", "", "blank"),
    one("item that costs words", FULL_PAY, "/items/1/amount", "twelve", "malformed"),
    one("item without a name", FULL_PAY, "/items/2/label", " ", "blank"),
    one("merchant with a team", PAY, "/merchant_identifier", "AB12CD34EF.merchant.example.bikes", "malformed"),
    one("blank merchant", FULL_PAY, "/merchant_name", "", "blank"),
    one("network in other letters", PAY, "/networks/1", "mastercard", "unknown_value"),
    one("no network", PAY, "/networks", [], "too_few"),
    Case("capability of no kind", PAY, [("/capabilities", ["3DS"])], [("/capabilities/0", "unknown_value")]),
    one("without 3-D Secure", PAY, "/capabilities", ["supportsCredit"], "required"),
    one("strange billing field", FULL_PAY, "/billing_fields/0", "fax", "unknown_value"),
    one("strange shipping field", FULL_PAY, "/shipping_fields/3", "mail", "unknown_value"),
    one("delivery named twice", FULL_PAY, "/shipping_methods/1/identifier", "std", "duplicate"),
    one("delivery for free, in words", FULL_PAY, "/shipping_methods/1/amount", "free", "malformed"),
    one("blank detail of a delivery", FULL_PAY, "/shipping_methods/0/detail", "", "blank"),
    one("country by name", FULL_PAY, "/supported_countries/1", "Austria", "malformed"),
    one("session that has ended", PAY, "/merchant_session/expiresAt", 1, "expired"),
    one("session of no content", PAY, "/merchant_session", {}, "blank"),
    Case(
        "gateway over http",
        PAY,
        [("/endpoints/gateway", "http://pay.example")],
        [
            ("/endpoints/gateway", "mismatch"),
            ("/endpoints/gateway", "not_https"),
        ],
    ),
    one("gateway the session does not know", PAY, "/endpoints/gateway", "https://pay.example", "mismatch"),
    one("fallback over http", FULL_PAY, "/endpoints/fallback", "http://a.example", "not_https"),
    one("tracking over http", FULL_PAY, "/endpoints/order_tracking", "x", "not_https"),
    one("method over http", FULL_PAY, "/endpoints/payment_method_update", "x", "not_https"),
    one("contact over http", FULL_PAY, "/endpoints/shipping_contact_update", "x", "not_https"),
    one("shipping over http", FULL_PAY, "/endpoints/shipping_method_update", "x", "not_https"),
    one("long title of a payment", PAY, "/title", LONG, "too_long"),
    one("invitation with a quote", INVITATION, "/reference_id", "order '9'", "forbidden_characters"),
    one("invitation with a long reference", INVITATION, "/reference_id", "9" * 1001, "too_long"),
    one("invitation of nobody", INVITATION, "/brand_name", " ", "blank"),
    one("invitation in capitals", INVITATION, "/locale", "en_US", "malformed"),
    one("invitation with a JPEG", LOGO, "/brand_logo/data", JPEG, "not_png"),
    one("invitation with a large logo", LOGO, "/brand_logo/data", LARGE, "image_too_large"),
]
