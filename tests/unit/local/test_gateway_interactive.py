from __future__ import annotations

import base64
from typing import Any

import pytest

from local.gateway import attachment_cipher
from tests.unit.local.running import call
from tests.unit.local.samples import png
from tests.unit.local.wire import APPLE_BID, BUSINESS_ID, Msp, envelope, quick_reply

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

THIRD_PARTY = "com.apple.messages.MSMessageExtensionBalloonPlugin:AB12CD34EF:com.example.trailmap.MessagesExtension"


def with_data(**fields: Any) -> dict[str, Any]:
    interactive = quick_reply()
    data = {**interactive["data"], **fields}
    return {**interactive, "data": {key: value for key, value in data.items() if value is not None}}


def app_message(**fields: Any) -> dict[str, Any]:
    return {
        "bid": THIRD_PARTY,
        "appId": 1234509876,
        "appName": "Trail Map",
        "URL": "?route=77",
        "receivedMessage": {"title": "Route 77"},
        **fields,
    }


def large(title: str = "Choose") -> dict[str, Any]:
    """A list picker of more than 10 KB."""
    picture = {"identifier": "0", "data": png(9000)}
    return {
        "bid": APPLE_BID,
        "receivedMessage": {"title": title},
        "data": {
            "version": "1.0",
            "requestIdentifier": "a8f5c9d2-6a3e-4f4f-8a33-0b0f6f7f1e21",
            "images": [picture],
            "listPicker": {"sections": [{"title": "Sizes", "items": [{"identifier": "m", "title": "Medium"}]}]},
        },
    }


def refusal_of(msp: Msp, interactive: Any, **fields: Any) -> str:
    answer = msp.post(envelope("interactive", interactiveData=interactive, **fields))
    assert answer.status == 400, answer.text
    assert msp.bubbles() == []
    return answer.text.removeprefix("400 Bad Request : ")


def test_a_quick_reply_is_shown_with_its_question(msp: Msp) -> None:
    answer = msp.post(envelope("interactive", interactiveData=quick_reply()))

    assert (answer.status, answer.data) == (200, b"")
    (bubble,) = msp.bubbles()
    assert (bubble["type"], bubble["shown"], bubble["body"]) == ("interactive", "Was this helpful?", None)
    assert bubble["interactive"] == quick_reply()
    assert bubble["violations"] == []


def test_an_imessage_app_is_shown_by_its_bubble(msp: Msp) -> None:
    msp.post(envelope("interactive", interactiveData=app_message()))

    assert msp.bubbles()[0]["shown"] == "Route 77"


def test_data_of_a_third_party_is_refused_in_apples_words(msp: Msp) -> None:
    answer = msp.post(envelope("interactive", interactiveData=app_message(data={})))

    assert (answer.status, answer.text) == (
        400,
        "400 Bad Request : Third party interactive data disallows use of 'data'",
    )


@pytest.mark.parametrize(
    ("interactive", "problem"),
    [
        ("text", "interactiveData must be a dictionary"),
        ({}, "interactiveData.bid is missing"),
        ({**quick_reply(), "bid": "com.example"}, "interactiveData.bid must start with"),
        ({"bid": APPLE_BID}, "interactiveData.data is missing"),
        (with_data(version=None), "interactiveData.data.version is missing"),
        (with_data(requestIdentifier=None), "interactiveData.data.requestIdentifier is missing"),
        (with_data(requestIdentifier="7"), "interactiveData.data.requestIdentifier must be a UUID"),
        (with_data(listPicker={}), "exactly one of"),
        (with_data(**{"quick-reply": None}), "exactly one of"),
        (with_data(**{"quick-reply": None, "quickReply": {}}), "exactly one of"),
        (with_data(**{"quick-reply": None, "event": {}}), "interactiveData.receivedMessage is missing"),
        (with_data(**{"quick-reply": []}), "interactiveData.data.quick-reply must be a dictionary"),
        (quick_reply(receivedMessage={}), "interactiveData.receivedMessage.title is missing"),
        (
            quick_reply(replyMessage={"title": "x", "style": "huge"}),
            "interactiveData.replyMessage.style must be",
        ),
        (quick_reply(sessionIdentifier=7), "interactiveData.sessionIdentifier must be a string"),
        (app_message(appId="12"), "interactiveData.appId must be an integer"),
        (app_message(receivedMessage=None), "interactiveData.receivedMessage must be a dictionary"),
    ],
)
def test_an_interactive_message_of_a_wrong_form_is_refused(msp: Msp, interactive: Any, problem: str) -> None:
    assert refusal_of(msp, interactive).startswith(problem)


