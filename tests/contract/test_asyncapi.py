"""The committed descriptions of the webhooks are those the code stands for, and are well formed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from local import asyncapi
from parley.business import event_types
from parley.business.webhook_events.catalogue import CATALOGUE, DIALECT
from tests.support.webhook_schemas import committed, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.business.webhook_events.catalogue import WebhookEvent

DOCUMENT: Final[dict[str, Any]] = json.loads((asyncapi.FOLDER / "asyncapi.json").read_text("utf-8"))
TYPES: Final = [event.type for event in CATALOGUE]

every_event = pytest.mark.parametrize("event", CATALOGUE, ids=lambda event: event.type)

REFERENCE: Final = {
    "type": "object",
    "properties": {"$ref": {"type": "string", "pattern": "^#/"}},
    "required": ["$ref"],
    "additionalProperties": False,
}
# What the AsyncAPI 3.0.0 specification asks of the objects that are used here.
STRUCTURE: Final = {
    "type": "object",
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "info": {
            "type": "object",
            "properties": {name: {"type": "string", "minLength": 1} for name in ("title", "version", "description")},
            "required": ["title", "version"],
            "additionalProperties": False,
        },
        "defaultContentType": {"type": "string"},
        "channels": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "address": {"type": ["string", "null"]},
                    "title": {"type": "string"},
                    "description": {"type": "string"},
                    "messages": {"type": "object", "minProperties": 1, "additionalProperties": REFERENCE},
                },
                "required": ["address", "messages"],
                "additionalProperties": False,
            },
        },
        "operations": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "action": {"enum": ["send", "receive"]},
                    "channel": REFERENCE,
                    "title": {"type": "string"},
                    "summary": {"type": "string"},
                    "description": {"type": "string"},
                    "bindings": {
                        "type": "object",
                        "properties": {
                            "http": {
                                "type": "object",
                                "properties": {"method": {"const": "POST"}, "bindingVersion": {"const": "0.3.0"}},
                                "required": ["method", "bindingVersion"],
                                "additionalProperties": False,
                            }
                        },
                        "additionalProperties": False,
                    },
                    "messages": {"type": "array", "minItems": 1, "uniqueItems": True, "items": REFERENCE},
                },
                "required": ["action", "channel"],
                "additionalProperties": False,
            },
        },
        "components": {
            "type": "object",
            "properties": {
                "messages": {
                    "type": "object",
                    "propertyNames": {"pattern": r"^[A-Za-z0-9_.-]+$"},
                    "additionalProperties": {
                        "type": "object",
                        "properties": {
                            **{name: {"type": "string", "minLength": 1} for name in ("name", "title", "summary")},
                            "contentType": {"const": "application/json"},
                            "headers": {"type": "object"},
                            "payload": {"type": "object"},
                            "examples": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "properties": {"name": {"type": "string"}, "payload": {"type": "object"}},
                                    "additionalProperties": False,
                                },
                            },
                        },
                        "required": ["name", "title", "summary", "contentType", "headers", "payload", "examples"],
                        "additionalProperties": False,
                    },
                },
                "schemas": {"type": "object", "propertyNames": {"pattern": r"^[A-Za-z0-9_.-]+$"}},
            },
            "additionalProperties": False,
        },
    },
    "required": ["asyncapi", "info", "channels", "operations"],
    "additionalProperties": False,
}


def references(value: Any) -> Iterator[str]:
    """Every `$ref`, wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for entry in value:
            yield from references(entry)


def at(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_the_committed_files_are_what_the_code_makes() -> None:
    for path, text in asyncapi.files().items():
        assert path.read_text("utf-8") == text, "run `python -m local.asyncapi` and commit the result"


def test_there_is_no_schema_of_no_event() -> None:
    assert {path.name.removesuffix(".json") for path in asyncapi.SCHEMAS.iterdir()} == set(TYPES)


def test_what_can_be_subscribed_to_is_what_is_described() -> None:
    assert sorted(TYPES) == sorted({*event_types.SUBSCRIBABLE, event_types.TEST})
    assert len(set(TYPES)) == len(TYPES)


def test_writing_removes_what_is_stale(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncapi, "FOLDER", tmp_path)
    monkeypatch.setattr(asyncapi, "SCHEMAS", tmp_path / "schemas")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/gone.json").write_text("{}")

    asyncapi.write()

    assert {path.name for path in tmp_path.rglob("*.json")} == {"asyncapi.json", *(f"{one}.json" for one in TYPES)}


@every_event
def test_a_schema_is_one_and_allows_its_example(event: WebhookEvent) -> None:
    schema = committed(event.type)

    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["$id"]) == (DIALECT, f"urn:parley:webhook:{event.type}")
    assert schema["description"] == event.summary
    assert all(at(schema, reference) for reference in references(schema))
    assert schema["examples"] == [event.example]
    assert faults(event.example) == []


