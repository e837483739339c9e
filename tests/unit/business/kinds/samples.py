"""What a business may write, per kind: the least, and everything there is; and what Apple is to get for it.

The wire shapes are those of the protocol pages: 03 §2 to §4, 04 §3 to §7, 05 §4, 06 §3, 07 §1 and §2, 13.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from parley.business import sends
from parley.business.kinds.base import Build
from tests.unit.apple.wire.samples import APP_BID, BID, NOW, P384_POINT, PNG, REQUEST

if TYPE_CHECKING:
    from parley.business.kinds.base import Mapped, Send
    from parley.business.kinds.bubbles import ImageRef

TO: Final = "urn:mbid:AQAAYexample0customer0A=="
GATEWAY: Final = "https://pay.bikes.example/applepay/gateway"

type Json = dict[str, Any]


def png(image: ImageRef) -> str:
    """Pictures given as base64 go as they are, the others are all the same one."""
    return image.data if image.data is not None else PNG


def built(send: Send, *, now: float = NOW) -> Mapped:
    return send.to_apple(Build(request_identifier=REQUEST, now=now, png=png))


def mapped(friendly: Json, *, now: float = NOW) -> Mapped:
    """A business's JSON, read and mapped."""
    return built(sends.from_object(friendly), now=now)


def message(kind: str, **fields: Any) -> Json:
    return copy.deepcopy({"to": TO, "type": kind, **fields})


def interactive(data: Json, received: Json | None = None, reply: Json | None = None) -> Json:
    """Apple's content of a built-in interactive message."""
    inner: Json = {"bid": BID, "data": {"version": "1.0", "requestIdentifier": REQUEST, **data}}
    if received is not None:
        inner |= {"receivedMessage": received, "replyMessage": reply or {"title": received["title"]}}
    return {"interactiveData": inner}


def images(*pictures: str) -> Json:
    return {"images": [{"identifier": str(place), "data": data} for place, data in enumerate(pictures)]}


QUICK_REPLY: Final = message(
    "quick_reply",
    text="Was this helpful?",
    items=[
        {"identifier": "yes", "title": "Yes"},
        {"identifier": "no", "title": "No"},
        {"identifier": "agent", "title": "Talk to a person"},
    ],
)

LIST_PICKER: Final = message(
    "list_picker",
    title="Pick extras",
    sections=[{"title": "Extras", "items": [{"identifier": "x-bell", "title": "Bell"}]}],
)

FULL_LIST_PICKER: Final = message(
    "list_picker",
    title="Pick extras",
    subtitle="Tap to choose",
    image={"data": PNG, "description": "Brass bell"},
    style="small",
    reply={"title": "Your choice", "subtitle": "Thank you", "style": "icon", "image": {"data": PNG}},
    sections=[
        {
            "title": "Extras",
            "multiple": True,
            "items": [
                {"identifier": "x-bell", "title": "Bell", "subtitle": "Brass, 12 €", "image": {"data": PNG}},
                {"identifier": "x-basket", "title": "Basket", "subtitle": "Willow, 39 €"},
            ],
        },
        {"title": "Colour", "items": [{"identifier": "red", "title": "Red"}]},
    ],
)

TIME_PICKER: Final = message(
    "time_picker",
    title="Choose a time",
    slots=[{"identifier": "s1", "start": "2027-03-04T09:00:00+00:00", "duration": 1800}],
)

FULL_TIME_PICKER: Final = message(
    "time_picker",
    title="Choose a time",
    subtitle="It takes half an hour",
    style="large",
    image={"url": "https://shop.example/workshop.jpg"},
    reply={"title": "Thank you"},
    event_title="Bike fitting",
    event_identifier="fit-7781",
    location={"title": "Workshop Mitte", "latitude": 52.5163, "longitude": 13.3777, "radius": 50},
    slots=[
        {"identifier": "s2", "start": "2027-03-04T10:30:00+01:00", "duration": 1800},
        {"identifier": "s1", "start": "2027-03-04T09:00:00Z", "duration": 1800},
        {"identifier": "gone", "start": "2020-03-04T09:00:00Z", "duration": 1800},
    ],
    timezone_offset=60,
)

INPUT_FORM: Final = message(
    "form",
    title="Your address",
    pages=[{"type": "input", "identifier": "mail", "question": "Where may we write?"}],
)

FULL_FORM: Final = message(
    "form",
    title="Book a test ride",
    subtitle="Takes one minute",
    style="large",
    image={"data": PNG},
    reply={"title": "Test ride request", "style": "icon"},
    start="kind",
    show_summary=True,
    private=True,
    splash={"header": "Hello", "text": "Four short questions", "button": "Start", "image": {"data": PNG}},
    pages=[
        {
            "type": "select",
            "identifier": "kind",
            "title": "Bike",
            "question": "Which kind do you like?",
            "items": [
                {"identifier": "k1", "title": "City", "value": "city", "next": "size", "image": {"data": PNG}},
                {"identifier": "k2", "title": "Cargo", "next": "extras"},
            ],
        },
        {
            "type": "wheel",
            "identifier": "size",
            "question": "Frame size",
            "label": "Size",
            "selected": 1,
            "items": [{"identifier": "s", "title": "Small", "value": "S"}, {"identifier": "m", "title": "Medium"}],
            "next": "date",
        },
        {
            "type": "select",
            "identifier": "extras",
            "question": "Which extras?",
            "multiple": True,
            "items": [{"identifier": "bell", "title": "Bell"}, {"identifier": "basket", "title": "Basket"}],
            "next": "date",
        },
        {
            "type": "date",
            "identifier": "date",
            "question": "Preferred day",
            "hint": "We are closed on Mondays",
            "format": "dd.MM.yyyy",
            "start": "04.03.2027",
            "minimum": "01.03.2027",
            "maximum": "31.03.2027",
            "label": "Day",
            "next": "mail",
        },
        {
            "type": "input",
            "identifier": "mail",
            "question": "Where may we write?",
            "hint": "We send one confirmation",
            "required": True,
            "placeholder": "Your address",
            "label": "E-mail",
            "prefix": "@",
            "max_length": 80,
            "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
            "keyboard": "emailAddress",
            "content_type": "emailAddress",
            "next": "note",
        },
        {"type": "input", "identifier": "note", "question": "Anything else?", "multiline": True, "submit": True},
    ],
)

