"""DynamoDB as its botocore client shows it: real conditions, transactions, indexes that lag, true error shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from botocore.exceptions import ClientError

from tests.chaos import queries, writes
from tests.chaos.loop import Unsupported
from tests.chaos.operands import Invalid
from tests.chaos.writes import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.chaos.calls import Calls
    from tests.chaos.table import Key, Table

type Request = dict[str, Any]
type Answer = dict[str, Any]

SERVICE: Final = "dynamodb"
MAX_ITEMS: Final = 100
"""In one transaction, and in one batch."""

_EXPRESSED: Final = {"TableName", "ExpressionAttributeNames", "ExpressionAttributeValues"}
_CONDITIONAL: Final = _EXPRESSED | {"ConditionExpression", "ReturnValuesOnConditionCheckFailure"}
_KNOWN: Final = {
    "GetItem": {"TableName", "Key", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"},
    "BatchGetItem": {"Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"},
    "Put": _CONDITIONAL | {"Item"},
    "Update": _CONDITIONAL | {"Key", "UpdateExpression"},
    "Delete": _CONDITIONAL | {"Key"},
    "ConditionCheck": _CONDITIONAL | {"Key"},
    "PutItem": _CONDITIONAL | {"Item", "ReturnValues"},
    "UpdateItem": _CONDITIONAL | {"Key", "UpdateExpression", "ReturnValues"},
    "DeleteItem": _CONDITIONAL | {"Key", "ReturnValues"},
    "Query": _EXPRESSED
    | {
        "IndexName",
        "KeyConditionExpression",
        "FilterExpression",
        "ProjectionExpression",
        "ConsistentRead",
        "Limit",
        "ScanIndexForward",
        "ExclusiveStartKey",
        "Select",
    },
}


class FakeDynamo:
    """One table behind the client's methods. Anything else it is asked for ends the run."""

    def __init__(self, table: Table, calls: Calls, *, name: str) -> None:
        self._table = table
        self._calls = calls
        self._name = name

    def __getattr__(self, name: str) -> NoReturn:
        raise Unsupported(f"FakeDynamo has no {name}")

    def get_item(self, **asked: Any) -> Answer:
        def read() -> Answer:
            queries.used(asked)
            found = self._table.get(queries.key_of(asked["Key"]), consistent=asked.get("ConsistentRead", False))
            return {} if found is None else {"Item": queries.projected(found, asked)}

        return self._call("GetItem", asked, read, about=_pk(asked["Key"]))

    def query(self, **asked: Any) -> Answer:
        values = asked.get("ExpressionAttributeValues", {})
        about = f"{asked.get('IndexName', '')} {' '.join(str(*value.values()) for value in values.values())}"
        return self._call("Query", asked, lambda: queries.page(self._table, asked), about=about)

    def put_item(self, **asked: Any) -> Answer:
        return self._call("PutItem", asked, lambda: self._write("PutItem", asked), about=_pk(asked["Item"]))

    def update_item(self, **asked: Any) -> Answer:
        return self._call("UpdateItem", asked, lambda: self._write("UpdateItem", asked), about=_pk(asked["Key"]))

    def delete_item(self, **asked: Any) -> Answer:
        return self._call("DeleteItem", asked, lambda: self._write("DeleteItem", asked), about=_pk(asked["Key"]))

    def batch_get_item(self, *, RequestItems: dict[str, Request]) -> Answer:  # noqa: N803  (botocore's name)
        ((table, asked),) = RequestItems.items()
        about = " ".join(_pk(key) for key in asked["Keys"][:3])
        return self._call("BatchGetItem", asked, lambda: self._batch(asked), about=about, table=table)

    def transact_write_items(self, *, TransactItems: list[Request]) -> Answer:  # noqa: N803  (botocore's name)
        about = " ".join(_pk(asked.get("Key") or asked["Item"]) for write in TransactItems for asked in write.values())
        # botocore adds a token, so its own repeat of the call gets the success of the first.
        return self._calls.aws(
            SERVICE, "TransactWriteItems", lambda: self._transact(TransactItems), about=about, token=True
        )

    def get_paginator(self, operation: str) -> _Paginator:
        if operation not in {"query", "scan"}:
            raise Unsupported(f"no pages of {operation}")
        return _Paginator(self.query if operation == "query" else self._scan)

    def _scan(self, **_: Any) -> Answer:
        """For those who look at the table from outside: no function may."""
        if self._calls.inside():
            raise Unsupported("nothing in Parley scans the table")
        return {"Items": [dict(item) for item in self._table.items.values()]}

    def _call(
        self, operation: str, asked: Request, effect: Callable[[], Answer], *, about: str, table: str | None = None
    ) -> Answer:
        self._check(operation, asked, table or asked["TableName"])

        def answered() -> Answer:
            try:
                return effect()
            except Invalid as fault:
                raise failure(operation, "ValidationException", str(fault)) from None

        return self._calls.aws(SERVICE, operation, answered, about=about)

    def _check(self, operation: str, asked: Request, table: str) -> None:
        unknown = set(asked) - _KNOWN[operation]
        if unknown:
            raise Unsupported(f"{operation} with {sorted(unknown)}")
        if table != self._name:
            raise failure(operation, "ResourceNotFoundException", "Requested resource not found")

    def _batch(self, asked: Request) -> Answer:
        keys = [queries.key_of(key) for key in asked["Keys"]]
        _require_distinct(keys)
        cut = self._calls.cut(len(keys))
        found = [self._table.get(key, consistent=asked.get("ConsistentRead", False)) for key in keys[:cut]]
        shown = [queries.projected(item, asked) for item in found if item is not None]
        rest = {self._name: asked | {"Keys": asked["Keys"][cut:]}} if cut < len(keys) else {}
        return {"Responses": {self._name: shown}, "UnprocessedKeys": rest}

    def _write(self, operation: str, asked: Request) -> Answer:
        try:
            key, old, new = writes.prepare(self._table, operation.removesuffix("Item"), asked)
        except Refused as refused:
            error = failure(operation, "ConditionalCheckFailedException", "The conditional request failed")
            if asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and refused.item is not None:
                error.response["Item"] = dict(refused.item)  # type: ignore[typeddict-unknown-key]
            raise error from None
        self._table.write(key, new)
        return writes.returned(asked.get("ReturnValues", "NONE"), old, new)

    def _transact(self, transaction: list[Request]) -> Answer:
        operation = "TransactWriteItems"
        prepared, reasons = [], []
        try:
            asked_of = [asked for write in transaction for asked in write.values()]
            _require_distinct([queries.key_of(asked.get("Key") or asked["Item"]) for asked in asked_of])
            for write in transaction:
                ((kind, asked),) = write.items()
                self._check(kind, asked, asked["TableName"])
                try:
                    prepared.append(writes.prepare(self._table, kind, asked))
                    reasons.append({"Code": "None"})
                except Refused as refused:
                    reasons.append(_reason(asked, refused))
            if any(reason["Code"] != "None" for reason in reasons):
                raise cancelled(reasons)
            for key, _, new in prepared:
                self._table.write(key, new)
        except Invalid as fault:
            raise failure(operation, "ValidationException", str(fault)) from None
        return {}


