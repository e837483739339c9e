from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from local.web.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NEVER_SECONDS = 3600


async def wait_while(changes: Changes, action: Callable[[], None], ready: Callable[[], bool]) -> None:
    poll = asyncio.create_task(changes.until(ready, seconds=NEVER_SECONDS))
    await asyncio.sleep(0)
    assert not poll.done()
    action()
    await poll


def test_a_change_that_makes_it_ready_ends_a_poll() -> None:
    async def scenario() -> None:
        changes = Changes()
        news: list[str] = []

        def happen() -> None:
            news.append("message")
            changes.announce()

        await wait_while(changes, happen, lambda: bool(news))

    asyncio.run(scenario())


def test_a_change_of_something_else_does_not_end_a_poll() -> None:
    async def scenario() -> None:
        changes = Changes()
        poll = asyncio.create_task(changes.until(lambda: False, seconds=NEVER_SECONDS))
        for _ in range(5):
            await asyncio.sleep(0)
            changes.announce()
        assert not poll.done()
        changes.end()
        await poll

    asyncio.run(scenario())


def test_a_server_that_stops_ends_its_polls_and_starts_no_new_ones() -> None:
    async def scenario() -> None:
        changes = Changes()
        await wait_while(changes, changes.end, lambda: False)
        await changes.until(lambda: False, seconds=NEVER_SECONDS)

    asyncio.run(scenario())


def test_a_poll_without_patience_returns_at_once() -> None:
    asyncio.run(Changes().until(lambda: False, seconds=0))
