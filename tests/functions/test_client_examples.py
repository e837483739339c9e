"""The client's examples are run against the deployed functions: those of README.md and client/README.md."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from parley_client import Client, ProblemError, transport
from tests.functions.conftest import KEY_ID, KEY_SECRET
from tests.support import apple_requests as apple
from tests.support.doc_blocks import Block, blocks
from tests.support.gateway_of_businesses import BusinessGateway

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

BASE = "https://api.example/prod"
PAGES = ("README.md", "client/README.md")
EXAMPLES = [block for block in blocks("python") if block.says == "run client"]


class Pool:
    """Takes the place of urllib3's: what the client sends goes straight to the functions."""

    def __init__(self, **_: Any) -> None:
        self._gateway = BusinessGateway()

    def request(self, method: str, url: str, *, body: bytes | None, headers: dict[str, str], **_options: Any) -> Any:
        path, _, query = url.removeprefix(BASE).partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "REQUEST_URI": path,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body or b"")),
            "wsgi.input": io.BytesIO(body or b""),
        }
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        said: dict[str, Any] = {}

        def start(status: str, given: list[tuple[str, str]]) -> None:
            said.update(status=int(status.split(maxsplit=1)[0]), headers=dict(given))

        content = b"".join(self._gateway(environ, start))
        return urllib3.HTTPResponse(
            body=io.BytesIO(content), status=said["status"], headers=said["headers"], preload_content=False
        )


@pytest.fixture
def at_home(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A client made now talks to the functions."""
    theirs = SimpleNamespace(PoolManager=Pool, Timeout=urllib3.Timeout, exceptions=urllib3.exceptions)
    monkeypatch.setattr(transport, "urllib3", theirs)  # the functions go on with the real one
    for name, value in (
        ("PARLEY_URL", BASE),
        ("PARLEY_KEY", f"{KEY_ID}.{KEY_SECRET}"),
        ("CUSTOMER", apple.CUSTOMER),
    ):
        monkeypatch.setenv(name, value)
    return stack


def test_each_page_has_one() -> None:
    assert tuple(block.name.partition(":")[0] for block in EXAMPLES) == PAGES


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.name)
def test_the_example_does_what_it_says(block: Block, at_home: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    at_home.post()
    while at_home.route():
        pass

    exec(compile(block.text, block.name, "exec"), {})  # noqa: S102  (our own page)

    assert at_home.send() == {"batchItemFailures": []}
    assert "Yes, from ten to six." in at_home.gateway.requests[-1].body.decode()
    said = capsys.readouterr().out
    if "print" in block.text:
        assert said.startswith("queued\n")
        assert "blank [('/body', " in said


def test_a_client_walks_through_its_own_day(at_home: Stack) -> None:
    client = Client(BASE, f"{KEY_ID}.{KEY_SECRET}")

    made = client.create_entry_point({"name": "Window", "intent": "repair"})
    assert made.location == f"/v1/entry-points/{made.data['id']}"
    assert client.get_entry_point_png(made.data["id"], size=200).data.startswith(b"\x89PNG")
    assert client.get_entry_point_svg(made.data["id"]).data.startswith(b"<svg ")
    assert [each["name"] for each in client.iter_entry_points(limit=1)] == ["Window"]
    assert client.remove_entry_point(made.data["id"]).status == 204

    first = client.create_endpoint({"url": "http://127.0.0.1:9/"}, idempotency_key="k")
    again = client.create_endpoint({"url": "http://127.0.0.1:9/"}, idempotency_key="k")
    assert (first.data["id"], again.replayed) == (again.data["id"], True)
    assert "secret" in first.data
    assert "secret" not in again.data

    changed = client.change_endpoint(first.data["id"], {"description": "mine"}, if_match=first.etag)
    assert changed.data["description"] == "mine"
    with pytest.raises(ProblemError) as stale:
        client.change_endpoint(first.data["id"], {"description": "late"}, if_match=first.etag)
    assert (stale.value.status, stale.value.code) == (412, "precondition_failed")
