"""The pages about the management API are true: their calls are made, in order, and answered as they say.

Ids, secrets and times of a page stand for those that are made here: the same one for the same, wherever it is.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

import functions.erasure.app
from local.stack.layout import ROOT
from parley.business import operations
from parley.business.egress import EgressGuard
from parley.business.event_types import SUBSCRIBABLE
from parley.conversation.events import Event, Kind
from parley.runtime import compose
from parley.services.notify import Notify
from tests.functions.conftest import a_context
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.counterparts import DOWN, Endpoint
from tests.support.http_server import reply
from tests.support.talks import drain
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functions.conftest import Stack

FOLDER: Final = ROOT / "docs/api"
PAGES: Final = (
    "endpoints",
    "routes",
    "conversations",
    "channel",
    "deliveries",
    "replays",
    "entry-points",
    "invitations",
    "library",
    "privacy",
    "keys",
)
_EXAMPLE: Final = re.compile(
    r"```http\n(?P<head>.*?)(?:\n\n(?P<body>\{.*?))?\n```\n\n"
    r"<!-- reply (?P<status>\d+) -->\n```json\n(?P<reply>.*?)```",
    re.DOTALL,
)
_STANDS_FOR: Final = {
    "conversation_id",
    "endpoint_id",
    "handler",
    "id",
    "key",
    "message_id",
    "next_cursor",
    "request_id",
    "secret",
    "target",
    "webhook_id",
}
_VARIES: Final = re.compile(r"(_at|^at|^ms|_until)$")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class Reader:
    """Makes the calls of a page; `known` says what its ids stand for."""

    console: Console
    known: dict[str, str] = field(default_factory=dict)

    def __call__(self, head: str, body: str | None) -> tuple[int, Any]:
        first, *lines = self._real(head).splitlines()
        method, target = first.split(" ")
        headers = {name.replace("-", "_"): value for name, value in (line.split(": ", 1) for line in lines)}
        answer = self.console(method, target, json.loads(self._real(body)) if body else None, **headers)
        return answer.status, answer.json if answer.text else None

    def compare(self, shown: Any, real: Any, name: str = "") -> None:
        """Raises AssertionError unless the page shows what came, as far as it can."""
        if isinstance(shown, dict):
            assert list(shown) == list(real), name
            for each in shown:
                self.compare(shown[each], real[each], each)
        elif isinstance(shown, list):
            assert len(shown) == len(real), name
            for one, other in zip(shown, real, strict=True):
                self.compare(one, other, name)
        elif name in _STANDS_FOR and isinstance(shown, str):
            assert self.known.setdefault(shown, real) == real, name
        elif _VARIES.search(name):
            assert type(shown) is type(real)
            assert isinstance(shown, int) or (_TIME.fullmatch(shown) and _TIME.fullmatch(real)), name
        else:
            assert shown == real, name

    def _real(self, text: str) -> str:
        for shown, real in self.known.items():
            text = text.replace(shown, real)
        return text


def nothing(stack: Stack, reader: Reader) -> None:
    """The page begins with a business that was just registered."""


def a_conversation_and_an_endpoint(stack: Stack, reader: Reader) -> None:
    made = reader.console.post("/v1/endpoints", {"url": "https://sales.shop.example/"}).json
    reader.known |= {"ep_5a1e5000000000000000": made["id"], "mfzgqylcmnsgkzlqojxw42djnr": CONVERSATION}
    stack.post(intent="sales", locale="de_DE")
    drain(stack)


def a_talk(stack: Stack, reader: Reader) -> None:
    a_conversation_and_an_endpoint(stack, reader)
    stack.api({"to": apple.CUSTOMER, "body": "Yes"})
    stack.send()
    drain(stack)


def a_conversation(stack: Stack, reader: Reader) -> None:
    reader.known |= {"mfzgqylcmnsgkzlqojxw42djnr": CONVERSATION}
    stack.post()
    drain(stack)


def a_held_and_a_failed_message(stack: Stack, reader: Reader) -> None:
    failed = json.loads(stack.api({"to": apple.CUSTOMER, "body": "Yes"})["body"])["id"]
    stack.gateway.answers[:] = [reply("400 Bad Request")]
    stack.send()
    drain(stack)  # the business hears of it
    stack.endpoint.answers[:] = [reply("503 Service Unavailable", b"down for maintenance")]
    stack.post()
    drain(stack)
    reader.known |= {"0d6bb1d7-7a35-5a2e-93a4-0c1c2e1a5f10": failed}


def two_delivered_messages(stack: Stack, reader: Reader) -> None:
    for _ in range(2):
        stack.post()
        drain(stack)
    stack.api({"to": apple.CUSTOMER, "body": "Yes"})


def a_customer_who_writes_german(stack: Stack, reader: Reader) -> None:
    reader.known |= {"mfzgqylcmnsgkzlqojxw42djnr": CONVERSATION}
    stack.post(locale="de_DE")
    drain(stack)


def three_messages(stack: Stack, reader: Reader) -> None:
    two_delivered_messages(stack, reader)
    reader.known |= {"mfzgqylcmnsgkzlqojxw42djnr": CONVERSATION}


PREPARE: Final[dict[str, Callable[[Stack, Reader], None]]] = {
    "keys": nothing,
    "endpoints": nothing,
    "routes": a_conversation_and_an_endpoint,
    "conversations": a_talk,
    "channel": a_conversation,
    "deliveries": a_held_and_a_failed_message,
    "replays": two_delivered_messages,
    "entry-points": nothing,
    "library": a_customer_who_writes_german,
    "invitations": nothing,
    "privacy": three_messages,
}


def answer_yes(stack: Stack) -> None:
    """Apple took the invitation, and the person says yes; again and again, which changes nothing."""
    stack.send()
    fixture = ROOT / "events/messages/inbound/invitation-yes.json"
    content = json.loads(fixture.read_text("utf-8"))
    stack.post(content)
    drain(stack)


@pytest.fixture
def reader(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Every name resolves to a public address, and nobody answers there."""
    public = EgressGuard(allow_loopback=True, resolve=lambda host, _: [host if host[0].isdigit() else "93.184.216.34"])
    monkeypatch.setattr(compose, "guard", lambda: public)
    keys = compose.bring()._notify._signing_keys
    away = Notify(signing_keys=keys, webhooks=Endpoint(standing=DOWN), clock=time.time)
    monkeypatch.setattr(compose, "notify_once", lambda: away)
    return Reader(Console())