@every_event
def test_a_schema_is_open_to_what_may_come_later_but_misses_what_has_to_be_there(event: WebhookEvent) -> None:
    schema, example = Draft202012Validator(committed(event.type)), event.example

    assert schema.is_valid({**example, "new": 1, "data": {**example["data"], "new": {}}})
    assert not schema.is_valid({**example, "type": "something.else"})
    for name in ("type", "timestamp", "data"):
        assert not schema.is_valid({key: value for key, value in example.items() if key != name})
    for name in committed(event.type)["$defs"][event.model.__name__]["required"]:
        data = {key: value for key, value in example["data"].items() if key != name}
        assert not schema.is_valid({**example, "data": data}), name


@every_event
def test_a_client_can_read_an_example_with_the_model(event: WebhookEvent) -> None:
    read = event.model.model_validate(event.example["data"])

    assert read.business_id == event.example["data"]["business_id"]
    assert event.model.model_validate({**event.example["data"], "new": 1}) == read


@every_event
def test_every_field_of_every_schema_is_described_or_speaks_for_itself(event: WebhookEvent) -> None:
    for name, shape in committed(event.type)["$defs"].items():
        assert shape.get("description") or "oneOf" in shape or "enum" in shape, name
        assert "title" not in (shape.get("properties") or {}).get("type", {}), name


def test_the_document_has_the_structure_of_asyncapi() -> None:
    assert [fault.message for fault in Draft202012Validator(STRUCTURE).iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"asyncapi": "2.6.0"},
        {"operations": {"deliver": {"action": "publish", "channel": {"$ref": "#/channels/webhooks"}}}},
        {"operations": {"deliver": {"action": "send"}}},
        {"channels": {"webhooks": {"messages": {}}}},
        {"info": {"title": "x"}},
        {"servers": []},
    ],
    ids=str,
)
def test_the_structure_tells_a_broken_document(broken: dict[str, Any]) -> None:
    assert not Draft202012Validator(STRUCTURE).is_valid(DOCUMENT | broken)


def test_every_reference_of_the_document_leads_somewhere() -> None:
    found = list(references(DOCUMENT))

    assert len(found) > 100
    assert all(at(DOCUMENT, reference) is not None for reference in found)


def test_the_operation_sends_every_message_of_the_channel_and_no_other() -> None:
    (channel,) = DOCUMENT["channels"].values()
    (operation,) = DOCUMENT["operations"].values()

    assert at(DOCUMENT, operation["channel"]["$ref"]) == channel
    assert [one["$ref"].rpartition("/")[2] for one in operation["messages"]] == TYPES
    assert list(channel["messages"]) == list(DOCUMENT["components"]["messages"]) == TYPES


@every_event
def test_a_message_of_the_document_says_what_the_schema_says(event: WebhookEvent) -> None:
    message = DOCUMENT["components"]["messages"][event.type]
    payload = {**message["payload"], "components": DOCUMENT["components"]}
    (example,) = message["examples"]

    # A payload is read as JSON Schema draft 7, so it has to mean the same in both.
    for dialect in (Draft7Validator, Draft202012Validator):
        dialect.check_schema(payload)
        assert dialect(payload).is_valid(example["payload"])
        assert not dialect(payload).is_valid({**example["payload"], "data": {}})
    assert example["payload"] == event.example


def test_the_headers_are_those_of_a_signed_webhook() -> None:
    from parley.business import signing

    schema = {"$ref": "#/components/schemas/WebhookHeaders", "components": DOCUMENT["components"]}
    two = signing.signed_headers([signing.new_secret(), signing.new_secret()], webhook_id="m", timestamp=1, body=b"{}")

    Draft7Validator(schema).validate({**two, "content-type": "application/json"})
    assert not Draft7Validator(schema).is_valid(
        {**two, "webhook-signature": "v2,x", "content-type": "application/json"}
    )


def test_nothing_on_the_path_of_a_webhook_loads_the_descriptions_or_pydantic() -> None:
    program = (
        "import sys; import parley.services.deliver, parley.services.bring, parley.services.tell, parley.services.send;"
        "import parley.business.webhook_client, parley.business.event_types;"
        "print([name for name in sys.modules if name.startswith(('pydantic', 'parley.business.webhook_events'))])"
    )
    folder = asyncapi.FOLDER.parents[1] / "layers/shared"

    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
