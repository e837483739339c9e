"""The Python client covers the whole API: a method for each operation, made from the same description."""

from __future__ import annotations

import inspect
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import urllib3

from local import client as generator
from parley.business import openapi, operations
from parley.business.operations.operation import Operation  # noqa: TC001  (pytest shows it)
from parley_client import Client
from parley_client.operations import Operations

EVERY: Final = operations.every()


@dataclass
class Recording:
    """Takes the place of the pool: what was asked, and one empty page for an answer."""

    asked: list[tuple[str, str, dict[str, str], bytes | None]] = field(default_factory=list)

    def request(self, method: str, url: str, *, body: bytes | None, headers: dict[str, str], **_: Any) -> Any:
        self.asked.append((method, url, headers, body))
        page = io.BytesIO(b'{"data": []}')
        return urllib3.HTTPResponse(
            body=page, status=200, headers={"Content-Type": "application/json"}, preload_content=False
        )


def method_of(operation: Operation) -> Any:
    return getattr(Operations, generator.snake(operation.id))


def arguments(operation: Operation) -> tuple[list[str], dict[str, Any]]:
    """One of each: steps of the path and the body by place, the rest by name."""
    parameters = list(inspect.signature(method_of(operation)).parameters.values())[1:]
    by_place = [f"the {each.name}/" for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    return by_place, {each.name: each.name for each in parameters if each.kind is each.KEYWORD_ONLY}


@pytest.mark.parametrize("operation", EVERY, ids=lambda each: each.id)
def test_every_operation_has_a_method_that_calls_it(operation: Operation) -> None:
    http = Recording()
    client: Any = Client("https://api.example/prod/", "key.secret", http=http)  # type: ignore[arg-type]
    by_place, by_name = arguments(operation)

    getattr(client, generator.snake(operation.id))(*by_place, **by_name)

    ((method, url, headers, body),) = http.asked
    path, _, query = url.removeprefix("https://api.example/prod").partition("?")
    pattern = re.sub(r"\\\{\w+\\\}", r"the%20\\w+%2F", re.escape(operation.path))
    assert method == operation.method
    assert re.fullmatch(pattern, path), path
    assert (body is not None) == bool(operation.body)
    assert headers["Authorization"] == "Bearer key.secret"
    assert ("Idempotency-Key" in headers, "If-Match" in headers) == (operation.once, operation.guarded)
    assert headers["Accept"] == (operation.media or "application/json")
    wanted = set(operation.query.model_fields) if operation.query is not None else set()
    assert {each.partition("=")[0] for each in query.split("&") if each} == wanted


@pytest.mark.parametrize("operation", EVERY, ids=lambda each: each.id)
def test_every_list_with_pages_has_an_iterator(operation: Operation) -> None:
    answer = operation.answer.model_fields if operation.answer is not None else {}
    if not ({"data", "next_cursor"} <= answer.keys() and operation.query and "cursor" in operation.query.model_fields):
        assert not hasattr(Operations, generator.turning(generator.snake(operation.id)))
        return
    client: Any = Client("https://api.example", "key.secret", http=Recording())  # type: ignore[arg-type]
    steps = [place for place in arguments(operation)[0] if not operation.body]

    assert list(getattr(client, generator.turning(generator.snake(operation.id)))(*steps)) == []


def test_there_is_no_method_without_an_operation() -> None:
    methods = {name for name, _ in inspect.getmembers(Operations, inspect.isfunction) if not name.startswith("_")}
    known = {generator.snake(operation.id) for operation in EVERY}

    assert {name for name in methods if not name.startswith("iter_")} == known


def test_the_client_is_what_the_generator_makes() -> None:
    stale = [path.name for path, text in generator.files().items() if path.read_text("utf-8") != text]

    assert stale == [], "run: python -m local.openapi"


def test_every_shape_of_a_body_or_an_answer_is_a_type() -> None:
    text = generator.files()[generator.FOLDER / "types.py"]
    described = json.dumps(openapi.document())
    wanted = {
        model.__name__ for operation in EVERY for model in (*operation.body, operation.answer) if model is not None
    }

    assert wanted
    assert [name for name in wanted if f"class {name}(TypedDict)" not in text or name not in described] == []
