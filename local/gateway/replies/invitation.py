"""Saying yes or no to an invitation (protocol/13 §2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from local.gateway.customer_message import CustomerMessage
from local.gateway.phones import TELEPHONE
from local.gateway.replies.answer import Answer, frame, impossible
from local.gateway.replies.language import yes_or_no

if TYPE_CHECKING:
    from local.gateway.replies.answer import Asked


class InvitationAnswer(Answer):
    """Yes or no. How a no arrives is in dispute, so each form can be had."""

    DECLINE: ClassVar[dict[str, Any] | None] = {"accept": False}

    accept: bool = True
    decline_as: Literal["no", "close", "both"] = "no"
    """`no` is the same form as a yes, `close` the event with `referenceIds` from the telephone number."""
    tel_request_identifier: bool = False
    """Put the telephone number where the request identifier belongs, as was seen."""

    def reply(self, asked: Asked) -> dict[str, Any]:
        """The answer in the form of an interactive message; its source is the opaque id."""
        word = "yes" if self.accept else "no"
        response = {
            "title": yes_or_no(self.accept, asked.locale),
            "subtitle": asked.content["parameters"]["brandName"],
            "type": {word: {}},
        }
        framed = frame(asked, {"id": word, "displayContent": {"determinateResponse": response}}, response["title"])
        data = {key: framed["data"][key] for key in ("requestIdentifier", "notification")}
        if self.tel_request_identifier:
            data["requestIdentifier"] = _number(asked)
        return {**framed, "data": {"version": "1", **data, "referenceId": asked.content["referenceId"]}}

    def messages(self, asked: Asked) -> list[CustomerMessage]:
        """A yes is one message; a no may be one, the event, or both."""
        answer = super().messages(asked)
        if self.accept:
            return answer
        reference = {"referenceIds": [asked.content["referenceId"]]}
        close = [CustomerMessage(type="close", extra={"sourceId": _number(asked), **reference})]
        return {"no": answer, "close": close, "both": answer + close}[self.decline_as]


def _number(asked: Asked) -> str:
    if asked.customer.tel is None:
        raise impossible("accept", "this phone has no number any more; POST /control/customers with tel")
    return f"{TELEPHONE}{asked.customer.tel}"
