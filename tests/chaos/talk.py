"""What is said in one conversation, and what was promised of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from parley.conversation.identity import conversation_id


@dataclass
class Written:
    """One message of a customer. Apple was told yes at `accepted`."""

    id: str
    said: str
    started: float
    accepted: float | None = None
    twin: str | None = None
    """The id of the same reply, posted once more by the customer's other device."""


@dataclass
class Asked:
    """One message a business wants sent. `ids`: under which it was accepted; exactly one is right."""

    key: str
    body: str
    started: float
    accepted: float | None = None
    ids: set[str] = field(default_factory=set)
    refused: str | None = None


@dataclass
class Talk:
    """One conversation."""

    business: str
    customer: str
    written: list[Written] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Parley's name for it."""
        return conversation_id(self.business, self.customer)
