"""The committed description of the business API is the one the code stands for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from local import openapi
from parley.business import operations, sends
from parley.business.api import MessageView, Problem
from parley.errors import Invalid


def schema(name: str) -> Draft202012Validator:
    document = json.loads(openapi.PATH.read_text(encoding="utf-8"))
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def test_the_committed_document_is_what_the_code_makes() -> None:
    assert openapi.PATH.read_text(encoding="utf-8") == openapi.text(), "run `make openapi` and commit the result"


@pytest.mark.parametrize(
    "body",
    [
        {"to": "urn:mbid:AQAA0==", "body": "Hello"},
        {"to": "mfzgqylcmnsgkzlqojxw42djnr", "type": "text", "body": "Hello", "auto_reply": True, "agent": "bot"},
        {"to": "urn:mbid:AQAA0==", "body": "Hello", "subject": "Your order"},
    ],
)
def test_what_the_document_allows_the_code_takes(body: dict[str, Any]) -> None:
    schema("Text").validate(body)

    assert sends.read(json.dumps(body).encode()).model_dump(include={"body"}) == {"body": body["body"]}


@pytest.mark.parametrize(
    "body",
    [
        {"body": "Hello"},
        {"to": "urn:mbid:AQAA0=="},
        {"to": "urn:mbid:AQAA0==", "body": 5},
        {"to": "urn:mbid:AQAA0==", "body": "Hello", "type": "close"},
        {"to": "urn:mbid:AQAA0==", "body": "Hello", "text": "Hello"},
        {"to": "urn:mbid:AQAA0==", "body": "Hello", "agent": "a" * 65},
        {"to": "with a space", "body": "Hello"},
    ],
)
def test_what_the_document_forbids_the_code_refuses(body: dict[str, Any]) -> None:
    assert not schema("Text").is_valid(body)

    with pytest.raises(Invalid):
        sends.read(json.dumps(body).encode())


def test_answers_fit_the_document() -> None:
    view = MessageView(
        id="m",
        conversation_id="c",
        direction="outbound",
        type="text",
        state="queued",
        created_at="2026-01-01T00:00:00Z",
    )
    schema("MessageView").validate(view.model_dump(exclude_none=True))

    problem = Problem(title="Bad Request", status=400, code="body_not_json", detail="send one JSON object")
    schema("Problem").validate(problem.model_dump())


def test_every_operation_is_complete_and_has_a_name_of_its_own() -> None:
    document = json.loads(openapi.PATH.read_text(encoding="utf-8"))
    table = operations.every()
    assert len({operation.id for operation in table}) == len(table)

    for operation in table:
        described = document["paths"][operation.path][operation.method.lower()]
        assert described["operationId"] == operation.id
        assert described["security"] == [{"key": [operation.scope]}]
        named = {each["name"] for each in described.get("parameters", []) if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", operation.path))
        assert str(operation.status) in described["responses"]
        assert {"401", "403", "429", "500", "503"} <= described["responses"].keys()


def test_every_reference_leads_somewhere() -> None:
    text = openapi.PATH.read_text(encoding="utf-8")
    components = json.loads(text)["components"]

    for kind, name in set(re.findall(r'"#/components/(\w+)/(\w+)"', text)):
        assert name in components[kind]


def test_what_takes_an_idempotency_key_is_every_post() -> None:
    for operation in operations.every():
        assert operation.once == (operation.method == "POST"), operation.id
