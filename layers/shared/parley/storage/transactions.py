"""DynamoDB transactions: all of it or nothing, with conflicts tried again."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

TRIES: Final = 5


def refusals(error: ClientError) -> list[str]:
    """Why each write of a cancelled transaction was refused (`None` for those that were not)."""
    reasons = error.response.get("CancellationReasons", [])
    return [str(reason.get("Code")) for reason in reasons]


def transact(client: DynamoDBClient, writes: Sequence[TransactWriteItemTypeDef]) -> None:
    """Write everything or nothing. The SDK does not retry a conflict between transactions, so we do."""
    for left in range(TRIES - 1, -1, -1):
        try:
            client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if left == 0 or "TransactionConflict" not in refusals(error):
                raise
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311  (spreads contenders, guards nothing)
        else:
            return


def transact_if_met(client: DynamoDBClient, writes: Sequence[TransactWriteItemTypeDef]) -> bool:
    """The same; False, and nothing written, when a condition of one of the writes does not hold."""
    try:
        transact(client, writes)
    except ClientError as error:
        if "ConditionalCheckFailed" in refusals(error):
            return False
        raise
    return True
