"""The sweeper and what a message carries: a lost note, a silent worker, and nothing without reason."""

from __future__ import annotations

from typing import Any

import pytest

from parley.conversation.events import Transfer
from parley.conversation.records import Direction, Overdue
from parley.services.sweep import Sweep
from tests.support import apple_requests as apple
from tests.unit.services.transferring import CONVERSATION, Office

NOTE = Transfer(apple.BUSINESS, CONVERSATION, "m1")


class Due:
    """The `due` index, with one thing in it."""

    def __init__(self, *overdue: Overdue) -> None:
        self.items = list(overdue)
        self.dropped: list[Overdue] = []
        self.claimed: list[Overdue] = []

    def overdue(self, now: float, *, limit: int) -> Any:
        return iter(self.items)

    def claim(self, overdue: Overdue, *, until: float) -> bool:
        self.claimed.append(overdue)
        return True

    def drop(self, overdue: Overdue) -> None:
        self.dropped.append(overdue)


@pytest.fixture
def office() -> Office:
    return Office()


def sweep(office: Office, due: Due) -> None:
    anything: Any = office
    Sweep(
        due=due,
        messages=anything.messages,
        conversations=anything,
        events=office.events,
        outbox=anything,
        attachments=office.attachments,
        transfers=office.transfers,
        arrivals=anything,
        erasures=anything,
        clock=office.clock,
        new_id=lambda: "1",
    )(deadline=office.clock() + 10)


def message(message_id: str = "m1") -> Overdue:
    return Overdue("MSG", apple.BUSINESS, message_id, 0.0)


@pytest.mark.parametrize(
    "raw", [{"attachments": [{"name": "a"}]}, {"interactiveDataRef": {}}, {"attachments": ["odd"], "body": "x"}]
)
def test_a_message_that_was_not_queued_is_fetched_for_too(office: Office, raw: Any) -> None:
    office.receive(**raw)

    sweep(office, Due(message()))

    assert office.transfers.sent == [NOTE]
    assert len(office.events.sent) == 1


@pytest.mark.parametrize("raw", [{}, {"attachments": []}, {"attachments": None}, {"interactiveDataRef": "x"}])
def test_a_message_that_carries_nothing_is_not(office: Office, raw: Any) -> None:
    office.receive(**raw)

    sweep(office, Due(message()))

    assert office.transfers.sent == []
    assert len(office.events.sent) == 1


def test_a_message_whose_body_lies_in_the_bucket_may_carry_something(office: Office) -> None:
    office.receive()
    office.messages.stored["m1"].payload = None

    sweep(office, Due(message()))

    assert office.transfers.sent == [NOTE]


def test_a_notice_of_ours_carries_nothing(office: Office) -> None:
    office.receive(attachments=[{}])
    office.messages.stored["m1"].direction = Direction.NOTICE

    sweep(office, Due(message()))

    assert office.transfers.sent == []


def test_a_file_whose_worker_went_silent_is_queued_again(office: Office) -> None:
    note = office.receive(attachments=[office.apple.put(b"file")])
    office.run(note, seconds=0)
    office.transfers.sent.clear()
    due = Due(Overdue("ATT", apple.BUSINESS, office.part().id, 0.0))

    sweep(office, due)

    assert office.transfers.sent == [note]
    assert due.claimed == due.items


def test_a_file_that_is_settled_is_left_alone(office: Office) -> None:
    office.run(office.receive(attachments=[office.apple.put(b"file")]))
    due = Due(Overdue("ATT", apple.BUSINESS, office.part().id, 0.0), Overdue("ATT", apple.BUSINESS, "gone", 0.0))

    sweep(office, due)

    assert office.transfers.sent == []
    assert due.dropped == due.items
