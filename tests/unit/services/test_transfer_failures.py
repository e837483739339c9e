"""What cannot be fetched ends in `failed` with its reason, and never in a silent gap; what is late is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation import schedule
from parley.conversation.attachments import PartState
from parley.conversation.events import Event, Kind
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
