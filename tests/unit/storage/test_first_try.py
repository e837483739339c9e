"""The first try of a call: what is sent, what is kept, what is an answer, and what botocore does with the rest."""

from __future__ import annotations

import re
import socket
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zlib import crc32

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

from parley.errors import Retryable
from parley.storage import own_connections
from parley.storage.faults import translated
from parley.storage.first_try import FirstTry
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


def client(url: str, *, tries: int = 1, seconds: float = 5.0, service: str = "dynamodb") -> Any:
    """`tries` are botocore's, behind the first one."""
    session = botocore.session.get_session()
    config = Config(
        connect_timeout=seconds, read_timeout=seconds, retries={"mode": "standard", "total_max_attempts": tries}
    )
    made = session.create_client(service, endpoint_url=url, config=config)
    FirstTry.register(made, session)
    return made


def get(client: Any) -> Any:
    return client.get_item(TableName="t", Key=KEY).get("Item")


def by_us(server: LocalServer) -> list[bool]:
    """Of every request, whether it was the first try: botocore numbers its own."""
    return ["amz-sdk-request" not in request.headers for request in server.requests]


def test_what_arrives_is_what_botocore_itself_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(FOUND) as server:
        assert get(client(server.url)) == KEY
        monkeypatch.setattr(FirstTry, "register", lambda _made, _session: None)
        assert get(client(server.url)) == KEY

    ours, theirs = server.requests
    assert by_us(server) == [True, False]
    changing = {"authorization", "x-amz-date", "user-agent"}
    counted = {"amz-sdk-invocation-id", "amz-sdk-request"}
    assert ours.line == theirs.line == "POST / HTTP/1.1"
    assert ours.body == theirs.body
    assert theirs.headers["user-agent"].startswith(ours.headers["user-agent"])  # which powertools makes longer
    assert {name: value for name, value in ours.headers.items() if name not in changing} == {
        name: value for name, value in theirs.headers.items() if name not in changing | counted
    }
    assert ours.headers.keys() == theirs.headers.keys() - counted
    signed = [re.findall("SignedHeaders=([^,]*)", request.headers["authorization"]) for request in (ours, theirs)]
    assert signed == [["content-type;host;x-amz-date;x-amz-target"]] * 2


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

    def hang_up(exchange: Exchange) -> None:
        exchange.send(FOUND)
        exchange.hang_up()

    with serving(hang_up, FOUND) as server:
        made = client(server.url)
        assert [get(made), get(made)] == [KEY, KEY]

    assert (server.connections, by_us(server)) == (2, [True, False])


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
    with serving(FOUND) as server, pytest.raises(ValueError, match="end of its line"):
        OwnConnections(connect_seconds=1, read_seconds=1).post(
            urlsplit(server.url), {"X-Amz-Target": f"a{end}b"}, b"{}"
        )

    assert server.requests == []


def test_an_answer_that_says_it_is_the_last_is_believed() -> None:
    with serving(reply("200 OK", b"{}", "Connection: close"), FOUND) as server:
        made = client(server.url)
        assert get(made) is None
        assert get(made) == KEY

    assert server.connections == 2


