"""What a phone sends when its owner answers a message: one module per kind (protocol/02 §6, 04-07, 13)."""

from local.gateway.replies.answer import Answer, Asked
from local.gateway.replies.apple_pay import ApplePayAnswer
from local.gateway.replies.authentication import AuthenticationAnswer
from local.gateway.replies.form import FormAnswer
from local.gateway.replies.imessage_app import AppAnswer
from local.gateway.replies.invitation import InvitationAnswer
from local.gateway.replies.list_picker import ListAnswer
from local.gateway.replies.quick_reply import QuickAnswer
from local.gateway.replies.tapback import Tapback
from local.gateway.replies.time_picker import TimeAnswer

ANSWERS: dict[str, type[Answer]] = {
    "quick_reply": QuickAnswer,
    "list_picker": ListAnswer,
    "time_picker": TimeAnswer,
    "form": FormAnswer,
    "authentication": AuthenticationAnswer,
    "apple_pay": ApplePayAnswer,
    "imessage_app": AppAnswer,
    "invitation": InvitationAnswer,
}
"""By kind of message: what the customer may say to it."""

__all__ = ["ANSWERS", "Answer", "Asked", "Tapback"]
