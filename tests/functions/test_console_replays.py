"""A business has the webhooks of a span of time delivered again."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.events import Event, Kind, read_event
from parley.conversation.runs import RunState
from parley.errors import Retryable
from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.http_server import reply

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def tomorrow() -> str:
    return datetime.fromtimestamp(time.time() + 86_400, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def begun(console: Console, **fields: Any) -> Any:
    answer = console.post("/v1/replays", {"since": LONG_AGO, "until": tomorrow(), **fields})
    assert answer.status == 202, answer.text
    return answer.json


def step(stack: Stack, run: Any) -> None:
    """One step of a replay, whenever its time is."""
    stored = compose.runs().get(apple.BUSINESS, run["id"])
    assert stored is not None
    if stored.state is RunState.RUNNING and stored.next_at:
        stored.next_at = 0.0
        assert compose.runs().save(stored)
    compose.replay_run()(Event(Kind.REPLAY_RUN, apple.BUSINESS, "", run_id=run["id"]))


def received(stack: Stack, count: int) -> list[str]:
    made = []
    for number in range(count):
        content = apple.envelope(sourceId=f"urn:mbid:AQAA{number % 3}==")
        stack.post(content)
        made.append(content["id"])
    while stack.route():
        pass
    return made


def replayed(stack: Stack) -> list[str]:
    """What is to be delivered again, in the order of the notes."""
    found = []
    while records := stack.cloud.receive("EVENTS_QUEUE_URL"):
        for record in records:
            note = read_event(record["body"])
            if note.kind is Kind.REPLAY:
                found.append(str(note.message_id))
            stack.cloud.sqs.delete_message(
                QueueUrl=stack.cloud.queue_urls["EVENTS_QUEUE_URL"], ReceiptHandle=record["receiptHandle"]
            )
    return found


def test_a_replay_begins_at_once_and_can_be_asked_for(console: Console, stack: Stack) -> None:
    answer = console.post("/v1/replays", {"since": LONG_AGO, "until": "2026-01-02T00:00:00+02:00", "state": "any"})

    run = answer.json
    assert (answer.status, answer.headers["Location"]) == (202, f"/v1/replays/{run['id']}")
    assert run == {
        "id": run["id"],
        "state": "running",
        "wanted": "any",
        "since": "2020-01-01T00:00:00.000Z",
        "until": "2026-01-01T22:00:00.000Z",
        "rate_per_second": 20,
        "examined": 0,
        "replayed": 0,
        "created_at": run["created_at"],
    }
    assert console.get(f"/v1/replays/{run['id'].lower()}").json == run
    assert console.get("/v1/replays").json == {"data": [run]}
    (note,) = [read_event(record["body"]) for record in stack.cloud.receive("EVENTS_QUEUE_URL")]
    assert (note.kind, note.run_id, note.group) == (Kind.REPLAY_RUN, run["id"], f"{apple.BUSINESS}-{run['id']}")


def test_everything_that_was_delivered_is_delivered_again_the_oldest_first(console: Console, stack: Stack) -> None:
    made = received(stack, 5)
    stack.api({"to": apple.CUSTOMER, "body": "never to the customer"})
    run = begun(console, state="delivered")

    step(stack, run)

    assert replayed(stack) == made
    after = console.get(f"/v1/replays/{run['id']}").json
    assert (after["state"], after["replayed"], after["examined"], after["reached"]) == (
        "completed",
        5,
        6,
        after["until"],
    )
    assert after["finished_at"]
    step(stack, run)
    assert replayed(stack) == []


def test_only_what_failed_is_replayed_unless_told_otherwise(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    received(stack, 1)
    stack.endpoint.answers = [reply("503 Service Unavailable")]
    monkeypatch.setattr("parley.conversation.schedule.DELIVERY_GIVE_UP", 0.0)
    monkeypatch.setattr("parley.conversation.schedule.DELIVERY_WAITS", (0.0,) * 10)
    (failed,) = received(stack, 1)
    stack.wake()
    while stack.route():
        pass
    assert console.get(f"/v1/deliveries/{failed}").json["state"] == "failed"
    run = begun(console)

    step(stack, run)

    assert replayed(stack) == [failed]


def test_a_replay_goes_on_page_by_page_at_its_rate(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.services.replay.PAGE", 2)
    made = received(stack, 7)
    run = begun(console, state="delivered", rate_per_second=1)

    seen = []
    for _ in range(5):
        step(stack, run)
        seen.append(replayed(stack))

    assert seen[:4] == [made[:2], made[2:4], made[4:6], made[6:]]
    assert seen[4] == []
    assert console.get(f"/v1/replays/{run['id']}").json["state"] == "completed"


def test_a_step_sets_the_timer_of_the_next_and_one_that_comes_early_does_nothing(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.services.replay.PAGE", 2)
    received(stack, 3)
    run = begun(console, state="delivered", rate_per_second=1)
    step(stack, run)
    replayed(stack)
    stored = compose.runs().get(apple.BUSINESS, run["id"])

    compose.replay_run()(Event(Kind.REPLAY_RUN, apple.BUSINESS, "", run_id=run["id"]))

    assert stored is not None
    assert 1 < stored.next_at - time.time() <= 2.1
    assert replayed(stack) == []
    assert stack.cloud.waiting("WAKEUPS_QUEUE_URL") == 1
    assert compose.runs().get(apple.BUSINESS, run["id"]) == stored


def test_only_one_endpoint_is_replayed_when_it_is_named(console: Console, stack: Stack) -> None:
    made = received(stack, 2)

    for endpoint_id, wanted in (("default", made), ("another", [])):
        run = begun(console, state="any", endpoint_id=endpoint_id)
        step(stack, run)
        assert replayed(stack) == wanted


def test_a_cancelled_replay_stands_still_until_it_is_resumed(console: Console, stack: Stack) -> None:
    made = received(stack, 2)
    run = begun(console, state="delivered")

    cancelled = console.post(f"/v1/replays/{run['id']}/cancel")
    step(stack, run)

    assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
    assert replayed(stack) == []
    assert console.post(f"/v1/replays/{run['id']}/cancel").status == 200
    resumed = console.post(f"/v1/replays/{run['id']}/resume")
    assert (resumed.status, resumed.json["state"]) == (200, "running")
    step(stack, run)
    assert replayed(stack) == made


def test_a_replay_that_is_cancelled_during_a_step_stays_so(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    received(stack, 1)
    run = begun(console, state="delivered")
    events = compose.events()
    send_all = events.send_all

    def cancelling(*args: Any) -> None:
        send_all(*args)
        console.post(f"/v1/replays/{run['id']}/cancel")

    monkeypatch.setattr(events, "send_all", cancelling)

    step(stack, run)

    assert console.get(f"/v1/replays/{run['id']}").json["state"] == "cancelled"


def test_what_is_completed_cannot_be_turned(console: Console, stack: Stack) -> None:
    run = begun(console)
    step(stack, run)

    for verb in ("cancel", "resume"):
        answer = console.post(f"/v1/replays/{run['id']}/{verb}")
        assert (answer.status, answer.code) == (409, "replay_completed")


def test_five_replays_at_once_are_enough(console: Console, stack: Stack) -> None:
    runs = [begun(console) for _ in range(5)]

    sixth = console.post("/v1/replays", {"since": LONG_AGO, "until": tomorrow()})
    assert (sixth.status, sixth.code) == (409, "too_many_replays")
    console.post(f"/v1/replays/{runs[0]['id']}/cancel")
    begun(console)
    assert console.post(f"/v1/replays/{runs[0]['id']}/resume").code == "too_many_replays"
    assert console.post(f"/v1/replays/{runs[1]['id']}/resume").status == 200


def test_a_replay_that_could_not_begin_does_not_count(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise Retryable("SQS is away", code="aws_unavailable")

    monkeypatch.setattr(compose.events(), "send", away)

    answer = console.post("/v1/replays", {"since": LONG_AGO, "until": tomorrow()})

    assert (answer.status, answer.code) == (503, "try_again")
    assert [each["state"] for each in console.get("/v1/replays").json["data"]] == ["cancelled"]


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"until": LONG_AGO}, [("/until", "out_of_order")]),
        ({"until": "1960-01-01T00:00:00Z"}, [("/until", "out_of_order")]),
        ({"since": None}, [("/since", "malformed")]),
        ({"since": 1_767_225_600}, [("/since", "malformed")]),
        ({"state": "held"}, [("/state", "unknown_value")]),
        ({"rate_per_second": 0}, [("/rate_per_second", "out_of_range")]),
        ({"rate_per_second": 201}, [("/rate_per_second", "out_of_range")]),
        ({"rate_per_second": "20"}, [("/rate_per_second", "wrong_type")]),
        ({"rate": 20}, [("/rate", "unknown_field")]),
    ],
)
def test_a_replay_of_nothing_sensible_is_refused(
    console: Console, changed: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    answer = console.post("/v1/replays", {"since": LONG_AGO, "until": tomorrow(), **changed})

    assert (answer.status, answer.faults) == (422, faults)
    assert console.get("/v1/replays").json == {"data": []}


@pytest.mark.parametrize("replay_id", ["nobody", "01KDVDNA000000000000000000", "x" * 3000, "%C3%A4"])
def test_a_replay_nobody_knows_is_not_found(console: Console, replay_id: str) -> None:
    for answer in (
        console.get(f"/v1/replays/{replay_id}"),
        console.post(f"/v1/replays/{replay_id}/cancel"),
        console.post(f"/v1/replays/{replay_id}/resume"),
    ):
        assert (answer.status, answer.code) == (404, "replay_unknown")


def test_a_note_about_a_replay_that_has_expired_is_done(console: Console, stack: Stack) -> None:
    run = begun(console)
    runs = compose.runs()
    runs._clock = lambda: time.time() + 8 * 86_400

    compose.replay_run()(Event(Kind.REPLAY_RUN, apple.BUSINESS, "", run_id=run["id"]))

    assert console.get(f"/v1/replays/{run['id']}").status == 404
    assert console.get("/v1/replays").json == {"data": []}


def test_routing_does_not_read_replays_with_the_settings(console: Console, stack: Stack) -> None:
    begun(console)
    business = compose.businesses().get(apple.BUSINESS, fresh=True)

    assert set(business.endpoints) == {"default"}
    assert any("|RUN#" in key for key in stack.cloud.item_keys(f"BIZ#{apple.BUSINESS}"))
