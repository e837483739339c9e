"""The answer to a quick reply (protocol/04 §3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from parley.apple.replies.reply import Item, Reply
from parley.apple.replies.tolerant import integer, table, tables, text, word

if TYPE_CHECKING:
    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

KEY: Final = "quick-reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickReply(Reply):
    """`selected` is None when neither the identifier nor the index leads to a choice.

    `selected_index` counts from zero and is kept, because the offered items need not be echoed.
    """

    kind: ClassVar[Kind] = "quick_reply"

    items: tuple[Item, ...] = field(default=(), repr=False)
    selected: Item | None = field(default=None, repr=False)
    selected_index: int | None = None

    @property
    def is_empty(self) -> bool:
        """No choice arrived."""
        return self.selected is None and self.selected_index is None


def read_items(content: Json) -> tuple[Item, ...]:
    """The choices, in order; the same in a request and in a reply."""
    return tuple(
        Item(word(entry.get("identifier")), text(entry.get("title"))) for entry in tables(content.get("items"))
    )


def read(data: Json, common: Common) -> QuickReply:
    """The identifier decides, the index only where there is none."""
    content = table(data.get(KEY))
    items = read_items(content)
    identifier, index = word(content.get("selectedIdentifier")), integer(content.get("selectedIndex"))
    if index is not None and index < 0:
        index = None
    return QuickReply(**common, items=items, selected=select(items, identifier, index), selected_index=index)


def select(items: tuple[Item, ...], identifier: str | None, index: int | None) -> Item | None:
    """The chosen one of `items`; an identifier that is not among them is believed all the same."""
    if identifier is not None:
        return next((item for item in items if item.identifier == identifier), Item(identifier, None))
    return items[index] if index is not None and index < len(items) else None
