"""Over TLS the name is checked although the address is dialled."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509

from parley.business.egress import EgressGuard, Target
from parley.business.pools import Pools
from parley.business.webhook_client import WebhookAnswer, WebhookClient
from tests.support import certificates
from tests.support.certificates import NAME
from tests.support.http_server import Exchange, LocalServer, reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.certificates import Made

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SHORT: Final = 0.3


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Made]:
    return lambda **how: certificates.make(tmp_path_factory.mktemp("tls"), **how)


@pytest.fixture(scope="module")
def certificate(make: Callable[..., Made]) -> Made:
    return make()


def post(server: LocalServer, host: str = NAME) -> WebhookAnswer:
    return client().post(f"https://{host}:{server.port}/hook", body=b"{}", headers={})


def client() -> WebhookClient:
    guard = EgressGuard(allow_loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    return WebhookClient(guard, connect_seconds=SHORT)


def test_a_trusted_certificate_for_the_name_is_taken(certificate: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        answer = post(server)
        with_dot = post(server, NAME + ".")

    assert answer.ok
    assert with_dot.ok
    assert server.requests[0].headers["host"] == f"{NAME}:{server.port}"


def test_connections_over_tls_are_kept(certificate: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        poster = client()
        for _ in range(3):
            assert poster.post(f"https://{NAME}:{server.port}/", body=b"{}", headers={}).ok

    assert server.connections == 1


def test_a_connection_for_one_name_is_not_used_for_another_on_the_same_address(
    certificate: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        poster = client()
        assert poster.post(f"https://{NAME}:{server.port}/", body=b"{}", headers={}).ok
        assert not poster.post(f"https://other.example.test:{server.port}/", body=b"{}", headers={}).ok

    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["other.example.test", "127.0.0.1", "example.test", "a.hooks.example.test"])
def test_a_trusted_certificate_for_another_name_is_not(
    host: str, certificate: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        answer = post(server, host)

    assert (answer.status, answer.reason) == (0, "connection_failed")
    assert server.requests == []


@pytest.mark.parametrize("wildcard", ["*.test", "*", "hooks.*.test", "hooks.example.tes*", "*oks.example.tes"])
def test_a_wildcard_stands_for_one_label_and_no_more(
    wildcard: str, make: Callable[..., Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make(names=[x509.DNSName(wildcard)])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        assert not post(server).ok

    assert server.requests == []


def test_a_certificate_for_the_address_is_one_for_the_address(
    make: Callable[..., Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make(names=[x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        assert post(server, "127.0.0.1").ok
        assert not post(server).ok

    assert len(server.requests) == 1


def test_a_self_signed_certificate_is_not_taken(certificate: Made) -> None:
    with serving(reply("200 OK"), certificate=certificate) as server:
        answer = post(server)

    assert (answer.status, answer.reason) == (0, "connection_failed")
    assert "self-signed certificate" in answer.words
    assert server.requests == []


@pytest.mark.parametrize(("since", "until", "words"), [(-9, -1, "expired"), (1, 9, "not yet valid")])
def test_a_certificate_of_another_time_is_not_taken(
    since: int, until: int, words: str, make: Callable[..., Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make(since=since, until=until)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        answer = post(server)

    assert (answer.status, answer.reason) == (0, "connection_failed")
    assert words in answer.words
    assert server.requests == []


def test_a_server_without_tls_is_not_spoken_to() -> None:
    with serving(reply("200 OK")) as server:
        assert (post(server).status, post(server).ok) == (0, False)


def test_nothing_older_than_tls_1_2_is_spoken() -> None:
    pools = Pools(connect_seconds=SHORT, read_seconds=SHORT)
    pools.to(Target("https", NAME, 443, "127.0.0.1", "/"))

    assert pools._context is not None
    assert pools._context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert pools._context.verify_mode is ssl.CERT_REQUIRED
    assert pools._context.check_hostname


@pytest.mark.parametrize("start", [b"", b"\x16\x03\x03\x40\x00\x02", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_handshake_that_drips_is_given_up(start: bytes) -> None:
    stopped = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(start)
            while not stopped.wait(SHORT / 8):
                connection.sendall(b"\x00")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        answer = client().post(f"https://{NAME}:{listener.getsockname()[1]}/", body=b"{}", headers={})
        stopped.set()
        thread.join()

    assert (answer.status, answer.ok) == (0, False)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"])
def test_an_answer_that_drips_is_cut_short_over_tls_too(
    start: bytes, certificate: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    def drip(exchange: Exchange) -> None:
        exchange.hang_up()
        with contextlib.suppress(OSError):
            exchange.send(start)
            while not exchange.stopped.wait(SHORT / 8):
                exchange.send(b"x")

    guard = EgressGuard(allow_loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    with serving(drip, certificate=certificate) as server:
        answer = WebhookClient(guard, read_seconds=SHORT).post(f"https://{NAME}:{server.port}/", body=b"{}", headers={})

    assert (answer.status, answer.reason) == ((200, None) if b"999" in start else (0, "timeout"))
