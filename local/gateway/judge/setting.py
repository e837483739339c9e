"""What the content of a message is judged against, beside itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local.gateway.judge.fields import Fields


@dataclass(frozen=True)
class Setting:
    """The moment and the business's registration; `images` are the identifiers of the message's own pictures."""

    now: float
    """Unix time: slots and merchant sessions expire."""
    merchant_ids: frozenset[str] | None = None
    """The Apple Pay merchant ids of the registration; None takes any."""
    images: frozenset[str] = frozenset()


KindJudge = Callable[[Fields, Setting], list[str]]
"""Judges what stands under the key of a kind. Returns violations; raises RefusalError."""
