"""The table has the keys and indexes the code asks for; the secret starts unguessable."""

import json
from typing import Any

from parley.storage import keys
from tests.template.translation import Template, of_type, written


def table(template: Template) -> dict[str, Any]:
    (properties,) = of_type(template, "AWS::DynamoDB::Table").values()
    return properties


def schema(keyed: dict[str, Any], types: dict[str, str]) -> str:
    return ", ".join(f"{each['AttributeName']} {types[each['AttributeName']]}" for each in keyed["KeySchema"])


def test_keys_and_indexes_have_the_attributes_that_are_written(aws: Template) -> None:
    properties = table(aws)
    types = {each["AttributeName"]: each["AttributeType"] for each in properties["AttributeDefinitions"]}
    indexes = {each["IndexName"]: schema(each, types) for each in properties["GlobalSecondaryIndexes"]}

    assert schema(properties, types) == "pk S, sk S"
    assert indexes == {
        keys.BY_BUSINESS: "by_business S, received_ulid S",
        keys.BY_CONVERSATION: "by_conversation S, received_ulid S",
        keys.BY_STATE: "by_state S, received_ulid S",
        keys.HELD_BY_ENDPOINT: "held_endpoint S, held_since N",
        keys.DUE: "due_shard S, due_at N",
    }


def test_indexes_hold_keys_only_but_for_what_usage_counts(aws: Template) -> None:
    projections = {each["IndexName"]: each["Projection"] for each in table(aws)["GlobalSecondaryIndexes"]}

    assert projections.pop("by-business") == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["direction", "is_test"],
    }
    assert [each["ProjectionType"] for each in projections.values()] == ["KEYS_ONLY"] * len(projections)


def test_the_table_is_paid_by_use_and_protected_in_production_only(aws: Template, laptop: Template) -> None:
    assert table(aws)["BillingMode"] == "PAY_PER_REQUEST"
    assert table(aws)["DeletionProtectionEnabled"] is True
    assert table(laptop)["DeletionProtectionEnabled"] is False


def test_objects_announce_themselves_on_the_event_bus(aws: Template) -> None:
    (bucket,) = of_type(aws, "AWS::S3::Bucket").values()

    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_until_the_operator_fills_it_in_the_apple_secret_is_random(aws: Template) -> None:
    secret = of_type(aws, "AWS::SecretsManager::Secret")["AppleSecret"]
    generated = secret["GenerateSecretString"]

    assert written(secret["Name"]) == "${AWS::StackName}/apple"
    assert json.loads(generated["SecretStringTemplate"]).keys() == {"msp_id"}
    assert generated["GenerateStringKey"] == "secret"
    # 44 letters and digits are base64, so that what reads the key does not stumble over the placeholder.
    assert (generated["PasswordLength"], generated["ExcludePunctuation"]) == (44, True)


def test_the_secret_is_no_parameter(template: Template) -> None:
    texts = [name.lower() for name, facts in template["Parameters"].items() if facts["Type"] == "String"]

    assert not [name for name in texts if "secret" in name or "msp" in name]
