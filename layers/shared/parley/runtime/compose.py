"""The one place that wires everything. Each function calls its own line, once per cold start.

Imports are inside: a function loads what it uses and nothing else.
"""

from __future__ import annotations

import gc
import os
import random
import threading
import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

from parley import USUAL_THRESHOLDS
from parley.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from botocore.session import Session

    from parley.apple.content import ContentGateway
    from parley.apple.gateway import AppleGateway
    from parley.apple.inbound import InboundMessage
    from parley.apple.store import ContentStore
    from parley.business.egress import EgressGuard
    from parley.business.fetch import GuardedFetch
    from parley.business.pictures import Pictures
    from parley.business.previews import Previews
    from parley.conversation.records import Message
    from parley.services.accept import Accept
    from parley.services.apple_access import AppleAccess
    from parley.services.authorize import Authorize
    from parley.services.bring import Bring
    from parley.services.deliver import Deliver
    from parley.services.deliveries import Deliveries
    from parley.services.enclose import Enclosable, Enclose
    from parley.services.endpoints import Endpoints
    from parley.services.handover import Handover
    from parley.services.health import Health
    from parley.services.notify import Notify
    from parley.services.once import Once
    from parley.services.open_upload import OpenUpload
    from parley.services.parts import Arrived, Parts
    from parley.services.ports import DescribedSecret
    from parley.services.prepare import Part, Prepare
    from parley.services.probe import Probe, Release
    from parley.services.read_attachment import ReadAttachment
    from parley.services.receive import Receive
    from parley.services.references import Referring, SharedIdentifiers
    from parley.services.render import Render
    from parley.services.replay import ReplayRun
    from parley.services.replays import Replay, Replays
    from parley.services.rotate import RotateSecrets
    from parley.services.rotation import Material, Rotation
    from parley.services.routes import Routes
    from parley.services.send import Send
    from parley.services.signal import Signal
    from parley.services.sweep import Sweep
    from parley.services.tell import Tell
    from parley.services.transfer import Transfer
    from parley.services.upload import Upload
    from parley.services.wake import Wake
    from parley.storage.attachments import DynamoAttachments
    from parley.storage.breakers import DynamoBreakers
    from parley.storage.businesses import DynamoBusinesses
    from parley.storage.conversations import DynamoConversations
    from parley.storage.deliveries import DynamoDeliveries
    from parley.storage.endpoints import DynamoEndpoints
    from parley.storage.mailbox import DynamoMailbox
    from parley.storage.messages import DynamoMessages
    from parley.storage.objects import S3Objects
    from parley.storage.payloads import S3Payloads
    from parley.storage.queues import SqsEvents, SqsTimers, SqsVisibility
    from parley.storage.replays import DynamoReplays
    from parley.storage.seals import KmsSeals
    from parley.storage.secrets import AppleCredentials
    from parley.storage.uploads import S3Uploads
    from parley.storage.waiting import DynamoWaiting


@cache
def settings() -> Settings:
    """The environment of this process."""
    return Settings.from_env()


def early(wire: Callable[[], object]) -> None:
    """Wire while Lambda starts the function.

    Only then it has a whole processor, whatever its memory size, and no threads that would wire side by side.
    Outside of Lambda the first call wires, so that a test may import a function without its environment.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        wire()
        gc.freeze()  # what is loaded stays: looking through all of it once would cost the first invocation 20 ms
        gc.set_threshold(*USUAL_THRESHOLDS)


_one_at_a_time = threading.Lock()
"""A session is not made for two threads, and groups of a batch may both be the first to need a client."""


@cache
def session() -> Session:
    """Where clients come from. botocore's own: `import boto3` would load its S3 transfers too, 8 % of a cold start."""
    import botocore.session

    return botocore.session.get_session()


