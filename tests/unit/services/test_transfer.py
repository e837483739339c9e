"""Fetching what a message carries: bit-exact, once, in order, and never a silent gap."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.conversation import schedule
from parley.conversation.attachments import PartState, attachment_id
from parley.conversation.events import Event, Kind
from parley.conversation.records import State
from parley.errors import Fatal, Retryable
from tests.support import apple_requests as apple
from tests.support.apple_store import answer, corrupted, cut, expired, slow, too_long, too_short
from tests.unit.services.transferring import CONVERSATION, Office

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
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
        "base64": __import__("base64").b64encode(bytes.fromhex(file["signature"])).decode(),
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


# --- what does not pass ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [(expired, "store_expired"), (cut, "store_cut"), (slow, "store_too_slow")],
)
def test_trouble_that_lasts_ends_in_failed_with_its_reason(office: Office, trouble: Any, reason: str) -> None:
    office.apple.troubles = [trouble] * 1000
    began = office.clock()

    office.settle(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert (office.part().state, office.part().reason) == (PartState.FAILED, reason)
    assert office.part().attempts == len(schedule.TRANSFER_WAITS) + 1
    assert office.clock() - began == pytest.approx(sum(schedule.TRANSFER_WAITS))
    assert office.stored() is None
    assert office.events.sent == [TOLD]
    assert not office.attachments.due


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [(corrupted, "signature_mismatch"), (too_short, "length_mismatch"), (too_long, "length_mismatch")],
)
def test_bytes_that_stay_wrong_are_given_up_sooner(office: Office, trouble: Any, reason: str) -> None:
    office.apple.troubles = [trouble] * 1000

    office.settle(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert (office.part().state, office.part().reason) == (PartState.FAILED, reason)
    assert office.part().attempts == schedule.CORRUPT_TRANSFERS
    assert office.stored() is None


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_apple_refuses_is_not_asked_for_again_and_again(office: Office, status: int) -> None:
    office.apple.refusals = [answer(status)] * 1000

    (outcome,) = office.run(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert (outcome.result, outcome.reason) == ("failed", "apple_refused")
    assert len(office.apple.asked) == (2 if status == 403 else 1)
    assert office.events.sent == [TOLD]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": "01" + "00" * 32}, "key_invalid"),
        ({"key": "00"}, "key_invalid"),
        ({"key": None}, "description_incomplete"),
        ({"url": None}, "description_incomplete"),
        ({"owner": ""}, "description_incomplete"),
        ({"signature": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c"}, "description_incomplete"),
        ({"size": 100 * 1024 * 1024 + 1}, "too_large"),
    ],
)
def test_what_cannot_be_fetched_at_all_fails_without_a_call(office: Office, change: Any, reason: str) -> None:
    file = office.apple.put(PLAIN)

    (outcome,) = office.run(office.receive(attachments=[file | change]))

    assert (outcome.result, outcome.reason) == ("failed", reason)
    assert not office.apple.asked
    assert office.events.sent == [TOLD]


def test_the_files_behind_the_tenth_are_failed_and_not_fetched(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(bytes([place])) for place in range(13)])

    office.run(note)

    assert [office.part(place).state for place in range(13)] == [PartState.READY] * 10 + [PartState.FAILED] * 3
    assert {office.part(place).reason for place in range(10, 13)} == {"too_many"}
    assert len(office.apple.asked) == 10
    assert office.arrived().settled


def test_a_bucket_that_breaks_half_way_leaves_nothing_and_is_tried_again(office: Office) -> None:
    troubles = iter([None, None, Retryable("away", code="aws_unavailable")])

    def breaking() -> None:
        if trouble := next(troubles, None):
            raise trouble

    office.objects.broken = breaking

    outcomes = office.run(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert [(outcome.result, outcome.reason) for outcome in outcomes] == [("later", "aws_unavailable"), ("ready", None)]
    assert office.objects.aborted == [office.part().s3_key]
    assert office.stored() == PLAIN


def test_a_set_up_that_is_wrong_is_told_and_given_time(office: Office) -> None:
    def breaking() -> None:
        raise Fatal("store the object: AccessDenied")

    office.objects.broken = breaking

    outcomes = office.settle(office.receive(attachments=[office.apple.put(PLAIN)]))

    assert {outcome.reason for outcome in outcomes} == {"set_up"}
    assert office.part().state is PartState.FAILED


def test_a_fault_of_ours_with_one_file_does_not_take_the_others(office: Office) -> None:
    files = [office.apple.put(PLAIN), office.apple.put(b"second")]

    def bug(_: bytes) -> Iterator[bytes]:
        raise ZeroDivisionError
        yield b""

    office.apple.troubles = [bug]
    note = office.receive(attachments=files)

    with pytest.raises(ZeroDivisionError):
        office.run(note)

    assert office.stored(1) == b"second"
    assert office.stored(0) == PLAIN  # the second try went well
    assert office.events.sent == [TOLD]


# --- late --------------------------------------------------------------------------------------


def test_what_settles_after_the_message_has_gone_on_is_told_one_by_one(office: Office) -> None:
    office.apple.troubles = [expired] * 8
    files = [office.apple.put(PLAIN), office.apple.put(b"second")]
    note = office.receive(attachments=files)
    office.clock.now += 61

    office.settle(note)

    assert [office.part(place).state for place in range(2)] == [PartState.READY] * 2
    assert office.events.sent == [TOLD] * 2
    assert len(set(office.events.ids)) == 2


def test_what_settles_in_time_is_told_once_for_all(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(bytes([place])) for place in range(4)])
    office.clock.now += 59

    office.run(note)

    assert office.events.sent == [TOLD]


# --- twice -------------------------------------------------------------------------------------


def test_a_note_that_comes_again_changes_nothing_but_tells_again(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])
    office.run(note)
    before = (dict(office.objects.objects), office.part(), list(office.apple.asked))

    office.run(note)

    assert (dict(office.objects.objects), office.part(), list(office.apple.asked)) == before
    assert office.events.sent == [TOLD] * 2
    assert len(set(office.events.ids)) == 2


def test_two_workers_with_one_note_share_the_work(office: Office) -> None:
    files = [office.apple.put(PLAIN), office.apple.put(b"second")]
    note = office.receive(attachments=files)
    other: list[Any] = []

    def meanwhile(key: str, passed: int) -> None:
        if not other:
            other.append(None)
            other[:] = office.run(note)

    office.objects.watch = meanwhile
    mine = office.run(note)

    assert [outcome.result for outcome in other] == ["taken_over", "ready"]
    assert [outcome.result for outcome in mine] == ["ready", "taken_over"]
    assert [office.part(place).attempts for place in range(2)] == [1, 1]
    assert office.events.sent == [TOLD]


def test_a_worker_that_lost_its_claim_leaves_the_file_alone(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])
    results: list[Any] = []

    def sleeps_too_long(key: str, passed: int) -> None:
        if passed and not results:
            results.append(None)
            office.clock.now += 200
            results[:] = office.run(note)

    office.objects.watch = sleeps_too_long
    mine = office.run(note)

    assert [outcome.result for outcome in results] == ["ready"]
    assert [outcome.result for outcome in mine] == ["taken_over"]
    assert office.objects.aborted == [office.part().s3_key]
    assert office.stored() == PLAIN
    assert office.part().attempts == 2


def test_a_worker_that_is_slow_but_alive_keeps_its_claim(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])
    others: list[str] = []

    def slowly(key: str, passed: int) -> None:
        office.clock.now += 35
        others.extend(outcome.result for outcome in office.run(note))

    office.apple.piece = 256
    office.objects.watch = slowly
    mine = office.run(note)

    assert [outcome.result for outcome in mine] == ["ready"]
    assert len(others) > 5
    assert set(others) == {"taken_over"}
    assert office.part().attempts == 1


# --- crashes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(1, 12))
def test_a_crash_at_any_step_is_healed_by_the_note_that_comes_again(office: Office, step: int, when: Any) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN), office.apple.put(b"second")])
    office.faults.crash_at(step, when)

    office.settle(note)

    assert [office.part(place).state for place in range(2)] == [PartState.READY] * 2
    assert [office.stored(place) for place in range(2)] == [PLAIN, b"second"]
    assert TOLD in office.events.sent
    assert not office.attachments.due


def test_a_worker_that_always_dies_is_not_tried_for_ever(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])
    office.run(note, seconds=0)  # only writes down what there is to fetch
    for _ in range(len(schedule.TRANSFER_WAITS) + 1):
        assert office.attachments.claim(office.part(), by="dies", until=office.clock() + 1) is not None
        office.clock.now += 2

    (outcome,) = office.run(note)

    assert (outcome.result, outcome.reason) == ("failed", "gave_up")
    assert not office.apple.asked


# --- in several invocations --------------------------------------------------------------------


def fetch_in_two(office: Office, plain: bytes, *, at: int = 1500) -> list[str]:
    """The time is up when `at` bytes have passed; a second invocation gets the note that was put back."""
    note = office.receive(attachments=[office.apple.put(plain)])
    deadline = office.clock() + 100

    def time_passes(key: str, passed: int) -> None:
        if passed >= at:
            office.clock.now = max(office.clock.now, deadline)

    office.objects.watch = time_passes
    first = office.transfer(note, deadline=deadline)
    assert office.transfers.sent == [note]
    assert office.transfers.delays[0] <= 0
    office.objects.watch = lambda *_: None
    return [outcome.result for outcome in [*first, *office.run(note)]]


def test_a_file_too_large_for_one_invocation_goes_on_in_another(office: Office) -> None:
    assert fetch_in_two(office, PLAIN) == ["unfinished", "ready"]

    assert office.apple.starts == [0, 1000]
    assert office.stored() == PLAIN
    part = office.part()
    assert part.sha256 == hashlib.sha256(PLAIN).hexdigest()
    assert (part.content_type, part.size) == ("image/png", len(PLAIN))
    assert not office.objects.uploads
    assert not office.objects.aborted


def test_a_store_that_cannot_go_on_begins_anew_and_so_do_we(office: Office) -> None:
    office.apple.ranges = False

    assert fetch_in_two(office, PLAIN) == ["unfinished", "ready"]

    assert office.stored() == PLAIN
    assert office.objects.aborted == [office.part().s3_key]
    assert not office.objects.uploads


def test_with_nothing_to_go_on_with_it_begins_anew(office: Office) -> None:
    assert fetch_in_two(office, PLAIN, at=300) == ["unfinished", "ready"]

    assert office.apple.starts == [0, 0]
    assert office.stored() == PLAIN


def test_a_byte_that_was_wrong_before_the_break_is_found_in_the_end(office: Office) -> None:
    office.apple.troubles = [lambda body: iter([b"x" + body[1:1200], body[1200:]])]

    results = fetch_in_two(office, PLAIN, at=1200)

    assert results == ["unfinished", "later", "ready"]
    assert office.stored() == PLAIN


def test_what_is_not_what_was_signed_does_not_stay_in_the_bucket(office: Office) -> None:
    office.apple.troubles = [lambda body: iter([b"x" + body[1:1200], body[1200:]]), None, *[expired] * 99]

    assert fetch_in_two(office, PLAIN, at=1200) == ["unfinished", "later", "later"]
    assert office.stored() is None


def test_what_is_begun_is_stopped_at_the_deadline_and_the_rest_is_left(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN), office.apple.put(b"second")])

    def time_passes(key: str, passed: int) -> None:
        office.clock.now += 60

    office.objects.watch = time_passes
    outcomes = office.run(note, seconds=50)

    assert [outcome.result for outcome in outcomes] == ["unfinished"]
    assert office.transfers.sent == [note]
    assert office.part(1).state is PartState.PENDING


def test_nothing_is_begun_when_there_is_no_time(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(PLAIN)])

    outcomes = office.run(note, seconds=0)

    assert [outcome.result for outcome in outcomes] == ["skipped"]
    assert office.transfers.sent == [note]
    assert not office.apple.asked


# --- references --------------------------------------------------------------------------------

CONTENT = {"bid": "b", "data": {"replyMessage": {"title": "Größe"}}}


def reference(office: Office, **changed: Any) -> Any:
    return office.receive(
        kind="interactive", interactiveDataRef=office.apple.put(b"plist", bid="b", title="Medium", **changed)
    )


def test_a_reference_is_decoded_and_its_content_kept(office: Office) -> None:
    office.apple.decoded = [CONTENT]

    (outcome,) = office.run(reference(office))

    assert outcome.result == "ready"
    assert office.apple.posted == [(b"plist", "b")]
    assert json.loads(office.stored(-1) or b"") == CONTENT
    arrived = office.arrived()
    assert arrived.settled
    assert arrived.content == CONTENT
    assert arrived.attachments == []
    assert office.events.sent == [TOLD]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_reference_apple_does_not_decode_yields_its_title(office: Office, status: int) -> None:
    office.apple.decoded = [answer(status)]

    office.settle(reference(office))

    arrived = office.arrived()
    assert arrived.content is None
    assert arrived.reference == {
        "id": attachment_id(apple.BUSINESS, "m1", -1),
        "status": "failed",
        "reason": "decode_refused",
        "title": "Medium",
    }


def test_a_decoder_that_is_away_is_asked_again_with_a_new_download(office: Office) -> None:
    office.apple.decoded = [answer(503), CONTENT]

    outcomes = office.run(reference(office))

    assert [outcome.result for outcome in outcomes] == ["later", "ready"]
    assert len(office.apple.asked) == 2


def test_a_reference_larger_than_any_content_is_not_fetched(office: Office) -> None:
    (outcome,) = office.run(reference(office, size=9 * 1024 * 1024))

    assert (outcome.result, outcome.reason) == ("failed", "too_large")
    assert office.arrived().reference is not None


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_reference_survives_the_same_troubles(office: Office, trouble: Any) -> None:
    office.apple.decoded = [CONTENT]
    office.apple.troubles = [trouble]

    outcomes = office.run(reference(office))

    assert [outcome.result for outcome in outcomes] == ["later", "ready"]


# --- what a webhook says -----------------------------------------------------------------------


def test_until_it_settles_a_part_is_pending(office: Office) -> None:
    files = [office.apple.put(PLAIN, name="a.png"), office.apple.put(b"second", name=None, key=None)]
    note = office.receive(attachments=files)
    first, second = (attachment_id(apple.BUSINESS, "m1", place) for place in range(2))

    before = office.arrived()
    office.run(note)
    after = office.arrived()

    assert not before.settled
    assert before.pending == [first, second]
    assert before.attachments[0] == {
        "id": first,
        "name": "a.png",
        "mime_type": "image/png",
        "size": len(PLAIN),
        "status": "pending",
    }
    assert after.settled
    assert after.pending == []
    assert after.attachments == [
        before.attachments[0]
        | {"status": "ready", "content_type": "image/png", "sha256": hashlib.sha256(PLAIN).hexdigest()},
        {
            "id": second,
            "name": "attachment-2",
            "mime_type": "image/png",
            "size": 6,
            "status": "failed",
            "reason": "description_incomplete",
        },
    ]


def test_a_message_without_parts_asks_nobody(office: Office) -> None:
    office.receive()
    office.parts = type(office.parts)(attachments=None, objects=None)  # type: ignore[arg-type]

    assert office.arrived().settled


def test_content_that_is_gone_is_none(office: Office) -> None:
    office.apple.decoded = [CONTENT]
    office.run(reference(office))
    office.objects.objects.clear()

    assert office.arrived().content is None


def test_nothing_that_opens_apples_copy_is_shown(office: Office) -> None:
    file = office.apple.put(PLAIN)
    office.run(office.receive(attachments=[file]))

    shown = json.dumps(office.arrived().attachments) + repr(office.part()) + repr(office.arrived())
    assert not any(str(file[name]) in shown for name in ("key", "url", "signature"))
    assert "SECRET" not in repr(replace(office.part(), sealed_key="SECRET"))