@pytest.mark.parametrize("number", [0, 1, 6])
def test_a_quick_reply_has_two_to_five_choices(msp: Msp, number: int) -> None:
    items = [{"identifier": str(n), "title": str(n)} for n in range(number)]

    problem = refusal_of(msp, with_data(**{"quick-reply": {"summaryText": "?", "items": items}}))

    assert problem == f"interactiveData.data.quick-reply.items has {number} entries; 2 to 5 are allowed"


def test_data_and_reference_exclude_each_other(msp: Msp) -> None:
    assert refusal_of(msp, quick_reply(), interactiveDataRef={}).startswith("exactly one of interactiveData and")
    assert msp.post(envelope("interactive")).status == 400


def test_msp_version_is_as_good_as_version(msp: Msp) -> None:
    answer = msp.post(envelope("interactive", interactiveData=with_data(version=None, mspVersion="1.0")))

    assert answer.status == 200


def test_small_data_gets_a_reference_when_asked_for(msp: Msp) -> None:
    answer = msp.post(envelope("interactive", interactiveData=quick_reply()), include_data_ref="true")

    reference = answer.json["dataRef"]
    assert set(reference) == {
        "bid", "url", "owner", "size", "signature", "signature-base64", "title", "dataRefSig",
    }  # fmt: skip
    assert reference["bid"] == APPLE_BID
    assert bytes.fromhex(reference["signature"]) == base64.b64decode(reference["signature-base64"])


def test_data_above_10_kb_gets_a_reference_unasked(msp: Msp) -> None:
    answer = msp.post(envelope("interactive", interactiveData=large("Extras")))

    assert answer.json["dataRef"]["title"] == "Extras"
    assert msp.bubbles()[0]["interactive"] == large("Extras")


def test_a_reference_stands_for_its_data_as_often_as_it_is_sent(msp: Msp) -> None:
    reference = msp.post(envelope("interactive", interactiveData=large())).json["dataRef"]

    answers = [msp.post(envelope("interactive", interactiveDataRef=reference)) for _ in range(2)]

    assert [(answer.status, answer.data) for answer in answers] == [(200, b"")] * 2
    assert [bubble["interactive"] for bubble in msp.bubbles()] == [large()] * 3


def test_the_same_id_gets_the_same_reference_again(msp: Msp) -> None:
    message = envelope("interactive", interactiveData=large())

    assert msp.post(message).json == msp.post(message).json


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"owner": "M0.C01USN00"}, "names nothing that is stored here"),
        ({"size": 1}, "size is not the size"),
        ({"size": "1"}, "size must be an integer"),
        ({"signature-base64": base64.b64encode(bytes(21)).decode()}, "is not the signature"),
        ({"signature-base64": "81D64AF9"}, "must be the base64 text of 21 bytes"),
        ({"dataRefSig": "x"}, "dataRefSig was changed"),
        ({"bid": THIRD_PARTY}, "bid differs"),
        ({"key": "11" + "0" * 64}, "must be 00 followed by 64 hex digits"),
    ],
)
def test_a_changed_reference_is_refused(msp: Msp, change: dict[str, Any], problem: str) -> None:
    reference = msp.post(envelope("interactive", interactiveData=large())).json["dataRef"]

    answer = msp.post(envelope("interactive", interactiveDataRef={**reference, **change}))

    assert answer.status == 400
    assert problem in answer.text


def encode(msp: Msp, interactive: Any) -> bytes:
    body = {"v": 1, "type": "interactive", "interactiveData": interactive}
    answer = call("POST", f"{msp.url}/v1/encodePayload", body, msp.authorization())
    assert answer.status == 200, answer.text
    return answer.data


def upload(msp: Msp, encrypted: bytes) -> dict[str, Any]:
    """Upload as protocol/08 §4 says; returns what both answers named."""
    slot = call("GET", f"{msp.url}/v1/preUpload", headers={**msp.authorization(), "MMCS-Size": str(len(encrypted))})
    receipt = call("POST", slot.json["upload-url"], encrypted)
    return {
        "url": slot.json["mmcs-url"],
        "owner": slot.json["mmcs-owner"],
        "size": len(encrypted),
        "signature-base64": receipt.json["singleFile"]["fileChecksum"],
    }


def test_an_msp_can_build_a_reference_itself(msp: Msp) -> None:
    key = "00" + "ab" * 32
    stored = upload(msp, attachment_cipher.apply(key, encode(msp, large("Own"))))

    answer = msp.post(envelope("interactive", interactiveDataRef={"bid": APPLE_BID, "key": key, **stored}))

    assert answer.status == 200, answer.text
    assert msp.bubbles()[0]["shown"] == "Own"


