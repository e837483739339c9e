"""Large messages that are sent again and again go by the reference Apple gave for them (protocol/09 §3)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from parley.apple.gateway import Verdict
from parley.conversation import references
from parley.conversation.references import Known
from parley.errors import Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.gateway import Constructed, GatewayAnswer
    from parley.apple.outbound import OutboundMessage
    from parley.services import ports
    from parley.services.prepare import Part

REUSE_SECONDS: Final = 3600.0
"""own: how long a reference is sent before a new one is asked for. How long Apple keeps it is not published."""

_ASK: Final = {"include-data-ref": "true"}
_SHARED: Final = frozenset({"list_picker", "time_picker", "form"})
"""Kinds whose answers say nothing of the asker but the request identifier, and that can be large."""


class SharedIdentifiers:
    """Gives a large message the request identifier it has for every customer, so that it is the same for all.

    Not when this customer was asked under it before: then an answer could be to either.
    """

    def __init__(self, *, questions: ports.Questions) -> None:
        self._questions = questions

    def __call__(self, business_id: str, conversation_id: str, part: Part) -> Part:
        """`part`, or its like under the shared identifier."""
        if part.kind not in _SHARED or part.request_identifier is None or part.session_identifier is not None:
            return part
        shared = references.shared_identifier(business_id, part.content)
        if shared is None or self._questions.asked(business_id, conversation_id, shared) is not None:
            return part
        return replace(part, request_identifier=shared, content=references.asking_as(part.content, shared))


class Referring:
    """Apple's gateway, but for large messages: the second time a reference is asked for, from then on it is sent.

    One that is refused is replaced by the whole message at once, under the same id, and by a new reference. Only
    ever a convenience: when the table does not answer, messages go whole.
    """

    def __init__(self, *, gateway: ports.Gateway, data_refs: ports.DataRefs, clock: Callable[[], float]) -> None:
        self._gateway = gateway
        self._data_refs = data_refs
        self._clock = clock

    def construct(self, body: dict[str, Any], *, business_id: str, token: str) -> Constructed:
        """See `apple.gateway`."""
        return self._gateway.construct(body, business_id=business_id, token=token)

    def send(self, message: OutboundMessage, *, token: str) -> GatewayAnswer:
        """See `apple.gateway`."""
        text = None
        if message.type == "interactive" and message.door == "message" and not message.extra_headers:
            text = references.large(message.content)
        if text is None:
            return self._gateway.send(message, token=token)
        digest = references.digest(text)
        known = self._known(message.business_id, digest)
        if known is not None and known.reference is not None and self._clock() - known.made_at < REUSE_SECONDS:
            short = replace(message, content={"interactiveDataRef": known.reference})
            answer = self._gateway.send(short, token=token)
            if answer.verdict is not Verdict.REFUSED:
                return answer
        whole = message if known is None else replace(message, extra_headers=_ASK)
        answer = self._gateway.send(whole, token=token)
        if answer.verdict is Verdict.ACCEPTED:
            self._remember(message.business_id, digest, Known(self._clock(), answer.data_ref))
        return answer

    def _known(self, business_id: str, digest: str) -> Known | None:
        try:
            return self._data_refs.get(business_id, digest)
        except Retryable:
            return None

    def _remember(self, business_id: str, digest: str, known: Known) -> None:
        with suppress(Retryable):
            self._data_refs.put(business_id, digest, known)
