"""The committed schemas of the webhooks, read strictly: what they do not mention is a mistake here."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from local.asyncapi import SCHEMAS


def committed(event_type: str) -> dict[str, Any]:
    """`docs/webhooks/schemas/<event type>.json`."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{event_type}.json").read_text("utf-8"))
    return schema


def faults(event: dict[str, Any]) -> list[str]:
    """What of a whole webhook body its schema does not say, and what it says otherwise."""
    return [f"{fault.json_path}: {fault.message}" for fault in _strict(event["type"]).iter_errors(event)]


@cache
def _strict(event_type: str) -> Draft202012Validator:
    return Draft202012Validator(_closed(committed(event_type)), format_checker=FormatChecker(["date-time"]))


def _closed(schema: Any) -> Any:
    """The same with every described object closed; only Apple's own JSON stays open."""
    if isinstance(schema, list):
        return [_closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed["additionalProperties"] = False
    return closed
