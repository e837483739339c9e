"""A customer is forgotten in the deployed stack, with the function's own role, and nothing is left of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3

from parley.conversation.identity import conversation_id
from tests.stack.conftest import eventually
from tests.stack.test_attachments import file_of

if TYPE_CHECKING:
    from tests.stack.conftest import Stack

WORDS = "CANARY of somebody who is to be forgotten"


def test_a_customer_is_forgotten_and_a_late_post_brings_nobody_back(stack: Stack) -> None:
    customer = stack.new_customer()
    conversation = conversation_id(stack.facts["business"]["id"], customer)
    post = stack.signed_post(customer, WORDS)
    assert posted(stack, post) == 200
    stack.writes(customer, "see", attachments=[{"file": file_of(stack, WORDS.encode())}])
    eventually(lambda: len(stack.webhooks(customer)) == 2)
    stack.behave(status=503)
    try:
        held = stack.writes(customer, WORDS)["id"]
        eventually(lambda: stack.api("GET", f"/v1/deliveries/{held}")[1].get("state") == "held")
        assert any(WORDS.encode() in body for body in objects(stack).values())

        lines = exported(stack, conversation)
        assert lines[0]["opaque_id"] == customer
        assert [line["id"] for line in lines if line.get("body") == WORDS] == [post["headers"]["id"], held]
        receipt = erased(stack, conversation)
        tries = len(tries_of(stack, customer, held))

        assert receipt["deleted"]["messages"] >= 3
        assert receipt["deleted"]["attachments"] >= 1
        assert receipt["deleted"]["marks"] >= 1
        assert posted(stack, post) == 200
        left = everything(stack)
        assert WORDS not in left
        assert customer not in left
    finally:
        stack.behave()
    assert stack.api("GET", f"/v1/conversations/{conversation}")[0] == 404
    assert len(tries_of(stack, customer, held)) == tries


def tries_of(stack: Stack, customer: str, message_id: str) -> list[dict[str, Any]]:
    """What the business's endpoint was offered and refused."""
    return [hook for hook in stack.webhooks(customer) if hook["body"]["data"]["message"]["id"] == message_id]


def posted(stack: Stack, post: dict[str, Any]) -> int:
    return stack.http.request("POST", stack.facts["apple_message_url"], **post, timeout=60, retries=False).status


def exported(stack: Stack, conversation: str) -> list[dict[str, Any]]:
    done = stack.parley("export", conversation)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def erased(stack: Stack, conversation: str) -> dict[str, Any]:
    done = stack.parley("erase", conversation, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    erasure_id = json.loads(done.stdout.splitlines()[-1])["id"]

    def look() -> dict[str, Any] | None:
        receipt: dict[str, Any] = stack.api("GET", f"/v1/erasures/{erasure_id}")[1]
        return receipt if receipt["state"] == "completed" else None

    return eventually(look, seconds=120)


def objects(stack: Stack) -> dict[str, bytes]:
    s3 = boto3.client("s3", **stack._aws)
    bucket = stack.facts["outputs"]["BucketName"]
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def everything(stack: Stack) -> str:
    pages = stack.dynamodb.get_paginator("scan").paginate(TableName=stack.table)
    items = [item for page in pages for item in page["Items"]]
    return json.dumps(items) + str(objects(stack))
