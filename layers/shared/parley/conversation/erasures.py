"""One erasure: whom it forgets, how far it is, and what is said of it when it is done.

It is done twice. The first time takes away what was said, at once, and leaves a stub of each message; the second time,
when whoever may have been at work with them has ended, takes the stubs too and what was left behind meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

KEPT_SECONDS: Final = 45 * 86_400
"""How long is remembered that somebody was forgotten: longer than a note lives in a queue, its dead-letter queue and,
after a redrive, in the queue again (14 days each)."""

RECEIPT_SECONDS: Final = 400 * 86_400
"""How long a receipt can be asked for after it last moved."""


class ErasureState(StrEnum):
    """running → completed."""

    RUNNING = "running"
    COMPLETED = "completed"


@dataclass(slots=True)
class Erasure:
    """Times are Unix seconds. It names a conversation, never the customer."""

    id: str
    business_id: str
    conversation_id: str
    requested_at: float
    state: ErasureState = ErasureState.RUNNING
    before: float | None = None
    """What was received then or earlier is erased; what comes later is a new beginning."""
    deleted: dict[str, int] = field(default_factory=dict)
    """How many of what: `messages`, `attempts`, `attachments`, `marks`, `dead_letters`."""
    kept_files: int = 0
    """Files of the business that were sent to others as well."""
    unread: list[str] = field(default_factory=list)
    """Dead-letter queues too long to be read to their end."""
    next_at: float = 0.0
    lease_until: float = 0.0
    """Until then one worker has it."""
    erased_at: float | None = None
    """When all contents were gone."""
    completed_at: float | None = None
    version: int = 0
    """Counts the writes, so that of two at once one is refused."""

    def count(self, what: str, number: int = 1) -> None:
        """So many more are gone."""
        if number:
            self.deleted[what] = self.deleted.get(what, 0) + number


@dataclass(frozen=True, slots=True)
class Belongings:
    """What hangs on one message beside its own items."""

    attachment_ids: tuple[str, ...] = ()
    """What was fetched for it."""
    file_ids: tuple[str, ...] = ()
    """What the business uploaded and enclosed."""
    twin: str | None = None
    """The digest of an interactive reply."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one step of an erasure took away."""

    attempts: int = 0
    attachments: int = 0
    marks: int = 0
    kept_files: int = 0
