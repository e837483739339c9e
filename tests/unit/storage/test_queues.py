"""The four queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation import arrivals, events
from parley.conversation.arrivals import Arrival
from parley.conversation.events import Departure, Event, Kind, Timer, Transfer
from parley.errors import Fatal, ParleyError, Retryable
from parley.storage.queues import SqsArrivals, SqsEvents, SqsOutbox, SqsTimers, SqsTransfers, SqsVisibility

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

EVENT = Event(Kind.MESSAGE, "biz", "conv", message_id="m1", payload='{"body":"\\uffff"}')


class Recorder:
    """Instead of the SQS client: what was asked of it."""

    def __init__(self) -> None:
        self.all_asked: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda **wanted: self.all_asked.append(wanted)


def test_an_event_goes_behind_the_others_of_its_conversation(cloud: Cloud) -> None:
    SqsEvents(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"]).send(EVENT, deduplication_id="m1")

    (record,) = cloud.receive("EVENTS_QUEUE_URL")
    assert record["attributes"]["MessageGroupId"] == "conv"
    assert record["attributes"]["MessageDeduplicationId"] == "m1"
    assert events.read_event(record["body"]) == EVENT


def test_the_same_id_twice_is_one_note(cloud: Cloud) -> None:
    queue = SqsEvents(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"])
    for deduplication_id in ("m1", "m1", "m2"):
        queue.send(EVENT, deduplication_id=deduplication_id)

    assert cloud.waiting("EVENTS_QUEUE_URL") == 2


def many(count: int) -> list[tuple[Event, str]]:
    """Wake-ups of as many conversations, each with its deduplication id."""
    return [(Event(Kind.WAKE, "biz", f"conv-{number}", forced=True), f"id-{number}") for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 25])
def test_many_events_are_queued_ten_at_a_time_each_in_its_own_group(cloud: Cloud, count: int) -> None:
    queue = SqsEvents(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"])

    queue.send_all(many(count))

    records: list[dict[str, Any]] = []
    while batch := cloud.receive("EVENTS_QUEUE_URL"):
        records += batch
    assert {
        record["attributes"]["MessageGroupId"]: record["attributes"]["MessageDeduplicationId"] for record in records
    } == {event.group: identity for event, identity in many(count)}
    assert {events.read_event(record["body"]) for record in records} == {event for event, _ in many(count)}


def test_when_sqs_takes_only_some_of_them_the_caller_hears_of_it() -> None:
    class Refusing:
        def send_message_batch(self, **wanted: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": wanted["Entries"][-1]["Id"], "Code": "ServiceUnavailable"}]}

    with pytest.raises(Retryable) as caught:
        SqsEvents(Refusing(), "url").send_all(many(3))  # type: ignore[arg-type]

    assert caught.value.code == "queue_refused"


def test_notes_about_an_endpoint_or_a_replay_have_a_group_of_their_own(cloud: Cloud) -> None:
    queue = SqsEvents(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"])
    queue.send(Event(Kind.PROBE, "biz", "", endpoint_id="default"), deduplication_id="1")
    queue.send(Event(Kind.REPLAY_RUN, "biz", "", run_id="run-7"), deduplication_id="2")

    groups = {record["attributes"]["MessageGroupId"] for record in cloud.receive("EVENTS_QUEUE_URL")}

    assert groups == {"biz-default", "biz-run-7"}


def test_a_departure_goes_behind_the_others_of_its_conversation(cloud: Cloud) -> None:
    departure = Departure("biz", "conv", "m1")
    SqsOutbox(cloud.sqs, cloud.queue_urls["OUTBOX_QUEUE_URL"]).send(departure, deduplication_id="m1")

    (record,) = cloud.receive("OUTBOX_QUEUE_URL")
    assert record["attributes"]["MessageGroupId"] == "conv"
    assert events.read_departure(record["body"]) == departure


def test_a_transfer_is_queued_at_once(cloud: Cloud) -> None:
    SqsTransfers(cloud.sqs, cloud.queue_urls["TRANSFERS_QUEUE_URL"]).send(Transfer("biz", "conv", "m1"))

    (record,) = cloud.receive("TRANSFERS_QUEUE_URL")
    assert record["body"] == '{"business_id":"biz","conversation_id":"conv","message_id":"m1"}'


@pytest.mark.parametrize(
    ("seconds", "delay"), [(-100, 0), (0, 0), (0.001, 1), (1, 1), (899.5, 900), (900, 900), (901, 900), (36_000, 900)]
)
def test_a_timer_is_delayed_until_its_time_or_as_near_as_a_queue_can(seconds: float, delay: int) -> None:
    sqs = Recorder()
    timer = Timer("biz", "conv", 1000.0 + seconds)

    SqsTimers(sqs, "url").set(timer, now=1000.0)  # type: ignore[arg-type]

    (asked,) = sqs.all_asked
    assert asked["DelaySeconds"] == delay
    assert events.read_timer(asked["MessageBody"]) == timer


@pytest.mark.parametrize(("after", "seconds"), [(0.0, 0), (-1.0, 0), (0.1, 1), (5.0, 5), (1e9, 43_200)])
def test_notes_come_back_after_the_wait_and_not_before(after: float, seconds: int) -> None:
    sqs = Recorder()

    SqsVisibility(sqs, "url").come_back(["r1", "r2"], after=after)  # type: ignore[arg-type]

    assert sqs.all_asked == [
        {"QueueUrl": "url", "ReceiptHandle": "r1", "VisibilityTimeout": seconds},
        {"QueueUrl": "url", "ReceiptHandle": "r2", "VisibilityTimeout": seconds},
    ]


def test_notes_that_are_done_are_taken_out_and_only_those(cloud: Cloud) -> None:
    queue = SqsEvents(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"])
    queue.send_all(many(3))
    records = cloud.receive("EVENTS_QUEUE_URL")
    done = [record["receiptHandle"] for record in records if record["attributes"]["MessageGroupId"] != "conv-1"]

    SqsVisibility(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"]).done(done)

    assert cloud.waiting("EVENTS_QUEUE_URL") == 1


def test_a_note_that_could_not_be_taken_out_is_a_fault_of_ours(cloud: Cloud) -> None:
    visibility = SqsVisibility(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"])

    with pytest.raises(ParleyError, match="take the notes out"):
        visibility.done(["no such receipt"])


def test_a_note_that_could_not_be_put_back_is_a_fault_of_ours(cloud: Cloud) -> None:
    visibility = SqsVisibility(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"])

    with pytest.raises(Retryable, match="put the notes back"):
        visibility.come_back(["no such receipt"], after=1)


def test_a_note_that_came_back_is_shown_again(cloud: Cloud) -> None:
    SqsEvents(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"]).send(EVENT, deduplication_id="m1")
    (record,) = cloud.receive("EVENTS_QUEUE_URL")
    assert cloud.receive("EVENTS_QUEUE_URL") == []
    visibility = SqsVisibility(cloud.sqs, cloud.queue_urls["EVENTS_QUEUE_URL"])

    visibility.come_back([record["receiptHandle"]], after=0)

    (again,) = cloud.receive("EVENTS_QUEUE_URL")
    assert again["messageId"] == record["messageId"]
    assert again["attributes"]["ApproximateReceiveCount"] == "2"


def test_a_queue_that_is_not_there_is_an_operators_mistake(cloud: Cloud) -> None:
    url = cloud.queue_urls["EVENTS_QUEUE_URL"].replace("events", "nothing")

    with pytest.raises(Fatal):
        SqsEvents(cloud.sqs, url).send(EVENT, deduplication_id="m1")


def test_a_file_is_queued_as_its_worker_reads_it(cloud: Cloud) -> None:
    SqsArrivals(cloud.sqs, cloud.queue_urls["UPLOADS_QUEUE_URL"]).send(Arrival("b1", "a1"))

    (record,) = cloud.receive("UPLOADS_QUEUE_URL")
    assert arrivals.read(record["body"]) == Arrival("b1", "a1")
