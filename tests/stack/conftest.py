"""One private local cloud for all stack tests: its own folder, its own ports, gone afterwards."""

from __future__ import annotations

import base64
import gzip
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import jwt
import pytest
import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

PARLEY = Path(sys.executable).parent / "parley"
PORT_VARIABLES = ("PARLEY_AWS_PORT", "PARLEY_GATEWAY_PORT", "PARLEY_BUSINESS_PORT")


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on right now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


def eventually[T](look: Callable[[], T | None], *, seconds: float = 60.0) -> T:
    """What `look` finds, looking again until it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    pytest.fail(f"not seen within {seconds:.0f} s: {look.__qualname__}")


@dataclass
class Stack:
    """The running local cloud, through its public doors only."""

    env: dict[str, str]
    facts: dict[str, Any]
    http: urllib3.PoolManager

    def parley(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command line against this stack."""
        return subprocess.run([PARLEY, *words], env=self.env, capture_output=True, text=True, timeout=300, check=False)

    def call(self, method: str, url: str, content: object = None, **headers: str) -> tuple[int, Any]:
        """One JSON call: the status and the parsed answer."""
        body = None if content is None else json.dumps(content)
        answer = self.http.request(
            method, url, body=body, headers={"Content-Type": "application/json", **headers}, timeout=60, retries=False
        )
        return answer.status, json.loads(answer.data) if answer.data[:1] in (b"{", b"[") else answer.data.decode()

    def control(self, method: str, path: str, content: object = None) -> Any:
        """One call of the gateway's control API, which has to work."""
        status, answer = self.call(method, self.facts["control_url"] + path, content)
        assert status < 300, answer
        return answer

    def api(
        self, method: str, path: str, content: object = None, *, key: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """One call of the business API with the demo business's key."""
        key = self.facts["business"]["api_key"] if key is None else key
        return self.call(
            method, self.facts["business_api_url"] + path, content, **{"Authorization": f"Bearer {key}", **headers}
        )

    def new_customer(self) -> str:
        """A customer nobody has met; returns the opaque id."""
        return str(self.control("POST", "/customers", {"name": f"Customer {uuid.uuid4()}"})["opaque_id"])

    def writes(self, opaque_id: str, body: str, **more: object) -> dict[str, Any]:
        """A customer writes a text; returns the id and what the MSP answered."""
        answer: dict[str, Any] = self.control(
            "POST", "/messages", {"opaque_id": opaque_id, "type": "text", "body": body, **more}
        )
        return answer

    def token(self, *, key: bytes | None = None, algorithm: str = "HS256", **claims: object) -> str:
        """The JWT Apple would show, unless told otherwise."""
        facts = {"aud": self.facts["msp"]["id"], "iat": int(time.time()), **claims}
        secret = base64.b64decode(self.facts["msp"]["secret"]) if key is None else key
        return jwt.encode(facts, "" if algorithm == "none" else secret, algorithm=algorithm)

    def signed_post(self, opaque_id: str | None = None, body: str = "Hello") -> dict[str, Any]:
        """Headers and body of a good POST of Apple's."""
        envelope = {
            "v": 1,
            "id": str(uuid.uuid4()),
            "type": "text",
            "sourceId": opaque_id or self.facts["customer"]["opaque_id"],
            "destinationId": self.facts["business"]["id"],
            "body": body,
        }
        headers = {
            "Authorization": f"Bearer {self.token()}",
            "id": envelope["id"],
            "source-id": envelope["sourceId"],
            "destination-id": envelope["destinationId"],
            "Content-Type": "application/json",
        }
        return {"headers": headers, "body": gzip.compress(json.dumps(envelope).encode())}

    def webhooks(self, opaque_id: str) -> list[dict[str, Any]]:
        """Every webhook the business got of one customer's doing, in order of arrival."""
        return [hook for hook in self.news(opaque_id) if "received_at" in hook["body"]["data"]]

    def news(self, opaque_id: str) -> list[dict[str, Any]]:
        """The same, with what became of the business's own messages."""
        _, inbox = self.call("GET", self.facts["webhook_inbox_url"])
        hooks = [hook for hook in inbox["webhooks"] if "customer" in hook["body"]["data"]]
        return [hook for hook in hooks if hook["body"]["data"]["customer"]["opaque_id"] == opaque_id]

    def phone(self, opaque_id: str) -> list[dict[str, Any]]:
        """What a customer's phone shows of the business's messages."""
        status, answer = self.call(
            "GET", self.facts["control_url"] + "/phones/messages?" + _query({"opaque_id": opaque_id})
        )
        assert status == 200, answer
        shown: list[dict[str, Any]] = answer["messages"]
        return shown

    def behave(self, **behaviour: object) -> None:
        """Tell the demo business how to answer."""
        url = self.facts["webhook_inbox_url"].replace("/inbox", "/behaviour")
        status, answer = self.call("PUT", url, behaviour)
        assert status < 300, answer

    def stored(self, message_id: str) -> bool:
        """Whether anything in the table has this id, whatever it is stored under."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table, FilterExpression="id = :id", ExpressionAttributeValues={":id": {"S": message_id}}
        )
        return any(page["Items"] for page in pages)

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.facts["outputs"]["TableName"])

    @property
    def dynamodb(self) -> DynamoDBClient:
        """The local cloud's DynamoDB."""
        return boto3.client("dynamodb", **self._aws)

    @property
    def sqs(self) -> SQSClient:
        """The local cloud's SQS."""
        return boto3.client("sqs", **self._aws)

    @property
    def functions(self) -> LambdaClient:
        """The local cloud's Lambda."""
        return boto3.client("lambda", **self._aws)

    @property
    def _aws(self) -> dict[str, Any]:
        return {
            "endpoint_url": self.facts["aws_endpoint_url"],
            "region_name": "us-east-1",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }


def _query(parameters: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode(parameters)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`parley up --json` in a private folder; `parley down` afterwards, whatever happened."""
    ports = dict(zip(PORT_VARIABLES, map(str, free_ports(len(PORT_VARIABLES))), strict=True))
    env = {**os.environ, **ports, "PARLEY_STATE_DIR": str(tmp_path_factory.mktemp("parley"))}
    started = subprocess.run(
        [PARLEY, "up", "--json"], env=env, capture_output=True, text=True, timeout=600, check=False
    )
    try:
        assert started.returncode == 0, started.stderr
        yield Stack(env, json.loads(started.stdout), urllib3.PoolManager(maxsize=20))
    finally:
        subprocess.run([PARLEY, "down", "--purge"], env=env, capture_output=True, timeout=120, check=True)
