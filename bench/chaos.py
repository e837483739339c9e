"""`make chaos`: every promise about delivery, over many seeds of misfortune. See docs/chaos.md.

Ends with one JSON line of counts. Exit code 1 when a promise was broken, with the seed that shows it again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

from bench import say
from tests.chaos import run as play
from tests.chaos import scenarios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    from tests.chaos.run import Result
    from tests.chaos.scenarios import Outcome

SCENARIOS: Final[Mapping[str, Callable[[], Outcome]]] = {
    "outage": scenarios.outage,
    "crowd": scenarios.crowd,
    "same_send": scenarios.same_send,
    "neighbour": scenarios.neighbour,
}
PROMISES: Final = (
    "lost",
    "inversions",
    "outbound_inversions",
    "wrong_ids",
    "double_sends",
    "signatures",
    "stuck",
    "untrue",
    "untold",
    "dead_letters",
    "errors",
    "slow_drain",
)
"""Kinds of broken promises: each is in the line, so that a zero can be seen."""
ALL_FROM: Final = 100
"""With fewer seeds than this nobody wants to wait for the scenarios."""


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", choices=[*SCENARIOS, "seeds"])
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    wanted = [asked.only] if asked.only else ["seeds", *(SCENARIOS if asked.seeds >= ALL_FROM else ())]
    seeds = range(asked.first, asked.first + asked.seeds) if "seeds" in wanted else range(0)
    work = [SCENARIOS[name] for name in wanted if name in SCENARIOS]
    results: list[Result] = []
    outcomes: list[Outcome] = []
    # The scenarios first: one of them takes as long as many seeds.
    for done in _all([*work, *(partial(play.run, seed) for seed in seeds)], processes=asked.processes):
        if isinstance(done, play.Result):
            results.append(done)
        else:
            outcomes.append(done)
    _tell(results, outcomes)
    line = _line(asked, results, outcomes)
    line["seconds"] = round(time.monotonic() - began)
    for outcome in outcomes:
        print(json.dumps(outcome.counts))
    print(json.dumps(line), flush=True)
    return 1 if any(line[promise] for promise in PROMISES) else 0


def _all(work: list[Callable[[], Any]], *, processes: int) -> Iterator[Any]:
    """What comes of everything, in order; says now and then how far it is. A single seed is played here and now."""
    if min(processes, len(work)) == 1:
        yield from (each() for each in work)
        return
    told = time.monotonic()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running: list[Future[Any]] = [pool.submit(each) for each in work]
        for number, future in enumerate(running, 1):
            yield future.result()
            if time.monotonic() - told > 15:
                say(f"{number} of {len(work)} done")
                told = time.monotonic()


def _tell(results: list[Result], outcomes: list[Outcome]) -> None:
    """What was broken, for people."""
    for result in results:
        for text in result.report:
            say(text)
    for outcome in outcomes:
        for violation in outcome.violations[:10]:
            say(f"{outcome.counts['scenario']}: {violation.kind}: {violation.words}")


def _line(asked: argparse.Namespace, results: list[Result], outcomes: list[Outcome]) -> dict[str, Any]:
    """The counts of all seeds, and the broken promises of everything."""
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for result in results:
        counts.update(result.verdict.counts)
        faults.update(result.faults)
    for outcome in outcomes:
        counts.update(violation.kind for violation in outcome.violations)
    told = ("conversations", "messages", "webhooks", "duplicates")
    return {
        "bench": "chaos",
        "seeds": len(results),
        "first": asked.first,
        **{name: counts[name] for name in (*told, *PROMISES)},
        "faults": dict(sorted(faults.items())),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
