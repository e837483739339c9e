"""The library on the deployed stack: the starter set reaches a phone by name, in its language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parley.business.kinds.constructed_link import PLAIN
from parley.business.library import starters
from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from tests.stack.conftest import Stack


def test_the_starter_set_is_imported_previewed_and_sent(stack: Stack) -> None:
    customer = stack.new_customer()
    stack.writes(customer, "Hallo", locale="de_DE")
    eventually(lambda: stack.webhooks(customer))

    status, imported = stack.api(
        "POST", "/v1/library/import", {"starter": True, "publish": True}, **{"Idempotency-Key": "starter"}
    )
    assert status == 200, imported
    assert [each["version"] for each in imported["data"]] == [1] * 7

    for file in starters.files():
        variables: dict[str, object] = {}
        for variable in file.variables:
            *objects, last = variable.name.split(".")
            place = variables
            for step in objects:
                place = place.setdefault(step, {})  # type: ignore[assignment]
            place[last] = variable.example if variable.example is not None else variable.default
        status, preview = stack.api(
            "POST", f"/v1/library/{file.name}/preview", {"variables": variables, "locale": "de"}
        )
        assert status == 200, preview
        status, view = stack.api(
            "POST", "/v1/messages", {"to": customer, "template": file.name, "variables": variables}
        )
        assert status == 202, view
        assert view["template"] == {"name": file.name, "version": 1, "locale": "de"}
        assert view["kind"] == preview["message"]["type"]
        shown = eventually(
            lambda id_=view["id"]: next((one for one in stack.phone(customer) if one["id"] == id_), None),  # type: ignore[misc]
            seconds=30,
        )
        assert shown["violations"] == []


def test_a_picture_is_kept_shown_on_the_phone_and_removed(stack: Stack) -> None:
    customer = stack.new_customer()
    status, asset = stack.api("POST", "/v1/library/assets", {"data": PLAIN})
    assert status == 201, asset

    link = {"type": "rich_link", "url": "https://a.example/", "title": "A", "image": {"asset_id": asset["id"]}}
    status, view = stack.api("POST", "/v1/messages", {"to": customer, **link})
    assert status == 202, view

    shown = eventually(
        lambda: next((one for one in stack.phone(customer) if one["id"] == view["id"]), None), seconds=30
    )
    assert shown["violations"] == []
    status, found = stack.api("GET", f"/v1/library/assets/{asset['id']}")
    assert status == 200
    assert stack.http.request("GET", found["download_url"]).data.startswith(b"\x89PNG")

    assert stack.api("DELETE", f"/v1/library/assets/{asset['id']}") == (204, "")
    assert stack.api("GET", f"/v1/library/assets/{asset['id']}")[0] == 404
    assert stack.http.request("GET", found["download_url"]).status == 404


def test_the_commands_list_and_preview(stack: Stack) -> None:
    stack.parley("library", "import", "--starter", "--publish")

    listed = stack.parley("library", "list")
    preview = stack.parley("library", "preview", "survey", "--device", "LIST")

    assert "survey  published  version 1  de,en" in listed.stdout
    assert [form["form"] for form in json.loads(preview.stdout)["forms"]] == ["text"]
