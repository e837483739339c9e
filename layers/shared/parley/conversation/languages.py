"""Which of several languages somebody is answered in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.routing import speaks

if TYPE_CHECKING:
    from collections.abc import Iterable


def chosen(offered: Iterable[str], wanted: str | None, *, otherwise: str) -> str:
    """The offered locale that is nearest to the wanted one: itself, then its language, then `otherwise`."""
    return max((each for each in offered if speaks(each, wanted)), key=len, default=otherwise)
