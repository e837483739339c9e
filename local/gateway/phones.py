"""The simulated phones: what each customer sees, in the order the gateway accepted it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.gateway.bubbles import Bubble, Direction
from local.gateway.config import Customer
from local.gateway.kinds import dictionary, needed_capability, read_capabilities
from local.gateway.opaque_ids import new_opaque_id
from local.web.changes import Changes
from local.web.timestamps import iso_utc

if TYPE_CHECKING:
    from collections.abc import Callable

TELEPHONE = "tel:"
TYPING_SECONDS = 60
"""A typing bubble nobody ends disappears by itself."""


@dataclass
class Phone:
    """One customer's conversation with the business."""

    customer: Customer
    bubbles: list[Bubble] = field(default_factory=list)
    typing_since: float | None = None
    opted_out: bool = False
    known_to_msp: bool = True
    """False while the person is only invited: the opaque id is theirs from the acceptance on."""
    invited: bool = False
    """Whether an invitation made the phone, not a configuration."""
    announced: set[str] | None = None
    """What the device could do that the customer last wrote from, when a message said so."""
    refused: set[str] = field(default_factory=set)
    """The references of invitations the customer said no to."""
    last_n: int = 0
    state: int = 0
    """Grows with every change, typing included."""

    @property
    def capabilities(self) -> set[str]:
        """What the device in the customer's hand can do."""
        return read_capabilities(self.customer.capabilities) if self.announced is None else self.announced

    def missing_capability(self, interactive: dict[str, Any] | None) -> str | None:
        """Name what the device would need to show a message; None when it can."""
        needed = needed_capability(interactive)
        return None if needed in self.capabilities else needed


@dataclass
class Accepted:
    """What became of an id: the answer given, for posts of the same id, and the bubble, if it is one."""

    fingerprint: str
    answer: dict[str, Any] | None
    bubble: Bubble | None


class Phones:
    """All phones. Belongs to one event loop, which makes every change whole."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._phones: dict[str, Phone] = {}
        self.accepted: dict[str, Accepted] = {}
        """By message id: everything that was ever accepted from the MSP."""
        self.changes = Changes()

    def register(self, customer: Customer) -> Phone:
        """Add a customer, or update one; a conversation that exists stays."""
        phone = self._phones.setdefault(customer.opaque_id, Phone(customer))
        phone.customer = customer
        phone.announced = None
        self._changed(phone)
        return phone

    def invite(self, number: str) -> Phone:
        """Return the phone that has a number; a new one when none has."""
        phone = self.find(f"{TELEPHONE}{number}")
        if phone is None:
            phone = self.register(Customer(opaque_id=new_opaque_id(), name=number, tel=number))
            phone.invited, phone.known_to_msp = True, False
        return phone

    def find(self, address: str) -> Phone | None:
        """Return the phone with an opaque id, or with a number written `tel:+15550100`."""
        if not address.startswith(TELEPHONE):
            return self.get(address)
        number = address.removeprefix(TELEPHONE)
        return next((phone for phone in self._phones.values() if phone.customer.tel == number), None)

    def get(self, opaque_id: str) -> Phone | None:
        """Return the phone of a customer, if known."""
        return self._phones.get(opaque_id)

    def all(self) -> list[Phone]:
        """Return every phone, in the order of registration."""
        return list(self._phones.values())

    def bubble(self, message_id: str) -> Bubble | None:
        """Find a bubble of either direction by its message id."""
        return next((b for p in self._phones.values() for b in p.bubbles if b.envelope.get("id") == message_id), None)

    def show(
        self, phone: Phone, envelope: dict[str, Any], interactive: dict[str, Any] | None = None, **details: Any
    ) -> Bubble:
        """Show a message of the business; it also ends the typing bubble. `details` are fields of Bubble."""
        phone.typing_since = None
        session = None
        if interactive is not None:
            session = interactive.get("sessionIdentifier") or str(uuid.uuid4()).upper()
        return self._add(phone, "received", envelope, interactive=interactive, session=session, **details)

    def posted_again(self, phone: Phone, bubble: Bubble, *, same: bool) -> None:
        """Note that the MSP posted the id of a bubble once more."""
        bubble.posts += 1
        if not same:
            bubble.violations.append("the id was posted again with other content")
        self._changed(phone)

    def typing(self, phone: Phone, *, started: bool) -> None:
        """Show or hide the typing bubble."""
        phone.typing_since = self._clock() if started else None
        self._changed(phone)

    def is_typing(self, phone: Phone) -> bool:
        """Tell whether the typing bubble is on the screen."""
        return phone.typing_since is not None and self._clock() < phone.typing_since + TYPING_SECONDS

    def send(
        self,
        phone: Phone,
        envelope: dict[str, Any],
        interactive: dict[str, Any] | None = None,
        *,
        answers: Bubble | None = None,
    ) -> Bubble | None:
        """Note what the customer does; returns the bubble of a message, None for typing and `close`.

        `close` ends the conversation; only a message of the customer opens it again (protocol/02 §5,
        open question 28). `answers` is the message the customer replies to.
        """
        kind = envelope.get("type")
        if answers is not None and kind != "text":  # a reaction is a text and leaves the message unanswered
            answers.answers += 1
        if envelope.get("sourceId") == phone.customer.opaque_id:
            phone.known_to_msp = True
        if kind == "close":
            phone.opted_out = True
            phone.typing_since = None
            references = envelope.get("referenceIds")
            phone.refused |= set(map(str, references)) if isinstance(references, list) else set()
        if kind not in {"text", "interactive"}:
            self._changed(phone)
            return None
        phone.opted_out = _is_no(interactive)
        if phone.opted_out:
            phone.refused.add(str(dictionary((interactive or {}).get("data")).get("referenceId")))
        return self._add(
            phone, "sent", envelope, interactive=interactive, in_reply_to=None if answers is None else answers.id
        )

    def settle(self, phone: Phone, bubble: Bubble, *, delivered: bool) -> None:
        """Note whether the MSP took a sent message."""
        bubble.delivered = delivered
        self._changed(phone)

    def clear(self, phone: Phone) -> None:
        """Empty one conversation; numbering and what ids were accepted stay."""
        phone.bubbles.clear()
        self._changed(phone)

    def reset(self) -> None:
        """Empty every conversation and forget all ids; the customers stay, but for those an invitation made."""
        self.accepted.clear()
        self._phones = {address: phone for address, phone in self._phones.items() if not phone.invited}
        for phone in self.all():
            phone.typing_since = None
            phone.opted_out = False
            phone.announced = None
            phone.refused.clear()
            self.clear(phone)

    def _add(self, phone: Phone, direction: Direction, envelope: dict[str, Any], **details: Any) -> Bubble:
        phone.last_n += 1
        at = iso_utc(self._clock())
        bubble = Bubble(phone.last_n, at, direction, envelope, **details)
        phone.bubbles.append(bubble)
        self._changed(phone)
        return bubble

    def _changed(self, phone: Phone) -> None:
        phone.state += 1
        self.changes.announce()


def _is_no(interactive: dict[str, Any] | None) -> bool:
    """Tell whether the customer turns an invitation down: no conversation begins (protocol/13 §2.2)."""
    return dictionary(dictionary((interactive or {}).get("data")).get("notification")).get("id") == "no"
