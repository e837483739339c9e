"""An endpoint goes away and comes back: few calls meanwhile, everybody woken at once, nobody forgotten."""

from __future__ import annotations

import pytest

from parley.business.model import Breaker, Endpoint, Rule
from parley.business.webhook_client import WebhookAnswer
from parley.conversation.events import Event, Kind, Timer
from parley.conversation.identity import conversation_id
from parley.conversation.records import Direction, State
from parley.errors import Retryable
from parley.services import probe
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.faults import When
from tests.support.world import URL, World, business

GONE = WebhookAnswer(410, 5, "gone", reason="status")
DESK = "https://desk.example/"
PROBE = Event(Kind.PROBE, apple.BUSINESS, "", endpoint_id="default")
RELEASE = Event(Kind.RELEASE, apple.BUSINESS, "", endpoint_id="default")


def customer(number: int) -> str:
    return f"urn:mbid:customer{number}"


def write(world: World, *numbers: int, body: str = "") -> None:
    """One message of each of these customers."""
    for number in numbers:
        world.customer_sends(body=body or f"{number}", sourceId=customer(number))
        world.pump_events()
        world.clock.advance(0.001)


def break_down(world: World, *, customers: int = 5) -> None:
    """The endpoint goes away; so many customers' messages find that out or wait."""
    world.endpoint.standing = DOWN
    write(world, *range(customers))
    assert breaker(world).is_open


def breaker(world: World) -> Breaker:
    found = world.table.breakers_of(apple.BUSINESS)
    assert len(found) <= 1
    return found.get("default", Breaker("default"))


def pass_time(world: World, seconds: float) -> None:
    """Let timers fire and notes be handled, without a sweep."""
    until = world.clock() + seconds
    while world.clock() < until:
        world.pump_timers()
        world.pump_events()
        coming = [at for at in (world.timers.next_at(), world.events.next_at()) if at is not None]
        world.clock.now = min(max(min(coming, default=until), world.clock() + 0.01), until)
    world.pump_timers()
    world.pump_events()


# --- away --------------------------------------------------------------------------------------------


def test_once_it_is_known_to_be_away_messages_are_held_without_a_call(world: World) -> None:
    break_down(world)
    calls = len(world.endpoint.posts)
    tries = len(world.table.attempts)

    write(world, 77)

    held = world.outcomes[-1]
    assert (held.result, held.reason, held.endpoint_id, held.status) == ("held", "breaker_open", "default", 0)
    assert len(world.endpoint.posts) == calls == 5
    assert len(world.table.attempts) == tries
    known = world.table.conversations[conversation_id(apple.BUSINESS, customer(77))]
    assert known.held_endpoint == f"EP#{apple.BUSINESS}#default"
    assert (known.next_attempt_at or 0) > world.clock() + 59, "it will be woken when the endpoint is back"
    message = world.table.message(held.message_id or "")
    assert (message.state, message.attempts) == (State.HELD, 0)


def test_an_outage_costs_one_call_a_probe_however_many_wait(world: World) -> None:
    break_down(world, customers=40)
    before = len(world.endpoint.posts)
    began = breaker(world).open_since or 0

    pass_time(world, 195 - (world.clock() - began))

    times = [5, 15, 35, 75, 135, 195]
    assert len(world.endpoint.posts) - before == len(times)
    assert breaker(world).probes == len(times)


def test_when_a_probe_is_answered_everybody_gets_their_messages_in_order(world: World) -> None:
    break_down(world, customers=30)
    for number in range(30):
        write(world, number, body=f"{number} again")
    world.endpoint.standing = OK

    pass_time(world, 60)

    assert set(world.table.states()) == {State.DELIVERED}
    for number in range(30):
        mine = [text for text in world.endpoint.texts() if text.split()[0] == f"{number}"]
        assert mine == [f"{number}", f"{number} again"]
    assert world.table.breakers == {}
    assert not any(known.is_held for known in world.table.conversations.values())


def test_it_is_noticed_by_the_first_probe_and_not_when_each_conversation_looks(world: World) -> None:
    break_down(world, customers=30)
    world.endpoint.standing = OK

    pass_time(world, 5)

    assert set(world.table.states()) == {State.DELIVERED}


def test_after_that_messages_go_straight_out(world: World) -> None:
    break_down(world)
    world.endpoint.standing = OK
    pass_time(world, 5)

    write(world, 99)

    assert world.outcomes[-1].result == "delivered"


