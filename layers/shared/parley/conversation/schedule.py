"""When a failed delivery is tried again, and when it is given up."""

from __future__ import annotations

from typing import Final

HOUR: Final = 3600.0

DELIVERY_WAITS: Final = (2.0, 4.0, 8.0, 30.0, 120.0, 600.0, 0.5 * HOUR, HOUR, 2 * HOUR, 5 * HOUR)
"""Seconds after each failed attempt at a webhook; then `DELIVERY_LAST_WAIT` again and again."""

DELIVERY_LAST_WAIT: Final = 10 * HOUR
DELIVERY_GIVE_UP: Final = 76 * HOUR
"""A message is tried for at least this long before it becomes `failed`."""

SEND_WAITS: Final = (1.0, 4.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds after each send that Apple did not take (protocol/03 §6, and longer: an outage is not a refusal)."""

JITTER: Final = 0.2


def delivery_wait(attempt: int, *, chance: float, retry_after: float | None = None) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 1), with ±20 % jitter.

    `chance` is uniform in [0, 1). A longer `retry_after` the receiver asked for is honoured.
    """
    wait = DELIVERY_WAITS[attempt - 1] if attempt <= len(DELIVERY_WAITS) else DELIVERY_LAST_WAIT
    jittered = wait * (1 - JITTER + 2 * JITTER * chance)
    return max(jittered, min(retry_after or 0.0, DELIVERY_LAST_WAIT))


def delivery_exhausted(first_tried: float, now: float) -> bool:
    """Whether a message first tried at `first_tried` has had its 76 hours."""
    return now - first_tried >= DELIVERY_GIVE_UP


def send_wait(attempt: int, *, chance: float, retry_after: float | None = None) -> float | None:
    """Seconds until the next send after failed attempt `attempt` (from 1); None when it was the last."""
    if attempt > len(SEND_WAITS):
        return None
    jittered = SEND_WAITS[attempt - 1] * (1 - JITTER + 2 * JITTER * chance)
    return max(jittered, min(retry_after or 0.0, HOUR))
