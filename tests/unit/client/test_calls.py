"""The Python client: what it sends, when it sends it again, and what it makes of an answer."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from parley_client import Client, Fault, ProblemError
from parley_client.transport import LONGEST_WAIT, MAX_BYTES
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.http_server import LocalServer, Request

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

GOOD = reply("200 OK", b'{"rules": []}', "Content-Type: application/json", 'ETag: "3"')
BUSY = reply("503 Service Unavailable", b"{}", "Retry-After: 7")


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with serving(GOOD) as running:
        yield running


def answering(server: LocalServer, *answers: bytes) -> None:
    """These one after another, then good ones."""
    server.answers[:] = [*answers, GOOD]


def asked(request: Request) -> tuple[str, str]:
    """Method and path."""
    method, path, _ = request.line.split(" ")
    return method, path


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(server: LocalServer, waits: list[float]) -> Client:
    return Client(server.url, "pk_test.secret", sleep=waits.append)


def test_a_good_answer_has_its_data_and_its_version(client: Client, server: LocalServer) -> None:
    found = client.get_routes()

    assert (found.status, found.data, found.etag, found.location, found.replayed) == (
        200,
        {"rules": []},
        '"3"',
        None,
        False,
    )
    (request,) = server.requests
    assert asked(request) == ("GET", "/v1/routes")
    assert request.headers["authorization"] == "Bearer pk_test.secret"
    assert "idempotency-key" not in request.headers


def test_a_message_is_typed_and_sent_as_it_is(client: Client, server: LocalServer) -> None:
    client.send_message({"to": "c", "type": "text", "body": "Grüezi"}, idempotency_key="mine")

    (request,) = server.requests
    assert json.loads(request.body) == {"to": "c", "type": "text", "body": "Grüezi"}
    assert request.headers["idempotency-key"] == "mine"
    assert request.headers["content-type"] == "application/json"


def test_what_is_repeated_keeps_its_key(client: Client, server: LocalServer, waits: list[float]) -> None:
    answering(server, BUSY, BUSY)

    client.create_endpoint({"url": "https://a.example/"})

    keys = {request.headers["idempotency-key"] for request in server.requests}
    assert (len(server.requests), len(keys)) == (3, 1)
    assert waits == [7.0, 7.0]


def test_two_calls_have_two_keys(client: Client, server: LocalServer) -> None:
    for _ in range(2):
        client.create_endpoint({"url": "https://a.example/"})

    assert len({request.headers["idempotency-key"] for request in server.requests}) == 2


def test_waits_grow_when_the_answer_names_none(client: Client, server: LocalServer, waits: list[float]) -> None:
    answering(server, *[reply("504 Gateway Timeout")] * 3)

    client.get_routes()

    for wait, least in zip(waits, (0.5, 1, 2), strict=True):
        assert least <= wait <= least * 1.25


def test_it_gives_up_after_its_attempts(client: Client, server: LocalServer, waits: list[float]) -> None:
    answering(server, *[BUSY] * 9)

    with pytest.raises(ProblemError) as found:
        client.get_routes()

    assert (found.value.status, len(server.requests), len(waits)) == (503, 4, 3)


def test_nobody_is_kept_waiting_for_long(client: Client, server: LocalServer, waits: list[float]) -> None:
    answering(server, reply("429 Too Many Requests", b"{}", f"Retry-After: {int(LONGEST_WAIT) + 1}"))

    with pytest.raises(ProblemError) as found:
        client.get_routes()

    assert (found.value.retry_after, waits) == (61.0, [])


@pytest.mark.parametrize("line", ["400 Bad Request", "404 Not Found", "409 Conflict", "500 Internal Server Error"])
def test_what_would_be_answered_the_same_is_not_repeated(client: Client, server: LocalServer, line: str) -> None:
    answering(server, reply(line))

    with pytest.raises(ProblemError):
        client.get_routes()

    assert len(server.requests) == 1


def test_a_call_that_is_still_at_work_is_awaited(client: Client, server: LocalServer, waits: list[float]) -> None:
    answering(server, reply("409 Conflict", b'{"code": "in_progress"}', "Retry-After: 1"))

    client.create_endpoint({"url": "https://a.example/"}, idempotency_key="k")

    assert waits == [1.0]


@pytest.mark.parametrize(("answer", "calls"), [(BUSY, 1), (reply("429 Too Many Requests", b"{}", "Retry-After: 1"), 2)])
def test_a_guarded_change_is_repeated_only_when_it_was_not_read(
    client: Client, server: LocalServer, answer: bytes, calls: int
) -> None:
    answering(server, answer)

    with suppress(ProblemError):
        client.replace_routes({"rules": []}, if_match='"3"')

    assert len(server.requests) == calls
    assert server.requests[0].headers["if-match"] == '"3"'


def test_a_problem_says_what_to_mend(client: Client, server: LocalServer) -> None:
    content = {
        "title": "Unprocessable Content",
        "status": 422,
        "code": "invalid",
        "detail": "2 things to mend",
        "request_id": "r-1",
        "errors": [{"path": "/to", "code": "required", "message": "add this field"}, "nonsense"],
    }
    answering(server, reply("422 Unprocessable Content", json.dumps(content).encode()))

    with pytest.raises(ProblemError) as found:
        client.get_routes()

    problem = found.value
    assert (problem.status, problem.code, problem.detail, problem.request_id) == (
        422,
        "invalid",
        "2 things to mend",
        "r-1",
    )
    assert problem.errors == (Fault("/to", "required", "add this field"),)
    assert str(problem) == "422 invalid: 2 things to mend"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"errors": 7}', b""])
def test_an_answer_that_is_no_problem_is_told_by_its_status(client: Client, server: LocalServer, body: bytes) -> None:
    answering(server, reply("404 Not Found", body))

    with pytest.raises(ProblemError) as found:
        client.get_routes()

    assert (found.value.code, found.value.errors) == ("http_404", ())


def test_a_server_that_is_away_is_tried_again_and_then_told(waits: list[float]) -> None:
    client = Client("http://127.0.0.1:9", "k.s", attempts=2, sleep=waits.append)

    with pytest.raises(ProblemError) as found:
        client.get_routes()

    assert (found.value.status, found.value.code, len(waits)) == (0, "unreachable", 1)


def test_a_redirect_is_told_and_not_followed(client: Client, server: LocalServer) -> None:
    answering(server, reply("302 Found", b"", "Location: https://elsewhere.example/file"))

    found = client.get_attachment_content("a/../b")

    assert (found.status, found.location, found.content) == (302, "https://elsewhere.example/file", None)
    assert [asked(request)[1] for request in server.requests] == ["/v1/attachments/a%2F..%2Fb/content"]


def test_what_is_no_json_comes_as_bytes(client: Client, server: LocalServer) -> None:
    answering(server, reply("200 OK", b"\x89PNG", "Content-Type: image/png"))

    found = client.get_entry_point_png("E1", size=128, error="Q")

    assert found.data == b"\x89PNG"
    (request,) = server.requests
    assert (asked(request)[1], request.headers["accept"]) == (
        "/v1/entry-points/E1/qr.png?size=128&error=Q",
        "image/png",
    )


def test_an_answer_without_content_has_no_data(client: Client, server: LocalServer) -> None:
    answering(server, reply("204 No Content"))

    found = client.send_message({"to": "c", "type": "typing", "state": "start"})

    assert found.status == 204
    with pytest.raises(LookupError, match="204"):
        _ = found.data


def test_an_endless_answer_is_not_read_to_its_end(client: Client, server: LocalServer) -> None:
    answering(server, reply("200 OK", b"x" * (MAX_BYTES + 1)))

    with pytest.raises(ProblemError, match="answer_too_large"):
        client.get_routes()


def test_pages_are_turned_with_the_same_filter(client: Client, server: LocalServer) -> None:
    pages: list[Any] = [
        {"data": [{"message_id": "a"}], "next_cursor": "n"},
        {"data": []},
        {"data": [{"message_id": "b"}]},
    ]
    pages[1]["next_cursor"] = "m"
    answering(server, *(reply("200 OK", json.dumps(page).encode(), "Content-Type: application/json") for page in pages))

    found = [each["message_id"] for each in client.iter_deliveries(state="held", limit=1)]

    assert found == ["a", "b"]
    assert [asked(request)[1] for request in server.requests] == [
        "/v1/deliveries?state=held&limit=1",
        "/v1/deliveries?state=held&cursor=n&limit=1",
        "/v1/deliveries?state=held&cursor=m&limit=1",
    ]


@pytest.mark.parametrize("url", ["http://api.example", "ftp://127.0.0.1", "api.example", "http://127.0.0.1.example"])
def test_a_key_is_never_sent_in_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Client(url, "k.s")


def test_a_client_does_not_show_its_key() -> None:
    assert repr(Client("https://api.example/prod", "k.s3cret")) == "Client('https://api.example/prod')"


def test_no_attempt_at_all_is_a_mistake(server: LocalServer) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Client(server.url, "k.s", attempts=0).get_routes()


def test_a_replayed_answer_says_so(client: Client, server: LocalServer) -> None:
    answering(
        server, reply("202 Accepted", b'{"id": "m"}', "Content-Type: application/json", "Idempotent-Replayed: true")
    )

    found: Callable[[], bool] = lambda: client.send_message({"to": "c", "type": "text", "body": "x"}).replayed  # noqa: E731

    assert found()
