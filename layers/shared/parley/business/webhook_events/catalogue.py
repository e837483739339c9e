"""The list of all events, each with the model of its `data` and an example, and their JSON Schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from parley.business.webhook_events import attachments, notices, received
from parley.business.webhook_events.examples import EXAMPLES

if TYPE_CHECKING:
    from parley.business.webhook_events.shapes import Data

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One type of event. `model` is that of its `data`; its docstring says when it is sent."""

    model: type[Data]
    type: str

    @property
    def summary(self) -> str:
        """When it is sent."""
        return " ".join((self.model.__doc__ or "").split())

    @property
    def example(self) -> dict[str, Any]:
        """A whole body."""
        return EXAMPLES[self.type]


CATALOGUE: Final = (
    WebhookEvent(received.MessageReceived, "message.received"),
    WebhookEvent(received.ReactionReceived, "reaction.received"),
    WebhookEvent(received.TypingStarted, "typing.started"),
    WebhookEvent(received.TypingEnded, "typing.ended"),
    WebhookEvent(received.ConversationClosed, "conversation.closed"),
    WebhookEvent(received.ConversationReopened, "conversation.reopened"),
    WebhookEvent(notices.ConversationHandedOver, "conversation.handed_over"),
    WebhookEvent(received.InvitationClosed, "invitation.closed"),
    WebhookEvent(notices.TriggerMatched, "trigger.matched"),
    WebhookEvent(notices.PreferencesChanged, "preferences.changed"),
    WebhookEvent(notices.MessageSent, "message.sent"),
    WebhookEvent(notices.MessageFailed, "message.failed"),
    WebhookEvent(notices.MessageUnknown, "message.unknown"),
    WebhookEvent(notices.MessageCancelled, "message.cancelled"),
    WebhookEvent(attachments.AttachmentReady, "attachment.ready"),
    WebhookEvent(attachments.AttachmentFailed, "attachment.failed"),
    WebhookEvent(notices.EndpointDisabled, "endpoint.disabled"),
    WebhookEvent(notices.EndpointTest, "endpoint.test"),
)


def schema(event: WebhookEvent) -> dict[str, Any]:
    """The JSON Schema of a whole body of this type. Open: fields may be added."""
    _, definitions = models_json_schema(
        [(event.model, "validation")], ref_template="#/$defs/{model}", schema_generator=_Schemas
    )
    return {
        "$schema": DIALECT,
        "$id": f"urn:parley:webhook:{event.type}",
        "title": event.type,
        "description": event.summary,
        **body(event, f"#/$defs/{event.model.__name__}"),
        "examples": [event.example],
        "$defs": _tidy(definitions["$defs"]),
    }


def body(event: WebhookEvent, reference: str) -> dict[str, Any]:
    """The envelope around `data`, whose schema is at `reference`."""
    return {
        "type": "object",
        "properties": {
            "type": {"const": event.type},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When it happened, UTC. The time of this attempt is in the header `webhook-timestamp`.",
            },
            "data": {"$ref": reference},
        },
        "required": ["type", "timestamp", "data"],
    }


def definitions(template: str) -> dict[str, Any]:
    """The schemas of all `data` and what is in them, by name; they refer to each other by `template`."""
    models = [(event.model, "validation") for event in CATALOGUE]
    _, found = models_json_schema(models, ref_template=template, schema_generator=_Schemas)  # type: ignore[arg-type]
    described: dict[str, Any] = _tidy(found["$defs"])
    return described


class _Schemas(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002  (pydantic's signature)
        """A title that only repeats a field's name says nothing."""
        return False


def _tidy(value: Any) -> Any:
    """Without defaults, which in an answer mean only that something may be absent, and without OpenAPI's word."""
    if isinstance(value, dict):
        keys = value.keys() - {"discriminator"} if isinstance(value.get("discriminator"), dict) else value.keys()
        dropped = {"default"} if value.get("default", ...) is None else set()
        return {key: _tidy(value[key]) for key in value if key in keys - dropped}
    return [_tidy(entry) for entry in value] if isinstance(value, list) else value
