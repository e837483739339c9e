"""Batches: groups apart, each in order, nothing passed over."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from parley.errors import Fatal, Rejected, Retryable
from parley.runtime.batch import MAX_GROUPS, run_each, run_fifo
from parley.storage.queues import SqsVisibility

if TYPE_CHECKING:
    from tests.support.fixtures import Logged

type Record = dict[str, Any]


class Visibility(SqsVisibility):
    """Remembers what was put back, and for how long, and what was taken out."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.back: dict[str, float] = {}
        self.out: list[str] = []
        self.taking_out = threading.Event()
        self.fault = fault

    def done(self, receipt_handles: Any) -> None:
        self.out += receipt_handles
        self.taking_out.set()
        if self.fault is not None:
            raise self.fault

    def come_back(self, receipt_handles: Any, *, after: float) -> None:
        if self.fault is not None:
            raise self.fault
        self.back |= dict.fromkeys(receipt_handles, after)


class Handler:
    """Handles by body: remembers the order, fails those it was told to."""

    def __init__(self, **faults: Exception) -> None:
        self.faults = faults
        self.handled: list[str] = []

    def __call__(self, record: Record) -> None:
        self.handled.append(record["body"])
        if record["body"] in self.faults:
            raise self.faults[record["body"]]


def record(body: str, group: str = "g", receives: int = 1) -> Record:
    return {
        "messageId": f"id-{body}",
        "receiptHandle": f"receipt-{body}",
        "body": body,
        "attributes": {"MessageGroupId": group, "ApproximateReceiveCount": str(receives)},
    }


def run(
    records: list[Record],
    handler: Handler,
    visibility: Visibility | None = None,
    *,
    enough_time_for: int = 10**6,
) -> list[str]:
    """The bodies that have to come back."""
    answer = run_fifo(
        records,
        handler,
        visibility=visibility or Visibility(),
        out_of_time=lambda: len(handler.handled) >= enough_time_for,
    )
    return [entry["itemIdentifier"].removeprefix("id-") for entry in answer["batchItemFailures"]]


def test_nothing_has_to_come_back_when_all_goes_well() -> None:
    handler, visibility = Handler(), Visibility()

    assert run([record(body) for body in "abc"], handler, visibility) == []
    assert handler.handled == ["a", "b", "c"]
    assert visibility.back == {}


def test_an_empty_batch_is_no_work() -> None:
    assert run([], Handler()) == []


def test_what_is_behind_a_failure_is_not_touched_and_comes_back_with_it() -> None:
    handler, visibility = Handler(b=Retryable("later", code="x")), Visibility()

    assert run([record(body) for body in "abcd"], handler, visibility) == ["b", "c", "d"]
    assert handler.handled == ["a", "b"]
    assert set(visibility.back) == {"receipt-b", "receipt-c", "receipt-d"}
    assert len(set(visibility.back.values())) == 1


def test_one_groups_failure_is_its_own() -> None:
    handler = Handler(a1=Retryable("later", code="x"))
    records = [record("a1", "a"), record("b1", "b"), record("a2", "a"), record("b2", "b"), record("c1", "c")]

    assert run(records, handler) == ["a1", "a2"]
    assert sorted(handler.handled) == ["a1", "b1", "b2", "c1"]
    assert [body for body in handler.handled if body.startswith("b")] == ["b1", "b2"]


def test_groups_run_side_by_side() -> None:
    both = threading.Barrier(2, timeout=10)

    def meet(_record: Record) -> None:
        both.wait()

    answer = run_fifo([record("a1", "a"), record("b1", "b")], meet, visibility=Visibility(), out_of_time=lambda: False)

    assert answer == {"batchItemFailures": []}


def test_the_threads_of_a_batch_are_there_for_the_next() -> None:
    seen: list[set[int]] = []
    for _ in range(5):
        all_at_once = threading.Barrier(MAX_GROUPS, timeout=10)
        idents: set[int] = set()

        def meet(_record: Record, barrier: threading.Barrier = all_at_once, idents: set[int] = idents) -> None:
            barrier.wait()
            idents.add(threading.get_ident())

        records = [record(f"{group}", f"{group}") for group in range(MAX_GROUPS)]
        run_fifo(records, meet, visibility=Visibility(), out_of_time=lambda: False)
        seen.append(idents)

    assert len(seen[0]) == MAX_GROUPS
    assert all(idents == seen[0] for idents in seen)


# --- what is done while another group is slow --------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks for what is done a hundred times as often."""
    monkeypatch.setattr("parley.runtime.batch.SLOW_SECONDS", 0.005)


def beside_a_slow_group(
    records: list[Record], visibility: Visibility, faults: dict[str, Exception] | None = None
) -> list[str]:
    """The bodies that have to come back, of a batch whose group "slow" ends only when others were taken out."""
    handler = Handler(**faults or {})

    def handle(record: Record) -> None:
        if record["body"] == "slow":
            assert visibility.taking_out.wait(timeout=30), "nothing was taken out while the slow group ran"
        handler(record)

    answer = run_fifo([record("slow", "slow"), *records], handle, visibility=visibility, out_of_time=lambda: False)
    return [entry["itemIdentifier"].removeprefix("id-") for entry in answer["batchItemFailures"]]


