"""Killing processes of one private local cloud, in the midst of their work where that can be seen."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psutil
import urllib3

from local.stack.layout import BUSINESS, CLOUD, STACK_NAME, layout
from local.stack.processes import Processes

if TYPE_CHECKING:
    from tests.stack.conftest import Stack

KILLING_SECONDS = 28.0
MOST_KILLING_SECONDS = 40.0
"""On a busy machine, until everything has been hit."""

DELAY_MS = 200
"""So long the business and Apple take for an answer, and so long a worker can be hit while it waits for one."""

TARGETS = ("Routing", "OutboundSender", "Inbound", "Routing", "OutboundApi", "Wakeups", "OutboundSender", "Authorizer")
"""In this order, again and again. Routing and the sender are killed right after somebody has seen their work."""

AWAY_TURNS = len(TARGETS) - 1
"""So long the business stays away after it was killed."""

CALLED_SIDE_BY_SIDE = frozenset({"Inbound", "OutboundApi", "Authorizer"})
STARTING_SECONDS = 15.0
"""MiniStack answers the death of a worker that is still starting by ending all others of its function, starting ones
included, whose deaths it answers alike: with several callers that need not end. So those are let alone so long."""


def kill(stack: Stack, customers: list[str]) -> Counter[str]:
    """Kill for a while, the business once as well; how often each was hit."""
    killed: Counter[str] = Counter()
    start, back_at = time.monotonic(), -1
    for turn, function in enumerate(itertools.cycle(TARGETS)):
        elapsed = time.monotonic() - start
        complete = killed.keys() >= {*TARGETS, BUSINESS} and turn > back_at
        if elapsed > (KILLING_SECONDS if complete else MOST_KILLING_SECONDS):
            break
        workers = _workers(stack, function)
        if workers and _is_at_work(stack, function, customers[turn % len(customers)]):
            if function == "Routing" and killed[function] and not killed[BUSINESS]:
                # Instead of routing, which so gets to see it.
                killed[BUSINESS], back_at = _slay(_business(stack)), turn + AWAY_TURNS
            else:
                killed[function] += _slay(workers[turn % len(workers)])
        if turn == back_at:
            bring_back(stack)
        # Whoever is killed all the time never works: what is to be killed must first get somewhere.
        time.sleep(0.3)
    bring_back(stack)
    return +killed


def bring_back(stack: Stack) -> None:
    """Start the business unless it runs."""
    started = stack.parley("start", "business")
    assert started.returncode == 0, started.stderr
    stack.behave(echo=False, delay_ms=DELAY_MS)


def _is_at_work(stack: Stack, function: str, customer: str) -> bool:
    """Whether a worker is in the midst of something: somebody saw what it did, and it cannot have noted it down yet.

    Of the others it is not known; for them it is always true.
    """
    url = {
        "Routing": f"{stack.facts['webhook_inbox_url']}?",
        "OutboundSender": f"{stack.facts['control_url']}/phones/messages?{urlencode({'opaque_id': customer})}&",
    }.get(function)
    if url is None:
        return True
    try:
        _, seen = stack.call("GET", url)
        _, news = stack.call("GET", f"{url}after={seen['next']}&wait=1.5")
    except urllib3.exceptions.HTTPError:  # the business is away
        return True
    return bool(news["next"] > seen["next"])


def _workers(stack: Stack, function: str) -> list[psutil.Process]:
    """The processes in which this stack's own cloud runs one function, and nobody else's."""
    place = layout(stack.env)
    cloud = Processes(place).running(CLOUD)
    assert cloud is not None
    script = f"{place.cloud_dir / 'tmp'}/ministack-lambda-{STACK_NAME}-{function}Function-"
    found = []
    for child in cloud.process.children():
        with suppress(psutil.Error):
            fragile = function in CALLED_SIDE_BY_SIDE and time.time() - child.create_time() < STARTING_SECONDS
            if not fragile and any(word.startswith(script) for word in child.cmdline()):
                found.append(child)
    return found


def _business(stack: Stack) -> psutil.Process:
    business = Processes(layout(stack.env)).running(BUSINESS)
    assert business is not None
    return business.process


def _slay(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        process.kill()
        return True
    return False
