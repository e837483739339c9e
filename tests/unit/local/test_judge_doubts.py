"""What the gateway takes of each interactive kind, without a word or with one."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local.samples import GONE, MAKERS, broken, png, send

if TYPE_CHECKING:
    from tests.unit.local.wire import Msp

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUICK = "data.quick-reply"
LIST = "data.listPicker"
EVENT = "data.event"
FORM = "data.dynamic"
PAGES = "data.dynamic.data.pages"
OAUTH = "data.authenticate.oauth2"
PAYMENT = "data.payment"
REQUEST = "data.payment.paymentRequest"
INVITATION = "data.notification"
OFF_THE_CURVE = base64.b64encode(b"\x04" + bytes(96)).decode()


@pytest.mark.parametrize("name", MAKERS)
def test_a_sound_message_of_each_kind_is_accepted_without_violations(msp: Msp, name: str) -> None:
    answer = send(msp, name, MAKERS[name]())

    assert answer.status == 200, answer.text
    assert msp.posts()[-1]["violations"] == []


DOUBTFUL: list[tuple[str, str, Any, str]] = [
    ("list_picker", "data.images.0.data", png(150_003), "images[0].data is longer than 200000 base64 characters"),
    ("list_picker", "data.version", "3.0", "data.version is none that was ever seen"),
    ("list_picker", "data.mspVersion", "x", "data.mspVersion is none that was ever seen"),
    ("list_picker", "data.colour", "red", "interactiveData.data.colour is not a known field"),
    ("list_picker", "colour", "red", "interactiveData.colour is not a known field"),
    ("list_picker", "receivedMessage.colour", "red", "receivedMessage.colour is not a known field"),
    ("list_picker", f"{LIST}.sections.0.colour", "red", "sections[0].colour is not a known field"),
    ("list_picker", f"{LIST}.sections.0.items.0.colour", "red", "items[0].colour is not a known field"),
    ("quick_reply", f"{QUICK}.items.0.imageIdentifier", "p", "items[0].imageIdentifier is not a known field"),
    ("time_picker", f"{EVENT}.timeslots.0.duration", 30, "timeslots[0].duration is less than a minute"),
    ("time_picker", f"{EVENT}.timeslots.0.startTime", "2020-01-01T09:00+0000", "timeslots[0].startTime lies in the"),
    ("time_picker", f"{EVENT}.location.longitude", GONE, "location has only one of latitude and longitude"),
    ("time_picker", f"{EVENT}.location", {"radius": 5}, "location.radius is ignored without latitude"),
    ("form", f"{FORM}.version", "9", "dynamic.version is none that was ever seen"),
    ("form", f"{FORM}.data.splash.splashText", "x", "splash.splashText is not a known field"),
    ("form", f"{PAGES}.0.items.0.nextPageIdentifier", "date", "pages[1] cannot be reached from the start page"),
    ("form", f"{PAGES}.1.nextPageIdentifier", "kind", "pages go in a circle"),
    ("form", f"{PAGES}.2.options.startDate", "04/01/2099", "options.startDate lies outside minimumDate"),
    ("form", f"{PAGES}.2.options.maximumDate", GONE, "options.maximumDate is missing and means today"),
    ("form", f"{PAGES}.3.options.regex", "(", "options.regex is no regular expression"),
    ("form", f"{PAGES}.3.options.textContentType", "password", "options.textContentType asks for a secret"),
    ("form", f"{PAGES}.3.options", {"inputType": "multiline", "prefixText": "€"}, "prefixText is shown on single"),
    ("imessage_app", "colour", "red", "interactiveData.colour is not a known field"),
    ("sign_in", f"{OAUTH}.redirectUri", "https://x.example", "oauth2.redirectUri is not a known field"),
    ("legacy_sign_in", f"{OAUTH}.responseEncryptionKey", "Zm9v_-==", "base64; the phone fails with code 1"),
    ("legacy_sign_in", f"{OAUTH}.responseEncryptionKey", "Zm9v", "97 bytes; the phone fails with code 2"),
    ("legacy_sign_in", f"{OAUTH}.responseEncryptionKey", OFF_THE_CURVE, "is not a point of P-384"),
    ("apple_pay", f"{REQUEST}.total.amount", "60.00", "total.amount is not the sum of lineItems"),
    ("apple_pay", f"{REQUEST}.applePay.supportedNetworks", ["jcb"], "supportedNetworks holds a name"),
    ("apple_pay", f"{REQUEST}.applePay.merchantCapabilities", ["supportsEMV"], "should hold supports3DS"),
    ("apple_pay", f"{PAYMENT}.merchantSession.expiresAt", 1_000, "merchantSession.expiresAt is past"),
    ("apple_pay", f"{PAYMENT}.merchantSession.domainName", "https://pay.example", "domainName must be a host alone"),
    ("apple_pay", f"{PAYMENT}.endpoints.supportUrl", "https://pay.example", "supportUrl is not a known field"),
    ("invitation", f"{INVITATION}.parameters.colour", "red", "parameters.colour is not a known field"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path", "value", "violation"), DOUBTFUL)
def test_what_apple_is_not_known_to_refuse_is_accepted_and_noted(
    msp: Msp, name: str, path: str, value: Any, violation: str
) -> None:
    answer = send(msp, name, broken(MAKERS[name](), path, value))

    assert answer.status == 200, answer.text
    violations = msp.posts()[-1]["violations"]
    assert [noted for noted in violations if violation in noted], violations


SOUND: list[tuple[str, str, Any]] = [
    ("list_picker", "receivedMessage.title", "x" * 200),
    ("list_picker", "receivedMessage.title", "\N{FAMILY}\u200d\N{BOY}"),
    ("list_picker", "data.images", [{"identifier": "p", "data": png(149_999)}]),
    ("list_picker", "data.mspVersion", "1.0"),
    ("time_picker", f"{EVENT}.timezoneOffset", -720),
    ("time_picker", f"{EVENT}.timeslots.0.startTime", "2099-03-04T09:00+0545"),
    ("time_picker", f"{EVENT}.location", {}),
    ("form", f"{FORM}.private", True),
    ("form", f"{PAGES}.1.pageIdentifier", "x" * 19),
    ("form", f"{PAGES}.2.options.startDate", "2099-03-04"),
    ("form", f"{PAGES}.2.options", {"dateFormat": "d. MMM yyyy", "startDate": "4. Mar 2020"}),
    ("form", f"{PAGES}.2.options", {"dateFormat": "d. MMM yyyy", "startDate": "03/04/2020"}),
    ("form", f"{PAGES}.2.options", {"minimumDate": "03/04/2099", "maximumDate": "03/04/2099"}),
    ("imessage_app", "URL", "https://trails.example/77"),
    ("sign_in", "data.version", "2.0"),
    ("sign_in", f"{OAUTH}.additionalParameters", "prompt=login"),
    ("legacy_sign_in", f"{OAUTH}.responseType", "code"),
    ("apple_pay", f"{REQUEST}.lineItems", []),
    ("apple_pay", f"{REQUEST}.total", {"label": "Bikes", "amount": "61"}),
    ("invitation", f"{INVITATION}.referenceId", "x" * 1000),
]


@pytest.mark.parametrize(("name", "path", "value"), SOUND)
def test_what_lies_just_inside_the_rules_is_accepted_without_a_word(msp: Msp, name: str, path: str, value: Any) -> None:
    interactive = broken(MAKERS[name](), path, value)
    if path.endswith("pageIdentifier"):
        interactive = broken(interactive, f"{PAGES}.0.items.0.nextPageIdentifier", value)

    answer = send(msp, name, interactive)

    assert answer.status == 200, answer.text
    assert msp.posts()[-1]["violations"] == []
