"""Secrets Manager's rotation: one step of one secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.errors import ParleyError
from parley.runtime import compose
from parley.runtime.log import blame, facts, log
from parley.services.rotation import Step

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

compose.early(compose.rotation)


class RotationFailed(Exception):  # noqa: N818  (what Secrets Manager shows as the reason)
    """The step did not happen; the words are safe to show."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """An error tells Secrets Manager that the step did not happen; it leaves what is current in force."""
    try:
        outcome = compose.rotation()(Step(event["Step"]), event["SecretId"], event["ClientRequestToken"])
    except ParleyError as fault:
        code = getattr(fault, "code", "misconfigured")
        log.error("rotation_refused", extra={"step": event["Step"], "reason": code, **blame(fault)})
        raise RotationFailed(f"{code}: {fault}") from None
    except Exception as fault:  # noqa: BLE001  (Lambda would log its words, and they may hold a secret)
        log.error("rotation_failed", extra=blame(fault))
        raise RotationFailed("failed: see the log") from None
    log.info("rotation_step", extra=facts(outcome))
    return {"did": outcome.did}
