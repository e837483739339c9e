"""The OpenAPI document is true of the functions: thousands of good and bad requests, every answer as it says."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from local import openapi
from parley.business import operations
from parley.business.egress import EgressGuard
from parley.business.library.content import TemplateContent
from parley.runtime import compose
from tests.functions.conftest import KEY_ID, KEY_SECRET, cloud, fresh_composition, logged, stack
from tests.support import apple_requests as apple
from tests.support.gateway_of_businesses import BusinessGateway
from tests.support.openapi_cases import Examination, accepted, loaded
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from schemathesis import BaseSchema

    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

__all__ = ["cloud", "fresh_composition", "logged", "stack"]

HEADERS = {"Authorization": f"Bearer {KEY_ID}.{KEY_SECRET}"}


@cache
def described() -> BaseSchema:
    """Reading the document takes as long as examining an operation."""
    return loaded(openapi.document())


@pytest.fixture
def examination(stack: Stack, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> Examination:
    """One business with one of everything; every name is this machine, and nobody listens at its ports for the web."""
    here = EgressGuard(allow_loopback=True, resolve=lambda host, _: [host if host[0].isdigit() else "127.0.0.1"])
    monkeypatch.setattr(compose, "guard", lambda: here)
    schema = described()
    schema.app = BusinessGateway()
    made = Examination(schema, lambda case: case.call(headers=HEADERS | accepted(case)))
    stack.post()
    while stack.route():
        pass
    made.known.names["to"].append(apple.CUSTOMER)
    made.known.learn(list(schema), f"/v1/conversations/{CONVERSATION}")
    # What no `Location` leads to, and what is no longer there once all examples were tried.
    made.known.learn(list(schema), "/v1/library/{name}/versions/1")
    note = compose.notes().add(apple.BUSINESS, CONVERSATION, body="Promised a call back.", author=None)
    made.known.learn(list(schema), f"/v1/conversations/{CONVERSATION}/notes/{note.id}")
    return made


@pytest.mark.parametrize("operation_id", [each.id for each in operations.every()])
def test_what_an_operation_answers_is_documented(operation_id: str, examination: Examination) -> None:
    examination.settle()
    if operation_id in {"removeTemplate", "getTemplateVersion"}:  # others were published long ago, or never
        content = TemplateContent.model_validate({"default_locale": "en", "bodies": {"en": {"body": "Hello"}}})
        compose.library().create(apple.BUSINESS, "new", content)
        if operation_id == "getTemplateVersion":
            compose.publish()(apple.BUSINESS, "new")
        examination.known.paths["/v1/library/{name}"].append("new")
    (operation,) = [each for each in examination.operations if each.definition.raw["operationId"] == operation_id]
    examination.examples(operation)
    examination.made_up(operation, drawn=15, covered=120)

    assert not examination.faults, "\n\n".join(examination.faults)
    seen = examination.statuses[operation.label]
    assert any(status < 400 for status in seen), f"no good answer in {dict(seen)}"