class _Paginator:
    """botocore's paginator: page after page until there is no more."""

    def __init__(self, call: Callable[..., Answer]) -> None:
        self._call = call

    def paginate(self, **asked: Any) -> Iterator[Answer]:
        while True:
            page = self._call(**asked)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def failure(operation: str, code: str, words: str, *, status: int = 400, **more: Any) -> ClientError:
    """A service's error, as botocore raises it."""
    response: Any = {
        "Error": {"Code": code, "Message": words},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "simulated"},
        **more,
    }
    return ClientError(response, operation)


def cancelled(reasons: list[dict[str, Any]]) -> ClientError:
    """A transaction that was not made, and why."""
    codes = ", ".join(str(reason["Code"]) for reason in reasons)
    words = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return failure("TransactWriteItems", "TransactionCanceledException", words, CancellationReasons=reasons)


def _require_distinct(keys: list[Key]) -> None:
    if not 0 < len(keys) <= MAX_ITEMS or len(set(keys)) < len(keys):
        raise Invalid("too many items, none, or several operations on one")


def _reason(asked: Request, refused: Refused) -> dict[str, Any]:
    reason: dict[str, Any] = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    if asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and refused.item is not None:
        reason["Item"] = dict(refused.item)
    return reason


def _pk(key: dict[str, Any]) -> str:
    return f"{key['pk']['S']}/{key['sk']['S']}"
