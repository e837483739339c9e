"""One sound message of each interactive kind, as protocol/04-07 and 13 write them, and a way to break it."""

from __future__ import annotations

import base64
import copy
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.unit.local.wire import APPLE_BID, envelope, quick_reply

if TYPE_CHECKING:
    from tests.unit.local.running import Answer
    from tests.unit.local.wire import Msp

REQUEST_ID = "a8f5c9d2-6a3e-4f4f-8a33-0b0f6f7f1e21"
THIRD_PARTY = "com.apple.messages.MSMessageExtensionBalloonPlugin:AB12CD34EF:com.example.trailmap.MessagesExtension"
GONE = object()
"""Stands for a key that is taken away."""


def png(size: int = 0) -> str:
    """A picture of one pixel in base64, filled up to at least `size` bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\0"))
    picture = b"\x89PNG\r\n\x1a\n" + header + pixel + chunk(b"IEND", b"")
    return base64.b64encode(picture + bytes(max(0, size - len(picture)))).decode()


def jpeg() -> str:
    return base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(60)).decode()


def built_in(key: str, content: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Interactive data of one of Apple's kinds, with bubbles and a picture."""
    return {
        "bid": APPLE_BID,
        "receivedMessage": {"title": "Please choose", "subtitle": "Tap here", "imageIdentifier": "p", "style": "small"},
        "replyMessage": {"title": "Your choice", "style": "icon"},
        "data": {
            "version": "1.0",
            "requestIdentifier": REQUEST_ID,
            "images": [{"identifier": "p", "data": png(), "description": "Brass bell"}],
            key: content,
        },
        **fields,
    }


def list_picker() -> dict[str, Any]:
    """Two sections: several extras, one colour."""
    extras = [
        {"identifier": "x-bell", "title": "Bell", "subtitle": "Brass", "imageIdentifier": "p", "order": 0},
        {"identifier": "x-basket", "title": "Basket", "order": 1, "style": "icon"},
        {"identifier": "x-lock", "title": "Lock", "order": 2, "style": "default"},
    ]
    colours = [{"identifier": "c-red", "title": "Red"}, {"identifier": "c-blue", "title": "Blue"}]
    sections = [
        {"title": "Extras", "order": 0, "multipleSelection": True, "items": extras},
        {"title": "Colour", "order": 1, "items": colours},
    ]
    return built_in("listPicker", {"sections": sections})


