from __future__ import annotations

import base64
from typing import Any

import pytest

from parley.apple import wire
from tests.unit.apple.wire.breaking import DATA, GONE, errors, mend, put, warnings
from tests.unit.apple.wire.samples import (
    NOW,
    P384_POINT,
    apple_pay,
    authentication,
    invitation,
    invitation_without_image,
    legacy_authentication,
    png,
)

POINT = base64.b64decode(P384_POINT)


def encoded(point: bytes) -> str:
    return base64.b64encode(point).decode()


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("", GONE, "required"),
        ("", [], "wrong_type"),
        ("/responseType", "token", "unknown_value"),
        ("/responseType", GONE, "required"),
        ("/scope", "openid email", "wrong_type"),
        ("/scope", [], "too_few"),
        ("/scope/0", "openid email", "malformed"),
        ("/scope/0", "", "malformed"),
        ("/state", GONE, "required"),
        ("/state", "", "malformed"),
        ("/state", "zuständ", "malformed"),
        ("/state", "x" * 1025, "too_long"),
        ("/redirectURI", "http://msp.example/callback", "not_https"),
        ("/redirectUri", "https://msp.example/callback", "unknown_field"),
        ("/additionalParameters", {"prompt": "login"}, "wrong_type"),
        ("/clientSecret", "s3cret", "unknown_field"),
        ("/responseEncryptionKey", P384_POINT, "unknown_field"),
    ],
)
def test_a_broken_sign_in_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/authenticate/oauth2{path}"

    assert errors(put(authentication(), path, value)) == [(path, code)]


def test_the_capitals_of_redirect_uri_are_suggested() -> None:
    path = f"{DATA}/authenticate/oauth2"
    message = put(put(authentication(), f"{path}/redirectURI", GONE), f"{path}/redirectUri", "https://msp.example")

    assert errors(message) == [(f"{path}/redirectURI", "required"), (f"{path}/redirectUri", "unknown_field")]
    assert mend(message, f"{path}/redirectUri") == "write redirectURI instead"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/responseType", "id_token", "unknown_value"),
        ("/scope", GONE, "required"),
        ("/state", 5, "wrong_type"),
        ("/responseEncryptionKey", GONE, "required"),
        ("/responseEncryptionKey", P384_POINT.replace("+", "-").replace("/", "_"), "not_base64"),
        ("/responseEncryptionKey", "ß", "not_base64"),
        ("/responseEncryptionKey", encoded(b"\x02" + POINT[1:49]), "malformed"),
        ("/responseEncryptionKey", encoded(POINT[:-1]), "malformed"),
        ("/responseEncryptionKey", encoded(POINT[:-1] + bytes([POINT[-1] ^ 1])), "malformed"),
        ("/responseEncryptionKey", encoded(b"\x04" + b"\xff" * 96), "malformed"),
        ("/clientSecret", "", "blank"),
        ("/redirect", "https://msp.example", "unknown_field"),
    ],
)
def test_a_broken_legacy_sign_in_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/authenticate/oauth2{path}"

    assert errors(put(legacy_authentication(), path, value)) == [(path, code)]


def test_the_legacy_flow_may_ask_for_a_code_and_has_one_version() -> None:
    oauth2 = f"{DATA}/authenticate/oauth2"

    assert errors(put(legacy_authentication(), f"{oauth2}/responseType", "code")) == []
    assert errors(put(legacy_authentication(), f"{DATA}/version", "2.0")) == [(f"{DATA}/version", "unknown_value")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("", [], "wrong_type"),
        ("/paymentRequest", GONE, "required"),
        ("/paymentRequest/countryCode", "Germany", "malformed"),
        ("/paymentRequest/countryCode", "de", "malformed"),
        ("/paymentRequest/currencyCode", "€", "malformed"),
        ("/paymentRequest/lineItems/0/amount", 39.0, "wrong_type"),
        ("/paymentRequest/lineItems/0/amount", "39,00", "malformed"),
        ("/paymentRequest/lineItems/0/label", "", "blank"),
        ("/paymentRequest/lineItems/0/type", "Final", "unknown_value"),
        ("/paymentRequest/total", GONE, "required"),
        ("/paymentRequest/total/amount", "61.00", "sum_mismatch"),
        ("/paymentRequest/total/amount", "1e3", "malformed"),
        ("/paymentRequest/total/amount", GONE, "required"),
        ("/paymentRequest/applePay/merchantIdentifier", "AB12CD34EF.merchant.example.bikes", "malformed"),
        ("/paymentRequest/applePay/merchantIdentifier", GONE, "required"),
        ("/paymentRequest/applePay/supportedNetworks", [], "too_few"),
        ("/paymentRequest/applePay/supportedNetworks/1", "mastercard", "unknown_value"),
        ("/paymentRequest/applePay/supportedNetworks/1", "giro", "unknown_value"),
        ("/paymentRequest/applePay/merchantCapabilities", ["supportsCredit"], "required"),
        ("/paymentRequest/applePay/merchantCapabilities/1", "3DS", "unknown_value"),
        ("/paymentRequest/merchantName", "x" * 201, "too_long"),
        ("/paymentRequest/requiredBillingContactFields/0", "address", "unknown_value"),
        ("/paymentRequest/requiredShippingContactFields", "post", "wrong_type"),
        ("/paymentRequest/shippingMethods/0/identifier", GONE, "required"),
        ("/paymentRequest/shippingMethods/0/amount", "free", "malformed"),
        ("/paymentRequest/supportedCountries/0", "DEU", "malformed"),
        ("/paymentRequest/tax", "1.00", "unknown_field"),
        ("/merchantSession", GONE, "required"),
        ("/merchantSession", "blob", "wrong_type"),
        ("/merchantSession", {}, "blank"),
        ("/merchantSession/expiresAt", int(NOW * 1000), "expired"),
        ("/endpoints", GONE, "required"),
        ("/endpoints/paymentGatewayUrl", GONE, "required"),
        ("/endpoints/paymentGatewayUrl", "https://pay.bikes.example/applepay/gateway/", "mismatch"),
        ("/endpoints/fallbackUrl", "http://pay.bikes.example", "not_https"),
        ("/endpoints/refundUrl", "https://pay.bikes.example", "unknown_field"),
    ],
)
def test_a_broken_payment_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/payment{path}"

    assert errors(put(apple_pay(), path, value)) == [(path, code)]


