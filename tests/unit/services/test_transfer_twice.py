"""The same note again, two at once, crashes at any step, and transfers that take several invocations."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from parley.conversation import schedule
from parley.conversation.attachments import PartState
from parley.conversation.events import Event, Kind
from tests.support import apple_requests as apple
from tests.support.apple_store import expired
from tests.unit.services.transferring import CONVERSATION, Office

PLAIN = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
TOLD = Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, "m1")


@pytest.fixture
def office() -> Office:
    return Office()


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
