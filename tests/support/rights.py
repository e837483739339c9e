"""Which rights each function used, whatever test made it: actions on resources, in the words of template.yaml.

Every AWS call made below a file of `functions/` is noted, presigned URLs and forms included: they carry the rights of
who signs.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections import defaultdict
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.client import BaseClient
from botocore.signers import S3PostPresigner

from tests.support import cloud

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FUNCTIONS: Final = Path(__file__).resolve().parents[2] / "functions"
TESTS: Final = FUNCTIONS.parent / "tests"
BUSINESS_SECRETS: Final = (
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${AWS::StackName}/business/*"
)

USED: dict[str, set[tuple[str, str]]] = defaultdict(set)
"""`<folder>/<module>` → (action, resource)."""

_BEGUN_BY: Final[weakref.WeakKeyDictionary[threading.Thread, str | None]] = weakref.WeakKeyDictionary()
_A_TEST: Final = "a test"
_ITEMS: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_UPLOADING: Final = ("PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
_QUEUES: Final = {name: f"{logical_id}.Arn" for logical_id, name in cloud.QUEUES.values()}


@contextmanager
def noted() -> Iterator[None]:
    """Note every call from here on."""
    emit, form = BaseClient._emit_api_params, S3PostPresigner.generate_presigned_post  # type: ignore[attr-defined]
    start = threading.Thread.start

    def emit_and_note(self: Any, api_params: Any, operation_model: Any, context: Any) -> Any:
        if operation_model.name != "CreateBucket":  # where botocore takes the URL of a form from
            _note(self.meta.service_model.service_name, operation_model.name, api_params)
        return emit(self, api_params, operation_model, context)

    def form_and_note(self: Any, request_dict: Any, fields: Any = None, *args: Any, **more: Any) -> Any:
        _note("s3", "PutObject", {"Key": (fields or {}).get("key", "")})
        return form(self, request_dict, fields, *args, **more)

    def start_and_note(self: threading.Thread) -> None:
        _BEGUN_BY[self] = _calling()
        start(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", start_and_note)
        patch.setattr(BaseClient, "_emit_api_params", emit_and_note)
        patch.setattr(S3PostPresigner, "generate_presigned_post", form_and_note)
        yield


def _note(service: str, operation: str, parameters: Mapping[str, Any]) -> None:
    function = _calling()
    if function is not None:
        USED[function] |= set(rights(service, operation, parameters))


def _calling() -> str | None:
    """The function below which this is called, or whose thread this is; None for what a test calls meanwhile."""
    frame = sys._getframe()
    while frame is not None:
        whose = _whose(frame.f_code.co_filename)
        if whose is not None:
            return None if whose == _A_TEST else whose
        frame = frame.f_back  # type: ignore[assignment]
    return _BEGUN_BY.get(threading.current_thread())


@cache
def _whose(file: str) -> str | None:
    """The function a file belongs to, or `_A_TEST`; None for the layer and libraries. Asked of every frame below every
    call, so that each file is looked at once."""
    path = Path(file)
    if path.is_relative_to(FUNCTIONS):
        return f"{path.parent.name}/{path.stem}"
    return _A_TEST if path.is_relative_to(TESTS) and path != Path(__file__) else None


def rights(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What IAM asks for one call."""
    match service:
        case "dynamodb":
            yield from _on_table(operation, parameters)
        case "sqs":
            name = str(parameters["QueueUrl"]).rpartition("/")[2]
            yield f"sqs:{operation.removesuffix('Batch')}", _QUEUES[name]
        case "s3":
            yield from _on_bucket(operation, parameters)
        case "secretsmanager":
            is_apples = cloud.APPLE_SECRET in str(parameters["SecretId"])
            yield f"secretsmanager:{operation}", "AppleSecret.Id" if is_apples else BUSINESS_SECRETS
        case "kms":
            yield f"kms:{operation}", "AttachmentsKey.Arn"
        case _:
            yield f"{service}:{operation}", "?"


def _on_table(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for item in parameters["TransactItems"]:
            yield from ((f"dynamodb:{_ITEMS[kind]}", "Table.Arn") for kind in item)
    elif "IndexName" in parameters:
        yield f"dynamodb:{operation}", f"${{Table.Arn}}/index/{parameters['IndexName']}"
    else:
        yield f"dynamodb:{operation}", "Table.Arn"


def _on_bucket(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    resource = _prefix(str(parameters.get("Key", "")))
    if operation == "CopyObject":
        source = parameters["CopySource"]
        key = source["Key"] if isinstance(source, dict) else str(source).partition("/")[2]
        yield "s3:GetObject", _prefix(key)
        yield "s3:PutObject", resource
    elif operation in _UPLOADING:
        yield "s3:PutObject", resource
    else:
        yield f"s3:{'GetObject' if operation == 'HeadObject' else operation}", resource


def _prefix(key: str) -> str:
    return f"${{Bucket.Arn}}/{key.partition('/')[0]}/*"
