"""The checker sees what it is there to see: with a bug put in, the promises are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.chaos import sabotage
from tests.chaos.run import run
from tests.chaos.sabotage import Sabotage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.run import Result

MOST_SEEDS: Final = 12


def runs(bug: Sabotage) -> Iterator[Result]:
    return (run(seed, sabotage=bug) for seed in range(MOST_SEEDS))


@pytest.mark.parametrize(
    ("bug", "broken"),
    [
        (sabotage.NewestFirst(), "inversions"),
        (sabotage.NoMarkers(), "lost"),
        (sabotage.NoMarkers(), "stuck"),
        (sabotage.NoNews(), "untold"),
        (sabotage.BlindSweeper(), "stuck"),
        (sabotage.OneGroupEach(), "inversions"),
        (sabotage.OneGroupEach(), "outbound_inversions"),
        (sabotage.FreshAppleIds(), "double_sends"),
        (sabotage.FreshWebhookIds(), "wrong_ids"),
        (sabotage.FreshWebhookIds(), "signatures"),
        (sabotage.BelievesTooSoon(), "lost"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Sabotage) else value,
)
def test_a_bug_is_found_within_a_few_seeds_and_told_with_its_seed(bug: Sabotage, broken: str) -> None:
    found = next((result for result in runs(bug) if result.verdict.counts[broken]), None)

    assert found is not None
    assert f"make chaos seeds=1 first={found.seed}" in "\n".join(found.report)
