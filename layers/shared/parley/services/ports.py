"""What the use cases need from the outside. `parley.storage` and the clients fit these by shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel

    from parley.apple.gateway import Constructed, GatewayAnswer
    from parley.apple.inbound import InboundMessage
    from parley.apple.outbound import OutboundMessage
    from parley.apple.tokens import Credential
    from parley.business.kinds.base import ImageRef
    from parley.business.model import ApiKey, Business
    from parley.business.previews import Preview
    from parley.business.webhook_client import WebhookAnswer
    from parley.conversation.events import Departure, Event, Timer, Transfer
    from parley.conversation.records import Attempt, Conversation, Held, Message, Overdue, State


class Messages(Protocol):
    """Stored messages; see `storage.messages`."""

    def add(self, message: Message) -> bool: ...
    def add_all(self, messages: Sequence[Message]) -> bool: ...
    def add_unless_twin(self, message: Message, *, digest: str, window: float) -> bool: ...
    def get(self, business_id: str, message_id: str) -> Message | None: ...
    def settle(self, message: Message, *, from_state: State) -> bool: ...
    def postpone(self, message: Message, *, due_at: float) -> None: ...
    def record_attempt(
        self, message: Message, *, target: str, number: int, at: float, status: int, words: str, ms: int
    ) -> None: ...


class Conversations(Protocol):
    """Conversation state; see `storage.conversations`."""

    def get(self, conversation_id: str) -> Conversation | None: ...
    def apply(self, conversation_id: str, message: InboundMessage, *, at: float) -> Conversation: ...
    def opt_out(self, conversation_id: str, business_id: str, opaque_id: str) -> None: ...
    def ask(self, conversation_id: str, business_id: str, opaque_id: str, *, question_id: str) -> None: ...
    def release(self, conversation_id: str) -> None: ...


class Questions(Protocol):
    """What was asked of a customer; see `storage.questions`."""

    def message(self, business_id: str, message_id: str) -> Message | None: ...
    def asked(self, business_id: str, conversation_id: str, request_identifier: str) -> Message | None: ...
    def recent_bodies(self, business_id: str, conversation_id: str) -> list[tuple[str, str]]: ...
    def answered(self, conversation_id: str, question_id: str, *, by: str) -> None: ...


class Pictures(Protocol):
    """The pictures of one call as Apple takes them; see `business.pictures`."""

    @property
    def notes(self) -> list[dict[str, str]]: ...
    def gather(self, message: BaseModel, at: str = "") -> None: ...
    def png(self, image: ImageRef) -> str: ...


class Previews(Protocol):
    """What a URL shows; see `business.previews`."""

    def preview(self, url: str, *, seconds: float) -> Preview | None: ...


class Mailbox(Protocol):
    """Undelivered messages; see `storage.mailbox`."""

    def held(self, conversation_id: str, *, limit: int) -> list[Held]: ...
    def hold(self, message: Message) -> None: ...
    def fail(self, message: Message, conversation: Conversation, attempt: Attempt) -> None: ...
    def delivered(self, message: Message) -> None: ...
    def give_up(self, message: Message) -> None: ...
    def forget(self, conversation_id: str, sequence: int) -> None: ...


class Businesses(Protocol):
    """Registered businesses; see `storage.businesses`."""

    def require(self, business_id: str) -> None: ...
    def get(self, business_id: str) -> Business: ...
    def put(self, business: Business) -> None: ...
    def find_key(self, key_id: str) -> ApiKey | None: ...
    def put_key(self, key: ApiKey) -> None: ...


class DueItems(Protocol):
    """The sparse index of overdue work; see `storage.due`."""

    def overdue(self, now: float, *, limit: int) -> Iterator[Overdue]: ...
    def claim(self, overdue: Overdue, *, until: float) -> bool: ...


class Events(Protocol):
    """`events.fifo`."""

    def send(self, event: Event, *, deduplication_id: str) -> None: ...


class Outbox(Protocol):
    """`outbox.fifo`."""

    def send(self, departure: Departure, *, deduplication_id: str) -> None: ...


class Timers(Protocol):
    """`wakeups`."""

    def set(self, timer: Timer, *, now: float) -> None: ...


class Transfers(Protocol):
    """`transfers`."""

    def send(self, transfer: Transfer) -> None: ...


class Payloads(Protocol):
    """Bodies too large for the table; see `storage.payloads`."""

    def put(self, business_id: str, message_id: str, payload: str) -> str: ...
    def get(self, key: str) -> str: ...


class Credentials(Protocol):
    """Apple's secret in its active versions; see `storage.secrets`."""

    def active(self) -> list[Credential]: ...
    def refetch(self) -> list[Credential] | None: ...


class SigningKeys(Protocol):
    """A business's webhook keys, newest first; see `storage.secrets`."""

    def keys(self, business_id: str) -> Sequence[str]: ...
    def put(self, business_id: str, secret: str) -> None: ...


class Usage(Protocol):
    """The usage plan that counts a business's calls; see `storage.usage`."""

    def enroll(self, name: str, identifier: str) -> None: ...


class Webhooks(Protocol):
    """POSTs one webhook; see `business.webhook_client`."""

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> WebhookAnswer: ...


class Gateway(Protocol):
    """Posts one message to Apple; see `apple.gateway`."""

    def send(self, message: OutboundMessage, *, token: str) -> GatewayAnswer: ...
    def construct(self, body: dict[str, Any], *, business_id: str, token: str) -> Constructed: ...