def test_processes_that_know_of_nothing_hold_and_release_like_the_others(world: World) -> None:
    world.endpoint.standing = DOWN
    for number in range(8):
        write(world, number)
        world.restart()
    assert len(world.endpoint.posts) == 5

    world.endpoint.standing = OK
    until = world.clock() + 6
    while world.clock() < until:
        world.restart()
        world.pump_timers()
        world.restart()
        world.pump_events()
        world.clock.advance(0.5)

    assert set(world.table.states()) == {State.DELIVERED}
    assert world.table.breakers == {}


def test_a_message_the_endpoint_cannot_stand_stops_nobody_else(world: World) -> None:
    world.endpoint.standing = DOWN
    write(world, 1)
    pass_time(world, 45)
    assert breaker(world).is_open
    world.endpoint.standing = OK
    world.restart()

    world.customer_sends(body="healthy", sourceId=customer(2))
    world.pump_events()

    assert world.endpoint.texts()[0] == "healthy"
    assert set(world.table.states()) == {State.DELIVERED}, "and it is taken for a sign of life"


def test_a_message_the_endpoint_never_stands_does_not_keep_the_others_from_finding_out(world: World) -> None:
    break_down(world, customers=8)
    first = next(iter(world.table.messages.values()))
    world.endpoint.by_id[first.id] = DOWN
    world.endpoint.standing = OK

    pass_time(world, 16)

    assert [message.id for message in world.table.messages.values() if message.state is State.HELD] == [first.id]
    assert len(world.endpoint.texts()) == 7


# --- probes --------------------------------------------------------------------------------------------


def test_each_probe_is_another_of_those_that_waited_longest(world: World) -> None:
    break_down(world, customers=probe.CANDIDATES + 2)
    chosen = []
    for _ in range(probe.CANDIDATES + 1):
        world.clock.now = breaker(world).probe_at or 0
        world.probe(PROBE)
        chosen.append(world.events.sent[-1][0].conversation_id)

    names = [conversation_id(apple.BUSINESS, customer(number)) for number in range(probe.CANDIDATES)]
    assert chosen == [*names, names[0]]


def test_only_one_conversation_is_woken_to_probe(world: World) -> None:
    break_down(world)
    world.clock.now = breaker(world).probe_at or 0
    world.events.sent.clear()

    probed = world.probe(PROBE)

    assert (probed.result, probed.endpoint_id) == ("probing", "default")
    ((wake, _),) = world.events.sent
    first = conversation_id(apple.BUSINESS, customer(0))
    assert wake == Event(Kind.WAKE, apple.BUSINESS, first, forced=True, probe=True)


def test_a_probe_note_a_moment_early_is_good_enough_and_a_long_one_waits_on(world: World) -> None:
    break_down(world)
    probe_at = breaker(world).probe_at or 0
    world.clock.now = probe_at - 1.5
    world.timers.sent.clear()

    assert world.probe(PROBE).result == "early"
    assert world.timers.sent == [
        (Timer(apple.BUSINESS, "", probe_at, kind=Kind.PROBE, endpoint_id="default"), world.clock())
    ]

    world.clock.now = probe_at - 0.9
    assert world.probe(PROBE).result == "probing"


def test_the_same_probe_note_twice_probes_once(world: World) -> None:
    break_down(world)
    world.clock.now = breaker(world).probe_at or 0

    assert [world.probe(PROBE).result for _ in range(2)] == ["probing", "early"]


