"""Answers that come by reference: how soon after the customer has tapped their content is asked for.

Apple keeps it for a while that nobody knows (protocol/09), so it is fetched at once. On a local cloud, one answer after
another, from the tap on the simulated phone (before the gateway has posted anything) to the call of `/preDownload`.
"""

from __future__ import annotations

import math
import time
import uuid
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from bench import BenchError, say
from bench.figure import Figure
from bench.private_stack import private_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts
    from bench.private_stack import PrivateStack

NAME: Final = "references"
ANSWERS: Final = 300
_WARM_UP: Final = 10
_WAIT_SECONDS: Final = 60.0
_QUESTION: Final = {
    "type": "quick_reply",
    "text": "Which?",
    "items": [{"identifier": name, "title": name} for name in ("a", "b")],
}


def figures(_made: Artefacts) -> Iterator[Figure]:
    """Milliseconds; the aim for 95 of 100 is 500."""
    with private_stack() as stack:
        customer = _customer_with_a_question(stack)
        say(f"{NAME}: {ANSWERS} answers by reference …")
        taken = sorted([_milliseconds(stack, customer) for _ in range(_WARM_UP + ANSWERS)][_WARM_UP:])
    yield Figure(NAME, "fetch begins, 95 of 100 within", taken[math.ceil(0.95 * ANSWERS) - 1], "ms")
    yield Figure(NAME, "fetch begins, median", median(taken), "ms")
    yield Figure(NAME, "fetch begins, slowest", taken[-1], "ms")


def _customer_with_a_question(stack: PrivateStack) -> str:
    """On whose phone it is."""
    stack.call("PUT", stack.facts["webhook_inbox_url"].replace("/inbox", "/behaviour"), {"echo": False})
    customer = str(stack.control("POST", "/customers", {"name": NAME})["opaque_id"])
    stack.control("POST", "/messages", {"opaque_id": customer, "type": "text", "body": "Hello"})
    asked = {"to": customer, **_QUESTION}
    status, answer = stack.api("POST", "/v1/messages", asked, idempotency_key=str(uuid.uuid4()))
    if status != 202:
        raise BenchError(f"the question was not taken: {status} {answer}")
    deadline = time.monotonic() + _WAIT_SECONDS
    while not stack.control("GET", f"/phones/{quote(customer, safe='')}/messages")["messages"]:
        if time.monotonic() > deadline:
            raise BenchError("the question did not come to the phone")
        time.sleep(0.1)
    return customer


def _milliseconds(stack: PrivateStack, customer: str) -> float:
    """From one tap to the call that asks for its content; then its end is waited for."""
    after = stack.control("GET", "/posts")["next"]
    tapped = time.time()
    stack.control("POST", "/phones/reply", {"opaque_id": customer, "identifier": "b", "by_reference": True})
    (asked, *_), seen = _calls(stack, after, "/preDownload")
    _calls(stack, seen, "/decodePayload")
    return (datetime.fromisoformat(asked["at"]).timestamp() - tapped) * 1000


def _calls(stack: PrivateStack, after: int, end: str) -> tuple[list[dict[str, Any]], int]:
    """The first calls of one kind behind number `after`, and the number to go on from. Raises BenchError."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        posts = stack.control("GET", f"/posts?after={after}&wait=5")["posts"]
        if found := [post for post in posts if post["path"].endswith(end) and post["ms"] is not None]:
            return found, found[0]["n"]
    raise BenchError(f"{end} was not called within {_WAIT_SECONDS:.0f} s")
