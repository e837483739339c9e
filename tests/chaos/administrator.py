"""What a business does with the management side of the API while everything else goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from parley.business.webhooks import iso
from tests.support.callers import caller

if TYPE_CHECKING:
    from tests.chaos.story import Story

WAITS: Final = (1.0, 3.0)
TRIES: Final = 4
"""Of what is not worth repeating for ever."""


class Administrator:
    """One business's: pauses and resumes endpoints, hands conversations over, has webhooks delivered again."""

    def __init__(self, story: Story, business: str, endpoints: list[str]) -> None:
        self._story = story
        self._business = business
        self._endpoints = endpoints
        self._keys = 0

    def live(self) -> None:
        """A few changes, at any time."""
        chance, loop = self._story.chance, self._story.world.loop
        for _ in range(chance.choice((0, 0, 1, 3))):
            loop.sleep(chance.uniform(0.0, 200.0))
            drawn = chance.random()
            if drawn < 0.3:
                self.pause(chance.choice(self._endpoints))
            elif drawn < 0.5:
                self.hand_over()
            elif drawn < 0.8:
                self.replay_one()
            else:
                self.replay_all()

    def pause(self, endpoint: str) -> None:
        """Nothing is delivered there for a while."""
        self.call("POST", "/v1/endpoints/{endpoint_id}/pause", {"endpoint_id": endpoint})
        self._story.world.loop.sleep(self._story.chance.uniform(0.0, 300.0))
        self.resume(endpoint)

    def resume(self, endpoint: str) -> None:
        """It is delivered to again, whatever stopped it. This has to succeed."""
        while self.call("POST", "/v1/endpoints/{endpoint_id}/resume", {"endpoint_id": endpoint}) != 200:
            self._story.world.loop.sleep(WAITS[0])

    def resume_all(self) -> None:
        """All of them."""
        for endpoint in self._endpoints:
            self.resume(endpoint)

    def hand_over(self) -> None:
        """A conversation is somebody else's from now on."""
        talks = [talk for talk in self._story.talks if talk.business == self._business]
        talk = self._story.chance.choice(talks)
        body = {"endpoint_id": self._story.chance.choice(self._endpoints)}
        self.call("PUT", "/v1/conversations/{conversation_id}/handler", {"conversation_id": talk.id}, body)

    def replay_one(self) -> None:
        """A webhook that was taken is wanted again."""
        taken = [one for one in self._story.world.taken if one.business == self._business and one.sequence]
        if taken:
            one = self._story.chance.choice(taken)
            self.call("POST", "/v1/deliveries/{message_id}/replay", {"message_id": one.webhook_id})

    def replay_all(self) -> None:
        """Everything of the last hour is wanted again."""
        now = self._story.world.loop.now
        wanted = self._story.chance.choice(("any", "failed", "delivered"))
        self.call("POST", "/v1/replays", {}, {"state": wanted, "since": iso(now - 3600), "until": iso(now)})

    def call(self, method: str, route: str, path: dict[str, str], body: Any = None) -> int | None:
        """One call of the API, repeated a few times with the same key; the status of the last answer."""
        world, chance = self._story.world, self._story.chance
        self._keys += 1
        event = {
            "resource": route,
            "path": route.format(**path),
            "httpMethod": method,
            "headers": {"Idempotency-Key": f"administrator-{self._business}-{self._keys}"},
            "pathParameters": path or None,
            "multiValueQueryStringParameters": None,
            "requestContext": {"authorizer": caller(self._business)},
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer, status = None, None
        for _ in range(TRIES):
            answer = world.invoke("Console", event)
            status = None if answer is None else int(answer["statusCode"])
            if status is not None and status < 500 and status != 409:
                break
            world.loop.sleep(chance.choice(WAITS))
        world.trace.add(world.loop.now, "administrator", f"{method} {route}", " ".join(path.values()), str(status))
        if status == 400:
            raise AssertionError(f"{method} {route} was answered {answer}")
        return status
