"""Fetching what a message carries, when all goes well and when trouble passes: bit-exact and in order."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.conversation.attachments import PartState, attachment_id, wanted_key
from parley.conversation.events import Event, Kind
from parley.conversation.records import State
from parley.errors import Retryable
from tests.support import apple_requests as apple
from tests.support.apple_store import answer, corrupted, cut, expired, slow, too_long, too_short
from tests.unit.services.transferring import CONVERSATION, Office

PLAIN = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
HEIC = b"\0\0\0\x18ftypheic" + bytes(range(256)) * 9
TOLD = Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, "m1")


@pytest.fixture
def office() -> Office:
    return Office()


# --- all goes well -----------------------------------------------------------------------------


def test_a_file_is_fetched_decrypted_and_told_about(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])

    (outcome,) = office.run(note)

    assert outcome.result == "ready"
    assert office.stored() == PLAIN
    part = office.part()
    assert (part.state, part.size, part.content_type) == (PartState.READY, len(PLAIN), "image/png")
    assert part.sha256 == hashlib.sha256(PLAIN).hexdigest()
    assert part.s3_key == f"attachments/{apple.BUSINESS}/{part.id}"
    assert (part.attempts, part.settled_at) == (1, office.clock())
    assert office.events.sent == [TOLD]
    assert not office.transfers.sent
    assert not office.attachments.due


@pytest.mark.parametrize(("plain", "wanted"), [(PLAIN, False), (HEIC, True)])
def test_a_rendition_is_asked_for_where_one_is_of_use(office: Office, plain: bytes, wanted: bool) -> None:
    office.run(office.receive(attachments=[office.apple.put(plain)]))

    assert (wanted_key(apple.BUSINESS, office.part().id) in office.objects.objects) is wanted
    assert len(office.objects.objects) == 1 + wanted


def test_a_rendition_that_could_not_be_asked_for_is_asked_for_by_the_next_try(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(HEIC)])
    puts = iter([Retryable("not now", code="aws")])
    put = office.objects.put

    def failing(key: str, body: bytes, *, content_type: str) -> None:
        if fault := next(puts, None):
            raise fault
        put(key, body, content_type=content_type)

    office.objects.put = failing  # type: ignore[method-assign]

    outcomes = office.run(note)

    assert [outcome.result for outcome in outcomes] == ["later", "ready"]
    assert wanted_key(apple.BUSINESS, office.part().id) in office.objects.objects


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 999, 1000, 1001, 2000, 2001])
def test_every_size_makes_it_bit_by_bit(office: Office, size: int) -> None:
    plain = bytes(range(256)) * 8
    note = office.receive(attachments=[office.apple.put(plain[:size])])

    office.run(note)

    assert office.stored() == plain[:size]


@given(st.binary(max_size=3000), st.integers(min_value=1, max_value=700))
def test_every_content_in_every_pieces_makes_it(plain: bytes, piece: int) -> None:
    office = Office()
    office.apple.piece = piece

    office.run(office.receive(attachments=[office.apple.put(plain)]))

    assert office.stored() == plain
    assert office.part().sha256 == hashlib.sha256(plain).hexdigest()


def test_files_are_fetched_in_order_and_the_reference_before_them(office: Office) -> None:
    office.apple.decoded.append({"data": {}})
    files = [office.apple.put(bytes([place])) for place in range(3)]
    reference = office.apple.put(b"plist", bid="b")

    office.run(office.receive(attachments=files, interactiveDataRef=reference))

    assert [owner for owner, _ in office.apple.asked] == ["M3", "M0", "M1", "M2"]
    assert [office.stored(place) for place in range(3)] == [b"\0", b"\1", b"\2"]
    assert office.events.sent == [TOLD]


def test_what_is_named_and_typed_by_the_sender_is_kept_apart_from_what_it_is(office: Office) -> None:
    file = office.apple.put(b"<html><script>", name="../../evil\u202e.png", mimeType="image/png")

    office.run(office.receive(attachments=[file]))

    part = office.part()
    assert (part.name, part.mime_type, part.content_type) == ("evil.png", "image/png", "text/html")


@pytest.mark.parametrize(
    "change",
    [
        {"key": None, "decryption-key": "key"},
        {"size": "text"},
        {"size": None},
        {"signature": "lower"},
        {"signature": None, "signature-base64": "base64"},
    ],
)
def test_descriptions_come_in_many_forms(office: Office, change: dict[str, Any]) -> None:
    file = office.apple.put(PLAIN)
    forms = {
        "key": file["key"],
        "text": str(file["size"]),
        "lower": file["signature"].lower(),
        "base64": base64.b64encode(bytes.fromhex(file["signature"])).decode(),
        None: None,
    }
    changed = file | {name: forms[form] for name, form in change.items()}

    office.run(office.receive(attachments=[changed]))

    assert office.stored() == PLAIN


def test_a_key_in_capitals_opens_it_too(office: Office) -> None:
    file = office.apple.put(PLAIN)

    office.run(office.receive(attachments=[file | {"key": file["key"].upper()}]))

    assert office.stored() == PLAIN


def test_a_signature_that_only_its_maker_can_judge_is_no_obstacle(office: Office) -> None:
    file = office.apple.put(PLAIN, signature="01" + "00" * 20)

    office.run(office.receive(attachments=[file]))

    assert office.part().state is PartState.READY


def test_a_message_whose_body_lies_in_the_bucket_is_read_there(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])
    message = office.messages.stored["m1"]
    message.payload_key = office.payloads.put(apple.BUSINESS, "m1", message.payload or "")
    message.payload = None

    office.run(note)

    assert office.stored() == PLAIN


@pytest.mark.parametrize("gone", [True, False])
def test_a_message_that_expired_or_is_a_twin_has_nothing_to_fetch(office: Office, gone: bool) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])
    if gone:
        office.messages.stored.clear()
    else:
        office.messages.stored["m1"].state = State.SUPPRESSED

    (outcome,) = office.run(note)

    assert outcome.result == "skipped"
    assert not office.apple.asked
    assert not office.attachments.items


def test_a_message_without_parts_is_no_trouble(office: Office) -> None:
    (outcome,) = office.run(office.receive())

    assert outcome.result == "skipped"
    assert not office.events.sent


# --- what passes -------------------------------------------------------------------------------

TROUBLES = [expired, cut, corrupted, too_short, too_long, slow]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_that_passes_ends_in_ready_with_a_new_url_each_time(office: Office, trouble: Any) -> None:
    office.apple.troubles = [trouble, trouble]

    outcomes = office.run(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert [outcome.result for outcome in outcomes] == ["later", "later", "ready"]
    assert len(office.apple.asked) == 3
    assert office.stored() == PLAIN
    assert office.slept == [0.5, 2.0]
    assert office.events.sent == [TOLD]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_gateway_that_is_busy_is_asked_again(office: Office, status: int) -> None:
    office.apple.refusals = [answer(status)]

    outcomes = office.run(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert [outcome.result for outcome in outcomes] == ["later", "ready"]


def test_a_gateway_that_says_how_long_to_wait_is_believed(office: Office) -> None:
    office.apple.refusals = [answer(429, retry_after=40)]

    outcomes = office.run(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert [outcome.result for outcome in outcomes] == ["later"]
    assert office.transfers.delays == [40]


def test_a_token_that_is_not_believed_is_tried_once_with_the_other_secret(office: Office) -> None:
    office.credentials.renewed = [apple.CREDENTIAL, apple.OTHER_CREDENTIAL]
    office.apple.refusals = [answer(403)]

    (outcome,) = office.run(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert outcome.result == "ready"
    first, second = (token for _, token in office.apple.asked)
    assert first != second


def test_a_file_in_trouble_does_not_keep_the_others_waiting(office: Office) -> None:
    files = [office.apple.put(PLAIN), office.apple.put(b"second")]
    office.apple.troubles = [expired]

    outcomes = office.run(office.receive(attachments=files))

    first, second = (attachment_id(apple.BUSINESS, "m1", place) for place in range(2))
    assert [(outcome.attachment_id, outcome.result) for outcome in outcomes] == [
        (first, "later"),
        (second, "ready"),
        (first, "ready"),
    ]


def test_longer_waits_are_spent_in_the_queue(office: Office) -> None:
    office.apple.troubles = [expired] * 3
    note = office.receive(attachments=[office.apple.put(PLAIN)])

    outcomes = office.run(note)

    assert [outcome.result for outcome in outcomes] == ["later"] * 3
    assert (office.transfers.sent, office.transfers.delays) == ([note], [8.0])
    assert not office.events.sent
    office.clock.now += 8
    assert [outcome.result for outcome in office.run(note)] == ["ready"]


def test_a_second_note_does_not_come_before_the_time_of_the_first(office: Office) -> None:
    office.apple.troubles = [expired] * 3
    note = office.receive(attachments=[office.apple.put(PLAIN)])
    office.run(note)

    office.run(note)

    assert office.part().attempts == 3
    assert office.transfers.sent == [note]
