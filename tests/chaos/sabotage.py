"""Broken collaborators: what Parley would do if it had this or that bug. A checker that never fails proves nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    from tests.chaos.web import Request

_HELD = "HELD#"


class Sabotage:
    """Nothing is broken. Each of the others overrides one of these."""

    def client(self, service: str, client: Any) -> Any:
        """Comes between the functions and a fake of AWS."""
        return client

    def request(self, sent: Request, chance: Random) -> Request | None:
        """Comes between the functions and a server; None: it never arrives, and is answered 200."""
        return sent


class Between:
    """A client that does everything as before, but for what a subclass overrides."""

    def __init__(self, client: Any) -> None:
        self.real = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class NewestFirst(Sabotage):
    """Draining begins with the message that came last."""

    def client(self, service: str, client: Any) -> Any:
        class Backwards(Between):
            def query(self, **asked: Any) -> Any:
                held = {"S": _HELD} in asked["ExpressionAttributeValues"].values()
                return self.real.query(**asked, **({"ScanIndexForward": False} if held else {}))

        return Backwards(client) if service == "dynamodb" else client


class NoMarkers(Sabotage):
    """A message is held, but nothing says that it waits."""

    def client(self, service: str, client: Any) -> Any:
        class Dropping(Between):
            def transact_write_items(self, *, TransactItems: list[Any]) -> Any:  # noqa: N803
                kept = [write for write in TransactItems if not _is_marker(write)]
                return self.real.transact_write_items(TransactItems=kept)

        return Dropping(client) if service == "dynamodb" else client


class NoNews(Sabotage):
    """What became of a message is stored, and the news of it are not."""

    def client(self, service: str, client: Any) -> Any:
        class Silent(Between):
            def transact_write_items(self, *, TransactItems: list[Any]) -> Any:  # noqa: N803
                kept = [write for write in TransactItems if not _is_notice(write)]
                return self.real.transact_write_items(TransactItems=kept)

        return Silent(client) if service == "dynamodb" else client


class BlindSweeper(Sabotage):
    """What a crash left behind is never looked for."""

    def client(self, service: str, client: Any) -> Any:
        class Blind(Between):
            def query(self, **asked: Any) -> Any:
                answer = self.real.query(**asked)
                return {"Items": [], "Count": 0} if asked.get("IndexName") == "due" else answer

        return Blind(client) if service == "dynamodb" else client


class OneGroupEach(Sabotage):
    """Every note has a queue group of its own, so nothing keeps a conversation's notes in order."""

    def client(self, service: str, client: Any) -> Any:
        class Scattered(Between):
            def send_message(self, **asked: Any) -> Any:
                if "MessageGroupId" in asked:
                    asked["MessageGroupId"] = asked["MessageDeduplicationId"]
                return self.real.send_message(**asked)

        return Scattered(client) if service == "sqs" else client


class FreshAppleIds(Sabotage):
    """A message goes to Apple under a new id at each try."""

    def request(self, sent: Request, chance: Random) -> Request | None:
        if not sent.path.endswith("/message"):
            return sent
        fresh = f"{chance.getrandbits(64):016x}"
        body = json.dumps(json.loads(sent.body) | {"id": fresh}).encode()
        return replace(sent, headers={**sent.headers, "id": fresh}, body=body)


class FreshWebhookIds(Sabotage):
    """A webhook has a new id at each try."""

    def request(self, sent: Request, chance: Random) -> Request | None:
        if "webhook-id" not in sent.headers:
            return sent
        return replace(sent, headers={**sent.headers, "webhook-id": f"{chance.getrandbits(64):016x}"})


class BelievesTooSoon(Sabotage):
    """Every twentieth webhook is taken for delivered and never sent."""

    def request(self, sent: Request, chance: Random) -> Request | None:
        return None if "webhook-id" in sent.headers and chance.random() < 0.05 else sent


def _is_notice(write: dict[str, Any]) -> bool:
    return bool(write.get("Put", {}).get("Item", {}).get("direction") == {"S": "notice"})


def _is_marker(write: dict[str, Any]) -> bool:
    return str(write.get("Put", {}).get("Item", {}).get("sk", {}).get("S", "")).startswith(_HELD)
