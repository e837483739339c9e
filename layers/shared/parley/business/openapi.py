"""The business API as OpenAPI 3.1, made from the very models that read and write it.

`docs/api/openapi.json` is its output; a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from parley.business.api import MessageView, Problem
from parley.business.kinds import MODULES, model_of

if TYPE_CHECKING:
    from parley.business.kinds.base import Send

_REF: Final = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    """The whole description, ready to be written as JSON."""
    kinds = {kind: model_of(kind) for kind in MODULES}
    _, schemas = models_json_schema(
        [
            *((model, "validation") for model in kinds.values()),
            (MessageView, "serialization"),
            (Problem, "serialization"),
        ],
        ref_template=_REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley business API",
            "version": "1",
            "description": "Send messages to customers of Apple Messages for Business, and ask what became of them.",
        },
        "servers": [
            {
                "url": "{base}",
                "variables": {"base": {"default": "http://127.0.0.1", "description": "The stack's BusinessApiUrl."}},
            }
        ],
        "security": [{"key": []}],
        "paths": {
            "/v1/messages": {"post": _send(kinds)},
            "/v1/messages/{id}": {"get": _get()},
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: `<key id>.<secret>`."}
            },
            "schemas": schemas["$defs"],
        },
    }


def _send(kinds: dict[str, type[Send]]) -> dict[str, Any]:
    replayed = {"description": "`true` when this very call was answered before.", "schema": {"type": "string"}}
    location = {"description": "Where the message can be asked for.", "schema": {"type": "string"}}
    return {
        "operationId": "sendMessage",
        "summary": "Send a message to a customer",
        "description": (
            "Stored once and sent to Apple in order. `queued` is the promise that it will be tried; ask for the "
            "message to see `sent`, `failed`, `unknown` or `cancelled`. Apple sends no delivery or read receipts."
        ),
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Any text of your own, up to 255 characters. The same key and message give the same "
                "answer again and are never sent twice; the same key with another message is a 409.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _any_of(kinds)}}},
        "responses": {
            "204": {"description": "A typing indicator was passed on; there is nothing to ask for."},
            "202": {
                "description": "Stored, and on its way.",
                "headers": {"Location": location, "Idempotent-Replayed": replayed},
                "content": {"application/json": {"schema": _ref("MessageView")}},
            },
            "400": _problem("The body is not JSON, or the Idempotency-Key is malformed."),
            "409": _problem("The Idempotency-Key was used for another message."),
            "413": _problem("The body is too large."),
            "422": _problem("Something in the message has to be mended: see `errors`; or the customer has left."),
            **_everywhere(),
        },
    }


def _get() -> dict[str, Any]:
    return {
        "operationId": "getMessage",
        "summary": "What became of a message",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "200": {
                "description": "The message, of either direction.",
                "content": {"application/json": {"schema": _ref("MessageView")}},
            },
            "404": _problem("No such message of this business."),
            **_everywhere(),
        },
    }


def _everywhere() -> dict[str, Any]:
    return {
        "401": _problem("No API key, or not a good one."),
        "429": _problem("Too many calls; `Retry-After` says how many seconds to wait."),
        "500": _problem("A fault of this installation."),
        "503": _problem("Something is not answering; `Retry-After` says when to call again."),
    }


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _any_of(kinds: dict[str, type[Send]]) -> dict[str, Any]:
    """One of the kinds, told by `type`; a text may leave it out."""
    return {"anyOf": [_ref(model.__name__) for model in kinds.values()]}


def _ref(model: str) -> dict[str, str]:
    return {"$ref": _REF.format(model=model)}
