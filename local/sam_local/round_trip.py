"""One message each way through `sam local start-api`, looked at in the table and in the queues on its way."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import urllib3

from local.stack import cloud, http
from local.stack.errors import StackError
from local.stack.layout import BUSINESS, CLOUD, GATEWAY
from local.stack.up import Running
from parley.conversation.records import State
from parley.storage.messages import DynamoMessages

type Tell = Callable[[str], None]

QUESTION = "Is the blue one in stock?"
ANSWER = "Yes, in two sizes."
UNKNOWN_ID = "00000000-0000-0000-0000-000000000000"

# The first call of each function builds an image and starts a container.
_FIRST_CALL_SECONDS = 120.0
_CALL_SECONDS = 30.0
_HOP_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_BLOCKED = (
    "If sam's log shows timeouts, the containers may not reach this machine: a firewall between Docker's bridge\n"
    "and this machine, or a rootless or remote Docker, would do that."
)


class RoundTrip:
    """The steps, each of which raises StackError when what it waits for does not happen."""

    def __init__(self, running: Running, api_url: str, tell: Tell) -> None:
        self._running = running
        self._api_url = api_url
        self._tell = tell
        self._messages = DynamoMessages(
            cloud.client("dynamodb", running.layout.url(CLOUD)),
            table=running.deployed.output("TableName"),
            retention_days=lambda _: 1,
            clock=time.time,
        )

    def __call__(self) -> None:
        """A customer writes, the business reads, answers, and the customer reads."""
        self._connect()
        self._start_containers()
        with self._paused("EventsQueue") as resume:
            message_id = self._customer_writes()
            resume()
            conversation_id = self._business_reads(message_id)
        with self._paused("OutboxQueue") as resume:
            answer_id = self._business_answers(conversation_id)
            resume()
            self._customer_reads(answer_id)

    def _connect(self) -> None:
        """Let the gateway post to sam instead of the local cloud; no echo, so that there is one answer: ours."""
        layout = self._running.layout
        http.ask("PUT", layout.url(GATEWAY, "/control/config"), {"message_url": f"{self._api_url}/message"})
        http.ask("PUT", layout.url(BUSINESS, "/behaviour"), {"echo": False})

    def _start_containers(self) -> None:
        """Calls that have to be refused start each function's container."""
        began = time.monotonic()
        status, _ = self._call("POST", "/message", timeout=_FIRST_CALL_SECONDS)
        self._require(status == 401, f"POST /message without a token was answered {status}, not 401.")
        self._tell(f"POST /message without a token: {status}, in {_since(began)} with the container's start")
        began = time.monotonic()
        status, _ = self._call("GET", f"/v1/messages/{UNKNOWN_ID}", key=self._key, timeout=_FIRST_CALL_SECONDS)
        self._require(status == 404, f"GET /v1/messages/<unknown> was answered {status}, not 404.")
        self._tell(f"GET /v1/messages/<unknown>: {status}, in {_since(began)} with two containers' start")

    def _customer_writes(self) -> str:
        layout, customer = self._running.layout, self._running.state.customer
        order = {"opaque_id": customer.opaque_id, "type": "text", "body": QUESTION, "gzip": True}
        sent = http.ask("POST", layout.url(GATEWAY, "/control/messages"), order, timeout=_CALL_SECONDS)
        attempt = sent["attempts"][-1]
        self._require(attempt["status"] == 200, f"POST /message was answered {attempt['status']}: {attempt['body']}")
        self._tell(f"{customer.name} writes “{QUESTION}”")
        self._tell(f"  Apple's gateway posts it, signed, as gzip: {attempt['status']} in {attempt['ms']} ms")
        self._is_stored(str(sent["id"]), State.RECEIVED)
        self._is_queued("EventsQueue", "events.fifo")
        return str(sent["id"])

    def _business_reads(self, message_id: str) -> str:
        inbox = self._running.layout.url(BUSINESS, "/inbox")

        def webhook() -> dict[str, Any] | None:
            found = [hook for hook in http.ask("GET", inbox)["webhooks"] if hook["webhook_id"] == message_id]
            return found[0] if found else None

        seen = _eventually(webhook, "The business got no webhook with the message.")
        self._require(bool(seen["verified"]), "The business could not verify the webhook.")
        self._tell(f"  {self._running.state.business.name} gets the webhook, signature verified")
        self._becomes(message_id, State.DELIVERED)
        return str(seen["body"]["data"]["conversation_id"])

    def _business_answers(self, conversation_id: str) -> str:
        began = time.monotonic()
        content = {"to": conversation_id, "type": "text", "body": ANSWER}
        status, answer = self._call("POST", "/v1/messages", content, key=self._key)
        self._require(status == 202, f"POST /v1/messages was answered {status}: {answer}")
        self._tell(f"{self._running.state.business.name} answers “{ANSWER}”")
        self._tell(f"  POST /v1/messages with its API key: {status} in {_since(began)}")
        self._is_stored(answer["id"], State.QUEUED)
        self._is_queued("OutboxQueue", "outbox.fifo")
        return str(answer["id"])

    def _customer_reads(self, answer_id: str) -> None:
        layout, customer = self._running.layout, self._running.state.customer
        phone = f"{layout.url(GATEWAY, '/control/phones/messages')}?{urlencode({'opaque_id': customer.opaque_id})}"

        def bubble() -> dict[str, Any] | None:
            found = [bubble for bubble in http.ask("GET", phone)["messages"] if bubble["body"] == ANSWER]
            return found[0] if found else None

        _eventually(bubble, "The answer did not appear on the phone.")
        self._tell(f"  {customer.name}'s phone shows “{ANSWER}”")
        self._becomes(answer_id, State.SENT)
        status, answer = self._call("GET", f"/v1/messages/{answer_id}", key=self._key)
        self._require(status == 200 and answer["state"] == "sent", f"GET /v1/messages/{answer_id}: {status} {answer}")
        self._tell(f"  GET /v1/messages/{answer_id}: {status}, state {answer['state']}")

    @contextmanager
    def _paused(self, queue: str) -> Iterator[Callable[[], None]]:
        """Nobody takes anything from the queue until the yielded function is called."""
        functions = cloud.client("lambda", self._running.layout.url(CLOUD))
        name = self._queue_url(queue).rsplit("/", 1)[-1]
        sources = [
            source["UUID"]
            for source in functions.list_event_source_mappings()["EventSourceMappings"]
            if source["EventSourceArn"].endswith(f":{name}")
        ]

        def enable(*, enabled: bool) -> None:
            for source in sources:
                functions.update_event_source_mapping(UUID=source, Enabled=enabled)

        enable(enabled=False)
        yield lambda: enable(enabled=True)

    def _is_stored(self, message_id: str, state: State) -> None:
        found = self._state(message_id)
        self._require(found is state, f"The table has message {message_id} as {found}, not as {state}.")
        self._tell(f"  the table has message {message_id}, {state}")

    def _becomes(self, message_id: str, state: State) -> None:
        _eventually(
            lambda: self._state(message_id) is state or None,
            f"In the table message {message_id} did not become {state}.",
        )
        self._tell(f"  the table has message {message_id}, {state}")

    def _state(self, message_id: str) -> State | None:
        stored = self._messages.get(self._running.state.business.id, message_id)
        return stored.state if stored else None

    def _is_queued(self, queue: str, title: str) -> None:
        """Exactly one note waits: the queue was empty before, and nobody takes from it."""
        attribute = "ApproximateNumberOfMessages"
        answer = cloud.client("sqs", self._running.layout.url(CLOUD)).get_queue_attributes(
            QueueUrl=self._queue_url(queue), AttributeNames=[attribute]
        )
        waiting = int(answer["Attributes"][attribute])
        self._require(waiting == 1, f"{waiting} notes wait in {title}, not 1.")
        self._tell(f"  {title} has 1 note")

    def _queue_url(self, queue: str) -> str:
        return self._running.deployed.output(f"{queue}Url")

    @property
    def _key(self) -> str:
        return self._running.state.business.api_key

    def _call(
        self,
        method: str,
        path: str,
        content: object = None,
        *,
        key: str | None = None,
        timeout: float = _CALL_SECONDS,
    ) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        body = b"" if content is None else json.dumps(content).encode()
        try:
            answer = urllib3.request(
                method, self._api_url + path, body=body, headers=headers, timeout=timeout, retries=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise StackError(f"{method} {path} was not answered: {type(error).__name__}.", hint=_BLOCKED) from error
        text = answer.data.decode("utf-8", "replace")
        return answer.status, json.loads(text) if text.startswith("{") else text

    def _require(self, condition: bool, otherwise: str) -> None:
        if not condition:
            raise StackError(otherwise, hint=_BLOCKED)


def _eventually[T](look: Callable[[], T | None], otherwise: str) -> T:
    deadline = time.monotonic() + _HOP_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise StackError(f"{otherwise} (waited {_HOP_SECONDS:.0f} s)")
        time.sleep(_LOOK_SECONDS)
    return found


def _since(began: float) -> str:
    seconds = time.monotonic() - began
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
