"""The answer of a business's own iMessage app (protocol/04 §7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from parley.apple.replies.reply import Reply
from parley.apple.replies.tolerant import integer, text, word

if TYPE_CHECKING:
    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

_APPLE: Final = "com.apple.icloud.apps.messages.business.extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImessageApp(Reply):
    """`url` is the state the extension set. There is no request identifier: the session correlates."""

    kind: ClassVar[Kind] = "imessage_app"

    bid: str | None = None
    url: str | None = field(default=None, repr=False)
    app_id: int | None = None
    app_name: str | None = None

    @property
    def is_empty(self) -> bool:
        """No state arrived."""
        return self.url is None


def is_third_party(bid: str | None, interactive: Json) -> bool:
    """The bundle id names an extension other than Apple's; without one, a URL tells."""
    if bid is None:
        return word(interactive.get("URL")) is not None
    return bid.rpartition(":")[2].strip().lower() != _APPLE


def read(interactive: Json, bid: str | None, common: Common) -> ImessageApp:
    """Everything lies beside `bid`: third-party extensions have no `data`."""
    return ImessageApp(
        **common,
        bid=bid,
        url=text(interactive.get("URL")),
        app_id=integer(interactive.get("appId")),
        app_name=text(interactive.get("appName")),
    )
