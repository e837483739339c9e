"""A customer's event comes in."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.services.receive import Receive


@cache
def receive() -> Receive:
    """For `functions/inbound`."""
    from parley.services.receive import Receive

    return Receive(
        credentials=compose.apple_credentials(),
        businesses=compose.businesses(),
        messages=compose.messages(),
        conversations=compose.conversations(),
        payloads=compose.payloads(),
        events=compose.events(),
        transfers=compose.transfers(),
        clock=time.time,
    )