def test_a_total_below_zero_is_refused() -> None:
    request = f"{DATA}/payment/paymentRequest"
    message = put(put(apple_pay(), f"{request}/lineItems", []), f"{request}/total/amount", "-1.00")

    assert errors(message) == [(f"{request}/total/amount", "out_of_range")]


def test_the_right_total_and_the_right_spelling_are_told() -> None:
    request = f"{DATA}/payment/paymentRequest"
    message = put(apple_pay(), f"{request}/total/amount", "61")
    put(message, f"{request}/applePay/supportedNetworks/1", "MasterCard")

    assert "47.00" in mend(message, f"{request}/total/amount")
    assert mend(message, f"{request}/applePay/supportedNetworks/1") == "write masterCard"


def test_a_shipping_method_is_named_once() -> None:
    path = f"{DATA}/payment/paymentRequest/shippingMethods"
    message = put(apple_pay(), f"{path}/-", {"identifier": "std", "label": "Pick-up", "amount": "0.00"})

    assert errors(message) == [(f"{path}/1/identifier", "duplicate")]


def test_a_network_no_sample_names_is_worth_a_warning() -> None:
    path = f"{DATA}/payment/paymentRequest/applePay/supportedNetworks/-"

    assert warnings(put(apple_pay(), path, "jcb")) == [(path.replace("-", "2"), "unproven")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("", [], "wrong_type"),
        ("/templateId", "binaryChoice.engage", "unknown_value"),
        ("/templateId", GONE, "required"),
        ("/referenceId", GONE, "required"),
        ("/referenceId", "", "blank"),
        ("/referenceId", "../order", "forbidden_characters"),
        ("/referenceId", "it's", "forbidden_characters"),
        ("/referenceId", "a\nb", "unprintable"),
        ("/referenceId", "x" * 1001, "too_long"),
        ("/locale", "en_US", "malformed"),
        ("/locale", "EN-us", "malformed"),
        ("/parameters", GONE, "required"),
        ("/parameters/brandName", GONE, "required"),
        ("/parameters/brandName", "x" * 201, "too_long"),
        ("/parameters/brandLogo", GONE, "required"),
        ("/parameters/brandLogo", "/9j/4AAQ", "not_png"),
        ("/parameters/brandLogo", png(filler=150_000), "image_too_large"),
        ("/parameters/brandColor", "red", "unknown_field"),
    ],
)
def test_a_broken_invitation_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/notification{path}"

    assert errors(put(invitation(), path, value)) == [(path, code)]


def test_a_template_without_an_image_takes_no_logo() -> None:
    path = f"{DATA}/notification/parameters/brandLogo"

    assert errors(put(invitation_without_image(), path, png())) == [(path, "forbidden")]


def test_a_reference_of_a_thousand_code_points_fits() -> None:
    assert errors(put(invitation(), f"{DATA}/notification/referenceId", "🙂" * 1000)) == []


def link(**more: Any) -> dict[str, Any]:
    return {"version": 1.0, "type": "link", "link": {"url": "https://appclip.example.com/rent?bike=77"}, **more}


def verdict(body: object) -> list[tuple[str, str, bool]]:
    return [(fault.path, fault.code, fault.warning) for fault in wire.check_construct(body)]


def test_a_request_to_construct_a_link_is_good() -> None:
    assert verdict(link()) == []
    assert verdict(link(version=1)) == []
    assert verdict(put(link(), "/link/storeRegion", "DE")) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/version", "1.0", "wrong_type"),
        ("/version", 2.0, "unknown_value"),
        ("/version", True, "wrong_type"),
        ("/version", GONE, "required"),
        ("/type", "app", "unknown_value"),
        ("/type", GONE, "required"),
        ("/link", GONE, "required"),
        ("/link/url", "http://appclip.example.com", "not_https"),
        ("/link/url", GONE, "required"),
        ("/link/storeRegion", "Germany", "malformed"),
        ("/link/title", "x", "unknown_field"),
        ("/music", {}, "unknown_field"),
    ],
)
def test_a_broken_request_to_construct_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    assert verdict(put(link(), path, value)) == [(path, code, False)]


@pytest.mark.parametrize("kind", ["music", "maps"])
def test_music_and_maps_are_hearsay(kind: str) -> None:
    body = {"version": 1.0, "type": kind, kind: {"url": "https://music.example.com/x"}}

    assert verdict(body) == [("/type", "unproven", True)]
    assert verdict({**body, "link": {}}) == [("/link", "unknown_field", False), ("/type", "unproven", True)]


@pytest.mark.parametrize("body", [None, [], "link"])
def test_a_request_to_construct_is_an_object(body: object) -> None:
    assert verdict(body) == [("", "wrong_type", False)]
