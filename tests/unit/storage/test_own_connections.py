"""Calls over a connection of the thread's own: what is sent, what is kept, and what botocore makes of faults."""

from __future__ import annotations

import re
import socket
import threading
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from parley.errors import Retryable
from parley.storage import own_connections, own_signatures
from parley.storage.faults import translated
from parley.storage.own_connections import OwnConnections
from tests.support import certificates
from tests.support.cloud import AWS_ENVIRONMENT
from tests.support.http_server import Exchange, LocalServer, reply, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY: dict[str, Any] = {"pk": {"S": "a"}}
FOUND = reply("200 OK", b'{"Item": {"pk": {"S": "a"}}}', "Content-Type: application/x-amz-json-1.0")
BUSY = reply("500 Oops", b'{"__type": "x#InternalServerError"}')


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def client(url: str, *, tries: int = 1, seconds: float = 5.0) -> Any:
    config = Config(
        connect_timeout=seconds, read_timeout=seconds, retries={"mode": "standard", "total_max_attempts": tries}
    )
    made = botocore.session.get_session().create_client("dynamodb", endpoint_url=url, config=config)
    OwnConnections.register(made)
    return made


def get(client: Any) -> Any:
    return client.get_item(TableName="t", Key=KEY).get("Item")


def test_what_was_signed_our_way_arrives_so_at_every_try() -> None:
    with serving(BUSY, FOUND) as server:
        made = client(server.url, tries=2)
        own_signatures.register(made)
        assert get(made) == KEY

    names = [re.findall("SignedHeaders=([^,]*)", request.headers["authorization"]) for request in server.requests]
    assert names == [["content-type;host;x-amz-date;x-amz-target"]] * 2


def test_what_arrives_is_what_botocore_itself_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(FOUND) as server:
        assert get(client(server.url)) == KEY
        monkeypatch.setattr(OwnConnections, "register", lambda _made: None)
        assert get(client(server.url)) == KEY

    ours, theirs = server.requests
    changing = {"authorization", "x-amz-date", "amz-sdk-invocation-id"}
    assert ours.line == theirs.line == "POST / HTTP/1.1"
    assert ours.body == theirs.body
    assert {name: value for name, value in ours.headers.items() if name not in changing} == {
        name: value for name, value in theirs.headers.items() if name not in changing
    }
    assert ours.headers.keys() == theirs.headers.keys()


def test_a_threads_connection_is_kept_and_every_thread_has_its_own() -> None:
    with serving(FOUND) as server:
        made = client(server.url)
        for _ in range(3):
            assert get(made) == KEY
        assert server.connections == 1

        threads = [threading.Thread(target=get, args=(made,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert server.connections == 4
        assert len(server.requests) == 6


def test_a_connection_that_was_closed_meanwhile_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_connections, "TRUSTED_SECONDS", 0.0)
    closed = threading.Event()

    def hang_up(exchange: Exchange) -> None:
        exchange.send(FOUND)
        exchange.hang_up()
        closed.set()

    with serving(hang_up, FOUND) as server:
        made = client(server.url)
        assert get(made) == KEY
        assert closed.wait(10)
        threading.Event().wait(0.2)  # until the end of the connection has come through
        assert get(made) == KEY

    assert (server.connections, len(server.requests)) == (2, 2)


def test_one_that_is_closed_right_after_its_use_costs_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_connections, "TRUSTED_SECONDS", 3600.0)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)

    def hang_up(exchange: Exchange) -> None:
        exchange.send(FOUND)
        exchange.hang_up()

    with serving(hang_up, FOUND) as server:
        made = client(server.url, tries=2)
        assert [get(made), get(made)] == [KEY, KEY]

    assert (server.connections, len(server.requests)) == (2, 2)


