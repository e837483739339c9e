"""What became of an Apple Pay request (protocol/06 §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from parley.apple.replies.reply import Reply
from parley.apple.replies.tolerant import table, word

if TYPE_CHECKING:
    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

KEY: Final = "payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplePay(Reply):
    """`state` is Apple's word, `paid` or `paymentNotCompleted`. It proves no payment: the payment provider does."""

    kind: ClassVar[Kind] = "apple_pay"

    state: str | None = None

    @property
    def is_empty(self) -> bool:
        """No state arrived."""
        return self.state is None


def read(data: Json, common: Common) -> ApplePay:
    """Only the state; the echoed request stays in `raw`."""
    return ApplePay(**common, state=word(table(data.get(KEY)).get("state")))
