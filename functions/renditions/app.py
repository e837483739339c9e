"""S3 Object Created under wanted/: make a JPEG of a HEIC picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.runtime import compose
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

compose.early(compose.render)


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """An error fails the invocation: Lambda tries twice more, and an alarm rings."""
    log.info("rendered", extra=facts(compose.render()(event["detail"]["object"]["key"])))
