"""Workers killed with SIGKILL, wherever they are: nothing is lost, overtakes, or goes out under two names."""

from __future__ import annotations

import itertools
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import SystemRandom
from threading import BoundedSemaphore, Event
from typing import TYPE_CHECKING, Any

import urllib3

from local.stack.layout import BUSINESS
from tests.stack.conftest import eventually
from tests.stack.killing import DELAY_MS, bring_back, kill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stack.conftest import Stack

CUSTOMERS = 6
HEALING_SECONDS = 75.0
"""What only the sweeper still knows of is due a minute after it was stored."""

HIDDEN_SECONDS = 2
"""A batch whose worker died comes back when its visibility is over: on AWS as well as here, where the queues of the
private stack hide it for seconds instead of the template's minutes."""

AT_A_TIME = BoundedSemaphore(2)
"""Calls of the business side by side; the local cloud starts a process for each more, which takes seconds."""

QUEUES = ("EventsQueueUrl", "OutboxQueueUrl", "WakeupsQueueUrl")


@dataclass
class Talk:
    """What one customer and the business were told is accepted, in order: the ids."""

    customer: str
    written: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)


def test_nothing_is_lost_or_overtakes_or_is_sent_twice_while_workers_are_killed(stack: Stack) -> None:
    talks = [Talk(stack.new_customer()) for _ in range(CUSTOMERS)]
    over = Event()

    with _soon_visible_again(stack):
        # When it comes back the business echoes the texts it has not echoed yet, unless it does not remember them.
        stack.call("DELETE", stack.facts["webhook_inbox_url"])
        stack.behave(echo=False, delay_ms=DELAY_MS)
        # Apple goes on with what it has begun although nobody waits for the answer any more.
        faults = [
            stack.control("POST", "/faults", {"opaque_id": talk.customer, "delay_ms": DELAY_MS, "times": 0})["id"]
            for talk in talks
        ]
        try:
            with ThreadPoolExecutor(CUSTOMERS) as threads:
                running = [threads.submit(_converse, stack, talk, over) for talk in talks]
                try:
                    eventually(lambda: all(talk.sent for talk in talks))
                    killed = kill(stack, [talk.customer for talk in talks])
                finally:
                    over.set()
                for each in running:
                    each.result()
            stack.behave(echo=False)
            for fault in faults:
                stack.control("DELETE", f"/faults/{fault}")
            lost = _heal(stack, talks)
        finally:
            bring_back(stack)
            stack.behave(echo=True)

    assert lost == []
    # Which of the others is caught in time is left to chance.
    assert set(killed) >= {"Routing", "OutboundSender", BUSINESS}, killed
    assert all(len(talk.written) > 3 for talk in talks)
    news = [stack.news(talk.customer) for talk in talks]
    for talk, hooks in zip(talks, news, strict=True):
        _judge_webhooks(talk, hooks)
        _judge_phone(talk, stack.phone(talk.customer))
    # A worker died between its call and the note of it, so this was about something.
    assert any(hook["duplicate"] for hooks in news for hook in hooks)


def _judge_webhooks(talk: Talk, hooks: list[dict[str, Any]]) -> None:
    assert all(hook["verified"] for hook in hooks)
    firsts: dict[str, dict[str, Any]] = {}
    for hook in hooks:
        data = hook["body"]["data"]
        first = firsts.setdefault(hook["webhook_id"], data)
        assert (data["sequence"], data["message"]) == (first["sequence"], first["message"])
    received = [hook for hook in hooks if hook["body"]["type"] == "message.received"]
    seen = dict.fromkeys((hook["body"]["data"]["message"]["body"], hook["webhook_id"]) for hook in received)
    assert list(seen) == [(str(number), identity) for number, identity in enumerate(talk.written)]
    sequences = [data["sequence"] for data in firsts.values()]
    assert sequences == sorted(set(sequences))
    told = Counter(data["message"]["id"] for data in firsts.values() if data["message"].get("state") == "sent")
    assert {identity: told[identity] for identity in talk.sent} == dict.fromkeys(talk.sent, 1)


