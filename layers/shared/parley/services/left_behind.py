"""Messages that were accepted while their queue was away: whoever comes next takes them along, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parley.conversation.records import Message, State
    from parley.services import ports


def left_behind(
    messages: ports.Messages, message: Message, others: Iterable[str], *, waiting: State
) -> tuple[list[Message], list[Message]]:
    """Those of `others` still in the state `waiting`: accepted before `message`, oldest first, and after it."""
    found = [messages.get(message.business_id, other) for other in sorted(others)]
    left = sorted(
        (other for other in found if other is not None and other.state is waiting), key=lambda other: other.ulid
    )
    place = sum(other.ulid < message.ulid for other in left)
    return left[:place], left[place:]
