"""Apple Pay requests (06 §3). The merchant session is minutes old at `parts.NOW`."""

from __future__ import annotations

from typing import Any

from tests.contract.corpus import pictures
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put, Rename
from tests.contract.corpus.parts import DATA, NOW, RECEIVED, interactive
from tests.contract.corpus.ui_strings import limited

PAYMENT = f"{DATA}/payment"
REQUEST = f"{PAYMENT}/paymentRequest"
APPLE_PAY = f"{REQUEST}/applePay"
SESSION = f"{PAYMENT}/merchantSession"
ENDPOINTS = f"{PAYMENT}/endpoints"
LINES = f"{REQUEST}/lineItems"
METHODS = f"{REQUEST}/shippingMethods"
GATEWAY = "https://pay.bikes.example/applepay/gateway"


def line(label: str, amount: str, kind: str = "final") -> dict[str, str]:
    return {"label": label, "amount": amount, "type": kind}


def merchant_session() -> dict[str, Any]:
    """As Apple answers it; two hours long, five minutes old."""
    started = round(NOW * 1000) - 300_000
    return {
        "epochTimestamp": started,
        "expiresAt": started + 7_200_000,
        "merchantSessionIdentifier": "SSH0E1A5C7D9B3F4E2A8C6D0F1B3A5C7E9D",
        "nonce": "8b1f20c4",
        "merchantIdentifier": "5B7C" * 16,
        "domainName": "pay.bikes.example",
        "displayName": "Example Bikes",
        "initiative": "messaging",
        "initiativeContext": GATEWAY,
        "signature": "308006092a864886f70d010702a0803080",
        "signedFields": ["merchantSessionIdentifier", "merchantIdentifier"],
    }


def base() -> Message:
    request = {
        "countryCode": "DE",
        "currencyCode": "EUR",
        "lineItems": [line("Basket", "39.00"), line("Bell", "12.00"), line("Shipping", "10.00", "pending")],
        "total": line("Example Bikes", "61.00"),
        "applePay": {
            "merchantIdentifier": "merchant.example.bikes",
            "supportedNetworks": ["visa", "masterCard", "amex", "discover"],
            "merchantCapabilities": ["supports3DS", "supportsCredit", "supportsDebit"],
        },
        "requiredBillingContactFields": ["post"],
        "requiredShippingContactFields": ["post", "name", "phone", "email"],
        "shippingMethods": [
            {"identifier": "std", "label": "Standard", "detail": "4 to 6 days", "amount": "10.00"},
            {"identifier": "pick", "label": "Pick-up", "detail": "Ready tomorrow", "amount": "0.00"},
        ],
    }
    endpoints = {
        "paymentGatewayUrl": GATEWAY,
        "fallbackUrl": "https://pay.bikes.example/checkout/9001",
        "orderTrackingUrl": "https://pay.bikes.example/applepay/tracking",
        "paymentMethodUpdateUrl": "https://pay.bikes.example/applepay/method",
        "shippingContactUpdateUrl": "https://pay.bikes.example/applepay/contact",
        "shippingMethodUpdateUrl": "https://pay.bikes.example/applepay/shipping",
    }
    payment = {"paymentRequest": request, "merchantSession": merchant_session(), "endpoints": endpoints}
    message = interactive({"payment": payment}, images=[{"identifier": "o", "data": pictures.png()}])
    message["interactiveData"]["receivedMessage"]["imageIdentifier"] = "o"
    return message


