"""Good messages of every kind, each built afresh so that a test may break it."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any, Final

BID: Final = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.icloud.apps.messages.business.extension"
)
APP_BID: Final = "com.apple.messages.MSMessageExtensionBalloonPlugin:AB12CD34EF:com.example.trailmap.MessagesExtension"
NOW: Final = 1_780_000_000.0
"""2026-05-28T20:26:40Z: the slots and days below lie after it."""
BUSINESS: Final = "2f0a6f0e-52b8-4c0c-9a44-6f1f3b1a7c11"
CUSTOMER: Final = "urn:mbid:AQAAYexample0customer0A=="
REQUEST: Final = "5a3d4b1e-7c1f-4b61-8f0f-5b0f5b1f1c01"
ATTACHMENT_KEY: Final = "0000112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"
P384_POINT: Final = (
    "BFyGpH9A9u3NaMoePRElItyKyRzkwQt0OtPo4lOPML5IjVADegG5QN3G3410Za4WJnieXNYkTHmoO7fTo+cTjrnR8haq/SFbnevIlQ2GzEAa"
    "EevJKdA+Oq4yHzdWCKoxQw=="
)
"""The public key of protocol/15 §4."""


def png(width: int = 1, height: int = 1, filler: int = 0) -> str:
    """A PNG in base64, made larger by a comment of `filler` bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        (b"tEXt", b"Comment\0" + b"x" * filler),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()


PNG: Final = png()


def message(type_: str, **content: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": "1f6f8a52-6c39-4c57-8d5e-7b1f4a0c2d33",
        "type": type_,
        "sourceId": BUSINESS,
        "destinationId": CUSTOMER,
        **content,
    }