def in_days(days: float) -> str:
    """A time as slots have it."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M+0000")


def time_picker(*starts: str) -> dict[str, Any]:
    """Slots `s0`, `s1` … at the given times, or two in the years to come."""
    slots = [
        {"identifier": f"s{number}", "startTime": start, "duration": 1800}
        for number, start in enumerate(starts or ("2099-03-04T09:00+0000", "2099-03-04T09:30+0000"))
    ]
    event = {
        "identifier": "fit-7781",
        "title": "Bike fitting",
        "imageIdentifier": "p",
        "location": {"latitude": 52.5163, "longitude": 13.3777, "radius": 50, "title": "Workshop Mitte"},
        "timeslots": slots,
        "timezoneOffset": 60,
    }
    return built_in("event", event)


def form() -> dict[str, Any]:
    """The form of protocol/05 §4, its days far ahead: kind, then size for a city bike only, date, mail."""
    kinds = [
        {"identifier": "k1", "title": "City", "value": "city", "nextPageIdentifier": "size", "imageIdentifier": "p"},
        {"identifier": "k2", "title": "Cargo", "value": "cargo", "nextPageIdentifier": "date"},
    ]
    sizes = [
        {"identifier": "s", "title": "Small", "value": "S"},
        {"identifier": "m", "title": "Medium", "value": "M"},
    ]
    day = {"dateFormat": "MM/dd/yyyy", "startDate": "03/04/2099", "minimumDate": "03/01/2099",
           "maximumDate": "03/31/2099", "labelText": "Day"}  # fmt: skip
    mail = {
        "inputType": "singleline",
        "required": True,
        "keyboardType": "emailAddress",
        "textContentType": "emailAddress",
        "maximumCharacterCount": 80,
        "regex": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    }
    pages = [
        {"pageIdentifier": "kind", "type": "select", "title": "Bike", "subtitle": "Which kind?", "items": kinds},
        {"pageIdentifier": "size", "type": "picker", "subtitle": "Frame size", "pickerTitle": "Size",
         "selectedItemIndex": 1, "items": sizes, "nextPageIdentifier": "date"},
        {"pageIdentifier": "date", "type": "datePicker", "subtitle": "Which day?", "options": day,
         "nextPageIdentifier": "mail"},
        {"pageIdentifier": "mail", "type": "input", "subtitle": "Where may we write?", "hintText": "Once",
         "options": mail, "submitForm": True},
    ]  # fmt: skip
    splash = {"header": "Hello", "splashtext": "Four questions", "buttonTitle": "Start", "imageIdentifier": "p"}
    data = {"startPageIdentifier": "kind", "showSummary": True, "private": False, "splash": splash, "pages": pages}
    return built_in("dynamic", {"version": "1.2", "template": "messageForms", "data": data})


def imessage_app() -> dict[str, Any]:
    return {
        "bid": THIRD_PARTY,
        "appId": 1234509876,
        "appName": "Trail Map",
        "appIcon": png(),
        "URL": "?route=77&level=easy",
        "receivedMessage": {"title": "Route 77", "subtitle": "Open the map", "style": "large", "imageIdentifier": "m"},
        "sessionIdentifier": "3F0E2C11-0000-4000-8000-00000000AAAA",
        "useLiveLayout": True,
    }


def sign_in() -> dict[str, Any]:
    oauth = {
        "responseType": "code",
        "scope": ["openid", "email"],
        "state": "3q2+7wAB",
        "redirectURI": "https://msp.example/amb/oauth/callback",
    }
    return built_in("authenticate", {"oauth2": oauth})


LEGACY_KEY = (
    "BFyGpH9A9u3NaMoePRElItyKyRzkwQt0OtPo4lOPML5IjVADegG5QN3G3410Za4WJnieXNYkTHmoO7fTo+cTjrnR8haq/SFbnevIlQ2GzEAa"
    "EevJKdA+Oq4yHzdWCKoxQw=="
)
"""The key of protocol/15 §4; its private half is `0123456789abcdef` six times."""


def legacy_sign_in() -> dict[str, Any]:
    oauth = {"responseType": "token", "scope": ["r_liteprofile"], "state": "s", "responseEncryptionKey": LEGACY_KEY}
    return built_in("authenticate", {"oauth2": oauth})


def apple_pay() -> dict[str, Any]:
    gateway = "https://pay.bikes.example/applepay/gateway"
    request = {
        "countryCode": "DE",
        "currencyCode": "EUR",
        "lineItems": [
            {"label": "Basket", "amount": "51.00", "type": "final"},
            {"label": "Shipping", "amount": "10.00", "type": "pending"},
        ],
        "total": {"label": "Example Bikes", "amount": "61.00", "type": "final"},
        "applePay": {
            "merchantIdentifier": "merchant.example.bikes",
            "supportedNetworks": ["visa", "masterCard"],
            "merchantCapabilities": ["supports3DS", "supportsCredit"],
        },
        "requiredBillingContactFields": ["post"],
        "requiredShippingContactFields": [],
        "shippingMethods": [{"identifier": "std", "label": "Standard", "detail": "4 days", "amount": "10.00"}],
    }
    session = {"merchantSessionIdentifier": "PSH1", "initiativeContext": gateway, "expiresAt": 4_102_444_800_000}
    endpoints = {"paymentGatewayUrl": gateway, "fallbackUrl": "https://pay.bikes.example/checkout/9001"}
    return built_in(
        "payment", {"paymentRequest": request, "merchantSession": session, "endpoints": endpoints},
        replyMessage={"title": "Order 9001", "style": "large"},
    )  # fmt: skip


def invitation() -> dict[str, Any]:
    content = {
        "templateId": "binaryChoice.engage.withImage",
        "referenceId": "order-9001",
        "locale": "en-us",
        "parameters": {"brandName": "Example Bikes", "brandLogo": png()},
    }
    data = {"version": "1.0", "requestIdentifier": REQUEST_ID, "notification": content}
    return {"bid": APPLE_BID, "useLiveLayout": True, "data": data}


def broken(interactive: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one value changed, or taken away by GONE. `path` is dotted, numbers count in arrays."""
    changed = copy.deepcopy(interactive)
    *way, last = path.split(".")
    place: Any = changed
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is GONE:
        del place[int(last) if isinstance(place, list) else last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return changed


MAKERS = {
    "quick_reply": quick_reply,
    "list_picker": list_picker,
    "time_picker": time_picker,
    "form": form,
    "imessage_app": imessage_app,
    "sign_in": sign_in,
    "legacy_sign_in": legacy_sign_in,
    "apple_pay": apple_pay,
    "invitation": invitation,
}


def send(msp: Msp, name: str, interactive: dict[str, Any]) -> Answer:
    """Send a message the way its kind is sent."""
    if name.endswith("sign_in"):
        return msp.post(envelope("interactive", interactiveData=interactive), path="/v1/authenticate")
    if name == "invitation":
        message = envelope("interactive", interactiveData=interactive, destinationId="tel:+15550100")
        return msp.post(message, message_type="notification")
    return msp.post(envelope("interactive", interactiveData=interactive))
