"""Tiers: how much of the business API a business may use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Literal, get_args

from parley.errors import Fatal

type Tier = Literal["standard", "plus"]

TIERS: Final[tuple[str, ...]] = get_args(Tier.__value__)
STANDARD: Final = "standard"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the usage plan of a tier allows one business: calls a second, and at once."""

    requests_per_second: float
    burst: int


def read(text: str) -> dict[str, Limits]:
    """`{"standard": [20, 40], …}` as template.yaml writes it. Raises Fatal when a tier is missing."""
    try:
        found = {tier: Limits(*pair) for tier, pair in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        raise Fatal("the tiers in the environment are no JSON object of pairs") from None
    if missing := [tier for tier in TIERS if tier not in found]:
        raise Fatal(f"the tiers in the environment lack {', '.join(missing)}")
    return found
