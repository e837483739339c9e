"""Posting a customer's message to the MSP, as Apple does (protocol/01 §2)."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import urllib3

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS = 10
ANSWER_CHARACTERS = 2_000


@dataclass(frozen=True)
class Attempt:
    """How one POST ended. `status` is None when there was no answer; then `body` says why."""

    status: int | None
    ms: int
    body: str

    def as_json(self) -> dict[str, Any]:
        """Describe the attempt for the control API."""
        return asdict(self)


async def post(url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
    """Post once, in a thread. Never retries: whether Apple does is unknown (open question 1)."""
    return await anyio.to_thread.run_sync(_post, url, headers, body)


def _post(url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
    started = time.monotonic()
    status: int | None = None
    # A fresh connection each time: reusing one the MSP is just closing would look like a lost message.
    with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=TIMEOUT_SECONDS)) as pool:
        try:
            answer = pool.request("POST", url, body=body, headers=headers, redirect=False)
            status = answer.status
            text = answer.data.decode("utf-8", "replace")[:ANSWER_CHARACTERS]
        except urllib3.exceptions.NewConnectionError:  # counts as a timeout, too, for urllib3
            text = "no connection: nothing listens there"
        except urllib3.exceptions.TimeoutError:
            text = f"no answer within {TIMEOUT_SECONDS} s"
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            text = f"no answer: {type(error).__name__}"
    return Attempt(status, round((time.monotonic() - started) * 1000), text)
