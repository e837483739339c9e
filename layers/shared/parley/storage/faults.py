"""SDK errors become ours in one place."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from parley.errors import Fatal, Retryable

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETUP: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "KMSAccessDeniedException",
        "NoSuchBucket",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
        "ValidationException",
    }
)


def code_of(error: ClientError) -> str:
    """The AWS error code."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn what boto3 raises into Fatal (an operator must mend it) or Retryable. `what` names the step."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in _SETUP:
            raise Fatal(f"{what}: {code}") from error
        raise Retryable(f"{what}: {code}", code="aws_unavailable") from error
    except BotoCoreError as error:
        raise Retryable(f"{what}: {type(error).__name__}", code="aws_unavailable") from error
