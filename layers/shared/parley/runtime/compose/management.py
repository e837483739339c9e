"""The management side of the business API."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.services.api_keys import ApiKeys
    from parley.services.conversation_list import ConversationList
    from parley.services.deliveries import Deliveries
    from parley.services.endpoints import Endpoints
    from parley.services.entry_points import EntryPoints
    from parley.services.handover import Handover
    from parley.services.history import History
    from parley.services.invitations import Invitations
    from parley.services.notes import Notes
    from parley.services.notify import Notify
    from parley.services.once import Once
    from parley.services.replays import Replay, Replays
    from parley.services.routes import Routes
    from parley.services.usage import Usage


@cache
def endpoints() -> Endpoints:
    """For `functions/console`."""
    from parley.services.endpoints import Endpoints

    return Endpoints(
        store=compose.endpoint_store(),
        breakers=compose.breakers(),
        guard=compose.guard(),
        secrets=compose.rotate_secrets(),
        notify=compose.notify_once,
        events=compose.events(),
        clock=time.time,
        new_id=compose.new_id,
    )


def notify_once() -> Notify:
    """For one webhook while its caller waits: signed with the secret of this moment, and soon given up."""
    from parley.business.webhook_client import WebhookClient
    from parley.services.notify import Notify

    return Notify(
        signing_keys=compose.webhook_secrets(),
        webhooks=WebhookClient(compose.guard(), read_seconds=5.0),
        clock=time.time,
    )


@cache
def routes() -> Routes:
    """For `functions/console`."""
    from parley.services.routes import Routes

    return Routes(store=compose.endpoint_store(), conversations=compose.conversations())


@cache
def handover() -> Handover:
    """For `functions/console`."""
    from parley.services.handover import Handover
    from parley.storage.handovers import DynamoHandovers

    return Handover(
        store=compose.endpoint_store(),
        conversations=compose.conversations(),
        handovers=DynamoHandovers(
            compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), messages=compose.messages()
        ),
        tell=compose.tell(),
        events=compose.events(),
        new_id=compose.new_id,
    )


@cache
def conversation_list() -> ConversationList:
    """For `functions/console`."""
    from parley.services.conversation_list import ConversationList
    from parley.storage.conversation_list import DynamoConversationList

    store = DynamoConversationList(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))
    return ConversationList(store=store)


@cache
def notes() -> Notes:
    """For `functions/console`."""
    from parley.conversation.identity import ulid
    from parley.services.notes import Notes
    from parley.storage.notes import DynamoNotes

    store = DynamoNotes(
        compose.client("dynamodb"),
        table=compose.settings().text("TABLE_NAME"),
        retention_days=compose.retention_days,
        most_days=compose.settings().number("RETENTION_DAYS"),
        clock=time.time,
    )
    return Notes(handover=handover(), store=store, clock=time.time, new_ulid=lambda: ulid(time.time()))


@cache
def history() -> History:
    """For `functions/console`."""
    from parley.services.history import History

    return History(store=compose.delivery_store(), attachments=compose.attachments(), marks=compose.businesses().marks)


@cache
def deliveries() -> Deliveries:
    """For `functions/console`."""
    from parley.services.deliveries import Deliveries

    return Deliveries(store=compose.delivery_store(), conversations=compose.conversations())


@cache
def replay() -> Replay:
    """For `functions/console`."""
    from parley.services.replays import Replay

    return Replay(
        store=compose.delivery_store(),
        conversations=compose.conversations(),
        events=compose.events(),
        outbox=compose.outbox(),
        clock=time.time,
        new_id=compose.new_id,
    )


@cache
def replays() -> Replays:
    """For `functions/console`."""
    from parley.conversation.identity import ulid
    from parley.services.replays import Replays

    return Replays(
        runs=compose.runs(),
        events=compose.events(),
        clock=time.time,
        new_ulid=lambda: ulid(time.time()),
        new_id=compose.new_id,
    )


@cache
def entry_points() -> EntryPoints:
    """For `functions/console`."""
    from parley.conversation.identity import ulid
    from parley.services.entry_points import EntryPoints
    from parley.storage.entry_points import DynamoEntryPoints

    return EntryPoints(
        store=DynamoEntryPoints(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME")),
        clock=time.time,
        new_ulid=lambda: ulid(time.time()),
    )


@cache
def api_keys() -> ApiKeys:
    """For `functions/console`."""
    from parley.business import keys
    from parley.services.api_keys import ApiKeys

    return ApiKeys(store=compose.api_key_store(), clock=time.time, new_id=keys.new_id, new_secret=keys.new_secret)


@cache
def invitations() -> Invitations:
    """For `functions/console`."""
    from parley.services.invitations import Invitations
    from parley.storage.invitations import DynamoInvitations

    store = DynamoInvitations(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), clock=time.time)
    return Invitations(store=store)


@cache
def usage() -> Usage:
    """For `functions/console`."""
    from parley.business import tiers
    from parley.services.usage import Usage
    from parley.storage.usage_days import DynamoUsage

    return Usage(
        store=DynamoUsage(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME")),
        tiers=tiers.read(compose.settings().text("TIERS")),
        clock=time.time,
    )


@cache
def once() -> Once:
    """For `functions/console`: calls under an `Idempotency-Key`."""
    from parley.services.once import Once
    from parley.storage.idempotency import DynamoCalls

    calls = DynamoCalls(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), clock=time.time)
    return Once(calls=calls, new_id=compose.new_id)
