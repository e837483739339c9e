"""AWS and Apple's gateway on one loopback port: canned answers, always at once, every call on record."""

from __future__ import annotations

import asyncio
import hashlib
import json
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench import BenchError, calls
from bench.calls import Call
from bench.serving import Serving

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer; the length is written by who sends it."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/x-amz-json-1.1"})


class Loopback(Serving):
    """A server of whole calls; what it answers is for others to say."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[Call] = []

    def protocol(self) -> asyncio.Protocol:
        """Just enough HTTP for botocore and urllib3."""
        return _Connection(self)

    def take_calls(self) -> list[Call]:
        """All calls since this was last asked, in order."""
        taken, self._calls = self._calls, []
        return taken

    def taken(self, call: Call) -> Reply:
        """Record the call; returns its answer."""
        self._calls.append(call)
        return self.reply(call)

    @abstractmethod
    def reply(self, call: Call) -> Reply:
        """The answer to a call."""


class Stub(Loopback):
    """Canned answers.

    `items` answers GetItem by what stands before the first `#` of the key, `lists` answers Query. A message of
    another id than the one in `items` is not there.
    """

    def __init__(
        self, *, items: Mapping[str, dict[str, Any]], lists: Mapping[str, list[dict[str, Any]]], secret: str
    ) -> None:
        super().__init__()
        self._items = items
        self._lists = lists
        self._secret = secret

    def reply(self, call: Call) -> Reply:
        """What the table, a queue, the secret or Apple says."""
        return Reply(self._answer(call))

    def _answer(self, call: Call) -> bytes:
        match call.operation:
            case calls.GET_ITEM:
                return json.dumps(self._found(call)).encode()
            case calls.QUERY:
                return json.dumps({"Items": self._lists[_kind(call)]}).encode()
            case calls.PUT_ITEM | calls.UPDATE_ITEM:
                return json.dumps(
                    {"Attributes": self._items[_kind(call)]} if b'"ALL_NEW"' in call.body else {}
                ).encode()
            case calls.SEND_MESSAGE:
                digest = hashlib.md5(json.loads(call.body)["MessageBody"].encode(), usedforsecurity=False)
                return json.dumps({"MessageId": "1" * 36, "MD5OfMessageBody": digest.hexdigest()}).encode()
            case calls.GET_SECRET:
                return json.dumps(_version(self._secret)).encode()
            case calls.POST_TO_APPLE:
                return b"200 OK"
            case other:
                raise BenchError(f"the stub knows no {other}")

    def _found(self, call: Call) -> dict[str, Any]:
        kind = _kind(call)
        item = self._items[kind]
        missing = kind == "MSG" and item["pk"] != json.loads(call.body)["Key"]["pk"]
        return {} if missing else {"Item": item}


def _version(secret: str) -> dict[str, Any]:
    """A version of a secret as Secrets Manager shows it."""
    shown = {"ARN": "arn", "Name": "name", "VersionId": "1" * 32, "VersionStages": ["AWSCURRENT"]}
    return shown | {"SecretString": secret, "CreatedDate": 1_767_600_000.0}


def _kind(call: Call) -> str:
    """What stands before the first `#` of the partition that is asked for."""
    body = json.loads(call.body)
    key = body.get("Key") or body.get("Item") or {"pk": body["ExpressionAttributeValues"][":pk"]}
    return str(key["pk"]["S"].partition("#")[0])


class _Connection(asyncio.Protocol):
    """One kept-alive HTTP connection; just enough HTTP for botocore and urllib3."""

    def __init__(self, stub: Loopback) -> None:
        self._stub = stub
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (asyncio gives a TCP server nothing else)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (call := self._next_call()) is not None and self._transport is not None:
            reply = self._stub.taken(call)
            lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in reply.headers.items())]
            head = "\r\n".join([*lines, f"Content-Length: {len(reply.body)}"])
            self._transport.write(head.encode() + _HEAD_END + reply.body)

    def _next_call(self) -> Call | None:
        """Cut one whole request off what has come in so far."""
        head_end = self._received.find(_HEAD_END)
        if head_end < 0:
            return None
        request_line, *lines = self._received[:head_end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body_start = head_end + len(_HEAD_END)
        body_end = body_start + int(headers.get("content-length", 0))
        if len(self._received) < body_end:
            if len(self._received) == body_start and "expect" in headers and self._transport is not None:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")  # without it botocore waits for a second
            return None
        body = bytes(self._received[body_start:body_end])
        del self._received[:body_end]
        method, path, _ = request_line.split(" ")
        return Call(method, path, headers, body)