def test_two_that_handle_a_probe_at_once_do_not_both_probe(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    break_down(world)
    world.clock.now = breaker(world).probe_at or 0
    real = type(world.health).take_probe

    def overtaken(self: object, business_id: str, seen: Breaker) -> bool:
        monkeypatch.setattr(type(world.health), "take_probe", real)
        assert world.probe(PROBE).result == "probing"
        return real(self, business_id, seen)  # type: ignore[arg-type]

    monkeypatch.setattr(type(world.health), "take_probe", overtaken)

    assert world.probe(PROBE).result == "taken"
    wakes = [note for note, _ in world.events.sent if note.probe]
    assert len(wakes) == 1


def test_of_what_is_well_nothing_is_probed(world: World) -> None:
    assert world.probe(PROBE).result == "closed"
    assert world.events.sent == []


def test_when_nobody_waits_any_more_the_next_message_will_find_out(world: World) -> None:
    break_down(world)
    for known in list(world.table.conversations):
        world.table.conversations[known].held_endpoint = None
    world.clock.now = breaker(world).probe_at or 0

    assert world.probe(PROBE).result == "nothing_waits"
    assert world.table.breakers == {}


def test_a_probe_whose_timer_was_lost_is_sent_again_by_the_sweeper(world: World) -> None:
    break_down(world)
    world.timers.waiting.clear()
    world.endpoint.standing = OK
    world.clock.now = (breaker(world).probe_at or 0) + 60
    world.events.sent.clear()

    world.sweep(deadline=world.clock() + 50)

    assert PROBE in [note for note, _ in world.events.sent]
    world.pump_events()
    assert set(world.table.states()) == {State.DELIVERED}


def test_a_message_that_comes_when_the_probe_is_late_finds_out(world: World) -> None:
    break_down(world)
    world.timers.waiting.clear()
    world.endpoint.standing = OK
    world.clock.now = (breaker(world).probe_at or 0) + 61
    world.restart()

    write(world, 55)

    assert world.outcomes[-1].result in {"delivered", "released"}
    assert set(world.table.states()) == {State.DELIVERED}, "and wakes the others"


# --- release -------------------------------------------------------------------------------------------


def waiting(world: World, count: int) -> list[str]:
    """So many conversations wait, and the queue has forgotten about them."""
    break_down(world, customers=count)
    world.events.sent.clear()
    return [conversation_id(apple.BUSINESS, customer(number)) for number in range(count)]


def test_everybody_who_waits_is_woken_however_many_pages_that_takes(world: World) -> None:
    names = waiting(world, 2 * probe.PAGE + 7)

    released = world.release(RELEASE, deadline=world.clock() + 100)

    assert (released.result, released.woken) == ("woken", len(names))
    assert [note.conversation_id for note, _ in world.events.sent] == names
    assert {(note.kind, note.forced, note.probe) for note, _ in world.events.sent} == {(Kind.WAKE, True, False)}
    assert len({identity for _, identity in world.events.sent}) == len(names)


def test_a_release_that_runs_out_of_time_goes_on_where_it_stopped(world: World) -> None:
    names = waiting(world, 2 * probe.PAGE + 7)
    event, rounds, woken = RELEASE, 0, 0
    while True:
        released = world.release(event, deadline=world.clock())
        rounds += 1
        woken += released.woken
        if released.result == "woken":
            break
        assert released.result == "continued"
        event = world.events.sent.pop()[0]
        assert (event.kind, event.endpoint_id, event.business_id) == (Kind.RELEASE, "default", apple.BUSINESS)

    assert (rounds, woken) == (3, len(names))
    assert [note.conversation_id for note, _ in world.events.sent] == names


@pytest.mark.parametrize("when", list(When))
def test_a_release_that_could_not_queue_comes_back(world: World, when: When) -> None:
    names = waiting(world, 7)
    world.faults.break_down("events.send_all", when)
    with pytest.raises(Retryable):
        world.release(RELEASE, deadline=world.clock() + 100)
    world.faults.mend()

    world.release(RELEASE, deadline=world.clock() + 100)

    assert [note.conversation_id for note, _ in world.events.sent[-7:]] == names


def test_releasing_nobody_is_no_work(world: World) -> None:
    assert world.release(RELEASE, deadline=world.clock()).woken == 0
    assert world.events.sent == []


@pytest.mark.parametrize("when", list(When))
def test_dying_anywhere_while_it_comes_back_forgets_nobody(when: When) -> None:
    def ready() -> World:
        made = World()
        break_down(made, customers=6)
        made.endpoint.standing = OK
        made.faults.calls.clear()
        return made

    counted = ready()
    counted.settle()
    for number in range(1, len(counted.faults.calls) + 1):
        world = ready()
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[number - 1]}"
        assert not world.faults.pending, where
        assert set(world.table.states()) == {State.DELIVERED}, where
        assert sorted(set(world.endpoint.texts())) == [str(name) for name in range(6)], where
        assert world.table.breakers == {}, where
        assert not any(known.is_held for known in world.table.conversations.values()), where


# --- gone ----------------------------------------------------------------------------------------------


def with_a_desk(world: World, **changed: object) -> None:
    """Everything goes to the default endpoint; another one could be told."""
    desk = Endpoint("desk", DESK, **changed)  # type: ignore[arg-type]
    world.businesses.put(business(endpoints={"default": Endpoint("default", URL), "desk": desk}))
    world.endpoint.by_url[URL] = GONE


def test_an_endpoint_that_says_it_is_gone_is_disabled_and_everything_for_it_kept(world: World) -> None:
    with_a_desk(world)
    write(world, 1)
    write(world, 2)

    assert world.businesses.get(apple.BUSINESS).endpoints["default"].state == "disabled"
    assert world.businesses.get(apple.BUSINESS).endpoints["default"].reason == "gone"
    assert [posted.url for posted in world.endpoint.posts].count(URL) == 1
    assert world.table.states(Direction.INBOUND) == [State.HELD] * 2
    assert world.table.breakers == {}


