"""What happens by itself in a business's channel, and what customers want to be notified of."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.business.channel import Topic
    from parley.conversation.automations import Automation
    from parley.errors import Fault
    from parley.services.automate import Automate
    from parley.services.channel import ChannelSettings
    from parley.services.preferences import Preferences
    from parley.services.react import React
    from parley.services.rehearse import Rehearse
    from parley.storage.automations import SqsAutomations
    from parley.storage.channels import DynamoChannels


@cache
def channels() -> DynamoChannels:
    """Channel settings."""
    from parley.storage.channels import DynamoChannels

    return DynamoChannels(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


def topic(business_id: str, topic_id: str) -> Topic | None:
    """One topic; loaded when the first notification comes."""
    known = channels().get(business_id)
    return known.topic(topic_id) if known is not None else None


@cache
def automations() -> SqsAutomations:
    """`automations`."""
    from parley.storage.automations import SqsAutomations

    return SqsAutomations(compose.client("sqs"), compose.settings().text("AUTOMATIONS_QUEUE_URL"))


def set_off(note: Automation) -> None:
    """Queue what a message sets off; loaded when the first one does."""
    automations().send(note)


@cache
def automate() -> Automate:
    """For `functions/routing/app.py`: what a customer's message sets off."""
    from parley.services.automate import Automate

    return Automate(
        businesses=compose.businesses(),
        set_off=compose.set_off,
        read=compose.bring().read,
        tell=compose.tell(),
        clock=time.time,
    )


@cache
def preferences() -> Preferences:
    """For `functions/console` and `functions/outbound/automatic.py`."""
    from parley.services.preferences import Preferences
    from parley.storage.preferences import DynamoPreferences

    return Preferences(
        channels=channels(),
        conversations=compose.conversations(),
        store=DynamoPreferences(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME")),
        tell=compose.tell(),
        clock=time.time,
    )


@cache
def react() -> React:
    """For `functions/outbound/automatic.py`."""
    from parley.services.react import React
    from parley.services.reading import Reading
    from parley.services.understand import Understand

    return React(
        businesses=compose.businesses(),
        conversations=compose.conversations(),
        messages=compose.messages(),
        questions=compose.questions(),
        understand=Understand(questions=compose.questions(), payloads=compose.payloads()),
        read=Reading(payloads=compose.payloads()),
        accept=compose.accept(),
        handover=compose.handover,
        preferences=preferences(),
        clock=time.time,
    )


@cache
def rehearse() -> Rehearse:
    """What would be wrong with a message that is sent later."""
    from parley.services.prepare import Prepare
    from parley.services.rehearse import Rehearse, Unread, Unseen

    prepare = Prepare(pictures=lambda _: Unseen(), previews=Unread, clock=time.time, new_id=compose.new_id)
    return Rehearse(prepare=prepare)


def rehearsed(message: dict[str, Any]) -> list[Fault]:
    """The same; loaded when the first settings with a message come."""
    return rehearse()(message)


@cache
def channel_settings() -> ChannelSettings:
    """For `functions/console`."""
    from parley.services.channel import ChannelSettings

    return ChannelSettings(
        store=compose.endpoint_store(),
        channels=channels(),
        rehearse=compose.rehearsed,
    )
