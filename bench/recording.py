"""AWS twice: first with a memory, so that what is asked for is really there; then by heart, as fast as a stub."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import requests

from bench import BenchError, calls
from bench.stub import Loopback, Reply

if TYPE_CHECKING:
    from bench.calls import Call

HOOK: Final = "POST /hook"
"""A business's endpoint, which lives here too."""

_HOSTS: Final = {"dynamodb": "dynamodb", "sqs": "sqs", "secretsmanager": "secretsmanager", "s3": "s3"}
_NOT_PASSED_ON: Final = frozenset({"host", "content-length", "connection", "accept-encoding", "expect"})
_PASSED_BACK: Final = re.compile(r"content-type|etag|last-modified|x-amz.*", re.IGNORECASE)
_SECONDS: Final = 30.0


class Recording(Loopback):
    """While it records, moto answers; moto has to be there (`mock_aws`). Afterwards every call gets what it got then.

    A webhook is taken, or refused with `hook_status`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hook_status = 200
        self._recorded: dict[str, list[tuple[Call, Reply]]] = defaultdict(list)
        self._by_call: dict[tuple[str, bytes], Reply] = {}
        self._asked = ""
        self._left: list[tuple[Call, Reply]] | None = None

    def record(self, name: str) -> None:
        """What is called from here on belongs to `name`, and nothing else does."""
        self._asked, self._left = name, None
        self._recorded[name] = []

    def repeat(self, name: str) -> None:
        """From here on the calls that belong to `name` are answered as they were then."""
        self._asked, self._left = name, list(self._recorded[name])

    def reply(self, call: Call) -> Reply:
        """Raises BenchError for a call that was never made before, and the function gets no answer."""
        if self._left is not None:
            return _for_this(call, self._remembered(call, self._left))
        reply = _asked_of_moto(call) if call.is_of_aws else self._without_aws(call)
        self._recorded[self._asked].append((call, reply))
        self._by_call[call.operation, call.body] = reply
        return reply

    def _without_aws(self, call: Call) -> Reply:
        return Reply(b"ok", self.hook_status if call.operation == HOOK else 200, {"Content-Type": "text/plain"})

    def _remembered(self, call: Call, left: list[tuple[Call, Reply]]) -> Reply:
        """The same call's answer; else that of one like it, which differs in a time or an id; each once."""
        alike = [each for each in left if each[0].operation == call.operation]
        same = [each for each in alike if each[0].body == call.body]
        if alike:
            found = (same or alike)[0]
            left.remove(found)
            return found[1]
        # Something was cached while it was recorded and is not any more, or the other way round.
        earlier = [reply for then, reply in self._recorded[self._asked] if then.operation == call.operation]
        known = self._by_call.get((call.operation, call.body), earlier[0] if earlier else None)
        if known is None:
            raise BenchError(f"{self._asked} makes the call {call.operation} only sometimes")
        return known


def _asked_of_moto(call: Call) -> Reply:
    host = f"https://{_HOSTS[call.operation.partition(':')[0]]}.us-east-1.amazonaws.com"
    sent = {name: value for name, value in call.headers.items() if name not in _NOT_PASSED_ON}
    came = requests.request(call.method, host + call.path, headers=sent, data=call.body, timeout=_SECONDS)
    kept = {name: value for name, value in came.headers.items() if _PASSED_BACK.fullmatch(name)}
    return Reply(came.content, came.status_code, kept)


def _for_this(call: Call, reply: Reply) -> Reply:
    """A queue's answer says what it was given, and botocore looks at it."""
    if call.operation != calls.SEND_MESSAGE:
        return reply
    digest = hashlib.md5(json.loads(call.body)["MessageBody"].encode(), usedforsecurity=False).hexdigest()
    return Reply(json.dumps(json.loads(reply.body) | {"MD5OfMessageBody": digest}).encode(), 200, reply.headers)
