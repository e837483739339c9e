"""The business API's settings: routes, channel, keys, entry points, usage, privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.runtime import compose
from parley.runtime.console import door

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

compose.early(lambda: compose.client("dynamodb"))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One call of one business."""
    return door.answer(event, context)
