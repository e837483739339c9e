"""Reading what a business wants sent: which kind it is, and every fault with its path, its code and how to mend it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from parley.apple import limits
from parley.business import sends
from parley.business.kinds import MODULES, model_of
from parley.errors import Fault, Invalid
from tests.unit.apple.wire.breaking import GONE, put
from tests.unit.business.kinds.samples import (
    APP,
    AUTHENTICATION,
    FULL_FORM,
    FULL_LIST_PICKER,
    FULL_PAY,
    FULL_TIME_PICKER,
    GOOD,
    INPUT_FORM,
    INVITATION,
    LEGACY,
    LINK,
    PAY,
    QUICK_REPLY,
    RAW,
    RICH_LINK,
    TO,
    Json,
    message,
)

TEXT = message("text", body="Yes")
TYPING = message("typing", state="start")


def faults(friendly: Any) -> list[Fault]:
    body = friendly if isinstance(friendly, bytes) else json.dumps(friendly).encode()
    with pytest.raises(Invalid) as caught:
        sends.read(body)
    return list(caught.value.faults)


def found(friendly: Any) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults(friendly)]


def changed(base: Json, path: str, value: Any) -> Json:
    return put(copy.deepcopy(base), path, value)


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_is_read_as_its_own_model(name: str) -> None:
    send = sends.read(json.dumps(GOOD[name]).encode())

    assert type(send) is model_of(GOOD[name]["type"])
    assert send.to == GOOD[name]["to"]
    assert (send.auto_reply, send.agent, send.fallback) == (False, None, "auto")


def test_json_that_is_read_already_is_read_the_same() -> None:
    assert all(sends.from_object(friendly) == sends.read(json.dumps(friendly).encode()) for friendly in GOOD.values())


def test_there_is_a_model_of_every_kind_and_of_no_other() -> None:
    assert {GOOD[name]["type"] for name in GOOD} | {"apple"} == set(MODULES)
    with pytest.raises(KeyError):
        model_of("close")


def test_without_a_type_it_is_a_text() -> None:
    assert sends.from_object({"to": TO, "body": "Yes"}) == sends.from_object(TEXT)


def test_the_options_of_a_send() -> None:
    send = sends.from_object(QUICK_REPLY | {"auto_reply": True, "agent": "bot 7", "fallback": "reject"})

    assert (send.auto_reply, send.agent, send.fallback) == (True, "bot 7", "reject")


def test_what_is_optional_may_be_null() -> None:
    assert sends.from_object(TEXT | {"subject": None, "agent": None}) == sends.from_object(TEXT)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nope", b"{'to': 1}", b"\xff\xfe", b'{"to": NaN}', b"[" * 500, rb'{"to": "x", "body": "\ud800"}'],
)
def test_what_is_not_json_is_said_to_be(body: bytes) -> None:
    assert found(body) == [("", "body_not_json")]


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"5", b"true"])
def test_what_is_no_object_is_said_to_be(body: bytes) -> None:
    assert found(body) == [("", "body_not_object")]


@pytest.mark.parametrize("kind", ["close", "richLink", "Text", "", None, 5, ["text"], {"text": 1}])
def test_an_unknown_type_is_told_with_the_ones_there_are(kind: Any) -> None:
    (fault,) = faults({"to": TO, "type": kind})

    assert (fault.path, fault.code) == ("/type", "unknown_type")
    assert all(known in fault.message for known in MODULES)


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        ("text", "body"),
        ("typing", "state"),
        ("rich_link", "url title"),
        ("constructed_link", "url title"),
        ("quick_reply", "text items"),
        ("list_picker", "title sections"),
        ("time_picker", "title slots"),
        ("form", "title pages"),
        ("imessage_app", "title bid app_id app_name url"),
        ("authentication", "title scope state"),
        (
            "apple_pay",
            "title country currency total merchant_identifier networks merchant_session endpoints",
        ),
        ("invitation", "reference_id brand_name"),
    ],
)
def test_all_that_is_missing_is_told_at_once(kind: str, required: str) -> None:
    told = faults({"type": kind})

    assert [(fault.path, fault.code) for fault in told] == [
        (f"/{name}", "required") for name in ("to", *required.split())
    ]
    assert {fault.message for fault in told} == {"add this field"}


@pytest.mark.parametrize(
    ("base", "path", "code", "says"),
    [
        (TEXT, "/body", "wrong_type", "text"),
        (TEXT, "/auto_reply", "wrong_type", "true or false"),
        (TEXT, "/links", "wrong_type", "text"),
        (QUICK_REPLY, "/items", "wrong_type", "a list"),
        (QUICK_REPLY, "/items/1", "wrong_type", "an object"),
        (QUICK_REPLY, "/items/1/title", "wrong_type", "text"),
        (FULL_LIST_PICKER, "/image", "wrong_type", "an object"),
        (FULL_LIST_PICKER, "/image/data", "wrong_type", "text"),
        (FULL_LIST_PICKER, "/reply", "wrong_type", "an object"),
        (FULL_LIST_PICKER, "/sections/0", "wrong_type", "an object"),
        (FULL_LIST_PICKER, "/sections/0/multiple", "wrong_type", "true or false"),
        (FULL_TIME_PICKER, "/location", "wrong_type", "an object"),
        (FULL_FORM, "/pages", "wrong_type", "a list"),
        (FULL_FORM, "/pages/0", "wrong_type", "an object"),
        (FULL_FORM, "/pages/1/items/0/title", "wrong_type", "text"),
        (FULL_FORM, "/pages/3/minimum", "wrong_type", "text"),
        (FULL_FORM, "/pages/4/required", "wrong_type", "true or false"),
        (FULL_FORM, "/splash", "wrong_type", "an object"),
        (AUTHENTICATION, "/scope/1", "wrong_type", "text"),
        (LEGACY, "/legacy/client_secret", "wrong_type", "text"),
        (FULL_PAY, "/items", "wrong_type", "a list"),
        (FULL_PAY, "/items/0/pending", "wrong_type", "true or false"),
        (FULL_PAY, "/total", "wrong_type", "an object"),
        (FULL_PAY, "/merchant_session", "wrong_type", "an object"),
        (FULL_PAY, "/capabilities", "wrong_type", "a list"),
        (RAW, "/interactiveData", "wrong_type", "an object"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_told_with_the_right_one(base: Json, path: str, code: str, says: str) -> None:
    (fault,) = faults(changed(base, path, 5))

    assert (fault.path, fault.code, fault.message) == (path, code, f"send {says}")


@pytest.mark.parametrize(
    ("base", "path", "value", "says"),
    [
        (FULL_TIME_PICKER, "/slots/0/duration", "1800", "a whole number"),
        (FULL_TIME_PICKER, "/slots/0/duration", 1800.5, "a whole number"),
        (FULL_TIME_PICKER, "/slots/0/duration", True, "a whole number"),
        (FULL_TIME_PICKER, "/location/latitude", "52.5", "a number"),
        (APP, "/app_id", "1234509876", "a whole number"),
        (PAY, "/total/amount", 61.0, "text"),
        (QUICK_REPLY, "/items", {"0": {}}, "a list"),
    ],
)
def test_nothing_is_converted(base: Json, path: str, value: Any, says: str) -> None:
    (fault,) = faults(changed(base, path, value))

    assert (fault.path, fault.code, fault.message) == (path, "wrong_type", f"send {says}")


@pytest.mark.parametrize(
    ("base", "path", "names"),
    [
        (TEXT, "/text", "to, auto_reply, agent, topic, fallback, type, body, subject, attachments, links"),
        (QUICK_REPLY, "/items/0/label", "identifier, title"),
        (FULL_LIST_PICKER, "/sections/0/items/0/order", "identifier, title, subtitle, image"),
        (FULL_LIST_PICKER, "/reply/image/alt", "data, url, attachment_id, asset_id, description"),
        (FULL_FORM, "/pages/1/items/0/next", "identifier, title, value"),
        (FULL_FORM, "/splash/title", "header, text, button, image"),
        (PAY, "/endpoints/paymentGatewayUrl", "gateway, fallback, order_tracking, payment_method_update, "
            "shipping_contact_update, shipping_method_update"),
        (LEGACY, "/legacy/key", "response_type, response_encryption_key, client_secret"),
        (RAW, "/interactive_data", "to, auto_reply, agent, topic, fallback, type, interactiveData, interactiveDataRef, "
            "richLinkData, richLinkDataRef"),
    ],
)  # fmt: skip
def test_an_unknown_field_is_told_with_those_there_are(base: Json, path: str, names: str) -> None:
    (fault,) = faults(changed(base, path, "x"))

    assert (fault.path, fault.code) == (path, "unknown_field")
    assert fault.message == f"remove it; the fields here are {names}"


def test_the_fields_of_a_page_are_those_of_its_type() -> None:
    (fault,) = faults(changed(FULL_FORM, "/pages/3/items", []))

    assert fault.path == "/pages/3/items"
    assert "maximum" in fault.message
    assert "placeholder" not in fault.message


def test_a_field_called_like_a_type_of_page_is_a_field() -> None:
    assert found(changed(FULL_FORM, "/pages/0/select", 1)) == [("/pages/0/select", "unknown_field")]
    assert found(changed(FULL_FORM, "/pages/0/items/0/input", 1)) == [("/pages/0/items/0/input", "unknown_field")]


def test_a_page_of_no_type_is_told_with_the_types_there_are() -> None:
    (fault,) = faults(changed(INPUT_FORM, "/pages/0/type", "datePicker"))

    assert (fault.path, fault.code) == ("/pages/0/type", "unknown_type")
    assert all(known in fault.message for known in ("select", "wheel", "date", "input"))


def test_a_page_without_a_type_is_told_to_have_one() -> None:
    assert found(changed(INPUT_FORM, "/pages/0/type", GONE)) == [("/pages/0/type", "required")]


@pytest.mark.parametrize(
    ("base", "path", "value", "says"),
    [
        (FULL_LIST_PICKER, "/style", "big", "use 'icon', 'small' or 'large'"),
        (FULL_LIST_PICKER, "/reply/style", "", "use 'icon', 'small' or 'large'"),
        (TEXT, "/links", "keep", "use 'preview' or 'plain'"),
        (TYPING, "/state", "stop", "use 'start' or 'end'"),
        (LEGACY, "/legacy/response_type", "id_token", "use 'code' or 'token'"),
    ],
)
def test_an_unknown_value_is_told_with_those_there_are(base: Json, path: str, value: str, says: str) -> None:
    (fault,) = faults(changed(base, path, value))

    assert (fault.path, fault.code, fault.message) == (path, "unknown_value", says)


@pytest.mark.parametrize(
    ("base", "path", "value", "code"),
    [
        (TEXT, "/to", "", "blank"),
        (TEXT, "/to", "x" * (limits.MAX_OPAQUE_ID_CHARS + 1), "too_long"),
        (TEXT, "/to", "a b", "malformed"),
        (TEXT, "/to", "käse", "malformed"),
        (TEXT, "/body", "x" * (limits.MAX_TEXT_CHARS + 1), "too_long"),
        (TEXT, "/subject", "x" * (limits.MAX_SUBJECT_CHARS + 1), "too_long"),
        (TEXT, "/agent", "x" * (limits.MAX_AGENT_CHARS + 1), "too_long"),
        (TEXT, "/agent", "two\nlines", "malformed"),
        (TEXT, "/agent", "Jürgen", "malformed"),
        (INVITATION, "/to", TO, "malformed"),
        (INVITATION, "/to", "tel:0301234567", "malformed"),
    ],
)
def test_a_value_that_does_not_fit_is_told(base: Json, path: str, value: str, code: str) -> None:
    (fault,) = faults(changed(base, path, value))

    assert (fault.path, fault.code) == (path, code)
    assert not fault.message.startswith("String should")


def test_only_a_telephone_number_can_be_invited() -> None:
    (fault,) = faults(INVITATION | {"to": TO})

    assert "tel:+15550100" in fault.message


def test_several_faults_come_together() -> None:
    broken = {
        "type": "form",
        "titel": "Book a test ride",
        "pages": [{"type": "select", "question": 5, "items": [{"identifier": "a", "titles": "A"}]}, {"type": "sel"}],
        "agent": "kim@example.net",
    }

    assert sorted(found(broken)) == [
        ("/agent", "personal_data"),
        ("/pages/0/identifier", "required"),
        ("/pages/0/items/0/title", "required"),
        ("/pages/0/items/0/titles", "unknown_field"),
        ("/pages/0/question", "wrong_type"),
        ("/pages/1/type", "unknown_type"),
        ("/titel", "unknown_field"),
        ("/title", "required"),
        ("/to", "required"),
    ]


def test_a_pointer_can_be_followed_whatever_the_name() -> None:
    assert found(TEXT | {"a/b~c": 1}) == [("/a~1b~0c", "unknown_field")]


def test_a_fault_never_repeats_what_was_sent() -> None:
    broken = {
        "to": "CANARY ä",
        "type": "form",
        "title": ["CANARY"],
        "style": "CANARY",
        "pages": [{"type": "CANARY"}],
        "fallback": "CANARY",
        "agent": "CANARY@example.net",
    }

    assert not any("CANARY" in fault.message for fault in faults(broken))


@pytest.mark.parametrize(
    "agent", ["kim@example.net", "Desk +49 30 1234567", "030/12345678", "(555) 010-0123", "x a@b.c"]
)
def test_an_agent_that_looks_like_a_person_is_refused(agent: str) -> None:
    (fault,) = faults(TEXT | {"agent": agent})

    assert (fault.path, fault.code) == ("/agent", "personal_data")
    assert "system or team" in fault.message


@pytest.mark.parametrize(
    "agent", ["", "bot", "bot 7", "team-42", "desk@night", "release 2026-11-23", "bot-20261123", "v1.2.3"]
)
def test_a_system_or_a_team_is_no_person(agent: str) -> None:
    assert sends.from_object(TEXT | {"agent": agent}).agent == agent


@pytest.mark.parametrize(
    ("value", "code"), [("rejct", "unknown_value"), (5, "wrong_type"), (None, "wrong_type"), ([], "wrong_type")]
)
def test_a_fallback_is_a_word_or_a_message(value: Any, code: str) -> None:
    assert found(QUICK_REPLY | {"fallback": value}) == [("/fallback", code)]


def test_a_fallback_message_is_checked_though_no_device_needs_it() -> None:
    broken = QUICK_REPLY | {"fallback": {"type": "list_picker", "title": 5, "fallback": {"type": "text", "bodi": "Hi"}}}

    assert sorted(found(broken)) == [
        ("/fallback/fallback/bodi", "unknown_field"),
        ("/fallback/fallback/body", "required"),
        ("/fallback/sections", "required"),
        ("/fallback/title", "wrong_type"),
    ]


def test_a_fallback_message_goes_to_the_same_customer_without_saying_so() -> None:
    send = sends.from_object(QUICK_REPLY | {"fallback": {"body": "Was this helpful?"}})

    assert send.fallback == {"body": "Was this helpful?"}


def test_the_fallback_of_a_message_to_nobody_is_not_at_fault_for_that() -> None:
    fallback = {"body": "Was this helpful?"}

    assert found({**QUICK_REPLY, "to": 5, "fallback": fallback}) == [("/to", "wrong_type")]
    assert found({**QUICK_REPLY, "to": "a b", "fallback": fallback}) == [("/to", "malformed")]


@pytest.mark.parametrize("other", [TYPING, INVITATION], ids=["typing", "invitation"])
def test_not_everything_can_stand_for_a_message(other: Json) -> None:
    assert found(QUICK_REPLY | {"fallback": other}) == [("/fallback/type", "unknown_type")]


@pytest.mark.parametrize("number", ["1e400", "-1e400", str(2**63), "9" * 4000])
def test_a_number_that_nobody_could_read_back_is_refused(number: str) -> None:
    raw = json.dumps(message("apple", interactiveData={"data": {"list": [1, "NUMBER"]}})).replace('"NUMBER"', number)

    assert found(raw.encode()) == [("/interactiveData/data/list/1", "out_of_range")]


@pytest.mark.parametrize("number", ["1e18", "-0.1", str(2**63 - 1), str(-(2**63) + 1)])
def test_any_other_number_is_good(number: str) -> None:
    raw = json.dumps(message("apple", interactiveData={"x": "NUMBER"})).replace('"NUMBER"', number)

    assert sends.read(raw.encode()).to == TO


def test_a_message_cannot_be_changed_behind_its_hash() -> None:
    send = sends.from_object(TEXT)

    with pytest.raises(ValueError, match="frozen"):
        send.to = "x"  # type: ignore[misc]


@pytest.mark.parametrize("friendly", [AUTHENTICATION, LEGACY, PAY])
def test_what_opens_something_does_not_show(friendly: Json) -> None:
    shown = repr(sends.from_object(friendly))

    secrets = ["3q2+7wAB", "only when needed", str(LEGACY["legacy"]["response_encryption_key"]), "'signature'"]
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize("friendly", [RICH_LINK, LINK, TEXT, RAW])
def test_the_same_message_is_equal_to_itself_and_to_no_other(friendly: Json) -> None:
    assert sends.from_object(friendly) == sends.from_object(copy.deepcopy(friendly))
    assert sends.from_object(friendly) != sends.from_object(friendly | {"auto_reply": True})
