"""What Apple gets for everything else of `samples` (protocol/03 §2 to §4, 04 §7, 06 §3, 07, 13)."""

from __future__ import annotations

from typing import Any, Final

from parley.business.kinds.constructed_link import PLAIN
from tests.unit.apple.wire.samples import APP_BID, P384_POINT, PNG, REQUEST
from tests.unit.business.kinds.samples import GATEWAY, PAY, Json, interactive

PICTURE: Final = {"data": PNG, "mimeType": "image/png"}


def payment(request: Json, endpoints: Json) -> Json:
    least = {
        "countryCode": "DE",
        "currencyCode": "EUR",
        "lineItems": [],
        "total": {"label": "Example Bikes", "amount": "61.00", "type": "final"},
        "applePay": {
            "merchantIdentifier": "merchant.example.bikes",
            "supportedNetworks": ["visa", "masterCard"],
            "merchantCapabilities": ["supports3DS"],
        },
    }
    return {
        "payment": {
            "paymentRequest": least | request,
            "merchantSession": PAY["merchant_session"],
            "endpoints": {"paymentGatewayUrl": GATEWAY} | endpoints,
        }
    }


def app(**more: Any) -> Json:
    content = {
        "bid": APP_BID,
        "appId": 1234509876,
        "appName": "Trail Map",
        "URL": "?route=77&level=easy",
        "receivedMessage": {"title": "Route 77"},
    }
    return {"interactiveData": content | more}


def invitation(template: str, locale: str, **parameters: str) -> Json:
    made = interactive(
        {
            "notification": {
                "templateId": f"binaryChoice.engage.{template}",
                "referenceId": "order-9001",
                "locale": locale,
                "parameters": {"brandName": "Example Bikes", **parameters},
            }
        }
    )
    made["interactiveData"]["useLiveLayout"] = True
    return made


WIRE: Final[dict[str, tuple[str, Json]]] = {
    "text": ("text", {"body": "Yes"}),
    "full text": ("text", {"body": "Yes, three are left.\nOne for you?", "subject": "Order 9001"}),
    "typing": ("typing_start", {}),
    "rich link": (
        "richLink",
        {
            "richLinkData": {
                "url": "https://shop.example/bikes/cargo-9",
                "title": "Cargo 9, our family bike",
                "assets": {"image": PICTURE},
            }
        },
    ),
    "full rich link": (
        "richLink",
        {
            "richLinkData": {
                "url": "https://shop.example/bikes/cargo-9",
                "title": "Cargo 9, our family bike",
                "assets": {
                    "image": PICTURE,
                    "video": {"url": "https://media.example/cargo9.m4v", "mimeType": "video/mpeg"},
                },
            }
        },
    ),
    "constructed link": (
        "richLink",
        {
            "richLinkData": {
                "url": "https://appclip.example.com/rent?bike=77",
                "title": "Rent bike 77",
                "assets": {"image": {"data": PLAIN, "mimeType": "image/png"}},
            }
        },
    ),
    "full constructed link": (
        "richLink",
        {
            "richLinkData": {
                "url": "https://appclip.example.com/rent?bike=77",
                "title": "Rent bike 77",
                "assets": {"image": PICTURE},
            }
        },
    ),
    "app": ("interactive", app(sessionIdentifier=REQUEST)),
    "full app": (
        "interactive",
        app(
            appIcon=PNG,
            sessionIdentifier="3F0E",
            useLiveLayout=False,
            receivedMessage={"title": "Route 77", "subtitle": "Open the map", "style": "large"},
            replyMessage={"title": "Seen", "subtitle": "Route 77", "style": "icon"},
        ),
    ),
    "authentication": (
        "interactive",
        interactive(
            {
                "authenticate": {
                    "oauth2": {
                        "responseType": "code",
                        "scope": ["openid", "email"],
                        "state": "3q2+7wAB",
                        "redirectURI": "https://msp.example/amb/oauth/callback",
                    }
                }
            },
            {"title": "Sign in to Example Bikes"},
        ),
    ),
    "authentication with parameters": (
        "interactive",
        interactive(
            {
                "authenticate": {
                    "oauth2": {
                        "responseType": "code",
                        "scope": ["openid", "email"],
                        "state": "3q2+7wAB",
                        "redirectURI": "https://msp.example/amb/oauth/callback",
                        "additionalParameters": "prompt=login",
                    }
                }
            },
            {"title": "Sign in to Example Bikes", "subtitle": "So that we see your orders"},
            {"title": "Sign in to Example Bikes"},
        ),
    ),
    "legacy authentication": (
        "interactive",
        interactive(
            {
                "authenticate": {
                    "oauth2": {
                        "responseType": "token",
                        "scope": ["r_liteprofile"],
                        "state": "3q2+7wAB",
                        "responseEncryptionKey": P384_POINT,
                        "clientSecret": "only when needed",
                    }
                }
            },
            {"title": "Sign in"},
        ),
    ),
    "Apple Pay": ("interactive", interactive(payment({}, {}), {"title": "Pay for order 9001"})),
    "full Apple Pay": (
        "interactive",
        interactive(
            payment(
                {
                    "lineItems": [
                        {"label": "Basket", "amount": "39.00", "type": "final"},
                        {"label": "Bell", "amount": "12.00", "type": "final"},
                        {"label": "Shipping", "amount": "10.00", "type": "pending"},
                    ],
                    "merchantName": "Example Bikes",
                    "applePay": {
                        "merchantIdentifier": "merchant.example.bikes",
                        "supportedNetworks": ["visa", "masterCard"],
                        "merchantCapabilities": ["supports3DS", "supportsCredit", "supportsDebit"],
                    },
                    "requiredBillingContactFields": ["post"],
                    "requiredShippingContactFields": ["post", "name", "phone", "email"],
                    "shippingMethods": [
                        {"identifier": "std", "label": "Standard", "detail": "4 to 6 days", "amount": "10.00"},
                        {"identifier": "pick", "label": "Pick-up", "amount": "0.00"},
                    ],
                    "supportedCountries": ["DE", "AT"],
                },
                {
                    "fallbackUrl": "https://pay.bikes.example/checkout/9001",
                    "orderTrackingUrl": "https://pay.bikes.example/applepay/tracking",
                    "paymentMethodUpdateUrl": "https://pay.bikes.example/applepay/method",
                    "shippingContactUpdateUrl": "https://pay.bikes.example/applepay/contact",
                    "shippingMethodUpdateUrl": "https://pay.bikes.example/applepay/shipping",
                },
            ),
            {"title": "Pay for order 9001", "subtitle": "61.00 €"},
            {"title": "Pay for order 9001"},
        ),
    ),
    "invitation": ("interactive", invitation("noImage", "en-us")),
    "invitation with a logo": ("interactive", invitation("withImage", "de-de", brandLogo=PNG)),
}
