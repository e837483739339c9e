"""The body of a webhook."""

from __future__ import annotations

import json

import pytest

from parley.business import webhooks


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600, "2026-01-01T00:00:00.000Z"),
        (1_767_225_600.9994, "2026-01-01T00:00:00.999Z"),
        (1_767_225_600.0001, "2026-01-01T00:00:00.000Z"),
    ],
)
def test_times_are_utc_with_milliseconds(seconds: float, text: str) -> None:
    assert webhooks.iso(seconds) == text


def test_an_event_is_type_timestamp_and_data_in_compact_utf8() -> None:
    body = webhooks.event("message.received", at=1_767_225_600, data={"body": "Gr\u00fc\u00dfe"})

    assert body == (
        '{"type":"message.received","timestamp":"2026-01-01T00:00:00.000Z","data":{"body":"Gr\u00fc\u00dfe"}}'.encode()
    )
    assert json.loads(body)["data"] == {"body": "Gr\u00fc\u00dfe"}