@pytest.mark.parametrize(
    ("key", "problem"), [("00" + "cd" * 32, "cannot be decoded"), (None, "interactiveDataRef.key is missing")]
)
def test_an_own_reference_needs_its_key(msp: Msp, key: str | None, problem: str) -> None:
    stored = upload(msp, attachment_cipher.apply("00" + "ab" * 32, encode(msp, large())))
    reference = {"bid": APPLE_BID, **stored, **({} if key is None else {"key": key})}

    answer = msp.post(envelope("interactive", interactiveDataRef=reference))

    assert answer.status == 400
    assert problem in answer.text


def test_what_a_reference_stands_for_is_judged_too(msp: Msp) -> None:
    from local.gateway import payload_codec

    key = "00" + "ab" * 32
    stored = upload(msp, attachment_cipher.apply(key, payload_codec.encode({"bid": APPLE_BID, "data": {}})))

    answer = msp.post(envelope("interactive", interactiveDataRef={"bid": APPLE_BID, "key": key, **stored}))

    assert "interactiveData.data.version is missing" in answer.text


@pytest.mark.parametrize("shape", ["bare", "wrapped"])
@pytest.mark.parametrize("inflate", [False, True])
def test_decode_payload_reverses_encode_payload(msp: Msp, shape: str, inflate: bool) -> None:
    import gzip

    msp.control("PUT", "/config", {"decode_shape": shape})
    payload = encode(msp, large())
    assert payload.startswith(b"\x1f\x8b")

    answer = call(
        "POST",
        f"{msp.url}/v1/decodePayload",
        gzip.decompress(payload) if inflate else payload,
        {**msp.authorization(), "bid": APPLE_BID, "accept": "*/*", "accept-encoding": "gzip, deflate"},
    )

    assert answer.status == 200, answer.text
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json == ({"interactiveData": large()} if shape == "wrapped" else large())


def test_decode_payload_answers_plain_json_to_who_asks_for_no_gzip(msp: Msp) -> None:
    answer = call(
        "POST",
        f"{msp.url}/v1/decodePayload",
        encode(msp, quick_reply()),
        {**msp.authorization(), "bid": APPLE_BID, "accept-encoding": "identity"},
    )

    assert "content-encoding" not in answer.headers
    assert answer.json == quick_reply()


@pytest.mark.parametrize(
    ("body", "headers", "status", "problem"),
    [
        (None, {"bid": ""}, 400, "header bid is missing"),
        (None, {"bid": THIRD_PARTY}, 400, "header bid is not the bid of the payload"),
        (None, {"Source-Id": ""}, 400, "header source-id is missing"),
        (None, {"Source-Id": "00000000-0000-0000-0000-000000000000"}, 403, "not a business"),
        (b"", {}, 400, "not a keyed archive"),
        (b"{}", {}, 400, "not a keyed archive"),
        (b"\x1f\x8b" + bytes(20), {}, 400, "damaged"),
    ],
)
def test_decode_payload_refuses_what_it_cannot_decode(
    msp: Msp, body: bytes | None, headers: dict[str, str], status: int, problem: str
) -> None:
    payload = encode(msp, quick_reply()) if body is None else body

    answer = call("POST", f"{msp.url}/v1/decodePayload", payload, {**msp.authorization(), "bid": APPLE_BID, **headers})

    assert answer.status == status
    assert problem in answer.text


def test_decode_payload_refuses_half_a_stream_and_a_bomb(msp: Msp) -> None:
    import gzip

    headers = {**msp.authorization(), "bid": APPLE_BID}
    half = encode(msp, large())[:-9]
    bomb = gzip.compress(bytes(20_000_001))

    assert "ends too early" in call("POST", f"{msp.url}/v1/decodePayload", half, headers).text
    assert "inflates to more than" in call("POST", f"{msp.url}/v1/decodePayload", bomb, headers).text


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"x", "the body is not JSON"),
        ({"v": 2, "type": "interactive", "interactiveData": quick_reply()}, "v must be 1"),
        ({"v": 1, "type": "text", "interactiveData": quick_reply()}, "type must be interactive"),
        ({"v": 1, "type": "interactive"}, "interactiveData is missing"),
        ({"v": 1, "type": "interactive", "interactiveData": {}}, "interactiveData.bid is missing"),
    ],
)
def test_encode_payload_refuses_what_is_no_interactive_message(msp: Msp, body: object, problem: str) -> None:
    answer = call("POST", f"{msp.url}/v1/encodePayload", body, msp.authorization())

    assert answer.status == 400
    assert problem in answer.text


def test_encode_payload_knows_only_its_own_businesses(msp: Msp) -> None:
    headers = {**msp.authorization(), "Source-Id": BUSINESS_ID.replace("2", "3")}

    assert call("POST", f"{msp.url}/v1/encodePayload", {}, headers).status == 403
