from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.gateway.faults import FaultOrder, Faults
from tests.unit.local.running import call
from tests.unit.local.wire import OPAQUE_ID, Msp, envelope

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def order(msp: Msp, **fault: Any) -> Any:
    answer = msp.control("POST", "/faults", fault)
    assert answer.status == 201, answer.text
    return answer.json


def lost(msp: Msp, message: dict[str, Any]) -> type[Exception]:
    """Post a message over a bare connection; returns how it broke."""
    import json

    target = urlsplit(msp.url)
    headers = {
        **msp.authorization(),
        "id": message["id"],
        "destination-id": message["destinationId"],
        "content-type": "application/json",
    }
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=10)
    try:
        connection.request("POST", "/v1/message", json.dumps(message), headers)
        answer = connection.getresponse()
    except (http.client.HTTPException, ConnectionError) as error:
        return type(error)
    finally:
        connection.close()
    pytest.fail(f"there was an HTTP answer: {answer.status}")


def test_a_status_is_answered_instead_of_the_effect_and_once(msp: Msp) -> None:
    order(msp, status=429, retry_after=7, message="Slow down")
    message = envelope()

    answer = msp.post(message)

    assert (answer.status, answer.text) == (429, "429 Too Many Requests : Slow down")
    assert answer.headers["retry-after"] == "7"
    assert msp.bubbles() == []
    assert msp.post(message).status == 200
    assert msp.bubbles()[0]["posts"] == 1


def test_a_reason_can_be_given(msp: Msp) -> None:
    order(msp, status=503, reason="Busy", message="Try later")

    assert msp.post(envelope()).text == "503 Busy : Try later"


def test_a_success_without_effect_has_no_body(msp: Msp) -> None:
    order(msp, status=200)

    answer = msp.post(envelope())

    assert (answer.status, answer.data) == (200, b"")
    assert msp.bubbles() == []


def test_a_fault_strikes_as_often_as_ordered(msp: Msp) -> None:
    order(msp, status=500, times=2)

    assert [msp.post(envelope()).status for _ in range(3)] == [500, 500, 200]
    (fault,) = msp.control("GET", "/faults").json["faults"]
    assert (fault["hits"], fault["left"]) == (2, 0)


def test_a_fault_without_end_lasts_until_it_is_deleted(msp: Msp) -> None:
    fault = order(msp, status=500, times=0)
    assert fault["left"] is None
    assert [msp.post(envelope()).status for _ in range(3)] == [500] * 3

    assert msp.control("DELETE", f"/faults/{fault['id']}").json == {"deleted": 1}

    assert msp.post(envelope()).status == 200
    assert msp.control("DELETE", f"/faults/{fault['id']}").status == 404


def test_faults_strike_one_after_another(msp: Msp) -> None:
    for status in (500, 429, 503):
        order(msp, status=status)

    assert [msp.post(envelope()).status for _ in range(4)] == [500, 429, 503, 200]


def test_all_faults_can_be_lifted(msp: Msp) -> None:
    order(msp, status=500, times=0)
    order(msp, delay_ms=1, times=0)

    assert msp.control("DELETE", "/faults").json == {"deleted": 2}

    assert msp.post(envelope()).status == 200


def test_a_fault_for_one_customer_spares_the_others(msp: Msp) -> None:
    other = msp.control("POST", "/customers").json["opaque_id"]
    order(msp, status=500, times=0, opaque_id=OPAQUE_ID)

    assert msp.post(envelope(destinationId=other)).status == 200
    assert msp.post(envelope()).status == 500


def test_a_fault_for_one_path_spares_the_others(msp: Msp) -> None:
    order(msp, path="/mmcs/upload", status=503)
    assert msp.post(envelope()).status == 200
    headers = {**msp.authorization(), "MMCS-Size": "3"}
    url = call("GET", f"{msp.url}/v1/preUpload", headers=headers).json["upload-url"]

    assert [call("POST", url, b"abc").status for _ in range(2)] == [503, 200]


def test_a_call_dropped_before_its_effect_leaves_no_trace_on_the_phone(msp: Msp) -> None:
    order(msp, drop="before")
    message = envelope()

    assert issubclass(lost(msp, message), ConnectionError)

    assert msp.bubbles() == []
    assert msp.post(message).status == 200
    assert msp.bubbles()[0]["posts"] == 1


def test_a_call_dropped_after_its_effect_is_shown_once_when_it_is_repeated(msp: Msp) -> None:
    order(msp, drop="after")
    message = envelope()

    assert issubclass(lost(msp, message), ConnectionError)

    assert len(msp.bubbles()) == 1
    assert msp.post(message).status == 200
    (bubble,) = msp.bubbles()
    assert (bubble["posts"], bubble["violations"]) == (2, [])


def test_the_journal_says_what_a_fault_did(msp: Msp) -> None:
    order(msp, status=500)
    order(msp, drop="before")
    order(msp, drop="after")
    order(msp, delay_ms=1)
    msp.post(envelope())
    lost(msp, envelope())
    lost(msp, envelope())
    msp.post(envelope())

    calls = [(each["fault"], each["status"]) for each in msp.posts()]

    assert calls == [("answered", 500), ("dropped before", None), ("dropped after", None), ("delayed", 200)]


def test_the_server_goes_on_after_a_cut_connection(msp: Msp) -> None:
    order(msp, drop="before", times=3)

    for _ in range(3):
        lost(msp, envelope())

    assert msp.post(envelope()).status == 200


def test_a_delay_comes_before_the_effect(msp: Msp) -> None:
    order(msp, delay_ms=50)

    assert msp.post(envelope()).status == 200
    (post,) = msp.posts()
    assert post["ms"] >= 50


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({}, "give status, drop, delay_ms, cut_after"),
        ({"status": 500, "drop": "after"}, "give either status or drop"),
        ({"status": 99}, "greater than or equal to 200"),
        ({"status": 600}, "less than or equal to 599"),
        ({"drop": "sometimes"}, "'before' or 'after'"),
        ({"delay_ms": 1, "message": "x"}, "reason, message and retry_after need status"),
        ({"status": 500, "path": "/control"}, "path must start with /v1/ or /mmcs/"),
        ({"status": 500, "message": "a\r\nb"}, "printable ASCII"),
        ({"status": 500, "count": 1}, "is not a known field; there are path"),
        ({"status": 500, "times": -1}, "greater than or equal to 0"),
    ],
)
def test_a_fault_that_makes_no_sense_is_answered_400(msp: Msp, fault: dict[str, Any], problem: str) -> None:
    answer = msp.control("POST", "/faults", fault)

    assert answer.status == 400
    assert problem in answer.text
    assert msp.control("GET", "/faults").json["faults"] == []


@pytest.mark.parametrize(
    ("path", "hit"),
    [("/v1/message", True), ("/v1/message/", True), ("/v1/messages", False), ("/v1", False)],
)
def test_a_path_matches_itself_and_what_is_below(path: str, hit: bool) -> None:
    faults = Faults()
    faults.add(FaultOrder(status=500))

    assert (faults.strike(path, None) is not None) is hit
