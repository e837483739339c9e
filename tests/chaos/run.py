"""One seed from beginning to end, and what to show when a promise was broken."""

from __future__ import annotations

import gc
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.chaos.checker import Checker, Verdict
from tests.chaos.story import Story
from tests.chaos.weather import Weather
from tests.chaos.world import World
from tests.support.clock import NEW_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.chaos.calls import Step
    from tests.chaos.checker import Violation
    from tests.chaos.sabotage import Sabotage

HOUR: Final = 3600.0
MISFORTUNE_SECONDS: Final = 3 * HOUR
SETTLE_SECONDS: Final = 120 * HOUR
MAX_TRACE: Final = 120
_EPOCH: Final = NEW_YEAR


@dataclass
class Result:
    """What one seed gave. `digest` is the same whenever the same seed runs the same code."""

    seed: int
    verdict: Verdict
    faults: dict[str, int]
    digest: str
    turns: int
    report: list[str] = field(default_factory=list)


def run(
    seed: int,
    *,
    sky: Callable[[Random], Weather] = Weather.of,
    sabotage: Sabotage | None = None,
    businesses: int = 2,
    talks: int = 6,
    length: int = 8,
    fixed: bool = False,
    patience: float = MISFORTUNE_SECONDS,
    keep_trace: bool = True,
) -> Result:
    """Play one seed: misfortune for as long as people write, then everything heals, then judgement."""
    world = World(seed, sky=sky, sabotage=sabotage, keep_trace=keep_trace)
    story = Story(world)
    story.begin(businesses=businesses, talks=talks, length=length, fixed=fixed)
    began = world.loop.now
    while story.busy and world.loop.now < began + patience and not world.is_hopeless:
        world.run(until=world.loop.now + 60.0)
    world.heal()
    story.mend()
    settled = world.settle(within=SETTLE_SECONDS, idle=story.is_over)
    verdict = Checker(world, story).judge(settled=settled)
    result = Result(
        seed,
        verdict,
        dict(world.sky.struck),
        _digest(world.trace.steps),
        world.loop.turns,
        [line for violation in verdict.violations[:3] for line in _report(seed, violation, world)],
    )
    gc.collect(1)
    return result


def _digest(steps: list[Step]) -> str:
    whole = hashlib.sha256()
    for step in steps:
        whole.update(repr(step).encode())
    return whole.hexdigest()


def _report(seed: int, violation: Violation, world: World) -> list[str]:
    """The violation and the steps that speak of what it is about."""
    lines = [f"seed {seed}: {violation.kind}: {violation.words}", f"  make chaos seeds=1 first={seed}"]
    if not violation.about:
        return lines
    wanted = violation.about[:-1] or violation.about
    chosen = [step for step in world.trace.steps if any(one in step.about for one in wanted)]
    lines += [_line(step) for step in chosen[:MAX_TRACE]]
    return lines


def _line(step: Step) -> str:
    return f"  {step.at - _EPOCH:12.3f}  {step.who:24} {step.what:24} {step.about[:110]:110} {step.outcome}"


def merged(results: list[Result]) -> dict[str, Any]:
    """The counts of several seeds as the one JSON line shows them."""
    counts: dict[str, int] = {}
    faults: dict[str, int] = {}
    for result in results:
        for name, number in result.verdict.counts.items():
            counts[name] = counts.get(name, 0) + number
        for name, number in result.faults.items():
            faults[name] = faults.get(name, 0) + number
    return {"counts": counts, "faults": faults}
