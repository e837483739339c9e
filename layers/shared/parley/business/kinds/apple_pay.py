"""A payment request (protocol/06)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from parley.business.kinds.base import Build, Mapped, Strict, present
from parley.business.kinds.bubbles import WithBubble


class LineItem(Strict):
    """One line of the sheet. `amount` is a decimal string; `pending` says that it may still change."""

    label: str
    amount: str
    pending: bool = False


class ShippingMethod(Strict):
    """One way of delivery."""

    identifier: str
    label: str
    detail: str | None = None
    amount: str


class Endpoints(Strict):
    """The https addresses Apple calls while the customer pays; leave out what is not implemented."""

    gateway: str
    fallback: str | None = None
    order_tracking: str | None = None
    payment_method_update: str | None = None
    shipping_contact_update: str | None = None
    shipping_method_update: str | None = None


class ApplePay(WithBubble):
    """Asks for a payment. `merchant_session` is Apple Pay's answer, unmodified; it lives two hours."""

    type: Literal["apple_pay"]
    country: str
    currency: str
    items: tuple[LineItem, ...] = ()
    total: LineItem
    merchant_identifier: str
    merchant_name: str | None = None
    networks: list[str]
    capabilities: tuple[str, ...] = ("supports3DS",)
    billing_fields: list[str] | None = None
    shipping_fields: list[str] | None = None
    shipping_methods: list[ShippingMethod] | None = None
    supported_countries: list[str] | None = None
    merchant_session: Annotated[dict[str, Any], Field(repr=False)]
    endpoints: Endpoints

    def to_apple(self, build: Build) -> Mapped:
        """`data.payment`."""
        level = "/interactiveData/data/payment"
        request = f"{level}/paymentRequest"
        build.paths |= {
            level: "",
            request: "",
            f"{request}/countryCode": "/country",
            f"{request}/currencyCode": "/currency",
            f"{request}/lineItems": "/items",
            f"{request}/merchantName": "/merchant_name",
            f"{request}/applePay/merchantIdentifier": "/merchant_identifier",
            f"{request}/applePay/supportedNetworks": "/networks",
            f"{request}/applePay/merchantCapabilities": "/capabilities",
            f"{request}/requiredBillingContactFields": "/billing_fields",
            f"{request}/requiredShippingContactFields": "/shipping_fields",
            f"{request}/shippingMethods": "/shipping_methods",
            f"{request}/supportedCountries": "/supported_countries",
            f"{level}/merchantSession": "/merchant_session",
            **{f"{level}/endpoints/{wire}": f"/endpoints/{ours}" for ours, wire in _ENDPOINTS.items()},
        }
        endpoints = self.endpoints.model_dump(exclude_none=True)
        payment = {
            "paymentRequest": self._request(),
            "merchantSession": self.merchant_session,
            "endpoints": {_ENDPOINTS[name]: url for name, url in endpoints.items()},
        }
        return build.interactive("payment", payment, self.bubbles(build))

    def _request(self) -> dict[str, Any]:
        methods = self.shipping_methods
        return present(
            countryCode=self.country,
            currencyCode=self.currency,
            lineItems=[_line(item) for item in self.items],
            total=_line(self.total),
            merchantName=self.merchant_name,
            applePay={
                "merchantIdentifier": self.merchant_identifier,
                "supportedNetworks": self.networks,
                "merchantCapabilities": list(self.capabilities),
            },
            requiredBillingContactFields=self.billing_fields,
            requiredShippingContactFields=self.shipping_fields,
            shippingMethods=None if methods is None else [method.model_dump(exclude_none=True) for method in methods],
            supportedCountries=self.supported_countries,
        )


_ENDPOINTS = {
    "gateway": "paymentGatewayUrl",
    "fallback": "fallbackUrl",
    "order_tracking": "orderTrackingUrl",
    "payment_method_update": "paymentMethodUpdateUrl",
    "shipping_contact_update": "shippingContactUpdateUrl",
    "shipping_method_update": "shippingMethodUpdateUrl",
}


def _line(item: LineItem) -> dict[str, Any]:
    return {"label": item.label, "amount": item.amount, "type": "pending" if item.pending else "final"}
