"""Apple Pay: the payment, its merchant session and its endpoints (protocol/06 §2-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.payment_request import judge_payment_request
from local.gateway.judge.wording import judge_https
from local.gateway.refusal import malformed

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

OPTIONAL_ENDPOINTS = (
    "fallbackUrl", "orderTrackingUrl", "paymentMethodUpdateUrl", "shippingContactUpdateUrl", "shippingMethodUpdateUrl",
)  # fmt: skip


def judge_apple_pay(content: Fields, setting: Setting) -> list[str]:
    """Judge each of the three parts and what ties them together."""
    request = content.object("paymentRequest")
    session = content.object("merchantSession")
    endpoints = content.object("endpoints")
    violations = content.unknown({"paymentRequest", "merchantSession", "endpoints"})
    violations += judge_payment_request(request)
    gateway = judge_https(endpoints, "paymentGatewayUrl")
    for key in OPTIONAL_ENDPOINTS:
        if key in endpoints:
            judge_https(endpoints, key)
    violations += endpoints.unknown({"paymentGatewayUrl", *OPTIONAL_ENDPOINTS})
    merchant_id = request.object("applePay").text("merchantIdentifier")
    if setting.merchant_ids is not None and merchant_id not in setting.merchant_ids:
        raise malformed("Merchant Id not found in business registration")
    return violations + _judge_session(session, gateway, setting)


def _judge_session(session: Fields, gateway: str, setting: Setting) -> list[str]:
    """The session is opaque; only what makes the sheet fail is looked at."""
    if not session.value:
        raise malformed(f"{session.place} is empty; it is Apple's answer, unmodified")
    if session.value.get("initiativeContext", gateway) != gateway:
        raise malformed("Apple Pay session payment gateway url mismatch")
    violations = []
    expires = session.value.get("expiresAt")
    if isinstance(expires, int | float) and expires / 1000 <= setting.now:
        violations.append(f"{session.path('expiresAt')} is past; the sheet will fail")
    if "://" in str(session.value.get("domainName", "")):
        violations.append(f"{session.path('domainName')} must be a host alone, without https://")
    return violations