PAY = Cases("Apple Pay", base, "06 §3")
PAY.good("as it is")
limited(PAY, "bubble title", f"{RECEIVED}/title")
PAY.good("the gateway as the only endpoint", Put(ENDPOINTS, {"paymentGatewayUrl": GATEWAY}))
PAY.good(
    "a discount",
    Put(LINES, [line("Basket", "39.00"), line("Voucher", "-5.00")]),
    Put(f"{REQUEST}/total/amount", "34.00"),
)
PAY.good(
    "in yen, without decimals",
    Put(LINES, [line("ベル", "1200")]),
    Put(f"{REQUEST}/total/amount", "1200"),
    Put(f"{REQUEST}/currencyCode", "JPY"),
    Put(f"{REQUEST}/countryCode", "JP"),
    Drop(METHODS),
)
PAY.good("nothing to ship", Drop(METHODS), Drop(f"{REQUEST}/requiredShippingContactFields"))
PAY.good(
    "empty lists of contact fields",
    Put(f"{REQUEST}/requiredBillingContactFields", []),
    Put(f"{REQUEST}/requiredShippingContactFields", []),
)
PAY.good("a postal address under its other name", Put(f"{REQUEST}/requiredBillingContactFields", ["postalAddress"]))
PAY.good(
    "with a merchant name and countries",
    Put(f"{REQUEST}/merchantName", "Example Bikes"),
    Put(f"{REQUEST}/supportedCountries", ["DE", "AT"]),
)
PAY.good(
    "all networks of the samples",
    Put(
        f"{APPLE_PAY}/supportedNetworks",
        ["amex", "visa", "discover", "masterCard", "chinaUnionPay", "interac", "privateLabel"],
    ),
)
PAY.good(
    "all capabilities of the samples",
    Put(f"{APPLE_PAY}/merchantCapabilities", ["supports3DS", "supportsCredit", "supportsDebit", "supportsEMV"]),
)
PAY.good("without line items", Drop(LINES), says="06 §3: not required in theory")
PAY.good("a pending total", Put(f"{REQUEST}/total/type", "pending"))
PAY.good(
    "a merchant session with keys nobody knows",
    Put(f"{SESSION}/retries", 0),
    Rename(f"{SESSION}/signedFields", "signedProperties"),
    says="06 §2: pass it through unmodified",
)

for name in ("paymentRequest", "merchantSession", "endpoints"):
    PAY.broken(f"{name} is missing", Drop(f"{PAYMENT}/{name}"))
    PAY.broken(f"{name} is a string", Put(f"{PAYMENT}/{name}", "later"))
for name in ("countryCode", "currencyCode", "total", "applePay"):
    PAY.broken(f"{name} is missing", Drop(f"{REQUEST}/{name}"))
for name in ("merchantIdentifier", "supportedNetworks", "merchantCapabilities"):
    PAY.broken(f"{name} is missing", Drop(f"{APPLE_PAY}/{name}"))
