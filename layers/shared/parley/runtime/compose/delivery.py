"""It goes on to the business."""

from __future__ import annotations

import random
import time
from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.apple.inbound import InboundMessage
    from parley.business.redaction import Redacted
    from parley.conversation.records import Message
    from parley.services.bring import Bring
    from parley.services.deliver import Deliver
    from parley.services.health import Health
    from parley.services.parts import Arrived, Parts
    from parley.services.probe import Probe, Release
    from parley.services.redact import Redact
    from parley.services.replay import ReplayRun
    from parley.services.tell import Tell
    from parley.services.wake import Wake


@cache
def health() -> Health:
    """The health of endpoints, as this process sees it."""
    from parley.services.health import Health

    return Health(
        breakers=compose.breakers(),
        events=compose.events(),
        timers=compose.timers(),
        clock=time.time,
        chance=random.random,
        new_id=compose.new_id,
    )


@cache
def tell() -> Tell:
    """Parley's own news."""
    from parley.services.tell import Tell

    return Tell(messages=compose.messages(), businesses=compose.businesses(), events=compose.events(), clock=time.time)


@cache
def parts() -> Parts:
    """What was fetched of messages' attachments."""
    from parley.services.parts import Parts

    return Parts(attachments=compose.attachments(), objects=compose.objects())


def arrived(stored: Message, message: InboundMessage) -> Arrived:
    """The same, loaded when the first message with attachments comes."""
    return parts()(stored, message)


@cache
def redact() -> Redact:
    """Rewrites what is kept of messages."""
    from parley.services.redact import Redact

    return Redact(payloads=compose.payloads(), objects=compose.objects(), attachments=compose.attachments())


def redacted(stored: Message, left: Redacted) -> None:
    """The same, loaded when the first message comes of which something is not to be kept."""
    redact()(stored, left)


@cache
def bring() -> Bring:
    """One try at one endpoint."""
    from parley.business.webhook_client import WebhookClient
    from parley.services.bring import Bring
    from parley.services.describe import Describe
    from parley.services.notify import Notify
    from parley.services.understand import Understand

    return Bring(
        businesses=compose.businesses(),
        payloads=compose.payloads(),
        parts=arrived,
        health=health(),
        describe=Describe(understand=Understand(questions=compose.questions(), payloads=compose.payloads())),
        notify=Notify(signing_keys=compose.webhook_secrets(), webhooks=WebhookClient(compose.guard()), clock=time.time),
        tell=tell(),
        clock=time.time,
    )


@cache
def deliver() -> Deliver:
    """For `functions/routing/app.py`: notes about a conversation."""
    from parley.services.deliver import Deliver
    from parley.services.drain import Drain
    from parley.services.hold import Hold
    from parley.services.spread import Spread

    hold = Hold(mailbox=compose.mailbox(), timers=compose.timers(), clock=time.time, chance=random.random)
    drain = Drain(
        messages=compose.messages(),
        conversations=compose.conversations(),
        mailbox=compose.mailbox(),
        timers=compose.timers(),
        bring=bring(),
        hold=hold,
        redact=redacted,
        clock=time.time,
    )
    return Deliver(
        messages=compose.messages(),
        conversations=compose.conversations(),
        mailbox=compose.mailbox(),
        parts=arrived,
        bring=bring(),
        drain=drain,
        hold=hold,
        tell=tell(),
        automate=compose.automate(),
        spread=Spread(businesses=compose.businesses(), tell=tell()),
        redact=redacted,
        clock=time.time,
    )


@cache
def probe() -> Probe:
    """For `functions/routing/app.py`: whether an endpoint is back."""
    from parley.services.probe import Probe

    return Probe(
        health=health(),
        breakers=compose.breakers(),
        waiting=compose.waiting(),
        events=compose.events(),
        timers=compose.timers(),
        clock=time.time,
        new_id=compose.new_id,
    )


@cache
def release() -> Release:
    """For `functions/routing/app.py`: an endpoint is back."""
    from parley.services.probe import Release

    return Release(waiting=compose.waiting(), events=compose.events(), clock=time.time, new_id=compose.new_id)


@cache
def wake() -> Wake:
    """For `functions/routing/wakeups.py`."""
    from parley.services.wake import Wake

    return Wake(
        events=compose.events(),
        timers=compose.timers(),
        clock=time.time,
        new_id=compose.new_id,
    )


@cache
def replay_run() -> ReplayRun:
    """For `functions/routing/app.py`: one step of a replay of many messages."""
    from parley.services.replay import ReplayRun

    return ReplayRun(
        runs=compose.runs(),
        store=compose.delivery_store(),
        events=compose.events(),
        timers=compose.timers(),
        clock=time.time,
        new_id=compose.new_id,
    )