@pytest.mark.parametrize("page", PAGES)
def test_every_call_of_a_page_is_answered_as_it_says(page: str, stack: Stack, reader: Reader) -> None:
    text = (FOLDER / f"{page}.md").read_text("utf-8")
    found = list(_EXAMPLE.finditer(text))
    assert len(found) == text.count("```http") == text.count("```json")
    PREPARE[page](stack, reader)

    for example in found:
        if "/v1/replays/" in example["head"]:
            (run,) = compose.runs().newest(apple.BUSINESS, limit=1)
            compose.replay_run()(Event(Kind.REPLAY_RUN, apple.BUSINESS, "", run_id=run.id))
        if page == "invitations" and "GET" in example["head"]:
            answer_yes(stack)
        if "/v1/erasures/" in example["head"]:
            compose.erase()._settle_seconds = 0.0
            while stack.cloud.pump("ERASURES_QUEUE_URL", functions.erasure.app.handler, a_context()):
                pass
        status, content = reader(example["head"], example["body"])

        assert status == int(example["status"]), content
        reader.compare(json.loads(example["reply"]), content)


@pytest.mark.parametrize("page", PAGES)
def test_every_operation_has_its_line(page: str) -> None:
    text = (FOLDER / f"{page}.md").read_text("utf-8")
    several = {
        "conversations": {"conversations", "messages"},
        "privacy": {"erasures", "privacy"},
        "keys": {"keys", "usage"},
    }
    resources = several.get(page, {page})

    wanted = [each.route for each in operations.every() if each.path.split("/")[2] in resources]

    assert wanted
    assert [route for route in wanted if f"| `{route}` |" not in text] == []


def test_every_type_of_event_is_named() -> None:
    text = (FOLDER / "endpoints.md").read_text("utf-8")

    assert [event_type for event_type in SUBSCRIBABLE if f"`{event_type}`" not in text] == []
