"""The answer to a list picker, and telling what was chosen in it (protocol/04 §4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from parley.apple.replies.reply import Item, Reply
from parley.apple.replies.tolerant import flag, table, tables, text, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

KEY: Final = "listPicker"

_SELECTED: Final = re.compile(r"(?<!\bnot )(?<!\bnon-)\bselected\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """`multiple` is None where the JSON does not say; a request then means False."""

    title: str | None
    multiple: bool | None
    items: tuple[Item, ...]


class Picked(NamedTuple):
    """One chosen item and the title of the section it was offered in."""

    item: Item
    section: str | None


class Chosen(NamedTuple):
    """`ambiguous`: the reply repeats the offer, so only the bubble's title could tell the items apart, if anything."""

    picked: tuple[Picked, ...]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPicker(Reply):
    """Sections as they came: some devices send only the chosen items, others all of them."""

    kind: ClassVar[Kind] = "list_picker"

    sections: tuple[Section, ...] = field(default=(), repr=False)

    @property
    def is_empty(self) -> bool:
        """No item arrived."""
        return not any(section.items for section in self.sections)

    def chosen(self, offered: Sequence[Section] = ()) -> Chosen:
        """What the customer chose, in the reply's order, each item once.

        `offered` are the sections of the request, if it is known: they decide which items count, and name the sections.
        """
        titles = {section.title for section in offered}
        # A section the business itself called "Selected bikes" is no marker.
        marked = [section for section in self.sections if _is_marker(section) and section.title not in titles]
        if marked:
            return Chosen(tuple(_once(_located(marked, offered, own_titles=False))))
        picked = tuple(_once(_located(self.sections, offered, own_titles=True)))
        if not _repeats_the_offer(picked, self.sections, offered):
            return Chosen(picked)
        return Chosen(_named_in(self.title or "", picked) or picked, ambiguous=True)


def read_sections(content: Json) -> tuple[Section, ...]:
    """The sections, in order; the same in a request and in a reply."""
    return tuple(
        Section(
            text(entry.get("title")),
            flag(entry.get("multipleSelection")),
            tuple(Item(word(item.get("identifier")), text(item.get("title"))) for item in tables(entry.get("items"))),
        )
        for entry in tables(content.get("sections"))
    )


def read(data: Json, common: Common) -> ListPicker:
    """Everything the reply lists; `chosen` judges it."""
    return ListPicker(**common, sections=read_sections(table(data.get(KEY))))


def _is_marker(section: Section) -> bool:
    return _SELECTED.search(section.title or "") is not None


def _located(sections: Iterable[Section], offered: Sequence[Section], *, own_titles: bool) -> list[Picked]:
    """The items of `sections` that were offered; all of them when none was: the request is not the one meant."""
    homes = {item.identifier: (item, section.title) for section in offered for item in section.items if item.identifier}
    known: list[Picked] = []
    strange: list[Picked] = []
    for section in sections:
        for item in section.items:
            if item.identifier in homes:
                offer, home = homes[item.identifier]
                known.append(Picked(Item(item.identifier, item.title or offer.title), home))
            else:
                strange.append(Picked(item, section.title if own_titles else None))
    return known or strange


def _once(picked: Iterable[Picked]) -> list[Picked]:
    seen: dict[object, Picked] = {}
    for place, one in enumerate(picked):
        seen.setdefault(one.item.identifier or place, one)
    return list(seen.values())


def _repeats_the_offer(picked: Sequence[Picked], sections: Sequence[Section], offered: Sequence[Section]) -> bool:
    """Two items of a section that allows one cannot both be chosen: the device sent all there is."""
    chosen = {one.item.identifier for one in picked} - {None}
    if any(item.identifier in chosen for section in offered for item in section.items):
        single = [section for section in offered if not section.multiple]
    else:
        single = [section for section in sections if section.multiple is False]
    return any(len(chosen & {item.identifier for item in section.items}) > 1 for section in single)


def _named_in(title: str, picked: Sequence[Picked]) -> tuple[Picked, ...]:
    """Those whose title occurs in the bubble's ("Bell and Basket").

    The longest title first, so that "Bell" is not found in "Bell XL".
    """
    named: set[int] = set()
    for place in sorted(range(len(picked)), key=lambda place: -len(picked[place].item.title or "")):
        wanted = (picked[place].item.title or "").strip()
        if not wanted:
            continue
        found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", title)
        if found:
            named.add(place)
            title = f"{title[: found.start()]}\n{title[found.end() :]}"
    return tuple(picked[place] for place in sorted(named))
