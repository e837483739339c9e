"""One question with choices, whatever kind asked it: what a list, a quick reply and a numbered text are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from parley.apple import limits
from parley.business.kinds.form import Form, SelectPage, WheelPage
from parley.business.kinds.list_picker import ListItem, ListPicker
from parley.business.kinds.quick_reply import QuickReply
from parley.business.kinds.time_picker import TimePicker, moment
from parley.conversation.fallback import form_text
from parley.conversation.fallback.offers import Choice, Offered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.kinds.base import Send
    from parley.business.kinds.bubbles import WithBubble
    from parley.business.kinds.time_picker import Slot


@dataclass(frozen=True, slots=True)
class Question:
    """The parts. `items` and the choices of the offer are the same things in the same order."""

    title: str
    """Of the bubble of a list."""
    prompt: str
    """Right above the choices of a list and of a quick reply."""
    lines: tuple[str | None, ...]
    """Above the choices in a text."""
    items: tuple[ListItem, ...]
    offered: Offered
    is_brief: bool
    """Whether it loses nothing worth having as a quick reply."""
    bubble: WithBubble | None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is offered; of a form, on its one page."""
        return self.offered.pages[0].choices if self.offered.pages else self.offered.choices

    @property
    def multiple(self) -> bool:
        """Whether several may be taken."""
        return self.offered.multiple or any(page.multiple for page in self.offered.pages)


def question_of(message: Send, now: float) -> Question | None:
    """The question, if the message is one with choices; slots that have begun by `now` are not among them."""
    match message:
        case QuickReply(text=text):
            items = tuple(ListItem(identifier=item.identifier, title=item.title) for item in message.items)
            offered = Offered("quick_reply", tuple(Choice(item.identifier, item.title) for item in items))
            return Question(text, text, (text,), items, offered, is_brief=True, bubble=None)
        case ListPicker():
            return _of_list(message)
        case TimePicker():
            return _of_slots(message, now)
        case Form(pages=[SelectPage() | WheelPage() as page]):
            return _of_page(message, page)
        case _:
            return None


def _of_list(message: ListPicker) -> Question:
    sections = list(enumerate(message.sections))
    items = tuple(item for section in message.sections for item in section.items)
    choices = tuple(
        Choice(item.identifier, item.title, section=section.title, single=None if section.multiple else number)
        for number, section in sections
        for item in section.items
    )
    several = len(sections) > 1 or any(section.multiple for _, section in sections)
    return Question(
        title=message.title,
        prompt=message.title,
        lines=(message.title, message.subtitle),
        items=items,
        offered=Offered("list_picker", choices, multiple=several),
        is_brief=not several and _fits_quick_reply(items),
        bubble=message,
    )


def _of_slots(message: TimePicker, now: float) -> Question:
    starts = [(start, slot) for slot in message.slots if (start := moment(slot.start)) and start.timestamp() > now]
    choices = tuple(
        Choice(
            slot.identifier,
            _shown(slot, message.timezone_offset),
            start=start.strftime("%Y-%m-%dT%H:%M:00Z"),
            duration=slot.duration,
        )
        for start, slot in sorted(starts, key=lambda one: one[0])
    )
    return Question(
        title=message.title,
        prompt=message.event_title or message.title,
        lines=(message.title, message.subtitle),
        items=tuple(ListItem(identifier=choice.identifier, title=choice.title) for choice in choices),
        offered=Offered("time_picker", choices),
        is_brief=False,
        bubble=message,
    )


def _of_page(form: Form, page: SelectPage | WheelPage) -> Question:
    offered = form_text.offered(form)
    items = tuple(
        ListItem(identifier=item.identifier, title=item.title, image=getattr(item, "image", None))
        for item in page.items
    )
    return Question(
        title=form.title,
        prompt=page.question,
        lines=(form.title, form.subtitle, page.question),
        items=items,
        offered=offered,
        is_brief=not offered.pages[0].multiple and _fits_quick_reply(items),
        bubble=form,
    )


def _shown(slot: Slot, offset: int | None) -> str:
    """A time as everybody reads it: ISO date, 24 hours, in the event's own zone."""
    start = datetime.fromisoformat(slot.start)
    try:
        local = start if offset is None else start.astimezone(timezone(timedelta(minutes=offset)))
    except OverflowError:
        return slot.start
    return local.strftime("%Y-%m-%d %H:%M")


def _fits_quick_reply(items: Sequence[ListItem]) -> bool:
    counted = limits.MIN_QUICK_REPLIES <= len(items) <= limits.MAX_QUICK_REPLIES
    return counted and not any(item.image for item in items)
