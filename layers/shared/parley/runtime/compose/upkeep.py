"""What watches over the rest, and keys that change."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.services.authorize import Authorize
    from parley.services.ports import DescribedSecret
    from parley.services.rotate import RotateSecrets
    from parley.services.rotation import Material, Rotation
    from parley.services.sweep import Sweep


@cache
def sweep() -> Sweep:
    """For `functions/sweeper`."""
    from parley.services.sweep import Sweep
    from parley.storage.due import DynamoDue
    from parley.storage.queues import SqsArrivals

    return Sweep(
        due=DynamoDue(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME")),
        messages=compose.messages(),
        conversations=compose.conversations(),
        events=compose.events(),
        outbox=compose.outbox(),
        attachments=compose.attachments(),
        transfers=compose.transfers(),
        arrivals=SqsArrivals(compose.client("sqs"), compose.settings().text("UPLOADS_QUEUE_URL")),
        erasures=compose.erasure_notes(),
        clock=time.time,
        new_id=compose.new_id,
    )


@cache
def authorize() -> Authorize:
    """For `functions/authorizer`."""
    from parley.services.authorize import Authorize

    return Authorize(api_keys=compose.api_key_store(), clock=time.time)


@cache
def rotate_secrets() -> RotateSecrets:
    """For the business API. Needs BUSINESS_SECRET_PREFIX and SECRET_OVERLAP_HOURS."""
    from parley.business.signing import new_secret
    from parley.services.rotate import RotateSecrets

    return RotateSecrets(
        secrets=compose.webhook_secrets(),
        clock=time.time,
        new_secret=new_secret,
        overlap_seconds=compose.settings().number("SECRET_OVERLAP_HOURS") * 3600,
    )


@cache
def rotation() -> Rotation:
    """For `functions/rotation`."""
    from parley.apple.key_probe import KeyProbe
    from parley.business.signing import new_secret
    from parley.services.key_material import AppleKey, WebhookKeys
    from parley.services.rotation import Rotation
    from parley.storage.secret_versions import SecretVersions

    overlap = compose.settings().number("SECRET_OVERLAP_HOURS") * 3600
    apple, prefix = compose.settings().text("APPLE_SECRET_ID"), compose.settings().text("BUSINESS_SECRET_PREFIX")
    apple_key = AppleKey(
        probe=KeyProbe(compose.settings().text("APPLE_GATEWAY_URL"), clock=time.time),
        clock=time.time,
        overlap_seconds=overlap,
    )
    webhook_keys = WebhookKeys(
        clock=time.time, new_secret=new_secret, new_version=compose.new_id, overlap_seconds=overlap
    )

    def material_of(secret: DescribedSecret) -> Material | None:
        if apple in {secret.arn, secret.name}:
            return apple_key
        return webhook_keys if secret.name.startswith(prefix) else None

    return Rotation(
        versions_of=lambda secret_id: SecretVersions(compose.client("secretsmanager"), secret_id),
        material_of=material_of,
    )
