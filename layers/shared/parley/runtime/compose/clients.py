"""The environment of this process, and the clients it calls AWS with."""

from __future__ import annotations

import gc
import os
import threading
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from parley import USUAL_THRESHOLDS
from parley.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

    from parley.business.egress import EgressGuard


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


_CALLED_ALL_THE_TIME: Final = frozenset({"dynamodb", "sqs"})

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
    # Outside of Lambda botocore makes every try: what plays AWS in a test answers at one of its events.
    first_is_ours = service in _CALLED_ALL_THE_TIME and "AWS_LAMBDA_FUNCTION_NAME" in os.environ
    tries = 2 if hasty else 4
    config = Config(
        connect_timeout=1 if hasty else 2,
        read_timeout=2 if hasty else 5,
        max_pool_connections=25,
        # A third of what a call costs us: what is sent is built in `storage` from checked values, and who sends it
        # is known without a list of everything that is installed.
        parameter_validation=False,
        user_agent="parley/1",
        retries={"mode": "standard", "total_max_attempts": tries - first_is_ours},
        signature_version="s3v4" if service == "s3" else None,  # its URLs would be signed in the way of before 2014
        # The bucket's own region in signed URLs: the global host redirects, and what is signed for one host is not
        # good for another. An emulator has no host for each bucket.
        s3={"addressing_style": "auto" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"},
    )
    with _one_at_a_time:
        made = session().create_client(service, config=config)
    if first_is_ours:
        from parley.storage.first_try import FirstTry

        FirstTry.register(made, session())
    return made


def new_id() -> str:
    """A random UUID, as text."""
    return str(uuid.uuid4())


def guard() -> EgressGuard:
    """The egress guard of this stage."""
    from parley.business.egress import EgressGuard

    return EgressGuard(allow_loopback=settings().allow_loopback)