def test_another_endpoint_is_told_so_once(world: World) -> None:
    with_a_desk(world)
    write(world, 1)
    write(world, 2)

    (told,) = world.endpoint.taken
    assert told.url == DESK
    assert told.event["type"] == "endpoint.disabled"
    assert told.data == {
        "business_id": apple.BUSINESS,
        "endpoint": {"id": "default", "url_host": "hooks.example", "reason": "gone"},
    }
    (notice,) = world.table.notices()
    assert (told.webhook_id, notice.state) == (notice.id, State.DELIVERED)


@pytest.mark.parametrize("state", ["paused", "disabled"])
def test_one_that_gets_nothing_now_is_not_told(world: World, state: str) -> None:
    with_a_desk(world, state=state)
    write(world, 1)
    world.pump_events()

    (notice,) = world.table.notices()
    assert notice.state is State.SUPPRESSED
    assert world.endpoint.taken == []


def test_one_that_did_not_ask_for_such_news_is_not_told(world: World) -> None:
    with_a_desk(world, events=("message.received",))
    write(world, 1)

    (notice,) = world.table.notices()
    assert notice.state is State.SUPPRESSED


def test_when_it_was_the_only_one_nobody_is_told_and_nothing_waits_for_that(world: World) -> None:
    world.endpoint.standing = GONE
    write(world, 1)

    (notice,) = world.table.notices()
    assert notice.state is State.SUPPRESSED
    assert world.table.states(Direction.INBOUND) == [State.HELD]


def test_if_two_are_gone_each_is_told_of_to_whoever_is_left(world: World) -> None:
    endpoints = {"default": Endpoint("default", URL), "desk": Endpoint("desk", DESK)}
    endpoints["third"] = Endpoint("third", "https://third.example/")
    world.businesses.put(business(endpoints=endpoints, rules=(Rule("default"), Rule("desk", intent="desk"))))
    world.endpoint.by_url = {URL: GONE, DESK: GONE}
    write(world, 1)
    world.customer_sends(intent="desk", sourceId=customer(2))
    world.pump_events()
    pass_time(world, 3)

    told = [(posted.url, posted.data["endpoint"]["id"]) for posted in world.endpoint.taken]
    assert told == [("https://third.example/", "default"), ("https://third.example/", "desk")]


def test_one_that_is_told_but_does_not_answer_is_told_later(world: World) -> None:
    with_a_desk(world)
    world.endpoint.by_url[DESK] = DOWN
    write(world, 1)
    (notice,) = world.table.notices()
    assert notice.state is State.HELD

    world.endpoint.by_url[DESK] = OK
    pass_time(world, 10)

    assert world.endpoint.types() == ["endpoint.disabled"]
    assert len({posted.webhook_id for posted in world.endpoint.posts if posted.url == DESK}) == 1


def test_when_it_is_resumed_it_gets_everything_in_order(world: World) -> None:
    with_a_desk(world)
    for number in range(3):
        write(world, 1, body=f"{number}")
    world.endpoint.by_url = {}
    resumed = Endpoint("default", URL, resumed_at=world.clock())
    world.businesses.put(business(endpoints={"default": resumed}))

    world.events.send(RELEASE, deduplication_id="resume")
    world.pump_events()

    assert world.endpoint.texts() == ["0", "1", "2"]
    assert not any(known.is_held for known in world.table.conversations.values())


def test_an_endpoint_that_was_moved_meanwhile_is_not_disabled(world: World) -> None:
    with_a_desk(world)
    world.businesses.cached[apple.BUSINESS] = world.businesses.get(apple.BUSINESS)
    world.businesses.put(business(endpoints={"default": Endpoint("default", "https://new.example/")}))

    write(world, 1)

    assert world.businesses.known[apple.BUSINESS].endpoints["default"].active
    assert world.table.notices() == []
    world.businesses.cached.clear()
    pass_time(world, 5)
    assert [posted.url for posted in world.endpoint.taken] == ["https://new.example/"]


def test_what_is_cached_as_paused_is_looked_at_again_before_anything_is_held(world: World) -> None:
    paused = {"default": Endpoint("default", URL, state="paused")}
    world.businesses.cached[apple.BUSINESS] = business(endpoints=paused)

    write(world, 1)

    assert world.outcomes[-1].result == "delivered"
