"""A request to pay with Apple Pay (protocol/06 §3)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from parley.apple.wire import interactive as base
from parley.apple.wire.arrays import counted, unique
from parley.apple.wire.node import Node, shown
from parley.apple.wire.rules import ABSENT, Complaint, HttpsUrl, Identifier, UIText, checked, pattern
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_SAMPLED: Final = ("amex", "chinaUnionPay", "discover", "interac", "masterCard", "privateLabel", "visa")
_OTHERS: Final = (
    "bancomat", "bancontact", "cartesBancaires", "dankort", "eftpos", "electron", "elo", "girocard", "jcb", "mada",
    "maestro", "mir", "vPay",
)  # fmt: skip
"""Further networks of Apple Pay JS, in no sample of this message (protocol/06 §3: guess)."""
_CAPABILITIES: Final = ("supports3DS", "supportsCredit", "supportsDebit", "supportsEMV")


def _amount(value: str) -> Iterator[Complaint]:
    if not _AMOUNT.fullmatch(value):
        yield "malformed", 'write a decimal string with a point, such as "61.00"'


def _network(value: str) -> Iterator[Complaint]:
    if value not in _SAMPLED and value not in _OTHERS:
        meant = next((name for name in (*_SAMPLED, *_OTHERS) if name.lower() == value.lower()), None)
        yield "unknown_value", f"write {meant or 'one of ' + ', '.join(_SAMPLED)}"


_Amount = Annotated[str, checked(_amount)]
_Country = Annotated[str, checked(pattern(r"[A-Z]{2}", "write a country of ISO 3166 in capital letters, such as DE"))]
_Currency = Annotated[str, checked(pattern(r"[A-Z]{3}", "write a currency of ISO 4217 in three letters, such as EUR"))]
_Merchant = Annotated[
    str,
    checked(
        pattern(
            r"(?![A-Z0-9]{10}\.merchant\.)[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*",
            "write the plain merchant id, such as merchant.example.bikes, without the team id before it",
        )
    ),
]
_Contact = Literal["post", "postalAddress", "name", "phone", "email"]


class _Item(Wire):
    label: UIText
    amount: _Amount
    type: Literal["final", "pending"] = ABSENT


class _Shipping(Wire):
    identifier: Identifier
    label: UIText
    detail: UIText = ABSENT
    amount: _Amount


class _ApplePay(Wire):
    merchant_identifier: _Merchant
    supported_networks: list[Annotated[str, checked(_network)]]
    merchant_capabilities: list[Literal["supports3DS", "supportsCredit", "supportsDebit", "supportsEMV"]]


class _Request(Wire):
    country_code: _Country
    currency_code: _Currency
    line_items: list[_Item] = ABSENT
    total: _Item
    apple_pay: _ApplePay
    merchant_name: UIText = ABSENT
    required_billing_contact_fields: list[_Contact] = ABSENT
    required_shipping_contact_fields: list[_Contact] = ABSENT
    shipping_methods: list[_Shipping] = ABSENT
    supported_countries: list[_Country] = ABSENT


class _Endpoints(Wire):
    payment_gateway_url: HttpsUrl
    fallback_url: HttpsUrl = ABSENT
    order_tracking_url: HttpsUrl = ABSENT
    payment_method_update_url: HttpsUrl = ABSENT
    shipping_contact_update_url: HttpsUrl = ABSENT
    shipping_method_update_url: HttpsUrl = ABSENT


class _Payment(Wire):
    payment_request: _Request
    merchant_session: dict[Any, Any]
    endpoints: _Endpoints


class _Data(base.Data):
    payment: _Payment


class _Interactive(base.BuiltIn):
    data: _Data


def check(interactive: Node, now: float) -> Iterator[Fault]:
    """Judge an `interactiveData` that asks for a payment; a session that ends before `now` cannot pay."""
    yield from structure(_Interactive, interactive)
    yield from base.frame(interactive, [])
    payment = interactive.at("data", "payment")
    request = payment.at("paymentRequest")
    yield from _sum(request)
    yield from _apple_pay(request.at("applePay"))
    yield from unique((one.at("identifier") for one in request.each("shippingMethods")), "shipping method")
    yield from _session(payment, now)


def _sum(request: Node) -> Iterator[Fault]:
    """Apple shows the total as it is given and never adds up."""
    total = request.at("total", "amount")
    due = _decimal(total)
    if due is None:
        return
    if due < 0:
        yield total.fault("out_of_range", "write a total of zero or more")
    amounts = [_decimal(item.at("amount")) for item in request.each("lineItems")]
    known = [amount for amount in amounts if amount is not None]
    if known and len(known) == len(amounts) and sum(known) != due:
        yield total.fault("sum_mismatch", f"write {sum(known)}, the sum of the line items, or mend those")


def _decimal(amount: Node) -> Decimal | None:
    return Decimal(amount.text) if amount.text is not None and _AMOUNT.fullmatch(amount.text) else None


def _apple_pay(apple_pay: Node) -> Iterator[Fault]:
    networks, capabilities = apple_pay.at("supportedNetworks"), apple_pay.at("merchantCapabilities")
    yield from counted(networks, "a network")
    for network in apple_pay.each("supportedNetworks"):
        if network.text in _OTHERS:
            yield network.warning("unproven", f"no sample of Apple names {shown(network.text)} in this message")
    values = [one.value for one in apple_pay.each("merchantCapabilities")]
    if isinstance(capabilities.value, list) and "supports3DS" not in values and all(v in _CAPABILITIES for v in values):
        yield capabilities.fault("required", "add supports3DS: Apple Pay needs it")


def _session(payment: Node, now: float) -> Iterator[Fault]:
    """The merchant session goes out exactly as Apple answered it (protocol/06 §2)."""
    session, gateway = payment.at("merchantSession"), payment.at("endpoints", "paymentGatewayUrl")
    if session.value == {}:
        yield session.fault("blank", "put Apple's answer to the request for a merchant session here, unchanged")
    context = session.at("initiativeContext").text
    if context is not None and gateway.text is not None and context != gateway.text:
        yield gateway.fault("mismatch", "write the same URL as initiativeContext of the merchant session")
    expires = session.at("expiresAt")
    if isinstance(expires.value, int | float) and expires.value <= now * 1000:
        yield expires.fault("expired", "ask Apple for a new merchant session: it holds for two hours")
