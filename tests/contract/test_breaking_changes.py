"""No change of the API breaks a client unless somebody says so: `make api-release`."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from local import breaking
from parley.business import openapi

if TYPE_CHECKING:
    from collections.abc import Callable

    type Edit = Callable[[dict[str, Any]], Any]


def small() -> dict[str, Any]:
    """A description with one of everything that can break."""
    thing = {"type": "object", "properties": {"id": {"type": "string"}, "part": {"$ref": "#/components/schemas/Thing"}}}
    return {
        "paths": {
            "/things/{id}": {
                "put": {
                    "security": [{"key": ["manage"]}],
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                    ],
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "name": {"type": "string", "maxLength": 20},
                                        "size": {"enum": ["s", "m"], "type": "string"},
                                        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                                        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 9},
                                    },
                                    "required": ["name"],
                                }
                            }
                        }
                    },
                    "responses": {
                        "200": {
                            "headers": {"ETag": {"schema": {"type": "string"}}},
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                        },
                        "404": {"$ref": "#/components/responses/404"},
                    },
                }
            }
        },
        "components": {
            "responses": {"404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}}},
            "schemas": {"Thing": {**thing, "required": ["id"]}},
        },
    }


def put(document: dict[str, Any]) -> Any:
    return document["paths"]["/things/{id}"]["put"]


def body(document: dict[str, Any]) -> Any:
    return put(document)["requestBody"]["content"]["application/json"]["schema"]


def fields(document: dict[str, Any]) -> Any:
    return body(document)["properties"]


def thing(document: dict[str, Any]) -> Any:
    return document["components"]["schemas"]["Thing"]


BREAKS: dict[str, tuple[Edit, str]] = {
    "a path": (lambda d: d["paths"].clear(), ": is gone"),
    "a method": (lambda d: d["paths"]["/things/{id}"].clear(), ": is gone"),
    "a scope": (lambda d: put(d)["security"][0].update(key=["own"]), " security: was"),
    "a status": (lambda d: put(d)["responses"].pop("404"), " 404: is not answered any more"),
    "a header": (lambda d: put(d)["responses"]["200"]["headers"].clear(), " 200: has no ETag any more"),
    "a kind of answer": (
        lambda d: put(d)["responses"]["200"].update(content={"text/xml": {"schema": {}}}),
        " 200: has no application/json any more",
    ),
    "a field of an answer": (lambda d: thing(d)["properties"].pop("id"), " 200/id: is gone"),
    "a certain field of an answer": (lambda d: thing(d)["required"].clear(), " 200/id: may be missing now"),
    "a type of an answer": (
        lambda d: thing(d)["properties"].update(id={"type": "integer"}),
        " 200/id: may be integer now",
    ),
    "an answer that may be null": (
        lambda d: thing(d)["properties"].update(id={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        " 200/id: may be null now",
    ),
    "a shared refusal": (
        lambda d: d["components"]["responses"]["404"].update(content={"text/plain": {"schema": {}}}),
        " 404: has no application/problem+json any more",
    ),
    "a parameter": (lambda d: put(d)["parameters"].pop(1), " query limit: is not taken any more"),
    "a parameter that must be": (
        lambda d: put(d)["parameters"][1].update(required=True),
        " query limit: is required now",
    ),
    "a smaller page": (
        lambda d: put(d)["parameters"][1]["schema"].update(maximum=50),
        " query limit: maximum is 50 now",
    ),
    "a body that must be": (lambda d: put(d)["requestBody"].update(required=True), " body: is required now"),
    "a body's kind": (
        lambda d: put(d)["requestBody"].update(content={"text/xml": {"schema": {}}}),
        " body: application/json is not taken any more",
    ),
    "a field that must be": (lambda d: body(d)["required"].append("size"), " body/size: is required now"),
    "a field nobody takes": (lambda d: fields(d).pop("size"), " body/size: is refused now"),
    "strict fields": (lambda d: body(d).update(additionalProperties=False), " body: unknown fields are refused now"),
    "a word": (lambda d: fields(d)["size"]["enum"].remove("s"), " body/size: s is not taken any more"),
    "a shorter text": (lambda d: fields(d)["name"].update(maxLength=9), " body/name: maxLength is 9 now"),
    "a longer text": (lambda d: fields(d)["name"].update(minLength=2), " body/name: minLength is 2 now"),
    "a pattern": (lambda d: fields(d)["name"].update(pattern="^a"), " body/name: pattern is ^a now"),
    "fewer entries": (lambda d: fields(d)["tags"].update(maxItems=3), " body/tags: maxItems is 3 now"),
    "shorter entries": (lambda d: fields(d)["tags"]["items"].update(maxLength=3), " body/tags/-: maxLength is 3 now"),
    "a type nobody takes": (
        lambda d: fields(d).update(note={"type": "string"}),
        " body/note: null is not taken any more",
    ),
}
FITS: dict[str, Edit] = {
    "a path more": (lambda d: d["paths"].update({"/new": {"get": {"responses": {}}}})),
    "a field of an answer more": (lambda d: thing(d)["properties"].update(colour={"type": "string"})),
    "a certain field": (lambda d: thing(d)["required"].append("part")),
    "a parameter more": (lambda d: put(d)["parameters"].append({"name": "q", "in": "query", "schema": {}})),
    "a field more": (lambda d: fields(d).update(colour={"type": "string"})),
    "a word more": (lambda d: fields(d)["size"]["enum"].append("l")),
    "a longer text": (lambda d: fields(d)["name"].update(maxLength=200)),
    "no limit": (lambda d: fields(d)["tags"].pop("maxItems")),
    "a field that need not be": (lambda d: body(d)["required"].clear()),
    "null as well": (lambda d: fields(d).update(name={"anyOf": [{"type": "string"}, {"type": "null"}]})),
    "a status more": (lambda d: put(d)["responses"].update({"409": {"description": "Taken."}})),
    "other words": (lambda d: put(d).update(summary="Better.", description="Much better.")),
}


@pytest.mark.parametrize(("edit", "told"), BREAKS.values(), ids=BREAKS)
def test_what_breaks_a_client_is_told(edit: Edit, told: str) -> None:
    changed = copy.deepcopy(small())
    edit(changed)

    assert [each for each in breaking.changes(small(), changed) if f"PUT /things/{{id}}{told}" in each]


@pytest.mark.parametrize("edit", FITS.values(), ids=FITS)
def test_what_breaks_nobody_is_not_told(edit: Edit) -> None:
    changed = copy.deepcopy(small())
    edit(changed)

    assert breaking.changes(small(), changed) == []


def test_the_api_of_today_breaks_nobody_who_uses_the_released_one() -> None:
    released = json.loads(breaking.RELEASED.read_text(encoding="utf-8"))

    assert breaking.changes(released, openapi.document()) == [], "if it is meant, say so: make api-release"


def test_the_command_tells_what_breaks_and_accepts_it(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    released = tmp_path / "released.json"
    older = openapi.document()
    older["paths"]["/v1/older"] = {"get": {"responses": {}}}
    released.write_text(json.dumps(older))
    monkeypatch.setattr(breaking, "RELEASED", released)

    assert breaking.main([]) == 1
    assert capsys.readouterr().out == "GET /v1/older: is gone\n"
    assert breaking.main(["--accept"]) == 0
    assert breaking.main([]) == 0
