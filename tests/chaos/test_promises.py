"""A slice of `make chaos`: whatever goes wrong, every promise is kept; and the same seed is the same run."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.chaos import scenarios
from tests.chaos.deployment import ROOT
from tests.chaos.run import merged, run

if TYPE_CHECKING:
    from tests.chaos.run import Result

SEEDS: Final = 40


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return [run(seed) for seed in range(SEEDS)]


def test_whatever_goes_wrong_nothing_is_lost_doubled_or_out_of_order(results: list[Result]) -> None:
    broken = [line for result in results for line in result.report]

    assert not broken, "\n".join(broken)


def test_enough_goes_wrong_and_enough_is_said(results: list[Result]) -> None:
    counts, faults = merged(results)["counts"], merged(results)["faults"]

    assert counts["messages"] > 30 * SEEDS
    assert counts["duplicates"] > SEEDS
    assert counts["greetings"] > SEEDS
    assert counts["outbound_sent"] > 10 * SEEDS
    assert len([kind for kind, number in faults.items() if number > 3]) > 20


def test_a_seed_is_the_same_run_every_time(results: list[Result]) -> None:
    assert [run(seed).digest for seed in (3, 11)] == [results[seed].digest for seed in (3, 11)]
    assert len({result.digest for result in results}) == SEEDS


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_seed_is_the_same_run_in_every_interpreter(results: list[Result], hash_seed: str) -> None:
    """The order of sets and dictionaries of texts differs from one interpreter to the next; a run must not."""
    script = "from tests.chaos.run import run; print(run(5).digest, run(23).digest)"
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/shared'}"}

    told = subprocess.run([sys.executable, "-c", script], env=env, cwd=ROOT, check=True, capture_output=True, text=True)

    assert told.stdout.split() == [results[5].digest, results[23].digest]


def test_a_long_outage_drains_in_order_within_two_minutes() -> None:
    outcome = scenarios.outage(talks=40, hours=6.0)

    assert not outcome.violations
    assert outcome.counts["held_conversations"] == 40
    assert outcome.counts["taken_before_recovery"] == 0
    assert outcome.counts["drained_seconds"] <= scenarios.DRAIN_SECONDS


def test_twenty_identical_calls_at_once_are_one_message_of_apples() -> None:
    outcome = scenarios.same_send(rounds=10)

    assert not outcome.violations
    assert (outcome.counts["rounds"], outcome.counts["calls"], outcome.counts["apple_messages"]) == (10, 200, 10)


def test_an_endpoint_that_hangs_does_not_slow_its_neighbour() -> None:
    outcome = scenarios.neighbour(talks=20, length=12, seconds=200.0)

    assert outcome.violations == []
    assert outcome.counts["messages"] == 240
