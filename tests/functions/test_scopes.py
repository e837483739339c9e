"""A key does what it was made for and nothing else: all operations, each with a key of every single scope."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.business import operations
from parley.business.scopes import SCOPES
from tests.functions.conftest import KEY_ID, a_context
from tests.support import apple_requests as apple
from tests.support import console
from tests.support.callers import caller
from tests.support.template_yaml import template

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.operations.operation import Operation
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

OPERATIONS = operations.every()
NOBODY = "00000000-0000-4000-8000-000000000000"


def _handlers() -> dict[tuple[str, str], str]:
    """Which function answers a route, as the template says."""
    found: dict[tuple[str, str], str] = {}
    for resource in template()["Resources"].values():
        properties = resource.get("Properties", {})
        for event in properties.get("Events", {}).values() if "CodeUri" in properties else ():
            route = event["Properties"]
            if event["Type"] == "Api" and route["RestApiId"] == {"Ref": "BusinessApi"}:
                module = properties["Handler"].rpartition(".")[0]
                found[route["Method"].upper(), route["Path"]] = f"{properties['CodeUri']}/{module}".replace("/", ".")
    return found


HANDLERS = _handlers()


def ask(operation: Operation, authorizer: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """The status and content of a call about nothing that exists."""
    target = operation.path
    for parameter in [step for step in operation.path.split("/") if step.startswith("{")]:
        target = target.replace(parameter, NOBODY)
    event = console.event(operation.method, target, {} if operation.body else None)
    event["requestContext"]["authorizer"] = authorizer
    handler: Callable[[Any, Any], Any] = importlib.import_module(HANDLERS[operation.method, operation.path]).handler
    answer = handler(event, a_context())
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else {}


def test_every_operation_is_answered_by_a_function() -> None:
    assert {(each.method, each.path) for each in OPERATIONS} <= HANDLERS.keys()


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_with_one_scope_does_what_needs_it_and_nothing_else(scope: str, stack: Stack) -> None:
    before, notes = stack.cloud.items(), stack.stored()[2]

    refused = []
    for operation in OPERATIONS:
        if operation.scope != scope:
            status, problem = ask(operation, caller(apple.BUSINESS, scopes=[scope]))
            assert (status, problem["code"]) == (403, "scope_missing"), operation.id
            assert problem["detail"] == f"this call needs a key with the scope {operation.scope}"
            refused.append(operation.id)

    assert refused
    assert (stack.cloud.items(), stack.stored()[2]) == (before, notes)
    for operation in OPERATIONS:
        if operation.scope == scope:
            status, problem = ask(operation, caller(apple.BUSINESS, scopes=[scope]))
            assert problem.get("code") != "scope_missing", operation.id
            assert status < 500, operation.id


def test_what_the_authorizer_does_not_say_is_not_allowed(stack: Stack) -> None:
    for operation in OPERATIONS:
        status, problem = ask(operation, {"business_id": apple.BUSINESS, "key_id": KEY_ID})

        assert (status, problem["code"]) == (403, "scope_missing"), operation.id


def test_a_refusal_is_logged_with_the_key_and_the_reason(stack: Stack, logged: Logged) -> None:
    answer = stack.api({"to": apple.CUSTOMER, "body": "Hello"}, key={"scopes": ["read"]})

    assert answer["statusCode"] == 403
    (line,) = logged.lines()
    assert (line["message"], line["status"], line["reason"]) == ("refused", 403, "scope_missing")


def test_the_authorizer_passes_on_what_a_key_may_do(stack: Stack) -> None:
    whole = stack.register.new_key(apple.BUSINESS, name="shop")

    answer = stack.authorize(f"Bearer {whole}")

    assert answer["context"] == {
        "business_id": apple.BUSINESS,
        "key_id": whole.partition(".")[0],
        "scopes": "read send manage keys privacy",
        "mode": "live",
    }