APP: Final = message(
    "imessage_app", title="Route 77", bid=APP_BID, app_id=1234509876, app_name="Trail Map", url="?route=77&level=easy"
)

FULL_APP: Final = APP | {
    "subtitle": "Open the map",
    "style": "large",
    "reply": {"title": "Seen", "subtitle": "Route 77", "style": "icon"},
    "app_icon": {"data": PNG},
    "session": "3F0E",
    "live_layout": False,
}

AUTHENTICATION: Final = message(
    "authentication",
    title="Sign in to Example Bikes",
    scope=["openid", "email"],
    state="3q2+7wAB",
    redirect_uri="https://msp.example/amb/oauth/callback",
)

LEGACY: Final = message(
    "authentication",
    title="Sign in",
    scope=["r_liteprofile"],
    state="3q2+7wAB",
    legacy={"response_encryption_key": P384_POINT, "client_secret": "only when needed"},
)

PAY: Final = message(
    "apple_pay",
    title="Pay for order 9001",
    country="DE",
    currency="EUR",
    total={"label": "Example Bikes", "amount": "61.00"},
    merchant_identifier="merchant.example.bikes",
    networks=["visa", "masterCard"],
    merchant_session={"initiativeContext": GATEWAY, "expiresAt": int(NOW * 1000) + 7_200_000, "signature": "30"},
    endpoints={"gateway": GATEWAY},
)

FULL_PAY: Final = PAY | {
    "subtitle": "61.00 €",
    "items": [
        {"label": "Basket", "amount": "39.00"},
        {"label": "Bell", "amount": "12.00"},
        {"label": "Shipping", "amount": "10.00", "pending": True},
    ],
    "merchant_name": "Example Bikes",
    "capabilities": ["supports3DS", "supportsCredit", "supportsDebit"],
    "billing_fields": ["post"],
    "shipping_fields": ["post", "name", "phone", "email"],
    "shipping_methods": [
        {"identifier": "std", "label": "Standard", "detail": "4 to 6 days", "amount": "10.00"},
        {"identifier": "pick", "label": "Pick-up", "amount": "0.00"},
    ],
    "supported_countries": ["DE", "AT"],
    "endpoints": {
        "gateway": GATEWAY,
        "fallback": "https://pay.bikes.example/checkout/9001",
        "order_tracking": "https://pay.bikes.example/applepay/tracking",
        "payment_method_update": "https://pay.bikes.example/applepay/method",
        "shipping_contact_update": "https://pay.bikes.example/applepay/contact",
        "shipping_method_update": "https://pay.bikes.example/applepay/shipping",
    },
}

INVITATION: Final = message("invitation", reference_id="order-9001", brand_name="Example Bikes") | {
    "to": "tel:+15550100"
}

RICH_LINK: Final = message(
    "rich_link", url="https://shop.example/bikes/cargo-9", title="Cargo 9, our family bike", image={"data": PNG}
)

LINK: Final = message("constructed_link", url="https://appclip.example.com/rent?bike=77", title="Rent bike 77")

RAW: Final = message("apple", **interactive({"quick-reply": {"summaryText": "?", "items": []}}))

GOOD: Final[dict[str, Json]] = {
    "text": message("text", body="Yes"),
    "full text": message("text", body="Yes, three are left.\nOne for you?", subject="Order 9001", links="plain"),
    "typing": message("typing", state="start"),
    "rich link": RICH_LINK,
    "full rich link": RICH_LINK
    | {"video": {"url": "https://media.example/cargo9.m4v", "mime_type": "video/mpeg"}, "image": {"data": PNG}},
    "constructed link": LINK,
    "full constructed link": LINK | {"store_region": "DE", "image": {"data": PNG}},
    "quick reply": QUICK_REPLY,
    "list picker": LIST_PICKER,
    "full list picker": FULL_LIST_PICKER,
    "time picker": TIME_PICKER,
    "full time picker": FULL_TIME_PICKER,
    "input form": INPUT_FORM,
    "full form": FULL_FORM,
    "app": APP,
    "full app": FULL_APP,
    "authentication": AUTHENTICATION,
    "authentication with parameters": AUTHENTICATION
    | {"additional_parameters": "prompt=login", "legacy": LEGACY["legacy"], "subtitle": "So that we see your orders"},
    "legacy authentication": LEGACY,
    "Apple Pay": PAY,
    "full Apple Pay": FULL_PAY,
    "invitation": INVITATION,
    "invitation with a logo": INVITATION | {"brand_logo": {"data": PNG}, "locale": "de-de"},
}
"""Every kind but `apple`, the least of it and all of it."""
