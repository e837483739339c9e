"""Usage through the API."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.console import Console

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

MIDNIGHT_SECONDS = 20.0


@pytest.fixture
def today() -> date:
    """The day in UTC. A test that would go on into the next one begins with that."""
    now = datetime.now(UTC)
    left = 86_400 - (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    if left < MIDNIGHT_SECONDS:
        time.sleep(left)
    return datetime.now(UTC).date()


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_messages_of_today_are_told_with_the_plan(console: Console, stack: Stack, today: date) -> None:
    stack.post()
    for number in range(2):
        stack.api({"to": apple.CUSTOMER, "body": f"Hello {number}"})
    stack.api({"to": apple.CUSTOMER, "body": "Hello"}, key={"mode": "test"})

    used = console.get("/v1/usage").json

    assert (used["tier"], used["limits"]) == ("standard", {"requests_per_second": 20.0, "burst": 40})
    assert len(used["data"]) == 7
    assert used["data"][-1] == {"day": today.isoformat(), "inbound": 1, "outbound": 2, "test": 1, "final": False}
    assert used["data"][0] == {
        "day": (today - timedelta(days=6)).isoformat(),
        "inbound": 0,
        "outbound": 0,
        "test": 0,
        "final": True,
    }
    assert "next_cursor" not in used


def test_a_business_of_another_tier_may_do_more(console: Console, stack: Stack, today: date) -> None:
    stack.register.tier(apple.BUSINESS, "plus")

    used = console.get(f"/v1/usage?since={today}").json

    assert (used["tier"], used["limits"]) == ("plus", {"requests_per_second": 100.0, "burst": 200})


def test_what_takes_several_calls_is_followed_by_its_cursor(
    console: Console, monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    monkeypatch.setattr(compose.usage(), "_pages", 12)
    days: list[str] = []
    target = "/v1/usage"

    for _ in range(10):
        page = console.get(target).json
        days += [each["day"] for each in page["data"]]
        if "next_cursor" not in page:
            break
        target = f"/v1/usage?cursor={page['next_cursor']}"

    assert days == [(today - timedelta(days=back)).isoformat() for back in range(6, -1, -1)]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("since=yesterday", "?since"),
        ("since=2026-2-3", "?since"),
        ("since=20260203", "?since"),
        ("since=2026-02-30", "?since"),
        ("until=9999-12-31", "?until"),
        ("since=2020-01-01&until=2020-03-01", "?since"),
        ("since=2020-01-02&until=2020-01-01", "?since"),
        ("since=2999-01-01", "?since"),
        ("cursor=x", "?cursor"),
        ("day=2026-01-01", "?day"),
    ],
)
def test_mistakes_are_named(console: Console, query: str, path: str) -> None:
    answer = console.get(f"/v1/usage?{query}")

    assert answer.status == 422
    assert [at for at, _ in answer.faults] == [path]


def test_days_long_ago_are_days_too(console: Console) -> None:
    (day,) = console.get("/v1/usage?since=1970-01-01&until=1970-01-01").json["data"]

    assert day["final"]


def test_another_business_counts_its_own(console: Console, stack: Stack, today: date) -> None:
    stack.post()

    used: Any = Console(apple.OTHER_BUSINESS).get(f"/v1/usage?since={today}").json

    assert used["data"][0]["inbound"] == 0
