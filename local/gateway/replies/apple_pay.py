"""The end of a payment, as the conversation learns of it (protocol/06 §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from local.gateway.replies.answer import Answer, frame
from local.gateway.replies.language import money, not_paid, paid

if TYPE_CHECKING:
    from local.gateway.replies.answer import Asked


class ApplePayAnswer(Answer):
    """Paying, or closing the sheet."""

    DECLINE: ClassVar[dict[str, Any] | None] = {"state": "paymentNotCompleted"}

    state: Literal["paid", "paymentNotCompleted"] = "paid"

    def reply(self, asked: Asked) -> dict[str, Any]:
        """Everything is echoed, with the types of amounts spelled in capitals; there is no payment token."""
        request = asked.content["paymentRequest"]
        total = money(request["total"]["amount"], request["currencyCode"], asked.locale)
        subtitle = paid(total, asked.locale) if self.state == "paid" else not_paid(total, asked.locale)
        echo = {**request, "total": _capital(request["total"])}
        if "lineItems" in request:
            echo["lineItems"] = [_capital(item) for item in request["lineItems"]]
        content = {**asked.content, "paymentRequest": echo, "state": self.state}
        return frame(asked, content, asked.title, subtitle=subtitle)


def _capital(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "type": line["type"].capitalize()} if "type" in line else line
