"""One try to bring one event to the endpoint it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from parley.business.model import REDACTED
from parley.business.webhook_client import WebhookAnswer
from parley.conversation import schedule
from parley.conversation.records import Direction
from parley.conversation.routing import route
from parley.errors import NotFound
from parley.services.health import GONE
from parley.services.reading import Reading
from parley.services.tell import ENDPOINT_DISABLED

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.inbound import InboundMessage
    from parley.business.model import Business, Endpoint, Mark
    from parley.business.redaction import Redacted
    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.describe import Describe, Described
    from parley.services.health import Health
    from parley.services.notify import Notify
    from parley.services.parts import Arrived
    from parley.services.tell import Tell


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try. `made` is False when nothing was sent; `answer.reason` says why."""

    answer: WebhookAnswer
    endpoint: Endpoint | None = None
    made: bool = True
    unwanted: bool = False
    """The endpoint did not ask for events of this type: settled without a call."""
    wait_until: float | None = None
    """The message's parts are on their way; try again then (Unix seconds)."""
    pending: tuple[str, ...] = ()
    """Attachments that were not there yet when it went out."""
    facts: dict[str, Any] | None = field(default=None, repr=False)
    """What it said beside the message itself."""
    redacted: Redacted | None = None
    """What is to be kept of the message once it needs no further try; None: all of it."""

    @property
    def settled(self) -> bool:
        """The message needs no further try."""
        return self.unwanted or self.answer.ok


