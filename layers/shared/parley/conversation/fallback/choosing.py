"""The best form of a message that a device can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from parley.apple import limits, wire
from parley.apple.wire.text import PLACEHOLDER
from parley.business.kinds.apple import Apple
from parley.business.kinds.authentication import Authentication
from parley.business.kinds.base import Build
from parley.business.kinds.constructed_link import PLAIN
from parley.business.kinds.form import Form
from parley.business.kinds.list_picker import ListPicker, ListSection
from parley.business.kinds.paths import translate
from parley.business.kinds.quick_reply import QuickReply, QuickReplyItem
from parley.business.kinds.text import Text
from parley.conversation.capability import fitted, missing, shown_kind
from parley.conversation.fallback import form_text, labels, raw
from parley.conversation.fallback.questions import question_of
from parley.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.kinds.base import Send
    from parley.conversation.fallback.offers import Offered
    from parley.conversation.fallback.questions import Question

MAX_CHOICES: Final = 100
"""own: how many choices a text may offer."""

_ANY_REQUEST: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The message to send in place of the one asked for. `offered` is set when a question changed its form."""

    message: Send
    form: str
    reason: str | None = None
    offered: Offered | None = None


def choose(message: Send, capabilities: Sequence[str] | None, *, now: float = 0.0) -> Chosen | None:
    """The best form the device can show; None when there is none, and the business has to name another message.

    Time slots that have begun by `now` are not offered. Raises Invalid for a message that is broken as it stands:
    a business learns of it whatever device the customer has.
    """
    kind = str(getattr(message, "type", ""))
    variant = fitted(message, capabilities)
    lacking = missing(variant, capabilities)
    if lacking is None:
        return Chosen(variant, kind, None if variant is message else "the device signs in the older way")
    _refuse_if_broken(message, now)
    if isinstance(message, Apple):
        ours = raw.own_shape(message)
        return None if ours is None else choose(ours, capabilities, now=now)
    can = frozenset(capabilities or ())
    reason = f"the device does not show {shown_kind(message)}"
    question = question_of(message, now)
    if question is None:
        text, offered = _in_words(message, lacking)
        return Chosen(text, "text", reason, offered) if text else None
    if "LIST" in can and kind != "list_picker":
        return Chosen(_as_list(message, question), "list_picker", reason, question.offered)
    if "QUICK" in can and kind in {"list_picker", "form"} and question.is_brief:
        return Chosen(_as_quick_reply(message, question), "quick_reply", reason, question.offered)
    numbered = _as_text(message, question)
    return Chosen(numbered, "text", reason, question.offered) if numbered else None


def _refuse_if_broken(message: Send, now: float) -> None:
    build = Build(request_identifier=_ANY_REQUEST, now=now, png=lambda _: PLAIN)
    mapped = message.to_apple(build)
    faults = translate(wire.check_content(mapped.type, mapped.content, now=now), mapped.paths)
    errors = [fault for fault in faults if not fault.warning]
    if errors:
        raise Invalid(errors)


def _as_list(message: Send, question: Question) -> ListPicker:
    bubble = question.bubble
    return ListPicker(
        **_sender(message),
        type="list_picker",
        title=question.title,
        subtitle=bubble.subtitle if bubble else None,
        image=bubble.image if bubble else None,
        style=bubble.style if bubble else None,
        reply=bubble.reply if bubble else None,
        sections=[ListSection(title=question.prompt, multiple=question.multiple, items=list(question.items))],
    )


def _as_quick_reply(message: Send, question: Question) -> QuickReply:
    items = [QuickReplyItem(identifier=item.identifier, title=item.title) for item in question.items]
    return QuickReply(**_sender(message), type="quick_reply", text=question.prompt, items=items)


def _as_text(message: Send, question: Question) -> Text | None:
    choices = question.choices
    if len(choices) > MAX_CHOICES:
        return None
    lines = [line for line in question.lines if line]
    headed = len({choice.section for choice in choices}) > 1
    section = None
    names = labels.of(choices)
    for name, choice, item in zip(names, choices, question.items, strict=True):
        if headed and choice.section != section:
            section = choice.section
            lines.append(f"{section}:")
        lines.append(f"{name}. {choice.title}" + (f" ({item.subtitle})" if item.subtitle else ""))
    if question.multiple:
        lines.append(f"({', '.join(names[:2])} …)")
    return _text(message, "\n".join(lines))


def _in_words(message: Send, lacking: str) -> tuple[Text | None, Offered | None]:
    """What has no choices to tap: a form of several pages or of something to write, and signing in."""
    if isinstance(message, Authentication):
        why = "Signing in needs a newer device." if lacking == "AUTH2" else "This device cannot sign in here."
        return _text(message, "\n".join(line for line in (message.title, message.subtitle, why) if line)), None
    if not isinstance(message, Form) or form_text.asks_for_secrets(message):
        return None, None
    offered = form_text.offered(message)
    if sum(len(page.choices) for page in offered.pages) > MAX_CHOICES:
        return None, None
    return _text(message, form_text.body(message, offered.pages)), offered


def _text(message: Send, body: str) -> Text | None:
    # What stands for an attachment in a text may stand for anything in a title.
    plain = body.replace(PLACEHOLDER, " ")
    return None if len(plain) > limits.MAX_TEXT_CHARS else Text(**_sender(message), body=plain, links="plain")


def _sender(message: Send) -> dict[str, Any]:
    return {"to": message.to, "auto_reply": message.auto_reply, "agent": message.agent}
