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

PROBE_WAITS: Final = (5.0, 10.0, 20.0, 40.0)
"""Seconds between probes of an endpoint whose breaker is open; then `PROBE_LAST_WAIT` again and again."""

PROBE_LAST_WAIT: Final = 60.0
"""So long at most until a recovery is noticed."""

PARTS_SECONDS: Final = 60.0
"""How long a message waits for its attachments (design §5, Attachments)."""

TRANSFER_WAITS: Final = (0.5, 2.0, 8.0, 30.0, 120.0, 600.0, 900.0, 900.0, 900.0, 900.0)
"""Seconds after each failed transfer of an attachment: more than an hour in all. Each begins with a new URL."""

CORRUPT_TRANSFERS: Final = 3
"""How often bytes may come that are not what the sender signed: the same bytes will hardly get better."""

JITTER: Final = 0.2


def delivery_wait(attempt: int, *, chance: float, retry_after: float | None = None) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 1), with ±20 % jitter.

    `chance` is uniform in [0, 1). A longer `retry_after` the receiver asked for is honoured.
    """
    wait = DELIVERY_WAITS[attempt - 1] if attempt <= len(DELIVERY_WAITS) else DELIVERY_LAST_WAIT
    jittered = wait * (1 - JITTER + 2 * JITTER * chance)
    return max(jittered, min(retry_after or 0.0, DELIVERY_LAST_WAIT))


def quiet_wait(attempt: int, *, chance: float) -> float:
    """Seconds until a conversation looks again that waits for a breaker to close, which will wake it by itself."""
    return max(delivery_wait(attempt, chance=chance), PROBE_LAST_WAIT)


def probe_wait(failures: int, *, chance: float, retry_after: float | None = None) -> float:
    """Seconds until the next probe after `failures` of them, with ±20 % jitter; a longer `retry_after` is honoured."""
    wait = PROBE_WAITS[failures] if failures < len(PROBE_WAITS) else PROBE_LAST_WAIT
    return max(wait * (1 - JITTER + 2 * JITTER * chance), min(retry_after or 0.0, HOUR))


def delivery_exhausted(first_tried: float, now: float) -> bool:
    """Whether a message first tried at `first_tried` has had its 76 hours."""
    return now - first_tried >= DELIVERY_GIVE_UP


def send_wait(attempt: int, *, chance: float, retry_after: float | None = None) -> float | None:
    """Seconds until the next send after failed attempt `attempt` (from 1); None when it was the last."""
    if attempt > len(SEND_WAITS):
        return None
    jittered = SEND_WAITS[attempt - 1] * (1 - JITTER + 2 * JITTER * chance)
    return max(jittered, min(retry_after or 0.0, HOUR))


def transfer_wait(attempt: int, *, chance: float, retry_after: float | None = None) -> float | None:
    """Seconds until an attachment's next transfer after failed attempt `attempt` (from 1); None after the last."""
    if attempt > len(TRANSFER_WAITS):
        return None
    jittered = TRANSFER_WAITS[attempt - 1] * (1 - JITTER + 2 * JITTER * chance)
    return max(jittered, min(retry_after or 0.0, HOUR / 4))
