"""What docs/operations.md tells an operator to press when a key has leaked does what the page says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.functions.conftest import KEY_ID
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.console import Console
from tests.support.doc_blocks import blocks

if TYPE_CHECKING:
    from tests.functions.conftest import Stack


def pressed(key_id: str) -> dict[str, Any]:
    """The parameters of the page's `aws dynamodb update-item`, for this key."""
    (words,) = [
        words
        for block in blocks("sh")
        if block.page.name == "operations.md"
        for words in block.commands
        if words[:3] == ["aws", "dynamodb", "update-item"]
    ]
    given = dict(zip(words[3::2], words[4::2], strict=True))
    names = {
        "--table-name": "TableName",
        "--key": "Key",
        "--condition-expression": "ConditionExpression",
        "--update-expression": "UpdateExpression",
        "--expression-attribute-names": "ExpressionAttributeNames",
        "--expression-attribute-values": "ExpressionAttributeValues",
    }
    assert {f"--{xform_name(name, '-')}" for name in names.values()} == set(given)
    found = {
        names[option]: json.loads(value.replace("placeholder", key_id)) if value.startswith("{") else value
        for option, value in given.items()
    }
    return found | {"TableName": TABLE}


def test_a_key_is_switched_off_without_a_key_of_the_business(stack: Stack) -> None:
    console = Console()
    assert stack.authorize()["principalId"] == KEY_ID
    before = console.get(f"/v1/keys/{KEY_ID}").headers["ETag"]

    stack.cloud.dynamodb.update_item(**pressed(KEY_ID))

    with pytest.raises(PermissionError):
        stack.authorize()
    made = stack.register.new_key(apple.BUSINESS, name="after the leak")
    shown = Console(key={"key_id": made.partition(".")[0]}).get(f"/v1/keys/{KEY_ID}")
    assert (shown.json["state"], shown.headers["ETag"] != before) == ("disabled", True)


def test_a_key_that_is_not_there_is_not_made_by_switching_it_off(stack: Stack) -> None:
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        stack.cloud.dynamodb.update_item(**pressed("no-such-key"))

    assert stack.cloud.item_keys("KEY#") == [f"KEY#{KEY_ID}|KEY"]


def test_a_revoked_key_changes_no_key_in_the_very_second(stack: Stack) -> None:
    made = stack.register.new_key(apple.BUSINESS, name="another")
    other = Console(key={"key_id": made.partition(".")[0]})
    assert other.delete(f"/v1/keys/{KEY_ID}").status == 204

    refused = [
        Console().post("/v1/keys", {"name": "mine", "scopes": ["read"]}),
        Console().post(f"/v1/keys/{made.partition('.')[0]}/rotate"),
        Console().delete(f"/v1/keys/{made.partition('.')[0]}"),
    ]

    assert [(each.status, each.json["code"]) for each in refused] == [(403, "key_revoked")] * 3
