"""What people do during a run: customers write, businesses send, servers fail and come back."""

from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Any, Final

from tests.chaos.administrator import Administrator
from tests.chaos.table import EVENTUAL_SECONDS
from tests.chaos.talk import Asked, Talk, Written
from tests.chaos.web import Standing
from tests.support import apple_requests as apple
from tests.support.callers import caller

if TYPE_CHECKING:
    from tests.chaos.loop import Task
    from tests.chaos.phone import Phone
    from tests.chaos.receiver import Receiver
    from tests.chaos.world import World

APPLE_WAITS: Final = (0.5, 2.0, 5.0, 20.0)
CALLER_WAITS: Final = (0.1, 1.0, 3.0)
GAPS: Final = (0.0, 0.0, 0.05, 0.5, 2.0, 10.0, 60.0)
"""Seconds between one message and the next."""
WAY_SECONDS: Final = 0.02
"""From Apple's servers, or a business's, to ours and back: nothing follows faster."""
OUTAGES: Final = (3.0, 30.0, 200.0, 1000.0, 4000.0)
LARGE: Final = 210_000
DOWN: Final = (Standing.REFUSES, Standing.HANGS, Standing.FAILS, Standing.SWALLOWS, Standing.GONE)


class Story:
    """A seed's people. `busy` counts those who have not finished."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.chance
        self.talks: list[Talk] = []
        self.administrators: list[Administrator] = []
        self.busy = 0
        self.tasks: list[Task] = []

    def begin(self, *, businesses: int, talks: int, length: int, fixed: bool = False) -> None:
        """`talks` conversations with up to `length` messages each way (or exactly, when `fixed`).

        Endpoints and Apple fail now and then.

        Everybody waits until the registration is seen by every reader.
        """
        for number in range(businesses):
            business = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
            names = ["main", "sales"][: self.chance.randint(1, 2)]
            made = self.world.register(business, names)
            self.world.greet(business)
            for receiver in made:
                self.go(lambda receiver=receiver: self.outages(receiver), f"fate of {receiver.name}", counts=False)
            self.administrators.append(Administrator(self, business, names))
            self.go(self.administrators[-1].live, "administrator")
            for place in range(number, talks, businesses):
                talk = Talk(business, f"urn:mbid:AQ{place}{self.chance.randbytes(12).hex()}==")
                self.talks.append(talk)
                written, asked = self.chance.randint(1, length), self.chance.randint(0, length)
                if fixed:
                    written = asked = length
                self.go(lambda talk=talk, n=written: self.customer(talk, n), f"customer {place}")
                self.go(lambda talk=talk, n=asked: self.caller(talk, n), f"business {place}")
        self.go(lambda: self.outages(self.world.phone), "fate of apple", counts=False)

    def mend(self) -> None:
        """Once all is well again: every endpoint that was paused, or disabled itself, is wanted back."""
        for each in self.administrators:
            self.go(each.resume_all, "administrator")

    def is_over(self) -> bool:
        """Everybody has said what they had to say."""
        return not self.busy

    def customer(self, talk: Talk, count: int) -> None:
        """Writes, mostly one message after another, sometimes two at once; may leave and come back."""
        for _ in range(count):
            self.pause()
            drawn = self.chance.random()
            if drawn < 0.08:
                self.post_until_taken(self.envelope(talk, "typing_start"), talk)
            elif drawn < 0.14:
                self.leave(talk)
            elif drawn < 0.2:
                self.reply_twice(talk)
            elif drawn < 0.3:
                self.go(lambda: self.write(talk), "customer in a hurry")
            else:
                self.write(talk)

    def write(self, talk: Talk) -> None:
        """One text."""
        self.world.phone.left.discard((talk.business, talk.customer))
        content = self.envelope(talk, "text", intent="sales" if self.chance.random() < 0.15 else None)
        content["body"] = f"in {len(talk.written)} {content['id']}"
        if self.chance.random() < 0.01:
            content["body"] += "." * LARGE
        self.post_until_taken(content, talk)

    def write_plainly(self, talk: Talk) -> None:
        """One short text."""
        content = self.envelope(talk, "text")
        self.post_until_taken(content | {"body": f"in {len(talk.written)} {content['id']}"}, talk)

    def leave(self, talk: Talk) -> None:
        """Closes the conversation; from now on Apple answers 410."""
        self.world.phone.left.add((talk.business, talk.customer))
        self.post_until_taken(self.envelope(talk, "close"), talk)

    def reply_twice(self, talk: Talk) -> None:
        """Answers a question from two devices at once: two ids, one answer (protocol/01 §2.3)."""
        self.world.phone.left.discard((talk.business, talk.customer))
        session = self.chance.randbytes(8).hex()
        data = {"sessionIdentifier": session, "data": {"version": "1.0", "requestIdentifier": session}}
        first, second = (self.envelope(talk, "interactive", interactiveData=data) for _ in range(2))
        self.post_until_taken(first, talk, twin=second["id"])
        if self.chance.random() < 0.7:
            self.world.loop.sleep(self.chance.uniform(0.0, 2.0))
            self.post_until_taken(second, talk, twin=first["id"])

    def post_until_taken(self, content: dict[str, Any], talk: Talk, *, twin: str | None = None) -> None:
        """Apple posts until it hears a yes; a typing indicator only once, and sometimes a text once too often."""
        loop = self.world.loop
        ephemeral = content["type"].startswith("typing")
        written = Written(content["id"], str(content.get("body", content["id"])), loop.now, twin=twin)
        if not ephemeral:
            talk.written.append(written)
        while True:
            answer = self.world.invoke("Inbound", self.apple_event(content))
            status = None if answer is None else answer["statusCode"]
            if status == 200:
                written.accepted = loop.now
                if self.chance.random() > 0.05:
                    return
            if ephemeral:
                return
            if status not in {None, 200, 500, 502, 503}:
                raise AssertionError(f"Apple was answered {answer}")
            loop.sleep(self.chance.choice(APPLE_WAITS))

    def caller(self, talk: Talk, count: int) -> None:
        """Sends, mostly one message after another; repeats calls that were not answered, and some that were."""
        if self.chance.random() < 0.5:
            self.world.loop.sleep(self.chance.uniform(0.0, 100.0))
        for _ in range(count):
            self.pause()
            if self.chance.random() < 0.1:
                self.go(lambda: self.send(talk), "business in a hurry")
            else:
                self.send(talk)

    def send(self, talk: Talk, *, at_once: int | None = None) -> Asked:
        """One message, possibly by several identical calls at the same moment."""
        number = len(talk.asked)
        body = f"out {number} {self.chance.randbytes(8).hex()}"
        asked = Asked(f"key-{talk.id}-{number}", body, self.world.loop.now)
        talk.asked.append(asked)
        several = at_once or (self.chance.randint(2, 20) if self.chance.random() < 0.1 else 1)
        calls = [
            self.world.loop.spawn(lambda: self.call_until_answered(talk, asked), name=f"call {number}/{place}")
            for place in range(several)
        ]
        for call in calls:
            self.world.loop.join(call)
            call.value()
        return asked

    def call_until_answered(self, talk: Talk, asked: Asked) -> None:
        """`POST /v1/messages` with one idempotency key."""
        loop = self.world.loop
        while True:
            answer = self.world.invoke("OutboundApi", _api_event(talk, asked))
            status = None if answer is None else answer["statusCode"]
            if status == 202 and answer is not None:
                asked.ids.add(json.loads(answer["body"])["id"])
                asked.accepted = loop.now if asked.accepted is None else asked.accepted
                if self.chance.random() > 0.05:
                    return
            elif status == 422 and answer is not None:
                asked.refused = json.loads(answer["body"])["code"]
                return
            elif status not in {None, 500, 502, 503}:
                raise AssertionError(f"a business was answered {answer}")
            loop.sleep(self.chance.choice(CALLER_WAITS))

    def outages(self, server: Receiver | Phone) -> None:
        """Goes down and comes back a few times."""
        for _ in range(self.chance.choice((0, 0, 1, 1, 2, 4))):
            for standing in (self.chance.choice(DOWN), Standing.UP):
                self.world.loop.sleep(self.chance.choice(OUTAGES) * self.chance.random())
                if self.world.healed:
                    return
                # Apple never says 410 of itself, only of a customer.
                away = standing is Standing.GONE and server is self.world.phone
                server.standing = Standing.FAILS if away else standing
                self.world.trace.add(self.world.loop.now, "fate", standing, server.name)

    def envelope(self, talk: Talk, kind: str, **fields: Any) -> dict[str, Any]:
        """The JSON of one customer event."""
        identity = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        return apple.envelope(kind, id=identity, sourceId=talk.customer, destinationId=talk.business, **fields)

    def apple_event(self, content: dict[str, Any]) -> dict[str, Any]:
        """What API Gateway hands over for it."""
        token = apple.token(now=self.world.loop.now)
        sent = apple.headers(content, authorization=f"Bearer {token}")
        return apple.api_gateway_event(json.dumps(content).encode(), sent)

    def pause(self) -> None:
        """Between two messages."""
        self.world.loop.sleep(WAY_SECONDS + self.chance.choice(GAPS) * self.chance.random())

    def go(self, work: Any, name: str, *, counts: bool = True) -> None:
        """Somebody begins to live. `counts`: the run waits for them."""

        def live() -> None:
            try:
                self.world.loop.sleep(EVENTUAL_SECONDS)
                work()
            finally:
                self.busy -= counts

        self.busy += counts
        self.tasks.append(self.world.loop.spawn(live, name=name))


def _api_event(talk: Talk, asked: Asked) -> dict[str, Any]:
    body = json.dumps({"to": talk.customer, "body": asked.body}).encode()
    return {
        "resource": "/v1/messages",
        "path": "/v1/messages",
        "httpMethod": "POST",
        "headers": {"Idempotency-Key": asked.key, "Content-Type": "application/json"},
        "pathParameters": None,
        "queryStringParameters": None,
        "requestContext": {"authorizer": caller(talk.business)},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
