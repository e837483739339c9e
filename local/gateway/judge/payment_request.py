"""The `paymentRequest` of Apple Pay (protocol/06 §3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from local.gateway.judge.wording import judge_identifiers, judge_ui_text, judge_ui_texts

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
COUNTRY = re.compile(r"[A-Z]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
NETWORKS = ("amex", "visa", "discover", "masterCard", "chinaUnionPay", "interac", "privateLabel")
"""Those seen; Apple Pay knows more."""
CAPABILITIES = ("supports3DS", "supportsCredit", "supportsDebit", "supportsEMV")
CONTACT_FIELDS = ("post", "postalAddress", "name", "phone", "email")
KNOWN = {
    "countryCode", "currencyCode", "lineItems", "total", "applePay", "merchantName", "requiredBillingContactFields",
    "requiredShippingContactFields", "shippingMethods", "supportedCountries",
}  # fmt: skip


def judge_payment_request(request: Fields) -> list[str]:
    """Judge what the sheet shows and asks. Returns violations; raises RefusalError."""
    _code(request, "countryCode", COUNTRY, "ISO 3166 code of two capital letters")
    _code(request, "currencyCode", CURRENCY, "ISO 4217 code of three capital letters")
    violations = request.unknown(KNOWN) + _judge_amounts(request) + _judge_apple_pay(request.object("applePay"))
    judge_ui_texts(request, "merchantName")
    for key in ("requiredBillingContactFields", "requiredShippingContactFields"):
        for field in request.texts(key) if key in request else []:
            if field not in CONTACT_FIELDS:
                raise request.wrong(key, f"may hold {', '.join(CONTACT_FIELDS)}")
    for country in request.texts("supportedCountries") if "supportedCountries" in request else []:
        if COUNTRY.fullmatch(country) is None:
            raise request.wrong("supportedCountries", "must hold ISO 3166 codes of two capital letters")
    return violations + _judge_shipping(request)


def _code(fields: Fields, key: str, form: re.Pattern[str], name: str) -> None:
    if form.fullmatch(fields.text(key)) is None:
        raise fields.wrong(key, f"must be an {name}")


def _judge_amounts(request: Fields) -> list[str]:
    total = request.object("total")
    items = request.objects("lineItems") if "lineItems" in request else []
    violations = _judge_line(total)
    for item in items:
        violations += _judge_line(item)
    if _amount(total) < 0:
        raise total.wrong("amount", "is negative")
    if items and sum(map(_amount, items)) != _amount(total):
        violations.append(f"{total.path('amount')} is not the sum of lineItems; nobody corrects it")
    return violations


def _judge_line(line: Fields) -> list[str]:
    judge_ui_text(line, "label")
    _amount(line)
    if "type" in line:
        line.one_of("type", ("final", "pending"))
    return line.unknown({"label", "amount", "type"})


def _amount(line: Fields) -> Decimal:
    """Return an amount: a decimal string with a point."""
    text = line.text("amount")
    if AMOUNT.fullmatch(text) is None:
        raise line.wrong("amount", "must be a string of decimal digits with a point, such as 61.00")
    return Decimal(text)


def _judge_apple_pay(apple_pay: Fields) -> list[str]:
    apple_pay.text("merchantIdentifier")
    violations = apple_pay.unknown({"merchantIdentifier", "supportedNetworks", "merchantCapabilities"})
    for network in apple_pay.some_texts("supportedNetworks"):
        right_case = next((known for known in NETWORKS if known.lower() == network.lower()), None)
        if right_case is None:
            violations.append(f"{apple_pay.path('supportedNetworks')} holds a name that was never seen")
        elif right_case != network:
            raise apple_pay.wrong("supportedNetworks", f"holds a name in the wrong case; it must be {right_case}")
    capabilities = apple_pay.some_texts("merchantCapabilities")
    if not set(capabilities) <= set(CAPABILITIES):
        raise apple_pay.wrong("merchantCapabilities", f"may hold {', '.join(CAPABILITIES)}")
    if "supports3DS" not in capabilities:
        violations.append(f"{apple_pay.path('merchantCapabilities')} should hold supports3DS")
    return violations


def _judge_shipping(request: Fields) -> list[str]:
    methods = request.objects("shippingMethods") if "shippingMethods" in request else []
    judge_identifiers(methods)
    violations = []
    for method in methods:
        judge_ui_text(method, "label")
        judge_ui_texts(method, "detail")
        _amount(method)
        violations += method.unknown({"identifier", "label", "detail", "amount"})
    return violations
