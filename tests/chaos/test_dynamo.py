"""The table of the simulation: what it refuses, what it shows late, and that moto says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.chaos.calls import Direct
from tests.chaos.dynamo import FakeDynamo
from tests.chaos.like_moto.conftest import fake_table
from tests.chaos.loop import Unsupported
from tests.chaos.operands import comparable
from tests.chaos.table import Table
from tests.chaos.weather import seeded
from tests.support import template_yaml
from tests.support.clock import Clock
from tests.support.cloud import AWS_ENVIRONMENT, TABLE, create_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

KEY: Final[Any] = {"pk": {"S": "A"}, "sk": {"S": "1"}}
DUE: Final = "due_shard = :shard AND due_at <= :now"


@pytest.fixture
def fake() -> FakeDynamo:
    return FakeDynamo(fake_table(), Direct(), name=TABLE)


def code(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_a_refused_condition_shows_what_is_there_to_who_asks(fake: FakeDynamo) -> None:
    fake.put_item(TableName=TABLE, Item=KEY | {"state": {"S": "old"}})

    with pytest.raises(ClientError) as caught:
        fake.put_item(
            TableName=TABLE,
            Item=KEY,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    assert caught.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert caught.value.response["Item"] == KEY | {"state": {"S": "old"}}  # type: ignore[typeddict-item]


def test_a_transaction_says_of_every_write_why_it_was_refused_and_changes_nothing(fake: FakeDynamo) -> None:
    fake.put_item(TableName=TABLE, Item=KEY)
    absent = "attribute_not_exists(pk)"
    other = KEY | {"sk": {"S": "2"}}
    writes = [{"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": absent}} for item in (other, KEY)]

    with pytest.raises(ClientError) as caught:
        fake.transact_write_items(TransactItems=writes)

    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert fake.get_item(TableName=TABLE, Key=other, ConsistentRead=True) == {}


@pytest.mark.parametrize(
    "asked",
    [
        {"UpdateExpression": "SET state = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}},
        {"UpdateExpression": "SET a = :s", "ExpressionAttributeValues": {":s": {"S": "x"}, ":unused": {"S": "x"}}},
        {"UpdateExpression": "SET a = :s"},
        {"UpdateExpression": "SET a = :s", "ExpressionAttributeValues": {":s": {"S": "x"}, ":t": {"S": "x"}}},
        {"UpdateExpression": "SET a = :s REMOVE a", "ExpressionAttributeValues": {":s": {"S": "x"}}},
        {"UpdateExpression": "SET sk = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}},
        {"UpdateExpression": "SET due_at = :s", "ExpressionAttributeValues": {":s": {"S": "no number"}}},
        {"UpdateExpression": "SET due_shard = :s", "ExpressionAttributeValues": {":s": {"S": ""}}},
        {"UpdateExpression": "SET a = b", "ExpressionAttributeNames": {"#b": "b"}},
        {"UpdateExpression": "SET a = :s", "ExpressionAttributeValues": {":s": {"S": "x" * 500_000}}},
        {"UpdateExpression": "SET a = b + :s", "ExpressionAttributeValues": {":s": {"N": "1"}}},
        {"UpdateExpression": "ADD a :s", "ExpressionAttributeValues": {":s": {"S": "x"}}},
    ],
)
def test_what_dynamodb_would_refuse_is_refused(fake: FakeDynamo, asked: dict[str, Any]) -> None:
    assert code(lambda: fake.update_item(TableName=TABLE, Key=KEY, **asked)) == "ValidationException"


def test_what_nobody_has_played_ends_the_run(fake: FakeDynamo) -> None:
    client: Any = fake
    with pytest.raises(Unsupported):
        client.list_tables()
    with pytest.raises(Unsupported):
        client.get_item(TableName=TABLE, Key=KEY, AttributesToGet=["a"])
    with pytest.raises(Unsupported):
        client.update_item(TableName=TABLE, Key=KEY, UpdateExpression="SET a.b = :c")


def test_an_index_learns_late_and_a_hasty_reader_sees_what_was() -> None:
    clock = Clock()
    table = Table(template_yaml.table(), now=clock, lag=lambda: 5.0, stale=lambda: True)
    fake = FakeDynamo(table, Direct(), name=TABLE)
    values = {":shard": {"S": "DUE#1"}, ":now": {"N": "10"}}

    def due() -> int:
        page = fake.query(
            TableName=TABLE, IndexName="due", KeyConditionExpression=DUE, ExpressionAttributeValues=values
        )
        return len(page["Items"])

    fake.put_item(TableName=TABLE, Item=KEY | {"due_shard": {"S": "DUE#1"}, "due_at": {"N": "7"}})
    assert due() == 0
    assert fake.get_item(TableName=TABLE, Key=KEY) == {}
    assert fake.get_item(TableName=TABLE, Key=KEY, ConsistentRead=True)

    clock.advance(5)
    assert due() == 1
    fake.delete_item(TableName=TABLE, Key=KEY)
    assert due() == 1
    clock.advance(5)
    assert due() == 0


NAMES: Final = {"#n": "number", "#s": "set"}
ACTIONS: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    ("SET #n = :n, a = :s", "attribute_not_exists(pk)", frozenset({":n", ":s"})),
    ("SET a = if_not_exists(a, :s) ADD #n :n", "attribute_exists(pk)", frozenset({":n", ":s"})),
    ("SET due_shard = :shard, due_at = :n ADD #s :set", "#n < :n OR attribute_not_exists(#n)", frozenset()),
    ("REMOVE due_shard, due_at, a DELETE #s :set", "a = :s OR attribute_not_exists(a)", frozenset()),
    ("SET due_at = :n, due_shard = :shard REMOVE #n", "#n BETWEEN :n AND :big", frozenset()),
    ("SET #n = if_not_exists(#n, :n) + :n", "NOT a IN (:s, :shard)", frozenset()),
)


def an_update(chance: Random) -> dict[str, Any]:
    """One of the shapes of updates Parley uses, with values of a small world."""
    update, condition, _ = chance.choice(ACTIONS)
    values = {
        ":n": {"N": str(chance.randrange(6))},
        ":big": {"N": "5"},
        ":s": {"S": chance.choice("xy")},
        ":shard": {"S": f"DUE#{chance.randrange(2)}"},
        ":set": {"SS": chance.sample(["p", "q", "r"], 2)},
    }
    text = f"{update} {condition}"
    return {
        "TableName": TABLE,
        "Key": {"pk": {"S": chance.choice("AB")}, "sk": {"S": chance.choice("123")}},
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {name: real for name, real in NAMES.items() if name in text},
        "ExpressionAttributeValues": {
            name: value
            for name, value in values.items()
            if name in text.replace(",", " ").replace(")", " ").split() or f"({name}" in text
        },
    }


def a_step(chance: Random) -> tuple[str, dict[str, Any]]:
    asked = an_update(chance)
    match chance.randrange(8):
        case 0:
            return "delete_item", {"TableName": TABLE, "Key": asked["Key"], "ReturnValues": "ALL_OLD"}
        case 1:
            return "transact_write_items", {"TransactItems": [{"Update": an_update(chance)}, {"Update": asked}]}
        case 2:
            return "query", {
                "TableName": TABLE,
                "IndexName": "due",
                "KeyConditionExpression": DUE,
                "ExpressionAttributeValues": {":shard": {"S": "DUE#1"}, ":now": {"N": str(chance.randrange(6))}},
            }
        case 3:
            return "query", {
                "TableName": TABLE,
                "KeyConditionExpression": "pk = :pk AND sk > :sk",
                "ExpressionAttributeValues": {":pk": {"S": "A"}, ":sk": {"S": chance.choice("0123")}},
                "ScanIndexForward": chance.random() < 0.5,
                "Limit": chance.randint(1, 3),
            }
        case _:
            return "update_item", asked | {"ReturnValues": "ALL_NEW"}


def outcome(client: Any, operation: str, asked: dict[str, Any]) -> Any:
    """What can be compared of an answer."""
    try:
        answer = getattr(client, operation)(**asked)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        return error.response["Error"]["Code"], [reason["Code"] for reason in reasons]
    shown = answer.get("Items", [answer.get("Attributes", {})])
    return [{name: comparable(value) for name, value in item.items()} for item in shown]


@pytest.mark.parametrize("seed", range(6))
def test_moto_and_the_fake_answer_alike(fake: FakeDynamo, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = seeded(seed)
    for name, value in AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    with mock_aws():
        client = boto3.client("dynamodb")
        create_table(client)
        for _ in range(120):
            operation, asked = a_step(chance)
            mine, theirs = outcome(fake, operation, asked), outcome(client, operation, asked)
            assert mine == theirs, (operation, asked)
