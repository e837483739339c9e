"""The business API as OpenAPI 3.1, made from the table of operations and the very models that read and write it.

`docs/api/openapi.json` is its output; a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from parley.business import operations
from parley.business.api import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel
    from pydantic.json_schema import JsonSchemaMode

    from parley.business.operations.operation import Operation

_REF: Final = "#/components/schemas/{model}"
_PARAMETER: Final = {
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Any text of your own, up to 255 characters. The same key and request give the same "
    "answer again and nothing is done twice; the same key with another request is a 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` of what you read: nothing is changed when somebody else was faster.",
    "schema": {"type": "string", "maxLength": 70, "pattern": r'^(\*|(W/)?"[\x21\x23-\x7e]{0,64}")$'},
    "example": '"3"',
}
_HEADERS: Final = {
    "ETag": "The version, for `If-Match`.",
    "Idempotent-Replayed": "`true` when this very call was answered before.",
    "Location": "Where it is.",
    "Retry-After": "Seconds.",
    "WWW-Authenticate": "`Bearer`.",
}
_TOLD: Final = ("Retry-After", "WWW-Authenticate")
"""An answer whose words name one of these in backticks has it."""
_EVERYWHERE: Final = {
    401: "No API key, or not a good one: `WWW-Authenticate`.",
    403: "The key may not do that.",
    429: "Too many calls; `Retry-After` says how many seconds to wait.",
    500: "A fault of this installation.",
    503: "Something is not answering; `Retry-After` says when to call again.",
    504: "It took too long; repeat the call with the same Idempotency-Key.",
}
"""What every operation may answer."""


def document() -> dict[str, Any]:
    """The whole description, ready to be written as JSON."""
    table = operations.every()
    tags = operations.resources()
    _, schemas = models_json_schema([*_models(table), (Problem, "serialization")], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in table:
        (tag,) = [tag for tag, (_, members) in tags.items() if operation in members]
        paths.setdefault(operation.path, {})[operation.method.lower()] = {"tags": [tag], **_operation(operation)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley business API",
            "version": "1",
            "description": "Send messages to customers of Apple Messages for Business, and say where theirs go.",
        },
        "servers": [
            {
                "url": "{base}",
                "variables": {"base": {"default": "http://127.0.0.1", "description": "The stack's BusinessApiUrl."}},
            }
        ],
        "tags": [{"name": tag, "description": words} for tag, (words, _) in tags.items()],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: `<key id>.<secret>`."}
            },
            "responses": {str(status): _problem(words) for status, words in _EVERYWHERE.items()},
            "schemas": schemas["$defs"],
        },
    }


def _models(table: list[Operation]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    """Every model that is named by reference, in the order of the table, each once."""
    found: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for operation in table:
        found |= {(model, "validation"): None for model in operation.body}
        if operation.query is not None:
            found[operation.query, "validation"] = None
        if operation.answer is not None:
            found[operation.answer, "validation" if operation.answer in operation.body else "serialization"] = None
    return list(found)


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.id, "summary": operation.summary}
    if operation.description is not None:
        described["description"] = operation.description
    described["security"] = [{"key": [operation.scope]}]
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.body:
        schemas = [_ref(model) for model in operation.body]
        described["requestBody"] = {
            "required": not operation.optional_body,
            "content": {"application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}},
        }
    described["responses"] = _responses(operation)
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    steps = operation.path.split("/")
    found: list[dict[str, Any]] = [{"name": step[1:-1], **_PARAMETER} for step in steps if step.startswith("{")]
    if operation.query is not None:
        _, schemas = models_json_schema([(operation.query, "validation")], ref_template=_REF)
        (shape,) = [each for each in schemas["$defs"].values() if each.get("title") == operation.query.__name__]
        found += [{"name": name, "in": "query", **_parameter(each)} for name, each in shape["properties"].items()]
    if operation.once:
        found.append(_IDEMPOTENCY_KEY)
    if operation.guarded:
        found.append(_IF_MATCH)
    return found


def _parameter(shape: dict[str, Any]) -> dict[str, Any]:
    """A property of the query's model: in a query nothing is null, it is left out."""
    schema = {name: value for name, value in shape.items() if name not in {"description", "title", "anyOf", "default"}}
    for branch in shape.get("anyOf", []):
        if branch != {"type": "null"}:
            schema |= branch
    if shape.get("default") is not None:
        schema["default"] = shape["default"]
    return {"description": shape["description"], "schema": schema} if "description" in shape else {"schema": schema}


def _responses(operation: Operation) -> dict[str, Any]:
    names = [*operation.headers, *(["Idempotent-Replayed"] if operation.once else [])]
    good = _described(operation.outcome, names)
    if operation.media is not None:
        good["content"] = {operation.media: {"schema": {"type": "string", "format": "binary"}}}
    if operation.answer is not None:
        good["content"] = {"application/json": {"schema": _ref(operation.answer)}}
    answers = {operation.status: good} | {status: _described(words) for status, words in operation.also.items()}
    refused = _taken_amiss(operation)
    for status, words in operation.refusals.items():
        refused[status] = f"{refused[status]} {words}" if status in refused else words
    answers |= {status: _problem(words) for status, words in refused.items()}
    answers |= {status: {"$ref": f"#/components/responses/{status}"} for status in _EVERYWHERE}
    return {str(status): answers[status] for status in sorted(answers)}


def _taken_amiss(operation: Operation) -> dict[int, str]:
    """How a request as such may be refused."""
    found: dict[int, str] = {}
    if operation.body:
        found |= {
            400: "The body is not JSON, or a header is malformed.",
            413: "The body is too large.",
            422: "Something has to be mended: see `errors`.",
        }
    if operation.query is not None:
        found[422] = "A parameter has to be mended: see `errors`."
    if operation.media is not None and not operation.media.endswith("+xml"):  # see `http.is_text`
        found[406] = f"`Accept` does not begin with `{operation.media}`."
    if operation.once:
        found[400] = "The body is not JSON, or the Idempotency-Key is malformed."
        found[409] = (
            "The Idempotency-Key was used for another request, or the first call is still at work: `Retry-After`."
        )
    if operation.guarded:
        found[400] = "The body is not JSON, or the If-Match is malformed."
    return found


def _problem(words: str) -> dict[str, Any]:
    return {**_described(words), "content": {"application/problem+json": {"schema": _ref(Problem)}}}


def _described(words: str, headers: Sequence[str] = ()) -> dict[str, Any]:
    """An answer without its content, with the headers it has and those its words name."""
    names = dict.fromkeys([*headers, *(name for name in _TOLD if f"`{name}`" in words)])
    described: dict[str, Any] = {"description": words}
    if names:
        described["headers"] = {name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in names}
    return described


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
