"""Messages to customers, and what became of any message."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, create_model

from parley.business.api import MessageView
from parley.business.kinds import MODULES, model_of
from parley.business.kinds.base import Strict
from parley.business.kinds.from_template import FromTemplate
from parley.business.operations.operation import Operation


def _without(model: type[BaseModel], *names: str) -> type[BaseModel]:
    """A kind without what the path says, for the description; what is sent is read by the kind's own model."""
    kept: dict[str, Any] = {
        name: (field.annotation, field) for name, field in model.model_fields.items() if name not in names
    }
    made = create_model(f"{model.__name__}Here", __base__=Strict, __doc__=model.__doc__, **kept)
    made.model_config = model.model_config  # what it says of fields together
    return made


SEND: Final = Operation(
    id="sendMessage",
    method="POST",
    path="/v1/messages",
    scope="send",
    summary="Send a message to a customer",
    description=(
        "Stored once and sent to Apple in order. `queued` is the promise that it will be tried; ask for the "
        "message to see `sent`, `failed`, `unknown` or `cancelled`. Apple sends no delivery or read receipts."
    ),
    body=(*(model_of(kind) for kind in MODULES), FromTemplate),
    status=202,
    outcome="Stored, and on its way.",
    answer=MessageView,
    headers=("Location",),
    also={204: "A typing indicator was passed on; there is nothing to ask for."},
    refusals={422: "Or the customer has left."},
    once=True,
)

GET: Final = Operation(
    id="getMessage",
    method="GET",
    path="/v1/messages/{id}",
    scope="read",
    summary="What became of a message, and what it says",
    outcome="The message, of either direction.",
    answer=MessageView,
    refusals={404: "No such message of this business."},
)

_UNKNOWN: Final = {404: "No such conversation of this business."}

SEND_HERE: Final = Operation(
    id="sendToConversation",
    method="POST",
    path="/v1/conversations/{conversation_id}/messages",
    scope="send",
    summary="Send a message into a conversation",
    description="As `POST /v1/messages`, without `to`. An invitation goes to somebody with whom there is none yet.",
    body=(*(_without(model_of(kind), "to") for kind in MODULES if kind != "invitation"), _without(FromTemplate, "to")),
    status=202,
    outcome="Stored, and on its way.",
    answer=MessageView,
    headers=("Location",),
    also={204: "A typing indicator was passed on; there is nothing to ask for."},
    refusals=_UNKNOWN | {422: "Or the customer has left."},
    once=True,
)

TYPING_HERE: Final = Operation(
    id="showTyping",
    method="POST",
    path="/v1/conversations/{conversation_id}/typing",
    scope="send",
    summary="Show the customer that somebody is writing, or has stopped",
    description="It goes straight to Apple, is never stored and never tried again: to say it twice is to say it once.",
    body=(
        create_model(
            "TypingState", __base__=_without(model_of("typing"), "to", "type", "fallback"), __doc__="Who writes."
        ),
    ),
    status=204,
    outcome="Passed on; there is nothing to ask for.",
    refusals=_UNKNOWN | {422: "Or the customer has left."},
    once=True,
)

OPERATIONS: Final = (SEND, GET, SEND_HERE, TYPING_HERE)