def interactive(data: dict[str, Any], images: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """A built-in interactive message; `images` are the identifiers of its pictures."""
    pictures = {"images": [{"identifier": name, "data": PNG} for name in images]} if images else {}
    return message(
        "interactive",
        interactiveData={
            "bid": BID,
            "data": {"version": "1.0", "requestIdentifier": REQUEST, **pictures, **data},
            "receivedMessage": {"title": "Pick one", "subtitle": "Tap to choose", "style": "small"},
            "replyMessage": {"title": "Your choice", "style": "icon"},
            **more,
        },
    )


def text() -> dict[str, Any]:
    return message("text", body="Yes, three are left. Shall I reserve one?\nJust say so 🙂")


def text_with_attachment() -> dict[str, Any]:
    attachment = {
        "name": "receipt-9001.pdf",
        "mimeType": "application/pdf",
        "size": "48231",
        "signature-base64": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c",
        "url": "https://p42-content.icloud.com/MEXAMPLE.C01USN00",
        "owner": "MEXAMPLE.C01USN00",
        "key": ATTACHMENT_KEY,
    }
    return message("text", body="Your receipt: \ufffc", subject="Order 9001", attachments=[attachment], locale="en_US")


def typing_start() -> dict[str, Any]:
    return message("typing_start")


def typing_end() -> dict[str, Any]:
    return message("typing_end")


def rich_link() -> dict[str, Any]:
    image = {"data": PNG, "mimeType": "image/png"}
    video = {"url": "https://media.example/cargo9.m4v", "mimeType": "video/mp4"}
    data = {"url": "https://shop.example/bikes/9", "title": "Cargo 9", "assets": {"image": image, "video": video}}
    return message("richLink", richLinkData=data)


def rich_link_by_reference() -> dict[str, Any]:
    reference = {
        "title": "Rent bike 77",
        "url": "https://p61-content.icloud.com/x",
        "owner": "MEXAMPLE.C01USN00",
        "key": ATTACHMENT_KEY,
        "size": 20412,
        "signature-base64": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c",
        "something-new": {"kept": True},
    }
    return message("richLink", richLinkDataRef=reference)


def interactive_by_reference() -> dict[str, Any]:
    reference = {
        "bid": BID,
        "owner": "MEXAMPLE.C01USN00",
        "url": "https://p61-content.icloud.com/x",
        "size": 15880,
        "signature": "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C",
        "signature-base64": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c",
        "title": "Pick extras",
        "dataRefSig": "opaque",
    }
    return message("interactive", interactiveDataRef=reference)


def quick_reply() -> dict[str, Any]:
    items = [{"identifier": name, "title": name.title()} for name in ("yes", "no", "agent")]
    made = interactive({"quick-reply": {"summaryText": "Was this helpful?", "items": items}})
    del made["interactiveData"]["receivedMessage"]
    del made["interactiveData"]["replyMessage"]
    return made


def list_picker() -> dict[str, Any]:
    def item(name: str, order: int, **more: Any) -> dict[str, Any]:
        return {"identifier": name, "title": name.title(), "order": order, "style": "default", **more}

    sections = [
        {
            "title": "Extras",
            "order": 0,
            "multipleSelection": True,
            "items": [item("bell", 0, subtitle="Brass, 12 €", imageIdentifier="bell"), item("basket", 1)],
        },
        {"title": "Colour", "order": 1, "items": [item("red", 0), item("blue", 1, style="icon")]},
    ]
    made = interactive({"listPicker": {"sections": sections}}, images=["bell"], sessionIdentifier="3F0E")
    made["interactiveData"]["receivedMessage"]["imageIdentifier"] = "bell"
    return made


def time_picker() -> dict[str, Any]:
    event = {
        "identifier": "fit-7781",
        "title": "Bike fitting",
        "imageIdentifier": "shop",
        "location": {"latitude": 52.5163, "longitude": 13.3777, "radius": 50, "title": "Workshop Mitte"},
        "timeslots": [
            {"identifier": "s1", "startTime": "2027-03-04T09:00+0000", "duration": 1800},
            {"identifier": "s2", "startTime": "2027-03-04T09:30+0000", "duration": 1800},
        ],
        "timezoneOffset": -420,
    }
    return interactive({"event": event, "mspVersion": "1.0"}, images=["shop"])


def page(name: str, type_: str = "input", **more: Any) -> dict[str, Any]:
    items = [{"identifier": f"{name}-{n}", "title": f"Choice {n}", "value": str(n)} for n in range(2)]
    made = {"pageIdentifier": name, "type": type_, "subtitle": "What do you like?", **more}
    return {"items": items, **made} if type_ in {"select", "picker"} and "items" not in more else made


def form(*pages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A form of these pages that starts with the first; without any, one with every type of page."""
    images = [] if pages else ["hero"]
    pages = pages or tuple(_all_pages())
    splash = {"header": "Hello", "splashtext": "Four questions", "buttonTitle": "Start", "imageIdentifier": "hero"}
    data = {"startPageIdentifier": pages[0]["pageIdentifier"], "pages": list(pages), **more}
    if images:
        data |= {"showSummary": True, "private": False, "splash": splash}
    return interactive({"dynamic": {"version": "1.2", "template": "messageForms", "data": data}}, images=images)


def _all_pages() -> list[dict[str, Any]]:
    kind = page("kind", "select", title="Bike", multipleSelection=False)
    kind["items"][0] |= {"nextPageIdentifier": "extras", "imageIdentifier": "hero"}
    kind["items"][1]["nextPageIdentifier"] = "size"
    options = {"dateFormat": "dd.MM.yyyy", "minimumDate": "01.03.2027", "startDate": "04.03.2027"}
    day_options = {**options, "maximumDate": "31.03.2027", "labelText": "Day"}
    mail = {
        "inputType": "singleline",
        "required": True,
        "placeholder": "Required",
        "labelText": "E-mail",
        "prefixText": "@",
        "maximumCharacterCount": 80,
        "regex": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        "keyboardType": "emailAddress",
        "textContentType": "emailAddress",
    }
    return [
        kind,
        page("extras", "select", multipleSelection=True, nextPageIdentifier="size"),
        page("size", "picker", pickerTitle="Size", selectedItemIndex=1, nextPageIdentifier="day"),
        page("day", "datePicker", hintText="Any day", options=day_options, nextPageIdentifier="mail"),
        page("mail", "input", hintText="One confirmation", options=mail, nextPageIdentifier="note"),
        page("note", "input", options={"inputType": "multiline"}, submitForm=True),
    ]


def imessage_app() -> dict[str, Any]:
    data = {
        "appId": 1234509876,
        "appName": "Trail Map",
        "appIcon": PNG,
        "bid": APP_BID,
        "URL": "?route=77&from=https://example.com/",
        "receivedMessage": {"title": "Route 77", "style": "large", "imageIdentifier": "m"},
        "sessionIdentifier": "3F0E",
        "useLiveLayout": True,
    }
    return message("interactive", interactiveData=data, attachments=[])


def authentication() -> dict[str, Any]:
    oauth2 = {
        "responseType": "code",
        "scope": ["openid", "email"],
        "state": "3q2+7wAB",
        "redirectURI": "https://msp.example/amb/oauth/callback",
        "additionalParameters": "prompt=login",
    }
    return interactive({"authenticate": {"oauth2": oauth2}})


def legacy_authentication() -> dict[str, Any]:
    oauth2 = {
        "responseType": "token",
        "scope": ["r_liteprofile"],
        "state": "3q2+7wAB",
        "responseEncryptionKey": P384_POINT,
        "clientSecret": "only when needed",
    }
    return interactive({"authenticate": {"oauth2": oauth2}})


def apple_pay() -> dict[str, Any]:
    gateway = "https://pay.bikes.example/applepay/gateway"
    request = {
        "countryCode": "DE",
        "currencyCode": "EUR",
        "lineItems": [
            {"label": "Basket", "amount": "39.00", "type": "final"},
            {"label": "Discount", "amount": "-2.00", "type": "final"},
            {"label": "Shipping", "amount": "10", "type": "pending"},
        ],
        "total": {"label": "Example Bikes", "amount": "47.00", "type": "final"},
        "applePay": {
            "merchantIdentifier": "merchant.example.bikes",
            "supportedNetworks": ["visa", "masterCard"],
            "merchantCapabilities": ["supports3DS", "supportsCredit"],
        },
        "merchantName": "Example Bikes",
        "requiredBillingContactFields": ["post"],
        "requiredShippingContactFields": [],
        "shippingMethods": [{"identifier": "std", "label": "Standard", "detail": "4 to 6 days", "amount": "10.00"}],
        "supportedCountries": ["DE", "AT"],
    }
    session = {"initiativeContext": gateway, "expiresAt": int(NOW * 1000) + 7_200_000, "signature": "30"}
    endpoints = {"paymentGatewayUrl": gateway, "fallbackUrl": "https://pay.bikes.example/checkout/9001"}
    return interactive({"payment": {"paymentRequest": request, "merchantSession": session, "endpoints": endpoints}})


def invitation() -> dict[str, Any]:
    notification = {
        "templateId": "binaryChoice.engage.withImage",
        "referenceId": "order-9001",
        "locale": "en-us",
        "parameters": {"brandName": "Example Bikes", "brandLogo": PNG},
    }
    made = interactive({"notification": notification}, useLiveLayout=True)
    del made["interactiveData"]["receivedMessage"]
    del made["interactiveData"]["replyMessage"]
    return {**made, "destinationId": "tel:+15550100"}


def invitation_without_image() -> dict[str, Any]:
    made = invitation()
    notification = made["interactiveData"]["data"]["notification"]
    notification |= {"templateId": "binaryChoice.engage.noImage", "parameters": {"brandName": "Example Bikes"}}
    return made


GOOD: Final = {
    "text": text,
    "text with attachment": text_with_attachment,
    "typing_start": typing_start,
    "typing_end": typing_end,
    "rich link": rich_link,
    "rich link by reference": rich_link_by_reference,
    "interactive by reference": interactive_by_reference,
    "quick reply": quick_reply,
    "list picker": list_picker,
    "time picker": time_picker,
    "form": form,
    "iMessage app": imessage_app,
    "authentication": authentication,
    "legacy authentication": legacy_authentication,
    "Apple Pay": apple_pay,
    "invitation": invitation,
    "invitation without image": invitation_without_image,
}
"""One maker of a good message per kind and variant."""
