"""One run: the functions of template.yaml on fakes of everything they call, on one virtual clock, from one seed."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from parley.business.model import Business, Endpoint, Rule
from parley.storage.businesses import DynamoBusinesses
from parley.storage.channels import DynamoChannels
from tests.chaos import deployment, weather
from tests.chaos.calls import Direct, Simulated, Trace
from tests.chaos.dynamo import FakeDynamo
from tests.chaos.lambdas import Failed, Function, Poller
from tests.chaos.loop import Loop, Unsupported
from tests.chaos.phone import Phone
from tests.chaos.queues import Queue
from tests.chaos.receiver import Receiver, Taken
from tests.chaos.sqs import FakeSqs
from tests.chaos.stores import FakeS3, FakeSecrets, Version, first_version
from tests.chaos.surroundings import Surroundings
from tests.chaos.table import Table
from tests.chaos.weather import Weather, seeded
from tests.chaos.web import Standing, Web
from tests.support import apple_requests as apple
from tests.support import template_yaml
from tests.support.clock import NEW_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tests.chaos.sabotage import Sabotage

STEP_SECONDS: Final = 30.0
MAX_ERRORS: Final = 100
GREETING: Final = "Hello! I am an automatic assistant."
IDLE_QUEUES: Final = frozenset({"TransfersQueue"})
"""Nobody empties them here."""


class Pace(NamedTuple):
    """Seconds one call to AWS takes, and one request to an endpoint."""

    aws: float
    web: float


class _Clients(dict[str, Any]):
    def __missing__(self, service: str) -> NoReturn:
        raise Unsupported(f"no client for {service}")


class World:
    """Businesses with their endpoints, Apple, and one deployed Parley between them."""

    def __init__(
        self,
        seed: int,
        *,
        sky: Callable[[Random], Weather] = Weather.of,
        pace: Pace | None = None,
        keep_trace: bool = True,
        sabotage: Sabotage | None = None,
    ) -> None:
        """`pace`: every call takes exactly this long, and what is left to chance else is not."""
        self.chance = seeded(seed)
        self.loop = Loop(self.chance, now=NEW_YEAR)
        self.sky = sky(self.chance)
        self.steady = pace is not None
        self.trace = Trace(kept=keep_trace)
        self.errors: Counter[str] = Counter()
        self.healed = False
        aws, web = self._halves(pace)
        calls = Simulated(self.loop, self.sky, chance=self.chance, latency=aws, trace=self.trace)
        self.web = Web(self.loop, calls, self.sky, chance=self.chance, latency=web, trace=self.trace, sabotage=sabotage)
        self.around = Surroundings(self.loop, self.web, self.chance, complain=self._complain)
        self.taken: list[Taken] = []
        self.receivers: dict[str, Receiver] = {}
        self.secrets: dict[str, list[Version]] = {}
        self.phone = Phone(apple.MSP_ID, apple.CREDENTIAL.key, lambda: self.loop.now)
        self.web.serve(deployment.APPLE_HOST, self.phone)
        self.table = Table(template_yaml.table(), now=lambda: self.loop.now, lag=self._lag, stale=self._is_stale)
        self.queues = self._make_queues()
        self.clients: Mapping[str, Any] = self._make_clients(calls, sabotage)
        self.functions = {name: Function(each, self) for name, each in deployment.functions().items()}
        self._connect()
        self._direct: Any = FakeDynamo(self.table, Direct(), name=deployment.NAMES["Table"])
        self._settings = DynamoBusinesses(
            self._direct,  # type: ignore[arg-type]
            table=deployment.NAMES["Table"],
            clock=lambda: self.loop.now,
        )
        self._store_secret(deployment.NAMES["AppleSecret"], {"msp_id": apple.MSP_ID, "secret": apple.SECRET})

    def register(self, business_id: str, endpoints: list[str]) -> list[Receiver]:
        """A business with these endpoints. The first takes everything but the intents named after the others."""
        secret = "whsec_" + base64.b64encode(self.chance.randbytes(32)).decode()
        made = []
        for name in endpoints:
            host = f"{name}.{business_id[:8]}.simulated"
            receiver = Receiver(f"{business_id[:8]}/{name}", [secret], self.taken, lambda: self.loop.now)
            self.receivers[receiver.name] = receiver
            self.web.serve(host, receiver)
            made.append((name, receiver, Endpoint(name, f"https://{host}/hooks")))
        rules = tuple(Rule(name, intent=name if place else None) for place, (name, _, _) in enumerate(made))
        known = {name: endpoint for name, _, endpoint in made}
        self._settings.put(Business(business_id, "Bikes", endpoints=known, rules=rules))
        self._store_secret(f"parley/business/{business_id}", {"webhook_secret": secret})
        return [receiver for _, receiver, _ in made]

    def greet(self, business_id: str) -> None:
        """This business greets who is new."""
        settings = json.dumps({"greeting": {"messages": {"en": {"body": GREETING}}}})
        assert DynamoChannels(self._direct, table=deployment.NAMES["Table"]).put(business_id, settings, version=0)

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any] | None:
        """Call a function as API Gateway does; None when no answer was heard."""
        try:
            answer: dict[str, Any] = self.functions[f"{function}Function"].invoke(event)
        except Failed:
            return {"statusCode": 502, "body": ""}
        return None if self.sky.strike(weather.INVOCATION[1:2]) else answer

    def heal(self) -> None:
        """Everything is well from now on."""
        self.healed = True
        self.sky.calm()
        self.phone.standing = Standing.UP
        for receiver in self.receivers.values():
            receiver.standing = Standing.UP

    def run(self, *, until: float) -> None:
        """Let the world go on until then (Unix seconds)."""
        with self.around.entered():
            self.loop.run(until=until)

    def settle(self, *, within: float, idle: Callable[[], bool]) -> bool:
        """Let the world go on until nothing is left to do and everybody is idle; False when that does not come."""
        until = self.loop.now + within
        with self.around.entered():
            while not (self.is_quiet() and idle()):
                if self.loop.now >= until or self.is_hopeless:
                    return False
                self.loop.run(until=self.loop.now + STEP_SECONDS)
        return True

    @property
    def is_hopeless(self) -> bool:
        """The same unexpected errors again and again: there is nothing to wait for."""
        return self.errors.total() > MAX_ERRORS

    def is_quiet(self) -> bool:
        """Nothing is queued, at work, or due."""
        waiting = any(queue.size for name, queue in self.queues.items() if name not in IDLE_QUEUES)
        due = self.table.indexes["due"]
        return not (waiting or due.standing or due.coming or any(each.busy for each in self.functions.values()))

    def items(self, prefix: str) -> list[dict[str, Any]]:
        """The items whose partition key starts so, as they are."""
        return [item for (pk, _), item in self.table.items.items() if pk.startswith(prefix)]

    def _make_queues(self) -> dict[str, Queue]:
        strict = self.steady or self.chance.random() < 0.5
        made = {
            name: Queue(
                name,
                fifo=each.fifo,
                visibility=each.visibility,
                retention=each.retention,
                now=lambda: self.loop.now,
                chance=self.chance,
                sky=self.sky,
                max_receives=each.max_receives,
                strict=strict,
            )
            for name, each in deployment.queues().items()
        }
        for name, each in deployment.queues().items():
            made[name].dead = made[each.dead] if each.dead is not None else None
        return made

    def _make_clients(self, calls: Simulated, sabotage: Sabotage | None) -> dict[str, Any]:
        clients: dict[str, Any] = {
            "dynamodb": FakeDynamo(self.table, calls, name=deployment.NAMES["Table"]),
            "sqs": FakeSqs({deployment.url(name): queue for name, queue in self.queues.items()}, calls),
            "s3": FakeS3({}, calls, bucket=deployment.NAMES["Bucket"]),
            "secretsmanager": FakeSecrets(self.secrets, calls),
        }
        if sabotage is not None:
            clients = {service: sabotage.client(service, client) for service, client in clients.items()}
        return _Clients(clients)

    def _connect(self) -> None:
        for function in self.functions.values():
            for trigger in function.deployed.triggers:
                if trigger.queue is not None:
                    Poller(function, self.queues[trigger.queue], trigger, self)
                elif trigger.every is not None:
                    self._schedule(function, trigger.every)

    def _schedule(self, function: Function, every: float) -> None:
        def run() -> None:
            try:
                function.invoke({})
            except Failed as fault:
                self.trace.add(self.loop.now, function.deployed.name, "failed", "", str(fault))

        def tick() -> None:
            self.loop.spawn(run, name=f"every-{every:g}-s")
            self.loop.call_at(self.loop.now + every, tick)

        self.loop.call_at(self.loop.now + self.chance.uniform(0.0, every), tick)

    def _store_secret(self, name: str, value: dict[str, str]) -> None:
        self.secrets[name] = [first_version(json.dumps(value), at=self.loop.now)]

    def _complain(self, error: str) -> None:
        self.errors[error] += 1

    def _halves(self, pace: Pace | None) -> tuple[Callable[[], float], Callable[[], float]]:
        """How long half a call to AWS and half a request take."""
        if pace is None:
            return self._some_time, self._some_time
        return (lambda: pace.aws / 2), (lambda: pace.web / 2)

    def _some_time(self) -> float:
        """Half of a call: often at once, seldom long, so that everybody may come between everybody."""
        drawn = self.chance.random()
        if drawn < 0.3:
            return 0.0
        return drawn * 0.01 if drawn < 0.95 else drawn * 0.4

    def _lag(self) -> float:
        if self.steady:
            return 0.05
        return self.chance.choice((0.2, 1.0, 5.0)) if self.sky.strike(weather.INDEX) else 0.01

    def _is_stale(self) -> bool:
        return self.sky.strike(weather.READ) is not None
