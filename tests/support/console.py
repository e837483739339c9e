"""Calls of the business API's management side, as API Gateway hands them to the function."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft202012Validator

from parley.business import openapi, operations
from tests.support import apple_requests as apple
from tests.support.callers import caller
from tests.support.gateway_of_businesses import methods

TEMPLATES = sorted({operation.path for operation in operations.every()}, key=lambda path: "{" in path)


def event(
    method: str,
    target: str,
    body: object = None,
    *,
    business: str = apple.BUSINESS,
    key: dict[str, Any] | None = None,
    **headers: str,
) -> dict[str, Any]:
    """`target` is a path with its query; `body` is bytes-like text as it is, or anything to be written as JSON."""
    parts = urlsplit(target)
    resource, parameters = _matched(parts.path)
    query = parse_qs(parts.query, keep_blank_values=True)
    return {
        "httpMethod": method,
        "resource": resource,
        "path": parts.path,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "pathParameters": parameters or None,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
        "requestContext": {"authorizer": caller(business, **(key or {}))},
    }


def _matched(path: str) -> tuple[str, dict[str, str]]:
    for template in TEMPLATES:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        if found := re.fullmatch(pattern, path):
            return template, {name: unquote(value) for name, value in found.groupdict().items()}
    return path, {}


@cache
def _document() -> dict[str, Any]:
    return openapi.document()


@cache
def _schema(reference: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": reference, "components": _document()["components"]})


def _check_documented(method: str, resource: str, reply: Reply) -> None:
    """Every answer is one the OpenAPI document has: its status, its headers, its content."""
    operation = _document()["paths"].get(resource, {}).get(method.lower())
    if operation is None:
        return
    described = operation["responses"][str(reply.status)]
    if "$ref" in described:
        described = _document()["components"]["responses"][str(reply.status)]
    if not reply.text:
        assert "content" not in described
        return
    ((kind, content),) = described["content"].items()
    assert reply.headers["Content-Type"] == kind
    if not kind.endswith("json"):
        return
    _schema(content["schema"]["$ref"]).validate(reply.json)
    assert _shown_fields(content["schema"]["$ref"]) >= reply.json.keys()
    assert (
        reply.headers.keys() - {"Content-Type", "Cache-Control", "Retry-After"} <= described.get("headers", {}).keys()
    )


def _shown_fields(reference: str) -> set[str]:
    return set(_document()["components"]["schemas"][reference.rpartition("/")[2]]["properties"])


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """Of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        code: str = self.json["code"]
        return code

    @property
    def faults(self) -> list[tuple[str, str]]:
        return [(fault["path"], fault["code"]) for fault in self.json["errors"]]


class _Context:
    aws_request_id = "request-1"


def answering(method: str, resource: str) -> Any:
    """Who answers a route, as the template has it."""
    found = {each.module for each in methods() if (each.method, each.path) == (method, resource)}
    return import_module(found.pop() if found else "functions.console.app")


@dataclass(frozen=True)
class Console:
    """One business at the management API."""

    business: str = apple.BUSINESS
    key: dict[str, Any] | None = None
    """What is special about the key that is shown: `key_id`, `scopes`, `mode`."""

    def __call__(self, method: str, target: str, body: object = None, **headers: str) -> Reply:
        context: Any = _Context()
        asked = event(method, target, body, business=self.business, key=self.key, **headers)
        answer = answering(method, asked["resource"]).handler(asked, context)
        reply = Reply(answer["statusCode"], answer["headers"], answer["body"])
        _check_documented(method, asked["resource"], reply)
        return reply

    def get(self, target: str, **headers: str) -> Reply:
        return self("GET", target, **headers)

    def post(self, target: str, body: object = None, **headers: str) -> Reply:
        return self("POST", target, body, **headers)

    def put(self, target: str, body: object, **headers: str) -> Reply:
        return self("PUT", target, body, **headers)

    def patch(self, target: str, body: object, **headers: str) -> Reply:
        return self("PATCH", target, body, **headers)

    def delete(self, target: str) -> Reply:
        return self("DELETE", target)
