"""What an endpoint wants, and whether it gets anything now."""

from __future__ import annotations

import pytest

from parley.business.model import Breaker, Endpoint

URL = "https://hooks.example/"


@pytest.mark.parametrize(("state", "active"), [("active", True), ("paused", False), ("disabled", False)])
def test_only_an_active_endpoint_gets_webhooks(state: str, *, active: bool) -> None:
    assert Endpoint("default", URL, state=state).active is active  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "event", "wanted"),
    [
        ((), "message.sent", True),
        ((), "typing.started", True),
        (("message.sent",), "message.sent", True),
        (("message.sent",), "message.failed", False),
        (("message.sent",), "message.received", True),
        (("message.failed", "message.sent"), "message.sent", True),
    ],
)
def test_an_endpoint_takes_what_it_named_and_messages_always(events: tuple[str, ...], event: str, wanted: bool) -> None:
    assert Endpoint("default", URL, events=events).takes(event) is wanted


def test_a_breaker_is_open_since_a_moment_or_not_at_all() -> None:
    assert not Breaker("default", failures=99).is_open
    assert Breaker("default", open_since=0.0).is_open