PAY.broken("payment is an array", Put(PAYMENT, []))
PAY.broken("an unknown key of the payment", Put(f"{PAYMENT}/state", "paid"), says="06 §5: in replies only")
PAY.broken("countryCode of three letters", Put(f"{REQUEST}/countryCode", "DEU"))
PAY.broken("countryCode is a name", Put(f"{REQUEST}/countryCode", "Germany"))
PAY.broken("currencyCode is a sign", Put(f"{REQUEST}/currencyCode", "€"))
PAY.broken("currencyCode of two letters", Put(f"{REQUEST}/currencyCode", "EU"))
PAY.broken("lineItems is an object", Put(LINES, line("Basket", "39.00")))
PAY.broken("amount is a number", Put(f"{LINES}/0/amount", 39.0), says="06 §3; 12 no. 56")
PAY.broken("amount with a comma", Put(f"{LINES}/0/amount", "39,00"))
PAY.broken("amount with a currency", Put(f"{LINES}/0/amount", "39.00 €"))
PAY.broken("amount is words", Put(f"{LINES}/2/amount", "free"))
PAY.broken("amount is empty", Put(f"{LINES}/2/amount", ""))
PAY.broken("amount is missing", Drop(f"{LINES}/1/amount"))
PAY.broken("label is missing", Drop(f"{LINES}/1/label"))
PAY.broken("label is a number", Put(f"{LINES}/1/label", 1))
PAY.broken("type as replies spell it", Put(f"{LINES}/0/type", "Final"), says="06 §3, §5")
PAY.broken("type is unknown", Put(f"{LINES}/0/type", "estimated"))
PAY.broken("an unknown key in a line", Put(f"{LINES}/0/quantity", 2))
PAY.broken("total is a string", Put(f"{REQUEST}/total", "61.00"))
PAY.broken("total amount is a number", Put(f"{REQUEST}/total/amount", 61), says="06 §3; 12 no. 56")
PAY.broken("total amount is missing", Drop(f"{REQUEST}/total/amount"))
PAY.broken("total label is missing", Drop(f"{REQUEST}/total/label"))
PAY.broken("total type is unknown", Put(f"{REQUEST}/total/type", "Pending"))
PAY.broken("merchantIdentifier is a number", Put(f"{APPLE_PAY}/merchantIdentifier", 1))
PAY.broken("supportedNetworks is a string", Put(f"{APPLE_PAY}/supportedNetworks", "visa"))
PAY.broken("a network is a number", Put(f"{APPLE_PAY}/supportedNetworks/1", 2))
PAY.broken("merchantCapabilities is a string", Put(f"{APPLE_PAY}/merchantCapabilities", "supports3DS"))
PAY.broken("a capability misspelt", Put(f"{APPLE_PAY}/merchantCapabilities/0", "3DS"))
PAY.broken("an unknown key of applePay", Put(f"{APPLE_PAY}/version", 3))
PAY.broken("an unknown contact field", Put(f"{REQUEST}/requiredShippingContactFields/2", "fax"))
PAY.broken("contact fields are a string", Put(f"{REQUEST}/requiredBillingContactFields", "post"))
PAY.broken("an unknown key of the request", Put(f"{REQUEST}/tax", "19"))
PAY.broken("shipping amount is a number", Put(f"{METHODS}/0/amount", 10), says="06 §3; 12 no. 56")
PAY.broken("shipping amount is words", Put(f"{METHODS}/1/amount", "free"))
PAY.broken("shipping method without an identifier", Drop(f"{METHODS}/0/identifier"))
PAY.broken("shipping method without a label", Drop(f"{METHODS}/1/label"))
PAY.broken("shippingMethods is an object", Put(METHODS, {}))
PAY.broken("gateway is missing", Drop(f"{ENDPOINTS}/paymentGatewayUrl"), says="06 §3: the only required endpoint")
PAY.broken(
    "gateway by http",
    Put(f"{ENDPOINTS}/paymentGatewayUrl", "http://pay.bikes.example/applepay/gateway"),
    may=(f"{SESSION}/initiativeContext",),
)
PAY.broken(
    "gateway is a path",
    Put(f"{ENDPOINTS}/paymentGatewayUrl", "/applepay/gateway"),
    may=(f"{SESSION}/initiativeContext",),
)
PAY.broken(
    "gateway is not the one of the session",
    Put(f"{ENDPOINTS}/paymentGatewayUrl", f"{GATEWAY}/"),
    at=((f"{ENDPOINTS}/paymentGatewayUrl", f"{SESSION}/initiativeContext"),),
    says="06 §2; 12 no. 51",
)
PAY.broken("fallback by http", Put(f"{ENDPOINTS}/fallbackUrl", "http://pay.bikes.example/checkout/9001"))
PAY.broken(
    "shipping callback by http", Put(f"{ENDPOINTS}/shippingContactUpdateUrl", "http://pay.bikes.example/contact")
)
PAY.broken("tracking is a number", Put(f"{ENDPOINTS}/orderTrackingUrl", 9001))
PAY.broken("an unknown endpoint", Put(f"{ENDPOINTS}/couponUrl", "https://pay.bikes.example/coupon"))
PAY.broken(
    "the session is over",
    Put(f"{SESSION}/epochTimestamp", round(NOW * 1000) - 7_500_000),
    Put(f"{SESSION}/expiresAt", round(NOW * 1000) - 300_000),
    at=((f"{SESSION}/expiresAt", SESSION),),
    says="06 §2; 12 no. 54; 14 row Merchant session",
)
PAY.broken("receivedMessage is missing", Drop(RECEIVED), says="04 §1")

ALL = (PAY,)
