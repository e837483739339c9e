"""JSON that is meant to hurt, at every door of the business API that takes some."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

import functions.console.app
from parley.business import operations
from tests.functions.conftest import a_context
from tests.support.console import answering, event

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

CANARY = "CANARYjson"
DOORS = [operation for operation in operations.every() if operation.body]
HOSTILE = {
    "an open brace": '{"' + CANARY,
    "an array": f'["{CANARY}"]',
    "a string": f'"{CANARY}"',
    "null": "null",
    "a number": "1",
    "NaN": f'{{"{CANARY}": NaN}}',
    "infinity": f'{{"{CANARY}": 1e999, "{CANARY}": -Infinity}}',
    "two objects": "{}{}",
    "something behind": '{} "' + CANARY,
    "deep arrays": f'{{"{CANARY}": ' + "[" * 20_000 + "]" * 20_000 + "}",
    "deep objects": '{"a":' * 9_000 + "1" + "}" * 9_000,
    "only open arrays": "[" * 60_000,
    "a long number": f'{{"{CANARY}": ' + "9" * 50_000 + "}",
    "half a character": f'{{"{CANARY}": "\\ud800"}}',
    "a key twice": f'{{"{CANARY}": 1, "{CANARY}": 2}}',
    "a key twice, deep inside": f'{{"{CANARY}": {{"x": [{{"k": 1, "k": 2}}]}}}}',
    "a null character": f'{{"{CANARY}\\u0000": "\\u0000"}}',
    "keys of an object's own": f'{{"__proto__": {{"{CANARY}": 1}}, "__class__": 1, "constructor": 1}}',
    "a byte order mark": "\ufeff{}",
    "a comment": f"{{}} // {CANARY}",
    "single quotes": f"{{'{CANARY}': 1}}",
    "many keys": "{" + ",".join(f'"{CANARY}{number}": 1' for number in range(3_000)) + "}",
    "more than a megabyte": f'{{"{CANARY}": "' + "x" * 1_200_000 + '"}',
}


def _call(operation: Any, body: str) -> dict[str, Any]:
    path = re.sub(r"\{\w+\}", "default", operation.path.replace("{conversation_id}", 26 * "a"))
    handler = answering(operation.method, operation.path).handler
    answer: dict[str, Any] = handler(event(operation.method, path, body), a_context())
    return answer


def test_it_is_refused_at_every_door_in_one_form_and_nothing_of_it_is_stored_or_said(
    stack: Stack, logged: Logged
) -> None:
    before = sorted(json.dumps(item, sort_keys=True) for item in stack.cloud.items())
    wrong: list[str] = []
    for operation in DOORS:
        for name, body in HOSTILE.items():
            answer = _call(operation, body)
            told = json.loads(answer["body"])
            refused = answer["statusCode"] in {400, 413, 422} and answer["statusCode"] == told.get("status")
            if not refused or not told["code"]:
                wrong.append(f"{operation.method} {operation.path}, {name}: {answer['statusCode']} {told.get('code')}")

    assert wrong == []
    assert sorted(json.dumps(item, sort_keys=True) for item in stack.cloud.items()) == before
    assert CANARY not in logged.everything()


def test_every_door_that_takes_json_is_walked() -> None:
    assert {operation.method for operation in DOORS} >= {"POST", "PUT", "PATCH"}
    assert len(DOORS) * len(HOSTILE) >= 150


@pytest.mark.parametrize("size", [100, 199])
def test_what_is_nested_but_sane_is_read_and_judged_by_its_fields(stack: Stack, size: int) -> None:
    """The depth alone is no reason: the answer names the field."""
    body = '{"url": ' + "[" * size + "]" * size + "}"

    told = json.loads(functions.console.app.handler(event("POST", "/v1/endpoints", body), a_context())["body"])

    assert [fault["path"] for fault in told["errors"]] == ["/url"]
