"""The promises that need a world of their own: a long outage, identical calls at once, one large crowd."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tests.chaos.checker import Checker, Violation
from tests.chaos.run import SETTLE_SECONDS, run
from tests.chaos.story import Story
from tests.chaos.talk import Talk
from tests.chaos.weather import Weather
from tests.chaos.web import Standing
from tests.chaos.world import Pace, World

if TYPE_CHECKING:
    from random import Random

HOUR: Final = 3600.0
OUTAGE_HOURS: Final = 76.0
DRAIN_SECONDS: Final = 120.0
LAST_PROBE_SECONDS: Final = 75.0
"""Within which the last probe of the outage fails."""
SLOWER: Final = 1.1
PACE: Final = Pace(aws=0.010, web=0.050)


@dataclass
class Outcome:
    """The counts of one scenario, and what was wrong."""

    counts: dict[str, Any]
    violations: list[Violation] = field(default_factory=list)


def fair(chance: Random) -> Weather:
    """Nothing goes wrong by itself."""
    return Weather(chance, {})


def outage(*, talks: int = 10_000, hours: float = OUTAGE_HOURS, each: int = 3, seed: int = 0) -> Outcome:
    """One endpoint is away for `hours`; `talks` customers write `each` messages meanwhile; then it is back.

    It is back right after a try has failed: the next is as far away as it can be. Measured: virtual seconds from
    then until the last of those messages was taken.
    """
    world = World(seed, sky=fair, pace=PACE, keep_trace=False)
    story = Story(world)
    business = str(uuid.UUID(int=world.chance.getrandbits(128), version=4))
    (receiver,) = world.register(business, ["main"])
    receiver.standing = Standing.REFUSES
    began, span = world.loop.now, hours * HOUR
    for place in range(talks):
        talk = Talk(business, f"urn:mbid:AQ{place:06d}{world.chance.randbytes(12).hex()}==")
        story.talks.append(talk)
        # Everybody's first within the first hour, the others whenever they like.
        moments = sorted(
            [world.chance.uniform(2.0, HOUR), *(world.chance.uniform(HOUR, span) for _ in range(each - 1))]
        )
        for moment in moments:
            world.loop.call_at(began + moment, partial(story.go, partial(story.write_plainly, talk), "customer"))
    # A little less than all of it: what is 76 hours old when a probe fails is given up, and rightly so.
    world.run(until=began + span - LAST_PROBE_SECONDS)
    held = sum("held_since" in item for item in world.items("CONV#"))
    taken_before = len(world.taken)
    failed = world.web.requests
    while world.web.requests == failed:
        world.run(until=world.loop.now + 1.0)
    recovered = world.loop.now
    receiver.standing = Standing.UP
    settled = world.settle(within=SETTLE_SECONDS, idle=story.is_over)
    verdict = Checker(world, story).judge(settled=settled)
    drained = max((taken.at for taken in world.taken), default=world.loop.now) - recovered
    if drained > DRAIN_SECONDS:
        verdict.blame("slow_drain", f"took {drained:.1f} s to drain {held} conversations")
    counts = verdict.counts
    return Outcome(
        {
            "scenario": "outage",
            "hours": hours,
            "held_conversations": held,
            "messages": counts["messages"],
            "taken_before_recovery": taken_before,
            "drained_seconds": round(drained, 1),
            **{name: counts[name] for name in ("lost", "inversions", "duplicates", "wrong_ids", "stuck")},
        },
        verdict.violations,
    )


def same_send(*, rounds: int = 1000, at_once: int = 20, seed: int = 0, rounds_each: int = 20) -> Outcome:
    """Identical calls at the same moment, under every misfortune, over and over: one Apple message each."""
    totals: Counter[str] = Counter()
    violations: list[Violation] = []
    worlds = -(-rounds // rounds_each)
    for number in range(worlds):
        world = World(seed + number)
        story = Story(world)
        business = str(uuid.UUID(int=world.chance.getrandbits(128), version=4))
        world.register(business, ["main"])
        talk = Talk(business, f"urn:mbid:AQ{world.chance.randbytes(12).hex()}==")
        story.talks.append(talk)
        story.go(partial(_rounds, story, talk, min(rounds_each, rounds - number * rounds_each), at_once), "business")
        while story.busy and not world.is_hopeless:
            world.run(until=world.loop.now + 60.0)
        world.heal()
        settled = world.settle(within=SETTLE_SECONDS, idle=story.is_over)
        verdict = Checker(world, story).judge(settled=settled)
        violations += verdict.violations
        totals.update(verdict.counts)
        totals["rounds"] += len(talk.asked)
        totals["calls"] += at_once * len(talk.asked)
        totals["apple_messages"] += len({shown.id for shown in world.phone.log})
        totals["posts_to_apple"] += len(world.phone.log)
    names = ("rounds", "calls", "apple_messages", "posts_to_apple", "double_sends", "lost", "stuck", "untrue")
    return Outcome({"scenario": "same_send", **{name: totals[name] for name in names}}, violations)


def _rounds(story: Story, talk: Talk, rounds: int, at_once: int) -> None:
    for _ in range(rounds):
        story.pause()
        story.send(talk, at_once=at_once)


def crowd(*, talks: int = 100, length: int = 60, seed: int = 0) -> Outcome:
    """One world with many conversations and long ones, under every misfortune."""
    result = run(seed, businesses=5, talks=talks, length=length, fixed=True, patience=24 * HOUR, keep_trace=False)
    counts = result.verdict.counts
    names = ("conversations", "messages", "webhooks", "lost", "inversions", "outbound_inversions", "duplicates")
    return Outcome(
        {
            "scenario": "crowd",
            **{name: counts[name] for name in (*names, "double_sends", "wrong_ids", "stuck")},
            "faults": sum(result.faults.values()),
        },
        result.verdict.violations,
    )


def neighbour(*, talks: int = 60, length: int = 40, seconds: float = 600.0, seed: int = 0) -> Outcome:
    """Two businesses, each with as many customers; then once more with the other one's endpoint hanging.

    Measured: how long the first one's webhooks take from Apple's yes, 19 of 20 of them, in virtual milliseconds.
    """
    alone, beside = (_latencies(talks, length, seconds, seed, other) for other in (Standing.UP, Standing.HANGS))
    p95 = [latencies[int(len(latencies) * 0.95)] * 1000 for latencies in (alone, beside)]
    outcome = Outcome(
        {
            "scenario": "neighbour",
            "messages": len(beside),
            "p95_ms": round(p95[0], 1),
            "p95_beside_a_dead_endpoint_ms": round(p95[1], 1),
            "ratio": round(p95[1] / p95[0], 3),
        }
    )
    if p95[1] > SLOWER * p95[0] or len(beside) < len(alone):
        outcome.violations.append(
            Violation("slow_neighbour", f"95 % took {p95[0]:.0f} ms alone, {p95[1]:.0f} ms beside")
        )
    return outcome


def _latencies(talks: int, length: int, seconds: float, seed: int, other: Standing) -> list[float]:
    world = World(seed, sky=fair, pace=PACE, keep_trace=False)
    story = Story(world)
    names = [str(uuid.UUID(int=world.chance.getrandbits(128), version=4)) for _ in range(2)]
    for name, standing in zip(names, (Standing.UP, other), strict=True):
        (receiver,) = world.register(name, ["main"])
        receiver.standing = standing
        for place in range(talks):
            talk = Talk(name, f"urn:mbid:AQ{place:06d}{world.chance.randbytes(12).hex()}==")
            story.talks.append(talk)
            for _ in range(length):
                moment = world.loop.now + world.chance.uniform(0.0, seconds)
                world.loop.call_at(moment, partial(story.go, partial(story.write_plainly, talk), "customer"))
    world.run(until=world.loop.now + seconds + 60.0)
    taken = {(one.business, one.said): one.at for one in reversed(world.taken)}
    first = [talk for talk in story.talks if talk.business == names[0]]
    return sorted(
        taken[names[0], one.said] - one.accepted
        for talk in first
        for one in talk.written
        if one.accepted is not None and (names[0], one.said) in taken
    )
