"""What the gateway refuses of each interactive kind, and by which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local import samples
from tests.unit.local.samples import GONE, MAKERS, broken, jpeg, png, send

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
TOO_LONG = "x" * 201


REFUSED: list[tuple[str, str, Any, str]] = [
    # what surrounds every kind
    ("list_picker", "data.version", 1.0, "data.version must be a string"),
    ("list_picker", "data.requestIdentifier", "7", "data.requestIdentifier must be a UUID"),
    ("list_picker", "receivedMessage", GONE, "receivedMessage is missing"),
    ("list_picker", "receivedMessage.title", "", "receivedMessage.title is empty"),
    ("list_picker", "receivedMessage.title", "\u00a0 ", "receivedMessage.title is blank"),
    ("list_picker", "receivedMessage.title", TOO_LONG, "receivedMessage.title is longer than 200 characters"),
    ("list_picker", "receivedMessage.title", "a\nb", "receivedMessage.title has a character that cannot be printed"),
    ("list_picker", "receivedMessage.subtitle", "\u2028", "receivedMessage.subtitle is blank"),
    ("list_picker", "receivedMessage.subtitle", "a\u2028", "receivedMessage.subtitle has a character"),
    ("list_picker", "receivedMessage.style", "huge", "receivedMessage.style must be one of icon, small, large"),
    ("list_picker", "receivedMessage.imageIdentifier", "q", "receivedMessage.imageIdentifier is the identifier of no"),
    ("list_picker", "replyMessage.title", GONE, "replyMessage.title is missing"),
    ("list_picker", "replyMessage.imageIdentifier", "q", "replyMessage.imageIdentifier is the identifier of no"),
    ("list_picker", "sessionIdentifier", "../up", "sessionIdentifier must not contain"),
    ("list_picker", "useLiveLayout", "true", "useLiveLayout must be true or false"),
    ("list_picker", "data.images", {}, "data.images must be an array"),
    ("list_picker", "data.images.0.identifier", GONE, "data.images[0].identifier is missing"),
    ("list_picker", "data.images.0.data", jpeg(), "data.images[0].data is not a PNG"),
    ("list_picker", "data.images.0.data", f"data:image/png;base64,{png()}", "data.images[0].data must be raw base64"),
    ("list_picker", "data.images.0.data", "!", "data.images[0].data is not base64"),
    ("list_picker", "data.images.0.data", png(204_801), "data.images[0].data holds 204801 bytes"),
    ("list_picker", "data.images.0", {"identifier": "z", "data": png()}, "receivedMessage.imageIdentifier is the id"),
    # quick reply
    ("quick_reply", f"{QUICK}.summaryText", GONE, "data.quick-reply.summaryText is missing"),
    ("quick_reply", f"{QUICK}.summaryText", TOO_LONG, "data.quick-reply.summaryText is longer than 200 characters"),
    ("quick_reply", f"{QUICK}.items", {}, "data.quick-reply.items must be an array"),
    ("quick_reply", f"{QUICK}.items", ["yes", "no"], "data.quick-reply.items[0] must be a dictionary"),
    ("quick_reply", f"{QUICK}.items.1.identifier", "yes", "data.quick-reply.items[1].identifier is used twice"),
    ("quick_reply", f"{QUICK}.items.1.identifier", 'a"b', "data.quick-reply.items[1].identifier must not contain"),
    ("quick_reply", f"{QUICK}.items.1.title", " ", "data.quick-reply.items[1].title is blank"),
    # list picker
    ("list_picker", f"{LIST}.sections", GONE, "data.listPicker.sections is missing"),
    ("list_picker", f"{LIST}.sections", [], "data.listPicker.sections is empty"),
    ("list_picker", f"{LIST}.sections.0.title", GONE, "data.listPicker.sections[0].title is missing"),
    ("list_picker", f"{LIST}.sections.0.title", "", "data.listPicker.sections[0].title is empty"),
    ("list_picker", f"{LIST}.sections.0.multipleSelection", "yes", "sections[0].multipleSelection must be true or"),
    ("list_picker", f"{LIST}.sections.0.order", -1, "data.listPicker.sections[0].order must be 0 or more"),
    ("list_picker", f"{LIST}.sections.0.order", "0", "data.listPicker.sections[0].order must be an integer"),
    ("list_picker", f"{LIST}.sections.1.items", [], "data.listPicker.sections[1].items is empty"),
    ("list_picker", f"{LIST}.sections.1.items", GONE, "data.listPicker.sections[1].items is missing"),
    ("list_picker", f"{LIST}.sections.1.items.0.identifier", "x-bell", "sections[1].items[0].identifier is used twice"),
    ("list_picker", f"{LIST}.sections.1.items.0.identifier", GONE, "sections[1].items[0].identifier is missing"),
    ("list_picker", f"{LIST}.sections.1.items.0.title", GONE, "sections[1].items[0].title is missing"),
    ("list_picker", f"{LIST}.sections.0.items.0.subtitle", TOO_LONG, "items[0].subtitle is longer than 200"),
    ("list_picker", f"{LIST}.sections.0.items.0.imageIdentifier", "q", "items[0].imageIdentifier is the identifier of"),
    ("list_picker", f"{LIST}.sections.0.items.0.style", "round", "items[0].style must be one of"),
    # time picker
    ("time_picker", f"{EVENT}.identifier", GONE, "data.event.identifier is missing"),
    ("time_picker", f"{EVENT}.title", "", "data.event.title is empty"),
    ("time_picker", f"{EVENT}.imageIdentifier", "q", "data.event.imageIdentifier is the identifier of no"),
    ("time_picker", f"{EVENT}.timeslots", [], "data.event.timeslots is empty"),
    ("time_picker", f"{EVENT}.timeslots.1.identifier", "s0", "data.event.timeslots[1].identifier is used twice"),
    ("time_picker", f"{EVENT}.timeslots.0.duration", "1800", "data.event.timeslots[0].duration must be an integer"),
    ("time_picker", f"{EVENT}.timeslots.0.duration", 0, "data.event.timeslots[0].duration must be a number of seconds"),
    ("time_picker", f"{EVENT}.timeslots.0.startTime", "2099-03-04T09:00:00+0000", "startTime must be written YYYY"),
    ("time_picker", f"{EVENT}.timeslots.0.startTime", "2099-03-04T09:00Z", "startTime must be written YYYY"),
    ("time_picker", f"{EVENT}.timeslots.0.startTime", "2099-03-04T09:00+00:00", "startTime must be written YYYY"),
    ("time_picker", f"{EVENT}.timeslots.0.startTime", "2099-02-30T09:00+0000", "startTime is no date and time"),
    ("time_picker", f"{EVENT}.timeslots.0.startTime", "2099-02-03T09:00+9959", "startTime is no date and time"),
    ("time_picker", f"{EVENT}.timezoneOffset", 3600, "data.event.timezoneOffset must be minutes from GMT"),
    ("time_picker", f"{EVENT}.timezoneOffset", 5.5, "data.event.timezoneOffset must be an integer"),
    ("time_picker", f"{EVENT}.location.latitude", "52", "data.event.location.latitude must be a number"),
    ("time_picker", f"{EVENT}.location.latitude", 91, "data.event.location.latitude must lie between"),
    ("time_picker", f"{EVENT}.location.longitude", -181, "data.event.location.longitude must lie between"),
    ("time_picker", f"{EVENT}.location.radius", -1, "data.event.location.radius must be metres"),
    # form
    ("form", f"{FORM}.template", "messageforms", "data.dynamic.template must be one of messageForms"),
    ("form", f"{FORM}.version", GONE, "data.dynamic.version is missing"),
    ("form", f"{FORM}.private", "no", "data.dynamic.private must be true or false"),
    ("form", f"{FORM}.data.private", 1, "data.dynamic.data.private must be true or false"),
    ("form", f"{FORM}.data.startPageIdentifier", GONE, "data.dynamic.data.startPageIdentifier is missing"),
    ("form", f"{FORM}.data.startPageIdentifier", "nowhere", "startPageIdentifier is no page of the form"),
    ("form", f"{FORM}.data.showSummary", "yes", "data.dynamic.data.showSummary must be true or false"),
    ("form", f"{FORM}.data.splash.buttonTitle", GONE, "data.dynamic.data.splash.buttonTitle is missing"),
    ("form", f"{FORM}.data.splash.splashtext", TOO_LONG, "data.dynamic.data.splash.splashtext is longer"),
    ("form", f"{FORM}.data.splash.imageIdentifier", "q", "data.dynamic.data.splash.imageIdentifier is the identifier"),
    ("form", PAGES, [], "data.dynamic.data.pages is empty"),
    ("form", f"{PAGES}.1.pageIdentifier", "kind", "pages[1].pageIdentifier is used twice"),
    ("form", f"{PAGES}.1.pageIdentifier", "x" * 20, "pages[1].pageIdentifier must be shorter than 20"),
    ("form", f"{PAGES}.1.pageIdentifier", "\U0001f6b2" * 10, "pages[1].pageIdentifier must be shorter than 20"),
    ("form", f"{PAGES}.1.type", "Picker", "pages[1].type must be one of select, picker, datePicker, input"),
    ("form", f"{PAGES}.1.type", "wheelPicker", "pages[1].type must be one of"),
    ("form", f"{PAGES}.1.subtitle", GONE, "pages[1].subtitle is missing"),
    ("form", f"{PAGES}.1.nextPageIdentifier", "nowhere", "pages[1].nextPageIdentifier is no page of the form"),
    ("form", f"{PAGES}.3.submitForm", "true", "pages[3].submitForm must be true or false"),
    ("form", f"{PAGES}.0.items", [], "pages[0].items is empty"),
    ("form", f"{PAGES}.0.items.1.identifier", "k1", "pages[0].items[1].identifier is used twice"),
    ("form", f"{PAGES}.0.items.1.value", GONE, "pages[0].items[1].value is missing"),
    ("form", f"{PAGES}.0.items.1.title", TOO_LONG, "pages[0].items[1].title is longer"),
    ("form", f"{PAGES}.0.items.0.imageIdentifier", "q", "pages[0].items[0].imageIdentifier is the identifier of no"),
    ("form", f"{PAGES}.0.items.0.nextPageIdentifier", "nowhere", "items[0].nextPageIdentifier is no page of the form"),
    ("form", f"{PAGES}.0.multipleSelection", True, "items[0].nextPageIdentifier has no place where several"),
    ("form", f"{PAGES}.1.selectedItemIndex", 2, "pages[1].selectedItemIndex must be 0 to 1"),
    ("form", f"{PAGES}.1.items.0.nextPageIdentifier", "mail", "pages[1].items[0].nextPageIdentifier has no place in a"),
    ("form", f"{PAGES}.1.pickerTitle", "", "pages[1].pickerTitle is empty"),
    ("form", f"{PAGES}.2.options", [], "pages[2].options must be a dictionary"),
    ("form", f"{PAGES}.2.options.startDate", "4 March", "pages[2].options.startDate is no day in the form MM/dd/yyyy"),
    ("form", f"{PAGES}.2.options.startDate", "02/30/2099", "pages[2].options.startDate is no day"),
    ("form", f"{PAGES}.2.options.maximumDate", "02/01/2099", "pages[2].options.minimumDate lies after maximumDate"),
    ("form", f"{PAGES}.2.options.labelText", " ", "pages[2].options.labelText is blank"),
    ("form", f"{PAGES}.3.hintText", TOO_LONG, "pages[3].hintText is longer"),
    ("form", f"{PAGES}.3.options.inputType", "multiLine", "pages[3].options.inputType must be one of"),
    ("form", f"{PAGES}.3.options.required", "yes", "pages[3].options.required must be true or false"),
    ("form", f"{PAGES}.3.options.maximumCharacterCount", 0, "pages[3].options.maximumCharacterCount must be 1"),
    ("form", f"{PAGES}.3.options.maximumCharacterCount", "30", "maximumCharacterCount must be an integer"),
    ("form", f"{PAGES}.3.options.keyboardType", "UIKeyboardTypeEmailAddress", "options.keyboardType must be one of"),
    ("form", f"{PAGES}.3.options.textContentType", "email", "options.textContentType must be one of"),
    # iMessage app
    ("imessage_app", "data", {}, "Third party interactive data disallows use of 'data'"),
    ("imessage_app", "bid", samples.THIRD_PARTY.replace("AB12CD34EF", "AB12"), "bid must end in a team id"),
    ("imessage_app", "bid", "com.example.trailmap", "bid must start with"),
    ("imessage_app", "appId", "1234509876", "appId must be an integer"),
    ("imessage_app", "appId", 0, "appId must be the app's number"),
    ("imessage_app", "appName", GONE, "appName is missing"),
    ("imessage_app", "appIcon", jpeg(), "appIcon is not a PNG"),
    ("imessage_app", "appIcon", png(11_520), "appIcon must have fewer than 15360"),
    ("imessage_app", "URL", GONE, "URL is missing"),
    ("imessage_app", "URL", "route=77", "URL must be a query string that starts with ?"),
    ("imessage_app", "URL", "http://trails.example/77", "URL must be a query string that starts with ?"),
    ("imessage_app", "URL", "?" + "x" * 65_536, "URL is longer than 65536 bytes"),
    ("imessage_app", "URL", "https://trails.example/" + "x" * 8_192, "URL is longer than 8192 bytes"),
    ("imessage_app", "URL", "?a=b c", "URL must be printable ASCII"),
    ("imessage_app", "receivedMessage", GONE, "receivedMessage is missing"),
    ("imessage_app", "receivedMessage.title", GONE, "receivedMessage.title is missing"),
    ("imessage_app", "receivedMessage.secondarySubtitle", "", "receivedMessage.secondarySubtitle is empty"),
    ("imessage_app", "replyMessage", {"style": "icon"}, "replyMessage.title is missing"),
    # sign-in, new
    ("sign_in", OAUTH, GONE, "data.authenticate.oauth2 is missing"),
    ("sign_in", f"{OAUTH}.responseType", "token", "oauth2.responseType must be one of code"),
    ("sign_in", f"{OAUTH}.scope", "openid email", "oauth2.scope must be an array"),
    ("sign_in", f"{OAUTH}.scope", [], "oauth2.scope is empty"),
    ("sign_in", f"{OAUTH}.scope", ["openid", 5], "oauth2.scope[1] must be a string"),
    ("sign_in", f"{OAUTH}.state", GONE, "oauth2.state is missing"),
    ("sign_in", f"{OAUTH}.state", "x" * 1025, "oauth2.state must be at most 1024 printable ASCII"),
    ("sign_in", f"{OAUTH}.state", "zust\u00e4ndig", "oauth2.state must be at most 1024 printable ASCII"),
    ("sign_in", f"{OAUTH}.redirectURI", GONE, "exactly one of"),
    ("sign_in", f"{OAUTH}.redirectURI", "http://msp.example/cb", "oauth2.redirectURI must be an https URL"),
    ("sign_in", f"{OAUTH}.responseEncryptionKey", samples.LEGACY_KEY, "exactly one of"),
    ("sign_in", f"{OAUTH}.additionalParameters", {}, "oauth2.additionalParameters must be a string"),
    # sign-in, legacy
    ("legacy_sign_in", f"{OAUTH}.responseType", "id_token", "oauth2.responseType must be one of code, token"),
    ("legacy_sign_in", f"{OAUTH}.responseEncryptionKey", GONE, "exactly one of"),
    ("legacy_sign_in", f"{OAUTH}.responseEncryptionKey", "", "oauth2.responseEncryptionKey is empty"),
    ("legacy_sign_in", f"{OAUTH}.clientSecret", 5, "oauth2.clientSecret must be a string"),
    # Apple Pay
    ("apple_pay", REQUEST, GONE, "data.payment.paymentRequest is missing"),
    ("apple_pay", f"{REQUEST}.countryCode", "de", "paymentRequest.countryCode must be an ISO 3166 code"),
    ("apple_pay", f"{REQUEST}.currencyCode", "EURO", "paymentRequest.currencyCode must be an ISO 4217 code"),
    ("apple_pay", f"{REQUEST}.total", GONE, "paymentRequest.total is missing"),
    ("apple_pay", f"{REQUEST}.total.amount", 61.0, "paymentRequest.total.amount must be a string"),
    ("apple_pay", f"{REQUEST}.total.amount", "61,00", "paymentRequest.total.amount must be a string of decimal digits"),
    ("apple_pay", f"{REQUEST}.total.amount", "-1.00", "paymentRequest.total.amount is negative"),
    ("apple_pay", f"{REQUEST}.total.label", "", "paymentRequest.total.label is empty"),
    ("apple_pay", f"{REQUEST}.total.type", "Final", "paymentRequest.total.type must be one of final, pending"),
    ("apple_pay", f"{REQUEST}.lineItems.0.amount", GONE, "paymentRequest.lineItems[0].amount is missing"),
    ("apple_pay", f"{REQUEST}.applePay", GONE, "paymentRequest.applePay is missing"),
    ("apple_pay", f"{REQUEST}.applePay.merchantIdentifier", GONE, "applePay.merchantIdentifier is missing"),
    ("apple_pay", f"{REQUEST}.applePay.supportedNetworks", [], "applePay.supportedNetworks is empty"),
    ("apple_pay", f"{REQUEST}.applePay.supportedNetworks", ["mastercard"], "it must be masterCard"),
    ("apple_pay", f"{REQUEST}.applePay.merchantCapabilities", ["3DS"], "applePay.merchantCapabilities may hold"),
    ("apple_pay", f"{REQUEST}.requiredBillingContactFields", ["street"], "requiredBillingContactFields may hold"),
    ("apple_pay", f"{REQUEST}.supportedCountries", ["Germany"], "supportedCountries must hold ISO 3166"),
    ("apple_pay", f"{REQUEST}.shippingMethods.0.amount", 10, "shippingMethods[0].amount must be a string"),
    ("apple_pay", f"{REQUEST}.shippingMethods.0.label", GONE, "shippingMethods[0].label is missing"),
    ("apple_pay", f"{PAYMENT}.merchantSession", GONE, "data.payment.merchantSession is missing"),
    ("apple_pay", f"{PAYMENT}.merchantSession", {}, "data.payment.merchantSession is empty"),
    ("apple_pay", f"{PAYMENT}.merchantSession.initiativeContext", "https://pay.example", "gateway url mismatch"),
    ("apple_pay", f"{PAYMENT}.endpoints", GONE, "data.payment.endpoints is missing"),
    ("apple_pay", f"{PAYMENT}.endpoints.paymentGatewayUrl", GONE, "endpoints.paymentGatewayUrl is missing"),
    ("apple_pay", f"{PAYMENT}.endpoints.fallbackUrl", "http://pay.example", "endpoints.fallbackUrl must be an https"),
    # invitation
    ("invitation", f"{INVITATION}.templateId", "binaryChoice", "data.notification.templateId must be one of"),
    ("invitation", f"{INVITATION}.referenceId", GONE, "data.notification.referenceId is missing"),
    ("invitation", f"{INVITATION}.referenceId", "x" * 1001, "referenceId is longer than 1000 characters"),
    ("invitation", f"{INVITATION}.referenceId", "it's", "data.notification.referenceId must not contain"),
    ("invitation", f"{INVITATION}.referenceId", "a\tb", "data.notification.referenceId has a control character"),
    ("invitation", f"{INVITATION}.locale", "en_US", "data.notification.locale must be in lower case with a hyphen"),
    ("invitation", f"{INVITATION}.parameters.brandName", GONE, "parameters.brandName is missing"),
    ("invitation", f"{INVITATION}.parameters.brandName", TOO_LONG, "parameters.brandName is longer"),
    ("invitation", f"{INVITATION}.parameters.brandLogo", GONE, "parameters.brandLogo is missing"),
    ("invitation", f"{INVITATION}.parameters.brandLogo", jpeg(), "parameters.brandLogo is not a PNG"),
    ("invitation", f"{INVITATION}.parameters.brandLogo", png(204_801), "parameters.brandLogo holds 204801 bytes"),
    ("invitation", f"{INVITATION}.templateId", "binaryChoice.engage.noImage", "parameters.brandLogo has no place"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path", "value", "problem"), REFUSED)
def test_a_broken_message_is_refused_by_the_name_of_the_broken_key(
    msp: Msp, name: str, path: str, value: Any, problem: str
) -> None:
    answer = send(msp, name, broken(MAKERS[name](), path, value))

    assert answer.status == 400, answer.text
    assert answer.text.startswith("400 Bad Request : ")
    assert problem in answer.text
    assert msp.bubbles() == []
