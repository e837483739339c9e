"""The demo tells a round trip only when it saw one, and otherwise what was missing."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rich.console import Console

from local import demo
from local.stack import http
from local.stack.errors import StackError

if TYPE_CHECKING:
    from tests.unit.local_stack.conftest import World


class PretendedConversation:
    """Answers for the gateway, the business and the API. What is set to None does not happen."""

    def __init__(self) -> None:
        self.status: int | None = 200
        self.verified: bool | None = True
        self.echoed: int | None = 202
        self.replies = True
        self.calls: list[str] = []
        self.sent: list[dict[str, Any]] = []

    def ask(self, method: str, url: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Any:
        split = urlsplit(url)
        after = int(parse_qs(split.query).get("after", ["0"])[0])
        self.calls.append(f"{method} {split.path}")
        match split.path.split("/")[1:]:
            case ["control", "messages"]:
                self.sent.append({"n": len(self.sent) + 1, **body})
                return {"id": str(len(self.sent)), "attempts": [{"status": self.status, "ms": 30, "body": "why"}]}
            case ["control", "phones", "messages"]:
                shown = self._sent() if "sent" in split.query else self._replies()
                return self._page("messages", [bubble for bubble in shown if bubble["n"] > after])
            case ["inbox"]:
                return self._page("webhooks", [webhook for webhook in self._webhooks() if webhook["n"] > after])
            case [*_, "v1", "messages", _]:
                assert (headers or {})["Authorization"].startswith("Bearer ")
                return {"created_at": "2026-01-01T00:00:00.060Z"}
        raise AssertionError(url)

    def _page(self, kind: str, found: list[dict[str, Any]]) -> dict[str, Any]:
        return {kind: found, "next": max((one["n"] for one in found), default=len(self.sent))}

    def _sent(self) -> list[dict[str, Any]]:
        return [{"n": one["n"], "id": str(one["n"]), "at": "2026-01-01T00:00:00.000Z"} for one in self.sent]

    def _webhooks(self) -> list[dict[str, Any]]:
        if self.verified is None:
            return []
        return [
            {
                "n": one["n"],
                "at": "2026-01-01T00:00:00.050Z",
                "body": {"data": {"message": {"id": str(one["n"])}}},
                "verified": self.verified,
                "problem": "no signature matches",
                "echoed": self.echoed,
            }
            for one in self.sent
        ]

    def _replies(self) -> list[dict[str, Any]]:
        if not self.replies:
            return []
        return [
            {"n": one["n"], "id": "r", "body": f"You said: {one['body']}", "at": "2026-01-01T00:00:00.100Z"}
            for one in self.sent
        ]


@pytest.fixture
def conversation(monkeypatch: pytest.MonkeyPatch) -> PretendedConversation:
    conversation = PretendedConversation()
    monkeypatch.setattr(http, "ask", conversation.ask)
    monkeypatch.setattr(demo, "_HOP_SECONDS", 0.0)
    return conversation


def _play(world: World) -> tuple[bool, list[str]]:
    screen = io.StringIO()
    out = Console(file=screen, width=200)
    complete = demo.play(world.layout, world.processes, out=out, say=world.said.append)
    return complete, [line.strip() for line in screen.getvalue().splitlines()]


def test_a_complete_conversation_shows_every_hop_with_its_time(
    world: World, conversation: PretendedConversation
) -> None:
    complete, lines = _play(world)

    assert complete
    for text in demo.TEXTS:
        assert f"Alex's phone     “{text}”" in lines
        assert f"+40 ms  Alex's phone     “You said: {text}”" in lines
    assert lines.count("+20 ms  Demo Business    got the webhook, signature verified") == 2
    assert lines.count("+10 ms  Demo Business    answered through the API: 202") == 2
    assert "Every message went through the deployed template, both ways." in lines


def test_the_demo_leaves_the_stack_running_and_says_how_to_stop_it(
    world: World, conversation: PretendedConversation
) -> None:
    _, lines = _play(world)

    assert set(world.processes.alive) == {"cloud", "gateway", "business"}
    assert lines[-1].endswith("parley down")


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"status": 500}, "Parley did not take the message: 500 why"),
        ({"status": None}, "Parley did not take the message: None why"),
        ({"verified": None}, "The business got no webhook with the message. (waited 0 s)"),
        ({"verified": False}, "The business refused the webhook: no signature matches"),
        ({"echoed": None}, "The business did not answer: is its echo switched off? (waited 0 s)"),
        ({"echoed": 422}, "Parley did not take the business's answer: 422"),
        ({"replies": False}, "Parley took the business's answer, but it did not appear on the phone. (waited 0 s)"),
    ],
)
def test_a_missing_hop_is_named_and_fails_the_demo(
    world: World, conversation: PretendedConversation, change: dict[str, Any], missing: str
) -> None:
    vars(conversation).update(change)

    complete, lines = _play(world)

    assert not complete
    assert missing in lines
    assert len(conversation.sent) == 1
    assert not any("both ways" in line for line in lines)


def test_a_server_that_does_not_answer_fails_the_demo(
    world: World, conversation: PretendedConversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_arguments: object, **_options: object) -> None:
        raise StackError("GET http://127.0.0.1:4790/inbox was not answered.")

    monkeypatch.setattr(http, "ask", unreachable)

    complete, lines = _play(world)

    assert not complete
    assert "GET http://127.0.0.1:4790/inbox was not answered." in lines


def test_the_text_is_sent_by_the_seeded_customer(world: World, conversation: PretendedConversation) -> None:
    _play(world)

    state = json.loads(world.layout.state_file.read_text())
    assert {one["opaque_id"] for one in conversation.sent} == {state["customer"]["opaque_id"]}
