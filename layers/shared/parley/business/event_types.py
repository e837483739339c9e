"""The types of events a business can be told of."""

from __future__ import annotations

from typing import Final

ALWAYS: Final = "message.received"
"""Nobody can do without: order and answers hang on it."""

TEST: Final = "endpoint.test"
"""Sent when it is asked for, whatever an endpoint subscribed to."""

SUBSCRIBABLE: Final = (
    ALWAYS,
    "message.sent",
    "message.failed",
    "message.unknown",
    "message.cancelled",
    "reaction.received",
    "typing.started",
    "typing.ended",
    "conversation.closed",
    "conversation.reopened",
    "conversation.handed_over",
    "invitation.closed",
    "trigger.matched",
    "preferences.changed",
    "attachment.ready",
    "attachment.failed",
    "endpoint.disabled",
)
