"""BusinessApi in this process, as a WSGI application: the authorizer, the template's routes, the functions behind."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from tests.support import template_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:api1/local/GET/v1"
JSON = "application/json"


@dataclass(frozen=True)
class Method:
    """One method of one path: which function answers it, and whether it asks for a key."""

    method: str
    path: str
    module: str
    public: bool

    @property
    def pattern(self) -> re.Pattern[str]:
        """Of a path as it comes, still encoded."""
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


@cache
def methods() -> tuple[Method, ...]:
    """Every route of BusinessApi in `template.yaml`; a literal path before one with parameters."""
    found = []
    for resource in template_yaml.template()["Resources"].values():
        properties = resource.get("Properties", {})
        for event in properties.get("Events", {}).values():
            asked = event["Properties"]
            if event["Type"] == "Api" and asked["RestApiId"] == {"Ref": "BusinessApi"}:
                folder, module = properties["CodeUri"].split("/")[1], properties["Handler"].split(".")[0]
                public = asked.get("Auth", {}).get("Authorizer") == "NONE"
                found.append(Method(asked["Method"].upper(), asked["Path"], f"functions.{folder}.{module}", public))
    return tuple(sorted(found, key=lambda each: (each.path.count("{"), each.path)))


@cache
def own_answers() -> dict[str, dict[str, Any]]:
    """What API Gateway says by itself, by kind."""
    answers: dict[str, dict[str, Any]] = template_yaml.template()["Resources"]["BusinessApi"]["Properties"][
        "GatewayResponses"
    ]
    return answers


class Context:
    """What Lambda tells a function about its call."""

    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        """Enough."""
        return 28_000


class BusinessGateway:
    """Answers like the deployed BusinessApi. Called with a WSGI request."""

    def __init__(self) -> None:
        self._allowed: dict[str | None, dict[str, str] | None] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, headers, content = self._answer(_Request.of(environ))
        start_response(f"{status} -", [*headers.items(), ("Content-Length", str(len(content)))])
        return [content]

    def _answer(self, request: _Request) -> tuple[int, dict[str, str], bytes]:
        for each in methods():
            found = each.pattern.fullmatch(request.path)
            if found and each.method == request.method:
                break
        else:
            return _own("MISSING_AUTHENTICATION_TOKEN")
        allowed = {} if each.public else self._authorized(request.headers.get("authorization"))
        if allowed is None:
            return _own("UNAUTHORIZED")
        event = request.event(each.path, {name: unquote(value) for name, value in found.groupdict().items()}, allowed)
        answer = self.invoke(each, event)
        body = answer.get("body", "")
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        return answer["statusCode"], {"Content-Type": JSON, **answer.get("headers", {})}, content

    def invoke(self, each: Method, event: dict[str, Any]) -> dict[str, Any]:
        """What Lambda does."""
        context: Any = Context()
        answer: dict[str, Any] = import_module(each.module).handler(event, context)
        return answer

    def _authorized(self, header: str | None) -> dict[str, str] | None:
        """What the authorizer says of a key; its answer is kept, as API Gateway keeps it."""
        if header not in self._allowed:
            event = {"type": "REQUEST", "methodArn": METHOD_ARN, "headers": {"Authorization": header} if header else {}}
            context: Any = Context()
            try:
                said = import_module("functions.authorizer.app").handler(event, context)
            except PermissionError:
                said = {"context": None}
            self._allowed[header] = said["context"]
        return self._allowed[header]


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, environ: dict[str, Any]) -> _Request:
        headers = {
            name[5:].replace("_", "-").lower(): each for name, each in environ.items() if name.startswith("HTTP_")
        }
        length = int(environ.get("CONTENT_LENGTH") or 0)
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ["REQUEST_URI"].partition("?")[0],
            query=environ.get("QUERY_STRING", ""),
            headers=headers,
            body=environ["wsgi.input"].read(length) if length else b"",
        )

    def event(self, resource: str, parameters: dict[str, str], allowed: dict[str, str]) -> dict[str, Any]:
        """What a function gets; a body that is no text comes in base64."""
        query = parse_qs(self.query, keep_blank_values=True)
        try:
            body, encoded = self.body.decode(), False
        except UnicodeDecodeError:
            body, encoded = base64.b64encode(self.body).decode(), True
        return {
            "httpMethod": self.method,
            "resource": resource,
            "path": self.path,
            "headers": self.headers or None,
            "pathParameters": parameters or None,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "body": body or None,
            "isBase64Encoded": encoded,
            "requestContext": {"authorizer": allowed},
        }


def _own(kind: str) -> tuple[int, dict[str, str], bytes]:
    answer = own_answers()[kind]
    given = answer.get("ResponseParameters", {}).get("Headers", {})
    headers = {name: value.strip("'") for name, value in given.items()}
    text = answer["ResponseTemplates"][JSON].replace("$context.requestId", "request-1")
    return answer["StatusCode"], headers, json.dumps(json.loads(text)).encode()
