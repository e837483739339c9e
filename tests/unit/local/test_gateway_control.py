from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest

from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from tests.unit.local.running import call, serving
from tests.unit.local.wire import BUSINESS_ID, MSP_ID, OPAQUE_ID, SECRET, Msp, envelope

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_the_overview_lists_every_route_and_says_that_it_is_ready(msp: Msp) -> None:
    overview = msp.control("GET", "").json

    assert (overview["ready"], overview["missing"]) == (True, [])
    routes = {(route["method"], route["path"]) for route in overview["routes"]}
    assert ("POST", "/control/messages") in routes
    assert ("DELETE", "/control/faults/{number}") in {(m, re.sub(r":\w+", "", path)) for m, path in routes}


def test_without_a_configuration_the_gateway_says_what_is_missing(tmp_path: Path) -> None:
    with serving(create_app(Gateway(Config(), tmp_path))) as url:
        msp = Msp(url)

        overview = msp.control("GET", "").json
        assert overview["missing"] == ["msp_id", "secrets", "message_url", "businesses"]
        assert overview["ready"] is False
        answer = msp.post(envelope())
        assert answer.status == 403
        assert "no MSP is configured here; PUT /control/config" in answer.text
        msp.control("PUT", "/config", {"msp_id": MSP_ID, "secrets": [SECRET]})
        assert msp.control("POST", "/messages", {"body": "x"}).status == 409
        msp.control("PUT", "/config", {"message_url": "http://127.0.0.1:9/message"})
        assert "POST /control/customers" in msp.control("POST", "/messages", {"body": "x"}).json["error"]


def test_settings_that_are_not_named_stay(msp: Msp) -> None:
    answer = msp.control("PUT", "/config", {"decode_shape": "wrapped"})

    assert answer.json["decode_shape"] == "wrapped"
    assert answer.json["businesses"] == [BUSINESS_ID]
    assert msp.post(envelope()).status == 200


def test_the_configuration_is_shown_without_secrets(msp: Msp) -> None:
    answer = msp.control("GET", "/config")

    assert answer.json["secrets"] == 1
    assert SECRET not in answer.text


def test_customers_of_a_configuration_are_added(msp: Msp) -> None:
    msp.control("PUT", "/config", {"customers": [{"opaque_id": "urn:mbid:AQAAYbob==", "name": "Bob"}]})

    customers = msp.control("GET", "/customers").json["customers"]

    assert {"Ada", "Bob"} <= {customer["name"] for customer in customers}


def test_a_customer_who_was_changed_stays_so_when_another_setting_changes(msp: Msp) -> None:
    msp.control("PUT", "/config", {"customers": [{"opaque_id": "urn:mbid:AQAAYbob==", "name": "Bob"}]})
    msp.control("POST", "/customers", {"opaque_id": "urn:mbid:AQAAYbob==", "name": "Robert"})

    msp.control("PUT", "/config", {"decode_shape": "bare"})

    names = {customer["name"] for customer in msp.control("GET", "/customers").json["customers"]}
    assert "Robert" in names
    assert "Bob" not in names


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ({"msp_id": "msp"}, "must be a UUID"),
        ({"secrets": ["no base64!"]}, "must be the base64 text"),
        ({"secrets": [""]}, "must not be empty"),
        ({"secrets": ["ab" * 32]}, "looks like hex"),
        ({"message_url": "127.0.0.1/message"}, "must be an http or https URL"),
        ({"businesses": ["shop"]}, "must be a UUID"),
        ({"customers": [{"opaque_id": "ada"}]}, "must be urn:mbid:"),
        ({"decode_shape": "round"}, "'bare' or 'wrapped'"),
        ({"secret": SECRET}, "is not a known field; there are msp_id, secrets"),
    ],
)
def test_a_wrong_setting_is_answered_400_and_changes_nothing(msp: Msp, setting: dict[str, Any], problem: str) -> None:
    before = msp.control("GET", "/config").json

    answer = msp.control("PUT", "/config", setting)

    assert answer.status == 400
    assert answer.json["error"] == "Correct these fields and send the request again."
    (field,) = answer.json["fields"]
    assert field.startswith(next(iter(setting)))
    assert problem in answer.text
    assert SECRET not in answer.text
    assert msp.control("GET", "/config").json == before


def test_a_new_customer_gets_a_believable_opaque_id(msp: Msp) -> None:
    first, second = (msp.control("POST", "/customers") for _ in range(2))

    assert first.status == 201
    opaque_id = first.json["opaque_id"]
    assert re.fullmatch(r"urn:mbid:AQAAY[A-Za-z0-9+/]+={0,2}", opaque_id)
    assert 160 <= len(opaque_id) <= 180
    assert base64.b64decode(opaque_id.removeprefix("urn:mbid:"), validate=True)
    assert second.json["opaque_id"] != opaque_id
    assert msp.post(envelope(destinationId=opaque_id)).status == 200


def test_a_known_customer_is_changed_and_keeps_what_is_not_named(msp: Msp) -> None:
    msp.post(envelope())

    answer = msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "locale": "fr_FR"})

    assert (answer.status, answer.json["name"], answer.json["locale"]) == (200, "Ada", "fr_FR")
    assert len(msp.bubbles()) == 1


@pytest.mark.parametrize(
    ("customer", "problem"),
    [
        ({"opaque_id": "ada"}, "must be urn:mbid:"),
        ({"opaque_id": 5}, "valid string"),
        ({"age": 5}, "not a known"),
    ],
)
def test_a_wrong_customer_is_answered_400(msp: Msp, customer: dict[str, Any], problem: str) -> None:
    answer = msp.control("POST", "/customers", customer)

    assert answer.status == 400
    assert problem in answer.text


def test_a_reset_forgets_conversations_calls_faults_and_uploads_only(msp: Msp) -> None:
    message = envelope()
    msp.post(message)
    msp.control("POST", "/messages", {"type": "close"})
    msp.control("POST", "/faults", {"status": 500})

    assert msp.control("POST", "/reset").status == 204

    assert (msp.bubbles(), msp.posts(), msp.phone()["opted_out"]) == ([], [], False)
    assert msp.control("GET", "/faults").json["faults"] == []
    assert msp.post(message).status == 200
    assert msp.bubbles()[0]["posts"] == 1


def test_an_unknown_control_route_is_answered_in_json(msp: Msp) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("PUT", "/messages", 405)):
        answer = msp.control(method, path)
        assert (answer.status, answer.json) == (status, {"error": "There is no such route; GET /control lists them."})


@pytest.mark.parametrize(("body", "problem"), [(b"{", "is not JSON"), (b"[]", "is not a JSON object")])
def test_a_control_body_that_is_no_json_object_is_answered_400(msp: Msp, body: bytes, problem: str) -> None:
    answer = call("POST", f"{msp.url}/control/faults", body)

    assert answer.status == 400
    assert answer.json["error"].startswith("Send one JSON object: ")
    assert problem in answer.json["error"]


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "[::1"}],
)
def test_a_foreign_page_cannot_control_the_gateway(msp: Msp, headers: dict[str, str]) -> None:
    answer = call("POST", f"{msp.url}/control/reset", headers=headers)

    assert answer.status == 403
    assert "Only this machine" in answer.json["error"]


def test_the_phones_own_page_may_control_the_gateway(msp: Msp) -> None:
    assert call("POST", f"{msp.url}/control/reset", headers={"Origin": msp.url}).status == 204
