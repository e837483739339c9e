"""The answers to a form, page by page (protocol/05 §5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from parley.apple.replies import dates
from parley.apple.replies.reply import Reply
from parley.apple.replies.tolerant import flag, table, tables, text, word

if TYPE_CHECKING:
    from datetime import date

    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

KEY: Final = "dynamic"

type PageType = Literal["select", "picker", "datePicker", "input"]

_TYPES: Final[dict[str, PageType]] = {
    "select": "select",
    "picker": "picker",
    "datepicker": "datePicker",
    "input": "input",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was asked. `date_format` is the pattern a date picker shows its day in."""

    identifier: str | None
    type: PageType | None
    date_format: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One chosen item, day or text of a page."""

    identifier: str | None
    title: str | None
    value: str | None
    type: PageType | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was entered on one visited page."""

    page: str | None
    title: str | None
    subtitle: str | None
    entries: tuple[Entry, ...]

    def page_type(self, asked: Page | None) -> PageType | None:
        """The page's type: stated, or known from the request, or guessed from the shape of the entry."""
        stated = next((entry.type for entry in self.entries if entry.type), None) or (asked.type if asked else None)
        if stated or not self.entries:
            return stated
        first = self.entries[0]
        if first.identifier is None or first.identifier != self.page:
            return "select"
        dated = first.value != first.title and dates.instant(first.value) is not None
        return "datePicker" if dated else "input"

    def day(self, asked: Page | None) -> date | None:
        """The day meant on a date picker's page: its title says, its value may be a day off."""
        if not self.entries:
            return None
        entry = self.entries[0]
        found = dates.day(entry.title or "", asked.date_format if asked else dates.DEFAULT_PATTERN)
        moment = None if found else dates.instant(entry.value)
        return dates.local_midnight(moment) if moment else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Reply):
    """The visited pages in the order of the visit. `private`: the answers are sensitive."""

    kind: ClassVar[Kind] = "form"

    answers: tuple[Answer, ...] = field(default=(), repr=False)

    @property
    def is_empty(self) -> bool:
        """No page arrived."""
        return not self.answers


def read_pages(content: Json) -> tuple[Page, ...]:
    """The pages of a request."""
    return tuple(
        Page(
            word(page.get("pageIdentifier")),
            _page_type(page.get("type")),
            word(table(page.get("options")).get("dateFormat")) or dates.DEFAULT_PATTERN,
        )
        for page in tables(table(content.get("data")).get("pages"))
    )


def is_private(content: Json) -> bool:
    """Marked private in either of the two places seen (protocol/05 §1)."""
    return bool(flag(content.get("private")) or flag(table(content.get("data")).get("private")))


def read(data: Json, common: Common) -> Form:
    """`selections` is a direct child of `dynamic`, not of its `data`."""
    content = table(data.get(KEY))
    answers = tuple(_answer(entry) for entry in tables(content.get("selections")))
    return Form(**common, private=is_private(content), answers=answers)


def _answer(selection: Json) -> Answer:
    entries = tuple(
        Entry(
            word(item.get("identifier")),
            text(item.get("title")),
            text(item.get("value")),
            _page_type(item.get("type")),
        )
        for item in tables(selection.get("items"))
    )
    page = word(selection.get("pageIdentifier"))
    if page is None and entries and entries[0].type in {"input", "datePicker"}:
        page = entries[0].identifier  # on these pages the item carries the page's own identifier
    return Answer(page, text(selection.get("title")), text(selection.get("subtitle")), entries)


def _page_type(value: object) -> PageType | None:
    return _TYPES.get((word(value) or "").lower())
