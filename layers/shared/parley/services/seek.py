"""One page of a list whose index knows only the order: looked through until there are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from parley.conversation.listing import Places
    from parley.conversation.ulids import Span


def seek[Thing](
    span: Span | None,
    *,
    places: Callable[[Span], Places],
    read: Callable[[Iterable[str]], Mapping[str, Thing]],
    takes: Callable[[Thing], bool],
    limit: int,
    most: int,
) -> tuple[list[Thing], str | None]:
    """The newest `limit` of a span that `takes` wants, or those among the first `most` looked at or a few more.

    Also the place (ULID) of the last one looked at; None when nothing follows. What is gone is left out.
    """
    found: list[Thing] = []
    examined = 0
    while span is not None:
        page = places(span)
        known = read(place.id for place in page.places)
        for number, place in enumerate(page.places, start=1):
            thing = known.get(place.id)
            if thing is not None and takes(thing):
                found.append(thing)
            if len(found) == limit:
                follows = page.more or number < len(page.places)
                return found, place.ulid if follows else None
        if not page.more:
            break
        reached = page.places[-1].ulid
        examined += len(page.places)
        if examined >= most:
            return found, reached
        span = span.up_to(reached)
    return found, None