@pytest.mark.usefixtures("impatient")
def test_what_is_done_is_taken_out_while_a_slow_group_still_runs() -> None:
    visibility = Visibility()

    assert beside_a_slow_group([record("a1", "a"), record("a2", "a")], visibility) == []
    assert sorted(visibility.out) == ["receipt-a1", "receipt-a2"]


@pytest.mark.usefixtures("impatient")
def test_what_failed_is_never_taken_out_nor_what_stands_behind_it() -> None:
    visibility = Visibility()
    records = [record(body, "a") for body in ("a1", "a2", "a3")]

    assert beside_a_slow_group(records, visibility, {"a2": ValueError("x")}) == ["a2", "a3"]
    assert visibility.out == ["receipt-a1"]
    assert set(visibility.back) == {"receipt-a2", "receipt-a3"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [Retryable("away", code="x"), Fatal("denied"), ValueError("CANARY")])
def test_a_note_that_could_not_be_taken_out_fails_nobody(logged: Logged, fault: Exception) -> None:
    visibility = Visibility(fault)

    assert beside_a_slow_group([record("a1", "a")], visibility) == []
    assert visibility.out == ["receipt-a1"]
    (line,) = [line for line in logged.lines() if line["message"] == "not_taken_out"]
    assert line["error"] == ("ValueError" if isinstance(fault, ValueError) else str(fault))
    assert "CANARY" not in logged.everything()


@pytest.mark.parametrize("groups", [1, 3])
def test_of_a_batch_that_is_through_lambda_takes_out_everything_at_once(
    groups: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.runtime.batch.SLOW_SECONDS", 3600.0)  # however slow this machine is
    visibility = Visibility()

    run([record(f"{number}", f"g{number % groups}") for number in range(6)], Handler(), visibility)

    assert visibility.out == []


@pytest.mark.parametrize("fault", [Fatal("x"), Rejected("x", code="x"), ValueError("x"), KeyError("x"), TypeError()])
def test_any_fault_brings_the_note_back(fault: Exception) -> None:
    assert run([record("a")], Handler(a=fault)) == ["a"]


@pytest.mark.parametrize(
    ("receives", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (6, 160), (7, 300), (50, 300), (10**6, 300)]
)
def test_a_note_that_fails_again_and_again_waits_longer(receives: int, seconds: float) -> None:
    visibility = Visibility()

    run([record("a", receives=receives)], Handler(a=ValueError()), visibility)

    assert visibility.back == {"receipt-a": seconds}


@pytest.mark.parametrize("after", [0.0, 1.5, 3600.0])
def test_a_fault_that_names_its_wait_gets_it(after: float) -> None:
    visibility = Visibility()

    run([record("a", receives=9)], Handler(a=Retryable("later", code="x", after=after)), visibility)

    assert visibility.back == {"receipt-a": after}


def test_a_fault_without_a_wait_gets_the_usual_one() -> None:
    visibility = Visibility()

    run([record("a")], Handler(a=Retryable("later", code="x")), visibility)

    assert visibility.back == {"receipt-a": 5.0}


def test_what_there_is_no_time_for_comes_back_at_once() -> None:
    handler, visibility = Handler(), Visibility()

    assert run([record(body) for body in "abc"], handler, visibility, enough_time_for=2) == ["c"]
    assert handler.handled == ["a", "b"]
    assert visibility.back == {"receipt-c": 0.0}


def test_without_any_time_nothing_is_begun() -> None:
    handler = Handler()

    assert sorted(run([record("a", "a"), record("b", "b")], handler, enough_time_for=0)) == ["a", "b"]
    assert handler.handled == []


@pytest.mark.parametrize("fault", [Retryable("away", code="x"), Fatal("denied"), ValueError("CANARY")])
def test_a_note_that_could_not_be_put_back_is_still_reported(logged: Logged, fault: Exception) -> None:
    assert run([record("a"), record("b")], Handler(a=ValueError()), Visibility(fault)) == ["a", "b"]
    assert "CANARY" not in logged.everything()


def test_a_fault_of_ours_is_logged_in_words_and_any_other_by_its_place(logged: Logged) -> None:
    run([record("a")], Handler(a=Retryable("read the table: Throttling", code="x")))
    run([record("b")], Handler(b=ValueError("CANARY body")))

    first, second = logged.lines()
    assert (first["queue_message_id"], first["error"]) == ("id-a", "read the table: Throttling")
    assert (second["queue_message_id"], second["error"]) == ("id-b", "ValueError")
    assert "test_batch.py:" in second["place"]
    assert "CANARY" not in logged.everything()


def test_in_a_standard_queue_every_note_is_for_itself() -> None:
    handler = Handler(a=ValueError("CANARY"), c=Fatal("x"))

    answer = run_each([record(body) for body in "abcd"], handler)

    assert handler.handled == ["a", "b", "c", "d"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "id-a"}, {"itemIdentifier": "id-c"}]}