def test_head_and_body_go_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    send = socket.socket.sendall

    def note(wire: socket.socket, data: bytes) -> None:
        sent.append(data)
        send(wire, data)

    monkeypatch.setattr(socket.socket, "sendall", note)
    with serving(FOUND) as server:
        made = client(server.url)
        assert [get(made), get(made)] == [KEY, KEY]

    ours = [data for data in sent if data.startswith(b"POST ")]
    assert [data.partition(b"\r\n\r\n")[2] for data in ours] == [request.body for request in server.requests]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_header_is_one_line(end: str) -> None:
    request = AWSRequest(
        method="POST", url="http://127.0.0.1:9/", data=b"{}", headers={"X-Amz-Target": f"a{end}b"}
    ).prepare()
    with serving(FOUND) as server:
        request.url = server.url
        with pytest.raises(ValueError, match="end of its line"):
            OwnConnections(connect_seconds=1, read_seconds=1)(request)

    assert server.requests == []


def test_an_answer_that_says_it_is_the_last_is_believed() -> None:
    with serving(reply("200 OK", b"{}", "Connection: close"), FOUND) as server:
        made = client(server.url)
        assert get(made) is None
        assert get(made) == KEY

    assert server.connections == 2


def test_a_refusal_is_read_by_botocore() -> None:
    refusal = reply("400 Bad Request", b'{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}')
    with serving(refusal) as server, pytest.raises(ClientError) as refused:
        get(client(server.url, tries=4))

    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert len(server.requests) == 1


def _hang_up(exchange: Exchange) -> None:
    exchange.hang_up()


def _break_off(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    exchange.hang_up()


def _talk_nonsense(exchange: Exchange) -> None:
    exchange.send(b"nonsense\r\n\r\n")
    exchange.hang_up()


@pytest.mark.parametrize("trouble", [BUSY, _hang_up, _break_off, _talk_nonsense, Exchange.stall])
def test_botocore_tries_again_as_ever(trouble: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with serving(trouble, FOUND) as server:
        assert get(client(server.url, tries=2, seconds=0.3)) == KEY

    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (_hang_up, "ConnectionClosedError"),
        (_break_off, "ConnectionClosedError"),
        (_talk_nonsense, "ConnectionClosedError"),
        (Exchange.stall, "ReadTimeoutError"),
    ],
)
def test_a_fault_has_botocores_name_and_is_ours_to_try_again(trouble: Any, kind: str) -> None:
    with serving(trouble) as server, pytest.raises(Retryable, match=kind), translated("read the item"):
        get(client(server.url, seconds=0.2))

    assert len(server.requests) == 1


def test_what_breaks_off_in_our_hands_leaves_nothing_for_the_next_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(BaseException):
        pass

    def stop(_answer: object) -> bytes:
        raise Stop

    other = reply("200 OK", b'{"Item": {"pk": {"S": "other"}}}')
    with serving(other, FOUND) as server:
        made = client(server.url)
        with monkeypatch.context() as patch:
            patch.setattr("http.client.HTTPResponse.read", stop)
            with pytest.raises(Stop):
                get(made)
        assert get(made) == KEY

    assert server.connections == 2


def test_nobody_there_is_said_at_once() -> None:
    with serving(FOUND) as server:
        url = server.url

    with pytest.raises(EndpointConnectionError):
        get(client(url))


def test_a_proxy_is_left_to_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(FOUND) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert get(client("http://dynamodb.example.test")) == KEY

    assert proxy.requests[0].line == "POST http://dynamodb.example.test/ HTTP/1.1"


class TestOverTls:
    """The name of the server is checked, against who is trusted."""

    def ask(self, server: LocalServer) -> Any:
        return get(client(f"https://localhost:{server.port}"))

    def test_a_trusted_certificate_is_taken_and_its_connection_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        certificate = certificates.make(tmp_path, names=[certificates.named("localhost")])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        with serving(FOUND, certificate=certificate) as server:
            made = client(f"https://localhost:{server.port}")
            assert [get(made) for _ in range(3)] == [KEY] * 3

        assert server.connections == 1

    def test_one_for_another_name_is_not(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        certificate = certificates.make(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        with serving(FOUND, certificate=certificate) as server, pytest.raises(BotoCoreError):
            self.ask(server)

        assert server.requests == []

    def test_nor_is_one_that_nobody_vouches_for(self, tmp_path: Path) -> None:
        certificate = certificates.make(tmp_path, names=[certificates.named("localhost")])
        with serving(FOUND, certificate=certificate) as server, pytest.raises(BotoCoreError):
            self.ask(server)

        assert server.requests == []
