"""Asking for the addresses of a name, and not waiting for them without end."""

from __future__ import annotations

import socket
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from parley.business import lookups
from parley.business.egress import EgressGuard
from parley.business.lookups import Lookups
from parley.business.webhook_client import WebhookClient
from parley.errors import Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable


class NameServer:
    """Stands in for the system's resolver; says nothing until it is told to."""

    def __init__(self, answers: dict[str, list[str]] | None = None, *, mute: str | None = None) -> None:
        self.answers = answers or {}
        self.mute = mute
        self.asked: list[str] = []
        self.speaks = threading.Event()

    def __call__(self, host: str, port: int, **_options: object) -> list[object]:
        self.asked.append(host)
        if self.mute in {host, "*"}:
            self.speaks.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in self.answers.get(host, [])]


def use(getaddrinfo: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    """In this module only: whoever guards the tests' network has replaced the one of the system."""
    monkeypatch.setattr(lookups, "socket", SimpleNamespace(getaddrinfo=getaddrinfo, SOCK_STREAM=socket.SOCK_STREAM))


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> NameServer:
    server = NameServer({"a.example": ["93.184.216.34", "93.184.216.35"], "b.example": ["10.0.0.1"]})
    use(server, monkeypatch)
    return server


def test_every_address_is_told(name_server: NameServer) -> None:
    assert Lookups()("a.example", 443) == ["93.184.216.34", "93.184.216.35"]


def test_each_question_is_asked_anew_so_that_no_answer_outlives_its_check(name_server: NameServer) -> None:
    ask = Lookups()
    ask("a.example", 443)
    name_server.answers["a.example"] = ["127.0.0.1"]

    assert ask("a.example", 443) == ["127.0.0.1"]
    assert name_server.asked == ["a.example"] * 2


@pytest.mark.parametrize("fault", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OSError()])
def test_a_name_that_does_not_resolve_may_do_so_later(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise fault

    use(fail, monkeypatch)

    for ask in (Lookups(), lookups.resolve_system):
        with pytest.raises(Retryable) as caught:
            ask("hooks.example", 443)
        assert caught.value.code == "dns_failed"


def test_a_name_server_that_says_nothing_is_not_waited_for(name_server: NameServer) -> None:
    name_server.mute = "a.example"
    ask = Lookups(seconds=0.05)

    with pytest.raises(Retryable) as caught:
        ask("a.example", 443)
    assert caught.value.code == "dns_failed"
    assert ask("b.example", 443) == ["10.0.0.1"]  # nobody else has to wait either

    name_server.speaks.set()


def test_however_many_wait_for_a_name_it_is_asked_for_once(name_server: NameServer) -> None:
    name_server.mute = "a.example"
    ask = Lookups(seconds=0.01)

    for _ in range(5):
        with pytest.raises(Retryable):
            ask("a.example", 443)

    assert name_server.asked == ["a.example"]
    name_server.speaks.set()


def test_a_fault_nobody_expects_reaches_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    use(fail, monkeypatch)

    with pytest.raises(ZeroDivisionError):
        Lookups()("a.example", 443)


def test_the_guard_asks_the_system_unless_told_otherwise(name_server: NameServer) -> None:
    guard = EgressGuard(allow_loopback=False)

    assert guard.check("https://a.example/").address == "93.184.216.34"
    with pytest.raises(Rejected) as caught:
        guard.check("https://b.example/")
    assert caught.value.code == "address_forbidden"


def test_a_webhook_waits_for_a_name_no_longer_than_that(
    name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_server.mute = "*"
    client = WebhookClient(EgressGuard(allow_loopback=False, resolve=Lookups(seconds=0.05)))

    answer = client.post("https://a.example/", body=b"{}", headers={})

    assert (answer.status, answer.reason) == (0, "dns_failed")
    name_server.speaks.set()
