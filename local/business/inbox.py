"""Everything the business ever got, kept in memory and in a file that survives a kill."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from local.web.changes import Changes

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Webhook:
    """One webhook as it arrived. `raw` is its body as text, `body` the same as JSON, if it is an object."""

    n: int
    at: str
    webhook_id: str | None
    headers: dict[str, str]
    body: dict[str, Any] | None
    raw: str
    verified: bool
    problem: str | None
    """Why it was not verified."""
    duplicate: bool
    """Whether the same webhook-id had come before."""
    answered: int | None = None
    """The status the MSP got; None when the connection was cut, or before the answer."""
    echoed: int | None = None
    """The status the MSP's API gave the echo; 0 when it never answered."""

    @property
    def accepted(self) -> bool:
        """Whether the MSP may take the webhook for delivered."""
        return self.verified and self.answered is not None and 200 <= self.answered < 300


class Inbox:
    """Webhooks in the order of arrival. Each change is one line of `file`; the last line of a number counts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.changes = Changes()
        self._webhooks: dict[int, Webhook] = {}
        self._ids: set[str] = set()
        self._last_n = 0
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        lines = file.read_text("utf-8")
        for line in lines.splitlines():
            self._remember(line)
        if lines and not lines.endswith("\n"):
            file.write_text(lines + "\n", "utf-8")  # a kill left half a line; the next must not join it

    def _remember(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            return  # the line a kill interrupted
        self._last_n = max(self._last_n, entry["n"])
        if entry.keys() == {field.name for field in fields(Webhook)}:
            self._put(Webhook(**entry))

    def add(self, **details: Any) -> Webhook:
        """Record a webhook. `details` are fields of Webhook."""
        webhook_id = details["webhook_id"]
        webhook = Webhook(self._last_n + 1, duplicate=webhook_id in self._ids, **details)
        self._last_n = webhook.n
        self._put(webhook)
        self.save(webhook)
        return webhook

    def save(self, webhook: Webhook) -> None:
        """Write what a webhook has become and wake long polls; forgotten ones stay forgotten."""
        if webhook.n in self._webhooks:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(webhook)) + "\n")
        self.changes.announce()

    def since(self, n: int) -> list[Webhook]:
        """Return the webhooks after number `n`."""
        return [webhook for webhook in self._webhooks.values() if webhook.n > n]

    def accepted_before(self, webhook: Webhook) -> bool:
        """Tell whether an earlier webhook of the same id was accepted."""
        earlier = (other for other in self._webhooks.values() if other.n < webhook.n)
        return any(other.accepted and other.webhook_id == webhook.webhook_id for other in earlier)

    def clear(self) -> None:
        """Forget all webhooks; numbering goes on, so that an old cursor stays valid."""
        self._webhooks.clear()
        self._ids.clear()
        self._file.write_text(json.dumps({"n": self._last_n}) + "\n", "utf-8")

    def _put(self, webhook: Webhook) -> None:
        self._webhooks[webhook.n] = webhook
        if webhook.webhook_id is not None:
            self._ids.add(webhook.webhook_id)