def _judge_phone(talk: Talk, shown: list[dict[str, Any]]) -> None:
    # After its restart the demo business echoed some texts before it was told not to.
    echoes = Counter(message["body"] for message in shown if message["auto_reply"])
    assert all(count == 1 for count in echoes.values())
    mine = [(message["body"], message["id"]) for message in shown if not message["auto_reply"]]
    assert mine == [(str(number), identity) for number, identity in enumerate(talk.sent)]


def _converse(stack: Stack, talk: Talk, over: Event) -> None:
    """Number by number, each posted until it is accepted: under its one id, or its one Idempotency-Key."""
    for number in itertools.count():
        if over.is_set():
            return
        post = stack.signed_post(talk.customer, str(number))
        _insist(200, partial(_apple_posts, stack, post))
        talk.written.append(post["headers"]["id"])

        order, key = {"to": talk.customer, "body": str(number)}, {"Idempotency-Key": str(uuid.uuid4())}
        ids = {_insist(202, partial(_business_sends, stack, order, key))["id"] for _ in range(1 if number % 3 else 2)}
        assert len(ids) == 1
        talk.sent += ids


def _apple_posts(stack: Stack, post: dict[str, Any]) -> tuple[int, Any]:
    url = stack.facts["apple_message_url"]
    return stack.http.request("POST", url, **post, timeout=30, retries=False).status, None


def _business_sends(stack: Stack, order: dict[str, str], key: dict[str, str]) -> tuple[int, Any]:
    with AT_A_TIME:
        return stack.api("POST", "/v1/messages", order, **key)


def _insist(wanted: int, call: Callable[[], tuple[int, Any]]) -> Any:
    """Call until it works; a worker that died leaves no answer, or one that says so."""
    deadline = time.monotonic() + 60
    said: object = None
    wait = 0.2
    while time.monotonic() < deadline:
        try:
            status, answer = call()
        except urllib3.exceptions.HTTPError as fault:
            said = fault
        else:
            if status == wanted:
                return answer
            said = (status, answer)
        time.sleep(SystemRandom().uniform(wait, 2 * wait))
        wait = min(2 * wait, 3.0)
    raise AssertionError(said)


def _heal(stack: Stack, talks: list[Talk]) -> list[str]:
    """Wait until everything is there; what is not after all. The sweeper is called more often than each minute."""
    (sweeper,) = (
        function["FunctionName"]
        for function in stack.functions.list_functions()["Functions"]
        if "Sweeper" in function["FunctionName"]
    )
    deadline = time.monotonic() + HEALING_SECONDS
    while (lost := _missing(stack, talks)) and time.monotonic() < deadline:
        stack.functions.invoke(FunctionName=sweeper, Payload=b"{}")
        time.sleep(1)
    return lost


def _missing(stack: Stack, talks: list[Talk]) -> list[str]:
    missing = []
    for talk in talks:
        hooks = [hook["body"] for hook in stack.news(talk.customer) if (hook["answered"] or 599) < 300]
        messages = [(body["type"], body["data"]["message"]["id"]) for body in hooks]
        shown = {message["id"] for message in stack.phone(talk.customer)}
        missing += [f"received {each}" for each in talk.written if ("message.received", each) not in messages]
        missing += [f"told {each}" for each in talk.sent if ("message.sent", each) not in messages]
        missing += [f"shown {each}" for each in talk.sent if each not in shown]
    return missing


@contextmanager
def _soon_visible_again(stack: Stack) -> Iterator[None]:
    before = {}
    for url in (stack.facts["outputs"][name] for name in QUEUES):
        attributes = stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        before[url] = attributes["VisibilityTimeout"]
        stack.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(HIDDEN_SECONDS)})
    try:
        yield
    finally:
        for url, seconds in before.items():
            stack.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": seconds})