def refusal(code: str, more: str = "") -> bytes:
    return reply("400 Bad Request", f'{{"__type": "com.amazonaws.dynamodb.v20120810#{code}"{more}}}'.encode())


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("ConditionalCheckFailedException", ', "message": "no", "Item": {"pk": {"S": "a"}}'),
        ("TransactionCanceledException", ', "message": "no", "CancellationReasons": [{"Code": "None"}]'),
    ],
)
def test_a_refused_condition_is_an_answer_and_reads_as_botocores(
    code: str, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(refusal(code, more), refusal(code, more)) as server:
        with pytest.raises(ClientError) as ours:
            get(client(server.url, tries=4))
        assert by_us(server) == [True]

        monkeypatch.setattr(FirstTry, "register", lambda _made, _session: None)
        with pytest.raises(ClientError) as theirs:
            get(client(server.url, tries=4))

    assert type(ours.value).__name__ == type(theirs.value).__name__ == code
    metadata = ours.value.response.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 400
    assert metadata.keys() == theirs.value.response.pop("ResponseMetadata").keys()
    assert ours.value.response == theirs.value.response


def test_any_other_refusal_is_botocores_to_hear() -> None:
    throttled = refusal("ThrottlingException")
    with serving(throttled, refusal("ResourceNotFoundException")) as server, pytest.raises(ClientError) as refused:
        get(client(server.url, tries=4))

    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert by_us(server) == [True, False]


def test_an_answer_reads_as_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    item = b'{"Item": {"a": {"B": "AAEC"}, "n": {"N": "1.50"}, "s": {"SS": ["x"]}}, "Unknown": 1}'
    answer = reply("200 OK", item, "x-amzn-RequestId: R", f"x-amz-crc32: {crc32(item)}")
    with serving(answer) as server:
        ours = client(server.url).get_item(TableName="t", Key=KEY)
        monkeypatch.setattr(FirstTry, "register", lambda _made, _session: None)
        theirs = client(server.url, tries=2).get_item(TableName="t", Key=KEY)

    assert by_us(server) == [True, False]
    assert ours == theirs
    assert ours["Item"] == {"a": {"B": b"\x00\x01\x02"}, "n": {"N": "1.50"}, "s": {"SS": ["x"]}}


def test_an_answer_that_was_damaged_on_its_way_is_asked_for_again() -> None:
    damaged = reply("200 OK", b'{"Item": {"pk": {"S": "b"}}}', "x-amz-crc32: 1")
    with serving(damaged, FOUND) as server:
        assert get(client(server.url)) == KEY

    assert by_us(server) == [True, False]


def test_a_queue_is_written_to_in_the_same_way() -> None:
    sent = reply("200 OK", b'{"MessageId": "m", "MD5OfMessageBody": "d41d8cd98f00b204e9800998ecf8427e"}')
    with serving(sent) as server:
        made = client(server.url, service="sqs")
        told = made.send_message(QueueUrl=f"{server.url}/000000000000/wakeups", MessageBody="{}")

    assert told["MessageId"] == "m"
    assert by_us(server) == [True]
    assert "/us-east-1/sqs/aws4_request" in server.requests[0].headers["authorization"]


@pytest.mark.parametrize("url", ["{url}/behind", "{url}/?a=b"])
def test_what_is_not_posted_to_the_root_is_left_to_botocore(url: str) -> None:
    with serving(FOUND) as server:
        assert get(client(url.format(url=server.url))) == KEY

    assert by_us(server) == [False]


@pytest.mark.parametrize(
    "other", [{"context": {"auth_type": "v4a"}}, {"params": {"method": "PUT"}}, {"params": {"body": b""}}]
)
def test_what_is_signed_or_sent_in_another_way_is_left_to_botocore(other: dict[str, Any]) -> None:
    with serving(FOUND) as server:
        made = client(server.url)
        first = FirstTry(made, botocore.session.get_session())
        call: dict[str, Any] = {"model": made.meta.service_model.operation_model("GetItem"), "context": {}}
        usual = {"method": "POST", "url": server.url, "headers": {}, "body": b"{}"}
        assert first(**call, params=usual) is not None
        assert first(**{**call, **other, "params": usual | other.get("params", {})}) is None

    assert len(server.requests) == 1


def test_without_credentials_botocore_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with serving(FOUND) as server, pytest.raises(NoCredentialsError):
        get(client(server.url))

    assert server.requests == []


def _hang_up(exchange: Exchange) -> None:
    exchange.hang_up()


def _break_off(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    exchange.hang_up()


def _talk_nonsense(exchange: Exchange) -> None:
    exchange.send(b"nonsense\r\n\r\n")
    exchange.hang_up()


@pytest.mark.parametrize("trouble", [BUSY, _hang_up, _break_off, _talk_nonsense, Exchange.stall])
def test_what_failed_is_botocores_to_try_again(trouble: Any) -> None:
    with serving(trouble, FOUND) as server:
        assert get(client(server.url, seconds=0.3)) == KEY

    assert by_us(server) == [True, False]


def test_botocore_is_as_patient_as_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with serving(BUSY, BUSY, BUSY, FOUND) as server:
        assert get(client(server.url, tries=3)) == KEY

    assert by_us(server) == [True, False, False, False]


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (_hang_up, "ConnectionClosedError"),
        (_talk_nonsense, "ConnectionClosedError"),
        (Exchange.stall, "ReadTimeoutError"),
    ],
)
def test_a_fault_has_botocores_name_and_is_ours_to_try_again(trouble: Any, kind: str) -> None:
    with serving(trouble) as server, pytest.raises(Retryable, match=kind), translated("read the item"):
        get(client(server.url, seconds=0.2))

    assert by_us(server) == [True, False]


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