class Bring:
    """Route, see to the parts, ask the breaker, post, and learn from the answer."""

    def __init__(
        self,
        *,
        businesses: ports.Businesses,
        payloads: ports.Payloads,
        parts: ports.Parts,
        health: Health,
        describe: Describe,
        notify: Notify,
        tell: Tell,
        clock: Callable[[], float],
    ) -> None:
        self._businesses = businesses
        self._read = Reading(payloads=payloads)
        self._parts = parts
        self._health = health
        self._describe = describe
        self._notify = notify
        self._tell = tell
        self._clock = clock

    def read(self, stored: Message) -> InboundMessage:
        """What Apple sent, from the table or from S3."""
        return self._read(stored)

    def __call__(self, stored: Message, conversation: Conversation, *, probe: bool = False) -> Tried:
        """`probe`: this message was chosen to see whether its endpoint is back."""
        if stored.direction is Direction.NOTICE:
            business, endpoint = self._route(stored, conversation, None)
            return self._post(stored, business, endpoint, self._describe.notice(stored), None, probe=probe)
        message = self.read(stored)
        arrived = self._parts(stored, message) if message.needs_transfer else None
        ready_by = stored.received_at + schedule.PARTS_SECONDS
        if arrived is not None and not arrived.settled and self._clock() < ready_by:
            waits = _not_made("parts_pending", "its attachments are being fetched")
            return Tried(waits, made=False, wait_until=ready_by)
        business, endpoint = self._route(stored, conversation, message)
        described = self._describe(stored, message, conversation, arrived, at=stored.received_at)
        tried = self._post(stored, business, endpoint, described, arrived, probe=probe)
        marks = business.redact if business is not None else ()
        redacted = _redacted(marks, message, described, arrived)
        return tried if redacted is None else _without(tried, redacted)

    def redacted(self, stored: Message, conversation: Conversation) -> Redacted | None:
        """What is to be kept of a message that is given up without a try; None: all of it."""
        marks = self._marks(stored)
        if not marks:
            return None
        message = self.read(stored)
        arrived = self._parts(stored, message) if message.needs_transfer else None
        described = self._describe(stored, message, conversation, arrived, at=stored.received_at)
        return _redacted(marks, message, described, arrived)

    def _marks(self, stored: Message) -> tuple[Mark, ...]:
        try:
            return self._businesses.get(stored.business_id).redact if stored.direction is Direction.INBOUND else ()
        except NotFound:
            return ()

    def _post(
        self,
        stored: Message,
        business: Business | None,
        endpoint: Endpoint | None,
        described: Described,
        arrived: Arrived | None,
        *,
        probe: bool,
    ) -> Tried:
        if business is None or endpoint is None:
            # Nobody is left to be told.
            nobody = stored.type == ENDPOINT_DISABLED or stored.only_for is not None
            return Tried(_not_made("no_endpoint", "no route leads to an endpoint"), made=False, unwanted=nobody)
        if not endpoint.takes(described.type):
            return Tried(_not_made("not_subscribed", ""), endpoint, made=False, unwanted=True)
        if not endpoint.active:
            words = f"the endpoint is {endpoint.state}"
            return Tried(_not_made(f"endpoint_{endpoint.state}", words), endpoint, made=False)
        if not self._health.may_call(business, endpoint, stored.conversation_id, probe=probe):
            return Tried(_not_made("breaker_open", "the endpoint does not answer"), endpoint, made=False)
        answer = self._notify(
            endpoint,
            business_id=stored.business_id,
            webhook_id=stored.id,
            event_type=described.type,
            at=stored.received_at,
            data=described.data,
        )
        self._health.answered(business.id, endpoint, stored.conversation_id, answer)
        if answer.status == GONE:
            self._disable(business, endpoint)
        pending = tuple(arrived.pending) if arrived is not None else ()
        return Tried(answer, endpoint, pending=pending, facts=described.facts)

    def _route(
        self, stored: Message, conversation: Conversation, message: InboundMessage | None
    ) -> tuple[Business | None, Endpoint | None]:
        business, endpoint = self._look_up(stored, conversation, message, fresh=False)
        handler_unknown = business is not None and conversation.handler not in {None, *business.endpoints}
        if endpoint is None or not endpoint.active or handler_unknown:
            # Nothing is held or led astray by old news: the endpoint may have been made or resumed a moment ago.
            return self._look_up(stored, conversation, message, fresh=True)
        return business, endpoint

    def _look_up(
        self, stored: Message, conversation: Conversation, message: InboundMessage | None, *, fresh: bool
    ) -> tuple[Business | None, Endpoint | None]:
        try:
            business = self._businesses.get(stored.business_id, fresh=fresh)
        except NotFound:
            return None, None  # removed while a customer wrote: held, in case it comes back
        if stored.only_for is not None:
            return business, business.endpoints.get(stored.only_for)
        if stored.type == ENDPOINT_DISABLED:
            return business, _another(business, stored)
        endpoint = route(
            business,
            intent=conversation.intent,
            group=conversation.group,
            handler=conversation.handler,
            locale=conversation.locale,
            type=message.type if message is not None else None,
        )
        return business, endpoint

    def _disable(self, business: Business, endpoint: Endpoint) -> None:
        """It says that it is gone (410). What is for it waits until the business resumes it or routes elsewhere."""
        if self._businesses.disable(business.id, endpoint, reason="gone"):
            host = endpoint.url.partition("://")[2].partition("/")[0]
            data = {"endpoint": {"id": endpoint.id, "url_host": host, "reason": "gone"}}
            self._tell(self._tell.of_endpoint(business.id, data, about=f"{endpoint.id}\0{self._clock()}"))


def _another(business: Business, stored: Message) -> Endpoint | None:
    """An endpoint that can hear that another one is gone."""
    gone = json.loads(stored.payload or "{}").get("endpoint", {}).get("id")
    others = (endpoint for endpoint in business.endpoints.values() if endpoint.id != gone and endpoint.active)
    return next((endpoint for endpoint in others if endpoint.takes(ENDPOINT_DISABLED)), None)


def _redacted(
    marks: tuple[Mark, ...], message: InboundMessage, described: Described, arrived: Arrived | None
) -> Redacted | None:
    if not marks or message.is_typing:
        return None
    from parley.services.redact import redacted_of  # only who marks anything loads it

    return redacted_of(marks, message, described.facts, arrived)


def _without(tried: Tried, redacted: Redacted) -> Tried:
    """An endpoint that fails may say again what it was sent."""
    answer = tried.answer
    if tried.made and not answer.ok and answer.words:
        answer = replace(answer, words=REDACTED)
    facts = redacted.facts if tried.facts is not None else None
    return replace(tried, answer=answer, facts=facts, redacted=redacted)


def _not_made(reason: str, words: str) -> WebhookAnswer:
    return WebhookAnswer(0, 0, words, reason=reason)