@cache
def client(service: str) -> Any:
    """The client boto3 would make: quick to give up and try again, for Apple waits on the other side."""
    from botocore.config import Config

    # A secret that cannot be read again is used as it was read last, so that must be known soon.
    hasty = service == "secretsmanager"
    config = Config(
        connect_timeout=1 if hasty else 2,
        read_timeout=2 if hasty else 5,
        max_pool_connections=25,
        # A third of what a call costs us: what is sent is built in `storage` from checked values, and who sends it
        # is known without a list of everything that is installed.
        parameter_validation=False,
        user_agent="parley/1",
        retries={"mode": "standard", "total_max_attempts": 2 if hasty else 4},
        signature_version="s3v4" if service == "s3" else None,  # its URLs would be signed in the way of before 2014
        # The bucket's own region in signed URLs: the global host redirects, and what is signed for one host is not
        # good for another. An emulator has no host for each bucket.
        s3={"addressing_style": "auto" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"},
    )
    with _one_at_a_time:
        return session().create_client(service, config=config)


def new_id() -> str:
    """A random UUID, as text."""
    return str(uuid.uuid4())


@cache
def messages() -> DynamoMessages:
    """Stored messages."""
    from parley.storage.messages import DynamoMessages

    return DynamoMessages(
        client("dynamodb"),
        table=settings().text("TABLE_NAME"),
        retention_days=settings().number("RETENTION_DAYS"),
        clock=time.time,
    )


@cache
def conversations() -> DynamoConversations:
    """Conversation state."""
    from parley.storage.conversations import DynamoConversations

    return DynamoConversations(client("dynamodb"), table=settings().text("TABLE_NAME"))


@cache
def businesses() -> DynamoBusinesses:
    """Registered businesses."""
    from parley.storage.businesses import DynamoBusinesses

    return DynamoBusinesses(client("dynamodb"), table=settings().text("TABLE_NAME"), clock=time.time)


@cache
def payloads() -> S3Payloads:
    """Bodies too large for the table; S3 is loaded when the first one comes."""
    from parley.storage.payloads import S3Payloads

    return S3Payloads(lambda: client("s3"), bucket=settings().text("BUCKET_NAME"))


def guard() -> EgressGuard:
    """The egress guard of this stage."""
    from parley.business.egress import EgressGuard

    return EgressGuard(allow_loopback=settings().allow_loopback)


@cache
def visibility(queue_url_variable: str) -> SqsVisibility:
    """Puts notes of one queue back."""
    from parley.storage.queues import SqsVisibility

    return SqsVisibility(client("sqs"), settings().text(queue_url_variable))


@cache
def receive() -> Receive:
    """For `functions/inbound`."""
    from parley.services.receive import Receive
    from parley.storage.queues import SqsTransfers

    return Receive(
        credentials=apple_credentials(),
        businesses=businesses(),
        messages=messages(),
        conversations=conversations(),
        payloads=payloads(),
        events=events(),
        transfers=SqsTransfers(client("sqs"), settings().text("TRANSFERS_QUEUE_URL")),
        clock=time.time,
    )


@cache
def events() -> SqsEvents:
    """`events.fifo`."""
    from parley.storage.queues import SqsEvents

    return SqsEvents(client("sqs"), settings().text("EVENTS_QUEUE_URL"))


@cache
def timers() -> SqsTimers:
    """`wakeups`."""
    from parley.storage.queues import SqsTimers

    return SqsTimers(client("sqs"), settings().text("WAKEUPS_QUEUE_URL"))


@cache
def mailbox() -> DynamoMailbox:
    """Undelivered messages."""
    from parley.storage.mailbox import DynamoMailbox

    return DynamoMailbox(
        client("dynamodb"),
        table=settings().text("TABLE_NAME"),
        retention_days=settings().number("RETENTION_DAYS"),
    )


@cache
def breakers() -> DynamoBreakers:
    """The health of endpoints, as all functions know it."""
    from parley.storage.breakers import DynamoBreakers

    return DynamoBreakers(client("dynamodb"), table=settings().text("TABLE_NAME"))


@cache
def waiting() -> DynamoWaiting:
    """Which conversations wait for an endpoint."""
    from parley.storage.waiting import DynamoWaiting

    return DynamoWaiting(client("dynamodb"), table=settings().text("TABLE_NAME"))


@cache
def health() -> Health:
    """The health of endpoints, as this process sees it."""
    from parley.services.health import Health

    return Health(
        breakers=breakers(),
        events=events(),
        timers=timers(),
        clock=time.time,
        chance=random.random,
        new_id=new_id,
    )


@cache
def tell() -> Tell:
    """Parley's own news."""
    from parley.services.tell import Tell

    return Tell(messages=messages(), businesses=businesses(), events=events(), clock=time.time)


@cache
def attachments() -> DynamoAttachments:
    """Files and large content, as the table knows them."""
    from parley.storage.attachments import DynamoAttachments

    return DynamoAttachments(
        client("dynamodb"),
        table=settings().text("TABLE_NAME"),
        retention_days=settings().number("RETENTION_DAYS"),
        clock=time.time,
    )


@cache
def objects() -> S3Objects:
    """Their bytes; S3 is loaded when the first of them is touched."""
    from parley.storage.objects import S3Objects

    return S3Objects(lambda: client("s3"), bucket=settings().text("BUCKET_NAME"))


@cache
def seals() -> KmsSeals:
    """Encrypts the keys of what is uploaded to Apple."""
    from parley.storage.seals import KmsSeals

    return KmsSeals(lambda: client("kms"), key_id=settings().text("ATTACHMENTS_KEY_ARN"))


@cache
def apple_access() -> AppleAccess:
    """Calls of Apple's gateway about content, with a token that is believed."""
    from parley.apple.tokens import Signer
    from parley.services.apple_access import AppleAccess

    return AppleAccess(credentials=apple_credentials(), signer=Signer(clock=time.time))


@cache
def content_gateway() -> ContentGateway:
    """The part of Apple's gateway that is about content."""
    from parley.apple.content import ContentGateway

    return ContentGateway(settings().text("APPLE_GATEWAY_URL"))


@cache
def content_store() -> ContentStore:
    """The store behind the URLs Apple hands out."""
    from parley.apple.store import ContentStore
    from parley.business.store_routes import StoreRoutes

    return ContentStore(StoreRoutes(guard()))


@cache
def transfer() -> Transfer:
    """For `functions/attachments/app.py`."""
    from parley.services.fetch import Fetch
    from parley.services.resolve import Resolve
    from parley.services.transfer import Transfer
    from parley.storage.queues import SqsTransfers

    fetch = Fetch(access=apple_access(), gateway=content_gateway(), store=content_store(), objects=objects())
    return Transfer(
        messages=messages(),
        payloads=payloads(),
        attachments=attachments(),
        fetch=fetch,
        resolve=Resolve(fetch=fetch, access=apple_access(), gateway=content_gateway(), objects=objects()),
        events=events(),
        transfers=SqsTransfers(client("sqs"), settings().text("TRANSFERS_QUEUE_URL")),
        clock=time.time,
        sleep=time.sleep,
        chance=random.random,
        new_id=new_id,
    )


@cache
def uploads() -> S3Uploads:
    """Where businesses put their files."""
    from parley.storage.uploads import S3Uploads

    return S3Uploads(lambda: client("s3"), bucket=settings().text("BUCKET_NAME"))


@cache
def open_upload() -> OpenUpload:
    """For `functions/attachments/api.py`."""
    from parley.services.open_upload import OpenUpload

    return OpenUpload(attachments=attachments(), uploads=uploads(), clock=time.time, new_id=new_id)


@cache
def read_attachment() -> ReadAttachment:
    """For `functions/attachments/api.py`."""
    from parley.services.read_attachment import ReadAttachment

    return ReadAttachment(
        attachments=attachments(),
        downloads=objects(),
        uploads=uploads(),
        scanned=settings().text("MALWARE_SCAN") != "off",
        clock=time.time,
    )


@cache
def upload() -> Upload:
    """For `functions/attachments/uploads.py`."""
    from parley.services.upload import Upload

    return Upload(
        attachments=attachments(),
        objects=objects(),
        uploads=uploads(),
        access=apple_access(),
        gateway=content_gateway(),
        store=content_store(),
        seals=seals(),
        clock=time.time,
        sleep=time.sleep,
        new_id=new_id,
    )


@cache
def render() -> Render:
    """For `functions/renditions`."""
    from parley.services.render import Render

    return Render(objects=objects())


@cache
def _enclosable() -> Enclosable:
    from parley.services.enclose import Enclosable

    return Enclosable(attachments=attachments(), clock=time.time)


def enclosable(business_id: str, ids: Sequence[str], *, at: str = "") -> None:
    """May this business send these files? Loaded when the first message with one comes."""
    _enclosable()(business_id, ids, at=at)


@cache
def _shared() -> SharedIdentifiers:
    from parley.services.references import SharedIdentifiers
    from parley.storage.questions import DynamoQuestions

    return SharedIdentifiers(
        questions=DynamoQuestions(client("dynamodb"), table=settings().text("TABLE_NAME"), messages=messages())
    )


def shared(business_id: str, conversation_id: str, part: Part) -> Part:
    """One request identifier for all customers of a large message; loaded when the first interactive one comes."""
    return _shared()(business_id, conversation_id, part) if "interactiveData" in part.content else part


@cache
def _enclose() -> Enclose:
    from parley.services.enclose import Enclose

    return Enclose(attachments=attachments(), seals=seals(), clock=time.time)


def enclose(business_id: str, content: dict[str, Any], *, since: float) -> dict[str, Any]:
    """A message with Apple's dictionaries in the place of its files' ids; loaded when the first such message goes."""
    return _enclose()(business_id, content, since=since) if "attachments" in content else content


@cache
def parts() -> Parts:
    """What was fetched of messages' attachments."""
    from parley.services.parts import Parts

    return Parts(attachments=attachments(), objects=objects())


def arrived(stored: Message, message: InboundMessage) -> Arrived:
    """The same, loaded when the first message with attachments comes."""
    return parts()(stored, message)


@cache
def bring() -> Bring:
    """One try at one endpoint."""
    from parley.business.webhook_client import WebhookClient
    from parley.services.bring import Bring
    from parley.services.describe import Describe
    from parley.services.notify import Notify
    from parley.services.understand import Understand
    from parley.storage.questions import DynamoQuestions
    from parley.storage.secrets import WebhookSecrets

    signing_keys = WebhookSecrets(
        client("secretsmanager"), prefix=settings().text("BUSINESS_SECRET_PREFIX"), clock=time.time
    )
    questions = DynamoQuestions(client("dynamodb"), table=settings().text("TABLE_NAME"), messages=messages())
    return Bring(
        businesses=businesses(),
        payloads=payloads(),
        parts=arrived,
        health=health(),
        describe=Describe(understand=Understand(questions=questions, payloads=payloads())),
        notify=Notify(signing_keys=signing_keys, webhooks=WebhookClient(guard()), clock=time.time),
        tell=tell(),
        clock=time.time,
    )


@cache
def deliver() -> Deliver:
    """For `functions/routing/app.py`: notes about a conversation."""
    from parley.services.deliver import Deliver
    from parley.services.drain import Drain
    from parley.services.hold import Hold

    hold = Hold(mailbox=mailbox(), timers=timers(), clock=time.time, chance=random.random)
    drain = Drain(
        messages=messages(),
        conversations=conversations(),
        mailbox=mailbox(),
        timers=timers(),
        bring=bring(),
        hold=hold,
        clock=time.time,
    )
    return Deliver(
        messages=messages(),
        conversations=conversations(),
        mailbox=mailbox(),
        parts=arrived,
        bring=bring(),
        drain=drain,
        hold=hold,
        tell=tell(),
        clock=time.time,
    )


@cache
def probe() -> Probe:
    """For `functions/routing/app.py`: whether an endpoint is back."""
    from parley.services.probe import Probe

    return Probe(
        health=health(),
        breakers=breakers(),
        waiting=waiting(),
        events=events(),
        timers=timers(),
        clock=time.time,
        new_id=new_id,
    )


@cache
def release() -> Release:
    """For `functions/routing/app.py`: an endpoint is back."""
    from parley.services.probe import Release

    return Release(waiting=waiting(), events=events(), clock=time.time, new_id=new_id)


@cache
def wake() -> Wake:
    """For `functions/routing/wakeups.py`."""
    from parley.services.wake import Wake

    return Wake(
        events=events(),
        timers=timers(),
        clock=time.time,
        new_id=new_id,
    )


@cache
def fetch() -> GuardedFetch:
    """Pictures and pages of the web, through the egress guard."""
    from parley.business.fetch import GuardedFetch

    return GuardedFetch(guard())


def pictures(business_id: str) -> Pictures:
    """The pictures of one call; loaded when the first message with one comes."""
    from parley.business.pictures import Pictures
    from parley.services.picture_files import PictureFiles

    return Pictures(fetch=fetch(), attachments=PictureFiles(business_id, attachments=attachments(), objects=objects()))


@cache
def previews() -> Previews:
    """What links show; loaded when the first text with a link comes."""
    from parley.business.previews import Previews

    return Previews(fetch())


@cache
def prepare() -> Prepare:
    """What a business asked for, as Apple is sent it."""
    from parley.services.prepare import Prepare

    return Prepare(pictures=pictures, previews=previews, clock=time.time, new_id=new_id)


@cache
def accept() -> Accept:
    """For `functions/outbound/api.py`."""
    from parley.services.accept import Accept
    from parley.storage.queues import SqsOutbox

    return Accept(
        messages=messages(),
        conversations=conversations(),
        payloads=payloads(),
        outbox=SqsOutbox(client("sqs"), settings().text("OUTBOX_QUEUE_URL")),
        prepare=prepare(),
        enclosable=enclosable,
        shared=shared,
        clock=time.time,
        new_id=new_id,
    )


@cache
def apple_credentials() -> AppleCredentials:
    """Apple's secret, in all its active versions."""
    from parley.storage.secrets import AppleCredentials

    return AppleCredentials(client("secretsmanager"), secret_id=settings().text("APPLE_SECRET_ID"), clock=time.time)


@cache
def gateway() -> AppleGateway:
    """Apple's gateway."""
    from parley.apple.gateway import AppleGateway

    return AppleGateway(settings().text("APPLE_GATEWAY_URL"))


@cache
def referring() -> Referring:
    """The same, sparing Apple large messages it has already."""
    from parley.services.references import Referring
    from parley.storage.data_refs import DynamoDataRefs

    return Referring(
        gateway=gateway(),
        data_refs=DynamoDataRefs(client("dynamodb"), table=settings().text("TABLE_NAME"), clock=time.time),
        clock=time.time,
    )


@cache
def signal() -> Signal:
    """For typing indicators, in `functions/outbound/api.py`."""
    from parley.apple.tokens import Signer
    from parley.services.signal import Signal

    return Signal(
        conversations=conversations(),
        credentials=apple_credentials(),
        gateway=gateway(),
        signer=Signer(clock=time.time),
        new_id=new_id,
    )


@cache
def send() -> Send:
    """For `functions/outbound/sender.py`."""
    from parley.apple.tokens import Signer
    from parley.services.send import Send

    return Send(
        messages=messages(),
        conversations=conversations(),
        credentials=apple_credentials(),
        gateway=referring(),
        payloads=payloads(),
        enclose=enclose,
        tell=tell(),
        signer=Signer(clock=time.time),
        clock=time.time,
        chance=random.random,
    )


@cache
def sweep() -> Sweep:
    """For `functions/sweeper`."""
    from parley.services.sweep import Sweep
    from parley.storage.due import DynamoDue
    from parley.storage.queues import SqsArrivals, SqsOutbox, SqsTransfers

    return Sweep(
        due=DynamoDue(client("dynamodb"), table=settings().text("TABLE_NAME")),
        messages=messages(),
        conversations=conversations(),
        events=events(),
        outbox=SqsOutbox(client("sqs"), settings().text("OUTBOX_QUEUE_URL")),
        attachments=attachments(),
        transfers=SqsTransfers(client("sqs"), settings().text("TRANSFERS_QUEUE_URL")),
        arrivals=SqsArrivals(client("sqs"), settings().text("UPLOADS_QUEUE_URL")),
        clock=time.time,
        new_id=new_id,
    )


@cache
def authorize() -> Authorize:
    """For `functions/authorizer`."""
    from parley.services.authorize import Authorize

    return Authorize(businesses=businesses(), clock=time.time)


@cache
def rotate_secrets() -> RotateSecrets:
    """For the business API. Needs BUSINESS_SECRET_PREFIX and SECRET_OVERLAP_HOURS."""
    from parley.business.signing import new_secret
    from parley.services.rotate import RotateSecrets
    from parley.storage.secrets import WebhookSecrets

    return RotateSecrets(
        secrets=WebhookSecrets(
            client("secretsmanager"), prefix=settings().text("BUSINESS_SECRET_PREFIX"), clock=time.time
        ),
        clock=time.time,
        new_secret=new_secret,
        overlap_seconds=settings().number("SECRET_OVERLAP_HOURS") * 3600,
    )


@cache
def rotation() -> Rotation:
    """For `functions/rotation`."""
    from parley.apple.key_probe import KeyProbe
    from parley.business.signing import new_secret
    from parley.services.key_material import AppleKey, WebhookKeys
    from parley.services.rotation import Rotation
    from parley.storage.secret_versions import SecretVersions

    overlap = settings().number("SECRET_OVERLAP_HOURS") * 3600
    apple, prefix = settings().text("APPLE_SECRET_ID"), settings().text("BUSINESS_SECRET_PREFIX")
    apple_key = AppleKey(
        probe=KeyProbe(settings().text("APPLE_GATEWAY_URL"), clock=time.time),
        clock=time.time,
        overlap_seconds=overlap,
    )
    webhook_keys = WebhookKeys(clock=time.time, new_secret=new_secret, new_version=new_id, overlap_seconds=overlap)

    def material_of(secret: DescribedSecret) -> Material | None:
        if apple in {secret.arn, secret.name}:
            return apple_key
        return webhook_keys if secret.name.startswith(prefix) else None

    return Rotation(
        versions_of=lambda secret_id: SecretVersions(client("secretsmanager"), secret_id), material_of=material_of
    )


@cache
def endpoint_store() -> DynamoEndpoints:
    """Endpoints and routes, as the business changes them."""
    from parley.storage.endpoints import DynamoEndpoints

    return DynamoEndpoints(client("dynamodb"), table=settings().text("TABLE_NAME"))


@cache
def delivery_store() -> DynamoDeliveries:
    """Messages, found by state, conversation or time."""
    from parley.storage.deliveries import DynamoDeliveries

    return DynamoDeliveries(client("dynamodb"), table=settings().text("TABLE_NAME"), clock=time.time)


@cache
def runs() -> DynamoReplays:
    """Replays of many messages."""
    from parley.storage.replays import DynamoReplays

    return DynamoReplays(client("dynamodb"), table=settings().text("TABLE_NAME"), clock=time.time)


@cache
def endpoints() -> Endpoints:
    """For `functions/console`."""
    from parley.services.endpoints import Endpoints

    return Endpoints(
        store=endpoint_store(),
        breakers=breakers(),
        guard=guard(),
        secrets=rotate_secrets(),
        notify=_notify_once,
        events=events(),
        clock=time.time,
        new_id=new_id,
    )


def _notify_once() -> Notify:
    """For one webhook while its caller waits: signed with the secret of this moment, and soon given up."""
    from parley.business.webhook_client import WebhookClient
    from parley.services.notify import Notify
    from parley.storage.secrets import WebhookSecrets

    prefix = settings().text("BUSINESS_SECRET_PREFIX")
    return Notify(
        signing_keys=WebhookSecrets(client("secretsmanager"), prefix=prefix, clock=time.time),
        webhooks=WebhookClient(guard(), read_seconds=5.0),
        clock=time.time,
    )


@cache
def routes() -> Routes:
    """For `functions/console`."""
    from parley.services.routes import Routes

    return Routes(store=endpoint_store(), conversations=conversations())


@cache
def handover() -> Handover:
    """For `functions/console`."""
    from parley.services.handover import Handover
    from parley.storage.handovers import DynamoHandovers

    return Handover(
        store=endpoint_store(),
        conversations=conversations(),
        handovers=DynamoHandovers(client("dynamodb"), table=settings().text("TABLE_NAME")),
        events=events(),
        new_id=new_id,
    )


@cache
def deliveries() -> Deliveries:
    """For `functions/console`."""
    from parley.services.deliveries import Deliveries

    return Deliveries(store=delivery_store(), conversations=conversations())


@cache
def replay() -> Replay:
    """For `functions/console`."""
    from parley.services.replays import Replay
    from parley.storage.queues import SqsOutbox

    return Replay(
        store=delivery_store(),
        conversations=conversations(),
        events=events(),
        outbox=SqsOutbox(client("sqs"), settings().text("OUTBOX_QUEUE_URL")),
        clock=time.time,
        new_id=new_id,
    )


@cache
def replays() -> Replays:
    """For `functions/console`."""
    from parley.conversation.identity import ulid
    from parley.services.replays import Replays

    return Replays(runs=runs(), events=events(), clock=time.time, new_ulid=lambda: ulid(time.time()), new_id=new_id)


@cache
def replay_run() -> ReplayRun:
    """For `functions/routing/app.py`: one step of a replay of many messages."""
    from parley.services.replay import ReplayRun

    return ReplayRun(
        runs=runs(), store=delivery_store(), events=events(), timers=timers(), clock=time.time, new_id=new_id
    )


@cache
def once() -> Once:
    """For `functions/console`: calls under an `Idempotency-Key`."""
    from parley.services.once import Once
    from parley.storage.idempotency import DynamoCalls

    calls = DynamoCalls(client("dynamodb"), table=settings().text("TABLE_NAME"), clock=time.time)
    return Once(calls=calls, new_id=new_id)
