"""From what a business asked for to what Apple is sent: the form the device can show, mapped, checked."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from parley.apple import wire
from parley.apple.enclosures import PLACEHOLDER, standing_in
from parley.business import sends
from parley.business.kinds.base import Build
from parley.business.kinds.paths import translate
from parley.business.kinds.text import Text
from parley.conversation.capability import fitted, missing, shown_kind
from parley.errors import Fault, Invalid, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from parley.business.kinds.base import Mapped, Send
    from parley.business.kinds.bubbles import ImageRef
    from parley.conversation.fallback import Chosen, Offered
    from parley.services import ports

PREVIEW_SECONDS: Final = 2.0
"""What all the previews of one text may take together."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message for Apple; a text with links is several, in order."""

    kind: str
    type: str
    content: dict[str, Any] = field(repr=False)
    door: Literal["message", "authenticate"] = "message"
    headers: dict[str, str] = field(default_factory=dict)
    request_identifier: str | None = None
    session_identifier: str | None = None
    reference_id: str | None = field(default=None, repr=False)
    construct: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What to send, which form was chosen and why, and what was done to pictures."""

    parts: list[Part]
    form: str
    reason: str | None = None
    offered: Offered | None = None
    notes: list[dict[str, str]] = field(default_factory=list)
    at: str = ""
    """Where in the caller's JSON the message stands that is sent."""


class Prepare:
    """Pure but for pictures and previews, which are fetched through the egress guard."""

    def __init__(
        self,
        *,
        pictures: Callable[[str], ports.Pictures],
        previews: Callable[[], ports.Previews],
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._pictures = pictures
        self._previews = previews
        self._clock = clock
        self._new_id = new_id

    def __call__(self, send: Send, capabilities: Sequence[str] | None, *, business_id: str) -> Prepared:
        """Raises Invalid (faults with the caller's paths) or Rejected (`unsupported_by_device`)."""
        send = fitted(send, capabilities)
        pictures = _OnDemand(lambda: self._pictures(business_id))
        if missing(send, capabilities) is None:
            return Prepared(self._parts(send, pictures), str(getattr(send, "type", "")), notes=pictures.notes)
        chosen, at = self._choose(send, capabilities)
        parts = self._parts(chosen.message, pictures, at)
        return Prepared(parts, chosen.form, chosen.reason, chosen.offered, pictures.notes, at)

    def rehearse(self) -> None:
        """Prepare a text and forget it: what pydantic builds for the first one, it builds now."""
        self(sends.from_object({"to": "-", "body": "-"}), None, business_id="-")

    def _choose(self, send: Send, capabilities: Sequence[str] | None) -> tuple[Chosen, str]:
        """The form to send, and where in the caller's JSON it stands."""
        from parley.conversation import fallback

        chosen = None
        if send.fallback == "auto" or missing(send, capabilities) is None:
            chosen = fallback.choose(send, capabilities, now=self._clock())
        elif isinstance(send.fallback, dict):
            with _standing_at("/fallback"):
                other, at = self._choose(_instead(send, send.fallback), capabilities)
            reason = other.reason or f"the device does not show {shown_kind(send)}"
            return replace(other, reason=reason), f"/fallback{at}"
        if chosen is None:
            raise Rejected(_why_not(send), code="unsupported_by_device", path="/type")
        return chosen, ""

    def _parts(self, message: Send, pictures: _OnDemand, at: str = "") -> list[Part]:
        if isinstance(message, Text) and message.links == "preview" and "://" in message.words:
            pieces = self._pieces(message)
            if pieces is not None:
                # What is wrong with a piece is told of the text as the caller wrote it, or of nothing at all.
                with suppress(Invalid):
                    return [self._part(piece, pictures, at) for piece in pieces]
        return [self._part(message, pictures, at)]

    def _pieces(self, text: Text) -> list[Send] | None:
        """The text around its links, and the links; None when the text goes as it is.

        A link without a preview stays a text. The subject stands over the first text.
        """
        from parley.business import links
        from parley.business.kinds.bubbles import ImageRef
        from parley.business.kinds.constructed_link import PLAIN
        from parley.business.kinds.rich_link import RichLink

        pieces = links.split(text.words)
        deadline = self._clock() + PREVIEW_SECONDS
        found: list[Send] = []
        subject = text.subject
        files = list(text.attachments)
        for piece in pieces:
            preview = None
            if piece.is_url:
                preview = self._previews().preview(piece.text, seconds=max(0.0, deadline - self._clock()))
            if preview is None:
                here = piece.text.count(PLACEHOLDER)
                found.append(text.piece(piece.text, subject=subject, files=files[:here]))
                subject, files = None, files[here:]
                continue
            found.append(
                RichLink(
                    to=text.to,
                    auto_reply=text.auto_reply,
                    agent=text.agent,
                    type="rich_link",
                    url=preview.url,
                    title=preview.title,
                    image=ImageRef(data=preview.image or PLAIN),
                )
            )
        shown = any(isinstance(piece, RichLink) for piece in found)
        return found if shown and subject is None and not files else None

    def _part(self, send: Send, pictures: _OnDemand, at: str) -> Part:
        now = self._clock()
        pictures.gather(send, at)
        build = Build(request_identifier=self._new_id(), now=now, png=pictures.png)
        with _standing_at(at):
            mapped = send.to_apple(build)
            faults = translate(_judged(mapped, now), mapped.paths)
            if any(not fault.warning for fault in faults):
                raise Invalid([fault for fault in faults if not fault.warning])
        return Part(
            kind=str(getattr(send, "type", "")),
            type=mapped.type,
            content=mapped.content,
            door=mapped.door,
            headers=mapped.headers,
            request_identifier=mapped.request_identifier,
            session_identifier=mapped.session_identifier,
            reference_id=mapped.reference_id,
            construct=mapped.construct,
        )


class _OnDemand:
    """The pictures of one call, made when a message comes that can have any: a text loads none of it."""

    def __init__(self, make: Callable[[], ports.Pictures]) -> None:
        self._make = make
        self._made: ports.Pictures | None = None

    @property
    def notes(self) -> list[dict[str, str]]:
        return [] if self._made is None else self._made.notes

    def gather(self, message: Send, at: str) -> None:
        if not isinstance(message, Text):
            self._all().gather(message, at)

    def png(self, image: ImageRef) -> str:
        return self._all().png(image)

    def _all(self) -> ports.Pictures:
        if self._made is None:
            self._made = self._make()
        return self._made


def _judged(mapped: Mapped, now: float) -> list[Fault]:
    faults = wire.check_content(mapped.type, standing_in(mapped.content), now=now)
    return faults if mapped.construct is None else faults + wire.check_construct(mapped.construct)


def _why_not(send: Send) -> str:
    also = ", and Parley has no other form for it" if send.fallback == "auto" else ""
    return f"the customer's device does not show {shown_kind(send)}{also}; give a fallback message"


def _instead(send: Send, other: dict[str, Any]) -> Send:
    """The fallback message a business wrote: same customer, same sender."""
    options: dict[str, Any] = {"auto_reply": send.auto_reply, "agent": send.agent, **other, "to": send.to}
    return sends.from_object({name: value for name, value in options.items() if value is not None})


@contextmanager
def _standing_at(path: str) -> Iterator[None]:
    """The faults of a message that stands inside another, led back to the caller's JSON."""
    try:
        yield
    except Invalid as error:
        raise Invalid([fault._replace(path=path + fault.path) for fault in error.faults]) from None
